//! The probe of an airconn that was built without the feature `probe`: it says how to get one that
//! has it.

use super::{Observer, Options, Run, Subject, Surroundings};

/// Says how to get a probe.
pub fn run(_: &[Subject], _: &Surroundings, _: &Options, _: &dyn Observer) -> Result<Run, String> {
    Err("this airconn was built without the live probe; build it with `--features probe` (the \
         released ones have it), \
         or see the plan with `airconn probe --dry-run`"
        .to_string())
}
