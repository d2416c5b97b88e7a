//! AC211: the URI that Airflow makes of a connection is another connection, or none.

use crate::airflow::compare::differences;
use crate::airflow::uri::{from_uri, normalize_conn_type, write};
use crate::check::{About, Case, Check, Findings, Level, Rule, pointer};
use crate::model::{Connection, Value};
use crate::source::Text;

pub static RULE: Rule = Rule {
    id: "AC211",
    name: "round-trip-loss",
    level: Level::Warning,
    page: include_str!("ac211_round_trip_loss.md"),
    about: About::Parts,
    checks: &[Check::Reader(check)],
};

const WHERE: &str = "in exports with --file-format env and in the cache of secrets (use_cache)";

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) =
        case.connection().filter(|c| case.uri().is_none() && c.conn_type.truthy())
    else {
        return;
    };
    // A port that is none has a finding of its own.
    if matches!(connection.port, Value::Int(port) if !(0..=65535).contains(&port)) {
        return;
    }
    let runtime = case.reader();
    // Fields that are not text have findings of their own.
    let Ok(written) = write(connection, &runtime) else { return };
    if written.gives_back || !runtime.behaviour.from_uri || case.is_json_in_file() {
        return;
    }
    let help = "keep this connection in a form that names its fields: JSON or YAML";
    let Ok(back) = from_uri(&Text::untraced(&written.uri), &runtime) else {
        let message =
            format!("Airflow cannot read the URI that it writes for this connection, {WHERE}");
        findings.push(&RULE, "", case.whole(), message).help(help).level(level(connection));
        return;
    };
    let lost: Vec<&str> = differences(connection, &back)
        .into_iter()
        .filter(|field| matters(field, connection, &back))
        .collect();
    match lost[..] {
        [] => {}
        _ => {
            let at = pointer("", lost[0]);
            let message = format!(
                "written as a URI, this connection comes back with another {}, {WHERE}",
                lost.join(", ")
            );
            findings
                .push(&RULE, at.clone(), case.span(&at), message)
                .help(help)
                .level(level(connection));
        }
    }
}

/// A host that is a URL of its own (of JDBC, `http://api.example.com`, `spark://master`) is how
/// hooks of its type want it: the connection is right, and no mistake is in sight.
fn level(connection: &Connection) -> Level {
    let is_url = connection
        .host
        .as_str()
        .is_some_and(|host| host.starts_with("jdbc:") || host.contains("://"));
    if is_url { Level::Info } else { RULE.level }
}

/// No URI has a description or port 0; case and the spelling of a type are what AC208 and AC304 are
/// about.
fn matters(field: &str, connection: &Connection, back: &Connection) -> bool {
    let text =
        |c: &Connection| c.field(field).and_then(Value::as_str).unwrap_or_default().to_lowercase();
    match field {
        // Nor are texts in extra that read as JSON reported, such as "10" or "true": too many
        // connections have one.
        "description" | "extra" => false,
        "port" => {
            connection.port.truthy()
                && connection
                    .port
                    .as_str()
                    .and_then(|p| p.parse::<i64>().ok())
                    .map(Value::Int)
                    .as_ref()
                    != Some(&back.port)
        }
        "conn_type" => normalize_conn_type(&text(connection)) != text(back),
        "host" => text(connection) != text(back),
        _ => true,
    }
}
