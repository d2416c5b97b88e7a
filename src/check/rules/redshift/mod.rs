//! Rules about Redshift connections, and PostgreSQL ones that lead to Redshift.

pub(super) mod ac501_incomplete_auth_mode;
pub(super) mod ac502_ambiguous_auth_mode;
pub(super) mod ac503_unknown_driver_argument;
pub(super) mod ac504_role_on_redshift_connection;
pub(super) mod ac505_iam_asked_twice;
pub(super) mod ac506_iam_false_is_true;
pub(super) mod ac507_tls_switched_off;
pub(super) mod ac508_sslmode_ignored;
pub(super) mod ac509_schema_means_database;
pub(super) mod ac510_region_unknown;
pub(super) mod ac511_serverless_incomplete;
pub(super) mod ac512_serverless_host_without_serverless;
pub(super) mod ac513_credentials_conflict;
pub(super) mod ac514_plugin_needs;
pub(super) mod ac515_ignored_extra;
pub(super) mod ac516_identifier_syntax;
pub(super) mod ac517_string_for_list;
pub(super) mod ac518_broken_in_provider;
pub(super) mod ac519_postgres_spelling;
pub(super) mod ac520_extra_overrides_field;
mod ac521_rds_token_for_redshift;
pub(super) mod meant;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac501_incomplete_auth_mode::RULE,
    &ac502_ambiguous_auth_mode::RULE,
    &ac503_unknown_driver_argument::RULE,
    &ac504_role_on_redshift_connection::RULE,
    &ac505_iam_asked_twice::RULE,
    &ac506_iam_false_is_true::RULE,
    &ac507_tls_switched_off::RULE,
    &ac508_sslmode_ignored::RULE,
    &ac509_schema_means_database::RULE,
    &ac510_region_unknown::RULE,
    &ac511_serverless_incomplete::RULE,
    &ac512_serverless_host_without_serverless::RULE,
    &ac513_credentials_conflict::RULE,
    &ac514_plugin_needs::RULE,
    &ac515_ignored_extra::RULE,
    &ac516_identifier_syntax::RULE,
    &ac517_string_for_list::RULE,
    &ac518_broken_in_provider::RULE,
    &ac519_postgres_spelling::RULE,
    &ac520_extra_overrides_field::RULE,
    &ac521_rds_token_for_redshift::RULE,
];
