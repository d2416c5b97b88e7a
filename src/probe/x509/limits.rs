//! Limits of names (`nameConstraints`): may an authority sign for the names of a certificate below
//! it?

use super::certificate::Certificate;
use super::extensions::{General, Limits};
use super::fault::{Doubt, Fault};

/// Are the names of a certificate within the limits of an authority above it? `server`: it is the
/// server's own.
pub(super) fn check(
    certificate: &Certificate,
    limits: &Limits,
    server: bool,
) -> Result<Option<Doubt>, Fault> {
    let mut doubt = None;
    let mut names: Vec<General> = Vec::new();
    if !certificate.subject.is_empty() {
        names.push(General::Directory(certificate.subject.clone()));
    }
    let alternative = certificate.extensions.names.as_deref().unwrap_or_default();
    names.extend_from_slice(alternative);
    // OpenSSL looks at the common names of servers where there is no DNS name, and only at those
    // that look like one.
    if server && !alternative.iter().any(|name| matches!(name, General::Dns(_))) {
        let texts = certificate.subject.common_names.iter().filter_map(|(_, text)| text.as_deref());
        names.extend(
            texts
                .map(|text| text.trim_end_matches('\0'))
                .filter(|text| looks_like_host(text))
                .map(|text| General::Dns(text.into())),
        );
    }
    let all = || limits.permitted.iter().chain(&limits.excluded);
    if limits.odd
        || (certificate.subject.has_mail && all().any(|base| matches!(base, General::Mail(_))))
    {
        doubt = Some(Doubt::Limits);
    }
    for name in &names {
        let same_kind =
            |base: &&General| std::mem::discriminant(*base) == std::mem::discriminant(name);
        if !matches!(name, General::Dns(_) | General::Ip(_) | General::Directory(_)) {
            // Mail, addresses of the web and the rest are judged by rules of their own.
            if all().any(|base| same_kind(&base)) {
                doubt = Some(Doubt::Limits);
            }
            continue;
        }
        let mut permitted = limits.permitted.iter().filter(same_kind).peekable();
        let outside = permitted.peek().is_some() && !permitted.any(|base| is_within(name, base));
        if outside || limits.excluded.iter().filter(same_kind).any(|base| is_within(name, base)) {
            return Err(Fault::Limits);
        }
    }
    Ok(doubt)
}

/// Is the name below the base?
fn is_within(name: &General, base: &General) -> bool {
    match (name, base) {
        (General::Directory(name), General::Directory(base)) => name.is_within(base),
        (General::Dns(name), General::Dns(base)) => {
            let Some(start) = name.len().checked_sub(base.len()) else { return false };
            let at_label =
                start == 0 || base.is_empty() || base.starts_with(b".") || name[start - 1] == b'.';
            at_label && name[start..].eq_ignore_ascii_case(base)
        }
        (General::Ip(address), General::Ip(base)) if base.len() == address.len() * 2 => {
            let (network, mask) = base.split_at(address.len());
            address
                .iter()
                .zip(network.iter().zip(mask))
                .all(|(byte, (network, mask))| byte & mask == network & mask)
        }
        _ => false,
    }
}

/// OpenSSL's guess whether a common name is that of a host (`cn2dnsid`): labels of letters, digits,
/// `-` and `_`, and at least one dot.
fn looks_like_host(text: &str) -> bool {
    let label = |label: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        !label.is_empty()
            && label.bytes().all(known)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label)
}
