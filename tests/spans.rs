//! Findings point at the right characters of the file, through every nesting of encodings.
//!
//! Each input shows its own expectation: the finding of the named rule begins at `«` and ends at `»`, which are taken out before the text is
//! checked. Lines and columns are counted from there by a counter of this file; for some cases they were counted by hand as well.

mod common;

use std::collections::BTreeSet;

/// A text with marks, the format it is in, and the rule that must point there.
struct Case {
    what: &'static str,
    format: &'static str,
    rule: &'static str,
    marked: &'static str,
    /// Line, column, end line, end column, counted by hand.
    by_hand: Option<[u64; 4]>,
}

const fn case(what: &'static str, format: &'static str, rule: &'static str, marked: &'static str) -> Case {
    Case { what, format, rule, marked, by_hand: None }
}

const fn counted(what: &'static str, format: &'static str, rule: &'static str, by_hand: [u64; 4], marked: &'static str) -> Case {
    Case { what, format, rule, marked, by_hand: Some(by_hand) }
}

static CASES: &[Case] = &[
    // --- a URI a line
    counted("percent that is no escape", "uri", "AC202", [1, 15, 1, 16], "postgres://u:p«%»@h/db\n"),
    counted("after characters of two to four bytes", "uri", "AC202", [2, 9, 2, 10], "# größe 😀 ü\nx://ü😀:p«%»@h\n"),
    counted("lines that end with CRLF", "uri", "AC202", [3, 8, 3, 9], "\r\nx://a\r\nx://u:p«%»@h\r\n"),
    case("bytes that are no UTF-8", "uri", "AC202", "x://u:a«%C3%28»b@h\n"),
    case("port", "uri", "AC102", "postgres://u:p@h:«54x2»/db\n"),
    case("port out of range", "uri", "AC102", "postgres://u:p@h:«65536»/db\n"),
    case("third separator", "uri", "AC102", "http://https://h/?proxy=http«://»proxy\n"),
    case("no scheme", "uri", "AC104", "«u:p@h:5432/db»\n"),
    case("slash in the password", "uri", "AC201", "postgres://u:p«/»w@h:5432/db\n"),
    case("hash in the password", "uri", "AC201", "postgres://u:1«#»w@h:5432/db\n"),
    case("bracket in the password", "uri", "AC201", "postgres://u:p«[»w@h:5432/db\n"),
    case("at sign in the password", "uri", "AC201", "postgres://u:p«@»w@h:5432/db\n"),
    case("encoded twice", "uri", "AC203", "postgres://u:«p%2540w»@h/db\n"),
    case("fragment", "uri", "AC204", "http://h/?a=b«#c d»\n"),
    case("repeated key", "uri", "AC205", "x://h?«a=b»&c=d&a=e\n"),
    case("typed value behind an encoded key", "uri", "AC206", "x://h?a%20b=«42»&c=d\n"),
    case("typed value, encoded", "uri", "AC206", "x://h?a=«%34%32»\n"),
    case("mask", "uri", "AC108", "postgres://u:«***»@h/db\n"),
    case("mask, encoded", "uri", "AC108", "postgres://u:«%2A%2A%2A»@h/db\n"),
    case("JSON in __extra__", "uri", "AC108", "x://h?__extra__=%7B%22a%22%3A+«%22***%22»%7D\n"),
    case(
        "JSON in __extra__ behind an escape of JSON",
        "uri",
        "AC108",
        "x://h?__extra__=%7B%22%5Cu00e9%22%3A%7B%22b%22%3A«%22***%22»%7D%7D\n",
    ),
    case("broken JSON in __extra__", "uri", "AC105", "x://h?__extra__=%7B%22a%22%3A+«b»%7D\n"),
    case("__extra__ that is a list", "uri", "AC105", "x://h?__extra__=«%5B1%5D»\n"),
    case("protocol of the host", "uri", "AC202", "http://https://u:p«%»@h/db\n"),
    case("text of a boolean", "uri", "AC402", "smtp://etl:pw@smtp.example.com:587/?a=b&disable_ssl=«Fal%73e»\n"),
    case("half of a key pair", "uri", "AC601", "«aws://AKIAIOSFODNN7EXAMPLE@/?region_name=us-west-1»\n"),
    // --- env
    case("JSON that one reads as a URI", "env", "AC306", "AIRFLOW_CONN_API='«{\"conn_type\": \"http\"}»'\n"),
    case("iam", "env", "AC506", "AIRFLOW_CONN_A='redshift://etl:pw@h.example.com:5439/dev?region=a&iam=«Fa%6cse»'\n"),
    case("bare value", "env", "AC202", "AIRFLOW_CONN_A=x://u:p«%»@h\n"),
    counted("export, single quotes", "env", "AC202", [2, 31, 2, 32], "# é\nexport AIRFLOW_CONN_A='x://ü:p«%»@h'\n"),
    counted("double quotes behind escapes", "env", "AC202", [1, 28, 1, 29], "AIRFLOW_CONN_A=\"x://\\$u\\`:p«%»@h\"\n"),
    case("put together of pieces", "env", "AC202", "AIRFLOW_CONN_A='x://u'\"'\"'s:p'«%»'@h'\n"),
    case("backslash and newline in double quotes", "env", "AC202", "AIRFLOW_CONN_A=\"x://u:\\\np«%»@h\"\n"),
    counted("CRLF in front", "env", "AC202", [2, 23, 2, 24], "B=1\r\nAIRFLOW_CONN_A=x://u:p«%»@h\r\n"),
    case("JSON over several lines", "env", "AC108", "AIRFLOW_CONN_A='{\n  \"conn_type\": \"x\",\n  \"password\": «\"***\"»\n}'\n"),
    case("JSON in double quotes", "env", "AC108", "AIRFLOW_CONN_A=\"{\\\"conn_type\\\": \\\"x\\\", \\\"password\\\": «\\\"***\\\"»}\"\n"),
    case(
        "JSON in a JSON string in double quotes",
        "env",
        "AC105",
        r#"AIRFLOW_CONN_A="{\"conn_type\": \"x\", \"extra\": \"{\\\"a\\\": «b»}\"}""#,
    ),
    case(
        "JSON in a JSON string in single quotes",
        "env",
        "AC108",
        r#"AIRFLOW_CONN_A='{"conn_type": "x", "extra": "{\"\u00e9\": {\"b\": «\"***\"»}}"}'"#,
    ),
    case("no assignment", "env", "AC101", "A=1\n  «no assignment»  \n"),
    case("quote that is not closed", "env", "AC101", "AIRFLOW_CONN_A=«'»x://h\n"),
    // --- other environments
    counted("after blanks", "docker-env", "AC202", [2, 26, 2, 27], "# é\n  AIRFLOW_CONN_A=\"x://u:p«%»@h\"\n"),
    case("JSON in a JSON string", "docker-env", "AC108", r#"AIRFLOW_CONN_A={"conn_type": "x", "extra": "{\"a\": «\"***\"»}"}"#),
    counted("double quotes", "systemd-env", "AC202", [1, 26, 1, 27], "AIRFLOW_CONN_A=\"x://\\$u:p«%»@h\"\n"),
    case("bare, behind an escape and a joined line", "systemd-env", "AC202", "AIRFLOW_CONN_A=x://a\\\\b:p\\\n«%»@h\n"),
    case("quote that is not closed", "systemd-env", "AC101", "AIRFLOW_CONN_A=«'»x://h\n"),
    case("arguments of the backend", "env", "AC806", "AIRFLOW__SECRETS__BACKEND_KWARGS={«'»a': 1}\n"),
    case("name that nobody reads", "env", "AC806", "export «AIRFLOW_CON_A»=x://h\n"),
    // --- compose
    counted(
        "mapping, plain",
        "compose",
        "AC202",
        [4, 33, 4, 34],
        "services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: x://ü:p$$p«%»@h\n",
    ),
    case(
        "list, behind two dollar signs",
        "compose",
        "AC202",
        "services:\n  a:\n    environment:\n      - 'AIRFLOW_CONN_A=x://u:$$''p«%»@h'\n",
    ),
    case(
        "JSON in a JSON string in YAML in double quotes",
        "compose",
        "AC108",
        r#"services: {a: {environment: {AIRFLOW_CONN_A: "{\"conn_type\": \"x\", \"extra\": \"{\\\"a$$\\\": «\\\"***\\\"»}\"}"}}}"#,
    ),
    case(
        "merged",
        "compose",
        "AC202",
        "x-e: &e\n  AIRFLOW_CONN_A: x://u:p«%»@h\nservices: {a: {environment: *e}, b: {environment: {<<: *e, B: c}}}\n",
    ),
    case("swallowed", "compose", "AC801", "services:\n  a:\n    environment:\n      - AIRFLOW_CONN_A=x://u:p«$word»@h\n"),
    case("refused", "compose", "AC801", "services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: 'x://it''s:p«$»@h'\n"),
    case("filled in", "compose", "AC807", "services:\n  a:\n    environment:\n      AIRFLOW_CONN_A: \"x://\\u00e9:«${PW:-x}»@h\"\n"),
    counted(
        "a file of variables",
        "compose",
        "AC808",
        [3, 15, 3, 22],
        "services:\n  a:\n    env_file: «é/x.env»\n    environment: {A: b}\n",
    ),
    // --- kubernetes
    counted("base64 of a URI", "kubernetes", "AC202", [3, 28, 3, 30], "kind: Secret\ndata:\n  AIRFLOW_CONN_A: eDovL3U6c«CV»AaA==\n"),
    case(
        "base64 of JSON",
        "kubernetes-data",
        "AC108",
        "kind: Secret\ndata: {AIRFLOW_CONN_A: 'eyJjb25uX3R5cGUiOiJ4IiwicGFzc3dvcmQiO«iIqKioi»fQ=='}\n",
    ),
    case("folded base64", "kubernetes", "AC202", "kind: Secret\ndata:\n  AIRFLOW_CONN_A: |\n    eDovL3U6c\n    «CV»AaA==\n"),
    case("no base64", "kubernetes", "AC802", "kind: Secret\ndata:\n  AIRFLOW_CONN_A: x«:»//h\n"),
    case("line end", "kubernetes", "AC802", "kind: Secret\ndata:\n  AIRFLOW_CONN_A: eDovL2«gK»\n"),
    case(
        "stringData, second document",
        "kubernetes",
        "AC202",
        "kind: A\n---\nkind: Secret\nstringData:\n  AIRFLOW_CONN_A: \"x://\\u00e9:p«%»@h\"\n",
    ),
    case(
        "env of a container",
        "kubernetes",
        "AC202",
        "kind: Pod\nspec: {containers: [{env: [{name: AIRFLOW_CONN_A, value: 'x://u$$:p«%»@h'}]}]}\n",
    ),
    case("in JSON", "kubernetes", "AC202", r#"{"kind": "Secret", "stringData": {"AIRFLOW_CONN_A": "x:\/\/\u00e9:p«%»@h"}}"#),
    case(
        "a file in a ConfigMap",
        "kubernetes",
        "AC202",
        "kind: ConfigMap\ndata:\n  connections.json: |\n    {\"a\":\n     \"x://\\u00e9:p«%»@h\"}\n",
    ),
    case("a file in a Secret", "kubernetes", "AC202", "kind: Secret\ndata:\n  connections.env: YT14Oi8vdTpw«JU»BoCg==\n"),
    case("template", "kubernetes", "AC807", "kind: Secret\nstringData:\n  AIRFLOW_CONN_A: 'x://u:«{{ .pw }}»@h'\n"),
    // --- Helm, GitHub Actions
    counted(
        "a Secret in a text of YAML",
        "helm",
        "AC202",
        [4, 35, 4, 36],
        "extraSecrets:\n  '{{ .Release.Name }}-conns':\n    stringData: |\n      AIRFLOW_CONN_A: 'x://it''s:p«%»@h'\n",
    ),
    case("data in a text of YAML", "helm", "AC202", "extraSecrets: {a: {data: \"AIRFLOW_CONN_A: eDovL3U6c«CV»AaA==\\n\"}}\n"),
    case("env of a component", "helm", "AC202", "scheduler:\n  env:\n    - {name: AIRFLOW_CONN_A, value: x://u:p«%»@h}\n"),
    case("extraEnv as text", "helm", "AC807", "extraEnv: |\n  - name: AIRFLOW_CONN_A\n    value: 'x://u:«{{ .Values.pw }}»@h'\n"),
    case(
        "connection of the community's chart",
        "helm",
        "AC108",
        "airflow:\n  connections:\n    - id: a\n      type: x\n      extra: |-\n        {\"b\": «\"***\"»}\n",
    ),
    case("secret", "github-actions", "AC807", "on: push\njobs:\n  a:\n    env:\n      AIRFLOW_CONN_A: «${{ secrets.A }}»\n"),
    case("step", "github-actions", "AC202", "on: push\njobs: {a: {steps: [{run: a, env: {AIRFLOW_CONN_A: 'x://u:p«%»@h'}}]}}\n"),
    // --- Terraform
    counted("string", "terraform", "AC108", [3, 14, 3, 19], "# é\nresource \"airflow_connection\" \"a\" {\n  password = «\"***\"»\n}\n"),
    case(
        "jsonencode",
        "terraform",
        "AC108",
        "resource \"airflow_connection\" \"a\" {\n  conn_type = \"x\"\n  extra = jsonencode({ b = { \"c\" = «\"***\"» } })\n}\n",
    ),
    case("JSON in a string", "terraform", "AC108", r#"resource "airflow_connection" "a" { extra = "{\"\u00e9\": «\"***\"»}" }"#),
    case("reference", "terraform", "AC807", "resource \"airflow_connection\" \"a\" {\n  password = «var.password»\n}\n"),
    case("interpolation", "terraform", "AC807", "resource \"airflow_connection\" \"a\" {\n  host = «\"${var.a[\"}\"]}.example.com\"»\n}\n"),
    case("not HCL", "terraform", "AC101", "resource \"airflow_connection\" \"a\" {\n«  host = = 1»\n}\n"),
    counted("a number", "export-yaml", "AC803", [3, 13, 3, 18], "é:\n  conn_type: x\n  password: «0x1F7»\n"),
    // --- displays, the API, Astro
    counted(
        "in get_uri",
        "connections-get",
        "AC114",
        [1, 53, 1, 68],
        r#"[{"conn_id": "a", "conn_type": "x", "extra_dejson": «{"iam": "True"}», "get_uri": "x://?__extra__=%7B%22iam%22%3A+true%7D"}]"#,
    ),
    case("mask", "connections-get", "AC108", "- conn_id: a\n  conn_type: x\n  password: «'***'»\n  is_encrypted: 'True'\n"),
    case("extra in a body", "rest", "AC108", r#"{"connection_id": "a", "conn_type": "x", "extra": "{\"b\": «\"***\"»}"}"#),
    case(
        "field that the API refuses",
        "rest",
        "AC103",
        r#"{"actions": [{"action": "create", "entities": [{"connection_id": "a", "conn_type": "x", «"uri"»: "x://h"}]}]}"#,
    ),
    case("extra as an object", "airflowctl", "AC103", r#"{"a": {"conn_type": "x", "extra": «{"b": 1}»}}"#),
    case(
        "extra in block scalar",
        "astro-settings",
        "AC108",
        "airflow:\n  connections:\n  - conn_id: a\n    conn_type: x\n    conn_extra: |\n      {\"é\": 1,\n       \"b\": «\"***\"»}\n",
    ),
    case(
        "lower-cased key",
        "astro-settings",
        "AC804",
        "airflow:\n  connections:\n  - conn_id: a\n    conn_type: x\n    conn_extra: {a: {«X-Y»: 1}}\n",
    ),
    case("URI", "astro-settings", "AC202", "airflow: {connections: [{conn_id: a, conn_uri: 'x://u:p«%»@h'}]}\n"),
    case("password", "astro-environment", "AC108", r#"{"objectKey": "a", "connection": {"type": "x", "password": «"***"»}}"#),
    // --- secrets
    counted(
        "lost database",
        "aws-secrets",
        "AC805",
        [1, 50, 1, 60],
        r#"{"Name": "a", "SecretString": "{\"host\": \"h\", «\"dbname\"»: \"d\"}"}"#,
    ),
    case(
        "URI in an answer",
        "aws-secrets",
        "AC202",
        r#"{"SecretValues": [{"Name": "airflow/connections/a", "SecretString": "x:\/\/\u00e9:p«%»@h"}]}"#,
    ),
    case("mask in a secret", "aws-secrets", "AC108", r#"{"engine": "x", "user": "u", "pass": «"***"»}"#),
    case("URI", "ssm", "AC202", r#"{"Parameter": {"Name": "/airflow/connections/a", "Value": "x://u:p«%»@h"}}"#),
    case("field that is none", "vault", "AC103", r#"{"data": {"data": {"conn_type": "x", «"user"»: "u"}}}"#),
    case("URI", "vault", "AC202", r#"{"conn_uri": "x://u:p«%»@h"}"#),
    case("base64", "gcp-secrets", "AC202", r#"{"name": "a", "payload": {"data": "eDovL3U6c«CV»AaA=="}}"#),
    case("URI", "azure-secrets", "AC202", r#"{"name": "airflow-connections-a", "value": "x://u:p«%»@h"}"#),
    // --- airflow-env
    counted("value", "airflow-env", "AC202", [2, 11, 2, 12], "a=x://h\nd😀=x://ä:p«%»@h\n"),
    case("comment behind the value", "airflow-env", "AC204", "a=x://h/d «# comment»\n"),
    case("the second of two", "airflow-env", "AC107", "a=x://h\nb=x://h\n«a»=y://h\n"),
    case("id", "airflow-env", "AC301", "«two words»=x://h\n"),
    counted("dotted id", "airflow-env", "AC302", [2, 1, 2, 5], "# é\n«a.bé»=fs://h\n"),
    case("type of a URI", "uri", "AC303", "«postgress»://u:p@h\n"),
    case("no assignment", "airflow-env", "AC101", "a=x://h\n«hello»\n"),
    case("old line ends", "airflow-env", "AC202", "a=x://h\rb=x://u:p«%»@h\r"),
    // --- export-json
    counted("URI in a string", "export-json", "AC202", [1, 16, 1, 17], "{\"a\": \"x://u:pé«%»@h\"}"),
    counted("behind escapes of JSON", "export-json", "AC202", [2, 34, 2, 35], "{\n \"a\": \"x:\\/\\/\\u00fc\\ud83d\\ude00:p«%»@h\"}"),
    case("the escape itself", "export-json", "AC202", r#"{"a": "x://u:p«\u0025»@h"}"#),
    case("percent escape inside of an escape of JSON", "export-json", "AC203", r#"{"a": "x://u:«p%25\u00340»@h"}"#),
    case("typed value, escaped twice over", "export-json", "AC206", r#"{"a": "x://h?\u00e9=%C3%A9&k=«%34\u0032»"}"#),
    case("unknown field", "export-json", "AC103", "{\"a\": {\"conn_type\": \"x\", «\"user\"»: \"u\"}}"),
    case("extra as an object", "export-json", "AC108", "{\"a\": {\"conn_type\": \"x\", \"extra\": {\"b\": [1, «\"***\"»]}}}"),
    counted(
        "extra as text",
        "export-json",
        "AC105",
        [4, 22, 4, 23],
        "{\"a\": {\r\n \"conn_type\":\r\n\"x\",\r\n \"extra\": \"{\\\"ü\\\":\\n «b»}\"}}",
    ),
    case("extra as text, a JSON string in it", "export-json", "AC108", r#"{"a": {"conn_type": "x", "extra": "{\"b\": «\"\\u002a**\"»}"}}"#),
    case("extra encoded twice", "export-json", "AC401", r#"{"a": {"conn_type": "x", "extra": «"\"{}\""»}}"#),
    case("URI under uri", "export-json", "AC202", r#"{"a": {"uri": "x://u:\u0070«%»@h"}}"#),
    case("text of a boolean", "export-json", "AC402", r#"{"a": {"conn_type": "imap", "extra": "{\"use_ssl\": «\"f\u0061lse\"»}"}}"#),
    case(
        "iam in extra as text",
        "export-json",
        "AC506",
        r#"{"a": {"conn_type": "redshift", "extra": "{\"\u00e9\": 1, \"iam\": «\"false\"»}"}}"#,
    ),
    case("broken JSON", "export-json", "AC101", "{\"a\": {\"conn_type\": \"x\",\n«}»}"),
    case("overwritten", "export-json", "AC107", "{«\"a\": \"x://h\"», \"b\": \"x://h\", \"a\": \"y://h\"}"),
    case("id", "export-json", "AC301", "{«\"two words\"»: \"x://h\"}"),
    case("type with a dash", "export-json", "AC304", "{\"a\": {\"conn_type\": «\"google-cloud-platform\"»}}"),
    case("port that is text", "export-json", "AC307", "{\"a\": {\"conn_type\": \"fs\", \"port\": «\"5432\"»}}"),
    // --- jsonl
    case("value", "jsonl", "AC202", "{\"uri\": \"x://h\"}\n{\"value\": \"x://u:p«%»@h\"}\n"),
    case("JSON text under json", "jsonl", "AC108", r#"{"json": "{\"conn_type\": \"x\", \"password\": «\"***\"»}"}"#),
    case(
        "JSON text in a JSON text in a JSON text",
        "jsonl",
        "AC105",
        r#"{"value": "{\"conn_type\": \"x\", \"extra\": \"{\\\"é\\\": «b»}\"}"}"#,
    ),
    case("a line that is broken", "jsonl", "AC101", "{\"uri\": \"x://h\"}\n{\"uri\": «,»}\n"),
    // --- json
    case("port", "json", "AC103", "{\"conn_type\": \"x\", «\"port\": \"abc\"»}"),
    case(
        "host that holds more",
        "json",
        "AC213",
        r#"{"conn_type": "redshift", "host": «"dwh.example.com:5439\/dev"», "login": "u", "password": "p", "schema": "dev"}"#,
    ),
    case("type missing", "json", "AC305", "{\"conn_type\": «\"\"», \"host\": \"h\"}"),
    // --- export-yaml
    case("plain", "export-yaml", "AC202", "a: x://u:p«%»@h\n"),
    counted("plain, behind other characters", "export-yaml", "AC202", [2, 11, 2, 12], "# 😀\nñ: x://é:p«%»@h\n"),
    case("single quotes", "export-yaml", "AC202", "a: 'x://it''s:p«%»@h'\n"),
    case("double quotes", "export-yaml", "AC202", "a: \"x://\\u00e9\\x41\\t:p«%»@h\"\n"),
    case("the escape itself", "export-yaml", "AC202", r#"a: "x://u:p«\x25»@h""#),
    case("double quotes over lines", "export-yaml", "AC202", "a: \"x://u:\\\n  p«%»@h\"\n"),
    case("plain over lines", "export-yaml", "AC204", "a: x://h?a=b\n  c«#d»\n"),
    counted("empty extra", "export-json", "AC106", [1, 35, 1, 37], "{\"a\": {\"conn_type\": \"x\", \"extra\": «\"\"»}}\n"),
    counted("quotes around a line", "airflow-env", "AC109", [2, 3, 2, 10], "# é\na=«'x://h'»\n"),
    case("export in front of an id", "airflow-env", "AC109", "«export »a=x://h\n"),
    case("quotes in an item of a list", "compose", "AC109", "services:\n  a:\n    environment:\n      - AIRFLOW_CONN_A=«\"x://h\"»\n"),
    case("JSON in a line", "airflow-env", "AC110", "a=«{\"conn_type\": \"x\"}»\n"),
    case("JSON in a literal block", "export-yaml", "AC110", "a: |\n  «{\"conn_type\":\n  \"x\"}\n»"),
    counted("repeated field", "json", "AC111", [1, 20, 1, 31], "{\"conn_type\": \"x\", «\"host\": \"h\"», \"host\": \"i\"}"),
    case(
        "repeated key in a text of JSON",
        "export-json",
        "AC111",
        "{\"a\": {\"conn_type\": \"x\", \"extra\": \"{«\\\"b\\\": 1», \\\"b\\\": 2}\"}}",
    ),
    case("repeated field of a mapping", "export-yaml", "AC111", "a:\n  conn_type: x\n  «host: h»\n  host: i\n"),
    case("tab in a URI", "uri", "AC112", "x://u:p@h/a«\t»b\n"),
    case("line ends in a URI in JSON", "export-json", "AC112", "{\"a\": \"x://u:p@h/a«\\n\\n»b\"}"),
    case("line end behind a password", "export-yaml", "AC112", "a:\n  conn_type: x\n  password: «\"p\\n\"»\n"),
    case("log lines", "export-json", "AC113", "«WARNING: x\n»{\"a\": {\"conn_type\": \"x\"}}\n"),
    counted("key beside __extra__", "uri", "AC207", [1, 8, 1, 11], "x://h/?«b=c»&__extra__=%7B%7D\n"),
    case("upper case in a host", "export-yaml", "AC208", "a: x://u:p@«Host»:5/s\n"),
    case("plus in a password", "env", "AC209", "AIRFLOW_CONN_A='x://u:«a+b%21»@h'\n"),
    case("scheme of SQLAlchemy", "export-json", "AC210", "{\"a\": \"«mysql+pymysql»://h\"}"),
    case("JDBC URL", "uri", "AC210", "«jdbc:redshift://h:5439/dev»\n"),
    case("host that does not come back", "json", "AC211", "{\"conn_type\": \"x\", \"host\": «\"a_b://h\"»}"),
    case("template in a password", "env", "AC212", "AIRFLOW_CONN_A=\"x://u:«${P}»@h\"\n"),
    case("placeholder", "json", "AC212", "{\"conn_type\": \"x\", \"login\": «\"<your-login>\"»}"),
    case("literal block", "export-yaml", "AC108", "a:\n  conn_type: x\n  extra: |\n    {\"é\": 1,\n     \"b\": «\"***\"»}\n"),
    counted(
        "literal block with CRLF",
        "export-yaml",
        "AC108",
        [5, 11, 5, 16],
        "a:\r\n  conn_type: x\r\n  extra: |\r\n    {\"é\": 1,\r\n     \"b\": «\"***\"»}\r\n",
    ),
    case(
        "literal block that keeps its line ends",
        "export-yaml",
        "AC105",
        "a:\n  conn_type: x\n  extra: |+\n    {\"a\": 1,\n\n     «b»}\n\n",
    ),
    case(
        "literal block with an indentation of its own",
        "export-yaml",
        "AC105",
        "a:\n  conn_type: x\n  extra: |2-\n      {\"a\":\n       «b»}\n",
    ),
    case("folded block", "export-yaml", "AC108", "a:\n  conn_type: x\n  extra: >-\n    {\"a\": 1,\n    \"b\":\n    «\"***\"»}\n"),
    case("folded block with an empty line", "export-yaml", "AC105", "a:\n  conn_type: x\n  extra: >\n    {\"a\":\n\n    «b»}\n"),
    case("folded single quotes", "export-yaml", "AC105", "a:\n  conn_type: x\n  extra: '{\"a\": 1,\n\n    \"it''s\": «b»}'\n"),
    case("extra as a mapping", "export-yaml", "AC108", "a:\n  conn_type: x\n  extra:\n    b:\n      - 1\n      - «'***'»\n"),
    case("flow mapping", "export-yaml", "AC108", "a: {conn_type: x, extra: {b: «\"***\"»}}\n"),
    case("extra as a JSON string in double quotes", "export-yaml", "AC105", r#"a: {conn_type: x, extra: "{\"\u00e9\": «b»}"}"#),
    case("unknown field", "export-yaml", "AC103", "a:\n  conn_type: x\n  «user»: u\n"),
    case("field behind a merge", "export-yaml", "AC103", "a: &a\n  conn_type: x\nb:\n  <<: *a\n  «'user'»: u\n"),
    case("overwritten", "export-yaml", "AC107", "«a: x://h»\nb: x://h\na: y://h\n"),
    case("list of two under one id, CRLF", "export-yaml", "AC107", "b: x://h\r\n«a»:\r\n  - x://h\r\n  - y://h\r\n"),
    case("tab", "export-yaml", "AC101", "a:\n«\t»b: c\n"),
    case("tab behind CRLF", "export-yaml", "AC101", "a:\r\n«\t»b: c\r\n"),
    case("undefined alias", "export-yaml", "AC101", "a: x://h\nb: «*»x\n"),
    case("byte order mark", "export-yaml", "AC202", "\u{feff}a: x://u:p«%»@h\n"),
    case("after a tag", "export-yaml", "AC202", "a: !!str 'x://u:p«%»@h'\n"),
    case("after an anchor", "export-yaml", "AC202", "a: &uri \"x://u:p«%»@h\"\n"),
];

/// The text without its marks, and the byte offsets of them.
fn unmarked(marked: &str) -> (String, usize, usize) {
    let start = marked.find('«').expect("«");
    let end = marked.find('»').expect("»") - '«'.len_utf8();
    (marked.replace(['«', '»'], ""), start, end)
}

/// Line and column of a byte offset, both from 1: lines end at LF, CRLF and CR, columns count characters.
fn line_and_column(text: &str, offset: usize) -> (u64, u64) {
    let (mut line, mut column) = (1, 1);
    let mut characters = text[..offset].chars().peekable();
    while let Some(c) = characters.next() {
        let ends = match c {
            '\n' => true,
            // CRLF is one end, also if the place is between the two.
            '\r' => !text[offset - characters.clone().map(char::len_utf8).sum::<usize>()..].starts_with('\n'),
            _ => false,
        };
        if ends {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

fn places(case: &Case, text: &str) -> (Vec<[u64; 4]>, String) {
    // Only versions that read differently can disagree.
    let airflow = if case.rule == "AC306" { "2.2.5,2.3.4" } else { "3.3.2" };
    let from = ["--from", case.format];
    // Log lines are looked for only where the format is guessed.
    let from = if case.rule == "AC113" { &[][..] } else { &from[..] };
    let ran = common::run(&[&["check", "-", "--format", "json", "--airflow", airflow, "--fail-on", "never"], from].concat(), text);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", case.what);
    let findings = ran.findings();
    let number = |f: &serde_json::Value, key: &str| f[key].as_u64().unwrap_or(0);
    let mine = findings.iter().filter(|f| f["id"] == case.rule);
    let places = mine.map(|f| ["line", "column", "end_line", "end_column"].map(|key| number(f, key))).collect();
    (places, ran.out)
}

#[test]
fn findings_point_at_the_marked_characters() {
    let mut failures = Vec::new();
    for case in CASES {
        let (text, start, end) = unmarked(case.marked);
        let ((line, column), (end_line, end_column)) = (line_and_column(&text, start), line_and_column(&text, end));
        let want = [line, column, end_line, end_column];
        if case.by_hand.is_some_and(|by_hand| by_hand != want) {
            failures.push(format!("{} {}: counted by hand {:?}, by this test {want:?}", case.format, case.what, case.by_hand));
        }
        let (found, out) = places(case, &text);
        // Runtimes that put it in different words have a finding each, at the same place.
        if found.is_empty() || found.iter().any(|place| *place != want) {
            failures.push(format!(
                "{} {} ({})\n  {:?}\n  want {want:?} found {found:?}\n  {out}",
                case.format, case.what, case.rule, case.marked
            ));
        }
    }
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), CASES.len(), failures.join("\n"));
}

/// Nestings in which more than the sign itself is written anew: the encoding has no way to change a part, or stands in quotes afterwards.
static WHOLE: &[(&str, &str, &str)] = &[
    ("env", "put together of pieces", "AIRFLOW_CONN_A=\"x://u's:p%25@h\"\n"),
    ("systemd-env", "bare, behind an escape and a joined line", "AIRFLOW_CONN_A=\"x://a\\\\b:p%25@h\"\n"),
    ("kubernetes", "base64 of a URI", "kind: Secret\ndata:\n  AIRFLOW_CONN_A: eDovL3U6cCUyNUBo\n"),
    ("kubernetes", "folded base64", "kind: Secret\ndata:\n  AIRFLOW_CONN_A: |\n    eDovL3U6cCUyNUBo\n"),
    ("kubernetes", "a file in a Secret", "kind: Secret\ndata:\n  connections.env: YT14Oi8vdTpwJTI1QGgK\n"),
    ("helm", "data in a text of YAML", "extraSecrets: {a: {data: \"AIRFLOW_CONN_A: eDovL3U6cCUyNUBo\\n\"}}\n"),
    ("gcp-secrets", "base64", "{\"name\": \"a\", \"payload\": {\"data\": \"eDovL3U6cCUyNUBo\"}}"),
    // The sign was an escape of JSON or YAML itself.
    ("export-json", "the escape itself", "{\"a\": \"x://u:p%25@h\"}"),
    ("export-yaml", "the escape itself", "a: \"x://u:p%25@h\""),
];

/// A lone `%` is repaired in every nesting, each time through all layers back into the bytes of the file.
#[test]
fn repairs_go_back_through_every_nesting() {
    let (mut ran, mut failures) = (0, Vec::new());
    for case in CASES.iter().filter(|c| c.rule == "AC202" && !c.marked.contains("«%C3")) {
        let (text, ..) = unmarked(case.marked);
        let args = ["check", "-", "--from", case.format, "--fix", "--select", "AC202", "--exit-zero"];
        let ran_once = common::run(&args, &text);
        let exception = WHOLE.iter().find(|(format, what, _)| (*format, *what) == (case.format, case.what));
        let want = exception.map_or_else(|| case.marked.replace("«%»", "%25"), |(.., want)| want.to_string());
        if ran_once.out != want {
            failures.push(format!(
                "(\"{}\", \"{}\", {:?}),  // {}",
                case.format,
                case.what,
                ran_once.out,
                ran_once.err.lines().next().unwrap_or_default()
            ));
        }
        ran += 1;
    }
    assert!(failures.is_empty(), "{} of {ran}\n{}", failures.len(), failures.join("\n"));
    assert!(ran >= 40, "only {ran}");
}

#[test]
fn enough_is_counted() {
    assert!(CASES.len() >= 60 && CASES.iter().filter(|c| c.by_hand.is_some()).count() >= 10);
    let formats: BTreeSet<_> = CASES.iter().map(|c| c.format).collect();
    assert_eq!(formats, airconn::format::FORMATS.iter().filter(|f| f.is_read()).map(|f| f.name).collect());
    // Every rule about the writing of connections; those about what a hook makes of them take the same ways back.
    let rules: BTreeSet<_> = CASES.iter().map(|c| c.rule).collect();
    for rule in airconn::check::rules::RULES.iter().filter(|r| ["AC1", "AC2", "AC30"].iter().any(|group| r.id.starts_with(group))) {
        assert!(rules.contains(rule.id), "no case of {}", rule.id);
    }
    let names: BTreeSet<_> = CASES.iter().map(|c| (c.format, c.what)).collect();
    assert_eq!(names.len(), CASES.len(), "two cases of one name");
    assert_eq!(line_and_column("a\r\nb\rc\né😀x", 13), (4, 3));
    assert_eq!(line_and_column("a\r\nb", 2), (1, 3));
}

/// Columns do not change with the length of what stands before on the line.
#[test]
fn far_into_a_long_line() {
    for filling in ["a", "é", "😀", "%41"] {
        for length in [1, 1_000, 1_023, 1_024, 100_000] {
            let before = filling.repeat(length);
            let text = format!("\r\nx://{before}:p%@h\n");
            let case = case("long", "uri", "AC202", "");
            let column = "x://:p".len() as u64 + before.chars().count() as u64 + 1;
            assert_eq!(places(&case, &text).0, [[2, column, 2, column + 1]], "{length} of {filling}");
        }
    }
}
