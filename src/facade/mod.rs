//! The front door of the library: a dozen names over everything below.

mod airflow;
mod checker;
mod connections;
mod error;
mod format;
mod inspection;
mod lists;

pub use airflow::Airflow;
pub use checker::{Checker, Finding, Repaired, Report};
pub use connections::{Connection, Connections, Entry, parse_json, parse_str, parse_uri};
pub use error::Error;
pub use format::Format;
pub use inspection::{Inspection, Verdict};
pub use lists::{AuthMode, ConnectionType, Rule, auth_modes, connection_types, rules};
