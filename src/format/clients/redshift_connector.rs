//! Arguments of `redshift_connector.connect`, as JSON under the ids: what Airflow's hook gives the
//! driver.

use crate::airflow::python::json_dumps::dumps;
use crate::airflow::runtime::Runtime;
use crate::format::helpers::arguments::Arguments;
use crate::format::helpers::plain::{json_object, json_string};
use crate::format::helpers::taken::{Taken, refuse};
use crate::format::helpers::tree::Tree;
use crate::format::limits::{FAILS, Limits, NO_ID, OTHER_TYPE, TEMPORARY};
use crate::format::{Document, Format, Holds, Item, WriteError, WriteOptions, id_of};
use crate::model::{Dict, Node, Value};
use crate::source::{Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "redshift-connector",
    summary: "arguments of redshift_connector.connect for redshift connections, as JSON under \
              their ids",
    reader: "redshift_connector.connect(**arguments)",
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits {
        refuses: &[NO_ID, NOT_REDSHIFT, OTHER_TYPE, FAILS, TEMPORARY],
        loses: &["description", "extra"],
    },
    ..Format::DEFAULT
};

const NOT_REDSHIFT: &str = "this format is for connections of the type redshift";

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let tree = Tree::new(text);
    let mut document = Document::default();
    for top in &tree.documents {
        let Value::Dict(given) = &top.value else {
            let place = tree.base.span_of(top.span.range());
            refuse(&mut document, place, "arguments are a JSON object, or stand under ids in one");
            continue;
        };
        let is_dict = |node: &Node<'_>| matches!(node.value, Value::Dict(_));
        if !given.members.is_empty() && given.members.values().all(|m| is_dict(&m.node)) {
            for (id, member) in given.named() {
                let place = tree.base.span_of(member.key_span.range());
                let Value::Dict(arguments) = &member.node.value else { continue };
                let taken = taken(arguments, member.node.span);
                document.entries.push(taken.entry(Some((id.to_string(), place)), &tree.base));
            }
        } else {
            document.entries.push(taken(given, top.span).entry(None, &tree.base));
        }
    }
    document.problems.extend(tree.problem);
    document
}

/// The connection whose driver gets these arguments.
fn taken(arguments: &Dict<'static>, place: Span) -> Taken {
    let mut taken = Taken::new("redshift", place);
    for (name, member) in arguments.named() {
        taken.argument(name, member.node.value.clone());
    }
    taken
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut all = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let id = id_of(item, index)?;
        let arguments = Arguments::of(items, index, options)?;
        if !arguments.redshift {
            return Err(WriteError::at(index, NOT_REDSHIFT));
        }
        let mut members = Vec::new();
        for (name, value) in arguments.all() {
            members.push((name.as_str(), Some(dumps(value).map_err(|_| arguments.cannot(name))?)));
        }
        all.push(format!("  {}: {}", json_string(id), json_object(&members)));
    }
    Ok(format!("{{\n{}\n}}\n", all.join(",\n")))
}
