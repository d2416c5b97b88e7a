//! The live probe: its plans, and its walks against stand-ins on loopback that the tests start themselves.
#![cfg(feature = "cli")]

#[path = "../common/mod.rs"]
mod common;

mod plans;
