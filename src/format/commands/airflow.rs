//! `airflow connections add`, as argparse and Airflow's `connections_add` take it, and what people
//! write for it.

use std::ops::Range;

use super::arguments::{Arguments, Opt, Wrong, sets};
use super::call::{Call, Reading, Value};
use crate::airflow::ids::validate_key;
use crate::airflow::python::urlsplit::urlsplit;
use crate::airflow::{Fault, FieldsFault, Raised, Raw, UriPart, parse};
use crate::catalog;
use crate::format::helpers::plain::{entry, integer_port, set};
use crate::format::shell::Word;
use crate::format::{Entry, Grade, node_text};
use crate::model::{Dict, Node, Style, Value as Held};
use crate::source::Span;

/// Options since Airflow 2.0, with that of the id ahead of them, which none has.
static ALL: [Opt; 13] = [
    sets("--conn-id", "conn_id"),
    sets("--conn-uri", "uri"),
    sets("--conn-json", "json"),
    sets("--conn-type", "conn_type"),
    sets("--conn-description", "description"),
    sets("--conn-host", "host"),
    sets("--conn-login", "login"),
    sets("--conn-password", "password"),
    sets("--conn-schema", "schema"),
    sets("--conn-port", "port"),
    sets("--conn-extra", "extra"),
    super::arguments::other("--help", false),
    super::arguments::other("-h", false),
];

/// Options of `add`.
static OPTIONS: &[Opt] = ALL.split_at(1).1;

/// What stands behind `create`: the id is an option, as people expect.
static CREATE_OPTIONS: &[Opt] = ALL.split_at(11).0;

/// Options of Airflow 1.10.
const OLD_OPTIONS: &[Opt] = &[
    sets("--conn_id", "conn_id"),
    sets("--conn_uri", "uri"),
    sets("--conn_extra", "extra"),
    sets("--conn_type", "conn_type"),
    sets("--conn_host", "host"),
    sets("--conn_login", "login"),
    sets("--conn_password", "password"),
    sets("--conn_schema", "schema"),
    sets("--conn_port", "port"),
    super::arguments::other("--help", false),
    super::arguments::other("-h", false),
];

/// What may not stand beside a URI or JSON (`alternative_conn_specs` of Airflow).
const ALTERNATIVES: &[&str] = &["conn_type", "host", "login", "password", "schema", "port"];

/// What may stand behind `connections` to add one: `create` is what people expect, and nobody has.
pub(super) const VERBS: &[&str] = &["add", "--add", "-a", "create"];

/// A command that adds a connection.
struct Added<'c, 'a> {
    verb: &'static str,
    /// Where `connections` stands.
    at: Range<usize>,
    /// Where the verb stands.
    verb_at: Range<usize>,
    /// A program ahead of it puts in arguments of its own.
    fed: bool,
    arguments: &'c [Word<'a>],
}

/// Programs that run a command with arguments which they read.
const FEEDS: &[&str] = &["xargs", "parallel", "find"];

/// The command, if it is one of Airflow.
fn found<'c, 'a>(words: &'c [Word<'a>]) -> Option<Added<'c, 'a>> {
    let at = words.iter().position(|word| word.as_str() == "connections")?;
    let before = &words[..at];
    let named = |word: &Word<'_>| {
        let lower = word.as_str().to_ascii_lowercase();
        lower.contains("airflow") || word.program() == "astro" || !word.fills.is_empty()
    };
    let gcloud = before.iter().any(|word| word.as_str() == "composer");
    let ours = before.is_empty() || gcloud || before.iter().any(named);
    // Of airflowctl the command is another one.
    if !ours || before.iter().any(|word| word.program() == "airflowctl") {
        return None;
    }
    let mut next = at + 1;
    // gcloud hands on what stands behind its own `--`.
    if gcloud && words.get(next).is_some_and(|word| word.as_str() == "--") {
        next += 1;
    }
    let verb = words.get(next)?;
    let name = VERBS.iter().find(|name| verb.as_str() == **name)?;
    if *name == "create" && before.last().is_none_or(|word| word.program() != "airflow") {
        return None;
    }
    let mut arguments = &words[next + 1..];
    if gcloud && let Some(own) = arguments.iter().position(|word| word.as_str() == "--") {
        arguments = &arguments[own + 1..];
    }
    let (at, verb_at) = (words[at].range.clone(), verb.range.clone());
    let fed = before.iter().any(|word| FEEDS.contains(&word.program()));
    Some(Added { verb: name, at, verb_at, fed, arguments })
}

/// Reads the command.
pub(super) fn read<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let Some(added) = found(call.words()) else { return };
    let modern = reading.runtime.behaviour.subcommands;
    let old = matches!(added.verb, "--add" | "-a");
    let mut arguments = match (old || !modern, added.verb) {
        (true, "--add" | "-a") => Arguments::of(added.arguments, OLD_OPTIONS, &[], to_old),
        (_, "create") => Arguments::of(added.arguments, CREATE_OPTIONS, &["conn_id"], to_new),
        _ => Arguments::of(added.arguments, OPTIONS, &["conn_id"], to_new),
    };
    arguments.open |= added.fed;
    let end = end_of(&added);
    // An entrypoint may stand behind the arguments.
    let first = added.arguments.first().map_or(added.at.start, |word| word.range.start);
    let whole = Span::new(added.at.start.min(first)..end);
    let mut made = connection(reading, whole, &arguments);
    made.scope = reading.environment.scope;
    reading.environment.document.entries.push(made);
    let fills: Vec<_> =
        arguments.values.iter().flat_map(|(.., value)| value.fills.clone()).collect();
    let uri = arguments.get("uri").map(|(.., uri)| uri.as_str().to_string());
    let all = added.arguments.iter().flat_map(|word| word.fills.clone());
    let fills = if arguments.open { all.collect() } else { fills };
    reading.filled(&fills, &uri.unwrap_or_default());
    told(reading, &added, &arguments, modern && old);
    replaced(reading, &arguments);
}

/// An option of 1.10 that is written with `-`.
fn to_old(name: &str) -> Option<&'static str> {
    let plain = name.replace('-', "_").replacen("__", "--", 1);
    OLD_OPTIONS.iter().map(|option| option.name).find(|known| *known == plain)
}

/// An option that is written with `_`, or without `conn-`.
fn to_new(name: &str) -> Option<&'static str> {
    let plain = name.trim_start_matches('-').replace('_', "-");
    let plain = match plain.strip_prefix("conn-").unwrap_or(&plain) {
        "user" | "username" => "login",
        "pass" => "password",
        "database" | "db" => "schema",
        "extras" => "extra",
        "desc" => "description",
        other => other,
    };
    let known = |option: &&Opt| option.name.strip_prefix("--conn-") == Some(plain);
    let near = |option: &&Opt| strsim::normalized_damerau_levenshtein(option.name, name) >= NEAR;
    OPTIONS.iter().find(known).or(OPTIONS.iter().find(near)).map(|option| option.name)
}

/// From so much likeness on, out of 1, an option is taken for a slip of the pen.
const NEAR: f64 = 0.85;

/// What the parser of Airflow refuses, as remarks: what the connection would be is read all the
/// same.
fn told<'a>(
    reading: &mut Reading<'_, 'a>,
    added: &Added<'_, 'a>,
    arguments: &Arguments<'a>,
    outdated: bool,
) {
    let text = reading.text;
    let fault = Fault::Fields(FieldsFault::Argument);
    let mut say = |place: Range<usize>, message: String, help, edit| {
        let span = text.span_of(place);
        reading.environment.remark(fault, Grade::Error, span, message, help);
        reading.environment.repair(edit, true);
    };
    let verb = &added.verb_at;
    let place = added.at.start.min(verb.start)..added.at.end.max(verb.end);
    if added.verb == "create" || outdated {
        let (message, help) = match outdated {
            true => (
                "`connections --add` is the command line of Airflow 1.10: this one refuses it \
                 (SystemExit: invalid choice)",
                "write `airflow connections add ID --conn-uri …`, with `-` in the names of options",
            ),
            false => (
                "`airflow connections` has no command `create` (SystemExit: invalid choice)",
                "write `airflow connections add ID` and the options behind it",
            ),
        };
        let edit = modern(text.as_str(), added, arguments)
            .and_then(|new| text.edit(added.verb_at.start..end_of(added), &new));
        return say(place, message.to_string(), help, edit);
    }
    if arguments.open {
        return;
    }
    for (place, wrong) in &arguments.wrong {
        let (message, help, edit) = match wrong {
            Wrong::Unknown(Some(known)) => (
                format!("`connections add` has no such option (SystemExit); meant is `{known}`"),
                "write the option as this Airflow has it",
                arguments.rename(text, place, known),
            ),
            Wrong::Unknown(None) => (
                "`connections add` has no such option (SystemExit)".to_string(),
                "`airflow connections add --help` lists the options",
                None,
            ),
            Wrong::Ambiguous => (
                "several options of `connections add` begin so (SystemExit)".to_string(),
                "write the whole name of the option",
                None,
            ),
            Wrong::Bare => (
                "an option without its value (SystemExit)".to_string(),
                "give it a value, or leave it out",
                None,
            ),
            Wrong::Dashed => (
                "a value that begins with `-` is taken for an option (SystemExit)".to_string(),
                "join it to its option with `=`: --conn-password=-…",
                None,
            ),
            Wrong::More => (
                "`connections add` takes one id and options, no further argument (SystemExit)"
                    .to_string(),
                "put a value with blanks in quotes",
                None,
            ),
        };
        say(place.clone(), message, help, edit);
    }
}

fn end_of(added: &Added<'_, '_>) -> usize {
    added.arguments.last().map_or(added.verb_at.end, |word| word.range.end.max(added.verb_at.end))
}

/// The command as Airflow takes it since 2.0; nothing if it is not known what would be.
fn modern(raw: &str, added: &Added<'_, '_>, arguments: &Arguments<'_>) -> Option<String> {
    let options = if added.verb == "create" { OPTIONS } else { OLD_OPTIONS };
    let (mut id, mut rest) = (None, String::new());
    let mut words = added.arguments.iter();
    while let Some(word) = words.next() {
        let text = &raw[word.range.clone()];
        let (name, value) = text.split_once('=').map_or((text, None), |(n, v)| (n, Some(v)));
        let old = options.iter().find(|option| option.name == name);
        let is_id = matches!(name, "--conn_id" | "--conn-id");
        if !name.starts_with('-') && id.is_none() && added.verb == "create" {
            id = Some(text.to_string());
            continue;
        }
        let known = if is_id { "" } else { to_new(old.map_or(name, |old| old.name))? };
        let value = match value {
            Some(value) => value,
            None => &raw[words.next()?.range.clone()],
        };
        if is_id {
            id = Some(value.to_string());
        } else {
            rest.push_str(&format!(" {known} {value}"));
        }
    }
    (arguments.wrong.is_empty() || added.verb == "create").then_some(())?;
    Some(format!("add {}{rest}", id?))
}

/// `--conn-extra` beside a URI takes the place of what its query holds.
fn replaced<'a>(reading: &mut Reading<'_, 'a>, arguments: &Arguments<'a>) {
    let (Some((.., uri)), Some((_, place, _))) = (arguments.get("uri"), arguments.get("extra"))
    else {
        return;
    };
    let query = uri.as_str().split_once('?').map_or("", |(_, query)| query);
    if !query.is_empty() && !query.starts_with('#') && reading.runtime.behaviour.subcommands {
        let message =
            "--conn-extra takes the place of what the query of the URI holds: that is lost";
        let help = "write all of it into --conn-extra, or all into the query";
        let span = reading.text.span_of(place.clone());
        reading.environment.remark(Fault::Replaced, Grade::Warning, span, message, help);
    }
}

/// What Airflow's `connections_add` makes of the arguments.
fn connection<'a>(reading: &Reading<'_, 'a>, whole: Span, arguments: &Arguments<'a>) -> Entry<'a> {
    let base = &reading.base;
    let mut fields = Dict::default();
    for (name, place, value) in &arguments.values {
        fields.insert(Held::text(*name), Span::new(place.clone()), value.node());
    }
    let given = |name: &str| {
        arguments.get(name).filter(|(.., value)| !value.as_str().is_empty()).map(|found| &found.2)
    };
    let (uri, json) = (given("uri"), given("json"));
    let one = uri.or(json).is_some();
    let beside = ALTERNATIVES.iter().find_map(|name| arguments.get(name)).filter(|_| one);
    let extra = arguments
        .get("extra")
        .filter(|(.., value)| uri.is_none() && json.is_some() && !value.as_str().is_empty());
    let argument = Fault::Fields(FieldsFault::Argument);
    let refused = match (uri, json) {
        (Some(_), Some(json)) => Some((
            json.range.clone(),
            argument,
            "`connections add` takes --conn-uri or --conn-json, not both",
        )),
        (None, None) if given("conn_type").is_none() => Some((
            whole.range(),
            argument,
            "`connections add` needs --conn-uri, --conn-json or --conn-type",
        )),
        (Some(uri), _) if !is_valid(reading, uri) => Some((
            uri.range.clone(),
            Fault::Uri(UriPart::Separators),
            "`connections add` refuses a URI that does not begin with the type of the connection \
             and stores nothing",
        )),
        (_, Some(json)) if !has_type(reading, json) => Some((
            json.range.clone(),
            argument,
            "`connections add` refuses --conn-json without a conn_type",
        )),
        _ => beside
            .map(|(_, place, _)| {
                let message =
                    "`connections add` takes no such option beside --conn-uri or --conn-json";
                (place.clone(), argument, message)
            })
            .or(extra.map(|(_, place, _)| {
                (
                    place.clone(),
                    argument,
                    "`connections add` takes no --conn-extra beside --conn-json",
                )
            })),
    };
    // Of what is strange, that is said and nothing else.
    let refused = refused.filter(|_| !arguments.open && arguments.wrong.is_empty());
    let id = arguments.get("conn_id").map(|found| &found.2);
    let put_in = |id: &Value<'_>| arguments.open && id.as_str().contains('{');
    let filled = id.is_some_and(|id| !id.fills.is_empty() || put_in(id));
    let refused = refused.or(id
        .filter(|id| {
            !filled
                && reading.runtime.behaviour.adds_checked_ids
                && validate_key(id.as_str(), reading.runtime).is_err()
        })
        .map(|id| {
            let message = "`connections add` refuses this conn_id and stores nothing: it takes \
                           letters, digits and `_`, `-`, `.` only";
            (id.range.clone(), Fault::Id, message)
        }));
    let id_node = id.filter(|_| !filled).map(Value::node);
    let literal = arguments.get("conn_type").is_some_and(|(.., kind)| kind.fills.is_empty());
    let asked = if literal { asked(reading, &mut fields) } else { None };
    fields.members.retain(|key| !matches!(key.0.as_str(), Some("conn_id" | "json")));
    integer_port(&mut fields);
    let node = Node { value: Held::dict(fields), span: whole, style: Style::None };
    let mut made = entry(base, id_node.as_ref(), Raw::Stored, node);
    made.asked_type = asked;
    if let Some(json) = json.and_then(|json| node_text(base, &json.node())) {
        made.raw = Raw::Json(json);
    }
    if id.is_none() && refused.is_none() && !arguments.open && arguments.wrong.is_empty() {
        made.refused = Some(
            Raised::new("SystemExit", Fault::Id, "`connections add` needs the id first")
                .at(base.span_of(whole.range())),
        );
    }
    if let Some((place, fault, message)) = refused {
        made.refused = Some(Raised::new("SystemExit", fault, message).at(base.span_of(place)));
    }
    made
}

/// `_valid_uri` of Airflow.
fn is_valid(reading: &Reading<'_, '_>, uri: &Value<'_>) -> bool {
    let behaviour = &reading.runtime.of_files().behaviour;
    if !behaviour.subcommands || uri.fills.first().is_some_and(|fill| fill.inside.start == 0) {
        return true;
    }
    // What cannot be split raises later.
    urlsplit(&uri.text.forget(), behaviour).is_ok_and(|split| {
        !split.scheme.is_empty()
            && (!behaviour.adds_with_netloc || !split.netloc.as_str().is_empty())
    }) || urlsplit(&uri.text.forget(), behaviour).is_err()
}

/// The JSON has a type, or cannot be read, which is told elsewhere.
fn has_type(reading: &Reading<'_, '_>, json: &Value<'_>) -> bool {
    let runtime = reading.runtime.of_files();
    let made = parse(&Raw::Json(json.text.clone()), &runtime);
    !json.fills.is_empty() || made.is_err() || made.is_ok_and(|made| made.conn_type.truthy())
}

/// `connections add` stores `generic` where no provider declares the type. Gives what was asked
/// for, if that is sure: what is not near a known name may be of a package that is not known.
fn asked<'a>(
    reading: &Reading<'_, 'a>,
    fields: &mut Dict<'static>,
) -> Option<crate::source::Text<'a>> {
    let node =
        fields.get("conn_type").filter(|_| reading.runtime.behaviour.replaces_types)?.clone();
    let given = node.value.as_str()?;
    let gone = catalog::instead_of(given).is_some();
    let meant =
        || !catalog::is_known_type(given) && catalog::meant(given, std::iter::empty()).is_some();
    // No package names its type with capitals or blanks.
    let label = given.contains(|c: char| c.is_ascii_uppercase() || c.is_whitespace());
    (gone || label || meant()).then_some(())?;
    let text = node_text(&reading.base, &node)?;
    set(fields, "conn_type", Held::text("generic"), &node);
    Some(text)
}
