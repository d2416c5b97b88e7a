//! Finds the notes on connections that PostgresHook takes to Redshift.

use crate::hooks::collector::Notes;
use crate::hooks::mode::Mode;
use crate::hooks::notes::{NoteKind, Spells, Thing};
use crate::hooks::outcome::{Place, Trace};
use crate::hooks::postgres::modes;
use crate::hooks::postgres::options::takes;
use crate::hooks::python::{Extras, spells};
use crate::hooks::{Scene, syntax};
use crate::model::Value;

/// Notes on a connection that PostgresHook takes to Redshift.
pub(crate) fn of(extras: &Extras, mode: &'static Mode, scene: &Scene<'_>, trace: &mut Trace) {
    let mut notes = Notes { extras, trace };
    let spellings = [
        ("cluster_identifier", "cluster-identifier"),
        ("redshift_serverless", "redshift-serverless"),
        ("is_serverless", "redshift-serverless"),
        ("workgroup_name", "workgroup-name"),
        ("serverless_work_group", "workgroup-name"),
    ];
    for (key, _) in
        extras.iter().filter(|(key, value)| !value.is_null() && !takes(key, scene.postgres))
    {
        match spellings.iter().find(|(wrong, _)| *wrong == key) {
            Some((_, right)) => notes.extra(NoteKind::OtherHooksSpelling(right), key),
            None => notes.extra(NoteKind::UnknownArgument(None), key),
        }
    }
    for key in ["iam", "redshift", "redshift-serverless"] {
        let value = extras.get(key);
        if value.truthy() && !matches!(value, Value::Bool(_)) {
            let kind = if key == "iam" {
                NoteKind::IamForHookOnly(spells(value))
            } else {
                NoteKind::TruthTested(spells(value))
            };
            // `redshift` may hold anything; only what spells false misleads.
            if key == "iam" || spells(value) == Spells::False {
                notes.extra(kind, key);
            }
        }
    }
    let redshift = [&modes::REDSHIFT, &modes::SERVERLESS].contains(&mode);
    if !redshift
        && (extras.truthy("redshift")
            || extras.truthy("redshift-serverless")
            || extras.has("cluster-identifier"))
    {
        notes.extra(
            NoteKind::IgnoredWithoutIam,
            if extras.truthy("redshift") { "redshift" } else { "cluster-identifier" },
        );
    }
    if redshift {
        let cluster =
            if mode == &modes::REDSHIFT { "cluster-identifier" } else { "workgroup-name" };
        let (thing, good): (Thing, fn(&str) -> bool) = if mode == &modes::REDSHIFT {
            (Thing::Cluster, syntax::is_cluster)
        } else {
            (Thing::Workgroup, syntax::is_workgroup)
        };
        notes.syntax(thing, extras.text(cluster), good, Place::extra(cluster));
    }
}
