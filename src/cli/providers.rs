//! `--provider` and `--driver`: the packages around Airflow that are aimed at.

use clap::Args;

use super::{Output, Trouble, suggest};
use crate::airflow::runtime::Version;
use crate::check::Providers;
use crate::hooks::{PackageKind, package_named, packages, packages_of};

#[derive(Args)]
#[command(next_help_heading = "Which Airflow")]
pub(super) struct ProviderArguments {
    /// Versions of providers, such as amazon=9.39.0 or postgres=6.5.1 [default: the newest when
    /// the Airflow came out]
    #[arg(long, value_name = "NAME=VERSION", value_delimiter = ',')]
    pub(super) provider: Vec<String>,
    /// Versions of what providers bring, such as redshift-connector=2.2.0 or botocore=1.44.5
    /// [default: those of the Airflow's day, or the usual ones of the provider]
    #[arg(long, value_name = "NAME=VERSION", value_delimiter = ',')]
    pub(super) driver: Vec<String>,
}

impl ProviderArguments {
    pub(super) fn resolve(&self, output: &mut Output<'_>) -> Result<Providers, Trouble> {
        let mut providers = Providers::of_their_day();
        for (kind, given) in self.given() {
            let (name, version) = parse(given)?;
            let Some(package) = package_named(kind, name) else {
                return Err(unknown(kind, name));
            };
            let known = package.newest();
            if version > known {
                let what = kind_word(kind);
                output.note(&format!(
                    "the {what} {} {version} is newer than what airconn knows; it \
                     is taken for {known}",
                    package.name
                ))?;
            }
            providers.packages.set(package, version);
        }
        Ok(providers)
    }

    /// The packages that are asked for, by their numbers.
    pub(super) fn numbers(&self) -> Vec<usize> {
        let number = |(kind, given): (PackageKind, &str)| {
            let named = package_named(kind, given.split('=').next()?.trim())?;
            packages().iter().position(|package| package.name == named.name)
        };
        self.given().filter_map(number).collect()
    }

    /// What is asked for: providers first, as they bring drivers.
    fn given(&self) -> impl Iterator<Item = (PackageKind, &str)> {
        let providers = self.provider.iter().map(|given| (PackageKind::Provider, given.as_str()));
        providers.chain(self.driver.iter().map(|given| (PackageKind::Driver, given.as_str())))
    }
}

fn kind_word(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Provider => "provider",
        PackageKind::Driver => "driver",
    }
}

fn unknown(kind: PackageKind, name: &str) -> Trouble {
    let names: Vec<&str> = packages_of(kind).map(|package| package.name).collect();
    let (what, known) = (kind_word(kind), names.join(" and "));
    let what = if names.len() == 1 { what.to_string() } else { format!("{what}s") };
    let short = name.trim_start_matches("apache-airflow-providers-");
    let tail = suggest::tail(short, names.into_iter());
    Trouble::new(format!("airconn knows the {what} {known}, not `{short}`{tail}"))
}

fn parse(given: &str) -> Result<(&str, Version), Trouble> {
    let wrong = || Trouble::new(format!("`{given}` is not NAME=VERSION, such as amazon=9.39.0"));
    let (name, version) =
        given.split_once("==").or_else(|| given.split_once('=')).ok_or_else(wrong)?;
    Ok((name.trim(), Version::of_release(version).ok_or_else(wrong)?))
}
