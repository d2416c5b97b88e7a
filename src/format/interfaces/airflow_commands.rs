//! `airflow connections add` commands for a shell, and scripts that hold such commands.

use std::sync::Arc;

use crate::airflow::ids::validate_key;
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, FieldsFault, Raised, Raw};
use crate::format::helpers::environment::Environment;
use crate::format::helpers::plain::{entry, integer_port};
use crate::format::helpers::shell_word::{self, Filled, Word, ends_in_command, quoted, word};
use crate::format::limits::{ARGUMENT_NUL, AS_TEXT, Limits, NO_ID};
use crate::format::{
    Document, Entry, FileName, Format, Grows, Holds, Item, Likeness, Sample, ValueForm, WriteError,
    WriteOptions, held, id_of, value_of,
};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Span, Text};

const ID: &str = "`connections add` refuses its id; run `airconn check` for the reason";

const NO_TYPE: &str = "it has no conn_type, which `connections add --conn-json` demands";

const NO_JSON: &str = "`connections add` of Airflow … takes no JSON; use --value uri";

pub(super) static FORMAT: Format = Format {
    name: "airflow-commands",
    summary: "`airflow connections add` commands in a script of a shell",
    reader: "a shell, then the command line of Airflow",
    names: &[FileName::searched("*.sh")],
    sniff,
    read,
    write,
    holds: Holds::StoredText,
    limits: Limits { refuses: &[NO_ID, AS_TEXT, ID, NO_TYPE, ARGUMENT_NUL, NO_JSON], loses: &[] },
    grows: Grows::Lines,
    ..Format::DEFAULT
};

/// Options, without `--` and with `-` for the `_` of Airflow 1.10, and what they set.
const OPTIONS: &[(&str, &str)] = &[
    ("conn-id", "conn_id"),
    ("conn-uri", "uri"),
    ("conn-json", "json"),
    ("conn-type", "conn_type"),
    ("conn-description", "description"),
    ("conn-host", "host"),
    ("conn-login", "login"),
    ("conn-password", "password"),
    ("conn-schema", "schema"),
    ("conn-port", "port"),
    ("conn-extra", "extra"),
];

/// What may not stand beside a URI or JSON (`alternative_conn_specs` of Airflow).
const ALTERNATIVES: &[&str] = &["conn_type", "host", "login", "password", "schema", "port"];

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let shell = sample.extension == "sh" || !sample.is_named_file();
    let has_command = || {
        sample.text.match_indices("connections").any(|(at, _)| arguments(sample.text, at).is_some())
    };
    (shell && sample.text.contains("airflow") && has_command()).then_some(Likeness::Sure)
}

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let base = Arc::new(text.clone());
    let raw = text.as_str();
    let mut environment = Environment::default();
    let mut at = 0;
    while let Some(found) = raw[at..].find("connections").map(|n| at + n) {
        at = found + "connections".len();
        let Some(start) = arguments(raw, found) else { continue };
        match command(text, start) {
            Ok(command) => {
                at = command.end;
                environment.document.entries.push(connection(&base, found, &command));
                if let Some((filled, range)) = command.filled {
                    let span = text.span_of(range);
                    environment.filled(filled, span);
                }
            }
            Err(raised) => environment.document.problems.push(raised),
        }
    }
    environment.document
}

/// Where the arguments of `connections add` begin, if that stands at `at`, in no comment and in no
/// text between quotes.
fn arguments(raw: &str, at: usize) -> Option<usize> {
    let before = raw[..at].rsplit('\n').next().unwrap_or_default();
    let free = before.is_empty() || before.ends_with([' ', '\t']);
    let plain = !before.trim_start().starts_with('#')
        && ['"', '\''].iter().all(|quote| before.matches(*quote).count() % 2 == 0);
    let start = blanks(raw, at + "connections".len());
    let verb = ["add", "--add", "-a"].iter().find(|verb| raw[start..].starts_with(**verb))?;
    let end = start + verb.len();
    (free && plain && raw[end..].starts_with([' ', '\t', '\\'])).then_some(end)
}

/// Behind blanks and lines that go on below.
fn blanks(raw: &str, mut at: usize) -> usize {
    loop {
        let rest = &raw[at..];
        let goes_on = ["\\\n", "\\\r\n"]
            .iter()
            .find(|end| rest.starts_with(**end))
            .map_or(0, |end| end.len());
        match goes_on + rest[goes_on..].len()
            - rest[goes_on..].trim_start_matches([' ', '\t']).len()
        {
            0 => return at,
            len => at += len,
        }
    }
}

/// A command, taken apart.
#[derive(Default)]
struct Command {
    fields: Dict<'static>,
    /// An argument that Airflow has not, or has no place for.
    strange: Option<Span>,
    filled: Option<(Filled, std::ops::Range<usize>)>,
    /// Behind `--`: what follows are no options.
    plain: bool,
    end: usize,
}

fn command(text: &Text<'_>, start: usize) -> Result<Command, Raised> {
    let raw = text.as_str();
    let mut command = Command { end: start, ..Command::default() };
    loop {
        let at = blanks(raw, command.end);
        command.end = at;
        // The command ends here; the number of a redirection is none of its arguments.
        let digits = raw[at..].trim_start_matches(|c: char| c.is_ascii_digit());
        if raw[at..].is_empty()
            || raw[at..].starts_with(|c| ends_in_command(c) || c == '#')
            || digits.starts_with(['<', '>'])
        {
            return Ok(command);
        }
        let name_end = at
            + raw[at..]
                .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
                .unwrap_or(raw.len() - at);
        let name = &raw[at..name_end];
        if name == "--" && !command.plain && !raw[name_end..].starts_with('=') {
            command.plain = true;
            command.end = name_end;
            continue;
        }
        let (field, start) = if name.starts_with('-') && !command.plain {
            if matches!(name, "-v" | "--verbose") {
                command.end = name_end;
                continue;
            }
            let plain = name.trim_start_matches('-').replace('_', "-");
            let known =
                OPTIONS.iter().find(|(option, _)| *option == plain).map(|(_, field)| *field);
            let valued = raw[name_end..].starts_with('=');
            (known, if valued { name_end + 1 } else { blanks(raw, name_end) })
        } else {
            (Some("conn_id").filter(|id| command.fields.get(id).is_none()), at)
        };
        let Word { value, filled, end } = word(text, start, ends_in_command)?;
        command.end = end.max(name_end);
        command.filled = command.filled.take().or(filled);
        match field {
            Some(field) => {
                let node = Node {
                    value: Value::text(value.as_str()),
                    span: Span::new(start..end),
                    style: Style::Shell,
                };
                command.fields.insert(Value::text(field), Span::new(at..name_end), node);
            }
            None => command.strange = command.strange.or(Some(Span::new(at..name_end))),
        }
    }
}

/// What Airflow's `connections_add` makes of the arguments.
fn connection<'a>(base: &Arc<Text<'a>>, start: usize, command: &Command) -> Entry<'a> {
    let whole = Span::new(start..command.end);
    let mut fields = command.fields.clone();
    let given = |name: &str| command.fields.get(name).filter(|node| node.value.truthy());
    let (uri, json) = (given("uri"), given("json"));
    let beside = ALTERNATIVES
        .iter()
        .find_map(|name| command.fields.member(name))
        .filter(|_| uri.or(json).is_some());
    let extra = command.fields.member("extra").filter(|_| uri.or(json).is_some());
    let refused = match (command.strange, uri, json, beside, extra) {
        (Some(place), ..) => Some((place, "`connections add` has no such argument")),
        (_, Some(_), Some(node), ..) => {
            Some((node.span, "`connections add` takes --conn-uri or --conn-json, not both"))
        }
        (_, _, _, Some(member), _) => Some((
            member.key_span,
            "`connections add` takes no such option beside --conn-uri or --conn-json",
        )),
        (_, _, _, _, Some(member)) => Some((
            member.key_span,
            "the extra belongs into the URI or JSON: what --conn-extra does beside it is not read",
        )),
        (_, None, None, ..) if given("conn_type").is_none() => {
            Some((whole, "`connections add` needs --conn-uri, --conn-json or --conn-type"))
        }
        _ => None,
    };
    let id = fields.get("conn_id").cloned();
    fields.members.retain(|key| !matches!(key.0.as_str(), Some("conn_id" | "json")));
    integer_port(&mut fields);
    let node = Node { value: Value::dict(fields), span: whole, style: Style::None };
    let mut made = entry(base, id.as_ref(), Raw::Stored, node);
    if let Some(json) = json.and_then(|json| crate::format::node_text(base, json)) {
        made.raw = Raw::Json(json);
    }
    if id.is_none() && refused.is_none() {
        made.refused = Some(
            Raised::new("SystemExit", Fault::Id, "`connections add` needs the id first")
                .at(base.span_of(whole.range())),
        );
    }
    if let Some((place, message)) = refused {
        made.refused = Some(
            Raised::new("SystemExit", Fault::Fields(FieldsFault::Argument), message)
                .at(base.span_of(place.range())),
        );
    }
    made
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
