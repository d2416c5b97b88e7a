//! Which files git tracks: read from its index, once for each repository, and only where a finding
//! depends on it. git itself is asked where that is not plain.

mod asked;
mod index;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::check::rules::about;
use crate::check::{About, Finding};
use crate::{bounds, files};

/// What was asked before: the tracked files of each repository by its root.
#[derive(Default)]
pub(super) struct Repositories {
    known: Mutex<HashMap<PathBuf, Tracked>>,
    notes: Mutex<Vec<String>>,
}

/// The files that a repository tracks.
#[derive(Default)]
struct Tracked {
    paths: HashSet<PathBuf>,
    /// Why they are not known, until it is told.
    unknown: Option<String>,
}

impl Repositories {
    /// Whether a finding holds in this file: some are only about files that git tracks. `None` is
    /// not a file; `known` keeps what was found out about it.
    pub(super) fn concerns(
        &self,
        finding: &Finding,
        path: Option<&Path>,
        known: &OnceCell<bool>,
    ) -> bool {
        let tracks = || path.is_some_and(|path| self.tracks(path));
        about(finding.rule) != Some(About::Tracked) || *known.get_or_init(tracks)
    }

    /// What could not be found out, for people.
    pub(super) fn notes(&self) -> Vec<String> {
        std::mem::take(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The files below a folder that are tracked by the repository which it lies in, as paths that
    /// begin with the folder.
    pub(super) fn tracked_below(&self, folder: &Path) -> Vec<PathBuf> {
        let Some((root, inside)) = repository(folder) else { return Vec::new() };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let tracked = known.entry(root.clone()).or_insert_with(|| tracked(&root));
        let below = |path: &PathBuf| Some(folder.join(path.strip_prefix(&inside).ok()?));
        tracked.paths.iter().filter_map(below).collect()
    }

    fn tracks(&self, path: &Path) -> bool {
        let Some(name) = path.file_name() else { return false };
        let folder = path.parent().unwrap_or(Path::new(""));
        let Some((root, inside)) = repository(folder) else { return false };
        // Whoever panicked while it held the lock has changed nothing by halves.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let tracked = known.entry(root.clone()).or_insert_with(|| tracked(&root));
        if let Some(reason) = tracked.unknown.take() {
            let note = format!("AC701 is silent in {}: {reason}", root.display());
            self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        }
        tracked.paths.contains(&inside.join(name))
    }
}

/// The root of the repository that a folder lies in, and its path below that.
fn repository(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let whole = without_dots(&std::env::current_dir().ok()?.join(folder));
    let root = whole.ancestors().find(|folder| folder.join(".git").exists())?;
    Some((root.to_path_buf(), whole.strip_prefix(root).ok()?.to_path_buf()))
}

/// The path without `.` and `..`. Links are left alone: git tracks nothing behind one.
pub(super) fn without_dots(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

/// The files that git tracks below a root; none, and why, where git does not come to an end.
fn tracked(root: &Path) -> Tracked {
    let of = |paths: Vec<Vec<u8>>| paths.iter().map(|path| path_of(path)).collect();
    if let Some(paths) = read_index(root) {
        return Tracked { paths: of(paths), unknown: None };
    }
    match asked::tracked(root) {
        Ok(names) => Tracked { paths: of(names), unknown: None },
        Err(reason) => Tracked { unknown: Some(reason), ..Tracked::default() },
    }
}

/// What the index says, if it is the one that git would read, and of a kind that is understood.
fn read_index(root: &Path) -> Option<Vec<Vec<u8>>> {
    // A hook of git has an index of its own.
    if ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
    {
        return None;
    }
    let git = root.join(".git");
    let folder = match files::text(&git, bounds::IGNORE_FILE.value) {
        // In a linked working tree or a submodule a file says where the folder is.
        Ok(link) => root.join(link.strip_prefix("gitdir: ")?.trim_end()),
        Err(_) => git,
    };
    index::paths(&files::read(&folder.join("index"), bounds::GIT_INDEX.value).ok()?)
}

#[cfg(unix)]
fn path_of(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path_of(name: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(name).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_dots() {
        for (path, want) in
            [("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/b/..", "/a"), ("/a//b/", "/a/b")]
        {
            assert_eq!(without_dots(Path::new(path)), Path::new(want), "{path}");
        }
    }
}
