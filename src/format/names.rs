//! How files are called in which connections are looked for: every name stands at its format, and
//! walks, the guess, hooks and pages take them from there.

use super::FORMATS;
use super::sample::Likeness;

/// A name of files, as a glob: `*` stands for any part of a name, and folders ahead of the last one
/// that is written may be any. Upper and lower case are the same.
#[derive(Clone, Copy, Debug)]
pub struct FileName {
    /// The glob.
    pub glob: &'static str,
    /// What the name alone tells.
    pub tells: Tells,
}

/// What a name tells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// That it is searched; its content tells the format.
    Search,
    /// The format, as sure as this.
    Format(Likeness),
    /// That it is not meant, though another name of the format fits.
    Not,
}

impl FileName {
    /// Files of this name are searched; their content tells the format.
    pub(super) const fn searched(glob: &'static str) -> FileName {
        FileName { glob, tells: Tells::Search }
    }

    /// What has this name is taken for this format where nothing else speaks up.
    pub(super) const fn fallback(glob: &'static str) -> FileName {
        FileName { glob, tells: Tells::Format(Likeness::Fallback) }
    }

    /// Files of this name are not meant, though another name of the format fits.
    pub(super) const fn not(glob: &'static str) -> FileName {
        FileName { glob, tells: Tells::Not }
    }

    /// What has this name is in this format.
    pub(super) const fn sure(glob: &'static str) -> FileName {
        FileName { glob, tells: Tells::Format(Likeness::Sure) }
    }
}

/// Files of JSON.
pub(super) const JSON: &[FileName] = &[FileName::searched("*.json")];
/// Files of YAML.
pub(super) const YAML: &[FileName] = &[FileName::searched("*.yaml"), FileName::searched("*.yml")];
/// Files of either.
pub(super) const YAML_OR_JSON: &[FileName] = &[YAML[0], YAML[1], JSON[0]];
/// Files of variables, as many programs read them.
pub(super) const DOTENV: &[FileName] = &[
    FileName::searched(".env"),
    FileName::searched(".env.*"),
    FileName::searched("*.env"),
    FileName::searched(".env_*"),
    FileName::searched(".env-*"),
    FileName::searched(".envexample"),
    FileName::searched("env"),
    FileName::searched("*env-vars"),
    FileName::searched("*env_vars"),
];

/// Endings of files that are copied and filled in: what they are is told by what stands ahead.
const EXAMPLES: &[&str] =
    &[".example", ".sample", ".template", ".tmpl", ".dist", ".default", ".defaults", ".skel"];

/// Words in the name of a file that is copied and filled in.
const COPIED: &[&str] =
    &["example", "examples", "sample", "template", "tmpl", "dist", "skel", "placeholder"];

/// A path in lower case with `/` between folders, without the ending of an example.
pub(super) fn unified(path: &str) -> String {
    let path = path.to_lowercase().replace('\\', "/");
    let stem = EXAMPLES.iter().find_map(|ending| path.strip_suffix(ending));
    // What is named without it: `stack.template` is a template of CloudFormation.
    match stem {
        Some(stem) if is_named(stem) => stem.to_string(),
        _ => path,
    }
}

/// Whether files of a format are called so.
fn is_named(path: &str) -> bool {
    FORMATS.iter().any(|format| format.name_of(path).is_some())
}

/// Whether a file of this path is one that is copied and filled in: in it placeholders are what
/// belongs there.
pub fn is_example(path: &str) -> bool {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let lower = file.to_lowercase();
    lower == ".envexample"
        || lower.contains('.')
            && lower.split(|c: char| !c.is_alphanumeric()).any(|word| COPIED.contains(&word))
}

/// Whether a file of this path may hold connections, by its name.
pub fn is_searched(path: &str) -> bool {
    is_named(&unified(path))
}

/// Every glob of files that are searched, once, without those that another one covers.
pub fn searched() -> Vec<&'static str> {
    let globs = || {
        let names = FORMATS.iter().flat_map(|format| format.names);
        names.filter(|name| name.tells != Tells::Not).map(|name| name.glob)
    };
    let covers = |wide: &str, glob: &str| {
        wide != glob && wide.strip_prefix('*').is_some_and(|ending| glob.ends_with(ending))
    };
    let mut found = Vec::new();
    for glob in globs() {
        if !found.contains(&glob) && !globs().any(|wide| covers(wide, glob)) {
            found.push(glob);
        }
    }
    found
}

/// The ending of a path in lower case, if it is one by which files are searched: it says in which
/// language the file is written.
pub(super) fn ending(path: &str) -> &'static str {
    let file = path.rsplit('/').next().unwrap_or_default();
    let Some((_, ending)) = file.rsplit_once('.') else { return "" };
    let endings = FORMATS.iter().flat_map(|f| f.names).filter_map(|n| n.glob.strip_prefix("*."));
    endings.filter(|known| !known.contains(['*', '/'])).find(|known| *known == ending).unwrap_or("")
}

/// Whether a glob fits the end of a path in lower case, folder by folder.
pub(super) fn fits(glob: &str, path: &str) -> bool {
    let mut parts = path.rsplit('/');
    glob.rsplit('/')
        .all(|glob| parts.next().is_some_and(|part| is_like(&glob.to_lowercase(), part)))
}

fn is_like(glob: &str, name: &str) -> bool {
    let mut pieces = glob.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_fit_the_end_of_a_path() {
        for (glob, path, want) in [
            ("*.env", "a/b.env", true),
            ("*.env", ".env", true),
            ("*.env", "b.env.txt", false),
            (".env.*", ".env.production", true),
            ("env.list", "e/env.list", true),
            ("env.list", "my-env.list", false),
            ("Dockerfile", "docker/dockerfile", true),
            ("etc/default/*", "etc/default/airflow", true),
            ("etc/default/*", "/etc/default/airflow", true),
            ("etc/default/*", "default/airflow", false),
            ("etc/default/*", "etc/default/a/b", false),
            ("*compose*.yaml", "docker-compose.prod.yaml", true),
            ("*compose*.yaml", "compose.yml", false),
            ("*a*a", "a", false),
            (".env_*", ".env_example", true),
            ("*env-vars", "variables/docker-env-vars", true),
        ] {
            assert_eq!(fits(glob, path), want, "{glob} {path}");
        }
    }

    #[test]
    fn every_name_is_searched_once() {
        let all = searched();
        for format in FORMATS {
            for name in format.names {
                let example = name.glob.replace('*', "x");
                assert_eq!(is_searched(&example), name.tells != Tells::Not, "{}", name.glob);
            }
        }
        assert!(all.contains(&"*.yaml") && !all.contains(&"values*.yaml"), "{all:?}");
        for example in ["connections.yaml.example", "env.template", ".env.dist", "a/.envExample"] {
            assert!(is_searched(example), "{example}");
        }
        assert!(!is_searched(".example") && !is_searched("x.py.sample"));
        for (path, want) in [
            (".env.example", true),
            (".envExample", true),
            ("config/connections.sample.yaml", true),
            ("env.template", true),
            ("examples/connections.yaml", false),
            ("distribution.yaml", false),
            ("example", false),
        ] {
            assert_eq!(is_example(path), want, "{path}");
        }
        assert!(!is_searched("x.py") && !is_searched("Dockerfile.dockerignore"));
    }
}
