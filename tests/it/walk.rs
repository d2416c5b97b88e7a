//! Folders are walked as ruff and ripgrep walk them: what is passed over, what is found all the
//! same, and what cannot be read.

use crate::common;

use std::path::Path;

use common::{Ran, airconn, feed, folder_with};

const CONNECTION: &str = "AIRFLOW_CONN_A='postgres://user:pw@host:54x2/db'\n";

/// A folder with a file of connections under each of these names, and with these other files.
fn tree(connections: &[&str], others: &[(&str, &str)]) -> tempfile::TempDir {
    folder_with(connections.iter().map(|name| (*name, CONNECTION)).chain(others.iter().copied()))
}

fn check(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = airconn();
    command
        .arg("check")
        .args(arguments)
        .args(["--format", "concise", "--exit-zero"])
        .current_dir(folder);
    // What git is told for all repositories of a user.
    command.env("HOME", folder.join("home")).env("XDG_CONFIG_HOME", folder.join("home/.config"));
    feed(command, b"")
}

/// The files with findings, in the order of the report.
fn found(ran: &Ran) -> Vec<String> {
    let mut files: Vec<String> =
        ran.out.lines().filter_map(|line| Some(line.split_once(":1:")?.0.to_string())).collect();
    files.dedup();
    files
}

fn files(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let ran = check(folder, arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    found(&ran)
}

#[test]
fn what_is_ignored_is_passed_over() {
    let folder = tree(
        &[
            "a.env",
            "by-git.env",
            "sub/a.env",
            "sub/by-nested.env",
            "sub/back.env",
            "by-ignore.env",
            "by-exclude.env",
            "by-global.env",
            "deep/er/a.env",
            "deep/er/only-there.env",
            "only-there.env",
            "build/a.env",
        ],
        &[
            (".gitignore", "by-git.env\nbuild/\nback.env\n"),
            ("sub/.gitignore", "by-nested.env\n!back.env\n"),
            ("deep/.gitignore", "/er/only-there.env\n"),
            (".ignore", "by-ignore.env\n"),
            (".git/info/exclude", "by-exclude.env\n"),
            ("home/.config/git/ignore", "by-global.env\n"),
        ],
    );
    let kept = ["a.env", "deep/er/a.env", "only-there.env", "sub/a.env", "sub/back.env"];
    assert_eq!(files(folder.path(), &["."]), kept);
    // Rules of a folder above hold below, too.
    assert_eq!(files(folder.path(), &["sub"]), ["sub/a.env", "sub/back.env"]);
    assert_eq!(files(&folder.path().join("sub"), &["."]), ["a.env", "back.env"]);
    // Who names something means it.
    assert_eq!(
        files(folder.path(), &["by-git.env", "by-ignore.env"]),
        ["by-git.env", "by-ignore.env"]
    );
    assert_eq!(files(folder.path(), &["build"]), ["build/a.env"]);
    assert_eq!(files(folder.path(), &[".", "--no-respect-gitignore"]).len(), 12);
}

#[test]
fn names_choose_what_is_looked_into() {
    let folder = tree(
        &[
            ".env",
            ".env.production",
            ".hidden/a.env",
            ".github/a.env",
            "a.txt",
            "a.py",
            "A.ENV",
            "notes.md",
            "node_modules/a.env",
            ".venv/a.env",
            "lib/site-packages/a.env",
            ".mypy_cache/a.env",
            ".terraform/a.env",
            ".git/a.env",
        ],
        &[("other.env", "DATABASE_URL=postgres://u:p@h/d\n"), ("data.json", "[1, 2, 3]\n")],
    );
    assert_eq!(
        files(folder.path(), &["."]),
        [".env", ".env.production", ".github/a.env", ".hidden/a.env", "A.ENV"]
    );
    // A file that is named is read, whatever its name; one that is named twice, once.
    assert_eq!(files(folder.path(), &["a.txt", "./a.txt", "a.txt", "--from", "env"]), ["a.txt"]);
    assert_eq!(files(folder.path(), &["./.env", "."])[0], "./.env");
    assert_eq!(files(folder.path(), &["./.env", "."]).len(), 5);
}

#[test]
fn what_is_excluded_is_left_out() {
    let folder = tree(
        &[
            "a.env",
            "tests/a.env",
            "tests/deep/b.env",
            "x/tests/c.env",
            "prod.env",
            "prod.example.env",
        ],
        &[],
    );
    for (exclude, left) in [
        ("tests/", &["a.env", "prod.env", "prod.example.env"][..]),
        ("/tests/", &["a.env", "prod.env", "prod.example.env", "x/tests/c.env"]),
        (
            "*.example.env",
            &["a.env", "prod.env", "tests/a.env", "tests/deep/b.env", "x/tests/c.env"],
        ),
        ("tests/**/b.env,prod*", &["a.env", "tests/a.env", "x/tests/c.env"]),
        ("**/a.env", &["prod.env", "prod.example.env", "tests/deep/b.env", "x/tests/c.env"]),
    ] {
        assert_eq!(files(folder.path(), &[".", "--exclude", exclude]), left, "{exclude}");
    }
}

#[test]
fn many_folders_are_reported_in_order_whoever_was_first() {
    let names: Vec<String> = (0..120).map(|i| format!("{}/{}/{i:03}.env", i % 5, i % 3)).collect();
    let folder = tree(&names.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let mut sorted = names.clone();
    sorted.sort();
    let runs: Vec<_> = (0..3).map(|_| files(folder.path(), &["."])).collect();
    assert!(runs.iter().all(|run| *run == sorted));
}

#[cfg(unix)]
#[test]
fn links_lead_out_of_the_folder_and_never_round() {
    use std::os::unix::fs::symlink;
    let outside = tree(&["shared.env", "folder/x.env"], &[]);
    let folder = tree(&["sub/a.env"], &[]);
    symlink(folder.path(), folder.path().join("sub/round")).expect("a link");
    symlink("a.env", folder.path().join("sub/same.env")).expect("a link");
    symlink("nowhere.env", folder.path().join("sub/broken.env")).expect("a link");
    symlink("loop.env", folder.path().join("loop.env")).expect("a link");
    symlink(outside.path().join("shared.env"), folder.path().join(".env")).expect("a link");
    symlink(outside.path().join("folder"), folder.path().join("outside")).expect("a link");
    assert_eq!(files(folder.path(), &["."]), [".env", "sub/a.env"]);
    // A link that is named is followed.
    assert_eq!(files(folder.path(), &["outside"]), ["outside/x.env"]);
    assert_eq!(files(folder.path(), &["sub/same.env"]), ["sub/same.env"]);
    assert_eq!(check(folder.path(), &["loop.env"]).code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&["b.env"], &[]);
    let name = std::ffi::OsStr::from_bytes(b"a\xff.env");
    std::fs::write(folder.path().join(name), CONNECTION).expect("a file");
    assert_eq!(files(folder.path(), &["."]), ["a\u{fffd}.env", "b.env"]);
    let mut command = airconn();
    command.args(["check", "--format", "concise", "--fix"]).arg(name).current_dir(folder.path());
    assert_eq!(feed(command, b"").code, 1);
}

/// What cannot be read is told; the rest is checked, and the run ends with 2.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_checked() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;
    let folder = tree(&["a.env", "closed/x.env", "z.env"], &[]);
    // What the kernel makes up when it is asked is passed over by a walk: some of it never ends.
    symlink("/proc/self/mem", folder.path().join("m.env")).expect("a link");
    let ran = check(folder.path(), &["."]);
    let all = ["a.env", "closed/x.env", "z.env"].map(String::from).to_vec();
    assert_eq!((ran.code, found(&ran), ran.err.as_str()), (0, all, ""), "{ran:?}");
    // A folder without permission. For root none is missing: then somebody else looks.
    let closed = folder.path().join("closed");
    std::fs::remove_file(folder.path().join("m.env")).expect("the link");
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("permissions");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).expect("permissions");
    let mut command = airconn();
    command.args(["check", ".", "--format", "concise"]).current_dir(folder.path());
    if std::fs::read_dir(&closed).is_ok() {
        // The binary must be open to all.
        let binary = folder.path().join("airconn");
        std::fs::copy(env!("CARGO_BIN_EXE_airconn"), &binary).expect("a copy");
        command = std::process::Command::new(&binary);
        command
            .args(["check", ".", "--format", "concise"])
            .current_dir(folder.path())
            .env_clear()
            .uid(65_534);
    }
    let ran = feed(command, b"");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).expect("permissions");
    assert_eq!(
        (ran.code, found(&ran)),
        (2, vec!["a.env".to_string(), "z.env".to_string()]),
        "{ran:?}"
    );
    assert!(ran.err.contains("cannot search .: ") && ran.err.contains("closed"), "{}", ran.err);
}

/// Runs git in a folder.
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(folder).args(arguments).env_remove("GIT_DIR");
    let ran = command.env_remove("GIT_INDEX_FILE").output().expect("git is installed");
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// A file of connections under each of these names, in repositories that track some of them.
fn tracking() -> tempfile::TempDir {
    let folder = tree(
        &[
            ".env",
            "new.env",
            "secret.env",
            "build/kept.env",
            "build/new.env",
            "node_modules/kept.env",
            "by-ignore.env",
            "excluded/kept.env",
            "module/.env",
            "module/new.env",
        ],
        &[
            (".gitignore", ".env\nsecret.env\nbuild/\nnew.env\n"),
            (".ignore", "by-ignore.env\n"),
            ("package.json", "{\"name\": \"web\"}\n"),
        ],
    );
    let (root, module) = (folder.path(), folder.path().join("module"));
    git(root, &["init", "--quiet"]);
    let tracked =
        [".env", "build/kept.env", "node_modules/kept.env", "by-ignore.env", "excluded/kept.env"];
    git(root, &[&["add", "--force"][..], &tracked].concat());
    git(&module, &["init", "--quiet"]);
    git(&module, &["add", "--force", ".env"]);
    folder
}

/// Runs `check`, which asks git where it is one.
fn check_tracked(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = airconn();
    command.arg("check").args(arguments).current_dir(folder).env_remove("GIT_DIR");
    command.env("HOME", folder.join("home")).env("XDG_CONFIG_HOME", folder.join("home/.config"));
    feed(command, b"")
}

/// What git tracks it does not ignore, whatever `.gitignore` names.
#[test]
fn what_git_tracks_is_read() {
    let folder = tracking();
    let read = |inside: &Path, more: &[&str]| {
        let fixed = ["--format", "concise", "--exit-zero", "--select", "AC102"];
        found(&check_tracked(inside, &[more, &fixed].concat()))
    };
    let root = folder.path();
    assert_eq!(
        read(root, &[".", "--exclude", "excluded/"]),
        [".env", "build/kept.env", "module/.env"]
    );
    // From a folder below, and of a folder below.
    assert_eq!(read(&root.join("build"), &["."]), ["kept.env"]);
    assert_eq!(read(root, &["build"]), ["build/kept.env"]);
    assert_eq!(read(&root.join("module"), &["."]), [".env"]);
}

/// What is read is listed as what, and what is left out with the reason.
#[test]
fn files_are_shown_with_what_becomes_of_them() {
    let folder = tracking();
    let ran = check_tracked(folder.path(), &["--show-files", "--exclude", "excluded/"]);
    let want = "\
.env: env, 1 connection
build/kept.env: env, 1 connection
module/.env: env, 1 connection

Left out:
build/new.env: ignored
by-ignore.env: ignored
excluded: excluded
module/new.env: ignored
new.env: ignored
node_modules: a folder of what others wrote
package.json: no connections
secret.env: ignored
";
    assert_eq!((ran.code, ran.out.as_str()), (0, want), "{ran:?}");
    let ran =
        check_tracked(folder.path(), &["--show-files", "--format", "json", ".env", "new.env"]);
    let want = r#"{"version":1,"files":[{"file":".env","format":"env","connections":1},{"file":"new.env","format":"env","connections":1}],"left_out":[]}"#;
    assert_eq!((ran.code, ran.out.trim_end()), (0, want), "{ran:?}");
}
