//! Files are opened and read here and nowhere else: no open waits for anybody, and nothing is read
//! without a bound.
//!
//! What a repository or a configuration names must be a regular file. What the user names on the
//! command line may be a pipe or a device, too, as in `airconn check <(cmd)` and `/dev/stdin`.

#[cfg(unix)]
mod unix;

use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

#[cfg(unix)]
pub(crate) use unix::end_group;

/// Who named a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// It was found, or is named in what was found: only a regular file on a disk is read.
    Found,
    /// Whoever runs airconn named it as what to work on: it may be a pipe or a device, and who
    /// writes into it may take time.
    ByHand,
    /// The same, where nobody waits longer than this for all of it.
    #[cfg_attr(not(feature = "probe"), expect(dead_code, reason = "only a probe has a time limit"))]
    Within(Duration),
}

/// A file that is open for reading.
pub(crate) struct Opened {
    file: File,
    /// A pipe, a socket or a device: what comes next may not be there yet.
    #[cfg(unix)]
    waits: unix::Waits,
}

/// Opens a file without waiting for anybody.
///
/// # Errors
/// It cannot be opened, or is not a file of the kind that may be read.
pub(crate) fn open(path: &Path, named: Named) -> std::io::Result<Opened> {
    let kind = std::fs::metadata(path)?;
    // Opening a device or a pipe can have an effect, which nobody wants of what was only found.
    refuse_kind(&kind, named)?;
    #[cfg(unix)]
    let file = unix::open(path)?;
    #[cfg(not(unix))]
    let file = File::open(path)?;
    // What the name leads to may be another one by now.
    let kind = file.metadata()?;
    refuse_kind(&kind, named)?;
    #[cfg(unix)]
    {
        if named == Named::Found && unix::is_made_up(&file) {
            return Err(Error::other("the kernel makes it up as it is read; it is not a file"));
        }
        let waits = unix::Waits::new(&kind, named);
        Ok(Opened { file, waits })
    }
    #[cfg(not(unix))]
    Ok(Opened { file })
}

fn refuse_kind(kind: &std::fs::Metadata, named: Named) -> std::io::Result<()> {
    if kind.is_dir() {
        return Err(Error::from(ErrorKind::IsADirectory));
    }
    if kind.is_file() || named != Named::Found {
        return Ok(());
    }
    Err(Error::other("it is a pipe or a device, not a file"))
}

/// Reads the whole of a file that nobody named by hand.
///
/// # Errors
/// It cannot be read, is not a regular file, or has more than `most` bytes.
pub(crate) fn read(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    read_as(path, Named::Found, most)
}

/// The same as text.
///
/// # Errors
/// As [`read`]; besides, it is not UTF-8.
pub(crate) fn text(path: &Path, most: usize) -> std::io::Result<String> {
    text_as(path, Named::Found, most)
}

/// The first bytes of a file that was found.
///
/// # Errors
/// It cannot be opened or read, or is not a file.
pub(crate) fn begins(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let mut first = Vec::new();
    open(path, Named::Found)?.file.take(most).read_to_end(&mut first)?;
    Ok(first)
}

/// Reads the whole of a file.
///
/// # Errors
/// It cannot be read, or has more than `most` bytes.
pub(crate) fn read_as(path: &Path, named: Named, most: usize) -> std::io::Result<Vec<u8>> {
    whole(open(path, named)?, most)
}

/// The same as text.
///
/// # Errors
/// As [`read_as`]; besides, it is not UTF-8.
pub(crate) fn text_as(path: &Path, named: Named, most: usize) -> std::io::Result<String> {
    let wrong = |_| Error::new(ErrorKind::InvalidData, "it is not UTF-8");
    String::from_utf8(read_as(path, named, most)?).map_err(wrong)
}

/// Why a file cannot be read, in words that do not depend on the system.
#[cfg_attr(not(feature = "probe"), expect(dead_code, reason = "only a probe names it as a cause"))]
pub(crate) fn reason(error: &Error) -> String {
    match error.get_ref() {
        Some(own) => own.to_string(),
        None => error.kind().to_string(),
    }
}

/// Reads to the end.
///
/// # Errors
/// There are more than `most` bytes, or what is read fails.
pub(crate) fn whole(from: impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(Error::other(format!(
            "it is larger than {}",
            crate::bounds::size(most as u64)
        )));
    }
    Ok(bytes)
}

impl Opened {
    /// How many bytes it says that it has; 0 where it does not say.
    pub(crate) fn len(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        #[cfg(unix)]
        return self.waits.read(&mut self.file, buffer);
        #[cfg(not(unix))]
        self.file.read(buffer)
    }
}
