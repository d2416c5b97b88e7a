//! Files that are written: whole or not at all, with the permissions and the owner that they had.
//!
//! A new text stands complete beside the old one, as `.NAME.airconn` for its owner only, and takes
//! its place in one step ([`beside`]). Whoever kills airconn leaves the old or the new text, and at
//! most that file, which the next repair of the same file removes.
//!
//! Three things would be lost by that step, or keep it from being made: further names of the file
//! (hard links), what a mount point, a folder that may not be written in or another file system
//! forbids, and attributes that cannot be copied. There the bytes of the file itself are changed
//! ([`in_place`]), with a copy of the old ones kept until that has gone well.
//!
//! What stays: a link stays a link; mode, extended attributes and ACLs are kept, and the owner
//! where whoever runs airconn may give files away. What is not a file (`/dev/stdout`, a pipe) is
//! written to. Repairs reach the disk (`fdatasync`) before they take the place of the old text; the
//! folder is not synced, so that a machine that loses its power then has either text. Reports,
//! which can be made again, are left to the system.

mod beside;
mod in_place;
#[cfg(unix)]
mod unix;

use std::fs::{Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Trouble;

/// Who may read a file that was not there before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner only: connections hold secrets.
    Owner,
    /// Whoever may read other files that are made here; reports hold no secret, and other programs
    /// pick them up.
    Usual,
}

/// Writes a file, whatever is there.
pub(super) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Trouble> {
    write(path, bytes, readers, None)
}

/// Writes a file anew that holds `before`. One that has come to hold something else is left alone.
pub(super) fn update(path: &Path, before: &[u8], after: &[u8]) -> Result<(), Trouble> {
    write(path, after, Readers::Owner, Some(before))
}

/// Removes what a run that was killed has left beside a file.
pub(super) fn tidy(path: &Path) {
    let real = behind_links(path);
    if let Ok(before) = std::fs::metadata(&real)
        && before.is_file()
    {
        let _ = beside::clear(&Target { real, before: Some(before), expected: None });
    }
}

/// What is to be written.
struct Target<'t> {
    /// Where links lead.
    real: PathBuf,
    /// What is there.
    before: Option<Metadata>,
    /// What it must hold.
    expected: Option<&'t [u8]>,
}

/// Why a file was not written. Unless it says otherwise, everything is as it was.
enum Refusal {
    /// It holds something else than it did.
    Changed,
    /// Here no file takes the place of another.
    NoRename(Error),
    /// The name of the file beside it is that of something that is not airconn's.
    InTheWay(PathBuf),
    /// It could not be written.
    Io(Error),
    /// It could not be written, and what it held is in a copy.
    Copied(Error, PathBuf),
    /// It could not be written in one step, and there is no place for a copy.
    NoCopy(PathBuf, Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Io(error)
    }
}

impl Target<'_> {
    /// It has not changed since it was read.
    fn is_as_expected(&self) -> Result<(), Refusal> {
        let Some(expected) = self.expected else { return Ok(()) };
        // A byte more than expected is enough to know.
        let most = expected.len() + 1;
        match crate::files::read(&self.real, most) {
            Ok(bytes) if bytes == expected => Ok(()),
            _ => Err(Refusal::Changed),
        }
    }

    /// What a rename would take from it.
    fn would_lose(&self) -> Option<Error> {
        #[cfg(unix)]
        if self.before.as_ref().is_some_and(|b| std::os::unix::fs::MetadataExt::nlink(b) > 1) {
            return Some(Error::other("it has several names (hard links)"));
        }
        None
    }
}

fn write(
    path: &Path,
    bytes: &[u8],
    readers: Readers,
    expected: Option<&[u8]>,
) -> Result<(), Trouble> {
    let shown = path.display();
    if path.file_name().is_none() {
        return Err(Trouble::new(format!("{shown} is not the name of a file")));
    }
    let real = behind_links(path);
    let before = std::fs::metadata(&real).ok();
    let special = before.as_ref().is_some_and(|kind| !kind.is_file() && !kind.is_dir());
    let written = if special {
        let opened = OpenOptions::new().write(true).open(&real);
        opened.and_then(|mut file| file.write_all(bytes)).map_err(Refusal::Io)
    } else {
        anew(&Target { real, before, expected }, bytes, readers)
    };
    written.map_err(|refusal| {
        Trouble::new(match refusal {
            Refusal::Changed => {
                format!("{shown} was changed while airconn worked on it, and is left as it is now")
            }
            Refusal::NoRename(error) | Refusal::Io(error) => {
                format!("cannot write {shown}: {error}")
            }
            Refusal::InTheWay(other) => {
                format!(
                    "cannot write {shown}: {} is in the way and is not airconn's: move it away",
                    other.display()
                )
            }
            Refusal::Copied(error, copy) => {
                format!(
                    "cannot write {shown}: {error}; what it held before is in {}",
                    copy.display()
                )
            }
            Refusal::NoCopy(folder, error) => format!(
                "cannot write {shown}: it can only be written in place, and there is no room for a \
                 copy of it in {} ({error}); TMPDIR names another folder",
                folder.display()
            ),
        })
    })
}

fn anew(target: &Target<'_>, bytes: &[u8], readers: Readers) -> Result<(), Refusal> {
    // Beyond its limit a process is killed, half-way.
    #[cfg(unix)]
    if unix::is_beyond_limit(bytes.len()) {
        return Err(Refusal::Io(Error::from(ErrorKind::FileTooLarge)));
    }
    let reason = match target.would_lose() {
        Some(reason) => reason,
        None => match beside::replace(target, bytes, readers) {
            Err(Refusal::NoRename(reason)) => reason,
            written => return written,
        },
    };
    // Where there is no file yet, nothing can be written in place.
    if target.before.is_none() {
        return Err(Refusal::Io(reason));
    }
    in_place::write(target, bytes)
}

/// Whether an error says that here no file takes the place of another: mount points, folders that
/// may not be written in, names that are too long for one more beside them.
fn forbids_rename(error: &Error) -> bool {
    use ErrorKind::{
        CrossesDevices, InvalidFilename, PermissionDenied, ReadOnlyFilesystem, ResourceBusy,
    };
    matches!(
        error.kind(),
        CrossesDevices | InvalidFilename | PermissionDenied | ReadOnlyFilesystem | ResourceBusy
    )
}

/// The file that a path leads to, also where there is none yet.
fn behind_links(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    match std::fs::read_link(path) {
        Ok(target) => path.parent().unwrap_or_else(|| Path::new("")).join(target),
        Err(_) => path.to_path_buf(),
    }
}
