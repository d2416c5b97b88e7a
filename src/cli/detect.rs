//! `--detect`: the versions that a project pins, read from its lock files, requirements,
//! constraints and Dockerfiles.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use super::Trouble;
use super::config::Config;
use crate::airflow::runtime::Version;
use crate::airflow::version::numbers;
use crate::hooks::{self, PackageKind};
use crate::{bounds, files};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Package {
    Airflow,
    /// The one with this number in [`hooks::packages`].
    Around(usize),
}

/// The names that Airflow has on PyPI.
const AIRFLOW: &[&str] = &["apache-airflow", "apache-airflow-core"];

/// A version that a line pins.
#[derive(Debug, PartialEq, Eq)]
struct Pin {
    package: Package,
    version: String,
    /// From 1.
    line: usize,
}

/// Reads a kind of file.
type Reader = fn(&str) -> Vec<Pin>;

/// Kinds of files by the beginning and the end of their names; the first that names a version wins.
const KINDS: &[(&str, &str, Reader)] = &[
    ("uv", ".lock", of_lock),
    ("poetry", ".lock", of_lock),
    ("pdm", ".lock", of_lock),
    ("requirements", ".txt", of_requirements),
    ("constraints", ".txt", of_requirements),
    ("Dockerfile", "", of_dockerfile),
];

/// Files of a kind, with those that they include.
const MOST_FILES: usize = crate::bounds::DETECTED.value;

/// Fills in what the configuration does not say; one line for people for each version that was
/// found.
pub(super) fn complete(config: &mut Config) -> Result<Vec<String>, Trouble> {
    let folder =
        if config.folder.as_os_str().is_empty() { Path::new(".") } else { config.folder.as_path() };
    let listed = std::fs::read_dir(folder)
        .map_err(|e| Trouble::new(format!("cannot search {}: {e}", folder.display())))?;
    let mut names: Vec<String> =
        listed.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut notes = Vec::new();
    let has = |config: &Config, name: &str| {
        config.providers.iter().any(|given| {
            let given = given.split('=').next().unwrap_or_default();
            given.trim_start_matches("apache-airflow-providers-") == name
        })
    };
    for (begin, end, read) in KINDS {
        let mut queue: VecDeque<String> = names
            .iter()
            .filter(|name| name.starts_with(begin) && name.ends_with(end))
            .cloned()
            .collect();
        let mut seen = Vec::new();
        while let Some(name) = queue.pop_front().filter(|_| seen.len() < MOST_FILES) {
            let Ok(text) = files::text(&folder.join(&name), bounds::CONFIG.value) else { continue };
            if seen.contains(&name) {
                continue;
            }
            if *end == ".txt" {
                queue.extend(included(&name, &text));
            }
            seen.push(name.clone());
            for Pin { package, version, line } in read(&text) {
                let what = match package {
                    Package::Airflow
                        if config.airflow.is_empty() && Version::parse(&version).is_some() =>
                    {
                        config.airflow = vec![version.clone()];
                        "Airflow".to_string()
                    }
                    Package::Around(number) => {
                        let package = hooks::packages()[number];
                        let given = format!("{}={version}", package.name);
                        match package.kind {
                            PackageKind::Provider if !has(config, package.name) => {
                                config.providers.push(given);
                                format!("provider {}", package.name)
                            }
                            PackageKind::Driver if config.driver.is_none() => {
                                config.driver = Some(given);
                                package.name.to_string()
                            }
                            _ => continue,
                        }
                    }
                    _ => continue,
                };
                notes.push(format!("{what} {version} ({name}:{line})"));
            }
        }
    }
    Ok(notes)
}

/// The numbers at the beginning of a text: `2.11.0` of `2.11.0-python3.12` and of `2.11.0rc1`.
fn version_of(text: &str) -> Option<String> {
    let (numbers, _) = numbers(text)?;
    let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
    Some(numbers.join("."))
}

fn package_of(name: &str) -> Option<Package> {
    let name = name.trim().to_ascii_lowercase().replace('_', "-");
    if AIRFLOW.contains(&&*name) {
        return Some(Package::Airflow);
    }
    hooks::packages().iter().position(|package| package.pypi == name).map(Package::Around)
}

/// `name[extras]==version`, and the address of Airflow's constraints.
fn of_requirements(text: &str) -> Vec<Pin> {
    let line = |(i, line): (usize, &str)| {
        let line = line.split(" #").next().unwrap_or_default().trim();
        let pinned = line.split_once("==").and_then(|(name, version)| {
            let package = package_of(name.split('[').next().unwrap_or_default())?;
            Some(Pin {
                package,
                version: version_of(version.trim_start_matches('=').trim())?,
                line: i + 1,
            })
        });
        let constraints = || {
            let (_, rest) = line.split_once("/constraints-")?;
            Some(Pin {
                package: Package::Airflow,
                version: version_of(rest).filter(|v| v.contains('.'))?,
                line: i + 1,
            })
        };
        pinned.or_else(constraints)
    };
    text.lines().enumerate().filter_map(line).collect()
}

/// The files that a file of requirements includes with `-r` and `-c`, from the folder of the
/// project on.
fn included(name: &str, text: &str) -> Vec<String> {
    let folder = Path::new(name).parent().unwrap_or_else(|| Path::new(""));
    let of_line = |line: &str| {
        let mut words = line
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim()
            .split(|c: char| c.is_whitespace() || c == '=')
            .filter(|w| !w.is_empty());
        let file = words
            .next()
            .filter(|word| ["-r", "--requirement", "-c", "--constraint"].contains(word))
            .and(words.next())?;
        (!file.contains("://")).then(|| folder.join(file).to_string_lossy().into_owned())
    };
    text.lines().filter_map(of_line).collect()
}

/// `name = "…"` and `version = "…"` of a package, as uv.lock has them.
fn of_lock(text: &str) -> Vec<Pin> {
    let value = |line: &str, key: &str| {
        Some(line.strip_prefix(key)?.trim().strip_prefix('=')?.trim().trim_matches('"').to_string())
    };
    let mut package = None;
    let mut pins = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.starts_with("[[") {
            package = None;
        }
        if let Some(name) = value(line, "name ") {
            package = package_of(&name);
        }
        if let (Some(package), Some(version)) =
            (package, value(line, "version ").and_then(|v| version_of(&v)))
        {
            pins.push(Pin { package, version, line: i + 1 });
        }
    }
    pins
}

/// The Airflow in each major version of Astro Runtime, whose numbers are those of Airflow from 3.0
/// on. 4 to 11: the table of parity in astronomer/docs, astro/runtime-image-architecture.mdx; 12
/// and 13: 12.1.0 with 2.10.3 and 13.9.0 with 2.11.2 in the answers of the version service that the
/// tests of astronomer/astro-cli keep.
const ASTRO_RUNTIMES: &[(u16, &str)] = &[
    (4, "2.2"),
    (5, "2.3"),
    (6, "2.4"),
    (7, "2.5"),
    (8, "2.6"),
    (9, "2.7"),
    (10, "2.8"),
    (11, "2.9"),
    (12, "2.10"),
    (13, "2.11"),
];

/// `FROM apache/airflow:TAG`, and Astro Runtime, with what `ARG` gives to both.
fn of_dockerfile(text: &str) -> Vec<Pin> {
    let mut given = BTreeMap::new();
    let line = |(i, line): (usize, &str)| {
        let mut words = line.split_whitespace();
        let instruction = words.next()?;
        if instruction.eq_ignore_ascii_case("ARG") {
            let pairs = words.filter_map(|word| word.split_once('='));
            given.extend(pairs.map(|(name, value)| {
                (name.to_string(), value.trim_matches(['"', '\'']).to_string())
            }));
            return None;
        }
        let image = words
            .find(|word| !word.starts_with("--"))
            .filter(|_| instruction.eq_ignore_ascii_case("FROM"))?;
        let image = expanded(image, &given);
        let (name, tag) = image.split('@').next()?.rsplit_once(':')?;
        let last = name.rsplit('/').next().unwrap_or_default();
        let version = if name.ends_with("apache/airflow") {
            version_of(tag.trim_start_matches("slim-"))?
        } else if name.contains("astro")
            && (last.starts_with("astro-runtime") || last.starts_with("runtime"))
        {
            let version = version_of(tag)?;
            let major: u16 = version.split('.').next()?.parse().ok()?;
            let listed = ASTRO_RUNTIMES
                .iter()
                .find(|(runtime, _)| *runtime == major)
                .map(|(_, airflow)| airflow.to_string());
            // Numbers of Airflow 3 go on with `-2`, so that 14 would be a version of nothing known.
            listed.or(Some(version).filter(|_| major == 3))?
        } else {
            return None;
        };
        Some(Pin { package: Package::Airflow, version, line: i + 1 })
    };
    text.lines().enumerate().filter_map(line).collect()
}

/// `$NAME`, `${NAME}` and `${NAME:-value}` replaced by what the names were given.
fn expanded(text: &str, given: &BTreeMap<String, String>) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        whole.push_str(before);
        let (name, tail) = match after.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
            Some(braced) => braced,
            None => after.split_at(
                after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len()),
            ),
        };
        let (name, default) = name.split_once(":-").unwrap_or((name, ""));
        whole.push_str(
            given
                .get(name)
                .map(String::as_str)
                .filter(|value| !value.is_empty())
                .unwrap_or(default),
        );
        rest = tail;
    }
    whole + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read() {
        type Case = (Reader, &'static str, &'static [(Package, &'static str, usize)]);
        let cases: &[Case] = &[
            (of_requirements, "# c\napache-airflow==2.11.0\n", &[(Package::Airflow, "2.11.0", 2)]),
            (
                of_requirements,
                "Apache_Airflow[amazon, postgres]==3.0.6rc1 # why\n",
                &[(Package::Airflow, "3.0.6", 1)],
            ),
            (
                of_requirements,
                "apache-airflow-providers-amazon == 9.2.0; python_version > '3'\n",
                &[(Package::Around(0), "9.2.0", 1)],
            ),
            (of_requirements, "redshift_connector==2.1.5\n", &[(Package::Around(2), "2.1.5", 1)]),
            (
                of_requirements,
                "--constraint https://example.com/constraints-2.10.5/constraints-3.12.txt\n",
                &[(Package::Airflow, "2.10.5", 1)],
            ),
            (of_requirements, "apache-airflow>=2\nmy-apache-airflow==1.0\n", &[]),
            (
                of_lock,
                "[[package]]\nname = \"apache-airflow\"\nversion = \"3.1.8\"\n[[package]]\nversion = \"1.0\"\n",
                &[(Package::Airflow, "3.1.8", 3)],
            ),
            (
                of_dockerfile,
                "FROM apache/airflow:2.11.0-python3.12\n",
                &[(Package::Airflow, "2.11.0", 1)],
            ),
            (
                of_dockerfile,
                "from --platform=linux/amd64 docker.example.com/apache/airflow:slim-3.1.8 AS x",
                &[(Package::Airflow, "3.1.8", 1)],
            ),
            (
                of_dockerfile,
                "FROM images.example.com/astronomer/astro-runtime:12.7.1\n",
                &[(Package::Airflow, "2.10", 1)],
            ),
            (
                of_dockerfile,
                "FROM astro.example.com/runtime:3.1-2-base\n",
                &[(Package::Airflow, "3.1", 1)],
            ),
            (
                of_dockerfile,
                "FROM quay.example.com/astronomer/astro-runtime:4.2.0-base\n",
                &[(Package::Airflow, "2.2", 1)],
            ),
            (of_dockerfile, "FROM quay.example.com/astronomer/astro-runtime:99.0.0\n", &[]),
            (
                of_dockerfile,
                "ARG V=2.9.0\nFROM apache/airflow:${V}\n",
                &[(Package::Airflow, "2.9.0", 2)],
            ),
            (
                of_dockerfile,
                "ARG V=\"2.9.0\"\nARG P\nFROM apache/airflow:$V-python$P\n",
                &[(Package::Airflow, "2.9.0", 3)],
            ),
            (
                of_dockerfile,
                "FROM apache/airflow:${V:-3.1.0}@sha256:0f1e\n",
                &[(Package::Airflow, "3.1.0", 1)],
            ),
            (of_dockerfile, "FROM apache/airflow:${V}\nRUN apache/airflow:2.1.0\n", &[]),
            (of_dockerfile, "FROM python:3.12\nFROM apache/airflow:latest\n", &[]),
        ];
        for (read, text, want) in cases {
            let want: Vec<Pin> = want
                .iter()
                .map(|(package, v, line)| Pin {
                    package: *package,
                    version: v.to_string(),
                    line: *line,
                })
                .collect();
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn requirements_include_others() {
        let text = "-r base.txt\n--constraint=c/d.txt # why\n-c https://example.com/c.txt\nrich\n--requirement ../e.txt\n";
        assert_eq!(
            included("deps/dev.txt", text),
            ["deps/base.txt", "deps/c/d.txt", "deps/../e.txt"]
        );
    }
}
