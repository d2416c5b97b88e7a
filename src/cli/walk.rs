//! Folders: which files below them hold connections. What git ignores is passed over, as ruff and
//! ripgrep do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use ignore::WalkBuilder;

use super::config::Config;
use super::globs::Globs;
use super::{Trouble, ignored};
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
}

/// A file that is to be read.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Nobody says that it holds connections: if it does not, nothing is said.
    pub(super) walked: bool,
}

impl WalkArguments {
    /// The files that are meant by paths: those that are named as they are, those below folders in
    /// the order of their names; and what of the folders could not be searched.
    pub(super) fn find(
        &self,
        paths: &[PathBuf],
        exclude: &Globs,
        config: &Config,
    ) -> (Vec<Found>, Vec<Trouble>) {
        let mut seen = BTreeSet::new();
        let (mut found, mut troubles) = (Vec::new(), Vec::new());
        for path in paths {
            if path.as_os_str() != "-" && path.is_dir() {
                let mut below = self.below(path, exclude, config.respect_gitignore, &mut troubles);
                below.sort();
                found.extend(below.into_iter().map(|path| Found { path, walked: true }));
            } else if !(self.force_exclude || config.force_exclude) || !exclude.matches(path, false)
            {
                let piped = path.as_os_str() == "-";
                found.push(Found { path: path.clone(), walked: self.only_connections && !piped });
            }
        }
        found.retain(|file| seen.insert(plain(&file.path)));
        (found, troubles)
    }

    fn below(
        &self,
        folder: &Path,
        exclude: &Globs,
        respect_gitignore: bool,
        troubles: &mut Vec<Trouble>,
    ) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let respected = respect_gitignore && !self.no_respect_gitignore;
        let hindered = respected
            .then(|| ignored::hindrance_from(folder).or_else(ignored::hindrance_of_user))
            .flatten();
        let (first, mut rest) =
            (Part { folder: folder.to_path_buf(), hindered, respected }, Vec::new());
        first.search(folder, exclude, &mut files, troubles, &mut rest);
        // Nothing is ignored in the others, so that none of them leaves further parts.
        for part in rest {
            part.search(folder, exclude, &mut files, troubles, &mut Vec::new());
        }
        files
    }
}

/// A folder below the one that is searched, and whether what it ignores is known.
struct Part {
    folder: PathBuf,
    /// Why its files that say what is ignored are not read.
    hindered: Option<String>,
    /// Whether anything is to be ignored.
    respected: bool,
}

impl Part {
    /// Adds the files below it. Folders in which it cannot be read what is ignored go to `rest`.
    fn search(
        self,
        root: &Path,
        exclude: &Globs,
        files: &mut Vec<PathBuf>,
        troubles: &mut Vec<Trouble>,
        rest: &mut Vec<Part>,
    ) {
        let mut walk = WalkBuilder::new(&self.folder);
        // Files of variables are often called `.env`.
        walk.hidden(false).require_git(false);
        let ignoring = self.respected && self.hindered.is_none();
        if let Some(reason) = self.hindered {
            let message = format!("nothing is ignored in {}: {reason}", shown(&self.folder));
            troubles.push(Trouble::new(message));
        }
        if !ignoring {
            walk.standard_filters(false);
        }
        let apart: Arc<Mutex<Vec<Part>>> = Arc::default();
        let (exclude, set_apart) = (exclude.clone(), Arc::clone(&apart));
        walk.filter_entry(move |entry| {
            if entry.depth() == 0 {
                return true;
            }
            let foreign = entry.file_name().to_str().is_some_and(|name| FOREIGN.contains(&name));
            let is_folder = entry.file_type().is_some_and(|t| t.is_dir());
            if foreign || exclude.matches(entry.path(), is_folder) {
                return false;
            }
            let hindered =
                (ignoring && is_folder).then(|| ignored::hindrance(entry.path())).flatten();
            if hindered.is_none() {
                return true;
            }
            let part = Part { folder: entry.path().to_path_buf(), hindered, respected: true };
            set_apart.lock().unwrap_or_else(PoisonError::into_inner).push(part);
            false
        });
        for entry in walk.build() {
            match entry {
                Ok(entry)
                    if is_searched(&entry.path().to_string_lossy()) && is_file(&entry, root) =>
                {
                    files.push(plain(entry.path()));
                }
                Ok(_) => {}
                Err(error) => {
                    let message = format!("cannot search {}: {error}", root.display());
                    troubles.push(Trouble::new(message));
                }
            }
        }
        rest.append(&mut apart.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A file, or a link to one that is not found below the folder anyway. Links to folders are not
/// followed, so that none goes round.
fn is_file(entry: &ignore::DirEntry, folder: &Path) -> bool {
    if !entry.path_is_symlink() {
        return entry.file_type().is_some_and(|kind| kind.is_file());
    }
    let target = entry.path().canonicalize().ok().filter(|target| target.is_file());
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
