//! What Airflow's command line and API show and take.

mod airflow_commands;
mod airflowctl;
mod connections_get;
mod rest;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] =
    &[&connections_get::FORMAT, &airflow_commands::FORMAT, &rest::FORMAT, &airflowctl::FORMAT];
