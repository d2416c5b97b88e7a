//! Which lines a repair changes, as they may be shown: compared as they are, written masked.

use std::ops::Range;

use similar::{DiffOp, DiffTag, TextDiff};

use crate::check::fix::Setting;
use crate::check::shown_everywhere;
use crate::source::is_obeyed;
use crate::source::{Source, Span};

/// How many lines stand around a change.
const AROUND: usize = 3;

/// Two texts side by side, line by line.
pub(super) struct Changes {
    pub(super) old: Side,
    pub(super) new: Side,
    operations: Vec<DiffOp>,
}

/// One of two texts, and what of it may be shown.
pub(super) struct Side {
    text: String,
    /// The bytes of each line, with its end.
    lines: Vec<Range<usize>>,
    shown: Vec<Span>,
    /// The numbers of the lines that the other one does not have.
    changed: Vec<usize>,
}

impl Changes {
    /// What leads from one text to the other.
    pub(super) fn between(before: &Source, after: &Source, setting: Setting<'_>) -> Changes {
        let (mut old, mut new) = (Side::of(before, setting), Side::of(after, setting));
        // Both texts are cut as they are shown: `similar` itself would end a line also at a lone
        // carriage return.
        let operations =
            TextDiff::from_slices(&old.whole_lines(), &new.whole_lines()).ops().to_vec();
        for operation in operations.iter().filter(|operation| operation.tag() != DiffTag::Equal) {
            old.changed.extend(operation.old_range());
            new.changed.extend(operation.new_range());
        }
        Changes { old, new, operations }
    }

    /// The changes, each group with the lines around it.
    pub(super) fn hunks(&self) -> Vec<Vec<DiffOp>> {
        similar::group_diff_ops(self.operations.clone(), AROUND)
    }

    /// The lines of an operation, each with its sign.
    pub(super) fn lines<'c>(
        &'c self,
        operation: &DiffOp,
    ) -> impl Iterator<Item = (char, String)> + use<'c> {
        let (sign, come) = match operation.tag() {
            DiffTag::Equal => (' ', 0..0),
            _ => ('-', operation.new_range()),
        };
        let gone = operation.old_range().map(move |line| (sign, self.old.line(line)));
        gone.chain(come.map(|line| ('+', self.new.line(line))))
    }
}

impl Side {
    fn of(source: &Source, setting: Setting<'_>) -> Side {
        let shown = shown_everywhere(source, setting.skip, setting.format, setting.runtimes);
        let mut lines = Vec::new();
        let mut start = 0;
        // Only a line feed ends a line: a carriage return alone belongs to the value that it stands
        // in, as in every place that findings name.
        for line in source.text().split_inclusive('\n') {
            lines.push(start..start + line.len());
            start += line.len();
        }
        Side { text: source.text().to_string(), lines, shown, changed: Vec::new() }
    }

    fn whole_lines(&self) -> Vec<&str> {
        self.lines.iter().map(|line| &self.text[line.clone()]).collect()
    }

    /// A line without its end, with stars for what may not be shown.
    fn line(&self, number: usize) -> String {
        let line = self.lines[number].clone();
        self.masked(line.start..line.start + self.text[line].trim_end_matches(['\n', '\r']).len())
    }

    /// A part of the text, with stars for what may not be shown.
    fn masked(&self, part: Range<usize>) -> String {
        let mut next = self.shown.partition_point(|span| span.end as usize <= part.start);
        let visible = |(at, c): (usize, char)| {
            let at = part.start + at;
            while self.shown.get(next).is_some_and(|span| span.end as usize <= at) {
                next += 1;
            }
            let known = self.shown.get(next).is_some_and(|span| span.start as usize <= at);
            if known && !is_obeyed(c) || c == ' ' { c } else { '*' }
        };
        self.text[part.clone()].char_indices().map(visible).collect()
    }

    /// The lines that the other text does not have, as far as they stand at these bytes. Of a line
    /// that is longer than a screen holds only what stands there is shown.
    pub(super) fn changed_at(
        &self,
        place: &Range<usize>,
    ) -> impl Iterator<Item = String> + use<'_> {
        let ends_ahead = |number: &usize| self.lines[*number].end <= place.start;
        let first = self.changed.partition_point(ends_ahead);
        let place = place.clone();
        let inside =
            self.changed[first..].iter().map(|number| (*number, self.lines[*number].clone()));
        inside
            .take_while({
                let end = place.end;
                move |(_, line)| line.start < end
            })
            .map(move |(number, line)| {
                if line.len() <= LONGEST {
                    return self.line(number);
                }
                let content =
                    line.start + self.text[line.clone()].trim_end_matches(['\n', '\r']).len();
                let start = place.start.max(line.start);
                let end = self
                    .text
                    .floor_char_boundary(place.end.min(content).min(start + LONGEST))
                    .max(start);
                let mark = |cut: bool| if cut { "…" } else { "" };
                format!(
                    "{}{}{}",
                    mark(start > line.start),
                    self.masked(start..end),
                    mark(end < content)
                )
            })
    }

    /// All lines that the other text does not have.
    pub(super) fn changed(&self) -> impl Iterator<Item = String> + '_ {
        self.changed.iter().map(|number| self.line(*number))
    }
}

/// Of a longer line, in bytes, only the part is shown that is about a connection.
const LONGEST: usize = 2_000;
