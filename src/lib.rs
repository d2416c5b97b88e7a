//! Apache Airflow connections: read and written exactly as Airflow does, checked, converted and
//! explained.
//!
//! The library does no I/O. [`airflow`] holds the semantics of every supported version,
//! [`mod@format`] the forms in which connections are written, [`check`] the rules, [`report`] the
//! forms of a report. The command line and the live probe stand behind the feature `cli`.

pub mod airflow;
pub mod boto3;
pub mod bounds;
mod catalog;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod files;
pub mod format;
pub mod guard;
pub mod model;
pub mod privacy;
#[cfg(feature = "cli")]
pub mod probe;
pub mod redshift;

pub mod report;
pub mod source;
