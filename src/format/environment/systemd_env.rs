//! The files of systemd's `EnvironmentFile=`: quotes and backslashes, but not a shell's.

use std::ops::Range;

use super::readers::until;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised, Refusal};
use crate::format::helpers::environment::{Environment, PREFIX, variables};
use crate::format::helpers::shell_word::escaped;
use crate::format::limits::{AS_TEXT, Limits, NO_ID, VARIABLE_NAME, VARIABLE_NUL, VARIABLE_TWICE};
use crate::format::{
    Document, FileName, Format, Grade, Grows, Holds, Item, Likeness, Sample, WriteError,
    WriteOptions, held,
};
use crate::source::{Builder, Encoding, Text};

/// What ends a line outside of quotes (NEWLINE of systemd's env-file.c).
const ENDS: [char; 2] = ['\n', '\r'];

const CONTROL: &str =
    "… holds a control character, which systemd refuses; --value json writes it as an escape";

pub(super) static FORMAT: Format = Format {
    name: "systemd-env",
    summary: "the file of systemd's EnvironmentFile=",
    reader: "systemd, then EnvironmentVariablesBackend",
    names: &[FileName::searched("etc/default/*"), FileName::searched("etc/sysconfig/*")],
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: Limits {
        refuses: &[NO_ID, AS_TEXT, VARIABLE_NAME, VARIABLE_TWICE, VARIABLE_NUL, CONTROL],
        loses: &["id"],
    },
    grows: Grows::Lines,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    // Such files have any name; these two places are systemd's.
    (FORMAT.name_of(&sample.path).is_some() && sample.has_variables()).then_some(Likeness::Sure)
}

/// What stands ahead of a name, and at the end of an unquoted value, and is passed over (WHITESPACE
/// of systemd's string-util.h).
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    let raw = text.as_str();
    let mut at = 0;
    // A comment that ends in a backslash, which older versions read on in the next line.
    let mut hidden = false;
    while at < raw.len() {
        at += raw[at..].len() - raw[at..].trim_start_matches(BLANKS).len();
        let line = raw[at..].find(ENDS).map_or(raw.len(), |n| at + n);
        let body = &raw[at..line];
        if body.is_empty() || body.starts_with(['#', ';']) {
            hidden = (body.len() - body.trim_end_matches('\\').len()) % 2 == 1;
            at = line + 1;
            continue;
        }
        let hidden = std::mem::take(&mut hidden);
        let Some(equals) = body.find('=').map(|n| at + n) else {
            let message = "a line that is not an assignment `NAME=value`; systemd passes it over";
            problem(&mut environment, text, at..at + body.trim_end().len(), message);
            at = line + 1;
            continue;
        };
        let name = text.slice(at..at + raw[at..equals].trim_end_matches(BLANKS).len());
        let value = value(text, equals + 1);
        let start = at;
        at = value.next;
        if name.as_str().split_once([' ', '\t']).is_some_and(is_exported) {
            let message = "systemd passes over this line: to it `export` is a part of the name";
            problem(&mut environment, text, start..start + "export".len(), message);
            continue;
        }
        let control = |c: char| c.is_ascii_control() && c != '\t' && c != '\n';
        if value.text.as_str().contains(control) && name.as_str().starts_with(PREFIX) {
            let message = "systemd passes over a variable with a control character in its value";
            problem(&mut environment, text, start..equals, message);
            continue;
        }
        let added = environment.add(&name, value.text, None);
        if added {
            environment.ends_at(text, value.end);
        }
        if let Some(quote) = value.open {
            let message = "a quote that is not closed: systemd takes the rest of the file as the \
                           value of this variable";
            problem(&mut environment, text, quote..quote + 1, message);
        }
        if added && hidden {
            environment.remark(
                Fault::Readers,
                Grade::Warning,
                text.span_of(start..equals),
                "systemd before 254 takes this line for a part of the comment above, which ends in \
                 a backslash",
                "end the comment with something else",
            );
        }
    }
    environment.document
}

/// `export` and the name of a variable with a connection.
fn is_exported((word, name): (&str, &str)) -> bool {
    word == "export" && name.trim_start().starts_with(PREFIX)
}

fn problem(environment: &mut Environment<'_>, text: &Text<'_>, at: Range<usize>, message: &str) {
    let raised = Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Variables), message);
    environment.document.problems.push(raised.at(text.span_of(at)));
}

/// A value, quotes and all.
static WORD: Encoding =
    Encoding { name: "a value for systemd", part: |_, _| None, whole: |new, _| Some(quoted(new)) };

struct Given<'a> {
    text: Text<'a>,
    /// Where it ends.
    end: usize,
    /// Where the next line begins.
    next: usize,
    /// The place of a quote that is not closed.
    open: Option<usize>,
}

/// The value that begins at `start`, by the states of systemd's env-file.c: quotes are quotes at
/// the beginning of a value and behind the end of a quoted part, blanks are dropped there and at
/// the end of an unquoted value, and a quote that is not closed takes everything.
fn value<'a>(text: &Text<'a>, start: usize) -> Given<'a> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Before,
        Value,
        Quoted(char, usize),
    }
    let raw = text.as_str();
    let mut built = Builder::new(text);
    let mut state = State::Before;
    // Blanks of an unquoted value, held back until something follows them.
    let mut held = start..start;
    let mut at = start;
    while let Some(c) = raw[at..].chars().next() {
        let end = at + c.len_utf8();
        let next = raw[end..].chars().next();
        match (state, c) {
            (State::Before | State::Value, c) if ENDS.contains(&c) => break,
            (State::Before, ' ' | '\t') => {}
            (State::Before, '\'' | '"') => state = State::Quoted(c, at),
            (State::Quoted(open, _), c) if c == open => state = State::Before,
            // A backslash ahead of a line end joins the lines; in double quotes others are kept but
            // ahead of `"`, `\`, `` ` `` and `$`.
            (State::Before | State::Value | State::Quoted('"', _), '\\') => {
                built.copy(std::mem::replace(&mut held, end..end));
                let quoted = matches!(state, State::Quoted(..));
                match next {
                    Some('\n') => {}
                    Some('\r') if !quoted => {}
                    Some(c) if !quoted || matches!(c, '"' | '\\' | '`' | '$') => {
                        built.decode(c.encode_utf8(&mut [0; 4]), at..end + c.len_utf8());
                    }
                    Some(c) => built.copy(at..end + c.len_utf8()),
                    None => {}
                }
                if !quoted {
                    state = State::Value;
                }
                at = end + next.map_or(0, char::len_utf8);
                held = at..at;
                continue;
            }
            (State::Value, ' ' | '\t') => {
                if held.is_empty() {
                    held = at..end;
                } else {
                    held.end = end;
                }
            }
            _ => {
                if state == State::Before {
                    state = State::Value;
                }
                // As far as nothing changes the state.
                let end = match state {
                    State::Quoted(open, _) => until(raw, end, &[open, '\\']),
                    _ => until(raw, end, &[ENDS[0], ENDS[1], ' ', '\t', '\\']),
                };
                built.copy(std::mem::replace(&mut held, end..end));
                built.copy(at..end);
                at = end;
                continue;
            }
        }
        at = end;
    }
    let open = match state {
        State::Quoted(_, open) => Some(open),
        _ => None,
    };
    let token = start..at;
    let next = (at + 1).min(raw.len().max(at));
    Given { text: built.finish_in(&WORD, token.clone(), token), end: at, next, open }
}

/// The value that systemd takes from what stands behind the `=` of a line of its own.
pub(super) fn taken(form: &str) -> Option<String> {
    let given = value(&Text::untraced(form), 0);
    let is_whole = given.open.is_none() && given.next >= form.len();
    is_whole.then(|| given.text.as_str().to_string())
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (i, (name, value)) in variables(items, options)?.into_iter().enumerate() {
        // systemd passes over values with control characters other than tab and line end.
        let refused =
            |text: &str| text.chars().any(|c| c.is_ascii_control() && c != '\t' && c != '\n');
        if refused(&value) {
            return Err(held(&items[i], i, CONTROL, refused));
        }
        out.push_str(&format!("{name}={}\n", quoted(&value)));
    }
    Ok(out)
}

fn quoted(value: &str) -> String {
    let safe = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '%' | '+' | ',' | '=' | '?' | '&')
    };
    if !value.is_empty() && value.chars().all(safe) {
        return value.to_string();
    }
    // Between double quotes systemd takes the escapes of a shell.
    format!("\"{}\"", escaped(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::Raw;
    use crate::airflow::runtime::Side;

    #[test]
    fn values_are_unquoted_as_systemd_does() {
        for (line, want) in [
            ("AIRFLOW_CONN_A=x://h", Some("x://h")),
            ("AIRFLOW_CONN_A= x://h  \r\n", Some("x://h")),
            ("AIRFLOW_CONN_A='x://h?a=b c' ", Some("x://h?a=b c")),
            ("AIRFLOW_CONN_A=\"a\\\"b\\\\c\\$d\\e\"", Some("a\"b\\c$d\\e")),
            ("AIRFLOW_CONN_A='a\\b'", Some("a\\b")),
            ("AIRFLOW_CONN_A=a\\b\\\nc", Some("abc")),
            ("AIRFLOW_CONN_A='a\nb'", Some("a\nb")),
            ("AIRFLOW_CONN_A='a' \"b\" c", Some("abc")),
            ("AIRFLOW_CONN_A=a b  c ", Some("a b  c")),
            ("AIRFLOW_CONN_A=$HOME", Some("$HOME")),
            // As the parser of systemd 252 reads them.
            ("AIRFLOW_CONN_A=x\rB=y\r\n", Some("x")),
            ("#c\rAIRFLOW_CONN_A=a b \r\rB=2\r", Some("a b")),
            // Read, and passed over for its control character.
            ("AIRFLOW_CONN_A='q\r\nr'\r\n", None),
            ("AIRFLOW_CONN_A=c\\\rd\n", Some("cd")),
            ("AIRFLOW_CONN_A=a\\\r\nb\n", Some("a")),
            ("AIRFLOW_CONN_A=\"a\\\r\nb\"\n", None),
            ("AIRFLOW_CONN_A='a\nB=1\n", Some("a\nB=1\n")),
            ("AIRFLOW_CONN_A={\"a\": \"b\"}", Some("{\"a\": \"b\"}")),
            ("AIRFLOW_CONN_A=it's", Some("it's")),
            ("AIRFLOW_CONN_A=\"a\" # b", Some("a# b")),
            ("export AIRFLOW_CONN_A=a", None),
            ("# c\\\nAIRFLOW_CONN_A=a", Some("a")),
            ("; AIRFLOW_CONN_A=a", None),
        ] {
            let text = Text::at(line, 0);
            let document = read(&text, &Runtime::newest(Side::Server));
            let value = document.entries.first().map(|e| match &e.raw {
                Raw::Value(value) => value.as_str().to_string(),
                _ => String::new(),
            });
            assert_eq!(value.as_deref(), want, "{line:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for value in ["x://h", "a'b", "$HOME `x` \\ \"", "two\nlines", " blanks ", "é😀"] {
            let line = format!("AIRFLOW_CONN_A={}\n", quoted(value));
            let text = Text::at(&line, 0);
            let document = read(&text, &Runtime::newest(Side::Server));
            assert!(
                matches!(&document.entries[0].raw, Raw::Value(read) if read.as_str() == value),
                "{line}"
            );
        }
    }
}
