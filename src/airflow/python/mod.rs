//! The parts of Python's standard library that Airflow's reading and writing rest on, named after
//! what they imitate.

pub mod json_dumps;
mod json_error;
pub mod json_loads;
mod json_parser;
pub mod repr;
pub mod text;
mod unicode15;
pub mod unquote;
pub mod urlsplit;
