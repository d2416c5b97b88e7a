//! Which Airflow reads: the supported runtimes and what each does differently, as data.
//!
//! [`CHANGES`] lists every change of behaviour with the first version that has it; a [`Runtime`] is
//! a version, a side, and the [`Behaviour`] that the changes up to that version add up to. Code
//! asks the behaviour, never the version. Recorded from the versions in [`RUNTIMES`]; each change
//! was seen on both of its sides.

use super::behaviour::OLDEST;
pub use super::behaviour::{Behaviour, Brackets, CHANGES, Change, IdCheck, NoType};
use super::version::numbers;
pub use super::version::{Side, Version};

/// A version that was recorded, and whether its worker was too.
pub struct Recorded {
    /// The version.
    pub version: Version,
    /// The worker reads with a class of its own, which was recorded as well.
    pub worker: bool,
}

/// The versions that were run, oldest first.
pub static RUNTIMES: &[Recorded] = &[
    Recorded { version: Version(1, 10, 15), worker: false },
    Recorded { version: Version(2, 0, 2), worker: false },
    Recorded { version: Version(2, 1, 4), worker: false },
    Recorded { version: Version(2, 2, 5), worker: false },
    Recorded { version: Version(2, 3, 4), worker: false },
    Recorded { version: Version(2, 4, 3), worker: false },
    Recorded { version: Version(2, 5, 3), worker: false },
    Recorded { version: Version(2, 6, 3), worker: false },
    Recorded { version: Version(2, 7, 3), worker: false },
    Recorded { version: Version(2, 8, 4), worker: false },
    Recorded { version: Version(2, 9, 3), worker: false },
    Recorded { version: Version(2, 10, 5), worker: false },
    Recorded { version: Version(2, 11, 2), worker: false },
    Recorded { version: Version(3, 0, 6), worker: false },
    Recorded { version: Version(3, 1, 8), worker: true },
    Recorded { version: Version(3, 2, 2), worker: true },
    Recorded { version: Version(3, 3, 2), worker: true },
];

/// The Airflow that reads a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// Its version.
    pub version: Version,
    /// Which of its processes.
    pub side: Side,
    /// What it does.
    pub behaviour: Behaviour,
}

/// Why a version was not understood, or what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// As asked.
    Exact(Version),
    /// Newer than anything recorded: the newest is used.
    Newest(Version),
    /// Older than anything recorded: the oldest is used.
    Oldest(Version),
}

impl Resolved {
    /// The version that is used.
    pub fn version(self) -> Version {
        match self {
            Resolved::Exact(version) | Resolved::Newest(version) | Resolved::Oldest(version) => {
                version
            }
        }
    }
}

impl Runtime {
    /// The runtime of a version and side. Before Airflow 3 both sides are one.
    pub fn new(version: Version, side: Side) -> Runtime {
        let side = if version < Version(3, 0, 0) { Side::Server } else { side };
        let mut behaviour = OLDEST;
        let due = CHANGES.iter().filter(|c| c.since <= version && c.side.is_none_or(|s| s == side));
        due.for_each(|change| (change.apply)(&mut behaviour));
        Runtime { version, side, behaviour }
    }

    /// This runtime beside an Amazon provider whose SecretsManagerBackend has words of its own for
    /// the fields of JSON secrets, or has not.
    pub fn with_secret_words(mut self, secret_words: bool) -> Runtime {
        self.behaviour.secret_words = secret_words;
        self
    }

    /// The newest recorded Airflow.
    pub fn newest(side: Side) -> Runtime {
        Runtime::new(RUNTIMES[RUNTIMES.len() - 1].version, side)
    }

    /// Every recorded runtime, oldest first.
    pub fn recorded() -> impl Iterator<Item = Runtime> {
        RUNTIMES.iter().flat_map(|r| {
            let worker = r.worker.then(|| Runtime::new(r.version, Side::Worker));
            std::iter::once(Runtime::new(r.version, Side::Server)).chain(worker)
        })
    }

    /// Whether both find the same connections in every text: what files hold, the core class reads.
    pub fn finds_like(&self, other: &Runtime) -> bool {
        self.behaviour.secret_words == other.behaviour.secret_words
            && Runtime::new(self.version, Side::Server).behaviour
                == Runtime::new(other.version, Side::Server).behaviour
    }

    /// `2.11.2`, or from Airflow 3 on `3.3.2/server`.
    pub fn name(&self) -> String {
        match self.side {
            _ if self.version < Version(3, 0, 0) => self.version.to_string(),
            Side::Server => format!("{}/server", self.version),
            Side::Worker => format!("{}/worker", self.version),
        }
    }

    /// What the environment backend of this runtime builds connections with: itself, or for the
    /// first workers the core.
    pub fn of_environment(&self) -> std::borrow::Cow<'_, Runtime> {
        if self.behaviour.env_is_core {
            std::borrow::Cow::Owned(Runtime::new(self.version, Side::Server))
        } else {
            std::borrow::Cow::Borrowed(self)
        }
    }
}

impl Version {
    /// Reads `3.3.2`, `3.3` (its newest recorded patch), `3`, `v2.10`, `2.10.0rc1`.
    pub fn parse(text: &str) -> Option<Resolved> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let (parts, rest) = numbers(text)?;
        let suffixes = ["a", "b", "rc", "dev", "post", "+", "-"];
        let release = parts.len() == 3 && suffixes.iter().any(|suffix| rest.starts_with(suffix));
        if !rest.is_empty() && !release {
            return None;
        }
        let newest = RUNTIMES[RUNTIMES.len() - 1].version;
        let known =
            |keep: &dyn Fn(&Version) -> bool| RUNTIMES.iter().map(|r| r.version).rfind(keep);
        let version = match *parts {
            [major] => known(&|v| v.0 == major).unwrap_or(Version(major, u16::MAX, 0)),
            [major, minor] => {
                known(&|v| (v.0, v.1) == (major, minor)).unwrap_or(Version(major, minor, 0))
            }
            [major, minor, patch] => Version(major, minor, patch),
            _ => return None,
        };
        Some(match version {
            v if v > newest => Resolved::Newest(newest),
            v if v < RUNTIMES[0].version => Resolved::Oldest(RUNTIMES[0].version),
            v => Resolved::Exact(v),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_map_to_the_behaviour_of_their_change_points() {
        for (text, want) in [
            ("3.3.2", Some(Resolved::Exact(Version(3, 3, 2)))),
            ("3.3", Some(Resolved::Exact(Version(3, 3, 2)))),
            ("3", Some(Resolved::Exact(Version(3, 3, 2)))),
            ("v2.11", Some(Resolved::Exact(Version(2, 11, 2)))),
            ("2.10.0rc1", Some(Resolved::Exact(Version(2, 10, 0)))),
            ("3.4.0", Some(Resolved::Newest(Version(3, 3, 2)))),
            ("3.3.9", Some(Resolved::Newest(Version(3, 3, 2)))),
            ("4", Some(Resolved::Newest(Version(3, 3, 2)))),
            ("1.8", Some(Resolved::Oldest(Version(1, 10, 15)))),
            ("", None),
            ("latest", None),
            ("3.x", None),
            ("3.3.2.1", None),
        ] {
            assert_eq!(Version::parse(text), want, "{text}");
        }
    }

    #[test]
    fn switches_are_dated_to_the_patch() {
        let server = |a, b, c| Runtime::new(Version(a, b, c), Side::Server).behaviour;
        let worker = |a, b, c| Runtime::new(Version(a, b, c), Side::Worker).behaviour;
        assert!(
            !server(3, 1, 5).json_query
                && server(3, 1, 6).json_query
                && !worker(3, 3, 2).json_query
        );
        assert!(!server(2, 6, 2).host_protocol && server(2, 6, 3).host_protocol);
        assert!(server(3, 1, 2).team_id_key && !server(3, 2, 0).team_id_key);
        assert_eq!(worker(2, 11, 2), server(2, 11, 2));
        assert!(worker(3, 1, 8).env_is_core && !worker(3, 2, 0).env_is_core);
    }

    #[test]
    fn changes_are_in_order_and_every_one_changes_something() {
        assert!(CHANGES.is_sorted_by_key(|c| c.since));
        for change in CHANGES {
            let side = change.side.unwrap_or(Side::Server);
            let Version(major, minor, patch) = change.since;
            let before = if patch > 0 {
                Version(major, minor, patch - 1)
            } else {
                Version(major, minor.wrapping_sub(1), 99)
            };
            let before = if minor == 0 && patch == 0 { Version(major - 1, 99, 99) } else { before };
            assert_ne!(
                Runtime::new(before, side).behaviour,
                Runtime::new(change.since, side).behaviour,
                "{}",
                change.what
            );
        }
    }

    #[test]
    fn twenty_runtimes_are_recorded() {
        assert_eq!(Runtime::recorded().count(), 20);
        assert_eq!(Runtime::recorded().last().map(|r| r.name()), Some("3.3.2/worker".to_string()));
    }
}
