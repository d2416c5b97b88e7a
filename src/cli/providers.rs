//! `--provider` and `--driver`: the packages around Airflow that are aimed at.

use clap::Args;

use super::{Output, Trouble, suggest};
use crate::airflow::runtime::Version;
use crate::check::Providers;
use crate::redshift::{Driver, Libpq, Postgres, Provider};

/// The first Postgres provider that prefers psycopg 3.
const PSYCOPG3: Version = Version(7, 0, 0);

#[derive(Args)]
pub(super) struct ProviderArguments {
    /// Versions of providers, such as amazon=9.39.0 or postgres=6.5.1 [default: the newest known]
    #[arg(long, value_name = "NAME=VERSION", value_delimiter = ',')]
    pub(super) provider: Vec<String>,
    /// The version of the Redshift driver, such as redshift-connector=2.2.0 [default: the newest
    /// known, or the usual one of the provider]
    #[arg(long, value_name = "NAME=VERSION")]
    pub(super) driver: Option<String>,
}

impl ProviderArguments {
    pub(super) fn resolve(&self, output: &mut Output<'_>) -> Result<Providers, Trouble> {
        let mut providers = Providers::default();
        let mut note = |package: &str, version: Version, known: Version| {
            match version > known {
            true => output.say(&format!("airconn: note: {package} {version} is newer than what airconn knows; it is taken for {known}")),
            false => Ok(()),
        }
        };
        for given in &self.provider {
            let (name, version) = parse(given)?;
            match name.trim_start_matches("apache-airflow-providers-") {
                "amazon" => {
                    note("the provider amazon", version, Provider::newest().version)?;
                    providers.amazon = Provider::new(version);
                    providers.driver = providers.amazon.usual_driver();
                }
                "postgres" => {
                    note("the provider postgres", version, Postgres::newest().version)?;
                    let libpq = if version >= PSYCOPG3 { Libpq::Psycopg3 } else { Libpq::Psycopg2 };
                    providers.postgres = Postgres::new(version, libpq);
                }
                name => {
                    let tail = suggest::tail(name, ["amazon", "postgres"].into_iter());
                    return Err(Trouble::new(format!(
                        "airconn knows the providers amazon and postgres, not `{name}`{tail}"
                    )));
                }
            }
        }
        if let Some(given) = &self.driver {
            let (name, version) = parse(given)?;
            if !matches!(name, "redshift-connector" | "redshift_connector") {
                return Err(Trouble::new(format!(
                    "airconn knows the driver redshift-connector, not `{name}`"
                )));
            }
            note("the driver redshift-connector", version, Driver::newest().version)?;
            providers.driver = Driver::new(version);
        }
        Ok(providers)
    }
}

fn parse(given: &str) -> Result<(&str, Version), Trouble> {
    let wrong = || Trouble::new(format!("`{given}` is not NAME=VERSION, such as amazon=9.39.0"));
    let (name, version) =
        given.split_once("==").or_else(|| given.split_once('=')).ok_or_else(wrong)?;
    let mut parts = version.split('.').map(str::parse::<u16>);
    let mut next = |needed: bool| match parts.next() {
        Some(part) => part.map_err(|_| wrong()),
        None if needed => Err(wrong()),
        None => Ok(0),
    };
    let version = Version(next(true)?, next(false)?, next(false)?);
    Ok((name.trim(), version))
}
