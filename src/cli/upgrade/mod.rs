//! `airconn upgrade`: which connections mean something else, or fail, once Airflow or one of its
//! packages is another version, and since which release.

mod environment;
mod meaning;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;

use self::environment::{Around, Axis, Environment, usual_airflow};
use self::meaning::{Meaning, differences};
use super::config::ConfigArguments;
use super::git::Repositories;
use super::input::{Input, InputArguments, Walked};
use super::levels::FailOn;
use super::output::Talk;
use super::reports::{ReportArguments, relative};
use super::runtimes::SideArgument;
use super::settings::{self, Selection};
use super::walk::WalkArguments;
use super::{Exit, Output, Trouble};
use crate::airflow::runtime::{Runtime, Version};
use crate::bounds;
use crate::check::{self, Checked, Finding, Level, Repairs, Wanted};
use crate::report::{FileReport, Report};

#[derive(Args)]
pub(super) struct Arguments {
    /// Files with connections, and folders to search for them [default: this folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What runs today: NAME=VERSION, such as airflow=2.11 or amazon=8.29.0, a file of
    /// requirements, a lock file, or an image of Airflow with its tag (repeatable)
    #[arg(long, value_name = "VERSIONS", required = true)]
    from: Vec<String>,
    /// What is to run, in the same words (repeatable)
    #[arg(long, value_name = "VERSIONS", required = true)]
    to: Vec<String>,
    #[command(flatten)]
    reports: ReportArguments,
    /// Exit with 1 if a finding has this level or a higher one [default: error]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Report")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    walk: WalkArguments,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let reports = arguments.reports.resolve()?;
    let mut config = arguments.config.read()?;
    let mut providers = settings::providers(&config).resolve(output)?;
    providers.custom = std::mem::take(&mut config.connection_types).into();
    let side = config.side.unwrap_or(SideArgument::Both);
    let usual = usual_airflow(&config.airflow);
    let from = Environment::read(&arguments.from, usual, output)?;
    let to = Environment::read(&arguments.to, usual, output)?;
    if from == to {
        output.note(&format!("nothing changes: both are {}", from.words()))?;
    }
    output.detail(&format!("from {} to {}", from.words(), to.words()))?;
    let input = InputArguments::of(arguments.paths.clone());
    let repositories = Repositories::default();
    let excluded = settings::excluded(&arguments.walk.exclude, &config)?;
    let searched = arguments.walk.find(&input.paths(), &excluded, &config, &repositories);
    let around = Around { side, providers };
    let selection = Selection::new(&[], &[], &config)?;
    let (mut files, mut gone) = (Vec::new(), 0);
    for file in &searched.found {
        let Walked::Holds(input) = input.read_any(&file.path, file.walked)? else { continue };
        let (report, better) = Comparison::new(&input, &around, &selection, &from).report(&to);
        gone += better;
        files.push(report);
    }
    for trouble in &searched.troubles {
        output.say(&format!("airconn: {}", trouble.message))?;
    }
    if files.is_empty() {
        output.note("no file with connections was found")?;
    }
    if gone > 0 {
        let findings = if gone == 1 { "finding" } else { "findings" };
        output.note(&format!("{gone} {findings} of {} will be gone", from.words()))?;
    }
    let names = to.readers(&around).0.iter().map(Runtime::name).collect();
    let mut report = Report::new(files, names);
    report.quiet = output.talk == Talk::Quiet;
    let report = reports.write(report, output.out)?;
    if !searched.troubles.is_empty() {
        return Ok(Exit::Failure);
    }
    let limit = settings::limit(arguments.fail_on, false, &config);
    Ok(Exit::of(report.worst(), limit))
}

/// What names a finding in one environment and the next, as far as its level.
type Key = (&'static str, Option<&'static str>, Option<String>, String, Option<u32>);

fn key(finding: &Finding) -> Key {
    let Finding { rule, detail, conn_id, pointer, span, .. } = finding;
    (*rule, *detail, conn_id.clone(), pointer.clone(), span.map(|span| span.start))
}

/// Findings of an environment by their keys, with the highest level.
type Levels = BTreeMap<Key, Level>;

/// One input under several environments.
struct Comparison<'c> {
    input: &'c Input,
    around: &'c Around,
    selection: &'c Selection,
    /// What runs today, and what it makes of the input.
    from: &'c Environment,
    before: Meaning,
    /// What was found already.
    found: RefCell<BTreeMap<Environment, Rc<Under>>>,
}

/// What is found in an environment.
struct Under {
    checked: Checked,
    levels: Levels,
    /// What means something else than today.
    meant: Vec<Finding>,
}

impl<'c> Comparison<'c> {
    fn new(
        input: &'c Input,
        around: &'c Around,
        selection: &'c Selection,
        from: &'c Environment,
    ) -> Comparison<'c> {
        let before = Meaning::of(input, from, around);
        Comparison { input, around, selection, from, before, found: RefCell::default() }
    }

    fn under(&self, environment: &Environment) -> Rc<Under> {
        if let Some(known) = self.found.borrow().get(environment) {
            return Rc::clone(known);
        }
        let (runtimes, providers) = environment.readers(self.around);
        let selected = self.selection.of(Path::new(self.input.source.name()));
        let selects = |finding: &mut Finding| selected.takes(finding);
        let wanted =
            Wanted { most: bounds::FINDINGS.value, selects: &selects, repairs: Repairs::Told };
        let (source, skip, format) = (&self.input.source, self.input.skip, self.input.format);
        let checked = check::check_wanted(source, skip, format, &runtimes, &providers, &wanted);
        let mut levels = Levels::new();
        for finding in &checked.findings {
            let level = levels.entry(key(finding)).or_insert(finding.level);
            *level = finding.level.max(*level);
        }
        let meant = match environment == self.from {
            true => Vec::new(),
            false => {
                let meaning = Meaning::of(self.input, environment, self.around);
                differences(&self.before, &meaning)
            }
        };
        let under = Rc::new(Under { checked, levels, meant });
        self.found.borrow_mut().insert(environment.clone(), Rc::clone(&under));
        under
    }

    /// The report, and how many findings of the first environment the second does not have.
    fn report(&self, to: &Environment) -> (FileReport, usize) {
        let (before, after) = (self.under(self.from), self.under(to));
        let is_new = |finding: &&Finding| worse(&before.levels, &key(finding), finding.level);
        let mut findings: Vec<Finding> =
            after.checked.findings.iter().filter(is_new).cloned().collect();
        let meant = after.meant.iter().filter(|finding| !explained(finding, &after, &before));
        findings.extend(meant.cloned());
        for finding in &mut findings {
            if let Some((axis, version)) = self.since(finding, to) {
                finding.message.push_str(&format!("; since {} {version}", axis.name()));
            }
        }
        findings.sort_by_key(|finding| finding.span.map(|span| span.start));
        let gone = before.levels.keys().filter(|key| !after.levels.contains_key(*key)).count();
        let Checked { left_out, connections, shown, .. } = &after.checked;
        let checked = Checked {
            findings,
            left_out: *left_out,
            connections: *connections,
            shown: shown.clone(),
        };
        let source = &self.input.source;
        let path = relative(source.name());
        (FileReport::of_first(source, path, self.input.format.name, checked), gone)
    }

    /// The release with which a finding comes: of the one thing whose version makes it.
    fn since(&self, finding: &Finding, to: &Environment) -> Option<(Axis, Version)> {
        let key = key(finding);
        let has = |environment: &Environment| {
            let under = self.under(environment);
            let same =
                |other: &Finding| self::key(other) == key && other.message == finding.message;
            under.levels.get(&key).is_some_and(|level| *level >= finding.level)
                || under.meant.iter().any(same)
        };
        let made_by = |axis: &Axis| !has(&to.with(*axis, self.from));
        let axis = self.from.axes(to).into_iter().find(made_by)?;
        let way = self.from.way(axis, to);
        // It stays once it has come.
        let first = way.partition_point(|(_, step)| !has(step));
        way.get(first).map(|(version, _)| (axis, *version))
    }
}

/// Whether something is not found, or found less bad.
fn worse(levels: &Levels, key: &Key, level: Level) -> bool {
    level > Level::Info && levels.get(key).is_none_or(|known| *known < level)
}

/// Whether `check` has something to say of the same connection that it did not say before.
fn explained(finding: &Finding, after: &Under, before: &Under) -> bool {
    let of_this = |key: &&Key| {
        key.2 == finding.conn_id
            && (finding.pointer.is_empty() || key.3.starts_with(&finding.pointer))
    };
    let mut new = after.levels.keys().filter(|key| !before.levels.contains_key(*key));
    new.any(|key| of_this(&key))
}
