//! The layers that text is wrapped in, and how a change of the innermost text is encoded through
//! all of them.
//!
//! A password in a URI in a JSON string in a YAML scalar stands in three layers. Reading takes them
//! off one by one and remembers each in a [`Text`](super::Text); a repair puts new text back
//! through the same layers, changing the bytes that it is about and no others.

use std::ops::Range;
use std::sync::Arc;

use super::Text;
use super::edit::{Edit, Whole, with_changes};
use crate::source::places::Places;

/// How text is encoded where it stands inside of other text. Each encoding is a `static` beside the
/// code that decodes it.
pub struct Encoding {
    /// Its name, such as `JSON string`.
    pub name: &'static str,
    /// Encodes new text to stand in the middle of what is encoded already. `old` is the whole
    /// encoded form, delimiters included. `None` where only the whole can be encoded anew.
    pub part: fn(new: &str, old: &str) -> Option<String>,
    /// The whole encoded form, delimiters included, of new text that takes the place of `old`.
    /// `None` if this encoding cannot hold it.
    pub whole: fn(new: &str, old: &str) -> Option<String>,
}

impl std::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Text that stands for itself, though parts of it may have been left out.
pub static PLAIN: Encoding = Encoding {
    name: "plain text",
    part: |new, _| Some(new.to_string()),
    whole: |new, _| Some(new.to_string()),
};

/// One layer: encoded text and what it was decoded to.
pub(super) struct Layer {
    encoding: &'static Encoding,
    /// The encoded form, delimiters included.
    outer: Text<'static>,
    /// The encoded form without its delimiters.
    content: Range<usize>,
    /// What it decodes to; `None` if the content stands for itself.
    decoded: Option<(String, Places)>,
}

impl Layer {
    pub(super) fn literal(
        encoding: &'static Encoding,
        outer: Text<'static>,
        content: Range<usize>,
    ) -> Layer {
        Layer { encoding, outer, content, decoded: None }
    }

    pub(super) fn decoded(
        encoding: &'static Encoding,
        outer: Text<'static>,
        content: Range<usize>,
        text: String,
        from: Places,
    ) -> Layer {
        Layer { encoding, outer, content, decoded: Some((text, from)) }
    }

    /// The bytes of the encoded form behind a range of the decoded text.
    fn encoded(&self, range: Range<usize>) -> Option<Range<usize>> {
        let Some((_, from)) = &self.decoded else {
            return Some(range.start + self.content.start..range.end + self.content.start);
        };
        let at = |i: usize| from.get(i).map(|span| span.range());
        if range.is_empty() {
            let place = match at(range.start) {
                Some(next) => next.start,
                // Behind the last: what follows it inside of the content may be dropped text, such
                // as a comment.
                None => range
                    .start
                    .checked_sub(1)
                    .and_then(at)
                    .map_or(self.content.start, |last| last.end),
            };
            return Some(place..place);
        }
        let (first, last) = (at(range.start)?, at(range.end - 1)?);
        // A character that is put together of several bytes has them all behind each of its own;
        // half of it cannot be edited.
        let clean = range.start == 0 || at(range.start - 1)?.end <= first.start;
        let clean = clean && at(range.end).is_none_or(|next| last.end <= next.start);
        (clean && first.start <= last.end).then_some(first.start..last.end)
    }

    /// True if changes may be encoded one by one.
    pub(super) fn takes_parts(&self) -> bool {
        (self.encoding.part)("", self.outer.as_str()).is_some()
    }

    pub(super) fn depth(&self) -> usize {
        1 + self.outer.depth()
    }

    /// What to change in the source so that a range of the decoded text becomes `new`.
    pub(super) fn edit(self: &Arc<Layer>, range: Range<usize>, new: &str) -> Option<Edit> {
        let old = self.outer.as_str();
        let part = (self.encoding.part)(new, old)
            .and_then(|part| Some((self.encoded(range.clone())?, part)));
        if let Some((place, part)) = part {
            return self.outer.edit(place, &part);
        }
        // What cannot be held at all cannot be held beside the rest.
        (self.encoding.whole)(new, old)?;
        self.text()?.get(range.clone())?;
        Edit::part(Arc::clone(self) as Arc<dyn Whole>, range, new)
    }

    fn text(&self) -> Option<&str> {
        match &self.decoded {
            Some((text, _)) => Some(text),
            None => self.outer.as_str().get(self.content.clone()),
        }
    }
}

impl Whole for Layer {
    fn outer(&self) -> &Text<'static> {
        &self.outer
    }

    fn with(&self, changes: &[(Range<usize>, String)]) -> Option<String> {
        (self.encoding.whole)(&with_changes(self.text()?, changes.to_vec())?, self.outer.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::source::{Builder, Source, applied};

    static DOUBLED: Encoding = Encoding {
        name: "quotes doubled",
        part: |new, _| Some(new.replace('\'', "''")),
        whole: |new, _| Some(format!("'{}'", new.replace('\'', "''"))),
    };

    static REVERSED: Encoding = Encoding {
        name: "reversed",
        part: |_, _| None,
        whole: |new, _| Some(new.chars().rev().collect()),
    };

    #[test]
    fn a_change_goes_through_every_layer() {
        let source = Source::new("x", "a='it''s cba'!");
        let text = source.traced();
        let token = text.slice(2..13);
        let mut built = Builder::new(&token);
        built.copy(1..3);
        built.decode("'", 3..5);
        built.copy(5..10);
        let inner = built.finish_in(&DOUBLED, 0..11, 1..10);
        assert_eq!(inner.as_str(), "it's cba");
        for (range, new, want) in [
            (0..2, "that'", "a='that''''s cba'!"),
            (2..3, "", "a='its cba'!"),
            (8..8, "'", "a='it''s cba'''!"),
            (0..0, "x", "a='xit''s cba'!"),
            (0..8, "", "a=''!"),
        ] {
            let edit = inner.edit(range.clone(), new).expect("an edit");
            assert_eq!(applied(source.text(), [&edit]).as_deref(), Some(want), "{range:?}");
        }
        // A layer that cannot encode a part encodes the whole anew.
        let part = inner.slice(5..8);
        let mut built = Builder::new(&part);
        (0..3).rev().for_each(|i| built.copy(i..i + 1));
        let innermost = built.finish(&REVERSED);
        let edit = innermost.edit(1..2, "'x").expect("an edit");
        assert_eq!(
            (innermost.as_str(), applied(source.text(), [&edit]).as_deref()),
            ("abc", Some("a='it''s cx''a'!"))
        );
    }

    #[test]
    fn what_has_no_known_way_back_cannot_be_edited() {
        let whole = Text::whole("abc".to_string(), Span::new(0..9));
        assert!(whole.edit(0..1, "x").is_none());
        assert!(Text::untraced("abc").edit(0..1, "x").is_none());
        assert!(Text::at("abc", 0).edit(2..9, "x").is_none());
        // Half of a character that several bytes stand for.
        let text = Text::at("%C3%A9", 0);
        let mut built = Builder::new(&text);
        built.decode("é", 0..6);
        let decoded = built.finish(&PLAIN);
        assert!(decoded.edit(0..2, "e").is_some() && decoded.edit(1..2, "e").is_none());
    }
}
