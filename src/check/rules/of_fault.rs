//! Which rule reports a kind of fault. Readers know no rules.

use super::{
    Rule, ac003_internal_error, ac101_unreadable_file, ac102_uri_rejected, ac103_json_rejected,
    ac104_uri_without_scheme, ac105_extra_not_object, ac107_duplicate_connection,
    ac114_lossy_display_format, ac212_template_in_userinfo, ac301_conn_id_rejected,
    ac305_conn_type_missing, ac801_compose_dollar, ac802_kubernetes_data, ac804_astro_settings,
    ac805_secrets_manager_shape, ac806_backend_kwargs, ac807_templated_value, ac808_env_file_apart,
};
use crate::airflow::Fault;

/// The rule that reports a kind of fault.
pub fn of_fault(fault: Fault) -> &'static Rule {
    match fault {
        Fault::Own => &ac003_internal_error::RULE,
        Fault::Syntax(_) | Fault::Encoding | Fault::Shape | Fault::Unread => {
            &ac101_unreadable_file::RULE
        }
        Fault::Uri(_) => &ac102_uri_rejected::RULE,
        Fault::Fields(_) => &ac103_json_rejected::RULE,
        Fault::Blank => &ac104_uri_without_scheme::RULE,
        Fault::Extra(_) => &ac105_extra_not_object::RULE,
        Fault::RepeatedId => &ac107_duplicate_connection::RULE,
        Fault::Display => &ac114_lossy_display_format::RULE,
        Fault::TemplateInUserinfo => &ac212_template_in_userinfo::RULE,
        Fault::Id => &ac301_conn_id_rejected::RULE,
        Fault::NoType => &ac305_conn_type_missing::RULE,
        Fault::Dollar => &ac801_compose_dollar::RULE,
        Fault::Base64 => &ac802_kubernetes_data::RULE,
        Fault::AstroSettings => &ac804_astro_settings::RULE,
        Fault::SecretWords => &ac805_secrets_manager_shape::RULE,
        Fault::Backend => &ac806_backend_kwargs::RULE,
        Fault::Template => &ac807_templated_value::RULE,
        Fault::OtherFile => &ac808_env_file_apart::RULE,
    }
}
