//! The extensions of a certificate, as OpenSSL reads them (`ossl_x509v3_cache_extensions`).

use x509_cert::der::asn1::ObjectIdentifier;

use super::distinguished::Name;
use super::tlv::{self, BOOLEAN, INTEGER, Item, OCTET_STRING, SEQUENCE};

const fn id(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

const SUBJECT_KEY: ObjectIdentifier = id("2.5.29.14");
const USAGE: ObjectIdentifier = id("2.5.29.15");
const NAMES: ObjectIdentifier = id("2.5.29.17");
const CONSTRAINTS: ObjectIdentifier = id("2.5.29.19");
const LIMITS: ObjectIdentifier = id("2.5.29.30");
const AUTHORITY: ObjectIdentifier = id("2.5.29.35");
const PURPOSES: ObjectIdentifier = id("2.5.29.37");
const NETSCAPE: ObjectIdentifier = id("2.16.840.1.113730.1.1");
const PROXY: ObjectIdentifier = id("1.3.6.1.5.5.7.1.14");

/// Those that OpenSSL heeds, so that they may be critical: these, and policies, their mappings and
/// constraints, inhibitAnyPolicy, places of revocation lists, and the addresses and numbers of RFC
/// 3779 (`X509_supported_extension`).
const HEEDED: &[ObjectIdentifier] = &[
    NETSCAPE,
    USAGE,
    NAMES,
    CONSTRAINTS,
    PURPOSES,
    PROXY,
    LIMITS,
    id("2.5.29.31"),
    id("2.5.29.32"),
    id("2.5.29.33"),
    id("2.5.29.36"),
    id("2.5.29.54"),
    NUMBERS[0],
    NUMBERS[1],
];

/// Addresses and numbers of RFC 3779, which limit what stands below.
const NUMBERS: [ObjectIdentifier; 2] = [id("1.3.6.1.5.5.7.1.7"), id("1.3.6.1.5.5.7.1.8")];

/// Purposes that a server's certificate may have: serverAuth, and the two of old for strong
/// cryptography.
const OF_SERVERS: &[ObjectIdentifier] =
    &[id("1.3.6.1.5.5.7.3.1"), id("1.3.6.1.4.1.311.10.3.3"), id("2.16.840.1.113730.4.1")];

/// `digitalSignature`, `keyEncipherment` and `keyAgreement`, one of which a server needs.
pub(super) const FOR_TLS: u8 = 0x80 | 0x20 | 0x08;
/// `keyCertSign`.
pub(super) const SIGNS: u8 = 0x04;
/// A server, in the certificate types of Netscape.
pub(super) const NETSCAPE_SERVER: u8 = 0x40;
/// An authority for TLS there.
pub(super) const NETSCAPE_TLS_AUTHORITY: u8 = 0x04;
/// An authority for anything.
pub(super) const NETSCAPE_AUTHORITY: u8 = 0x07;

/// A name of the kinds that a certificate can be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum General {
    Mail(Vec<u8>),
    Dns(Vec<u8>),
    Directory(Name),
    Uri(Vec<u8>),
    /// An address, or in limits an address and its mask.
    Ip(Vec<u8>),
    /// Of another kind.
    Other(u8),
}

/// What a certificate says about its issuer's key.
#[derive(Clone, Debug, Default)]
pub(super) struct Authority {
    pub(super) key: Option<Vec<u8>>,
    pub(super) issuer: Option<Name>,
    pub(super) serial: Option<Vec<u8>>,
}

/// Limits of the names that an authority may sign for.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    pub(super) permitted: Vec<General>,
    pub(super) excluded: Vec<General>,
    /// They have a `minimum` or `maximum`, which nobody heeds.
    pub(super) odd: bool,
}

/// The extensions of a certificate.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    /// One that counts cannot be read, or stands there twice: OpenSSL does not take such a
    /// certificate.
    pub(super) broken: bool,
    /// There is a critical one that OpenSSL does not know.
    pub(super) critical: bool,
    /// There are some whose rules are not imitated here: proxies, numbers of RFC 3779.
    pub(super) odd: bool,
    /// `basicConstraints`: is it an authority, and how many may stand below.
    pub(super) constraints: Option<(bool, Option<u64>)>,
    /// The first eight bits of `keyUsage`.
    pub(super) usage: Option<u8>,
    /// Whether the purposes, if there are any, have that of a server.
    pub(super) for_servers: Option<bool>,
    /// The certificate type of Netscape.
    pub(super) netscape: Option<u8>,
    pub(super) subject_key: Option<Vec<u8>>,
    pub(super) authority: Option<Authority>,
    /// `subjectAltName`.
    pub(super) names: Option<Vec<General>>,
    pub(super) limits: Option<Limits>,
}

impl Extensions {
    /// Reads them; `None` where they are not list of extensions.
    pub(super) fn read(list: Item<'_>) -> Option<Extensions> {
        let mut all = Extensions::default();
        let mut seen = Vec::new();
        for extension in list.parts_of(SEQUENCE)? {
            let mut parts = extension.parts_of(SEQUENCE)?;
            let oid = parts.next()?.oid()?;
            let critical = parts.next_of(BOOLEAN).is_some_and(|flag| flag.body != [0]);
            let value = parts.next_of(OCTET_STRING)?.body;
            all.critical |= critical && !HEEDED.contains(&oid);
            all.odd |= oid == PROXY || NUMBERS.contains(&oid);
            if all.take(oid, value).is_none()
                || (seen.contains(&oid)
                    && (HEEDED.contains(&oid) || [SUBJECT_KEY, AUTHORITY].contains(&oid)))
            {
                all.broken = true;
            }
            seen.push(oid);
        }
        Some(all)
    }

    /// Those of a root that is built in, of which only the limits are there.
    pub(super) fn of_anchor(limits: Option<&[u8]>) -> Extensions {
        let mut all = Extensions { constraints: Some((true, None)), ..Extensions::default() };
        if let Some(limits) = limits {
            all.broken = all.take(LIMITS, &tlv::sequence(limits)).is_none();
        }
        all
    }

    /// One of them; `None` where it cannot be read.
    fn take(&mut self, oid: ObjectIdentifier, value: &[u8]) -> Option<()> {
        match oid {
            CONSTRAINTS => {
                let mut parts = tlv::one(value)?.parts_of(SEQUENCE)?;
                let authority = parts.next_of(BOOLEAN).is_some_and(|flag| flag.body != [0]);
                let below = match parts.next_of(INTEGER) {
                    Some(number) => Some(number.number()?),
                    None => None,
                };
                self.constraints = Some((authority, below));
            }
            USAGE => {
                self.usage = Some(
                    flags(value)
                        .filter(|usage| usage.iter().any(|byte| *byte != 0))?
                        .first()
                        .copied()?,
                )
            }
            NETSCAPE => self.netscape = Some(flags(value)?.first().copied().unwrap_or(0)),
            PURPOSES => {
                let mut purposes = tlv::one(value)?.parts_of(SEQUENCE)?.map(|item| item.oid());
                self.for_servers = Some(
                    purposes
                        .try_fold(false, |found, oid| Some(found | OF_SERVERS.contains(&oid?)))?,
                );
            }
            SUBJECT_KEY => {
                self.subject_key =
                    Some(tlv::one(value).filter(|item| item.tag == OCTET_STRING)?.body.to_vec())
            }
            AUTHORITY => {
                let mut authority = Authority::default();
                for part in tlv::one(value)?.parts_of(SEQUENCE)? {
                    match part.tag {
                        0x80 => authority.key = Some(part.body.to_vec()),
                        0x82 => authority.serial = Some(part.body.to_vec()),
                        0xa1 => {
                            let names: Vec<General> =
                                part.parts()?.map(|name| general(&name)).collect::<Option<_>>()?;
                            authority.issuer = names.into_iter().find_map(|name| match name {
                                General::Directory(name) => Some(name),
                                _ => None,
                            });
                        }
                        _ => return None,
                    }
                }
                self.authority = Some(authority);
            }
            NAMES => {
                self.names = Some(
                    tlv::one(value)?
                        .parts_of(SEQUENCE)?
                        .map(|name| general(&name))
                        .collect::<Option<_>>()?,
                )
            }
            LIMITS => {
                let mut limits = Limits::default();
                for trees in tlv::one(value)?.parts_of(SEQUENCE)? {
                    let list = match trees.tag {
                        0xa0 => &mut limits.permitted,
                        0xa1 => &mut limits.excluded,
                        _ => return None,
                    };
                    for tree in trees.parts()? {
                        let mut parts = tree.parts_of(SEQUENCE)?;
                        list.push(general(&parts.next()?)?);
                        limits.odd |= parts.next().is_some();
                    }
                }
                self.limits = Some(limits);
            }
            _ => {}
        }
        Some(())
    }
}

/// The bytes of a bit string.
fn flags(value: &[u8]) -> Option<&[u8]> {
    tlv::one(value)?.bits()
}

fn general(name: &Item<'_>) -> Option<General> {
    Some(match name.tag {
        0x81 => General::Mail(name.body.to_vec()),
        0x82 => General::Dns(name.body.to_vec()),
        0x86 => General::Uri(name.body.to_vec()),
        0x87 => General::Ip(name.body.to_vec()),
        0xa4 => General::Directory(Name::read(name.parts()?.next()?)?),
        tag if tag & 0xc0 == 0x80 => General::Other(tag),
        _ => return None,
    })
}
