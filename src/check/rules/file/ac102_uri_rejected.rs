//! AC102: Airflow raises on a URI.

use super::ac109_env_quotes_kept as ac109;
use crate::airflow::{Fault, UriPart};
use crate::check::rules::uri::ac201_userinfo_not_encoded as ac201;
use crate::check::{About, Case, Check, Findings, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC102",
    name: "uri-rejected",
    level: Level::Error,
    page: include_str!("ac102_uri_rejected.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    // Quotes around it, or JSON where a URI is read, are the reason then.
    let Some(raised) =
        case.raised(RULE.id).filter(|_| !ac109::is_quoted(case) && !case.is_json_in_file())
    else {
        return;
    };
    let finding = findings.push(
        &RULE,
        "",
        raised.span,
        format!("Airflow refuses this URI ({}): {}", raised.exception(), raised.message),
    );
    if ac201::fires(case) {
        finding.help(
            "a login or password that is not percent-encoded is the likely reason, see AC201",
        );
    } else if raised.fault == Fault::Uri(UriPart::Separators) {
        finding
            .help("write `%3A%2F%2F` for `://` inside of a value, or write the connection as JSON");
    } else if raised.message.contains("port") {
        finding.help(
            "write a number from 0 to 65535 or nothing; a list of hosts with ports goes \
             into a JSON connection",
        );
    } else {
        finding.help("percent-encode what belongs to a value, or write the connection as JSON");
    }
}
