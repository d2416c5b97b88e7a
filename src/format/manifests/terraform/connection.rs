//! Connections by their fields: the resource of the provider for Airflow, and the module that adds
//! one to Cloud Composer.

use super::KIND;
use super::resources::{Resource, Resources};
use crate::airflow::{Fault, FieldsFault, Raw};
use crate::format::Grade;
use crate::format::helpers::environment::{Environment, REFERENCE};
use crate::format::helpers::plain::{entry, integer_port, renamed};
use crate::format::helpers::tree;
use crate::model::{Node, Style, Value};
use crate::source::Span;

/// Arguments of the resource and fields. `_wo` is written to Airflow and kept in no state.
const ARGUMENTS: &[(&str, &str)] = &[
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

/// Write-only arguments, what each excludes, and what it needs.
const WRITE_ONLY: &[(&str, &str, &str)] = &[
    ("password_wo", "password", "password_wo_version"),
    ("extra_wo", "extra", "extra_wo_version"),
];

/// Variables of `terraform-google-modules/composer/google//modules/airflow_connection`, which hands
/// them to `connections add`.
const OF_MODULE: &[(&str, &str)] = &[
    ("type", "conn_type"),
    ("uri", "uri"),
    ("host", "host"),
    ("login", "login"),
    ("password", "password"),
    ("schema", "schema"),
    ("port", "port"),
    ("extra", "extra"),
];

/// What the source of that module ends with.
const MODULE: &str = "modules/airflow_connection";

pub(super) fn all<'a>(resources: &Resources<'_, 'a>, environment: &mut Environment<'a>) {
    for resource in resources.all.iter().filter(|resource| resource.kind == KIND) {
        one(resources, resource, ("connection_id", ARGUMENTS), environment);
        refused(resources, resource, environment);
    }
    for module in &resources.modules {
        if tree::get_str(module.body, "source").is_some_and(|source| source.ends_with(MODULE)) {
            one(resources, module, ("id", OF_MODULE), environment);
        }
    }
}

fn one<'a>(
    resources: &Resources<'_, 'a>,
    resource: &Resource<'_>,
    (id, names): (&str, &[(&str, &str)]),
    environment: &mut Environment<'a>,
) {
    let Some(body) = resource.body.value.as_dict() else { return };
    let base = &resources.tree.base;
    let mut fields = renamed(body, names);
    integer_port(&mut fields);
    let fields = Value::dict(fields);
    let node = Node { value: fields, span: resource.body.span, style: Style::None };
    let given = body.get(id).filter(|id| resources.tree.hole(id).is_none());
    environment.document.entries.push(entry(base, given, Raw::Stored, node));
    let mut holes = names.iter().filter_map(|(name, _)| resources.hole(body.get(name)?));
    let hole = body.get(id).and_then(|id| resources.hole(id)).or_else(|| holes.next());
    if let Some(hole) = hole {
        environment.template(REFERENCE, hole);
    }
}

/// What the provider refuses before anything is made. A port that is none is refused by others,
/// too.
fn refused(
    resources: &Resources<'_, '_>,
    resource: &Resource<'_>,
    environment: &mut Environment<'_>,
) {
    let Some(body) = resource.body.value.as_dict() else { return };
    let given = |name: &str| body.member(name).filter(|member| !member.node.value.is_null());
    let place = |span: Span| resources.tree.base.span_of(span.range());
    for (argument, other, version) in WRITE_ONLY {
        let (Some(member), place) = (given(argument), place) else { continue };
        let conflict = given(other).is_some();
        if conflict {
            let message = format!(
                "`{argument}` and `{other}` exclude each other: the provider refuses this resource \
                 (Invalid Attribute Combination)"
            );
            let help = "keep the one ending in `_wo` where the state must not hold the secret";
            report(place(member.key_span), message, help, environment);
        } else if given(version).is_none() {
            let message = format!(
                "`{argument}` needs `{version}`: the provider refuses this resource without it \
                 (Invalid Attribute Combination)"
            );
            let help = "add the version, and change it whenever the value changes";
            report(place(member.key_span), message, help, environment);
        }
    }
}

fn report(
    place: Option<Span>,
    message: String,
    help: &'static str,
    environment: &mut Environment<'_>,
) {
    environment.remark(Fault::Fields(FieldsFault::Conflict), Grade::Error, place, message, help);
}
