//! Edits in every form, by table: what stands there before and after.

use crate::airflow::runtime::{Runtime, Side};
use crate::check::{Case, Providers};
use crate::format::by_name;
use crate::model::{Node, Value};
use crate::source::{Source, applied};

enum Op {
    Set(&'static str, Value<'static>),
    Remove(&'static str),
    Rename(&'static str, &'static str),
}
use Op::{Remove, Rename, Set};

fn text(text: &str) -> Value<'static> {
    Value::text(text)
}

fn list(items: &[&str]) -> Value<'static> {
    Value::List(items.iter().map(|item| Node::bare(Value::text(*item))).collect())
}

fn edited(format: &str, before: &str, op: &Op) -> Option<String> {
    let format = by_name(format).expect("a format");
    let source = Source::new("x", before);
    let runtime = Runtime::newest(Side::Worker);
    let document = (format.read)(&source.traced(), &runtime);
    let providers = Providers::default();
    let case = Case::new(&document.entries[0], &runtime, &[], format, &providers);
    let edits = match op {
        Set(pointer, value) => case.set(pointer, value),
        Remove(pointer) => case.remove(pointer),
        Rename(pointer, to) => case.rename(pointer, to),
    }?;
    applied(before, &edits)
}

#[test]
fn each_form_keeps_its_ways() {
    let yes = || Value::Bool(true);
    let rows: Vec<(&str, &str, Op, Option<&str>)> = vec![
        // JSON, objects and texts.
        (
            "json",
            r#"{"conn_type": "x", "extra": {"iam": "no"}}"#,
            Set("/extra/iam", yes()),
            Some(r#"{"conn_type": "x", "extra": {"iam": true}}"#),
        ),
        (
            "json",
            r#"{"conn_type": "x", "extra": "{\"iam\": \"no\"}"}"#,
            Set("/extra/iam", yes()),
            Some(r#"{"conn_type": "x", "extra": "{\"iam\": true}"}"#),
        ),
        (
            "json",
            r#"{"conn_type":"x","extra":{"a":"\u00e9"}}"#,
            Set("/extra/a", text("q\"é")),
            Some(r#"{"conn_type":"x","extra":{"a":"q\"\u00e9"}}"#),
        ),
        (
            "json",
            r#"{"conn_type": "x", "extra": {"a": 1, "b": 2, "c": 3}}"#,
            Remove("/extra/b"),
            Some(r#"{"conn_type": "x", "extra": {"a": 1, "c": 3}}"#),
        ),
        (
            "json",
            r#"{"conn_type": "x", "extra": {"a": 1, "b": 2}}"#,
            Remove("/extra/b"),
            Some(r#"{"conn_type": "x", "extra": {"a": 1}}"#),
        ),
        (
            "json",
            r#"{"conn_type": "x", "extra": {"a": 1}}"#,
            Remove("/extra/a"),
            Some(r#"{"conn_type": "x", "extra": {}}"#),
        ),
        (
            "json",
            r#"{"conn_type": "x", "extra": "{\"a-b\": 1}"}"#,
            Rename("/extra/a-b", "a_b"),
            Some(r#"{"conn_type": "x", "extra": "{\"a_b\": 1}"}"#),
        ),
        ("json", r#"{"conn_type": "x", "extra": {"a": 1, "b": 2}}"#, Rename("/extra/a", "b"), None),
        ("json", r#"{"a": 1, "extra": {"a": 1, "a": 2}}"#, Remove("/extra/a"), None),
        (
            "json",
            r#"{"conn_type": "x"}"#,
            Set("/login", text("u")),
            Some(r#"{"conn_type": "x", "login": "u"}"#),
        ),
        (
            "json",
            r#"{"conn_type": "x"}"#,
            Set("/extra/a/b", text("u")),
            Some(r#"{"conn_type": "x", "extra": {"a": {"b": "u"}}}"#),
        ),
        (
            "json",
            "{\n  \"a\": 1,\n  \"b\": null\n}",
            Set("/login", text("u")),
            Some("{\n  \"a\": 1,\n  \"b\": null,\n  \"login\": \"u\"\n}"),
        ),
        (
            "json",
            "{\n  \"a\": 1,\n  \"b\": null\n}",
            Set("/b", text("u")),
            Some("{\n  \"a\": 1,\n  \"b\": \"u\"\n}"),
        ),
        (
            "json",
            r#"{"extra": {"k": {"a": 1}}}"#,
            Set("/extra/k/b", yes()),
            Some(r#"{"extra": {"k": {"a": 1, "b": true}}}"#),
        ),
        // The file of connections.
        (
            "export-json",
            r#"{"c": {"extra": null}}"#,
            Set("/extra/a", yes()),
            Some(r#"{"c": {"extra": "{\"a\": true}"}}"#),
        ),
        (
            "export-json",
            r#"{"c": "x://h/?a=b"}"#,
            Set("/extra/a", text("c d")),
            Some(r#"{"c": "x://h/?a=c%20d"}"#),
        ),
        (
            "export-json",
            r#"{"c": {"extra": "{\"a\": \"{\\\"b\\\": 1}\"}"}}"#,
            Set("/extra/a", text("{\"b\": 2}")),
            Some(r#"{"c": {"extra": "{\"a\": \"{\\\"b\\\": 2}\"}"}}"#),
        ),
        // URIs.
        ("uri", "x://h/d?iam=false&b=c", Remove("/extra/iam"), Some("x://h/d?b=c")),
        ("uri", "x://h/d?b=c&iam=false", Remove("/extra/iam"), Some("x://h/d?b=c")),
        ("uri", "x://h/d?iam=false", Remove("/extra/iam"), Some("x://h/d?")),
        ("uri", "x://h/d?a=1&a=2", Remove("/extra/a"), None),
        ("uri", "x://h/d?a-b=1", Rename("/extra/a-b", "a_b"), Some("x://h/d?a_b=1")),
        (
            "uri",
            "x://h/d?a=etl&b=c",
            Set("/extra/a", list(&["etl"])),
            Some("x://h/d?__extra__=%7B%22a%22%3A+%5B%22etl%22%5D%2C+%22b%22%3A+%22c%22%7D"),
        ),
        (
            "uri",
            "x://h/d?__extra__=%7B%22iam%22%3A+%22no%22%7D",
            Set("/extra/iam", yes()),
            Some("x://h/d?__extra__=%7B%22iam%22%3A+true%7D"),
        ),
        (
            "uri",
            "x://h/d?__extra__=%7B%22iam%22%3A+%22no%22%7D",
            Set("/extra/b", text("%")),
            Some("x://h/d?__extra__=%7B%22iam%22%3A+%22no%22%2C%20%22b%22%3A%20%22%25%22%7D"),
        ),
        ("uri", "x://h", Set("/extra/a", text("b")), Some("x://h?a=b")),
        (
            "uri",
            "x://h/d?",
            Set("/extra/a", yes()),
            Some("x://h/d?__extra__=%7B%22a%22%3A+true%7D"),
        ),
        ("uri", "x://h/d?a", Set("/extra/a", text("b")), Some("x://h/d?a=b")),
        ("uri", "x://h/d", Set("/login", text("u@")), Some("x://u%40@h/d")),
        ("uri", "x://:p@h/d", Set("/login", text("u")), Some("x://u:p@h/d")),
        ("uri", "x://u@h/d", Set("/password", text("p:")), Some("x://u:p%3A@h/d")),
        ("uri", "x://u:p@h/d", Set("/password", text("")), Some("x://u:@h/d")),
        ("uri", "x://u:p@h/d", Remove("/password"), Some("x://u@h/d")),
        ("uri", "x://h:1/d", Remove("/port"), Some("x://h/d")),
        ("uri", "x://h", Set("/schema", text("d/e")), Some("x://h/d%2Fe")),
        ("uri", "x://h/?a=b", Set("/schema", text("d")), Some("x://h/d?a=b")),
        ("uri", "x://h", Set("/port", Value::Int(5439)), Some("x://h:5439")),
        ("uri", "x://u@h:1/d", Set("/host", text("g")), Some("x://u@g:1/d")),
        ("uri", "x://u:p@/d", Set("/host", text("g")), Some("x://u:p@g/d")),
        // Variables, in each kind of quotes.
        (
            "env",
            "A=1\nAIRFLOW_CONN_C='x://h/d?a=b&c=d'\n",
            Remove("/extra/a"),
            Some("A=1\nAIRFLOW_CONN_C='x://h/d?c=d'\n"),
        ),
        (
            "env",
            "AIRFLOW_CONN_C='{\"extra\": {\"a\": 1}}'",
            Set("/extra/a", text("it's")),
            Some("AIRFLOW_CONN_C='{\"extra\": {\"a\": \"it'\"'\"'s\"}}'"),
        ),
        (
            "env",
            "AIRFLOW_CONN_C=\"{\\\"extra\\\": {\\\"a\\\": 1}}\"",
            Set("/extra/a", text("$x")),
            Some("AIRFLOW_CONN_C=\"{\\\"extra\\\": {\\\"a\\\": \\\"\\$x\\\"}}\""),
        ),
        (
            "env",
            "AIRFLOW_CONN_C=x://h/d",
            Set("/extra/a", text("b")),
            Some("AIRFLOW_CONN_C='x://h/d?a=b'"),
        ),
        (
            "env",
            "AIRFLOW_CONN_C=x://h/d?a=b",
            Set("/extra/c", text("d")),
            Some("AIRFLOW_CONN_C='x://h/d?a=b&c=d'"),
        ),
        (
            "env",
            "AIRFLOW_CONN_C=x://h/d?a=b",
            Set("/extra/a", text("d")),
            Some("AIRFLOW_CONN_C=x://h/d?a=d"),
        ),
        ("airflow-env", "c=x://h/d?a=b\n", Set("/extra/a", text("d")), Some("c=x://h/d?a=d\n")),
        // YAML in its styles.
        (
            "export-yaml",
            "c:\n  conn_type: x\n  host: h\n",
            Set("/host", text("g")),
            Some("c:\n  conn_type: x\n  host: g\n"),
        ),
        (
            "export-yaml",
            "c:\n  conn_type: x\n  host: h  # why\n",
            Set("/host", text("yes")),
            Some("c:\n  conn_type: x\n  host: 'yes'  # why\n"),
        ),
        (
            "export-yaml",
            "c:\n  conn_type: x\n  port: '5'\n",
            Set("/port", Value::Int(5)),
            Some("c:\n  conn_type: x\n  port: 5\n"),
        ),
        (
            "export-yaml",
            "c:\n  conn_type: x\n  port:\nd: x://h\n",
            Set("/port", Value::Int(5)),
            Some("c:\n  conn_type: x\n  port: 5\nd: x://h\n"),
        ),
        (
            "export-yaml",
            "c:\n  conn_type: x\n  host: h\nd: x://h\n",
            Set("/login", text("u")),
            Some("c:\n  conn_type: x\n  host: h\n  login: u\nd: x://h\n"),
        ),
        (
            "export-yaml",
            "c:\n  conn_type: x\n  host: h",
            Set("/login", text("u")),
            Some("c:\n  conn_type: x\n  host: h\n  login: u"),
        ),
        (
            "export-yaml",
            "c:\n  conn_type: x\n  host: h\n  login: u\n",
            Remove("/host"),
            Some("c:\n  conn_type: x\n  login: u\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra: '{\"a\": \"it''s\"}'\n",
            Set("/extra/a", text("that's")),
            Some("c:\n  extra: '{\"a\": \"that''s\"}'\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra: \"{\\\"a\\\": 1, \\\"b\\\": 2}\"\n",
            Remove("/extra/a"),
            Some("c:\n  extra: \"{\\\"b\\\": 2}\"\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra: |\n    {\"a\": \"b\",\n     \"c\": 1}\n  host: h\n",
            Set("/extra/a", text("d")),
            Some("c:\n  extra: |\n    {\"a\": \"d\",\n     \"c\": 1}\n  host: h\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra: >-\n    {\"a\": \"b\",\n    \"c\": 1}\n  host: h\n",
            Set("/extra/a", text("d")),
            Some("c:\n  extra: >-\n    {\"a\": \"d\",\n    \"c\": 1}\n  host: h\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra:\n    a: 1\n    b: no\n  host: h\n",
            Set("/extra/b", yes()),
            Some("c:\n  extra:\n    a: 1\n    b: true\n  host: h\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra:\n    a: 1\n    b: no\n  host: h\n",
            Remove("/extra/b"),
            Some("c:\n  extra:\n    a: 1\n  host: h\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra:\n    a: 1\n  host: h\n",
            Remove("/extra/a"),
            Some("c:\n  extra:\n    {}\n  host: h\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra:\n    a: 1\n  host: h\n",
            Set("/extra/b", list(&["x"])),
            Some("c:\n  extra:\n    a: 1\n    b: [\"x\"]\n  host: h\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra:\n    a-b: 1\n",
            Rename("/extra/a-b", "a_b"),
            Some("c:\n  extra:\n    a_b: 1\n"),
        ),
        (
            "export-yaml",
            "c: {conn_type: x, extra: {a: b}}\n",
            Set("/extra/a", text("d")),
            Some("c: {conn_type: x, extra: {a: d}}\n"),
        ),
        (
            "export-yaml",
            "c: {conn_type: x, extra: {a: b}}\n",
            Set("/extra/c", text("d")),
            Some("c: {conn_type: x, extra: {a: b, \"c\": \"d\"}}\n"),
        ),
        (
            "export-yaml",
            "c: 'x://h/d?a=b'\r\nd: x://h\r\n",
            Set("/extra/a", text("d")),
            Some("c: 'x://h/d?a=d'\r\nd: x://h\r\n"),
        ),
        (
            "export-yaml",
            "c:\r\n  conn_type: x\r\n",
            Set("/login", text("u")),
            Some("c:\r\n  conn_type: x\r\n  login: u\r\n"),
        ),
        (
            "export-yaml",
            "d: &d {a: 1}\n",
            Set("/host", text("h")),
            Some("d: &d {a: 1, \"host\": \"h\"}\n"),
        ),
        // What others refer to is not changed for them behind their backs.
        ("export-yaml", "d: &d {a: 1}\ne: *d\n", Set("/host", text("h")), None),
        (
            "export-yaml",
            "d: {extra: &x {a: 1}}\ne: {extra: *x}\n",
            Set("/extra/a", text("h")),
            None,
        ),
        // What an alias or a merge brought in is not this connection's alone.
        (
            "export-yaml",
            "c: {<<: &m {host: h}, login: u}\n",
            Set("/host", text("g")),
            Some("c: {<<: &m {host: g}, login: u}\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra: &e {a: 1}\n  host: h\n",
            Set("/port", Value::Int(1)),
            Some("c:\n  extra: &e {a: 1}\n  host: h\n  port: 1\n"),
        ),
        (
            "export-yaml",
            "c:\n  extra: &e {a: 1}\n",
            Set("/extra/a", yes()),
            Some("c:\n  extra: &e {a: true}\n"),
        ),
    ];
    let wrong = rows.iter().filter_map(|(format, before, op, want)| {
        let got = edited(format, before, op);
        (got.as_deref() != *want)
            .then(|| format!("{format}: {before}\n  got  {got:?}\n  want {want:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
