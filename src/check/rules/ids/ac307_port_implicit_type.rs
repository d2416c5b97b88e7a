//! AC307: a port that is not a plain number where it is written, or not one that a server can have.

use std::ops::RangeInclusive;

use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};
use crate::hooks;
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC307",
    name: "port-implicit-type",
    level: Level::Warning,
    page: include_str!("ac307_port_implicit_type.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

const AT: &str = "/port";

/// What a server can listen on; 0 is none.
const PORTS: RangeInclusive<i64> = 0..=65535;

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some((dict, base)) = case.object() else { return };
    let Some(node) = dict.get("port") else { return };
    let Some(connection) = case.connection() else {
        behind_refusal(case, &node.value, findings);
        return;
    };
    let Some(written) = base.as_str().get(node.span.range()).filter(|text| !text.is_empty()) else {
        return;
    };
    if let Value::Int(port) = connection.port
        && !PORTS.contains(&port)
    {
        // What a driver that is known does with it has a finding of its own, and so has a port that
        // nothing reads.
        let told =
            |hook: &hooks::Hook| hook.driver.is_some() || hook.is_aws() || hook.ignores("port");
        if hooks::of_type(connection.type_str()).is_some_and(told) {
            return;
        }
        let help = "write the port on which the server listens";
        let message = "this is not a port (0 to 65535): no client connects to it";
        findings.push(&RULE, AT, case.span(AT), message).help(help).level(Level::Error);
        return;
    }
    let mut report = |message: String, meant: Option<i64>| {
        let fix = meant.and_then(|port| {
            case.fix(Safety::Safe, vec![Change::Set(AT.to_string(), Value::Int(port))])
        });
        let help = match meant {
            Some(port) => format!("write it as a number: {port}"),
            None => "write the port that is meant as a plain number: no quotes, no leading zero"
                .to_string(),
        };
        findings.push(&RULE, AT, case.span(AT), message).help(help).fix(fix);
    };
    match (&node.value, &connection.port) {
        (_, Value::Str(text)) => {
            let number = text.as_str().and_then(number);
            report(
                "the port is a string; write a number: the database that stores it decides what \
                 it becomes"
                    .to_string(),
                number,
            );
        }
        (_, Value::Float(port)) => {
            let whole = port.fract() == 0.0 && (0.0..65536.0).contains(port);
            report(
                "the port stays a number with a fraction here".to_string(),
                whole.then_some(*port as i64),
            );
        }
        (_, Value::Bool(_)) => {
            report("the port stays true or false here, which is 1 or 0".to_string(), None)
        }
        (Value::Bool(_), Value::Int(port)) => report(format!("true is read as port {port}"), None),
        (Value::Float(given), Value::Int(port)) if given.fract() != 0.0 => {
            report(format!("the fraction of this port is cut off: it is read as {port}"), None);
        }
        // `0o17`, `05432`, `0x1538`, `12:30` and `5_432` are numbers to YAML.
        (Value::Int(_), Value::Int(port))
            if !written.starts_with(['"', '\'']) && number(written) != Some(*port) =>
        {
            report(format!("YAML reads this as the number {port}"), None);
        }
        _ => {}
    }
}

/// The port of a connection that is refused for its extra: that it is not a number is as sure.
fn behind_refusal(case: &Case<'_>, port: &Value<'_>, findings: &mut Findings) {
    let is_number = |text: &str| text.trim().parse::<i64>().is_ok();
    let wrong = port.as_str().is_some_and(|text| !text.is_empty() && !is_number(text));
    if wrong && case.raised("AC105").is_some() {
        findings
            .push(&RULE, AT, case.span(AT), "the port is not a number")
            .help("write the port on which the server listens");
    }
}

/// The port that plain digits stand for.
fn number(text: &str) -> Option<i64> {
    let digits = text.trim();
    let plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0'));
    plain.then(|| digits.parse().ok()).flatten().filter(|port| PORTS.contains(port))
}
