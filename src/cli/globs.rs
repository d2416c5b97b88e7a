//! Patterns of paths, as .gitignore has them.

use std::path::{Component, Path, PathBuf};

use ignore::overrides::{Override, OverrideBuilder};

/// Patterns for paths as .gitignore has them, from a folder on.
#[derive(Clone)]
pub(super) struct Globs {
    patterns: Override,
    here: PathBuf,
}

impl Globs {
    /// Patterns that count from a folder. A pattern that cannot be read is given back with the
    /// reason.
    pub(super) fn new(folder: &Path, patterns: &[String]) -> Result<Globs, (String, String)> {
        let here = std::env::current_dir().unwrap_or_default();
        let mut globs = OverrideBuilder::new(here.join(folder));
        for pattern in patterns {
            globs.add(pattern).map_err(|e| (pattern.clone(), e.to_string()))?;
        }
        let patterns = globs.build().map_err(|e| (String::new(), e.to_string()))?;
        Ok(Globs { patterns, here })
    }

    /// Whether a path, or a folder that it lies in, is meant.
    pub(super) fn matches(&self, path: &Path, is_folder: bool) -> bool {
        let whole: PathBuf =
            self.here.join(path).components().filter(|part| *part != Component::CurDir).collect();
        let below = whole.strip_prefix(self.patterns.path()).unwrap_or(&whole);
        let is_meant =
            |path: &Path, is_folder: bool| self.patterns.matched(path, is_folder).is_whitelist();
        is_meant(below, is_folder)
            || below
                .ancestors()
                .skip(1)
                .filter(|p| !p.as_os_str().is_empty())
                .any(|folder| is_meant(folder, true))
    }
}
