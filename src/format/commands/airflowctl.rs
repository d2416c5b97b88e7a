//! `airflowctl connections create`: its options are the fields of the body that the API server
//! takes, but for `schema` (apache-airflow-ctl 0.1.0 to 0.1.5).

use super::arguments::{Arguments, Opt, Wrong, other, sets};
use super::call::{Call, Reading, Value};
use crate::airflow::python::json_loads::loads;
use crate::airflow::{ExtraFault, Fault, FieldsFault, Raised, Raw};
use crate::format::Grade;
use crate::format::helpers::plain::{entry, integer_port};
use crate::model::{Dict, Node, Style, Value as Held};
use crate::source::Span;

const OPTIONS: &[Opt] = &[
    sets("--connection-id", "conn_id"),
    sets("--conn-type", "conn_type"),
    sets("--description", "description"),
    sets("--host", "host"),
    sets("--login", "login"),
    sets("--port", "port"),
    sets("--password", "password"),
    sets("--extra", "extra"),
    other("--team-name", true),
    other("--api-token", true),
    other("--output", true),
    other("-o", true),
    other("--env", true),
    other("-e", true),
    other("--help", false),
    other("-h", false),
];

/// Reads the command.
pub(super) fn read<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let Some(words) = call.behind("airflowctl", &["connections", "create"]) else { return };
    let arguments = Arguments::of(words, OPTIONS, &[], meant);
    let (start, end) = match (words.first(), words.last()) {
        (Some(first), Some(last)) => (first.range.start, last.range.end),
        _ => return,
    };
    let whole = Span::new(start..end);
    let base = &reading.base;
    let mut fields = Dict::default();
    for (name, place, value) in &arguments.values {
        fields.insert(Held::text(*name), Span::new(place.clone()), value.node());
    }
    let refuse = |fault, message: &str, place: std::ops::Range<usize>| {
        Some(Raised::new("ValidationError", fault, message).at(base.span_of(place)))
    };
    let id = arguments.get("conn_id").map(|found| &found.2);
    let typed = arguments.get("conn_type").is_some();
    let missing = Fault::Fields(FieldsFault::Argument);
    let refused = match (id, typed, arguments.open) {
        (_, _, true) => None,
        (None, ..) => refuse(missing, "`connections create` needs --connection-id", start..end),
        (_, false, _) => refuse(missing, "`connections create` needs --conn-type", start..end),
        _ => None,
    };
    let node = id.filter(|id| id.fills.is_empty()).map(Value::node);
    let extra = arguments.get("extra").filter(|_| !arguments.open);
    let bad = extra.and_then(|(.., extra)| Some((extra.range.clone(), bad_extra(extra)?)));
    // Of a body that is refused for its extra the rest is looked at all the same.
    let left_out = |name: &str| name == "conn_id" || name == "extra" && bad.is_some();
    fields.members.retain(|key| !key.0.as_str().is_some_and(left_out));
    integer_port(&mut fields);
    let held = Node { value: Held::dict(fields), span: whole, style: Style::None };
    let mut made = entry(base, node.as_ref(), Raw::Stored, held);
    made.scope = reading.environment.scope;
    made.refused = refused;
    reading.environment.document.entries.push(made);
    if let Some((place, (fault, message))) = bad {
        let span = reading.text.span_of(place);
        let help = "write the extra as one JSON object, with double quotes";
        reading.environment.remark(fault, Grade::Error, span, message, help);
    }
    let fills: Vec<_> =
        arguments.values.iter().flat_map(|(.., value)| value.fills.clone()).collect();
    let all = words.iter().flat_map(|word| word.fills.clone());
    let fills = if arguments.open { all.collect() } else { fills };
    reading.filled(&fills, "");
    for (place, wrong) in arguments.wrong.iter().filter(|_| !arguments.open) {
        let message = match wrong {
            Wrong::Unknown(Some(known)) => {
                format!("`airflowctl connections create` has no such option; meant is `{known}`")
            }
            Wrong::Unknown(None) => {
                "`airflowctl connections create` has no such option".to_string()
            }
            Wrong::Ambiguous => "several options begin so".to_string(),
            Wrong::Bare => "an option without its value".to_string(),
            Wrong::Dashed => "a value that begins with `-` is taken for an option".to_string(),
            Wrong::More => {
                "`airflowctl connections create` takes options only: the id is --connection-id"
                    .to_string()
            }
        };
        let help = "`airflowctl connections create --help` lists the options; a schema can be \
                    given by \
                    `airflowctl connections import`";
        let edit = match wrong {
            Wrong::Unknown(Some(known)) => reading.text.edit(place.clone(), known),
            _ => None,
        };
        let span = reading.text.span_of(place.clone());
        reading.environment.remark(missing, Grade::Error, span, message, help);
        reading.environment.repair(edit, true);
    }
}

/// An option as `airflow connections add` has it.
fn meant(name: &str) -> Option<&'static str> {
    let plain = name.trim_start_matches('-').replace('_', "-");
    let plain = match plain.as_str() {
        "conn-id" | "id" => "connection-id",
        "type" | "connection-type" => "conn-type",
        "user" | "username" => "login",
        other => other.strip_prefix("conn-").unwrap_or(other),
    };
    OPTIONS.iter().map(|option| option.name).find(|known| known.strip_prefix("--") == Some(plain))
}

/// The API server takes text that is a JSON object.
fn bad_extra(extra: &Value<'_>) -> Option<(Fault, &'static str)> {
    if !extra.fills.is_empty() || extra.as_str().is_empty() {
        return None;
    }
    match loads(extra.as_str()).map(|node| matches!(node.value, Held::Dict(_))) {
        Ok(true) => None,
        Ok(false) => Some((
            Fault::Extra(ExtraFault::Shape),
            "the extra is JSON, but not an object: the API server refuses it",
        )),
        Err(_) => Some((
            Fault::Extra(ExtraFault::Syntax),
            "the extra is not JSON: the API server refuses it",
        )),
    }
}
