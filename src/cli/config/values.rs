//! What stands behind a key of the configuration: texts, lists, tables, names.

use std::ops::Range;

use clap::ValueEnum;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::airflow::runtime::Version;
use crate::cli::selectors::is_selector;
use crate::cli::suggest::{tail, unknown_rule};

/// What is wrong, and at which bytes of the file.
pub(super) struct Wrong {
    pub(super) at: Range<usize>,
    pub(super) message: String,
}

pub(super) type Item<'i> = Spanned<DeValue<'i>>;

pub(super) fn expected<T>(item: &Item<'_>, what: &str) -> Result<T, Wrong> {
    Err(Wrong { at: item.span(), message: format!("expected {what} here") })
}

pub(super) fn text(item: &Item<'_>) -> Result<String, Wrong> {
    item.get_ref()
        .as_str()
        .map_or_else(|| expected(item, "a text, in quotes,"), |text| Ok(text.to_string()))
}

pub(super) fn boolean(item: &Item<'_>) -> Result<bool, Wrong> {
    item.get_ref().as_bool().map_or_else(|| expected(item, "true or false"), Ok)
}

/// The items of a list; a single one stands for a list of it.
pub(super) fn items<'a, 'i>(item: &'a Item<'i>) -> Vec<&'a Item<'i>> {
    item.get_ref().as_array().map_or_else(|| vec![item], |list| list.iter().collect())
}

pub(super) fn texts(item: &Item<'_>) -> Result<Vec<String>, Wrong> {
    items(item).into_iter().map(text).collect()
}

pub(super) fn table<'a, 'i>(item: &'a Item<'i>) -> Result<&'a DeTable<'i>, Wrong> {
    item.get_ref().as_table().map_or_else(|| expected(item, "a table"), Ok)
}

pub(super) fn one_of<T: ValueEnum>(item: &Item<'_>) -> Result<T, Wrong> {
    let given = text(item)?;
    let names: Vec<String> = T::value_variants()
        .iter()
        .filter_map(|v| Some(v.to_possible_value()?.get_name().to_string()))
        .collect();
    let wrong = || {
        format!(
            "expected {} here{}",
            names.join(", "),
            tail(&given, names.iter().map(String::as_str))
        )
    };
    T::from_str(&given, false).map_err(|_| Wrong { at: item.span(), message: wrong() })
}

pub(super) fn versions(item: &Item<'_>) -> Result<Vec<String>, Wrong> {
    let one = |item: &Item<'_>| {
        let given = text(item)?;
        if Version::parse(&given).is_some() {
            Ok(given)
        } else {
            expected(item, "a version of Airflow, such as \"3.3.2\" or \"2.11\",")
        }
    };
    items(item).into_iter().map(one).collect()
}

pub(super) fn rules(item: &Item<'_>) -> Result<Vec<String>, Wrong> {
    let one = |item: &Item<'_>| {
        let given = text(item)?;
        rule(&given, item.span()).map(|()| given)
    };
    items(item).into_iter().map(one).collect()
}

pub(super) fn rule(given: &str, at: Range<usize>) -> Result<(), Wrong> {
    if is_selector(given) {
        return Ok(());
    }
    Err(Wrong { at, message: unknown_rule(given, "") })
}
