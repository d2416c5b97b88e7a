//! Rules about ids and types of connections, and about runtimes that disagree.

pub(super) mod ac301_conn_id_rejected;
pub(super) mod ac302_conn_id_not_portable;
pub(super) mod ac303_unknown_conn_type;
pub(super) mod ac304_conn_type_normalised;
pub(super) mod ac305_conn_type_missing;
pub(super) mod ac306_runtimes_disagree;
pub(super) mod ac307_port_implicit_type;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac301_conn_id_rejected::RULE,
    &ac302_conn_id_not_portable::RULE,
    &ac303_unknown_conn_type::RULE,
    &ac304_conn_type_normalised::RULE,
    &ac305_conn_type_missing::RULE,
    &ac306_runtimes_disagree::RULE,
    &ac307_port_implicit_type::RULE,
];
