//! What several rules ask.

use std::collections::HashMap;

use crate::airflow::python::json_loads::loads;
use crate::airflow::python::unquote::Pair;
use crate::check::Case;
use crate::model::Value;
use crate::source::Text;

/// Airflow, one of its providers or the project declares a connection type of this name.
pub(super) fn is_known_type(case: &Case<'_>, name: &str) -> bool {
    crate::check::catalog::is_known_type(name) || case.providers.custom.keys().any(|own| own == name || own.replace('-', "_") == name)
}

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

/// How often a text must be decoded until an object comes out: 1 for JSON of an object, 2 for JSON of a text that is JSON of an object.
pub(super) fn depth_of_object(text: &str) -> Option<usize> {
    let mut text = text.to_string();
    for depth in 1..=4 {
        match loads(&text).ok()?.value.into_owned() {
            Value::Dict(_) => return Some(depth),
            Value::Str(inner) => text = inner.as_str()?.to_string(),
            _ => return None,
        }
    }
    None
}

/// The text of the extra as this runtime keeps it, or where the runtime refuses the connection as it stands in the source.
pub(super) fn extra_text(case: &Case<'_>) -> Option<String> {
    match case.connection() {
        Some(connection) => connection.extra.expose().as_str().filter(|t| !t.is_empty()).map(str::to_string),
        None => case.raised("AC105").and_then(|_| case.places().extra_text()).map(|t| t.as_str().to_string()),
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

/// Types whose hosts the rules about Redshift look at.
pub(super) fn is_redshift_like(conn_type: &str) -> bool {
    conn_type == "redshift"
}

/// Types whose path may hold anything, an `@` too.
pub(super) fn is_http_like(scheme: &str) -> bool {
    const TYPES: &[&str] = &["http", "https", "livy", "slackwebhook", "discord", "dingding", "chime", "dbt-cloud", "druid", "webhdfs"];
    TYPES.contains(&scheme.replace('_', "-").as_str())
}

/// A URI with the places that decide about its userinfo. All are byte offsets into the text.
pub(super) struct Authority<'u> {
    pub(super) text: &'u str,
    /// Where login, password, host and port begin.
    pub(super) start: usize,
    /// The first `/`, `?` or `#` from there, or the end.
    pub(super) end: usize,
    /// The last `@` behind which a host and port could stand: where the userinfo was meant to end.
    pub(super) meant_at: Option<usize>,
}

impl<'u> Authority<'u> {
    pub(super) fn of(text: &'u Text<'_>) -> Option<Authority<'u>> {
        let text = text.as_str();
        let first = text.find("://")? + 3;
        let separators: Vec<usize> = text.match_indices("://").map(|(at, _)| at).collect();
        let start = match separators[..] {
            [_, second, ..] if !text[first..second].contains(['@', ':', '/', '?', '#']) => second + 3,
            _ => first,
        };
        let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
        let query = query_starts(&text[start..]).map_or(text.len(), |at| start + at);
        let ends_userinfo = |at: &usize| *at < query && host_follows(&text[at + 1..]);
        let meant_at = text[start..].match_indices('@').map(|(at, _)| start + at).rfind(ends_userinfo);
        Some(Authority { text, start, end, meant_at })
    }

    /// What Airflow takes for the authority.
    pub(super) fn taken(&self) -> &'u str {
        &self.text[self.start..self.end]
    }

    /// What was meant to be login and password, if an unencoded delimiter cut it short.
    pub(super) fn cut_userinfo(&self) -> Option<&'u str> {
        self.meant_at.filter(|at| *at > self.end).map(|at| &self.text[self.start..at])
    }
}

/// `HOST? (":" digits)?` and then the end, `/`, `?` or `#`, but not `//`.
fn host_follows(rest: &str) -> bool {
    let after_host = if rest.starts_with('[') {
        // The longest IPv6 address with a zone is shorter.
        rest.char_indices().take(80).find(|(_, c)| *c == ']').map_or(rest, |(at, _)| &rest[at + 1..])
    } else {
        rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "._~,-%".contains(c))
    };
    let after_port = match after_host.strip_prefix(':') {
        Some(port) => port.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => after_host,
    };
    (after_port.is_empty() || after_port.starts_with(['/', '?', '#'])) && !after_port.starts_with("//")
}

/// Where the `=` of the first `?key=` stands: what follows is a value of a query.
fn query_starts(text: &str) -> Option<usize> {
    let is_key = |key: &str| {
        key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && key.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    text.match_indices('?').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(['=', '?'])?;
        (rest[end..].starts_with('=') && is_key(&rest[..end])).then_some(at + 1 + end)
    })
}

/// Where each key of a query stands last: that value counts.
pub(super) fn last_of_each_key<'p>(pairs: &'p [Pair<'_>]) -> HashMap<&'p str, usize> {
    pairs.iter().enumerate().map(|(i, pair)| (pair.key.as_str(), i)).collect()
}
