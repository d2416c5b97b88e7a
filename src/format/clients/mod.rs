//! What other clients of Redshift and PostgreSQL are given. It is read only where somebody says
//! that it is that: no walk takes such a text for connections.

mod dbt;
mod jdbc;
mod libpq;
mod redshift_connector;
mod sqlalchemy;
mod url;

use super::Format;
use super::limits::{FAILS, NO_PLACE, OTHER_TYPE, TEMPORARY};

/// What a text of what the driver gets refuses.
const TO_DRIVER: &[&str] = &[OTHER_TYPE, FAILS, TEMPORARY, NO_PLACE];

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[
    &sqlalchemy::FORMAT,
    &jdbc::FORMAT,
    &libpq::FORMAT,
    &redshift_connector::FORMAT,
    &dbt::FORMAT,
];
