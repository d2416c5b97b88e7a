//! Which versions a repository pins: where nobody names an Airflow, each file is read for the one
//! that stands nearest to it.
//!
//! Nearest is the file itself, then its folder, then the folders above it up to the root of the
//! repository. A folder is read when a file with connections is found that asks for it, and once.

mod containers;
mod images;
mod kinds;
mod text;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) use containers::Place;
pub(super) use images::airflow_of;
pub(super) use kinds::{KINDS, Kind, Reader};
pub(super) use text::{Given, of_text};

use self::containers::Manifest;
use crate::format::Container;
use crate::source::Source;
use crate::{bounds, files, hooks};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Package {
    Airflow,
    /// The one with this number in [`hooks::packages`].
    Around(usize),
}

/// The names that Airflow has on PyPI.
const AIRFLOW: &[&str] = &["apache-airflow", "apache-airflow-core"];

/// A version that a line pins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) package: Package,
    pub(super) version: String,
    /// From 1.
    pub(super) line: usize,
}

fn package_of(name: &str) -> Option<Package> {
    let name = name.trim().to_ascii_lowercase().replace(['_', '.'], "-");
    if AIRFLOW.contains(&&*name) {
        return Some(Package::Airflow);
    }
    hooks::packages().iter().position(|package| package.pypi == name).map(Package::Around)
}

/// More versions than this are what a project is tested with, not what it runs.
const MOST_VERSIONS: usize = 4;

/// Folders of a project that say what the rest of it runs on.
const BESIDE: &[&str] =
    &["docker", ".docker", ".devcontainer", "requirements", ".github/workflows", ".circleci"];

/// A version, and the file and line that pin it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) version: String,
    pub(super) file: PathBuf,
    pub(super) line: usize,
}

/// What is pinned for a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pinned {
    /// Versions of Airflow that differ.
    pub(super) airflow: Vec<Version>,
    /// Versions of packages, by their numbers in [`hooks::packages`].
    pub(super) packages: Vec<(usize, Version)>,
    /// Places of the file that only some of the versions read.
    pub(super) places: Vec<Place>,
}

impl Pinned {
    /// Takes what another pins and this one does not.
    fn fill(&mut self, other: &Pinned) {
        if self.airflow.is_empty() {
            self.airflow.clone_from(&other.airflow);
        }
        for (package, version) in &other.packages {
            if !self.packages.iter().any(|(known, _)| known == package) {
                self.packages.push((*package, version.clone()));
            }
        }
    }

    fn of(pins: Vec<(PathBuf, Pin)>) -> Pinned {
        let mut pinned = Pinned::default();
        for (file, Pin { package, version, line }) in pins {
            let version = Version { version, file, line };
            match package {
                Package::Airflow => pinned.airflow.push(version),
                Package::Around(number)
                    if !pinned.packages.iter().any(|(known, _)| *known == number) =>
                {
                    pinned.packages.push((number, version));
                }
                Package::Around(_) => {}
            }
        }
        pinned.airflow = distinct(std::mem::take(&mut pinned.airflow));
        pinned
    }
}

/// The first is the second, or one of its minor.
fn narrows(one: &str, other: &str) -> bool {
    one == other || one.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
}

/// Each version once, and not the minor of one that is exact; none where there are too many.
fn distinct(all: Vec<Version>) -> Vec<Version> {
    let mut kept: Vec<Version> = Vec::new();
    for version in all {
        let text = &version.version;
        if !kept.iter().any(|known| narrows(&known.version, text)) {
            kept.retain(|known| !narrows(text, &known.version));
            kept.push(version);
        }
    }
    if kept.len() > MOST_VERSIONS { Vec::new() } else { kept }
}

/// What a folder pins.
#[derive(Default)]
struct Folder {
    pinned: Pinned,
    /// Variables of its `.env`, with which compose and others are written.
    given: Given,
}

/// What stands nearest to files, folder by folder as they are asked for.
pub(super) struct Nearest {
    /// Folders that are searched: outside of a repository nothing above them counts.
    roots: Vec<PathBuf>,
    folders: Mutex<HashMap<PathBuf, Arc<Folder>>>,
}

impl Nearest {
    /// `paths` are what is searched.
    pub(super) fn new(paths: &[PathBuf]) -> Nearest {
        let here = std::env::current_dir().unwrap_or_default();
        let mut roots: Vec<PathBuf> = paths.iter().map(|path| whole(&here, path)).collect();
        roots.push(here);
        Nearest { roots, folders: Mutex::default() }
    }

    /// What is pinned for a file with this text, whose containers these are.
    pub(super) fn of(
        &self,
        path: &Path,
        source: &Source,
        containers: &dyn Fn() -> Vec<Container>,
    ) -> Pinned {
        let here = std::env::current_dir().unwrap_or_default();
        let file = whole(&here, path);
        let Some(folder) = file.parent() else { return Pinned::default() };
        let mut given = self.folder(folder).given.clone();
        let kind = KINDS.iter().find(|kind| kind.fits(&name_of(&file)));
        let reader = kind.map_or(of_text as Reader, |kind| kind.read);
        let own = reader(first(source.text(), bounds::PINS.value), &mut given);
        let mut pinned = Pinned::of(own.into_iter().map(|pin| (path.to_path_buf(), pin)).collect());
        let names_images = !pinned.airflow.is_empty() || source.text().contains("build:");
        for folder in self.chain(folder) {
            pinned.fill(&self.folder(folder).pinned);
            if !pinned.airflow.is_empty() {
                break;
            }
            for beside in BESIDE {
                pinned.fill(&self.folder(&folder.join(beside)).pinned);
            }
        }
        if names_images {
            let manifest = Manifest { path, folder, source, given: &given };
            pinned.run_by(&containers(), &manifest, self);
        }
        pinned
    }

    /// A folder and those above it, up to the root of its repository, or to what is searched.
    fn chain<'p>(&self, folder: &'p Path) -> Vec<&'p Path> {
        let above: Vec<&Path> = folder.ancestors().take(bounds::PIN_FOLDERS.value).collect();
        let root = above.iter().position(|folder| folder.join(".git").exists());
        let top = || above.iter().rposition(|f| self.roots.iter().any(|root| root == f));
        let end = root.or_else(top).unwrap_or(0);
        above.into_iter().take(end + 1).collect()
    }

    fn folder(&self, folder: &Path) -> Arc<Folder> {
        // Whoever panicked while it held the lock has changed nothing by halves.
        let lock = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let read = Arc::new(read(folder));
        lock().insert(folder.to_path_buf(), Arc::clone(&read));
        read
    }
}

/// What the files of a folder pin: those that say what runs win over those that say what is
/// installed.
fn read(folder: &Path) -> Folder {
    let Ok(listed) = std::fs::read_dir(folder) else { return Folder::default() };
    let mut names: Vec<String> =
        listed.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut found: Vec<(&Kind, &String)> = names
        .iter()
        .filter_map(|name| KINDS.iter().find(|kind| kind.fits(name)).map(|kind| (kind, name)))
        .collect();
    // Variables come first, as others are written with them.
    found.sort_by_key(|(kind, name)| (kind.rank, **name != ".env"));
    found.truncate(bounds::DETECTED.value);
    let (mut pinned, mut given) = (Pinned::default(), Given::new());
    for kinds in found.chunk_by(|(one, _), (other, _)| one.rank == other.rank) {
        let mut pins = Vec::new();
        for (kind, name) in kinds {
            let file = folder.join(name);
            let Ok(text) = files::text(&file, kind.most()) else { continue };
            let mut own = given.clone();
            pins.extend((kind.read)(&text, &mut own).into_iter().map(|pin| (file.clone(), pin)));
            if *name == ".env" {
                given = own;
            }
        }
        pinned.fill(&Pinned::of(pins));
    }
    Folder { pinned, given }
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path from the root on, without dots.
fn whole(here: &Path, path: &Path) -> PathBuf {
    super::git::without_dots(&here.join(path))
}

/// No more than so many bytes of a text.
fn first(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_kept_once_and_exact() {
        let version =
            |text: &&str| Version { version: text.to_string(), file: PathBuf::from("a"), line: 1 };
        for (given, want) in [
            (&["2.9.3", "2.9.3"][..], &["2.9.3"][..]),
            (&["2.9", "2.9.3"], &["2.9.3"]),
            (&["2.9.3", "2.9"], &["2.9.3"]),
            (&["2.9", "2.10.1"], &["2.9", "2.10.1"]),
            (&["2.1", "2.10"], &["2.1", "2.10"]),
            (&["2.1", "2.2", "2.3", "2.4", "2.5"], &[]),
        ] {
            let kept = distinct(given.iter().map(version).collect());
            let kept: Vec<&str> = kept.iter().map(|version| &*version.version).collect();
            assert_eq!(kept, want, "{given:?}");
        }
    }
}
