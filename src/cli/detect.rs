//! `--detect`: the versions that a project pins beside its configuration, for all files of a run.

use std::collections::VecDeque;
use std::path::Path;

use super::Trouble;
use super::config::Config;
use super::pins::{self, Given, KINDS, Package, Pin};
use crate::airflow::runtime::Version;
use crate::hooks::{self, PackageKind};
use crate::{bounds, files};

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
    let has = |named: &[String], name: &str| {
        named.iter().any(|given| {
            let given = given.split('=').next().unwrap_or_default();
            given.trim_start_matches("apache-airflow-providers-") == name
        })
    };
    let mut given = Given::new();
    if let Ok(variables) = files::text(&folder.join(".env"), bounds::PINS.value) {
        pins::of_text(&variables, &mut given);
    }
    for kind in KINDS {
        let mut queue: VecDeque<String> =
            names.iter().filter(|name| kind.fits(name)).cloned().collect();
        let mut seen = Vec::new();
        while let Some(name) = queue.pop_front().filter(|_| seen.len() < MOST_FILES) {
            let Ok(text) = files::text(&folder.join(&name), bounds::CONFIG.value) else { continue };
            if seen.contains(&name) {
                continue;
            }
            if kind.name.1 == ".txt" {
                queue.extend(included(&name, &text));
            }
            seen.push(name.clone());
            for Pin { package, version, line } in (kind.read)(&text, &mut given.clone()) {
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
                            PackageKind::Provider if !has(&config.providers, package.name) => {
                                config.providers.push(given);
                                format!("provider {}", package.name)
                            }
                            PackageKind::Driver if !has(&config.drivers, package.name) => {
                                config.drivers.push(given);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_include_others() {
        let text = "-r base.txt\n--constraint=c/d.txt # why\n-c \
                    https://example.com/c.txt\nrich\n--requirement ../e.txt\n";
        assert_eq!(
            included("deps/dev.txt", text),
            ["deps/base.txt", "deps/c/d.txt", "deps/../e.txt"]
        );
    }
}
