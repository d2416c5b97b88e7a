//! `psycopg.connect`: what psycopg and libpq refuse before or while they connect.

use crate::airflow::python::repr::str_of;
use crate::hooks::mode::Mode;
use crate::hooks::outcome::{Dependency, Failure, Place, Reason, Stage, Trace};
use crate::hooks::postgres::options::{is_option, own};
use crate::hooks::postgres::provider::{Libpq, Postgres};
use crate::hooks::postgres::{conninfo, libpq, modes};
use crate::hooks::python::{is_str, text};
use crate::hooks::{Argument, syntax};

/// What libpq refuses before or while it connects.
pub(super) fn connect(
    arguments: &[Argument],
    mode: &'static Mode,
    postgres: &Postgres,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let is_none = |a: &Argument| a.value.value().is_null();
    if let (Libpq::Psycopg2, Some(second)) =
        (postgres.libpq, arguments.iter().find(|a| a.name == "database"))
    {
        // The hook gives `dbname` in any case, and make_dsn takes one of the two.
        let reason = Reason::UnknownOption("database".into());
        return Err(
            Failure::new("TypeError", reason, second.place.clone()).and(Place::here("/schema"))
        );
    }
    // A whole connection string is read ahead of all that it stands beside.
    let (string, exception) = match postgres.libpq {
        Libpq::Psycopg2 => ("dsn", "TypeError"),
        Libpq::Psycopg3 => ("conninfo", "AttributeError"),
    };
    let mut string_options = conninfo::Pairs::new();
    let string_argument = arguments
        .iter()
        .find(|a| a.name == string && !(is_none(a) && postgres.libpq == Libpq::Psycopg2));
    if let Some(argument) = string_argument {
        let value = argument.value.value();
        let refused = |exception| {
            Failure::new(exception, Reason::OptionValue(string.into()), argument.place.clone())
        };
        if !is_str(&value) {
            return Err(refused(exception));
        }
        string_options = conninfo::read(text(&value).unwrap_or_default())
            .map_err(|_| refused("ProgrammingError"))?;
    }
    for argument in arguments.iter().filter(|a| !is_none(a)) {
        let name = argument.name.as_str();
        if name == "cls" && postgres.libpq == Libpq::Psycopg3 {
            return Err(Failure::new(
                "TypeError",
                Reason::UnknownOption(name.into()),
                argument.place.clone(),
            ));
        }
        if !is_option(name) && !own(name, postgres.libpq) {
            let mut failure = Failure::new(
                "ProgrammingError",
                Reason::UnknownOption(name.into()),
                argument.place.clone(),
            );
            let others = arguments
                .iter()
                .filter(|a| !is_none(a) && !is_option(&a.name) && !own(&a.name, postgres.libpq));
            failure.places.extend(others.skip(1).map(|other| other.place.clone()));
            return Err(failure);
        }
    }
    let find = |name: &str| arguments.iter().find(|a| a.name == name && !is_none(a));
    let refused = |exception, argument: &Argument| {
        Err(Failure::new(
            exception,
            Reason::OptionValue(argument.name.clone()),
            argument.place.clone(),
        ))
    };
    if let (Libpq::Psycopg3, Some(timeout)) = (postgres.libpq, find("connect_timeout")) {
        let value = timeout.value.value();
        let plain = str_of(&value);
        if plain.trim().parse::<f64>().is_err() {
            return refused("ProgrammingError", timeout);
        }
    }
    let given = |name: &str| {
        // psycopg keeps the time itself, and takes fractions.
        let kept = name == "connect_timeout" && postgres.libpq == Libpq::Psycopg3;
        let of_string =
            || string_options.iter().rfind(|(key, _)| key == name).map(|(_, value)| value.clone());
        let value =
            || find(name).map(|argument| str_of(&argument.value.value())).or_else(of_string);
        if kept { None } else { value() }
    };
    if let Some(argument) = libpq::refused(&given).and_then(|name| find(name).or(string_argument)) {
        return refused("OperationalError", argument);
    }
    let host = find("host").map(|a| (a.value.value(), a.place.clone()));
    let named = find("hostaddr").is_some()
        || find("service").is_some()
        || find("conninfo").is_some()
        || find("dsn").is_some();
    let network =
        |reason, place| Err(Failure::at(Stage::Network, "OperationalError", reason, place));
    match host {
        Some((value, place)) if value.truthy() => {
            let host = str_of(&value);
            if host.starts_with('/') || host.starts_with('@') {
                trace.need(Dependency::LocalAddress(place));
            } else if host.split(',').any(|h| syntax::host(h) == syntax::Host::Invalid) && !named {
                return network(Reason::HostSyntax, place);
            }
        }
        _ if named => trace.need(Dependency::LocalAddress(Place::here("/host"))),
        // Without a host libpq takes a local socket, where no Redshift listens.
        _ if mode != &modes::PASSWORD => {
            return network(Reason::HostEmpty, Place::here("/host"));
        }
        _ => trace.need(Dependency::LocalAddress(Place::here("/host"))),
    }
    Ok(())
}
