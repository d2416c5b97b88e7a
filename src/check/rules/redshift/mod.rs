//! Rules about Redshift connections, and PostgreSQL ones that lead to Redshift.

pub(super) mod aws_fixes;
pub(super) mod aws_moves;
pub(super) mod aws_rules;
pub(super) mod aws_words;
pub(super) mod meant;
pub(super) mod schema_rules;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &aws_rules::AC501,
    &aws_rules::AC502,
    &aws_rules::AC503,
    &aws_rules::AC504,
    &aws_rules::AC505,
    &aws_rules::AC506,
    &aws_rules::AC507,
    &aws_rules::AC508,
    &aws_rules::AC509,
    &aws_rules::AC510,
    &aws_rules::AC511,
    &aws_rules::AC512,
    &aws_rules::AC513,
    &aws_rules::AC514,
    &aws_rules::AC515,
    &aws_rules::AC516,
    &aws_rules::AC517,
    &aws_rules::AC518,
    &aws_rules::AC519,
    &aws_rules::AC520,
];
