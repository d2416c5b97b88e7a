//! Repairs: what each changes in which form, that nothing else changes, and that the recipes of the
//! seed page come out working.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::fix::{Fixed, Setting, fix};
use airconn::check::{Providers, Safety};
use airconn::format::by_name;
use airconn::source::Source;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const HOST: &str = "analytics.abc123xyz789.us-east-1.redshift.amazonaws.com";

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

/// A redshift connection with these extras, as JSON Lines.
fn redshift(fields: &str, extra: &str) -> String {
    format!(
        r#"{{"conn_id": "r", "conn_type": "redshift", "host": "{HOST}", {fields}"extra": {extra}}}"#
    )
}

const LOGIN: &str = r#""login": "etl", "password": "Tide4low", "schema": "dev", "#;

#[test]
fn what_has_one_right_answer_is_repaired() {
    let aws =
        r#"{"conn_id": "aws_default", "conn_type": "aws", "extra": {"region_name": "us-east-1"}}"#;
    for (rule, fields, before, after) in [
        ("AC507", LOGIN, r#"{"ssl": "true"}"#, r#"{"ssl": true}"#),
        ("AC507", LOGIN, r#"{"ssl": 1, "timeout": 5}"#, r#"{"ssl": true, "timeout": 5}"#),
        ("AC508", LOGIN, r#"{"sslmode": "require"}"#, "{}"),
        ("AC508", LOGIN, r#"{"sslmode": "VERIFY_FULL"}"#, r#"{"sslmode": "verify-full"}"#),
        (
            "AC503",
            LOGIN,
            r#"{"serverless_token_duration_seconds": 3600, "timeout": 5}"#,
            r#"{"timeout": 5}"#,
        ),
        ("AC503", LOGIN, r#"{"connect_timeout": 5}"#, r#"{"timeout": 5}"#),
        ("AC503", LOGIN, r#"{"Application-Name": "etl"}"#, r#"{"application_name": "etl"}"#),
        ("AC408", LOGIN, r#"{"timeout": "5"}"#, r#"{"timeout": 5}"#),
        ("AC408", LOGIN, r#"{"port": "5439"}"#, r#"{"port": 5439}"#),
        ("AC503", LOGIN, r#"{"keepalives": 0}"#, r#"{"tcp_keepalive": false}"#),
        (
            "AC503",
            LOGIN,
            r#"{"keepalives": "1", "timeout": 5}"#,
            r#"{"tcp_keepalive": true, "timeout": 5}"#,
        ),
        (
            "AC517",
            r#""login": "etl", "schema": "dev", "#,
            r#"{"iam": true, "cluster_identifier": "analytics", "db_user": "etl", "db_groups": "load"}"#,
            r#"{"iam": true, "cluster_identifier": "analytics", "db_user": "etl", "db_groups": ["load"]}"#,
        ),
        (
            "AC505",
            r#""login": "etl", "schema": "dev", "#,
            r#"{"iam": true}"#,
            r#"{"iam": true, "cluster_identifier": "analytics", "db_user": "etl"}"#,
        ),
        (
            "AC519",
            r#""login": "etl", "schema": "dev", "#,
            r#"{"iam": "true", "cluster-identifier": "analytics"}"#,
            r#"{"iam": "true", "cluster_identifier": "analytics"}"#,
        ),
    ] {
        let text = |extra: &str| format!("{}\n{aws}\n", redshift(fields, extra));
        let Fixed { text: got, applied, checked } = repaired("jsonl", &text(before), Safety::Safe);
        assert_eq!(got, text(after), "{rule} {before}");
        // The first finding about an argument that is misspelt is that it is none.
        let rules = if rule == "AC519" { ["AC503", "AC519"] } else { [rule, rule] };
        assert!(applied.iter().any(|f| rules.contains(&f.rule)), "{rule} {before}: {applied:?}");
        assert!(
            !checked.findings.iter().any(|f| f.rule == rule && f.fix.is_some()),
            "{rule} {before}: {:?}",
            checked.findings
        );
    }
}

#[test]
fn each_form_is_repaired_in_its_own_way() {
    for (format, before, after) in [
        (
            "uri",
            "redshift://u:p@h.example.com/d?ssl=true&timeout=5",
            "redshift://u:p@h.example.com/d?__extra__=%7B%22timeout%22%3A+5%7D",
        ),
        ("uri", "redshift://u:p@h.example.com/d?port=5439", "redshift://u:p@h.example.com:5439/d?"),
        (
            "env",
            "AIRFLOW_CONN_R='redshift://u:p@h.example.com/d?sslmode=require&ssl=true'\n",
            "AIRFLOW_CONN_R='redshift://u:p@h.example.com/d?'\n",
        ),
        (
            "env",
            "export AIRFLOW_CONN_R='{\"conn_type\": \"redshift\", \"host\": \"h.example.com\", \"login\": \"u\", \"password\": \"p\", \"extra\": \"{\\\"timeout\\\": \\\"5\\\"}\"}' # x\n",
            "export AIRFLOW_CONN_R='{\"conn_type\": \"redshift\", \"host\": \"h.example.com\", \"login\": \"u\", \"password\": \"p\", \"extra\": \"{\\\"timeout\\\": 5}\"}' # x\n",
        ),
        (
            "export-yaml",
            "# mine\nr:\n  conn_type: redshift\n  host: h.example.com\n  login: u\n  password: p\n  extra: '{\"ssl\": \"true\"}'\n",
            "# mine\nr:\n  conn_type: redshift\n  host: h.example.com\n  login: u\n  password: p\n  extra: '{\"ssl\": true}'\n",
        ),
        (
            "export-yaml",
            "r:\n  conn_type: redshift\n  host: h.example.com:5439/dev\n  login: u\n  password: p\n",
            "r:\n  conn_type: redshift\n  host: h.example.com\n  login: u\n  password: p\n  port: 5439\n  schema: dev\n",
        ),
        (
            "export-json",
            "{\"a\": {\"conn_type\": \"aws\", \"extra\": \"{\\\"region_name\\\": \\\"EU_WEST_1\\\"}\"}}",
            "{\"a\": {\"conn_type\": \"aws\", \"extra\": \"{\\\"region_name\\\": \\\"eu-west-1\\\"}\"}}",
        ),
    ] {
        assert_eq!(repaired(format, before, Safety::Safe).text, after, "{format}: {before}");
    }
    let before = "a=aws://?external_id=x-1&role_arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr\n";
    let got = repaired("airflow-env", before, Safety::Unsafe).text;
    // An object in a query has one form only.
    assert!(
        got.starts_with("a=aws://?__extra__=")
            && got.contains("ExternalId")
            && !got.contains("external_id"),
        "{got}"
    );
}

#[test]
fn what_needs_a_decision_waits_for_it() {
    for (extra, rule) in [
        (
            r#"{"role_arn": "arn:aws:iam::123456789012:role/load", "region_name": "us-east-1"}"#,
            "AC504",
        ),
        (r#"{"bogus": 1}"#, "AC503"),
        (r#"{"iam": "false"}"#, "AC506"),
        (r#"{"tcp_keepalive": "no"}"#, "AC402"),
        (
            r#"{"iam": true, "cluster_identifier": "analytics", "db_user": "etl", "db_groups": "load,read"}"#,
            "AC517",
        ),
    ] {
        let text = redshift(r#""login": "etl", "schema": "dev", "#, extra);
        let safe = repaired("jsonl", &text, Safety::Safe);
        assert_eq!((safe.text.as_str(), safe.applied.len()), (text.as_str(), 0), "{extra}");
        let all = repaired("jsonl", &text, Safety::Unsafe);
        assert!(all.applied.iter().any(|f| f.rule == rule), "{extra}: {:?}", all.applied);
        assert!(
            !all.checked.findings.iter().any(|f| f.rule == rule),
            "{extra}: {:?}",
            all.checked.findings
        );
    }
}

#[test]
fn what_cannot_be_repaired_stays_as_it_is() {
    for (format, text) in [
        // The extra belongs to both connections.
        (
            "export-yaml",
            "a: {conn_type: redshift, host: h.example.com, login: u, password: p, extra: &e {iam: 'no'}}\nb: {conn_type: redshift, host: h.example.com, login: u, password: p, extra: *e}\n",
        ),
        // The key is there twice.
        (
            "json",
            r#"{"conn_type": "redshift", "host": "h.example.com", "login": "u", "password": "p", "extra": {"iam": "no", "iam": "no"}}"#,
        ),
        // TLS is off on purpose.
        (
            "json",
            r#"{"conn_type": "redshift", "host": "h.example.com", "login": "u", "password": "p", "extra": {"ssl": false}}"#,
        ),
        // Both names are given.
        (
            "json",
            r#"{"conn_type": "aws", "extra": {"region": "us-east-1", "region_name": "us-west-2"}}"#,
        ),
        ("json", "{"),
        ("export-json", ""),
    ] {
        let Fixed { text: got, applied, .. } = repaired(format, text, Safety::Safe);
        assert_eq!((got.as_str(), applied.len()), (text, 0), "{format}: {applied:?}");
    }
}

#[test]
fn many_connections_are_repaired_in_one_go() {
    let line =
        |i: usize, extra: &str| redshift(LOGIN, extra).replace("\"r\"", &format!("\"r{i}\""));
    let before: String = (0..300)
        .map(|i| line(i, r#"{"ssl": "true", "sslmode": "require", "timeout": "5"}"#) + "\n")
        .collect();
    let after: String =
        (0..300).map(|i| line(i, r#"{"ssl": true, "timeout": 5}"#) + "\n").collect();
    let fixed = repaired("jsonl", &before, Safety::Safe);
    assert_eq!(fixed.text, after);
    assert_eq!(fixed.applied.len(), 900);
}

/// The recipes of the page, as a reader fills them in, in every form: repaired, the log-in works as
/// in the recorded runs S2h and S3f.
#[test]
fn the_recipes_come_out_working() {
    for (recipe, extension, format) in [
        ("recipe2-iam", "json", "export-json"),
        ("recipe2-iam", "yaml", "export-yaml"),
        ("recipe2-iam", "env", "env"),
        ("recipe3-role", "json", "export-json"),
        ("recipe3-role", "yaml", "export-yaml"),
        ("recipe3-role", "env", "env"),
    ] {
        let path = format!("{}/fixtures/seed/{recipe}.{extension}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let fixed = repaired(format, &text, Safety::Unsafe);
        let errors: Vec<_> = fixed
            .checked
            .findings
            .iter()
            .filter(|f| f.level == airconn::check::Level::Error)
            .collect();
        if recipe == "recipe2-iam" {
            assert!(errors.is_empty(), "{path}: {errors:?}\n{}", fixed.text);
            for want in ["aws_default", "profile_name", "region_name"] {
                assert!(
                    fixed.text.to_lowercase().contains(want),
                    "{path} lacks {want}:\n{}",
                    fixed.text
                );
            }
        } else {
            // Only the reader of the page knows the database user.
            let left: Vec<_> = errors.iter().map(|f| (f.rule, f.pointer.as_str())).collect();
            assert_eq!(left, [("AC509", "/login")], "{path}\n{}", fixed.text);
            assert!(fixed.text.to_lowercase().contains("aws_default"), "{path}:\n{}", fixed.text);
        }
    }
}

#[test]
fn uris_are_repaired() {
    for (before, safe, all) in [
        ("postgres://u:p#1x@h.example.com/d", "postgres://u:p%231x@h.example.com/d", None),
        (
            "postgres://u:p/x:y@h.example.com:5432/d",
            "postgres://u:p%2Fx%3Ay@h.example.com:5432/d",
            None,
        ),
        ("postgres://u:p@x@h.example.com/d", "postgres://u:p%40x@h.example.com/d", None),
        ("postgres://u:a[b@h.example.com/d", "postgres://u:a%5Bb@h.example.com/d", None),
        ("postgres://u:100%@h.example.com/d", "postgres://u:100%25@h.example.com/d", None),
        (
            "postgres://u:caf%E9@h.example.com/d",
            "postgres://u:caf%E9@h.example.com/d",
            Some("postgres://u:caf%C3%A9@h.example.com/d"),
        ),
        (
            "postgres://u:p%2540x@h.example.com/d",
            "postgres://u:p%2540x@h.example.com/d",
            Some("postgres://u:p%40x@h.example.com/d"),
        ),
        (
            "http://h.example.com/?a=b#c#d",
            "http://h.example.com/?a=b#c#d",
            Some("http://h.example.com/?a=b%23c%23d"),
        ),
        ("http://h.example.com/?a=b #c", "http://h.example.com/?a=b #c", None),
        (
            "http://h.example.com/?n=1",
            "http://h.example.com/?n=1",
            Some("http://h.example.com/?__extra__=%7B%22n%22%3A+1%7D"),
        ),
    ] {
        assert_eq!(repaired("uri", before, Safety::Safe).text, safe);
        assert_eq!(repaired("uri", before, Safety::Unsafe).text, all.unwrap_or(safe));
    }
}

#[test]
fn extras_of_other_types_are_repaired() {
    let before = r#"{"conn_type": "aws", "extra": "\"{\\\"region_name\\\": \\\"us-east-1\\\"}\""}"#;
    let after = r#"{"conn_type": "aws", "extra": "{\"region_name\": \"us-east-1\"}"}"#;
    assert_eq!(repaired("json", before, Safety::Safe).text, after);
}

/// The CPU time of this thread in nanoseconds, or what is nearest to it.
fn cpu_time() -> u64 {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent.and_then(|spent| spent.split(' ').next()?.parse().ok());
    spent.unwrap_or_else(|| u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// How many findings are repaired in a text of this format, and the CPU time that it took.
fn measured(format: &str, text: &str) -> (usize, u64) {
    let started = cpu_time();
    let fixed = repaired(format, text, Safety::Unsafe);
    (fixed.applied.len(), cpu_time() - started)
}

/// Repairs of eight times as many findings take about eight times as long: in one connection, in
/// many, in every kind of wrapping, for one change and for several that reach into another
/// connection.
#[test]
fn the_work_of_repairs_is_linear() {
    let members = |n: usize, member: &dyn Fn(usize) -> String| {
        (0..n).map(member).collect::<Vec<_>>().join(", ")
    };
    let unknown = |n: usize| members(n, &|i| format!(r#""bogus_{i}": {i}"#));
    let one = |extra: &str| {
        format!(r#"{{"conn_type": "redshift", "host": "{HOST}", {LOGIN}"extra": {extra}}}"#)
    };
    let base64 = |text: &str| STANDARD.encode(text);
    let lines = |n: usize, extra: &dyn Fn(usize) -> String| {
        (0..n)
            .map(|i| redshift(LOGIN, &extra(i)).replace("\"r\"", &format!("\"r{i}\"")) + "\n")
            .collect::<String>()
    };
    let role = |i: usize| {
        format!(
            r#"{{"role_arn": "arn:aws:iam::123456789012:role/load", "application_name": "a{i}"}}"#
        )
    };
    type Shape<'s> = (&'s str, &'s str, Box<dyn Fn(usize) -> String + 's>);
    let shapes: Vec<Shape<'_>> = vec![
        ("members of one object", "json", Box::new(|n| one(&format!("{{{}}}", unknown(n))))),
        (
            "members of a text",
            "json",
            Box::new(|n| one(&format!("{:?}", format!("{{{}}}", unknown(n))))),
        ),
        (
            "values of a query",
            "uri",
            Box::new(|n| {
                format!(
                    "http://h.example.com/?{}",
                    members(n, &|i| format!("k{i}={i}")).replace(", ", "&")
                )
            }),
        ),
        (
            "percent signs",
            "uri",
            Box::new(|n| {
                format!(
                    "http://h.example.com/?{}",
                    members(n, &|i| format!("k{i}=%zz%z")).replace(", ", "&")
                )
            }),
        ),
        (
            "a block of YAML",
            "export-yaml",
            Box::new(|n| {
                let extra: String = (0..n).map(|i| format!("    bogus_{i}: {i}\n")).collect();
                format!(
                    "r:\n  conn_type: redshift\n  host: {HOST}\n  login: u\n  password: p\n  schema: d\n  extra:\n{extra}"
                )
            }),
        ),
        (
            "base64",
            "kubernetes",
            Box::new(|n| {
                format!(
                    "kind: Secret\ndata:\n  AIRFLOW_CONN_R: {}\n",
                    base64(&one(&format!("{{{}}}", unknown(n))))
                )
            }),
        ),
        (
            "many connections",
            "jsonl",
            Box::new(|n| {
                lines(n / 10, &|_| {
                    r#"{"ssl": "true", "sslmode": "require", "timeout": "5"}"#.into()
                })
            }),
        ),
        ("roles that are moved", "jsonl", Box::new(|n| lines(n / 5, &role))),
    ];
    for (name, format, text) in shapes {
        let (few, short) = measured(format, &text(500));
        let (many, long) = measured(format, &text(4000));
        assert!(few >= 100 && many == 8 * few, "{name}: {few} and {many} repairs");
        assert!(long < 24 * short, "{name}: {short} ns became {long} ns");
    }
}

/// What wrappers do to a connection has its repair in the wrapper.
#[test]
fn wrappers_are_repaired() {
    let compose = |value: &str| {
        format!(
            "services:\n  a:\n    environment:\n      # mine\n      AIRFLOW_CONN_A: {value}  # as it is\n      B: c\n"
        )
    };
    let item = |value: &str| {
        format!("services: {{a: {{environment: ['AIRFLOW_CONN_A={value}', B=c]}}}}\n")
    };
    let secret = |field: &str, value: &str| {
        format!("kind: Secret\n{field}:\n  AIRFLOW_CONN_A: {value}\n  other: YQ==\n")
    };
    let astro = |fields: &str| {
        format!(
            "airflow:\n  connections:\n    - conn_id: a\n      conn_type: http\n{fields}    - conn_id: b\n      conn_type: fs\n"
        )
    };
    let uri = "eDovL3U6cEBo";
    for (rule, format, before, after) in [
        ("AC801", "compose", compose("'x://u:it''s$@h'"), compose("'x://u:it''s$$@h'")),
        ("AC801", "compose", compose("\"x://u:\\u00e9$1@h$2\""), compose("\"x://u:\\u00e9$$1@h$$2\"")),
        ("AC802", "kubernetes", secret("data", "x://u:p@h"), secret("data", uri)),
        ("AC802", "kubernetes", secret("data", "ZURvdkwzVTZjRUJv"), secret("data", uri)),
        ("AC802", "kubernetes", secret("data", "\"eDovL3U6cEBoCg==\""), secret("data", &format!("\"{uri}\""))),
        ("AC802", "kubernetes", secret("stringData", uri), secret("stringData", "'x://u:p@h'")),
        (
            "AC802",
            "helm",
            "extraSecrets: {a: {data: \"AIRFLOW_CONN_A: eDovL3U6cEBoCg==\\n\"}}\n".into(),
            format!("extraSecrets: {{a: {{data: \"AIRFLOW_CONN_A: {uri}\\n\"}}}}\n"),
        ),
        (
            "AC803",
            "export-yaml",
            "a:\n  conn_type: x\n  login: no # mine\n  password: 0123\n".into(),
            "a:\n  conn_type: x\n  login: 'no' # mine\n  password: '0123'\n".into(),
        ),
        ("AC803", "export-yaml", "1234: {conn_type: x, host: 10.0}\n".into(), "'1234': {conn_type: x, host: '10.0'}\n".into()),
        ("AC803", "astro-settings", astro("      conn_password: 1_000\n"), astro("      conn_password: '1_000'\n")),
        (
            "AC803",
            "kubernetes",
            "kind: ConfigMap\ndata:\n  connections.yaml: |\n    a: {conn_type: x, password: 012}\n".into(),
            "kind: ConfigMap\ndata:\n  connections.yaml: |\n    a: {conn_type: x, password: '012'}\n".into(),
        ),
    ] {
        let fixed = repaired(format, &before, Safety::Safe);
        assert_eq!(fixed.text, after, "{rule} {before}");
        assert!(fixed.applied.iter().all(|f| f.rule == rule) && !fixed.applied.is_empty(), "{rule} {before}: {:?}", fixed.applied);
        assert!(!fixed.checked.findings.iter().any(|f| f.rule == rule), "{rule} {before}: {:?}", fixed.checked.findings);
    }
    // What may be meant as a variable is doubled only when somebody says so, and under another name
    // a hook may read something today; what is not a connection is not guessed at.
    for (format, before, all) in [
        ("compose", compose("x://u:pa$word@h"), Some(compose("x://u:pa$$word@h"))),
        ("compose", compose("x://u:$$a$b$$c@h"), Some(compose("x://u:$$a$$b$$c@h"))),
        ("compose", item("x://u:p$w@h"), Some(item("x://u:p$$w@h"))),
        (
            "astro-settings",
            astro("      conn_extra:\n        X-Team: a\n        n: {B: [1, c]}\n"),
            Some(astro("      conn_extra: '{\"X-Team\": \"a\", \"n\": {\"B\": [1, \"c\"]}}'\n")),
        ),
        (
            "astro-settings",
            astro("      conn_extra: {X-Team: it's}\n"),
            Some(astro("      conn_extra: '{\"X-Team\": \"it''s\"}'\n")),
        ),
        (
            "astro-settings",
            astro("      host: h\n      'port': 80\n"),
            Some(astro("      conn_host: h\n      'conn_port': 80\n")),
        ),
        ("compose", compose("x://u:$PASSWORD@h"), Some(compose("x://u:$$PASSWORD@h"))),
        ("kubernetes", secret("data", "not base64"), None),
        ("astro-settings", astro("      conn_extra:\n        # why\n        X: a\n"), None),
        ("astro-settings", astro("      conn_extra: &e {X: a}\n"), None),
    ] {
        assert_eq!(repaired(format, &before, Safety::Safe).text, before);
        assert_eq!(repaired(format, &before, Safety::Unsafe).text, all.unwrap_or(before));
    }
}
