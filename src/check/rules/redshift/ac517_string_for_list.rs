//! AC517: a text where a list is meant: every character becomes an element.

use crate::airflow::python::json_loads::loads;
use crate::check::rules::diagnosis::Said;
use crate::check::rules::repairs::own;
use crate::check::rules::subject::Subject;
use crate::check::{About, Check, Fix, Level, Rule, Safety};
use crate::hooks::Place;
use crate::model::{Node, Value};

pub static RULE: Rule = Rule {
    id: "AC517",
    name: "string-for-list",
    level: Level::Error,
    page: include_str!("ac517_string_for_list.md"),
    about: About::Parts,
    checks: &[Check::Hook(find)],
};

const KEY: &str = "db_groups";

fn find(subject: &Subject<'_, '_>, said: &mut Said) {
    let is_text = matches!(subject.extras.get(KEY), Value::Str(_));
    if subject.iam().is_some_and(|iam| iam.driver) && is_text {
        let message =
            format!("`{KEY}` is a text where a list is meant: every character becomes an element");
        said.extra(KEY, RULE.error(message).help("write a list: [\"name\"]").repair(as_list));
    }
}

/// One name is a list of one; several are a list if somebody says so.
fn as_list(subject: &Subject<'_, '_>, at: &Place) -> Option<Fix> {
    let text = subject.case.extra_value(KEY)?.as_str()?;
    if let Ok(node) = loads(text)
        && let Value::List(items) = &node.value
        && items.iter().all(|item| item.value.as_str().is_some())
    {
        return subject.set(Safety::Safe, own(at)?, node.value.into_owned());
    }
    let names: Vec<Node<'static>> = text
        .split([',', ' '])
        .filter(|name| !name.is_empty())
        .map(|name| Node::bare(Value::text(name)))
        .collect();
    let safety = if names.len() == 1 { Safety::Safe } else { Safety::Unsafe };
    subject.set(safety, own(at)?, Value::List(names))
}
