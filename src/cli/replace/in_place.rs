//! The bytes of a file itself, changed where no other file can take its place. A copy of the old
//! ones is kept until all is written.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::{Refusal, Target};

/// Writes a file in place.
pub(super) fn write(target: &Target<'_>, bytes: &[u8]) -> Result<(), Refusal> {
    // What may not be written is known before anything is copied.
    let mut file = OpenOptions::new().read(true).write(true).open(&target.real)?;
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    if target.expected.is_some_and(|expected| expected != old) {
        return Err(Refusal::Changed);
    }
    let folder = std::env::temp_dir();
    let (mut copy, place) = copy(folder.clone()).map_err(|e| Refusal::NoCopy(folder.clone(), e))?;
    let copied = copy.write_all(&old).and_then(|()| copy.sync_data());
    if let Err(error) = copied {
        let _ = std::fs::remove_file(&place);
        return Err(Refusal::NoCopy(folder, error));
    }
    let written = overwrite(&mut file, old.len(), bytes).and_then(|()| file.sync_data());
    let failed = match written {
        Ok(()) => None,
        // Room for the old text is there: nothing of it was given away yet.
        Err(error) => match overwrite(&mut file, old.len(), &old).and_then(|()| file.sync_data()) {
            Ok(()) => Some(Refusal::Io(error)),
            Err(_) => return Err(Refusal::Copied(error, place)),
        },
    };
    // A copy that cannot be removed is named: it holds secrets.
    match (std::fs::remove_file(&place), failed) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(refusal)) => Err(refusal),
        (Err(error), _) => Err(Refusal::Copied(error, place)),
    }
}

/// First what is longer than before, so that a disk that is full says so while the old text is
/// still whole; then the rest.
fn overwrite(file: &mut File, old: usize, bytes: &[u8]) -> std::io::Result<()> {
    let (head, tail) = bytes.split_at(bytes.len().min(old));
    if !tail.is_empty() {
        file.seek(SeekFrom::Start(old as u64))?;
        file.write_all(tail)?;
    }
    file.seek(SeekFrom::Start(0))?;
    file.write_all(head)?;
    file.set_len(bytes.len() as u64)
}

/// A new file for its owner only.
fn copy(folder: PathBuf) -> std::io::Result<(File, PathBuf)> {
    for number in 0..1000 {
        let place = folder.join(format!("airconn-{}-{number}.copy", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&place) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, place)),
        }
    }
    Err(Error::from(ErrorKind::AlreadyExists))
}
