//! `yaml.dump(connections)` with libyaml's safe dumper, for what Airflow exports:
//! `{conn_id: {field: scalar}}`.
//!
//! The rules of style and folding are libyaml's emitter's: block style, indentation 2, best width
//! 80, no Unicode unescaped.

use super::python::text::float_repr;
use super::yaml_types::{Tag, resolve};
use crate::model::{Str, Value};

/// Columns after which libyaml folds at a space.
const BEST_WIDTH: usize = 80;

/// The longest key, in bytes, that is written without `? `.
const MAX_SIMPLE_KEY: usize = 128;

/// Writes one entry of the mapping after another; [`EMPTY`] stands for none.
pub struct Dumper {
    out: String,
    column: usize,
}

/// `yaml.dump({})`.
pub const EMPTY: &str = "{}\n";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
}

/// What decides how a text may be written.
struct Analysis {
    multiline: bool,
    plain: bool,
    single: bool,
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that stay as they are.
fn is_plain_char(c: char) -> bool {
    matches!(c, ' '..='~' | '\n')
}

fn analyze(text: &str) -> Analysis {
    if text.is_empty() {
        return Analysis { multiline: false, plain: true, single: true };
    }
    let blank_or_end =
        |c: Option<char>| c.is_none_or(|c| matches!(c, ' ' | '\t' | '\0') || is_break(c));
    let mut indicator = text.starts_with("---") || text.starts_with("...");
    let (mut special, mut breaks, mut edge, mut space_break) = (false, false, false, false);
    let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        if first {
            indicator |= matches!(
                c,
                '#' | ','
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '&'
                    | '*'
                    | '!'
                    | '|'
                    | '>'
                    | '\''
                    | '"'
                    | '%'
                    | '@'
                    | '`'
            );
            indicator |= matches!(c, '?' | ':' | '-') && blank_or_end(next);
        } else {
            indicator |= c == ':' && blank_or_end(next) || c == '#' && after_blank;
        }
        special |= !is_plain_char(c);
        breaks |= is_break(c);
        if c == ' ' || is_break(c) {
            edge |= first || next.is_none();
        }
        space_break |= c == ' ' && after_break || is_break(c) && after_space;
        after_space = c == ' ';
        after_break = is_break(c);
        after_blank = blank_or_end(Some(c));
        first = false;
    }
    let single = !space_break && !special;
    Analysis { multiline: breaks, plain: single && !edge && !breaks && !indicator, single }
}

fn choose(text: &str, analysis: &Analysis, simple_key: bool) -> Style {
    if simple_key && analysis.multiline {
        Style::Double
    } else if analysis.plain && !(text.is_empty() && simple_key) && resolve(text) == Tag::Str {
        Style::Plain
    } else if analysis.single {
        Style::Single
    } else {
        Style::Double
    }
}

/// The text of a scalar, and whether it is a string; the error is the type of the exception.
fn scalar_text(value: &Value<'_>) -> Result<(String, bool), &'static str> {
    Ok(match value {
        Value::Null => ("null".to_string(), false),
        Value::Bool(b) => (b.to_string(), false),
        Value::Int(n) => (n.to_string(), false),
        Value::BigInt(n) => (n.clone(), false),
        Value::Float(f) if f.is_nan() => (".nan".to_string(), false),
        Value::Float(f) if f.is_infinite() => {
            (if *f > 0.0 { ".inf" } else { "-.inf" }.to_string(), false)
        }
        Value::Float(f) => {
            let repr = float_repr(*f);
            (if repr.contains('.') { repr } else { repr.replacen('e', ".0e", 1) }, false)
        }
        Value::Str(Str::Utf8(text)) => (text.to_string(), true),
        Value::Str(Str::Lone(_)) => return Err("UnicodeEncodeError"),
        Value::List(items) if items.is_empty() => ("[]".to_string(), false),
        Value::Dict(dict) if dict.members.is_empty() => ("{}".to_string(), false),
        _ => return Err("TypeError"),
    })
}

impl Dumper {
    /// An empty document.
    pub fn new() -> Dumper {
        Dumper { out: String::new(), column: 0 }
    }

    /// What was written so far, taken out: long exports can be passed on piece by piece.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// One connection. Fields must come sorted by name, connections by id: PyYAML sorts keys by
    /// code point.
    pub fn entry(&mut self, id: &str, fields: &[(&str, &Value<'_>)]) -> Result<(), &'static str> {
        let analysis = analyze(id);
        let simple = !analysis.multiline && id.len() <= MAX_SIMPLE_KEY;
        if !simple {
            self.put("? ");
        }
        self.scalar(id, choose(id, &analysis, simple), 2, !simple);
        self.put(if simple { ":" } else { "\n:" });
        for (i, (name, value)) in fields.iter().enumerate() {
            self.put(if i == 0 && !simple { " " } else { "\n  " });
            self.put(name);
            self.put(":");
            let (text, is_str) = scalar_text(value)?;
            let style = if is_str { choose(&text, &analyze(&text), false) } else { Style::Plain };
            self.put(" ");
            self.scalar(&text, style, 4, true);
        }
        self.put("\n");
        Ok(())
    }

    fn put(&mut self, text: &str) {
        for c in text.chars() {
            self.put_char(c);
        }
    }

    fn put_char(&mut self, c: char) {
        self.out.push(c);
        self.column = if is_break(c) { 0 } else { self.column + 1 };
    }

    fn indent(&mut self, width: usize) {
        self.put_char('\n');
        self.spaces(width);
    }

    fn spaces(&mut self, width: usize) {
        (0..width).for_each(|_| self.put_char(' '));
    }

    fn scalar(&mut self, text: &str, style: Style, indent: usize, may_fold: bool) {
        match style {
            Style::Plain => self.plain(text, indent, may_fold),
            Style::Single => self.single(text, indent, may_fold),
            Style::Double => self.double(text, indent, may_fold),
        }
    }

    fn plain(&mut self, text: &str, indent: usize, may_fold: bool) {
        let mut spaces = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let fold = c == ' '
                && may_fold
                && !spaces
                && self.column > BEST_WIDTH
                && chars.peek() != Some(&' ');
            if fold {
                self.indent(indent);
            } else {
                self.put_char(c);
            }
            spaces = c == ' ';
        }
    }

    fn single(&mut self, text: &str, indent: usize, may_fold: bool) {
        self.put_char('\'');
        let (mut spaces, mut after_break) = (false, false);
        let mut chars = text.chars().peekable();
        let mut first = true;
        while let Some(c) = chars.next() {
            if c == ' ' {
                let fold = may_fold
                    && !spaces
                    && self.column > BEST_WIDTH
                    && !first
                    && chars.peek().is_some_and(|next| *next != ' ');
                if fold {
                    self.indent(indent);
                } else {
                    self.put_char(c);
                }
                spaces = true;
            } else if is_break(c) {
                if !after_break && c == '\n' {
                    self.put_char('\n');
                }
                self.put_char(c);
                after_break = true;
            } else {
                self.continue_line(after_break, indent);
                if c == '\'' {
                    self.put_char('\'');
                }
                self.put_char(c);
                (spaces, after_break) = (false, false);
            }
            first = false;
        }
        self.continue_line(after_break, indent);
        self.put_char('\'');
    }

    fn continue_line(&mut self, after_break: bool, indent: usize) {
        if after_break {
            if self.column == 0 {
                self.spaces(indent);
            } else {
                self.indent(indent);
            }
        }
    }

    fn double(&mut self, text: &str, indent: usize, may_fold: bool) {
        self.put_char('"');
        let mut spaces = false;
        let mut chars = text.chars().peekable();
        let mut first = true;
        while let Some(c) = chars.next() {
            if !is_plain_char(c) || matches!(c, '\n' | '"' | '\\') {
                self.put(&escape(c));
                spaces = false;
            } else if c == ' ' {
                if may_fold
                    && !spaces
                    && self.column > BEST_WIDTH
                    && !first
                    && chars.peek().is_some()
                {
                    self.indent(indent);
                    if chars.peek() == Some(&' ') {
                        self.put_char('\\');
                    }
                } else {
                    self.put_char(c);
                }
                spaces = true;
            } else {
                self.put_char(c);
                spaces = false;
            }
            first = false;
        }
        self.put_char('"');
    }
}

impl Default for Dumper {
    fn default() -> Self {
        Dumper::new()
    }
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => "0",
        '\x07' => "a",
        '\x08' => "b",
        '\t' => "t",
        '\n' => "n",
        '\x0b' => "v",
        '\x0c' => "f",
        '\r' => "r",
        '\x1b' => "e",
        '"' => "\"",
        '\\' => "\\",
        '\u{85}' => "N",
        '\u{a0}' => "_",
        '\u{2028}' => "L",
        '\u{2029}' => "P",
        _ => {
            return match c as u32 {
                code @ 0..=0xff => format!("\\x{code:02X}"),
                code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}
