//! `check --watch`: the same run again whenever a file changes, until somebody ends it.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use notify::{Event, RecursiveMode, Watcher};

use super::{Exit, Output, Trouble};

/// A run begins when nothing has changed for so long: programs write a file in several steps.
const CALM: Duration = Duration::from_millis(100);

/// A run begins after so long, also where something changes all the time.
const LONGEST: Duration = Duration::from_secs(2);

/// Empties the screen and puts the cursor at its top (ECMA-48: ED, CUP).
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// Runs once, and again after each change of these files or of something below these folders. What
/// goes wrong in a run is said, and the next one begins as if nothing had happened. Ends only if
/// the operating system does not tell of changes.
pub(super) fn watch(
    paths: &[PathBuf],
    output: &mut Output<'_>,
    mut once: impl FnMut(&mut Output<'_>) -> Result<Exit, Trouble>,
) -> Result<Exit, Trouble> {
    let (sender, changes) = channel();
    let cannot = |error: notify::Error| Trouble::new(format!("cannot watch: {error}"));
    let mut watcher = notify::recommended_watcher(move |event| {
        // Nobody waits any more when the run ends.
        let _ = sender.send(event);
    })
    .map_err(cannot)?;
    for path in paths {
        let (folder, below) = watched(path);
        watcher.watch(folder, below).map_err(cannot)?;
    }
    let screen = std::io::stdout().is_terminal();
    loop {
        if screen {
            write!(output.out, "{CLEAR}")?;
        }
        if let Err(trouble) = once(output) {
            output.say(&format!("airconn: {}", trouble.message))?;
        }
        output.out.flush()?;
        output.note("watching for changes; Ctrl-C ends")?;
        wait(&changes, paths).map_err(cannot)?;
    }
}

/// What is watched for a path: a folder with everything below it, or the folder that a file stands
/// in, since most editors put a new file in the place of the old one.
fn watched(path: &Path) -> (&Path, RecursiveMode) {
    if path.is_dir() {
        return (path, RecursiveMode::Recursive);
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    (folder.unwrap_or(Path::new(".")), RecursiveMode::NonRecursive)
}

/// Waits for a change, and then until it is calm.
fn wait(changes: &Receiver<notify::Result<Event>>, paths: &[PathBuf]) -> notify::Result<()> {
    let gone = |_| notify::Error::generic("nothing tells of changes any more");
    while !concerns(&changes.recv().map_err(gone)??, paths) {}
    let began = Instant::now();
    while began.elapsed() < LONGEST && changes.recv_timeout(CALM).is_ok() {}
    Ok(())
}

/// Whether something that is looked at may have changed: reading changes nothing, and what Git
/// writes for itself is no connection.
fn concerns(event: &Event, paths: &[PathBuf]) -> bool {
    let named = |changed: &PathBuf| {
        let name = changed.file_name();
        paths.iter().any(|path| path.is_dir() || path.file_name() == name)
    };
    let of_git = |changed: &PathBuf| changed.components().any(|part| part.as_os_str() == ".git");
    !event.kind.is_access() && event.paths.iter().any(|path| named(path) && !of_git(path))
}
