//! The INI dialect of botocore: Python's `RawConfigParser`, and indented blocks as one level of
//! nesting.

use indexmap::IndexMap;

use crate::airflow::python::text::{is_space, splitlines};

/// A value of a section. It may be a secret: it prints only in tests.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Setting {
    /// Text, as it stands: quotes and comments behind it belong to it.
    Text(String),
    /// An indented block, such as `sts =` with `endpoint_url = …` below.
    Block(IndexMap<String, String>),
}

/// Keys in lower case.
pub(super) type Section = IndexMap<String, Setting>;

/// Why a file is refused: the number of the line, 1-based, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, 1-based.
    pub line: usize,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No UTF-8.
    Encoding,
    /// A setting before the first `[section]`.
    NoSection,
    /// A section for the second time.
    SectionTwice,
    /// A key for the second time.
    KeyTwice,
    /// Neither a section nor `key = value`.
    NoSetting,
    /// A line of an indented block without `=`.
    Block,
}

impl FaultKind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            FaultKind::Encoding => "is not UTF-8",
            FaultKind::NoSection => "stands before the first [section]",
            FaultKind::SectionTwice => "begins a section that is there already",
            FaultKind::KeyTwice => "sets a key that is set already",
            FaultKind::NoSetting => "is neither a [section] nor `key = value`",
            FaultKind::Block => "belongs to an indented block and has no `=`",
        }
    }
}

/// A value while it is read: its lines, and the number of the first.
struct Lines {
    first: usize,
    lines: Vec<String>,
}

type Open = IndexMap<String, Lines>;

/// `raw_config_parse` of the content of a file.
pub(super) fn parse(bytes: &[u8]) -> Result<IndexMap<String, Section>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count();
        Fault { line, kind: FaultKind::Encoding }
    })?;
    let (sections, defaults) = read(text)?;
    let settings = |own: &Open| {
        let inherited = defaults.iter().filter(|(key, _)| !own.contains_key(*key));
        own.iter()
            .chain(inherited)
            .map(|(key, lines)| Ok((key.clone(), setting(lines)?)))
            .collect::<Result<Section, Fault>>()
    };
    sections.iter().map(|(name, own)| Ok((name.clone(), settings(own)?))).collect()
}

/// `RawConfigParser._read`: sections, and what `[DEFAULT]` gives to all of them.
fn read(text: &str) -> Result<(IndexMap<String, Open>, Open), Fault> {
    const DEFAULTS: &str = "DEFAULT";
    let mut sections: IndexMap<String, Open> = IndexMap::new();
    let mut defaults = Open::new();
    let mut section: Option<String> = None;
    let mut key: Option<String> = None;
    let (mut indent, mut wrong) = (0, None);
    for (number, line) in universal_lines(text).enumerate() {
        let fault = |kind| Fault { line: number + 1, kind };
        let value = line.trim_matches(is_space);
        let comment = value.starts_with(['#', ';']);
        let open = match &section {
            Some(name) if name == DEFAULTS => Some(&mut defaults),
            Some(name) => sections.get_mut(name),
            None => None,
        };
        if value.is_empty() || comment {
            if let (false, Some(lines)) =
                (comment, open.zip(key.as_ref()).and_then(|(open, key)| open.get_mut(key)))
            {
                lines.lines.push(String::new());
            }
            continue;
        }
        let depth = line.chars().take_while(|c| is_space(*c)).count();
        if let (true, Some(lines)) =
            (depth > indent, open.zip(key.as_ref()).and_then(|(open, key)| open.get_mut(key)))
        {
            lines.lines.push(value.to_string());
            continue;
        }
        indent = depth;
        if let Some(name) = header(value) {
            if name != DEFAULTS {
                if sections.contains_key(name) {
                    return Err(fault(FaultKind::SectionTwice));
                }
                sections.insert(name.to_string(), Open::new());
            }
            (section, key) = (Some(name.to_string()), None);
            continue;
        }
        let Some(name) = &section else { return Err(fault(FaultKind::NoSection)) };
        let Some((option, rest)) = value.split_once(['=', ':']) else {
            wrong = wrong.or(Some(fault(FaultKind::NoSetting)));
            continue;
        };
        let option = option.trim_end_matches(is_space).to_lowercase();
        if option.is_empty() {
            wrong = wrong.or(Some(fault(FaultKind::NoSetting)));
        }
        let open = if name == DEFAULTS {
            &mut defaults
        } else {
            sections.entry(name.clone()).or_default()
        };
        if open.contains_key(&option) {
            return Err(fault(FaultKind::KeyTwice));
        }
        open.insert(
            option.clone(),
            Lines { first: number + 1, lines: vec![rest.trim_matches(is_space).to_string()] },
        );
        key = Some(option).filter(|k| !k.is_empty());
    }
    match wrong {
        Some(fault) => Err(fault),
        None => Ok((sections, defaults)),
    }
}

/// The name in `[name]`; what stands behind the last bracket does not count.
fn header(value: &str) -> Option<&str> {
    let end = value.rfind(']')?;
    value.strip_prefix('[')?.get(..end.checked_sub(1)?).filter(|name| !name.is_empty())
}

/// Lines as Python's text files have them: ended by `\n`, `\r` or both.
fn universal_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// A value whose first line is empty is a block; else its lines are kept, joined.
fn setting(lines: &Lines) -> Result<Setting, Fault> {
    let joined = lines.lines.join("\n");
    let text = joined.trim_end_matches(is_space);
    if !text.starts_with('\n') {
        return Ok(Setting::Text(text.to_string()));
    }
    let mut block = IndexMap::new();
    for (number, range) in splitlines(text).into_iter().enumerate() {
        let line = text[range].trim_matches(is_space);
        if line.is_empty() {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(Fault { line: lines.first + number, kind: FaultKind::Block });
        };
        block.insert(
            key.trim_matches(is_space).to_string(),
            value.trim_matches(is_space).to_string(),
        );
    }
    Ok(Setting::Block(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_read_as_python_reads_them() {
        let text = |t: &str| Setting::Text(t.to_string());
        for (file, section, key, want) in [
            ("[a]\nk = v", "a", "k", Some(text("v"))),
            ("[a]\nK: v # w", "a", "k", Some(text("v # w"))),
            ("[a]\nk = \"v\"", "a", "k", Some(text("\"v\""))),
            ("[a]\nk = v\n  w\n\nl = x", "a", "k", Some(text("v\nw"))),
            ("[a]\nk = v\n\n  w\n", "a", "k", Some(text("v\n\nw"))),
            ("[a] ; b\nk=v", "a", "k", Some(text("v"))),
            ("[a]b]\nk=v", "a]b", "k", Some(text("v"))),
            ("[DEFAULT]\nk=v\n[a]\nl=w", "a", "k", Some(text("v"))),
            ("[DEFAULT]\nk=v\n[a]\nk=w", "a", "k", Some(text("w"))),
            ("[a]\rk=v\r\nl=w", "a", "l", Some(text("w"))),
            (
                "[a]\nk =\n  x = 1\n  y=2",
                "a",
                "k",
                Some(Setting::Block(
                    [("x", "1"), ("y", "2")].map(|(k, v)| (k.into(), v.into())).into(),
                )),
            ),
            ("[a]\nk=v", "a", "l", None),
        ] {
            let parsed = parse(file.as_bytes()).unwrap_or_else(|f| panic!("{file:?}: {f:?}"));
            assert_eq!(parsed[section].get(key), want.as_ref(), "{file:?}");
        }
    }

    #[test]
    fn faults_have_a_line_and_a_reason() {
        for (file, line, kind) in [
            (&b"k=v"[..], 1, FaultKind::NoSection),
            (b"\xef\xbb\xbf[a]\nk=v", 1, FaultKind::NoSection),
            (b"[a]\n\n[a]", 3, FaultKind::SectionTwice),
            (b"[a]\nk=1\nK=2", 3, FaultKind::KeyTwice),
            (b"[a]\n[b\nk=1", 2, FaultKind::NoSetting),
            (b"[a]\n=1", 2, FaultKind::NoSetting),
            (b"[a]\nk=\n  x", 3, FaultKind::Block),
            (b"[a]\nk=\xff", 2, FaultKind::Encoding),
        ] {
            assert_eq!(parse(file).err(), Some(Fault { line, kind }), "{file:?}");
        }
    }
}
