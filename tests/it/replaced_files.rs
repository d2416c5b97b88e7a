//! Files that `--fix` and `-o` write: where no other file can take their place, when they change
//! meanwhile, when airconn is killed. Whatever happens, the old text or the new one is there.
#![expect(
    clippy::print_stdout,
    reason = "what was not tried, and how many kills there were, is told"
)]
#![cfg(all(feature = "cli", unix))]

use crate::common;

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Ran, airconn, feed};
use tempfile::TempDir;

const OLD: &str = "AIRFLOW_CONN_A='fs://u:p%@h/'\n";
const NEW: &str = "AIRFLOW_CONN_A='fs://u:p%25@h/'\n";

/// Nobody, who owns nothing.
const NOBODY: &str = "65534";

/// Old and new text of a file that is worth some time.
fn large(connections: usize) -> (String, String) {
    let text = |password: &str| {
        let line = |i| format!("AIRFLOW_CONN_A{i}='fs://u:{password}@h/'\n");
        (0..connections).map(line).collect::<String>()
    };
    (text("p%"), text("p%25"))
}

/// A folder that everybody may look into, with one for copies in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("a mode");
        std::fs::create_dir(folder.path().join("copies")).expect("a folder");
        std::fs::set_permissions(folder.path().join("copies"), Permissions::from_mode(0o777))
            .expect("a mode");
        Place { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).expect("a file");
        self.path(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("the file")
    }

    /// What lies around that nobody put there.
    fn litter(&self) -> Vec<String> {
        let names = |folder: &Path| {
            let entries = std::fs::read_dir(folder).expect("the folder");
            entries
                .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
                .collect::<Vec<_>>()
        };
        let mut all = names(&self.path("copies"));
        all.extend(names(self.folder.path()).into_iter().filter(|name| name.ends_with(".airconn")));
        all
    }

    fn command(&self, program: &str) -> Command {
        let binary = airconn();
        let mut command = Command::new(program);
        // The surroundings are those of the binary's own tests.
        for (name, value) in binary.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(self.folder.path()).env("TMPDIR", self.path("copies"));
        command
    }

    /// Runs the binary.
    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_airconn"));
        command.args(arguments);
        feed(command, b"")
    }

    /// Runs a script of a shell with the binary as `$0`.
    fn script(&self, before: &[&str], script: &str) -> Ran {
        let mut command = self.command(before.first().unwrap_or(&"sh"));
        command.args(before.iter().skip(1));
        if !before.is_empty() {
            command.arg("sh");
        }
        command.args(["-c", script, env!("CARGO_BIN_EXE_airconn")]);
        feed(command, b"")
    }
}

fn is_root() -> bool {
    let own = tempfile::tempdir().expect("a folder");
    std::fs::metadata(own.path()).expect("the folder").uid() == 0
}

/// What puts a script into a mount namespace of its own, if the kernel lets it.
fn mounts() -> Option<Vec<&'static str>> {
    let own = if is_root() { vec!["unshare", "-m"] } else { vec!["unshare", "-r", "-m"] };
    let mut command = Command::new(own[0]);
    command.args(&own[1..]).args(["sh", "-c", "mount -t tmpfs none /mnt"]);
    let allowed =
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    if !allowed {
        println!("not tried: the kernel lets no mount namespace be made here");
    }
    allowed.then_some(own)
}

#[test]
fn a_file_that_is_mounted_is_written_in_place() {
    let Some(mounts) = mounts() else { return };
    for (what, command) in [
        ("a repair", "\"$0\" check --isolated --fix mounted.env"),
        ("an output", "\"$0\" convert --isolated --to env -o mounted.env new.jsonl"),
    ] {
        let place = Place::new();
        place.put("real.env", OLD);
        place.put("mounted.env", "");
        place.put("new.jsonl", "{\"conn_id\":\"a\",\"conn_type\":\"fs\",\"host\":\"h\"}\n");
        let ran = place.script(&mounts, &format!("mount --bind real.env mounted.env && {command}"));
        assert_eq!(ran.code, 0, "{what}: {ran:?}");
        let text = place.text("real.env");
        assert!(text == NEW || text == "AIRFLOW_CONN_A=fs://h\n", "{what}: {text:?}");
        assert_eq!(place.litter(), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn a_file_in_a_folder_that_may_not_be_written_in_is_written_in_place() {
    let place = Place::new();
    std::fs::create_dir(place.path("closed")).expect("a folder");
    let file = place.put("closed/a.env", OLD);
    std::fs::set_permissions(&file, Permissions::from_mode(0o666)).expect("a mode");
    std::fs::set_permissions(place.path("closed"), Permissions::from_mode(0o555)).expect("a mode");
    // Nothing is closed to root.
    let user = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"];
    let ran = place
        .script(if is_root() { &user } else { &[] }, "\"$0\" check --isolated --fix closed/a.env");
    std::fs::set_permissions(place.path("closed"), Permissions::from_mode(0o755)).expect("a mode");
    if is_root() && ran.code == 126 {
        println!("not tried: the binary cannot be reached by another user");
        return;
    }
    assert_eq!((ran.code, place.text("closed/a.env")), (0, NEW.to_string()), "{ran:?}");
    assert_eq!(std::fs::metadata(file).expect("the file").permissions().mode() & 0o777, 0o666);
    assert_eq!(
        (place.litter().len(), std::fs::read_dir(place.path("closed")).expect("it").count()),
        (0, 1)
    );
}

#[test]
fn names_may_be_as_long_as_they_can() {
    let place = Place::new();
    for name in
        [200, 245, 246, 247, 250, 255].map(|length| format!("{}.env", "n".repeat(length - 4)))
    {
        place.put(&name, OLD);
        let ran = place.run(&["check", "--isolated", "--fix", &name]);
        assert_eq!((ran.code, place.text(&name)), (0, NEW.to_string()), "{ran:?}");
    }
    assert_eq!(place.litter(), Vec::<String>::new());
}

#[test]
fn hard_links_stay_linked() {
    let place = Place::new();
    let file = place.put("a.env", OLD);
    std::fs::hard_link(&file, place.path("b.env")).expect("a link");
    let inode = std::fs::metadata(&file).expect("the file").ino();
    let ran = place.run(&["check", "--isolated", "--fix", "a.env"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for name in ["a.env", "b.env"] {
        let now = std::fs::metadata(place.path(name)).expect("the file");
        assert_eq!(
            (now.ino(), now.nlink(), place.text(name)),
            (inode, 2, NEW.to_string()),
            "{name}"
        );
    }
    assert_eq!(place.litter(), Vec::<String>::new());
    // A shorter text leaves nothing of the longer one.
    place.put("c.jsonl", "{\"conn_id\":\"a\",\"conn_type\":\"fs\"}\n");
    let ran = place.run(&["convert", "--isolated", "--to", "env", "-o", "b.env", "c.jsonl"]);
    assert_eq!(
        (ran.code, place.text("a.env")),
        (0, "AIRFLOW_CONN_A=fs://\n".to_string()),
        "{ran:?}"
    );
}

#[test]
fn without_a_place_for_a_copy_nothing_is_written_in_place() {
    let place = Place::new();
    let file = place.put("a.env", OLD);
    std::fs::hard_link(&file, place.path("b.env")).expect("a link");
    let ran = place.script(&[], "TMPDIR=\"$PWD/nowhere\" \"$0\" check --isolated --fix a.env");
    assert_eq!((ran.code, place.text("a.env")), (2, OLD.to_string()), "{ran:?}");
    assert!(ran.err.contains("nowhere") && ran.err.contains("TMPDIR"), "{ran:?}");
    assert!(ran.out.contains("AC202"), "{ran:?}");
}

#[test]
fn what_cannot_be_written_to_the_end_is_not_begun() {
    // The new text needs a page more than the old one.
    let (old, _) = large(370);
    let cases = [
        ("a limit of the shell", "ulimit -f 4; \"$0\" check --isolated --fix a.env", false),
        ("the same for several names", "ln a.env b.env; ulimit -f 4; \"$0\" check --isolated --fix a.env", false),
        (
            "a disk that is full",
            "mount -t tmpfs -o size=32k none disk && cp a.env disk && cat /dev/zero > disk/fill;
             \"$0\" check --isolated --fix disk/a.env; code=$?; cat disk/a.env > a.env; ls -A disk | grep airconn; exit $code",
            true,
        ),
        (
            "the same for several names",
            "mount -t tmpfs -o size=32k none disk && cp a.env disk && ln disk/a.env disk/b && cat /dev/zero > disk/fill;
             \"$0\" check --isolated --fix disk/a.env; code=$?; cat disk/a.env > a.env; ls -A disk | grep airconn; exit $code",
            true,
        ),
    ];
    let own = mounts();
    for (what, script, mounted) in cases {
        let before = match (mounted, &own) {
            (false, _) => Vec::new(),
            (true, Some(own)) => own.clone(),
            (true, None) => continue,
        };
        let place = Place::new();
        place.put("a.env", &old);
        std::fs::create_dir(place.path("disk")).expect("a folder");
        let ran = place.script(&before, script);
        assert_eq!(ran.code, 2, "{what}: {}", ran.err);
        assert!(place.text("a.env") == old, "{what}: the old text is not whole: {}", ran.err);
        assert!(ran.err.contains("cannot write"), "{what}: {}", ran.err);
        assert!(!ran.out.lines().any(|line| line.ends_with(".airconn")), "{what}");
        assert_eq!(place.litter(), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn one_file_that_cannot_be_written_keeps_no_other_from_it() {
    let Some(mounts) = mounts() else { return };
    let place = Place::new();
    for folder in ["closed", "open"] {
        std::fs::create_dir(place.path(folder)).expect("a folder");
    }
    for name in ["a.env", "closed/b.env", "open/c.env"] {
        place.put(name, OLD);
    }
    let ran = place.script(
        &mounts,
        "mount --bind closed closed && mount -o remount,ro,bind closed &&
         \"$0\" check --isolated --fix --format concise a.env closed/b.env open/c.env",
    );
    assert_eq!(ran.code, 2, "{ran:?}");
    assert_eq!([place.text("a.env"), place.text("open/c.env")], [NEW, NEW], "{ran:?}");
    assert_eq!(place.text("closed/b.env"), OLD);
    // The one that failed is named, what was made is told, and the report has all three as they
    // are.
    assert!(ran.err.contains("cannot write closed/b.env: "), "{ran:?}");
    assert!(ran.err.contains("repaired 2 findings"), "{ran:?}");
    assert!(ran.out.contains("closed/b.env:1:25: warning[AC202]"), "{ran:?}");
    assert_eq!(ran.out.matches("AC202").count(), 1, "{ran:?}");
    assert!(ran.out.contains("in 3 connections (3 files)"), "{ran:?}");
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    for (what, edit) in [
        ("a line more", format!("{OLD}B=1\n")),
        ("as long as before", OLD.replace("h/", "i/")),
        ("empty", String::new()),
    ] {
        let place = Place::new();
        place.put("a.env", OLD);
        place.put("b.env", OLD);
        let pipe = place.path("pipe.env");
        assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()));
        let mut command = place.command(env!("CARGO_BIN_EXE_airconn"));
        command.args([
            "check",
            "--isolated",
            "--fix",
            "--from",
            "env",
            "a.env",
            "b.env",
            "pipe.env",
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the binary starts");
        // The last input opens when somebody reads it: by then the others are read, or nearly.
        let mut open = std::fs::OpenOptions::new().write(true).open(&pipe).expect("a reader");
        std::thread::sleep(Duration::from_millis(400));
        std::fs::write(place.path("a.env"), &edit).expect("an edit");
        open.write_all(b"C=1\n").expect("a reader");
        drop(open);
        let output = child.wait_with_output().expect("the binary ends");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{what}: {err}");
        assert_eq!(place.text("a.env"), edit, "{what}: {err}");
        assert_eq!(place.text("b.env"), NEW, "{what}: {err}");
        assert!(err.contains("a.env was changed while airconn worked on it"), "{what}: {err}");
        assert_eq!(place.litter(), Vec::<String>::new(), "{what}");
    }
}

/// `AIRCONN_KILLS` makes it as many as somebody has time for.
#[test]
fn whoever_kills_it_leaves_one_text_or_the_other() {
    let kills = std::env::var("AIRCONN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(36);
    let (old, new) = large(40);
    let place = Place::new();
    place.put("a.env", &old);
    let start = Instant::now();
    assert_eq!(place.run(&["check", "--isolated", "--fix", "a.env"]).code, 0);
    assert!(place.text("a.env") == new);
    let whole = start.elapsed();
    let (mut olds, mut news, mut left) = (0, 0, 0);
    for kill in 0..kills {
        place.put("a.env", &old);
        let mut command = place.command(env!("CARGO_BIN_EXE_airconn"));
        command.args(["check", "--isolated", "--fix", "a.env"]);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        // Most kills in the last part of a run, where it writes.
        let part = 0.4 + 0.8 * f64::from(kill) / f64::from(kills);
        std::thread::sleep(whole.mul_f64(part));
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let text = place.text("a.env");
        assert!(text == old || text == new, "kill {kill}: neither one text nor the other");
        if text == old {
            olds += 1
        } else {
            news += 1
        }
        let litter = place.litter();
        assert!(litter.is_empty() || litter == [".a.env.airconn"], "kill {kill}: {litter:?}");
        for name in litter {
            left += 1;
            let mode = |name: &str| {
                std::fs::metadata(place.path(name)).expect("the file").permissions().mode() & 0o777
            };
            // Right before the rename it gets the mode of the file that it replaces, so that no
            // kill leaves that one unreadable to those who need it.
            assert!(
                [0o600, mode("a.env")].contains(&mode(&name)),
                "kill {kill}: {:o}",
                mode(&name)
            );
            assert!(place.text(&name) == new, "kill {kill}: half a text");
        }
        let again = place.run(&["check", "--isolated", "--fix", "a.env"]);
        assert!(again.code == 0 && place.text("a.env") == new, "kill {kill}: {again:?}");
        assert_eq!(place.litter(), Vec::<String>::new(), "kill {kill}");
    }
    println!(
        "{kills} kills: {olds} times the old text, {news} times the new one, {left} files left beside it"
    );
}

#[test]
fn what_a_killed_run_left_is_removed_and_nothing_else() {
    let leftover = ".a.env.airconn";
    for (what, mode, text, code, stays) in [
        ("a repair that was killed", 0o600, OLD, 0, false),
        ("one that was killed last of all", 0o644, OLD, 0, false),
        ("where nothing is left to repair", 0o600, NEW, 0, false),
        ("somebody else's file", 0o755, OLD, 2, true),
        ("somebody else's, and nothing to do", 0o755, NEW, 0, true),
    ] {
        let place = Place::new();
        std::fs::set_permissions(place.put("a.env", text), Permissions::from_mode(0o644))
            .expect("a mode");
        std::fs::set_permissions(place.put(leftover, "half"), Permissions::from_mode(mode))
            .expect("a mode");
        let ran = place.run(&["check", "--isolated", "--fix", "a.env"]);
        let after = if code == 0 { NEW } else { text };
        assert_eq!((ran.code, place.text("a.env").as_str()), (code, after), "{what}: {ran:?}");
        assert_eq!(place.path(leftover).exists(), stays, "{what}");
        assert!(code == 0 || ran.err.contains(".a.env.airconn is in the way"), "{what}: {ran:?}");
    }
    // A link, a folder.
    for make in ["ln -s b .a.env.airconn", "mkdir .a.env.airconn"] {
        let place = Place::new();
        place.put("a.env", OLD);
        let ran = place
            .script(&[], &format!("{make}; echo secret > b; \"$0\" check --isolated --fix a.env"));
        assert_eq!((ran.code, place.text("b").as_str()), (2, "secret\n"), "{make}: {ran:?}");
        assert_eq!(place.text("a.env"), OLD, "{make}");
    }
}

#[test]
fn a_run_that_is_at_work_is_waited_for() {
    let place = Place::new();
    place.put("a.env", OLD);
    let busy = std::fs::File::create(place.path(".a.env.airconn")).expect("a file");
    busy.set_permissions(Permissions::from_mode(0o600)).expect("a mode");
    busy.lock().expect("a lock");
    std::thread::scope(|scope| {
        let run = scope.spawn(|| place.run(&["check", "--isolated", "--fix", "a.env"]));
        std::thread::sleep(Duration::from_millis(300));
        assert!(place.path(".a.env.airconn").exists() && place.text("a.env") == OLD);
        drop(busy);
        let ran = run.join().expect("it runs");
        assert_eq!((ran.code, place.text("a.env")), (0, NEW.to_string()), "{ran:?}");
    });
    assert_eq!(place.litter(), Vec::<String>::new());
}

#[test]
fn runs_at_once_do_not_harm_one_another() {
    let (old, new) = large(20);
    let place = Place::new();
    place.put("a.env", &old);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| place.run(&["check", "--isolated", "--fix", "a.env"])))
            .collect();
        for run in runs {
            let ran = run.join().expect("it runs");
            // One that came too late says so.
            let late = ran.code == 2 && ran.err.contains("was changed while airconn worked on it");
            assert!(ran.code == 0 || late, "{ran:?}");
        }
    });
    assert!(place.text("a.env") == new);
    assert_eq!(place.litter(), Vec::<String>::new());
}

#[test]
fn what_a_file_has_besides_its_text_stays() {
    let place = Place::new();
    let file = place.put("a.env", OLD);
    std::fs::set_permissions(&file, Permissions::from_mode(0o640)).expect("a mode");
    let (name, flags) = ("user.airconn-test", rustix::fs::XattrFlags::empty());
    let attributes = rustix::fs::setxattr(&file, name, b"kept", flags).is_ok();
    if !attributes {
        println!("not tried: the file system has no attributes");
    }
    if is_root() {
        std::os::unix::fs::chown(&file, Some(12_345), Some(23_456)).expect("an owner");
    }
    let before = std::fs::metadata(&file).expect("the file");
    let ran = place.run(&["check", "--isolated", "--fix", "a.env"]);
    assert_eq!((ran.code, place.text("a.env")), (0, NEW.to_string()), "{ran:?}");
    let after = std::fs::metadata(&file).expect("the file");
    let kept = |m: &std::fs::Metadata| (m.mode(), m.uid(), m.gid());
    assert_eq!(kept(&after), kept(&before));
    assert_ne!(after.ino(), before.ino());
    if attributes {
        let mut value = [0; 16];
        let length = rustix::fs::getxattr(&file, name, &mut value[..]).expect("the attribute");
        assert_eq!(&value[..length], b"kept");
    }
}
