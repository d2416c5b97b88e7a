//! `airconn explain` and `airconn rules`.

use clap::{Args, ValueEnum};

use super::schema::Named;
use super::{Exit, Output, Trouble, known, markdown, suggest};
use crate::check::rules::{RULES, by_name, type_page, type_rule};
use crate::probe;

#[derive(Args)]
pub(super) struct Arguments {
    /// Rules and steps of the probe, by id or name, and ways to log in, such as redshift/iam-role
    #[arg(
        value_name = "RULE",
        required = true,
        value_parser = known::pages(),
        hide_possible_values = true
    )]
    rules: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArgument {
    Human,
    Json,
}

#[derive(Args)]
pub(super) struct RulesArguments {
    /// The form of the list
    #[arg(long, value_enum, default_value = "human")]
    format: FormatArgument,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    for (i, name) in arguments.rules.iter().enumerate() {
        let page = match (by_name(name), Named::find(name), probe::step_by_name(name)) {
            (Some(rule), ..) => rule.page.to_string(),
            (None, Some(schema), _) => schema.page(),
            (None, None, Some(step)) => step.page(),
            (None, None, None) => type_rule(name).map(type_page).ok_or_else(|| {
                let more = ", and `airconn schema` the ways to log in";
                Trouble::new(suggest::unknown_rule(name, more))
            })?,
        };
        write!(output.out, "{}{}", if i > 0 { "\n" } else { "" }, markdown::shown(&page))?;
    }
    Ok(Exit::Success)
}

pub(super) fn rules(arguments: &RulesArguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    match arguments.format {
        FormatArgument::Human => {
            for rule in RULES {
                writeln!(
                    output.out,
                    "{}  {:<24} {:<8} {}",
                    rule.id,
                    rule.name,
                    rule.level.name(),
                    rule.summary()
                )?;
            }
        }
        FormatArgument::Json => {
            let rules: Vec<_> = RULES
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id,
                        "name": rule.name,
                        "level": rule.level.name(),
                        "summary": rule.summary()
                    })
                })
                .collect();
            writeln!(output.out, "{}", serde_json::Value::Array(rules))?;
        }
    }
    Ok(Exit::Success)
}
