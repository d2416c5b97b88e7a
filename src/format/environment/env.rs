//! Environment files with `AIRFLOW_CONN_<CONN_ID>=value` lines, quoted as a shell reads them. Other
//! variables are passed over.

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised};
use crate::format::helpers::environment::{Environment, variables};
use crate::format::helpers::script;
use crate::format::helpers::shell_word::{self, Word, filled, is_safe, quoted};
use crate::format::limits::VARIABLES;
use crate::format::names::DOTENV;
use crate::format::{
    Document, Evidence, Format, Grows, Holds, Ids, Item, Likeness, Sample, WriteError, WriteOptions,
};
use crate::source::{Encoding, Text};

pub(super) static FORMAT: Format = Format {
    name: "env",
    summary: "AIRFLOW_CONN_<ID>=value lines, quoted for a shell",
    reader: "a shell, then EnvironmentVariablesBackend",
    names: DOTENV,
    ids: Ids::Shell,
    evidence: Evidence::Words,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    limits: VARIABLES,
    grows: Grows::Lines,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    sample.has_variables().then_some(if sample.is_dotenv() {
        Likeness::Sure
    } else {
        Likeness::Likely
    })
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    let raw = text.as_str();
    // Of a script only the assignments that may be about connections are looked at: the rest of it
    // is for a shell to read.
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
        if script
            && !body.strip_prefix("export ").unwrap_or(body).trim_start().starts_with("AIRFLOW_")
        {
            continue;
        }
        let name_start = start
            + body.strip_prefix("export ").map_or(0, |rest| body.len() - rest.trim_start().len());
        let Some(equals) = raw[name_start..end].find('=').map(|n| name_start + n) else {
            if script {
                continue;
            }
            let message = "a line that is not an assignment `NAME=value`";
            environment.document.problems.push(
                Raised::new(
                    "AirflowFileParseException",
                    Fault::Syntax(Language::Variables),
                    message,
                )
                .at(text.span_of(start..start + body.len())),
            );
            continue;
        };
        let name = text.slice(name_start..equals);
        let Word { value, filled, end } = match word(text, equals + 1, end) {
            Ok(found) => found,
            Err(raised) => {
                environment.document.problems.push(raised);
                continue;
            }
        };
        at = at.max(raw[end..].find('\n').map_or(raw.len(), |n| end + n) + 1);
        script::set(text, &name, value, filled, &mut environment);
    }
    environment.document
}

/// The value that begins at `start`. One that begins with a quote is a word of a shell, which may
/// run over several lines and be put together of several quoted pieces; any other value is the rest
/// of the line as it stands.
fn word<'a>(text: &Text<'a>, start: usize, line_end: usize) -> Result<Word<'a>, Raised> {
    let raw = text.as_str();
    let bare = &raw[start..line_end];
    if !bare.starts_with(['\'', '"']) {
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        let range = start..start + bare.trim_end_matches([' ', '\t']).len();
        return Ok(Word {
            value: text.literal(range.clone(), range.clone(), &BARE),
            end: range.end,
            filled: filled(raw, range),
        });
    }
    shell_word::word(text, start, |c| c.is_ascii_whitespace())
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

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let known: usize =
        items.iter().filter_map(|item| item.value.as_ref()).map(|value| value.len() + 64).sum();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::Raw;
    use crate::airflow::runtime::Side;
    use crate::format::helpers::shell_word::Filled;

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
            (
                "#!/bin/sh\nset -e\nif [ \"$A\" = \"b\" ]; then\n  export AIRFLOW_CONN_A='x://h'\nfi\nexport AIRFLOW_HOME\n",
                Some("x://h"),
            ),
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
            let found =
                word.and_then(|word| word.filled).map(|(filled, place)| (filled, &line[place]));
            assert_eq!(found, want, "{value}");
        }
    }

    #[test]
    fn what_is_written_for_a_shell_is_read_back() {
        for value in [
            "x://h",
            "x://h?a=b&c",
            "a'b",
            "$HOME `x` \\ \"",
            "'\"",
            "{\"a\": \"it's\"}",
            "two\nlines",
        ] {
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
