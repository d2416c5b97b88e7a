//! AC110: a connection as JSON text in a file for import, where a text is always a URI.

use crate::airflow::compare::differences;
use crate::airflow::uri::{from_uri, write};
use crate::airflow::{Raw, json};
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety};
use crate::format::node_text;
use crate::model::Style;
use crate::source::Text;

pub static RULE: Rule = Rule {
    id: "AC110",
    name: "env-json-in-import-file",
    level: Level::Error,
    page: include_str!("ac110_env_json_in_import_file.md"),
    about: About::Text,
    checks: &[Check::Reader(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Raw::File { node, .. } = &case.entry.raw else { return };
    let Some(text) = node_text(&case.entry.base, node).filter(|_| case.is_json_in_file()) else {
        return;
    };
    let help = match node.style {
        Style::Line => {
            "write a URI; or rename the file to .json or .yaml and write the fields; or set \
             AIRFLOW_CONN_ variables, where JSON is read"
        }
        _ => "write the object itself, without quotes around it",
    };
    let message = "a text in this file is read as a URI, never as JSON: conn_type stays empty, \
                   and the text, password too, goes into \
                   schema, which is not masked in logs";
    findings.push(&RULE, "", text.span(), message).help(help).fix(fix(case, &text, node.style));
}

/// The URI that says the same, where there is one.
fn fix(case: &Case<'_>, text: &Text<'_>, style: Style) -> Option<Fix> {
    (style == Style::Line).then_some(())?;
    let runtime = case.runtime.of_files();
    let meant = json::from_json(&Text::untraced(text.as_str()), &runtime)
        .ok()
        .filter(|c| c.conn_type.truthy())?;
    let uri = write(&meant, &runtime).ok()?.uri;
    let read = from_uri(&Text::untraced(&uri), &runtime).ok()?;
    let edit = text
        .edit(0..text.as_str().len(), &uri)
        .filter(|_| differences(&meant, &read).is_empty())?;
    case.fix_as_it_stands(Safety::Safe, vec![Change::Text(vec![edit])])
}
