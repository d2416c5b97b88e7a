//! What around Airflow decides what becomes of connections.

use std::collections::BTreeMap;

use super::schema;
use crate::airflow::runtime::Runtime;
use crate::hooks::{AWS_DEFAULT, Packages};

/// Packages, what a task tells the hook, and what a project declares itself.
pub struct Providers {
    /// The versions of the packages.
    pub packages: Packages,
    /// The `aws_conn_id` that RedshiftSQLHook is told; `None` is none.
    pub aws_conn_id: Option<String>,
    /// Connection types that a project declares itself, with a schema if it has one for them.
    pub custom: BTreeMap<String, Option<schema::Validator>>,
}

impl Default for Providers {
    fn default() -> Self {
        Providers {
            packages: Packages::default(),
            aws_conn_id: Some(AWS_DEFAULT.to_string()),
            custom: BTreeMap::new(),
        }
    }
}

impl Providers {
    /// The runtimes with what these providers change in them.
    pub fn around(&self, runtimes: &[Runtime]) -> Vec<Runtime> {
        let secret_words = self.packages.amazon.behaviour.secret_words;
        runtimes.iter().map(|runtime| runtime.clone().with_secret_words(secret_words)).collect()
    }
}
