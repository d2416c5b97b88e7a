//! A word of a command: what the shell hands on, and what of it the shell fills in.

use std::ops::Range;

use crate::format::helpers::shell_word::Filled;
use crate::model::Style;
use crate::source::Text;

/// A word, unquoted.
#[derive(Clone)]
pub(crate) struct Word<'a> {
    /// What the shell hands on.
    pub(crate) value: Text<'a>,
    /// Where it stands in its script, quotes included.
    pub(crate) range: Range<usize>,
    /// How it is written there.
    pub(crate) style: Style,
    /// What is filled in, in order.
    pub(crate) fills: Vec<Fill>,
    /// Some of it stands in quotes.
    pub(crate) quoted: bool,
}

/// Something that is filled in before a command gets its words.
#[derive(Clone, Debug)]
pub(crate) struct Fill {
    pub(crate) what: Filled,
    /// Where it stands in the script.
    pub(crate) place: Range<usize>,
    /// Where it stands in what the shell hands on.
    pub(crate) inside: Range<usize>,
    /// It may come to any number of words.
    pub(crate) many: bool,
}

impl Fill {
    pub(super) fn new(what: Filled, place: Range<usize>, many: bool) -> Fill {
        Fill { what, inside: place.clone(), place, many }
    }
}

impl Word<'_> {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        self.value.as_str()
    }

    /// The text, if nothing of it is filled in.
    pub(crate) fn literal(&self) -> Option<&str> {
        self.fills.is_empty().then(|| self.as_str())
    }

    /// The last part of the path to a program.
    pub(crate) fn program(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }

    /// It is filled in as a whole.
    pub(crate) fn is_filled(&self) -> bool {
        matches!(&self.fills[..], [fill] if fill.inside == (0..self.as_str().len()))
    }

    /// It may come to any number of words, or to none.
    pub(crate) fn is_many(&self) -> bool {
        self.fills.iter().any(|fill| fill.many)
    }
}
