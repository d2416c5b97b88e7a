//! `airconn check`.

use clap::{Args, ValueEnum};

use super::input::InputArguments;
use super::providers::ProviderArguments;
use super::reports::{ReportArguments, relative};
use super::runtimes::{RuntimeArguments, SideArgument};
use super::{Exit, Output, Trouble};
use crate::check::{self, Checked, Finding, Level};
use crate::report::{FileReport, Report};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelArgument {
    Error,
    Warning,
    Info,
    /// Never fail because of findings
    Never,
}

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    reports: ReportArguments,
    /// The least level of findings that ends the run with 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "error")]
    fail_on: LevelArgument,
    /// Only these rules, by id, name or the beginning of an id (AC2)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let reports = arguments.reports.resolve()?;
    let select = Selection::new(&arguments.select, &arguments.ignore)?;
    let runtimes = arguments.runtime.resolve(SideArgument::Both, output)?;
    let providers = arguments.providers.resolve()?;
    let inputs = arguments.input.read()?;
    let mut files = Vec::new();
    for input in &inputs {
        let mut checked = match &input.undecodable {
            Some(undecodable) => Checked { findings: vec![unreadable(undecodable.message())], connections: 0, shown: Vec::new() },
            None => check::check_with(&input.source, input.skip, input.format, &runtimes, &providers),
        };
        checked.findings.retain(|f| select.wants(f.rule));
        files.push(FileReport::new(&input.source, relative(input.source.name()), input.format.name, checked));
    }
    let report = Report::new(files, runtimes.iter().map(|r| r.name()).collect());
    let report = reports.write(report, output)?;
    let worst = report.findings().map(|(_, f)| f.finding.level).max();
    let limit = match arguments.fail_on {
        LevelArgument::Error => Some(Level::Error),
        LevelArgument::Warning => Some(Level::Warning),
        LevelArgument::Info => Some(Level::Info),
        LevelArgument::Never => None,
    };
    Ok(if limit.is_some_and(|limit| worst >= Some(limit)) { Exit::Findings } else { Exit::Success })
}

fn unreadable(message: String) -> Finding {
    Finding {
        rule: "AC101",
        level: Level::Error,
        conn_id: None,
        runtimes: Vec::new(),
        pointer: String::new(),
        span: None,
        message,
        help: Some("save the file as UTF-8".to_string()),
        fix: None,
    }
}

/// `--select` and `--ignore`.
struct Selection {
    select: Vec<String>,
    ignore: Vec<String>,
}

impl Selection {
    fn new(select: &[String], ignore: &[String]) -> Result<Selection, Trouble> {
        let all = select.iter().chain(ignore);
        for name in all {
            if !check::rules::RULES.iter().any(|rule| matches(name, rule.id, rule.name)) {
                return Err(Trouble::new(format!("there is no rule `{name}`; `airconn rules` lists them")));
            }
        }
        Ok(Selection { select: select.to_vec(), ignore: ignore.to_vec() })
    }

    fn wants(&self, id: &str) -> bool {
        let name = check::rules::by_name(id).map_or("", |r| r.name);
        let in_list = |list: &[String]| list.iter().any(|n| matches(n, id, name));
        (self.select.is_empty() || in_list(&self.select)) && !in_list(&self.ignore)
    }
}

fn matches(given: &str, id: &str, name: &str) -> bool {
    given == name || given.len() >= 2 && id.starts_with(&given.to_ascii_uppercase())
}
