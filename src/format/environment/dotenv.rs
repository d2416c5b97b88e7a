//! Files of variables that Compose reads, or the Astro CLI through it: `.env` beside a Compose
//! file, and what `env_file` names.

use super::assigned::{self, Who};
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::variables;
use crate::format::helpers::shell_word::is_safe;
use crate::format::limits::VARIABLES;
use crate::format::{Document, Evidence, Format, Grows, Holds, Item, WriteError, WriteOptions};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "dotenv",
    summary: "AIRFLOW_CONN_<ID>=value lines as Compose reads them: .env beside a Compose file, \
              `env_file`",
    reader: "Compose, then EnvironmentVariablesBackend",
    evidence: Evidence::Words,
    read,
    write,
    holds: Holds::EitherText,
    limits: VARIABLES,
    grows: Grows::Lines,
    ..Format::DEFAULT
};

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    assigned::read(text, Who::Compose)
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for (name, value) in variables(items, options)? {
        out.push_str(&format!("{name}={}\n", quoted(&value)));
    }
    Ok(out)
}

/// As Compose reads it: between single quotes only a quote and the backslash ahead of one are
/// anything else than what they are.
pub(super) fn quoted(value: &str) -> String {
    if !value.is_empty() && value.chars().all(is_safe) {
        return value.to_string();
    }
    if !value.contains('\'') && !value.ends_with('\\') {
        return format!("'{value}'");
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' | '$' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::Raw;
    use crate::airflow::runtime::Side;

    #[test]
    fn what_is_written_for_compose_is_read_back() {
        for value in [
            "x://h",
            "x://h?a=b&c # d",
            "a'b",
            "$HOME `x` \\ \"'",
            "'\"",
            "{\"a\": \"it's\"}",
            "{\"a\": \"b\\n\"}",
            "two\nlines' \\n",
            "ends\\",
            "$$'",
            "\\$'\\\\",
        ] {
            let line = format!("AIRFLOW_CONN_A={}\n", quoted(value));
            let document = read(&Text::at(&line, 0), &Runtime::newest(Side::Server));
            assert!(document.problems.is_empty() && document.remarks.is_empty(), "{line}");
            assert!(
                matches!(&document.entries[0].raw, Raw::Value(read) if read.as_str() == value),
                "{line}"
            );
        }
    }

    #[test]
    fn what_compose_refuses_is_told_once() {
        for line in ["AIRFLOW_CONN_A='x\n", "some words\nAIRFLOW_CONN_A=x://h\nmore words\n"] {
            let document = read(&Text::at(line, 0), &Runtime::newest(Side::Server));
            assert_eq!(document.problems.len(), 1, "{line}");
        }
    }
}
