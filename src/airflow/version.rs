//! Versions of Airflow, and which of its processes reads.

use std::fmt;

/// An Airflow version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16, pub u16, pub u16);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Which process reads: from Airflow 3 on, servers use the core class and task workers the Task
/// SDK's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Scheduler, API server, CLI: `airflow.models.Connection`.
    Server,
    /// A task: `airflow.sdk.Connection`. Before Airflow 3 the same as the server.
    Worker,
}
