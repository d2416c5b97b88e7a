//! The rules: one file each, with its page beside it, in the folder of its group, whose `RULES` has
//! a line for each.

mod aws;
mod custom_types;
mod diagnosis;
mod extra;
mod file;
mod hooked;
mod ids;
mod mending;
mod mode_schema;
mod of_fault;
mod of_outcome;
mod of_type;
mod parameter;
mod redshift;
mod remarks;
mod repairs;
mod secrets;
mod shared;
mod subject;
mod types;
mod uri;
mod wrappers;

pub use diagnosis::{Diagnosis, Said};
pub(crate) use extra::ac409_changes_meaning::changes_meaning;
pub use file::ac003_internal_error::internal_error;
pub use file::ac004_too_many_findings::too_many as too_many_findings;
pub use of_fault::{of_doubt, of_fault};
pub use of_outcome::{of_failure, of_reason};
pub use subject::Subject;

pub(super) use file::ac001_unused_suppression::RULE as AC001;
pub(super) use file::ac002_malformed_suppression::RULE as AC002;
pub(super) use uri::ac212_template_in_userinfo::RULE as AC212;

pub use crate::hooks::types::definition::TypeRule;
pub use of_type::page as type_page;

use std::sync::LazyLock;

use super::{About, Check, Rule};
use crate::hooks;

/// A group of rules: a folder.
pub struct Group {
    /// The folder.
    pub name: &'static str,
    /// Its rules, by id.
    pub rules: &'static [&'static Rule],
}

/// Every group, in the order of ids.
pub const GROUPS: &[Group] = &[
    Group { name: "file", rules: file::RULES },
    Group { name: "uri", rules: uri::RULES },
    Group { name: "ids", rules: ids::RULES },
    Group { name: "extra", rules: extra::RULES },
    Group { name: "types", rules: types::RULES },
    Group { name: "redshift", rules: redshift::RULES },
    Group { name: "aws", rules: aws::RULES },
    Group { name: "secrets", rules: secrets::RULES },
    Group { name: "wrappers", rules: wrappers::RULES },
];

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].rules.len();
        group += 1;
    }
    count
};

static ALL: [&Rule; COUNT] = {
    let mut all = [GROUPS[0].rules[0]; COUNT];
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut at = 0;
        while at < GROUPS[group].rules.len() {
            all[count] = GROUPS[group].rules[at];
            count += 1;
            at += 1;
        }
        group += 1;
    }
    all
};

/// Every rule, by id.
pub static RULES: &[&Rule] = &ALL;

impl Rule {
    /// Where its page and its code are, below the folder of rules and without the ending:
    /// `uri/ac202_malformed_percent`.
    pub fn path(&self) -> String {
        let group = GROUPS.iter().find(|group| group.rules.iter().any(|rule| rule.id == self.id));
        let group = group.map_or("", |group| group.name);
        format!("{group}/{}_{}", self.id.to_ascii_lowercase(), self.name.replace('-', "_"))
    }
}

/// Rules that nobody can switch off: what airconn could not look at must not look like what is
/// fine.
pub const ALWAYS: &[&str] = &["AC003"];

/// What the findings of a rule are about, by its id.
pub fn about(id: &str) -> Option<About> {
    by_name(id).map(|rule| rule.about)
}

/// Checks that belong to no rule of their own: what hooks make of connections, for all rules about
/// it together; what readers of wrappers noticed; the schemas of a project.
static ALSO: &[Check] = &[hooked::CHECK, custom_types::CHECK, remarks::CHECK];

/// The rule of a connection type, by its name `TYPE/RULE`.
pub fn type_rule(name: &str) -> Option<&'static TypeRule> {
    let (conn_type, _) = name.split_once('/')?;
    hooks::of_type(conn_type)?.data?.read().rule(name)
}

/// Every check, with its rule if it finds what this one says and nothing else.
pub(super) fn checks() -> impl Iterator<Item = (Option<&'static Rule>, &'static Check)> {
    let own = RULES.iter().flat_map(|rule| rule.checks.iter().map(|check| (Some(*rule), check)));
    own.chain(ALSO.iter().map(|check| (None, check)))
}

/// What rules find about what hooks make of connections, by the ids of the rules.
fn hook_checks() -> &'static [HookCheck] {
    static FOUND: LazyLock<Vec<HookCheck>> = LazyLock::new(|| {
        let checks = RULES.iter().flat_map(|rule| rule.checks);
        let of_hook =
            |check: &Check| if let Check::Hook(find) = check { Some(*find) } else { None };
        checks.filter_map(of_hook).collect()
    });
    &FOUND
}

type HookCheck = fn(&Subject<'_, '_>, &mut Said);

/// A rule by its id (in any case) or name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    // Ids as they are written are asked for with every finding.
    if let Ok(at) = RULES.binary_search_by_key(&name, |rule| rule.id) {
        return Some(RULES[at]);
    }
    RULES.iter().copied().find(|rule| rule.name == name || rule.id.eq_ignore_ascii_case(name))
}
