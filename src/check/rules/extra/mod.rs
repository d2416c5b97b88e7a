//! Rules about the extra of a connection of any type.

pub(super) mod ac401_double_encoded_extra;
pub(super) mod ac402_stringly_boolean;
pub(super) mod ac403_unknown_extra;
pub(super) mod ac404_prefixed_extra;
pub(super) mod ac405_removed_extra;
pub(super) mod ac406_hidden_field_filled;
pub(super) mod ac407_private_key_shape;
pub(super) mod ac408_wrong_type_extra;
pub(super) mod ac409_changes_meaning;
pub(super) mod key_shapes;

use std::collections::BTreeMap;

use crate::check::{Case, Check, Finding, Findings, Level, Rule};

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac401_double_encoded_extra::RULE,
    &ac402_stringly_boolean::RULE,
    &ac403_unknown_extra::RULE,
    &ac404_prefixed_extra::RULE,
    &ac405_removed_extra::RULE,
    &ac406_hidden_field_filled::RULE,
    &ac407_private_key_shape::RULE,
    &ac408_wrong_type_extra::RULE,
    &ac409_changes_meaning::RULE,
];

/// What these rules say of a connection whatever its type: the worst level at each place.
pub(super) struct Told(BTreeMap<String, Level>);

/// What they say of this one.
pub(super) fn told(case: &Case<'_>) -> Told {
    let mut findings = Findings::default();
    for check in RULES.iter().flat_map(|rule| rule.checks) {
        if let Check::Connection(check) | Check::Reader(check) = check {
            check(case, &mut findings);
        }
    }
    let mut told: BTreeMap<String, Level> = BTreeMap::new();
    for finding in findings.into_all() {
        let known = told.entry(finding.pointer).or_insert(finding.level);
        *known = (*known).max(finding.level);
    }
    Told(told)
}

impl Told {
    /// Whether they say as much at the place of a finding, or inside of it.
    pub(super) fn covers(&self, finding: &Finding) -> bool {
        let inside = |place: &str| {
            place.strip_prefix(finding.pointer.as_str()).is_some_and(|r| r.starts_with('/'))
        };
        let covers = |(place, level): (&String, &Level)| {
            *level >= finding.level
                && (*place == finding.pointer || place != "/extra" && inside(place))
        };
        finding.pointer != "/extra" && self.0.iter().any(covers)
    }
}
