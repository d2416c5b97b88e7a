//! Lines `NAME=value` as those who read the file make variables of them. Where a shell and Compose
//! differ, a remark says how.

use std::collections::BTreeMap;
use std::ops::Range;

use super::alike::{self, is_literal};
use super::readers::{self, Reading, Set, compose, npm, python, shell};
use crate::airflow::python::json_loads::loads;
use crate::airflow::{Fault, Language, Raised};
use crate::format::helpers::environment::{Environment, PREFIX, is_filled_in};
use crate::format::helpers::lines::line_before;
use crate::format::helpers::script;
use crate::format::helpers::shell_word::{self, Word, filled, is_safe, quoted};
use crate::format::{Document, Grade, Remark};
use crate::model::{Node, Value};
use crate::source::{Encoding, Span, Text, is_printed};

/// Who reads the file.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Who {
    /// Nobody knows: a shell, Compose, python-dotenv.
    Any,
    /// Compose alone.
    Compose,
    /// A shell alone, which reads more than assignments.
    Script,
}

/// The variables of a text.
pub(super) fn read<'a>(text: &Text<'a>, who: Who) -> Document<'a> {
    let mut environment = Environment::default();
    match who {
        Who::Script => of_script(text, &mut environment),
        Who::Compose => of_compose(text, &mut environment),
        Who::Any => of_any(text, &mut environment),
    }
    environment.document
}

const NO_ASSIGNMENT: &str = "a line that is not an assignment `NAME=value`";

fn problem(environment: &mut Environment<'_>, text: &Text<'_>, at: Range<usize>, message: &str) {
    let fault = Fault::Syntax(Language::Variables);
    let raised = Raised::new("AirflowFileParseException", fault, message).at(text.span_of(at));
    environment.document.problems.push(raised);
}

/// Of a script only the assignments that may be about connections are looked at: the rest of it is
/// for a shell to read.
fn of_script<'a>(text: &Text<'a>, environment: &mut Environment<'a>) {
    let raw = text.as_str();
    let mut at = 0;
    while at < raw.len() {
        let line = line_end(raw, at);
        let start = at + raw[at..line].len() - raw[at..line].trim_start().len();
        at = line + 1;
        let body = raw[start..line].trim_end();
        let name_start = start + exported(body);
        // What boto3 finds counts for the connections beside it.
        let rest = &raw[name_start..line];
        let named = rest.starts_with("AIRFLOW_") || rest.starts_with("AWS_");
        let Some(equals) = raw[name_start..line].find('=').map(|n| name_start + n) else {
            continue;
        };
        if !named {
            continue;
        }
        match shell_word::word(text, equals + 1, shell_word::ends_in_command) {
            Ok(Word { value, filled, end }) => {
                at = at.max(line_end(raw, end) + 1);
                let name = text.slice(name_start..equals);
                script::set(text, &name, value, filled, end, environment);
            }
            Err(raised) => environment.document.problems.push(raised),
        }
    }
}

/// How long `export` and the blanks behind it are.
fn exported(body: &str) -> usize {
    body.strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .map_or(0, |rest| body.len() - rest.trim_start_matches([' ', '\t']).len())
}

fn of_compose<'a>(text: &Text<'a>, environment: &mut Environment<'a>) {
    let reading = compose::read(text.as_str());
    for set in &reading.set {
        assign(text, set, environment);
    }
    if let Some((place, why)) = reading.refused.first() {
        let message = format!("Compose refuses the whole file for this: {why}");
        problem(environment, text, place.clone(), &message);
    }
}

/// A variable, with what is filled in.
fn assign<'a>(text: &Text<'a>, set: &Set, environment: &mut Environment<'a>) {
    assign_with(text, set, &set.value, environment);
}

/// The same, where what is filled in is that of another reading of the same text.
fn assign_with<'a>(
    text: &Text<'a>,
    set: &Set,
    holes: &readers::Value,
    environment: &mut Environment<'a>,
) {
    let name = text.slice(set.name.clone());
    let value = value_of(text, set);
    let hole = holes.holes.first().and_then(|(_, place)| filled(text.as_str(), place.clone()));
    script::set(text, &name, value, hole, set.token.end, environment);
}

/// The value with its places, encoded as a word of a shell or a line where it is one.
fn value_of<'a>(text: &Text<'a>, set: &Set) -> Text<'a> {
    let raw = text.as_str();
    let token = set.token.clone();
    if raw.get(token.clone()) == Some(set.value.text.as_str()) {
        return text.literal(token.clone(), token, &BARE);
    }
    match shell_word::word(text, token.start, |c| c.is_ascii_whitespace()) {
        Ok(word) if word.end == token.end && word.value.as_str() == set.value.text => word.value,
        _ => set.value.traced(text, token, &WORD),
    }
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

/// A value that is put together.
static WORD: Encoding =
    Encoding { name: "a value", part: |_, _| None, whole: |new, _| Some(quoted(new)) };

/// What each reader makes of a text.
struct Readings {
    shell: Reading,
    compose: Reading,
    python: Reading,
    npm: Reading,
}

fn of_any<'a>(text: &Text<'a>, environment: &mut Environment<'a>) {
    let raw = text.as_str();
    if raw.split('\n').all(is_plain) {
        for set in &shell::read(raw).set {
            assign(text, set, environment);
        }
        return alone(text, environment);
    }
    let readings = Readings {
        shell: shell::read(raw),
        compose: compose::read(raw),
        python: python::read(raw),
        npm: npm::read(raw),
    };
    let mut names = BTreeMap::new();
    for reading in [&readings.shell, &readings.compose, &readings.python] {
        names.extend(reading.set.iter().map(|set| (set.name.start, set.name.end)));
    }
    for (start, end) in names {
        // Quotes, and `export`, are written for a shell.
        let of_shell = readings.shell.at(start).is_some_and(|set| {
            raw[set.token.clone()].starts_with(['\'', '"'])
                || line_before(raw, start).contains("export")
        });
        let (first, second) = match of_shell {
            true => (&readings.shell, &readings.compose),
            false => (&readings.compose, &readings.shell),
        };
        let chosen = [first, second, &readings.python]
            .into_iter()
            .filter_map(|reading| reading.at(start).filter(|set| !set.lost));
        let usable = |set: &&Set| is_connection(&set.value.text);
        let Some(set) = chosen.clone().find(usable).or_else(|| chosen.clone().next()) else {
            continue;
        };
        let before = environment.document.entries.len();
        // Compose runs no commands; who wrote one meant a shell.
        let of_shell = readings.shell.at(start).filter(|shell| shell.value.text == set.value.text);
        let holes = of_shell.filter(|_| set.value.holes.is_empty()).unwrap_or(set);
        assign_with(text, set, &holes.value, environment);
        if environment.document.entries.len() > before && raw[start..end].chars().all(is_name) {
            difference(text, set, &readings, environment);
        }
    }
    refusals(text, &readings, environment);
    alone(text, environment);
}

/// Whether a line is one that all readers take alike: nothing, a comment, or a name with a value in
/// single quotes or without any.
fn is_plain(line: &str) -> bool {
    if !is_printed(line) {
        return false;
    }
    if line.is_empty() || line.starts_with('#') {
        return !line.contains(['\'', '"', '`', '\\']);
    }
    let Some((name, value)) = line.split_once('=') else { return false };
    let is_named = name.chars().all(is_name) && !name.starts_with(|c: char| c.is_ascii_digit());
    let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    // A value is not taken for a pattern of file names.
    let bare = || !value.is_empty() && value.chars().all(|c| is_safe(c) || c == '?');
    !name.is_empty() && is_named && quoted.map_or_else(bare, is_literal)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a value may be a connection at all.
fn is_connection(text: &str) -> bool {
    let text = text.trim_start();
    if text.starts_with('{') {
        return loads(text).is_ok_and(|Node { value, .. }| matches!(value, Value::Dict(_)));
    }
    text.contains(':') && !text.contains('\n') && !text.ends_with('\\')
}

/// How a shell and Compose differ about the variable that was added last.
fn difference<'a>(
    text: &Text<'a>,
    chosen: &Set,
    readings: &Readings,
    environment: &mut Environment<'a>,
) {
    let start = chosen.name.start;
    let of = |reading: &Reading| {
        let set = reading.at(start).filter(|set| !set.lost);
        set.map(|set| set.value.text.trim_end_matches('\r').to_string())
    };
    let (shell, compose) = (of(&readings.shell), of(&readings.compose));
    // Where Compose refuses the file, that is told, and what is rendered or filled in by hand is
    // not read before.
    let value = &chosen.value.text;
    let placeholder = value.contains("{{") || value.contains('<') && value.contains('>');
    if shell == compose || compose.is_none() || placeholder {
        return;
    }
    let raw = text.as_str();
    let shell_does = match readings.shell.at(start) {
        Some(set) => set.why,
        None if raw[chosen.name.end..].starts_with([' ', '\t']) => {
            "takes the name for a command, and sets nothing"
        }
        None => "does not get to this line, for a quote that is not closed or a syntax error",
    };
    let compose_does = readings.compose.at(start).map_or("refuses the file", |set| set.why);
    let python = of(&readings.python);
    let npm = of(&readings.npm);
    let like = |got: &Option<String>| match got {
        got if *got == compose => "as Compose does",
        got if *got == shell => "as a shell does",
        None => "not at all",
        Some(_) => "in a third way",
    };
    let also = match (like(&python), like(&npm)) {
        (both, other) if both == other => format!("python-dotenv and dotenv of npm read it {both}"),
        (python, npm) => format!("python-dotenv reads it {python}, dotenv of npm {npm}"),
    };
    let taken = like(&Some(value.clone()));
    let message = format!(
        "readers of this file differ: a shell (`set -a; . FILE`) {shell_does}; Compose \
         {compose_does}; {also}; it is read here {taken}"
    );
    let help = "write the value in quotes that all read alike, or name the reader with \
                --from dotenv (Compose) or --from shell-env";
    let place = if chosen.token.is_empty() { chosen.name.clone() } else { chosen.token.clone() };
    environment.remark(Fault::Readers, Grade::Warning, text.span_of(place), message, help);
    let end = readings.compose.at(start).map_or(chosen.token.end, |set| set.token.end);
    let range = chosen.name.end..end.max(chosen.token.end);
    let one_line = !raw[range.clone()].contains('\n') && !value.contains('\n');
    // What the value that is taken leaves out may be half of a password: only a comment goes.
    let rest = raw.get(chosen.token.end..range.end).unwrap_or_default();
    let is_whole = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    if one_line && is_whole && chosen.value.holes.is_empty() {
        let edit = alike::of_all(value).and_then(|new| text.edit(range, &format!("={new}")));
        // Who sets nothing has no other value that might be meant.
        environment.repair(edit, shell.is_none() && python == compose);
    }
}

/// What Compose refuses the file for, and what nobody reads.
fn refusals<'a>(text: &Text<'a>, readings: &Readings, environment: &mut Environment<'a>) {
    let raw = text.as_str();
    let mut told = usize::MAX;
    let mut command = false;
    for (place, why) in &readings.compose.refused {
        let start = raw[..place.start].rfind('\n').map_or(0, |n| n + 1);
        let line = start..line_end(raw, place.start);
        // Lines that follow one another are one mistake: a key over several lines, a text.
        let of_name = readings.shell.at(place.start).filter(|set| !set.lost);
        if *why == compose::BEHIND && of_name.is_some() && raw[place.start..].starts_with(PREFIX) {
            let message = "readers of this file differ: a shell takes all of this word, and \
                           Compose refuses the whole file for what stands behind the closing quote";
            let help = "write the value in one pair of quotes, or name a shell's with --from \
                        shell-env";
            let whole = text.span_of(place.clone());
            environment.document.remarks.push(differing(whole, message.to_string(), help));
            continue;
        }
        let follows = told == start && *why != compose::OPEN;
        told = line.end + 1;
        let body = raw[line.clone()].trim();
        let name = body.split('=').next().and_then(|name| name.strip_prefix(PREFIX));
        if name.is_some_and(is_filled_in) {
            continue;
        }
        let begins = line.start + raw[line.clone()].len() - raw[line.clone()].trim_start().len();
        let whole = text.span_of(begins..begins + body.len());
        if is_command(body) {
            if !std::mem::replace(&mut command, true) {
                let message = "readers of this file differ: a shell runs this line as a command, \
                               and Compose refuses the whole file for it";
                let help = "leave it out of a file for Compose; name a shell's with --from \
                            shell-env";
                environment.document.remarks.push(differing(whole, message.to_string(), help));
            }
        } else if sets_another(body) && *why != compose::OPEN {
            if !follows {
                let message = format!("Compose refuses the whole file for this line: {why}");
                let help = "write it as every reader takes it: NAME='value'";
                environment.document.remarks.push(differing(whole, message, help));
            }
        } else if !follows {
            let is_open = readings.shell.refused.iter().any(|(at, _)| at.start == place.start);
            if is_open {
                problem(environment, text, place.clone(), why);
            } else {
                problem(environment, text, begins..begins + body.len(), NO_ASSIGNMENT);
            }
        }
    }
}

/// Of readers that differ.
fn differing(span: Option<Span>, message: String, help: &'static str) -> Remark {
    let (fault, grade) = (Fault::Readers, Grade::Warning);
    Remark { fault, grade, conn_id: None, span, message, help, repair: None }
}

/// Whether a line sets a variable that is no connection's: it is for others to read, and whether
/// Compose is one of them is not known.
fn sets_another(body: &str) -> bool {
    let name = body[exported(body)..].split('=').next().unwrap_or_default();
    name.len() < body.len()
        && !name.is_empty()
        && name.chars().all(is_name)
        && !body.contains(PREFIX)
}

/// Whether a line begins with what only a shell has.
fn is_command(body: &str) -> bool {
    const COMMANDS: &[&str] = &[
        ".", "[", "[[", "}", "alias", "cd", "declare", "done", "echo", "elif", "else", "esac",
        "eval", "exit", "export", "fi", "for", "function", "if", "printf", "return", "set",
        "shopt", "source", "then", "trap", "ulimit", "umask", "unset", "while",
    ];
    body.split([' ', '\t', ';']).next().is_some_and(|word| COMMANDS.contains(&word))
        && !body.contains(PREFIX)
}

/// A name alone takes the value of the surroundings.
fn alone<'a>(text: &Text<'a>, environment: &mut Environment<'a>) {
    let raw = text.as_str();
    let mut start = 0;
    for line in raw.split_inclusive('\n') {
        if let Some(at) = line.find(PREFIX) {
            let before = line[..at].trim_start();
            let len = line[at..].find(|c| !is_name(c)).unwrap_or(line.len() - at);
            if before[exported(before)..].is_empty() && line[at + len..].trim().is_empty() {
                let name = start + at..start + at + len;
                environment.elsewhere(&text.slice(name), "the surroundings of the reader");
            }
        }
        start += line.len();
    }
}

fn line_end(raw: &str, at: usize) -> usize {
    raw[at..].find('\n').map_or(raw.len(), |n| at + n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::helpers::shell_word::Filled;

    fn hole_of(line: &str) -> Option<(Filled, &str)> {
        let reading = compose::read(line);
        let (_, place) = reading.set.first()?.value.holes.first()?;
        let (found, range) = filled(line, place.clone())?;
        Some((found, &line[range]))
    }

    #[test]
    fn plain_lines_are_read_alike_by_all() {
        let parts = [
            "a",
            "x://u:p%40@h/d?a=b",
            "x://u:p%40@h/d?a=b&c=d",
            "{\"a\": \"b c\"}",
            "#",
            " # c",
            "!",
            "~",
            "a;b",
        ];
        let mut read = 0;
        for (i, one) in parts.iter().enumerate() {
            for other in parts {
                for line in
                    [format!("A_{i}='{one}{other}'"), format!("A={one}{other}"), other.into()]
                {
                    if !is_plain(&line) {
                        continue;
                    }
                    read += 1;
                    let text = format!("{line}\nB='b'\n");
                    let of = |reading: Reading| {
                        assert!(reading.refused.is_empty(), "{line}");
                        let set = reading.set.into_iter();
                        set.map(|set| {
                            (set.name, set.token, set.value.text, set.value.holes, set.lost)
                        })
                        .collect::<Vec<_>>()
                    };
                    let [shell, compose, python, npm] =
                        [shell::read, compose::read, python::read, npm::read].map(|r| of(r(&text)));
                    assert_eq!(shell, compose, "{line}");
                    assert_eq!(shell, python, "{line}");
                    assert_eq!(shell, npm, "{line}");
                }
            }
        }
        assert!(read > 60, "{read}");
        for line in
            ["A=\"b\"", "export A='b'", "A= 'b'", "A='b' # c", "A='a$B'", "A=", "1='b'", "A='b'\r"]
        {
            assert!(!is_plain(line), "{line}");
        }
    }

    #[test]
    fn what_is_filled_in_is_found() {
        for (value, want) in [
            ("x://u:${PASS}@h", Some((Filled::Variable, "${PASS}"))),
            ("x://u:${PASS:-p}@h", Some((Filled::Variable, "${PASS:-p}"))),
            ("\"x://u:$PASS_1@h\"", Some((Filled::Variable, "$PASS_1"))),
            ("x://u:pa$word@h", Some((Filled::Small, "$word"))),
            ("'x://u:${PASS}@h'", None),
            ("\"x://u:\\${PASS}@h\"", None),
            ("x://u:p$@h?a=$&b=$1", None),
            ("x://u:p$", None),
        ] {
            let line = format!("AIRFLOW_CONN_A={value}");
            assert_eq!(hole_of(&line), want, "{value}");
        }
    }
}
