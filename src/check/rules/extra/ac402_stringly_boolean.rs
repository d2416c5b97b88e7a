//! AC402: the text of a boolean where the hook wants a boolean.

use crate::catalog::{BOOLEANS, BooleanExtra};
use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::repairs::own;
use crate::check::rules::shared::condition_holds;
use crate::check::rules::subject::Subject;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::hooks::{self, Client, Spells, spells};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC402",
    name: "stringly-boolean",
    level: Level::Error,
    page: include_str!("ac402_stringly_boolean.md"),
    about: About::Parts,
    checks: &[Check::Connection(check), Check::Hook(find)],
};

const REFUSED: &str = "the hook does not know this spelling and refuses it";

/// Extras of redshift_connector whose truth is tested.
static TRUTH_TESTED: &[&str] = &[
    "is_serverless",
    "group_federation",
    "force_lowercase",
    "tcp_keepalive",
    "iam_disable_cache",
    "auto_create",
];

/// Types whose hook hands the text on: another version of the driver may take it.
const DRIVER_REFUSES: &[&str] = &["mongo"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    // Where the driver is known, `find` reads booleans as hook and driver of each version do.
    if hooks::of_type(connection.type_str()).is_some_and(|hook| hook.driver.is_some()) {
        return;
    }
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
            let by_hook = !DRIVER_REFUSES.contains(&known.conn_type.as_str());
            let safety = if known.uncertain.is_none() && effect == REFUSED && by_hook {
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

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let extras = subject.extras;
    let is_tested = |key: &str| {
        let value = extras.get(key);
        (value.truthy() && !matches!(value, Value::Bool(_))).then(|| spells(value))
    };
    if subject.is_for(Client::Libpq) {
        for key in ["redshift", "redshift-serverless"] {
            // They may hold anything; only what spells false misleads.
            if is_tested(key) == Some(Spells::False) {
                said.extra(key, truth_tested(key, Spells::False));
            }
        }
    }
    let Some(iam) = subject.iam() else { return };
    // An old provider: nobody takes it for true.
    let nobody = !iam.hook && !iam.driver;
    for key in std::iter::once(&"iam").filter(|_| nobody).chain(TRUTH_TESTED) {
        if let Some(spelled) = is_tested(key)
            && (!nobody || matches!(*key, "tcp_keepalive" | "iam"))
        {
            said.extra(key, truth_tested(key, spelled));
        }
    }
}

fn truth_tested(key: &str, spelled: Spells) -> Diagnosis {
    let name = format!("`{key}`");
    let message = match spelled {
        Spells::False => format!(
            "{name} is the text of a boolean: only whether it is empty is tested, so it counts as \
             true"
        ),
        _ => format!("{name} is not a boolean: only whether it is empty is tested"),
    };
    RULE.warning(message).help("write the JSON boolean").repair(move |subject, at| match spelled {
        // It counts as true today, and may work so.
        Spells::False => subject.truth(subject.unless_it_works(), own(at)?, false),
        Spells::True => subject.truth(Safety::Safe, own(at)?, true),
        Spells::Other => None,
    })
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
