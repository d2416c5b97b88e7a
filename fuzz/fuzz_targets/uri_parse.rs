//! A URI for every runtime: what is read is written, and what the newest server wrote it reads again. Places lie inside of the text.
#![no_main]

use std::sync::LazyLock;

use airconn::airflow::runtime::{Runtime, Side};
use airconn::airflow::uri::{anatomy, from_uri, get_uri};
use airconn::source::Text;
use libfuzzer_sys::fuzz_target;

static RUNTIMES: LazyLock<Vec<Runtime>> = LazyLock::new(|| Runtime::recorded().collect());

fuzz_target!(|text: &str| {
    for runtime in RUNTIMES.iter() {
        let traced = Text::at(text, 0);
        let plain = from_uri(&Text::untraced(text), runtime);
        let placed = from_uri(&traced, runtime);
        match (plain, placed) {
            (Ok(a), Ok(b)) => assert!(get_uri(&a, runtime) == get_uri(&b, runtime), "places change what is read"),
            (Err(a), Err(b)) => {
                assert!((a.exception, &a.message) == (b.exception, &b.message), "places change what is raised");
                assert!(b.span.is_none_or(|span| text.get(span.range()).is_some()), "{:?}", b.span);
            }
            _ => panic!("places change whether it raises"),
        }
        if let Ok(parts) = anatomy(&traced, &runtime.behaviour) {
            for part in [&parts.raw_scheme, &parts.netloc, &parts.host, &parts.path, &parts.query] {
                assert!(part.span().is_none_or(|span| text.get(span.range()).is_some()));
            }
            for pair in parts.pairs() {
                assert!(pair.value.span().is_none_or(|span| text.get(span.range()).is_some()));
            }
        }
    }
    let newest = Runtime::newest(Side::Server);
    let written =
        from_uri(&Text::untraced(text), &newest).ok().and_then(|connection| airconn::airflow::uri::write(&connection, &newest).ok());
    if let Some(written) = written.filter(|written| written.gives_back) {
        let again = from_uri(&Text::untraced(&written.uri), &newest).expect("what gives back can be read");
        assert_eq!(get_uri(&again, &newest), Ok(written.uri));
    }
});
