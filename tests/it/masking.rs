//! Nothing secret, and nothing that was not understood, reaches a report, an error or a Debug
//! print.
//!
//! A made-up secret is put wherever a secret stands or where a slip of the pen puts a piece of one;
//! every text is then read in every format, its own and all others. What the binary prints must not
//! hold six characters in a row of the secret, in whatever spelling.

use crate::common;
use crate::common::spellings;

use std::collections::BTreeSet;
use std::path::PathBuf;

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::public_id;
use airconn::format::{FORMATS, by_name};
use airconn::source::Text;

use spellings::{Spellings, base64};

/// The secret. Two halves, so that a raw delimiter can stand between them.
const CANARY: &str = "Zq7canary9XwLk2";
/// What stands behind a delimiter.
const SECOND: &str = "Hd4sparrow8VtMj5";
/// A secret of digits, as a JSON or YAML number.
const DIGITS: &str = "73194628501";
#[test]
fn spellings_are_recognised() {
    let all = Spellings::of(&[CANARY, SECOND, DIGITS]);
    for leak in [
        "password: Zq7canary9XwLk2",
        "…anary9…",
        "ZQ7CANARY",
        "%63%61%6E%61%72%79",
        "\\u0063\\u0061\\u006e\\u0061\\u0072\\u0079",
        "WnE3Y2FuYXJ5OVh3TGsy",
        "eDpacTdjYW5hcnk5WHdMazI=",
        "sparrow8",
    ] {
        assert!(all.seen(leak).is_some(), "{leak}");
    }
    assert_eq!(all.seen("a canar and the password *** of Zq7ca"), None);
}

fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

fn unicode_escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

/// URIs, and what people take for one, with the secret `s` in them.
fn uris(s: &str) -> Vec<String> {
    let mut all = Vec::new();
    for scheme in [
        "postgres",
        "redshift",
        "http",
        "https",
        "aws",
        "google-cloud-platform",
        "snowflake",
        "my_type",
        "spark",
        "x",
    ] {
        all.push(format!("{scheme}://user:{s}@host.example.com:5439/db?sslmode=require"));
        all.push(format!("{scheme}://user:{s}@host:port/db"));
        all.push(format!("{scheme}://:{s}@host?password={s}&token={s}"));
    }
    for key in [
        "password",
        "aws_secret_access_key",
        "unknown_key",
        "iam",
        "__extra__",
        "keyfile_dict",
        "verify",
        "a/b~c",
    ] {
        for value in [
            s.to_string(),
            format!("%22{s}%22"),
            format!("%7B%22{s}%22%3A1%7D"),
            format!("%7B%22a%22%3A%20%22{s}"),
            format!("['{s}']"),
        ] {
            all.push(format!("redshift://u:p@h/d?{key}={value}"));
            all.push(format!("aws://?{key}={value}&{key}=true"));
        }
    }
    // As an unknown key of the query, in everything that a rule says about keys.
    for query in [
        "{s}",
        "{s}=",
        "{s}=1",
        "{s}=true",
        "{s}={s}",
        "{s}=x&{s}=y",
        "{s}%zz=1",
        "{s}%2541=1",
        "{s}=%zz",
        "{s}=%C3",
        "{s}=***",
        "a=1#{s}",
    ] {
        all.push(format!("x://u:p@h/d?{}", query.replace("{s}", s)));
    }
    for extra in [
        "{\"{s}\": \"***\"}",
        "{\"{s}\": {\"{s}\": [\"***\"]}}",
        "{\"a\": {\"{s}\": \"***\"}}",
        "[\"{s}\"]",
        "\"{s}\"",
        "{\"{s}",
        "{'{s}': 1}",
        "{s}",
        "{\"{s}\": 1, }",
    ] {
        let extra = extra.replace("{s}", s);
        all.push(format!("x://u:p@h/d?__extra__={}", percent(&extra)));
        all.push(format!("x://u:p@h/d?__extra__={}", percent(&format!("{extra:?}"))));
    }
    // Raw delimiters: pieces of the password become host, port, schema, query, fragment.
    for d in [
        "/", "?", "#", "@", ":", "[", "]", "%", " ", "&", "=", "+", "\\", "\"", "'", "<", ";", ",",
        "|", "^", "{", "://", "//", "%zz", "/?", "é",
    ] {
        for head in ["", "1234", "Pw1"] {
            all.push(format!("postgres://user:{head}{d}{s}@host.example.com:5432/db"));
            all.push(format!("postgres://user:{s}{d}{SECOND}@host/db?a=b"));
            all.push(format!("http://user:{head}{d}{s}@host"));
            // Without an `@` to come, what follows these is a host or a schema as good as any
            // other.
            if !["/", "@", "//", "://"].contains(&d) {
                all.push(format!("x://user:{head}{d}{s}"));
            }
            all.push(format!("x://user:{s}{d}@host/db"));
        }
    }
    // Without a scheme, or with something else in its place.
    for text in [
        "user:{s}@host/db",
        "user:{s}",
        "user:{s}/db",
        ":{s}@host",
        "//user:{s}@host/db",
        "://user:{s}@host",
        "{s}",
        "{s}@host:5432/db",
        "my_type:user:{s}@host",
        "postgres:user:{s}@host/db",
        "postgres:/user:{s}@host/db",
        "u:{s}://host",
        "postgresql//u:{s}@h",
        "p@ss:{s}@h",
        "postgres://user:{s}",
        "-{s}",
        "  {s}",
        "x://y://u:{s}@h:port",
        "x://u:{s}@y://h",
        "x://u:{s}://y://h",
    ] {
        all.push(text.replace("{s}", s));
    }
    all
}

/// Connections as JSON objects, sound and broken.
fn objects(s: &str) -> Vec<String> {
    let sound = format!(
        "{{\"conn_type\": \"redshift\", \"host\": \"h\", \"login\": \"u\", \"password\": \"{s}\", \"extra\": {{\"iam\": \"true\", \"my_token\": \"{s}\", \"{s}\": \"***\"}}}}"
    );
    let mut all = vec![sound.clone()];
    for at in 0..sound.len() {
        if sound.is_char_boundary(at) && sound[at..].starts_with([':', ',', '}', '"']) {
            all.push(sound[..at].to_string());
            all.push(format!("{} {}", &sound[..at], &sound[at + 1..]));
        }
    }
    for fields in [
        "{\"conn_type\": \"x\", \"{s}\": 1}",
        "{\"conn_type\": \"x\", \"user\": \"{s}\"}",
        "{\"conn_type\": \"x\", \"port\": \"{s}\"}",
        "{\"conn_type\": [\"{s}\"]}",
        "{\"conn_type\": \"x\", \"password\": [\"{s}\"]}",
        "{\"conn_type\": \"x\", \"extra\": \"{s}\"}",
        "{\"conn_type\": \"x\", \"extra\": [\"{s}\"]}",
        "{\"conn_type\": \"x\", \"extra\": \"{\\\"{s}\\\": \"}",
        "{\"conn_type\": \"x\", \"extra\": \"\\\"{s}\\\"\"}",
        "{\"conn_type\": \"x\", \"extra\": {\"a\": {\"{s}\": {\"{s}\": \"***\"}}}}",
        "{\"conn_id\": \"{s}@x//y\", \"conn_type\": \"x\"}",
        "{\"uri\": \"x://u:{s}@h/#{s}\"}",
        "{\"uri\": \"x://u:{s}@h:a\"}",
        "{\"uri\": \"x://h\", \"password\": \"{s}\"}",
        "{\"value\": \"x://u:{s}@h:a\"}",
        "{\"value\": \"{s}\"}",
        "{\"value\": \"{\\\"a\\\": {s}\"}",
        "{\"json\": \"{\\\"{s}\\\": 1}\"}",
        "{\"json\": \"{s}\"}",
        "[\"{s}\"]",
        "\"{s}\"",
        "{'conn_type': 'x', 'password': '{s}'}",
        "{\"conn_type\": \"x\", \"password\": {s}}",
        "{\"conn_type\": \"x\", \"password\": \"{s}\n\"}",
        "{\"conn_type\": \"x\", \"password\": \"\\q{s}\"}",
        "{\"conn_type\": \"x\", \"extra_dejson\": {\"{s}\": \"{s}\"}}",
        "{\"conn_type\": \"x\", \"password\": \"***\", \"extra\": {\"***\": \"{s}\"}}",
        "{\"a\": {\"{s}\": \"{s}\"}}",
        "{\"a\": [\"x://u:{s}@h\", {\"{s}\": 1}]}",
        "{\"a\": \"{s}\"}",
        "{\"a\": \"x://u:{s}@h:a\", \"a\": \"{s}\"}",
        "{\"x://u:{s}@h/\": {\"conn_type\": \"x\"}}",
        "{\"a\": 5, \"b@{s}@\": 5}",
        "{\"a\": {\"conn_type\": \"x\", \"conn_id\": \"{s}\"}}",
        "{\"conn_type\": \"{s} {s}\"}",
        "{\"conn_type\": \"x\", \"description\": \"{s}\", \"host\": \"{s}@h\", \"schema\": \"a/{s}\", \"login\": \"{s}@{s}\"}",
        "{\"conn_type\": \"x\", \"password\": \"{s}\"} {s}",
    ] {
        all.push(fields.replace("{s}", s).replace("{n}", DIGITS));
    }
    all
}

/// Files of lines and of YAML around a URI, sound and broken.
fn files(uri: &str, s: &str) -> Vec<String> {
    let mut all = Vec::new();
    for text in [
        "AIRFLOW_CONN_A={u}\n",
        "export AIRFLOW_CONN_A='{u}'\n",
        "AIRFLOW_CONN_A=\"{u}\"\n",
        "AIRFLOW_CONN_A='{u}\n",
        "AIRFLOW_CONN_A=\"{u}\n",
        "AIRFLOW_CONN_A {u}\n",
        "AIRFLOW_CONN_A: {u}\n",
        "AIRFLOW_CONN_A\n{u}\n",
        "AIRFLOW_CONN_A=x://u:\\\n{s}@h\n",
        "{u}\n{u}\n",
        "A={u}\n{u}\n",
        "a={u}\n",
        "a={u}\na={u}\n",
        "a {u}\n",
        "={u}\n",
        "a=\n{s} {s}\n",
        "#{u}\na={s}\n",
        "a: {u}\n",
        "a: '{u}'\n",
        "a: \"{u}\"\n",
        "a: '{u}\n",
        "a: \"{u}\n",
        "a: \"\\q{u}\"\n",
        "a: *{s}\n",
        "a: &{s} x\nb: &{s} y\n",
        "a: !{s} x\n",
        "a: !!{s} x\n",
        "%{s} x\n---\na: b\n",
        "%TAG !{s}! {s}\na: !{s}!x y\n",
        "a:\n\tb: {s}\n",
        "a:\n  password: {s}\n  conn_type: x\n",
        "a:\n  password: {s}: {s}\n",
        "a:\n  password: [{s}\n",
        "a:\n  password: @{s}\n",
        "a:\n  password: `{s}\n",
        "a:\n  password: %{s}\n",
        "a:\n  password: |\n    {s}\n  conn_type: x\n",
        "a:\n  password: >-\n    {s}\n   {s}\n",
        "a:\n  conn_type: x\n  extra:\n    {s}: '***'\n    b:\n      {s}: '***'\n",
        "a:\n  <<: {s}\n",
        "a:\n  <<: *{s}\n",
        "a:\n  conn_type: x\n  {s}@: 1\n",
        "a:\n  conn_type: x\n  port: {s}\n",
        "a:\n  conn_type: x\n  password: !!binary {s}\n",
        "a:\n  conn_type: x\n  extra: {s}\n",
        "a:\n  - {s}\n  - {u}\n",
        "a: {s}\n--- {s}\n",
        "? {s} {s}@\n: {s}\n",
        "a: b\n {s}@\n",
        "a:\n  conn_type: x\n  extra: \"{\\\"{s}\\\": \\\"***\\\"}\"\n",
        "a:\n  conn_type: x\n  password: 2024-13-01{s}\n",
        "[2026-11-23] INFO - {u}\na: {u}\n",
        "a:\n  - [[{s}\n",
    ] {
        all.push(text.replace("{u}", uri).replace("{s}", s));
    }
    all
}

/// Every text, and the format it is in.
fn texts() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for s in [
        CANARY.to_string(),
        percent(CANARY),
        format!("{CANARY}{}", percent("@/:")),
        format!("{CANARY}=="),
    ] {
        for uri in uris(&s) {
            all.push(("uri", format!("{uri}\n")));
            if s == CANARY {
                let quoted = serde_json::to_string(&uri).expect("JSON");
                all.push(("env", format!("AIRFLOW_CONN_A='{}'\n", uri.replace('\'', "'\\''"))));
                all.push(("airflow-env", format!("a={uri}\n")));
                all.push(("export-json", format!("{{\"a\": {quoted}}}")));
                all.push(("export-yaml", format!("a: {quoted}\n")));
                all.push(("jsonl", format!("{{\"conn_id\": \"a\", \"value\": {quoted}}}\n")));
                // Each URI in a few of the wrappers, each wrapper with many of the URIs.
                let few = WRAPPERS.iter().skip(all.len() % 7).step_by(7);
                all.extend(
                    few.map(|wrapper| (*wrapper, wrapped(wrapper, &uri))).collect::<Vec<_>>(),
                );
            }
        }
    }
    for s in [CANARY.to_string(), unicode_escaped(CANARY)] {
        for object in objects(&s) {
            let quoted = serde_json::to_string(&object).expect("JSON");
            all.push(("json", object.clone()));
            all.push(("jsonl", object.replace('\n', " ") + "\n"));
            all.push(("jsonl", format!("{{\"conn_id\": \"a\", \"value\": {quoted}}}\n")));
            all.push(("env", format!("AIRFLOW_CONN_A='{}'\n", object.replace('\'', "'\\''"))));
            all.push(("airflow-env", format!("a={}\n", object.replace('\n', " "))));
            all.push(("export-json", format!("{{\"a\": {object}}}")));
            all.push((
                "export-json",
                format!("{{\"a\": {{\"conn_type\": \"x\", \"extra\": {quoted}}}}}"),
            ));
            all.push(("export-yaml", format!("a: {object}\n")));
            let few = WRAPPERS.iter().skip(all.len() % 7).step_by(7);
            all.extend(
                few.map(|wrapper| (*wrapper, wrapped(wrapper, &object.replace('\n', " "))))
                    .collect::<Vec<_>>(),
            );
            all.push((
                "export-yaml",
                format!("a:\n  conn_type: x\n  extra: |\n    {}\n", object.replace('\n', " ")),
            ));
        }
    }
    // A piece of a URI where an id is read: of a connection that is refused, of one that loses
    // something, of one that is sound.
    for id in [
        format!("x://u:{CANARY}@h/d"),
        format!("{CANARY}@h:5432"),
        format!("b: {CANARY}@"),
        format!("{{'{CANARY}'"),
    ] {
        for uri in ["x://h:port", "x://h?a=1&b=HOST", "x://h"] {
            all.push(("airflow-env", format!("{id}={uri}\n")));
            all.push(("export-json", format!("{{\"{id}\": \"{uri}\"}}")));
            all.push(("export-json", format!("{{\"{id}\": {{\"conn_type\": \"x\", \"description\": \"d\", \"extra\": \"{uri}\"}}}}")));
            all.push(("export-yaml", format!("\"{id}\": {uri}\n")));
            all.push(("jsonl", format!("{{\"conn_id\": \"{id}\", \"uri\": \"{uri}\"}}\n")));
            all.push(("env", format!("AIRFLOW_CONN_{id}={uri}\n")));
        }
    }
    for uri in [
        format!("postgres://user:{CANARY}@host/db"),
        format!("x://u:a/{CANARY}@h?{CANARY}=1#{SECOND}"),
        format!("u:{CANARY}@h"),
    ] {
        for file in files(&uri, CANARY) {
            let format = if file.starts_with("a:") { "export-yaml" } else { "env" };
            all.push((format, file));
        }
    }
    all
}

/// Formats that wrap a connection in something else.
const WRAPPERS: &[&str] = &[
    "dotenv",
    "shell-env",
    "sqlalchemy",
    "jdbc",
    "libpq",
    "redshift-connector",
    "dbt",
    "docker-env",
    "systemd-env",
    "dockerfile",
    "compose",
    "kubernetes",
    "kubernetes-data",
    "helm",
    "github-actions",
    "ecs-task",
    "terraform",
    "cloudformation",
    "connections-get",
    "airflow-commands",
    "rest",
    "airflowctl",
    "astro-settings",
    "astro-environment",
    "aws-secrets",
    "ssm",
    "vault",
    "gcp-secrets",
    "azure-secrets",
    "variables",
    "toml",
    "ini",
    "template",
    "encrypted",
];

/// A URI, or what people take for one, in a wrapper: where it is held by fields, as each of them.
fn wrapped(format: &str, uri: &str) -> String {
    let json = serde_json::to_string(uri).expect("JSON");
    let fields = |names: &[&str]| {
        names.iter().map(|name| format!("\"{name}\": {json}")).collect::<Vec<_>>().join(", ")
    };
    match format {
        "dotenv" => format!("AIRFLOW_CONN_A={uri}\nAIRFLOW_CONN_B='{uri}'\n{uri}\n"),
        "shell-env" => format!("AIRFLOW_CONN_A={uri}\nexport AIRFLOW_CONN_B=\"{uri}\"\n{uri}\n"),
        "sqlalchemy" => format!("{uri}\npostgresql://{uri}\nredshift://u:{uri}@h/d?a={uri}\n"),
        "jdbc" => {
            format!("jdbc:{uri}\njdbc:redshift://h/d?PWD={uri}&x={uri}\njdbc:postgresql://{uri}\n")
        }
        "libpq" => format!("{uri}\nhost=h password={uri}\npassword='{uri}' x={uri}\n"),
        "redshift-connector" => format!("{{\"a\": {{{}}}}}", fields(&["password", "iam", "x"])),
        "dbt" => format!(
            "a: {{outputs: {{b: {{type: postgres, password: {json}, x: {json}}}, c: {{type: {json}}}}}}}\n"
        ),
        "docker-env" => format!(
            "AIRFLOW_CONN_A={uri}\nAIRFLOW_CON_A={uri}\nAIRFLOW__SECRETS__BACKEND_KWARGS={uri}\n"
        ),
        "systemd-env" => format!("AIRFLOW_CONN_A=\"{uri}\"\n{uri}\n"),
        "dockerfile" => format!(
            "FROM x\nENV AIRFLOW_CONN_A=\"{uri}\"\nENV AIRFLOW_CONN_B {uri}\nENV AIRFLOW_CONN_C {uri} {uri}\n"
        ),
        "compose" => {
            format!(
                "services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: {json}\n      AIRFLOW__SECRETS__BACKEND_KWARGS: {json}\n"
            )
        }
        "kubernetes" => format!(
            "kind: Secret\nstringData:\n  AIRFLOW_CONN_A: {json}\ndata: {{AIRFLOW_CONN_B: {json}}}\n"
        ),
        "kubernetes-data" => {
            format!(
                "kind: Secret\ndata:\n  AIRFLOW_CONN_A: {}\n  connections.env: {}\n",
                base64(uri.as_bytes()),
                base64(uri.as_bytes())
            )
        }
        "helm" => format!(
            "extraSecrets:\n  a: {{stringData: {json}}}\nairflow: {{connections: [{{{}}}]}}\nenv: [{{name: AIRFLOW_CONN_A, value: {json}}}]\n",
            fields(&["password", "extra"])
        ),
        "github-actions" => format!("on: push\njobs: {{a: {{env: {{AIRFLOW_CONN_A: {json}}}}}}}\n"),
        "ecs-task" => format!(
            "[{{\"image\": \"x\", \"environment\": [{{\"name\": \"AIRFLOW_CONN_A\", \"value\": {json}}}]}}]\n"
        ),
        "terraform" => format!(
            "resource \"airflow_connection\" \"a\" {{\n  conn_type = \"x\"\n  password = {json}\n  extra = {json}\n  port = {uri}\n}}\nlocals {{\n  env = {{ AIRFLOW_CONN_A = {json}, AIRFLOW_CONN_B = jsonencode({{ conn_type = \"x\", password = {json} }}) }}\n}}\n"
        ),
        "connections-get" => {
            format!(
                "[{{\"conn_id\": \"a\", {}}}, {json}]",
                fields(&["password", "port", "extra_dejson", "get_uri"])
            )
        }
        "airflow-commands" => format!(
            "airflow connections add a --conn-uri '{}'\nairflow connections add b --conn-type x --conn-password {uri} --conn-extra {json} --bogus={json}\n",
            uri.replace('\'', "'\\''")
        ),
        "rest" => format!(
            "{{\"connection_id\": \"a\", {}}}",
            fields(&["password", "extra", "port", "key"])
        ),
        "airflowctl" => {
            format!("{{\"a\": {json}, \"b\": {{{}}}}}", fields(&["password", "extra", "port"]))
        }
        "astro-settings" => format!(
            "airflow:\n  connections:\n    - conn_id: a\n      conn_uri: {json}\n    - conn_id: b\n      conn_type: x\n      conn_extra: {json}\n      conn_port: {json}\n"
        ),
        "astro-environment" => format!(
            "{{\"objectKey\": \"a\", \"connection\": {{{}}}}}",
            fields(&["password", "extra", "port"])
        ),
        "aws-secrets" => {
            format!("{{\"Name\": \"airflow/connections/a\", \"SecretString\": {json}}}")
        }
        "ssm" => format!("{{\"Name\": \"/airflow/connections/a\", \"Value\": {json}}}"),
        "vault" => format!("{{\"data\": {{\"data\": {{\"conn_uri\": {json}}}}}}}"),
        "gcp-secrets" => format!(
            "{{\"name\": \"a\", \"payload\": {{\"data\": \"{}\"}}}}",
            base64(uri.as_bytes())
        ),
        "azure-secrets" => format!("{{\"name\": \"airflow-connections-a\", \"value\": {json}}}"),
        "variables" => format!(
            "a: {{AIRFLOW_CONN_A: {json}}}\nb: [{{name: AIRFLOW_CONN_B, value: {json}}}]\nc: 'airflow connections add c --conn-uri {}'\n",
            uri.replace('\'', "''")
        ),
        "toml" => format!("[env]\nAIRFLOW_CONN_A = {json}\n"),
        "cloudformation" => format!(
            "Resources:\n  A:\n    Type: AWS::SecretsManager::Secret\n    Properties: {{Name: airflow/connections/a, SecretString: {json}}}\n  B:\n    Type: AWS::SSM::Parameter\n    Properties: {{Name: !Sub \"/airflow/connections/${{X}}\", Value: !Sub {json}}}\n"
        ),
        "ini" => {
            format!("[testenv]\nsetenv =\n    AIRFLOW_CONN_A={uri}\n[core]\nAIRFLOW_CONN_B={uri}\n")
        }
        "template" => format!("a: {{{{ x }}}}\nAIRFLOW_CONN_A: {uri}\n"),
        "encrypted" => {
            format!("a: {{conn_type: 'ENC[AES256_GCM,', password: {json}}}\nsops: {{}}\n")
        }
        other => panic!("how is {other} written?"),
    }
}

#[test]
fn every_format_is_wrapped() {
    const OWN: &[&str] =
        &["uri", "json", "jsonl", "env", "airflow-env", "export-json", "export-yaml"];
    let known: BTreeSet<&str> = WRAPPERS.iter().chain(OWN).copied().collect();
    assert_eq!(known, FORMATS.iter().filter(|f| f.is_read()).map(|f| f.name).collect());
}

/// The text gives its secret as the id of a connection: ids are public.
fn is_public_id(text: &str, format: &str, spellings: &Spellings) -> bool {
    // SecretsManagerBackend reads `user` as the login, which is public.
    if format == "aws-secrets" && text.contains("user") && !text.contains("://") {
        return true;
    }
    let format = by_name(format).expect("a format");
    let document = (format.read)(&Text::untraced(text), &Runtime::newest(Side::Server));
    document
        .entries
        .iter()
        .filter_map(|e| e.conn_id.as_deref())
        .any(|id| spellings.seen(id).is_some() && public_id(id).is_some())
}

/// Runs the binary over files in one go; the lines of what it printed that give the secret away.
fn leaks(
    arguments: &[&str],
    files: &[PathBuf],
    with_stdout: bool,
    spellings: &Spellings,
) -> Vec<String> {
    let mut command = common::airconn();
    command.args(arguments).args(files);
    let ran = common::feed(command, b"");
    assert!((0..=1).contains(&ran.code), "{arguments:?}: {} {}", ran.code, ran.err);
    let out = if with_stdout { without_fingerprints(&ran.out) } else { String::new() };
    out.lines()
        .chain(ran.err.lines())
        .filter(|line| spellings.seen(line).is_some())
        .map(str::to_string)
        .collect()
}

/// A fingerprint has so many digits that some are those of the secret by chance; that it depends on
/// no value, tests/it/reports.rs shows.
fn without_fingerprints(text: &str) -> String {
    let is_fingerprint = |piece: &str| {
        piece.len() == 32 && piece.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    text.split('"')
        .map(|piece| if is_fingerprint(piece) { "fingerprint" } else { piece })
        .collect::<Vec<_>>()
        .join("\"")
}

/// What leaks, file by file.
fn report(
    arguments: &[&str],
    files: &[PathBuf],
    with_stdout: bool,
    spellings: &Spellings,
    found: &mut Vec<String>,
) {
    for chunk in files.chunks(200) {
        if leaks(arguments, chunk, with_stdout, spellings).is_empty() {
            continue;
        }
        for file in chunk {
            if let Some(line) =
                leaks(arguments, std::slice::from_ref(file), with_stdout, spellings).first()
            {
                let text = std::fs::read_to_string(file).expect("a file of this test");
                let shown: String = line.chars().take(300).collect();
                found.push(format!("{arguments:?}\n  input  {text:?}\n  output {shown}"));
            }
        }
    }
}

fn fail(found: &[String], ran: usize) {
    let mut kinds = BTreeSet::new();
    let outputs = found
        .iter()
        .filter(|f| kinds.insert(f.rsplit('\n').next().unwrap_or_default().to_string()));
    let shown = outputs.take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(found.is_empty(), "{} of {ran} give the secret away, the first:\n{shown}", found.len());
}

/// Writes the texts into files of their own whose names say nothing.
fn written(texts: &[&str], folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let write = |(i, text): (usize, &&str)| {
        let path = folder.path().join(format!("{i:05}"));
        std::fs::write(&path, text).expect("a file in a folder of our own");
        path
    };
    texts.iter().enumerate().map(write).collect()
}

#[test]
fn reports_of_texts_in_their_own_format() {
    let spellings = Spellings::of(&[CANARY, SECOND, DIGITS]);
    let texts = texts();
    let mut found = Vec::new();
    let mut ran = 0;
    for format in FORMATS.iter().filter(|f| f.is_read()).map(|f| f.name) {
        let mine: Vec<&str> = texts
            .iter()
            .filter(|(f, t)| *f == format && !is_public_id(t, f, &spellings))
            .map(|(_, t)| t.as_str())
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        let files = written(&mine, &folder);
        ran += files.len();
        for versions in ["3.3.2", "1.10.15,2.2.5,2.11.2,3.1.8"] {
            for command in [
                &["check", "--format", "human"][..],
                &["check", "--format", "json"],
                &["check", "--format", "sarif"],
                &["check", "--format", "junit"],
                &["check", "--format", "github"],
                &["check", "--format", "gitlab"],
                &["inspect"],
                &["inspect", "--format", "jsonl"],
                &["inspect", "--format", "jsonl", "--side", "worker"],
            ] {
                let arguments = [command, &["--from", format, "--airflow", versions]].concat();
                report(&arguments, &files, true, &spellings, &mut found);
            }
        }
    }
    assert!(ran > 2_000, "only {ran} texts");
    fail(&found, ran);
}

#[test]
fn reports_of_texts_in_a_format_they_are_not_in() {
    let spellings = Spellings::of(&[CANARY, SECOND, DIGITS]);
    let texts = texts();
    let mut found = Vec::new();
    let mut ran = 0;
    for (i, format) in FORMATS.iter().filter(|f| f.is_read()).map(|f| f.name).enumerate() {
        // An eighth of the texts with each of the other formats is enough.
        let others = texts
            .iter()
            .skip(i % 8)
            .step_by(8)
            .filter(|(f, t)| *f != format && !is_public_id(t, format, &spellings));
        let others: Vec<&str> = others.map(|(_, t)| t.as_str()).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let files = written(&others, &folder);
        ran += files.len();
        for command in [
            &["check", "--format", "human"][..],
            &["check", "--format", "json"],
            &["inspect"],
            &["inspect", "--format", "jsonl"],
        ] {
            report(&[command, &["--from", format]].concat(), &files, true, &spellings, &mut found);
        }
    }
    assert!(ran > 5_000, "only {ran} texts");
    fail(&found, ran);
}

/// `convert` shows the value on standard output, which is its job, and nothing of it on standard
/// error.
#[test]
fn errors_and_warnings_of_convert() {
    let spellings = Spellings::of(&[CANARY, SECOND, DIGITS]);
    let texts = texts();
    let mut found = Vec::new();
    for (i, format) in FORMATS.iter().filter(|f| f.is_read()).map(|f| f.name).enumerate() {
        let mine: Vec<&str> = texts
            .iter()
            .filter(|(f, t)| *f == format && !is_public_id(t, f, &spellings))
            .map(|(_, t)| t.as_str())
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        let files = written(&mine, &folder);
        // One bad file blocks no other, but the exit code says that it was left out.
        let broken = folder.path().join("broken");
        let text = match format {
            "json" | "jsonl" | "redshift-connector" | "dbt" => {
                format!("{{\"password\": \"{CANARY}")
            }
            "export-json" => format!("{{\"a\": \"x://u:{CANARY}@h:a\"}}"),
            "export-yaml" => format!("a: 'x://u:{CANARY}@h:a'\n"),
            "uri" => format!("x://u:{CANARY}@h:a\n"),
            "env" => format!("AIRFLOW_CONN_A=x://u:{CANARY}@h:a\n"),
            "airflow-env" => format!("a=x://u:{CANARY}@h:a\n"),
            other => wrapped(other, &format!("x://u:{CANARY}@h:a")),
        };
        std::fs::write(&broken, text).expect("a file in a folder of our own");
        for chunk in files.chunks(200) {
            let mut chunk = chunk.to_vec();
            chunk.push(broken.clone());
            let mut command = common::airconn();
            command.args(["convert", "--from", format, "--to", "jsonl"]).args(&chunk);
            let ran = common::feed(command, b"");
            // No connection is read from these: there is nothing to refuse, and nothing to write.
            let code = if matches!(format, "template" | "encrypted") { 0 } else { 1 };
            assert_eq!(ran.code, code, "{format}");
            assert!(code == 0 || ran.err.contains("left out") || ran.out.is_empty(), "{format}");
            if let Some(seen) = ran.err.lines().find(|line| spellings.seen(line).is_some()) {
                found.push(format!("convert --from {format} of many files: {seen}"));
            }
        }
        // Those that can be written warn of losses; a format each in turn.
        for (j, file) in files.iter().enumerate().step_by(2) {
            let written: Vec<&str> =
                FORMATS.iter().filter(|f| f.is_written()).map(|f| f.name).collect();
            let to = written[(i + j) % written.len()];
            let file = std::slice::from_ref(file);
            let mut arguments = vec![
                "convert",
                "--from",
                format,
                "--to",
                to,
                "--value",
                if j % 2 == 0 { "uri" } else { "json" },
            ];
            // What has no id gets one; an id that is there stays, and must not be shown if it is
            // none to show.
            let text = std::fs::read_to_string(&file[0]).expect("a file of this test");
            if matches!(format, "uri" | "json")
                || format == "jsonl" && !text.contains("\"conn_id\"")
            {
                arguments.extend(["--conn-id", "some_id"]);
            }
            let mut command = common::airconn();
            command.args(&arguments).args(file);
            let ran = common::feed(command, b"");
            if let Some(line) = ran.err.lines().find(|line| spellings.seen(line).is_some()) {
                found.push(format!("{arguments:?}\n  input  {text:?}\n  output {line}"));
            }
            let named = ran.out.is_empty() || ran.err.contains("left out");
            assert!(ran.code == 0 || named, "{arguments:?} failed and wrote");
        }
    }
    fail(&found, texts.len());
}

/// What a developer prints by accident.
#[test]
fn debug_prints() {
    let spellings = Spellings::of(&[CANARY, SECOND, DIGITS]);
    let runtimes = [
        Runtime::newest(Side::Server),
        Runtime::newest(Side::Worker),
        Runtime::new(Version(2, 2, 5), Side::Server),
    ];
    let mut seen = Vec::new();
    for (i, (own, text)) in texts().iter().enumerate() {
        let other = FORMATS[i % FORMATS.len()];
        for format in [by_name(own).expect("a format"), other] {
            if is_public_id(text, format.name, &spellings) {
                continue;
            }
            for runtime in &runtimes {
                let source = Text::at(text, 0);
                let document = (format.read)(&source, runtime);
                let mut prints = format!(
                    "{source:?} {document:?} {:?}",
                    airconn::source::Source::new("x", text.as_str())
                );
                for entry in &document.entries {
                    prints += &format!(
                        "{entry:?} {:?} {:?} {:?}",
                        entry.raw,
                        entry.base,
                        entry.parse(runtime)
                    );
                    if let Ok(connection) = entry.parse(runtime) {
                        prints += &format!(
                            "{connection:#?} {:?} {:?}",
                            connection.password, connection.extra
                        );
                        let nodes: Vec<_> =
                            airconn::model::FIELDS.iter().map(|f| connection.field(f)).collect();
                        prints += &format!("{nodes:?}");
                    }
                }
                prints += &format!("{:?}", airconn::airflow::python::json_loads::loads(text));
                prints += &format!("{:?}", airconn::airflow::yaml_load::load(text));
                if let Some(part) = spellings.seen(&prints) {
                    let at = prints.to_lowercase().find(part).unwrap_or(0);
                    let shown: String =
                        prints.chars().skip(at.saturating_sub(120)).take(200).collect();
                    seen.push(format!("{}: {text:?}\n  … {shown}", format.name));
                }
            }
        }
    }
    fail(&seen, texts().len());
}
