//! What secrets backends hold, as their own tools show and take it.

pub(super) mod aws_secrets;
mod cloud_secrets;
mod ssm;
pub(super) mod vault;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[
    &aws_secrets::FORMAT,
    &aws_secrets::COMMANDS,
    &ssm::FORMAT,
    &ssm::COMMANDS,
    &vault::FORMAT,
    &vault::COMMANDS,
    &cloud_secrets::GOOGLE,
    &cloud_secrets::GOOGLE_COMMANDS,
    &cloud_secrets::AZURE,
    &cloud_secrets::AZURE_COMMANDS,
];
