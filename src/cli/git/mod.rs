//! Which files git tracks: read from its index, once for each repository, and only where a finding depends on it. git itself is asked where
//! that is not plain.

mod index;

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::check::Finding;
use crate::check::rules::ABOUT_TRACKED;

/// What was asked before: the tracked files of each repository by its root.
#[derive(Default)]
pub(super) struct Repositories {
    known: Mutex<HashMap<PathBuf, HashSet<PathBuf>>>,
}

impl Repositories {
    /// Takes away the findings that are only about files that git tracks, if it does not track this one. `None` is no file.
    pub(super) fn apply(&self, path: Option<&Path>, findings: &mut Vec<Finding>) {
        let depends = |finding: &Finding| ABOUT_TRACKED.contains(&finding.rule);
        if findings.iter().any(depends) && !path.is_some_and(|path| self.tracks(path)) {
            findings.retain(|finding| !depends(finding));
        }
    }

    fn tracks(&self, path: &Path) -> bool {
        let Ok(here) = std::env::current_dir() else { return false };
        let whole = without_dots(&here.join(path));
        let Some(root) = whole.ancestors().skip(1).find(|folder| folder.join(".git").exists()) else { return false };
        let Ok(inside) = whole.strip_prefix(root) else { return false };
        // Whoever panicked while it held the lock has changed nothing by halves.
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.entry(root.to_path_buf()).or_insert_with(|| files(root)).contains(inside)
    }
}

/// The path without `.` and `..`. Links are left alone: git tracks nothing behind one.
fn without_dots(path: &Path) -> PathBuf {
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

/// The files that git tracks below a root.
fn files(root: &Path) -> HashSet<PathBuf> {
    match read_index(root) {
        Some(paths) => paths.iter().map(|path| path_of(path)).collect(),
        None => asked(root),
    }
}

/// What the index says, if it is the one that git would read, and of a kind that is understood.
fn read_index(root: &Path) -> Option<Vec<Vec<u8>>> {
    // A hook of git has an index of its own.
    if ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"].iter().any(|name| std::env::var_os(name).is_some()) {
        return None;
    }
    let git = root.join(".git");
    let folder = match std::fs::read_to_string(&git) {
        // In a linked working tree or a submodule a file says where the folder is.
        Ok(link) => root.join(link.strip_prefix("gitdir: ")?.trim_end()),
        Err(_) => git,
    };
    let file = folder.join("index");
    // A pipe of that name would never end.
    std::fs::metadata(&file).ok().filter(std::fs::Metadata::is_file)?;
    index::paths(&std::fs::read(file).ok()?)
}

/// What git says; nothing where it is not installed, or will have nothing to do with this repository.
fn asked(root: &Path) -> HashSet<PathBuf> {
    // A repository may configure a program to be run here; none is.
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["-c", "core.fsmonitor=false", "ls-files", "-z"]);
    git.env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null()).stderr(Stdio::null());
    let output = git.output().ok().filter(|output| output.status.success());
    let listed = output.map(|output| output.stdout).unwrap_or_default();
    listed.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(path_of).collect()
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
        for (path, want) in [("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/b/..", "/a"), ("/a//b/", "/a/b")] {
            assert_eq!(without_dots(Path::new(path)), Path::new(want), "{path}");
        }
    }
}
