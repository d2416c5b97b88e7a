//! What the schema of the chosen mode adds to what hook and driver would say: they stop at the
//! first thing that they refuse.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::Value as Json;

use super::diagnosis::Said;
use super::of_outcome::of_need;
use super::subject::Subject;
use crate::check::schema::{instance, validator, violations_at};
use crate::check::{Findings, Level};
use crate::hooks::{Dependency, Outcome, Place, Reason, Resolution, version_of};

/// Reports violations at places that the resolution does not speak about. It decides what fails for
/// certain: only what it confirms, a further thing that is refused together with the first, is more
/// than a warning.
pub fn beyond(subject: &Subject<'_, '_>, said: &Said, findings: &mut Findings) {
    let Subject { case, connection, resolution, .. } = subject;
    if resolution.is_whole {
        return;
    }
    let reader = case.entry.reader(case.runtime);
    let Some(mut instance) = instance(connection, &reader.behaviour) else { return };
    if let Some(data) = subject.hook.data {
        short_names(&mut instance, data.read().long_names.as_deref());
    }
    // Asked only where there is a violation.
    let known = OnceCell::new();
    // A set, because thousands of extras can be violations, and as many places of what fails.
    let confirmed: HashSet<&str> = match &resolution.outcome {
        Outcome::Fails { failure, .. } => failure
            .places
            .iter()
            .filter(|place| place.conn_id.is_none())
            .map(|place| place.pointer.as_str())
            .collect(),
        _ => HashSet::new(),
    };
    let asked =
        |pointer: &str| !known.get_or_init(|| Told::new(told(resolution, said))).covers(pointer);
    for violation in violations_at(validator(resolution.mode), &instance, case.names(), &asked) {
        let due = violation.since.iter().all(|(package, since)| {
            version_of(subject.scene.packages, package).is_none_or(|version| *since <= version)
        });
        if !due {
            continue;
        }
        let Some(rule) = super::by_name(&violation.rule) else { continue };
        let message = format!("{} (log-in mode `{}`)", violation.message, resolution.mode.name);
        let span = case.span(&violation.pointer);
        let level = if confirmed.contains(violation.pointer.as_str()) {
            violation.level
        } else {
            violation.level.min(Level::Warning)
        };
        let finding = findings.push(rule, violation.pointer, span, message).level(level);
        finding.conn_id = case.public_id();
        finding.help = violation.help;
    }
}

/// Extras under the long names that the hook of a type reads as well, under their short ones.
fn short_names(instance: &mut Json, start: Option<&str>) {
    let Some((start, extra)) = start.zip(instance["extra"].as_object_mut()) else { return };
    let long: Vec<String> = extra.keys().filter(|key| key.starts_with(start)).cloned().collect();
    for key in long {
        if let Some(value) = extra.shift_remove(&key) {
            extra.entry(&key[start.len()..]).or_insert(value);
        }
    }
}

/// The places in this connection that findings about the resolution speak about: of what fails the
/// first, of what rules say all.
fn told(resolution: &Resolution, said: &Said) -> Vec<String> {
    let (failed, needs) = match &resolution.outcome {
        Outcome::Works => (&[][..], &[][..]),
        Outcome::DependsOn(needs) => (&[][..], &needs[..]),
        // One of two things is missing: whoever gives the one needs not hear of the other.
        Outcome::Fails { failure, needs } if failure.reason == Reason::ClusterOrHostMissing => {
            (&failure.places[..], &needs[..])
        }
        Outcome::Fails { failure, needs } => {
            (&failure.places[..1.min(failure.places.len())], &needs[..])
        }
    };
    let noted = said.0.iter().flat_map(|(places, _)| places);
    let here = failed
        .iter()
        .chain(noted)
        .filter(|place| place.conn_id.is_none())
        .map(|Place { pointer, .. }| pointer.clone());
    let mut told: Vec<String> = here.collect();
    let needed =
        needs.iter().filter_map(|need| of_need(need)?.0).filter(|place| place.conn_id.is_none());
    told.extend(needed.map(|place| place.pointer).filter(|pointer| !pointer.is_empty()));
    if needs.iter().any(|need| matches!(need, Dependency::Region(_))) {
        told.push("/extra/region_name".to_string());
    }
    told
}

/// Places that were told, to be asked often.
struct Told {
    places: HashSet<String>,
    /// What they stand inside of.
    around: HashSet<String>,
}

impl Told {
    fn new(places: Vec<String>) -> Self {
        let around = places.iter().flat_map(|place| outer(place)).map(str::to_string).collect();
        Self { places: places.into_iter().filter(|place| !place.is_empty()).collect(), around }
    }

    /// Whether a place was told, stands inside of one, or has one inside. The whole connection is
    /// no place.
    fn covers(&self, pointer: &str) -> bool {
        self.places.contains(pointer)
            || self.around.contains(pointer)
            || outer(pointer).any(|place| self.places.contains(place))
    }
}

/// The places that one stands inside of, but for the whole connection.
fn outer(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.match_indices('/').map(|(end, _)| &pointer[..end]).filter(|place| !place.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn a_place_covers_what_stands_inside() {
        for (told, pointer, want) in [
            ("/extra/iam", "/extra/iam", true),
            ("/extra/db_groups/0", "/extra/db_groups", true),
            ("/extra/db_groups/0", "/extra/db_groups/1", false),
            ("/extra", "/extra/iam", true),
            ("/extra", "", false),
            ("/extra/db_user", "/extra/db_user_2", false),
            ("/extra/db_user_2", "/extra/db_user", false),
            ("", "/extra/iam", false),
        ] {
            assert_eq!(Told::new(vec![told.to_string()]).covers(pointer), want, "{told} {pointer}");
        }
    }
}
