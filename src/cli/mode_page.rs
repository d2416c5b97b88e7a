//! The page of a mode, made from its schema: what is written, what works, the calls to AWS,
//! versions, permissions, mistakes.
//!
//! Everything but the prose is computed: connections are written by the writers of the formats,
//! results come from the port of hook and driver, mistakes are named by `check`.

use std::fmt::Write;

use serde_json::Value as Json;

use super::resolution::needs_in_words;
use crate::airflow::runtime::{Runtime, Side, Version};
use crate::airflow::{Raw, parse};
use crate::check::Names;
use crate::check::rules::{about, of_failure};
use crate::check::schema::text as text_of;
use crate::check::{About, Providers, check};
use crate::format::{Item, ValueForm, WriteOptions, by_name};
use crate::hooks;
use crate::hooks::{AWS_DEFAULT, Hook, Mode, Outcome, Package, Resolution, Scene};
use crate::model::Connection;
use crate::privacy::masked_value;
use crate::probe::words;
use crate::source::{Source, Text};

/// What a mode is, in a few words.
pub(super) fn title(info: &'static Mode) -> String {
    text(&schema(info), "title").to_string()
}

/// The page, in Markdown.
pub(super) fn page(info: &'static Mode) -> String {
    let schema = schema(info);
    let page = Page { info, schema: &schema, runtime: Runtime::newest(Side::Worker) };
    let mut out = format!(
        "# {}/{}: {}\n\n{}\n\n",
        info.conn_type,
        info.name,
        text(&schema, "title"),
        text(&schema, "description")
    );
    let _ = writeln!(out, "- Taken when: {}", info.selector);
    let _ = writeln!(out, "- Who logs in: {}", text(&schema, "x-identity"));
    page.situation(&mut out);
    page.examples(&mut out);
    page.versions(&mut out);
    page.permissions(&mut out);
    page.mistakes(&mut out);
    let _ = writeln!(
        out,
        "\n## The schema\n\n`airconn schema {}/{}` prints it: JSON Schema 2020-12, for the \
         connection as its hook sees it, with `extra` decoded. \
         To other validators everything is an error; `airconn check` takes what the schema marks \
         with `x-level` for a warning.",
        info.conn_type, info.name
    );
    out
}

fn schema(info: &'static Mode) -> Json {
    serde_json::from_str(text_of(info)).expect("a schema of ours is JSON: tested")
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}

fn array<'j>(json: &'j Json, key: &str) -> &'j [Json] {
    json[key].as_array().map_or(&[], Vec::as_slice)
}

struct Page<'p> {
    info: &'static Mode,
    schema: &'p Json,
    runtime: Runtime,
}

impl Page<'_> {
    fn hook(&self) -> &'static Hook {
        hooks::of_type(self.info.conn_type).expect("modes are of a type in HOOKS: tested")
    }

    fn id(&self) -> &'static str {
        match self.hook() {
            hook if hook.is_aws() => AWS_DEFAULT,
            hook if hook.data.is_some() => hook.conn_type,
            _ => "warehouse",
        }
    }

    fn connection(&self, json: &Json) -> Connection {
        parse(&Raw::Json(Text::untraced(&json.to_string())), &self.runtime).unwrap_or_default()
    }

    /// The AWS connection that stands beside the examples.
    fn aws(&self) -> Option<Connection> {
        self.schema["x-with"].get(AWS_DEFAULT).map(|json| self.connection(json))
    }

    fn becomes(&self, json: &Json, providers: &Providers) -> Resolution {
        let set = |id: &str| self.aws().filter(|_| id == AWS_DEFAULT);
        let aws_conn_id = providers.aws_conn_id.as_deref();
        let scene = Scene::new(&set, aws_conn_id, &self.runtime, &providers.packages);
        (self.hook().resolve)(&self.connection(json), None, &scene)
    }

    /// Connections as environment variables.
    fn environment(&self, connections: Vec<(&str, Connection)>, value: ValueForm) -> String {
        let item = |(id, connection): (&str, Connection)| Item {
            conn_id: Some(id.to_string()),
            connection,
            value: None,
        };
        let items: Vec<Item> = connections.into_iter().map(item).collect();
        let options = WriteOptions::new(&self.runtime, value);
        by_name("env").and_then(|env| (env.write)(&items, &options).ok()).unwrap_or_default()
    }

    fn situation(&self, out: &mut String) {
        let lines = array(self.schema, "x-situation");
        if !lines.is_empty() {
            let _ = writeln!(out, "\n## What to know\n");
        }
        for line in lines.iter().filter_map(Json::as_str) {
            let _ = writeln!(out, "- {line}");
        }
    }

    fn examples(&self, out: &mut String) {
        if array(self.schema, "examples").is_empty() {
            return;
        }
        let _ = writeln!(out, "\n## What works");
        let providers = Providers::default();
        for (i, example) in array(self.schema, "examples").iter().enumerate() {
            let _ = writeln!(out, "\n### Example {}, as URIs and as JSON\n", i + 1);
            for value in [ValueForm::Uri, ValueForm::Json] {
                let mut connections = vec![(self.id(), self.connection(example))];
                connections.extend(self.aws().map(|aws| (AWS_DEFAULT, aws)));
                let _ = writeln!(out, "```sh\n{}```\n", self.environment(connections, value));
            }
            let ours = self.becomes(example, &providers);
            for call in &ours.calls {
                let fallback = if call.fallback { ", if the call before is refused" } else { "" };
                let _ = writeln!(
                    out,
                    "- `{}`, by {}{fallback}",
                    words::call(call, masked_value),
                    words::identity(&call.identity)
                );
            }
            let none =
                if ours.calls.is_empty() && !self.hook().is_aws() && self.hook().data.is_none() {
                    "No call is made to AWS. "
                } else {
                    ""
                };
            let _ = writeln!(
                out,
                "{}{none}{}.",
                if ours.calls.is_empty() { "" } else { "\n" },
                capital(&self.result(&ours))
            );
        }
    }

    /// The result in a few words.
    fn result(&self, ours: &Resolution) -> String {
        let mode =
            if ours.mode == self.info { String::new() } else { format!("`{}`: ", ours.mode.name) };
        match &ours.outcome {
            Outcome::Works => format!("{mode}works"),
            Outcome::DependsOn(needs) => format!("{mode}works, given {}", needs_in_words(needs)),
            Outcome::Fails { failure, .. } => {
                format!(
                    "{mode}fails with {} ({})",
                    failure.exception,
                    of_failure(failure, Names::PLAIN).rule.id
                )
            }
        }
    }

    /// What is known of one version of a type that is data.
    fn source(&self, out: &mut String) {
        let read = text(self.schema, "x-read-from");
        let _ = writeln!(out, "\n## Where it comes from\n\nRead from {read}.");
        let lines = array(self.schema, "x-versions");
        let _ = write!(out, "{}", if lines.is_empty() { "" } else { "\n" });
        self.changes(out);
    }

    fn changes(&self, out: &mut String) {
        for line in array(self.schema, "x-versions") {
            let _ = writeln!(
                out,
                "- From {} {} on: {}",
                text(line, "package"),
                text(line, "version"),
                text(line, "what")
            );
        }
    }

    fn versions(&self, out: &mut String) {
        if self.hook().data.is_some() {
            return self.source(out);
        }
        let examples = array(self.schema, "examples");
        let works = "*Works* says that hook and driver accept the connection; AWS and the cluster \
                     may still refuse it.";
        let _ = write!(out, "\n## By version\n\n{works}\n\n| version |");
        for i in 0..examples.len() {
            let _ = write!(out, " example {} |", i + 1);
        }
        let _ = writeln!(out, "\n|{}", " --- |".repeat(examples.len() + 1));
        for (name, providers) in self.provider_versions() {
            let _ = write!(out, "| {name} |");
            for example in examples {
                let _ = write!(out, " {} |", self.result(&self.becomes(example, &providers)));
            }
            out.push('\n');
        }
        let lines = array(self.schema, "x-versions");
        let _ = write!(out, "{}", if lines.is_empty() { "" } else { "\n" });
        self.changes(out);
    }

    /// Each version of the package that matters most, with what is usual beside it.
    fn provider_versions(&self) -> Vec<(String, Providers)> {
        let packages = self.hook().packages;
        let Some(first) = packages.first() else { return Vec::new() };
        let of = |version: &Version| {
            let mut providers = Providers::default();
            providers.packages.set(first, *version);
            let name = |p: &&Package| format!("{} {}", p.name, providers.packages.version(p));
            let names: Vec<String> = packages.iter().map(name).collect();
            (names.join(", "), providers)
        };
        first.versions.iter().rev().map(of).collect()
    }

    fn permissions(&self, out: &mut String) {
        let policies = array(self.schema, "x-iam-policy");
        if policies.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n## The least that must be allowed");
        for policy in policies {
            let json = serde_json::to_string_pretty(&policy["policy"]).unwrap_or_default();
            let _ = writeln!(out, "\nFor {}:\n\n```json\n{json}\n```", text(policy, "for"));
        }
        let _ = writeln!(
            out,
            "\nIn China ARNs begin with `arn:aws-cn`, in GovCloud with `arn:aws-us-gov`."
        );
    }

    fn mistakes(&self, out: &mut String) {
        if array(self.schema, "x-counterexamples").is_empty() {
            return;
        }
        let _ = writeln!(out, "\n## Mistakes");
        for case in array(self.schema, "x-counterexamples") {
            let connection = self.connection(&case["connection"]);
            let value = self.environment(vec![(self.id(), connection.clone())], ValueForm::Json);
            let _ = writeln!(out, "\n### {}\n\n```sh\n{value}```\n", capital(text(case, "title")));
            let mut set = serde_json::Map::new();
            set.insert(self.id().to_string(), case["connection"].clone());
            if let Some(aws) = self.schema["x-with"].get(AWS_DEFAULT) {
                set.insert(AWS_DEFAULT.to_string(), aws.clone());
            }
            let Some(format) = by_name("export-json") else { continue };
            let runtimes = [self.runtime.clone()];
            let checked =
                check(&Source::new("example", Json::Object(set).to_string()), 0, format, &runtimes);
            for finding in checked.findings.iter().filter(|f| {
                f.conn_id.as_deref() == Some(self.id()) && about(f.rule) != Some(About::Tracked)
            }) {
                let at = if finding.pointer.is_empty() {
                    String::new()
                } else {
                    format!(" at `{}`", finding.pointer)
                };
                let name = crate::check::rules::by_name(finding.rule).map_or("", |rule| rule.name);
                let _ = writeln!(out, "- {} {} {name}{at}", finding.level.name(), finding.rule);
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
