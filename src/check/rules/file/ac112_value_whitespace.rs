//! AC112: blanks, line ends and control characters that are removed from a value, or that stay in
//! it.

use crate::check::rules::shared::judges_hosts;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety, pointer};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC112",
    name: "value-whitespace",
    level: Level::Warning,
    page: include_str!("ac112_value_whitespace.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    removed(case, findings);
    let Some(connection) = case.connection().filter(|_| !case.is_json_in_file()) else { return };
    for name in ["conn_type", "host", "login", "password", "schema"] {
        let Some(text) = connection.field(name).and_then(Value::as_str) else {
            continue;
        };
        let Some(what) = stays(name, text).filter(|_| !known_elsewhere(case, name)) else {
            continue;
        };
        // A password may have a blank at its end; none has a line end.
        let level = if name == "password" && !text.ends_with(['\n', '\r']) {
            Level::Info
        } else {
            RULE.level
        };
        let at = pointer("", name);
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        // No type has a blank at its end, and no host; but the host of some types is the path of a
        // file.
        let named = name == "conn_type" || name == "host" && !trimmed.contains(['/', '\\']);
        let safety = if named { Safety::Safe } else { Safety::Unsafe };
        let fix = case.fix(safety, vec![Change::Set(at.clone(), Value::text(trimmed))]);
        findings
            .push(&RULE, at.clone(), case.span(&at), format!("{what} {name}, and stays in it"))
            .level(level)
            .help("remove it")
            .fix(fix);
    }
}

/// Python takes tabs and line ends out of a URI, wherever they stand. Those at its ends do no harm.
fn removed(case: &Case<'_>, findings: &mut Findings) {
    let Some(view) = case.uri() else { return };
    let (text, taken) = (view.text.as_str(), |c: char| matches!(c, '\t' | '\n' | '\r'));
    let start = text.len() - text.trim_start().len();
    let end = start + text.trim().len();
    let inside = &text[start..end];
    let (Some(first), Some(last)) = (inside.find(taken), inside.rfind(taken)) else { return };
    let range = start + first..start + last + 1;
    let edit = view.text.edit(range.clone(), &text[range.clone()].replace(taken, ""));
    let fix = edit.and_then(|edit| case.fix(Safety::Safe, vec![Change::Text(vec![edit])]));
    let message = "a tab or line end inside of the URI: Airflow reads on as if it were not there";
    findings
        .push(&RULE, "", view.text.span_of(range), message)
        .help("remove it, or write %09 or %0A if it is meant")
        .fix(fix);
}

/// What is in a field that can hardly be meant.
fn stays(name: &str, text: &str) -> Option<&'static str> {
    // What lies between the lines of a password, a key perhaps, is its own business.
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let odd = |c: char| c.is_control() && !(name == "password" && matches!(c, '\t' | '\n' | '\r'));
    match text {
        text if text.ends_with(['\n', '\r']) => Some("a line end closes the"),
        text if text.starts_with(char::is_whitespace) => Some("a blank stands ahead of the"),
        text if text.ends_with(char::is_whitespace) => Some("a blank stands behind the"),
        text if text.contains(odd) => Some("a control character stands in the"),
        _ => None,
    }
}

/// AC213 has hosts of Redshift, AC201 raw blanks in userinfo, AC204 a comment behind a URI.
fn known_elsewhere(case: &Case<'_>, name: &str) -> bool {
    if name == "host" && case.connection().is_some_and(|c| judges_hosts(c.type_str())) {
        return true;
    }
    let Some(parts) = case.anatomy() else { return false };
    let raw = match name {
        "login" => parts.user.as_ref(),
        "password" => parts.password.as_ref(),
        _ => return parts.fragment.is_some(),
    };
    raw.is_some_and(|raw| raw.as_str().contains(' '))
}
