//! A certificate, as far as OpenSSL looks at it when it decides whether to trust a server.

use rustls::pki_types::TrustAnchor;
use x509_cert::der::asn1::ObjectIdentifier;

use super::distinguished::Name;
use super::extensions::Extensions;
use super::key::{self, Key};
use super::tlv::{self, BIT_STRING, INTEGER, Item, SEQUENCE};
use crate::boto3::epoch;

/// A certificate. Of a root that is built in there are only name and key.
#[derive(Clone, Debug)]
pub(in crate::probe) struct Certificate {
    /// All of it.
    pub(super) der: Vec<u8>,
    /// What is signed.
    pub(super) body: Vec<u8>,
    /// The algorithm of the signature: what stands inside of its sequence.
    pub(super) algorithm: Vec<u8>,
    pub(super) signature: Vec<u8>,
    /// 1 to 3.
    pub(super) version: u64,
    pub(super) serial: Vec<u8>,
    pub(super) subject: Name,
    pub(super) issuer: Name,
    /// When it begins and ends, in seconds since the epoch; `None` where that cannot be read.
    pub(super) valid: Option<(i64, i64)>,
    pub(super) key: Key,
    pub(super) extensions: Extensions,
    /// It is a root that is built in: whoever chose it has looked at it.
    pub(super) built_in: bool,
}

impl Certificate {
    /// Reads a certificate; `None` where it is none, or not whole.
    pub(in crate::probe) fn read(der: &[u8]) -> Option<Certificate> {
        let mut outer = tlv::one(der)?.parts_of(SEQUENCE)?;
        let (body, algorithm, signature) = (outer.next()?, outer.next()?, outer.next()?);
        let mut parts = body.parts_of(SEQUENCE)?;
        let version = match parts.next_of(0xa0) {
            Some(version) => version.parts()?.next()?.number()? + 1,
            None => 1,
        };
        let serial = parts.next_of(INTEGER)?;
        let _ = parts.next_of(SEQUENCE)?;
        let (issuer, validity, subject) = (parts.next()?, parts.next()?, parts.next()?);
        let key = Key::read(parts.next()?)?;
        let extensions = match parts.find(|part| part.tag == 0xa3) {
            Some(list) => Extensions::read(list.parts()?.next()?)?,
            None => Extensions::default(),
        };
        let mut validity = validity.parts_of(SEQUENCE)?;
        let (from, until) = (validity.next()?, validity.next()?);
        Some(Certificate {
            der: der.to_vec(),
            body: body.whole.to_vec(),
            algorithm: if algorithm.tag == SEQUENCE {
                algorithm.body.to_vec()
            } else {
                return None;
            },
            signature: if signature.tag == BIT_STRING {
                signature.bits()?.to_vec()
            } else {
                return None;
            },
            version,
            serial: serial.body.to_vec(),
            subject: Name::read(subject)?,
            issuer: Name::read(issuer)?,
            valid: time(&from).zip(time(&until)),
            key,
            extensions,
            built_in: false,
        })
    }

    /// A root that is built in.
    pub(in crate::probe) fn of_anchor(anchor: &TrustAnchor<'_>) -> Option<Certificate> {
        let subject = Name::read_inside(&anchor.subject)?;
        Some(Certificate {
            der: Vec::new(),
            body: Vec::new(),
            algorithm: Vec::new(),
            signature: Vec::new(),
            version: 3,
            serial: Vec::new(),
            issuer: subject.clone(),
            subject,
            valid: None,
            key: Key::read(tlv::one(&tlv::sequence(&anchor.subject_public_key_info))?)?,
            extensions: Extensions::of_anchor(
                anchor.name_constraints.as_ref().map(|limits| limits.as_ref()),
            ),
            built_in: true,
        })
    }

    /// The algorithm of its signature.
    pub(super) fn signed_with(&self) -> Option<ObjectIdentifier> {
        tlv::parts(&self.algorithm)?.next()?.oid()
    }

    /// Its issuer has its name: every root is that, and a new key of an authority that the old one
    /// signed.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// It says that it signed itself. Nobody looks at the signature.
    pub(super) fn is_self_signed(&self) -> bool {
        self.built_in
            || (self.is_self_issued()
                && self.names_as_issuer(self)
                && key::may_be_of(self.signed_with(), &self.key))
    }

    /// May the other one be its issuer, by name, by the hints at its key, and by the kind of the
    /// key?
    pub(super) fn may_be_issued_by(&self, other: &Certificate) -> bool {
        self.issuer == other.subject
            && self.names_as_issuer(other)
            && key::may_be_of(self.signed_with(), &other.key)
    }

    /// What it says about its issuer's key fits the other one.
    fn names_as_issuer(&self, other: &Certificate) -> bool {
        let Some(authority) = &self.extensions.authority else { return true };
        let fits = |hint: &Option<Vec<u8>>, of: Option<&Vec<u8>>| {
            hint.as_ref().zip(of).is_none_or(|(hint, of)| hint == of)
        };
        let serial = Some(&other.serial).filter(|_| !other.built_in);
        let issuer =
            authority.issuer.as_ref().is_none_or(|name| other.built_in || *name == other.issuer);
        fits(&authority.key, other.extensions.subject_key.as_ref())
            && fits(&authority.serial, serial)
            && issuer
    }

    /// Is this point in time, in seconds since the epoch, before, within or behind its life?
    pub(super) fn age(&self, now: i64) -> Age {
        match self.valid {
            _ if self.built_in => Age::Valid,
            None => Age::Unknown,
            Some((from, _)) if now < from => Age::NotYet,
            Some((_, until)) if now > until => Age::Over,
            Some(_) => Age::Valid,
        }
    }
}

/// How a certificate stands to a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    NotYet,
    Valid,
    Over,
    /// What it says cannot be read.
    Unknown,
}

/// UTCTime and GeneralizedTime in the form of RFC 5280, as seconds since the epoch.
fn time(item: &Item<'_>) -> Option<i64> {
    let text = std::str::from_utf8(item.body).ok().filter(|text| text.is_ascii())?;
    let full = match (item.tag, text.len()) {
        // Years below 50 are those of this century (RFC 5280, 4.1.2.5.1).
        (0x17, 13) => format!("{}{text}", if text < "50" { "20" } else { "19" }),
        (0x18, 15) => text.to_string(),
        _ => return None,
    };
    let digits =
        full.strip_suffix('Z').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let part = |from: usize, to: usize| digits.get(from..to);
    epoch(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}
