//! What an argument is known to take, for the completions of a shell. What else is given is judged
//! where it is used, which has better words for it.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use super::mode_page;
use crate::airflow::runtime::RUNTIMES;
use crate::check::Rule;
use crate::check::rules::RULES;
use crate::check::schema::FILE_SCHEMAS;
use crate::hooks::modes;
use crate::probe::PROBE_STEPS;

/// A value, and what it is.
pub(super) type Value = (String, String);

/// A parser of values, some of which are known.
#[derive(Clone)]
pub(super) struct Known<P> {
    parser: P,
    values: fn() -> Vec<Value>,
}

impl<P> Known<P> {
    pub(super) fn of(parser: P, values: fn() -> Vec<Value>) -> Known<P> {
        Known { parser, values }
    }
}

impl<P: TypedValueParser> TypedValueParser for Known<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<P::Value, Error> {
        self.parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |(name, help): Value| PossibleValue::new(name).help(help);
        Some(Box::new((self.values)().into_iter().map(value)))
    }
}

/// Ids of rules.
pub(super) fn rules() -> Known<StringValueParser> {
    Known::of(StringValueParser::new(), || RULES.iter().map(rule).collect())
}

/// What `airconn explain` has a page of.
pub(super) fn pages() -> Known<StringValueParser> {
    Known::of(StringValueParser::new(), || {
        let steps = PROBE_STEPS.iter().map(|step| (step.id.to_string(), step.name.to_string()));
        RULES.iter().map(rule).chain(steps).chain(schemas_of_all()).collect()
    })
}

/// Names of schemas.
pub(super) fn schemas() -> Known<StringValueParser> {
    Known::of(StringValueParser::new(), || schemas_of_all().collect())
}

/// Versions of Airflow, the newest first.
pub(super) fn versions() -> Known<StringValueParser> {
    Known::of(StringValueParser::new(), || {
        let version = |runtime: &crate::airflow::runtime::Recorded| runtime.version.to_string();
        RUNTIMES.iter().rev().map(|runtime| (version(runtime), String::new())).collect()
    })
}

fn rule(rule: &&'static Rule) -> Value {
    (rule.id.to_string(), rule.name.to_string())
}

/// Every schema, and what it is of.
fn schemas_of_all() -> impl Iterator<Item = Value> {
    let files = FILE_SCHEMAS.iter().map(|file| (file.name.to_string(), file.summary.to_string()));
    modes().map(|mode| (mode.to_string(), mode_page::title(mode))).chain(files)
}
