//! Environment files with `AIRFLOW_CONN_<CONN_ID>=value` lines, whoever reads them: a shell,
//! Compose, python-dotenv. Other variables are passed over.

use super::alike;
use super::assigned::{self, Who};
use crate::airflow::runtime::Runtime;
use crate::format::helpers::environment::variables;
use crate::format::helpers::near_misses::assigns_misnamed;
use crate::format::limits::VARIABLES;
use crate::format::names::DOTENV;
use crate::format::{
    Document, Evidence, Format, Grows, Holds, Ids, Item, Likeness, Sample, WriteError, WriteOptions,
};
use crate::source::Text;

pub(super) static FORMAT: Format = Format {
    name: "env",
    summary: "AIRFLOW_CONN_<ID>=value lines, quoted as all who read such files take it; where they \
              differ, that is told",
    reader: "a shell, or Compose, or python-dotenv; then EnvironmentVariablesBackend",
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
    if !sample.has_variables() {
        // What nobody reads is told; as a file for import it would be connections of such ids.
        return (sample.is_dotenv() && assigns_misnamed(sample.text)).then_some(Likeness::Sure);
    }
    Some(if sample.is_dotenv() { Likeness::Sure } else { Likeness::Likely })
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    assigned::read(text, if text.as_str().starts_with("#!") { Who::Script } else { Who::Any })
}

pub(super) fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let known: usize =
        items.iter().filter_map(|item| item.value.as_ref()).map(|value| value.len() + 64).sum();
    let mut out = String::with_capacity(known);
    for (name, value) in variables(items, options)? {
        out.push_str(&format!("{name}={}\n", alike::written(&value)));
    }
    Ok(out)
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
            ("export\tAIRFLOW_CONN_A=x://h", Some("x://h")),
            ("AIRFLOW_CONN_A=x://h/d # note", Some("x://h/d")),
            ("AIRFLOW_CONN_A =x://h", Some("x://h")),
            ("AIRFLOW_CONN_A=x://h?a=b&c=d", Some("x://h?a=b&c=d")),
            ("AIRFLOW_CONN_A={\"a\": \"b\"}", Some("{\"a\": \"b\"}")),
            ("AIRFLOW_CONN_A={\\\"a\\\":1}", Some("{\"a\":1}")),
            ("AIRFLOW_CONN_A\nB=x", None),
            ("AIRFLOW_CONN_A=''", Some("")),
            ("AIRFLOW_CONN_A='x", None),
            ("OTHER='x'", None),
            (
                "#!/bin/sh\nset -e\nif [ \"$A\" = \"b\" ]; then\n  export \
                 AIRFLOW_CONN_A='x://h'\nfi\nexport AIRFLOW_HOME\n",
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
    fn what_is_written_is_read_back() {
        for value in [
            "x://h",
            "x://h?a=b&c",
            "a'b",
            "$HOME `x` \\ \"",
            "'\"",
            "{\"a\": \"it's\"}",
            "two\nlines",
        ] {
            let line = format!("AIRFLOW_CONN_A={}\n", alike::written(value));
            let text = Text::at(&line, 0);
            let document = read(&text, &Runtime::newest(Side::Server));
            assert!(
                matches!(&document.entries[0].raw, Raw::Value(read) if read.as_str() == value),
                "{line}"
            );
        }
    }
}
