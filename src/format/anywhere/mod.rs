//! Connections in files of other purposes: told by what stands in them, not by what they are for.

mod encrypted;
mod ini;
mod template;
mod toml;
pub(super) mod variables;

use super::Format;

/// In the order of pages and of the guess: behind all formats that know the file better.
pub(super) const FORMATS: &[&Format] =
    &[&variables::FORMAT, &toml::FORMAT, &ini::FORMAT, &template::FORMAT, &encrypted::FORMAT];
