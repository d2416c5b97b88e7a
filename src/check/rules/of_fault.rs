//! Which rule reports a kind of fault, or a doubt. Readers know no rules.

use super::{Rule, file, ids, uri, wrappers};
use crate::airflow::Fault;
use crate::privacy::Doubt;

/// The rule that reports a kind of fault.
pub fn of_fault(fault: Fault) -> &'static Rule {
    match fault {
        Fault::Own => &file::ac003_internal_error::RULE,
        Fault::Syntax(_) | Fault::Encoding | Fault::Shape | Fault::Unread => {
            &file::ac101_unreadable_file::RULE
        }
        Fault::Uri(_) => &file::ac102_uri_rejected::RULE,
        Fault::Fields(_) | Fault::Form => &file::ac103_json_rejected::RULE,
        Fault::Blank => &file::ac104_uri_without_scheme::RULE,
        Fault::Extra(_) => &file::ac105_extra_not_object::RULE,
        Fault::RepeatedId => &file::ac107_duplicate_connection::RULE,
        Fault::Display => &file::ac114_lossy_display_format::RULE,
        Fault::TemplateInUserinfo => &uri::ac212_template_in_userinfo::RULE,
        Fault::Id => &ids::ac301_conn_id_rejected::RULE,
        Fault::NoType => &ids::ac305_conn_type_missing::RULE,
        Fault::Dollar => &wrappers::ac801_compose_dollar::RULE,
        Fault::Base64 => &wrappers::ac802_kubernetes_data::RULE,
        Fault::AstroSettings => &wrappers::ac804_astro_settings::RULE,
        Fault::SecretWords => &wrappers::ac805_secrets_manager_shape::RULE,
        Fault::Backend => &wrappers::ac806_backend_kwargs::RULE,
        Fault::Template | Fault::Elsewhere => &wrappers::ac807_templated_value::RULE,
        Fault::Replaced => &uri::ac207_extra_key_shadowed::RULE,
        Fault::OtherFile => &wrappers::ac808_env_file_apart::RULE,
        Fault::WebserverOnly => &wrappers::ac810_webserver_only::RULE,
        Fault::Readers => &wrappers::ac809_readers_differ::RULE,
    }
}

/// The rule that reports why the parts of a connection cannot be taken for what they are read as.
pub fn of_doubt(doubt: Doubt) -> &'static Rule {
    match doubt {
        Doubt::NoScheme => &file::ac104_uri_without_scheme::RULE,
        Doubt::CutForCertain | Doubt::Cut | Doubt::CutByLine | Doubt::Host | Doubt::Token => {
            &uri::ac201_userinfo_not_encoded::RULE
        }
    }
}
