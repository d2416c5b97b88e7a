//! A missing AWS connection is put beside the connection that needs it, in whatever that one is
//! wrapped.
//!
//! What stands here was written by hand: the text before, and every byte of it after the repair.

use airconn::airflow::runtime::{Runtime, Side};
use airconn::check::fix::{Fixed, Setting, fix};
use airconn::check::{Providers, Safety, check};
use airconn::format::by_name;
use airconn::source::Source;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn repaired(format: &str, text: &str) -> Fixed {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let providers = Providers::default();
    let setting = Setting {
        skip: 0,
        format: by_name(format).expect("a format"),
        runtimes: &runtimes,
        providers: &providers,
    };
    fix(&Source::new("x", text), setting, Safety::Unsafe, &|f| f.rule == "AC605")
}

const HOST: &str = "analytics.abc123xyz789.us-east-1.redshift.amazonaws.com";
const URI: &str =
    "redshift://etl@analytics.abc123xyz789.us-east-1.redshift.amazonaws.com/dev?iam=true";
const AWS_URI: &str = "aws:///?region_name=us-east-1";

fn json() -> String {
    format!(
        r#"{{"conn_type": "redshift", "host": "{HOST}", "login": "etl", "schema": "dev", "extra": {{"iam": "true"}}}}"#
    )
}

const AWS_JSON: &str = r#"{"conn_type": "aws", "extra": {"region_name": "us-east-1"}}"#;

fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// A format, what it shows, the text with `^` at the place of what is added, and what is added
/// there.
type Case = (&'static str, &'static str, String, String);

fn cases() -> Vec<Case> {
    let json = json();
    let (r64, a64) = (base64(&json), base64(AWS_JSON));
    let quoted = |text: &str| text.replace('"', "\\\"");
    vec![
        (
            "compose",
            "a mapping: quoted as the neighbour, behind it, ahead of others",
            format!("services:\n  w:\n    environment:\n      # mine\n      AIRFLOW_CONN_R: '{json}' # dwh\n^      OTHER: x\n    image: a\n"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: '{AWS_JSON}'\n"),
        ),
        (
            "compose",
            "a URI without quotes",
            format!("services:\n  w:\n    environment:\n      OTHER: x\n      AIRFLOW_CONN_R: {URI}\n^"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: {AWS_URI}\n"),
        ),
        (
            "compose",
            "no line end at the end",
            format!("services:\n  w:\n    environment:\n      AIRFLOW_CONN_R: \"{URI}\"^"),
            format!("\n      AIRFLOW_CONN_AWS_DEFAULT: \"{AWS_URI}\""),
        ),
        (
            "compose",
            "the same, with the line ends of Windows",
            format!("services:\r\n  w:\r\n    environment:\r\n      AIRFLOW_CONN_R: \"{URI}\"^"),
            format!("\r\n      AIRFLOW_CONN_AWS_DEFAULT: \"{AWS_URI}\""),
        ),
        (
            "compose",
            "a list, its dash where the key is",
            format!("services:\n  w:\n    environment:\n    - OTHER=1\n    - AIRFLOW_CONN_R={URI}\n^    - LAST=1\n"),
            format!("    - AIRFLOW_CONN_AWS_DEFAULT={AWS_URI}\n"),
        ),
        (
            "compose",
            "a list of quoted assignments, double quotes",
            format!("services:\n  w:\n    environment:\n      - \"AIRFLOW_CONN_R={}\"\n^", quoted(&json)),
            format!("      - \"AIRFLOW_CONN_AWS_DEFAULT={}\"\n", quoted(AWS_JSON)),
        ),
        (
            "compose",
            "braces",
            format!("services: {{w: {{environment: {{AIRFLOW_CONN_R: '{URI}'^, B: c}}}}}}\n"),
            format!(", AIRFLOW_CONN_AWS_DEFAULT: '{AWS_URI}'"),
        ),
        (
            "compose",
            "brackets, one entry a line",
            format!("services:\n  w:\n    environment: [\n      A=b,\n      'AIRFLOW_CONN_R={URI}'^,\n    ]\n"),
            format!(",\n      'AIRFLOW_CONN_AWS_DEFAULT={AWS_URI}'"),
        ),
        (
            "compose",
            "lines of Windows",
            format!("services:\r\n  w:\r\n    environment:\r\n      AIRFLOW_CONN_R: {URI}\r\n^    image: a\r\n"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: {AWS_URI}\r\n"),
        ),
        (
            "compose",
            "a block: what is added stands on one line",
            format!("services:\n  w:\n    environment:\n      AIRFLOW_CONN_R: |-\n        {json}\n^\n    image: a\n"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: '{AWS_JSON}'\n"),
        ),
        (
            "compose",
            "beside what is merged",
            format!("x-e: &e\n  OTHER: x\nservices:\n  w:\n    environment:\n      <<: *e\n      AIRFLOW_CONN_R: {URI}\n^"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: {AWS_URI}\n"),
        ),
        (
            "kubernetes",
            "stringData of a Secret",
            format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\nstringData:\n  AIRFLOW_CONN_R: '{json}'\n^---\nkind: Pod\n"),
            format!("  AIRFLOW_CONN_AWS_DEFAULT: '{AWS_JSON}'\n"),
        ),
        (
            "kubernetes",
            "base64 in data",
            format!("apiVersion: v1\nkind: Secret\ndata:\n  AIRFLOW_CONN_R: {r64}\n^type: Opaque\n"),
            format!("  AIRFLOW_CONN_AWS_DEFAULT: {a64}\n"),
        ),
        (
            "kubernetes",
            "quoted base64 in braces",
            format!("{{apiVersion: v1, kind: Secret, data: {{AIRFLOW_CONN_R: \"{r64}\"^}}}}\n"),
            format!(", AIRFLOW_CONN_AWS_DEFAULT: \"{a64}\""),
        ),
        (
            "kubernetes",
            "data of a ConfigMap",
            format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  AIRFLOW_CONN_R: \"{URI}\"\n^  other: x\n"),
            format!("  AIRFLOW_CONN_AWS_DEFAULT: \"{AWS_URI}\"\n"),
        ),
        (
            "kubernetes",
            "JSON, one member a line",
            format!("{{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"ConfigMap\",\n  \"data\": {{\n    \"A\": \"b\",\n    \"AIRFLOW_CONN_R\": \"{URI}\"^\n  }}\n}}\n"),
            format!(",\n    \"AIRFLOW_CONN_AWS_DEFAULT\": \"{AWS_URI}\""),
        ),
        (
            "kubernetes",
            "env of a container",
            format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: w\n      env:\n        - name: AIRFLOW_CONN_R\n          value: '{json}'\n^        - name: OTHER\n          value: x\n"),
            format!("        - name: AIRFLOW_CONN_AWS_DEFAULT\n          value: '{AWS_JSON}'\n"),
        ),
        (
            "kubernetes",
            "env of a container, in braces, the value first",
            format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - env:\n      - {{value: \"{URI}\", name: AIRFLOW_CONN_R}}\n^"),
            format!("      - {{value: \"{AWS_URI}\", name: AIRFLOW_CONN_AWS_DEFAULT}}\n"),
        ),
        (
            "kubernetes",
            "env of a container in JSON",
            format!("{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {{\"containers\": [{{\"env\": [\n  {{\n    \"name\": \"A\",\n    \"value\": \"b\"\n  }},\n  {{\n    \"name\": \"AIRFLOW_CONN_R\",\n    \"value\": \"{URI}\"\n  }}^\n]}}]}}}}\n"),
            format!(",\n  {{\n    \"name\": \"AIRFLOW_CONN_AWS_DEFAULT\",\n    \"value\": \"{AWS_URI}\"\n  }}"),
        ),
        (
            "helm",
            "lines in a block of stringData",
            format!("extraSecrets:\n  x:\n    stringData: |\n      AIRFLOW_CONN_R: '{json}'\n^      OTHER: x\nexecutor: a\n"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: '{AWS_JSON}'\n"),
        ),
        (
            "helm",
            "base64 in the last line of a block",
            format!("extraSecrets:\n  x:\n    data: |\n      OTHER: eA==\n      AIRFLOW_CONN_R: {r64}\n^executor: a\n"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: {a64}\n"),
        ),
        (
            "helm",
            "env",
            format!("executor: KubernetesExecutor\nenv:\n  - name: AIRFLOW_CONN_R\n    value: {URI}\n^"),
            format!("  - name: AIRFLOW_CONN_AWS_DEFAULT\n    value: {AWS_URI}\n"),
        ),
        (
            "helm",
            "extraEnv, a list in a block",
            format!("extraEnv: |\n  - name: AIRFLOW_CONN_R\n    value: '{json}'\n^  - name: OTHER\n    value: x\n"),
            format!("  - name: AIRFLOW_CONN_AWS_DEFAULT\n    value: '{AWS_JSON}'\n"),
        ),
        (
            "helm",
            "a text with escapes",
            format!("extraSecrets: {{x: {{stringData: \"AIRFLOW_CONN_R: {URI}\\n^\"}}}}\n"),
            format!("AIRFLOW_CONN_AWS_DEFAULT: {AWS_URI}\\n"),
        ),
        (
            "helm",
            "extraEnv of the community's chart",
            format!("airflow:\n  extraEnv:\n    - name: AIRFLOW_CONN_R\n      value: \"{URI}\"\n^"),
            format!("    - name: AIRFLOW_CONN_AWS_DEFAULT\n      value: \"{AWS_URI}\"\n"),
        ),
        (
            "github-actions",
            "env of a job",
            format!("on: push\njobs:\n  test:\n    env:\n      AIRFLOW_CONN_R: {URI}\n^    steps: []\n"),
            format!("      AIRFLOW_CONN_AWS_DEFAULT: {AWS_URI}\n"),
        ),
        (
            "terraform",
            "a resource behind all others",
            format!("resource \"airflow_connection\" \"r\" {{\n  connection_id = \"r\"\n  conn_type     = \"redshift\"\n  host          = \"{HOST}\"\n  login         = \"etl\"\n  schema        = \"dev\"\n  extra         = jsonencode({{ iam = \"true\" }})\n}}\noutput \"x\" {{}}\n^"),
            "\nresource \"airflow_connection\" \"aws_default\" {\n  connection_id = \"aws_default\"\n  conn_type     = \"aws\"\n  extra         = \"{\\\"region_name\\\": \\\"us-east-1\\\"}\"\n}\n".to_string(),
        ),
    ]
}

#[test]
fn what_is_missing_is_added_as_its_neighbour_is_written() {
    for (format, what, text, added) in cases() {
        let (before, after) = (text.replace('^', ""), text.replace('^', &added));
        let got = repaired(format, &before);
        assert_eq!(got.text, after, "{format}: {what}: {:?}", got.checked.findings);
        assert_eq!(got.applied.len(), 1, "{format}: {what}");
        assert!(got.checked.findings.iter().all(|f| f.rule != "AC605"), "{format}: {what}");
        let again = repaired(format, &after);
        assert_eq!(
            (again.text.as_str(), again.applied.len()),
            (after.as_str(), 0),
            "{format}: {what}, once more"
        );
    }
}

/// Where more would change than what is asked for, or a copy of the neighbour would not be clean,
/// there is no fix.
#[test]
fn what_is_not_known_to_be_safe_is_left_alone() {
    let json = json();
    let mapping = |ahead: &str, behind: &str| {
        format!("services:\n  a:\n    environment:{ahead}\n      AIRFLOW_CONN_R: {URI}\n{behind}")
    };
    for (format, what, text) in [
        (
            "compose",
            "a block that others merge",
            format!("x-e: &e\n  AIRFLOW_CONN_R: {URI}\nservices: {{a: {{environment: *e}}}}\n"),
        ),
        (
            "compose",
            "an environment of two services",
            mapping(" &e", "  b:\n    environment: *e\n"),
        ),
        (
            "compose",
            "one that another merges",
            mapping(" &e", "  b:\n    environment:\n      <<: *e\n      B: c\n"),
        ),
        (
            "compose",
            "a service that another merges",
            format!(
                "services:\n  a: &a\n    environment:\n      AIRFLOW_CONN_R: {URI}\n  b:\n    <<: *a\n"
            ),
        ),
        (
            "compose",
            "a value elsewhere",
            format!("x: &u {URI}\nservices:\n  a:\n    environment:\n      AIRFLOW_CONN_R: *u\n"),
        ),
        (
            "compose",
            "an anchor at the value",
            mapping("", "").replace(": redshift", ": &u redshift"),
        ),
        (
            "compose",
            "a tag at the value",
            mapping("", "").replace(": redshift", ": !!str redshift"),
        ),
        (
            "compose",
            "a question mark",
            format!("services:\n  a:\n    environment:\n      ? AIRFLOW_CONN_R\n      : {URI}\n"),
        ),
        (
            "compose",
            "a comment in braces",
            format!(
                "services:\n  a:\n    environment: {{\n      # mine\n      AIRFLOW_CONN_R: '{URI}'}}\n"
            ),
        ),
        (
            "kubernetes",
            "a comment between name and value",
            format!(
                "apiVersion: v1\nkind: Pod\nspec:\n  env:\n    - name: AIRFLOW_CONN_R # dwh\n      value: '{json}'\n"
            ),
        ),
        (
            "kubernetes",
            "a third member",
            format!(
                "apiVersion: v1\nkind: Pod\nspec:\n  env:\n    - name: AIRFLOW_CONN_R\n      value: '{json}'\n      x: y\n"
            ),
        ),
        (
            "kubernetes",
            "a list of two containers",
            format!(
                "apiVersion: v1\nkind: Pod\nspec:\n  a: &a\n    env:\n      - name: AIRFLOW_CONN_R\n        value: '{json}'\n  b: *a\n"
            ),
        ),
        (
            "terraform",
            "a name that is taken",
            format!(
                "resource \"airflow_connection\" \"r\" {{\n  connection_id = \"r\"\n  conn_type = \"redshift\"\n  host = \"{HOST}\"\n  login = \"etl\"\n  schema = \"dev\"\n  extra = jsonencode({{ iam = \"true\" }})\n}}\nresource \"airflow_connection\"  \"aws_default\" {{\n  connection_id = \"aws\"\n  conn_type = \"aws\"\n}}\n"
            ),
        ),
    ] {
        let got = repaired(format, &text);
        assert_eq!((got.text.as_str(), got.applied.len()), (text.as_str(), 0), "{format}: {what}");
        assert!(
            got.checked.findings.iter().any(|f| f.rule == "AC605"),
            "{format}: {what}: {:?}",
            got.checked.findings
        );
        // A fix that a report offers is one that can be made; only the name of a resource is seen
        // when it is tried.
        let offered = got.checked.findings.iter().any(|f| f.rule == "AC605" && f.fix.is_some());
        assert_eq!(offered, format == "terraform", "{format}: {what}");
    }
}

/// Each of two connections that need the same one is content with it; what else is repaired keeps
/// its place when one is added ahead of it.
#[test]
fn several_repairs_go_together() {
    let runtimes = [Runtime::newest(Side::Server), Runtime::newest(Side::Worker)];
    let providers = Providers::default();
    let compose = by_name("compose").expect("a format");
    let setting = Setting { skip: 0, format: compose, runtimes: &runtimes, providers: &providers };
    let role = "\"role_arn\": \"arn:aws:iam::123456789012:role/load\"";
    let redshift = |extra: &str| {
        format!(
            r#"{{"conn_type": "redshift", "host": "{HOST}", "login": "etl", "schema": "dev", "extra": {extra}}}"#
        )
    };
    let file = |first: &str, added: &str, second: &str, last: &str| {
        format!(
            "services:\n  w:\n    environment:\n      AIRFLOW_CONN_R: '{first}'\n{added}      AIRFLOW_CONN_S: '{second}'\n      AIRFLOW_CONN_T: '{last}'\n"
        )
    };
    let other = |extra: &str| {
        format!(
            r#"{{"conn_type": "postgres", "host": "{HOST}", "login": "etl", "password": "pw", "extra": {extra}}}"#
        )
    };
    let before = file(
        &redshift(&format!("{{{role}}}")),
        "",
        &redshift(r#"{"iam": "true"}"#),
        &other(r#"{"sslmode": "require", "iam": "false"}"#),
    );
    let added = format!(
        "      AIRFLOW_CONN_AWS_DEFAULT: '{{\"conn_type\": \"aws\", \"extra\": {{{role}, \"region_name\": \"us-east-1\"}}}}'\n"
    );
    let after = file(
        &redshift(r#"{"iam": "true"}"#),
        &added,
        &redshift(r#"{"iam": "true"}"#),
        &other(r#"{"sslmode": "require", "iam": false}"#),
    );
    let got = fix(&Source::new("x", before.as_str()), setting, Safety::Unsafe, &|_| true);
    assert_eq!(got.text, after, "{:?}", got.applied);
}

/// Two services of a Compose file: each has variables of its own.
fn services(of_first: &str, of_second: &str) -> String {
    let service = |name: &str, more: &str| {
        format!("  {name}:\n    environment:\n      AIRFLOW_CONN_R: {URI}{more}")
    };
    format!("services:\n{}{}", service("a", of_first), service("b", of_second))
}

#[test]
fn each_service_has_an_aws_connection_of_its_own() {
    let lines = |text: &str, rule: &str| -> Vec<usize> {
        let source = Source::new("x", text);
        let found = check(
            &source,
            0,
            by_name("compose").expect("a format"),
            &[Runtime::newest(Side::Worker)],
        )
        .findings;
        let spans = found.iter().filter(|f| f.rule == rule).filter_map(|f| f.span);
        spans.map(|span| text[..span.start as usize].matches('\n').count() + 1).collect()
    };
    let aws = |query: &str| {
        format!(
            "\n      AIRFLOW_CONN_AWS_DEFAULT: aws:///?{query}role_arn=arn:aws:iam::123456789012:role/r\n"
        )
    };
    let (with, without) = (aws("region_name=us-east-1&"), aws(""));
    for (first, second, want) in
        [(&with, &with, vec![]), (&without, &with, vec![4, 5]), (&with, &without, vec![8, 9])]
    {
        assert_eq!(lines(&services(first, second), "AC510"), want);
    }
    // One that only another service has may be shared.
    assert_eq!(lines(&services(&with, "\n"), "AC605"), Vec::<usize>::new());
    assert_eq!(lines(&services("\n", "\n"), "AC605"), [4, 7]);
}

#[test]
fn the_aws_connection_of_another_service_is_left_alone() {
    const ROLE: &str = "&role_arn=arn:aws:iam::123456789012:role/r\n";
    let aws = "      AIRFLOW_CONN_AWS_DEFAULT: aws:///?region_name=us-east-1\n";
    let runtimes = [Runtime::newest(Side::Worker)];
    let providers = Providers::default();
    let setting = Setting {
        skip: 0,
        format: by_name("compose").expect("a format"),
        runtimes: &runtimes,
        providers: &providers,
    };
    let repaired = |text: &str| {
        fix(&Source::new("x", text), setting, Safety::Unsafe, &|f| f.rule == "AC504").text
    };
    let apart = services(&format!("\n{aws}"), ROLE);
    assert_eq!(repaired(&apart), apart);
    // In the same service it is moved.
    let moved = repaired(&services("\n", &format!("{ROLE}{aws}")));
    let want = "iam=true\n      AIRFLOW_CONN_AWS_DEFAULT: 'aws:///?region_name=us-east-1&role_arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr'\n";
    assert!(moved.ends_with(want), "{moved}");
}
