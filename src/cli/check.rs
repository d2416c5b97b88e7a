//! `airconn check`.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;

use super::config::ConfigArguments;
use super::fix::{FixArguments, Pending, Unwritten};
use super::git::Repositories;
use super::input::{Input, InputArguments, Walked};
use super::levels::FailOn;
use super::output::Talk;
use super::providers::ProviderArguments;
use super::read_for::{Read, Reads};
use super::reports::{ReportArguments, relative};
use super::runtimes::RuntimeArguments;
use super::settings::{self, Selection};
use super::stop::Stop;
use super::walk::{Found, Searched, WalkArguments};
use super::{Exit, Output, Trouble, baseline, files_shown, known, parallel, progress, watch};
use crate::airflow::Fault;
use crate::bounds;
use crate::check::fix::{Edit, Setting, Told, public_edit};
use crate::check::rules::{ALWAYS, of_fault};
use crate::check::{self, Checked, Finding, Level, Repairs, Wanted, internal_error};
use crate::guard::{Mistake, guarded, seam};
use crate::report::{FileReport, LocatedEdit, Report};
use crate::source::Source;

const RULES: &str = "Rules";
const REPORT: &str = "Report";
const AIRFLOW: &str = "Which Airflow";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    reports: ReportArguments,
    /// Exit with 1 if a finding has this level or a higher one [default: error]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = REPORT)]
    fail_on: Option<FailOn>,
    /// End the run with 0 whatever is found, as --fail-on never
    #[arg(long, conflicts_with = "fail_on", help_heading = REPORT)]
    exit_zero: bool,
    /// Only these rules, by id, name or the beginning of an id (AC2)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        value_parser = known::rules(),
        hide_possible_values = true,
        help_heading = RULES
    )]
    select: Vec<String>,
    /// Not these rules
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        value_parser = known::rules(),
        hide_possible_values = true,
        help_heading = RULES
    )]
    ignore: Vec<String>,
    /// Do not report the findings that this file knows
    #[arg(long, value_name = "FILE", help_heading = REPORT)]
    baseline: Option<PathBuf>,
    /// Record the current findings in this file and accept them from now on; no report
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["baseline", "format", "output"],
        help_heading = REPORT
    )]
    write_baseline: Option<PathBuf>,
    /// Keep what is gone once another finding is repaired inside of that finding (will be the
    /// default)
    #[arg(long, help_heading = REPORT)]
    causes: bool,
    /// Check again whenever one of the files changes, or one below the folders, until Ctrl-C
    #[arg(
        long,
        conflicts_with_all = ["fix", "diff", "env", "output", "write_baseline", "show_files"],
        help_heading = REPORT
    )]
    watch: bool,
    #[command(flatten)]
    fix: FixArguments,
    #[command(flatten)]
    walk: WalkArguments,
    #[command(flatten)]
    config: ConfigArguments,
    /// Take versions that are not given from lock files, requirements, constraints and Dockerfiles
    /// of the project
    #[arg(long, help_heading = AIRFLOW)]
    detect: bool,
    #[command(flatten)]
    runtime: RuntimeArguments,
    #[command(flatten)]
    providers: ProviderArguments,
    /// The `aws_conn_id` that tasks tell RedshiftSQLHook; an empty one is none, so that boto3
    /// searches by itself [default: aws_default]
    #[arg(long, value_name = "ID", help_heading = AIRFLOW)]
    aws_conn_id: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    if !arguments.watch {
        return once(arguments, output);
    }
    let paths = arguments.input.paths();
    if paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Trouble::new("--watch needs files; standard input is read once"));
    }
    watch::watch(&paths, output, |output| once(arguments, output))
}

fn once(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    let reports = arguments.reports.resolve()?;
    let mut config = arguments.config.read()?;
    settings::settle(
        &mut config,
        &arguments.runtime,
        &arguments.providers,
        arguments.detect,
        output,
    )?;
    let mut providers = settings::providers(&config).resolve(output)?;
    if let Some(id) = &arguments.aws_conn_id {
        providers.aws_conn_id = Some(id.clone()).filter(|id| !id.is_empty());
    }
    providers.custom = std::mem::take(&mut config.connection_types).into();
    // Findings are compared with known ones before the report is cut.
    let known = settings::baseline(arguments.baseline.as_ref(), &config);
    let compares = known.is_some() || arguments.write_baseline.is_some();
    let job = Job {
        selection: Selection::new(&arguments.select, &arguments.ignore, &config)?,
        reads: Reads::new(&config, providers, &arguments.input.paths(), output)?,
        input: &arguments.input,
        fix: &arguments.fix,
        repositories: Repositories::default(),
        empty: Mutex::default(),
        edits: reports.hold_edits(),
        relates: arguments.causes,
        most: if compares { usize::MAX } else { bounds::FINDINGS.value },
    };
    let excluded = settings::excluded(&arguments.walk.exclude, &config)?;
    let paths = arguments.input.paths();
    let searched = arguments.walk.find(&paths, &excluded, &config, &job.repositories);
    if arguments.walk.show_files {
        let left_out = arguments.walk.left_out(&paths, &searched, &excluded);
        return files_shown::show(&searched.found, left_out, job.input, &reports, output);
    }
    let Searched { found, mut troubles, .. } = searched;
    let named = found.iter().filter(|file| !file.walked).map(|file| file.path.as_path());
    reports.spare(named, arguments.write_baseline.as_deref())?;
    let stop = Stop::watch(arguments.fix.writes());
    let environment = arguments.input.environment();
    let environment = environment.map(|input| {
        let broken =
            || Ok((broken(input.source.name(), Some(input.format.name)), Pending::default()));
        guarded(|| job.check(&input)).unwrap_or_else(broken)
    });
    let environment = environment.transpose()?;
    let read = progress::shown(found.len(), "files", |ended| {
        let file = |file: &Found| {
            let done = (!stop.asked()).then(|| job.file(file));
            ended();
            done
        };
        parallel::each(&found, file)
    });
    let mut done = Vec::with_capacity(read.len());
    let mut passed_over = 0;
    for (file, result) in found.iter().zip(read) {
        let Some(result) = result else {
            passed_over += 1;
            continue;
        };
        match result {
            Ok(checked) => done.extend(checked),
            // What nobody named does not keep the rest from being checked.
            Err(trouble) if file.walked => troubles.push(trouble),
            Err(trouble) => return Err(trouble),
        }
    }
    if passed_over > 0 {
        let message = format!(
            "{passed_over} of {} files were not looked at: the run was told to end",
            found.len()
        );
        troubles.push(Trouble::new(message));
    }
    for trouble in &troubles {
        output.say(&format!("airconn: {}", trouble.message))?;
    }
    let mut notes = std::mem::take(&mut *job.empty.lock().unwrap_or_else(PoisonError::into_inner));
    notes.sort();
    notes.extend(job.repositories.notes());
    for note in notes {
        output.note(&note)?;
    }
    // Repairs are written when every input was read: a run that ends before has changed nothing.
    let (files, pending): (Vec<FileReport>, Vec<Pending>) =
        environment.into_iter().chain(done).unzip();
    let repaired = Pending::settle(pending, output, &stop)?;
    // What could not be written is reported as it stands there.
    let mut files: Vec<Option<FileReport>> = files.into_iter().map(Some).collect();
    for Unwritten { input, path, trouble } in repaired.failed {
        output.say(&format!("airconn: {}", trouble.message))?;
        files[input] = job.unrepaired(&path);
        troubles.push(trouble);
    }
    let files: Vec<FileReport> = files.into_iter().flatten().collect();
    let ended = |exit| if troubles.is_empty() { exit } else { Exit::Failure };
    if files.is_empty() && troubles.is_empty() {
        output.note("no file with connections was found")?;
    }
    if let Some(summary) = arguments.fix.summary(repaired.count) {
        output.say(&format!("airconn: {summary}"))?;
    }
    if arguments.fix.is_diff() {
        return Ok(ended(if repaired.count > 0 { Exit::Findings } else { Exit::Success }));
    }
    let runtimes = job.reads.runtimes(&files);
    for file in &files {
        output.detail(&read_as(file, &runtimes))?;
    }
    let mut report = Report::new(files, runtimes);
    report.quiet = output.talk == Talk::Quiet;
    if let Some(file) = &arguments.write_baseline {
        let known = baseline::write(file, &report)?;
        output.note(&format!("known findings in {}: {known}", file.display()))?;
        return Ok(ended(Exit::Success));
    }
    if let Some(file) = known {
        let gone = baseline::apply(&file, &mut report)?;
        if gone > 0 {
            output.note(&format!(
                "known findings of {} that are there no more: {gone}; \
                 --write-baseline writes it anew",
                file.display()
            ))?;
        }
    }
    let report = if compares { report.bounded(bounds::FINDINGS.value) } else { report };
    // Where standard output has repaired text, the report goes to standard error.
    let report = match repaired.took_output {
        true => reports.write(report, output.aside())?,
        false => reports.write(report, output.out)?,
    };
    let broken = report.findings().any(|(_, located)| ALWAYS.contains(&located.finding.rule));
    let worst = report.findings().map(|(_, f)| f.finding.level).max();
    let limit = settings::limit(arguments.fail_on, arguments.exit_zero, &config);
    if broken {
        return Ok(Exit::Failure);
    }
    Ok(ended(if limit.is_some_and(|limit| worst >= Some(limit)) {
        Exit::Findings
    } else {
        Exit::Success
    }))
}

/// What is done with each file.
struct Job<'a> {
    selection: Selection,
    reads: Reads,
    input: &'a InputArguments,
    fix: &'a FixArguments,
    repositories: Repositories,
    /// What to say of files that were named and hold nothing.
    empty: Mutex<Vec<String>>,
    /// The report holds repairs as edits.
    edits: bool,
    /// Findings are kept inside of what causes them.
    relates: bool,
    /// So many findings of a file are reported.
    most: usize,
}

impl Job<'_> {
    /// Reads and checks a file; `None` if nobody named it and it holds no connections.
    fn file(&self, file: &Found) -> Result<Option<(FileReport, Pending)>, Trouble> {
        let done = guarded(|| {
            seam("files", &file.path.to_string_lossy());
            self.read(file)
        });
        done.unwrap_or_else(|| {
            Ok(Some((broken(&file.path.to_string_lossy(), None), Pending::default())))
        })
    }

    fn read(&self, file: &Found) -> Result<Option<(FileReport, Pending)>, Trouble> {
        let input = if file.walked {
            match self.input.read_found(&file.path)? {
                Walked::Holds(input) => Some(input),
                Walked::Left(_) => None,
            }
        } else {
            let input = self.input.read_one(&file.path)?;
            if let Some(note) = self.input.nothing_in(&input)? {
                self.empty.lock().unwrap_or_else(PoisonError::into_inner).push(note);
                let report = of_first(&input.source, input.format.name, Checked::default());
                return Ok(Some((report, Pending::default())));
            }
            Some(input)
        };
        input.map(|input| self.check(&input)).transpose()
    }

    fn check(&self, input: &Input) -> Result<(FileReport, Pending), Trouble> {
        let read = self.reads.of(input);
        let setting = Setting {
            skip: input.skip,
            format: input.format,
            runtimes: &read.runtimes,
            providers: &read.providers,
        };
        let selected = self.selection.of(Path::new(input.source.name()));
        let wants = |finding: &Finding| selected.wants(finding.rule);
        let run = || self.told(input, |told| self.fix.run(input, setting, &wants, told));
        let repaired = guarded(run);
        let failed = repaired.is_none();
        if let Some(done) = repaired.transpose()?.flatten() {
            let left = match self.relates {
                true => self.told(input, |Told { most, selects }| {
                    let wanted = Wanted { most, selects, repairs: Repairs::Told };
                    check::check_related(&done.source, setting, &wanted)
                }),
                false => done.checked,
            };
            let report = of_first(&done.source, input.format.name, read.weighed(left));
            return Ok((read.told(report), done.pending));
        }
        let mistake = failed.then(|| internal_error(Mistake::Repairing, None));
        Ok((self.report(input, &read, mistake), Pending::default()))
    }

    /// Does something for which it matters what is told of an input: what is wanted, and holds
    /// where the text comes from.
    fn told<R>(&self, input: &Input, work: impl FnOnce(Told<'_>) -> R) -> R {
        let selected = self.selection.of(Path::new(input.source.name()));
        let known = OnceCell::new();
        let path = input.path.as_deref();
        let selects = |finding: &mut Finding| {
            selected.takes(finding) && self.repositories.concerns(finding, path, &known)
        };
        // Changes are shown without a report.
        let most = if self.fix.is_diff() { 0 } else { self.most };
        work(Told { most, selects: &selects })
    }

    /// What is in a file now that could not be written. It may be gone.
    fn unrepaired(&self, path: &Path) -> Option<FileReport> {
        let input = self.input.read_one(path).ok()?;
        Some(
            guarded(|| self.report(&input, &self.reads.of(&input), None))
                .unwrap_or_else(|| broken(input.source.name(), Some(input.format.name))),
        )
    }

    /// What is found in an input as it is.
    fn report(&self, input: &Input, read: &Read, mistake: Option<Finding>) -> FileReport {
        let mut checked = self.told(input, |Told { most, selects }| match &input.undecodable {
            Some(undecodable) => {
                let mut finding = unreadable(undecodable.message());
                let wanted = selects(&mut finding);
                Checked {
                    findings: wanted.then_some(finding).into_iter().collect(),
                    ..Checked::default()
                }
            }
            None => {
                let Read { runtimes, providers, .. } = read;
                let setting =
                    Setting { skip: input.skip, format: input.format, runtimes, providers };
                let wanted = Wanted { most, selects, repairs: Repairs::Told };
                let Setting { skip, format, .. } = setting;
                match self.relates {
                    true => check::check_related(&input.source, setting, &wanted),
                    false => {
                        let source = &input.source;
                        check::check_wanted(source, skip, format, runtimes, providers, &wanted)
                    }
                }
            }
        });
        checked.findings.extend(mistake);
        let mut report =
            read.told(of_first(&input.source, input.format.name, read.weighed(checked)));
        if self.edits {
            self.add_edits(&mut report, input, read);
        }
        report
    }

    /// Adds what the repairs of findings put where, as far as anybody may see it.
    fn add_edits(&self, report: &mut FileReport, input: &Input, read: &Read) {
        let Read { runtimes, providers, .. } = read;
        let setting = Setting { skip: input.skip, format: input.format, runtimes, providers };
        let repaired = report.findings.iter_mut().filter(|found| found.finding.fix.is_some());
        // Each takes the whole text: of a longer one fewer are tried, so that the work is linear.
        let tries = bounds::EDITED.value / input.source.text().len().max(1);
        for located in repaired.take(tries.min(bounds::EDITS.value)) {
            let edit = guarded(|| public_edit(&input.source, setting, &located.finding)).flatten();
            located.edit = edit.map(|Edit { span, text }| {
                let position = |offset| input.source.position(offset);
                LocatedEdit { place: (position(span.start), position(span.end)), text }
            });
        }
    }
}

/// As what a file was read, and for which Airflow.
fn read_as(file: &FileReport, runtimes: &[String]) -> String {
    let FileReport { file: name, format, connections, read_for, .. } = file;
    let runtimes = read_for.as_ref().map_or(runtimes, |read_for| &read_for.runtimes);
    let word = if *connections == 1 { "connection" } else { "connections" };
    format!("{name}: {format}, {connections} {word}, Airflow {}", runtimes.join(", "))
}

fn of_first(source: &Source, format: &'static str, checked: Checked) -> FileReport {
    FileReport::of_first(source, relative(source.name()), format, checked)
}

/// The report about a file that could not be looked at to the end.
fn broken(name: &str, format: Option<&'static str>) -> FileReport {
    let findings = vec![internal_error(Mistake::CheckingFile, None)];
    let checked = Checked { findings, ..Checked::default() };
    FileReport::new(&Source::new(name, ""), relative(name), format.unwrap_or_default(), checked)
}

fn unreadable(message: String) -> Finding {
    Finding {
        rule: of_fault(Fault::Encoding).id,
        detail: None,
        level: Level::Error,
        conn_id: None,
        runtimes: Arc::default(),
        pointer: String::new(),
        span: None,
        message,
        help: Some("save the file as UTF-8".to_string()),
        fix: None,
        consequences: Vec::new(),
    }
}
