//! Changes of a source: where, and what stands there afterwards. Several are made at once.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Text;
use crate::source::Span;

/// Text that is encoded anew as a whole where a part of it changes, so that all its changes have to
/// be made together.
pub trait Whole: Send + Sync {
    /// Where the encoded form stands: all of this text.
    fn outer(&self) -> &Text<'static>;

    /// The encoded form with these changes of what it was decoded to, which stand in order and do
    /// not overlap.
    fn with(&self, changes: &[(Range<usize>, String)]) -> Option<String>;
}

/// A change of the source: some bytes become others.
#[derive(Clone)]
pub struct Edit {
    span: Span,
    what: What,
}

#[derive(Clone)]
enum What {
    /// What stands at the place afterwards.
    Text(String),
    /// What becomes of a part of what is encoded there.
    Part { whole: Arc<dyn Whole>, range: Range<usize>, text: String },
}

/// Never prints the text: it may hold secrets.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edit({:?})", self.span)
    }
}

impl Edit {
    /// The bytes of `span` become `text`; an empty span is a place where it is put in.
    pub fn new(span: Span, text: impl Into<String>) -> Edit {
        Edit { span, what: What::Text(text.into()) }
    }

    /// A range of what is encoded as a whole becomes `text`.
    pub fn part(
        whole: Arc<dyn Whole>,
        range: Range<usize>,
        text: impl Into<String>,
    ) -> Option<Edit> {
        let span = whole.outer().span()?;
        Some(Edit { span, what: What::Part { whole, range, text: text.into() } })
    }

    /// The place from the source inwards: in which text, and where there. The source itself is text
    /// 0.
    fn path(&self) -> Vec<(usize, Range<usize>)> {
        match &self.what {
            What::Text(_) => vec![(0, self.span.range())],
            What::Part { whole, range, .. } => {
                let mut path = whole.outer().path();
                path.push((identity(whole), range.clone()));
                path
            }
        }
    }
}

/// What tells one encoded whole from another, as long as both are there.
pub(super) fn identity<W: Whole + ?Sized>(whole: &Arc<W>) -> usize {
    Arc::as_ptr(whole).cast::<()>() as usize
}

/// The places of edits that are made together.
#[derive(Default)]
pub struct Taken {
    /// Per text: the start of each claimed range, its end, and the text that is nested in it.
    texts: BTreeMap<usize, BTreeMap<usize, (usize, usize)>>,
}

impl Taken {
    /// Takes the places of all of these, if nothing that is taken already stands in their way.
    pub fn take(&mut self, edits: &[Edit]) -> bool {
        let paths: Vec<_> = edits.iter().map(Edit::path).collect();
        let free = paths.iter().all(|path| self.is_free(path));
        if free {
            for path in paths {
                let inner = path.iter().skip(1).map(|(text, _)| *text).chain([0]);
                for ((text, range), inner) in path.iter().zip(inner) {
                    self.texts.entry(*text).or_default().insert(range.start, (range.end, inner));
                }
            }
        }
        free
    }

    fn is_free(&self, path: &[(usize, Range<usize>)]) -> bool {
        let inner = path.iter().skip(1).map(|(text, _)| *text).chain([0]);
        path.iter().zip(inner).all(|((text, range), inner)| {
            let Some(taken) = self.texts.get(text) else { return true };
            let near =
                taken.range(..=range.end).rev().take_while(|(_, (end, _))| *end >= range.start);
            near.into_iter().all(|(start, (end, other))| {
                // Of two insertions at one place nobody knows which is first.
                let beside = (*end == range.start || *start == range.end)
                    && start < end
                    && !range.is_empty();
                let together =
                    inner != 0 && *other == inner && (*start, *end) == (range.start, range.end);
                beside || together
            })
        })
    }
}

/// A text with its edits made; `None` where two are in each other's way, or an encoding cannot hold
/// what they come to.
pub fn applied<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> Option<String> {
    let mut made = Made::default();
    edits.into_iter().for_each(|edit| made.add(edit.clone()));
    // The innermost first: what it comes to is a change of what it stands in.
    while let Some((_, Part { whole, mut changes })) = made.parts.pop_first() {
        changes.sort_by_key(|(range, _)| range.start);
        if changes.windows(2).any(|pair| pair[1].0.start < pair[0].0.end) {
            return None;
        }
        let outer = whole.outer();
        made.add(outer.edit(0..outer.as_str().len(), &whole.with(&changes)?)?);
    }
    with_changes(text, made.plain)
}

/// What comes to stand where.
type Changes = Vec<(Range<usize>, String)>;

#[derive(Default)]
struct Made {
    plain: Changes,
    /// By depth, the innermost first, and identity.
    parts: BTreeMap<(Reverse<usize>, usize), Part>,
}

/// The changes of what is encoded as a whole.
struct Part {
    whole: Arc<dyn Whole>,
    changes: Changes,
}

impl Made {
    fn add(&mut self, edit: Edit) {
        match edit.what {
            What::Text(text) => self.plain.push((edit.span.range(), text)),
            What::Part { whole, range, text } => {
                let key = (Reverse(whole.outer().depth()), identity(&whole));
                self.parts
                    .entry(key)
                    .or_insert_with(|| Part { whole, changes: Vec::new() })
                    .changes
                    .push((range, text));
            }
        }
    }
}

/// A text with changes that do not overlap; of two at one place the first stands first.
pub(super) fn with_changes(text: &str, mut changes: Changes) -> Option<String> {
    changes.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in changes {
        out.push_str(text.get(done..range.start)?);
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Builder, Encoding};

    static REVERSED: Encoding = Encoding {
        name: "reversed",
        part: |_, _| None,
        whole: |new, _| Some(new.chars().rev().collect()),
    };

    fn reversed(text: &Text<'_>) -> Text<'static> {
        let mut built = Builder::new(text);
        (0..text.as_str().len()).rev().for_each(|i| built.copy(i..i + 1));
        built.finish(&REVERSED)
    }

    #[test]
    fn places_are_taken_once() {
        let edit = |range: Range<usize>| Edit::new(Span::new(range), "x");
        for (first, second, both) in [
            (0..2, 3..4, true),
            (0..2, 2..4, true),
            (2..4, 0..2, true),
            (0..3, 2..4, false),
            (0..9, 2..4, false),
            (2..4, 0..9, false),
            (2..2, 2..2, false),
            (2..4, 4..4, false),
            (4..4, 2..4, false),
            (2..2, 3..3, true),
        ] {
            let mut taken = Taken::default();
            assert!(taken.take(&[edit(first.clone())]));
            assert_eq!(taken.take(&[edit(second.clone())]), both, "{first:?} {second:?}");
        }
    }

    #[test]
    fn changes_of_what_is_encoded_as_a_whole_are_made_together() {
        let source = "cba|fed";
        let outer = Text::at(source, 0);
        let (first, second) = (reversed(&outer.slice(0..3)), reversed(&outer.slice(4..7)));
        let edits = [first.edit(0..1, "x"), first.edit(2..3, "yz"), second.edit(1..2, "")]
            .map(|edit| edit.expect("an edit"));
        let mut taken = Taken::default();
        assert!(edits.iter().all(|edit| taken.take(std::slice::from_ref(edit))));
        assert_eq!(applied(source, &edits).as_deref(), Some("zybx|fd"));
        // The same part twice, and the whole beside its part.
        assert!(!taken.take(&[first.edit(0..2, "").expect("an edit")]));
        assert!(!taken.take(&[Edit::new(Span::new(1..2), "")]));
        assert_eq!(
            applied(
                source,
                &[first.edit(0..2, "").expect("an edit"), Edit::new(Span::new(1..2), "")]
            ),
            None
        );
    }

    #[test]
    fn wholes_stand_in_wholes() {
        let source = "abc-def";
        let middle = reversed(&Text::at(source, 0));
        let (left, right) = (reversed(&middle.slice(0..3)), reversed(&middle.slice(4..7)));
        assert_eq!((left.as_str(), right.as_str()), ("def", "abc"));
        let edits = [left.edit(0..1, "D"), right.edit(2..3, "C"), middle.edit(3..4, "+")]
            .map(|edit| edit.expect("an edit"));
        let mut taken = Taken::default();
        assert!(edits.iter().all(|edit| taken.take(std::slice::from_ref(edit))));
        assert_eq!(applied(source, &edits).as_deref(), Some("abC+Def"));
    }
}
