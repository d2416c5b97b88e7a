//! The examples on the pages of rules, and for whom they are.

use airconn::airflow::runtime::{Resolved, Runtime, Side, Version};
use airconn::format::{Format, by_name, guess};

/// An example of a page.
pub(crate) struct Example<'p> {
    /// The section it stands in: `Bad`, `Good` …
    pub(crate) section: &'p str,
    /// What stands behind the backticks: the format, then perhaps `airflow=`, `side=` and `piped`.
    pub(crate) info: &'p str,
    /// The text.
    pub(crate) text: String,
}

impl Example<'_> {
    /// Its format.
    pub(crate) fn format(&self) -> &'static Format {
        let name = self.info.split(' ').next().unwrap_or_default();
        by_name(name).unwrap_or_else(|| panic!("this is no format: {}", self.info))
    }

    /// The text as a file holds it: one JSON object has no line behind it.
    pub(crate) fn content(&self) -> &str {
        if self.format().name == "json" { self.text.trim_end() } else { &self.text }
    }

    /// Bytes ahead of the connections, for an example that came through a pipe.
    pub(crate) fn skip(&self) -> usize {
        if !self.info.split(' ').any(|part| part == "piped") {
            return 0;
        }
        let guess =
            guess("-", &self.text, true).unwrap_or_else(|| panic!("not recognised: {}", self.text));
        assert_eq!(guess.format.name, self.format().name, "{}", self.text);
        guess.skip
    }
}

/// The examples of a page, in order.
pub(crate) fn examples(page: &str) -> Vec<Example<'_>> {
    let mut section = "";
    let mut open: Option<Example<'_>> = None;
    let mut all = Vec::new();
    for line in page.lines() {
        match &mut open {
            Some(example) if line == "```" => {
                all.push(Example { text: std::mem::take(&mut example.text), ..*example });
                open = None;
            }
            Some(example) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            None => {
                if let Some(title) = line.strip_prefix("## ") {
                    section = title;
                } else if let Some(info) = line.strip_prefix("```") {
                    open = Some(Example { section, info, text: String::new() });
                }
            }
        }
    }
    all
}

/// The runtimes that an example is for.
pub(crate) fn runtimes(info: &str) -> Vec<Runtime> {
    let attribute =
        |name: &str| info.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let sides: &[Side] = match attribute("side") {
        Some("server") => &[Side::Server],
        Some("worker") => &[Side::Worker],
        _ => &[Side::Server, Side::Worker],
    };
    let versions = attribute("airflow").unwrap_or("3.3.2").split(',');
    let versions = versions.map(|text| match Version::parse(text) {
        Some(Resolved::Exact(version)) => version,
        other => panic!("{text}: {other:?}"),
    });
    let all =
        versions.flat_map(|version| sides.iter().map(move |side| Runtime::new(version, *side)));
    let mut kept: Vec<Runtime> = Vec::new();
    all.for_each(|runtime| {
        if !kept.contains(&runtime) {
            kept.push(runtime);
        }
    });
    kept
}
