//! Variables of an environment, by who sets them: a shell, docker, a build, systemd.

mod docker_env;
pub(super) mod dockerfile;
pub(super) mod env;
mod systemd_env;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] =
    &[&env::FORMAT, &docker_env::FORMAT, &dockerfile::FORMAT, &systemd_env::FORMAT];
