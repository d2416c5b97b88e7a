//! The packages that go with an Airflow where nobody named them: the newest on PyPI on the day on
//! which that Airflow came out.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::Deserialize;

use super::packages as all_packages;
use super::packages::{Package, Packages};
use crate::airflow::runtime::{RUNTIMES, Version};

const AIRFLOW: &str = "apache-airflow";

/// When versions came out, as `2025-08-29T15:56`, by the names that packages have on PyPI; made by
/// `tools/generators/gen_releases.py`.
#[derive(Deserialize)]
struct Releases {
    /// The oldest Airflow that a version installs beside.
    #[serde(rename = "installs beside")]
    beside: BTreeMap<String, BTreeMap<String, String>>,
    /// Airflow, and packages around it.
    #[serde(flatten)]
    days: BTreeMap<String, BTreeMap<String, String>>,
}

static RELEASES: LazyLock<Releases> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../catalog/releases.json")).expect("a test reads it")
});

/// What goes with an Airflow and the packages that are named.
type Known = BTreeMap<(Version, Vec<(&'static str, Version)>), (Packages, Arc<Guess>)>;

/// So many are kept for the next file.
const MOST_KNOWN: usize = 64;

/// Packages beside an Airflow, some of which nobody named.
#[derive(Clone)]
pub struct Guess {
    /// The Airflow.
    pub airflow: Version,
    /// What else goes with it: what was the newest when the first of its minor versions came out,
    /// and what came since and still installs beside it, as far as that does something else.
    pub others: Vec<Packages>,
    /// Those that nobody named.
    open: Vec<&'static Package>,
}

impl Guess {
    /// Which of these packages were guessed, in words: `amazon 9.12.0`; none if all were named.
    pub fn words(&self, of: &[&'static Package], packages: &Packages) -> Option<String> {
        let guessed = of.iter().filter(|p| self.open.iter().any(|open| open.name == p.name));
        let words: Vec<String> =
            guessed.map(|p| format!("{} {}", p.name, packages.version(p))).collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}

impl Packages {
    /// These beside an Airflow, with what goes with it where nobody named a version; `None` with
    /// the newest Airflow, beside which the newest are meant.
    pub fn beside(&self, airflow: Version) -> Option<(Packages, Arc<Guess>)> {
        if RUNTIMES.last().is_some_and(|newest| newest.version <= airflow) {
            return None;
        }
        // Every file of a run asks for the same.
        static KNOWN: Mutex<Known> = Mutex::new(Known::new());
        let named = all_packages().iter().filter(|package| self.is_named(package));
        let key = (airflow, named.map(|package| (package.name, self.version(package))).collect());
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Some(found.clone());
        }
        let (packages, guess) = self.guessed(airflow)?;
        let found = (packages, Arc::new(guess));
        let mut known = known();
        if known.len() < MOST_KNOWN {
            known.insert(key, found.clone());
        }
        Some(found)
    }

    fn guessed(&self, airflow: Version) -> Option<(Packages, Guess)> {
        let open: Vec<&'static Package> =
            all_packages().iter().copied().filter(|package| self.is_open(package)).collect();
        let minor = Version(airflow.0, airflow.1, 0);
        let (first, day) = (day_of(minor)?, day_of(airflow)?);
        let changed = open.iter().flat_map(|package| {
            let days = RELEASES.days.get(package.pypi);
            (package.changes)()
                .into_iter()
                .filter_map(move |(version, _)| days?.get(&version.to_string()).map(String::as_str))
        });
        let mut days: Vec<&str> = changed.filter(|changed| *changed > first).collect();
        days.extend([first, day]);
        days.sort_unstable();
        days.dedup();
        let packages = self.on(day, airflow, &open);
        let mut others: Vec<Packages> = Vec::new();
        for other in days.into_iter().map(|day| self.on(day, airflow, &open)) {
            if !packages.is_like(&other) && !others.iter().any(|known| known.is_like(&other)) {
                others.push(other);
            }
        }
        Some((packages, Guess { airflow, others, open }))
    }

    /// Whether its version follows from that of Airflow: nobody named it, or the package that
    /// brings it.
    fn is_open(&self, package: &Package) -> bool {
        let brought = package.brought_by.is_some_and(|by| self.is_named(by));
        RELEASES.days.contains_key(package.pypi) && !self.is_named(package) && !brought
    }

    fn on(&self, day: &str, airflow: Version, open: &[&'static Package]) -> Packages {
        let mut packages = self.clone();
        for package in open {
            if let Some(version) = newest_on(day, package, airflow) {
                packages.take(package, version);
            }
        }
        for package in all_packages().iter().filter(|package| self.is_named(package)) {
            packages.take(package, self.version(package));
        }
        packages
    }
}

/// When an Airflow came out, or the one before it where there is none of that number.
fn day_of(airflow: Version) -> Option<&'static str> {
    let known = parsed(RELEASES.days.get(AIRFLOW)?);
    let found = known.range(..=airflow).next_back().or_else(|| known.iter().next());
    found.map(|(_, day)| *day)
}

/// The newest version of a package on a day that installs beside an Airflow; the oldest, if it is
/// younger.
fn newest_on(day: &str, package: &Package, airflow: Version) -> Option<Version> {
    let beside = RELEASES.beside.get(package.pypi);
    let too_new = beside.and_then(|beside| {
        let too_new = |(_, needs): &(&Version, &&str)| {
            Version::of_release(needs).is_some_and(|needs| needs > airflow)
        };
        parsed(beside).iter().find(too_new).map(|(version, _)| *version)
    });
    let days = parsed(RELEASES.days.get(package.pypi)?);
    let fits = |version: &Version| too_new.is_none_or(|limit| *version < limit);
    let out = days.iter().filter(|(version, came)| **came <= day && fits(version));
    out.map(|(version, _)| *version).max().or_else(|| days.keys().next().copied())
}

fn parsed(table: &BTreeMap<String, String>) -> BTreeMap<Version, &str> {
    let mut parsed = BTreeMap::new();
    for (version, value) in table {
        parsed.extend(Version::of_release(version).map(|version| (version, value.as_str())));
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hooks::{PackageKind, package_named};

    fn named(name: &str) -> &'static Package {
        let kinds = [PackageKind::Provider, PackageKind::Driver];
        kinds.iter().find_map(|kind| package_named(*kind, name)).expect("a package")
    }

    /// Counted by hand from the days on PyPI.
    #[test]
    fn packages_are_those_of_their_day() {
        for (airflow, amazon, postgres, driver) in [
            (Version(2, 2, 5), "3.2.0", "4.1.0", "2.0.905"),
            (Version(2, 6, 3), "8.3.0", "5.5.2", "2.0.912"),
            (Version(2, 10, 5), "9.2.0", "6.0.0", "2.1.5"),
            (Version(3, 0, 6), "9.12.0", "6.2.3", "2.1.8"),
            // There is no such version: the one before counts.
            (Version(3, 0, 9), "9.12.0", "6.2.3", "2.1.8"),
        ] {
            let (packages, guess) = Packages::default().beside(airflow).expect("a guess");
            let versions = ["amazon", "postgres", "redshift-connector"]
                .map(|name| packages.version(named(name)).to_string());
            assert_eq!(versions, [amazon, postgres, driver], "{airflow}");
            let words = guess.words(&[named("amazon")], &packages);
            assert_eq!(words, Some(format!("amazon {amazon}")));
        }
        assert!(Packages::default().beside(RUNTIMES[RUNTIMES.len() - 1].version).is_none());
    }

    #[test]
    fn what_is_named_stays() {
        let mut some = Packages::default();
        some.set(named("amazon"), Version(8, 29, 0));
        let (packages, guess) = some.beside(Version(2, 10, 5)).expect("a guess");
        assert_eq!(packages.version(named("amazon")), Version(8, 29, 0));
        // The driver is the usual one of that provider.
        assert_eq!(packages.driver.version, some.driver.version);
        assert_eq!(packages.version(named("postgres")), Version(6, 0, 0));
        assert_eq!(guess.words(&[named("amazon"), named("redshift-connector")], &packages), None);
        let mut some = Packages::default();
        some.set(named("redshift-connector"), Version(2, 0, 918));
        let (packages, _) = some.beside(Version(2, 10, 5)).expect("a guess");
        assert_eq!(packages.version(named("amazon")), Version(9, 2, 0));
        assert_eq!(packages.driver.version, Version(2, 0, 918));
    }

    /// From the first of a minor version on, and no further than Airflow installs.
    #[test]
    fn others_are_what_may_be_there_too() {
        let (packages, guess) = Packages::default().beside(Version(2, 6, 3)).expect("a guess");
        let amazons: Vec<Version> =
            guess.others.iter().chain([&packages]).map(|p| p.amazon.version).collect();
        let least = amazons.iter().min().expect("some");
        let most = amazons.iter().max().expect("some");
        assert!(*least < Version(8, 2, 0) && *least >= Version(7, 0, 0), "{amazons:?}");
        assert!(*most >= Version(8, 13, 0) && *most < Version(9, 0, 0), "{amazons:?}");
    }
}
