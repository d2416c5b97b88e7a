//! Dockerfiles: variables that `ENV` puts into the image, and defaults of `ARG`. Read as BuildKit
//! reads them: lines that go on below, the directive `escape`, words in quotes, the old form
//! without `=`; here-documents and other instructions are passed over.

use std::ops::Range;

use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised, Refusal};
use crate::format::commands::{self, Ahead};
use crate::format::helpers::dockerfile_words::{pairs, unquoted};
use crate::format::helpers::environment::Environment;
use crate::format::helpers::script;
use crate::format::helpers::shell_word::is_in_userinfo;
use crate::format::{
    Direction, Document, FileName, Format, Holds, Item, Likeness, Sample, WriteError, WriteOptions,
};
use crate::source::{Builder, Encoding, Text};

pub(super) static FORMAT: Format = Format {
    name: "dockerfile",
    summary: "Dockerfiles: variables of ENV, defaults of ARG",
    reader: "the build of the image, then EnvironmentVariablesBackend",
    names: &[
        FileName::sure("Dockerfile"),
        FileName::sure("Dockerfile.*"),
        FileName::sure("Containerfile"),
        FileName::sure("Containerfile.*"),
        FileName::sure("*.dockerfile"),
        FileName::sure("*.containerfile"),
        FileName::not("*.dockerignore"),
    ],
    direction: Direction::In,
    sniff,
    read,
    write,
    holds: Holds::EitherText,
    ..Format::DEFAULT
};

fn sniff(sample: &Sample<'_>) -> Option<Likeness> {
    let begins = |line: &str, word: &str| instruction(line).0.eq_ignore_ascii_case(word);
    let content = || {
        let sets =
            |line: &str| (begins(line, "env") || begins(line, "arg")) && line.contains("AIRFLOW_");
        !sample.is_named_file()
            && sample.lines().any(|line| begins(line, "from"))
            && sample.lines().any(sets)
    };
    content().then_some(Likeness::Sure)
}

/// The first word of a line and where the rest of it begins.
fn instruction(line: &str) -> (&str, usize) {
    let start = line.len() - line.trim_start().len();
    let end = line[start..].find(char::is_whitespace).map_or(line.len(), |n| start + n);
    (&line[start..end], end)
}

/// Lines that are one instruction: what stands on each without line ends, escapes of them and
/// comments in between.
static JOINED: Encoding = Encoding {
    name: "lines of a Dockerfile",
    part: |new, _| one_line(new),
    whole: |new, _| one_line(new),
};

fn one_line(new: &str) -> Option<String> {
    (!new.contains(['\n', '\r'])).then(|| new.to_string())
}

fn read<'a>(text: &Text<'a>, runtime: &Runtime) -> Document<'a> {
    let mut environment = Environment::default();
    let raw = text.as_str();
    let escape = escape_directive(raw);
    let mut at = 0;
    while at < raw.len() {
        let (pieces, next) = logical(raw, at, escape);
        at = next;
        let Some(first) = pieces.first() else { continue };
        let (mut word, mut rest) = instruction(&raw[first.clone()]);
        if word.eq_ignore_ascii_case("onbuild") {
            let (inner, end) = instruction(&raw[first.start + rest..first.end]);
            (word, rest) = (inner, rest + end);
        }
        match word.to_ascii_lowercase().as_str() {
            // A stage begins with an environment of its own.
            "from" => environment.scope += 2,
            "env" => variables(text, &pieces, rest, escape, true, &mut environment),
            "arg" => {
                environment.scope += 1;
                variables(text, &pieces, rest, escape, false, &mut environment);
                environment.scope -= 1;
            }
            "run" | "copy" | "add" => match behind_documents(raw, &pieces, at) {
                Ok(next) => {
                    if word.eq_ignore_ascii_case("run") {
                        run(text, &pieces, rest, at..next, runtime, &mut environment);
                    }
                    at = next;
                }
                Err(mark) => {
                    let message = "a here-document that nothing ends: no build takes what follows";
                    environment.document.problems.push(
                        Raised::new(
                            Refusal::Unparsable,
                            Fault::Syntax(Language::Dockerfile),
                            message,
                        )
                        .at(text.span_of(mark)),
                    );
                    break;
                }
            },
            _ => {}
        }
    }
    environment.document
}

/// `# escape=…` among the comments at the beginning.
fn escape_directive(raw: &str) -> char {
    for line in raw.strip_prefix('\u{feff}').unwrap_or(raw).lines() {
        let Some((key, value)) =
            line.trim().strip_prefix('#').and_then(|comment| comment.split_once('='))
        else {
            break;
        };
        if key.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return '`';
        }
    }
    '\\'
}

/// The instruction that begins in the line at `at`, as pieces of the text, and where the next line
/// begins. No pieces for an empty line or a comment.
fn logical(raw: &str, at: usize, escape: char) -> (Vec<Range<usize>>, usize) {
    let mut pieces = Vec::new();
    let mut at = at;
    while at < raw.len() {
        let end = raw[at..].find('\n').map_or(raw.len(), |n| at + n);
        let line = raw[at..end].strip_suffix('\r').unwrap_or(&raw[at..end]);
        let start = at;
        at = (end + 1).min(raw.len());
        let body = line.trim_start();
        if body.is_empty() || body.starts_with('#') {
            // Inside of an instruction, too, these count for nothing.
            if pieces.is_empty() { break } else { continue }
        }
        let kept = line.trim_end_matches([' ', '\t']);
        let goes_on = kept.strip_suffix(escape).filter(|before| !before.ends_with(escape));
        pieces.push(start..start + goes_on.unwrap_or(line).len());
        if goes_on.is_none() {
            break;
        }
    }
    (pieces, at)
}

/// Behind the here-documents that an instruction begins. Fails with the mark of one that does not
/// end.
fn behind_documents(raw: &str, pieces: &[Range<usize>], at: usize) -> Result<usize, Range<usize>> {
    let mut at = at;
    for word in pieces.iter().flat_map(|piece| raw[piece.clone()].split_whitespace()) {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(mark) = word.strip_prefix("<<") else { continue };
        let (mark, tabs) = mark.strip_prefix('-').map_or((mark, false), |mark| (mark, true));
        let name = mark.trim_matches(['"', '\'']);
        if name.is_empty() || name.contains('<') {
            continue;
        }
        let begin = word.as_ptr() as usize - raw.as_ptr() as usize;
        loop {
            if at >= raw.len() {
                return Err(begin..begin + word.len());
            }
            let end = raw[at..].find('\n').map_or(raw.len(), |n| at + n);
            let line = raw[at..end].strip_suffix('\r').unwrap_or(&raw[at..end]);
            at = (end + 1).min(raw.len());
            if if tabs { line.trim_start_matches('\t') } else { line } == name {
                break;
            }
        }
    }
    Ok(at)
}

/// The script of one `RUN`: the rest of its lines, and of a here-document what stands in it.
fn run<'a>(
    text: &Text<'a>,
    pieces: &[Range<usize>],
    rest: usize,
    document: Range<usize>,
    runtime: &Runtime,
    environment: &mut Environment<'a>,
) {
    let raw = text.as_str();
    // A variable that is set here is gone with the step.
    let holds = |range: &Range<usize>| script::adds(&raw[range.clone()]);
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
    if !script::adds(&raw[first.start..document.end.max(last.end)]) {
        return;
    }
    environment.scope += 1;
    let mut built = Builder::new(text);
    for (i, piece) in pieces.iter().enumerate() {
        built.copy(if i == 0 { piece.start + rest..piece.end } else { piece.clone() });
    }
    let token = first.start + rest..last.end;
    let line: Text<'a> = built.finish_in(&JOINED, token.clone(), token);
    commands::read(&line, Ahead::Nothing, runtime, environment);
    if !document.is_empty() && holds(&document) {
        commands::read(&text.slice(document), Ahead::Nothing, runtime, environment);
    }
    environment.scope += 1;
}

/// The variables of one `ENV` or `ARG`, whose arguments begin at `rest` in the first piece.
fn variables<'a>(
    text: &Text<'a>,
    pieces: &[Range<usize>],
    rest: usize,
    escape: char,
    env: bool,
    environment: &mut Environment<'a>,
) {
    let raw = text.as_str();
    // Most have nothing to do with connections.
    if !pieces.iter().any(|piece| raw[piece.clone()].to_ascii_uppercase().contains("AIRFLOW")) {
        return;
    }
    let mut built = Builder::new(text);
    for (i, piece) in pieces.iter().enumerate() {
        built.copy(if i == 0 { piece.start + rest..piece.end } else { piece.clone() });
    }
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
    let token = first.start + rest..last.end;
    let line: Text<'a> = built.finish_in(&JOINED, token.clone(), token);
    let mut problem = |message: &str, place: Range<usize>| {
        environment.document.problems.push(
            Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Dockerfile), message)
                .at(line.span_of(place)),
        );
    };
    let pairs = match pairs(line.as_str(), escape, env) {
        Ok(pairs) => pairs,
        Err(place) => {
            return problem("`ENV` of several words, of which each is `NAME=value`", place);
        }
    };
    for (name, value) in pairs {
        let read = unquoted(&line, name, escape)
            .and_then(|name| Ok((name, unquoted(&line, value, escape)?)));
        let (name, value) = match read {
            Ok((name, value)) => (name.value, value),
            Err(place) => {
                environment.document.problems.push(
                    Raised::new(
                        Refusal::Unparsable,
                        Fault::Syntax(Language::Dockerfile),
                        "a quote that is not closed",
                    )
                    .at(line.span_of(place)),
                );
                continue;
            }
        };
        let filled = value.filled.map(|(place, sure)| {
            (
                line.span_of(place.clone()),
                sure,
                is_in_userinfo(value.value.as_str(), &line.as_str()[place]),
            )
        });
        if !environment.add(&name, value.value, None) {
            continue;
        }
        environment.ends_at(text, last.end);
        if let Some((span, sure, bare_in_uri)) = filled {
            environment.template("`$…`, which the build fills in,", span);
            if !sure {
                environment.swallowed_by_build();
            } else if bare_in_uri {
                environment.not_encoded();
            }
        }
    }
}

fn write(_: &[Item], _: &WriteOptions<'_>) -> Result<String, WriteError> {
    let what = "a connection would stay in the image for everybody who has it; give it to the \
                container (--to docker-env)";
    Err(WriteError::read_only("dockerfile", what))
}
