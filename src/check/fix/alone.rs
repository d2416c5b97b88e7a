//! One repair by itself, as an edit of the text that may be shown to anybody.

use super::{Setting, Told, fix_told, key};
use crate::check::{Finding, shown_everywhere};
use crate::source::{Source, Span};

/// An edit: what is put into the place of these bytes.
pub(crate) struct Edit {
    /// The bytes.
    pub(crate) span: Span,
    /// The text in their place.
    pub(crate) text: String,
}

/// The edit that repairs a finding alone; none where there is no repair, or where something in it
/// may be secret: a password that is encoded is still the password.
pub(crate) fn public_edit(
    source: &Source,
    setting: Setting<'_>,
    finding: &Finding,
) -> Option<Edit> {
    let safety = finding.fix.as_ref()?.safety;
    let this = key(finding);
    let told = Told { most: 0, selects: &|_| true };
    let fixed = fix_told(source, setting, safety, &|other| key(other) == this, told);
    if fixed.applied.is_empty() {
        return None;
    }
    let (old, new) = (source.text(), fixed.text);
    let begin = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let begin = old.floor_char_boundary(begin).min(new.floor_char_boundary(begin));
    let (old_rest, new_rest) = (&old[begin..], &new[begin..]);
    let end = old_rest.bytes().rev().zip(new_rest.bytes().rev()).take_while(|(a, b)| a == b);
    let end = end.count();
    let old_end = old.ceil_char_boundary(old.len() - end);
    let new_end = new.len() - (old.len() - old_end);
    let after = Source::new(source.name(), new);
    let shown = shown_everywhere(&after, setting.skip, setting.format, setting.runtimes);
    let text = &after.text()[begin..new_end];
    let is_shown = |at: usize| {
        let next = shown.partition_point(|span| span.end as usize <= at);
        shown.get(next).is_some_and(|span| span.start as usize <= at)
    };
    let mut written = text.char_indices().filter(|(_, c)| *c != ' ');
    let public = written.all(|(at, _)| is_shown(begin + at));
    public.then(|| Edit { span: Span::new(begin..old_end), text: text.to_string() })
}
