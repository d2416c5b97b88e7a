//! The schemas: one for each way to log in, chosen before anything is validated, and one for the
//! files that hold connections.

mod annotations;
mod cost;
mod instance;
mod of_type;
mod violations;
mod words;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

pub use instance::instance;
pub use violations::{Validator, Violation, violations, violations_at};

use crate::hooks::{self, Mode};

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

/// What is made of modes, one after the other as they are asked for.
type Made<T> = LazyLock<Mutex<HashMap<&'static Mode, &'static T>>>;

/// What was made of a mode, or is made now; it stays for as long as the program runs.
fn made<T>(known: &Made<T>, mode: &'static Mode, make: impl FnOnce() -> T) -> &'static T {
    let look = || known.lock().unwrap_or_else(PoisonError::into_inner).get(mode).copied();
    look().unwrap_or_else(|| {
        let new: &'static T = Box::leak(Box::new(make()));
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(mode).or_insert(new)
    })
}

/// The text of the schema of a mode: of a type that is data it is made from that.
pub fn text(mode: &'static Mode) -> &'static str {
    static TEXTS: Made<String> = LazyLock::new(Mutex::default);
    mode.schema.unwrap_or_else(|| {
        let text = made(&TEXTS, mode, || {
            let facts = hooks::of_type(mode.conn_type).and_then(|hook| hook.data);
            let facts = facts.expect("a mode without a schema is of a type that is data").read();
            let way = facts.way(mode.name).expect("a mode is one of its type");
            of_type::schema(facts, way)
        });
        text.as_str()
    })
}

/// The schema of a mode, compiled when it is first asked for.
pub fn validator(mode: &'static Mode) -> &'static Validator {
    static COMPILED: Made<Validator> = LazyLock::new(Mutex::default);
    made(&COMPILED, mode, || {
        let schema = serde_json::from_str(text(mode)).expect("a schema of ours is JSON: tested");
        Validator::trusted(schema).expect("a schema of ours compiles: tested")
    })
}
