//! What libpq does with its options, recorded (`fixtures/probe/libpq_options.jsonl`), and replayed
//! by the probe on the same servers.
#![cfg(all(feature = "probe", unix))]

#[path = "../common/mod.rs"]
mod common;
mod faults;
mod files;
mod messages;
mod replay;
#[path = "../probe/scram.rs"]
mod scram;
mod stand_in;
