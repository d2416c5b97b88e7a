//! The arguments of `airflow connections add`, as argparse and Airflow's `connections_add` take them.

use std::ops::Range;
use std::sync::Arc;

use super::environment::{Environment, braces};
use super::lines::{ahead, line_before};
use super::plain::{entry, integer_port};
use super::shell_word::{Filled, Word, ends_in_command, word};
use crate::airflow::{Fault, FieldsFault, Raised, Raw};
use crate::format::{Entry, Grade, node_text};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Span, Text};

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

/// What may stand behind `connections` to add one: `create` is what people expect, and nobody has.
pub(crate) const VERBS: &[&str] = &["add", "--add", "-a", "create"];

/// A command that begins at `connections`.
pub(crate) struct Found {
    verb: &'static str,
    /// Where its arguments begin.
    start: usize,
}

/// The command that stands at `at`, if it is in no comment and in no text between quotes.
pub(crate) fn found(raw: &str, at: usize) -> Option<Found> {
    let start = blanks(raw, at + "connections".len());
    let verb = VERBS.iter().find(|verb| raw[start..].starts_with(**verb))?;
    let end = start + verb.len();
    let before = line_before(raw, at);
    let free = before.is_empty() || before.ends_with([' ', '\t']);
    let plain = !before.trim_start().starts_with('#')
        && ['"', '\''].iter().all(|quote| before.matches(*quote).count() % 2 == 0);
    // Other programs have connections, too; airflowctl creates them in a way of its own.
    let program = ahead(raw, at).trim_end_matches([' ', '\t', '\\', '\r', '\n']);
    let command = program.rsplit([';', '|', '&', '\n']).next().unwrap_or_default();
    let lower = command.to_ascii_lowercase();
    let airflow = lower.trim().is_empty()
        || lower.contains('$')
        || ["airflow", "composer"].iter().any(|name| lower.contains(name));
    let known = airflow && (*verb != "create" || before.trim_end().ends_with("airflow"));
    (free && plain && known && raw[end..].starts_with([' ', '\t', '\\']))
        .then_some(Found { verb, start: end })
}

/// Reads the command that was found at `at`; gives where it ends.
pub(crate) fn read<'a>(
    text: &Text<'a>,
    base: &Arc<Text<'a>>,
    at: usize,
    found: &Found,
    dialect: Dialect,
    environment: &mut Environment<'a>,
) -> usize {
    let words = Dialect { dashes: dialect.dashes && found.verb == "add", ..dialect };
    let command = match command(text, found.start, words) {
        Ok(command) => command,
        Err(raised) => {
            environment.document.problems.push(raised);
            return found.start;
        }
    };
    let mut entry = connection(base, at, &command);
    entry.scope = environment.scope;
    environment.document.entries.push(entry);
    if let Some((filled, range)) = command.filled {
        environment.filled(filled, text.span_of(range));
    }
    // What the connection would be is read all the same: a command of today is made of it.
    if let Some((message, help)) = verb_refused(found, dialect) {
        let span = text.span_of(at..found.start);
        let fault = Fault::Fields(FieldsFault::Argument);
        environment.remark(fault, Grade::Error, span, message, help);
    }
    command.end
}

/// How commands are written.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    /// As Airflow 2.0 and later take them: `connections add`, options with `-`.
    pub(crate) dashes: bool,
    /// Templates `{{ … }}` are rendered first, whatever quotes stand around them.
    pub(crate) rendered: bool,
    /// make fills in `$(NAME)` and `${NAME}` first, likewise.
    pub(crate) make: bool,
}

/// Why the parser of this Airflow does not know the command.
fn verb_refused(found: &Found, dialect: Dialect) -> Option<(&'static str, &'static str)> {
    match found.verb {
        "create" => Some((
            "`airflow connections` has no command `create` (SystemExit: invalid choice)",
            "write `airflow connections add ID` and the options behind it",
        )),
        "--add" | "-a" if dialect.dashes => Some((
            "`connections --add` is the command line of Airflow 1.10: this one refuses it (SystemExit: \
             invalid choice)",
            "write `airflow connections add ID --conn-uri …`, with `-` in the names of options",
        )),
        _ => None,
    }
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
    filled: Option<(Filled, Range<usize>)>,
    /// The id is among what a shell fills in.
    id_filled: bool,
    /// Whole arguments are filled in: which ones there are is not known.
    open: bool,
    /// Behind `--`: what follows are no options.
    plain: bool,
    end: usize,
}

fn command(text: &Text<'_>, start: usize, dialect: Dialect) -> Result<Command, Raised> {
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
        let quoted_option =
            ["'--", "\"--"].iter().any(|start| raw[at..].starts_with(start)) && !command.plain;
        let (field, start) = if quoted_option {
            let name = raw[at + 1..].split(['=', '"', '\'']).next().unwrap_or_default();
            let valued = raw[at + 1 + name.len()..].starts_with('=');
            // Of an option alone the value is the next word.
            let start = if valued { at } else { blanks(raw, word(text, at, ends_in_command)?.end) };
            (field_of(name, dialect.dashes), start)
        } else if name.starts_with('-') && !command.plain {
            if matches!(name, "-v" | "--verbose") {
                command.end = name_end;
                continue;
            }
            let valued = raw[name_end..].starts_with('=');
            (
                field_of(name, dialect.dashes),
                if valued { name_end + 1 } else { blanks(raw, name_end) },
            )
        } else {
            (Some("conn_id").filter(|id| command.fields.get(id).is_none()), at)
        };
        let Word { value, filled, end } = word(text, start, ends_in_command)?;
        command.end = end.max(name_end);
        // A template is rendered first, whatever quotes stand around it.
        let whole = |place: &Range<usize>| raw[start..end].trim_matches('"') == &raw[place.clone()];
        let filled = filled.map(|(filled, place)| match filled {
            Filled::Small if whole(&place) => (Filled::Variable, place),
            filled => (filled, place),
        });
        let filled = filled.or_else(|| positional(raw, start..end)).or_else(|| {
            let braces = braces(&raw[start..end]).filter(|_| dialect.rendered);
            let made = dialect.make.then(|| raw[start..end].find(['$'])).flatten();
            let made = made.map(|at| (Filled::Variable, start + at..end));
            made.or(braces.map(|at| (Filled::Braces, start + at.start..start + at.end)))
        });
        if filled.is_some() {
            command.id_filled |= field == Some("conn_id");
            // `"$@"`, or a variable where an option or the id is due.
            command.open |= start == at && (field.is_none() || is_all(&raw[start..end]));
        }
        command.filled = command.filled.take().or(filled);
        let style = if quoted_option && start == at { Style::ShellOption } else { Style::Shell };
        let value = match style {
            Style::ShellOption => value.split_once("=").map_or(value, |(_, value)| value),
            _ => value,
        };
        match field {
            Some(field) => {
                let node =
                    Node { value: Value::text(value.as_str()), span: Span::new(start..end), style };
                command.fields.insert(Value::text(field), Span::new(at..name_end), node);
            }
            None => command.strange = command.strange.or(Some(Span::new(at..name_end))),
        }
    }
}

/// What an option sets. Its words are put together with `-` since Airflow 2.0.
fn field_of(name: &str, dashes: bool) -> Option<&'static str> {
    if dashes && name.contains('_') {
        return None;
    }
    let plain = name.trim_start_matches('-').replace('_', "-");
    let known = OPTIONS.iter().find(|(option, _)| *option == plain).map(|(_, field)| *field)?;
    // The id has no name any more.
    (!dashes || known != "conn_id").then_some(known)
}

/// An argument of the script or function itself: `$1`, `${1}`, `$@`.
fn positional(raw: &str, range: Range<usize>) -> Option<(Filled, Range<usize>)> {
    let word = &raw[range.clone()];
    if word.starts_with('\'') {
        return None;
    }
    let at = word.char_indices().find_map(|(at, c)| {
        let next = word[at + c.len_utf8()..].chars().next();
        (c == '$' && next.is_some_and(|next| next.is_ascii_digit() || matches!(next, '@' | '*')))
            .then_some(at)
    })?;
    Some((Filled::Variable, range.start + at..range.start + at + 2))
}

/// All arguments of a script.
fn is_all(word: &str) -> bool {
    matches!(word.trim_matches('"'), "$@" | "$*" | "${@}" | "${*}")
        || word.trim_matches('"').contains("[@]")
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
    let refused = if command.open { None } else { refused };
    let id = fields.get("conn_id").filter(|_| !command.id_filled).cloned();
    fields.members.retain(|key| !matches!(key.0.as_str(), Some("conn_id" | "json")));
    integer_port(&mut fields);
    let node = Node { value: Value::dict(fields), span: whole, style: Style::None };
    let mut made = entry(base, id.as_ref(), Raw::Stored, node);
    if let Some(json) = json.and_then(|json| node_text(base, json)) {
        made.raw = Raw::Json(json);
    }
    if id.is_none() && refused.is_none() && !command.id_filled && !command.open {
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
