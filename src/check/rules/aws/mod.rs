//! Rules about AWS connections.

pub(super) mod ac601_half_key_pair;
pub(super) mod ac602_ignored_aws_extra;
pub(super) mod ac603_assume_role_incomplete;
pub(super) mod ac604_unknown_config_option;
pub(super) mod ac605_referenced_connection_missing;
pub(super) mod ac606_machine_dependent;
pub(super) mod ac607_misplaced_access_key;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac601_half_key_pair::RULE,
    &ac602_ignored_aws_extra::RULE,
    &ac603_assume_role_incomplete::RULE,
    &ac604_unknown_config_option::RULE,
    &ac605_referenced_connection_missing::RULE,
    &ac606_machine_dependent::RULE,
    &ac607_misplaced_access_key::RULE,
];
