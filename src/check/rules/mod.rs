//! The rules: one file each, with its page beside it; one line each in [`RULES`].

mod ac001_unused_suppression;
mod ac002_malformed_suppression;
mod ac003_internal_error;
mod ac004_too_many_findings;
mod ac101_unreadable_file;
mod ac102_uri_rejected;
mod ac103_json_rejected;
mod ac104_uri_without_scheme;
mod ac105_extra_not_object;
mod ac106_extra_empty_string;
mod ac107_duplicate_connection;
mod ac108_masked_value;
mod ac109_env_quotes_kept;
mod ac110_env_json_in_import_file;
mod ac111_json_duplicate_key;
mod ac112_value_whitespace;
mod ac113_log_lines_skipped;
mod ac114_lossy_display_format;
mod ac201_userinfo_not_encoded;
mod ac202_malformed_percent;
mod ac203_double_encoded;
mod ac204_fragment_dropped;
mod ac205_repeated_query_key;
mod ac206_typed_query_value;
mod ac207_extra_key_shadowed;
mod ac208_host_lowercased;
mod ac209_plus_in_userinfo;
mod ac210_not_a_database_url;
mod ac211_round_trip_loss;
mod ac212_template_in_userinfo;
mod ac301_conn_id_rejected;
mod ac302_conn_id_not_portable;
mod ac303_unknown_conn_type;
mod ac304_conn_type_normalised;
mod ac305_conn_type_missing;
mod ac306_runtimes_disagree;
mod ac307_port_implicit_type;
mod ac401_double_encoded_extra;
mod ac402_stringly_boolean;
mod ac404_prefixed_extra;
mod ac406_hidden_field_filled;
mod ac407_private_key_shape;
mod ac607_misplaced_access_key;
mod ac701_plaintext_secret;
mod ac702_weak_transport;
mod ac704_long_lived_key;
mod ac705_secret_in_public_field;
mod ac801_compose_dollar;
mod ac802_kubernetes_data;
mod ac803_yaml_implicit;
mod ac804_astro_settings;
mod ac805_secrets_manager_shape;
mod ac806_backend_kwargs;
mod ac807_templated_value;
mod ac808_env_file_apart;
mod aws_fixes;
mod aws_moves;
mod aws_rules;
mod aws_words;
mod custom_types;
mod key_shapes;
mod meant;
mod misspelt_extra;
mod of_fault;
mod removed_extras;
mod schema_rules;
mod shared;
mod wrappers;

pub use ac003_internal_error::internal_error;
pub use ac004_too_many_findings::left_out as too_many_findings;
pub use aws_words::of_reason as failure_words;
pub use of_fault::of_fault;

pub(super) use ac001_unused_suppression::RULE as AC001;
pub(super) use ac002_malformed_suppression::RULE as AC002;

use super::{Check, Rule};

/// Every rule, by id.
pub static RULES: &[&Rule] = &[
    &ac001_unused_suppression::RULE,
    &ac002_malformed_suppression::RULE,
    &ac003_internal_error::RULE,
    &ac004_too_many_findings::RULE,
    &ac101_unreadable_file::RULE,
    &ac102_uri_rejected::RULE,
    &ac103_json_rejected::RULE,
    &ac104_uri_without_scheme::RULE,
    &ac105_extra_not_object::RULE,
    &ac106_extra_empty_string::RULE,
    &ac107_duplicate_connection::RULE,
    &ac108_masked_value::RULE,
    &ac109_env_quotes_kept::RULE,
    &ac110_env_json_in_import_file::RULE,
    &ac111_json_duplicate_key::RULE,
    &ac112_value_whitespace::RULE,
    &ac113_log_lines_skipped::RULE,
    &ac114_lossy_display_format::RULE,
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
    &aws_rules::AC213,
    &ac301_conn_id_rejected::RULE,
    &ac302_conn_id_not_portable::RULE,
    &ac303_unknown_conn_type::RULE,
    &ac304_conn_type_normalised::RULE,
    &ac305_conn_type_missing::RULE,
    &ac306_runtimes_disagree::RULE,
    &ac307_port_implicit_type::RULE,
    &ac401_double_encoded_extra::RULE,
    &ac402_stringly_boolean::RULE,
    &aws_rules::AC403,
    &ac404_prefixed_extra::RULE,
    &aws_rules::AC405,
    &ac406_hidden_field_filled::RULE,
    &ac407_private_key_shape::RULE,
    &aws_rules::AC408,
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
    &aws_rules::AC601,
    &aws_rules::AC602,
    &aws_rules::AC603,
    &aws_rules::AC604,
    &aws_rules::AC605,
    &aws_rules::AC606,
    &ac607_misplaced_access_key::RULE,
    &ac701_plaintext_secret::RULE,
    &ac702_weak_transport::RULE,
    &aws_rules::AC703,
    &ac704_long_lived_key::RULE,
    &ac705_secret_in_public_field::RULE,
    &ac801_compose_dollar::RULE,
    &ac802_kubernetes_data::RULE,
    &ac803_yaml_implicit::RULE,
    &ac804_astro_settings::RULE,
    &ac805_secrets_manager_shape::RULE,
    &ac806_backend_kwargs::RULE,
    &ac807_templated_value::RULE,
    &ac808_env_file_apart::RULE,
];

/// Rules that nobody can switch off: what airconn could not look at must not look like what is
/// fine.
pub const ALWAYS: &[&str] = &["AC003"];

/// Rules about files that git tracks. The library cannot know whether it does; who can drops their
/// findings about other texts.
pub const ABOUT_TRACKED: &[&str] = &["AC701"];

/// Rules about the parts of a connection, by the beginnings of their ids. Where a raw delimiter may
/// have cut login and password, those parts are pieces of them: findings would be about something
/// else than was written, and repairs would take a piece of the password away.
static ABOUT_PARTS: &[&str] = &[
    "AC205", "AC206", "AC207", "AC208", "AC211", "AC213", "AC307", "AC4", "AC5", "AC601", "AC602",
    "AC603", "AC604", "AC605", "AC606", "AC702", "AC703", "AC705",
];

/// Whether a rule is about the parts of a connection.
pub(super) fn is_about_parts(id: &str) -> bool {
    ABOUT_PARTS.iter().any(|start| id.starts_with(start))
}

/// Checks that belong to no single row: the second part of a rule that looks at documents and at
/// connections, and the one behind the rules about Redshift and AWS, and the schemas of a project.
static ALSO: &[&Check] = &[
    &ac101_unreadable_file::LINES,
    &aws_rules::CHECK,
    &custom_types::CHECK,
    &misspelt_extra::CHECK,
    &removed_extras::CHECK,
    &wrappers::CHECK,
];

/// Every check.
pub(super) fn checks() -> impl Iterator<Item = &'static Check> {
    RULES.iter().map(|rule| &rule.check).chain(ALSO.iter().copied())
}

/// What becomes of a connection that fails, in the words of its finding.
pub fn failure_message(failure: &crate::redshift::Failure) -> String {
    aws_words::of_reason(&failure.reason, failure.exception).0
}

/// A rule by its id (in any case) or name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    // Ids as they are written are asked for with every finding.
    if let Ok(at) = RULES.binary_search_by_key(&name, |rule| rule.id) {
        return Some(RULES[at]);
    }
    RULES.iter().copied().find(|rule| rule.name == name || rule.id.eq_ignore_ascii_case(name))
}
