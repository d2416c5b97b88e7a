//! Kinds of files that pin versions, by their names.

use super::Pin;
use super::text::{Given, of_dockerfile, of_json_lock, of_lock, of_text};
use crate::bounds;

/// Reads what a text pins, with variables that stand elsewhere.
pub(in crate::cli) type Reader = fn(&str, &mut Given) -> Vec<Pin>;

/// Files of a kind.
pub(in crate::cli) struct Kind {
    /// How their names begin, and how they end; in any case.
    pub(in crate::cli) name: (&'static str, &'static str),
    /// Of the kinds in a folder the first by this number decides: 0 says what runs, 1 is locked, 2
    /// is asked for, 3 is tested.
    pub(super) rank: u8,
    pub(in crate::cli) read: Reader,
}

const LOCKED: u8 = 1;

const LOCK: Reader = |text, _| of_lock(text);
const JSON_LOCK: Reader = |text, _| of_json_lock(text);

const fn kind(begin: &'static str, end: &'static str, rank: u8, read: Reader) -> Kind {
    Kind { name: (begin, end), rank, read }
}

/// Every kind. Where `--detect` asks, the first that names a version wins.
pub(in crate::cli) static KINDS: &[Kind] = &[
    kind("uv", ".lock", LOCKED, LOCK),
    kind("poetry", ".lock", LOCKED, LOCK),
    kind("pdm", ".lock", LOCKED, LOCK),
    kind("pipfile", ".lock", LOCKED, JSON_LOCK),
    kind("requirements", ".txt", 2, of_text),
    kind("constraints", ".txt", 2, of_text),
    kind("dockerfile", "", 0, of_dockerfile),
    kind("containerfile", "", 0, of_dockerfile),
    kind("", ".dockerfile", 0, of_dockerfile),
    kind(".env", ".env", 0, of_text),
    kind("", "compose.yaml", 0, of_text),
    kind("", "compose.yml", 0, of_text),
    kind("docker-compose", ".yaml", 0, of_text),
    kind("docker-compose", ".yml", 0, of_text),
    kind("compose", ".yaml", 0, of_text),
    kind("compose", ".yml", 0, of_text),
    kind("", "values.yaml", 0, of_text),
    kind("", "values.yml", 0, of_text),
    kind("values", ".yaml", 0, of_text),
    kind("values", ".yml", 0, of_text),
    kind("airflow", ".yaml", 0, of_text),
    kind("airflow", ".yml", 0, of_text),
    kind("mwaa", ".yaml", 0, of_text),
    kind("mwaa", ".yml", 0, of_text),
    kind("template", ".yaml", 0, of_text),
    kind("template", ".yml", 0, of_text),
    kind("", ".tf", 0, of_text),
    kind("", ".tfvars", 0, of_text),
    kind("devcontainer", ".json", 0, of_text),
    kind("", "requirements.txt", 2, of_text),
    kind("requirements", ".in", 2, of_text),
    kind("pyproject", ".toml", 2, of_text),
    kind("pipfile", "", 2, of_text),
    kind("setup", ".cfg", 2, of_text),
    kind("setup", ".py", 2, of_text),
    kind("environment", ".yaml", 2, of_text),
    kind("environment", ".yml", 2, of_text),
    kind("conda", ".yaml", 2, of_text),
    kind("conda", ".yml", 2, of_text),
    kind("", ".yaml", 3, of_text),
    kind("", ".yml", 3, of_text),
    kind("makefile", "", 3, of_text),
    kind("tox", ".ini", 3, of_text),
];

impl Kind {
    /// Whether a file of this name is one.
    pub(in crate::cli) fn fits(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let (begin, end) = self.name;
        let ends = match end {
            // `Dockerfile`, `Dockerfile.dev` and `Dockerfile-dev`, but not `Pipfile.lock`.
            "" => name == begin || name[..].starts_with(begin) && self.is_named_so(&name),
            end => name.ends_with(end) && name.len() >= begin.len().max(end.len()),
        };
        name.starts_with(begin) && ends
    }

    /// So many bytes of a file are read.
    pub(super) fn most(&self) -> usize {
        if self.rank == LOCKED { bounds::PIN_LOCK.value } else { bounds::PINS.value }
    }

    fn is_named_so(&self, name: &str) -> bool {
        let rest = &name[self.name.0.len()..];
        rest.starts_with(['.', '-', '_']) && !rest.ends_with(".lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_kind() {
        for (name, want) in [
            ("Dockerfile", Some(("dockerfile", ""))),
            ("Dockerfile.dev", Some(("dockerfile", ""))),
            ("airflow.Dockerfile", Some(("", ".dockerfile"))),
            ("Pipfile", Some(("pipfile", ""))),
            ("Pipfile.lock", Some(("pipfile", ".lock"))),
            (".env", Some((".env", ".env"))),
            (".env.example", None),
            ("docker-compose.override.yml", Some(("docker-compose", ".yml"))),
            ("airflow-compose.yaml", Some(("", "compose.yaml"))),
            ("requirements-dev.txt", Some(("requirements", ".txt"))),
            ("dev-requirements.txt", Some(("", "requirements.txt"))),
            ("values-prod.yaml", Some(("values", ".yaml"))),
            ("main.tf", Some(("", ".tf"))),
            ("README.md", None),
        ] {
            let kind = KINDS.iter().find(|kind| kind.fits(name)).map(|kind| kind.name);
            assert_eq!(kind, want, "{name}");
        }
    }
}
