//! Effective settings: the command line, then the configuration, then what `--detect` finds.

use std::path::{Path, PathBuf};

use super::config::{Config, ConfigArguments};
use super::globs::Globs;
use super::levels::FailOn;
use super::providers::ProviderArguments;
use super::runtimes::{RuntimeArguments, SideArgument};
use super::selectors::{is_selector, selects, specificity};
use super::{Output, Trouble, suggest};
use crate::airflow::runtime::Runtime;
use crate::check::rules::ALWAYS;
use crate::check::{Finding, Level, Providers};

/// Which findings count, and how much.
pub(super) struct Selection {
    select: Vec<String>,
    ignore: Vec<String>,
    per_file: Vec<(Globs, Vec<String>)>,
    severity: Vec<(String, Level)>,
}

impl Selection {
    /// From the command line and the configuration, as ruff does it: `--select` takes the place of
    /// both lists of the file, `--ignore` adds to what the file ignores.
    pub(super) fn new(
        select: &[String],
        ignore: &[String],
        config: &Config,
    ) -> Result<Selection, Trouble> {
        for name in select.iter().chain(ignore) {
            if !is_selector(name) {
                return Err(Trouble::new(suggest::unknown_rule(name, "")));
            }
        }
        let (select, configured) = if select.is_empty() {
            (&config.select[..], &config.ignore[..])
        } else {
            (select, &[][..])
        };
        Ok(Selection {
            select: select.to_vec(),
            ignore: [configured, ignore].concat(),
            per_file: config.per_file_ignores.clone(),
            severity: config.severity.clone(),
        })
    }

    /// What is wanted of the findings in a file.
    pub(super) fn of(&self, path: &Path) -> Selected<'_> {
        let fits = self.per_file.iter().filter(|(globs, _)| globs.matches(path, false));
        Selected { selection: self, here: fits.map(|(_, rules)| rules).collect() }
    }
}

/// Which findings in one file count, and how much.
pub(super) struct Selected<'s> {
    selection: &'s Selection,
    /// Rules that are ignored there.
    here: Vec<&'s Vec<String>>,
}

impl Selected<'_> {
    /// Whether a finding is wanted, which then has its level. Its rule decides.
    pub(super) fn takes(&self, finding: &mut Finding) -> bool {
        if ALWAYS.contains(&finding.rule) {
            return true;
        }
        // The last that fits is the most particular one that somebody wrote.
        let severity = &self.selection.severity;
        let fits =
            severity.iter().rev().find(|(name, _)| selects(name, finding.rule, finding.detail));
        if let Some((_, level)) = fits {
            finding.level = *level;
        }
        self.wants_detail(finding.rule, finding.detail)
    }

    /// Whether findings of a rule are wanted.
    pub(super) fn wants(&self, rule: &str) -> bool {
        self.wants_detail(rule, None)
    }

    /// The same of those that a rule of a connection type is behind.
    fn wants_detail(&self, rule: &str, detail: Option<&str>) -> bool {
        let in_list = |list: &Vec<String>| {
            let names = list.iter().filter(|name| selects(name, rule, detail));
            names.map(|name| specificity(name)).max()
        };
        let Selection { select, ignore, .. } = self.selection;
        // Every rule is selected where none is named; who names one of a group more exactly means
        // it.
        let selected = if select.is_empty() { Some(0) } else { in_list(select) };
        ALWAYS.contains(&rule)
            || selected > in_list(ignore) && !self.here.iter().any(|list| in_list(list).is_some())
    }
}

/// Which Airflow a command other than `check` reads as, and with which packages.
pub(super) struct Aim {
    pub(super) runtimes: Vec<Runtime>,
    pub(super) providers: Providers,
}

/// What `inspect`, `convert` and `probe` can take of a configuration; `several` says whether they
/// can do with more than one Airflow.
pub(super) fn aim(
    config: &ConfigArguments,
    runtime: &RuntimeArguments,
    packages: &ProviderArguments,
    default: SideArgument,
    several: bool,
    output: &mut Output<'_>,
) -> Result<Aim, Trouble> {
    let mut config = config.read()?;
    if !several {
        config.side = config.side.filter(|side| *side != SideArgument::Both);
    }
    settle(&mut config, runtime, packages, false, output)?;
    if !several && config.airflow.len() > 1 && runtime.airflow.is_empty() {
        config.airflow.clear();
        output.note(
            "the configuration aims at several versions of Airflow; \
             --airflow names the one that is meant",
        )?;
    }
    let runtimes = runtimes(&config).resolve(default, output)?;
    let providers = providers(&config).resolve(output)?;
    // Of several, the packages of the newest are shown.
    let newest = runtimes.iter().max_by_key(|runtime| runtime.version);
    let providers = newest.map_or(providers.clone(), |newest| Providers {
        of_their_day: false,
        ..providers.beside(newest)
    });
    Ok(Aim { runtimes: providers.around(&runtimes), providers })
}

/// Puts what the command line aims at into the configuration, and then, if asked, what the files of
/// the project pin, of which it tells.
pub(super) fn settle(
    config: &mut Config,
    runtime: &RuntimeArguments,
    packages: &ProviderArguments,
    detect: bool,
    output: &mut Output<'_>,
) -> Result<(), Trouble> {
    if !runtime.airflow.is_empty() {
        config.airflow.clone_from(&runtime.airflow);
    }
    config.side = runtime.side.or(config.side);
    if !packages.provider.is_empty() {
        config.providers.clone_from(&packages.provider);
    }
    if !packages.driver.is_empty() {
        config.drivers.clone_from(&packages.driver);
    }
    if detect || config.detect {
        let open = config.airflow.is_empty();
        for note in super::detect::complete(config)? {
            output.note(&format!("aimed at {note}"))?;
        }
        if open && config.airflow.is_empty() {
            output.note(
                "no file of the project pins a version of Airflow; --airflow \
                 names one",
            )?;
        }
    }
    Ok(())
}

/// The versions that a settled configuration aims at.
pub(super) fn runtimes(config: &Config) -> RuntimeArguments {
    RuntimeArguments { airflow: config.airflow.clone(), side: config.side }
}

/// The packages that a settled configuration aims at.
pub(super) fn providers(config: &Config) -> ProviderArguments {
    ProviderArguments { provider: config.providers.clone(), driver: config.drivers.clone() }
}

/// Patterns of files to leave out.
pub(super) fn excluded(given: &[String], config: &Config) -> Result<Globs, Trouble> {
    if given.is_empty() {
        return Ok(config.exclude.clone());
    }
    Globs::new(Path::new(""), given)
        .map_err(|(glob, reason)| Trouble::new(format!("--exclude `{glob}`: {reason}")))
}

/// The file of known findings.
pub(super) fn baseline(given: Option<&PathBuf>, config: &Config) -> Option<PathBuf> {
    given.cloned().or_else(|| config.baseline.as_ref().map(|file| config.folder.join(file)))
}

/// The least level that ends the run with 1; `None` if none does.
pub(super) fn limit(given: Option<FailOn>, exit_zero: bool, config: &Config) -> Option<Level> {
    if exit_zero {
        return None;
    }
    match given.or(config.fail_on) {
        None => Some(Level::Error),
        Some(FailOn::Least(level)) => Some(level),
        Some(FailOn::Never) => None,
    }
}
