//! The schemas: one for each way to log in, chosen before anything is validated, and one for the
//! files that hold connections.

mod annotations;
mod cost;
mod instance;
mod violations;
mod words;

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

pub use instance::instance;
pub use violations::{Validator, Violation, violations, violations_at};

use crate::hooks::{Mode, modes};

/// A schema that is about something else than one connection in one mode.
pub struct FileSchema {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in a line.
    pub summary: &'static str,
    /// Its text.
    pub schema: &'static str,
}

/// The schemas of files.
pub static FILE_SCHEMAS: &[FileSchema] = &[
    FileSchema {
        name: "export",
        summary: "the JSON or YAML file of `airflow connections import` and `export`",
        schema: include_str!("../../../schemas/export.json"),
    },
    FileSchema {
        name: "config",
        summary: "airconn.toml, and [tool.airconn] in pyproject.toml",
        schema: include_str!("../../../schemas/airconn.json"),
    },
    FileSchema {
        name: "findings",
        summary: "what `airconn check --format json` prints",
        schema: include_str!("../../../schemas/report.json"),
    },
    FileSchema {
        name: "probe",
        summary: "what `airconn probe --format json` prints",
        schema: include_str!("../../../schemas/probe.json"),
    },
];

/// The schema of a mode, compiled when it is first asked for.
pub fn validator(mode: &'static Mode) -> &'static Validator {
    static COMPILED: LazyLock<HashMap<&'static Mode, OnceLock<Validator>>> =
        LazyLock::new(|| modes().map(|mode| (mode, OnceLock::new())).collect());
    COMPILED[mode].get_or_init(|| {
        let schema = serde_json::from_str(mode.schema).expect("a schema of ours is JSON: tested");
        Validator::trusted(schema).expect("a schema of ours compiles: tested")
    })
}
