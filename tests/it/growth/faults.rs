//! Inputs that once took time or memory with the square of their size, and others of their kind, at
//! a size where that is seen.

use super::elements::around;
use super::{COMMANDS, Growth, TIMES, scale};

/// A fault: what it is called, the format, the command, how often in the small text, and the text.
type Fault = (&'static str, &'static str, &'static str, usize, fn(usize) -> String);

static FAULTS: &[Fault] = &[
    ("beginnings of a token", "uri", "check", 1_000, |n| {
        format!("x://u:p@h?a={}", "eyJ".repeat(n))
    }),
    ("stand-ins behind beginnings", "uri", "check", 500, |n| {
        format!("x://u:p@h?a={}", "xoxb-xxxx-".repeat(n))
    }),
    ("stand-ins of another kind", "uri", "check", 500, |n| {
        format!("x://u:p@h?a={}", "ghp_xxxx".repeat(n))
    }),
    ("beginnings in an id", "airflow-env", "check", 1_000, |n| {
        format!("{}=x://h\n", "eyJ".repeat(n))
    }),
    ("signs around names", "uri", "check", 500, |n| format!("x://u:p@h?a={}", "ghp___".repeat(n))),
    ("names of clouds", "uri", "check", 300, |n| {
        format!("x://u:p@h?a={}", "AccountKey=projects/".repeat(n))
    }),
    ("keys of Google", "uri", "check", 500, |n| format!("x://u:p@h?a={}", "AIza".repeat(n))),
    ("beginnings of private keys", "json", "check", 300, |n| {
        format!(
            "{{\"conn_type\": \"ssh\", \"extra\": {{\"private_key\": \"{}\"}}}}",
            "-----BEGIN RSA PRIVATE KEY-----\\n".repeat(n)
        )
    }),
    ("comments that suppress", "env", "check", 500, |n| comments("# airconn: ignore[AC2]\n", n)),
    ("comments with empty lines", "env", "check", 500, |n| {
        comments("; # airconn: ignore[AC202]\n\n", n)
    }),
    ("comments on one line", "env", "check", 500, |n| comments("# airconn: ignore[AC202 ", n)),
    ("comments for the file and findings", "env", "check", 60, |n| {
        "# airconn: ignore-file[AC202]\nAIRFLOW_CONN_A='x://u:p%@h'\n".repeat(n)
    }),
    ("rules in one comment", "env", "check", 300, |n| {
        comments(&format!("# airconn: ignore[{}]\n", "AC202,".repeat(n)), 1)
    }),
    ("connections with repairs", "export-json", "probe --dry-run", 10, |n| {
        let one = r#"{"conn_type": "redshift", "login": "u", "password": "p", "host": "h", "extra": {"iam": "false", "ssl": "true"}}"#;
        around("{", n, |i| format!("\"c{i}\": {one}, "), "\"z\": \"x://h\"}")
    }),
    ("connections with repairs, by line", "jsonl", "probe --dry-run", 10, |n| {
        around(
            "",
            n,
            |i| {
                format!(
                    "{{\"conn_id\": \"c{i}\", \"uri\": \"redshift://u:p@h/d?iam=false&ssl=true\"}}\n"
                )
            },
            "",
        )
    }),
    ("connections with repairs, in services", "compose", "probe --dry-run", 10, |n| {
        let piece = |i: usize| {
            format!(
                "  s{i}: {{environment: {{AIRFLOW_CONN_A: 'redshift://u:p@h/d?iam=false&ssl=true'}}}}\n"
            )
        };
        around("services:\n", n, piece, "")
    }),
    ("Secrets", "kubernetes", "probe --dry-run", 40, |n| {
        around(
            "",
            n,
            |i| {
                format!(
                    "---\nkind: Secret\nmetadata: {{name: s{i}}}\nstringData: {{AIRFLOW_CONN_A{i}: 'postgres://u:p@h/d'}}\n"
                )
            },
            "",
        )
    }),
    ("Secrets with the same keys", "kubernetes", "probe --dry-run", 40, |n| {
        around(
            "",
            n,
            |i| {
                format!(
                    "---\nkind: Secret\nmetadata: {{name: s{i}}}\nstringData: {{AIRFLOW_CONN_A: 'postgres://u:p@h/d'}}\n"
                )
            },
            "",
        )
    }),
    ("services", "compose", "probe --dry-run", 40, |n| {
        around(
            "services:\n",
            n,
            |i| format!("  s{i}: {{environment: {{AIRFLOW_CONN_A{i}: 'postgres://u:p@h/d'}}}}\n"),
            "",
        )
    }),
    ("values of systemd", "systemd-env", "check", 40, |n| {
        around("", n, |i| format!("AIRFLOW_CONN_A{i}=x://u:p@h/d\n"), "")
    }),
    ("findings", "uri", "check", 15, |n| "redshift://u:p%@h/d?iam=false&ssl=true\n".repeat(n)),
    ("findings that are repaired", "uri", "check --diff --fix=unsafe", 10, |n| {
        "redshift://u:p%@h/d?iam=false&ssl=true\n".repeat(n)
    }),
    ("anchors with repairs", "export-yaml", "check --fix=unsafe", 10, |n| {
        around(
            "",
            n,
            |i| {
                format!(
                    "a{i}: &x{i} {{conn_type: redshift, host: h, login: u, password: p, extra: {{iam: 'false'}}}}\n"
                )
            },
            "",
        )
    }),
    ("anchors ahead of a long text", "compose", "check", 1_600, |n| {
        let piece = |i: usize| format!("  s{i}: {{environment: &x{i} {{A: b}}}}\n");
        let head = "services:\n  k: {environment: {AIRFLOW_CONN_K: 'x://h'}}\n";
        around(head, n, piece, &"# kelp\n".repeat(100 * n))
    }),
    ("findings that are related", "astro-settings", "check --causes", 80, |n| {
        let piece = |i: usize| {
            format!(
                "    - conn_id: a{i}\n      conn_type: redshift\n      conn_extra: {{iam: 'false'}}\n"
            )
        };
        around("airflow:\n  connections:\n", n, piece, "")
    }),
    ("encoded percent signs", "uri", "check --fix=unsafe", 2_000, |n| {
        format!("x://u:{}@h", "%25".repeat(n))
    }),
    ("directives of YAML", "export-yaml", "check", 400, |n| {
        let piece = |i: usize| format!("%TAG !a{i}! tag:example.com,{i}:\n");
        around("", n, piece, "---\na: {conn_type: http, host: h}\n")
    }),
    ("one id again and again", "airflow-env", "check", 200, |n| "a=x://h\n".repeat(n)),
];

fn comments(line: &str, count: usize) -> String {
    format!("{}\nAIRFLOW_CONN_A='x://u:p%@h'\n", line.repeat(count))
}

#[test]
fn faults_stay_mended() {
    let mut bad = Vec::new();
    for (name, format, command, few, text) in FAULTS {
        let command = COMMANDS.iter().find(|c| c.name == *command).expect("a command");
        // The suite is content with a smaller text.
        let few = if scale() > 0 { *few } else { few.div_ceil(4) };
        let (none, small, large) = (text(1), text(few), text(few * TIMES));
        command.cost(format, &none);
        let none = command.cost(format, &none);
        let mut seen = Vec::new();
        let grew = loop {
            let growth =
                Growth::between(none, command.cost(format, &small), command.cost(format, &large));
            let good = growth.is_good();
            seen.push(growth.time);
            if good || seen.len() > 3 {
                break (!good).then_some(growth);
            }
        };
        if let Some(growth) = grew {
            let Growth { allocations, bytes, held, .. } = growth;
            bad.push(format!(
                "{name} in {format}: {allocations:.1} {bytes:.1} {held:.1}, time {seen:.1?}"
            ));
        }
    }
    assert!(bad.is_empty(), "\n{}", bad.join("\n"));
}
