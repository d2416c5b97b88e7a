//! `check --show-files`: what is read and as what, and what was left out and why.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::input::{Input, InputArguments, Left, Walked};
use super::reports::{Reports, relative};
use super::walk::{Found, LeftOut};
use super::{Exit, Output, Trouble, parallel};
use crate::airflow::runtime::{Runtime, Side};
use crate::guard::guarded;
use crate::report::json_text;
use crate::source::{Text, clean_line};

#[derive(Serialize)]
struct Listing {
    version: u32,
    files: Vec<Read>,
    left_out: Vec<Passed>,
}

/// A file that is read.
#[derive(Serialize)]
struct Read {
    file: String,
    format: &'static str,
    connections: usize,
}

/// A file or folder that is not.
#[derive(Serialize)]
struct Passed {
    file: String,
    reason: String,
}

/// Lists files in the order of their names.
pub(super) fn show(
    found: &[Found],
    left_out: Vec<LeftOut>,
    input: &InputArguments,
    reports: &Reports,
    output: &mut Output<'_>,
) -> Result<Exit, Trouble> {
    let looked_at = parallel::each(found, |file| look(file, input));
    let mut listing = Listing { version: 1, files: Vec::new(), left_out: Vec::new() };
    let mut exit = Exit::Success;
    for (file, looked_at) in found.iter().zip(looked_at) {
        match looked_at {
            Ok(Ok(read)) => listing.files.push(read),
            Ok(Err(left)) => listing.left_out.push(passed(&file.path, left.words())),
            Err(trouble) => {
                exit = Exit::Failure;
                listing.left_out.push(passed(&file.path, &trouble.message));
            }
        }
    }
    listing.left_out.extend(left_out.iter().map(|left| passed(&left.path, left.reason)));
    listing.left_out.sort_by(|a, b| a.file.cmp(&b.file));
    let text = if reports.are_json() { json_text(&listing) + "\n" } else { human(&listing) };
    output.out.write_all(text.as_bytes())?;
    Ok(exit)
}

fn look(file: &Found, input: &InputArguments) -> Result<Result<Read, Left>, Trouble> {
    Ok(match input.read_any(&file.path, file.walked)? {
        Walked::Holds(input) => Ok(Read {
            file: relative(input.source.name()),
            format: input.format.name,
            connections: connections(&input),
        }),
        Walked::Left(left) => Err(left),
    })
}

fn connections(input: &Input) -> usize {
    let text = Text::untraced(&input.source.text()[input.skip..]);
    let read = || (input.format.read)(&text, &Runtime::newest(Side::Server)).entries.len();
    guarded(read).unwrap_or(0)
}

fn passed(path: &Path, reason: &str) -> Passed {
    let name: PathBuf = path.components().collect();
    Passed { file: relative(&name.to_string_lossy()), reason: reason.to_string() }
}

fn human(listing: &Listing) -> String {
    let mut out = String::new();
    for Read { file, format, connections } in &listing.files {
        let word = if *connections == 1 { "connection" } else { "connections" };
        out.push_str(&clean_line(&format!("{file}: {format}, {connections} {word}")));
        out.push('\n');
    }
    if !listing.left_out.is_empty() {
        out.push_str("\nLeft out:\n");
    }
    for Passed { file, reason } in &listing.left_out {
        out.push_str(&clean_line(&format!("{file}: {reason}")));
        out.push('\n');
    }
    out
}
