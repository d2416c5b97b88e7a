//! `airflow connections add` commands for a shell.

use super::env::quoted;
use super::limits::{AS_TEXT, Limits, NO_ID};
use super::{Direction, Document, Format, Grows, Holds, Item, Sample, ValueForm, WriteError, WriteOptions, holder, id_of, value_of};
use crate::airflow::Raised;
use crate::airflow::ids::validate_key;
use crate::airflow::runtime::Runtime;
use crate::source::Text;

const ID: &str = "`connections add` refuses its id; run `airconn check` for the reason";

const NO_TYPE: &str = "it has no conn_type, which `connections add --conn-json` demands";

const NUL: &str = "… holds a NUL, which no argument of a command can";

const NO_JSON: &str = "`connections add` of Airflow … takes no JSON; use --value uri";

pub(super) static FORMAT: Format = Format {
    name: "airflow-commands",
    summary: "`airflow connections add` commands for a shell",
    reader: "a shell, then the command line of Airflow",
    direction: Direction::Out,
    sniff: |_: &Sample<'_>| None,
    read,
    write,
    whole: false,
    holds: Holds::EitherText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT, ID, NO_TYPE, NUL, NO_JSON], loses: &[] },
    grows: Grows::No,
    split: None,
};

/// What reading a format gives that airconn only writes.
pub(super) fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let problem = Raised::new("NotImplementedError", "AC101", "airconn only writes this format").at(text.span());
    Document { problems: vec![problem], ..Document::default() }
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let runtime = options.runtime.of_files();
    let option = match options.value {
        ValueForm::Uri => "--conn-uri",
        // With it came --conn-json.
        ValueForm::Json if runtime.behaviour.from_json => "--conn-json",
        ValueForm::Json => {
            let message = format!("`connections add` of Airflow {} takes no JSON; use --value uri", runtime.version);
            return Err(WriteError { index: None, message });
        }
    };
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let id = id_of(item, i)?;
        if validate_key(id, &runtime).is_err() {
            return Err(WriteError::at(i, ID));
        }
        if options.value == ValueForm::Json && item.connection.type_str().is_empty() && item.value.is_none() {
            return Err(WriteError::at(i, NO_TYPE));
        }
        let value = value_of(item, i, options)?;
        if value.contains('\0') {
            return Err(WriteError::at(i, NUL.replace('…', &holder(item, |text| text.contains('\0')))));
        }
        out.push_str(&format!("airflow connections add {} {option} {}\n", quoted(id), quoted(&value)));
    }
    Ok(out)
}
