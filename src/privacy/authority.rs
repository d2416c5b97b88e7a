//! Where login and password of a URI were meant to end, whatever Airflow takes for them.

use crate::source::Text;

/// A URI with the places that decide about its userinfo. All are byte offsets into the text.
pub(crate) struct Authority<'u> {
    pub(crate) text: &'u str,
    /// Where login, password, host and port begin.
    pub(crate) start: usize,
    /// The first `/`, `?` or `#` from there, or the end.
    pub(crate) end: usize,
    /// The last `@` behind which a host and port could stand: where the userinfo was meant to end.
    pub(crate) meant_at: Option<usize>,
}

impl<'u> Authority<'u> {
    pub(crate) fn of(text: &'u Text<'_>) -> Option<Authority<'u>> {
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
    pub(crate) fn taken(&self) -> &'u str {
        &self.text[self.start..self.end]
    }

    /// What was meant to be login and password, if an unencoded delimiter cut it short.
    pub(crate) fn cut_userinfo(&self) -> Option<&'u str> {
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
