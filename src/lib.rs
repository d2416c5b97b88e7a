//! Apache Airflow connections: read and written exactly as Airflow does, checked, repaired and
//! converted.
//!
//! ```
//! use airconn::Checker;
//!
//! let text = "AIRFLOW_CONN_DWH='redshift://etl:pa@ss@dwh.example.com:5439/dev'\n";
//! let report = Checker::new().airflow("3.3")?.check_str("connections.env", text)?;
//! for finding in report.findings() {
//!     println!("{}: {} {}", finding.line(), finding.rule().id(), finding.message());
//! }
//! # Ok::<(), airconn::Error>(())
//! ```
//!
//! - [`Checker`] checks a text and repairs it; a [`Report`] has [`Finding`]s, and renders as the
//!   command line does.
//! - [`parse_str`], [`parse_uri`] and [`parse_json`] read connections as an [`Airflow`] does;
//!   [`Connections::write`] writes them in any [`Format`], and [`Connections::inspect`] says what
//!   their hooks make of them.
//! - [`rules`], [`connection_types`], [`auth_modes`], [`Format::all`] and [`Airflow::versions`] say
//!   what there is.
//!
//! The library does no I/O, prints nothing and reads no environment. It never fails as a whole
//! because of one bad connection, and shows nothing that may be secret but where a method says so
//! ([`Connection::password`]).
//!
//! # Features
//!
//! `cli`, a default, is the command with its live probe; a program that only needs the library
//! turns it off with `default-features = false`. What stands behind `internals` may change with
//! every release.

#![cfg_attr(
    not(feature = "internals"),
    expect(dead_code, unused_imports, reason = "some of it is for tests only")
)]

mod facade;

pub use check::{Level, Safety};
pub use facade::{
    Airflow, AuthMode, Checker, Connection, ConnectionType, Connections, Entry, Error, Finding,
    Format, Inspection, Repaired, Report, Rule, Verdict, auth_modes, connection_types, parse_json,
    parse_str, parse_uri, rules,
};

mod catalog;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "cli")]
mod files;

// Private, but for tests and the packages around this one.
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod airflow;
#[cfg(not(feature = "internals"))]
mod airflow;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod boto3;
#[cfg(not(feature = "internals"))]
mod boto3;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod bounds;
#[cfg(not(feature = "internals"))]
mod bounds;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod check;
#[cfg(not(feature = "internals"))]
mod check;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod format;
#[cfg(not(feature = "internals"))]
mod format;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod guard;
#[cfg(not(feature = "internals"))]
mod guard;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod hooks;
#[cfg(not(feature = "internals"))]
mod hooks;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod model;
#[cfg(not(feature = "internals"))]
mod model;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod privacy;
#[cfg(not(feature = "internals"))]
mod privacy;
#[cfg(all(feature = "cli", feature = "internals"))]
#[doc(hidden)]
pub mod probe;
#[cfg(all(feature = "cli", not(feature = "internals")))]
mod probe;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod report;
#[cfg(not(feature = "internals"))]
mod report;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod source;
#[cfg(not(feature = "internals"))]
mod source;
