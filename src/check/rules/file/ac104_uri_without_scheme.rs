//! AC104: a text that Airflow reads as a URI has no `scheme://`.

use super::ac109_env_quotes_kept as ac109;
use crate::check::rules::uri::ac210_not_a_database_url as ac210;
use crate::check::{About, Case, Check, Findings, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC104",
    name: "uri-without-scheme",
    level: Level::Error,
    page: include_str!("ac104_uri_without_scheme.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

const HELP: &str = "write conn_type://login:password@host:port/schema";

fn check(case: &Case<'_>, findings: &mut Findings) {
    if let Some(raised) = case.raised(RULE.id) {
        findings.push(&RULE, "", raised.span, &raised.message).help(HELP);
        return;
    }
    let (Some(view), Some(_)) = (case.uri(), case.connection()) else { return };
    let Ok(parts) = &view.anatomy else { return };
    let text = view.text.as_str();
    let lost = "Airflow puts the text without its first character into schema, which is not \
                masked in logs";
    if ac109::is_quoted(case) || ac210::is_keywords(text) {
        return;
    }
    if parts.scheme.is_empty() {
        if text.is_empty() || text.starts_with("//") || text.starts_with("://") {
            return;
        }
        let written = text.split("://").next().unwrap_or_default();
        let underscore = text.contains("://")
            && written.contains('_')
            && written.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let message = format!("no `scheme://`: conn_type stays empty, and {lost}");
        let help = if underscore {
            "a scheme has no `_`: write `-`, which Airflow turns into `_`"
        } else {
            HELP
        };
        findings.push(&RULE, "", view.text.span(), message).help(help);
    } else if !text.contains("://") && !parts.scheme.eq_ignore_ascii_case("jdbc") {
        let rest = &text[text.find(':').map_or(0, |at| at + 1)..];
        if !rest.is_empty() && !rest.starts_with('/') {
            let message = format!(
                "`scheme:` is not followed by `//`: what stands before the colon becomes \
                 conn_type, and {lost}"
            );
            findings.push(&RULE, "", view.text.span(), message).help(HELP);
        }
    }
}
