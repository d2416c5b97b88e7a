//! An airconn that was built without the live probe has the command, plans, and says how to get one
//! that has it.

use serde_json::json;

use crate::common::run;

#[test]
fn the_command_is_there_and_says_how_to_get_it() {
    let connection = json!({"conn_type": "redshift", "host": "127.0.0.1", "port": 1, "login": "etl", "password": "Canary7", "schema": "dev"});
    let input = json!({ "conn_id": "w", "json": connection.to_string() }).to_string();
    for format in ["human", "json"] {
        let ran = run(&["probe", "--from", "jsonl", "--format", format, "-"], &input);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
        assert!(
            ran.err.contains("built without the live probe")
                && ran.err.contains("`--features probe`"),
            "{ran:?}"
        );
        let planned =
            run(&["probe", "--dry-run", "--from", "jsonl", "--format", format, "-"], &input);
        assert!(
            planned.code == 0 && planned.out.contains("ssl-request") && planned.err.is_empty(),
            "{planned:?}"
        );
    }
    assert!(run(&["help", "probe"], "").out.contains("--dry-run"));
}
