//! A command with what it is given, and what reading it makes.

use std::ops::Range;
use std::sync::Arc;

use super::absorbed::absorb;
use super::{MAX_SCRIPTS, marked, read_below};
use crate::airflow::runtime::Runtime;
use crate::airflow::{Fault, Language, Raised};
use crate::format::Document;
use crate::format::helpers::environment::{Environment, PREFIX};
use crate::format::helpers::shell_word::is_in_userinfo;
use crate::format::shell::{self, Command, Fill, Word};
use crate::model::{Node, Style, Value as Held};
use crate::source::{Builder, Encoding, Span, Text};

/// What is done to a script before a shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// Nothing, but for templates, which nobody writes in a script that is none.
    Nothing,
    /// make, or Compose: `$$` becomes `$`, and what else begins with `$` is filled in.
    Dollars,
    /// Kubernetes fills in `$(NAME)`.
    Container,
}

/// A dollar sign that is doubled.
static DOUBLED: Encoding = Encoding {
    name: "doubled dollar signs",
    part: |new, _| Some(new.replace('$', "$$")),
    whole: |new, _| Some(new.replace('$', "$$")),
};

/// A script as a shell sees it, and which pieces of it are filled in already.
pub(super) fn prepared<'a>(text: &Text<'a>, ahead: Ahead) -> (Text<'a>, Vec<Range<usize>>) {
    let raw = text.as_str();
    if ahead == Ahead::Nothing || !raw.contains('$') {
        return (text.clone(), marked(raw));
    }
    let mut holes = Vec::new();
    let mut built = Builder::new(text);
    let mut at = 0;
    let mut moved = 0;
    while let Some(dollar) = raw[at..].find('$').map(|n| at + n) {
        let rest = &raw[dollar + 1..];
        let name = rest.len()
            - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        let end = match rest.as_bytes().first() {
            Some(b'$') if ahead == Ahead::Dollars || rest[1..].starts_with('(') => {
                built.copy(at..dollar);
                built.decode("$", dollar..dollar + 2);
                moved += 1;
                at = dollar + 2;
                continue;
            }
            Some(b'(') => rest.find(')').map(|n| dollar + 2 + n),
            Some(b'{') if ahead == Ahead::Dollars && !rest.starts_with("{{") => {
                rest.find('}').map(|n| dollar + 2 + n)
            }
            _ if ahead == Ahead::Dollars && name > 0 => Some(dollar + 1 + name),
            _ => None,
        };
        let is_name = |inside: &str| inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let fits = |end: &usize| {
            ahead == Ahead::Dollars || is_name(&raw[dollar + 2..end.saturating_sub(1)])
        };
        match end.filter(fits) {
            Some(end) => {
                holes.push(dollar - moved..end - moved);
                built.copy(at..end);
                at = end;
            }
            None => {
                built.copy(at..dollar + 1);
                at = dollar + 1;
            }
        }
    }
    built.copy(at..raw.len());
    let text = if moved == 0 { text.clone() } else { built.finish(&DOUBLED) };
    holes.extend(marked(text.as_str()));
    (text, holes)
}

/// A command and what it reads.
pub(crate) struct Call<'c, 'a> {
    pub(super) command: &'c Command<'a>,
    pub(super) input: Option<&'c shell::Document<'a>>,
}

/// A value of a command.
#[derive(Clone)]
pub(super) struct Value<'a> {
    pub(super) text: Text<'a>,
    /// What of it is filled in: what, where in the script, where in the text.
    pub(super) fills: Vec<Fill>,
    /// The word or the words that it comes from, in the script.
    pub(super) range: Range<usize>,
    pub(super) style: Style,
}

impl<'a> Value<'a> {
    pub(super) fn of(word: &Word<'a>) -> Value<'a> {
        Value {
            text: word.value.clone(),
            fills: word.fills.clone(),
            range: word.range.clone(),
            style: word.style,
        }
    }

    /// What stands behind the first `=` of a word.
    pub(super) fn behind_equals(word: &Word<'a>) -> Option<(Text<'a>, Value<'a>)> {
        let (name, text) = word.value.split_once("=")?;
        let start = name.as_str().len() + 1;
        let style = if word.style == Style::Shell { Style::ShellOption } else { word.style };
        let fills = inside(&word.fills, start..usize::MAX);
        Some((name, Value { text, fills, range: word.range.clone(), style }))
    }

    /// A part of the value.
    pub(super) fn slice(&self, range: Range<usize>) -> Value<'a> {
        let fills = inside(&self.fills, range.clone());
        Value { text: self.text.slice(range), fills, ..self.clone() }
    }

    pub(super) fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// As a node of the script.
    pub(super) fn node(&self) -> Node<'static> {
        let value = Held::text(self.as_str());
        Node { value, span: Span::new(self.range.clone()), style: self.style }
    }
}

/// The fills that stand in a range, counted from its beginning.
fn inside(fills: &[Fill], range: Range<usize>) -> Vec<Fill> {
    let within = |fill: &&Fill| fill.inside.start >= range.start && fill.inside.end <= range.end;
    let moved = |fill: &Fill| Fill {
        inside: fill.inside.start - range.start..fill.inside.end - range.start,
        ..fill.clone()
    };
    fills.iter().filter(within).map(moved).collect()
}

impl<'c, 'a> Call<'c, 'a> {
    pub(super) fn words(&self) -> &'c [Word<'a>] {
        &self.command.words
    }

    /// What stands behind a program and its subcommands, wherever in the command: another program
    /// may run it.
    pub(super) fn behind(&self, program: &str, verbs: &[&str]) -> Option<&'c [Word<'a>]> {
        let words = self.words();
        let at = words.iter().position(|word| word.program() == program)?;
        let is_here = |at: usize| {
            verbs
                .iter()
                .enumerate()
                .all(|(i, verb)| words.get(at + i).is_some_and(|word| word.as_str() == *verb))
        };
        // Options may stand between.
        let start = (at + 1..words.len() + 1).find(|start| is_here(*start))?;
        Some(&words[start + verbs.len()..])
    }
}

/// The value of an option, as its own word or behind `=`; the last one counts.
pub(super) fn option<'a>(words: &[Word<'a>], names: &[&str]) -> Option<Value<'a>> {
    options(words, names).pop()
}

/// All values of an option.
pub(super) fn options<'a>(words: &[Word<'a>], names: &[&str]) -> Vec<Value<'a>> {
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let text = word.as_str();
        if !text.starts_with('-') {
            continue;
        }
        if names.contains(&text) {
            found.extend(words.get(i + 1).map(Value::of));
        } else if let Some((name, value)) = Value::behind_equals(word)
            && names.contains(&name.as_str())
        {
            found.push(value);
        }
    }
    found
}

/// What reading commands makes.
pub(crate) struct Reading<'r, 'a> {
    pub(super) text: &'r Text<'a>,
    /// The script once more, for entries that point into it.
    pub(super) base: Arc<Text<'a>>,
    pub(super) depth: usize,
    pub(super) runtime: &'r Runtime,
    pub(super) environment: &'r mut Environment<'a>,
    /// The next scope that nothing stands in.
    pub(super) free: u32,
}

impl<'r, 'a> Reading<'r, 'a> {
    pub(super) fn new(
        text: &'r Text<'a>,
        depth: usize,
        runtime: &'r Runtime,
        environment: &'r mut Environment<'a>,
    ) -> Reading<'r, 'a> {
        let free = environment.scope + 1;
        Reading { text, base: Arc::new(text.clone()), depth, runtime, environment, free }
    }

    /// What this reads is apart from all else: connections there may have the same ids.
    pub(super) fn apart(&mut self, read: impl FnOnce(&mut Self)) {
        let scope = std::mem::replace(&mut self.environment.scope, self.free);
        read(self);
        self.free = self.environment.scope.max(self.free) + 1;
        self.environment.scope = scope;
    }

    /// The last entry holds what is filled in.
    pub(super) fn filled(&mut self, fills: &[Fill], value: &str) {
        let Some(fill) = fills.first() else { return };
        let piece = self.text.as_str().get(fill.place.clone()).unwrap_or_default();
        let bare = is_in_userinfo(value, piece);
        self.environment.filled(fill.what, self.text.span_of(fill.place.clone()));
        if bare && fill.what != crate::format::helpers::shell_word::Filled::Small {
            self.environment.not_encoded();
        }
    }

    /// What another reader made of a value.
    pub(super) fn take(&mut self, read: Document<'a>, value: &Value<'a>) {
        let fills: Vec<_> = value
            .fills
            .iter()
            .filter_map(|fill| Some((fill.what, self.text.span_of(fill.place.clone())?)))
            .collect();
        self.apart(|reading| absorb(reading.environment, read, &fills));
    }

    /// A variable of a connection that is set.
    pub(super) fn variable(&mut self, name: &Text<'_>, value: Value<'a>) {
        let held = value.as_str().to_string();
        if !held.is_empty() && self.environment.add(name, value.text, None) {
            self.filled(&value.fills, &held);
        }
    }

    /// A script that another shell runs.
    pub(super) fn script(&mut self, text: &Text<'a>, fills: &[Fill]) {
        if self.depth < MAX_SCRIPTS {
            let holes: Vec<_> = fills.iter().map(|fill| fill.inside.clone()).collect();
            let (depth, runtime) = (self.depth + 1, self.runtime);
            self.apart(|reading| {
                let environment = &mut *reading.environment;
                read_below(text, &holes, Ahead::Nothing, depth, runtime, environment);
            });
        }
    }

    /// Quotes that nothing closes, in commands that may be about connections.
    pub(super) fn unclosed(&mut self, places: &[Range<usize>]) {
        let raw = self.text.as_str();
        for place in places {
            let line = raw[place.start..].find('\n').map_or(raw.len(), |n| place.start + n);
            let begun = &raw[place.start..place.end.max(line)];
            if !begun.contains(PREFIX) && !super::adds(begun) {
                continue;
            }
            let message = "a quote that is not closed";
            let raised =
                Raised::new("AirflowFileParseException", Fault::Syntax(Language::Words), message);
            let end = (place.end + 1).min(raw.len());
            let end = if raw.is_char_boundary(end) { end } else { place.end };
            self.environment.document.problems.push(raised.at(self.text.span_of(place.end..end)));
        }
    }
}

/// Programs that run a script which they are given.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash"];

/// Whether a word runs a script that stands behind `-c` or in what it reads.
pub(crate) fn is_shell(word: &Word<'_>) -> bool {
    SHELLS.contains(&word.program())
}

/// Scripts that are arguments of a shell: `sh -c '…'`, `eval`, `ssh host '…'`.
pub(super) fn scripts<'a>(call: &Call<'_, 'a>, reading: &mut Reading<'_, 'a>) {
    let words = call.words();
    for (i, word) in words.iter().enumerate() {
        let flag = word.as_str();
        let short = flag.len() < 6 && flag.starts_with('-') && flag.ends_with('c');
        let short = short && flag[1..].chars().all(|c| c.is_ascii_lowercase());
        if short && let Some(script) = words.get(i + 1) {
            reading.script(&script.value, &script.fills);
        } else if flag.starts_with("--command=")
            && let Some((_, value)) = Value::behind_equals(word)
        {
            reading.script(&value.text, &value.fills);
        } else if flag == "--command"
            && let Some(script) = words.get(i + 1)
        {
            reading.script(&script.value, &script.fills);
        }
    }
    let first = words.first().map(Word::program).unwrap_or_default();
    if matches!(first, "eval" | "ssh")
        && let Some(script) = words.last().filter(|word| word.quoted && words.len() > 1)
    {
        reading.script(&script.value, &script.fills);
    }
    // What a shell reads from a here-document. Where a script is named, that one is run.
    let runs = words.iter().rposition(is_shell).is_some_and(|at| {
        words[at + 1..]
            .iter()
            .all(|word| matches!(word.as_str(), "-" | "-s" | "-e" | "-x" | "-l" | "-ex"))
    });
    if (runs || first == "ssh")
        && let Some(input) = call.input
    {
        reading.script(&input.text, &input.fills);
    }
    // What is run to make a word of another command.
    for fill in words.iter().chain(&call.command.assigned).flat_map(|word| &word.fills) {
        let raw = &reading.text.as_str()[fill.place.clone()];
        let inner = raw.strip_prefix("$(").and_then(|raw| raw.strip_suffix(')'));
        let inner = inner.or_else(|| raw.strip_prefix('`').and_then(|raw| raw.strip_suffix('`')));
        if let Some(inner) = inner.filter(|inner| super::adds(inner)) {
            let start = fill.place.start + raw.find(inner).unwrap_or_default();
            let text = reading.text.slice(start..start + inner.len());
            reading.script(&text, &[]);
        }
    }
}
