//! The tables that `airflow connections get` and `list` print with `-o plain` and `-o table`. Only
//! ids, types and the URI, which holds no blank, can be told apart for certain: a connection is
//! what its `get_uri` says.

use std::ops::Range;
use std::sync::Arc;

use crate::airflow::{Fault, Language, Raised, Raw, Refusal};
use crate::format::{Document, Entry, Grade, Remark};
use crate::model::{Dict, Node, Style, Value};
use crate::source::{Builder, Encoding, Span, Text};

/// The head of a table.
struct Head {
    /// The columns begin with the number of the row in Airflow's database.
    numbered: bool,
    /// The last column is `get_uri`.
    has_uri: bool,
    /// `|` stands between the columns (`-o table`).
    ruled: bool,
}

/// The line is the head of a table that can be read.
pub(crate) fn is_head(line: &str) -> bool {
    head(line).is_some()
}

fn head(line: &str) -> Option<Head> {
    let mut words =
        line.split(|c: char| c.is_whitespace() || c == '|').filter(|word| !word.is_empty());
    let first = words.next()?;
    let numbered = first == "id";
    let id = if numbered { words.next()? } else { first };
    let shaped = id == "conn_id" && words.next() == Some("conn_type");
    shaped.then(|| Head {
        numbered,
        has_uri: words.next_back() == Some("get_uri"),
        ruled: line.contains('|'),
    })
}

/// A table by its first lines, or the box that Airflow 1.10 draws.
pub(crate) fn is_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(2);
    lines.next().is_some_and(|first| {
        is_head(first)
            || first.starts_with('╒') && lines.next().is_some_and(|head| head.contains("Conn Id"))
    })
}

/// A cell that runs over several lines.
static FOLDED: Encoding =
    Encoding { name: "a cell of a table", part: |_, _| None, whole: |_, _| None };

/// A row: where its id, its type and the pieces of its URI stand.
#[derive(Default)]
struct Row {
    id: Vec<Range<usize>>,
    conn_type: Vec<Range<usize>>,
    uri: Vec<Range<usize>>,
}

pub(crate) fn read<'a>(text: &Text<'a>) -> Document<'a> {
    let mut document = Document::default();
    let raw = text.as_str();
    let mut lines = lines(raw).skip_while(|line| raw[line.clone()].trim().is_empty());
    let (at, head) = match lines
        .next()
        .and_then(|line| head(&raw[line.clone()]).map(|head| (line, head)))
    {
        Some(found) => found,
        None => {
            let message = "a box for eyes, without logins and passwords; run the command with `-o \
                           json`, or `connections export`";
            document
                .problems
                .push(Raised::new(Refusal::Unparsable, Fault::Shape, message).at(text.span()));
            return document;
        }
    };
    let base = Arc::new(text.clone());
    let rows = if head.ruled { ruled(raw, lines, &head) } else { plain(raw, lines, &head) };
    for row in rows {
        let (id, uri) = (joined(text, &row.id), joined(text, &row.uri));
        let id = (!id.as_str().is_empty()).then(|| (id.as_str().to_string(), id.span()));
        if !head.has_uri {
            document.entries.push(typed(id, &row, &base));
            continue;
        }
        if !uri.as_str().contains("//") {
            let message =
                "a line of the table that ends in no URI: the connection cannot be read from it";
            document.problems.push(
                Raised::new(Refusal::Unparsable, Fault::Syntax(Language::Table), message)
                    .at(uri.span().or(text.span_of(at.clone()))),
            );
            continue;
        }
        document.entries.push(Entry::of_text(id, Raw::Uri(uri)));
    }
    if !document.entries.is_empty() {
        let message = if head.has_uri {
            "a table for eyes: connections are taken from `get_uri`, which has no description and \
             no upper case in hosts"
        } else {
            "the list shows ids and types only: there is nothing to read connections from"
        };
        document.remarks.push(Remark {
            fault: Fault::Display,
            grade: Grade::Warning,
            conn_id: None,
            span: text.span_of(at),
            message: message.to_string(),
            help: "use `airflow connections export`, which keeps everything",
            repair: None,
        });
    }
    document
}

/// The bytes of each line, without its end.
fn lines(raw: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    raw.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    })
}

/// The words of a line.
fn words(raw: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (i, c) in raw[line.clone()].char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let at = line.start + i;
        match found.last_mut().filter(|word| word.end == at) {
            Some(word) => word.end = at + c.len_utf8(),
            None => found.push(at..at + c.len_utf8()),
        }
    }
    found
}

/// `-o plain`: nothing but blanks between the columns, and values may hold some. The ids come
/// first, the URI last.
fn plain(raw: &str, lines: impl Iterator<Item = Range<usize>>, head: &Head) -> Vec<Row> {
    let row = |line: Range<usize>| {
        let words = words(raw, line);
        let mut first = words.iter();
        // A value of several lines goes on below, where no number stands.
        if head.numbered
            && !first
                .next()
                .is_some_and(|word| raw[word.clone()].bytes().all(|b| b.is_ascii_digit()))
        {
            return None;
        }
        let id = first.next()?.clone();
        let conn_type = first.next().cloned().into_iter().collect();
        Some(Row {
            id: vec![id],
            conn_type,
            uri: words.last().filter(|_| head.has_uri).cloned().into_iter().collect(),
        })
    };
    lines.filter_map(row).collect()
}

/// `-o table`: values that are too long for their column go on below.
fn ruled(raw: &str, lines: impl Iterator<Item = Range<usize>>, head: &Head) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let trimmed = |cell: Range<usize>| {
        words(raw, cell.clone()).first().zip(words(raw, cell).last()).map(|(a, b)| a.start..b.end)
    };
    for line in lines.filter(|line| raw[line.clone()].contains('|')) {
        let mut cells = Vec::new();
        let mut start = line.start;
        for (bar, _) in raw[line.clone()].match_indices('|') {
            cells.push(trimmed(start..line.start + bar));
            start = line.start + bar + 1;
        }
        cells.push(trimmed(start..line.end));
        if cells[0].is_some() {
            rows.push(Row::default());
        }
        let Some(row) = rows.last_mut() else { continue };
        let mut first = cells.iter().skip(usize::from(head.numbered));
        row.id.extend(first.next().cloned().flatten());
        row.conn_type.extend(first.next().cloned().flatten());
        if head.has_uri {
            row.uri.extend(cells.last().cloned().flatten());
        }
    }
    rows
}

/// The text of pieces that belong together.
fn joined<'a>(text: &Text<'a>, pieces: &[Range<usize>]) -> Text<'a> {
    match pieces {
        [piece] => text.slice(piece.clone()),
        _ => {
            let mut built = Builder::new(text);
            pieces.iter().for_each(|piece| built.copy(piece.clone()));
            built.finish(&FOLDED)
        }
    }
}

/// A connection of which only the type is known.
fn typed<'a>(id: Option<(String, Option<Span>)>, row: &Row, base: &Arc<Text<'a>>) -> Entry<'a> {
    let mut fields = Dict::default();
    let text = joined(base, &row.conn_type).as_str().to_string();
    let place = row
        .conn_type
        .first()
        .zip(row.conn_type.last())
        .map_or(0..0, |(first, last)| first.start..last.end);
    let node = |value, style| Node { value, span: Span::new(place.clone()), style };
    fields.insert(
        Value::text("conn_type"),
        Span::new(place.clone()),
        node(Value::text(text), Style::Plain),
    );
    Entry::of_node(id, Raw::Stored(node(Value::dict(fields), Style::None)), base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_uri_are_put_together() {
        let table = "id | conn_id | conn_type | \
                     get_uri  \n===+=========+===========+==========\n1  | a       | x         | \
                     x://u:p@ \n   |         |           | h/%C3%A9 \n2  | b|c     | x         | \
                     x://i    \n";
        let text = Text::at(table, 0);
        let read = read(&text);
        let uris = read.entries.iter().filter_map(|entry| match &entry.raw {
            Raw::Uri(text) => Some(text.as_str().to_string()),
            _ => None,
        });
        assert_eq!(uris.collect::<Vec<_>>(), ["x://u:p@h/%C3%A9", "x://i"]);
    }
}
