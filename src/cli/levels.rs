//! Levels of findings, as the command line and the configuration name them.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::check::Level;

impl ValueEnum for Level {
    fn value_variants<'a>() -> &'a [Level] {
        &[Level::Error, Level::Warning, Level::Info]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// Which findings end the run with 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FailOn {
    /// Those of this level or a higher one.
    Least(Level),
    /// None.
    Never,
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [FailOn] {
        &[
            FailOn::Least(Level::Error),
            FailOn::Least(Level::Warning),
            FailOn::Least(Level::Info),
            FailOn::Never,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            FailOn::Least(level) => level.to_possible_value(),
            FailOn::Never => {
                Some(PossibleValue::new("never").help("Never fail because of findings"))
            }
        }
    }
}
