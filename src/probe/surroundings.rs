//! What a probe may know about the machine it runs on, as data: the command line reads it once,
//! tests give their own.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Environment and home directory. Environment variables may hold secrets: nothing of it is
/// printed.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// The home directory, for `~/.aws` and `~/.postgresql`.
    pub home: Option<PathBuf>,
}

impl Surroundings {
    /// An environment variable, unless it is not set or empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} variables", self.environment.len())
    }
}
