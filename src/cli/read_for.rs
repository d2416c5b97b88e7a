//! Which Airflow, with which packages, each file is read for: what is named holds for all, and
//! where nothing is, what the repository pins nearest to a file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::config::Config;
use super::input::Input;
use super::pins::{Nearest, Pinned, Place, Version as Pin};
use super::runtimes::SideArgument;
use super::{Output, Trouble, settings};
use crate::airflow::runtime::{Resolved, Runtime, Version};
use crate::check::fix::Setting;
use crate::check::{Checked, Finding, Level, Providers};
use crate::guard::guarded;
use crate::hooks;
use crate::report::{FileReport, ReadFor};
use crate::source::Span;

/// How a file is read.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) runtimes: Vec<Runtime>,
    pub(super) providers: Providers,
    /// What of it the repository pins.
    pins: Vec<Pin>,
    /// Places that only some of the versions read.
    places: Vec<Place>,
}

/// How files are read.
pub(super) struct Reads {
    default: Read,
    side: SideArgument,
    /// Packages that are named, by their numbers: no pin matters.
    named: Vec<usize>,
    /// Nobody names an Airflow.
    nearest: Option<Nearest>,
}

impl Reads {
    /// As a settled configuration says, for what is below these paths.
    pub(super) fn new(
        config: &Config,
        providers: Providers,
        paths: &[PathBuf],
        output: &mut Output<'_>,
    ) -> Result<Reads, Trouble> {
        let side = config.side.unwrap_or(SideArgument::Both);
        let runtimes = settings::runtimes(config).resolve(side, output)?;
        let named = settings::providers(config).numbers();
        let nearest = config.airflow.is_empty().then(|| Nearest::new(paths));
        let default = Read { runtimes, providers, pins: Vec::new(), places: Vec::new() };
        Ok(Reads { default, side, named, nearest })
    }

    /// How an input is read. What is not a file has nothing near it.
    pub(super) fn of(&self, input: &Input) -> Cow<'_, Read> {
        let asked = self.nearest.as_ref().zip(input.path.as_deref());
        let pinned = asked.map(|(nearest, path)| {
            let containers = || {
                let read = || (input.format.containers)(&input.source.traced());
                guarded(read).unwrap_or_default()
            };
            nearest.of(path, &input.source, &containers)
        });
        let pinned = pinned.filter(|pinned| *pinned != Pinned::default());
        pinned.map_or(Cow::Borrowed(&self.default), |pinned| Cow::Owned(self.pinned(pinned)))
    }

    fn pinned(&self, pinned: Pinned) -> Read {
        let mut read = self.default.clone();
        let version = |pin: Pin| Some((version_of(&pin.version)?, pin));
        let versions: Vec<(Version, Pin)> =
            pinned.airflow.into_iter().filter_map(version).collect();
        if !versions.is_empty() {
            let all = versions.iter().flat_map(|(version, _)| self.side.runtimes(*version));
            read.runtimes = all.collect();
            read.pins = versions.into_iter().map(|(_, pin)| pin).collect();
        }
        read.places = pinned.places;
        for (number, pin) in pinned.packages {
            if let Some(version) = Version::of_release(&pin.version)
                && !self.named.contains(&number)
            {
                read.providers.packages.set(hooks::packages()[number], version);
            }
        }
        read
    }

    /// All runtimes that files were read for; those aimed at if there are none.
    pub(super) fn runtimes(&self, files: &[FileReport]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let read = files.iter().filter_map(|file| file.read_for.as_ref());
        for name in read.flat_map(|read| &read.runtimes) {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        if all.is_empty() { self.default.names() } else { all }
    }
}

impl Read {
    /// How an input is looked at and repaired.
    pub(super) fn setting(&self, input: &Input) -> Setting<'_> {
        let Read { runtimes, providers, .. } = self;
        Setting { skip: input.skip, format: input.format, runtimes, providers }
    }

    fn names(&self) -> Vec<String> {
        self.runtimes.iter().map(Runtime::name).collect()
    }

    /// The report with the Airflow that its file was read for.
    pub(super) fn told(&self, report: FileReport) -> FileReport {
        let place = |Pin { file, line, .. }: &Pin| format!("{}:{line}", shown(file));
        let pins = self.pins.iter().map(place).collect();
        FileReport { read_for: Some(ReadFor { runtimes: self.names(), pins }), ..report }
    }

    /// Where the repository pins several versions, what is an error for one and not for all that
    /// may read the place may not be one, and what holds for none of these is not said.
    pub(super) fn weighed(&self, mut checked: Checked) -> Checked {
        if self.pins.len() > 1 {
            checked.findings.retain_mut(|finding| self.concerns(finding));
        }
        checked
    }

    fn concerns(&self, finding: &mut Finding) -> bool {
        let reads = self.reading(finding.span);
        if finding.runtimes.is_empty() {
            return true;
        }
        let names: Vec<String> = reads.iter().map(|runtime| runtime.name()).collect();
        finding.runtimes =
            finding.runtimes.iter().filter(|name| names.contains(name)).cloned().collect();
        if finding.runtimes.is_empty() {
            return false;
        }
        let concerned = |version: Version| {
            let mut of_version = reads.iter().filter(|runtime| runtime.version == version);
            of_version.any(|runtime| finding.runtimes.contains(&runtime.name()))
        };
        if finding.level == Level::Error && !reads.iter().all(|read| concerned(read.version)) {
            finding.level = Level::Warning;
        }
        true
    }

    /// The runtimes that read a place: those of the containers that are given it, else all.
    fn reading(&self, span: Option<Span>) -> Vec<&Runtime> {
        let holds = |place: Span| {
            span.is_some_and(|span| place.start <= span.start && span.start < place.end)
        };
        let versions: Vec<Version> = self
            .places
            .iter()
            .filter(|(place, _)| holds(*place))
            .flat_map(|(_, versions)| versions)
            .filter_map(|version| version_of(version))
            .collect();
        let reads = |runtime: &&Runtime| versions.is_empty() || versions.contains(&runtime.version);
        self.runtimes.iter().filter(reads).collect()
    }
}

/// The Airflow that is read for one of this version.
fn version_of(text: &str) -> Option<Version> {
    Version::parse(text).map(Resolved::version)
}

/// A file as people name it: below the working folder if it is there.
fn shown(file: &Path) -> String {
    super::reports::relative(&file.display().to_string())
}
