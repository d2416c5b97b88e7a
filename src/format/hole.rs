//! A piece of a connection that something else fills in before Airflow reads it.

use crate::source::Span;

/// A piece of the source that something else fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Where it stands.
    pub span: Span,
    /// What may be filled in there, as far as readers treat it differently.
    pub fills: &'static [&'static str],
    /// Any member may be among what is filled in: nothing can be said to be missing.
    pub open: bool,
}

impl Hole {
    /// What is taken out, as the reader that fills in takes it out: `${X:-` and `}` around a value.
    pub(super) const fn taken_out(span: Span) -> Hole {
        Hole { span, fills: &[""], open: false }
    }
}
