//! What git itself says, where its index is not plain: within a time and a size, whatever the
//! repository holds.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::{bounds, files};

/// What git reads there before it lists anything.
const READ: &[&str] = &["HEAD", "index", "config", "commondir", "packed-refs"];

/// The names of the files that git tracks; none where it is not installed, or will have nothing to
/// do with this repository.
///
/// # Errors
/// Why it was stopped.
pub(super) fn tracked(root: &Path) -> Result<Vec<Vec<u8>>, String> {
    for name in READ {
        match files::open(&root.join(".git").join(name), files::Named::Found) {
            Ok(opened) if opened.len() > bounds::GIT_INDEX.value as u64 => {
                return Err(format!("git's {name} is larger than {}", bounds::GIT_INDEX.words()));
            }
            Ok(_) => {}
            // What is not there, or is a folder, is git's own business.
            Err(error) => match error.get_ref() {
                Some(reason) => return Err(format!("git's {name} is not read: {reason}")),
                None => continue,
            },
        }
    }
    // A repository may configure a program to be run here; none is.
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["-c", "core.fsmonitor=false", "ls-files", "-z"]);
    git.env("GIT_OPTIONAL_LOCKS", "0");
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut git, 0);
    let Ok(mut child) = git.spawn() else { return Ok(Vec::new()) };
    let Some(out) = child.stdout.take() else { return Ok(Vec::new()) };
    let (tell, told) = channel();
    // It ends with git, or when git is stopped.
    std::thread::spawn(move || tell.send(files::whole(out, bounds::GIT_INDEX.value)));
    let listed = told.recv_timeout(Duration::from_secs(bounds::GIT_SECONDS.value as u64));
    match listed {
        Ok(Ok(listed)) => {
            let fine = child.wait().is_ok_and(|ended| ended.success());
            let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
            Ok(if fine { names.map(<[u8]>::to_vec).collect() } else { Vec::new() })
        }
        Ok(Err(_)) => {
            stop(child);
            Err(format!("`git ls-files` prints more than {}", bounds::GIT_INDEX.words()))
        }
        Err(_) => {
            stop(child);
            Err(format!("`git ls-files` does not end within {}", bounds::GIT_SECONDS.words()))
        }
    }
}

/// Ends git, and what it has started.
fn stop(mut child: Child) {
    #[cfg(unix)]
    files::end_group(child.id());
    // Whoever has ended already need not be ended.
    let _ = child.kill();
    let _ = child.wait();
}
