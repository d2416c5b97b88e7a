//! Variables of an environment, by who sets them: a shell, Compose, docker, a build, systemd.

mod alike;
mod assigned;
mod docker_env;
pub(super) mod dockerfile;
mod dotenv;
pub(super) mod env;
mod readers;
pub(super) mod shell_env;
mod systemd_env;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[
    &env::FORMAT,
    &dotenv::FORMAT,
    &shell_env::FORMAT,
    &docker_env::FORMAT,
    &dockerfile::FORMAT,
    &systemd_env::FORMAT,
];
