//! Nestings whose places were counted by hand, in the text as it stands here, before anything was
//! run on it. Each is repaired, too: what stands between the marks becomes what the last column
//! says, encoded through every layer, and nothing else changes.

use super::Case;

const fn row(
    what: &'static str,
    format: &'static str,
    rule: &'static str,
    by_hand: [u64; 4],
    marked: &'static str,
    fixed: &'static str,
) -> Case {
    Case { what, format, rule, marked, by_hand: Some(by_hand), fixed: Some(fixed) }
}

/// A lone percent sign in a URI.
const fn percent(
    what: &'static str,
    format: &'static str,
    by_hand: [u64; 4],
    marked: &'static str,
) -> Case {
    row(what, format, "AC202", by_hand, marked, "%25")
}

/// A text where a hook wants a boolean, in the extra of a connection.
const fn boolean(
    what: &'static str,
    format: &'static str,
    by_hand: [u64; 4],
    marked: &'static str,
) -> Case {
    row(what, format, "AC402", by_hand, marked, "false")
}

pub(crate) static COUNTED: &[Case] = &[
    // --- Compose: a URI in a scalar of each style
    percent(
        "single quotes, one of them doubled",
        "compose",
        [4, 35, 4, 36],
        "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: 'x://it''s:p«%»@h'\n",
    ),
    percent(
        "double quotes behind an escape and a doubled dollar",
        "compose",
        [4, 38, 4, 39],
        "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: \"x://\\u00e9$$:p«%»@h\"\n",
    ),
    percent(
        "literal block",
        "compose",
        [5, 17, 5, 18],
        "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: |-\n        x://u:pé«%»@h\n",
    ),
    percent(
        "flow mappings",
        "compose",
        [1, 53, 1, 54],
        "services: {w: {environment: {AIRFLOW_CONN_A: x://u:p«%»@h}}}\n",
    ),
    percent(
        "item of a list in double quotes",
        "compose",
        [5, 33, 5, 34],
        "services:\n  w:\n    environment:\n    - OTHER=1\n    - \"AIRFLOW_CONN_A=x://\\x41:p«%»@h\"\n",
    ),
    percent(
        "CRLF",
        "compose",
        [4, 30, 4, 31],
        "services:\r\n  w:\r\n    environment:\r\n      AIRFLOW_CONN_A: x://u:p«%»@h\r\n",
    ),
    // --- Compose: JSON in a scalar
    boolean(
        "JSON in a folded block",
        "compose",
        [7, 9, 7, 16],
        "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: >-\n        {\"conn_type\": \"imap\",\n        \"extra\": {\"use_ssl\":\n        «\"false\"»}}\n",
    ),
    boolean(
        "JSON in a JSON string in single quotes",
        "compose",
        [4, 70, 4, 79],
        "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: '{\"conn_type\": \"imap\", \"extra\": \"{\\\"use_ssl\\\": «\\\"false\\\"»}\"}'\n",
    ),
    boolean(
        "JSON in percent-encoding in a query",
        "compose",
        [4, 63, 4, 74],
        "services:\n  w:\n    environment:\n      AIRFLOW_CONN_A: imap://h/?__extra__=%7B%22use_ssl%22%3A+«%22false%22»%7D\n",
    ),
    // --- Kubernetes
    percent(
        "URI in a JSON string in a literal block",
        "kubernetes",
        [4, 21, 4, 22],
        "kind: ConfigMap\ndata:\n  connections.json: |\n    {\"a\": \"x:\\/\\/u:p«%»@h\"}\n",
    ),
    percent(
        "URI in a JSON string in double quotes",
        "kubernetes",
        [3, 39, 3, 40],
        "kind: ConfigMap\ndata:\n  connections.json: \"{\\\"a\\\": \\\"x://u:p«%»@h\\\"}\"\n",
    ),
    percent(
        "the same behind an escape of JSON that YAML escapes",
        "kubernetes",
        [3, 45, 3, 46],
        "kind: ConfigMap\ndata:\n  connections.json: \"{\\\"a\\\": \\\"x://\\\\u00e9:p«%»@h\\\"}\"\n",
    ),
    boolean(
        "JSON in single quotes of YAML in a block of YAML",
        "kubernetes",
        [6, 27, 6, 34],
        "kind: ConfigMap\ndata:\n  connections.yaml: |\n    a:\n      conn_type: imap\n      extra: '{\"use_ssl\": «\"false\"»}'\n",
    ),
    boolean(
        "JSON in percent-encoding in a JSON string in a literal block",
        "kubernetes",
        [4, 52, 4, 63],
        "kind: ConfigMap\ndata:\n  connections.json: |\n    {\"a\": \"imap://h/?__extra__=%7B%22use_ssl%22%3A+«%22false%22»%7D\"}\n",
    ),
    percent(
        "a List in JSON",
        "kubernetes",
        [1, 88, 1, 89],
        r#"{"kind": "List", "items": [{"kind": "Secret", "stringData": {"AIRFLOW_CONN_A": "x://u:p«%»@h"}}]}"#,
    ),
    // Base64 is written anew as a whole.
    row(
        "base64 in double quotes",
        "kubernetes",
        "AC202",
        [3, 29, 3, 31],
        "kind: Secret\ndata:\n  AIRFLOW_CONN_A: \"eDovL3U6c«CV»AaA==\"\n",
        "kind: Secret\ndata:\n  AIRFLOW_CONN_A: \"eDovL3U6cCUyNUBo\"\n",
    ),
    percent(
        "variable of a container, a doubled dollar",
        "kubernetes",
        [6, 24, 6, 25],
        "kind: Pod\nspec:\n  containers:\n  - env:\n    - name: AIRFLOW_CONN_A\n      value: \"x://u$$:p«%»@h\"\n",
    ),
    // --- Helm
    row(
        "base64 in a text of YAML in YAML",
        "helm",
        "AC202",
        [4, 32, 4, 34],
        "extraSecrets:\n  a:\n    data: |\n      AIRFLOW_CONN_A: eDovL3U6c«CV»AaA==\n",
        "extraSecrets:\n  a:\n    data: |\n      AIRFLOW_CONN_A: eDovL3U6cCUyNUBo\n",
    ),
    percent(
        "double quotes in a text of YAML",
        "helm",
        [3, 25, 3, 26],
        "extraEnv: |\n  - name: AIRFLOW_CONN_A\n    value: \"x://\\u00e9:p«%»@h\"\n",
    ),
    boolean(
        "JSON in a literal block of the community's chart",
        "helm",
        [6, 21, 6, 28],
        "airflow:\n  connections:\n    - id: a\n      type: imap\n      extra: |\n        {\"use_ssl\": «\"false\"»}\n",
    ),
    // --- Terraform
    boolean(
        "object in jsonencode",
        "terraform",
        [3, 38, 3, 45],
        "resource \"airflow_connection\" \"a\" {\n  conn_type = \"imap\"\n  extra     = jsonencode({ use_ssl = «\"false\"» })\n}\n",
    ),
    boolean(
        "JSON in a heredoc",
        "terraform",
        [4, 17, 4, 24],
        "resource \"airflow_connection\" \"a\" {\n  conn_type = \"imap\"\n  extra     = <<-EOT\n    {\"use_ssl\": «\"false\"»}\n  EOT\n}\n",
    ),
    boolean(
        "JSON in a quoted string",
        "terraform",
        [3, 30, 3, 39],
        "resource \"airflow_connection\" \"a\" {\n  conn_type = \"imap\"\n  extra     = \"{\\\"use_ssl\\\": «\\\"false\\\"»}\"\n}\n",
    ),
    // --- env files
    percent(
        "a tab ahead of export",
        "env",
        [1, 32, 1, 33],
        "\texport AIRFLOW_CONN_A='x://u:p«%»@h'\n",
    ),
    boolean(
        "JSON in double quotes of a shell",
        "env",
        [1, 68, 1, 77],
        r#"AIRFLOW_CONN_A="{\"conn_type\": \"imap\", \"extra\": {\"use_ssl\": «\"false\"»}}""#,
    ),
    percent(
        "double quotes of systemd behind a backslash",
        "systemd-env",
        [2, 26, 2, 27],
        "A=1\nAIRFLOW_CONN_A=\"x://\\\\u:p«%»@h\"\n",
    ),
    percent(
        "second line for docker",
        "docker-env",
        [2, 23, 2, 24],
        "A=1\nAIRFLOW_CONN_A=x://ü:p«%»@h\n",
    ),
    // --- commands: JSON in the last of three lines, in quotes of both kinds
    boolean(
        "JSON in single quotes on the third line",
        "airflow-commands",
        [3, 29, 3, 36],
        "airflow connections add a \\\n  --conn-type imap \\\n  --conn-extra '{\"use_ssl\": «\"false\"»}'\n",
    ),
    percent(
        "double quotes of a shell",
        "airflow-commands",
        [1, 48, 1, 49],
        "airflow connections add a --conn-uri \"x://\\$u:p«%»@h\"\n",
    ),
    // --- exports
    percent(
        "behind a byte order mark and a comment",
        "export-yaml",
        [2, 11, 2, 12],
        "\u{feff}# c\na: x://u:p«%»@h\n",
    ),
    percent(
        "behind a combining and a wide character",
        "export-yaml",
        [1, 13, 1, 14],
        "k: x://e\u{301}😀:p«%»@h\n",
    ),
    // --- the API, Astro, displays
    boolean(
        "extra of a body",
        "rest",
        [1, 69, 1, 78],
        r#"{"connection_id": "a", "conn_type": "imap", "extra": "{\"use_ssl\": «\"false\"»}"}"#,
    ),
    boolean(
        "CRLF",
        "airflowctl",
        [4, 29, 4, 38],
        "{\r\n  \"a\": {\r\n    \"conn_type\": \"imap\",\r\n    \"extra\": \"{\\\"use_ssl\\\": «\\\"false\\\"»}\"\r\n  }\r\n}\r\n",
    ),
    boolean(
        "JSON in single quotes over two lines",
        "astro-settings",
        [6, 18, 6, 25],
        "airflow:\n  connections:\n  - conn_id: a\n    conn_type: imap\n    conn_extra: '{\"é\": 1,\n      \"use_ssl\": «\"false\"»}'\n",
    ),
    boolean(
        "extra as an object",
        "astro-environment",
        [1, 72, 1, 79],
        r#"{"objectKey": "a", "connection": {"type": "imap", "extra": {"use_ssl": «"false"»}}}"#,
    ),
    percent(
        "the URI of a table",
        "connections-get",
        [2, 15, 2, 16],
        "id conn_id conn_type get_uri\n 1 a x x://u:p«%»@h\n",
    ),
    percent(
        "env of a workflow",
        "github-actions",
        [3, 27, 3, 28],
        "on: push\nenv:\n  AIRFLOW_CONN_A: 'x://u:p«%»@h'\njobs: {}\n",
    ),
    // --- secrets
    boolean(
        "JSON in a JSON string",
        "aws-secrets",
        [1, 83, 1, 92],
        r#"{"Name": "a", "SecretString": "{\"conn_type\": \"imap\", \"extra\": {\"use_ssl\": «\"false\"»}}"}"#,
    ),
    percent(
        "behind an escape of JSON",
        "ssm",
        [1, 72, 1, 73],
        r#"{"Parameter": {"Name": "/airflow/connections/a", "Value": "x://\u00fc:p«%»@h"}}"#,
    ),
    percent(
        "conn_uri of version 2",
        "vault",
        [1, 40, 1, 41],
        r#"{"data": {"data": {"conn_uri": "x://u:p«%»@h"}}}"#,
    ),
    row(
        "JSON in base64",
        "gcp-secrets",
        "AC402",
        [1, 88, 1, 98],
        r#"{"name": "a", "payload": {"data": "eyJjb25uX3R5cGUiOiJpbWFwIiwiZXh0cmEiOnsidXNlX3NzbCI6«ImZhbHNlIn»19"}}"#,
        r#"{"name": "a", "payload": {"data": "eyJjb25uX3R5cGUiOiJpbWFwIiwiZXh0cmEiOnsidXNlX3NzbCI6ZmFsc2V9fQ=="}}"#,
    ),
    percent(
        "escaped slashes",
        "azure-secrets",
        [1, 54, 1, 55],
        r#"{"name": "airflow-connections-a", "value": "x:\/\/u:p«%»@h"}"#,
    ),
];
