# `just` lists the recipes. None but `deny` needs more than scripts/test-all does.

set positional-arguments

_list:
    @just --list --unsorted

# Format and lints
check:
    cargo fmt --check
    cargo clippy --all-features --all-targets -- -D warnings
    cargo clippy --no-default-features --lib -- -D warnings

# Everything, real Airflow included (the command of the README and of CI)
test *options:
    bash scripts/test-all "$@"

# Write what is generated anew: pages in docs/, tables of the README, output of commands on pages
bless:
    AIRCONN_BLESS=1 cargo test --all-features --test it -- docs:: readme:: --test-threads 1

# Compare freshly generated cases with real Airflow
differential *options:
    cargo build --release
    tools/compare/differential.py "$@"

# Real Airflow exports into airconn, and imports again
real-export *options:
    cargo build --release
    tools/compare/real_export.py "$@"

# Time `convert` against real Airflow
bench *options:
    cargo build --release
    tools/bench/bench_convert.py "$@"

# The library alone, for WebAssembly
wasm:
    rustup target add wasm32-unknown-unknown
    cargo check --lib --no-default-features --target wasm32-unknown-unknown

# The documentation of the library
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --all-features --no-deps

# Licences, advisories and sources of dependencies (needs cargo-deny)
deny:
    cargo deny --all-features check
