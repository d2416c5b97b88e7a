//! AC212: a template or a placeholder in login, password or host.

use crate::check::rules::shared::judges_hosts;
use crate::check::{About, Case, Check, Findings, Level, Rule, pointer};
use crate::format::{NOT_ENCODED, holds_variable};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC212",
    name: "template-in-userinfo",
    level: Level::Warning,
    page: include_str!("ac212_template_in_userinfo.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// Where templates stand in the userinfo of a URI, as byte ranges of it.
pub fn templates(case: &Case<'_>) -> Vec<std::ops::Range<usize>> {
    let Some(authority) = case.authority() else { return Vec::new() };
    let (start, text) = (authority.start, authority.text);
    let end = text[start..].rfind('@').map_or(start, |at| start + at);
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, open) in text[start..end].match_indices(['$', '{']) {
        let at = start + at;
        let close = if open == "$" { "}" } else { "}}" };
        if found.last().is_none_or(|last| last.end <= at)
            && let Some(length) = template(&text[at..end], close)
        {
            found.push(at..at + length);
        }
    }
    found
}

/// Nobody's name for a value is longer.
const MAX_NAME: usize = 80;

/// How long the template is that a text begins with: `${NAME}`, `{{ name }}`.
fn template(text: &str, close: &str) -> Option<usize> {
    let inside = text.strip_prefix(if close == "}" { "${" } else { "{{" })?;
    let end = inside
        .char_indices()
        .take(MAX_NAME)
        .map(|(at, _)| at)
        .find(|at| inside[*at..].starts_with(close))?;
    let name = &inside[..end];
    let named = name.contains(|c: char| c.is_ascii_alphabetic()) && !name.contains(['@', '\n']);
    named.then_some(2 + end + close.len())
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(view) = case.uri() {
        for range in templates(case) {
            let help = "fill in a value that is encoded, or write the connection as JSON, or keep \
                        the whole of it in the secret";
            findings.push(&RULE, "", view.text.span_of(range), NOT_ENCODED).help(help);
        }
    }
    let Some(connection) = case.connection() else { return };
    if case.format.literal {
        literal_variables(case, findings);
    }
    for name in ["login", "password", "host"] {
        let text = connection.field(name).and_then(Value::as_str).unwrap_or_default();
        // AC213 has hosts of Redshift.
        let Some(level) =
            placeholder(text).filter(|_| name != "host" || !judges_hosts(connection.type_str()))
        else {
            continue;
        };
        // With IAM the hook asks for a password, and takes none from here.
        let ignored = name == "password" && case.extra_value("iam").is_some_and(Value::truthy);
        let level = if ignored { Level::Warning } else { level };
        let at = pointer("", name);
        let message =
            format!("{name} is a placeholder that was left in: Airflow takes it as it stands");
        findings
            .push(&RULE, at.clone(), case.span(&at), message)
            .level(level)
            .help("put the real value in its place");
    }
}

/// Variables in a file in which nothing is filled in: Airflow takes them for the value.
fn literal_variables(case: &Case<'_>, findings: &mut Findings) {
    let mut report = |at: String| {
        let message = "a variable that nothing fills in here: Airflow takes its name for the value";
        findings.push(&RULE, at.clone(), case.span(&at), message).help(
            "put the real value in its place, or fill it in before Airflow reads the file \
             (`envsubst < FILE`)",
        );
    };
    // Of a URI login and password were looked at as they are written.
    let fields: &[&str] = match case.uri() {
        Some(_) => &["host", "schema"],
        None => &["conn_type", "host", "login", "password", "schema", "port"],
    };
    let connection = case.connection();
    for name in fields {
        let field = connection.and_then(|connection| connection.field(name));
        if field.and_then(Value::as_str).is_some_and(holds_variable) {
            report(pointer("", name));
        }
    }
    for (key, member) in
        case.extra().and_then(|node| node.value.as_dict()).iter().flat_map(|d| d.named())
    {
        if member.node.value.as_str().is_some_and(holds_variable) {
            report(pointer("/extra", key));
        }
    }
}

/// `<password>`; an error is `<your-password>`, which nobody has for a value.
fn placeholder(text: &str) -> Option<Level> {
    let inside = text.strip_prefix('<')?.strip_suffix('>')?;
    let words = inside.len() <= 48
        && inside.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | ' ' | '.'));
    let certain = inside.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("your"));
    (words && inside.len() >= 4).then_some(if certain { Level::Error } else { Level::Warning })
}
