//! An Airflow with its packages, as `airconn upgrade` is told: versions, a file that pins some, or
//! an image.

use std::collections::BTreeMap;
use std::path::Path;

use crate::airflow::runtime::{CHANGES, RUNTIMES, Resolved, Runtime, Side, Version};
use crate::bounds;
use crate::check::Providers;
use crate::cli::pins::{self, Given, KINDS, Package, Pin};
use crate::cli::runtimes::SideArgument;
use crate::cli::{Output, Trouble, suggest};
use crate::hooks;

/// Versions of Airflow and of what is around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Environment {
    pub(super) airflow: Version,
    /// Packages that somebody named, by their numbers in [`hooks::packages`].
    pub(super) packages: BTreeMap<usize, Version>,
}

/// What decides how connections are read, with the rest of the configuration.
pub(super) struct Around {
    pub(super) side: SideArgument,
    pub(super) providers: Providers,
}

/// Something that an upgrade changes the version of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Airflow,
    Package(usize),
}

impl Environment {
    /// Reads what was given: `NAME=VERSION`, an image of Airflow with its tag, or a file of
    /// requirements, a lock or a Dockerfile. What is not named is as `usual`.
    pub(super) fn read(
        given: &[String],
        usual: Version,
        output: &mut Output<'_>,
    ) -> Result<Environment, Trouble> {
        let mut read = Environment { airflow: usual, packages: BTreeMap::new() };
        for text in given.iter().flat_map(|text| text.split(',')).map(str::trim) {
            match (text.split_once('='), pins::airflow_of(text)) {
                (Some((name, version)), _) => {
                    let version = version.trim_start_matches('=').trim();
                    read.take_named(name.trim(), version, output)?;
                }
                (None, Some(version)) => read.take_airflow(&version, output)?,
                (None, None) => read.take_file(text, output)?,
            }
        }
        Ok(read)
    }

    fn take_named(
        &mut self,
        name: &str,
        version: &str,
        output: &mut Output<'_>,
    ) -> Result<(), Trouble> {
        let name = name.trim_start_matches("apache-airflow-providers-");
        if ["airflow", "apache-airflow"].contains(&name) {
            return self.take_airflow(version, output);
        }
        let packages = hooks::packages();
        let names = || packages.iter().map(|package| package.name);
        let number = packages.iter().position(|known| known.name == name || known.pypi == name);
        let number = number.ok_or_else(|| {
            let tail = suggest::tail(name, names());
            let known = names().collect::<Vec<_>>().join(", ");
            Trouble::new(format!("airconn knows versions of airflow, {known}, not `{name}`{tail}"))
        })?;
        let version = Version::of_release(version)
            .ok_or_else(|| Trouble::new(format!("`{version}` is not a version of {name}")))?;
        self.packages.insert(number, version);
        Ok(())
    }

    fn take_airflow(&mut self, text: &str, output: &mut Output<'_>) -> Result<(), Trouble> {
        let resolved = Version::parse(text)
            .ok_or_else(|| Trouble::new(format!("`{text}` is not an Airflow version")))?;
        let is_known = matches!(resolved, Resolved::Exact(_));
        self.airflow = resolved.version();
        if !is_known {
            output.note(&format!(
                "Airflow {text} is not among those that airconn knows; it is taken for {}",
                self.airflow
            ))?;
        }
        Ok(())
    }

    fn take_file(&mut self, name: &str, output: &mut Output<'_>) -> Result<(), Trouble> {
        let path = Path::new(name);
        let text = crate::files::text(path, bounds::PIN_LOCK.value).map_err(|error| {
            Trouble::new(format!(
                "`{name}` is not NAME=VERSION, not an image of Airflow with its tag, and not a \
                 file that can be read: {error}"
            ))
        })?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let kind = KINDS.iter().find(|kind| kind.fits(file.as_deref().unwrap_or_default()));
        let read = kind.map_or(pins::of_text as pins::Reader, |kind| kind.read);
        let found = read(&text, &mut Given::new());
        if found.is_empty() {
            return Err(Trouble::new(format!(
                "{name} pins neither Airflow nor a package that airconn knows versions of"
            )));
        }
        for Pin { package, version, .. } in found {
            match (package, Version::of_release(&version)) {
                (Package::Airflow, _) => self.take_airflow(&version, output)?,
                (Package::Around(number), Some(version)) => {
                    self.packages.insert(number, version);
                }
                (Package::Around(_), None) => {}
            }
        }
        Ok(())
    }

    /// Who reads, and with what.
    pub(super) fn readers(&self, around: &Around) -> (Vec<Runtime>, Providers) {
        let mut providers = around.providers.clone();
        for (number, version) in &self.packages {
            providers.packages.set(hooks::packages()[*number], *version);
        }
        (around.side.runtimes(self.airflow), providers)
    }

    /// What is another version in `other`.
    pub(super) fn axes(&self, other: &Environment) -> Vec<Axis> {
        let airflow = (self.airflow != other.airflow).then_some(Axis::Airflow);
        let mut numbers: Vec<usize> =
            self.packages.keys().chain(other.packages.keys()).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let differs = |number: &usize| self.packages.get(number) != other.packages.get(number);
        let packages = numbers.into_iter().filter(differs).map(Axis::Package);
        airflow.into_iter().chain(packages).collect()
    }

    /// This one with another's version of something.
    pub(super) fn with(&self, axis: Axis, other: &Environment) -> Environment {
        let mut changed = self.clone();
        match axis {
            Axis::Airflow => changed.airflow = other.airflow,
            Axis::Package(number) => match other.packages.get(&number) {
                Some(version) => _ = changed.packages.insert(number, *version),
                None => _ = changed.packages.remove(&number),
            },
        }
        changed
    }

    /// The way from this version of something to the other's, release by release as far as they are
    /// known: each step is `other` with that version. The last one is `other`; none where one of
    /// the two names no version.
    pub(super) fn way(&self, axis: Axis, other: &Environment) -> Vec<(Version, Environment)> {
        let (old, new, mut known) = match axis {
            Axis::Airflow => {
                let changes = CHANGES.iter().map(|change| change.since);
                let run = RUNTIMES.iter().map(|runtime| runtime.version);
                (self.airflow, other.airflow, changes.chain(run).collect::<Vec<_>>())
            }
            Axis::Package(number) => {
                let (Some(old), Some(new)) =
                    (self.packages.get(&number), other.packages.get(&number))
                else {
                    return Vec::new();
                };
                let package = hooks::packages()[number];
                let changes = (package.changes)().into_iter().map(|(version, _)| version);
                (*old, *new, changes.chain(package.versions.iter().copied()).collect())
            }
        };
        let between = |version: &Version| *version != old && *version != new;
        let (low, high) = (old.min(new), old.max(new));
        known.retain(|version| between(version) && (low..=high).contains(version));
        known.push(new);
        known.sort_unstable();
        known.dedup();
        if old > new {
            known.reverse();
        }
        let step = |version: Version| {
            let mut step = other.clone();
            match axis {
                Axis::Airflow => step.airflow = version,
                Axis::Package(number) => _ = step.packages.insert(number, version),
            }
            (version, step)
        };
        known.into_iter().map(step).collect()
    }

    /// Its versions for people.
    pub(super) fn words(&self) -> String {
        let packages = self
            .packages
            .iter()
            .map(|(number, version)| format!(", {} {version}", hooks::packages()[*number].name));
        format!("Airflow {}{}", self.airflow, packages.collect::<String>())
    }
}

impl Axis {
    /// Its name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Axis::Airflow => "Airflow",
            Axis::Package(number) => hooks::packages()[number].name,
        }
    }
}

/// The Airflow that is taken where nobody names one.
pub(super) fn usual_airflow(configured: &[String]) -> Version {
    let first = configured.first().and_then(|text| Version::parse(text)).map(Resolved::version);
    first.unwrap_or_else(|| Runtime::newest(Side::Server).version)
}
