//! Findings about connections: the rules, and how they are run.

mod case;
mod change;
mod checks;
mod connection;
mod engine;
mod fillings;
pub mod fix;
mod merge;
mod packages;
mod reading;
mod relate;
pub mod rules;
pub mod schema;
mod suppress;
mod wanted;

use std::rc::Rc;
use std::sync::Arc;

pub use crate::catalog::CONN_TYPES;
pub use crate::model::{key_of, last_key, pointer};
pub use crate::privacy::{
    MASK, Names, has_known_protocol, is_public_name, is_type, masked_field, public_id, public_key,
    public_text,
};
pub use case::{Case, Place, Places, UriView};
pub use change::{Change, Edits, Fix, Safety};
pub use engine::{check, check_wanted, check_with, shown_everywhere};
pub use packages::Providers;
pub use reading::Reading;
pub use relate::check_related;
pub use rules::internal_error;
pub(crate) use wanted::REACH;
pub use wanted::{LeftOut, Repairs, Wanted};

use rules::{Said, Subject};

use crate::privacy::Doubt;
use crate::source::{Source, Span, Text};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Depends on surroundings, is deprecated or fragile.
    Warning,
    /// That runtime fails or misreads for certain.
    Error,
}

impl Level {
    /// All of them, the worst last.
    pub const ALL: [Level; 3] = [Level::Info, Level::Warning, Level::Error];

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
    /// One connection as one runtime reads it. Of runtimes that make the same of it, one is asked
    /// for all.
    Connection(fn(&Case<'_>, &mut Findings)),
    /// The same, where it matters what else the runtime does or which version it is: each is asked.
    Reader(fn(&Case<'_>, &mut Findings)),
    /// One connection as all aimed-at runtimes read it.
    Across(fn(&[Rc<Case<'_>>], &mut Findings)),
    /// One connection among the others of its document, as one runtime reads them; one is asked for
    /// all that make the same of it and of those.
    Among(for<'d> fn(&Case<'d>, &Reading<'d>, &mut Findings)),
    /// A whole document, for all runtimes that find the same in it.
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

    /// What its page says happens, in a paragraph; the first sentence where it says no more.
    pub fn description(&self) -> &'static str {
        let happens = self.page.split_once("## What happens\n\n").map(|(_, after)| after);
        let paragraph = happens.and_then(|text| text.split("\n\n").next());
        let prose = |text: &&str| !text.starts_with(['|', '`', '#', '-']);
        paragraph.filter(prose).unwrap_or_else(|| self.summary()).trim()
    }
}

/// One finding. Its texts hold nothing secret: rules never quote input that is not known to be
/// public.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The id of its rule.
    pub rule: &'static str,
    /// The rule of a connection type that is broken, such as `snowflake/two-keys`.
    pub detail: Option<&'static str>,
    /// Its level.
    pub level: Level,
    /// The connection, if its id may be shown.
    pub conn_id: Option<String>,
    /// The runtimes for which it holds, such as `3.3.2/server`.
    pub runtimes: Arc<[String]>,
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
    /// What is there because of it, and is gone once it is repaired.
    pub consequences: Vec<Finding>,
}

/// Collects the findings of one connection or document under one runtime.
#[derive(Default)]
pub struct Findings {
    found: Vec<Finding>,
}

impl Findings {
    /// All of them.
    fn into_all(self) -> Vec<Finding> {
        self.found
    }

    /// Takes away those from a number on of which this is not true.
    fn retain_from(&mut self, start: usize, keep: impl Fn(&Finding) -> bool) {
        let mut at = 0;
        self.found.retain(|finding| {
            at += 1;
            at <= start || keep(finding)
        });
    }

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

    /// Shows of pointers what may be shown in a connection whose keys have these names.
    fn show(mut self, names: Names) -> Findings {
        for finding in &mut self.found {
            if let Some(shown) = names.pointer_instead(&finding.pointer) {
                finding.pointer = shown;
            }
        }
        self
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
            detail: None,
            level: rule.level,
            conn_id: None,
            runtimes: Arc::default(),
            pointer: pointer.into(),
            span,
            message: message.into(),
            help: None,
            fix: None,
            consequences: Vec::new(),
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

/// What was found in one source.
#[derive(Default)]
pub struct Checked {
    /// The findings, in the order of places.
    pub findings: Vec<Finding>,
    /// How many more there are than were wanted.
    pub left_out: LeftOut,
    /// How many connections were looked at.
    pub connections: usize,
    /// Bytes of the source that may be shown to people, where there are findings; sorted.
    pub shown: Vec<Span>,
}

/// The text of a source from which reading starts.
pub fn text_of(source: &Source, skip: usize) -> Text<'_> {
    source.traced().from(skip)
}
