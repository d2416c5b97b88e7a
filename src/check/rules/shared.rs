//! What several rules ask.

use std::collections::HashMap;

use crate::airflow::python::json_loads::loads;
use crate::airflow::python::unquote::Pair;
use crate::airflow::version::Version;
use crate::catalog;
use crate::check::Case;
use crate::hooks::{self, Client};
use crate::model::{Node, Value};
use crate::privacy::Doubt;

/// Airflow, one of its providers or the project declares a connection type of this name.
pub(super) fn is_known_type(case: &Case<'_>, name: &str) -> bool {
    catalog::is_known_type(name)
        || case.providers.custom.keys().any(|own| own == name || own.replace('-', "_") == name)
}

/// The type that is asked for.
fn given<'c>(case: &'c Case<'_>) -> Option<&'c str> {
    let asked = case.entry.asked_type.as_ref().map(|asked| asked.as_str());
    Some(asked.unwrap_or(case.connection()?.type_str()))
}

/// Its type took another's place, which was for one service.
pub(super) fn is_of_old_type(case: &Case<'_>) -> bool {
    given(case).is_some_and(|given| instead_of(case, given).is_some())
}

/// The type whose hook reads a connection: its own, or the one that is meant by a name that no
/// provider declares.
pub(super) fn read_as<'c>(case: &'c Case<'_>) -> Option<&'c str> {
    let given = given(case)?;
    if case.providers.custom.contains_key(given) || hooks::of_type(given).is_some() {
        return Some(given);
    }
    let meant = match instead_of(case, given) {
        None if is_known_type(case, given) || case.doubt() == Some(Doubt::NoScheme) => None,
        None => catalog::called(given),
        gone => gone,
    };
    Some(meant.unwrap_or(given))
}

/// The type that took the place of one that no provider for this Airflow declares any more.
pub(super) fn instead_of(case: &Case<'_>, given: &str) -> Option<&'static str> {
    let is_own = case.providers.custom.contains_key(given);
    catalog::instead_of(given).filter(|_| case.runtime.version >= GONE_SINCE && !is_own)
}

/// The first Airflow whose constraints have only providers that gave the old types up.
const GONE_SINCE: Version = Version(2, 6, 0);

/// Whether two names are one but for capitals and the ways of joining words.
pub(super) fn spelled_alike(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = char> {
        name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

/// Three or more stars and nothing else: what displays show for a secret.
pub(super) fn is_mask(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|b| b == b'*')
}

/// How often a text must be decoded until an object comes out: 1 for JSON of an object, 2 for JSON
/// of a text that is JSON of an object.
pub(super) fn depth_of_object(text: &str) -> Option<usize> {
    depth_inside(&loads(text).ok()?.value, DEEPEST)
}

/// The same for the extra of a connection, as [`extra_text`] has it.
pub(super) fn depth_of_extra(case: &Case<'_>) -> Option<usize> {
    depth_inside(&extra_node(case)?.value, DEEPEST)
}

/// No deeper are objects looked for.
const DEEPEST: usize = 4;

fn depth_inside(value: &Value<'_>, left: usize) -> Option<usize> {
    match value {
        Value::Dict(_) => Some(DEEPEST + 1 - left),
        Value::Str(inner) if left > 1 => {
            depth_inside(&loads(inner.as_str()?).ok()?.value, left - 1)
        }
        _ => None,
    }
}

/// What [`extra_text`] decodes to, if it does.
pub(super) fn extra_node<'c>(case: &'c Case<'_>) -> Option<&'c Node<'static>> {
    match case.connection() {
        Some(connection) => {
            connection.extra.expose().as_str().filter(|text| !text.is_empty())?;
            case.extra()
        }
        None => case.raised("AC105").and_then(|_| case.places().extra_node()),
    }
}

/// The text of the extra as this runtime keeps it, or where the runtime refuses the connection as
/// it stands in the source.
pub(super) fn extra_text(case: &Case<'_>) -> Option<String> {
    match case.connection() {
        Some(connection) => {
            connection.extra.expose().as_str().filter(|t| !t.is_empty()).map(str::to_string)
        }
        None => case
            .raised("AC105")
            .and_then(|_| case.places().extra_text())
            .map(|t| t.as_str().to_string()),
    }
}

/// `only_with` of the catalogue: `KEY` (truthy), `!KEY` (not truthy) or `KEY=VALUE`.
pub(super) fn condition_holds(case: &Case<'_>, condition: Option<&str>) -> bool {
    if let Some(key) = condition.and_then(|c| c.strip_prefix('!')) {
        return !case.extra_value(key).is_some_and(Value::truthy);
    }
    match condition.map(|c| c.split_once('=').unwrap_or((c, ""))) {
        None => true,
        Some((key, "")) => case.extra_value(key).is_some_and(Value::truthy),
        Some((key, value)) => case.extra_value(key).and_then(Value::as_str) == Some(value),
    }
}

/// Whether AC213 looks at the hosts of this type.
pub(super) fn judges_hosts(conn_type: &str) -> bool {
    hooks::of_type(conn_type).is_some_and(|hook| hook.driver == Some(Client::RedshiftConnector))
}

/// Where each key of a query stands last: that value counts.
pub(super) fn last_of_each_key<'p>(pairs: &'p [Pair<'_>]) -> HashMap<&'p str, usize> {
    pairs.iter().enumerate().map(|(i, pair)| (pair.key.as_str(), i)).collect()
}
