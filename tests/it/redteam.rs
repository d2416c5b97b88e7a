//! Faults that a second red team found, and others of their kind, with the right answer.

use airconn::check::{Checked, Finding, Level};
use airconn::report::{FileReport, RENDERERS, Report};
use airconn::source::Source;

use crate::common::{Ran, airconn, feed, folder_with, run};

fn check(arguments: &[&str], text: &str) -> Ran {
    run(&[&["check", "--isolated"], arguments, &["-"]].concat(), text)
}

fn of_rule<'r>(found: &'r [serde_json::Value], rule: &str) -> Vec<&'r serde_json::Value> {
    found.iter().filter(|finding| finding["id"] == rule).collect()
}

fn finding(rule: &'static str, level: Level) -> Finding {
    Finding {
        rule,
        detail: None,
        level,
        conn_id: None,
        runtimes: Default::default(),
        pointer: String::new(),
        span: None,
        message: "made up".to_string(),
        help: None,
        fix: None,
        consequences: Vec::new(),
    }
}

/// A report on a file with so many findings of one level, and one more.
fn report(many: usize, level: Level, last: Finding) -> Report {
    let source = Source::new("x", "");
    let mut findings: Vec<Finding> = (0..many).map(|_| finding("AC202", level)).collect();
    findings.push(last);
    let checked = Checked { findings, connections: 1, ..Checked::default() };
    Report::new(vec![FileReport::new(&source, "x".to_string(), "uri", checked)], Vec::new())
}

#[test]
fn a_report_has_no_more_findings_than_anybody_reads() {
    let most = airconn::bounds::FINDINGS.value;
    // The bound itself is still allowed.
    let whole = report(most - 1, Level::Warning, finding("AC105", Level::Error)).bounded(most);
    assert_eq!(whole.findings().count(), most);
    assert!(whole.findings().all(|(_, located)| located.finding.rule != "AC004"));
    // What is left out keeps its level: the exit code is that of all.
    let cut = report(most + 4, Level::Info, finding("AC105", Level::Error)).bounded(most);
    assert_eq!(cut.findings().count(), most + 1);
    let (_, last) = cut.findings().last().expect("one that counts");
    assert_eq!((last.finding.rule, last.finding.level), ("AC004", Level::Error));
    assert!(last.finding.message.ends_with(": 1 error, 4 notes"), "{}", last.finding.message);
    assert_eq!(last.fingerprint.len(), 32);
    for renderer in RENDERERS {
        let text = (renderer.render)(&cut);
        assert_eq!(text.matches("1 error, 4 notes").count().min(1), 1, "{}", renderer.name);
    }
    // What airconn itself failed at is told in any case.
    let mistaken = report(most + 4, Level::Info, finding("AC003", Level::Error)).bounded(most);
    let rules: Vec<_> = mistaken.findings().skip(most).map(|(_, l)| l.finding.rule).collect();
    assert_eq!(rules, ["AC003", "AC004"]);
}

#[test]
fn a_connection_as_an_argument_is_not_repeated() {
    for argument in [
        "postgres%3A%2F%2Fapp%3AZq7canary9XwLk2%40db.example.com",
        "{Zq7canary9XwLk2",
        "Zq7canary9XwLk2@db.example.com:5432",
        "app/Zq7canary9XwLk2@db.example.com:1521/x",
        "AKIAIOSFODNN7EXAMPLE:Zq7canary9XwLk2",
        "--password=Zq7canary9XwLk2",
        "--conn-password=Zq7canary9XwLk2",
    ] {
        for command in ["check", "inspect", "probe", "convert", "explain", "schema", "help"] {
            let ran = run(&[command, argument], "");
            let said = format!("{}{}", ran.out, ran.err);
            assert_eq!(ran.code, 2, "{command} {argument}: {said}");
            assert!(!said.contains("canary"), "{command} {argument}: {said}");
            assert!(said.contains("not repeated here"), "{command} {argument}: {said}");
        }
    }
}

/// What is named `secret` is not one.
#[test]
fn the_address_of_a_secret_is_an_argument() {
    const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:dwh-AbCdEf";
    let text =
        r#"{"conn_id": "aws_default", "conn_type": "aws", "extra": {"region_name": "us-east-1"}}"#;
    let all = ["probe", "--isolated", "--dry-run", "--from", "jsonl", "--via", "data-api"];
    let more = ["--database", "dev", "--cluster-identifier", "c"];
    for arn in
        [vec!["--secret-arn".to_string(), ARN.to_string()], vec![format!("--secret-arn={ARN}")]]
    {
        let arn = arn.iter().map(String::as_str);
        let arguments: Vec<&str> =
            all.iter().chain(&more).copied().chain(arn).chain(["-"]).collect();
        let ran = run(&arguments, text);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn a_key_of_aws_is_found_in_whatever_order_it_was_pasted() {
    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const KEY: &str = "qT8xRvNbZ/HyK5gUoW3cJdLsP1mAfI7iB2nM9hVz";
    let right = (Some(ID), Some(KEY));
    for (login, password, option) in [
        (KEY.to_string(), ID.to_string(), "--fix"),
        (format!("{KEY}\n"), format!("{ID}\n"), "--fix"),
        (format!("\"{KEY}\""), format!("\"{ID}\""), "--fix"),
        (format!("{ID}{KEY}"), String::new(), "--fix=unsafe"),
        (format!("{ID}\n{KEY}\n"), String::new(), "--fix=unsafe"),
        (format!("{ID}/{KEY}"), String::new(), "--fix=unsafe"),
        (format!("{KEY}:{ID}"), String::new(), "--fix=unsafe"),
        (format!("{KEY}{ID}"), String::new(), "--fix=unsafe"),
        (String::new(), format!("{ID}, {KEY}"), "--fix=unsafe"),
        (format!("{ID}:{KEY}"), format!("{ID}:{KEY}"), "--fix=unsafe"),
    ] {
        let text = serde_json::json!({
            "conn_id": "aws", "conn_type": "aws", "login": login, "password": password,
            "extra": {"region_name": "us-east-1"},
        });
        let text = text.to_string();
        let found = check(&["--format", "json", "--from", "jsonl"], &text).findings();
        assert_eq!(of_rule(&found, "AC607").len(), 1, "{text}: {found:?}");
        let out = check(&[option, "--from", "jsonl"], &text).out;
        let repaired: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        let read = (repaired["login"].as_str(), repaired["password"].as_str());
        assert_eq!(read, right, "{text}");
    }
}

/// A `?` in a password, with a `=` behind it, looks like the key of a query.
#[test]
fn a_password_that_looks_like_a_query_is_doubtful() {
    for uri in [
        "sftp://app:@Zq7canary9?Vb4nhd=Tr8gplf@localhost",
        "postgres://app:P@Zq7canary9?Vb4nhd=Tr8gplf@db.example.com",
    ] {
        for command in [
            &["check", "--isolated"][..],
            &["check", "--isolated", "--format", "json"],
            &["inspect", "--isolated"],
            &["probe", "--isolated", "--dry-run"],
        ] {
            let ran = run(&[command, &["--from", "uri", "-"]].concat(), uri);
            let said = format!("{}{}", ran.out, ran.err).to_lowercase();
            assert!(!said.contains("canary9") && !said.contains("tr8gplf"), "{uri}: {said}");
        }
        let found = check(&["--format", "json", "--from", "uri"], uri).findings();
        assert_eq!(of_rule(&found, "AC201").len(), 1, "{uri}: {found:?}");
    }
    // Addresses as values of ordinary keys are no such case.
    let uri = "http://app:tide@dwh?owner=team@example.com";
    let found = check(&["--format", "json", "--from", "uri"], uri).findings();
    assert_eq!(of_rule(&found, "AC201").len(), 0, "{found:?}");
}

/// A report never takes the place of the connections that it is about.
#[test]
fn what_is_checked_is_not_replaced_by_a_report() {
    let text = "AIRFLOW_CONN_A='x://u:p%@h'\n";
    let folder = folder_with([("a.env", text)]);
    for option in [
        &["--output", "a.env"][..],
        &["--format", "json=./a.env"],
        &["--write-baseline", "../{}/a.env"],
    ] {
        let name = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
        let mut command = airconn();
        command.args(["check", "--isolated", "a.env"]).current_dir(folder.path());
        command.args(option.iter().map(|part| part.replace("{}", &name)));
        let ran = feed(command, b"");
        assert_eq!(ran.code, 2, "{option:?}: {ran:?}");
        assert!(ran.err.contains("would replace a.env, which is checked"), "{option:?}: {ran:?}");
        let left = std::fs::read_to_string(folder.path().join("a.env")).expect("the file");
        assert_eq!(left, text, "{option:?}");
    }
}

/// A login and a password in the place of a database are shown by nobody.
#[test]
fn a_userinfo_in_the_path_is_not_shown() {
    let uri = "kafka://etl:tide@h/etl:sparrowcanyon";
    for command in [&["inspect", "--isolated"][..], &["check", "--isolated", "--select", "AC4"]] {
        let ran = run(&[command, &["--from", "uri", "-"]].concat(), uri);
        assert!(!format!("{}{}", ran.out, ran.err).contains("sparrow"), "{command:?} {ran:?}");
    }
}

/// A line of a key that is short enough to look like a name is called by its number, also where
/// `convert` says what cannot be written.
#[test]
fn what_cannot_be_written_names_no_line_of_a_key() {
    let text = "KEY=x://h?k=-----BEGIN RSA PRIVATE KEY-----\nabcdefgh==\n";
    let arguments = ["convert", "--isolated", "--to", "astro-settings", "--from", "airflow-env"];
    let ran = run(&[&arguments[..], &["-"]].concat(), text);
    assert!(ran.err.contains("connection 2: it has no conn_type"), "{ran:?}");
    assert!(!ran.err.contains("abcdefgh"), "{ran:?}");
}

/// A password or token that was pasted with a line end or a blank in it: what stands ahead of that
/// is read as the host, and is a piece of it.
#[test]
fn a_password_with_a_line_end_in_it_is_not_shown() {
    for (format, text) in [
        ("env", "AIRFLOW_CONN_A=github://bF23kzDQ\nHs6s9LLR@https://api.example.com\n"),
        ("env", "AIRFLOW_CONN_A=postgres://etl:P@bF23kzDQ\nHs6s9LLR@db.example.com/d\n"),
        ("env", "export AIRFLOW_CONN_A=postgres://etl:P@bF23kzDQ<Hs6s9LLR@db.example.com/d\n"),
        ("dotenv", "AIRFLOW_CONN_A=postgres://etl:P@bF23kzDQ\n\nHs6s9LLR@db.example.com/d\n"),
        ("shell-env", "export AIRFLOW_CONN_A=http://bF23kzDQ\nHs6s9LLR@api.example.com\n"),
        ("docker-env", "AIRFLOW_CONN_A=postgres://etl:P@bF23kzDQ\nHs6s9LLR@db.example.com/d\n"),
        ("systemd-env", "AIRFLOW_CONN_A=postgres://etl:P@bF23kzDQ\nHs6s9LLR@db.example.com/d\n"),
        ("dockerfile", "FROM x\nENV AIRFLOW_CONN_A=http://bF23kzDQ\nHs6s9LLR@api.example.com\n"),
        ("ini", "[pytest]\nenv =\n    AIRFLOW_CONN_A=http://bF23kzDQ\nHs6s9LLR@api.example.com\n"),
        ("uri", "postgres://etl:P@bF23kzDQ\nHs6s9LLR@db.example.com/d\n"),
        ("sqlalchemy", "postgresql://etl:P@bF23kzDQ\nHs6s9LLR@db.example.com/d\n"),
        ("airflow-env", "a=postgres://etl:P@bF23kzDQ\rHs6s9LLR=x@db.example.com/d\n"),
        ("airflow-env", "a=github://bF23kzDQ\nHs6s9LLR=&Gw6LxSbn@https://api.example.com\n"),
        (
            "airflow-commands",
            "airflow connections add a --conn-uri http://bF23kzDQ\nHs6s9LLR@api.example.com\n",
        ),
    ] {
        for command in [
            &["check", "--isolated", "--airflow", "1.10.15,2.2,3.3"][..],
            &["check", "--isolated", "--format", "json"],
            &["check", "--isolated", "--diff", "--fix=unsafe"],
            &["inspect", "--isolated"],
            &["inspect", "--isolated", "--format", "jsonl", "--hook"],
            &["probe", "--isolated", "--dry-run"],
        ] {
            let ran = run(&[command, &["--from", format, "-"]].concat(), text);
            let said = format!("{}{}", ran.out, ran.err).to_lowercase();
            for piece in ["bf23kz", "hs6s9l", "gw6lxs"] {
                assert!(!said.contains(piece), "{format} {command:?} {text}: {said}");
            }
        }
    }
    // Hosts without a domain stay what they are, whatever stands in the lines behind.
    for text in [
        "AIRFLOW_CONN_A=postgres://etl:tide@postgres\nMAIL_FROM=ops@example.com\n",
        "AIRFLOW_CONN_A=postgres://etl:tide@postgres\n# ops@example.com\n",
    ] {
        let ran = run(&["inspect", "--isolated", "--from", "env", "-"], text);
        assert!(ran.out.contains("host          postgres"), "{ran:?}");
    }
}

/// A piece of a token ahead of a raw `#` or `/`, where the rest begins with a protocol or stands
/// where a path may hold anything, for every Airflow that reads it.
#[test]
fn a_token_that_is_cut_is_not_shown() {
    for uri in [
        "discord://bF23kzDQ#Hs6s9LLR@https://discord.com/api/",
        "airbyte://bF23kzDQ?Hs6s9LLR@https://airbyte.example.com/api/public/v1",
        "akeyless://p-abc123:@/bF23kzDQ##Hs6s9LLR@https://api.akeyless.io?access_type=api_key",
        "druid://bF23kzDQ//Hs6s9LLR@druid-broker.example.com:8082/?endpoint=druid%2Fv2%2Fsql",
        "trino://etl:%@bF23kzDQ..Hs6s9LLR/@t\u{202e}rino.example.com:443/default?catalog=hive",
        "http://bF23kzDQ#Hs6s9LLR",
        "mongo://app:P@bF23kzDQ/Hs6s9LLR@db1.example.com:27017,db2.example.com:27017/app",
        "odbc://app:P@bF23kzDQ?a=Hs6s9LLR@db:5432/app?user=me@example.com",
        "postgres://app:P@bF23kzDQ/Hs6s9LLR@{{ host }}/app",
        "postgres://app:P@bF23kzDQ?Hs6s9LLR@<host>:5432/app",
        "exasol://bF23kzDQ?Hs6s9LLR`Hs6s9LLR@<exasol.example.com:8563/EXAMPLE",
    ] {
        for command in [
            &["check", "--isolated", "--airflow", "1.10.15,2.5,3.3"][..],
            &["inspect", "--isolated", "--airflow", "1.10.15,2.5,3.3"],
            &["probe", "--isolated", "--dry-run"],
        ] {
            let ran = run(&[command, &["--from", "uri", "-"]].concat(), uri);
            let said = format!("{}{}", ran.out, ran.err).to_lowercase();
            assert!(!said.contains("bf23kz") && !said.contains("hs6s9l"), "{uri}: {said}");
        }
    }
}

/// Names of files are as clean in a list of files as in a report.
#[cfg(unix)]
#[test]
fn a_list_of_files_is_obeyed_by_nobody() {
    let text = "AIRFLOW_CONN_A='x://u:p@h'\n";
    let names = ["a\u{1b}[2J.env", "b\n::error::c.env", "::error::d.env", "e\u{202e}.env"];
    let folder = folder_with(names.map(|name| (name, text)));
    for format in ["human", "json"] {
        let mut command = airconn();
        command.args(["check", "--isolated", "--show-files", "--format", format]);
        let ran = feed(
            {
                command.current_dir(folder.path());
                command
            },
            b"",
        );
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains(".env"), "{ran:?}");
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
        assert!(!ran.out.lines().any(|line| line.starts_with("::")), "{ran:?}");
    }
}

/// What something else in the same text reads, too, is not changed without a decision: it may work
/// there as it stands.
#[test]
fn a_repair_of_what_something_else_reads_is_not_safe() {
    const URL: &str = "postgresql+psycopg2://airflow:tide@postgres/airflow";
    for (format, text, shared) in [
        (
            "compose",
            "x-url: &u URL\nservices:\n  a:\n    environment:\n      SQL_ALCHEMY_CONN: *u\n      \
             AIRFLOW_CONN_A: *u\n",
            true,
        ),
        (
            "compose",
            "services:\n  a:\n    environment:\n      SQL_ALCHEMY_CONN: &u URL\n      \
             AIRFLOW_CONN_A: *u\n",
            true,
        ),
        (
            "compose",
            "services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: &u 'URL'\n  b:\n    \
             environment: [X=y]\n    command: [*u, b]\n",
            true,
        ),
        (
            "compose",
            "x-url: &u URL\nservices:\n  a:\n    environment:\n      AIRFLOW_CONN_A: *u\n  b:\n    \
             environment:\n      AIRFLOW_CONN_A: *u\n",
            false,
        ),
        (
            "compose",
            "x-env: &env\n  AIRFLOW_CONN_A: URL\nservices:\n  a:\n    environment:\n      <<: *env\n  \
             b:\n    environment:\n      <<: *env\n",
            false,
        ),
        ("kubernetes", "kind: Secret\nstringData:\n  SQL: &u URL\n  AIRFLOW_CONN_A: *u\n", true),
        (
            "terraform",
            "locals {\n  url = \"URL\"\n}\nresource \"aws_ssm_parameter\" \"a\" {\n  name = \
             \"/airflow/connections/a\"\n  value = local.url\n}\n",
            true,
        ),
        ("env", "AIRFLOW_CONN_A=URL\nSQL_ALCHEMY_CONN=${AIRFLOW_CONN_A}\n", true),
        ("shell-env", "export AIRFLOW_CONN_A=URL\nexport SQL=$AIRFLOW_CONN_A\n", true),
        ("env", "AIRFLOW_CONN_A=URL\nSQL_ALCHEMY_CONN=${AIRFLOW_CONN_AB}\n", false),
    ] {
        let text = text.replace("URL", URL);
        let safe = check(&["--fix", "--from", format], &text).out;
        let repaired = check(&["--fix=unsafe", "--from", format], &text).out;
        assert_ne!(repaired, text, "{format}");
        assert_eq!(safe, if shared { text } else { repaired }, "{format}");
    }
}

/// What a shell leaves out of a value without quotes may be half of a password: no repair takes it
/// away.
#[test]
fn a_repair_of_quotes_loses_nothing() {
    for (line, want) in [
        ("export AIRFLOW_CONN_A=postgres://u:pw;x@h/d", None),
        ("export AIRFLOW_CONN_A=postgres://u:p@w<x@h/d", None),
        (
            "export AIRFLOW_CONN_A=postgres://u:p@h/d?a=b&c=d",
            Some("export AIRFLOW_CONN_A='postgres://u:p@h/d?a=b&c=d'"),
        ),
    ] {
        let text = format!("{line}\n");
        let arguments = ["--fix=unsafe", "--select", "AC809", "--from", "env"];
        let out = check(&arguments, &text).out;
        assert_eq!(out.trim_end(), want.unwrap_or(line), "{line}");
    }
}
