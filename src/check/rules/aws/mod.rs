//! Rules about AWS connections.

pub(super) mod ac607_misplaced_access_key;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &super::redshift::aws_rules::AC601,
    &super::redshift::aws_rules::AC602,
    &super::redshift::aws_rules::AC603,
    &super::redshift::aws_rules::AC604,
    &super::redshift::aws_rules::AC605,
    &super::redshift::aws_rules::AC606,
    &ac607_misplaced_access_key::RULE,
];
