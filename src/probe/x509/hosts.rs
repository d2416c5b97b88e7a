//! Is a certificate for a host? Each of the clients has an answer of its own.

use std::net::IpAddr;

use super::certificate::Certificate;
use super::extensions::General;

/// Who compares names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Matcher {
    /// libpq 17 (fe-secure-common.c, fe-secure-openssl.c).
    Libpq,
    /// Python's ssl, which is OpenSSL's X509_check_host: `sslmode=verify-full` of
    /// `redshift_connector`.
    OpenSsl,
    /// `redshift_connector` 2.2.0 where no `sslmode` is given, which then only warns
    /// (hostname_check.py).
    Driver,
    /// urllib3 2 with the context of botocore, which lets it look at common names.
    Urllib3,
    /// requests, whose urllib3 leaves it to OpenSSL, without common names.
    Requests,
}

impl Matcher {
    /// Is the certificate for this host?
    pub(in crate::probe) fn fits(self, certificate: &Certificate, host: &str) -> bool {
        let names = Names::of(certificate);
        match self {
            Matcher::Libpq => libpq(&names, host),
            Matcher::OpenSsl => openssl(&names, host, true),
            Matcher::Requests => openssl(&names, host.trim_end_matches('.'), false),
            Matcher::Driver => driver(&names, host),
            Matcher::Urllib3 => urllib3(&names, host.trim_end_matches('.')).unwrap_or(false),
        }
    }

    /// The host as it goes into SNI; `None` where none is sent.
    pub(in crate::probe) fn server_name(self, host: &str) -> Option<&str> {
        let plain = match self {
            // libpq's test is about characters: `127.1` is an address, too.
            Matcher::Libpq => {
                !host.contains(':') && !host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            }
            Matcher::OpenSsl | Matcher::Driver | Matcher::Urllib3 | Matcher::Requests => {
                host.parse::<IpAddr>().is_err()
            }
        };
        plain.then_some(host)
    }
}

/// The names of a certificate.
struct Names<'c> {
    dns: Vec<&'c [u8]>,
    addresses: Vec<&'c [u8]>,
    /// There is a `subjectAltName` that is not empty.
    any: bool,
    common: &'c [(Vec<u8>, Option<String>)],
}

impl<'c> Names<'c> {
    fn of(certificate: &'c Certificate) -> Names<'c> {
        let all = certificate.extensions.names.as_deref().unwrap_or_default();
        let dns = all.iter().filter_map(|name| {
            if let General::Dns(bytes) = name { Some(bytes.as_slice()) } else { None }
        });
        let addresses = all.iter().filter_map(|name| {
            if let General::Ip(bytes) = name { Some(bytes.as_slice()) } else { None }
        });
        Names {
            dns: dns.collect(),
            addresses: addresses.collect(),
            any: !all.is_empty(),
            common: &certificate.subject.common_names,
        }
    }

    fn has_address(&self, address: IpAddr) -> bool {
        let wanted: Vec<u8> = match address {
            IpAddr::V4(address) => address.octets().into(),
            IpAddr::V6(address) => address.octets().into(),
        };
        self.addresses.contains(&wanted.as_slice())
    }

    fn common_texts(&self) -> impl Iterator<Item = &str> {
        self.common.iter().filter_map(|(_, text)| text.as_deref())
    }
}

/// libpq: names of DNS count for addresses, too; the first common name where there is no name of
/// the host's own kind. A zero byte ends it.
fn libpq(names: &Names<'_>, host: &str) -> bool {
    let fits = |name: &[u8]| {
        let wildcard = || {
            let rest = name
                .strip_prefix(b"*")
                .filter(|rest| rest.starts_with(b".") && name.len() <= host.len())?;
            let (label, above) = host.as_bytes().split_at_checked(host.len() - rest.len())?;
            Some(above.eq_ignore_ascii_case(rest) && !label.contains(&b'.'))
        };
        name.eq_ignore_ascii_case(host.as_bytes()) || wildcard().unwrap_or(false)
    };
    // What inet_aton reads is an address.
    let address = host.parse::<IpAddr>().ok().or_else(|| of_old(host));
    let of_its_kind =
        if address.is_some() { !names.addresses.is_empty() } else { !names.dns.is_empty() };
    if names.dns.iter().any(|name| name.contains(&0)) {
        return false;
    }
    if names.dns.iter().any(|name| fits(name))
        || address.is_some_and(|address| names.has_address(address))
    {
        return true;
    }
    !of_its_kind
        && names.common.first().is_some_and(|(bytes, _)| !bytes.contains(&0) && fits(bytes))
}

/// An IPv4 address in one of the forms of inet_aton that leave something out: `127.1` is 127.0.0.1.
fn of_old(host: &str) -> Option<IpAddr> {
    let parts: Vec<u32> = host.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (last, first) = parts.split_last().filter(|(_, first)| first.len() < 4)?;
    let room = 8 * (4 - first.len());
    if first.iter().any(|part| *part > 255) || (room < 32 && *last >> room != 0) {
        return None;
    }
    let above = first.iter().enumerate().fold(0, |all, (at, part)| all | part << (24 - 8 * at));
    Some(IpAddr::V4((above | last).into()))
}

/// OpenSSL: an address is looked for among addresses alone; common names count where there is no
/// name of DNS.
fn openssl(names: &Names<'_>, host: &str, common: bool) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return names.has_address(address);
    }
    let fits = |name: &[u8]| match star(name) {
        Some(above) => {
            let Some((label, rest)) = host
                .len()
                .checked_sub(above.len())
                .and_then(|at| host.as_bytes().split_at_checked(at))
            else {
                return false;
            };
            let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
            !label.is_empty() && label.iter().all(plain) && rest.eq_ignore_ascii_case(above)
        }
        None => name.eq_ignore_ascii_case(host.as_bytes()),
    };
    match names.dns.is_empty() {
        true => common && names.common_texts().any(|text| fits(text.as_bytes())),
        false => names.dns.iter().any(|name| fits(name)),
    }
}

/// What stands behind the star of a name that begins with one, with its dot: where at least two
/// labels follow, all of them of letters, digits and hyphens (`valid_star`). Any other star is one
/// like any character.
fn star(name: &[u8]) -> Option<&[u8]> {
    let above = name.strip_prefix(b"*").filter(|above| above.starts_with(b"."))?;
    let mut labels = above[1..].split(|b| *b == b'.');
    let label = |label: &[u8]| {
        let plain = label.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
        !label.is_empty() && plain && !label.starts_with(b"-") && !label.ends_with(b"-")
    };
    (labels.clone().count() >= 2 && labels.all(label)).then_some(above)
}

/// `redshift_connector`'s own: a star is a whole first label with two behind it; final dots do not
/// count; common names count where there is no name of any kind.
fn driver(names: &Names<'_>, host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return names.has_address(address);
    }
    let fits = |name: &str| {
        let (name, host) =
            (name.trim_end_matches('.').to_lowercase(), host.trim_end_matches('.').to_lowercase());
        match name.strip_prefix("*.") {
            _ if name.is_empty() => false,
            Some(above) if above.contains('.') && !above.contains('*') => {
                host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == above)
            }
            _ => !name.contains('*') && name == host,
        }
    };
    if names.dns.iter().any(|name| std::str::from_utf8(name).is_ok_and(fits)) {
        return true;
    }
    !names.any && names.common_texts().any(fits)
}

/// urllib3: a star may be part of the first label, and one label may be all that follows; two stars
/// there end the search in a refusal (`None`). Common names count where there is neither a name of
/// DNS nor an address.
fn urllib3(names: &Names<'_>, host: &str) -> Option<bool> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(names.has_address(address));
    }
    for name in &names.dns {
        if std::str::from_utf8(name).ok().map_or(Some(false), |name| part_star(name, host))? {
            return Some(true);
        }
    }
    if names.dns.is_empty() && names.addresses.is_empty() {
        for name in names.common_texts() {
            if part_star(name, host)? {
                return Some(true);
            }
        }
    }
    Some(false)
}

fn part_star(name: &str, host: &str) -> Option<bool> {
    let (first, rest) =
        name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    match first.matches('*').count() {
        0 => return Some(!name.is_empty() && name.to_lowercase() == host.to_lowercase()),
        1 => {}
        _ => return None,
    }
    let (label, above) =
        host.split_once('.').map_or((host, None), |(label, above)| (label, Some(above)));
    let same = match (rest, above) {
        (None, None) => true,
        (Some(rest), Some(above)) => rest.eq_ignore_ascii_case(above),
        _ => false,
    };
    let fits = match first.split_once('*') {
        Some(("", "")) => !label.is_empty(),
        _ if first.starts_with("xn--") || host.starts_with("xn--") => {
            first.eq_ignore_ascii_case(label)
        }
        Some((before, behind)) => {
            let (label, before, behind) = (
                label.to_ascii_lowercase(),
                before.to_ascii_lowercase(),
                behind.to_ascii_lowercase(),
            );
            label.len() >= before.len() + behind.len()
                && label.starts_with(&before)
                && label.ends_with(&behind)
        }
        None => false,
    };
    Some(same && fits)
}
