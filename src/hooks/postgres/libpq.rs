//! Values of options that libpq refuses before it opens a socket, whatever the server.
//!
//! Recorded with libpq 17.0.11 (psycopg2-binary 2.9.13) and 18.0.6 (psycopg-binary 3.3.9):
//! `fixtures/probe/libpq_options.jsonl`. Options that an older libpq does not know it refuses
//! altogether, and a value that a later one knows is no fault here.

#[cfg(feature = "cli")]
pub(crate) use crate::hooks::postgres::provider::Libpq as Driver;

/// Options with a closed list of values, which libpq compares to the letter; an empty value is not
/// among them.
static ENUMERATED: &[(&str, &[&str])] = &[
    ("channel_binding", &["disable", "prefer", "require"]),
    ("sslmode", &["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
    ("sslnegotiation", &["postgres", "direct"]),
    ("sslcertmode", &["disable", "allow", "require"]),
    ("gssencmode", &["disable", "prefer", "require"]),
    (
        "target_session_attrs",
        &["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
    ),
    ("load_balance_hosts", &["disable", "random"]),
    ("min_protocol_version", &["3.0", "3.2", "latest"]),
    ("max_protocol_version", &["3.0", "3.2", "latest"]),
];

/// Options that are whole numbers.
static NUMBERS: &[&str] = &[
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
];

/// The most that Linux takes of them, where keepalives are not switched off, and 0 is too little
/// (tcp(7)).
static KEEPALIVES: &[(&str, i32)] =
    &[("keepalives_idle", 32767), ("keepalives_interval", 32767), ("keepalives_count", 127)];

/// Methods of `require_auth`.
static METHODS: &[&str] = &["password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none"];

/// The versions of `ssl_min_protocol_version` and `ssl_max_protocol_version`, the oldest first;
/// case does not matter.
static TLS_VERSIONS: &[&str] = &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// The values of an option with a closed list of them.
pub(crate) fn values_of(option: &str) -> Option<&'static [&'static str]> {
    ENUMERATED.iter().find(|(name, _)| *name == option).map(|(_, values)| *values)
}

/// The first option whose value libpq refuses; `get` gives the text of an option that is set, which
/// may be empty.
pub(crate) fn refused(get: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let wrong = |(name, known): &(&'static str, &[&str])| {
        get(name).is_some_and(|v| !known.contains(&v.as_str())).then_some(*name)
    };
    count(get)
        .or_else(|| ENUMERATED.iter().find_map(wrong))
        .or_else(|| {
            get("require_auth")
                .filter(|list| RequireAuth::read(list).is_none())
                .map(|_| "require_auth")
        })
        .or_else(|| weak(get))
        .or_else(|| tls_versions(get).err())
        .or_else(|| get("port").filter(|ports| !ports.split(',').all(is_port)).map(|_| "port"))
        .or_else(|| {
            get("hostaddr")
                .filter(|all| !all.split(',').all(|a| a.is_empty() || is_address(a)))
                .map(|_| "hostaddr")
        })
        .or_else(|| {
            NUMBERS
                .iter()
                .copied()
                .find(|name| get(name).is_some_and(|value| integer(&value).is_none()))
        })
        .or_else(|| keepalives(get))
}

/// Several hosts, and as many addresses and ports or one port for all.
fn count(get: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let of = |name: &str| {
        get(name).filter(|value| !value.is_empty()).map(|value| value.split(',').count())
    };
    let (hosts, addresses, ports) = (of("host"), of("hostaddr"), of("port"));
    if hosts.is_some() && addresses.is_some() && hosts != addresses {
        return Some("hostaddr");
    }
    let servers = addresses.or(hosts).unwrap_or(1);
    ports.filter(|count| *count != 1 && *count != servers).map(|_| "port")
}

/// What an `sslmode` is too weak for.
fn weak(get: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let system = get("sslrootcert").is_some_and(|roots| roots == "system");
    let mode =
        get("sslmode").unwrap_or_else(|| if system { "verify-full" } else { "prefer" }.to_string());
    let direct = get("sslnegotiation").is_some_and(|value| value == "direct");
    match mode.as_str() {
        "disable" | "allow" | "prefer" if direct => Some("sslnegotiation"),
        mode if system && mode != "verify-full" => Some("sslrootcert"),
        _ => None,
    }
}

/// The least and the most version of TLS by its place in `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`.
pub(crate) fn tls_versions(
    get: &dyn Fn(&str) -> Option<String>,
) -> Result<(usize, usize), &'static str> {
    let place =
        |name: &'static str, otherwise: usize| match get(name).filter(|value| !value.is_empty()) {
            None => Ok(otherwise),
            Some(value) => {
                TLS_VERSIONS.iter().position(|known| known.eq_ignore_ascii_case(&value)).ok_or(name)
            }
        };
    let (least, most) =
        (place("ssl_min_protocol_version", 2)?, place("ssl_max_protocol_version", 3)?);
    let bounded = get("ssl_max_protocol_version").is_some_and(|value| !value.is_empty());
    if bounded && least > most { Err("ssl_max_protocol_version") } else { Ok((least, most)) }
}

fn keepalives(get: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    if get("keepalives").and_then(|value| integer(&value)) == Some(0) {
        return None;
    }
    let beyond = |(name, most): &(&'static str, i32)| {
        let value = get(name).and_then(|value| integer(&value))?;
        (value < 1 || value > *most).then_some(*name)
    };
    KEEPALIVES.iter().find_map(beyond)
}

/// A number as `strtol` takes it, of 32 bits, with space around it.
pub(crate) fn integer(text: &str) -> Option<i32> {
    text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']).parse().ok()
}

fn is_port(text: &str) -> bool {
    text.is_empty() || integer(text).is_some_and(|port| (1..=65535).contains(&port))
}

/// An address in numbers: of IPv6, or of IPv4 in any form that `inet_aton` takes.
pub(crate) fn is_address(text: &str) -> bool {
    let plain = text.split_once('%').map_or(text, |(address, _)| address);
    if plain.contains(':') {
        return plain.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let number = |part: &str| {
        let (digits, radix) = match part.strip_prefix('0') {
            Some(rest) if rest.starts_with(['x', 'X']) => (&rest[1..], 16),
            Some(rest) if !rest.is_empty() => (rest, 8),
            _ => (part, 10),
        };
        u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))
    };
    let parts: Option<Vec<u32>> = text.split('.').map(number).collect();
    parts.is_some_and(|parts| {
        let (last, heads) = parts.split_last().expect("a split has a part");
        parts.len() <= 4
            && heads.iter().all(|n| *n < 256)
            && u64::from(*last) < 1 << (8 * (5 - parts.len()))
    })
}

/// What `require_auth` permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequireAuth {
    methods: Vec<&'static str>,
    negated: bool,
}

impl RequireAuth {
    /// Reads the list; `None` where libpq refuses it: an unknown method, one that stands twice, or
    /// `!` for some only.
    pub(crate) fn read(list: &str) -> Option<RequireAuth> {
        let mut read = RequireAuth { methods: Vec::new(), negated: list.starts_with('!') };
        for part in list.split(',').filter(|_| !list.is_empty()) {
            let name = if read.negated { part.strip_prefix('!')? } else { part };
            let known = METHODS.iter().copied().find(|known| *known == name)?;
            if read.methods.contains(&known) {
                return None;
            }
            read.methods.push(known);
        }
        Some(read)
    }

    /// May the server ask by this method? `none` is the server that asks for nothing.
    #[cfg(any(feature = "probe", test))]
    pub(crate) fn permits(&self, method: &str) -> bool {
        // An empty list permits no method, and yet nobody needs one.
        let empty = self.methods.is_empty() && method == "none";
        empty || self.methods.contains(&method) != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_libpq_refuses() {
        for (options, want) in [
            (&[][..], None),
            (&[("channel_binding", "require"), ("sslmode", "verify-ca")], None),
            (&[("channel_binding", "")], Some("channel_binding")),
            (&[("sslmode", "REQUIRE")], Some("sslmode")),
            (&[("require_auth", "")], None),
            (&[("require_auth", "md5,scram-sha-256")], None),
            (&[("require_auth", "!md5,!none")], None),
            (&[("require_auth", "md5,!none")], Some("require_auth")),
            (&[("require_auth", "!md5,none")], Some("require_auth")),
            (&[("require_auth", "md5,md5")], Some("require_auth")),
            (&[("require_auth", "md5, password")], Some("require_auth")),
            (&[("require_auth", "md5,")], Some("require_auth")),
            (&[("require_auth", "!")], Some("require_auth")),
            (&[("sslnegotiation", "direct")], Some("sslnegotiation")),
            (&[("sslnegotiation", "direct"), ("sslmode", "require")], None),
            (&[("sslrootcert", "system")], None),
            (&[("sslrootcert", "system"), ("sslmode", "require")], Some("sslrootcert")),
            (&[("ssl_min_protocol_version", "tlsv1.3")], None),
            (&[("ssl_min_protocol_version", "SSLv3")], Some("ssl_min_protocol_version")),
            (
                &[("ssl_min_protocol_version", "TLSv1.3"), ("ssl_max_protocol_version", "TLSv1.2")],
                Some("ssl_max_protocol_version"),
            ),
            (&[("connect_timeout", " 5 ")], None),
            (&[("connect_timeout", "5.0")], Some("connect_timeout")),
            (&[("keepalives", "x")], Some("keepalives")),
            (&[("keepalives_idle", "100000")], Some("keepalives_idle")),
            (&[("keepalives_idle", "100000"), ("keepalives", "0")], None),
            (&[("port", "5,6")], Some("port")),
            (&[("port", " 7 ")], None),
            (&[("port", "0")], Some("port")),
            (&[("host", "a,b"), ("port", "1,2,3")], Some("port")),
            (&[("host", "a,b"), ("hostaddr", "127.0.0.1")], Some("hostaddr")),
            (&[("hostaddr", "localhost")], Some("hostaddr")),
            (&[("hostaddr", "127.1")], None),
            (&[("hostaddr", "::1")], None),
            (&[("hostaddr", "fe80::1%lo")], None),
            (&[("hostaddr", "1.2.3.400")], Some("hostaddr")),
        ] {
            let get = |name: &str| {
                options.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_string())
            };
            assert_eq!(refused(&get), want, "{options:?}");
        }
    }

    #[test]
    fn methods_are_permitted_by_name_or_by_exclusion() {
        for (list, method, want) in [
            ("", "password", false),
            ("", "none", true),
            ("scram-sha-256", "password", false),
            ("scram-sha-256,none", "none", true),
            ("!password", "password", false),
            ("!password", "none", true),
            ("!none", "none", false),
        ] {
            assert_eq!(
                RequireAuth::read(list).expect("a list").permits(method),
                want,
                "{list} {method}"
            );
        }
    }
}
