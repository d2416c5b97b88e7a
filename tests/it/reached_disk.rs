//! What of a file reaches the disk, in which order, and who may read it until then: told by a
//! library that stands ahead of the system's own.
#![expect(clippy::print_stdout, reason = "what was not tried is told")]
#![cfg(all(feature = "cli", target_os = "linux"))]

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::airconn;

const OLD: &str = "AIRFLOW_CONN_A='fs://u:p%@h/'\n";
const NEW: &str = "AIRFLOW_CONN_A='fs://u:p%25@h/'\n";

/// Writes down each `fdatasync` and `rename`, with the mode of the file.
const SPY: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void note(const char *what, struct stat *of)
{
    FILE *notes = fopen(getenv("SPY_NOTES"), "a");
    fprintf(notes, "%s %o\n", what, of->st_mode & 0777);
    fclose(notes);
}

int fdatasync(int file)
{
    struct stat of;
    fstat(file, &of);
    note("fdatasync", &of);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}

int rename(const char *from, const char *to)
{
    struct stat of;
    stat(from, &of);
    note("rename", &of);
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}
"#;

fn spy(folder: &Path) -> std::path::PathBuf {
    let (source, library) = (folder.join("spy.c"), folder.join("spy.so"));
    std::fs::write(&source, SPY).expect("a file");
    // Rust links by it, so that it is there.
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .status();
    assert!(made.is_ok_and(|status| status.success()), "cc");
    library
}

/// A repair is on the disk before it takes the place of the old text, and until then nobody else
/// may read it; what is written in place has its copy on the disk first, which nobody else may
/// read, either.
#[test]
fn a_text_is_on_the_disk_before_it_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = spy(folder.path());
    for (linked, arguments, want) in [
        (false, &["check", "--isolated", "--fix", "a.env"][..], "fdatasync 600\nrename 644\n"),
        (true, &["check", "--isolated", "--fix", "a.env"], "fdatasync 600\nfdatasync 644\n"),
        (
            false,
            &["convert", "--isolated", "--to", "env", "-o", "new.env", "a.env"],
            "fdatasync 600\nrename 600\n",
        ),
    ] {
        let place = tempfile::tempdir().expect("a folder");
        let file = place.path().join("a.env");
        std::fs::write(&file, OLD).expect("a file");
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("a mode");
        if linked {
            std::fs::hard_link(&file, place.path().join("b")).expect("a link");
        }
        let notes = folder.path().join("notes");
        let _ = std::fs::remove_file(&notes);
        let mut command = airconn();
        command.current_dir(place.path()).args(arguments);
        command.env("LD_PRELOAD", &library).env("SPY_NOTES", &notes);
        let ran = command.output().expect("the binary starts");
        let seen = std::fs::read_to_string(&notes).unwrap_or_default();
        assert_eq!(seen, want, "{arguments:?} {linked} {ran:?}");
    }
}

/// A file with several names is written in place, and not over what somebody else has made of it.
#[test]
fn what_changed_meanwhile_is_not_written_in_place() {
    let place = tempfile::tempdir().expect("a folder");
    let path = |name: &str| place.path().join(name);
    std::fs::write(path("a.env"), OLD).expect("a file");
    std::fs::write(path("c.env"), OLD).expect("a file");
    for (name, other) in [("a.env", "b"), ("c.env", "d")] {
        std::fs::hard_link(path(name), path(other)).expect("a link");
    }
    assert!(Command::new("mkfifo").arg(path("pipe.env")).status().is_ok_and(|s| s.success()));
    let mut command = airconn();
    command.current_dir(place.path()).stdin(Stdio::null());
    command.args(["check", "--isolated", "--fix", "--from", "env", "a.env", "c.env", "pipe.env"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary starts");
    // The last input opens when somebody reads it: by then the others are read, or nearly.
    let mut open =
        std::fs::OpenOptions::new().write(true).open(path("pipe.env")).expect("a reader");
    std::thread::sleep(Duration::from_millis(400));
    std::fs::write(path("a.env"), "B=1\n").expect("an edit");
    open.write_all(b"C=1\n").expect("a reader");
    drop(open);
    let output = child.wait_with_output().expect("the binary ends");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = |name: &str| std::fs::read_to_string(path(name)).expect("the file");
    assert_eq!((text("a.env"), text("b")), ("B=1\n".to_string(), "B=1\n".to_string()), "{err}");
    assert_eq!((text("c.env"), text("d")), (NEW.to_string(), NEW.to_string()), "{err}");
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("a.env was changed while airconn worked on it"), "{err}");
}

/// What has the name of the new text and is not airconn's is left alone: a pipe, a file with more
/// names, one of somebody else. (Other modes: `replaced_files`.)
#[test]
fn what_is_not_airconns_is_in_the_way() {
    let make = |kind: &str, path: &Path| match kind {
        "pipe" => {
            assert!(Command::new("mkfifo").arg(path).status().is_ok_and(|s| s.success()));
        }
        _ => std::fs::write(path, "tide").expect("a file"),
    };
    for kind in ["pipe", "two names", "somebody's"] {
        let place = tempfile::tempdir().expect("a folder");
        let (file, beside) = (place.path().join("a.env"), place.path().join(".a.env.airconn"));
        std::fs::write(&file, OLD).expect("a file");
        make(kind, &beside);
        std::fs::set_permissions(&beside, Permissions::from_mode(0o600)).expect("a mode");
        let foreign =
            kind == "somebody's" && std::os::unix::fs::chown(&beside, Some(12_345), None).is_err();
        if foreign {
            // Only root can give a file away.
            continue;
        }
        if kind == "two names" {
            std::fs::hard_link(&beside, place.path().join("other")).expect("a link");
        }
        let binary = airconn().get_program().to_owned();
        // A pipe that is opened would wait for ever.
        let mut command = Command::new("timeout");
        command.current_dir(place.path()).arg("60").arg(binary);
        let ran = command.args(["check", "--isolated", "--fix", "a.env"]).output().expect("a run");
        let err = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{kind}: {err}");
        assert!(err.contains("is in the way and is not airconn's"), "{kind}: {err}");
        assert!(beside.symlink_metadata().is_ok(), "{kind}: it is still there");
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), OLD, "{kind}");
    }
}

/// Who may read a file by its access control list may read it afterwards.
#[test]
fn an_access_control_list_stays() {
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("a.env");
    std::fs::write(&file, OLD).expect("a file");
    // Version 2, then tag, permissions and id of each entry (linux/posix_acl_xattr.h): the owner
    // rw, user 12345 r, the group r, the mask r, others nothing.
    let entries: [(u16, u16, u32); 5] =
        [(1, 6, u32::MAX), (2, 4, 12_345), (4, 4, u32::MAX), (16, 4, u32::MAX), (32, 0, u32::MAX)];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, id) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(permissions.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    let (name, flags) = ("system.posix_acl_access", rustix::fs::XattrFlags::empty());
    if rustix::fs::setxattr(&file, name, &list, flags).is_err() {
        println!("not tried: the file system has no access control lists");
        return;
    }
    let mut command = airconn();
    command.current_dir(place.path()).args(["check", "--isolated", "--fix", "a.env"]);
    let ran = command.output().expect("a run");
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), NEW);
    let mut value = [0; 256];
    let length = rustix::fs::getxattr(&file, name, &mut value[..]).expect("the list");
    assert_eq!(&value[..length], list);
}
