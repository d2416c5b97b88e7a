//! What a caller wants of the findings in a text, so that nothing is made or kept for nobody.

use super::{Finding, Level};

/// So far behind its beginning a finding may be shown, in bytes: lines are cut there. With it, what
/// stands ahead of a connection on its line.
pub(crate) const REACH: u32 = 2048;

/// What is wanted of the findings in a text.
pub struct Wanted<'w> {
    /// So many are kept, the first by their places; the others are counted.
    pub most: usize,
    /// Gives a finding its level; false if nobody wants it. The rule of a finding decides.
    pub selects: &'w dyn Fn(&mut Finding) -> bool,
    /// The repairs.
    pub repairs: Repairs<'w>,
}

/// What is wanted of repairs.
#[derive(Clone, Copy)]
pub enum Repairs<'w> {
    /// Whether the findings that are kept have one, and how sure it is.
    Told,
    /// They are made. Findings that this accepts are kept apart, beyond `most`.
    Made(&'w dyn Fn(&Finding) -> bool),
}

impl Wanted<'_> {
    /// Every finding with its repair.
    pub const EVERYTHING: Wanted<'static> =
        Wanted { most: usize::MAX, selects: &|_| true, repairs: Repairs::Made(&|_| false) };

    /// Beyond those that are kept, nobody asks for repairs.
    pub(super) fn repairs_are_told(&self) -> bool {
        matches!(self.repairs, Repairs::Told)
    }
}

/// How many findings were counted and not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut([usize; Level::ALL.len()]);

impl LeftOut {
    /// One more of this level.
    pub fn add(&mut self, level: Level) {
        self.0[level as usize] += 1;
    }

    /// One of them has this level, and not that one.
    pub(super) fn raise(&mut self, from: Level, to: Level) {
        self.0[from as usize] -= 1;
        self.add(to);
    }

    /// How many of this level.
    pub fn of(&self, level: Level) -> usize {
        self.0[level as usize]
    }

    /// Their worst level; `None` if there are none.
    pub fn worst(&self) -> Option<Level> {
        Level::ALL.into_iter().rev().find(|level| self.of(*level) > 0)
    }
}
