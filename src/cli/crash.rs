//! What is told of a panic: where it was, once, and how to report it. What a panic says itself may
//! quote a secret and is shown to nobody.

use std::collections::BTreeSet;
use std::io::Write;
use std::panic::{Location, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// There was one.
static HAPPENED: AtomicBool = AtomicBool::new(false);

/// Where there were some, so that the same place is told once.
static PLACES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// From now on a panic is told in this way.
pub(super) fn watch() {
    std::panic::set_hook(Box::new(tell));
}

/// Whether there was one: then the run has failed, whatever else it found.
pub(super) fn happened() -> bool {
    HAPPENED.load(Ordering::Relaxed)
}

fn tell(info: &PanicHookInfo<'_>) {
    HAPPENED.store(true, Ordering::Relaxed);
    let place = info.location().map_or_else(|| "a place unknown".to_string(), place);
    let fresh = PLACES.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone());
    if fresh {
        let version = env!("CARGO_PKG_VERSION");
        // Nobody is left to be told if standard error is closed.
        let _ = writeln!(
            std::io::stderr(),
            "airconn: internal error at {place} (airconn {version}): please report this line as a \
             bug; it holds nothing of your input"
        );
    }
}

/// A place in a source, without the folders of the machine that it was built on.
fn place(location: &Location<'_>) -> String {
    format!("{}:{}:{}", short(location.file()), location.line(), location.column())
}

/// From the folder of the crate on, or of Rust's own library.
fn short(file: &str) -> String {
    let file = file.replace('\\', "/");
    let crates = file.rsplit_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    let own = || file.strip_prefix("/rustc/").and_then(|rest| rest.split_once('/'));
    let last = || file.rsplit_once("/src/").map(|(_, rest)| format!("src/{rest}"));
    match crates.or_else(own) {
        Some((_, rest)) => rest.to_string(),
        None if file.starts_with('/') => last().unwrap_or_else(|| "a place unknown".to_string()),
        None => file,
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn places_are_those_of_sources() {
        for (file, want) in [
            ("src/check/mod.rs", "src/check/mod.rs"),
            ("/build/airconn/src/check/mod.rs", "src/check/mod.rs"),
            (
                "/home/x/.cargo/registry/src/index.example-1f/http-1.3.1/src/lib.rs",
                "http-1.3.1/src/lib.rs",
            ),
            ("/rustc/0a1b/library/core/src/str/mod.rs", "library/core/src/str/mod.rs"),
            ("/somewhere/else.rs", "a place unknown"),
        ] {
            assert_eq!(short(file), want);
        }
    }
}
