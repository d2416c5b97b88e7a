//! Any connection comes back from every format, or is refused for a reason that is listed.

use airconn::format::Item;
use airconn::model::{Connection, Secret, Value};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::{Tally, compare, runtimes};

/// Text that a field may hold: every delimiter, quote, control character and script.
fn field() -> impl Strategy<Value = Option<String>> {
    let piece = prop_oneof![
        4 => "[ -~]{0,6}",
        1 => any::<char>().prop_map(String::from),
        2 => prop::sample::select(vec![
            "\n", "\r\n", "\t", "\0", "\u{1}", "\u{7f}", "\u{85}", "\u{2028}", "\u{feff}", "\u{a0}", "é", "😀", "$", "$$", "${X}", "{{ x }}", "'", "\"",
            "\\", "`", "%", "%41", "#", "@", ":", "/", "?", "&", "=", "://", "yes", "null", "012", " ", "$(X)", "*/", "%{x}", "<<EOF", "!x", "- ", "|",
        ]).prop_map(String::from),
    ];
    prop::option::weighted(
        0.8,
        prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()),
    )
}

fn any_connection() -> impl Strategy<Value = (String, Connection)> {
    let types =
        prop::sample::select(vec!["postgres", "redshift", "http", "aws", "google_cloud_platform"]);
    let extra = prop::option::weighted(0.7, prop::collection::vec(("[a-z_]{1,8}", field()), 0..4));
    (
        "[a-z_][a-z0-9_]{0,8}",
        types,
        (field(), field(), field(), field(), field()),
        prop::option::of(1..65536i64),
        extra,
    )
        .prop_map(
            |(conn_id, conn_type, (description, host, login, password, schema), port, extra)| {
                let text = |value: Option<String>| value.map_or(Value::Null, Value::text);
                let extra = extra.map(|pairs| {
                    let all = pairs.into_iter().map(|(key, value)| {
                        (key, value.map_or(serde_json::Value::Bool(true), Into::into))
                    });
                    serde_json::Value::Object(all.collect()).to_string()
                });
                let password = password.filter(|p| !p.is_empty());
                let connection = Connection {
                    conn_type: Value::text(conn_type),
                    description: text(description),
                    host: text(host),
                    login: text(login),
                    password: Secret::new(text(password)),
                    schema: text(schema),
                    port: port.map_or(Value::Null, Value::Int),
                    extra: Secret::new(text(extra)),
                };
                (conn_id, connection)
            },
        )
}

#[test]
fn any_connection_comes_back_or_is_refused() {
    let config =
        ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]));
    let runtimes = runtimes();
    let total = std::cell::Cell::new(0);
    let ran =
        runner.run(&(any_connection(), 0..runtimes.len()), |((conn_id, connection), which)| {
            let item = Item { conn_id: Some(conn_id), connection, value: None };
            let mut tally = Tally::default();
            compare(&item, &runtimes[which], &mut tally);
            total.set(total.get() + tally.compared);
            prop_assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n"));
            Ok(())
        });
    ran.unwrap_or_else(|e| panic!("{e}"));
    assert!(total.get() > 10_000, "only {} comparisons", total.get());
}
