//! Repairs through the layers that a connection is wrapped in: base64, YAML, JSON,
//! percent-encoding, quotes, Terraform, alone and together.
//!
//! What stands here was written by hand: the text before, and every byte of it after the repair.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::fix::{Fixed, Setting, fix};
use airconn::check::{Providers, Safety};
use airconn::format::by_name;
use airconn::source::Source;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn repaired(format: &str, text: &str, allow: Safety) -> Fixed {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let providers = Providers::default();
    let setting = Setting {
        skip: 0,
        format: by_name(format).expect("a format"),
        runtimes: &runtimes,
        providers: &providers,
    };
    fix(&Source::new("x", text), setting, allow, &|_| true)
}

/// Every pair is repaired, and what is repaired stays as it is.
fn hold(allow: Safety, cases: &[(&str, &str, &str, &str)]) {
    for (format, what, before, after) in cases {
        let got = repaired(format, before, allow);
        assert_eq!(got.text, *after, "{format}: {what}: {:?}", got.checked.findings);
        assert!(!got.applied.is_empty(), "{format}: {what}");
        let again = repaired(format, after, allow);
        assert_eq!(
            (again.text.as_str(), again.applied.len()),
            (*after, 0),
            "{format}: {what}, once more"
        );
    }
}

#[test]
fn what_is_safe_is_written_back_through_every_layer() {
    hold(
        Safety::Safe,
        &[
            (
                "kubernetes",
                "base64 of a URI in the data of a Secret",
                // redshift://etl:Tide4low@dwh.example.com:5439/dev?sslmode=require
                "# connections\napiVersion: v1\nkind: Secret\nmetadata: {name: airflow}\ndata:\n  AIRFLOW_CONN_DWH: cmVkc2hpZnQ6Ly9ldGw6VGlkZTRsb3dAZHdoLmV4YW1wbGUuY29tOjU0MzkvZGV2P3NzbG1vZGU9cmVxdWlyZQ== # mine\n",
                // redshift://etl:Tide4low@dwh.example.com:5439/dev?
                "# connections\napiVersion: v1\nkind: Secret\nmetadata: {name: airflow}\ndata:\n  AIRFLOW_CONN_DWH: cmVkc2hpZnQ6Ly9ldGw6VGlkZTRsb3dAZHdoLmV4YW1wbGUuY29tOjU0MzkvZGV2Pw== # mine\n",
            ),
            (
                "kubernetes",
                "base64 of JSON that holds the extra as a text",
                // {"conn_type": "redshift", "host": "dwh.example.com", "login": "etl", "password":
                // "Tide4low", "extra": "{\"ssl\": \"true\"}"}
                "apiVersion: v1\nkind: Secret\nmetadata: {name: airflow}\ndata:\n  AIRFLOW_CONN_DWH: \"eyJjb25uX3R5cGUiOiAicmVkc2hpZnQiLCAiaG9zdCI6ICJkd2guZXhhbXBsZS5jb20iLCAibG9naW4iOiAiZXRsIiwgInBhc3N3b3JkIjogIlRpZGU0bG93IiwgImV4dHJhIjogIntcInNzbFwiOiBcInRydWVcIn0ifQ==\"\n",
                // the same with {\"ssl\": true}
                "apiVersion: v1\nkind: Secret\nmetadata: {name: airflow}\ndata:\n  AIRFLOW_CONN_DWH: \"eyJjb25uX3R5cGUiOiAicmVkc2hpZnQiLCAiaG9zdCI6ICJkd2guZXhhbXBsZS5jb20iLCAibG9naW4iOiAiZXRsIiwgInBhc3N3b3JkIjogIlRpZGU0bG93IiwgImV4dHJhIjogIntcInNzbFwiOiB0cnVlfSJ9\"\n",
            ),
            (
                "kubernetes",
                "a file of connections in a ConfigMap: YAML in a block of YAML, JSON in that",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: files}\ndata:\n  connections.yaml: |\n    dwh:\n      conn_type: redshift\n      host: dwh.example.com\n      login: etl\n      password: Tide4low\n      extra: '{\"ssl\": \"true\"}'\n",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: files}\ndata:\n  connections.yaml: |\n    dwh:\n      conn_type: redshift\n      host: dwh.example.com\n      login: etl\n      password: Tide4low\n      extra: '{\"ssl\": true}'\n",
            ),
            (
                "compose",
                "JSON in a YAML scalar; doubled dollar signs stay",
                "services:\n  worker:\n    environment:\n      AIRFLOW_CONN_DWH: '{\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \"login\": \"etl\", \"password\": \"it''s$$low\", \"extra\": {\"ssl\": \"true\"}}'\n",
                "services:\n  worker:\n    environment:\n      AIRFLOW_CONN_DWH: '{\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \"login\": \"etl\", \"password\": \"it''s$$low\", \"extra\": {\"ssl\": true}}'\n",
            ),
            (
                "compose",
                "a URI in the list form, without quotes",
                "services:\n  worker:\n    environment:\n      - AIRFLOW_CONN_DWH=redshift://etl:p%40ss@dwh.example.com/dev?port=5440\n      - OTHER=1\n",
                "services:\n  worker:\n    environment:\n      - AIRFLOW_CONN_DWH=redshift://etl:p%40ss@dwh.example.com:5440/dev?\n      - OTHER=1\n",
            ),
            (
                "jsonl",
                "a password that is not percent-encoded, in a URI in JSON",
                "{\"conn_id\": \"app\", \"uri\": \"postgres://app:ti\\u0023de@db.example.com/app\"}\n",
                "{\"conn_id\": \"app\", \"uri\": \"postgres://app:ti%23de@db.example.com/app\"}\n",
            ),
            (
                "jsonl",
                "JSON, percent-encoded in a URI in JSON",
                "{\"conn_id\": \"dwh\", \"uri\": \"redshift://etl:Tide4low@dwh.example.com/dev?__extra__=%7B%22timeout%22%3A+%225%22%2C+%22application_name%22%3A+%22etl%22%7D\"}\n",
                "{\"conn_id\": \"dwh\", \"uri\": \"redshift://etl:Tide4low@dwh.example.com/dev?__extra__=%7B%22timeout%22%3A+5%2C+%22application_name%22%3A+%22etl%22%7D\"}\n",
            ),
            (
                "helm",
                "a quoted URI in a block of extraSecrets, beside base64",
                "extraSecrets:\n  connections:\n    stringData: |\n      AIRFLOW_CONN_DWH: 'redshift://etl:p%40ss@dwh.example.com:5439/dev?sslmode=require'\n    data: |\n      AIRFLOW_CONN_LAKE: YXdzOi8vQUtJQUlPU0ZPRE5ON0VYQU1QTEU6bWFkZXVwQC8/cmVnaW9uX25hbWU9VVNfRUFTVF8x\n",
                "extraSecrets:\n  connections:\n    stringData: |\n      AIRFLOW_CONN_DWH: 'redshift://etl:p%40ss@dwh.example.com:5439/dev?'\n    data: |\n      AIRFLOW_CONN_LAKE: YXdzOi8vQUtJQUlPU0ZPRE5ON0VYQU1QTEU6bWFkZXVwQC8/cmVnaW9uX25hbWU9dXMtZWFzdC0x\n",
            ),
            (
                "terraform",
                "jsonencode, a text with escapes, and a here-document",
                "resource \"airflow_connection\" \"dwh\" {\n  connection_id = \"dwh\"\n  conn_type     = \"redshift\"\n  host          = \"dwh.example.com\"\n  login         = \"etl\"\n  password      = \"Tide4low\"\n  extra = jsonencode({\n    ssl     = \"true\" # on\n    timeout = 30\n  })\n}\nresource \"airflow_connection\" \"other\" {\n  connection_id = \"other\"\n  conn_type     = \"redshift\"\n  host          = \"dwh.example.com\"\n  login         = \"etl\"\n  password      = \"Tide4low\"\n  extra         = \"{\\\"ssl\\\": \\\"true\\\"}\"\n}\n",
                "resource \"airflow_connection\" \"dwh\" {\n  connection_id = \"dwh\"\n  conn_type     = \"redshift\"\n  host          = \"dwh.example.com\"\n  login         = \"etl\"\n  password      = \"Tide4low\"\n  extra = jsonencode({\n    ssl     = true # on\n    timeout = 30\n  })\n}\nresource \"airflow_connection\" \"other\" {\n  connection_id = \"other\"\n  conn_type     = \"redshift\"\n  host          = \"dwh.example.com\"\n  login         = \"etl\"\n  password      = \"Tide4low\"\n  extra         = \"{\\\"ssl\\\": true}\"\n}\n",
            ),
            (
                "docker-env",
                "a line of an env file for docker, where quotes are letters",
                "# mine\nAIRFLOW_CONN_DWH={\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \"login\": \"etl\", \"password\": \"it's\", \"extra\": {\"ssl\": \"true\"}}\nHOME\n",
                "# mine\nAIRFLOW_CONN_DWH={\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \"login\": \"etl\", \"password\": \"it's\", \"extra\": {\"ssl\": true}}\nHOME\n",
            ),
            (
                "env",
                "JSON with a text of JSON inside of double quotes of a shell",
                "export AIRFLOW_CONN_DWH=\"{\\\"conn_type\\\": \\\"redshift\\\", \\\"host\\\": \\\"dwh.example.com\\\", \\\"login\\\": \\\"etl\\\", \\\"password\\\": \\\"a\\$b\\\", \\\"extra\\\": {\\\"ssl\\\": \\\"true\\\"}}\"\n",
                "export AIRFLOW_CONN_DWH=\"{\\\"conn_type\\\": \\\"redshift\\\", \\\"host\\\": \\\"dwh.example.com\\\", \\\"login\\\": \\\"etl\\\", \\\"password\\\": \\\"a\\$b\\\", \\\"extra\\\": {\\\"ssl\\\": true}}\"\n",
            ),
            (
                "airflow-env",
                "a file for `airflow connections import`, which knows no quotes",
                "dwh=redshift://etl:Tide4low@dwh.example.com/dev?sslmode=VERIFY_FULL\nmail=smtp://robot:made-up@smtp.example.com:587\n",
                "dwh=redshift://etl:Tide4low@dwh.example.com/dev?sslmode=verify-full\nmail=smtp://robot:made-up@smtp.example.com:587\n",
            ),
        ],
    );
}

#[test]
fn what_needs_a_decision_goes_through_the_same_layers() {
    hold(
        Safety::Unsafe,
        &[
            (
                "kubernetes",
                "an argument that no driver has, base64 of JSON",
                // {"conn_type": "redshift", "host": "dwh.example.com", "login": "etl", "password":
                // "Tide4low", "extra": {"bogus": 1}}
                "apiVersion: v1\nkind: Secret\nmetadata: {name: airflow}\ndata:\n  AIRFLOW_CONN_DWH: eyJjb25uX3R5cGUiOiAicmVkc2hpZnQiLCAiaG9zdCI6ICJkd2guZXhhbXBsZS5jb20iLCAibG9naW4iOiAiZXRsIiwgInBhc3N3b3JkIjogIlRpZGU0bG93IiwgImV4dHJhIjogeyJib2d1cyI6IDF9fQ==\n",
                // the same with {}
                "apiVersion: v1\nkind: Secret\nmetadata: {name: airflow}\ndata:\n  AIRFLOW_CONN_DWH: eyJjb25uX3R5cGUiOiAicmVkc2hpZnQiLCAiaG9zdCI6ICJkd2guZXhhbXBsZS5jb20iLCAibG9naW4iOiAiZXRsIiwgInBhc3N3b3JkIjogIlRpZGU0bG93IiwgImV4dHJhIjoge319\n",
            ),
            (
                "compose",
                "a second encoding of a password, in a URI without quotes",
                "services:\n  worker:\n    environment:\n      AIRFLOW_CONN_APP: postgres://app:p%2540x@db.example.com/app\n",
                "services:\n  worker:\n    environment:\n      AIRFLOW_CONN_APP: postgres://app:p%40x@db.example.com/app\n",
            ),
            (
                "terraform",
                "an argument that no driver has, in jsonencode",
                "resource \"airflow_connection\" \"dwh\" {\n  connection_id = \"dwh\"\n  conn_type     = \"redshift\"\n  host          = \"dwh.example.com\"\n  login         = \"etl\"\n  password      = \"Tide4low\"\n  extra = jsonencode({\n    bogus   = 1\n    timeout = 30\n  })\n}\n",
                "resource \"airflow_connection\" \"dwh\" {\n  connection_id = \"dwh\"\n  conn_type     = \"redshift\"\n  host          = \"dwh.example.com\"\n  login         = \"etl\"\n  password      = \"Tide4low\"\n  extra = jsonencode({\n    timeout = 30\n  })\n}\n",
            ),
            (
                "env",
                "groups in one text, in single quotes",
                "AIRFLOW_CONN_DWH='{\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \"login\": \"etl\", \"schema\": \"dev\", \"extra\": {\"iam\": true, \"cluster_identifier\": \"dwh\", \"db_user\": \"etl\", \"db_groups\": \"load,read\"}}'\nAIRFLOW_CONN_AWS_DEFAULT='aws://?region_name=us-east-1'\n",
                "AIRFLOW_CONN_DWH='{\"conn_type\": \"redshift\", \"host\": \"dwh.example.com\", \"login\": \"etl\", \"schema\": \"dev\", \"extra\": {\"iam\": true, \"cluster_identifier\": \"dwh\", \"db_user\": \"etl\", \"db_groups\": [\"load\", \"read\"]}}'\nAIRFLOW_CONN_AWS_DEFAULT='aws://?region_name=us-east-1'\n",
            ),
        ],
    );
}

/// A role moves from the redshift connection to the AWS connection beside it, in whatever both are
/// wrapped.
#[test]
fn a_role_is_moved_inside_of_wrappers() {
    const HOST: &str = "analytics.abc123xyz789.us-east-1.redshift.amazonaws.com";
    let redshift = |extra: &str| {
        format!(
            r#"{{"conn_type": "redshift", "host": "{HOST}", "login": "etl", "schema": "dev", "extra": {extra}}}"#
        )
    };
    let aws = |extra: &str| format!(r#"{{"conn_type": "aws", "extra": {extra}}}"#);
    let role = r#""role_arn": "arn:aws:iam::123456789012:role/load""#;
    let region = r#""region_name": "us-east-1""#;
    let before = [redshift(&format!("{{{role}, {region}}}")), aws(&format!("{{{region}}}"))];
    let after = [redshift(r#"{"iam": "true"}"#), aws(&format!("{{{region}, {role}}}"))];
    let base64 = |text: &str| STANDARD.encode(text);
    type Wrap<'w> = Box<dyn Fn(&[String; 2]) -> String + 'w>;
    let wrappers: Vec<(&str, &str, Wrap<'_>)> = vec![
        (
            "compose",
            "JSON in scalars",
            Box::new(|[r, a]| {
                format!(
                    "services:\n  w:\n    environment:\n      # mine\n      AIRFLOW_CONN_R: '{r}'\n      AIRFLOW_CONN_AWS_DEFAULT: '{a}'\n"
                )
            }),
        ),
        (
            "compose",
            "a list of assignments",
            Box::new(|[r, a]| {
                format!(
                    "services:\n  w:\n    environment:\n      - 'AIRFLOW_CONN_R={r}'\n      - 'AIRFLOW_CONN_AWS_DEFAULT={a}'\n"
                )
            }),
        ),
        (
            "kubernetes",
            "base64 in the data of a Secret",
            Box::new(|[r, a]| {
                let (r, a) = (base64(r), base64(a));
                format!(
                    "apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\ndata:\n  AIRFLOW_CONN_R: {r}\n  AIRFLOW_CONN_AWS_DEFAULT: \"{a}\"\n"
                )
            }),
        ),
        (
            "kubernetes",
            "two Secrets",
            Box::new(|[r, a]| {
                let secret = |name: &str, value: &str| {
                    format!(
                        "apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\nstringData:\n  AIRFLOW_CONN_{name}: '{value}'\n"
                    )
                };
                format!("{}---\n{}", secret("R", r), secret("AWS_DEFAULT", a))
            }),
        ),
        (
            "helm",
            "base64 in a block",
            Box::new(|[r, a]| {
                let (r, a) = (base64(r), base64(a));
                format!(
                    "extraSecrets:\n  x:\n    data: |\n      AIRFLOW_CONN_R: {r}\n      AIRFLOW_CONN_AWS_DEFAULT: {a}\n"
                )
            }),
        ),
        (
            "env",
            "words of a shell",
            Box::new(|[r, a]| {
                format!("export AIRFLOW_CONN_R='{r}'\nAIRFLOW_CONN_AWS_DEFAULT='{a}' # mine\n")
            }),
        ),
        (
            "systemd-env",
            "a file for systemd, whose words are written anew",
            Box::new(|all| {
                let [r, a] = all.each_ref().map(|text| text.replace('"', "\\\""));
                format!("AIRFLOW_CONN_R=\"{r}\"\nAIRFLOW_CONN_AWS_DEFAULT=\"{a}\"\n")
            }),
        ),
        (
            "docker-env",
            "a file for Docker",
            Box::new(|[r, a]| format!("AIRFLOW_CONN_R={r}\nAIRFLOW_CONN_AWS_DEFAULT={a}\n")),
        ),
    ];
    let made: Vec<_> = wrappers
        .iter()
        .map(|(format, what, wrap)| (*format, *what, wrap(&before), wrap(&after)))
        .collect();
    let cases: Vec<_> = made
        .iter()
        .map(|(format, what, before, after)| (*format, *what, before.as_str(), after.as_str()))
        .collect();
    hold(Safety::Unsafe, &cases);
    let uri = "redshift://etl@analytics.abc123xyz789.us-east-1.redshift.amazonaws.com/dev";
    let arn = "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fload";
    let resource = |extra: &str| {
        format!(
            "resource \"airflow_connection\" \"r\" {{\n  connection_id = \"r\"\n  conn_type     = \"redshift\"\n  host          = \"{HOST}\"\n  login         = \"etl\"\n  schema        = \"dev\"\n  extra         = {extra}\n}}\n"
        )
    };
    let beside = |extra: &str| {
        format!(
            "resource \"airflow_connection\" \"a\" {{\n  connection_id = \"aws_default\"\n  conn_type     = \"aws\"\n  extra         = {extra}\n}}\n"
        )
    };
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\\\""));
    hold(
        Safety::Unsafe,
        &[
            (
                "compose",
                "URIs, one of which needs quotes afterwards",
                &format!(
                    "services: {{w: {{environment: {{AIRFLOW_CONN_R: '{uri}?role_arn={arn}&timeout=5', AIRFLOW_CONN_AWS_DEFAULT: aws://?region_name=us-east-1}}}}}}\n"
                ),
                &format!(
                    "services: {{w: {{environment: {{AIRFLOW_CONN_R: '{uri}?__extra__=%7B%22timeout%22%3A+5%2C%20%22iam%22%3A%20%22true%22%7D', AIRFLOW_CONN_AWS_DEFAULT: 'aws://?region_name=us-east-1&role_arn={arn}'}}}}}}\n"
                ),
            ),
            (
                "terraform",
                "JSON in strings",
                &(resource(&quoted(&format!("{{{role}}}")))
                    + &beside(&quoted(&format!("{{{region}}}")))),
                &(resource(&quoted(r#"{"iam": "true"}"#))
                    + &beside(&quoted(&format!("{{{region}, {role}}}")))),
            ),
            (
                "terraform",
                "jsonencode: a quoted key, a colon and a comma are HCL, too",
                &(resource(
                    "jsonencode({\n    role_arn = \"arn:aws:iam::123456789012:role/load\"\n    timeout  = 5\n  })",
                ) + &beside("jsonencode({\n    region_name = \"us-east-1\"\n  })")),
                &(resource("jsonencode({\n    timeout  = 5,\n    \"iam\": \"true\"\n  })")
                    + &beside(
                        "jsonencode({\n    region_name = \"us-east-1\",\n    \"role_arn\": \"arn:aws:iam::123456789012:role/load\"\n  })",
                    )),
            ),
        ],
    );
}
