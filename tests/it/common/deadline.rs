//! Runs that fail a test where they do not end, and files that are not what they seem.
#![allow(dead_code, reason = "every test uses its own part of this module")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than any of these may take, also on a busy machine. What is longer hangs.
pub(crate) const LONG: Duration = Duration::from_secs(40);

/// Runs a command to its end, or fails the test where it has none.
pub(crate) fn ended(mut command: Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    end_of(child.spawn().expect("it starts"), &format!("{command:?}"))
}

pub(crate) fn end_of(mut child: Child, what: &str) -> Output {
    let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            bytes
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status,
            None if started.elapsed() > LONG => {
                child.kill().expect("a child of ours");
                panic!("it hangs: {what}");
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let (stdout, stderr) = (out.join().expect("a reader"), err.join().expect("a reader"));
    Output { status, stdout, stderr }
}

/// Exit code, standard output and standard error.
pub(crate) fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A pipe with a name, into which nobody writes.
pub(crate) fn pipe(path: &Path) -> PathBuf {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let made = Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
    path.to_path_buf()
}

/// A file of this size that takes no room.
pub(crate) fn sparse(path: &Path, size: u64, begin: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let mut file = std::fs::File::create(path).expect("a file");
    file.write_all(begin).expect("a beginning");
    file.set_len(size).expect("a hole");
}
