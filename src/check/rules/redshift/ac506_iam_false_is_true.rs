//! AC506: `iam` is not a boolean, and counts as true for the hook.

use crate::check::rules::diagnosis::{Diagnosis, Said};
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Level, Rule};
use crate::hooks::Client;
use crate::hooks::{Spells, spells};
use crate::model::Value;

pub static RULE: Rule = Rule {
    id: "AC506",
    name: "iam-false-is-true",
    level: Level::Error,
    page: include_str!("ac506_iam_false_is_true.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let iam = subject.extras.get("iam");
    let for_hook_only = match subject.iam() {
        Some(taken) => taken.hook && !taken.driver,
        None => subject.is_for(Client::Libpq) && iam.truthy() && !matches!(iam, Value::Bool(_)),
    };
    if for_hook_only {
        said.extra("iam", if spells(iam) == Spells::False { spells_false() } else { for_hook() });
    }
}

fn spells_false() -> Diagnosis {
    RULE.error(
        "the text spells false, but the hook only tests whether it is empty: it counts as true",
    )
    .help("write the JSON boolean false, or remove `iam`")
    // It counts as true today, and may work so.
    .repair(|subject, at| subject.truth(subject.unless_it_works(), own(at)?, false))
}

fn for_hook() -> Diagnosis {
    RULE.warning(
        "`iam` is true for the hook, but not for the driver, which takes only the JSON boolean: \
         only the hook asks for credentials",
    )
    .help("write the JSON boolean if the driver should ask too")
}
