//! Files and objects of Astronomer's tools.

mod astro_environment;
mod astro_settings;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[&astro_settings::FORMAT, &astro_environment::FORMAT];
