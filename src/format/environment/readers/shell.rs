//! Files of variables as a shell reads them (`set -a; . FILE`): bash, as far as such files go.

use std::ops::Range;

use super::{Reading, Set, Value, until};
use crate::format::helpers::shell_word::bracketed;

/// What it makes of a text.
pub(in crate::format::environment) fn read(raw: &str) -> Reading {
    let mut shell = Shell { raw, at: 0, open: 0, broken: false, reading: Reading::default() };
    while shell.at < raw.len() {
        let (line, sets) = (shell.at, shell.reading.set.len());
        if let Err((place, why)) = shell.list() {
            // Nothing of what is read together is done.
            for set in &mut shell.reading.set[sets..] {
                (set.lost, set.why) = (true, why);
            }
            shell.at = shell.line_end(place.start.max(line)) + 1;
            shell.reading.refused.push((place, why));
        }
    }
    shell.reading
}

type Refused = (Range<usize>, &'static str);

const OPEN: &str = "a quote that is not closed";
const SYNTAX: &str = "meets a syntax error there, and reads nothing from here on";

/// A word of a command.
struct Word {
    range: Range<usize>,
    /// The name ahead of `=`, if it sets a variable.
    name: Option<Range<usize>>,
    /// What stands behind the `=`, or the whole word.
    value: Value,
    why: &'static str,
}

/// What ends a command.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Line,
    Next,
    Background,
    Pipe,
}

struct Shell<'r> {
    raw: &'r str,
    at: usize,
    /// How many `{` of blocks are open.
    open: usize,
    /// Something was met that cannot be filled in.
    broken: bool,
    reading: Reading,
}

impl Shell<'_> {
    fn peek(&self) -> Option<char> {
        self.raw[self.at..].chars().next()
    }

    fn line_end(&self, at: usize) -> usize {
        self.raw.get(at..).and_then(|rest| rest.find('\n')).map_or(self.raw.len(), |n| at + n)
    }

    /// The commands of a line.
    fn list(&mut self) -> Result<(), Refused> {
        let mut piped = false;
        loop {
            let (words, end) = self.command()?;
            let why = if piped || end == End::Pipe {
                Some("takes `|` for a pipe, and sets nothing")
            } else if end == End::Background {
                Some("takes `&` for the end of a command in the background, and sets nothing")
            } else {
                None
            };
            let broken = std::mem::take(&mut self.broken);
            self.run(words, why.or(broken.then_some("cannot fill in `${…}`, and sets nothing")))?;
            piped = end == End::Pipe;
            if end == End::Line {
                return Ok(());
            }
        }
    }

    /// What a command sets.
    fn run(&mut self, words: Vec<Word>, lost: Option<&'static str>) -> Result<(), Refused> {
        let raw = self.raw;
        let is_keyword =
            |word: &&Word| word.name.is_none() && KEYWORDS.contains(&&raw[word.range.clone()]);
        let keywords = words.iter().take_while(is_keyword).count();
        for word in &words[..keywords] {
            match &raw[word.range.clone()] {
                "{" => self.open += 1,
                "}" if self.open == 0 => return Err((word.range.clone(), SYNTAX)),
                "}" => self.open -= 1,
                _ => {}
            }
        }
        let words: Vec<Word> = words.into_iter().skip(keywords).collect();
        let command = words.iter().position(|word| word.name.is_none());
        let declares =
            command.is_some_and(|at| at == 0 && DECLARES.contains(&&raw[words[at].range.clone()]));
        let lost = lost.or_else(|| {
            (command.is_some() && !declares).then_some(
                "takes what stands behind the blank for a command, which alone gets the variable",
            )
        });
        let kept = if declares { words.len() } else { command.unwrap_or(words.len()) };
        for word in words.into_iter().take(kept) {
            let Some(name) = word.name else { continue };
            self.reading.set.push(Set {
                token: (name.end + 1).min(word.range.end)..word.range.end,
                name,
                value: word.value,
                lost: lost.is_some(),
                why: lost.unwrap_or(word.why),
            });
        }
        Ok(())
    }

    /// The words up to what ends a command.
    fn command(&mut self) -> Result<(Vec<Word>, End), Refused> {
        let mut words: Vec<Word> = Vec::new();
        loop {
            let Some(c) = self.peek() else { return Ok((words, End::Line)) };
            let start = self.at;
            let rest = &self.raw[start..];
            match c {
                ' ' | '\t' => self.at += 1,
                // A shell takes the line ends of Windows for letters; who has them has a tool that
                // takes them off, or would see nothing work.
                '\r' if rest.starts_with("\r\n") => self.at += 1,
                '\n' => {
                    self.at += 1;
                    return Ok((words, End::Line));
                }
                '#' => self.at = self.line_end(start),
                '\\' if rest.starts_with("\\\n") => self.at += 2,
                ';' => {
                    self.at += 1;
                    return match words.is_empty() || rest.starts_with(";;") {
                        true => Err((start..start + 1, SYNTAX)),
                        false => Ok((words, End::Next)),
                    };
                }
                '&' | '|' => {
                    let double = rest.starts_with("&&") || rest.starts_with("||");
                    self.at += if double { 2 } else { 1 };
                    return match (words.is_empty(), double, c) {
                        (true, ..) => Err((start..start + 1, SYNTAX)),
                        (_, true, _) => Ok((words, End::Next)),
                        (_, _, '&') => Ok((words, End::Background)),
                        _ => Ok((words, End::Pipe)),
                    };
                }
                // A function.
                '(' if words.len() == 1 && words[0].name.is_none() && rest.starts_with("()") => {
                    self.at += 2;
                }
                '(' | ')' => return Err((start..start + 1, SYNTAX)),
                '<' | '>' => {
                    self.at += rest.len() - rest.trim_start_matches(['<', '>', '&', '|']).len();
                    while self.peek().is_some_and(|c| c == ' ' || c == '\t') {
                        self.at += 1;
                    }
                    self.word()?;
                }
                _ => words.push(self.word()?),
            }
        }
    }

    /// A word, unquoted.
    fn word(&mut self) -> Result<Word, Refused> {
        let start = self.at;
        let raw = self.raw;
        let len = raw[start..]
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(raw.len() - start);
        let named = len > 0 && !raw[start..].starts_with(|c: char| c.is_ascii_digit());
        let name = (named && raw[start + len..].starts_with('=')).then_some(start..start + len);
        if name.is_some() {
            self.at += len + 1;
        }
        let mut value = Value::default();
        let mut why = "takes it up to the next blank";
        while let Some(c) = self.peek() {
            let at = self.at;
            match c {
                ' ' | '\t' | '\n' | '<' | '>' => break,
                '\r' if raw[at..].starts_with("\r\n") => break,
                ';' | '&' | '|' | '(' | ')' => {
                    if c == ';' {
                        why = "ends it at `;`";
                    }
                    break;
                }
                '\'' => {
                    let end = raw[at + 1..].find('\'').ok_or((at..at + 1, OPEN))?;
                    value.copy(raw, at + 1..at + 1 + end);
                    self.at += end + 2;
                    why = "takes the quotes off, wherever they stand";
                }
                '"' => {
                    self.at += 1;
                    self.double(&mut value, at)?;
                    why = "takes the quotes off, wherever they stand";
                }
                '\\' => {
                    let next = raw[at + 1..].chars().next();
                    let end = at + 1 + next.map_or(0, char::len_utf8);
                    match next {
                        Some('\n') => {}
                        Some(_) => value.put(&raw[at + 1..end], at..end),
                        None => value.copy(raw, at..end),
                    }
                    self.at = end;
                    why = "takes a backslash off";
                }
                '$' | '`' => self.dollar(&mut value, false)?,
                c => {
                    self.at = until(raw, at + c.len_utf8(), SPECIAL);
                    value.copy(raw, at..self.at);
                }
            }
        }
        if let Some(name) = &name
            && value.text.is_empty()
            && self.at == name.end + 1
        {
            why = "takes the name with `=` for all of it";
        }
        Ok(Word { range: start..self.at, name, value, why })
    }

    /// What stands between double quotes.
    fn double(&mut self, value: &mut Value, open: usize) -> Result<(), Refused> {
        let raw = self.raw;
        loop {
            let at = self.at;
            let Some(c) = self.peek() else { return Err((open..open + 1, OPEN)) };
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' => {
                    let next = raw[at + 1..].chars().next();
                    let end = at + 1 + next.map_or(0, char::len_utf8);
                    match next {
                        Some('\n') => {}
                        Some('$' | '`' | '"' | '\\') => value.put(&raw[at + 1..end], at..end),
                        _ => value.copy(raw, at..end),
                    }
                    self.at = end;
                }
                '$' | '`' => self.dollar(value, true)?,
                c => {
                    self.at = until(raw, at + c.len_utf8(), &['"', '\\', '$', '`']);
                    value.copy(raw, at..self.at);
                }
            }
        }
    }

    /// What a `$` or a backtick begins.
    fn dollar(&mut self, value: &mut Value, quoted: bool) -> Result<(), Refused> {
        let (raw, at) = (self.raw, self.at);
        let rest = &raw[at + 1..];
        let len = if raw[at..].starts_with('`') {
            let end = rest.find('`').ok_or((at..at + 1, OPEN))?;
            end + 1
        } else if rest.starts_with(['{', '(']) {
            let name = |c: char| c.is_ascii_alphanumeric() || "_@*#?-$!".contains(c);
            self.broken |= rest.starts_with('{') && !rest[1..].starts_with(name);
            bracketed(rest, false)
                .ok_or((at..at + 2, "meets `$` with a bracket that is not closed"))?
        } else if rest.starts_with(['\'', '"']) && !quoted {
            // Quotes of another kind, but quotes.
            self.at += 1;
            return Ok(());
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with(|c: char| c.is_ascii_digit() || "@*#?-$!".contains(c)) {
            1
        } else {
            self.at += 1;
            value.copy(raw, at..at + 1);
            return Ok(());
        };
        self.at += 1 + len;
        value.hole(raw, at..self.at);
        Ok(())
    }
}

/// What does not mean itself outside of quotes.
const SPECIAL: &[char] =
    &[' ', '\t', '\n', '\r', '<', '>', ';', '&', '|', '(', ')', '\'', '"', '\\', '$', '`'];

/// Behind these stands another command.
const KEYWORDS: &[&str] =
    &["then", "else", "elif", "do", "if", "while", "until", "{", "!", "time", "fi", "done", "}"];

/// Commands whose arguments are variables.
const DECLARES: &[&str] = &["export", "declare", "typeset", "readonly", "local"];
