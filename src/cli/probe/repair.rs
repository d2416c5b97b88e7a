//! The repaired connection of a verdict: what the offline check would change, shown and not made.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::changes::Changes;
use super::super::input::Input;
use super::super::inspect::inspect;
use super::super::inspection;
use super::subjects::Origin;
use crate::airflow::runtime::Runtime;
use crate::bounds;
use crate::check::fix::{Fixed, Setting, fix};
use crate::check::{Change, Finding, Level, Providers, Safety, rules, text_of};
use crate::format::Entry;
use crate::guard::guarded;
use crate::hooks::AWS_DEFAULT;
use crate::probe::{Offline, Plan, Probed, Verdict};
use crate::source::clean;
use crate::source::{Source, Text};

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

/// Makes repairs: those of an input all at once, when the first of its connections fails.
pub(super) struct Repairs<'r> {
    inputs: &'r [Input],
    runtime: &'r Runtime,
    providers: &'r Providers,
    /// `None` where airconn failed at them: the verdicts stand without.
    files: BTreeMap<(usize, Level), Option<File>>,
    left_out: usize,
}

impl<'r> Repairs<'r> {
    pub(super) fn new(
        inputs: &'r [Input],
        runtime: &'r Runtime,
        providers: &'r Providers,
    ) -> Repairs<'r> {
        Repairs { inputs, runtime, providers, files: BTreeMap::new(), left_out: 0 }
    }

    /// How many connections that fail were not looked at, because their input is too large.
    pub(super) fn left_out(&self) -> usize {
        self.left_out
    }

    /// That of a connection that was only planned.
    pub(super) fn of_plan(&mut self, origin: Origin, plan: &Plan) -> Option<Repair> {
        matches!(plan.offline, Offline::Fails { .. })
            .then(|| self.of(origin, Level::Error))
            .flatten()
    }

    /// That of a connection that was probed. What the text decides is an error; behind a failure on
    /// the way may stand a warning, such as a password that was encoded twice.
    pub(super) fn of_probed(&mut self, origin: Origin, probed: &Probed) -> Option<Repair> {
        match (probed.verdict(), &probed.plan.offline) {
            (Verdict::Failed, Offline::Fails { .. }) => self.of(origin, Level::Error),
            (Verdict::Failed, _) => self.of(origin, Level::Warning),
            (Verdict::Passed | Verdict::Unproven, _) => None,
        }
    }

    /// The repair of findings from `level` on of a connection. What has one right answer is
    /// preferred; what somebody has to decide is taken where that repairs nothing or leaves an
    /// error.
    fn of(&mut self, (number, entry): Origin, level: Level) -> Option<Repair> {
        let input = &self.inputs[number];
        // `check`, which is to make it, goes by the usual AWS connection.
        let told_another = self.providers.aws_conn_id.as_deref() != Some(AWS_DEFAULT);
        if input.undecodable.is_some() || told_another {
            return None;
        }
        if input.source.text().len() > bounds::REPAIRED.value {
            self.left_out += 1;
            return None;
        }
        let (runtime, providers) = (self.runtime, self.providers);
        let file = self.files.entry((number, level)).or_insert_with(|| {
            guarded(|| File::of(input, level, entry.is_none(), runtime, providers))
        });
        let file = file.as_ref()?;
        let made =
            if file.open.contains(&entry) { file.decided.as_ref() } else { Some(&file.safe) };
        made?.repair(entry)
    }
}

/// What people are told where repairs were left out.
pub(super) fn repairs_left_out(count: usize) -> Option<String> {
    let connections =
        if count == 1 { "a connection".to_string() } else { format!("{count} connections") };
    let bound = bounds::REPAIRED.words();
    let told = format!(
        "repairs of {connections} are not shown, whose input has more than {bound}; `airconn check \
         --fix` knows them"
    );
    (count > 0).then_some(told)
}

/// The repairs of an input.
struct File {
    safe: Made,
    /// The connections in which those repair nothing or leave an error that has a repair.
    open: BTreeSet<Option<usize>>,
    /// With what somebody has to decide, for these connections.
    decided: Option<Made>,
}

impl File {
    /// `whole` where the input is refused as a whole: then no connection has a repair of its own.
    fn of(
        input: &Input,
        level: Level,
        whole: bool,
        runtime: &Runtime,
        providers: &Providers,
    ) -> File {
        let of = |finding: &Finding| finding.fix.as_ref().map(|fix| fix.entry).filter(|_| !whole);
        let wants = |finding: &Finding| finding.fix.is_some() && finding.level >= level;
        let runtimes = std::slice::from_ref(runtime);
        let setting = Setting { skip: input.skip, format: input.format, runtimes, providers };
        let fixed = fix(&input.source, setting, Safety::Safe, &wants);
        let repaired: BTreeSet<Option<usize>> = fixed.applied.iter().map(of).collect();
        let left = fixed.checked.findings.iter().filter(|finding| wants(finding));
        let open = left
            .filter(|finding| finding.level == Level::Error || !repaired.contains(&of(finding)));
        let open: BTreeSet<Option<usize>> = open.map(of).collect();
        let decided = (!open.is_empty()).then(|| {
            let wants = |finding: &Finding| wants(finding) && open.contains(&of(finding));
            Made::of(input, fix(&input.source, setting, Safety::Unsafe, &wants), whole, setting)
        });
        File { safe: Made::of(input, fixed, whole, setting), open, decided }
    }
}

/// An input with repairs made.
struct Made {
    /// By the connections that they repair.
    applied: BTreeMap<Option<usize>, Vec<Finding>>,
    /// The rules of errors that are left, by the ids of connections.
    left: BTreeMap<Option<String>, BTreeSet<&'static str>>,
    changes: Changes,
    /// What the connections are called in findings.
    ids: Vec<Option<String>>,
    /// Where they stand.
    before: Vec<Range<usize>>,
    /// Where the same connections stand afterwards.
    after: Vec<Range<usize>>,
    /// Where those stand that were added, by their ids.
    added: BTreeMap<String, Range<usize>>,
    /// The connections as they read afterwards, masked.
    read: Vec<String>,
}

impl Made {
    fn of(input: &Input, fixed: Fixed, whole: bool, setting: Setting<'_>) -> Made {
        let Fixed { text, applied, checked } = fixed;
        let after = Source::new(input.source.name(), text);
        let changes = applied.iter().flat_map(|finding| &finding.fix).flat_map(|fix| &fix.changes);
        let ids = changes.filter_map(|change| match change {
            Change::Add(id, _) => Some(id.to_lowercase()),
            _ => None,
        });
        let ids: BTreeSet<String> = ids.collect();
        let is_added = |id: Option<&str>| id.map(str::to_lowercase).filter(|id| ids.contains(id));
        let (mut stayed, mut added) = (Vec::new(), BTreeMap::new());
        for (conn_id, place) in places(&after, setting) {
            match is_added(conn_id.as_deref()) {
                Some(id) => _ = added.insert(id, place),
                None => stayed.push(place),
            }
        }
        let mut left: BTreeMap<Option<String>, BTreeSet<&'static str>> = BTreeMap::new();
        for finding in checked.findings.iter().filter(|finding| finding.level == Level::Error) {
            left.entry(finding.conn_id.clone().filter(|_| !whole))
                .or_default()
                .insert(finding.rule);
        }
        let changes = Changes::between(&input.source, &after, setting);
        let again = Input {
            path: None,
            source: after,
            format: input.format,
            skip: input.skip,
            undecodable: None,
        };
        let read = inspect(
            &again,
            &Text::untraced(&again.source.text()[again.skip..]),
            &setting.runtimes[0],
        );
        let read = read.iter().filter(|seen| is_added(seen.conn_id.as_deref()).is_none());
        let read = read.map(|seen| inspection::json(seen, None, None, false)).collect();
        let ids = inspect(
            input,
            &Text::untraced(&input.source.text()[input.skip..]),
            &setting.runtimes[0],
        );
        let ids = ids.into_iter().map(|seen| seen.shown_id).collect();
        let before = places(&input.source, setting).into_iter().map(|(_, place)| place).collect();
        let mut by_entry: BTreeMap<Option<usize>, Vec<Finding>> = BTreeMap::new();
        for finding in applied {
            let entry = finding.fix.as_ref().map(|fix| fix.entry).filter(|_| !whole);
            by_entry.entry(entry).or_default().push(finding);
        }
        Made { applied: by_entry, left, changes, ids, before, after: stayed, added, read }
    }

    /// What of it belongs to a connection; `None` is the whole input.
    fn repair(&self, entry: Option<usize>) -> Option<Repair> {
        let applied = self.applied.get(&entry)?;
        let safety = applied.iter().filter_map(|f| f.fix.as_ref()).map(|fix| fix.safety).max()?;
        let name = |rule| rules::by_name(rule).map_or("", |rule| rule.name);
        let findings = applied.iter().map(|f| Repaired {
            id: f.rule,
            name: name(f.rule),
            message: f.message.clone(),
        });
        let id = entry.and_then(|entry| self.ids.get(entry)?.clone());
        let diff = match entry {
            Some(entry) => self.lines_of(entry, applied),
            None => signed('-', self.changes.old.changed())
                .chain(signed('+', self.changes.new.changed()))
                .collect(),
        };
        (!diff.is_empty()).then(|| Repair {
            safety,
            findings: findings.collect(),
            left: self
                .left
                .get(&id)
                .map(|rules| rules.iter().copied().collect())
                .unwrap_or_default(),
            diff,
            connection: entry.and_then(|entry| self.read.get(entry).cloned()),
        })
    }

    /// The changed lines of a connection, and some of those of others that its repair changes or
    /// adds.
    fn lines_of(&self, entry: usize, applied: &[Finding]) -> Vec<String> {
        let Changes { old, new, .. } = &self.changes;
        let at = |places: &[Range<usize>], entry: usize| places.get(entry).cloned();
        let gone = at(&self.before, entry).into_iter().flat_map(|place| old.changed_at(&place));
        let come = at(&self.after, entry).into_iter().flat_map(|place| new.changed_at(&place));
        let mut lines: Vec<String> = signed('-', gone).chain(signed('+', come)).collect();
        let (mut set, mut added) = (BTreeSet::new(), BTreeSet::new());
        for change in applied.iter().flat_map(|finding| &finding.fix).flat_map(|fix| &fix.changes) {
            match change {
                Change::SetIn(other, ..) => _ = set.insert(*other),
                Change::Add(id, _) => _ = added.insert(id.to_lowercase()),
                _ => {}
            }
        }
        set.remove(&entry);
        let gone = set
            .iter()
            .filter_map(|other| at(&self.before, *other))
            .flat_map(|place| old.changed_at(&place));
        let come = set
            .iter()
            .filter_map(|other| at(&self.after, *other))
            .flat_map(|place| new.changed_at(&place));
        let fresh = added
            .iter()
            .filter_map(|id| self.added.get(id))
            .flat_map(|place| new.changed_at(place));
        let others = signed('-', gone).chain(signed('+', come)).chain(signed('+', fresh));
        let known: BTreeSet<String> = lines.iter().cloned().collect();
        // One line may hold several connections.
        let others =
            others.filter(|line| !known.contains(line)).take(bounds::REPAIRED_BESIDE.value);
        lines.extend(others);
        lines
    }
}

fn signed(sign: char, lines: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    lines.map(move |line| format!("{sign}{line}"))
}

/// The ids and places of the connections of a text.
fn places(source: &Source, setting: Setting<'_>) -> Vec<(Option<String>, Range<usize>)> {
    let text = text_of(source, setting.skip);
    let document = (setting.format.read)(&text, &setting.runtimes[0]);
    let place = |entry: &Entry<'_>| {
        let spans = entry.id_span.into_iter().chain(entry.span());
        let bytes = spans.reduce(|all, span| all.cover(span)).unwrap_or_default().range();
        (entry.conn_id.clone(), bytes)
    };
    document.entries.iter().map(place).collect()
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
        lines.extend(
            self.findings.iter().map(|f| format!("  {} [{} {}]", clean(&f.message), f.id, f.name)),
        );
        lines.extend(self.diff.iter().map(|line| format!("    {line}")));
        let decide =
            if self.safety == Safety::Unsafe { ", which somebody has to decide" } else { "" };
        lines.push(format!("  `airconn check {}` makes it{decide}", self.option()));
        if !self.left.is_empty() {
            lines.push(format!("  what it leaves for you: {}", self.left.join(", ")));
        }
        lines
    }

    /// For programs.
    pub(super) fn json(&self) -> serde_json::Value {
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|f| serde_json::json!({ "id": f.id, "name": f.name, "message": f.message }))
            .collect();
        let connection: serde_json::Value = self
            .connection
            .as_deref()
            .and_then(|c| serde_json::from_str(c).ok())
            .unwrap_or_default();
        serde_json::json!({
            "safety": if self.safety == Safety::Safe { "safe" } else { "unsafe" },
            "findings": findings,
            "left": self.left,
            "diff": self.diff,
            "connection": connection,
        })
    }
}
