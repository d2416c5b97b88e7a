//! What only Unix has: files without a name, attributes, limits.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::Error;
use std::path::Path;

use rustix::fs::XattrFlags;
#[cfg(target_os = "linux")]
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

/// The open files of this process.
const OWN: &str = "/proc/self/fd";

/// The most that a list of attributes or one of them takes (XATTR_LIST_MAX, XATTR_SIZE_MAX of
/// Linux).
const MOST: usize = 65_536;

/// Whether a file of this length is longer than a process may write (`ulimit -f`).
pub(super) fn is_beyond_limit(length: usize) -> bool {
    getrlimit(Resource::Fsize).current.is_some_and(|most| length as u64 > most)
}

/// A file in the folder of `place` that has no name and is gone with its process, for its owner or
/// whoever else the mask of the process lets read; locked. `None` where there are no such files.
pub(super) fn nameless(place: &Path) -> std::io::Result<Option<File>> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Mode, OFlags};
        // The name is given by way of what a process sees of itself.
        if !Path::new(OWN).exists() {
            return Ok(None);
        }
        let folder = place.parent().unwrap_or(Path::new("."));
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        match rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666)) {
            Ok(file) => {
                let file = File::from(file);
                // Nobody knows it, so that nobody holds it.
                let _ = file.try_lock();
                Ok(Some(file))
            }
            Err(errno @ (Errno::ACCESS | Errno::ROFS | Errno::PERM)) => Err(errno.into()),
            Err(errno @ Errno::NOENT) if !folder.exists() => Err(errno.into()),
            // Old kernels, network file systems.
            Err(_) => Ok(None),
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = place;
        Ok(None)
    }
}

/// Gives it a name.
pub(super) fn link(file: &File, place: &Path) -> std::io::Result<()> {
    use std::os::fd::AsRawFd;
    let own = format!("{OWN}/{}", file.as_raw_fd());
    let here = rustix::fs::CWD;
    Ok(rustix::fs::linkat(here, own, here, place, rustix::fs::AtFlags::SYMLINK_FOLLOW)?)
}

/// An attribute that says who may read a file.
pub(super) fn is_acl(name: &CStr) -> bool {
    name.to_bytes().starts_with(b"system.posix_acl")
}

/// Copies the attributes of a file that `wanted` accepts. An error is an attribute that would be
/// lost; labels of the system (`security.`, `trusted.`) are given by its own rules.
pub(super) fn keep_attributes(
    file: &File,
    from: &Path,
    wanted: fn(&CStr) -> bool,
) -> std::io::Result<()> {
    let mut list = vec![0; MOST];
    let length = match rustix::fs::listxattr(from, &mut list[..]) {
        Ok(length) => length,
        // A file system without attributes.
        Err(_) => return Ok(()),
    };
    for name in list[..length].split_inclusive(|byte| *byte == 0) {
        let Ok(name) = CString::from_vec_with_nul(name.to_vec()) else { continue };
        let systems =
            name.to_bytes().starts_with(b"security.") || name.to_bytes().starts_with(b"trusted.");
        if !wanted(&name) {
            continue;
        }
        let mut value = vec![0; MOST];
        let copied = rustix::fs::getxattr(from, &*name, &mut value[..]).and_then(|length| {
            rustix::fs::fsetxattr(file, &*name, &value[..length], XattrFlags::empty())
        });
        if copied.is_err() && !systems {
            return Err(Error::other("it has attributes that another file cannot be given"));
        }
    }
    Ok(())
}
