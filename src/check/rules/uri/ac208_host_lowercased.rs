//! AC208: upper case in the host of a URI is lost.

use crate::airflow::python::unquote::unquote;
use crate::check::{About, Case, Check, Findings, Level, Rule};

pub static RULE: Rule = Rule {
    id: "AC208",
    name: "host-lowercased",
    level: Level::Info,
    page: include_str!("ac208_host_lowercased.md"),
    about: About::Parts,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(parts), Some(_)) = (case.anatomy(), case.connection()) else { return };
    let host = parts.host.as_str();
    // To an IPv6 address case means nothing.
    if !host.contains(char::is_uppercase) || host.contains(':') {
        return;
    }
    if parts.decoded_host().as_str() != unquote(&parts.host).as_str() {
        let message = "the host is read in lower case: fine for a name in DNS, wrong for an \
                       account, a path or a DSN";
        let help = "write the connection as JSON, or the first capital letter as an escape (A is \
                    %41): the rest keeps its case";
        findings.push(&RULE, "/host", parts.host.span(), message).help(help);
    }
}
