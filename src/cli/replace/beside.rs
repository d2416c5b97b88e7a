//! A new text beside the old one, which takes its place in one step.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Readers, Refusal, Target, forbids_rename};
use crate::report::fnv1a;

/// The longest name of a file, in bytes, on every file system that is common.
const LONGEST: usize = 255;

/// So often, and with such a pause, another airconn is waited for that writes the same file.
const PATIENCE: (u32, Duration) = (250, Duration::from_millis(20));

/// Replaces a file, or leaves everything as it was.
pub(super) fn replace(target: &Target<'_>, bytes: &[u8], readers: Readers) -> Result<(), Refusal> {
    let place = place(&target.real);
    let (mut file, named) = create(target, &place)?;
    // Whoever made a file that was not there decides who may read it; until then nobody else may.
    let usual = file.metadata()?.permissions();
    let written =
        private(&file).and_then(|()| file.write_all(bytes)).and_then(|()| match readers {
            Readers::Owner => file.sync_data(),
            Readers::Usual => Ok(()),
        });
    let kept = written.map_err(Refusal::Io).and_then(|()| keep(&file, target));
    let named = match kept {
        Ok(()) if !named => link(&file, target, &place),
        kept => kept,
    };
    if let Err(refusal) = named {
        // Of a file without a name nothing is left.
        remove(&file, &place);
        return Err(refusal);
    }
    let moved = target.is_as_expected().and_then(|()| {
        let last = match (&target.before, readers) {
            (Some(before), _) => Some(before.permissions()),
            (None, Readers::Usual) => Some(usual),
            (None, Readers::Owner) => None,
        };
        last.map_or(Ok(()), |mode| file.set_permissions(mode))?;
        acl(&file, target)?;
        std::fs::rename(&place, &target.real).map_err(of_rename)
    });
    if moved.is_err() {
        remove(&file, &place);
    }
    moved
}

/// Removes what a run that was killed has left in the place of the new text.
pub(super) fn clear(target: &Target<'_>) -> Result<(), Refusal> {
    let place = place(&target.real);
    for _ in 0..PATIENCE.0 {
        let Ok(seen) = std::fs::symlink_metadata(&place) else { return Ok(()) };
        if !is_ours(&seen, target) {
            return Err(Refusal::InTheWay(place));
        }
        let Ok(file) = File::open(&place) else { return Err(Refusal::InTheWay(place)) };
        match file.try_lock() {
            // Whoever is at work holds its file locked.
            Err(TryLockError::WouldBlock) => std::thread::sleep(PATIENCE.1),
            // What there is no lock for nobody holds.
            Ok(()) | Err(TryLockError::Error(_)) => {
                remove(&file, &place);
                return Ok(());
            }
        }
    }
    Err(Refusal::Io(Error::new(ErrorKind::ResourceBusy, "another airconn is writing it")))
}

/// `.NAME.airconn` beside the file. Where that is too long, its beginning, told apart by a hash.
fn place(real: &Path) -> PathBuf {
    let name = real.file_name().unwrap_or_default();
    let mut beside = OsString::from(".");
    if name.len() + ".".len() + ".airconn".len() <= LONGEST {
        beside.push(name);
    } else {
        let hash = format!("{:016x}", fnv1a(name.as_encoded_bytes()) as u64);
        let room = LONGEST - "..airconn".len() - hash.len() - 1;
        let mut start = name.to_string_lossy().into_owned();
        start.truncate(start.floor_char_boundary(room));
        beside.push(format!("{start}~{hash}"));
    }
    beside.push(".airconn");
    real.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).join(beside)
}

/// A new file, locked, and whether it has its name already.
fn create(target: &Target<'_>, place: &Path) -> Result<(File, bool), Refusal> {
    #[cfg(unix)]
    if let Some(file) = super::unix::nameless(place).map_err(of_rename)? {
        return Ok((file, false));
    }
    for _ in 0..PATIENCE.0 {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        match options.open(place) {
            Ok(file) => {
                // Only another airconn could hold it, which takes it for a leftover and removes it.
                if file.try_lock().is_ok() && is_still(&file, place) {
                    return Ok((file, true));
                }
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => clear(target)?,
            Err(error) => return Err(of_rename(error)),
        }
    }
    Err(Refusal::Io(Error::new(ErrorKind::ResourceBusy, "another airconn is writing it")))
}

/// Gives a file its name.
fn link(file: &File, target: &Target<'_>, place: &Path) -> Result<(), Refusal> {
    #[cfg(unix)]
    for _ in 0..PATIENCE.0 {
        match super::unix::link(file, place) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => clear(target)?,
            linked => return linked.map_err(of_rename),
        }
    }
    let _ = (file, target, place);
    Err(Refusal::Io(Error::new(ErrorKind::ResourceBusy, "another airconn is writing it")))
}

fn of_rename(error: Error) -> Refusal {
    if forbids_rename(&error) { Refusal::NoRename(error) } else { Refusal::Io(error) }
}

/// Removes our file, not another one that has come to stand there.
fn remove(file: &File, place: &Path) {
    if is_still(file, place) {
        // The error that matters is the first one.
        let _ = std::fs::remove_file(place);
    }
}

#[cfg(unix)]
fn is_still(file: &File, place: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (ours, there) = (file.metadata(), std::fs::symlink_metadata(place));
    let same = |a: &Metadata, b: &Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    ours.is_ok_and(|ours| there.is_ok_and(|there| same(&ours, &there)))
}

#[cfg(not(unix))]
fn is_still(_: &File, place: &Path) -> bool {
    place.is_file()
}

/// A file of the name that airconn gives, of whoever owns the target or runs airconn, with the mode
/// that it has until its last moment, or that of the target, which it has then.
#[cfg(unix)]
fn is_ours(seen: &Metadata, target: &Target<'_>) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mode = |m: &Metadata| m.mode() & 0o7777;
    let before = target.before.as_ref();
    let owner = seen.uid() == rustix::process::geteuid().as_raw()
        || before.is_some_and(|before| before.uid() == seen.uid());
    let modes = mode(seen) == 0o600 || before.is_some_and(|before| mode(before) == mode(seen));
    seen.is_file() && owner && modes && seen.nlink() == 1
}

#[cfg(not(unix))]
fn is_ours(seen: &Metadata, _: &Target<'_>) -> bool {
    seen.is_file()
}

#[cfg(unix)]
fn private(file: &File) -> std::io::Result<()> {
    file.set_permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600))
}

#[cfg(not(unix))]
fn private(_: &File) -> std::io::Result<()> {
    let _: Option<Permissions> = None;
    Ok(())
}

/// Owner and attributes of the file that is replaced.
#[cfg(unix)]
fn keep(file: &File, target: &Target<'_>) -> Result<(), Refusal> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Some(before) = &target.before else { return Ok(()) };
    let now = file.metadata()?;
    if (now.uid(), now.gid()) != (before.uid(), before.gid()) {
        // Who may not give files away leaves them with the one who writes, as editors do.
        let _ = fchown(file, Some(before.uid()), Some(before.gid()));
    }
    super::unix::keep_attributes(file, &target.real, |name| !super::unix::is_acl(name))
        .map_err(Refusal::NoRename)
}

#[cfg(not(unix))]
fn keep(_: &File, _: &Target<'_>) -> Result<(), Refusal> {
    Ok(())
}

/// Its ACL, which says who may read it and comes last.
fn acl(file: &File, target: &Target<'_>) -> Result<(), Refusal> {
    #[cfg(unix)]
    if target.before.is_some() {
        super::unix::keep_attributes(file, &target.real, super::unix::is_acl)
            .map_err(Refusal::NoRename)?;
    }
    let _ = (file, target);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_beside_and_its_name_fits() {
        for (name, want) in [
            ("/a/b.env", "/a/.b.env.airconn"),
            ("b.env", "./.b.env.airconn"),
            ("/b", "/.b.airconn"),
        ] {
            assert_eq!(place(Path::new(name)), Path::new(want));
        }
        let named =
            |name: &str| place(&Path::new("/a").join(name)).file_name().expect("a name").len();
        for length in [245, 246, 247, 250, 255] {
            assert!(named(&"a".repeat(length)) <= LONGEST, "{length}");
            assert!(named(&"é".repeat(length / 2)) <= LONGEST, "{length}");
        }
        let long = |end: &str| place(Path::new(&format!("{}{end}", "a".repeat(250))));
        assert_ne!(long("b"), long("c"));
    }
}
