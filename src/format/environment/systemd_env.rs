//! The files of systemd's `EnvironmentFile=`: quotes and backslashes, but not a shell's.

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised, Refusal};
use crate::format::helpers::environment::{Environment, variables};
use crate::format::helpers::shell_word::escaped;
use crate::format::limits::{AS_TEXT, Limits, NO_ID, VARIABLE_NAME, VARIABLE_NUL, VARIABLE_TWICE};
use crate::format::{
    Document, FileName, Format, Grows, Holds, Item, Likeness, Sample, WriteError, WriteOptions,
    held,
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

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    let raw = text.as_str();
    let mut at = 0;
    while at < raw.len() {
        let line = raw[at..].find(ENDS).map_or(raw.len(), |n| at + n);
        let start = line - raw[at..line].trim_start().len();
        let body = &raw[start..line];
        if body.is_empty() || body.starts_with(['#', ';']) {
            at = line + 1;
            continue;
        }
        let Some(equals) = body.find('=').map(|n| start + n) else {
            let message = "a line that is not an assignment `NAME=value`; systemd passes it over";
            let place = text.span_of(start..start + body.trim_end().len());
            environment.document.problems.push(
                Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Variables), message)
                    .at(place),
            );
            at = line + 1;
            continue;
        };
        let name = text.slice(start..start + raw[start..equals].trim_end().len());
        match value(text, equals + 1) {
            Ok((value, next)) => {
                environment.add(&name, value, None);
                at = next;
            }
            Err(quote) => {
                let message = "a quote that is not closed";
                environment.document.problems.push(
                    Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Variables), message)
                        .at(text.span_of(quote..quote + 1)),
                );
                at = line + 1;
            }
        }
    }
    environment.document
}

/// A value, quotes and all.
static WORD: Encoding =
    Encoding { name: "a value for systemd", part: |_, _| None, whole: |new, _| Some(quoted(new)) };

/// The value that begins at `start` and where the next line begins; the place of a quote that is
/// not closed.
fn value<'a>(text: &Text<'a>, start: usize) -> Result<(Text<'a>, usize), usize> {
    let raw = text.as_str();
    let mut built = Builder::new(text);
    let mut quote: Option<(char, usize)> = None;
    let mut at = start + raw[start..].len() - raw[start..].trim_start_matches([' ', '\t']).len();
    // Blanks at the end of an unquoted value do not belong to it: they are held back until
    // something follows.
    let mut held = at..at;
    while let Some(c) = raw[at..].chars().next() {
        let end = at + c.len_utf8();
        let next = raw[end..].chars().next();
        match (quote, c) {
            (None, c) if ENDS.contains(&c) => break,
            (None, '\'' | '"') => {
                built.copy(held.clone());
                quote = Some((c, at));
                held = end..end;
            }
            (Some((open, _)), _) if c == open => {
                quote = None;
                held = end..end;
            }
            // A backslash before a line end joins the lines; in double quotes others are kept but
            // before `"`, `\`, `` ` `` and `$`.
            (None | Some(('"', _)), '\\') => {
                built.copy(held.clone());
                match next {
                    Some('\n') => {}
                    Some('\r') if quote.is_none() => {}
                    Some(c) if quote.is_none() || matches!(c, '"' | '\\' | '`' | '$') => {
                        built.decode(c.encode_utf8(&mut [0; 4]), at..end + c.len_utf8());
                    }
                    Some(c) => built.copy(at..end + c.len_utf8()),
                    None => {}
                }
                at = end + next.map_or(0, char::len_utf8);
                held = at..at;
                continue;
            }
            (None, ' ' | '\t') => held.end = end,
            _ => {
                held.end = end;
                built.copy(held.clone());
                held = end..end;
            }
        }
        at = end;
    }
    if let Some((_, open)) = quote {
        return Err(open);
    }
    let token = start..at;
    Ok((built.finish_in(&WORD, token.clone(), token), (at + 1).min(raw.len().max(at))))
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
            ("AIRFLOW_CONN_A='a'\"b\"c", Some("abc")),
            ("AIRFLOW_CONN_A=a b  c ", Some("a b  c")),
            ("AIRFLOW_CONN_A=$HOME", Some("$HOME")),
            // As the parser of systemd 252 reads them.
            ("AIRFLOW_CONN_A=x\rB=y\r\n", Some("x")),
            ("#c\rAIRFLOW_CONN_A=a b \r\rB=2\r", Some("a b")),
            ("AIRFLOW_CONN_A='q\r\nr'\r\n", Some("q\r\nr")),
            ("AIRFLOW_CONN_A=c\\\rd\n", Some("cd")),
            ("AIRFLOW_CONN_A=a\\\r\nb\n", Some("a")),
            ("AIRFLOW_CONN_A=\"a\\\r\nb\"\n", Some("a\\\r\nb")),
            ("AIRFLOW_CONN_A='a", None),
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
