//! Every `console` block of the README and of the hand-written pages in docs/ is run, and its
//! output compared.
//!
//! A line that begins with `$ ` is given to bash, in a folder that holds nothing but `fixtures` and
//! what earlier lines of the same page wrote; what follows must be what it prints, standard error
//! included. (trycmd knows neither pipes nor an empty environment, and pages are full of pipes.) A
//! command that fails must say so on the page: `; echo "exit code $?"`. `AIRCONN_BLESS=1` rewrites
//! the output instead.
#![cfg(all(feature = "cli", unix))]

use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a command prints, and whether it succeeded. Nothing of the surroundings gets through but
/// the place of the tools.
fn run(command: &str, folder: &Path) -> (String, bool) {
    let airconn = Path::new(env!("CARGO_BIN_EXE_airconn"));
    let tools = std::env::var("PATH").unwrap_or_default();
    let path =
        format!("{}:{tools}", airconn.parent().expect("the binary is in a folder").display());
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .output()
        .expect("bash runs");
    (String::from_utf8(output.stdout).expect("the output is UTF-8"), output.status.success())
}

/// The page with what its commands print now, the number of commands, and the commands that failed
/// without saying so.
fn rerun(page: &str) -> (String, usize, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::os::unix::fs::symlink(Path::new(ROOT).join("fixtures"), folder.path().join("fixtures"))
        .expect("a link");
    let (mut out, mut ran, mut failed) = (String::new(), 0, Vec::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out += &format!("{line}\n");
        if line != "```console" {
            continue;
        }
        for line in lines.by_ref() {
            if line == "```" {
                out += "```\n";
                break;
            }
            // Old output is dropped, commands are run.
            let Some(command) = line.strip_prefix("$ ") else { continue };
            let (printed, good) = run(command, folder.path());
            ran += 1;
            if !good {
                failed.push(command.to_string());
            }
            let end = if printed.is_empty() || printed.ends_with('\n') { "" } else { "\n" };
            out += &format!("{line}\n{printed}{end}");
        }
    }
    (out, ran, failed)
}

fn check(name: &str, at_least: usize) {
    let path = Path::new(ROOT).join(name);
    let page = std::fs::read_to_string(&path).expect("the page can be read");
    let (now, ran, failed) = rerun(&page);
    assert!(failed.is_empty(), "{name}: these commands fail: {failed:#?}");
    assert!(ran >= at_least, "{name}: only {ran} commands");
    if std::env::var_os("AIRCONN_BLESS").is_some() {
        std::fs::write(&path, now).expect("the page can be written");
        return;
    }
    for (number, (is, was)) in now.lines().zip(page.lines()).enumerate() {
        assert_eq!(
            is,
            was,
            "{name}:{}: left is what airconn prints now; `just bless` takes it over",
            number + 1
        );
    }
    assert_eq!(now, page, "{name}: the output has another length; `just bless` takes it over");
}

#[test]
fn the_readme_is_true() {
    check("README.md", 4);
}

#[test]
fn the_page_on_check_is_true() {
    check("docs/check.md", 5);
}

#[test]
fn the_page_on_redshift_is_true() {
    check("docs/redshift.md", 9);
}

#[test]
fn the_page_on_inspect_is_true() {
    check("docs/inspect.md", 3);
}

#[test]
fn the_page_on_convert_is_true() {
    check("docs/convert.md", 3);
}

#[test]
fn the_quickstart_is_true() {
    check("docs/quickstart.md", 6);
}

#[test]
fn the_page_on_uris_is_true() {
    check("docs/airflow-uris.md", 8);
}

#[test]
fn the_page_on_ci_is_true() {
    check("docs/ci.md", 7);
}

#[test]
fn the_page_on_pre_commit_is_true() {
    check("docs/pre-commit.md", 3);
}

#[test]
fn the_page_on_configuration_is_true() {
    check("docs/configuration.md", 11);
}

#[test]
fn the_security_model_is_true() {
    check("docs/security.md", 2);
}

#[test]
fn the_page_on_airflow_3_is_true() {
    check("docs/airflow-3.md", 4);
}

#[test]
fn the_page_on_installing_is_true() {
    check("docs/install.md", 3);
}

#[test]
fn the_page_on_upgrades_is_true() {
    check("docs/upgrade.md", 2);
}

/// A page whose block is not run would never fail.
#[test]
fn no_page_has_commands_that_are_not_run() {
    let checked = [
        "README.md",
        "docs/check.md",
        "docs/redshift.md",
        "docs/inspect.md",
        "docs/convert.md",
        "docs/quickstart.md",
        "docs/airflow-uris.md",
        "docs/ci.md",
        "docs/pre-commit.md",
        "docs/configuration.md",
        "docs/security.md",
        "docs/airflow-3.md",
        "docs/install.md",
        "docs/upgrade.md",
    ];
    let pages =
        std::fs::read_dir(Path::new(ROOT).join("docs")).expect("docs can be listed").flatten();
    let mut pages: Vec<String> =
        pages.map(|e| format!("docs/{}", e.file_name().to_string_lossy())).collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map(String::from));
    for page in pages.iter().filter(|p| p.ends_with(".md") && !checked.contains(&p.as_str())) {
        let text =
            std::fs::read_to_string(Path::new(ROOT).join(page)).expect("the page can be read");
        assert!(!text.contains("```console"), "{page} has a console block that no test runs");
    }
}
