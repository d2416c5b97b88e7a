//! Rules about what a connection type asks for: what breaks them stands in the data of the types.

pub(super) mod ac411_missing_piece;
pub(super) mod ac412_exclusive_pieces;
pub(super) mod ac413_half_pair;
pub(super) mod ac414_unknown_value;
pub(super) mod ac415_misplaced_address;
pub(super) mod ac416_malformed_value;
pub(super) mod ac417_overruled_piece;
pub(super) mod ac418_needs_configuration;
pub(super) mod ac419_transport_mismatch;
pub(super) mod ac420_argument_given_twice;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac411_missing_piece::RULE,
    &ac412_exclusive_pieces::RULE,
    &ac413_half_pair::RULE,
    &ac414_unknown_value::RULE,
    &ac415_misplaced_address::RULE,
    &ac416_malformed_value::RULE,
    &ac417_overruled_piece::RULE,
    &ac418_needs_configuration::RULE,
    &ac419_transport_mismatch::RULE,
    &ac420_argument_given_twice::RULE,
];
