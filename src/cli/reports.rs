//! `--format` and `--output`: in which forms a report is written, and where.

use std::io::{IsTerminal, Write};
use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::known::Known;
use super::replace::{Readers, replace};
use super::{Trouble, suggest};
use crate::report::{self, RENDERERS, Renderer, Report, address};

#[derive(Args)]
#[command(next_help_heading = "Report")]
pub(super) struct ReportArguments {
    #[arg(
        long,
        value_name = "NAME[=FILE]",
        default_value = "human",
        value_parser = Known::of(target, forms),
        hide_possible_values = true,
        help = help()
    )]
    format: Vec<Target>,
    /// Write the report to this file instead of standard output, `-`
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Instead of findings, count them by rule; for people, or with --format json
    #[arg(long)]
    statistics: bool,
}

/// A form, and the file that it goes to.
#[derive(Clone)]
struct Target {
    renderer: &'static Renderer,
    file: Option<PathBuf>,
}

fn forms() -> Vec<(String, String)> {
    RENDERERS.iter().map(|r| (r.name.to_string(), r.summary.to_string())).collect()
}

fn names() -> String {
    RENDERERS.iter().map(|r| r.name).collect::<Vec<_>>().join(", ")
}

fn help() -> String {
    let forms: Vec<_> = RENDERERS.iter().map(|r| format!("{} ({})", r.name, r.summary)).collect();
    format!(
        "The form of the report; with =FILE it goes there, and may be given several times: {}",
        forms.join(", ")
    )
}

fn target(text: &str) -> Result<Target, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let renderer = report::by_name(name).ok_or_else(|| {
        let tail = suggest::tail(name, RENDERERS.iter().map(|r| r.name));
        format!("there is no report `{name}`; there are {}{tail}", names())
    })?;
    if file == Some("") {
        return Err(format!("name a file behind `{name}=`"));
    }
    Ok(Target { renderer, file: file.filter(|file| *file != "-").map(PathBuf::from) })
}

/// Where reports go.
pub(super) struct Reports {
    targets: Vec<Target>,
    statistics: bool,
}

impl ReportArguments {
    pub(super) fn resolve(&self) -> Result<Reports, Trouble> {
        let mut targets = self.format.clone();
        let output = self.output.clone().filter(|file| file.as_os_str() != "-");
        for target in &mut targets {
            target.file = target.file.take().or_else(|| output.clone());
        }
        for (i, target) in targets.iter().enumerate() {
            if targets[..i].iter().any(|other| other.file == target.file) {
                let place = target
                    .file
                    .as_ref()
                    .map_or("standard output".to_string(), |f| f.display().to_string());
                return Err(Trouble::new(format!(
                    "two reports would go to {place}; write --format {}=FILE",
                    target.renderer.name
                )));
            }
        }
        if output.is_some() && !targets.iter().any(|t| t.file == output) {
            return Err(Trouble::new(
                "--output has no report: every --format names a file of its own",
            ));
        }
        let counted = |target: &Target| target.renderer.styled || target.renderer.name == "json";
        if let Some(target) = targets.iter().find(|t| self.statistics && !counted(t)) {
            return Err(Trouble::new(format!(
                "--statistics goes with --format human, concise or json, not {}",
                target.renderer.name
            )));
        }
        Ok(Reports { targets, statistics: self.statistics })
    }
}

impl Reports {
    /// Refuses to put a report, or this other file that is written, in the place of an input.
    pub(super) fn spare<'p>(
        &self,
        inputs: impl Iterator<Item = &'p Path>,
        other: Option<&Path>,
    ) -> Result<(), Trouble> {
        let real = |path: &Path| path.canonicalize().ok().filter(|path| path.is_file());
        let files = self.targets.iter().filter_map(|target| target.file.as_deref());
        let written: Vec<PathBuf> = files.chain(other).filter_map(real).collect();
        let meets = |input: &Path| real(input).is_some_and(|input| written.contains(&input));
        let mut inputs = inputs.filter(|_| !written.is_empty());
        match inputs.find(|input| meets(input)) {
            Some(input) => Err(Trouble::new(format!(
                "the report would replace {}, which is checked: give it another name",
                input.display()
            ))),
            None => Ok(()),
        }
    }

    /// Whether what goes to standard output is for machines.
    pub(super) fn are_json(&self) -> bool {
        self.targets.iter().any(|target| target.file.is_none() && target.renderer.name == "json")
    }

    /// A form holds repairs as edits of the text.
    pub(super) fn hold_edits(&self) -> bool {
        self.targets.iter().any(|target| target.renderer.name == "sarif")
    }

    /// Writes every form; gives the report back.
    pub(super) fn write(&self, mut report: Report, out: &mut dyn Write) -> Result<Report, Trouble> {
        report.pages = pages();
        for target in &self.targets {
            let terminal = target.file.is_none() && std::io::stdout().is_terminal();
            report.links = terminal;
            if terminal
                && let Some((terminal_size::Width(columns), _)) = terminal_size::terminal_size()
            {
                report.width = usize::from(columns).max(40);
            }
            let text = match self.statistics {
                true => report::statistics(&report, !target.renderer.styled),
                false => (target.renderer.render)(&report),
            };
            match &target.file {
                None if target.renderer.styled => write!(out, "{}", super::styled(text))?,
                None => write!(out, "{text}")?,
                Some(file) if target.renderer.styled => replace(
                    file,
                    anstream::adapter::strip_str(&text).to_string().as_bytes(),
                    Readers::Usual,
                )?,
                Some(file) => replace(file, text.as_bytes(), Readers::Usual)?,
            }
        }
        Ok(report)
    }
}

/// Where the pages of rules are, if anybody says so: the surroundings, or whoever built this.
fn pages() -> Option<String> {
    let given = std::env::var("AIRCONN_RULE_PAGES").ok().filter(|url| !url.is_empty());
    given.or_else(|| address::is_known().then(address::page_of_rule))
}

/// A path for other programs: below the working folder if it is there, with `/` between its parts.
pub(super) fn relative(name: &str) -> String {
    let path = Path::new(name);
    let here = if path.is_absolute() { std::env::current_dir().ok() } else { None };
    let path = here.as_ref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let parts =
        path.components().filter(|part| *part != Component::CurDir).map(|part| match part {
            Component::RootDir => String::new(),
            part => part.as_os_str().to_string_lossy().into_owned(),
        });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_for_other_programs() {
        let here = std::env::current_dir().expect("a working folder");
        let below = here.join("a/b.env");
        for (name, want) in [
            ("a.env", "a.env"),
            ("./a/./b.env", "a/b.env"),
            ("../a.env", "../a.env"),
            ("/no/such/a.env", "/no/such/a.env"),
            ("<stdin>", "<stdin>"),
            (&below.to_string_lossy(), "a/b.env"),
        ] {
            assert_eq!(relative(name), want, "{name}");
        }
    }
}
