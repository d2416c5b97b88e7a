//! The repaired connection of a verdict: what the offline check would change, shown and not made.

use similar::DiffTag;

use super::super::changes::Changes;
use super::super::input::Input;
use super::super::inspect::inspect;
use super::super::inspection;
use super::subjects::Origin;
use crate::airflow::runtime::Runtime;
use crate::check::fix::{Fixed, Setting, fix};
use crate::check::{Finding, Level, Providers, Safety, rules};
use crate::guard::guarded;
use crate::probe::{Offline, Plan, Probed, Verdict};
use crate::redshift::AWS_DEFAULT;
use crate::report::clean;
use crate::source::{Source, Text};

/// Sources are read again for each connection that fails; beyond so many bytes in all, `check --fix` is left to do that.
const MOST: usize = 4 << 20;

/// What a repair repairs.
pub(super) struct Repaired {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) message: String,
}

/// A repair of one connection.
pub(super) struct Repair {
    /// Whether somebody has to decide that it is meant.
    pub(super) safety: Safety,
    /// The findings that it repairs.
    pub(super) findings: Vec<Repaired>,
    /// The rules of errors of the connection that it leaves.
    pub(super) left: Vec<&'static str>,
    /// The lines that change, each with its sign; what may be secret is hidden.
    pub(super) diff: Vec<String>,
    /// The connection as it reads afterwards, masked as by `inspect`: one JSON object.
    pub(super) connection: Option<String>,
}

/// Makes repairs, as long as the work is bounded.
pub(super) struct Repairs<'r> {
    inputs: &'r [Input],
    runtime: &'r Runtime,
    providers: &'r Providers,
    left: usize,
}

impl<'r> Repairs<'r> {
    pub(super) fn new(inputs: &'r [Input], runtime: &'r Runtime, providers: &'r Providers) -> Repairs<'r> {
        Repairs { inputs, runtime, providers, left: MOST }
    }

    /// That of a connection that was only planned.
    pub(super) fn of_plan(&mut self, origin: Origin, plan: &Plan) -> Option<Repair> {
        matches!(plan.offline, Offline::Fails { .. }).then(|| self.tried(origin, Level::Error)).flatten()
    }

    /// That of a connection that was probed. What the text decides is an error; behind a failure on the way may stand a warning, such as a
    /// password that was encoded twice.
    pub(super) fn of_probed(&mut self, origin: Origin, probed: &Probed) -> Option<Repair> {
        match (probed.verdict(), &probed.plan.offline) {
            (Verdict::Failed, Offline::Fails { .. }) => self.tried(origin, Level::Error),
            (Verdict::Failed, _) => self.tried(origin, Level::Warning),
            (Verdict::Passed | Verdict::Unproven, _) => None,
        }
    }

    /// A repair that airconn fails at is none: the verdict stands without it.
    fn tried(&mut self, origin: Origin, level: Level) -> Option<Repair> {
        guarded(|| self.of(origin, level)).flatten()
    }

    /// The repair of findings from `level` on of a connection. What has one right
    /// answer is preferred; what somebody has to decide is taken where that repairs nothing or leaves
    /// an error.
    fn of(&mut self, (input, entry): Origin, level: Level) -> Option<Repair> {
        let input = &self.inputs[input];
        // `check`, which is to make it, goes by the usual AWS connection.
        let told_another = self.providers.aws_conn_id.as_deref() != Some(AWS_DEFAULT);
        if input.undecodable.is_some() || told_another {
            return None;
        }
        self.left = self.left.checked_sub(input.source.text().len())?;
        let (runtime, providers) = (self.runtime, self.providers);
        let runtimes = std::slice::from_ref(runtime);
        let setting = Setting { skip: input.skip, format: input.format, runtimes, providers };
        let own = |finding: &Finding| finding.fix.as_ref().is_some_and(|fix| entry.is_none_or(|entry| fix.entry == entry));
        let wants = |finding: &Finding| own(finding) && finding.level >= level;
        let mut fixed = fix(&input.source, setting, Safety::Safe, &wants);
        if fixed.applied.is_empty() || fixed.checked.findings.iter().any(|f| wants(f) && f.level == Level::Error) {
            fixed = fix(&input.source, setting, Safety::Unsafe, &wants);
        }
        let Fixed { text, applied, checked } = fixed;
        if applied.is_empty() || text == input.source.text() {
            return None;
        }
        let safety = applied.iter().filter_map(|f| f.fix.as_ref()).map(|fix| fix.safety).max().unwrap_or(Safety::Safe);
        let findings = applied
            .into_iter()
            .map(|f| Repaired { id: f.rule, name: rules::by_name(f.rule).map_or("", |rule| rule.name), message: f.message })
            .collect();
        let id = entry.and_then(|entry| self.id(input, entry));
        let of_it = |f: &&Finding| f.level == Level::Error && (entry.is_none() || f.conn_id == id);
        let mut left: Vec<&'static str> = checked.findings.iter().filter(of_it).map(|f| f.rule).collect();
        left.sort_unstable();
        left.dedup();
        let after = Source::new(input.source.name(), text);
        let diff = changes(&input.source, &after, setting);
        let connection = entry.and_then(|entry| {
            let again = Input { path: None, source: after, format: input.format, skip: input.skip, undecodable: None };
            let read = inspect(&again, &Text::untraced(&again.source.text()[again.skip..]), runtime);
            read.get(entry).map(|seen| inspection::json(seen, None, None, false))
        });
        Some(Repair { safety, findings, left, diff, connection })
    }

    /// The id of a connection as findings have it.
    fn id(&self, input: &Input, entry: usize) -> Option<String> {
        let read = inspect(input, &Text::untraced(&input.source.text()[input.skip..]), self.runtime);
        read.get(entry)?.shown_id.clone()
    }
}

/// The changed lines, without those around them.
fn changes(before: &Source, after: &Source, setting: Setting<'_>) -> Vec<String> {
    let changes = Changes::between(before, after, setting);
    let changed = changes.operations().iter().filter(|operation| operation.tag() != DiffTag::Equal);
    let lines = changed.flat_map(|operation| changes.lines(operation));
    lines.map(|(sign, line)| format!("{sign}{line}")).collect()
}

impl Repair {
    /// The option of `check` that makes it.
    pub(super) fn option(&self) -> &'static str {
        match self.safety {
            Safety::Safe => "--fix",
            Safety::Unsafe => "--fix=unsafe",
        }
    }

    /// Its lines for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec!["the offline check knows a repair:".to_string()];
        lines.extend(self.findings.iter().map(|f| format!("  {} [{} {}]", clean(&f.message), f.id, f.name)));
        lines.extend(self.diff.iter().map(|line| format!("    {line}")));
        let decide = if self.safety == Safety::Unsafe { ", which somebody has to decide" } else { "" };
        lines.push(format!("  `airconn check {}` makes it{decide}", self.option()));
        if !self.left.is_empty() {
            lines.push(format!("  what it leaves for you: {}", self.left.join(", ")));
        }
        lines
    }

    /// For programs.
    pub(super) fn json(&self) -> serde_json::Value {
        let findings: Vec<_> =
            self.findings.iter().map(|f| serde_json::json!({ "id": f.id, "name": f.name, "message": f.message })).collect();
        let connection: serde_json::Value = self.connection.as_deref().and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default();
        serde_json::json!({
            "safety": if self.safety == Safety::Safe { "safe" } else { "unsafe" },
            "findings": findings,
            "left": self.left,
            "diff": self.diff,
            "connection": connection,
        })
    }
}
