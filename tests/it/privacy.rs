//! What may be secret is not shown, looked up, sent or cut: each fault that was seen, and others of
//! its kind, with the right answer.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::format::by_name;
use airconn::source::Source;

use crate::common;
use crate::common::spellings;

use common::run;
use spellings::Spellings;

/// Pieces of the made-up secrets below.
const PIECES: &[&str] = &["ssw0rdXk9", "Zq7canary9XwLk2", "Hd4sparrow8VtMj5", "vBn5Qr8Ty2"];

/// The ways to look at connections.
const READERS: &[&[&str]] = &[
    &["check", "--isolated", "--format", "human"],
    &["check", "--isolated", "--format", "concise"],
    &["check", "--isolated", "--format", "json"],
    &["check", "--isolated", "--format", "sarif"],
    &["check", "--isolated", "--format", "github"],
    &["check", "--isolated", "--format", "gitlab"],
    &["check", "--isolated", "--format", "junit"],
    &["check", "--isolated", "--diff", "--fix=unsafe"],
    &["inspect"],
    &["inspect", "--format", "jsonl", "--hook"],
    &["probe", "--dry-run"],
    &["probe", "--dry-run", "--format", "json"],
];

fn assert_hidden(format: &str, text: &str) {
    let spellings = Spellings::of(PIECES);
    for reader in READERS {
        let ran = run(&[reader, &["--from", format, "-"][..]].concat(), text);
        let shown =
            ran.out.lines().chain(ran.err.lines()).find(|line| spellings.seen(line).is_some());
        assert_eq!(shown, None, "{reader:?} of {text}");
    }
}

fn rules(format: &str, text: &str) -> Vec<String> {
    let ran = run(&["check", "--isolated", "--format", "json", "--from", format, "-"], text);
    ran.findings()
        .iter()
        .map(|finding| finding["id"].as_str().expect("an id").to_string())
        .collect()
}

fn repaired(option: &str, format: &str, text: &str) -> String {
    run(&["check", "--isolated", option, "--from", format, "-"], text).out
}

#[test]
fn a_userinfo_that_a_delimiter_cut_is_ac201_and_repaired_whole() {
    for (text, option, want) in [
        (
            "postgres://app:P@ssw0rdXk9#2024@db.example.com/app",
            "--fix",
            "postgres://app:P%40ssw0rdXk9%232024@db.example.com/app",
        ),
        (
            "postgres://app:P@ssw0rdXk9?2024@db.example.com/app",
            "--fix=unsafe",
            "postgres://app:P%40ssw0rdXk9%3F2024@db.example.com/app",
        ),
        (
            "redshift://app:P@ssw0rdXk9?2024@dwh.example.com:5439/dev",
            "--fix=unsafe",
            "redshift://app:P%40ssw0rdXk9%3F2024@dwh.example.com:5439/dev",
        ),
        (
            "redshift://app:P@ssw0rdXk9/2024@dwh.example.com:5439/dev",
            "--fix=unsafe",
            "redshift://app:P%40ssw0rdXk9%2F2024@dwh.example.com:5439/dev",
        ),
        // Others of the kind.
        (
            "http://app:P@ssw0rdXk9/2024@api.example.com/https",
            "--fix=unsafe",
            "http://app:P%40ssw0rdXk9%2F2024@api.example.com/https",
        ),
        (
            "postgres://app:P@ssw0rdXk9?a=b@db.example.com/app",
            "--fix=unsafe",
            "postgres://app:P%40ssw0rdXk9%3Fa=b@db.example.com/app",
        ),
        (
            "mysql://app:P@ssw0rdXk9#1/2@db.example.com:3306/app?charset=utf8",
            "--fix",
            "mysql://app:P%40ssw0rdXk9%231%2F2@db.example.com:3306/app?charset=utf8",
        ),
        (
            "snowflake://app:a@ssw0rdXk9/@b#c@xy12345.example.com/app",
            "--fix=unsafe",
            "snowflake://app:a%40ssw0rdXk9%2F%40b%23c@xy12345.example.com/app",
        ),
    ] {
        let found = rules("uri", text);
        assert!(found.contains(&"AC201".to_string()), "{text}: {found:?}");
        for other in ["AC204", "AC403", "AC503", "AC501", "AC516"] {
            assert!(!found.contains(&other.to_string()), "{text}: {found:?}");
        }
        assert_eq!(repaired(option, "uri", text).trim_end(), want);
        assert_hidden("uri", text);
        assert_hidden("env", &format!("AIRFLOW_CONN_APP='{text}'\n"));
        assert_hidden("airflow-env", &format!("app={text}\n"));
    }
}

#[test]
fn an_address_in_a_path_or_query_cuts_nothing() {
    for text in [
        "http://api.example.com:8080/users/robot@example.com",
        "http://etl:pw@api.example.com/users/robot@example.com",
        "http://api.example.com/?mail=robot@example.com",
        "postgres://etl:pw@db.example.com:5432/dwh?options=a@b",
        "postgres://etl:pw@db.example.com?application_name=robot@example.com",
    ] {
        let found = rules("uri", text);
        assert!(!found.contains(&"AC201".to_string()), "{text}: {found:?}");
        let ran = run(&["inspect", "--from", "uri", "-"], text);
        assert!(ran.out.contains(".example.com"), "the host of {text} is hidden: {}", ran.out);
    }
}

#[test]
fn nothing_of_a_doubtful_connection_is_looked_up_or_asked_for() {
    for text in [
        "redshift://app:P@ssw0rdXk9#2024@dwh.example.com/dev?iam=true&region=us-east-1",
        "redshift://app:P@ssw0rdXk9/2024@dwh.example.com:5439/dev",
        "postgres://app:P@ssw0rdXk9?2024@db.example.com/app",
        "aws://AKIAIOSFODNN7EXAMPLEZq7canary9XwLk2vBn5/Qr8Ty2@/?region_name=us-east-1",
        "redshift://etl:pw@Zq7canary9XwLk2/dev",
    ] {
        for arguments in [&["probe", "--dry-run"][..], &["probe", "--timeout", "5"]] {
            let ran = run(&[arguments, &["--from", "uri", "-"][..]].concat(), text);
            for step in ["AC902", "AC903", "AC904", "AC905", "AC906", "AC907", "AC908", "AC909"] {
                assert!(!ran.out.contains(step), "{step} for {text}: {}", ran.out);
            }
        }
    }
    // The AWS connection of another one, too.
    let set = "{\"aws_default\": \"aws://AKIAIOSFODNN7EXAMPLE:Zq7canary@9XwLk2#a@/\", \
        \"dwh\": {\"conn_type\": \"redshift\", \"schema\": \"dev\", \"extra\": \
        {\"iam\": true, \"cluster_identifier\": \"examplecluster\", \"db_user\": \"etl\", \"region\": \"us-east-1\"}}}";
    let ran = run(&["probe", "--dry-run", "--conn-id", "dwh", "--from", "export-json", "-"], set);
    assert!(ran.out.contains("the probe ends there") && !ran.out.contains("AC902"), "{}", ran.out);
}

#[test]
fn lines_of_a_key_are_no_ids() {
    let body = "MIIEowIBAAKCAQEAwJq7canary9XwLk2vBn5Hd4sparrow8VtMj5Q2wErTyUiOp";
    for (begin, last) in [
        ("-----BEGIN RSA PRIVATE KEY-----", "ABCDEFZq7canary9XwLk2vBn5Hd4sparrow8VtMj5Q2w=="),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "Hd4sparrow8VtMj5="),
        ("-----BEGIN EC PRIVATE KEY-----", "sparrow=="),
        ("----BEGIN CERTIFICATE-----", "sparrow=="),
        ("", "Zq7canary9XwLk2=="),
        ("", "Hd4sparrow8VtMj5="),
    ] {
        let text = format!(
            "AIRFLOW_CONN_SSH=ssh://u@h/?private_key={begin}\n{body}\n{last}\n-----END PRIVATE KEY-----\n"
        );
        let spellings = Spellings::of(&["Zq7canary9XwLk2", "Hd4sparrow8VtMj5", "sparrow"]);
        for reader in READERS {
            for version in ["3.3.2", "1.10.15"] {
                let ran = run(
                    &[reader, &["--airflow", version, "--from", "airflow-env", "-"][..]].concat(),
                    &text,
                );
                let shown = ran
                    .out
                    .lines()
                    .chain(ran.err.lines())
                    .find(|line| spellings.seen(line).is_some());
                assert_eq!(shown, None, "{reader:?} of {text}");
            }
        }
    }
    // An id that people give stays, whatever stands behind it.
    let ran = run(&["check", "--isolated", "--from", "airflow-env", "-"], "my_db=nonsense\n");
    assert!(ran.out.contains("connection `my_db`"), "{}", ran.out);
}

#[test]
fn a_connection_given_as_an_argument_is_not_repeated() {
    let spellings = Spellings::of(PIECES);
    for connection in [
        "postgres://app:Zq7canary9XwLk2@db.example.com/app",
        "AIRFLOW_CONN_APP=postgres://app:Zq7canary9XwLk2@db.example.com/app",
        "{\"conn_type\": \"postgres\", \"password\": \"Zq7canary9XwLk2\"}",
        "slack://Zq7canary9XwLk2vBn5",
        "postgres//app:Zq7canary9XwLk2@db.example.com/app",
        "app:Zq7canary9XwLk2@db.example.com",
        "host=db.example.com user=app password=Zq7canary9XwLk2",
    ] {
        for arguments in [
            &["check"][..],
            &["inspect"],
            &["convert", "--to", "jsonl"],
            &["probe"],
            &["probe", "--dry-run"],
            &[],
            &["explain"],
            &["schema"],
            &["completions"],
            &["check", "--from"],
            &["check", "--airflow"],
            &["check", "--format"],
            &["check", "-o"],
            &["check", "--config"],
            &["check", "--select"],
            &["check", "--baseline"],
            &["check", "--stdin-filename"],
            &["inspect", "--conn-id"],
            &["convert", "--to"],
            &["convert", "a.env", "--conn-id"],
            &["probe", "--timeout"],
            &["probe", "--aws-conn-id"],
            &["probe", "--ca"],
            &["check", "--no-such-option"],
        ] {
            let ran = run(&[arguments, &[connection][..]].concat(), "");
            assert_eq!(
                (ran.code, spellings.seen(&(ran.out.clone() + &ran.err))),
                (2, None),
                "{arguments:?} {connection}: {}",
                ran.err
            );
            assert!(
                ran.err.contains("is a connection, not a file"),
                "{arguments:?} {connection}: {}",
                ran.err
            );
            let Some((option, rest)) =
                arguments.split_last().filter(|(option, _)| option.starts_with("--"))
            else {
                continue;
            };
            let joined = format!("{option}={connection}");
            let ran = run(&[rest, &[joined.as_str()][..]].concat(), "");
            assert_eq!(
                (ran.code, spellings.seen(&(ran.out.clone() + &ran.err))),
                (2, None),
                "{rest:?} {joined}: {}",
                ran.err
            );
        }
    }
    // A token alone is not repeated either.
    for arguments in
        [&["probe", "--timeout"][..], &["explain"], &["check"], &["check", "--airflow"]]
    {
        let ran = run(&[arguments, &["Zq7canary9XwLk2vBn5Qr8Ty2"][..]].concat(), "");
        assert_eq!(
            (ran.code, spellings.seen(&(ran.out.clone() + &ran.err))),
            (2, None),
            "{arguments:?}: {}",
            ran.err
        );
    }
}

#[test]
fn a_file_whose_name_looks_like_a_connection_is_read() {
    let folder = common::folder_with([("a:b@c.env", "AIRFLOW_CONN_A=http://example.com\n")]);
    let mut command = common::airconn();
    command.args(["inspect", "a:b@c.env"]).current_dir(folder.path());
    let ran = common::feed(command, b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = run(
        &["check", "--isolated", "--exclude", "{dev}/**", "-"],
        "AIRFLOW_CONN_A=http://example.com\n",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_login_that_may_be_the_secret_is_hidden() {
    for text in [
        "redshift://etlZq7canary9XwLk2vBn5@dwh.example.com:5439/dev",
        "sendgrid://Zq7canary9XwLk2vBn5Qr8@",
        "slack://Zq7canary9XwLk2vBn5Qr8@",
        "databricks://Zq7canary9XwLk2vBn5Qr8@dbc.example.com",
        "http://Zq7canary9XwLk2:@api.example.com",
        "aws://Zq7canary9XwLk2vBn5Qr8Ty2Hd4sparrow8VtMj5:AKIAIOSFODNN7EXAMPLE@/?region_name=us-east-1",
        "aws://AKIAIOSFODNN7EXAMPLEZq7canary9XwLk2vBn5Qr8Ty2Hd4sparrow8@/?region_name=us-east-1",
        // Others of the kind: a key beside a word that is none, a token as host, in lower case as
        // hosts are, as schema, as type.
        "http://Zq7canary9XwLk2vBn5Qr8:x-oauth-basic@api.example.com",
        "http://Zq7canary9XwLk2vBn5Qr8:X@api.example.com",
        "slack://Zq7canary9XwLk2vBn5Qr8",
        "postgres://etl:pw@db.example.com/Zq7canary9XwLk2vBn5",
        "Zq7canary9XwLk2vBn5://etl@db.example.com",
        "redshift://Zq7canary9XwLk2vBn5@dwh.example.com/dev?iam=true&cluster_identifier=examplecluster&region=us-east-1",
    ] {
        assert_hidden("uri", text);
        assert_hidden("env", &format!("AIRFLOW_CONN_APP='{text}'\n"));
    }
    for (field, value) in [
        ("login", "Zq7canary9XwLk2"),
        ("host", "Zq7canary9XwLk2"),
        ("schema", "Zq7canary9XwLk2"),
        ("description", "Zq7canary9XwLk2"),
    ] {
        for conn_type in ["postgres", "redshift", "http"] {
            assert_hidden(
                "json",
                &format!(
                    "{{\"conn_type\": \"{conn_type}\", \"port\": \"x\", \"{field}\": \"{value}\"}}"
                ),
            );
            assert_hidden(
                "json",
                &format!("{{\"conn_type\": \"{conn_type}\", \"{field}\": \"{value}\"}}"),
            );
        }
    }
}

#[test]
fn ordinary_names_are_shown() {
    for (text, names) in [
        (
            "redshift://etl_user@dwh.example.com/dev?iam=true",
            &["etl_user", "dwh.example.com", "dev"][..],
        ),
        ("postgres://airflow:pw-of-airflow@postgres/airflow", &["airflow", "postgres"]),
        ("http://admin@api.example.com", &["admin"]),
        (
            "redshift://svc-redshift-prod:Tide-4-low@examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com:5439/dev",
            &["svc-redshift-prod", "examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com"],
        ),
        ("http://jane.doe%40example.com:Tide-4-low@jira.example.com", &["jane.doe@example.com"]),
        (
            "aws://AKIAIOSFODNN7EXAMPLE:Tide-4-low@/?region_name=us-east-1",
            &["AKIAIOSFODNN7EXAMPLE"],
        ),
        (
            "azure://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0:Tide-4-low@",
            &["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"],
        ),
        (
            "snowflake://ETL_2024:Tide-4-low@xy12345.eu-west-1/PROD_DB1",
            &["ETL_2024", "xy12345.eu-west-1", "PROD_DB1"],
        ),
    ] {
        let ran = run(&["inspect", "--from", "uri", "-"], text);
        for name in names {
            assert!(ran.out.contains(name), "{name} of {text}: {}", ran.out);
        }
    }
}

#[test]
fn misplaced_keys_of_aws_are_put_in_their_places() {
    let secret = "wJalrXUtnFEMIaK7MDENGabPxRfiCYQZ7canary9";
    let right = format!("aws://AKIAQ7CANARY23456XYZ:{secret}@/?region_name=us-east-1\n");
    for (text, option) in [
        (format!("aws://{secret}:AKIAQ7CANARY23456XYZ@/?region_name=us-east-1\n"), "--fix"),
        (format!("aws://AKIAQ7CANARY23456XYZ{secret}@/?region_name=us-east-1\n"), "--fix=unsafe"),
        (format!("aws://:AKIAQ7CANARY23456XYZ{secret}@/?region_name=us-east-1\n"), "--fix=unsafe"),
        (
            format!("aws://AKIAQ7CANARY23456XYZ%3A{secret}@/?region_name=us-east-1\n"),
            "--fix=unsafe",
        ),
    ] {
        assert!(rules("uri", &text).contains(&"AC607".to_string()), "{text}");
        assert_eq!(repaired(option, "uri", &text), right);
    }
    let cut = "aws://AKIAIOSFODNN7EXAMPLEwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY@/?region_name=us-east-1\n";
    let want = "aws://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI%2FK7MDENG%2FbPxRfiCYEXAMPLEKEY@/?region_name=us-east-1\n";
    assert_eq!(repaired("--fix=unsafe", "uri", cut), want);
    let swapped = format!(
        "{{\"conn_type\": \"aws\", \"extra\": {{\"aws_access_key_id\": \"{secret}\", \"aws_secret_access_key\": \"ASIAQ7CANARY23456XYZ\"}}}}"
    );
    let want = format!(
        "{{\"conn_type\": \"aws\", \"extra\": {{\"aws_access_key_id\": \"ASIAQ7CANARY23456XYZ\", \"aws_secret_access_key\": \"{secret}\"}}}}"
    );
    assert_eq!(repaired("--fix", "json", &swapped), want);
}

#[test]
fn every_private_key_in_plain_text_is_found() {
    let openssh = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACBLZWxwVGlkZVdhdmVLZWxwVGlkZVdhdmVLZWxwVGlk";
    for kind in [
        "OPENSSH PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PRIVATE KEY",
    ] {
        let key = format!("-----BEGIN {kind}-----\\n{openssh}\\n-----END {kind}-----\\n");
        let text = format!(
            "{{\"conn_type\": \"ssh\", \"host\": \"bastion.example.com\", \"login\": \"etl\", \"extra\": {{\"private_key\": \"{key}\"}}}}"
        );
        // Standard input is in no repository: the library reports what the command leaves out
        // there.
        let source = airconn::source::Source::new("x", text.as_str());
        let runtimes =
            [airconn::airflow::runtime::Runtime::newest(airconn::airflow::runtime::Side::Server)];
        let json = airconn::format::by_name("json").expect("a format");
        let found = airconn::check::check(&source, 0, json, &runtimes).findings;
        assert!(found.iter().any(|finding| finding.rule == "AC701"), "{kind}");
    }
}

/// The text with a star for every byte that is not shown, if anything was found.
fn with_stars(format: &str, text: &str) -> String {
    let source = Source::new("x", text);
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let checked = airconn::check::check(&source, 0, by_name(format).expect("a format"), &runtimes);
    let is_shown = |at: usize| checked.shown.iter().any(|s| s.range().contains(&at));
    text.char_indices().map(|(at, c)| if is_shown(at) || c == '\n' { c } else { '*' }).collect()
}

#[test]
fn only_what_is_understood_and_public_is_shown() {
    for (format, text, want) in [
        (
            "uri",
            "redshift://etl:Se%2Fcret@h.example.com:5439/dev?iam=false",
            "redshift://etl:*********@h.example.com:5439/dev?iam=false",
        ),
        (
            "uri",
            "redshift://etl:secret@h/dev?iam=false&x1=false",
            "redshift://etl:******@h/dev?iam=false&**=*****",
        ),
        // The `#` ends the authority: the rest of the password is a fragment, and its beginning
        // a port.
        (
            "uri",
            "postgres://app:tide#4-low@db.example.com/app",
            "postgres://***:*****************************",
        ),
        ("uri", "postgres://app:12/34@db/app", "postgres://***:**/*********"),
        ("uri", "app:tide@db.example.com/app", "***************************"),
        ("env", "export AIRFLOW_CONN_A='x://u:100%@h'", "export AIRFLOW_CONN_A='x://u:****@h'"),
        ("env", "AIRFLOW_CONN_A='x://u:100%@h' # secret", "AIRFLOW_CONN_A='x://u:****@h**********"),
        ("airflow-env", "a=x://u:100%@h?a=2", "a=x://u:****@h?*=*"),
        (
            "export-json",
            r#"{"a": {"conn_type": "redshift", "password": "pw1", "port": "x", "extra": "{\"iam\": \"false\", \"region\": \"q\"}"}}"#,
            r#"{"a": {"conn_type": "redshift", "password": *****, "port": ***, "extra": "{\"iam\": \"false\", \"region\": \"q\"}"}}"#,
        ),
        (
            "export-yaml",
            "a:\n  conn_type: x\n  password: pw1 # an old one\n  port: x\n  nonsense: pw2\n",
            "a:\n  conn_type: *\n  password: ****************\n  port: *\n  nonsense: ***\n",
        ),
        // `http://user:1234//piece@host`, and a zero, which is not part of a host.
        (
            "gcp-secrets",
            r#"{"name": "a", "payload": {"data": "aHR0cDovL3VzZXI6MTIzNC8vcGllY2VAaG9zdAA="}}"#,
            r#"**********a***************************************************************="}}"#,
        ),
    ] {
        assert_eq!(with_stars(format, text), want, "{text}");
    }
}
