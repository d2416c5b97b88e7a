//! A URI for the runtime that the first byte chooses: places change nothing and lie inside of the
//! text, and what the writer calls kept is kept.
#![no_main]

use std::sync::LazyLock;

use airconn::airflow::python::json_loads::loads;
use airconn::airflow::runtime::Runtime;
use airconn::airflow::uri::{anatomy, from_uri, get_uri, write};
use airconn::model::{Connection, FIELDS, Value};
use airconn::source::{Span, Text};
use libfuzzer_sys::fuzz_target;

static RUNTIMES: LazyLock<Vec<Runtime>> = LazyLock::new(|| Runtime::recorded().collect());

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let runtime = &RUNTIMES[usize::from(*first) % RUNTIMES.len()];
    let inside = |span: Option<Span>| span.is_none_or(|span| text.get(span.range()).is_some());
    let traced = Text::at(text, 0);
    if let Ok(parts) = anatomy(&traced, &runtime.behaviour) {
        for part in [&parts.raw_scheme, &parts.netloc, &parts.host, &parts.path, &parts.query] {
            assert!(inside(part.span()));
        }
        for pair in parts.pairs() {
            assert!(inside(pair.key.span()) && inside(pair.value.span()) && inside(pair.raw_value.span()));
        }
    }
    match (from_uri(&Text::untraced(text), runtime), from_uri(&traced, runtime)) {
        (Ok(plain), Ok(placed)) => {
            assert!(get_uri(&plain, runtime) == get_uri(&placed, runtime), "places change what is read");
            is_kept(&plain, runtime);
        }
        (Err(plain), Err(placed)) => {
            assert!((plain.exception, &plain.message) == (placed.exception, &placed.message), "places change what is raised");
            assert!(inside(placed.span), "{:?}", placed.span);
        }
        _ => panic!("places change whether it raises"),
    }
});

/// If the writer is certain that nothing is lost, reading back gives the same, null and empty text
/// taken for one.
fn is_kept(connection: &Connection, runtime: &Runtime) {
    let Some(written) = write(connection, runtime).ok().filter(|written| written.gives_back) else { return };
    let again = from_uri(&Text::untraced(&written.uri), runtime).expect("what gives back can be read");
    let empty = |value: &Value<'_>| value.is_null() || value.as_str() == Some("");
    for field in FIELDS {
        let (Some(a), Some(b)) = (connection.field(field), again.field(field)) else { continue };
        let decoded = |value: &Value<'_>| value.as_str().and_then(|text| loads(text).ok().map(|node| node.value.into_owned()));
        let same = a == b || empty(a) && empty(b) || field == "extra" && decoded(a).is_some() && decoded(a) == decoded(b);
        assert!(same, "{field} is not kept in {:?}", written.uri);
    }
}
