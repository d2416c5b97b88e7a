//! `airconn check`.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::config::ConfigArguments;
use super::fix::{FixArguments, Pending, Unwritten};
use super::git::Repositories;
use super::input::InputArguments;
use super::job::{Job, broken};
use super::levels::FailOn;
use super::output::Talk;
use super::providers::ProviderArguments;
use super::read_for::Reads;
use super::reports::ReportArguments;
use super::runtimes::RuntimeArguments;
use super::settings::{self, Selection};
use super::stop::Stop;
use super::walk::{Found, Searched, WalkArguments};
use super::{Exit, Output, Trouble, baseline, files_shown, known, parallel, progress, watch};
use crate::bounds;
use crate::check::rules::ALWAYS;
use crate::guard::guarded;
use crate::report::{FileReport, Report};

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
    if report.findings().any(|(_, located)| ALWAYS.contains(&located.finding.rule)) {
        return Ok(Exit::Failure);
    }
    let limit = settings::limit(arguments.fail_on, arguments.exit_zero, &config);
    Ok(ended(Exit::of(report.worst(), limit)))
}

/// As what a file was read, and for which Airflow.
fn read_as(file: &FileReport, runtimes: &[String]) -> String {
    let FileReport { file: name, format, connections, read_for, .. } = file;
    let runtimes = read_for.as_ref().map_or(runtimes, |read_for| &read_for.runtimes);
    let word = if *connections == 1 { "connection" } else { "connections" };
    format!("{name}: {format}, {connections} {word}, Airflow {}", runtimes.join(", "))
}
