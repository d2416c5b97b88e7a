//! Rules about the extra of a connection of any type.

pub(super) mod ac401_double_encoded_extra;
pub(super) mod ac402_stringly_boolean;
pub(super) mod ac404_prefixed_extra;
pub(super) mod ac406_hidden_field_filled;
pub(super) mod ac407_private_key_shape;
pub(super) mod key_shapes;
pub(super) mod misspelt_extra;
pub(super) mod removed_extras;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac401_double_encoded_extra::RULE,
    &ac402_stringly_boolean::RULE,
    &super::redshift::aws_rules::AC403,
    &ac404_prefixed_extra::RULE,
    &super::redshift::aws_rules::AC405,
    &ac406_hidden_field_filled::RULE,
    &ac407_private_key_shape::RULE,
    &super::redshift::aws_rules::AC408,
];
