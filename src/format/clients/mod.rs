//! What other clients of Redshift and PostgreSQL are given: written, never read.

mod dbt;
mod jdbc;
mod libpq;
mod redshift_connector;
mod sqlalchemy;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[
    &sqlalchemy::FORMAT,
    &jdbc::FORMAT,
    &libpq::FORMAT,
    &redshift_connector::FORMAT,
    &dbt::FORMAT,
];
