//! Files that `airflow connections export` writes and `import` reads.

mod airflow_env;
mod export_json;
mod export_yaml;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] =
    &[&airflow_env::FORMAT, &export_json::FORMAT, &export_yaml::FORMAT];
