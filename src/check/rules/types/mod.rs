//! Rules about what a connection type asks for: what breaks them stands in the data of the types.

pub(super) mod ac901_missing_piece;
pub(super) mod ac902_exclusive_pieces;
pub(super) mod ac903_half_pair;
pub(super) mod ac904_unknown_value;
pub(super) mod ac905_misplaced_address;
pub(super) mod ac906_malformed_value;
pub(super) mod ac907_overruled_piece;
pub(super) mod ac908_needs_configuration;
pub(super) mod ac909_transport_mismatch;
pub(super) mod ac910_argument_given_twice;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac901_missing_piece::RULE,
    &ac902_exclusive_pieces::RULE,
    &ac903_half_pair::RULE,
    &ac904_unknown_value::RULE,
    &ac905_misplaced_address::RULE,
    &ac906_malformed_value::RULE,
    &ac907_overruled_piece::RULE,
    &ac908_needs_configuration::RULE,
    &ac909_transport_mismatch::RULE,
    &ac910_argument_given_twice::RULE,
];
