//! Apache Airflow connections, read and written exactly as Airflow does.

pub mod airflow;
pub mod model;
pub mod source;
