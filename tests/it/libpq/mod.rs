//! What libpq does with its options, recorded (`fixtures/probe/libpq_options.jsonl`), and replayed
//! by the probe on the same servers.
#![cfg(all(feature = "probe", unix))]

mod faults;
mod files;
mod messages;
mod replay;
mod stand_in;
