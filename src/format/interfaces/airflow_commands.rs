//! `airflow connections add` commands for a shell, and scripts that hold such commands.

use crate::airflow::ids::validate_key;
use crate::airflow::runtime::Runtime;
use crate::format::commands;
use crate::format::helpers::environment::Environment;
use crate::format::helpers::script;
use crate::format::helpers::shell_word::{self, quoted};
use crate::format::limits::{ARGUMENT_NUL, AS_TEXT, Limits, NO_ID};
use crate::format::{
    Document, FileName, Format, Grows, Holds, Item, Likeness, Sample, ValueForm, WriteError,
    WriteOptions, held, id_of, value_of,
};
use crate::source::Text;

const ID: &str = "`connections add` refuses its id; run `airconn check` for the reason";

const NO_TYPE: &str = "it has no conn_type, which `connections add --conn-json` demands";

const NO_JSON: &str = "`connections add` of Airflow … takes no JSON; use --value uri";

pub(super) static FORMAT: Format = Format {
    name: "airflow-commands",
    summary: "`airflow connections add` commands in a script of a shell",
    reader: "a shell, then the command line of Airflow",
    names: &[
        FileName::searched("*.sh"),
        FileName::searched("*.bash"),
        FileName::searched("*.zsh"),
        FileName::searched("*.ksh"),
        FileName::searched("Makefile"),
        FileName::searched("*.mk"),
        FileName::searched("GNUmakefile"),
        FileName::searched("justfile"),
        FileName::searched("*.just"),
        FileName::searched("Jenkinsfile"),
        FileName::searched("*.jenkinsfile"),
        FileName::searched("Vagrantfile"),
        FileName::searched("entrypoint"),
        FileName::searched("docker-entrypoint"),
    ],
    sniff,
    read,
    write,
    holds: Holds::StoredText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT, ID, NO_TYPE, ARGUMENT_NUL, NO_JSON], loses: &[] },
    grows: Grows::Lines,
    ..Format::DEFAULT
};

/// Endings of scripts of a shell.
const SHELL: &[&str] = &["sh", "bash", "zsh", "ksh"];

/// Endings and names of files that hold scripts.
const LANGUAGES: &[&str] = &["mk", "just", "jenkinsfile"];
const NAMES: &[&str] = &["makefile", "gnumakefile", "justfile", "jenkinsfile", "vagrantfile"];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let shell = SHELL.contains(&sample.extension);
    let first = sample.text.lines().next().unwrap_or_default();
    let run = first.starts_with("#!") && first.contains("sh");
    let named = shell || LANGUAGES.contains(&sample.extension) || NAMES.contains(&sample.file());
    let script = (shell || run || named) && script::is_script(sample.text);
    let told = script || script::adds(sample.text);
    // Templates in it are not for YAML.
    let sure = if named { Likeness::Certain } else { Likeness::Sure };
    (told && (named || !sample.is_named_file())).then_some(sure)
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    commands::recipes::read(text, runtime, &mut environment);
    environment.document
}

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let runtime = options.runtime.of_files();
    let options = &WriteOptions { runtime: &runtime, ..*options };
    let option = match options.value {
        ValueForm::Uri => "--conn-uri",
        // With it came --conn-json.
        ValueForm::Json if runtime.behaviour.from_json => "--conn-json",
        ValueForm::Json => {
            let message = format!(
                "`connections add` of Airflow {} takes no JSON; use --value uri",
                runtime.version
            );
            return Err(WriteError { index: None, message });
        }
    };
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let id = id_of(item, i)?;
        if validate_key(id, &runtime).is_err() {
            return Err(WriteError::at(i, ID));
        }
        if options.value == ValueForm::Json
            && item.connection.type_str().is_empty()
            && item.value.is_none()
        {
            return Err(WriteError::at(i, NO_TYPE));
        }
        let value = value_of(item, i, options)?;
        if value.contains('\0') {
            return Err(held(item, i, ARGUMENT_NUL, |text| text.contains('\0')));
        }
        let (id, set) = (quoted(id), shell_word::option(option, &value));
        // Behind `--` nothing is an option, whatever it begins with.
        let arguments =
            if id.starts_with('-') { format!("{set} -- {id}") } else { format!("{id} {set}") };
        out.push_str(&format!("airflow connections add {arguments}\n"));
    }
    Ok(out)
}
