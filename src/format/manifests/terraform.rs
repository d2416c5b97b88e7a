//! Terraform: `airflow_connection` resources of the provider for Airflow's REST API. Literals and
//! `jsonencode` are read; what refers to something else is reported as a template.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Body};

use std::sync::Arc;

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised, Raw, Refusal};
use crate::format::helpers::environment::Environment;
use crate::format::helpers::plain::{Plain, entry};
use crate::format::helpers::terraform_text::{blocks, literal};
use crate::format::limits::{FIELD_TYPE, Limits, NO_ID};
use crate::format::{
    Document, FileName, Format, Grows, Holds, Ids, Item, Likeness, Sample, WriteError,
    WriteOptions, id_of,
};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Span, Text};

const NO_TYPE: &str = "it has no conn_type, which the provider demands";

pub(super) static FORMAT: Format = Format {
    name: "terraform",
    summary: "airflow_connection resources of Terraform",
    reader: "Terraform's provider for Airflow, then the REST API",
    names: &[FileName::sure("*.tf"), FileName::searched("*.tfvars")],
    ids: Ids::Airflow,
    sniff,
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits { refuses: &[FIELD_TYPE, NO_ID, NO_TYPE], loses: &[] },
    grows: Grows::Named(grow),
    ..Format::DEFAULT
};

const KIND: &str = "airflow_connection";

/// Arguments and fields. `_wo` is written to Airflow and kept in no state.
const NAMES: &[(&str, &str)] = &[
    ("conn_type", "conn_type"),
    ("description", "description"),
    ("host", "host"),
    ("login", "login"),
    ("password", "password"),
    ("password_wo", "password"),
    ("schema", "schema"),
    ("port", "port"),
    ("extra", "extra"),
    ("extra_wo", "extra"),
];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let written = sample.text.contains("resource \"airflow_connection\"");
    (written && !sample.is_named_file()).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let base = Arc::new(text.clone());
    let mut environment = Environment::default();
    for (range, fits) in blocks(text.as_str(), KIND) {
        let head = text.span_of(range.start..range.start + "resource".len());
        let body = fits.then(|| text.as_str()[range.clone()].parse::<Body>());
        match body {
            Some(Ok(body)) => {
                for block in body.blocks() {
                    resource(&base, range.clone(), &block.body, &mut environment);
                }
            }
            Some(Err(error)) => {
                let line = error.location().line();
                let start = text.as_str()[range.clone()]
                    .split_inclusive('\n')
                    .take(line.saturating_sub(1))
                    .map(str::len)
                    .sum::<usize>();
                let at = range.start + start;
                let end = text.as_str()[at..].find('\n').map_or(text.as_str().len(), |n| at + n);
                environment.document.problems.push(
                    Raised::new(
                        Refusal::Unparsable,
                        Fault::Syntax(Language::Hcl),
                        "this is not HCL",
                    )
                    .at(text.span_of(at..end)),
                );
            }
            None => environment.document.problems.push(
                Raised::new(
                    Refusal::Unparsable,
                    Fault::Syntax(Language::Hcl),
                    "nested too deeply, or a resource of more than 1 MiB",
                )
                .at(head),
            ),
        }
    }
    environment.document
}

/// Reads expressions; places count in the whole text.
struct Reader {
    offset: usize,
    /// The first expression that is no literal.
    reference: Option<Span>,
}

fn resource<'a>(
    base: &Arc<Text<'a>>,
    range: std::ops::Range<usize>,
    body: &Body,
    environment: &mut Environment<'a>,
) {
    let mut reader = Reader { offset: range.start, reference: None };
    let mut fields = Dict::default();
    let mut id = None;
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        if name == "connection_id" {
            id = Some(reader.node(&attribute.value));
        }
        if let Some((_, field)) = NAMES.iter().find(|(written, _)| *written == name) {
            let node = reader.node(&attribute.value);
            fields.insert(Value::text(*field), reader.key(attribute), node);
        }
    }
    let node = Node { value: Value::dict(fields), span: Span::new(range), style: Style::None };
    environment.document.entries.push(entry(base, id.as_ref(), Raw::Stored, node));
    if let Some(place) = reader.reference {
        environment.template("a reference, which Terraform fills in,", base.span_of(place.range()));
    }
}

impl Reader {
    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        range.map_or(Span::default(), |range| {
            Span::new(range.start + self.offset..range.end + self.offset)
        })
    }

    fn key(&self, attribute: &Attribute) -> Span {
        self.span(attribute.key.span())
    }

    fn node(&mut self, expression: &Expression) -> Node<'static> {
        let span = self.span(expression.span());
        let mut style = Style::None;
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(value) => Value::Bool(**value),
            Expression::Number(number) => match number.as_i64() {
                Some(number) => Value::Int(number),
                None => Value::Float(number.as_f64().unwrap_or_default()),
            },
            Expression::String(text) => {
                // Escapes are those of JSON, but for a doubled sign in front of a brace and for
                // long escapes.
                let plain = !["${", "%{"].iter().any(|braces| text.contains(braces));
                style = if plain { Style::Json } else { Style::Plain };
                Value::text(text.as_str())
            }
            Expression::HeredocTemplate(heredoc)
                if heredoc.template.iter().all(|element| element.is_literal()) =>
            {
                style = Style::Heredoc;
                let text: String = heredoc
                    .template
                    .iter()
                    .filter_map(|element| element.as_literal())
                    .map(|literal| literal.as_str())
                    .collect();
                Value::text(text)
            }
            Expression::FuncCall(call)
                if call.name.name.as_str() == "jsonencode" && call.name.namespace.is_empty() =>
            {
                let mut arguments = call.args.iter();
                match (arguments.next(), arguments.next()) {
                    (Some(argument), None) => return self.node(argument),
                    _ => self.refer(span),
                }
            }
            Expression::Parenthesis(inner) => return self.node(inner.inner()),
            Expression::Array(items) => {
                Value::List(items.iter().map(|item| self.node(item)).collect())
            }
            Expression::Object(object) => {
                let mut dict = Dict::default();
                for (key, value) in object.iter() {
                    let (name, place) = match key {
                        ObjectKey::Ident(name) => (name.as_str().to_string(), name.span()),
                        ObjectKey::Expression(Expression::String(name)) => {
                            (name.as_str().to_string(), name.span())
                        }
                        ObjectKey::Expression(other) => {
                            self.refer(span);
                            (String::new(), other.span())
                        }
                    };
                    let place = self.span(place);
                    let node = self.node(value.expr());
                    dict.insert(Value::text(name), place, node);
                }
                Value::dict(dict)
            }
            _ => self.refer(span),
        };
        Node { value, span, style }
    }

    fn refer(&mut self, span: Span) -> Value<'static> {
        self.reference.get_or_insert(span);
        Value::Null
    }
}

/// Resources behind all others, set apart by an empty line. No two of a kind may have one name.
fn grow(text: &str, items: &[Item], options: &WriteOptions<'_>) -> Option<String> {
    let written = write(items, options).ok()?;
    let mut out = String::new();
    for line in written.lines() {
        if line.starts_with("resource ") {
            let name = line.split('"').nth(3)?;
            let (kind, name) = (format!("\"{KIND}\""), format!("\"{name}\""));
            if text
                .match_indices(&kind)
                .any(|(at, _)| text[at + kind.len()..].trim_start().starts_with(&name))
            {
                return None;
            }
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    Some(out)
}

fn write(items: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    let mut names = std::collections::HashSet::new();
    for (i, item) in items.iter().enumerate() {
        let plain = Plain::of(item, i)?;
        let id = id_of(item, i)?;
        let Some(conn_type) = plain.conn_type else {
            return Err(WriteError::at(i, NO_TYPE));
        };
        let mut name: String = id
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
            .collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert(0, '_');
        }
        while !names.insert(name.clone()) {
            name.push('_');
        }
        let members = [
            ("connection_id", Some(literal(id))),
            ("conn_type", Some(literal(conn_type))),
            ("description", plain.description.map(literal)),
            ("host", plain.host.map(literal)),
            ("login", plain.login.map(literal)),
            ("password", plain.password.map(literal)),
            ("schema", plain.schema.map(literal)),
            ("port", plain.port.map(|port| port.to_string())),
            ("extra", plain.extra.as_deref().filter(|extra| !extra.is_empty()).map(literal)),
        ];
        out.push_str(&format!("resource \"{KIND}\" \"{name}\" {{\n"));
        for (name, value) in members {
            if let Some(value) = value {
                out.push_str(&format!("  {name:<13} = {value}\n"));
            }
        }
        out.push_str("}\n");
    }
    Ok(out)
}
