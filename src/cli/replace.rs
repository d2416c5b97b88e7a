//! Files that are written: replaced in one step, with the permissions and the owner that they had. A link stays a link, and what is no file
//! (`/dev/stdout`, a pipe) is written to.

use std::fs::{File, Metadata, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Trouble;

/// Who may read a file that was not there before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner only: connections hold secrets.
    Owner,
    /// Whoever may read other files that are made here; reports hold no secret, and other programs pick them up.
    Usual,
}

/// Writes a file, or leaves everything as it was.
pub(super) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Trouble> {
    let trouble = |e: std::io::Error| Trouble::new(format!("cannot write {}: {e}", path.display()));
    let name = path.file_name().ok_or_else(|| Trouble::new(format!("{} is no file name", path.display())))?;
    let real = behind_links(path);
    let before = std::fs::metadata(&real).ok();
    if before.as_ref().is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return OpenOptions::new().write(true).open(&real).and_then(|mut file| file.write_all(bytes)).map_err(trouble);
    }
    let directory = real.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let temporary = directory.join(format!(".{}.{}.airconn", name.to_string_lossy(), std::process::id()));
    // Until it has the permissions of the file that it replaces, it is for its owner only.
    let mode = if before.is_none() && readers == Readers::Usual { 0o666 } else { 0o600 };
    let written = create(&temporary, mode).and_then(|mut file| {
        file.write_all(bytes)?;
        if let Some(before) = &before {
            keep_owner(&temporary, before);
            std::fs::set_permissions(&temporary, before.permissions())?;
        }
        std::fs::rename(&temporary, &real)
    });
    if written.is_err() {
        // The error that matters is the first one.
        let _ = std::fs::remove_file(&temporary);
    }
    written.map_err(trouble)
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

fn create(path: &Path, mode: u32) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

/// Who may not give files away leaves them with the one who writes, as editors do.
#[cfg(unix)]
fn keep_owner(path: &Path, before: &Metadata) {
    use std::os::unix::fs::MetadataExt;
    let differs = std::fs::metadata(path).is_ok_and(|now| (now.uid(), now.gid()) != (before.uid(), before.gid()));
    if differs {
        let _ = std::os::unix::fs::chown(path, Some(before.uid()), Some(before.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Metadata) {}
