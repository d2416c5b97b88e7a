//! Repairs through the layers that a connection is wrapped in: base64, YAML, JSON, percent-encoding, quotes, Terraform, alone and together.
//!
//! What stands here was written by hand: the text before, and every byte of it after the repair.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::fix::{Fixed, Setting, fix};
use airconn::check::{Providers, Safety};
use airconn::format::by_name;
use airconn::source::Source;

fn repaired(format: &str, text: &str, allow: Safety) -> Fixed {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let providers = Providers::default();
    let setting = Setting { skip: 0, format: by_name(format).expect("a format"), runtimes: &runtimes, providers: &providers };
    fix(&Source::new("x", text), setting, allow, &|_| true)
}

/// Every pair is repaired, and what is repaired stays as it is.
fn hold(allow: Safety, cases: &[(&str, &str, &str, &str)]) {
    for (format, what, before, after) in cases {
        let got = repaired(format, before, allow);
        assert_eq!(got.text, *after, "{format}: {what}: {:?}", got.checked.findings);
        assert!(!got.applied.is_empty(), "{format}: {what}");
        let again = repaired(format, after, allow);
        assert_eq!((again.text.as_str(), again.applied.len()), (*after, 0), "{format}: {what}, once more");
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
                // {"conn_type": "redshift", "host": "dwh.example.com", "login": "etl", "password": "Tide4low", "extra": "{\"ssl\": \"true\"}"}
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
                "extraSecrets:\n  connections:\n    stringData: |\n      AIRFLOW_CONN_DWH: 'redshift://etl:p%40ss@dwh.example.com:5439/dev?sslmode=require'\n    data: |\n      AIRFLOW_CONN_LAKE: YXdzOi8vQUtJQUlPU0ZPRE5ON0VYQU1QTEU6bWFkZXVwQC8/cmVnaW9uPXVzLWVhc3QtMQ==\n",
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
                // {"conn_type": "redshift", "host": "dwh.example.com", "login": "etl", "password": "Tide4low", "extra": {"bogus": 1}}
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
