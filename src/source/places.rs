//! For each byte of a decoded text, the bytes that it came from, kept as runs: text is mostly
//! copied as it stands, and a map byte by byte would take eight times its room.

use std::ops::Range;

use super::Span;

/// Where the bytes of a text came from.
#[derive(Clone, Default)]
pub(super) struct Places {
    runs: Vec<Run>,
    len: u32,
}

/// Bytes of the text from `start` to the next run.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    from: Span,
    /// Byte after byte came from byte after byte; otherwise all of `from` stands behind each.
    literal: bool,
}

impl Run {
    /// What stands behind the byte `at` of the text.
    fn place(&self, at: u32) -> Span {
        if !self.literal {
            return self.from;
        }
        let start = self.from.start.saturating_add(at - self.start);
        Span { start, end: start.saturating_add(1) }
    }

    /// What stands behind bytes of the text, all of this run.
    fn cover(&self, range: Range<u32>) -> Span {
        match self.literal {
            true => self.place(range.start).cover(self.place(range.end - 1)),
            false => self.from,
        }
    }
}

impl Places {
    /// `len` bytes behind each of which all of `from` stands.
    pub(super) fn block(from: Span, len: usize) -> Places {
        let mut places = Places::default();
        places.push_block(from, len);
        places
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    /// Adds bytes that came one by one from the bytes of `from`.
    pub(super) fn push_literal(&mut self, from: Span) {
        let len = from.end.saturating_sub(from.start);
        if len == 0 {
            return;
        }
        let start = self.len;
        self.len = start.saturating_add(len);
        match self.runs.last_mut() {
            Some(run) if run.literal && run.from.end == from.start => run.from.end = from.end,
            _ => self.runs.push(Run { start, from, literal: true }),
        }
    }

    /// Adds `len` bytes behind each of which all of `from` stands.
    pub(super) fn push_block(&mut self, from: Span, len: usize) {
        if len == 0 {
            return;
        }
        let start = self.len;
        self.len = start.saturating_add(Span::new(len..len).start);
        match self.runs.last() {
            Some(run) if !run.literal && run.from == from => {}
            _ => self.runs.push(Run { start, from, literal: false }),
        }
    }

    /// The run of a byte that there is.
    fn run(&self, at: u32) -> usize {
        self.runs.partition_point(|run| run.start <= at) - 1
    }

    /// Pieces of runs, as far as they are in a range.
    fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = (Run, Range<u32>)> {
        let range = Span::new(range);
        let end = range.end.min(self.len);
        let first = if range.start < end { self.run(range.start) } else { self.runs.len() };
        let runs = self.runs[first..].iter().enumerate();
        runs.map_while(move |(at, run)| {
            let next = self.runs.get(first + at + 1).map_or(self.len, |next| next.start);
            let piece = run.start.max(range.start)..next.min(end);
            (piece.start < piece.end).then_some((*run, piece))
        })
    }

    /// What stands behind a byte.
    pub(super) fn get(&self, at: usize) -> Option<Span> {
        let at = u32::try_from(at).ok().filter(|at| *at < self.len)?;
        Some(self.runs[self.run(at)].place(at))
    }

    /// What stands behind a range; behind an empty one the place between its neighbours.
    pub(super) fn cover(&self, range: Range<usize>) -> Option<Span> {
        let start = range.start;
        if range.end <= self.len() {
            let pieces = self.pieces(range).map(|(run, piece)| run.cover(piece));
            if let Some(all) = pieces.reduce(Span::cover) {
                return Some(all);
            }
        }
        if let Some(next) = self.get(start) {
            return Some(next.start_point());
        }
        let last = self.get(self.len().checked_sub(1)?)?;
        Some(Span { start: last.end, end: last.end })
    }

    /// Those of a part of the text.
    pub(super) fn slice(&self, range: Range<usize>) -> Places {
        let mut part = Places::default();
        part.push_part(self, range);
        part
    }

    /// Adds those of a part of another text.
    fn push_part(&mut self, of: &Places, range: Range<usize>) {
        for (run, piece) in of.pieces(range) {
            match run.literal {
                true => self.push_literal(run.cover(piece)),
                false => self.push_block(run.from, piece.len()),
            }
        }
    }

    /// The same as seen from the text that the places are in, where that came from somewhere
    /// itself.
    pub(super) fn within(&self, base: &Places) -> Places {
        self.mapped(
            |places, from| places.push_part(base, from.range()),
            |from| base.cover(from.range()),
        )
    }

    /// The same, where the text that the places are in begins at byte `by` of another.
    pub(super) fn shifted(&self, by: u32) -> Places {
        self.mapped(|places, from| places.push_literal(from.shift(by)), |from| Some(from.shift(by)))
    }

    /// The same, counted from byte `start` on.
    pub(super) fn counted_from(&self, start: u32) -> Places {
        let less = |span: Span| Span {
            start: span.start.saturating_sub(start),
            end: span.end.saturating_sub(start),
        };
        self.mapped(|places, from| places.push_literal(less(from)), |from| Some(less(from)))
    }

    fn mapped(
        &self,
        literal: impl Fn(&mut Places, Span),
        block: impl Fn(Span) -> Option<Span>,
    ) -> Places {
        let mut mapped = Places::default();
        for (run, piece) in self.pieces(0..self.len()) {
            match run.literal {
                true => literal(&mut mapped, run.from),
                false => mapped.push_block(block(run.from).unwrap_or_default(), piece.len()),
            }
        }
        mapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same byte by byte.
    fn flat(places: &Places) -> Vec<Span> {
        (0..places.len()).map(|at| places.get(at).expect("inside")).collect()
    }

    fn some() -> Places {
        let mut places = Places::default();
        places.push_literal(Span::new(3..6));
        places.push_literal(Span::new(6..8));
        places.push_block(Span::new(8..11), 1);
        places.push_block(Span::new(8..11), 2);
        places.push_block(Span::new(11..14), 1);
        places.push_literal(Span::new(20..22));
        places
    }

    #[test]
    fn runs_say_what_a_map_byte_by_byte_says() {
        let places = some();
        let span = |start, end| Span { start, end };
        let mut bytes: Vec<Span> = (3..8).map(|at| span(at, at + 1)).collect();
        bytes.extend([span(8, 11); 3]);
        bytes.extend([span(11, 14), span(20, 21), span(21, 22)]);
        assert_eq!(flat(&places), bytes);
        assert_eq!(places.runs.len(), 4);
        for start in 0..=bytes.len() {
            assert_eq!(places.get(start), bytes.get(start).copied());
            for end in start..=bytes.len() {
                let inside = &bytes[start..end];
                assert_eq!(flat(&places.slice(start..end)), inside, "{start}..{end}");
                let all = inside.iter().copied().reduce(Span::cover);
                let next = bytes.get(start).map(|next| next.start_point());
                let want = all.or(next).unwrap_or(span(22, 22));
                assert_eq!(places.cover(start..end), Some(want), "{start}..{end}");
            }
        }
        assert_eq!(Places::default().cover(0..0), None);
        assert_eq!(places.cover(0..99), Some(span(3, 3)));
    }

    #[test]
    fn places_are_carried_on() {
        let places = some();
        let shifted = flat(&places.shifted(100));
        assert!(flat(&places).iter().zip(&shifted).all(|(a, b)| a.shift(100) == *b));
        let back = flat(&places.shifted(100).counted_from(100));
        assert_eq!(back, flat(&places));
        let mut outer = Places::default();
        outer.push_literal(Span::new(50..60));
        outer.push_block(Span::new(70..76), 4);
        outer.push_literal(Span::new(80..88));
        let within = flat(&places.within(&outer));
        let want: Vec<Span> = flat(&places)
            .iter()
            .map(|span| outer.cover(span.range()).unwrap_or_default())
            .collect();
        assert_eq!(within, want);
    }
}
