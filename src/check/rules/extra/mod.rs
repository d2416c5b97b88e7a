//! Rules about the extra of a connection of any type.

pub(super) mod ac401_double_encoded_extra;
pub(super) mod ac402_stringly_boolean;
pub(super) mod ac403_unknown_extra;
pub(super) mod ac404_prefixed_extra;
pub(super) mod ac405_removed_extra;
pub(super) mod ac406_hidden_field_filled;
pub(super) mod ac407_private_key_shape;
pub(super) mod ac408_wrong_type_extra;
pub(super) mod key_shapes;

use crate::check::Rule;

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
];
