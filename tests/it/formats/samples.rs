//! Samples are recognised by name and content, and are sound; secrets are read as the real backends
//! read them.

use airconn::airflow::runtime::{Runtime, Side, Version};
use airconn::check::{Level, Providers, check};
use airconn::format::{FORMATS, guess};
use airconn::hooks::Provider;
use airconn::model::{FIELDS, Value};
use airconn::source::{Source, Text};

use super::{common, read, runtimes};

/// A sample, its format, and how many connections it holds.
static SAMPLES: &[(&str, &str, usize)] = &[
    ("connections.env", "airflow-env", 70),
    ("connections.json", "export-json", 70),
    ("connections.yaml", "export-yaml", 70),
    ("connections.json-values.env", "airflow-env", 70),
    ("connections.uris", "uri", 70),
    ("connections.jsonl", "jsonl", 70),
    ("environment.env", "env", 69),
    ("single.json", "json", 1),
    (".envrc", "shell-env", 2),
    ("env.list", "docker-env", 3),
    ("etc/default/airflow", "systemd-env", 3),
    ("Dockerfile", "dockerfile", 3),
    ("docker-compose.yaml", "compose", 4),
    ("kubernetes.yaml", "kubernetes", 7),
    ("kubernetes-list.json", "kubernetes", 2),
    ("values.yaml", "helm", 4),
    ("values-community.yaml", "helm", 3),
    (".github/workflows/dags.yml", "github-actions", 1),
    ("task-definition.json", "ecs-task", 3),
    ("main.tf", "terraform", 3),
    ("stack.yaml", "cloudformation", 2),
    ("connections-list.json", "connections-get", 4),
    ("connections-list.yaml", "connections-get", 4),
    ("airflow_settings.yaml", "astro-settings", 3),
    ("astro-environment.json", "astro-environment", 1),
    ("connections.sh", "airflow-commands", 2),
    ("rest-list.json", "rest", 2),
    ("rest-bulk.json", "rest", 1),
    ("aws-secrets.json", "aws-secrets", 2),
    ("aws-managed-secret.json", "aws-secrets", 1),
    ("ssm.json", "ssm", 2),
    ("vault.json", "vault", 1),
    ("vault-secret.json", "vault", 1),
    ("gcp-secret.json", "gcp-secrets", 1),
    ("azure-secret.json", "azure-secrets", 1),
    (".gitlab-ci.yml", "variables", 3),
    ("fly.toml", "toml", 2),
    ("tox.ini", "ini", 1),
    ("chart-secret.yaml", "template", 0),
    ("connections.sops.yaml", "encrypted", 0),
];

#[test]
fn samples_are_recognised_and_sound() {
    for (name, format, count) in SAMPLES {
        let text = common::fixture_text(&format!("valid/{name}"));
        for piped in [false, true] {
            let guessed = guess(&format!("fixtures/valid/{name}"), &text, piped)
                .unwrap_or_else(|| panic!("{name} is not recognised"));
            assert_eq!((guessed.format.name, guessed.skip), (*format, 0), "{name}");
            let runtime = Runtime::newest(Side::Server);
            let read = read(&text, guessed.format, &runtime);
            assert_eq!(read.len(), *count, "{name}");
            // What `import` reads as URIs are JSON values: a trap, see AC110.
            for (id, connection) in read.into_iter().filter(|_| !name.contains("json-values")) {
                assert!(connection.is_ok(), "{name} {id:?}: {:?}", connection.err());
            }
            if *count < 20 {
                let found =
                    check(&Source::new(*name, text.as_str()), 0, guessed.format, &runtimes())
                        .findings;
                let errors: Vec<_> = found
                    .iter()
                    .filter(|f| f.level == Level::Error)
                    .map(|f| (f.rule, &f.message))
                    .collect();
                assert!(errors.is_empty(), "{name}: {errors:?}");
            }
        }
    }
}

#[test]
fn every_format_that_is_read_has_a_sample() {
    // These look like another format of the table, or are read only where they are named.
    const ONLY_NAMED: &[&str] = &[
        "kubernetes-data",
        "airflowctl",
        "dotenv",
        "sqlalchemy",
        "jdbc",
        "libpq",
        "redshift-connector",
        "dbt",
    ];
    for format in FORMATS.iter().filter(|f| f.is_read() && !ONLY_NAMED.contains(&f.name)) {
        assert!(
            SAMPLES.iter().any(|(_, sample, _)| *sample == format.name),
            "no sample of {}",
            format.name
        );
    }
}

/// `tools/recorders/record_backends.py` asked the real backends.
#[test]
fn secrets_are_read_as_the_real_backends_read_them() {
    let recorded = common::fixture_text("backends.jsonl");
    let newest = Runtime::newest(Side::Server);
    let mut compared = 0;
    for line in recorded.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let format =
            FORMATS.iter().find(|f| Some(f.name) == case["format"].as_str()).expect("a format");
        let secret = case["secret"].as_str().expect("a text");
        let answer = &case["answer"];
        let mut providers = Providers::default();
        if let Some(version) = case["amazon"].as_str() {
            let parts: Vec<u16> =
                version.split('.').map(|part| part.parse().expect("a number")).collect();
            providers.packages.amazon = Provider::new(Version(parts[0], parts[1], parts[2]));
        }
        let runtime = providers.around(std::slice::from_ref(&newest)).pop().expect("a runtime");
        let source = Text::at(secret, 0);
        let document = (format.read)(&source, &runtime);
        let mut parsed = document.entries.iter().map(|e| e.parse(&runtime));
        let read = parsed.next();
        assert!(parsed.next().is_none() && document.problems.is_empty(), "{line}");
        match (answer.get("error"), read) {
            (Some(_), None | Some(Err(_))) => {}
            (None, Some(Ok(connection))) => {
                for field in FIELDS {
                    let ours = match connection.field(field).expect("a field") {
                        Value::Null => serde_json::Value::Null,
                        Value::Int(n) => (*n).into(),
                        other => other.as_str().map_or(serde_json::Value::Null, Into::into),
                    };
                    assert_eq!(ours, answer[field], "{field} of {line}");
                }
            }
            (_, other) => panic!("{line}: {:?}", other.map(|r| r.map_err(|e| e.message))),
        }
        compared += 1;
    }
    assert!(compared > 200);
}
