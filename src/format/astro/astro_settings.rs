//! `airflow_settings.yaml` of the Astro CLI: a list of connections, which it sends to the REST API
//! when it has started Airflow. Before 1.42 it ran `airflow connections add`.

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Raw, Refusal};
use crate::format::helpers::go_url;
use crate::format::helpers::plain::{Plain, entry, renamed};
use crate::format::helpers::tree::{self, Tree};
use crate::format::helpers::yaml_text::scalar;
use crate::format::limits::{FIELD_TYPE, Limits, NO_ID};
use crate::format::{
    Document, FileName, Format, Grade, Holds, Ids, Item, Likeness, Remark, Repair, Sample,
    WriteError, WriteOptions, id_of,
};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Edit, Span, Text};

const NO_TYPE: &str = "it has no conn_type, without which the Astro CLI passes a connection over";

pub(super) static FORMAT: Format = Format {
    name: "astro-settings",
    summary: "airflow_settings.yaml of the Astro CLI",
    reader: "the Astro CLI (1.42 and later), then the REST API",
    names: &[
        FileName::sure("airflow_settings*.yaml"),
        FileName::sure("airflow_settings*.yml"),
        FileName::sure("airflow_settings*.json"),
    ],
    ids: Ids::Airflow,
    sniff,
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits { refuses: &[FIELD_TYPE, NO_ID, NO_TYPE], loses: &["description"] },
    literal: true,
    ..Format::DEFAULT
};

const NAMES: &[(&str, &str)] = &[
    ("conn_type", "conn_type"),
    ("conn_host", "host"),
    ("conn_schema", "schema"),
    ("conn_login", "login"),
    ("conn_password", "password"),
    ("conn_port", "port"),
    ("conn_extra", "extra"),
];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let shaped = sample.has_keys(&["airflow"])
        && sample.text.contains("conn_id")
        && NAMES
            .iter()
            .map(|(name, _)| *name)
            .chain(["conn_uri"])
            .any(|name| name != "conn_type" && sample.text.contains(name));
    (sample.may_be_yaml() && shaped && sample.text.contains("conn_type")).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    for top in &tree.documents {
        let connections =
            tree::get(top, "airflow").and_then(|airflow| tree::get(airflow, "connections"));
        tree::items(connections).iter().for_each(|node| connection(&tree, node, &mut document));
    }
    document.problems.extend(tree.problem);
    document
}

fn connection<'a>(tree: &Tree<'a>, node: &Node<'static>, document: &mut Document<'a>) {
    let Value::Dict(given) = &node.value else { return };
    let id = given.get("conn_id").filter(|id| id.value.truthy());
    // `astro dev init` writes one empty connection as a form to fill in, with an example in
    // `conn_extra`.
    if id.is_none()
        && !given.named().any(|(name, member)| name != "conn_extra" && member.node.value.truthy())
    {
        return;
    }
    let mut remarks = Remarks::new();
    for (name, member) in given.named() {
        let known =
            matches!(name, "conn_id" | "conn_uri") || NAMES.iter().any(|(known, _)| *known == name);
        if !known {
            let help = "the keys are conn_id, conn_type, conn_host, conn_schema, conn_login, \
                        conn_password, conn_port, conn_uri and conn_extra";
            // A field under Airflow's own name for it.
            let own = format!("conn_{name}");
            let meant = NAMES.iter().any(|(known, _)| *known == own) && given.get(&own).is_none();
            let edit = meant.then(|| tree.key(name, member).edit(0..name.len(), &own)).flatten();
            remarks.push((
                Grade::Warning,
                member.key_span,
                "the Astro CLI reads no key of this name",
                help,
                edit,
            ));
        }
    }
    let mut fields = renamed(given, NAMES);
    fields = typed(tree, fields, &mut remarks);
    // The CLI leaves out what is empty: Airflow never sees it.
    let is_empty = |node: &Node<'_>| !node.value.truthy();
    let kept = |fields: &Dict<'static>, name: &str| fields.get(name).is_some_and(|n| !is_empty(n));
    let others = ["conn_type", "host", "login", "password", "schema", "port"];
    let has_fields = others.iter().any(|name| kept(&fields, name));
    let uri = given.member("conn_uri").filter(|uri| uri.node.value.truthy());
    let mut unsent = None;
    match uri {
        Some(uri) if has_fields => {
            let message = "`conn_uri` stands beside other fields: the Astro CLI takes the fields, \
                           and nothing of the URI";
            remarks.push((
                Grade::Warning,
                uri.key_span,
                message,
                "write the fields or the URI; before 1.42 the CLI took the URI",
                None,
            ));
        }
        Some(uri) => {
            if let Some(extra) = given.member("conn_extra").filter(|extra| !is_empty(&extra.node)) {
                let message = "`conn_extra` stands beside `conn_uri`: the Astro CLI takes the URI, \
                               and nothing of this";
                let help = "write the extras into the query of the URI, or write fields";
                remarks.push((Grade::Warning, extra.key_span, message, help, None));
            }
            (fields, unsent) = of_uri(&uri.node);
        }
        None => {}
    }
    // An empty host of a URI is sent.
    let sent = uri.is_some() && !has_fields;
    let empty: Vec<String> = fields
        .named()
        .filter(|(name, member)| is_empty(&member.node) && !(sent && *name == "host"))
        .map(|(name, _)| name.to_string())
        .collect();
    fields
        .members
        .retain(|key| !key.0.as_str().is_some_and(|key| empty.iter().any(|name| name == key)));
    if let Some(extra) = fields.get("extra").filter(|extra| matches!(extra.value, Value::Dict(_))) {
        let edit = as_text(tree, given);
        tree::walk(extra, &mut |inner| {
            let Value::Dict(inner) = &inner.value else { return };
            for (_, member) in
                inner.named().filter(|(name, _)| name.chars().any(char::is_uppercase))
            {
                let message = "the Astro CLI turns the keys of a mapping into lower case: Airflow \
                               gets an extra of another name";
                remarks.push((
                    Grade::Error,
                    member.key_span,
                    message,
                    "write conn_extra as a JSON string in quotes, which it keeps as it is",
                    edit.clone(),
                ));
            }
        });
    }
    let refused = match (id, uri, fields.get("conn_type")) {
        (None, ..) => {
            Some(("`conn_id` is missing: the Astro CLI passes this connection over", node.span))
        }
        (_, None, None) => Some((
            "`conn_type` and `conn_uri` are missing: the Astro CLI passes this connection over",
            node.span,
        )),
        _ if unsent.is_some() => unsent,
        (_, Some(uri), None) => Some((
            "`conn_type` is missing beside other fields: the API refuses the connection (HTTP \
             422), and those below it are not sent",
            uri.key_span,
        )),
        _ => None,
    };
    let node = Node { value: Value::dict(fields), span: node.span, style: node.style };
    let mut entry = entry(&tree.base, id, Raw::Stored, node);
    let conn_id = entry.conn_id.clone();
    if let Some((message, span)) = refused {
        let help = if unsent.is_some() {
            "write fields (conn_type, conn_host, …), which are sent as they are"
        } else {
            "give it one"
        };
        remarks.push((Grade::Error, span, message, help, None));
        entry.refused = Some(
            Raised::new(Refusal::Skipped, Fault::AstroSettings, message)
                .at(tree.base.span_of(span.range())),
        );
    }
    let index = document.entries.len();
    document.entries.push(entry);
    document.remarks.extend(remarks.into_iter().map(|(grade, span, message, help, edit)| Remark {
        fault: Fault::AstroSettings,
        grade,
        conn_id: conn_id.clone(),
        span: tree.base.span_of(span.range()),
        message: message.to_string(),
        help,
        // Under its name in lower case the hook may read the extra: somebody has to decide.
        repair: edit.map(|edit| Repair { entry: index, edit, safe: false }),
    }));
}

type Remarks = Vec<(Grade, Span, &'static str, &'static str, Option<Edit>)>;

/// The fields as Go has them: text and a whole number, whatever YAML makes of what is written.
fn typed(tree: &Tree<'_>, fields: Dict<'static>, remarks: &mut Remarks) -> Dict<'static> {
    let mut typed = Dict::default();
    for (name, member) in fields.named() {
        let mut node = member.node.clone();
        let decoded = match (name, &node.value) {
            ("extra", Value::Str(_) | Value::Dict(_) | Value::Null) => Some(node.value.clone()),
            ("extra", _) => {
                let message =
                    "`conn_extra` is neither a mapping nor text: the Astro CLI leaves it out";
                remarks.push((Grade::Warning, node.span, message, "write JSON in quotes", None));
                Some(Value::Null)
            }
            ("port", value) => match number(value) {
                // Nothing is nothing.
                Some(_) if value.is_null() => Some(Value::Null),
                Some(port) => Some(Value::Int(port)),
                None => None,
            },
            (_, Value::Str(_) | Value::Null) => Some(node.value.clone()),
            (_, &Value::Bool(bit)) => Some(Value::text(if bit { "1" } else { "0" })),
            // What YAML reads otherwise than it is written is told as that.
            (_, Value::Int(number)) => {
                let text = number.to_string();
                let written = tree.base.as_str().get(node.span.range());
                Some(match written == Some(text.as_str()) {
                    true => Value::text(text),
                    false => node.value.clone(),
                })
            }
            (_, Value::Float(number)) => Some(Value::text(number.to_string())),
            _ => None,
        };
        match decoded {
            Some(value) => node.value = value,
            None => {
                let message =
                    "the Astro CLI cannot decode this, and reads nothing of the whole file";
                let help = if name == "port" { "write a whole number" } else { "write text" };
                remarks.push((Grade::Error, node.span, message, help, None));
                node.value = Value::Null;
            }
        }
        typed.insert(Value::text(name), member.key_span, node);
    }
    typed
}

/// A port as mapstructure decodes it, weakly typed: text with the prefixes of Go's numbers, the
/// whole part of a fraction, 1 for true.
fn number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Null => Some(0),
        Value::Int(number) => Some(*number),
        Value::Bool(bit) => Some(i64::from(*bit)),
        Value::Float(number) if number.abs() < 1e15 => Some(number.trunc() as i64),
        Value::Str(text) => go_integer(text.as_str()?),
        _ => None,
    }
}

/// Go's `strconv.ParseInt` with base 0.
fn go_integer(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, body) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (8, rest)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    let plain = !body.starts_with(['+', '-']) && !body.contains('_');
    plain.then(|| i64::from_str_radix(body, radix).ok()).flatten().map(|number| sign * number)
}

/// The fields that the CLI makes of a URI, as Go parses it; and why it sends none.
fn of_uri(node: &Node<'static>) -> (Dict<'static>, Option<(&'static str, Span)>) {
    let mut fields = Dict::default();
    let nowhere = Span { start: node.span.start, end: node.span.start };
    let mut put = |name: &str, value: Value<'static>| {
        let node = Node { value, span: nowhere, style: Style::None };
        fields.insert(Value::text(name), nowhere, node);
    };
    let Some(url) = node.value.as_str().and_then(go_url::parse) else {
        let message = "Go cannot parse this URI: the API is asked for a connection without a type, \
                       which it refuses (HTTP 422), and those below are not sent";
        return (fields, Some((message, node.span)));
    };
    put("conn_type", Value::text(url.scheme));
    put("host", Value::text(url.host));
    if let Some((login, password)) = url.user {
        put("login", Value::text(login));
        if let Some(password) = password {
            put("password", Value::text(password));
        }
    }
    if let Some(port) = url.port {
        put("port", Value::Int(port));
    }
    if !url.path.is_empty() {
        let schema = url.path.strip_prefix('/').unwrap_or(&url.path).to_string();
        put("schema", Value::text(schema));
    }
    let broken = url.extra.as_ref().is_some_and(|extra| loads(extra).is_err());
    if let Some(extra) = url.extra {
        put("extra", Value::text(extra));
    }
    let message = "the Astro CLI writes this query as what is not JSON, which the API refuses";
    (fields, broken.then_some((message, node.span)))
}

/// `conn_extra` as JSON in a string, in place of the mapping that it is.
fn as_text(tree: &Tree<'_>, given: &Dict<'static>) -> Option<Edit> {
    let member = given.member("conn_extra")?;
    let text = tree.base.as_str();
    let (key, mut value) = (member.key_span.range(), member.node.span.range());
    value.end = value.start + text.get(value.clone())?.trim_end().len();
    // Others may refer to its anchor.
    if text[value.clone()].starts_with(['&', '!']) {
        return None;
    }
    // The place of a mapping in braces ends before them: as many are taken in as were opened.
    let step = |c: char| i64::from(matches!(c, '{' | '[')) - i64::from(matches!(c, '}' | ']'));
    let mut open: i64 = text[value.clone()].chars().map(step).sum();
    let mut rest = text[value.end..].char_indices();
    while open > 0 {
        let (at, c) = rest.next()?;
        open += step(c);
        value.end += if open == 0 { at + c.len_utf8() } else { 0 };
    }
    // Only the colon stands between the key and a mapping that has no anchor or tag; a comment in
    // it would be lost.
    let between = text.get(key.end..value.start)?;
    let plain = between.trim_start().strip_prefix(':').is_some_and(|rest| rest.trim().is_empty());
    let json = dumps(&member.node.value).ok()?;
    (plain && !text[value.clone()].contains('#'))
        .then(|| tree.base.edit(key.end..value.end, &format!(": {}", scalar(&json))))
        .flatten()
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::from(if items.is_empty() {
        "airflow:\n  connections: []\n"
    } else {
        "airflow:\n  connections:\n"
    });
    for (i, item) in items.iter().enumerate() {
        let plain = Plain::of(item, i)?;
        if plain.conn_type.is_none_or(str::is_empty) {
            return Err(WriteError::at(i, NO_TYPE));
        }
        out.push_str(&format!("    - conn_id: {}\n", scalar(id_of(item, i)?)));
        let port = plain.port.map(|port| port.to_string());
        let fields = [
            ("conn_type", plain.conn_type.map(scalar)),
            ("conn_host", plain.host.map(scalar)),
            ("conn_schema", plain.schema.map(scalar)),
            ("conn_login", plain.login.map(scalar)),
            ("conn_password", plain.password.map(scalar)),
            ("conn_port", port),
            // As text: the keys of a mapping would become lower case.
            ("conn_extra", plain.extra.as_deref().map(scalar)),
        ];
        for (name, value) in fields {
            if let Some(value) = value.filter(|value| value != "''") {
                out.push_str(&format!("      {name}: {value}\n"));
            }
        }
    }
    Ok(out)
}
