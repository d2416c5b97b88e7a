//! AC204: everything after a raw `#` is lost.

use super::ac201_userinfo_not_encoded as ac201;
use crate::check::{About, Case, Change, Check, Findings, Level, Rule, Safety};

pub static RULE: Rule = Rule {
    id: "AC204",
    name: "fragment-dropped",
    level: Level::Error,
    page: include_str!("ac204_fragment_dropped.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(view), Some(parts)) = (case.uri(), case.anatomy()) else { return };
    let (Some(_), Some(hash)) = (&parts.fragment, view.text.as_str().find('#')) else { return };
    if ac201::claims(case, hash) {
        return;
    }
    let lost = view.text.as_str()[hash + 1..].chars().count();
    let message = match lost {
        0 => "`#` starts a fragment: Airflow drops it".to_string(),
        1 => "`#` starts a fragment: Airflow drops it and the character behind it".to_string(),
        lost => {
            format!("`#` starts a fragment: Airflow drops it and the {lost} characters behind it")
        }
    };
    let comment = view.text.as_str()[..hash].ends_with(' ');
    let help = if comment {
        "a comment stands on a line of its own; a `#` that belongs to the value is written %23"
    } else {
        "write %23"
    };
    let rest = hash..view.text.as_str().len();
    let edit = view
        .text
        .edit(rest.clone(), &view.text.as_str()[hash..].replace('#', "%23"))
        .filter(|_| !comment);
    // It may work without what is dropped: `/dwh#prod` is the database `dwh` today.
    let fix = edit.and_then(|edit| case.fix(Safety::Unsafe, vec![Change::Text(vec![edit])]));
    findings.push(&RULE, "", view.text.span_of(rest), message).help(help).fix(fix);
}
