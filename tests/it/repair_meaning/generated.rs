//! Connections with mistakes that repairs exist for, in several formats, from a seed.

use serde_json::{Map, Value, json};

/// A source of numbers that is the same everywhere (SplitMix64).
pub(crate) struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).expect("less than n")
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    /// True so many times of a hundred.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const CLUSTER: &str = "analytics.abc123xyz789.us-east-1.redshift.amazonaws.com";
const WORKGROUP: &str = "load.123456789012.us-east-1.redshift-serverless.amazonaws.com";
const ROLE: &str = "arn:aws:iam::123456789012:role/load";

/// Extras of each type, those that repairs are about among them.
fn pool(conn_type: &str) -> Vec<(&'static str, Value)> {
    let texts = |keys: &[&'static str], values: &[&str]| -> Vec<(&'static str, Value)> {
        keys.iter().flat_map(|key| values.iter().map(|value| (*key, json!(value)))).collect()
    };
    let mut all = match conn_type {
        "redshift" => [
            texts(&["iam", "ssl", "tcp_keepalive", "is_serverless", "auto_create"], &["true", "false", "no", "1"]),
            texts(&["sslmode"], &["require", "VERIFY_FULL", "verify-full", "disable"]),
            texts(&["timeout", "connect_timeout", "port", "keepalives", "keepalives_idle", "max_prepared_statements"], &["5", "5439", "0"]),
            texts(&["db_user", "db_groups", "database", "user"], &["etl", "dev", "a,b"]),
            texts(
                &["cluster_id", "cluster-identifier", "Cluster_Identifier", "workgroup", "region_name", "region"],
                &["us-east-1", "load"],
            ),
            texts(&["role_arn"], &[ROLE]),
            texts(&["sslrootcert", "bogus", "application-name", "extra__redshift__iam"], &["x", "true"]),
            vec![
                ("iam", json!(true)),
                ("cluster_identifier", json!("analytics")),
                ("is_serverless", json!(true)),
                ("keepalives", json!(0)),
            ],
            vec![("serverless_token_duration_seconds", json!(7)), ("serverless_work_group", json!("load")), ("ssl", json!(1))],
        ]
        .concat(),
        "postgres" => [
            texts(&["iam", "redshift", "redshift-serverless"], &["true", "false", "0"]),
            texts(&["sslca", "ssl_mode", "SSLMODE", "sslrootcert", "tcp_keepalive", "timeout", "region_name"], &["x", "0", "verify-full"]),
            texts(
                &["cluster_identifier", "is_serverless", "workgroup", "bogus", "connect_timeout", "extra__postgres__sslmode"],
                &["x", "7"],
            ),
            vec![("iam", json!(true)), ("redshift", json!(true)), ("cluster-identifier", json!("analytics")), ("keepalives", json!(0))],
        ]
        .concat(),
        "aws" => [
            texts(&["region", "aws_region", "region_name"], &["us-east-1", "EU_WEST_1", "eu-west-1"]),
            texts(
                &["profile", "profile_name", "access_key_id", "external_id", "host", "endpoint", "aws_iam_role"],
                &["etl", "AKIAIOSFODNN7EXAMPLE"],
            ),
            texts(&["role_arn", "extra__aws__region_name", "aws_account_id", "verify"], &[ROLE, "123456789012", "false"]),
            vec![("session_kwargs", json!({"region_name": "us-east-1", "profile_name": "etl"}))],
            vec![("session_kwargs", json!({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "made-up"}))],
            vec![
                ("config_kwargs", json!("{\"retries\": {}}")),
                ("service_config", json!("{}")),
                ("assume_role_kwargs", json!("{\"a\": 1}")),
            ],
        ]
        .concat(),
        "smtp" => texts(&["extra__smtp__disable_ssl", "disable_ssl", "disable_tls", "timeout"], &["true", "false", "7"]),
        "azure" => texts(&["extra__azure__tenantId", "tenant_id", "use_azure_identity_object", "key_path"], &["t", "false"]),
        "google_cloud_platform" => [
            texts(&["extra__google_cloud_platform__project", "extra__google_cloud_platform__key_path", "key-path"], &["p", ""]),
            vec![("keyfile_dict", json!("\"{\\\"type\\\": \\\"service_account\\\"}\"")), ("is_anonymous", json!("false"))],
        ]
        .concat(),
        "snowflake" => texts(
            &["extra__snowflake__account", "account", "Warehouse", "insecure_mode", "extra__snowflake__role", "private_key_content"],
            &["x", "yes", "-----BEGIN PRIVATE KEY-----\\nTUlJ\\nRXdJ\\n-----END PRIVATE KEY-----\\n"],
        ),
        "ssh" => texts(
            &["private_key", "no_host_key_check", "compress", "timeout", "extra__ssh__key_file", "disabled_algorithms"],
            &["-----BEGIN RSA PRIVATE KEY-----\\nTUlJ\\nRXdJ\\n-----END RSA PRIVATE KEY-----\\n", "no", "7", "{\"a\": []}"],
        ),
        "http" => {
            texts(&["verify", "allow_redirects", "proxies", "extra__http__timeout", "n"], &["true", "false", "{\"https\": \"x\"}", "1"])
        }
        "docker" => texts(&["reauth", "email"], &["1", "yes"]),
        "tableau" => texts(&["token_name", "personal_access_token", "site_id"], &["x"]),
        "mysql" => texts(&["local_infile", "ssl", "charset", "iam"], &["true", "false", "{\"ca\": \"x\"}"]),
        "spark" => texts(&["spark_binary", "deploy_mode", "queue", "spark-home"], &["x"]),
        "slackwebhook" => texts(&["webhook_token", "extra__slackwebhook__timeout", "proxy"], &["T0/B0/x", "7"]),
        _ => texts(&["a", "n"], &["b", "7", "true"]),
    };
    all.push(("free", json!("text")));
    all
}

const TYPES: &[&str] = &[
    "redshift",
    "redshift",
    "redshift",
    "redshift",
    "postgres",
    "postgres",
    "aws",
    "aws",
    "smtp",
    "azure",
    "google_cloud_platform",
    "snowflake",
    "ssh",
    "http",
    "docker",
    "tableau",
    "mysql",
    "spark",
    "slackwebhook",
    "generic",
];

const PASSWORDS: &[&str] = &[
    "Tide4low", "Tide4low", "p%40ss", "100%", "p%2540ss", "p@ss", "p#ss", "p?s=x", "p/s:s", "a[b",
    "it+is%21", "caf%E9", "", "p?a=b@c",
];

const HOSTS: &[&str] = &[
    CLUSTER,
    WORKGROUP,
    "db.example.com",
    "db.example.com ",
    "db.example.com:5439/dev",
    "localhost",
];

fn connection(n: &mut Numbers) -> Map<String, Value> {
    let conn_type = *n.one(TYPES);
    let pool = pool(conn_type);
    let mut extra = Map::new();
    for _ in 0..n.below(5) {
        let (key, value) = n.one(&pool).clone();
        extra.insert(key.to_string(), value);
    }
    let mut fields = Map::new();
    fields.insert(
        "conn_type".into(),
        json!(if n.chance(4) { conn_type.replace('_', "-") } else { conn_type.to_string() }),
    );
    if conn_type != "aws" {
        fields.insert("host".into(), json!(n.one(HOSTS)));
        if n.chance(50) {
            fields.insert("schema".into(), json!("dev"));
        }
    }
    if n.chance(75) {
        fields.insert("login".into(), json!("etl"));
        fields.insert("password".into(), json!(n.one(PASSWORDS)));
    }
    if n.chance(25) {
        fields.insert("port".into(), n.one(&[json!(5439), json!("5439"), json!(5439.0)]).clone());
    }
    if !extra.is_empty() {
        fields.insert("extra".into(), Value::Object(extra));
    }
    fields
}

/// The URI of a connection, its password raw.
fn uri(fields: &Map<String, Value>, scheme: &str) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut uri = format!("{scheme}://");
    if fields.contains_key("login") {
        uri.push_str(&format!("{}:{}@", text("login"), text("password")));
    }
    uri.push_str(&text("host").replace(' ', "%20"));
    if let Some(port) =
        fields.get("port").and_then(Value::as_i64).filter(|_| !text("host").contains(':'))
    {
        uri.push_str(&format!(":{port}"));
    }
    uri.push_str(&format!("/{}", text("schema")));
    let mut joint = '?';
    for (key, value) in fields.get("extra").and_then(Value::as_object).into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let encoded: String = value
            .bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect();
        uri.push_str(&format!("{joint}{key}={encoded}"));
        joint = '&';
    }
    uri
}

/// Texts with their formats.
pub(crate) fn texts(seed: u64, count: usize) -> impl Iterator<Item = (&'static str, String)> {
    let mut n = Numbers(seed);
    std::iter::repeat_with(move || one(&mut n)).take(count)
}

fn one(n: &mut Numbers) -> (&'static str, String) {
    let (subject, other) = (connection(n), connection(n));
    let aws = json!({"conn_type": "aws", "extra": {"region_name": *n.one(&["us-east-1", "US_EAST_1", "eu-west-1"])}});
    let scheme = match n.below(12) {
        0 => "postgresql+psycopg2",
        1 => "mysql+pymysql",
        2 => "google-cloud-platform",
        _ => subject["conn_type"].as_str().unwrap_or_default(),
    };
    let uri = |n: &mut Numbers| {
        let uri = uri(&subject, scheme);
        if n.chance(8) { format!("{uri}#c") } else { uri }
    };
    let json_text = |fields: &Map<String, Value>| Value::Object(fields.clone()).to_string();
    // As Airflow exports it: extra is a text.
    let stored = |fields: &Map<String, Value>| {
        let mut fields = fields.clone();
        if let Some(extra) = fields.get_mut("extra") {
            *extra = json!(extra.to_string());
        }
        fields
    };
    match n.below(9) {
        0 => ("json", json_text(&subject)),
        1 => {
            let line = |id: &str, fields: &Map<String, Value>| {
                let mut fields = fields.clone();
                fields.insert("conn_id".into(), json!(id));
                Value::Object(fields).to_string()
            };
            let aws = aws.as_object().expect("an object");
            (
                "jsonl",
                format!(
                    "{}\n{}\n{}\n",
                    line("a", &subject),
                    line("b", &other),
                    line("aws_default", aws)
                ),
            )
        }
        2 => (
            "export-json",
            json!({"a": stored(&subject), "b": stored(&other), "aws_default": aws}).to_string(),
        ),
        3 => (
            "export-yaml",
            format!("a: {}\n# mine\nb: {}\n", json_text(&stored(&subject)), json_text(&other)),
        ),
        4 => {
            let login = n.one(&["0123", "no", "1_000", "'etl'", "12:30"]);
            let base = "  conn_type: postgres\n  host: db.example.com\n";
            (
                "export-yaml",
                format!(
                    "a:\n{base}  login: {login} # mine\n  password: x\nb: {}\n",
                    json_text(&other)
                ),
            )
        }
        5 => ("uri", uri(n)),
        6 => (
            "env",
            format!(
                "AIRFLOW_CONN_A='{}'\nexport AIRFLOW_CONN_B='{}'\n",
                uri(n),
                json_text(&other).replace('\'', "'\\''")
            ),
        ),
        7 => ("airflow-env", format!("a={}\nb={}\n", uri(n), self::uri(&other, "generic"))),
        _ => {
            let text = uri(n).replace('\'', "''");
            let dollar = n.one(&["", "$x", "$1", "$$"]);
            (
                "compose",
                format!(
                    "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: '{text}{dollar}'\n      B: c\n"
                ),
            )
        }
    }
}
