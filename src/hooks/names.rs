//! Generated lists of names by version: those of the oldest version, then what changed.

use std::collections::BTreeSet;

use crate::airflow::runtime::Version;

/// Names by the version of the package that has them, oldest first.
pub(crate) struct Names(Vec<(Version, Vec<String>)>);

impl Names {
    /// A generated file: each version with its names, `+` for what came and `-` for what went.
    pub(crate) fn of(text: &str) -> Names {
        let map: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).expect("a generated file, read by the tests");
        let version = |text: &str| Version::of_release(text).expect("a generated version");
        let names = |list: serde_json::Value| {
            serde_json::from_value(list).expect("generated lists of names")
        };
        Names(map.into_iter().map(|(v, list)| (version(&v), names(list))).collect())
    }

    /// Those of a version; what is older than the oldest has the same as that.
    pub(crate) fn at(&self, version: Version) -> BTreeSet<&str> {
        let mut all = BTreeSet::new();
        for (_, names) in self
            .0
            .iter()
            .enumerate()
            .take_while(|(i, (since, _))| *i == 0 || *since <= version)
            .map(|(_, step)| step)
        {
            for name in names {
                match name.strip_prefix('-') {
                    Some(gone) => all.remove(gone),
                    None => all.insert(name.strip_prefix('+').unwrap_or(name)),
                };
            }
        }
        all
    }

    /// Those of the newest version.
    pub(crate) fn newest(&self) -> BTreeSet<&str> {
        self.0.last().map_or_else(BTreeSet::new, |(version, _)| self.at(*version))
    }

    /// The last version, up to this one, in which a name went.
    pub(crate) fn removed(&self, name: &str, version: Version) -> Option<Version> {
        let gone = |names: &[String]| names.iter().any(|n| n.strip_prefix('-') == Some(name));
        self.0
            .iter()
            .skip(1)
            .filter(|(since, names)| *since <= version && gone(names))
            .map(|(since, _)| *since)
            .max()
    }
}
