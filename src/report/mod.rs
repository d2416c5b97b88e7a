//! Reports: finished findings with their places, and the forms in which they are written. Nothing
//! here can reach a connection.

pub(crate) mod address;
mod bounded;
mod concise;
mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod human;
mod json;
mod json_text;
mod junit;
mod sarif;
#[cfg(feature = "cli")]
mod statistics;

use std::cmp::Reverse;
use std::collections::BTreeMap;

pub use excerpt::Excerpt;
#[cfg(feature = "cli")]
pub(crate) use fingerprint::fnv1a;
pub(crate) use json_text::json_text;
#[cfg(feature = "cli")]
pub(crate) use statistics::statistics;

use crate::check::{Checked, Finding, Level, Rule, Safety, rules};
use crate::source::{Position, Source, Span, clean, clean_line};

/// A form of a report.
pub struct Renderer {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// It has colours, to be dropped where nobody sees them.
    pub styled: bool,
    /// Writes it.
    pub render: fn(&Report) -> String,
}

/// Every form.
pub static RENDERERS: &[Renderer] = &[
    Renderer {
        name: "human",
        summary: "for people: the line of each finding, with what may be secret hidden",
        styled: true,
        render: human::render,
    },
    Renderer {
        name: "concise",
        summary: "for people: a line for each finding",
        styled: true,
        render: concise::render,
    },
    Renderer {
        name: "json",
        summary: "one JSON object, versioned; see schemas/report.json",
        styled: false,
        render: json::render,
    },
    Renderer {
        name: "sarif",
        summary: "SARIF 2.1.0, for code scanning",
        styled: false,
        render: sarif::render,
    },
    Renderer {
        name: "github",
        summary: "annotations of GitHub Actions",
        styled: false,
        render: github::render,
    },
    Renderer {
        name: "gitlab",
        summary: "GitLab's code quality report",
        styled: false,
        render: gitlab::render,
    },
    Renderer { name: "junit", summary: "JUnit XML", styled: false, render: junit::render },
];

/// The form of this name.
pub fn by_name(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().find(|r| r.name == name)
}

/// A finding with its place in lines and columns: both 1-based, columns in Unicode scalar values,
/// the end exclusive.
pub struct Located {
    /// The finding.
    pub finding: Finding,
    /// Where it begins and ends; `None` if it is about the whole file.
    pub place: Option<(Position, Position)>,
    /// The line that it is about, with what may not be shown hidden.
    pub excerpt: Option<Excerpt>,
    /// What it is recognised by from run to run; given by [`Report::new`].
    pub fingerprint: String,
    /// What repairs it, if that may be shown and somebody asked.
    pub edit: Option<LocatedEdit>,
    /// It holds for all runtimes that were asked about; given by [`Report::new`].
    pub everywhere: bool,
    /// What is there because of it.
    pub consequences: Vec<Located>,
}

/// An edit that repairs a finding: a text in the place of what stands from one position to another.
pub struct LocatedEdit {
    /// Where it begins and ends; the end is exclusive.
    pub place: (Position, Position),
    /// What stands there afterwards.
    pub text: String,
}

impl Located {
    /// The name of its rule.
    pub fn name(&self) -> &'static str {
        rules::by_name(self.finding.rule).map_or("", |r| r.name)
    }

    /// The line where it begins, 1 for what is about the whole file.
    fn line(&self) -> u32 {
        self.place.map_or(1, |(start, _)| start.line)
    }

    /// The mark of a repair: `[*]` for what `--fix` does, `[!]` for what only `--fix=unsafe` does.
    fn mark(&self) -> &'static str {
        match self.finding.fix.as_ref().map(|fix| fix.safety) {
            Some(Safety::Safe) => "[*] ",
            Some(Safety::Unsafe) => "[!] ",
            None => "",
        }
    }

    /// Does something with it and with what is there because of it.
    fn each(&mut self, work: &mut dyn FnMut(&mut Located)) {
        work(self);
        self.consequences.iter_mut().for_each(|located| located.each(work));
    }

    /// What is there because of it, in words, a line each.
    fn told_consequences(&self) -> impl Iterator<Item = String> + '_ {
        self.consequences.iter().map(|located| {
            let Finding { rule, message, .. } = &located.finding;
            format!("{rule} {}: {}", located.name(), clean_line(message))
        })
    }

    /// The same, with what they are, each behind a line end.
    fn because(&self) -> String {
        self.told_consequences().map(|it| format!("\nbecause of this: {it}")).collect()
    }

    /// Its connection and pointer, and its runtimes if they are not all that were asked about.
    fn about(&self) -> String {
        let finding = &self.finding;
        let mut about = Vec::new();
        about.extend(finding.conn_id.as_ref().map(|id| format!("connection `{}`", clean(id))));
        about.extend(Some(&finding.pointer).filter(|p| !p.is_empty()).map(|p| clean(p)));
        if !finding.runtimes.is_empty() && !self.everywhere {
            about.push(format!("Airflow {}", finding.runtimes.join(", ")));
        }
        about.join(", ")
    }
}

/// What was found in one input.
pub struct FileReport {
    /// Its name, as it was given.
    pub file: String,
    /// Its path for other programs: below the working folder if it is there, with `/` between the
    /// parts.
    pub path: String,
    /// The format it was read in.
    pub format: &'static str,
    /// Connections that were looked at.
    pub connections: usize,
    /// The findings, in the order of places.
    pub findings: Vec<Located>,
    /// Which Airflow it was read for, if somebody asked.
    pub read_for: Option<ReadFor>,
}

/// Which Airflow a file was read for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadFor {
    /// The runtimes.
    pub runtimes: Vec<String>,
    /// Where the repository pins them, as `FILE:LINE`; none where nothing does.
    pub pins: Vec<String>,
}

impl FileReport {
    /// Gives findings their lines and columns.
    pub fn new(
        source: &Source,
        path: String,
        format: &'static str,
        checked: Checked,
    ) -> FileReport {
        let shown = &checked.shown;
        let locate = |finding| locate(source, shown, finding);
        FileReport {
            file: source.name().to_string(),
            path,
            format,
            connections: checked.connections,
            findings: checked.findings.into_iter().map(locate).collect(),
            read_for: None,
        }
    }
}

/// The URL of the page of a rule, from one with `{id}`, `{name}`, `{file}` or `{path}` in it.
fn filled(url: &str, id: &str, name: &str) -> String {
    let file = format!("{}_{}", id.to_ascii_lowercase(), name.replace('-', "_"));
    let path = rules::by_name(id).map_or_else(|| file.clone(), Rule::path);
    let named = url.replace("{id}", id).replace("{name}", name);
    named.replace("{file}", &file).replace("{path}", &path)
}

fn locate(source: &Source, shown: &[Span], mut finding: Finding) -> Located {
    let place = finding.span.map(|span| (source.position(span.start), source.position(span.end)));
    let excerpt = finding.span.and_then(|span| Excerpt::new(source, shown, span));
    let consequences = std::mem::take(&mut finding.consequences);
    let consequences = consequences.into_iter().map(|finding| locate(source, shown, finding));
    Located {
        place,
        excerpt,
        fingerprint: String::new(),
        edit: None,
        everywhere: false,
        consequences: consequences.collect(),
        finding,
    }
}

/// What was found in a run.
pub struct Report {
    /// By input, in the order given.
    pub files: Vec<FileReport>,
    /// The runtimes that were aimed at.
    pub runtimes: Vec<String>,
    /// How many columns people see.
    pub width: usize,
    /// Where the page of a rule is found: a URL with `{id}`, `{name}`, `{file}` or `{path}`
    /// (the file below its group) in it.
    pub pages: Option<String>,
    /// People see links as such.
    pub links: bool,
    /// No lines that sum up.
    pub quiet: bool,
    /// The version of airconn.
    pub version: &'static str,
}

impl Report {
    /// A report with fingerprints.
    pub fn new(mut files: Vec<FileReport>, runtimes: Vec<String>) -> Report {
        fingerprint::assign(&mut files);
        for FileReport { findings, read_for, .. } in &mut files {
            let asked = read_for.as_ref().map_or(&runtimes, |read_for| &read_for.runtimes);
            let mut tell = |located: &mut Located| {
                located.everywhere = located.finding.runtimes[..] == asked[..];
            };
            findings.iter_mut().for_each(|located| located.each(&mut tell));
        }
        Report {
            files,
            runtimes,
            width: 100,
            pages: None,
            links: false,
            quiet: false,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// Every finding with its file.
    pub fn findings(&self) -> impl Iterator<Item = (&FileReport, &Located)> {
        self.files.iter().flat_map(|file| file.findings.iter().map(move |finding| (file, finding)))
    }

    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings().filter(|(_, f)| f.finding.level == level).count()
    }

    /// The worst level of its findings; `None` if there are none.
    pub fn worst(&self) -> Option<Level> {
        self.findings().map(|(_, located)| located.finding.level).max()
    }

    /// How many connections were looked at.
    pub fn connections(&self) -> usize {
        self.files.iter().map(|f| f.connections).sum()
    }

    /// The URL of the page of a rule.
    fn page(&self, id: &str, name: &str) -> Option<String> {
        self.pages.as_ref().map(|url| filled(url, id, name))
    }

    /// Which files were read for an Airflow that the repository pins, and a line that sums up.
    fn summary(&self) -> String {
        if self.quiet {
            return String::new();
        }
        self.pinned() + &self.sum() + &self.ways_on()
    }

    /// What can be done about the findings: repairs, and where more is said.
    fn ways_on(&self) -> String {
        let of = |safety| {
            let fixes = self.findings().filter_map(|(_, located)| located.finding.fix.as_ref());
            fixes.filter(|fix| fix.safety == safety).count()
        };
        let mut out = String::new();
        match (of(Safety::Safe), of(Safety::Unsafe)) {
            (0, 0) => {}
            (safe, 0) => out.push_str(&format!("[*] {safe} fixable with `--fix`")),
            (0, not_safe) => out.push_str(&format!("[!] {not_safe} fixable with `--fix=unsafe`")),
            (safe, not_safe) => out.push_str(&format!(
                "[*] {safe} fixable with `--fix`, [!] {not_safe} more with `--fix=unsafe`"
            )),
        }
        if !out.is_empty() {
            out.push_str("; add `--diff` to see the changes first\n");
        }
        if let Some((_, worst)) = self.findings().min_by_key(|(_, f)| Reverse(f.finding.level)) {
            out.push_str(&format!("`airconn explain {}` says more\n", worst.finding.rule));
        }
        out
    }

    /// A line for each Airflow that the repository pins.
    fn pinned(&self) -> String {
        const MOST_FILES: usize = 3;
        const MOST_LINES: usize = 10;
        let mut groups: BTreeMap<&ReadFor, Vec<&str>> = BTreeMap::new();
        for file in &self.files {
            if let Some(read_for) = file.read_for.as_ref().filter(|it| !it.pins.is_empty()) {
                groups.entry(read_for).or_default().push(&file.file);
            }
        }
        let line = |(ReadFor { runtimes, pins }, files): (&ReadFor, Vec<&str>)| {
            let mut names: Vec<String> =
                files.iter().take(MOST_FILES).map(|name| clean_line(name)).collect();
            if files.len() > MOST_FILES {
                names.push(format!("{} more", files.len() - MOST_FILES));
            }
            let pins: Vec<String> = pins.iter().map(|pin| clean_line(pin)).collect();
            let names = names.join(", ");
            format!("read for Airflow {} ({}): {names}\n", runtimes.join(", "), pins.join(", "))
        };
        groups.into_iter().take(MOST_LINES).map(line).collect()
    }

    fn sum(&self) -> String {
        let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "note")];
        let found: Vec<_> = counts
            .iter()
            .map(|(level, what)| (self.count(*level), what))
            .filter(|(n, _)| *n > 0)
            .collect();
        let found: Vec<_> = found.into_iter().map(|(n, what)| plural(n, what)).collect();
        let found = if found.is_empty() { "no findings".to_string() } else { found.join(", ") };
        let connections = plural(self.connections(), "connection");
        let files = plural(self.files.len(), "file");
        format!("{found} in {connections} ({files}), Airflow {}\n", self.runtimes.join(", "))
    }
}
