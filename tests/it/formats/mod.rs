//! Every format gives back what was written into it; what it cannot hold is listed; forms and
//! samples are told and read.

use crate::common;

mod clients;
mod detection;
mod dockerfile;
mod generated;
mod limits;
mod samples;

use std::collections::{BTreeMap, BTreeSet};

use airconn::airflow::runtime::{Runtime, Side};
use airconn::format::{FORMATS, Format, Holds, Item, ValueForm, WriteError, WriteOptions};
use airconn::model::{Connection, FIELDS, Value};
use airconn::source::Text;

const FORMS: [ValueForm; 2] = [ValueForm::Uri, ValueForm::Json];

fn runtimes() -> [Runtime; 2] {
    [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)]
}

fn read(
    text: &str,
    format: &Format,
    runtime: &Runtime,
) -> Vec<(Option<String>, Result<Connection, String>)> {
    let source = Text::untraced(text);
    let document = (format.read)(&source, runtime);
    assert!(document.problems.is_empty(), "{}: {}", format.name, document.problems[0].message);
    let parsed = document
        .entries
        .iter()
        .map(|e| (e.conn_id.clone(), e.parse(runtime).map_err(|raised| raised.message)));
    parsed.collect()
}

/// The connections of the fixture, as this runtime has them.
fn connections(runtime: &Runtime) -> Vec<Item> {
    let text = common::fixture_text("valid/connections.jsonl");
    let jsonl = FORMATS.iter().find(|f| f.name == "jsonl").expect("a format");
    let all = read(&text, jsonl, runtime).into_iter();
    all.map(|(conn_id, connection)| Item {
        conn_id,
        connection: connection.expect("sound"),
        value: None,
    })
    .collect()
}

fn differing(a: &Connection, b: &Connection) -> Vec<&'static str> {
    let dict = |v: &Value<'_>| {
        v.as_str().and_then(|t| {
            airconn::airflow::python::json_loads::loads(t).ok().map(|n| n.value.into_owned())
        })
    };
    let empty = |v: &Value<'_>| v.is_null() || v.as_str() == Some("");
    let differs = |name: &&&str| {
        let (x, y) = (a.field(name).expect("a field"), b.field(name).expect("a field"));
        x != y
            && !(empty(x) && empty(y))
            && !(**name == "extra" && dict(x).is_some() && dict(x) == dict(y))
    };
    FIELDS.iter().filter(differs).copied().collect()
}

/// What a connection as one text gives back in the form, which no wrapper can better.
fn through_text(
    item: &Item,
    form: ValueForm,
    format: &Format,
    runtime: &Runtime,
) -> Option<Connection> {
    let runtime = &*format.reader_for(runtime);
    let name = if form == ValueForm::Uri { "uri" } else { "json" };
    let format = FORMATS.iter().find(|f| f.name == name).expect("a format");
    let one = [Item { conn_id: None, connection: item.connection.clone(), value: None }];
    let text = (format.write)(&one, &WriteOptions::new(runtime, form)).ok()?;
    read(text.trim_end_matches('\n'), format, runtime).pop()?.1.ok()
}

/// Formats in which `{{ … }}` is a template, though it may be meant as it stands: nothing is
/// compared then.
const TEMPLATES: &[&str] = &["kubernetes", "helm", "airflow-commands"];

/// How a comparison went.
#[derive(Default)]
struct Tally {
    compared: usize,
    refused: BTreeMap<&'static str, usize>,
    failures: Vec<String>,
    /// A URI is compared with the connection, not with what Airflow makes of the URI: with hosts
    /// that hold anything nothing is sure.
    texts: bool,
    /// What was seen of what formats are said not to hold.
    limits: BTreeSet<(&'static str, &'static str)>,
}

impl Tally {
    /// A refusal: the page of formats must list its reason.
    fn refused(&mut self, format: &Format, error: &WriteError) {
        match format.limits.reason(&error.message) {
            Some(reason) => drop(self.limits.insert((format.name, reason))),
            None => self
                .failures
                .push(format!("{}: not among what it refuses: {}", format.name, error.message)),
        }
        *self.refused.entry(format.name).or_default() += 1;
    }

    /// A field that does not come back: the page must list it.
    fn lost(&mut self, format: &Format, field: &'static str, what: &dyn Fn() -> String) {
        match format.limits.loses.contains(&field) {
            true => drop(self.limits.insert((format.name, field))),
            false => self.failures.push(format!(
                "{}: {field} does not come back\n{}",
                format.name,
                what()
            )),
        }
    }
}

/// Writes a connection in every format that is read, too, and compares what comes back.
fn compare(item: &Item, runtime: &Runtime, tally: &mut Tally) {
    for format in FORMATS.iter().filter(|f| f.is_read() && f.is_written()) {
        for value in FORMS {
            let form = format.form(value);
            if form.is_none() && value == ValueForm::Json || form.is_some_and(|form| form != value)
            {
                continue;
            }
            let want = match form {
                Some(form) => match through_text(item, form, format, runtime) {
                    Some(want) => want,
                    None => continue,
                },
                None => item.connection.clone(),
            };
            let id = item.conn_id.clone();
            let one =
                [Item { conn_id: id.clone(), connection: item.connection.clone(), value: None }];
            let name = format!("{} {value:?} {} {id:?}", format.name, runtime.name());
            let text = match (format.write)(&one, &WriteOptions::new(runtime, value)) {
                Ok(text) => text,
                Err(error) => {
                    tally.refused(format, &error);
                    continue;
                }
            };
            if TEMPLATES.contains(&format.name) && text.contains("{{") && text.contains("}}") {
                continue;
            }
            match read(&text, format, runtime).pop() {
                Some((read_id, Ok(connection))) => {
                    // What a URI or JSON holds of a connection is seen at these formats alone.
                    let want = if matches!(format.holds, Holds::Text(_)) && tally.texts {
                        &item.connection
                    } else {
                        &want
                    };
                    // No JSON of Airflow tells an extra without members from none.
                    let no_extra = item.connection.extra.expose().as_str() == Some("{}")
                        && want.extra.expose() == item.connection.extra.expose();
                    for field in differing(want, &connection)
                        .into_iter()
                        .filter(|field| !(no_extra && *field == "extra"))
                    {
                        tally.lost(format, field, &|| format!("{name}\n{text}"));
                    }
                    // Variables are in upper case; Key Vault has no `_`.
                    let dashed = format.name == "azure-secrets";
                    let lower = id
                        .as_ref()
                        .map(|id| if dashed { id.replace('_', "-") } else { id.to_lowercase() });
                    if !(read_id.is_none() || read_id == id || read_id == lower) {
                        tally.failures.push(format!("{name}: the id comes back as {read_id:?}"));
                    }
                    if read_id != id {
                        tally.lost(format, "id", &|| format!("{name}\n{text}"));
                    }
                    tally.compared += 1;
                }
                other => tally
                    .failures
                    .push(format!("{name}: {:?}\n{text}", other.map(|o| o.1.map(|_| ())))),
            }
        }
    }
}

#[test]
fn what_is_written_is_read_back() {
    let mut tally = Tally { texts: true, ..Tally::default() };
    for runtime in runtimes() {
        connections(&runtime).iter().for_each(|item| compare(item, &runtime, &mut tally));
    }
    let Tally { compared, refused, failures, .. } = tally;
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures[..failures.len().min(12)].join("\n")
    );
    assert!(compared > 1_500, "only {compared} comparisons");
    // Only one id of the fixture is not a name of a variable, and only few hold what a format cannot.
    // What other clients are given holds connections of two types.
    let of_types = |name: &str| {
        FORMATS.iter().any(|f| {
            f.name == name
                && f.limits
                    .refuses
                    .contains(&"this format is for connections of the types redshift and postgres")
        })
    };
    for (format, count) in refused.into_iter().filter(|(name, _)| !of_types(name)) {
        assert!(count <= 16, "{format} refuses {count}");
    }
}

/// What comes back from one connection in a format, if it takes it.
fn through(
    item: &Item,
    format: &Format,
    value: ValueForm,
    runtime: &Runtime,
) -> Option<Connection> {
    let one =
        [Item { conn_id: item.conn_id.clone(), connection: item.connection.clone(), value: None }];
    let text = (format.write)(&one, &WriteOptions::new(runtime, value)).ok()?;
    if TEMPLATES.contains(&format.name) && text.contains("{{") {
        return None;
    }
    read(&text, format, runtime).pop()?.1.ok()
}

/// From one format into another and back is what the other alone gives.
#[test]
fn every_pair_of_formats_gives_the_same() {
    let runtime = Runtime::newest(Side::Server);
    let ways: Vec<(&Format, ValueForm)> = FORMATS
        .iter()
        .filter(|f| f.is_read() && f.is_written())
        .flat_map(|f| {
            FORMS
                .into_iter()
                .filter(|v| f.form(*v).map_or(*v == ValueForm::Uri, |form| form == *v))
                .map(move |v| (*f, v))
        })
        .collect();
    let (mut compared, mut failures) = (0, Vec::new());
    for item in connections(&runtime) {
        let alone: Vec<_> =
            ways.iter().map(|(format, value)| through(&item, format, *value, &runtime)).collect();
        for ((first, value), held) in ways.iter().zip(&alone) {
            let Some(held) = held else { continue };
            // What the first does not hold cannot come out of the second.
            let lost = differing(&item.connection, held);
            let between =
                Item { conn_id: item.conn_id.clone(), connection: held.clone(), value: None };
            for ((second, form), want) in ways.iter().zip(&alone) {
                let (Some(want), Some(got)) = (want, through(&between, second, *form, &runtime))
                else {
                    continue;
                };
                let wrong: Vec<_> = differing(want, &got)
                    .into_iter()
                    .filter(|field| !lost.contains(field))
                    .collect();
                if !wrong.is_empty() {
                    failures.push(format!(
                        "{:?} {} {value:?} to {} {form:?}: {wrong:?}",
                        item.conn_id, first.name, second.name
                    ));
                }
                compared += 1;
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {compared}\n{}",
        failures.len(),
        failures[..failures.len().min(12)].join("\n")
    );
    assert!(compared > 50_000, "only {compared}");
}
