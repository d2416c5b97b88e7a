//! The versions that a text pins, whatever it is: images, requirements, constraints, and settings
//! that name the Airflow of a chart or of a service.
//!
//! It is read line by line and not by its grammar: what a template engine is still to fill in, and
//! what stands in a script inside of YAML, pins a version all the same.

use std::collections::BTreeMap;

use super::images::{airflow_of, airflow_version_of, is_plain, version_of};
use super::{Package, Pin, package_of};
use crate::airflow::version::numbers;

/// Settings of charts, services and arguments of builds that name an Airflow, without their case
/// and signs between words.
const KEYS: &[&str] = &[
    "airflowversion",
    "defaultairflowtag",
    "airflowimagetag",
    "airflowtag",
    "dockerairflowversion",
    // Cloud Composer: `composer-2.4.6-airflow-2.6.3`.
    "imageversion",
];

/// Values of variables that images and requirements are written with.
pub(in crate::cli) type Given = BTreeMap<String, String>;

/// What a text pins, line by line; `given` are variables that stand elsewhere, to which those of
/// the text are added.
pub(in crate::cli) fn of_text(text: &str, given: &mut Given) -> Vec<Pin> {
    let lines: Vec<&str> = text.lines().map(without_comment).collect();
    let mut pins = Vec::new();
    let mut block: Option<Block> = None;
    for (at, line) in lines.iter().enumerate() {
        if line.trim().is_empty() || sets_connection(line) {
            continue;
        }
        block = block.filter(|block| block.goes_on(at, line));
        let line = expanded(line, given, 0);
        let mut add = |package, version| pins.push(Pin { package, version, line: at + 1 });
        requirements(&line, &mut add);
        let tokens = line.split(|c: char| c.is_whitespace() || "\"'=,()[]{}|;<>".contains(c));
        for token in tokens.clone() {
            let token = token.trim_matches(['`', ':']);
            if let Some(version) = airflow_of(token).or_else(|| constraints(token)) {
                add(Package::Airflow, version);
            }
        }
        if let Some((key, value)) = setting(&line) {
            if block.is_some() && (line.trim_start().starts_with("- ") || is_default(key)) {
                let version = tokens.clone().find_map(named);
                version.into_iter().for_each(|version| add(Package::Airflow, version));
            }
            block = block.or_else(|| Block::begun(at, &line, key, value));
            if KEYS.contains(&&*plain_key(key)) {
                let named = tokens.filter_map(|token| named(token.trim_start_matches(key)));
                named.for_each(|version| add(Package::Airflow, version));
            }
            if key == "tag"
                && is_tag_of_airflow(&lines, at)
                && let Some(version) = airflow_version_of(value.trim_start_matches("slim-"))
            {
                add(Package::Airflow, version);
            }
        }
        given.extend(variable(&line));
    }
    pins.dedup_by(|one, other| {
        (one.line, one.package, &one.version) == (other.line, other.package, &other.version)
    });
    pins
}

/// A line that sets a variable of a connection pins nothing, and a file may have many.
fn sets_connection(line: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix("export ").unwrap_or(line).starts_with("AIRFLOW_CONN_")
}

/// Lines below a setting: the default of a variable of Terraform or of a parameter of
/// CloudFormation, or versions in a list.
struct Block {
    start: usize,
    indent: usize,
}

impl Block {
    fn begun(at: usize, line: &str, key: &str, value: &str) -> Option<Block> {
        let of_terraform = (key == "variable").then(|| value.trim_end_matches([' ', '{', '"']));
        let named = match of_terraform {
            Some(name) => name.trim_start_matches('"'),
            None if value.is_empty() => key,
            None => return None,
        };
        let indent = line.len() - line.trim_start().len();
        KEYS.contains(&&*plain_key(named)).then_some(Block { start: at, indent })
    }

    /// Whether a line still belongs to it.
    fn goes_on(&self, at: usize, line: &str) -> bool {
        let indent = line.len() - line.trim_start().len();
        let listed = indent == self.indent && line.trim_start().starts_with("- ");
        at <= self.start + 8 && (indent > self.indent || listed)
    }
}

fn is_default(key: &str) -> bool {
    key.eq_ignore_ascii_case("default")
}

/// A line up to where a comment begins. Addresses have `//`, too.
fn without_comment(line: &str) -> &str {
    let bare = line.trim_start();
    if bare.starts_with('#') || bare.starts_with("//") {
        return "";
    }
    line.find(" #").map_or(line, |at| &line[..at])
}

/// `$NAME`, `${NAME}`, `${NAME:-value}` and `${NAME-value}` replaced by what the names were given.
pub(super) fn expanded(text: &str, given: &Given, depth: usize) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        whole.push_str(before);
        let (name, tail) = match after.strip_prefix('{').and_then(braced) {
            Some(braced) => braced,
            None => after.split_at(
                after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len()),
            ),
        };
        let (name, default) = match name.split_once('-') {
            Some((name, default)) => (name.trim_end_matches(':'), default),
            None => (name, ""),
        };
        match given.get(name).filter(|value| !value.is_empty()) {
            Some(value) => whole.push_str(value),
            None if depth < 8 => whole.push_str(&expanded(default, given, depth + 1)),
            None => {}
        }
        rest = tail;
    }
    whole + rest
}

/// What stands up to the brace that closes one, and what follows.
fn braced(inside: &str) -> Option<(&str, &str)> {
    let mut open = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some((&inside[..at], &inside[at + 1..]));
        }
    }
    None
}

/// `NAME=value` of a variable, behind `export`, `ARG`, `ENV` or `-e`, and `NAME: value`.
fn variable(line: &str) -> Option<(String, String)> {
    let line = line.trim().trim_start_matches("- ");
    let first = ["export ", "ARG ", "ENV ", "arg ", "env "];
    let line = first.iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    let at = line.find([':', '=', ' '])?;
    let (name, value) = line.split_at(at);
    let of_variable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let value = value[1..].trim().trim_matches(['"', '\'']);
    let fits = !name.is_empty() && name.chars().all(of_variable);
    fits.then(|| (name.to_string(), value.to_string()))
}

/// `NAME==VERSION` anywhere, and `NAME = "VERSION"` of lock-like files at the beginning of a line.
fn requirements(line: &str, add: &mut impl FnMut(Package, String)) {
    let mut rest = line;
    let mut before_all = 0;
    while let Some(at) = rest.find("==") {
        let (before, behind) = (&line[..before_all + at], rest[at..].trim_start_matches('='));
        let name = before.trim_end_matches(['=', ' ', '"', '\'']);
        let name =
            name.strip_suffix(']').and_then(|n| n.rfind('[').map(|at| &n[..at])).unwrap_or(name);
        let name = name.trim_end();
        let of_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let ahead = name.char_indices().rev().find(|(_, c)| !of_name(*c));
        let start = ahead.map_or(0, |(at, c)| at + c.len_utf8());
        let version = version_of(behind.trim_start());
        if let Some((package, version)) = package_of(&name[start..]).zip(version) {
            add(package, version);
        }
        before_all = line.len() - behind.len();
        rest = behind;
    }
    let bare = line.trim_start().trim_start_matches("- ").trim_start_matches(['"', '\'']);
    let Some((name, value)) = bare.split_once('=') else { return };
    let value = value.trim_start();
    let value = value.strip_prefix('{').map_or(value, |table| {
        let version = table.split("version").nth(1).unwrap_or_default();
        version.trim_start_matches([' ', '='])
    });
    let value = value.trim_start_matches(['"', '\'']);
    let name = name.trim_end().trim_end_matches(['"', '\'']);
    // A range has another sign ahead of its numbers.
    let package = if name == "airflow" { Some(Package::Airflow) } else { package_of(name) };
    if let Some((package, version)) = package.zip(version_of(value)) {
        add(package, version);
    }
}

/// The Airflow whose constraints are named: `…/constraints-2.10.5/constraints-3.12.txt`.
fn constraints(token: &str) -> Option<String> {
    let (_, rest) = token.split_once("constraints-")?;
    let (branch, _) = rest.split_once('/')?;
    airflow_version_of(branch)
}

/// A key and its value, in YAML, HCL, JSON, a shell, or a build.
fn setting(line: &str) -> Option<(&str, &str)> {
    let bare = line.trim_start().trim_start_matches("- ");
    let first = ["export ", "ARG ", "ENV "];
    let bare = first.iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare);
    let bare = bare.trim_start_matches(['"', '\'']);
    let end = bare.find(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c))?;
    let (key, rest) = bare.split_at(end);
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    let value = rest.strip_prefix([':', '=']).or(rest.is_empty().then_some(""));
    let value = value.unwrap_or(rest).trim().trim_matches(['"', '\'', ',']);
    (!key.is_empty()).then_some((key, value))
}

/// A key without its case, and without signs between its words.
fn plain_key(key: &str) -> String {
    let key = key.rsplit('.').next().unwrap_or(key);
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The Airflow that a value names, itself or as an image of Cloud Composer.
fn named(token: &str) -> Option<String> {
    let token = token.trim_matches([':', '`']);
    if let Some((_, airflow)) =
        token.split_once("-airflow-").filter(|_| token.contains("composer-"))
    {
        return airflow_version_of(airflow);
    }
    let (_, rest) = numbers(token.trim_start_matches('v'))?;
    let ends = rest.is_empty() || rest.starts_with(['-', 'r', 'b', 'a', '.']);
    airflow_version_of(token.trim_start_matches('v')).filter(|_| ends)
}

/// Whether the `tag:` of a line is that of an image of Airflow: `repository:` beside it says so, or
/// it stands in `airflow:` below `images:`.
fn is_tag_of_airflow(lines: &[&str], at: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[at]);
    let near = lines.iter().enumerate().take(at + 5).skip(at.saturating_sub(4));
    let mut repository = None;
    for (_, line) in near.filter(|(_, line)| indent(line) == own) {
        repository = repository.or(setting(line).filter(|(key, _)| *key == "repository"));
    }
    if let Some((_, name)) = repository {
        return is_plain(name);
    }
    let mut inner = own;
    let mut parents = lines[..at].iter().rev().filter(|line| {
        let outer = !line.trim().is_empty() && indent(line) < inner;
        inner = if outer { indent(line) } else { inner };
        outer
    });
    let mut next = || parents.next().and_then(|line| setting(line)).map(|(key, _)| key);
    next() == Some("airflow") && next() == Some("images")
}

/// `name = "…"` and `version = "…"` of a package, as uv.lock, poetry.lock and pdm.lock have them.
pub(super) fn of_lock(text: &str) -> Vec<Pin> {
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

/// `"name": {… "version": "==…"}`, as Pipfile.lock has them.
pub(super) fn of_json_lock(text: &str) -> Vec<Pin> {
    let mut package = None;
    let mut pins = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let Some((key, value)) = line.trim().split_once(':') else { continue };
        let (key, value) = (key.trim().trim_matches('"'), value.trim());
        if value.starts_with('{') {
            package = package_of(key);
        } else if let (Some(package), "version") = (package, key)
            && let Some(version) = version_of(value.trim_start_matches(['"', '=', ' ']))
        {
            pins.push(Pin { package, version, line: i + 1 });
        }
    }
    pins
}

/// `FROM`, which names the image that the last stage is built from, and what is installed.
pub(super) fn of_dockerfile(text: &str, given: &mut Given) -> Vec<Pin> {
    let from = |line: &str| {
        let instruction = line.split_whitespace().next().unwrap_or_default();
        instruction.eq_ignore_ascii_case("FROM")
    };
    let lines: Vec<&str> = text.lines().collect();
    let all = of_text(text, given);
    // What `COPY --from` and scripts mention is not what runs.
    let images = all.into_iter().filter(|pin| {
        let line = lines[pin.line - 1];
        pin.package != Package::Airflow || from(line) || !line.contains("airflow:")
    });
    images.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Package::Airflow;

    fn pins(text: &str) -> Vec<(Package, String, usize)> {
        of(of_text(text, &mut Given::new()))
    }

    fn of(pins: Vec<Pin>) -> Vec<(Package, String, usize)> {
        pins.into_iter().map(|pin| (pin.package, pin.version, pin.line)).collect()
    }

    #[test]
    fn pins_are_read() {
        type Case = (&'static str, &'static [(Package, &'static str, usize)]);
        let cases: &[Case] = &[
            ("# c\napache-airflow==2.11.0\n", &[(Airflow, "2.11.0", 2)]),
            ("Apache_Airflow[amazon, postgres]==3.0.6rc1 # why\n", &[(Airflow, "3.0.6", 1)]),
            (
                "apache-airflow-providers-amazon == 9.2.0; python_version > '3'\n",
                &[(Package::Around(0), "9.2.0", 1)],
            ),
            ("redshift_connector==2.1.5\n", &[(Package::Around(2), "2.1.5", 1)]),
            (
                "--constraint https://example.com/constraints-2.10.5/constraints-3.12.txt\n",
                &[(Airflow, "2.10.5", 1)],
            ),
            ("-c https://example.com/constraints-main/constraints-3.12.txt\n", &[]),
            ("apache-airflow>=2.9\nmy-apache-airflow==1.0\napache-airflow~=2.9.0\n", &[]),
            ("apache-airflow = \"^2.9.1\"\napache-airflow = \"*\"\n", &[]),
            ("apache-airflow = \"2.9.1\"\n", &[(Airflow, "2.9.1", 1)]),
            (
                "apache-airflow = {version = \"2.9.1\", extras = [\"amazon\"]}\n",
                &[(Airflow, "2.9.1", 1)],
            ),
            ("    \"apache-airflow[celery]==2.9.1\",\n", &[(Airflow, "2.9.1", 1)]),
            (
                "  - apache-airflow=2.9.1=py311_0\n  - airflow=2.9.1\n",
                &[(Airflow, "2.9.1", 1), (Airflow, "2.9.1", 2)],
            ),
            ("    image: apache/airflow:2.0.0-python3.8\n", &[(Airflow, "2.0.0", 1)]),
            ("    image: \"apache/airflow:2.0.0\"\n", &[(Airflow, "2.0.0", 1)]),
            ("  image: ${AIRFLOW_IMAGE_NAME:-apache/airflow:2.10.2}\n", &[(Airflow, "2.10.2", 1)]),
            (
                "  image: ${AIRFLOW_IMAGE_NAME:-apache/airflow:${AIRFLOW_VERSION:-2.8.1}}\n",
                &[(Airflow, "2.8.1", 1)],
            ),
            ("# Default: apache/airflow:2.10.2\n", &[]),
            ("AIRFLOW_VERSION=2.9.3\n", &[(Airflow, "2.9.3", 1)]),
            (
                "  airflow-version: [\"2.9.3\", '3.0.1']\n",
                &[(Airflow, "2.9.3", 1), (Airflow, "3.0.1", 1)],
            ),
            ("airflowVersion: \"2.9.3\"\n", &[(Airflow, "2.9.3", 1)]),
            ("  airflow_version   = \"2.8.1\"\n", &[(Airflow, "2.8.1", 1)]),
            ("      AirflowVersion: 2.8.1\n", &[(Airflow, "2.8.1", 1)]),
            ("\"AirflowVersion\": \"2.8.1\",\n", &[(Airflow, "2.8.1", 1)]),
            ("image_version = \"composer-2.4.6-airflow-2.6.3\"\n", &[(Airflow, "2.6.3", 1)]),
            ("image_version = \"composer-3-airflow-2\"\nimageVersion: 1.2.3\n", &[]),
            (
                "image:\n  repository: apache/airflow\n  tag: 2.8.4-python3.9\n",
                &[(Airflow, "2.8.4", 3)],
            ),
            ("image:\n  tag: 2.9.3-r0\n  repository: bitnami/airflow\n", &[(Airflow, "2.9.3", 2)]),
            ("image:\n  repository: example/dags\n  tag: 2.9.3\n", &[]),
            (
                "images:\n  airflow:\n    tag: 2.9.3\n  redis:\n    tag: 2.1.0\n",
                &[(Airflow, "2.9.3", 3)],
            ),
            ("images:\n  statsd:\n    tag: 2.9.3\n", &[]),
            ("run: pip install apache-airflow==2.9.3 -c x\n", &[(Airflow, "2.9.3", 1)]),
            (
                "    pip install 'apache-airflow[postgres]'==1.10.10 \\\n",
                &[(Airflow, "1.10.10", 1)],
            ),
            (
                "ARG AIRFLOW_VERSION=1.10.9\nRUN pip install \
                 apache-airflow[crypto]==${AIRFLOW_VERSION}\n",
                &[(Airflow, "1.10.9", 1), (Airflow, "1.10.9", 2)],
            ),
            ("password: a==2.9.3\n", &[]),
            (
                "variable \"airflow_version\" {\n  type = string\n  default = \"2.8.1\"\n}\n",
                &[(Airflow, "2.8.1", 3)],
            ),
            (
                "  AirflowVersion:\n    Type: String\n    Default: 2.8.1\n  Size:\n    Default: \
                 2.9\n",
                &[(Airflow, "2.8.1", 3)],
            ),
            (
                "airflow-version:\n  - \"2.9.3\"\n  - \"3.0.1\"\npython:\n  - \"3.12\"\n",
                &[(Airflow, "2.9.3", 2), (Airflow, "3.0.1", 3)],
            ),
        ];
        for (text, want) in cases {
            let want: Vec<_> =
                want.iter().map(|(package, v, line)| (*package, v.to_string(), *line)).collect();
            assert_eq!(pins(text), want, "{text}");
        }
    }

    #[test]
    fn a_dockerfile_runs_what_it_is_from() {
        for (text, want) in [
            ("FROM apache/airflow:2.11.0-python3.12\n", &["2.11.0"][..]),
            ("from --platform=linux/amd64 example.com/apache/airflow:slim-3.1.8 AS x", &["3.1.8"]),
            ("ARG V=2.9.0\nFROM apache/airflow:${V}\n", &["2.9.0"]),
            ("ARG V=\"2.9.0\"\nARG P\nFROM apache/airflow:$V-python$P\n", &["2.9.0"]),
            ("FROM apache/airflow:${V:-3.1.0}@sha256:0f1e\n", &["3.1.0"]),
            ("FROM apache/airflow:${V}\nRUN apache/airflow:2.1.0\n", &[]),
            ("FROM x\nCOPY --from=apache/airflow:2.1.0 /a /a\n", &[]),
            ("FROM python:3.12\nRUN pip install apache-airflow==2.1.0\n", &["2.1.0"]),
            ("FROM python:3.12\nFROM apache/airflow:latest\n", &[]),
        ] {
            let found = of(of_dockerfile(text, &mut Given::new()));
            let found: Vec<&str> = found.iter().map(|(_, version, _)| &**version).collect();
            assert_eq!(found, want, "{text}");
        }
    }

    #[test]
    fn locks_are_read() {
        let lock = "[[package]]\nname = \"apache-airflow\"\nversion \
                    = \"3.1.8\"\n[[package]]\nversion = \"1.0\"\n";
        assert_eq!(of(of_lock(lock)), [(Airflow, "3.1.8".to_string(), 3)]);
        let lock = "{\"default\": {\n  \"apache-airflow\": {\n    \"hashes\": \
                    [\n      \"sha256:0\"\n    ],\n    \"version\": \"==2.9.3\"\n  \
                    },\n  \"apache-airflow-client\": {\n    \"version\": \"==2.8.0\"\n  }\n}}\n";
        assert_eq!(of(of_json_lock(lock)), [(Airflow, "2.9.3".to_string(), 6)]);
    }
}
