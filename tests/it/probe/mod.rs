//! The live probe: its plans, and its walks against stand-ins on loopback that the tests start
//! themselves.
#![cfg(feature = "cli")]

#[cfg(feature = "probe")]
#[cfg(feature = "probe")]
mod answers;
#[cfg(feature = "probe")]
mod aws;
#[cfg(feature = "probe")]
mod aws_stand_in;
#[cfg(feature = "probe")]
mod certificates;
#[cfg(feature = "probe")]
mod channel;
#[cfg(feature = "probe")]
mod end_to_end;
#[cfg(feature = "probe")]
mod federation;
#[cfg(feature = "probe")]
mod leaks;
#[cfg(all(feature = "probe", unix))]
mod many;
mod plans;
#[cfg(feature = "probe")]
mod profiles;
#[cfg(feature = "probe")]
mod repairs;
mod schema;
#[cfg(feature = "probe")]
pub(crate) mod scram;
#[cfg(feature = "probe")]
mod stand_in;
#[cfg(feature = "probe")]
mod tls;
#[cfg(feature = "probe")]
mod walks;
#[cfg(not(feature = "probe"))]
mod without;
