//! Which lines a repair changes, as they may be shown: compared as they are, written masked.

use similar::{DiffOp, DiffTag, TextDiff};

use crate::check::fix::Setting;
use crate::check::shown_everywhere;
use crate::report::is_obeyed;
use crate::source::{Source, Span};

/// How many lines stand around a change.
const AROUND: usize = 3;

/// Two texts side by side, line by line.
pub(super) struct Changes {
    /// The lines of either, with stars for what may not be shown.
    old: Vec<String>,
    new: Vec<String>,
    operations: Vec<DiffOp>,
}

impl Changes {
    /// What leads from one text to the other.
    pub(super) fn between(before: &Source, after: &Source, setting: Setting<'_>) -> Changes {
        // Both texts are cut where `masked` cuts them, so that its lines are those of the operations:
        // `similar` itself would end a line also at a lone carriage return.
        let (old, new) = (lines_of(before.text()), lines_of(after.text()));
        let (old, new): (Vec<&str>, Vec<&str>) = (old.collect(), new.collect());
        let operations = TextDiff::from_slices(&old, &new).ops().to_vec();
        Changes { old: masked(before, setting), new: masked(after, setting), operations }
    }

    /// The changes, each group with the lines around it.
    pub(super) fn hunks(&self) -> Vec<Vec<DiffOp>> {
        similar::group_diff_ops(self.operations.clone(), AROUND)
    }

    /// Every operation.
    pub(super) fn operations(&self) -> &[DiffOp] {
        &self.operations
    }

    /// The lines of an operation, each with its sign.
    pub(super) fn lines<'c>(&'c self, operation: &DiffOp) -> impl Iterator<Item = (char, &'c str)> + use<'c> {
        let (gone, come) = (&self.old[operation.old_range()], &self.new[operation.new_range()]);
        let (sign, come) = match operation.tag() {
            DiffTag::Equal => (' ', &[][..]),
            _ => ('-', come),
        };
        let gone = gone.iter().map(move |line| (sign, line.as_str()));
        gone.chain(come.iter().map(|line| ('+', line.as_str())))
    }
}

/// The lines of a text with their ends. Only a line feed ends one: a carriage return alone belongs to
/// the value that it stands in, as in every place that findings name.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n')
}

/// The lines of a source, with stars for what may not be shown.
fn masked(source: &Source, setting: Setting<'_>) -> Vec<String> {
    let shown: Vec<Span> = shown_everywhere(source, setting.skip, setting.format, setting.runtimes);
    let mut lines = Vec::new();
    let mut start = 0;
    for line in lines_of(source.text()) {
        let content = line.trim_end_matches(['\n', '\r']);
        let visible = |(i, c): (usize, char)| {
            let offset = Span::new(start + i..start + i).start;
            let next = shown.partition_point(|s| s.end <= offset);
            let known = shown.get(next).is_some_and(|s| s.start <= offset) && !is_obeyed(c);
            if known || c == ' ' { c } else { '*' }
        };
        lines.push(content.char_indices().map(visible).collect());
        start += line.len();
    }
    lines
}
