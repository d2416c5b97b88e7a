//! Rules about files, and about texts that are not read as connections at all.

pub(super) mod ac001_unused_suppression;
pub(super) mod ac002_malformed_suppression;
pub(super) mod ac003_internal_error;
pub(super) mod ac004_too_many_findings;
pub(super) mod ac101_unreadable_file;
pub(super) mod ac102_uri_rejected;
pub(super) mod ac103_json_rejected;
pub(super) mod ac104_uri_without_scheme;
pub(super) mod ac105_extra_not_object;
pub(super) mod ac106_extra_empty_string;
pub(super) mod ac107_duplicate_connection;
pub(super) mod ac108_masked_value;
pub(super) mod ac109_env_quotes_kept;
pub(super) mod ac110_env_json_in_import_file;
pub(super) mod ac111_json_duplicate_key;
pub(super) mod ac112_value_whitespace;
pub(super) mod ac113_log_lines_skipped;
pub(super) mod ac114_lossy_display_format;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
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
];
