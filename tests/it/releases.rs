//! What builds a release, what fetches one and what says how to install it name the same things.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// What stands in a text between two others, each time.
fn between<'t>(text: &'t str, before: &str, after: &[char]) -> BTreeSet<&'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

/// The targets that the release workflow builds.
fn built(workflow: &str) -> BTreeSet<&str> {
    let built = between(workflow, "- {target: ", &[',']);
    assert!(built.len() >= 7, "only {built:?}");
    built
}

#[test]
fn what_is_built_is_what_can_be_fetched() {
    let workflow = read(".github/workflows/release.yml");
    let built = built(&workflow);
    let page = read("docs/install.md");
    let archives = between(&page, "`airconn-", &['`'])
        .into_iter()
        .filter_map(|name| name.strip_suffix(".tar.gz").or_else(|| name.strip_suffix(".zip")))
        .collect::<BTreeSet<_>>();
    assert_eq!(archives, built, "docs/install.md names other archives");
    let script = read("tools/ci/get-airconn.sh");
    let fetched = between(&script, ") target=", &[' ']);
    let fetched = fetched.into_iter().filter(|t| *t != "''").collect::<BTreeSet<_>>();
    let static_or_native = built.iter().copied().filter(|t| !t.ends_with("-gnu")).collect();
    assert_eq!(fetched, static_or_native, "the action fetches other archives");
}

/// cargo-binstall looks for the files that tools/ci/release.py writes, on each target.
#[test]
fn binstall_fetches_archives_that_are_built() {
    let said = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let binstall = &said["packages"][0]["metadata"]["binstall"];
    let text = |table: &serde_json::Value, key: &str| table[key].as_str().map(String::from);
    let workflow = read(".github/workflows/release.yml");
    let built = built(&workflow);
    for target in &built {
        let own = binstall["overrides"].get(*target);
        let of = |key: &str| {
            own.and_then(|own| text(own, key))
                .or_else(|| text(binstall, key))
                .unwrap_or_else(|| panic!("no {key}"))
                .replace("{ target }", target)
        };
        let ending = if of("pkg-fmt") == "zip" { ".zip" } else { ".tar.gz" };
        assert_eq!(ending == ".zip", target.contains("windows"), "{target}");
        let url = of("pkg-url").replace("{ archive-suffix }", ending);
        let name = url.rsplit('/').next().expect("a file");
        let fetched = name
            .strip_prefix("airconn-")
            .and_then(|name| name.strip_suffix(ending))
            .unwrap_or_else(|| panic!("{target}: {name}"));
        assert!(built.contains(fetched), "{target} fetches {name}, which nobody builds");
        assert_eq!(fetched.replace("-musl", "-gnu"), target.replace("-musl", "-gnu"));
        assert!(of("bin-dir").starts_with(&format!("airconn-{fetched}/")), "{target}");
    }
}

/// A tag can be moved to other code: actions are pinned to commits.
#[test]
fn actions_are_pinned_to_commits() {
    let mut seen = 0;
    for file in [".github/workflows/checks.yml", ".github/workflows/release.yml", "action.yml"] {
        for line in read(file).lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            let (_, pin) = action.split_once('@').expect("a version");
            let (commit, version) = pin.split_once(" # v").expect("the version, as a comment");
            assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{line}");
            assert!(version.split('.').count() == 3, "{line}");
            seen += 1;
        }
    }
    assert!(seen >= 8, "only {seen} actions");
}

#[test]
fn the_version_that_pages_name_is_this_one() {
    let version = env!("CARGO_PKG_VERSION");
    for (page, named) in [
        ("docs/install.md", format!("/v{version}/airconn-")),
        ("docs/pre-commit.md", format!("rev: v{version}\n")),
        ("docs/pre-commit.md", format!("airconn=={version}]")),
    ] {
        assert!(read(page).contains(&named), "{page} does not name {named}");
    }
    let requirements = read("tools/oracles/requirements/release.txt");
    for pinned in between(&read(".github/workflows/release.yml"), "--quiet uv==", &['\n']) {
        assert!(requirements.lines().any(|line| line == format!("uv=={pinned}")), "uv {pinned}");
    }
}
