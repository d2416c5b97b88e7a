//! Finds the notes: everything about a connection that a reader would want to know though it does not stop it.

use super::Scene;
use super::mode::Mode;
use super::outcome::Trace;
use super::python::Extras;
use crate::model::Connection;

pub(super) fn of_redshift(_c: &Connection, _e: &Extras, _m: Mode, _s: &Scene<'_>, _t: &mut Trace) {}
pub(super) fn of_postgres(_e: &Extras, _m: Mode, _s: &Scene<'_>, _t: &mut Trace) {}
pub(super) fn of_aws(_c: &Connection, _e: &Extras, _s: &Scene<'_>, _t: &mut Trace) {}
