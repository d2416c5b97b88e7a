//! The Airflow that reads.

use std::fmt;
use std::str::FromStr;

use super::Error;
use crate::airflow::runtime::{RUNTIMES, Runtime, Side, Version};

/// One Airflow that reads or writes connections: a version, and from Airflow 3 on one of its
/// sides, as servers and task workers read with classes of their own.
///
/// ```
/// use airconn::Airflow;
///
/// let airflow: Airflow = "3.3".parse()?;
/// assert_eq!(airflow.worker().to_string(), "3.3.2/worker");
/// assert_eq!("2.11".parse::<Airflow>()?.to_string(), "2.11.2");
/// assert!("three".parse::<Airflow>().is_err());
/// # Ok::<(), airconn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Airflow(pub(super) Runtime);

impl Airflow {
    /// The newest Airflow that is known, its server.
    pub fn newest() -> Airflow {
        Airflow(Runtime::newest(Side::Server))
    }

    /// The versions that were recorded, oldest first.
    pub fn versions() -> impl Iterator<Item = Airflow> {
        RUNTIMES.iter().map(|recorded| Airflow(Runtime::new(recorded.version, Side::Server)))
    }

    /// Its scheduler, API server and command line.
    pub fn server(&self) -> Airflow {
        Airflow(Runtime::new(self.0.version, Side::Server))
    }

    /// Its tasks. Before Airflow 3 they read as the server does.
    pub fn worker(&self) -> Airflow {
        Airflow(Runtime::new(self.0.version, Side::Worker))
    }

    /// Its server and its worker, or one for both before Airflow 3.
    pub(super) fn sides(&self) -> Vec<Runtime> {
        let mut sides = vec![self.server().0, self.worker().0];
        sides.dedup();
        sides
    }
}

impl Default for Airflow {
    fn default() -> Airflow {
        Airflow::newest()
    }
}

/// Takes `3.3.2`, `3.3` (its newest recorded patch), `3`, `v2.10` and `2.10.0rc1`. A version newer
/// than every recorded one is the newest, one older than all of them the oldest.
impl FromStr for Airflow {
    type Err = Error;

    fn from_str(text: &str) -> Result<Airflow, Error> {
        let resolved =
            Version::parse(text).ok_or_else(|| Error::UnknownVersion(text.to_string()))?;
        Ok(Airflow(Runtime::new(resolved.version(), Side::Server)))
    }
}

/// `2.11.2`, or from Airflow 3 on `3.3.2/server`.
impl fmt::Display for Airflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name())
    }
}
