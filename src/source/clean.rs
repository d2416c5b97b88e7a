//! Text from outside, such as the name of a file, as people may see it: nothing in it is obeyed by
//! a terminal or by what reads the log of a run, and nothing hides or turns what stands around it.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// What takes the place of a character that is not shown.
const REPLACED: char = '\u{fffd}';

/// A character that is not written as it is: controls (C0, DEL, C1), what turns the direction of
/// writing (UAX #9) or is not seen at all (general category Cf), separators of lines and
/// paragraphs.
pub(crate) fn is_obeyed(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    match c {
        ' '..='~' => false,
        c => matches!(c.general_category(), Control | Format | LineSeparator | ParagraphSeparator),
    }
}

/// Nothing but what ASCII prints.
pub(crate) fn is_printed(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

/// A text for the middle of a line.
pub(crate) fn clean(text: &str) -> String {
    if is_printed(text) && !text.contains("##") {
        return text.to_string();
    }
    let mut before = None;
    let shown = |c: char| {
        // `##[group]`, `##vso[…]` and `##teamcity[…]` are obeyed by the runners of GitHub, Azure
        // Pipelines and TeamCity wherever they stand in a line.
        let obeyed = is_obeyed(c) || (c == '#' && before == Some('#'));
        before = Some(c);
        if obeyed { REPLACED } else { c }
    };
    text.chars().map(shown).collect()
}

/// A text that a line begins with. GitHub Actions obeys a line whose first letters are `::`.
pub(crate) fn clean_line(text: &str) -> String {
    let text = clean(text);
    match text.trim_start().strip_prefix("::") {
        Some(rest) => {
            let blanks = &text[..text.len() - rest.len() - 2];
            format!("{blanks}{REPLACED}:{rest}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_obeyed() {
        for (text, want) in [
            ("a.env", "a.env"),
            ("é 漢 😀 e\u{301}", "é 漢 😀 e\u{301}"),
            ("a\n::error::b\r\t\0", "a\u{fffd}::error::b\u{fffd}\u{fffd}\u{fffd}"),
            ("\u{1b}[2J\u{7}\u{7f}\u{9b}31m", "\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}31m"),
            (
                "\u{202e}a\u{2066}b\u{2069}\u{200f}\u{61c}",
                "\u{fffd}a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}",
            ),
            (
                "a\u{200b}b\u{feff}c\u{2028}d\u{2029}\u{ad}\u{e0041}",
                "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("#1 ##[add-mask]a ###", "#1 #\u{fffd}[add-mask]a #\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(clean(text), want, "{text:?}");
        }
    }

    #[test]
    fn no_line_begins_as_a_command() {
        for (text, want) in [
            ("a.env", "a.env"),
            (":a::b", ":a::b"),
            ("::error::a.env", "\u{fffd}:error::a.env"),
            ("  ::error::a.env", "  \u{fffd}:error::a.env"),
            ("\n::error::a.env", "\u{fffd}::error::a.env"),
            ("\u{a0}::error::a.env", "\u{a0}\u{fffd}:error::a.env"),
        ] {
            assert_eq!(clean_line(text), want, "{text:?}");
        }
    }
}
