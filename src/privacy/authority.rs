//! Where login and password of a URI were meant to end, whatever Airflow takes for them.

use memchr::memchr_iter;

use super::looks::is_plain_word;
use crate::catalog::is_known_extra;

/// A URI with the places that decide about its userinfo. All are byte offsets into the text.
#[derive(Clone, Copy)]
pub(crate) struct Authority<'u> {
    pub(crate) text: &'u str,
    /// Where login, password, host and port begin.
    pub(crate) start: usize,
    /// The first `/`, `?` or `#` from there, or the end.
    pub(crate) end: usize,
    /// The last `@` behind which a host and port could stand: where the userinfo was meant to end.
    pub(crate) meant_at: Option<usize>,
}

/// A raw delimiter that may have cut login and password short.
pub(crate) struct Cut {
    /// The delimiter: `/`, `?` or `#`.
    pub(crate) delimiter: char,
    /// Where it stands.
    pub(crate) at: usize,
    /// The `@` at which login and password were meant to end.
    pub(crate) meant_at: usize,
    /// What stands ahead of the delimiter has an `@` of its own, so that a piece of the password is
    /// read as the host.
    pub(crate) leaves_host: bool,
    /// What stands ahead of the delimiter has no `@`, and a `:` stands in what was meant to be
    /// login and password.
    pub(crate) leaves_password: bool,
    /// What is read as the host looks like a real one, so that nothing may have been cut.
    pub(crate) host_is_plausible: bool,
    /// What is read as the host is a plain word, as names of machines are.
    pub(crate) host_is_word: bool,
    /// Behind the `@` stands a host with a port or with a path.
    pub(crate) host_is_meant: bool,
}

impl<'u> Authority<'u> {
    pub(crate) fn of(text: &'u str) -> Option<Authority<'u>> {
        // Quicker than a search that looks at what it searches first.
        let separator = |from: usize| {
            let mut colons = memchr_iter(b':', &text.as_bytes()[from..]).map(|at| from + at);
            colons.find(|at| text[*at..].starts_with("://"))
        };
        let first = separator(0)? + 3;
        let start = match separator(first) {
            Some(second)
                if first <= second && !text[first..second].contains(['@', ':', '/', '?', '#']) =>
            {
                second + 3
            }
            _ => first,
        };
        let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
        let query = query_starts(&text[start..]).map_or(text.len(), |at| start + at);
        let ends_userinfo = |at: &usize| *at < query && host_follows(&text[at + 1..]);
        let meant_at =
            text[start..].match_indices('@').map(|(at, _)| start + at).rfind(ends_userinfo);
        Some(Authority { text, start, end, meant_at })
    }

    /// The same places in the same text.
    pub(crate) fn again<'o>(self, text: &'o str) -> Authority<'o> {
        Authority { text, ..self }
    }

    /// What Airflow takes for the authority.
    pub(crate) fn taken(&self) -> &'u str {
        &self.text[self.start..self.end]
    }

    /// What of that is read as host and port.
    fn host(&self) -> &'u str {
        let taken = self.taken();
        taken.rsplit_once('@').map_or(taken, |(_, host)| host)
    }

    /// What Airflow takes for path, query and fragment.
    pub(crate) fn behind(&self) -> &'u str {
        &self.text[self.end..]
    }

    /// The delimiter that may have cut login and password short: behind it stands an `@` and what
    /// looks like a host.
    pub(crate) fn cut(&self) -> Option<Cut> {
        let delimiter = self.behind().chars().next()?;
        let behind = self.meant_at.filter(|at| *at > self.end);
        let in_query = || self.value_with_host().filter(|_| delimiter == '?');
        let meant_at = behind.or_else(in_query)?;
        let host_is_plausible = self.has_plausible_host();
        let leaves_host = self.taken().contains('@');
        let cut = Cut {
            delimiter,
            at: self.end,
            meant_at,
            leaves_host,
            leaves_password: !leaves_host && self.text[self.start..meant_at].contains(':'),
            host_is_plausible,
            host_is_word: is_plain_word(self.host().split(':').next().unwrap_or_default()),
            host_is_meant: self.text[meant_at + 1..].contains(['/', ':']),
        };
        // A value of a query may well hold an address.
        (behind.is_some() || !host_is_plausible).then_some(cut)
    }

    /// What is read as the host looks like one.
    pub(crate) fn has_plausible_host(&self) -> bool {
        is_plausible_host(self.host(), self.taken().contains('@'))
    }

    /// A `#` follows what is read as the host, which does not look like one.
    pub(crate) fn drops_rest(&self) -> bool {
        let is_word = || !self.taken().contains('@') && is_plain_word(self.taken());
        self.behind().starts_with('#') && !self.has_plausible_host() && !is_word()
    }

    /// The last `@` in the value of an unknown key of the query, if a host with a port or a path
    /// follows, `?a=b@host/db`, or any that looks like one behind a key that nobody gives:
    /// `?x7Qa=b@db.example.com`.
    fn value_with_host(&self) -> Option<usize> {
        let query = self.behind();
        let last = query.rfind('@')?;
        let pair = query[..last].rfind('&').map_or(1, |before| before + 1);
        let all = query[pair..].match_indices('@').take(MOST_HOSTS);
        let ends = all.map(|(at, _)| pair + at).filter(|at| self.ends_value(pair, *at));
        ends.last().map(|at| self.end + at)
    }

    /// Whether such a host stands behind the `@` at a byte of the query, whose last value with one
    /// begins at `pair`.
    fn ends_value(&self, pair: usize, at: usize) -> bool {
        let query = self.behind();
        let Some((key, value)) = query[pair..at].split_once('=') else { return false };
        let rest = &query[at + 1..];
        let more =
            rest.contains(['/', ':']) || !is_plain_word(key) && is_plausible_host(rest, true);
        more && host_follows(rest) && !is_known_extra(key) && !value.contains("://")
    }
}

/// A name with a domain, an address, or anything with a port behind a userinfo.
fn is_plausible_host(host: &str, behind_userinfo: bool) -> bool {
    let (name, port) = host.rsplit_once(':').map_or((host, ""), |(name, port)| (name, port));
    let has_port = behind_userinfo && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let domain = name.rsplit_once('.').map_or("", |(_, domain)| domain);
    let is_domain = domain.len() >= 2 && domain.bytes().all(|b| b.is_ascii_alphabetic());
    has_port
        || is_domain
        || name == "localhost"
        || host.starts_with('[')
        || name.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Protocols that hooks take in front of a host.
pub(super) const PROTOCOLS: &[&str] = &[
    "http", "https", "ftp", "ftps", "sftp", "ldap", "ldaps", "spark", "k8s", "s3", "hdfs", "tcp",
    "ssl", "grpc",
];

/// `(PROTOCOL "://")? HOST? (":" digits)?`, or several of them behind commas, and then the end,
/// `/`, `?` or `#`, but not `//`.
fn host_follows(rest: &str) -> bool {
    let behind = |protocol: &&str| rest.strip_prefix(*protocol)?.strip_prefix("://");
    let mut rest = PROTOCOLS.iter().find_map(behind).unwrap_or(rest);
    for _ in 0..MOST_HOSTS {
        rest = behind_host(rest);
        let Some(next) = rest.strip_prefix(',') else { break };
        rest = next;
    }
    (rest.is_empty() || rest.starts_with(['/', '?', '#'])) && !rest.starts_with("//")
}

/// More hosts than this stand in no list.
const MOST_HOSTS: usize = 50;

/// What stands behind a host and its port.
fn behind_host(rest: &str) -> &str {
    // The longest IPv6 address with a zone is shorter, and so is what is filled in.
    let block = BLOCKS.iter().find(|(opens, _)| rest.starts_with(opens));
    let rest = block.map_or(rest, |(_, closes)| {
        let near = &rest[..rest.floor_char_boundary(80)];
        near.find(closes).map_or(rest, |at| &rest[at + closes.len()..])
    });
    let rest = rest.trim_start_matches(is_of_host);
    match rest.strip_prefix(':') {
        Some(port) => port.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    }
}

/// What may stand in the place of a host and hold what no name does: an IPv6 address, a template.
const BLOCKS: &[(&str, &str)] = &[("[", "]"), ("{{", "}}"), ("${", "}"), ("$(", ")"), ("<", ">")];

/// What stands in names of hosts, and whatever strays into them but delimiters and blanks.
fn is_of_host(c: char) -> bool {
    !"/?#@:[]&= ".contains(c)
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
