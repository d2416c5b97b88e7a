//! The commands of a script, in order, with what they read and where their output goes.

use std::ops::Range;

use super::document::{self, Document, Mark};
use super::expansion::{self, behind_body, mark, name_length};
use super::lexer::{Lexer, Unclosed};
use super::variables::Variables;
use super::word::Word;
use crate::source::Text;

/// So often reading begins anew behind a quote that nothing closes; then each line is read alone.
const MAX_STARTS: usize = 8;

/// A script, taken apart.
#[derive(Default)]
pub(crate) struct Script<'a> {
    pub(crate) commands: Vec<Command<'a>>,
    /// Quotes and brackets that nothing closes, behind the beginning of their commands.
    pub(crate) unclosed: Vec<Range<usize>>,
}

/// A command: words, and what is done with its input and output.
#[derive(Default)]
pub(crate) struct Command<'a> {
    /// Its words, without the variables that are set ahead of them.
    pub(crate) words: Vec<Word<'a>>,
    /// `NAME=value` ahead of the words, or alone.
    pub(crate) assigned: Vec<Word<'a>>,
    /// A here-document or a here-string.
    pub(crate) input: Option<Document<'a>>,
    /// It reads what the command ahead of it writes.
    pub(crate) piped: bool,
    /// It may not be run, or more than once: it stands in a branch, a loop or a function.
    pub(crate) inside: bool,
    pub(crate) output: Output<'a>,
}

/// Where what a command writes goes.
#[derive(Clone, Default)]
pub(crate) enum Output<'a> {
    /// To whoever runs the script.
    #[default]
    Shown,
    /// Into a file.
    File(Word<'a>),
    /// Into the command of this index.
    Command(usize),
}

impl<'a> Script<'a> {
    /// Takes a script apart. `holes` are pieces that are rendered before a shell sees them, in
    /// order.
    pub(crate) fn new(text: &Text<'a>, holes: &[Range<usize>]) -> Script<'a> {
        let raw = text.as_str();
        let lexer = Lexer { text, holes, variables: Variables::of(raw), end: raw.len() };
        let mut reader = Reader {
            never_closed: false,
            lexer,
            script: Script::default(),
            now: Begun::default(),
            groups: Vec::new(),
            documents: Vec::new(),
            line: 0,
        };
        reader.all();
        reader.script
    }
}

/// A command that is not read to its end.
#[derive(Default)]
struct Begun<'a> {
    words: Vec<Word<'a>>,
    assigned: Vec<Word<'a>>,
    input: Option<Document<'a>>,
    output: Option<Word<'a>>,
    piped: bool,
    /// It has a here-document, whose body comes below.
    waits: bool,
    /// It is run only if the one ahead of it fails, or does not.
    conditional: bool,
}

/// A list of commands that is one to what stands behind it.
struct Group {
    closes: &'static str,
    /// Its first command.
    first: usize,
}

struct Reader<'s, 'a> {
    lexer: Lexer<'s, 'a>,
    script: Script<'a>,
    now: Begun<'a>,
    groups: Vec<Group>,
    /// Here-documents whose bodies begin in the next line, and their commands.
    documents: Vec<(usize, Mark)>,
    /// Where the command that is read now began.
    line: usize,
    /// Parentheses were met that nothing closes.
    never_closed: bool,
}

/// Words behind which another command begins.
const AHEAD: &[&str] = &["then", "elif", "else", "do", "!", "time", "coproc"];

/// Words that begin a list of commands, and what closes it.
const OPENS: &[(&str, &str)] = &[
    ("{", "}"),
    ("if", "fi"),
    ("while", "done"),
    ("until", "done"),
    ("for", "done"),
    ("select", "done"),
    ("case", "esac"),
];

impl<'a> Reader<'_, 'a> {
    fn all(&mut self) {
        let whole = self.lexer.end;
        let (mut at, mut starts) = (0, 0);
        while at < whole {
            if starts > MAX_STARTS {
                self.lexer.end = line_end(&self.lexer.text.as_str()[..whole], at);
            }
            match self.run(at) {
                Ok(()) => at = self.lexer.end + usize::from(self.lexer.end < whole),
                Err(Unclosed { at: place }) => {
                    self.script.unclosed.push(self.line.min(place)..place);
                    self.now = Begun::default();
                    self.groups.clear();
                    self.documents.clear();
                    at = line_end(&self.lexer.text.as_str()[..whole], self.line).max(at) + 1;
                    starts += 1;
                }
            }
        }
        self.finish();
    }

    /// Reads from a place to the end of what is looked at.
    fn run(&mut self, start: usize) -> Result<(), Unclosed> {
        let mut at = start;
        self.line = at;
        while at < self.lexer.end {
            at = self.step(at)?;
        }
        self.finish();
        Ok(())
    }

    /// One blank, operator or word; gives what comes behind it.
    fn step(&mut self, at: usize) -> Result<usize, Unclosed> {
        let raw = self.lexer.raw();
        let rest = &raw[at..];
        if let Some(blank) =
            ["\\\n", "\\\r\n", " ", "\t", "\r"].iter().find(|b| rest.starts_with(**b))
        {
            return Ok(at + blank.len());
        }
        let redirection = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = rest.len() - redirection.len();
        match rest.as_bytes()[0] {
            b'#' => return Ok(line_end(raw, at)),
            b'\n' => {
                self.finish();
                let next = self.bodies(at + 1);
                self.line = next;
                return Ok(next);
            }
            b'&' if rest.starts_with("&>") => {
                let at = at + 2 + usize::from(rest.starts_with("&>>"));
                return self.target(at);
            }
            b'|' if !rest.starts_with("||") => {
                let end = at + 1 + usize::from(rest.starts_with("|&"));
                let Some(first) = self.finish() else { return Ok(end) };
                let next = self.script.commands.len();
                self.output(first, &Output::Command(next));
                self.now.piped = true;
                return Ok(end);
            }
            b';' | b'&' | b'|' => {
                let either = rest.starts_with("&&") || rest.starts_with("||");
                self.finish();
                self.now.conditional = either;
                return Ok(at + 1 + usize::from(either));
            }
            b'(' => return Ok(self.open(at)),
            b')' => {
                // Of a `case` this ends a pattern.
                if self.groups.last().is_some_and(|group| group.closes == "esac") {
                    self.now = Begun::default();
                    return Ok(at + 1);
                }
                self.finish();
                self.close(")");
                return Ok(at + 1);
            }
            _ if redirection.starts_with(['<', '>']) && !redirection[1..].starts_with('(') => {
                return self.redirect(at + digits, &rest[..digits]);
            }
            _ => {}
        }
        let word = self.lexer.word(at)?;
        let end = word.range.end.max(at + 1);
        self.word(word);
        Ok(end)
    }

    /// A word, which may be one that the grammar knows.
    fn word(&mut self, word: Word<'a>) {
        let begins = self.now.words.is_empty() && self.now.assigned.is_empty();
        let bare = (!word.quoted).then(|| word.as_str()).filter(|_| begins);
        if let Some(bare) = bare {
            if AHEAD.contains(&bare) {
                return;
            }
            if let Some((_, closes)) = OPENS.iter().find(|(opens, _)| *opens == bare) {
                let first = self.script.commands.len();
                self.groups.push(Group { closes, first });
                // What stands behind `for` and `case` is no command, but ends like one.
                if matches!(bare, "for" | "select" | "case") {
                    self.now.words.push(word);
                }
                return;
            }
            if matches!(bare, "}" | "fi" | "done" | "esac") {
                let closes = bare.to_string();
                self.close(&closes);
                return;
            }
        }
        let second = self.now.words.len() == 2 && !word.quoted;
        if second && word.as_str() == "in" && self.begins_with("case")
            || second && word.as_str() == "{" && self.names_function()
        {
            if word.as_str() == "{" {
                let first = self.script.commands.len();
                self.groups.push(Group { closes: "}", first });
            }
            self.now.words.clear();
            return;
        }
        let assigns = || {
            let raw = &self.lexer.raw()[word.range.clone()];
            let name = name_length(raw);
            let behind = raw[name..].trim_start_matches('+');
            name > 0 && behind.starts_with('=')
        };
        if self.now.words.is_empty() && assigns() {
            self.now.assigned.push(word);
        } else {
            self.now.words.push(word);
        }
    }

    fn begins_with(&self, name: &str) -> bool {
        self.now.words.first().is_some_and(|word| word.as_str() == name)
    }

    /// `function NAME`.
    fn names_function(&self) -> bool {
        self.now.words.len() == 2 && self.begins_with("function")
    }

    /// A parenthesis: of a function, of an array, of arithmetic, or of commands of their own.
    fn open(&mut self, at: usize) -> usize {
        let raw = self.lexer.raw();
        let rest = raw[at + 1..].trim_start_matches([' ', '\t']);
        let named = self.now.words.len() == 1 || self.names_function();
        if named && rest.starts_with(')') {
            self.now = Begun::default();
            return raw.len() - rest.len() + 1;
        }
        let adjoins = self
            .now
            .assigned
            .last()
            .or(self.now.words.last())
            .is_some_and(|word| word.range.end == at);
        let arithmetic = raw[at + 1..].starts_with('(');
        // What is in an array is set, and not run.
        if (adjoins || arithmetic) && !self.never_closed {
            match expansion::parentheses(raw, at) {
                Some(end) => return end,
                // Nobody looks for the end of each of thousands that stand in one another.
                None => self.never_closed = true,
            }
        }
        self.finish();
        let first = self.script.commands.len();
        self.groups.push(Group { closes: ")", first });
        at + 1
    }

    /// A list of commands ends: what stands behind it is done with the output of all.
    fn close(&mut self, closes: &str) {
        let Some(at) = self.groups.iter().rposition(|group| group.closes == closes) else { return };
        let group = self.groups.drain(at..).next();
        self.now = Begun::default();
        // A command of no words stands for all of them.
        if let Some(Group { first, .. }) = group {
            self.groups.push(Group { closes: "", first });
        }
    }

    /// A redirection that begins at `at`, behind its number.
    fn redirect(&mut self, at: usize, number: &str) -> Result<usize, Unclosed> {
        let raw = self.lexer.raw();
        let rest = &raw[at..];
        if let Some(text) = rest.strip_prefix("<<<") {
            let start = at + 3 + blanks(text);
            let word = self.lexer.word(start)?;
            let end = word.range.end.max(start);
            self.now.input = Some(Document { text: word.value, fills: word.fills });
            return Ok(end);
        }
        if rest.starts_with("<<") {
            let Some((name, tabs, end)) = mark(raw, at + 2) else { return Ok(at + 2) };
            let quoted = raw[at..end].contains(['\'', '"', '\\']);
            let stands = self.stands();
            let owner = if stands { usize::MAX } else { self.script.commands.len() };
            self.now.waits |= !stands;
            self.documents.push((owner, Mark { name, tabs, quoted }));
            return Ok(end);
        }
        // Standard error is not what the command is for.
        let other = !matches!(number, "" | "1");
        let operator = rest.len() - rest.trim_start_matches(['<', '>', '|', '&']).len();
        let start = at + operator + blanks(&rest[operator..]);
        if other || rest.starts_with('<') || rest[..operator].ends_with('&') {
            let word = self.lexer.word(start)?;
            return Ok(word.range.end.max(start));
        }
        self.target(start)
    }

    /// The file that the output goes to.
    fn target(&mut self, at: usize) -> Result<usize, Unclosed> {
        let start = at + blanks(&self.lexer.raw()[at..]);
        let word = self.lexer.word(start)?;
        let end = word.range.end.max(start);
        self.now.output = Some(word);
        Ok(end)
    }

    /// The command that is read now stands for a list of commands that was closed.
    fn stands(&self) -> bool {
        self.now.words.is_empty()
            && self.now.assigned.is_empty()
            && self.groups.last().is_some_and(|group| group.closes.is_empty())
    }

    /// The output of these commands, and all behind them, that goes nowhere else goes there.
    fn output(&mut self, first: usize, to: &Output<'a>) {
        for command in &mut self.script.commands[first..] {
            if matches!(command.output, Output::Shown) {
                command.output = to.clone();
            }
        }
    }

    /// The command ends here; gives the first of those that a pipe would go on from.
    fn finish(&mut self) -> Option<usize> {
        let stands = self.stands();
        let Begun { words, assigned, input, output, piped, waits, conditional } =
            std::mem::take(&mut self.now);
        if stands {
            let group = self.groups.pop()?;
            if let Some(file) = output {
                self.output(group.first, &Output::File(file));
            }
            return Some(group.first);
        }
        if words.first().is_some_and(|word| matches!(word.as_str(), "for" | "select" | "case")) {
            return None;
        }
        if words.is_empty() && assigned.is_empty() && input.is_none() && !waits {
            // A pipe may go on in the next line.
            (self.now.piped, self.now.conditional) = (piped, conditional);
            return None;
        }
        if self.groups.is_empty() && !conditional && !piped {
            let sets = match words.first().map(|word| word.as_str()) {
                None => &assigned[..],
                Some("export" | "readonly" | "declare") => &words[1..],
                Some(_) => &[],
            };
            for (name, value) in sets.iter().filter_map(|word| word.literal()?.split_once('=')) {
                self.lexer.variables.learn(name, value);
            }
        }
        let output = output.map_or(Output::Shown, Output::File);
        let inside = conditional || !self.groups.is_empty();
        self.script.commands.push(Command { words, assigned, input, piped, inside, output });
        Some(self.script.commands.len() - 1)
    }

    /// The bodies of here-documents, which begin at the line at `at`; gives the line behind them.
    fn bodies(&mut self, at: usize) -> usize {
        let mut line = at;
        for (owner, mark) in std::mem::take(&mut self.documents) {
            let raw = self.lexer.raw();
            let (end, next) = behind_body(raw, line.min(raw.len()), &mark.name, mark.tabs);
            if let Some(command) = self.script.commands.get_mut(owner) {
                command.input = Some(document::body(self.lexer.text, line.min(end)..end, &mark));
            }
            line = next;
        }
        line
    }
}

fn blanks(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches([' ', '\t']).len()
}

fn line_end(raw: &str, at: usize) -> usize {
    let at = at.min(raw.len());
    raw[at..].find('\n').map_or(raw.len(), |n| at + n)
}
