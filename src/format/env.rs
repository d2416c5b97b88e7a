//! Environment files with `AIRFLOW_CONN_<CONN_ID>=value` lines, quoted as a shell reads them. Other variables are passed over.

use std::ops::Range;

use super::environment::{Environment, variables};
use super::limits::VARIABLES;
use super::{Direction, Document, Format, Grows, Holds, Item, Likeness, Sample, WriteError, WriteOptions};
use crate::airflow::Raised;
use crate::airflow::runtime::Runtime;
use crate::source::{Builder, Encoding, Text};

pub(super) static FORMAT: Format = Format {
    name: "env",
    summary: "AIRFLOW_CONN_<ID>=value lines, quoted for a shell",
    reader: "a shell, then EnvironmentVariablesBackend",
    direction: Direction::Both,
    sniff,
    read,
    write,
    whole: false,
    holds: Holds::EitherText,
    limits: VARIABLES,
    grows: Grows::Lines,
    split: None,
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    sample.has_variables().then_some(if sample.is_dotenv() { Likeness::Sure } else { Likeness::Likely })
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    let raw = text.as_str();
    // Of a script only the assignments that may be about connections are looked at: the rest of it is for a shell to read.
    let script = raw.starts_with("#!");
    let mut at = 0;
    while at < raw.len() {
        let end = raw[at..].find('\n').map_or(raw.len(), |n| at + n);
        let line = &raw[at..end];
        let start = at + line.len() - line.trim_start().len();
        at = end + 1;
        let body = line.trim();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if script && !body.strip_prefix("export ").unwrap_or(body).trim_start().starts_with("AIRFLOW_") {
            continue;
        }
        let name_start = start + body.strip_prefix("export ").map_or(0, |rest| body.len() - rest.trim_start().len());
        let Some(equals) = raw[name_start..end].find('=').map(|n| name_start + n) else {
            if script {
                continue;
            }
            let message = "a line that is no assignment `NAME=value`";
            environment
                .document
                .problems
                .push(Raised::new("AirflowFileParseException", "AC101", message).at(text.span_of(start..start + body.len())));
            continue;
        };
        let name = text.slice(name_start..equals);
        let Word { value, filled, next } = match word(text, equals + 1, end) {
            Ok(found) => found,
            Err(raised) => {
                environment.document.problems.push(raised);
                continue;
            }
        };
        at = at.max(next);
        let bare_in_uri = filled.as_ref().is_some_and(|(_, place)| in_userinfo(value.as_str(), &raw[place.clone()]));
        if environment.add(&name, value, None)
            && let Some((filled, place)) = filled
        {
            let span = text.span_of(place);
            match filled {
                Filled::Variable => environment.template("`${…}` or `$NAME`, which a shell fills in,", span),
                Filled::Command => environment.template("`$(…)`, which a shell runs,", span),
                Filled::Small => environment.swallowed(span),
            }
            if bare_in_uri && filled != Filled::Small {
                environment.not_encoded();
            }
        }
    }
    environment.document
}

/// A value as it stands in a file.
struct Word<'a> {
    /// Unquoted.
    value: Text<'a>,
    /// The first thing in it that a shell fills in.
    filled: Option<(Filled, Range<usize>)>,
    /// Where reading goes on.
    next: usize,
}

/// What a shell, Compose and most dotenv libraries fill in outside of single quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filled {
    /// `${NAME}`, or `$NAME` in capitals.
    Variable,
    /// `$(command)`.
    Command,
    /// `$name`, which is as likely a part of a password.
    Small,
}

/// The value that begins at `start`. One that begins with a quote is a word of a shell, which may run over several lines and be put together
/// of several quoted pieces; any other value is the rest of the line as it stands.
fn word<'a>(text: &Text<'a>, start: usize, line_end: usize) -> Result<Word<'a>, Raised> {
    let raw = text.as_str();
    let bare = &raw[start..line_end];
    if !bare.starts_with(['\'', '"']) {
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        let range = start..start + bare.trim_end_matches([' ', '\t']).len();
        return Ok(Word { value: text.literal(range.clone(), range.clone(), &BARE), filled: filled(raw, range), next: line_end + 1 });
    }
    let mut pieces = Vec::new();
    let mut at = start;
    while let Some(c) = raw[at..].chars().next().filter(|c| !c.is_ascii_whitespace()) {
        let end = match c {
            '\'' | '"' => closing(raw, at, c).ok_or_else(|| {
                Raised::new("AirflowFileParseException", "AC101", "a quote that is not closed").at(text.span_of(at..at + 1))
            })?,
            '\\' => raw[at + 1..].chars().next().map_or(at, |next| at + next.len_utf8()),
            _ => raw[at..].find(|c: char| c.is_ascii_whitespace() || "'\"\\".contains(c)).map_or(raw.len(), |n| at + n) - 1,
        };
        pieces.push((c, at..end + 1));
        at = end + 1;
    }
    let next = raw[at..].find('\n').map_or(raw.len(), |n| at + n) + 1;
    let filled = pieces.iter().filter(|(c, _)| !matches!(c, '\'' | '\\')).find_map(|(_, piece)| filled(raw, piece.clone()));
    if let [(quote, piece)] = &pieces[..] {
        let inside = piece.start + 1..piece.end - 1;
        let value = match quote {
            '"' => unescaped(text, piece.clone()),
            '\'' => text.literal(piece.clone(), inside, &SINGLE),
            _ => text.slice(inside),
        };
        return Ok(Word { value, filled, next });
    }
    let word = text.slice(start..at);
    let mut built = Builder::new(&word);
    for (c, piece) in pieces {
        let piece = piece.start - start..piece.end - start;
        match c {
            '\'' => built.copy(piece.start + 1..piece.end - 1),
            '"' => unescape(&word, piece.start + 1..piece.end - 1, &mut built),
            '\\' => built.copy(piece.start + 1..piece.end),
            _ => built.copy(piece),
        }
    }
    Ok(Word { value: built.finish(&WORD), filled, next })
}

/// The first `$` in a part of the text that is not in single quotes and not escaped, with what it begins.
fn filled(raw: &str, range: Range<usize>) -> Option<(Filled, Range<usize>)> {
    let mut escaped = false;
    for (i, c) in raw[range.clone()].char_indices() {
        let rest = &raw[range.start + i..range.end];
        if c == '$' && !escaped {
            let name = 1 + rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len() - 1);
            let found = match rest.as_bytes().get(1) {
                Some(b'{') => Some((Filled::Variable, rest.find('}').map_or(2, |end| end + 1))),
                Some(b'(') => Some((Filled::Command, rest.find(')').map_or(2, |end| end + 1))),
                Some(b'A'..=b'Z' | b'_') if !rest[..name].contains(|c: char| c.is_ascii_lowercase()) => Some((Filled::Variable, name)),
                Some(b'A'..=b'Z' | b'a'..=b'z' | b'_') => Some((Filled::Small, name)),
                _ => None,
            };
            if let Some((filled, len)) = found {
                return Some((filled, range.start + i..range.start + i + len));
            }
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// Whether the value is a URI and this stands in front of its `@`.
fn in_userinfo(value: &str, piece: &str) -> bool {
    let uri = Some(value).filter(|value| !value.trim_start().starts_with('{')).and_then(|value| value.split_once("://"));
    uri.is_some_and(|(_, rest)| rest.rfind('@').is_some_and(|at| rest[..at].contains(piece)))
}

/// A value without quotes: the rest of the line as it stands.
static BARE: Encoding = Encoding {
    name: "a value without quotes",
    part: |new, old| {
        let stays = |c: char| c.is_ascii_graphic() && (is_safe(c) || old.contains(c));
        new.chars().all(stays).then(|| new.to_string())
    },
    whole: |new, _| Some(quoted(new)),
};

/// A word in single quotes.
static SINGLE: Encoding = Encoding {
    name: "shell word in single quotes",
    part: |new, _| (!new.contains('\'')).then(|| new.to_string()),
    whole: |new, _| Some(quoted(new)),
};

/// A word in double quotes.
static DOUBLE: Encoding = Encoding {
    name: "shell word in double quotes",
    part: |new, _| Some(escaped(new)),
    whole: |new, _| Some(format!("\"{}\"", escaped(new))),
};

/// A word that is put together of several pieces.
static WORD: Encoding = Encoding { name: "shell word", part: |_, _| None, whole: |new, _| Some(quoted(new)) };

/// Where the quote that opens at `start` is closed.
fn closing(raw: &str, start: usize, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (i, c) in raw[start + 1..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return Some(start + 1 + i),
            _ => {}
        }
    }
    None
}

fn unescaped<'a>(text: &Text<'a>, token: Range<usize>) -> Text<'a> {
    let inside = token.start + 1..token.end - 1;
    if !text.as_str()[inside.clone()].contains('\\') {
        return text.literal(token, inside, &DOUBLE);
    }
    let token = text.slice(token);
    let inside = 1..token.as_str().len() - 1;
    let mut built = Builder::new(&token);
    unescape(&token, inside.clone(), &mut built);
    built.finish_in(&DOUBLE, 0..token.as_str().len(), inside)
}

/// Inside double quotes a backslash escapes `$`, `` ` ``, `"`, `\` and a newline.
fn unescape(text: &Text<'_>, range: Range<usize>, built: &mut Builder<'_>) {
    let start = range.start;
    let mut chars = text.as_str()[range].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let at = start + i;
        match chars.peek() {
            Some((_, '\n')) if c == '\\' => {
                chars.next();
            }
            Some((_, next @ ('$' | '`' | '"' | '\\'))) if c == '\\' => {
                built.decode(next.encode_utf8(&mut [0; 4]), at..at + 2);
                chars.next();
            }
            _ => built.copy(at..at + c.len_utf8()),
        }
    }
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let known: usize = items.iter().filter_map(|item| item.value.as_ref()).map(|value| value.len() + 64).sum();
    let mut out = String::with_capacity(known);
    for (name, value) in variables(items, options)? {
        assign(&name, &value, &mut out);
    }
    Ok(out)
}

/// The environment of a process as a text of this format.
pub fn of_process(variables: impl Iterator<Item = (String, String)>) -> String {
    let mut out = String::new();
    variables.for_each(|(name, value)| assign(&name, &value, &mut out));
    out
}

fn assign(name: &str, value: &str, out: &mut String) {
    out.push_str(name);
    out.push('=');
    out.push_str(&quoted(value));
    out.push('\n');
}

/// As one word of a POSIX shell.
pub(super) fn quoted(value: &str) -> String {
    if !value.is_empty() && value.chars().all(is_safe) {
        return value.to_string();
    }
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    format!("\"{}\"", escaped(value))
}

/// Characters that mean themselves in a word without quotes.
fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '%' | '+' | ',' | '=')
}

/// As it stands between double quotes.
pub(super) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '$' | '`' | '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::Raw;
    use crate::airflow::runtime::Side;

    #[test]
    fn values_are_unquoted_as_a_shell_does() {
        for (line, want) in [
            ("AIRFLOW_CONN_A=x://h", Some("x://h")),
            ("AIRFLOW_CONN_A=x://h  \r\n", Some("x://h")),
            ("export AIRFLOW_CONN_A='x://h?a=b c'", Some("x://h?a=b c")),
            ("AIRFLOW_CONN_A=\"{\\\"a\\\": \\\\n}\"", Some("{\"a\": \\n}")),
            ("AIRFLOW_CONN_A='it'\"'\"'s'", Some("it's")),
            ("AIRFLOW_CONN_A='it'\\''s'x # c", Some("it'sx")),
            ("AIRFLOW_CONN_A='{\n}'\nB=1", Some("{\n}")),
            ("AIRFLOW_CONN_A=it's", Some("it's")),
            ("AIRFLOW_CONN_A=''", Some("")),
            ("AIRFLOW_CONN_A='x", None),
            ("OTHER='x'", None),
            ("#!/bin/sh\nset -e\nif [ \"$A\" = \"b\" ]; then\n  export AIRFLOW_CONN_A='x://h'\nfi\nexport AIRFLOW_HOME\n", Some("x://h")),
        ] {
            let text = Text::at(line, 0);
            let document = read(&text, &Runtime::newest(Side::Server));
            assert!(document.problems.is_empty() || want.is_none(), "{line:?}");
            let value = document.entries.first().map(|e| match &e.raw {
                Raw::Value(value) => value.as_str().to_string(),
                _ => String::new(),
            });
            assert_eq!(value.as_deref(), want, "{line:?}");
        }
    }

    #[test]
    fn what_a_shell_fills_in_is_found() {
        for (value, want) in [
            ("x://u:${PASS}@h", Some((Filled::Variable, "${PASS}"))),
            ("x://u:${PASS:-p}@h", Some((Filled::Variable, "${PASS:-p}"))),
            ("\"x://u:$PASS_1@h\"", Some((Filled::Variable, "$PASS_1"))),
            ("'x://'\"$HOST\"'/d'", Some((Filled::Variable, "$HOST"))),
            ("'x://'$HOST", Some((Filled::Variable, "$HOST"))),
            ("${WHOLE", Some((Filled::Variable, "${"))),
            ("\"$(cat key)\"", Some((Filled::Command, "$(cat key)"))),
            ("x://u:pa$word@h", Some((Filled::Small, "$word"))),
            ("x://u:pa$Word@h", Some((Filled::Small, "$Word"))),
            ("'x://u:${PASS}@h'", None),
            ("\"x://u:\\${PASS}@h\"", None),
            ("\"x://u:\\\\${PASS}@h\"", Some((Filled::Variable, "${PASS}"))),
            ("x://u:\\$PASS@h", None),
            ("'x'\\$PASS", None),
            ("x://u:p$@h?a=$&b=$1", None),
            ("x://u:p$", None),
        ] {
            let line = format!("AIRFLOW_CONN_A={value}");
            let word = word(&Text::at(&line, 0), "AIRFLOW_CONN_A=".len(), line.len()).ok();
            let found = word.and_then(|word| word.filled).map(|(filled, place)| (filled, &line[place]));
            assert_eq!(found, want, "{value}");
        }
    }

    #[test]
    fn what_is_written_for_a_shell_is_read_back() {
        for value in ["x://h", "x://h?a=b&c", "a'b", "$HOME `x` \\ \"", "'\"", "{\"a\": \"it's\"}", "two\nlines"] {
            let line = format!("AIRFLOW_CONN_A={}\n", quoted(value));
            let text = Text::at(&line, 0);
            let document = read(&text, &Runtime::newest(Side::Server));
            assert!(matches!(&document.entries[0].raw, Raw::Value(read) if read.as_str() == value), "{line}");
        }
    }
}
