//! Pages as a terminal shows them: the Markdown of rules and of ways to log in, with colours in the
//! place of its signs, and lines as wide as the terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use textwrap::core::display_width;

use super::layout::{filled, terminal};

/// Wider lines are hard to read.
const WIDEST: usize = 100;

const HEADING: Style = Style::new().bold();
const CODE: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));
const STRONG: Style = Style::new().bold();
const LINK: Style = Style::new().underline();

/// A page for standard output: rendered for a terminal, else as it is written.
pub(super) fn shown(page: &str) -> String {
    match terminal() {
        Some(width) => super::styled(rendered(page, width.min(WIDEST))),
        None => page.to_string(),
    }
}

/// A page with colours, its lines at most `width` columns wide where words allow it. Code is not
/// broken.
fn rendered(page: &str, width: usize) -> String {
    let mut terminal = Terminal { width, ..Terminal::default() };
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        terminal.take(event);
    }
    let mut out = terminal.out.trim_end_matches('\n').to_string();
    out.push('\n');
    out
}

#[derive(Default)]
struct Terminal {
    width: usize,
    out: String,
    /// The paragraph, item or cell that is being read.
    text: String,
    /// Styles that are switched on; the last one counts.
    styles: Vec<Style>,
    /// The number of the next item of each list that is open; none for bullets.
    lists: Vec<Option<u64>>,
    /// What stands ahead of the first line of the next paragraph.
    bullet: String,
    code: bool,
    rows: Vec<Vec<String>>,
}

impl Terminal {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.open(&tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    let _ = writeln!(self.out, "    {CODE}{line}{CODE:#}");
                }
            }
            Event::Text(text) => self.text.push_str(&text),
            Event::Code(text) => {
                let _ = write!(self.text, "{CODE}{text}{CODE:#}");
                self.restyle();
            }
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::Rule => self.out.push_str("---\n\n"),
            // Comments say who wrote a page.
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => self.style(HEADING),
            Tag::Strong => self.style(STRONG),
            Tag::Emphasis => self.style(Style::new().italic()),
            Tag::Link { .. } => self.style(LINK),
            Tag::CodeBlock(_) => {
                self.paragraph();
                self.code = true;
            }
            Tag::List(first) => {
                self.paragraph();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_string(),
                };
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.unstyle();
                self.paragraph();
                self.blank_line();
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => self.unstyle(),
            TagEnd::Paragraph => {
                self.paragraph();
                if self.lists.is_empty() {
                    self.blank_line();
                }
            }
            TagEnd::Item => self.paragraph(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blank_line();
                }
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.blank_line();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                self.table();
                self.blank_line();
            }
            _ => {}
        }
    }

    fn style(&mut self, style: Style) {
        self.styles.push(style);
        self.restyle();
    }

    fn unstyle(&mut self) {
        if let Some(style) = self.styles.pop() {
            let _ = write!(self.text, "{style:#}");
        }
        self.restyle();
    }

    fn restyle(&mut self) {
        if let Some(style) = self.styles.last() {
            let _ = write!(self.text, "{style}");
        }
    }

    fn blank_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Writes what was read of a paragraph or an item, below its bullet.
    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let bullet = std::mem::take(&mut self.bullet);
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let first = format!("{indent}{bullet}");
        let rest = " ".repeat(match self.lists.is_empty() {
            true => 0,
            false => display_width(&first).max(indent.len() + 2),
        });
        let first = if first.trim().is_empty() { rest.clone() } else { first };
        self.out.push_str(&filled(&text, self.width, &first, &rest));
        self.out.push('\n');
    }

    /// Writes the rows of a table: side by side where they fit, else each row as a list of its
    /// cells.
    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| display_width(cell)).max()
        };
        let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
        let whole = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
        if whole <= self.width {
            for (number, row) in rows.iter().enumerate() {
                let style = if number == 0 { HEADING } else { Style::new() };
                let cells = row.iter().zip(&widths).map(|(cell, width)| {
                    format!("{cell}{}", " ".repeat(width.saturating_sub(display_width(cell))))
                });
                let line = cells.collect::<Vec<_>>().join("  ");
                let _ = writeln!(self.out, "{style}{}{style:#}", line.trim_end());
            }
            return;
        }
        let Some((head, body)) = rows.split_first() else { return };
        self.lists.push(None);
        for row in body {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let name = head.get(column).map_or("", String::as_str);
                self.bullet = if column == 0 { "- " } else { "" }.to_string();
                self.text = match (column, name) {
                    (0, _) | (_, "") => cell.clone(),
                    _ => format!("{STRONG}{name}{STRONG:#}: {cell}"),
                };
                self.paragraph();
            }
        }
        self.lists.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(page: &str, width: usize) -> String {
        anstream::adapter::strip_str(&rendered(page, width)).to_string()
    }

    #[test]
    fn signs_of_markdown_become_columns_and_colours() {
        let page = "# AC1 a-name\n\nFirst `code` and **bold** words that go on.\n\n\
                    - one item that is long enough to be broken\n- two\n\n\
                    ```uri\npostgres://u:p@h/d?a=b&c=d&e=f&g=h\n```\n\n\
                    | a | bb |\n|---|---|\n| `x` | y |\n\nEnd.\n";
        let want = "AC1 a-name\n\nFirst code and bold words\nthat go on.\n\n\
                    - one item that is long\n  enough to be broken\n- two\n\n    \
                    postgres://u:p@h/d?a=b&c=d&e=f&g=h\n\na  bb\nx  y\n\nEnd.\n";
        assert_eq!(plain(page, 26), want);
        assert!(rendered(page, 26).contains("\u{1b}[1m"));
    }

    #[test]
    fn a_table_that_is_too_wide_becomes_a_list() {
        let page = "| way | needs |\n|---|---|\n| by name | a host and a login |\n| by role | |\n";
        let want = "- by name\n  needs: a host and a\n  login\n- by role\n";
        assert_eq!(plain(page, 22), want);
    }
}
