//! Dockerfiles: variables are what the build of an image makes of them.

use airconn::airflow::Raw;
use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::{Providers, Safety, fix};
use airconn::format::{by_name, guess};
use airconn::source::{Source, Text};

use super::common;

/// The ids and values that are read, none for a value that is filled in, and how many problems
/// there are.
fn read(text: &str) -> (Vec<(String, Option<String>)>, usize) {
    let format = by_name("dockerfile").expect("a format");
    let text = Text::at(text, 0);
    let document = (format.read)(&text, &Runtime::newest(Side::Server));
    let entries = document.entries.iter().map(|entry| {
        let value = match &entry.raw {
            Raw::Value(value) if entry.refused.is_none() => Some(value.as_str().to_string()),
            _ => None,
        };
        (entry.conn_id.clone().expect("an id"), value)
    });
    (entries.collect(), document.problems.len())
}

/// `tools/recorders/record_dockerfiles.py` asked buildah.
#[test]
fn variables_are_those_of_the_image() {
    let recorded = common::fixture_text("dockerfile/buildah.jsonl");
    let mut compared = 0;
    for line in recorded.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = case["dockerfile"].as_str().expect("a text");
        assert_eq!(guess("Dockerfile", text, false).map(|g| g.format.name), Some("dockerfile"));
        let (read, problems) = read(text);
        let Some(image) = case["env"].as_array() else {
            assert_eq!(
                (read.iter().filter(|(_, value)| value.is_some()).count().min(1), problems),
                (read.len().min(1), 1),
                "{text}"
            );
            continue;
        };
        assert_eq!(problems, 0, "{text}");
        let image: Vec<(String, &str)> = image
            .iter()
            .filter_map(|variable| {
                variable.as_str()?.strip_prefix("AIRFLOW_CONN_")?.split_once('=')
            })
            .map(|(id, value)| (id.to_lowercase(), value))
            .collect();
        for (id, value) in &read {
            match value {
                Some(value) => {
                    assert!(image.contains(&(id.clone(), value)), "{text}: {id} is {value:?}")
                }
                // `$$` and `$@` are variables to BuildKit, and stand for themselves to buildah.
                None => assert!(text.contains('$'), "{text}"),
            }
            compared += usize::from(value.is_some());
        }
        assert!(
            image.iter().all(|(id, _)| read.iter().any(|(known, _)| known == id)),
            "{text}: {read:?}"
        );
    }
    assert!(compared >= 35, "{compared} compared");
}

/// What buildah 1.x does in another way or not at all: here-documents, and `escape` inside of
/// words. As the reference of Dockerfiles has it.
#[test]
fn what_only_buildkit_knows_is_read() {
    let a = |value: &str| vec![("a".to_string(), Some(value.to_string()))];
    for (text, want) in [
        ("FROM x\nRUN <<EOF\nENV AIRFLOW_CONN_B=x\nEOF\nENV AIRFLOW_CONN_A=y\n", a("y")),
        ("FROM x\nRUN <<'EOF' sh\nENV AIRFLOW_CONN_B=x\nEOF\r\nENV AIRFLOW_CONN_A=y\n", a("y")),
        (
            "FROM x\nCOPY <<-EOF <<\"B\" /f\n\tENV AIRFLOW_CONN_B=x\n\tEOF\nENV AIRFLOW_CONN_B=x\nB\nENV AIRFLOW_CONN_A=y\n",
            a("y"),
        ),
        ("FROM x\nRUN a \\\n  ENV AIRFLOW_CONN_B=x\nENV AIRFLOW_CONN_A=y\n", a("y")),
        ("# escape=`\nFROM x\nENV AIRFLOW_CONN_A=C:\\dir`\n  B=c\n", a("C:\\dir")),
        ("# syntax=x\n#Escape = `\nFROM x\nENV AIRFLOW_CONN_A=a`\"b\\c\n", a("a\"b\\c")),
        ("# escape=`\nFROM x\nENV AIRFLOW_CONN_A=\"a`\"b\\c``\"\n", a("a\"b\\c`")),
        ("# x\n\n# escape=`\nFROM x\nENV AIRFLOW_CONN_A=a\\ b\n", a("a b")),
        ("FROM x\nONBUILD ENV AIRFLOW_CONN_A=y\n", a("y")),
        ("FROM x\nARG B AIRFLOW_CONN_A='y' C\n", a("y")),
        ("FROM x\nARG AIRFLOW_CONN_A\nLABEL AIRFLOW_CONN_B=x\n#ENV AIRFLOW_CONN_B=x\n", vec![]),
    ] {
        assert_eq!(read(text), (want, 0), "{text}");
    }
}

#[test]
fn names_and_contents_tell_it() {
    let text = "FROM x\nENV AIRFLOW_CONN_A=x://h\n";
    for name in
        ["Dockerfile", "a/Dockerfile.dev", "web.Dockerfile", "web.dockerfile", "Containerfile", "-"]
    {
        assert_eq!(
            guess(name, text, name == "-").map(|g| g.format.name),
            Some("dockerfile"),
            "{name}"
        );
    }
    for name in ["Dockerfile.dockerignore", "a.txt.md"] {
        assert!(!by_name("dockerfile").expect("a format").is_named(name), "{name}");
    }
}

/// Byte by byte, and read again.
#[test]
fn connections_are_repaired_where_they_stand() {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let providers = Providers::default();
    let format = by_name("dockerfile").expect("a format");
    let setting = fix::Setting { skip: 0, format, runtimes: &runtimes, providers: &providers };
    let redshift = |ssl: &str| {
        format!(
            r#"{{"conn_type": "redshift", "host": "dwh.example.com", "login": "etl", "password": "Tide4low", "extra": {{"ssl": {ssl}}}}}"#
        )
    };
    let (before, after) = (redshift("\"true\""), redshift("true"));
    let escaped = |text: &str| text.replace('"', "\\\"");
    let uri = "redshift://etl:Tide4low@dwh.example.com:5439/dev";
    for (before, after) in [
        (
            format!("FROM x\nENV AIRFLOW_CONN_R='{before}' B=c\n"),
            format!("FROM x\nENV AIRFLOW_CONN_R='{after}' B=c\n"),
        ),
        (
            format!(
                "FROM x\r\nENV A=1 \\\r\n  # mine\r\n  AIRFLOW_CONN_R=\"{}\"\r\n",
                escaped(&before)
            ),
            format!(
                "FROM x\r\nENV A=1 \\\r\n  # mine\r\n  AIRFLOW_CONN_R=\"{}\"\r\n",
                escaped(&after)
            ),
        ),
        (
            format!("FROM x\nENV AIRFLOW_CONN_R {uri}?sslmode=VERIFY_FULL  \n"),
            format!("FROM x\nENV AIRFLOW_CONN_R {uri}?sslmode=verify-full  \n"),
        ),
        (
            format!("FROM x\nENV AIRFLOW_CONN_R={uri}?sslmode=VERIFY_FULL B=c\n"),
            format!("FROM x\nENV AIRFLOW_CONN_R={uri}?sslmode=verify-full B=c\n"),
        ),
    ] {
        let got = fix::fix(&Source::new("x", before.as_str()), setting, Safety::Safe, &|_| true);
        assert_eq!(got.text, after, "{:?}", got.checked.findings);
        let again = fix::fix(&Source::new("x", after.as_str()), setting, Safety::Safe, &|_| true);
        assert_eq!((again.text.as_str(), again.applied.len()), (after.as_str(), 0));
    }
}
