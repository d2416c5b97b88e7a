//! `check --fix` and `--diff` as commands: what is written where, and what is not shown.
#![cfg(feature = "cli")]

use crate::common;

use common::run;

const BEFORE: &str = "# ours\nAIRFLOW_CONN_DWH='redshift://etl:Canary7secret@h.example.com:5439/dev?ssl=true'\nOTHER=1\n";
const AFTER: &str =
    "# ours\nAIRFLOW_CONN_DWH='redshift://etl:Canary7secret@h.example.com:5439/dev?'\nOTHER=1\n";

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.env");
    std::fs::write(&path, text).expect("a file");
    (folder, path.to_string_lossy().into_owned())
}

#[test]
fn a_file_is_repaired_in_place() {
    let (folder, path) = file(BEFORE);
    let ran = run(&["check", "--fix", &path], "");
    assert_eq!(
        (ran.code, std::fs::read_to_string(&path).expect("the file")),
        (0, AFTER.to_string()),
        "{ran:?}"
    );
    assert!(ran.err.contains("repaired 1 finding\n"), "{ran:?}");
    assert!(!ran.out.contains("AC507"), "{ran:?}");
    // Nothing is left behind, and a second time there is nothing to do.
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1);
    let again = run(&["check", "--fix", &path], "");
    assert!(again.code == 0 && again.err.contains("repaired 0 findings"), "{again:?}");
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, path) = file(BEFORE);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    let link = folder.path().join("link.env");
    symlink(&path, &link).expect("a link");
    run(&["check", "--fix", &link.to_string_lossy()], "");
    assert!(std::fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), AFTER);
    assert_eq!(std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_diff_shows_the_change_and_no_secret() {
    let (_folder, path) = file(BEFORE);
    for arguments in [vec!["check", "--diff", &path], vec!["check", "--fix", "--diff", &path]] {
        let ran = run(&arguments, "");
        assert_eq!(
            (ran.code, std::fs::read_to_string(&path).expect("the file")),
            (1, BEFORE.to_string()),
            "{ran:?}"
        );
        assert!(
            ran.out.contains("\n-") && ran.out.contains("\n+") && ran.out.contains("ssl=true"),
            "{ran:?}"
        );
        assert!(
            !ran.out.contains("Canary")
                && !ran.out.contains("secret")
                && !ran.err.contains("Canary"),
            "{ran:?}"
        );
        assert!(ran.err.contains("would repair 1 finding"), "{ran:?}");
    }
    std::fs::write(&path, AFTER).expect("the file");
    let ran = run(&["check", "--diff", &path], "");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn standard_input_comes_out_repaired() {
    let ran = run(&["check", "--fix", "--stdin-filename", "a.env", "-"], BEFORE);
    assert_eq!((ran.code, ran.out.as_str()), (0, AFTER), "{ran:?}");
    assert!(!ran.err.contains("Canary"), "{ran:?}");
    // What cannot be repaired is reported beside it.
    let text = "AIRFLOW_CONN_A='redshift://h.example.com/dev?bogus=1'\n";
    let ran = run(&["check", "--fix", "--stdin-filename", "a.env", "-"], text);
    assert!(ran.code == 1 && ran.out == text && ran.err.contains("AC503"), "{ran:?}");
    let ran = run(&["check", "--fix=unsafe", "--stdin-filename", "a.env", "-"], text);
    assert!(!ran.out.contains("bogus") && !ran.err.contains("AC503"), "{ran:?}");
}

#[test]
fn only_what_is_selected_is_repaired() {
    let ran =
        run(&["check", "--fix", "--select", "AC508", "--stdin-filename", "a.env", "-"], BEFORE);
    assert_eq!(ran.out, BEFORE, "{ran:?}");
    let ran =
        run(&["check", "--fix", "--ignore", "AC507", "--stdin-filename", "a.env", "-"], BEFORE);
    assert_eq!(ran.out, BEFORE, "{ran:?}");
}

#[test]
fn the_environment_is_not_changed() {
    let mut command = common::airconn();
    command
        .args(["check", "--env", "--fix"])
        .env("AIRFLOW_CONN_A", "redshift://u:Canary7secret@h.example.com/d?ssl=true");
    let ran = common::feed(command, b"");
    assert!(ran.code == 2 && ran.err.contains("--diff") && !ran.out.contains("Canary"), "{ran:?}");
}

#[test]
fn findings_say_whether_they_can_be_repaired() {
    let ran = run(&["check", "--format", "json", "--stdin-filename", "a.env", "-"], BEFORE);
    let findings = ran.findings();
    let of = |id: &str| findings.iter().find(|f| f["id"] == id).map(|f| f["fixable"].clone());
    assert_eq!(of("AC507"), Some(true.into()), "{findings:?}");
}
