//! Text after zero or more decodings that knows where each of its bytes came from and how it was
//! encoded there.

mod edit;
mod layer;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Span;
use super::places::Places;
pub use edit::{Edit, Taken, Whole, applied};
pub use layer::{Encoding, PLAIN};

use edit::identity;
use layer::Layer;

/// Text after zero or more decodings, and, if traced, the source bytes behind each byte of it.
#[derive(Clone)]
pub struct Text<'a> {
    text: Cow<'a, str>,
    origin: Origin,
    /// The innermost layer that this text was decoded from, and where in its decoded text this text
    /// begins.
    within: Option<(Arc<Layer>, usize)>,
}

#[derive(Clone)]
enum Origin {
    /// Nobody asked for places.
    Untraced,
    /// Byte `i` is byte `base + i` of the source.
    From(u32),
    /// The source bytes of each byte.
    Map(Places),
}

/// Never prints the text: it may hold secrets.
impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({} bytes at {:?})", self.text.len(), self.span())
    }
}

impl<'a> Text<'a> {
    /// Text whose origin nobody asks for.
    pub fn untraced(text: &'a str) -> Text<'a> {
        Text { text: Cow::Borrowed(text), origin: Origin::Untraced, within: None }
    }

    /// Text that stands literally in the source, from byte `base` on.
    pub fn at(text: &'a str, base: u32) -> Text<'a> {
        Text { text: Cow::Borrowed(text), origin: Origin::From(base), within: None }
    }

    /// Owned text whose origin nobody asks for.
    pub fn owned(text: String) -> Text<'static> {
        Text { text: Cow::Owned(text), origin: Origin::Untraced, within: None }
    }

    /// Owned text that came, as a whole, from `span`. How is not known: it cannot be edited.
    pub fn whole(text: String, span: Span) -> Text<'static> {
        let origin = Origin::Map(Places::block(span, text.len()));
        Text { text: Cow::Owned(text), origin, within: None }
    }

    /// The part `content` of this text, which is encoded as `token`, quotes included, and decodes
    /// to itself.
    pub fn literal(
        &self,
        token: Range<usize>,
        content: Range<usize>,
        encoding: &'static Encoding,
    ) -> Text<'a> {
        let mut text = self.slice(content.clone());
        if self.is_traced() {
            let inside = content.start - token.start..content.end - token.start;
            let outer = self.slice(token).into_static();
            text.within = Some((Arc::new(Layer::literal(encoding, outer, inside)), 0));
        }
        text
    }

    /// What to change in the source so that `new` is read in place of a range of this text. `None`
    /// where no place is known or a layer cannot hold it.
    pub fn edit(&self, range: Range<usize>, new: &str) -> Option<Edit> {
        if range.start > range.end || range.end > self.text.len() {
            return None;
        }
        match (&self.within, &self.origin) {
            (Some((layer, at)), _) => layer.edit(range.start + at..range.end + at, new),
            (None, Origin::From(base)) => Some(Edit::new(Span::new(range).shift(*base), new)),
            (None, _) => None,
        }
    }

    /// How many layers it is wrapped in.
    pub(super) fn depth(&self) -> usize {
        self.within.as_ref().map_or(0, |(layer, _)| layer.depth())
    }

    /// The place of the whole text from the source inwards, through the layers that are encoded
    /// anew as a whole.
    pub(super) fn path(&self) -> Vec<(usize, Range<usize>)> {
        match &self.within {
            Some((layer, at)) if !layer.takes_parts() => {
                let mut path = layer.outer().path();
                path.push((identity(layer), *at..*at + self.text.len()));
                path
            }
            _ => vec![(0, self.span().unwrap_or_default().range())],
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text for as long as the source lives, if it stands there literally.
    pub fn borrowed(&self) -> Option<&'a str> {
        match self.text {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.text.into_owned()
    }

    /// True if places can be asked for.
    pub fn is_traced(&self) -> bool {
        !matches!(self.origin, Origin::Untraced)
    }

    /// The same text without its origin.
    pub fn forget(&self) -> Text<'_> {
        Text::untraced(&self.text)
    }

    /// The source bytes of the whole text; an empty decoded text has no place of its own.
    pub fn span(&self) -> Option<Span> {
        self.span_of(0..self.text.len())
    }

    /// The source bytes behind a range of this text.
    pub fn span_of(&self, range: Range<usize>) -> Option<Span> {
        match &self.origin {
            Origin::Untraced => None,
            Origin::From(base) => Some(Span::new(range).shift(*base)),
            Origin::Map(places) => places.cover(range),
        }
    }

    /// The same places under another text. One of another length in bytes (lower case may have)
    /// stands, as a whole, for the whole.
    pub fn with_text(&self, text: String) -> Text<'static> {
        match self.span() {
            Some(span) if text.len() != self.text.len() => Text::whole(text, span),
            Some(_) => Text {
                text: Cow::Owned(text),
                origin: self.origin.clone(),
                within: self.within.clone(),
            },
            None => Text::owned(text),
        }
    }

    /// Owned text with the same places.
    pub fn into_static(self) -> Text<'static> {
        Text { text: Cow::Owned(self.text.into_owned()), origin: self.origin, within: self.within }
    }

    /// A part of this text. Borrowed text stays borrowed.
    pub fn slice(&self, range: Range<usize>) -> Text<'a> {
        let start = range.start;
        let origin = match &self.origin {
            Origin::Untraced => Origin::Untraced,
            Origin::From(base) => Origin::From(base.saturating_add(Span::new(range.clone()).start)),
            Origin::Map(places) => Origin::Map(places.slice(range.clone())),
        };
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
            Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
        };
        let within = self.within.as_ref().map(|(layer, at)| (Arc::clone(layer), at + start));
        Text { text, origin, within }
    }

    /// Everything from byte `start` on.
    pub fn from(&self, start: usize) -> Text<'a> {
        self.slice(start..self.text.len())
    }

    /// Split at the first `delimiter`, which is dropped; `None` if it is not there.
    pub fn split_once(&self, delimiter: &str) -> Option<(Text<'a>, Text<'a>)> {
        let at = self.text.find(delimiter)?;
        Some((self.slice(0..at), self.from(at + delimiter.len())))
    }

    /// Split at the last `delimiter`, which is dropped; `None` if it is not there.
    pub fn rsplit_once(&self, delimiter: &str) -> Option<(Text<'a>, Text<'a>)> {
        let at = self.text.rfind(delimiter)?;
        Some((self.slice(0..at), self.from(at + delimiter.len())))
    }

    /// Without the characters that `remove` accepts.
    pub fn without(&self, remove: impl Fn(char) -> bool) -> Text<'a> {
        if !self.text.contains(&remove) {
            return self.clone();
        }
        let mut built = Builder::new(self);
        for (i, c) in self.text.char_indices() {
            if !remove(c) {
                built.copy(i..i + c.len_utf8());
            }
        }
        built.finish(&PLAIN)
    }

    /// Every occurrence of `needle` replaced by the last `keep` bytes of it.
    pub fn shorten_all(&self, needle: &str, keep: usize) -> Text<'a> {
        if let (Some(at), true) = (self.text.find(needle), needle.len() >= keep) {
            let skip = needle.len() - keep;
            if at == 0 && !self.text[needle.len()..].contains(needle) {
                return self.from(skip);
            }
            let mut built = Builder::new(self);
            let mut done = 0;
            for (at, _) in self.text.match_indices(needle) {
                built.copy(done..at);
                done = at + skip;
            }
            built.copy(done..self.text.len());
            return built.finish(&PLAIN);
        }
        self.clone()
    }
}

/// Builds decoded text from `base`, byte ranges of which it is told as it goes.
pub struct Builder<'b> {
    base: &'b Text<'b>,
    text: String,
    /// For each byte of the text, the bytes of the base; only kept if the base is traced.
    from: Places,
}

impl<'b> Builder<'b> {
    /// A builder whose ranges count in `base`.
    pub fn new(base: &'b Text<'_>) -> Builder<'b> {
        // Nothing is reserved: the base may be a whole file, of which this becomes one of thousands
        // of values.
        Builder { base, text: String::new(), from: Places::default() }
    }

    /// Copies a range of the base literally.
    pub fn copy(&mut self, range: Range<usize>) {
        if self.base.is_traced() {
            self.from.push_literal(Span::new(range.clone()));
        }
        self.text.push_str(&self.base.text[range]);
    }

    /// Adds text that a range of the base stands for.
    pub fn decode(&mut self, text: &str, range: Range<usize>) {
        if self.base.is_traced() {
            self.from.push_block(Span::new(range), text.len());
        }
        self.text.push_str(text);
    }

    /// The text built so far, in bytes.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// True before anything was added.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The decoded text, traced if the base was; the whole base is its encoded form.
    pub fn finish(self, encoding: &'static Encoding) -> Text<'static> {
        let all = 0..self.base.text.len();
        self.finish_in(encoding, all.clone(), all)
    }

    /// The decoded text, whose encoded form is the part `token` of the base, with delimiters around
    /// `content`.
    pub fn finish_in(
        self,
        encoding: &'static Encoding,
        token: Range<usize>,
        content: Range<usize>,
    ) -> Text<'static> {
        if !self.base.is_traced() {
            return Text::owned(self.text);
        }
        let map = match &self.base.origin {
            Origin::Untraced => Places::default(),
            Origin::From(base) => self.from.shifted(*base),
            Origin::Map(places) => self.from.within(places),
        };
        let from = self.from.counted_from(Span::new(token.start..token.start).start);
        let inside = content.start - token.start..content.end - token.start;
        let layer = Layer::decoded(
            encoding,
            self.base.slice(token).into_static(),
            inside,
            self.text.clone(),
            from,
        );
        Text {
            text: Cow::Owned(self.text),
            origin: Origin::Map(map),
            within: Some((Arc::new(layer), 0)),
        }
    }
}
