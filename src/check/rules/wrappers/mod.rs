//! Rules about what holds connections: Compose, Kubernetes, Astro, secrets backends, files of
//! variables.

pub(super) mod ac801_compose_dollar;
pub(super) mod ac802_kubernetes_data;
pub(super) mod ac803_yaml_implicit;
pub(super) mod ac804_astro_settings;
pub(super) mod ac805_secrets_manager_shape;
pub(super) mod ac806_backend_kwargs;
pub(super) mod ac807_templated_value;
pub(super) mod ac808_env_file_apart;
pub(super) mod ac809_readers_differ;
pub(super) mod ac810_webserver_only;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac801_compose_dollar::RULE,
    &ac802_kubernetes_data::RULE,
    &ac803_yaml_implicit::RULE,
    &ac804_astro_settings::RULE,
    &ac805_secrets_manager_shape::RULE,
    &ac806_backend_kwargs::RULE,
    &ac807_templated_value::RULE,
    &ac808_env_file_apart::RULE,
    &ac809_readers_differ::RULE,
    &ac810_webserver_only::RULE,
];
