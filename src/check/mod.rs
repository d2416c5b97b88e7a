//! Findings about connections: the rules, and how they are run.

mod case;
mod change;
pub mod fix;
mod merge;
mod packages;
mod reading;
pub mod rules;
pub mod schema;
mod suppress;

use std::rc::Rc;

pub use crate::catalog::CONN_TYPES;
pub use crate::model::{key_of, last_key, pointer};
pub use crate::privacy::{
    MASK, has_known_protocol, is_public_name, is_type, masked_field, public_id, public_key,
    public_pointer, public_text,
};
pub use case::{Case, Place, Places, UriView};
pub use change::{Change, Edits, Fix, Safety};
pub use packages::Providers;
pub use reading::Reading;
pub use rules::internal_error;

use merge::{Merge, Stage};
use rules::{Said, Subject};

use crate::airflow::Raw;
use crate::airflow::runtime::Runtime;
use crate::format::{Document, Entry, Format};
use crate::guard::{Mistake, guarded, seam};
use crate::privacy::{Doubt, public_spans, shown_id, union};
use crate::source::{Source, Span, Text};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Depends on surroundings, is deprecated or fragile.
    Warning,
    /// That runtime fails or misreads for certain.
    Error,
}

impl Level {
    /// `error`, `warning`, `info`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// What the findings of a rule are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Texts as they are written, ids, and connections as a whole.
    Text,
    /// Parts of a connection. Where a raw delimiter may have cut login and password, those parts
    /// are pieces of them: findings would be about something else than was written, and repairs
    /// would take a piece of the password away.
    Parts,
    /// Files that git tracks. The library cannot know whether it does; who can drops findings about
    /// other texts.
    Tracked,
}

/// What a rule looks at.
pub enum Check {
    /// One connection as one runtime reads it.
    Connection(fn(&Case<'_>, &mut Findings)),
    /// One connection as all aimed-at runtimes read it.
    Across(fn(&[Rc<Case<'_>>], &mut Findings)),
    /// One connection among the others of its document, as one runtime reads them.
    Among(for<'d> fn(&Case<'d>, &Reading<'d>, &mut Findings)),
    /// A whole document.
    Document(fn(&Reading<'_>, &mut Findings)),
    /// One connection with what its hook makes of it, as one runtime reads it.
    Hook(fn(&Subject<'_, '_>, &mut Said)),
}

/// A rule. Its page, `<id>_<name>.md`, stands beside its code and is run as a test.
pub struct Rule {
    /// `AC206`. Never used again for something else.
    pub id: &'static str,
    /// Named after the problem.
    pub name: &'static str,
    /// The level of its findings, unless one says otherwise.
    pub level: Level,
    /// Its page.
    pub page: &'static str,
    /// What its findings are about.
    pub about: About,
    /// Its checks; none where what it says is found elsewhere: by readers, or in a hook.
    pub checks: &'static [Check],
}

impl Rule {
    /// The first sentence of the page.
    pub fn summary(&self) -> &'static str {
        self.page.split("\n\n").nth(1).unwrap_or_default().trim()
    }
}

/// One finding. Its texts hold nothing secret: rules never quote input that is not known to be
/// public.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The id of its rule.
    pub rule: &'static str,
    /// Its level.
    pub level: Level,
    /// The connection, if its id may be shown.
    pub conn_id: Option<String>,
    /// The runtimes for which it holds, such as `3.3.2/server`.
    pub runtimes: Vec<String>,
    /// JSON pointer into the connection; `""` is the whole.
    pub pointer: String,
    /// Bytes of the source.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// The repair.
    pub fix: Option<Fix>,
}

/// Collects the findings of one connection or document under one runtime.
#[derive(Default)]
pub struct Findings {
    found: Vec<Finding>,
}

impl Findings {
    /// How many there are.
    fn len(&self) -> usize {
        self.found.len()
    }

    /// Takes away what is about parts that may be pieces of a login or password.
    fn without_parts(&mut self, cases: &[Rc<Case<'_>>]) {
        let is_cut = |case: &Rc<Case<'_>>| case.doubt().is_some_and(Doubt::is_cut);
        if !self.found.is_empty() && cases.iter().any(is_cut) {
            self.found.retain(|finding| rules::about(finding.rule) != Some(About::Parts));
        }
    }

    /// Adds a finding; the runner fills in connection and runtimes.
    pub fn push(
        &mut self,
        rule: &Rule,
        pointer: impl Into<String>,
        span: Option<Span>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.found.push(Finding {
            rule: rule.id,
            level: rule.level,
            conn_id: None,
            runtimes: Vec::new(),
            pointer: pointer.into(),
            span,
            message: message.into(),
            help: None,
            fix: None,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

impl Finding {
    /// With the way out.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Finding {
        self.help = Some(help.into());
        self
    }

    /// With its repair, if there is one.
    pub fn fix(&mut self, fix: Option<Fix>) -> &mut Finding {
        self.fix = fix;
        self
    }

    /// At another level than the rule's.
    pub fn level(&mut self, level: Level) -> &mut Finding {
        self.level = level;
        self
    }
}

/// Everything found in one source, in the order of places.
pub struct Checked {
    /// The findings.
    pub findings: Vec<Finding>,
    /// How many connections were looked at.
    pub connections: usize,
    /// Bytes of the source that may be shown to people, where there are findings; sorted.
    pub shown: Vec<Span>,
}

/// Checks a source as `runtimes` read it, with the newest providers. `skip` bytes of log lines
/// ahead of it are passed over.
pub fn check(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
) -> Checked {
    check_with(source, skip, format, runtimes, &Providers::default())
}

/// Checks a source as `runtimes` with these providers read it.
pub fn check_with(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
    providers: &Providers,
) -> Checked {
    look(source, skip, format, runtimes, providers)
}

/// The bytes of a source that may be shown to people, whether or not anything is found there;
/// sorted.
pub fn shown_everywhere(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
) -> Vec<Span> {
    let providers = Providers::default();
    let runtimes = &providers.around(runtimes)[..];
    let text = source.traced().from(skip);
    let documents: Vec<_> =
        documents(source, &text, format, runtimes).map(Option::unwrap_or_default).collect();
    let reading =
        |(document, runtime)| Reading::new(document, format, None, runtime, runtimes, &providers);
    let readings: Vec<Reading<'_>> = documents.iter().zip(runtimes).map(reading).collect();
    let connections = documents.iter().map(|d| d.entries.len()).max().unwrap_or(0);
    let mut shown = Vec::new();
    for index in 0..connections {
        // Of what cannot be looked at nothing is shown.
        _ = guarded(|| {
            let cases: Vec<_> = readings.iter().filter_map(|r| r.enter(index)).collect();
            shown.extend(public_spans(source, cases.iter().map(|case| case.placed())));
        });
        readings.iter().for_each(|reading| reading.leave(index));
    }
    union(shown)
}

/// The text as each runtime splits it; `None` where that failed.
fn documents<'d>(
    source: &Source,
    text: &Text<'d>,
    format: &'static Format,
    runtimes: &[Runtime],
) -> impl Iterator<Item = Option<Document<'d>>> {
    runtimes.iter().map(move |runtime| {
        guarded(|| {
            seam("reading", source.text());
            (format.read)(text, runtime)
        })
    })
}

fn look(
    source: &Source,
    skip: usize,
    format: &'static Format,
    runtimes: &[Runtime],
    providers: &Providers,
) -> Checked {
    let runtimes = &providers.around(runtimes)[..];
    let text = source.traced().from(skip);
    let mut all = Merge::default();
    let mut mistakes = Vec::new();
    let documents: Vec<_> = documents(source, &text, format, runtimes).collect();
    if documents.iter().any(Option::is_none) {
        let whole = Span::new(0..source.text().len());
        mistakes.push(internal_error(Mistake::Reading, Some(whole)));
    }
    let documents: Vec<_> = documents.into_iter().map(Option::unwrap_or_default).collect();
    let names: Vec<String> = runtimes.iter().map(Runtime::name).collect();
    let skipped = (skip > 0).then(|| Span::new(0..skip));
    let reading =
        |(document, runtime)| Reading::new(document, format, skipped, runtime, runtimes, providers);
    let readings: Vec<Reading<'_>> = documents.iter().zip(runtimes).map(reading).collect();
    for (reading, name) in readings.iter().zip(&names) {
        let mut findings = Findings::default();
        for check in rules::checks() {
            if let Check::Document(check) = check
                && guarded(|| check(reading, &mut findings)).is_none()
            {
                mistakes.push(internal_error(Mistake::CheckingWhole, None));
            }
        }
        all.add(findings, None, std::slice::from_ref(name), Stage::Document);
    }
    // Runtimes that split a file differently are looked at on their own; those that agree, side by
    // side.
    let connections = documents.iter().map(|d| d.entries.len()).max().unwrap_or(0);
    let mut marks = suppress::marks(source);
    let mut shown = Vec::new();
    // Connections of whose lines nothing is shown as yet.
    let mut silent = Vec::new();
    for index in 0..connections {
        let looked_at = guarded(|| {
            let cases: Vec<_> = readings.iter().filter_map(|r| r.enter(index)).collect();
            cases.iter().for_each(|case| suppress::pass_over_values(case, &mut marks));
            let read: Vec<_> =
                readings.iter().filter(|r| index < r.document.entries.len()).collect();
            let has_findings = check_connection(&cases, &read, &mut all);
            if has_findings || all.is_told(&cases) {
                shown.extend(public_spans(source, cases.iter().map(|case| case.placed())));
            } else {
                silent.push(index);
            }
        });
        readings.iter().for_each(|reading| reading.leave(index));
        if looked_at.is_none() {
            let entry = documents.iter().find_map(|document| document.entries.get(index));
            let mut mistake = internal_error(Mistake::CheckingConnection, entry.and_then(place_of));
            mistake.conn_id = entry.and_then(shown_id);
            mistakes.push(mistake);
        }
    }
    // What is wrong in one connection may have been found by another that refers to it.
    for index in silent {
        let told = |document: &Document<'_>| {
            document.entries.get(index).is_some_and(|entry| all.tells_of(entry))
        };
        if documents.iter().any(told) {
            _ = guarded(|| {
                let cases: Vec<_> = readings.iter().filter_map(|r| r.enter(index)).collect();
                shown.extend(public_spans(source, cases.iter().map(|case| case.placed())));
            });
        }
    }
    let mut findings = all.finish(source);
    let always = |finding: &mut Finding| rules::ALWAYS.contains(&finding.rule);
    let always: Vec<Finding> = findings.extract_if(.., always).collect();
    if !marks.is_empty() {
        suppress::apply(source, &marks, &mut findings, &names);
    }
    // No comment suppresses these.
    findings.extend(always);
    for mut mistake in mistakes {
        mistake.runtimes.clone_from(&names);
        findings.push(mistake);
    }
    Checked { findings, connections, shown: union(shown) }
}

/// Where an entry stands, as far as that needs no reading.
fn place_of(entry: &Entry<'_>) -> Option<Span> {
    entry.id_span.or(match &entry.raw {
        Raw::Uri(text) | Raw::Json(text) | Raw::Value(text) => text.span(),
        Raw::File { .. } | Raw::Fields(_) | Raw::Stored(_) | Raw::Object(_) => None,
    })
}

/// Returns whether a rule found something in it, seen by itself.
fn check_connection<'d>(
    cases: &[Rc<Case<'d>>],
    readings: &[&Reading<'d>],
    all: &mut Merge,
) -> bool {
    let names: Vec<String> = cases.iter().map(|c| c.runtime.name()).collect();
    let name = |at: usize| std::slice::from_ref(&names[at]);
    for (at, (case, reading)) in cases.iter().zip(readings).enumerate() {
        let mut findings = Findings::default();
        for check in rules::checks() {
            if let Check::Among(check) = check {
                check(case, reading, &mut findings);
            }
        }
        all.add(findings, None, name(at), Stage::Document);
    }
    let mut found = false;
    for (at, case) in cases.iter().enumerate() {
        let mut findings = Findings::default();
        seam("rules", case.connection().and_then(|c| c.host.as_str()).unwrap_or_default());
        for check in rules::checks() {
            if let Check::Connection(check) = check {
                check(case, &mut findings);
            }
        }
        findings.without_parts(std::slice::from_ref(case));
        found |= findings.len() > 0;
        all.add(findings, Some(case), name(at), Stage::Connection);
    }
    let mut findings = Findings::default();
    for rule in rules::RULES {
        for check in rule.checks {
            if let Check::Across(check) = check {
                check(cases, &mut findings);
            }
        }
    }
    findings.without_parts(cases);
    found |= findings.len() > 0;
    all.add(findings, cases.first(), &names, Stage::Connection);
    found
}

/// The text of a source from which reading starts.
pub fn text_of(source: &Source, skip: usize) -> Text<'_> {
    source.traced().from(skip)
}
