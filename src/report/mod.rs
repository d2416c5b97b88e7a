//! Reports: finished findings with their places, and the forms in which they are written. Nothing here can reach a connection.

mod human;
mod json;

use crate::check::{Checked, Finding, Level};
use crate::source::{Position, Source};

/// A form of a report.
pub struct Renderer {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// It has colours, to be dropped where nobody sees them.
    pub styled: bool,
    /// Writes it.
    pub render: fn(&Report) -> String,
}

/// Every form.
pub static RENDERERS: &[Renderer] = &[
    Renderer { name: "human", summary: "for people", styled: true, render: human::render },
    Renderer { name: "json", summary: "one JSON object, versioned", styled: false, render: json::render },
];

/// The form of this name.
pub fn by_name(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().find(|r| r.name == name)
}

/// A finding with its place in lines and columns: both 1-based, columns in Unicode scalar values, the end exclusive.
pub struct Located {
    /// The finding.
    pub finding: Finding,
    /// Where it begins and ends; `None` if it is about the whole file.
    pub place: Option<(Position, Position)>,
}

/// What was found in one input.
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// The format it was read in.
    pub format: &'static str,
    /// Connections that were looked at.
    pub connections: usize,
    /// The findings, in the order of places.
    pub findings: Vec<Located>,
}

impl FileReport {
    /// Gives findings their lines and columns.
    pub fn new(source: &Source, format: &'static str, checked: Checked) -> FileReport {
        let locate = |finding: Finding| {
            let place = finding.span.map(|span| (source.position(span.start), source.position(span.end)));
            Located { finding, place }
        };
        FileReport {
            file: source.name().to_string(),
            format,
            connections: checked.connections,
            findings: checked.findings.into_iter().map(locate).collect(),
        }
    }
}

/// What was found in a run.
pub struct Report {
    /// By input, in the order given.
    pub files: Vec<FileReport>,
    /// The runtimes that were aimed at.
    pub runtimes: Vec<String>,
}

impl Report {
    /// Every finding with its file.
    pub fn findings(&self) -> impl Iterator<Item = (&FileReport, &Located)> {
        self.files.iter().flat_map(|file| file.findings.iter().map(move |finding| (file, finding)))
    }

    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings().filter(|(_, f)| f.finding.level == level).count()
    }

    /// How many connections were looked at.
    pub fn connections(&self) -> usize {
        self.files.iter().map(|f| f.connections).sum()
    }
}
