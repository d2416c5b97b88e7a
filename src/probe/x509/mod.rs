//! Certificates of servers as OpenSSL judges them, because libpq, `redshift_connector` and boto3
//! leave that to OpenSSL.
//!
//! rustls judges by RFC 5280 and by what browsers agreed upon, which is stricter in one place (a
//! server's certificate that says CA:TRUE) and laxer in another (`keyUsage` is not looked at). So
//! the chain is built and checked here as OpenSSL 3 does it at its security level 2, and ring
//! checks the signatures. What cannot be told ends as [`Verdict::Unproven`], before any password is
//! sent. What the real clients say about 340 certificates is in
//! fixtures/probe/certificates.jsonl.gz (tools/recorders/record_certificates.py), and `tests` holds
//! this against it.

mod certificate;
mod distinguished;
mod extensions;
mod fault;
mod hosts;
mod key;
mod limits;
mod path;
mod roots;
#[cfg(test)]
mod tests;
mod tlv;

pub(super) use certificate::Certificate;
pub(super) use fault::{Doubt, Fault};
pub(super) use hosts::Matcher;
pub(super) use roots::{Roots, Unreadable};

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;
use rustls::{DigitallySignedStruct, SignatureScheme};

use certificate::Age;
use extensions::{FOR_TLS, NETSCAPE_AUTHORITY, NETSCAPE_SERVER, NETSCAPE_TLS_AUTHORITY, SIGNS};
use fault::Place;

/// What OpenSSL makes of the chain of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Trusted,
    Refused(Fault),
    /// That cannot be told here.
    Unproven(Doubt),
}

/// Judges the chain of a server, its own certificate first, at a point in time in seconds since the
/// epoch. Names of hosts are not looked at.
pub(super) fn judge(
    chain: &[CertificateDer<'_>],
    roots: &Roots,
    now: i64,
    provable: &WebPkiSupportedAlgorithms,
) -> Verdict {
    let read: Option<Vec<Certificate>> = chain.iter().map(|der| Certificate::read(der)).collect();
    let Some((leaf, sent)) = read.as_deref().and_then(<[Certificate]>::split_first) else {
        return Verdict::Unproven(Doubt::Unreadable);
    };
    let chain = match path::build(leaf, sent, &roots.certificates, now) {
        Ok(chain) => chain,
        // One of those that could not be read may be the one.
        Err(Fault::UnknownIssuer | Fault::SelfSigned | Fault::RootMissing) if roots.unread > 0 => {
            return Verdict::Unproven(Doubt::Unreadable);
        }
        Err(fault) => return Verdict::Refused(fault),
    };
    let mut doubts = Vec::new();
    if leaf.extensions.broken {
        doubts.push(Doubt::Unreadable);
    }
    if leaf.version < 3 {
        doubts.push(Doubt::Version);
    }
    if !leaf.key.is_provable(provable) {
        doubts.push(Doubt::Algorithm);
    }
    if chain.iter().any(|certificate| certificate.extensions.odd) {
        doubts.push(Doubt::Extension);
    }
    let checks = [
        extensions(&chain),
        strength(&chain, &mut doubts),
        signatures(&chain, now, provable, &mut doubts),
        names(&chain, &mut doubts),
    ];
    match (checks.into_iter().find_map(Result::err), doubts.first()) {
        (Some(fault), _) => Verdict::Refused(fault),
        (None, Some(doubt)) => Verdict::Unproven(*doubt),
        (None, None) => Verdict::Trusted,
    }
}

/// Is the signature of a handshake by the key of the server's certificate? `None`: that cannot be
/// checked here. `exactly`: TLS 1.3, where a scheme is for one curve, and the old padding of RSA is
/// not permitted.
pub(super) fn signed(
    leaf: &CertificateDer<'_>,
    text: &[u8],
    signed: &DigitallySignedStruct,
    provable: &WebPkiSupportedAlgorithms,
    exactly: bool,
) -> Option<bool> {
    use SignatureScheme as S;
    if exactly
        && matches!(
            signed.scheme,
            S::RSA_PKCS1_SHA1 | S::RSA_PKCS1_SHA256 | S::RSA_PKCS1_SHA384 | S::RSA_PKCS1_SHA512
        )
    {
        return Some(false);
    }
    Certificate::read(leaf)?.key.signed_by_scheme(
        signed.scheme,
        text,
        signed.signature(),
        provable,
        exactly,
    )
}

/// Schemes that are offered besides those that can be checked, because OpenSSL offers them: so that
/// the certificate comes and can be told.
pub(super) const BEYOND: [SignatureScheme; 2] =
    [SignatureScheme::ECDSA_NISTP521_SHA512, SignatureScheme::ED448];

fn place(at: usize, chain: &[&Certificate]) -> Place {
    match at {
        0 => Place::Server,
        at if at + 1 == chain.len() => Place::Root,
        _ => Place::Between,
    }
}

/// `check_extensions`: critical ones, who may sign, purposes, and how many may stand below.
fn extensions(chain: &[&Certificate]) -> Result<(), Fault> {
    let mut below = 0;
    for (at, certificate) in chain.iter().enumerate() {
        let has = &certificate.extensions;
        if has.critical {
            return Err(Fault::Critical(place(at, chain)));
        }
        let authority = authority(certificate);
        // A root may be of the kinds of old; those in between may not.
        if at > 0
            && (authority == Authority::No || (authority != Authority::Yes && at + 1 < chain.len()))
        {
            return Err(Fault::NotAuthority);
        }
        let for_servers = has.for_servers != Some(false);
        let fits = if at > 0 {
            authority != Authority::Netscape
                || has.netscape.is_some_and(|kind| kind & NETSCAPE_TLS_AUTHORITY != 0)
        } else {
            has.netscape.is_none_or(|kind| kind & NETSCAPE_SERVER != 0)
                && has.usage.is_none_or(|usage| usage & FOR_TLS != 0)
        };
        if !(for_servers && fits) {
            return Err(Fault::Purpose(place(at, chain)));
        }
        if at > 0 && has.constraints.and_then(|(_, most)| most).is_some_and(|most| below > most) {
            return Err(Fault::PathLength);
        }
        if at > 0 && !certificate.is_self_issued() {
            below += 1;
        }
    }
    Ok(())
}

/// Is a certificate an authority's (`check_ca`)?
#[derive(PartialEq, Eq)]
enum Authority {
    No,
    Yes,
    /// By what was usual before `basicConstraints`: version 1 and self-signed, or a `keyUsage` that
    /// permits it.
    OfOld,
    Netscape,
}

fn authority(certificate: &Certificate) -> Authority {
    let has = &certificate.extensions;
    match (has.usage, has.constraints) {
        (Some(usage), _) if usage & SIGNS == 0 => Authority::No,
        (_, Some((authority, _))) => {
            if authority {
                Authority::Yes
            } else {
                Authority::No
            }
        }
        _ if certificate.version == 1 && certificate.is_self_signed() => Authority::OfOld,
        (Some(_), None) => Authority::OfOld,
        (None, None) if has.netscape.is_some_and(|kind| kind & NETSCAPE_AUTHORITY != 0) => {
            Authority::Netscape
        }
        (None, None) => Authority::No,
    }
}

/// `check_auth_level`: keys, and the hashes of all signatures but that of the root.
fn strength(chain: &[&Certificate], doubts: &mut Vec<Doubt>) -> Result<(), Fault> {
    for (at, certificate) in chain.iter().enumerate() {
        match certificate.key.is_strong() {
            Some(false) => return Err(Fault::WeakKey(place(at, chain))),
            Some(true) => {}
            None => doubts.push(Doubt::Algorithm),
        }
        if at + 1 < chain.len() && key::is_hash_strong(certificate.signed_with()) == Some(false) {
            return Err(Fault::WeakHash);
        }
    }
    Ok(())
}

/// `internal_verify`: from the root down the time of each, and its signature. That of the root
/// itself counts for nothing.
fn signatures(
    chain: &[&Certificate],
    now: i64,
    provable: &WebPkiSupportedAlgorithms,
    doubts: &mut Vec<Doubt>,
) -> Result<(), Fault> {
    for (at, certificate) in chain.iter().enumerate().rev() {
        if let Some(issuer) = chain.get(at + 1) {
            match issuer.key.signed(
                &certificate.algorithm,
                &certificate.body,
                &certificate.signature,
                provable,
            ) {
                Some(true) => {}
                Some(false) => return Err(Fault::BadSignature),
                None => doubts.push(Doubt::Algorithm),
            }
        }
        match certificate.age(now) {
            Age::Valid => {}
            Age::NotYet => return Err(Fault::NotYet(place(at, chain))),
            Age::Over => return Err(Fault::Expired(place(at, chain))),
            Age::Unknown => doubts.push(Doubt::Unreadable),
        }
    }
    Ok(())
}

/// `check_name_constraints`: the limits of each authority for all below it, but for those in
/// between that have its own name.
fn names(chain: &[&Certificate], doubts: &mut Vec<Doubt>) -> Result<(), Fault> {
    for (at, certificate) in chain.iter().enumerate() {
        if at > 0 && certificate.is_self_issued() {
            continue;
        }
        for above in &chain[at + 1..] {
            if let Some(limits) = &above.extensions.limits {
                doubts.extend(limits::check(certificate, limits, at == 0)?);
            }
        }
    }
    Ok(())
}
