//! AC402: the text of a boolean where the hook wants a boolean.

use crate::catalog::{BOOLEANS, BooleanExtra};
use crate::check::rules::shared::condition_holds;
use crate::check::{Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC402",
    name: "stringly-boolean",
    level: Level::Error,
    page: include_str!("ac402_stringly_boolean.md"),
    check: Check::Connection(check),
};

const REFUSED: &str = "the hook does not know this spelling and refuses it";

/// Types whose booleans are read as their hooks of each provider version read them, in
/// [`crate::hooks`].
const READ_BY_VERSION: [&str; 2] = ["redshift", "postgres"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection().filter(|c| !READ_BY_VERSION.contains(&c.type_str()))
    else {
        return;
    };
    for known in BOOLEANS.iter().filter(|b| b.conn_type == connection.type_str()) {
        let Some(text) = case.extra_value(&known.key).and_then(Value::as_str) else { continue };
        let Some(meant) = spelled(text) else { continue };
        let Some(effect) = effect(known, text, meant) else { continue };
        if condition_holds(case, known.only_with.as_deref()) {
            let at = pointer("/extra", &known.key);
            let message = format!("`{}` is the text of a boolean: {effect}", known.key);
            let help = "write the JSON boolean, without quotes; in a URI through `__extra__`";
            let level = if known.uncertain.is_some() { Level::Warning } else { RULE.level };
            // Where the hook takes the text for the other boolean, it works in another way than is
            // written, and somebody has to decide which one stays.
            let safety = if known.uncertain.is_none() && effect == REFUSED {
                Safety::Safe
            } else {
                Safety::Unsafe
            };
            let fix = case.fix(safety, vec![Change::Set(at.clone(), Value::Bool(meant))]);
            findings
                .push(&RULE, at.clone(), case.span(&at), message)
                .help(help)
                .level(level)
                .fix(fix);
        }
    }
}

/// The hook of this type makes the same of this text as of the boolean that it spells.
pub fn reads_as_meant(conn_type: &str, key: &str, text: &str) -> bool {
    let known = BOOLEANS.iter().find(|b| b.conn_type == conn_type && b.key == key);
    known.zip(spelled(text)).is_some_and(|(known, meant)| effect(known, text, meant).is_none())
}

/// The boolean that a text spells.
fn spelled(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// What the hook does instead of what is meant; `None` if it does what is meant.
fn effect(known: &BooleanExtra, text: &str, meant: bool) -> Option<&'static str> {
    match known.test.as_str() {
        "truthy" => {
            (!meant).then_some("the hook only tests whether it is empty, so it counts as true")
        }
        "path" => Some("the hook takes a text for the path of a CA file"),
        _ => {
            let given = text.trim();
            let among = |words: &[String]| match known.case.as_deref() {
                Some("exact") => words.iter().any(|w| w == text),
                _ => words.iter().any(|w| w.eq_ignore_ascii_case(given)),
            };
            let reads = match (among(&known.true_words), among(&known.false_words)) {
                (true, _) => "true",
                (_, true) => "false",
                _ => known.otherwise.as_deref().unwrap_or("unset"),
            };
            match (reads, meant) {
                ("true", false) => {
                    Some("the hook does not know this spelling and reads it as true")
                }
                ("false", true) => {
                    Some("the hook does not know this spelling and reads it as false")
                }
                ("error", _) => Some(REFUSED),
                _ => None,
            }
        }
    }
}
