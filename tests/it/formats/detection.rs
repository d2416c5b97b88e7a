//! Every form in which people keep connections, as its authoritative reader documents it: told by
//! name, told by content, read, and a mistake in it found at its place. The forms stand in
//! `fixtures/forms/read.txt`.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::check;
use airconn::check::rules::of_fault;
use airconn::format::{FORMATS, Format, Item, ValueForm, WriteOptions, by_name, guess};
use airconn::model::{Connection, Secret, Value};
use airconn::source::{Source, Text};

use super::common;

/// A form, as the file of forms has it.
#[derive(Default)]
struct Form {
    name: String,
    files: Vec<String>,
    by_content: bool,
    forced: Option<String>,
    format: String,
    reads: Vec<String>,
    text: String,
}

fn forms() -> Vec<Form> {
    let all = common::fixture_text("forms/read.txt");
    let forms = all.split("\n### ").skip(1).map(|section| {
        let (head, text) = section.split_once("\n----\n").expect("a line ---- ahead of the text");
        let mut lines = head.lines();
        let mut form = Form {
            name: lines.next().unwrap_or_default().to_string(),
            text: text.to_string(),
            ..Form::default()
        };
        for line in lines {
            let (key, value) = line.split_once(": ").expect("a key and a value");
            match key {
                "file" => form.files = value.split(' ').map(String::from).collect(),
                "content" => form.by_content = value == "yes",
                "forced" => form.forced = Some(value.to_string()),
                "format" => form.format = value.to_string(),
                "reads" => form.reads.push(value.to_string()),
                "refused" => form.reads.push(format!("{value} refused")),
                _ => panic!("{key} of {}", form.name),
            }
        }
        form
    });
    forms.collect()
}

/// A connection on one line: what it has of TYPE://LOGIN:PASSWORD@HOST:PORT/SCHEMA EXTRA.
fn line_of(connection: &Connection) -> String {
    let text = |name: &str| match connection.field(name).expect("a field") {
        Value::Null => None,
        Value::Int(number) => Some(number.to_string()),
        other => other.as_str().filter(|text| !text.is_empty()).map(String::from),
    };
    let part = |before: &str, name: &str| {
        text(name).map_or(String::new(), |text| format!("{before}{text}"))
    };
    let user = format!("{}{}", part("", "login"), part(":", "password"));
    let at = if user.is_empty() { "" } else { "@" };
    let (kind, host, port, schema) =
        (part("", "conn_type"), part("", "host"), part(":", "port"), part("/", "schema"));
    let extra = part(" ", "extra");
    format!("{kind}://{user}{at}{host}{port}{schema}{}", if extra == " {}" { "" } else { &extra })
}

fn read(text: &str, format: &Format, runtime: &Runtime) -> Vec<String> {
    let source = Text::untraced(text);
    let document = (format.read)(&source, runtime);
    let problems = document
        .problems
        .iter()
        .map(|problem| format!("problem: {} {}", of_fault(problem.fault).id, problem.message));
    let entries = document.entries.iter().map(|entry| {
        let id = entry.conn_id.as_deref().unwrap_or("-");
        match entry.parse(runtime) {
            Ok(connection) => format!("{id} {}", line_of(&connection)),
            Err(raised) => format!("{id} {} refused", of_fault(raised.fault).id),
        }
    });
    problems.chain(entries).collect()
}

#[test]
fn each_form_is_told_and_read() {
    let runtime = Runtime::newest(Side::Server);
    let mut failures = Vec::new();
    for form in forms() {
        let text = form.text.replace(['«', '»'], "");
        let files = form.files.iter().map(|file| (file.as_str(), false));
        for (name, piped) in files.chain(form.by_content.then_some(("<stdin>", true))) {
            let told = guess(name, &text, piped).map_or("nothing", |guess| guess.format.name);
            if told != form.format {
                failures.push(format!("{}: as {name} it is told to be {told}", form.name));
            }
        }
        let format = by_name(form.forced.as_deref().unwrap_or(&form.format)).expect("a format");
        let skip = guess("<stdin>", &text, form.by_content).map_or(0, |guess| guess.skip);
        let (got, mut want) = (read(&text[skip..], format, &runtime), form.reads);
        want.sort();
        let mut sorted = got;
        sorted.sort();
        if sorted != want {
            failures.push(format!(
                "{}: read as\n    {}\n  and should be\n    {}",
                form.name,
                sorted.join("\n    "),
                want.join("\n    ")
            ));
        }
    }
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures.join("\n"));
}

/// The password is put behind a mask: the finding points at it and at nothing more than its quotes.
#[test]
fn a_mistake_in_each_form_is_found_at_its_place() {
    let runtimes = [Runtime::newest(Side::Server)];
    let (mut failures, mut looked_at) = (Vec::new(), 0);
    for form in forms().into_iter().filter(|form| form.text.contains('«')) {
        let (start, end) = (form.text.find('«').expect("«"), form.text.find('»').expect("»"));
        let text = format!("{}***{}", &form.text[..start], &form.text[end + '»'.len_utf8()..]);
        let format = by_name(form.forced.as_deref().unwrap_or(&form.format)).expect("a format");
        let skip = guess("<stdin>", &text, form.by_content).map_or(0, |guess| guess.skip);
        let found = check(&Source::new("x", text.as_str()), skip, format, &runtimes).findings;
        let places: Vec<_> = found
            .iter()
            .filter(|f| f.rule == "AC108")
            .filter_map(|f| f.span)
            .map(|span| span.range())
            .collect();
        let exact = |place: &std::ops::Range<usize>| {
            text[place.clone()].trim_matches(['"', '\'', '\\']) == "***"
                && place.start <= start
                && place.end >= start + 3
        };
        if places.len() != 1 || !places.iter().all(exact) {
            failures.push(format!("{}: {places:?} and not {start}", form.name));
        }
        looked_at += 1;
    }
    assert!(failures.is_empty() && looked_at > 40, "{looked_at}\n{}", failures.join("\n"));
}

/// No format that is read is missing in the file of forms.
#[test]
fn every_format_that_is_read_is_there() {
    let known: Vec<String> =
        forms().into_iter().map(|form| form.forced.unwrap_or(form.format)).collect();
    for format in
        FORMATS.iter().filter(|format| format.is_read() && format.name != "kubernetes-data")
    {
        assert!(known.iter().any(|name| name == format.name), "no form of {}", format.name);
    }
}

/// What airconn writes is told again by its content, as what it is or as the form that it cannot be
/// told from.
#[test]
fn what_is_written_is_told_again() {
    const ALIKE: &[(&str, &str)] = &[
        ("dotenv", "env"),
        ("shell-env", "env"),
        ("docker-env", "env"),
        ("systemd-env", "env"),
        ("kubernetes-data", "kubernetes"),
        ("airflowctl", "export-json"),
    ];
    const CLIENTS: &[&str] = &["sqlalchemy", "jdbc", "libpq", "redshift-connector", "dbt"];
    let runtime = Runtime::newest(Side::Server);
    let connection = |schema: &str| Connection {
        conn_type: Value::text("redshift"),
        host: Value::text("dwh.example.com"),
        login: Value::text("etl"),
        schema: Value::text(schema),
        extra: Secret::new(Value::text("{\"timeout\": 30}")),
        ..Connection::default()
    };
    let item =
        |id: &str| Item { conn_id: Some(id.to_string()), connection: connection(id), value: None };
    let (one, two) = ([item("dwh")], [item("dwh"), item("lake")]);
    // What other clients are given is told by nobody: it is read where it is named.
    let named = |format: &Format| CLIENTS.contains(&format.name);
    for format in
        FORMATS.iter().filter(|format| format.is_read() && format.is_written() && !named(format))
    {
        for (value, items) in [ValueForm::Uri, ValueForm::Json]
            .into_iter()
            .flat_map(|value| [(value, &one[..]), (value, &two[..])])
        {
            let Ok(text) = (format.write)(items, &WriteOptions::new(&runtime, value)) else {
                continue;
            };
            let told = guess("<stdin>", &text, true)
                .unwrap_or_else(|| panic!("{} is not told: {text}", format.name));
            let want = ALIKE
                .iter()
                .find(|(name, _)| *name == format.name)
                .map_or(format.name, |(_, alike)| alike);
            assert_eq!((told.format.name, told.skip), (want, 0), "{text}");
            assert_eq!(read(&text, told.format, &runtime).len(), items.len(), "{text}");
        }
    }
}
