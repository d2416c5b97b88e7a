//! What can be repeated in a text of each format.

use std::sync::Arc;

use airconn::airflow::runtime::{Runtime, Side};
use airconn::format::{Format, Item, ValueForm, WriteOptions};
use airconn::model::{Connection, Secret, Value};

/// Something that can be repeated.
#[derive(Clone)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    /// How often it stands in the small text.
    pub(crate) few: usize,
    /// The text in which it stands so often.
    pub(crate) text: Arc<dyn Fn(usize) -> String + Send + Sync>,
}

fn element(
    name: &'static str,
    few: usize,
    text: impl Fn(usize) -> String + Send + Sync + 'static,
) -> Element {
    Element { name, few, text: Arc::new(text) }
}

/// A text with something repeated and numbered in the middle of it.
pub(crate) fn around(
    head: &str,
    count: usize,
    piece: impl Fn(usize) -> String,
    tail: &str,
) -> String {
    let middle: String = (0..count).map(piece).collect();
    format!("{head}{middle}{tail}")
}

fn item(conn_id: &str, connection: Connection) -> Item {
    Item { conn_id: Some(conn_id.to_string()), connection, value: None }
}

/// A connection with two errors and their repairs.
fn faulty(extra: &str) -> Connection {
    Connection {
        conn_type: Value::text("redshift"),
        host: Value::text("dwh.example.com"),
        login: Value::text("etl"),
        password: Secret::new(Value::text("Tr4vel-Kelp")),
        schema: Value::text("dev"),
        extra: Secret::new(Value::text(extra)),
        ..Connection::default()
    }
}

fn of_login(login: &str, password: &str) -> Connection {
    Connection {
        conn_type: Value::text("http"),
        host: Value::text("h.example.com"),
        login: Value::text(login),
        password: Secret::new(Value::text(password)),
        ..Connection::default()
    }
}

/// What every format that is written can hold: made by its own writer.
type Made = (&'static str, usize, fn(usize) -> Vec<Item>);

static MADE: &[Made] = &[
    ("connections", 6, |n| {
        (0..n)
            .map(|i| item(&format!("c{i}"), faulty(r#"{"iam": "false", "ssl": "true"}"#)))
            .collect()
    }),
    ("connections that share one of AWS", 6, |n| {
        let aws = Connection {
            conn_type: Value::text("aws"),
            login: Value::text("AKIAIOSFODNN7EXAMPLE"),
            ..Connection::default()
        };
        let of = |i: usize| {
            item(
                &format!("c{i}"),
                faulty(r#"{"iam": true, "cluster_identifier": "a", "region": "us-east-1"}"#),
            )
        };
        std::iter::once(item("aws_default", aws)).chain((0..n).map(of)).collect()
    }),
    ("keys of an extra", 8, |n| {
        let keys: Vec<String> = (0..n).map(|i| format!("\"bogus_{i}\": \"{i}\"")).collect();
        vec![item("c", faulty(&format!("{{{}}}", keys.join(", "))))]
    }),
    ("items of a list", 16, |n| {
        let items: Vec<String> = (0..n).map(|i| format!("{{\"a\": [{i}]}}")).collect();
        vec![item("c", faulty(&format!("{{\"a\": [{}]}}", items.join(", "))))]
    }),
    ("beginnings of keys", 40, |n| {
        vec![item("c", faulty(&format!("{{\"a\": \"{}\"}}", "eyJ xoxb-xxxx-ghp_xxxx".repeat(n))))]
    }),
    ("escapes", 16, |n| vec![item("c", of_login("etl", &"a\"'\\é$%#&=+ %25%zz".repeat(n)))]),
    ("characters of an id", 7, |n| vec![item(&"a_".repeat(n), of_login("etl", "Tr4vel-Kelp"))]),
    ("characters of a login", 60, |n| vec![item("c", of_login(&"eyJa.".repeat(n), "Tr4vel-Kelp"))]),
    ("URLs in a value", 20, |n| {
        vec![item("c", faulty(&format!("{{\"a\": \"{}\"}}", "x://a:bcdefg@h ".repeat(n))))]
    }),
];

/// Formats in which a line may be a comment, with a sign for it.
const COMMENTS: &[(&str, &str)] = &[
    ("uri", "#"),
    ("env", "#"),
    ("dotenv", "#"),
    ("shell-env", "#"),
    ("docker-env", "#"),
    ("dockerfile", "#"),
    ("systemd-env", "#"),
    ("airflow-env", "#"),
    ("export-yaml", "#"),
    ("compose", "#"),
    ("kubernetes", "#"),
    ("kubernetes-data", "#"),
    ("helm", "#"),
    ("github-actions", "#"),
    ("terraform", "#"),
    ("astro-settings", "#"),
    ("airflow-commands", "#"),
];

/// Everything that can be repeated in a text of a format, so many times as often as in the small
/// text.
pub(crate) fn of(format: &'static Format, times: usize) -> Vec<Element> {
    let mut all = Vec::new();
    if format.is_written() {
        for (name, few, items) in MADE {
            let text = |n: usize| {
                let runtime = Runtime::newest(Side::Server);
                (format.write)(&items(n), &WriteOptions::new(&runtime, ValueForm::Uri)).ok()
            };
            // A format may hold one connection only, or not these, or no text of this length.
            if text(*few).is_some() && text(few * times).is_some() {
                all.push(element(name, *few, move |n| {
                    let runtime = Runtime::newest(Side::Server);
                    let written =
                        (format.write)(&items(n), &WriteOptions::new(&runtime, ValueForm::Uri));
                    written.unwrap_or_else(|e| panic!("{}, {name}: {}", format.name, e.message))
                }));
            }
        }
    }
    let own: Vec<Element> =
        OWN.iter().filter(|own| own.format == format.name).map(Own::element).collect();
    if let Some((_, sign)) = COMMENTS.iter().find(|(name, _)| *name == format.name) {
        // In front of a text that has something to suppress.
        let first = all.first().or(own.first()).expect("an element").clone();
        for (name, line) in [
            ("comments", format!("{sign} why\n")),
            ("comments that suppress", format!("{sign} airconn: ignore[AC506]\n")),
            ("comments that suppress in the file", format!("{sign} airconn: ignore-file[AC5]\n")),
            ("comments on one line", format!("{sign} airconn: ignore[ ")),
            ("empty lines behind comments", format!("{sign} airconn: ignore[AC506]\n\n\n")),
        ] {
            let of = first.clone();
            all.push(element(name, 40, move |n| format!("{}\n{}", line.repeat(n), (of.text)(1))));
        }
    }
    all.extend(own);
    all
}

/// An element that only one format has, or that its writer does not write.
struct Own {
    format: &'static str,
    name: &'static str,
    few: usize,
    head: &'static str,
    piece: fn(usize) -> String,
    tail: &'static str,
}

impl Own {
    fn element(&self) -> Element {
        let Own { name, few, head, piece, tail, .. } = *self;
        element(name, few, move |n| around(head, n, piece, tail))
    }
}

macro_rules! own {
    ($($format:literal, $name:literal, $few:literal, $head:expr, $piece:expr, $tail:expr;)*) => {
        &[$(Own { format: $format, name: $name, few: $few, head: $head, piece: $piece, tail: $tail }),*]
    };
}

const FAULTY: &str = "redshift://u:p%@h/d?iam=false&ssl=true";

static OWN: &[Own] = own! {
    "uri", "values of a query", 10, "x://h?", |i| format!("k{i}=v&"), "";
    "uri", "values that look typed", 10, "x://h?", |i| format!("k{i}=1&"), "";
    "uri", "question marks", 60, "x://u:p", |_| "@?a!".into(), "@h/d";
    "uri", "brackets", 60, "x://u:p", |_| "@[".into(), "h/d";
    "uri", "delimiters", 60, "x://u:p", |_| "@#/?:".into(), "h/d";
    "uri", "encoded percent signs", 60, "x://u:p", |_| "%25".into(), "@h/d";
    "uri", "broken percent signs", 60, "x://u:p", |_| "%C3%".into(), "@h/d";
    "uri", "plus signs", 60, "x://u:p", |_| "+".into(), "@h/d";
    "uri", "slashes of the path", 60, "x://u:p@h/", |_| "a/".into(), "";
    "uri", "one key again and again", 10, "x://h?", |_| "k=v&".into(), "";
    "json", "one key again and again", 10, "{\"conn_type\": \"x\", \"extra\": {", |_| "\"a\": \"***\",".into(), "\"z\": 1}}";
    "json", "keys that a log masked", 10, "{\"conn_type\": \"aws\", \"extra\": {", |i| format!("\"a{i}\": \"***\","), "\"z\": 1}}";
    "json", "escapes of Unicode", 40, "{\"conn_type\": \"x\", \"password\": \"", |_| "\\u00e9\\ud83d\\ude00".into(), "\"}";
    "json", "spaces", 60, "{\"conn_type\": \"x\",", |_| " \n".into(), "\"host\": \"h\"}";
    "jsonl", "one id again and again", 6, "", |_| format!("{{\"conn_id\": \"a\", \"uri\": \"{FAULTY}\"}}\n"), "";
    "jsonl", "broken lines", 10, "", |_| "{\"conn_id\": \n".into(), "";
    "env", "one id again and again", 6, "", |_| format!("AIRFLOW_CONN_A='{FAULTY}'\n"), "";
    "env", "quotes without an end", 10, "", |_| "A='\n".into(), "";
    "env", "escaped quotes", 20, "", |_| "A=\"x\\\"\n".into(), "";
    "env", "lines that assign nothing", 10, "", |_| "no assignment\n".into(), "";
    "env", "lines of a value", 20, "AIRFLOW_CONN_A='x://u:p@h?a=", |_| "b\n".into(), "'\n";
    "env", "variables that readers differ about", 6, "", |i| format!("AIRFLOW_CONN_A{i}=x://u:p@h?a=b&c=d\n"), "";
    "env", "dollars", 20, "AIRFLOW_CONN_A=\"x://u:p@h?a=", |_| "\\\"$$${A:-b}".into(), "\"\n";
    "dotenv", "lines that are refused", 10, "", |_| "no assignment\n".into(), "";
    "dotenv", "quotes without an end", 10, "", |_| "A='\n".into(), "";
    "dotenv", "dollars", 20, "AIRFLOW_CONN_A=\"x://u:p@h?a=", |_| "\\\"$$${A:-b}".into(), "\"\n";
    "shell-env", "variables", 6, "", |i| format!("export AIRFLOW_CONN_A{i}={FAULTY}\n"), "";
    "shell-env", "quotes without an end", 10, "", |_| "AIRFLOW_A='\n".into(), "";
    "shell-env", "one id again and again", 6, "", |_| format!("export AIRFLOW_CONN_A={FAULTY}\n"), "";
    "shell-env", "dollars", 20, "export AIRFLOW_CONN_A=\"x://u:p@h?a=", |_| "\\\"$$${A:-b}".into(), "\"\n";
    "sqlalchemy", "URLs", 6, "", |_| format!("{FAULTY}\n"), "";
    "sqlalchemy", "signs", 20, "postgresql://u:p", |_| "@:/".into(), "h/d\n";
    "sqlalchemy", "values of a query", 10, "postgresql://u:p@h/d?", |i| format!("k{i}=v&"), "\n";
    "sqlalchemy", "encoded percent signs", 60, "postgresql://u:p", |_| "%25".into(), "@h/d\n";
    "sqlalchemy", "lines that are refused", 6, "", |_| "no URL\n".into(), "";
    "jdbc", "URLs", 6, "", |_| "jdbc:redshift://h/d?iam=false&UID=u&x=y\n".into(), "";
    "jdbc", "properties", 10, "jdbc:redshift://h/d?", |i| format!("a{i}=b&"), "\n";
    "jdbc", "hosts", 20, "jdbc:postgresql://h", |i| format!(",h{i}:5432"), "/d\n";
    "jdbc", "signs", 20, "jdbc:redshift://u:p", |_| "@:/;".into(), "h/d\n";
    "jdbc", "lines that are refused", 6, "", |_| "no URL\n".into(), "";
    "libpq", "strings", 6, "", |_| "host=h password=p sslmode=nosuch\n".into(), "";
    "libpq", "strings that are refused", 6, "", |_| "host h\n".into(), "";
    "libpq", "escapes", 40, "password='", |_| "\\'".into(), "' host=h\n";
    "libpq", "one option again and again", 10, "", |_| "host=h ".into(), "\n";
    "libpq", "services", 6, "", |i| format!("[s{i}]\nhost=h\nsslmode=nosuch\n"), "";
    "redshift-connector", "arguments", 10, "{\"a\": {", |i| format!("\"a{i}\": \"b\","), "\"user\": \"u\"}}";
    "redshift-connector", "connections", 6, "{", |i| format!("\"a{i}\": {{\"user\": \"u\", \"iam\": \"false\"}},"), "\"z\": {\"user\": \"u\"}}";
    "redshift-connector", "groups", 20, "{\"user\": \"u\", \"db_groups\": [", |i| format!("\"g{i}\","), "\"z\"]}";
    "redshift-connector", "escapes", 40, "{\"user\": \"u\", \"password\": \"", |_| "\\u00e9".into(), "\"}";
    "dbt", "profiles", 6, "", |i| format!("a{i}: {{outputs: {{b: {{type: redshift, user: u, x: y}}}}}}\n"), "";
    "dbt", "targets", 6, "a:\n  outputs:\n", |i| format!("    b{i}: {{type: postgres, user: u, pass: '{{{{ x }}}}'}}\n"), "";
    "dbt", "keys without a counterpart", 10, "a:\n  outputs:\n    b:\n      type: redshift\n", |i| format!("      x{i}: y\n"), "";
    "dbt", "escapes of a literal", 40, "a: {outputs: {b: {type: postgres, pass: '{{ \"", |_| "\\x41".into(), "\" }}'}}}\n";
    "docker-env", "one id again and again", 6, "", |_| format!("AIRFLOW_CONN_A={FAULTY}\n"), "";
    "docker-env", "lines without a value", 10, "", |i| format!("AIRFLOW_CONN_A{i}\n"), "";
    "dockerfile", "variables", 6, "FROM x\n", |i| format!("ENV AIRFLOW_CONN_A{i}={FAULTY}\n"), "";
    "dockerfile", "variables of one instruction", 6, "FROM x\nENV ", |i| format!("AIRFLOW_CONN_A{i}={FAULTY} \\\n"), "\n";
    "dockerfile", "documents that end", 10, "FROM x\n", |i| format!("RUN <<E{i}\nE{i}\n"), "ENV AIRFLOW_CONN_A=x://h\n";
    "dockerfile", "documents without an end", 10, "FROM x\n", |i| format!("RUN <<E{i} <<F{i}\n"), "ENV AIRFLOW_CONN_A=x://h\n";
    "dockerfile", "arguments", 10, "FROM x\n", |i| format!("ARG A{i}=b{i}\n"), "ENV AIRFLOW_CONN_A=x://${A0}@h\n";
    "dockerfile", "substitutions", 20, "FROM x\nARG A=b\nENV AIRFLOW_CONN_A=x://h?a=", |_| "${A:-c}".into(), "\n";
    "dockerfile", "substitutions within each other", 20, "FROM x\nENV AIRFLOW_CONN_A=x://h?a=", |_| "${A:-".into(), "\n";
    "dockerfile", "values that grow", 3, "FROM x\nARG A=aaaa\n", |i| format!("ARG A{i}=$A{}x\n", i.saturating_sub(1)), "ENV AIRFLOW_CONN_A=x://$A0@h\n";
    "dockerfile", "stages", 6, "", |i| format!("FROM x AS s{i}\nENV AIRFLOW_CONN_A={FAULTY}\n"), "";
    "systemd-env", "lines that go on", 20, "AIRFLOW_CONN_A=x://u:p@h?a=", |_| "b\\\n".into(), "\n";
    "systemd-env", "quotes without an end", 10, "", |_| "A='\n".into(), "";
    "systemd-env", "values", 6, "", |i| format!("AIRFLOW_CONN_A{i}={FAULTY}\n"), "";
    "airflow-env", "one id again and again", 6, "", |_| format!("a={FAULTY}\n"), "";
    "airflow-env", "lines that assign nothing", 10, "a=x://h\n", |_| "no assignment\n".into(), "";
    "export-json", "one id again and again", 6, "{", |_| format!("\"a\": \"{FAULTY}\","), "\"z\": \"x://h\"}";
    "export-json", "connections of one id", 10, "{\"a\": [", |_| "\"x://u:100%@h\",".into(), "1]}";
    "export-json", "brackets without an end", 40, "{\"a\": ", |_| "[".into(), "";
    "export-yaml", "anchors", 6, "", |i| format!("a{i}: &x{i} {{conn_type: x, password: '***'}}\nb{i}: *x{i}\n"), "";
    "export-yaml", "anchors with repairs", 6, "", |i| format!("a{i}: &x{i} {{conn_type: redshift, host: h, login: u, password: p, extra: {{iam: 'false'}}}}\n"), "";
    "export-yaml", "aliases", 6, "a: &x {conn_type: redshift, host: h, login: u, password: p, extra: {iam: 'false'}}\n", |i| format!("b{i}: *x\n"), "";
    "export-yaml", "merge keys", 6, "a: &x {conn_type: redshift, host: h}\n", |i| format!("b{i}: {{<<: *x, login: u, extra: {{iam: 'false'}}}}\n"), "";
    "export-yaml", "one id again and again", 6, "", |_| format!("a: '{FAULTY}'\n"), "";
    "export-yaml", "keys that are numbers", 10, "", |i| format!("{i}: 'x://h'\n"), "";
    "export-yaml", "lines of a block", 30, "a: >\n", |_| "  x\n\n".into(), "";
    "export-yaml", "lists within lists", 20, "a: ", |_| "[".into(), "x\n";
    "export-yaml", "escapes", 40, "a: \"x://h?a=", |_| "\\n\\u00e9".into(), "\"\n";
    "export-yaml", "members of a block", 8, "r:\n  conn_type: redshift\n  host: h\n  extra:\n", |i| format!("    bogus_{i}: {i}\n"), "";
    "export-yaml", "handles of tags", 6, "", |i| format!("%TAG !a{i}! tag:example.com,2000:\n"), "---\na: x://h\n";
    "export-yaml", "documents", 10, "", |i| format!("---\na{i}: x://h\n"), "";
    "compose", "services", 6, "services:\n", |i| format!("  s{i}:\n    environment:\n      AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "compose", "services with one id", 6, "services:\n", |i| format!("  s{i}:\n    environment:\n      AIRFLOW_CONN_A: {FAULTY}\n"), "";
    "compose", "services with files", 10, "services:\n", |i| format!("  s{i}:\n    env_file: [a.env]\n    environment:\n      AIRFLOW_CONN_A: x://h\n"), "";
    "compose", "services that share an environment", 6, "x-a: &a {AIRFLOW_CONN_A: x://h, AIRFLOW_CONN_AWS_DEFAULT: aws://}\nservices:\n", |i| format!("  s{i}: {{environment: {{<<: *a}}}}\n"), "";
    "compose", "variables of a service", 6, "services:\n  s:\n    environment:\n", |i| format!("      AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "compose", "dollar signs", 60, "services: {a: {environment: {AIRFLOW_CONN_A: 'x://h?a=", |_| "$$".into(), "'}}}\n";
    "compose", "variables", 20, "services: {a: {environment: {AIRFLOW_CONN_A: 'x://h?a=", |_| "${A:-b}".into(), "'}}}\n";
    "compose", "variables within each other", 20, "services: {a: {environment: {AIRFLOW_CONN_A: 'x://h?a=", |_| "${A:-".into(), "'}}}\n";
    "kubernetes", "Secrets", 6, "", |i| format!("---\nkind: Secret\nmetadata: {{name: s{i}}}\nstringData:\n  AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "kubernetes", "Secrets with one id", 6, "", |i| format!("---\nkind: Secret\nmetadata: {{name: s{i}}}\nstringData:\n  AIRFLOW_CONN_A: {FAULTY}\n"), "";
    "kubernetes", "Secrets in base64", 6, "", |i| format!("---\nkind: Secret\ndata: {{AIRFLOW_CONN_A{i}: eDovL3U6cCVAaA==}}\n"), "";
    "kubernetes", "base64", 60, "kind: Secret\ndata: {AIRFLOW_CONN_A: '", |_| "YWFh".into(), "'}\n";
    "kubernetes", "containers", 6, "kind: Pod\nspec:\n  containers:\n", |i| format!("  - name: c{i}\n    env: [{{name: AIRFLOW_CONN_A, value: '{FAULTY}'}}]\n"), "";
    "kubernetes-data", "Secrets", 6, "", |i| format!("---\nkind: Secret\ndata: {{AIRFLOW_CONN_A{i}: eDovL3U6cCVAaA==}}\n"), "";
    "helm", "secrets", 6, "extraSecrets:\n", |i| format!("  s{i}:\n    stringData: |\n      AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "helm", "lines of a secret", 6, "extraSecrets:\n  s:\n    stringData: |\n", |i| format!("      AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "helm", "variables", 6, "env:\n", |i| format!("  - {{name: AIRFLOW_CONN_A{i}, value: '{FAULTY}'}}\n"), "";
    "github-actions", "jobs", 6, "on: push\njobs:\n", |i| format!("  j{i}:\n    runs-on: x\n    env:\n      AIRFLOW_CONN_A: {FAULTY}\n    steps: []\n"), "";
    "github-actions", "steps", 6, "on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n", |i| format!("    - run: x\n      env:\n        AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "github-actions", "variables", 6, "on: push\nenv:\n", |i| format!("  AIRFLOW_CONN_A{i}: {FAULTY}\n"), "jobs: {}\n";
    "ecs-task", "containers", 6, "{\"containerDefinitions\": [", |i| format!("{{\"environment\": [{{\"name\": \"AIRFLOW_CONN_A{i}\", \"value\": \"{FAULTY}\"}}]}},\n"), "{}]}\n";
    "ecs-task", "variables", 6, "[{\"image\": \"x\", \"environment\": [", |i| format!("{{\"name\": \"AIRFLOW_CONN_A{i}\", \"value\": \"{FAULTY}\"}},\n"), "{}]}]\n";
    "ecs-task", "containers with one id", 6, "{\"containerDefinitions\": [", |_| format!("{{\"environment\": [{{\"name\": \"AIRFLOW_CONN_A\", \"value\": \"{FAULTY}\"}}]}},\n"), "{}]}\n";
    "ecs-task", "secrets", 10, "{\"containerDefinitions\": [{\"secrets\": [", |i| format!("{{\"name\": \"AIRFLOW_CONN_A{i}\", \"valueFrom\": \"a\"}},\n"), "{}]}]}\n";
    "variables", "mappings", 6, "jobs:\n", |i| format!("  - variables: {{AIRFLOW_CONN_A{i}: '{FAULTY}'}}\n"), "";
    "variables", "members", 6, "variables:\n", |i| format!("  AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "variables", "names and values", 6, "env:\n", |i| format!("  - {{key: AIRFLOW_CONN_A{i}, value: '{FAULTY}'}}\n"), "";
    "variables", "assignments", 6, "env:\n", |i| format!("  - AIRFLOW_CONN_A{i}={FAULTY}\n"), "";
    "variables", "texts of YAML", 6, "a:\n", |i| format!("  - |\n    b:\n      AIRFLOW_CONN_A{i}: {FAULTY}\n"), "";
    "variables", "commands", 6, "script:\n", |i| format!("  - airflow connections add a{i} --conn-uri '{FAULTY}'\n"), "";
    "variables", "commands of a script", 6, "script: |\n", |i| format!("  sh -c \"airflow connections add a{i} --conn-uri '{FAULTY}'\"\n"), "";
    "variables", "names in one line", 20, "a: [", |_| "AIRFLOW_CONN_A, ".into(), "x]\nb: {AIRFLOW_CONN_A: x}\n";
    "variables", "commands in one line", 10, "script:\n  - \"", |_| "airflow connections add a --conn-uri x; ".into(), "\"\n";
    "airflow-commands", "commands in one line", 10, "", |_| "airflow connections add a --conn-uri x; ".into(), "\n";
    "airflow-commands", "variables in one line", 10, "docker run", |_| " -e AIRFLOW_CONN_A=x".into(), " airflow\n";
    "airflow-commands", "scripts of another shell", 10, "", |_| "sh -c 'airflow connections add a --conn-uri x'\n".into(), "";
    "toml", "variables", 6, "[env]\n", |i| format!("AIRFLOW_CONN_A{i} = \"{FAULTY}\"\n"), "";
    "toml", "tables", 6, "", |i| format!("[a{i}.env]\nAIRFLOW_CONN_A = \"{FAULTY}\"\n"), "";
    "toml", "escapes", 20, "[env]\nAIRFLOW_CONN_A = \"x://u:", |_| "\\u0070".into(), "@h\"\n";
    "toml", "texts of a list", 6, "env = [", |i| format!("\"AIRFLOW_CONN_A{i}={FAULTY}\", "), "]\n";
    "cloudformation", "secrets", 6, "Resources:\n", |i| format!("  A{i}:\n    Type: AWS::SecretsManager::Secret\n    Properties: {{Name: airflow/connections/a{i}, SecretString: \"{FAULTY}\"}}\n"), "";
    "cloudformation", "functions", 20, "Resources:\n  A:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Name: airflow/connections/a\n      Value: !Join\n        - ''\n        - - x://\n", |_| "          - !Ref A\n".into(), "";
    "cloudformation", "substitutions", 20, "Resources:\n  A:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Name: airflow/connections/a\n      Value: !Sub \"x://u:", |_| "${A}".into(), "@h\"\n";
    "cloudformation", "variables", 6, "Resources:\n  A:\n    Type: AWS::Lambda::Function\n    Properties:\n      Environment:\n        Variables:\n", |i| format!("          AIRFLOW_CONN_A{i}: \"{FAULTY}\"\n"), "";
    "ini", "lines", 6, "[testenv]\nsetenv =\n", |i| format!("    AIRFLOW_CONN_A{i}={FAULTY}\n"), "";
    "ini", "sections", 6, "", |i| format!("[testenv:{i}]\nsetenv = AIRFLOW_X=1\n    AIRFLOW_CONN_A={FAULTY}\n"), "";
    "ini", "substitutions", 20, "[testenv]\nsetenv =\n    AIRFLOW_CONN_A=x://u:", |_| "{env:A}".into(), "@h\n";
    "ini", "lines of Airflow's configuration", 20, "[core]\n", |i| format!("AIRFLOW_CONN_A{i} = x\n"), "";
    "template", "mappings", 20, "", |i| format!("a{i}: {{ a: {{{{ x }}}} }}\n"), "AIRFLOW_CONN_A: x\n";
    "template", "blocks", 20, "", |_| "{{- if x }}\n".into(), "AIRFLOW_CONN_A: x\n";
    "template", "texts in quotes", 20, "a: [", |_| "'{{ x }}', ".into(), "{{ x }}\nAIRFLOW_CONN_A: x\n";
    "encrypted", "lines", 20, "$ANSIBLE_VAULT;1.1;AES256\n", |_| "6231336539\n".into(), "";
    "encrypted", "keys", 20, "sops: {}\na: ENC[AES256_GCM,data:bWFj,type:str]\n", |i| format!("b{i}: ENC[AES256_GCM,data:bWFj,type:str]\n"), "";
    "encrypted", "comments", 20, "sops: {}\na: ENC[AES256_GCM,data:bWFj,type:str]\n", |_| "# ENC[AES256_GCM,data:bWFj,type:comment]\n".into(), "";
    "template", "templates", 20, "", |_| "a: {{ x }}\n".into(), "AIRFLOW_CONN_A: x\n";
    "encrypted", "values", 20, "sops: {}\na:\n", |_| "  - ENC[AES256_GCM,data:bWFj,type:str]\n".into(), "conn_type: x\n";
    "terraform", "resources", 6, "", |i| format!("resource \"airflow_connection\" \"a{i}\" {{\n  connection_id = \"a{i}\"\n  conn_type = \"redshift\"\n  password = \"***\"\n  extra = jsonencode({{ iam = \"false\" }})\n}}\n"), "";
    "terraform", "resources without an end", 6, "", |_| "resource \"airflow_connection\" \"a\" {\n".into(), "";
    "terraform", "secrets by reference", 6, "", |i| format!("resource \"aws_secretsmanager_secret\" \"a{i}\" {{\n  name = \"airflow/connections/a{i}\"\n}}\nresource \"aws_secretsmanager_secret_version\" \"a{i}\" {{\n  secret_id = aws_secretsmanager_secret.a{i}.id\n  secret_string = \"{FAULTY}\"\n}}\n"), "";
    "terraform", "variables", 6, "locals {\n  env = {\n", |i| format!("    AIRFLOW_CONN_A{i} = \"{FAULTY}\"\n"), "  }\n}\n";
    "terraform", "members of jsonencode", 10, "locals {\n  env = { AIRFLOW_CONN_A = jsonencode({\n    conn_type = \"x\"\n", |i| format!("    a{i} = \"***\"\n"), "  }) }\n}\n";
    "terraform", "instances of for_each", 6, "resource \"aws_ssm_parameter\" \"a\" {\n  for_each = {\n", |i| format!("    a{i} = \"{FAULTY}\"\n"), "  }\n  name = \"/airflow/connections/${each.key}\"\n  value = each.value\n}\n";
    "terraform", "names of names", 20, "locals {\n  a = \"x\"\n", |i| format!("  a{i} = local.a\n"), "  env = { AIRFLOW_CONN_A = local.a }\n}\n";
    "terraform", "lines of a heredoc", 20, "locals {\n  env = { AIRFLOW_CONN_A = <<-EOT\n", |_| "    x\n".into(), "    EOT\n  }\n}\n";
    "terraform", "templates", 20, "resource \"airflow_connection\" \"a\" {\n  connection_id = \"a\"\n  conn_type = \"x\"\n  extra = \"", |_| "${var.a}".into(), "\"\n}\n";
    "terraform", "templates within each other", 20, "resource \"airflow_connection\" \"a\" {\n  extra = \"", |_| "${\"".into(), "";
    "connections-get", "connections", 6, "[", |i| format!("{{\"conn_id\": \"a{i}\", \"conn_type\": \"redshift\", \"password\": \"***\", \"extra_dejson\": {{\"iam\": \"false\"}}}},"), "{}]";
    "connections-get", "rows of a table", 6, "conn_id | conn_type | host\n========+===========+=====\n", |i| format!("a{i}      | redshift  | h\n"), "";
    "connections-get", "columns of a table", 10, "conn_id", |i| format!(" | c{i}"), "\n========\na | b\n";
    "connections-get", "blocks of YAML", 6, "", |i| format!("- conn_id: a{i}\n  conn_type: redshift\n  password: '***'\n"), "";
    "airflow-commands", "commands", 6, "", |i| format!("airflow connections add a{i} --conn-uri '{FAULTY}'\n"), "";
    "airflow-commands", "options of a command", 10, "airflow connections add a --conn-type redshift", |_| " --conn-extra '{}'".into(), "\n";
    "airflow-commands", "quotes without an end", 10, "", |_| "airflow connections add a '\n".into(), "";
    "airflow-commands", "documents without an end", 10, "", |i| format!("cat <<E{i}\n"), "airflow connections add a --conn-uri x://h\n";
    "rest", "connections", 6, "{\"connections\": [", |i| format!("{{\"connection_id\": \"a{i}\", \"conn_type\": \"redshift\", \"extra\": \"{{\\\"iam\\\": \\\"false\\\"}}\"}},"), "{}]}";
    "airflowctl", "connections", 6, "{", |i| format!("\"a{i}\": {{\"conn_type\": \"redshift\", \"extra\": \"{{\\\"iam\\\": \\\"false\\\"}}\"}},"), "\"z\": {\"conn_type\": \"x\"}}";
    "astro-settings", "connections", 6, "airflow:\n  connections:\n", |i| format!("    - conn_id: a{i}\n      conn_type: redshift\n      conn_password: 123\n      conn_extra: {{iam: 'false'}}\n"), "";
    "astro-environment", "connections", 6, "{\"environmentObjects\": [", |i| format!("{{\"objectKey\": \"a{i}\", \"objectType\": \"CONNECTION\", \"connection\": {{\"type\": \"redshift\", \"extra\": {{\"iam\": \"false\"}}}}}},"), "{}]}";
    "aws-secrets", "secrets", 6, "[", |i| format!("{{\"Name\": \"airflow/connections/a{i}\", \"SecretString\": \"{FAULTY}\"}},"), "{}]";
    "ssm", "parameters", 6, "{\"Parameters\": [", |i| format!("{{\"Name\": \"/airflow/connections/a{i}\", \"Value\": \"{FAULTY}\"}},"), "{}]}";
};
