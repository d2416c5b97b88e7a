//! `airflow_settings.yaml` of the Astro CLI: a list of connections, which it adds with
//! `airflow connections add` when it starts Airflow.

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Raised, Raw, Refusal};
use crate::format::helpers::plain::{Plain, entry, integer_port, renamed};
use crate::format::helpers::tree::{self, Tree};
use crate::format::helpers::yaml_text::scalar;
use crate::format::limits::{FIELD_TYPE, Limits, NO_ID};
use crate::format::{
    Document, FileName, Format, Grade, Holds, Ids, Item, Likeness, Remark, Repair, Sample,
    WriteError, WriteOptions, id_of,
};
use crate::model::{Dict, Node, Value};
use crate::source::{Edit, Span, Text};

const NO_TYPE: &str = "it has no conn_type, without which the Astro CLI passes a connection over";

pub(super) static FORMAT: Format = Format {
    name: "astro-settings",
    summary: "airflow_settings.yaml of the Astro CLI",
    reader: "the Astro CLI, then `airflow connections add`",
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
        && sample.text.contains("conn_");
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
    let mut remarks: Vec<(Grade, Span, &str, &'static str, Option<Edit>)> = Vec::new();
    for (name, member) in given.named() {
        let known =
            matches!(name, "conn_id" | "conn_uri") || NAMES.iter().any(|(known, _)| *known == name);
        if !known {
            let help = "the keys are conn_id, conn_type, conn_host, conn_schema, conn_login, conn_password, conn_port, conn_uri and conn_extra";
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
    let uri = given.get("conn_uri").filter(|uri| uri.value.truthy());
    let mut fields = match uri {
        Some(uri) => {
            let others = given.named().find(|(name, member)| {
                NAMES.iter().any(|(known, _)| known == name) && member.node.value.truthy()
            });
            if let Some((_, member)) = others.filter(|(name, _)| *name != "conn_type") {
                let message = "`conn_uri` stands beside other fields: the command that the Astro CLI runs takes only one of them";
                remarks.push((
                    Grade::Warning,
                    member.key_span,
                    message,
                    "write the fields or the URI",
                    None,
                ));
            }
            let mut fields = Dict::default();
            fields.insert(Value::text("uri"), uri.span, uri.clone());
            fields
        }
        None => renamed(given, NAMES),
    };
    // The CLI leaves out what is empty: Airflow never sees it.
    let empty: Vec<String> = fields
        .named()
        .filter(|(_, member)| !member.node.value.truthy())
        .map(|(name, _)| name.to_string())
        .collect();
    fields
        .members
        .retain(|key| !key.0.as_str().is_some_and(|key| empty.iter().any(|name| name == key)));
    integer_port(&mut fields);
    if let Some(extra) = fields.get("extra").filter(|extra| matches!(extra.value, Value::Dict(_))) {
        let edit = as_text(tree, given);
        tree::walk(extra, &mut |inner| {
            let Value::Dict(inner) = &inner.value else { return };
            for (_, member) in
                inner.named().filter(|(name, _)| name.chars().any(char::is_uppercase))
            {
                let message = "the Astro CLI turns the keys of a mapping into lower case: Airflow gets an extra of another name";
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
        _ => None,
    };
    let node = Node { value: Value::dict(fields), span: node.span, style: node.style };
    let mut entry = entry(&tree.base, id, Raw::Stored, node);
    let conn_id = entry.conn_id.clone();
    if let Some((message, span)) = refused {
        remarks.push((Grade::Error, span, message, "give it one", None));
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
