//! `airconn explain` and `airconn rules`.

use clap::{Args, ValueEnum};

use super::{Exit, Output, Trouble};
use crate::check::rules::{RULES, by_name};

#[derive(Args)]
pub(super) struct Arguments {
    /// Rules, by id or name
    #[arg(value_name = "RULE", required = true)]
    rules: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatArgument {
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
        let rule = by_name(name).ok_or_else(|| Trouble::new(format!("there is no rule `{name}`; `airconn rules` lists them")))?;
        write!(output.out, "{}{}", if i > 0 { "\n" } else { "" }, rule.page)?;
    }
    Ok(Exit::Success)
}

pub(super) fn rules(arguments: &RulesArguments, output: &mut Output<'_>) -> Result<Exit, Trouble> {
    match arguments.format {
        FormatArgument::Human => {
            for rule in RULES {
                writeln!(output.out, "{}  {:<24} {:<8} {}", rule.id, rule.name, rule.level.name(), rule.summary())?;
            }
        }
        FormatArgument::Json => {
            let rules: Vec<_> = RULES
                .iter()
                .map(|r| serde_json::json!({"id": r.id, "name": r.name, "level": r.level.name(), "summary": r.summary()}))
                .collect();
            writeln!(output.out, "{}", serde_json::Value::Array(rules))?;
        }
    }
    Ok(Exit::Success)
}
