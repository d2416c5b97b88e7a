//! `--airflow` and `--side`: which runtimes are aimed at.

use clap::{Args, ValueEnum};

use super::{Output, Trouble, known};
use crate::airflow::runtime::{Resolved, Runtime, Side, Version};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SideArgument {
    /// Scheduler, API server, CLI
    Server,
    /// Tasks (from Airflow 3 on they read with another class)
    Worker,
    /// Both
    Both,
}

impl SideArgument {
    /// The runtimes of a version. Before Airflow 3 both sides are one.
    pub(super) fn runtimes(self, version: Version) -> Vec<Runtime> {
        let sides: &[Side] = match self {
            SideArgument::Server => &[Side::Server],
            SideArgument::Worker => &[Side::Worker],
            SideArgument::Both => &[Side::Server, Side::Worker],
        };
        let mut runtimes: Vec<Runtime> =
            sides.iter().map(|side| Runtime::new(version, *side)).collect();
        runtimes.dedup();
        runtimes
    }
}

#[derive(Args)]
#[command(next_help_heading = "Which Airflow")]
pub(super) struct RuntimeArguments {
    /// Airflow versions to aim at, such as 3.3.2 or 2.11,3.3 [default: the newest known]
    #[arg(
        long,
        value_name = "VERSION",
        value_delimiter = ',',
        value_parser = known::versions(),
        hide_possible_values = true
    )]
    pub(super) airflow: Vec<String>,
    /// Which process reads; matters from Airflow 3 on
    #[arg(long, value_enum)]
    pub(super) side: Option<SideArgument>,
}

impl RuntimeArguments {
    /// The runtimes aimed at, in the order given; `default` is the side if none is given.
    pub(super) fn resolve(
        &self,
        default: SideArgument,
        output: &mut Output<'_>,
    ) -> Result<Vec<Runtime>, Trouble> {
        let newest = Runtime::newest(Side::Server).version;
        let mut versions = Vec::new();
        for text in self.airflow.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
            let version = match Version::parse(text) {
                Some(Resolved::Exact(version)) => version,
                Some(Resolved::Newest(version)) => {
                    output.note(&format!(
                        "Airflow {text} is newer than what airconn \
                         knows; it is taken for {version}"
                    ))?;
                    version
                }
                Some(Resolved::Oldest(version)) => {
                    output.note(&format!(
                        "Airflow {text} is older than what airconn \
                         knows; it is taken for {version}"
                    ))?;
                    version
                }
                None => {
                    return Err(Trouble::new(format!(
                        "`{text}` is not an Airflow version; write 3.3.2, 3.3 or 2.11"
                    )));
                }
            };
            versions.push(version);
        }
        if versions.is_empty() {
            versions.push(newest);
        }
        let side = self.side.unwrap_or(default);
        let mut runtimes: Vec<Runtime> = Vec::new();
        for runtime in versions.into_iter().flat_map(|version| side.runtimes(version)) {
            if !runtimes.contains(&runtime) {
                runtimes.push(runtime);
            }
        }
        Ok(runtimes)
    }
}
