//! Forms of a value in a file of variables that its readers take alike.

use super::readers::{Reading, compose, npm, python, shell};
use super::systemd_env;
use crate::format::helpers::shell_word::{is_safe, quoted};
use crate::source::is_printed;

type Reads = fn(&str) -> Reading;

/// What reads such files for Airflow, and systemd beside it.
const OFTEN: &[Reads] = &[shell::read, compose::read, python::read];

/// Every reader but systemd.
const ALL: &[Reads] = &[shell::read, compose::read, python::read, npm::read];

/// Whether all readers take a value in single quotes as it stands there.
pub(super) fn is_literal(value: &str) -> bool {
    !value.is_empty() && is_printed(value) && !value.contains(['\'', '\\', '$', '`'])
}

/// A value as it is written where nobody knows who reads the file: as all readers take it, or else
/// all but dotenv of npm, or else a shell and Compose, or else a shell.
pub(super) fn written(value: &str) -> String {
    let forms = forms(value);
    let of = |readers, systemd| forms.iter().find(|form| is_taken(form, value, readers, systemd));
    let form = of(ALL, true).or_else(|| of(OFTEN, true)).or_else(|| of(&OFTEN[..2], false));
    form.cloned().unwrap_or_else(|| quoted(value))
}

/// A form that all readers take alike.
pub(super) fn of_all(value: &str) -> Option<String> {
    if is_literal(value) && !value.chars().all(is_safe) {
        return Some(format!("'{value}'"));
    }
    forms(value).into_iter().find(|form| is_taken(form, value, ALL, true))
}

/// The ways to write a value: without quotes, in single and in double ones.
fn forms(value: &str) -> Vec<String> {
    if !value.is_empty() && value.chars().all(is_safe) {
        return vec![value.to_string()];
    }
    let mut double = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            double.push('\\');
        }
        double.push(c);
    }
    double.push('"');
    // Where it is pasted, an interactive shell replaces `!` in double quotes.
    let pasted = value.contains('!');
    std::iter::once(format!("'{value}'")).chain((!pasted).then_some(double)).collect()
}

fn is_taken(form: &str, value: &str, readers: &[Reads], by_systemd: bool) -> bool {
    // Of line ends of Windows each has its own opinion. Something follows, so that a quote that is
    // not closed is seen.
    let text = format!("A={form}\nB=b\n");
    // python-dotenv fills variables in whatever quotes stand around them.
    let is_filled = value.contains("${") && readers.len() > 2;
    !value.contains('\r')
        && !is_filled
        && (!by_systemd || systemd_env::taken(form).as_deref() == Some(value))
        && readers.iter().all(|read| {
            let reading = read(&text);
            let [first, second] = &reading.set[..] else { return false };
            let is_whole = !first.lost && first.value.holes.is_empty();
            reading.refused.is_empty()
                && is_whole
                && first.value.text == value
                && second.value.text == "b"
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_readers_take_them() {
        for (value, form, is_of_all) in [
            ("x://h", "x://h", true),
            ("x://h?a=b&c=d", "'x://h?a=b&c=d'", true),
            ("{\"a\": \"b\"}", "'{\"a\": \"b\"}'", true),
            ("a b # c", "'a b # c'", true),
            ("it's", "\"it's\"", true),
            ("US$100", "'US$100'", true),
            ("", "''", true),
            // Not by dotenv of npm.
            ("{\"a\": \"it's\"}", "\"{\\\"a\\\": \\\"it's\\\"}\"", false),
            ("x\\\\y", "\"x\\\\\\\\y\"", false),
            // By a shell and Compose.
            ("it's US$100", "\"it's US\\$100\"", false),
            ("${X}", "'${X}'", false),
            // By a shell alone.
            ("it's !! x", "'it'\"'\"'s !! x'", false),
            ("it's `x`", "'it'\"'\"'s `x`'", false),
        ] {
            assert_eq!(written(value), form, "{value}");
            assert_eq!(of_all(value).is_some(), is_of_all, "{value}");
        }
    }
}
