//! What the named versions of providers and drivers change is seen by every command, and names of
//! drivers' arguments are words that may be shown.
#![cfg(feature = "cli")]

use crate::common;

use common::run;

/// Nobody fetches a temporary user with this provider: a text `iam` is none of its words.
const REDSHIFT: &str = r#"{"conn_id":"r","conn_type":"redshift","login":"etl","password":"pw","schema":"dev","port":5439,
    "host":"examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com","extra":{"iam":"true"}}"#;

#[test]
fn names_of_arguments_are_shown() {
    for (uri, argument) in [
        ("postgres://u:p@h.example.com/dwh", "dbname=dwh"),
        ("postgres://u:p@h.example.com/dwh?sslmode=require", "sslmode=require"),
        ("redshift://u:p@h.example.com/dwh", "database=dwh"),
    ] {
        let shown = run(&["inspect", "--side", "server", "-"], uri);
        assert!(shown.out.contains(argument), "{uri}: {}", shown.out);
        assert!(!shown.out.contains("***="), "{uri}: {}", shown.out);
    }
    let line = r#"{"conn_id": "a", "uri": "postgres://u:p@h.example.com/dwh"}"#;
    let shown = run(&["inspect", "--from", "jsonl", "--format", "jsonl", "--hook", "-"], line);
    assert!(shown.out.contains(r#"{"name": "dbname", "value": "dwh"}"#), "{}", shown.out);
}

#[test]
fn convert_asks_the_hook_of_the_named_provider() {
    let one_line = REDSHIFT.replace("\n    ", "");
    let convert = |provider: &str, to: &str| {
        run(&["convert", "--from", "jsonl", "--provider", provider, "--to", to, "-"], &one_line)
    };
    let old = convert("amazon=7.4.1", "redshift-connector");
    assert_eq!(old.code, 0, "{}", old.err);
    assert!(old.out.contains(r#""password": "pw""#), "{}", old.out);
    assert_eq!(convert("amazon=7.4.1", "dbt").code, 0);
    let new = convert("amazon=9.39.0", "redshift-connector");
    assert_eq!(new.code, 1, "{}", new.out);
    assert!(new.err.contains("temporary user"), "{}", new.err);
}

#[test]
fn columns_stand_below_each_other_whatever_their_letters() {
    let shown =
        run(&["inspect", "--airflow", "2.11,3.3", "-"], "postgres://u:p@h/数据仓库?iam=false");
    let line = |label: &str| {
        shown
            .out
            .lines()
            .find(|line| line.trim_start().starts_with(label))
            .expect("the row")
            .to_string()
    };
    // Each of the four letters takes two columns: counted by hand, the second column begins at 2 +
    // 12 + 2 + 22 + 2 columns.
    let schema = line("schema");
    let second = schema.rfind("数据仓库").expect("the second column");
    let host = line("host");
    assert_eq!(
        schema[..second].chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>(),
        host.rfind('h').expect("host")
    );
}
