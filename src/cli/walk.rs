//! Folders: which files below them hold connections. What git ignores is passed over, as ruff and
//! ripgrep do, but for what it tracks all the same.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use ignore::WalkBuilder;

use super::config::Config;
use super::git::Repositories;
use super::globs::Globs;
use super::{Trouble, ignored};
use crate::files;
use crate::format::is_searched;

/// Folders that hold what others wrote.
const FOREIGN: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    ".venv",
    "venv",
    ".direnv",
    ".pyenv",
    ".eggs",
    "site-packages",
    "__pypackages__",
    "node_modules",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".ipynb_checkpoints",
    ".terraform",
];

#[derive(Args)]
#[command(next_help_heading = "Folders")]
pub(super) struct WalkArguments {
    /// Leave out what this glob matches when folders are searched, such as `tests/` or
    /// `*.example.yaml`
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub(super) exclude: Vec<String>,
    /// Apply --exclude to files named on the command line, too
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Pass over files that hold no connections also if they are named, as in a pre-commit hook
    #[arg(long)]
    pub(super) only_connections: bool,
    /// Search what .gitignore leaves out, too
    #[arg(long)]
    pub(super) no_respect_gitignore: bool,
    /// List the files that are read and as what, and what is left out and why; check nothing
    #[arg(long)]
    pub(super) show_files: bool,
}

/// A file that is to be read.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Nobody says that it holds connections: if it does not, nothing is said.
    pub(super) walked: bool,
}

/// What was found, and on the way.
pub(super) struct Searched {
    pub(super) found: Vec<Found>,
    /// The folders that were entered.
    folders: HashSet<PathBuf>,
    /// What of the folders could not be searched.
    pub(super) troubles: Vec<Trouble>,
}

/// A file whose name is one that is searched, or a folder, that is not looked into.
pub(super) struct LeftOut {
    pub(super) path: PathBuf,
    pub(super) reason: &'static str,
}

impl WalkArguments {
    /// What below these folders is not looked into, though its name is one that is searched. Of a
    /// folder that was not entered only the name is given.
    pub(super) fn left_out(
        &self,
        paths: &[PathBuf],
        searched: &Searched,
        exclude: &Globs,
    ) -> Vec<LeftOut> {
        let found: HashSet<PathBuf> = searched.found.iter().map(|f| plain(&f.path)).collect();
        let mut left = Vec::new();
        for root in paths.iter().filter(|path| path.is_dir()) {
            let mut open = vec![root.clone()];
            while let Some(folder) = open.pop() {
                let mut entries: Vec<_> = std::fs::read_dir(&folder)
                    .into_iter()
                    .flatten()
                    .filter_map(Result::ok)
                    .collect();
                entries.sort_by_key(std::fs::DirEntry::file_name);
                for entry in entries {
                    let path = entry.path();
                    let Ok(kind) = entry.file_type() else { continue };
                    let named = kind.is_dir() || is_searched(&path.to_string_lossy());
                    if found.contains(&plain(&path)) || !named || entry.file_name() == ".git" {
                        continue;
                    }
                    let reason = if exclude.matches(&path, kind.is_dir()) {
                        "excluded"
                    } else if is_foreign(&path) {
                        "a folder of what others wrote"
                    } else if searched.folders.contains(&path) {
                        open.push(path);
                        continue;
                    } else if kind.is_symlink() {
                        "a link into the folder, or to a folder"
                    } else {
                        "ignored"
                    };
                    left.push(LeftOut { path, reason });
                }
            }
        }
        left
    }

    /// The files that are meant by paths: those that are named as they are, those below folders in
    /// the order of their names.
    pub(super) fn find(
        &self,
        paths: &[PathBuf],
        exclude: &Globs,
        config: &Config,
        repositories: &Repositories,
    ) -> Searched {
        let mut seen = BTreeSet::new();
        let (mut found, mut troubles) = (Vec::new(), Vec::new());
        let mut folders = HashSet::new();
        for path in paths {
            if path.as_os_str() != "-" && path.is_dir() {
                let respected = config.respect_gitignore && !self.no_respect_gitignore;
                let mut walk = Walk::new(path, exclude, respected);
                walk.run();
                if respected {
                    walk.add_tracked(repositories);
                }
                let Walk { files: mut below, troubles: more, folders: entered, .. } = walk;
                troubles.extend(more);
                folders.extend(entered);
                below.sort();
                found.extend(below.into_iter().map(|path| Found { path, walked: true }));
            } else if !(self.force_exclude || config.force_exclude) || !exclude.matches(path, false)
            {
                let piped = path.as_os_str() == "-";
                found.push(Found { path: path.clone(), walked: self.only_connections && !piped });
            }
        }
        found.retain(|file| seen.insert(plain(&file.path)));
        Searched { found, folders, troubles }
    }
}

/// A folder that is searched.
struct Walk<'w> {
    root: &'w Path,
    exclude: &'w Globs,
    /// Whether anything is to be ignored.
    respected: bool,
    files: Vec<PathBuf>,
    /// The folders that were entered.
    folders: HashSet<PathBuf>,
    /// Folders that are repositories of their own.
    repositories: Vec<PathBuf>,
    troubles: Vec<Trouble>,
}

/// A folder below the one that is searched, and whether what it ignores is known.
struct Part {
    folder: PathBuf,
    /// Why its files that say what is ignored are not read.
    hindered: Option<String>,
}

/// What is met on the way.
#[derive(Default)]
struct Met {
    apart: Vec<Part>,
    repositories: Vec<PathBuf>,
}

impl<'w> Walk<'w> {
    fn new(root: &'w Path, exclude: &'w Globs, respected: bool) -> Walk<'w> {
        let (files, folders) = (Vec::new(), HashSet::new());
        let (repositories, troubles) = (vec![root.to_path_buf()], Vec::new());
        Walk { root, exclude, respected, files, folders, repositories, troubles }
    }

    fn run(&mut self) {
        let root = self.root;
        let hindered = self
            .respected
            .then(|| ignored::hindrance_from(root).or_else(ignored::hindrance_of_user))
            .flatten();
        let rest = self.search(Part { folder: root.to_path_buf(), hindered });
        // Nothing is ignored in the others, so that none of them leaves further parts.
        for part in rest {
            self.search(part);
        }
    }

    /// Adds the files below a part. Folders in which it cannot be read what is ignored are left.
    fn search(&mut self, part: Part) -> Vec<Part> {
        let mut walk = WalkBuilder::new(&part.folder);
        // Files of variables are often called `.env`.
        walk.hidden(false).require_git(false);
        let ignoring = self.respected && part.hindered.is_none();
        if let Some(reason) = part.hindered {
            let message = format!("nothing is ignored in {}: {reason}", shown(&part.folder));
            self.troubles.push(Trouble::new(message));
        }
        if !ignoring {
            walk.standard_filters(false);
        }
        let met: Arc<Mutex<Met>> = Arc::default();
        let (exclude, seen) = (self.exclude.clone(), Arc::clone(&met));
        walk.filter_entry(move |entry| {
            if entry.depth() == 0 {
                return true;
            }
            let is_folder = entry.file_type().is_some_and(|t| t.is_dir());
            if is_foreign(entry.path()) || exclude.matches(entry.path(), is_folder) {
                return false;
            }
            if !(ignoring && is_folder) {
                return true;
            }
            let mut met = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if entry.path().join(".git").exists() {
                met.repositories.push(entry.path().to_path_buf());
            }
            let Some(hindered) = ignored::hindrance(entry.path()) else { return true };
            met.apart.push(Part { folder: entry.path().to_path_buf(), hindered: Some(hindered) });
            false
        });
        for entry in walk.build() {
            match entry {
                Ok(entry)
                    if (is_searched(&entry.path().to_string_lossy()) || is_script(&entry))
                        && is_file(entry.path(), self.root) =>
                {
                    self.files.push(plain(entry.path()));
                }
                Ok(entry) => {
                    if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                        self.folders.insert(entry.into_path());
                    }
                }
                Err(error) => {
                    let message = format!("cannot search {}: {error}", self.root.display());
                    self.troubles.push(Trouble::new(message));
                }
            }
        }
        let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
        self.repositories.append(&mut met.repositories);
        std::mem::take(&mut met.apart)
    }

    /// Adds the files that are ignored, and tracked all the same: git does not ignore those. What a
    /// `.ignore` names is for searches alone, and stays out.
    fn add_tracked(&mut self, repositories: &Repositories) {
        let found: HashSet<&PathBuf> = self.files.iter().collect();
        let tracked =
            self.repositories.iter().flat_map(|folder| repositories.tracked_below(folder));
        let left: HashSet<PathBuf> = tracked
            .filter(|path| {
                let below = path.strip_prefix(self.root).unwrap_or(path);
                is_searched(&path.to_string_lossy())
                    && !found.contains(&plain(path))
                    && !below.ancestors().any(is_foreign)
                    && !self.exclude.matches(path, false)
                    && is_file(path, self.root)
            })
            .collect();
        if left.is_empty() {
            return;
        }
        let folders: HashSet<PathBuf> =
            left.iter().flat_map(|path| path.ancestors().skip(1)).map(Path::to_path_buf).collect();
        self.folders.extend(folders.iter().cloned());
        let mut walk = WalkBuilder::new(self.root);
        walk.hidden(false).git_ignore(false).git_global(false).git_exclude(false);
        walk.filter_entry(move |entry| {
            entry.depth() == 0 || folders.contains(entry.path()) || left.contains(entry.path())
        });
        let entries = walk.build().filter_map(Result::ok);
        let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()));
        self.files.extend(files.map(|entry| plain(entry.path())));
    }
}

/// Its name says that others wrote what it holds.
fn is_foreign(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| FOREIGN.contains(&name))
}

/// A file without an ending whose first line says that a shell runs it.
fn is_script(entry: &ignore::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    if name.contains('.') || entry.file_type().is_none_or(|kind| kind.is_dir()) {
        return false;
    }
    let first = files::begins(entry.path(), 64).unwrap_or_default();
    let line = first.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.strip_prefix(b"#!").is_some_and(|line| line.windows(2).any(|pair| pair == b"sh"))
}

/// A file, or a link to one that is not found below the folder anyway. Links to folders are not
/// followed, so that none goes round.
fn is_file(path: &Path, folder: &Path) -> bool {
    let Ok(found) = path.symlink_metadata() else { return false };
    if !found.is_symlink() {
        return found.is_file();
    }
    let target = path.canonicalize().ok().filter(|target| target.is_file());
    target
        .is_some_and(|target| !folder.canonicalize().is_ok_and(|folder| target.starts_with(folder)))
}

/// A folder as people name it.
fn shown(folder: &Path) -> std::path::Display<'_> {
    let below = folder.strip_prefix("./").unwrap_or(folder);
    if below.as_os_str().is_empty() { folder.display() } else { below.display() }
}

/// A path without `./` ahead of it.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_path_buf()
}
