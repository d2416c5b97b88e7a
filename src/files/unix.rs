//! Opening and reading without waiting, where there are pipes, devices and a kernel that makes
//! files up.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::Named;

/// How long a pipe without anybody at its other end is waited for: a shell that makes one for
/// `<(…)` needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(crate::bounds::PIPE_WRITER.value as u64);

/// File systems whose files are made up by the kernel as they are read (linux/magic.h): reading
/// may wait (`/proc/kmsg`), never end, or have an effect.
const MADE_UP: &[u64] = &[
    0x9fa0,      // proc
    0x6265_6572, // sysfs
    0x6462_6720, // debugfs
    0x7472_6163, // tracefs
    0x0027_e0eb, // cgroup
    0x6367_7270, // cgroup2
    0x7363_6673, // securityfs
    0x6265_6570, // configfs
    0xcafe_4a11, // bpf
    0x6165_676c, // pstore
    0xde5e_81e4, // efivarfs
    0x0000_1cd1, // devpts
    0x1980_0202, // mqueue
    0x4249_4e4d, // binfmt_misc
    0xf97c_ff8c, // selinuxfs
];

/// Opens without waiting for a writer, and without taking a terminal for its own.
pub(super) fn open(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(Error::other)?;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Whether the kernel makes the file up.
pub(super) fn is_made_up(file: &File) -> bool {
    #[cfg(target_os = "linux")]
    {
        let kind = rustix::fs::fstatfs(file).map(|system| system.f_type as u64);
        // The numbers have 32 bits, and a signed field may hold them.
        kind.is_ok_and(|kind| MADE_UP.contains(&(kind & 0xffff_ffff)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (file, MADE_UP);
        false
    }
}

/// How an open file is waited for.
pub(super) struct Waits {
    /// A regular file never lets anybody wait.
    regular: bool,
    /// Somebody has written, or has been there.
    seen: bool,
    /// A pipe that nobody writes into reads as if it had ended.
    pipe: bool,
    /// When the wait for somebody at the other end is over.
    nobody: Instant,
    /// When all is over.
    until: Option<Instant>,
}

impl Waits {
    pub(super) fn new(kind: &Metadata, named: Named) -> Waits {
        let now = Instant::now();
        let until = match named {
            Named::Within(time) => Some(now + time),
            Named::Found | Named::ByHand => None,
        };
        let pipe = kind.file_type().is_fifo();
        Waits { regular: kind.is_file(), seen: false, pipe, nobody: now + PATIENCE, until }
    }

    pub(super) fn read(&mut self, file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match file.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock && self.regular => {
                    return Err(Error::other("it has neither more to read nor an end"));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.seen = true;
                    self.wait(file, self.until)?;
                }
                Ok(0) if self.pipe && !self.seen => {
                    let end = self.until.map_or(self.nobody, |until| until.min(self.nobody));
                    // The one who was there has gone: that is an end.
                    self.seen = self.wait(file, Some(end))?.contains(PollFlags::HUP);
                }
                Ok(read) => {
                    self.seen = true;
                    return Ok(read);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until there is something to read, or nobody is left who could write.
    fn wait(&self, file: &File, until: Option<Instant>) -> std::io::Result<PollFlags> {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        let mut polled = [PollFd::new(file, PollFlags::IN)];
        match poll(&mut polled, left.as_ref()) {
            Ok(0) if self.seen => {
                Err(Error::new(ErrorKind::TimedOut, "who writes into it takes too long"))
            }
            Ok(0) => Err(Error::new(ErrorKind::TimedOut, "nobody writes into this pipe")),
            Ok(_) => Ok(polled[0].revents()),
            Err(rustix::io::Errno::INTR) => Ok(PollFlags::empty()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Ends a group of processes that is called after its first one, and the children that have left it
/// for a session of their own.
pub(crate) fn end_group(leader: u32) {
    let strays = descendants(leader);
    let pid = |id: u32| i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(leader) = pid(leader) {
        // A group that has ended already need not be ended.
        let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
    }
    for stray in strays.into_iter().filter_map(pid) {
        let _ = rustix::process::kill_process(stray, rustix::process::Signal::KILL);
    }
}

/// The children of a process, and theirs, as Linux lists them by thread. Elsewhere, and where
/// `/proc` is not there, nobody says which they are.
fn descendants(of: u32) -> Vec<u32> {
    let mut all = vec![of];
    let mut at = 0;
    while let Some(parent) =
        all.get(at).copied().filter(|_| all.len() <= crate::bounds::CHILDREN.value)
    {
        at += 1;
        let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten();
        for thread in threads.flatten() {
            // The kernel makes this list up as it is read; it neither waits nor grows.
            let children = std::fs::read_to_string(thread.path().join("children"));
            all.extend(children.unwrap_or_default().split_whitespace().flat_map(str::parse::<u32>));
        }
    }
    all.split_off(1)
}
