//! Rules about what a URI says in another way than it reads.

pub(super) mod ac201_userinfo_not_encoded;
pub(super) mod ac202_malformed_percent;
pub(super) mod ac203_double_encoded;
pub(super) mod ac204_fragment_dropped;
pub(super) mod ac205_repeated_query_key;
pub(super) mod ac206_typed_query_value;
pub(super) mod ac207_extra_key_shadowed;
pub(super) mod ac208_host_lowercased;
pub(super) mod ac209_plus_in_userinfo;
pub(super) mod ac210_not_a_database_url;
pub(super) mod ac211_round_trip_loss;
pub(super) mod ac212_template_in_userinfo;
pub(super) mod ac213_host_holds_more;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac201_userinfo_not_encoded::RULE,
    &ac202_malformed_percent::RULE,
    &ac203_double_encoded::RULE,
    &ac204_fragment_dropped::RULE,
    &ac205_repeated_query_key::RULE,
    &ac206_typed_query_value::RULE,
    &ac207_extra_key_shadowed::RULE,
    &ac208_host_lowercased::RULE,
    &ac209_plus_in_userinfo::RULE,
    &ac210_not_a_database_url::RULE,
    &ac211_round_trip_loss::RULE,
    &ac212_template_in_userinfo::RULE,
    &ac213_host_holds_more::RULE,
];
