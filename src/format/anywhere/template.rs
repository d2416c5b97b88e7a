//! Templates that are YAML or JSON only once they are rendered: told as such, and not looked into.

use crate::airflow::Fault;
use crate::airflow::python::json_loads::loads;
use crate::airflow::runtime::Runtime;
use crate::airflow::yaml_load::load_all;
use crate::format::{Direction, Document, Evidence, Format, Grade, Ids, Likeness, Remark, Sample};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "template",
    summary: "templates of Helm, Jinja, Terraform or Jsonnet: told as such, not read",
    reader: "whoever renders it",
    direction: Direction::In,
    ids: Ids::None,
    evidence: Evidence::Words,
    sniff,
    read,
    ..Format::DEFAULT
};

/// Endings of files that are rendered.
const ENDINGS: &[&str] =
    &[".j2", ".jinja", ".jinja2", ".tpl", ".tftpl", ".gotmpl", ".jsonnet", ".libsonnet", ".erb"];

/// What opens and closes a piece that an engine replaces.
const MARKS: &[(&str, &str)] = &[("{{", "}}"), ("{%", "%}"), ("<%", "%>")];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let named = ENDINGS.iter().any(|ending| sample.path.ends_with(ending));
    let unreadable =
        || loads(sample.text).is_err() && load_all(&sample.text.replace('\t', " ")).1.is_some();
    let told = named || sample.may_be_yaml() && mark(sample.text).is_some() && unreadable();
    told.then_some(Likeness::Certain)
}

/// The first piece that stands in no quotes: in quotes it may be meant as it is.
fn mark(text: &str) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        for (open, close) in MARKS {
            let Some(start) = line.find(open) else { continue };
            let free = |quote: char| line[..start].matches(quote).count() % 2 == 0;
            if free('"') && free('\'') && !line.trim_start().starts_with('#') {
                let end = line[start..].find(close).map_or(start + 2, |n| start + n + 2);
                return Some(at + start..at + end);
            }
        }
        at += line.len();
    }
    None
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let place = mark(text.as_str()).unwrap_or(0..0);
    let remark = Remark {
        fault: Fault::Template,
        grade: Grade::Info,
        conn_id: None,
        span: text.span_of(place),
        message: "a template, which is no file of connections before it is rendered: airconn does \
                  not look into it"
            .to_string(),
        help: "render it first: helm template … | airconn check -",
        repair: None,
    };
    Document { remarks: vec![remark], ..Document::default() }
}
