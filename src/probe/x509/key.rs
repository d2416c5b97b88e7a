//! Public keys and signatures: how strong they are for OpenSSL, and whether they are genuine, as
//! far as ring can tell.

use rustls::crypto::WebPkiSupportedAlgorithms;
use x509_cert::der::asn1::ObjectIdentifier;

use super::tlv::{self, Item, SEQUENCE};

/// OpenSSL's security level 2, which libpq has from OpenSSL and Python sets itself: bits of
/// security (SSL_CTX_set_security_level(3)).
const LEVEL: u32 = 112;

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    /// RSA for PSS alone.
    RsaPss,
    Ec,
    Ed25519,
    Ed448,
    Dsa,
    Other,
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

/// Curves, with the bits of their order.
const CURVES: &[(ObjectIdentifier, u32)] = &[
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.1"), 192),
    (ObjectIdentifier::new_unwrap("1.3.132.0.33"), 224),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), 256),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), 256),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"), 256),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"), 384),
    (ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13"), 512),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), 384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), 521),
];

/// Signatures: the kind of key that makes them, and whether their hash is strong enough for the
/// level.
const SIGNATURES: &[(ObjectIdentifier, Kind, bool)] = &[
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"), Kind::Rsa, false),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"), Kind::Rsa, false),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"), Kind::Rsa, false),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.14"), Kind::Rsa, true),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"), Kind::Rsa, true),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"), Kind::Rsa, true),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"), Kind::Rsa, true),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"), Kind::Ec, false),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.1"), Kind::Ec, true),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"), Kind::Ec, true),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"), Kind::Ec, true),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"), Kind::Ec, true),
    (ED25519, Kind::Ed25519, true),
    (ED448, Kind::Ed448, true),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.3"), Kind::Dsa, false),
    (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.2"), Kind::Dsa, true),
];

/// A public key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) kind: Kind,
    /// The algorithm: what stands inside of its sequence.
    algorithm: Vec<u8>,
    /// The key itself.
    bits: Vec<u8>,
    /// The bits of the modulus or of the curve's order; `None` where they are not known.
    size: Option<u32>,
}

impl Key {
    /// Reads a SubjectPublicKeyInfo.
    pub(super) fn read(item: Item<'_>) -> Option<Key> {
        let mut parts = item.parts_of(SEQUENCE)?;
        let (algorithm, bits) = (parts.next()?, parts.next()?.bits()?);
        let mut named = algorithm.parts_of(SEQUENCE)?;
        let kind = match named.next()?.oid()? {
            RSA => Kind::Rsa,
            RSA_PSS => Kind::RsaPss,
            EC => Kind::Ec,
            ED25519 => Kind::Ed25519,
            ED448 => Kind::Ed448,
            DSA => Kind::Dsa,
            _ => Kind::Other,
        };
        let size = match kind {
            Kind::Rsa | Kind::RsaPss => tlv::one(bits)
                .and_then(|key| key.parts()?.next())
                .map(|modulus| bits_of(modulus.body)),
            Kind::Ec => {
                let curve = named.next().and_then(|curve| curve.oid());
                CURVES.iter().find(|(known, _)| Some(*known) == curve).map(|(_, size)| *size)
            }
            Kind::Dsa => named
                .next()
                .and_then(|numbers| numbers.parts()?.next())
                .map(|prime| bits_of(prime.body)),
            Kind::Ed25519 => Some(256),
            Kind::Ed448 => Some(448),
            Kind::Other => None,
        };
        Some(Key { kind, algorithm: algorithm.body.to_vec(), bits: bits.to_vec(), size })
    }

    /// Is it strong enough for OpenSSL? `None`: not known.
    pub(super) fn is_strong(&self) -> Option<bool> {
        let size = self.size?;
        Some(match self.kind {
            Kind::Rsa | Kind::RsaPss | Kind::Dsa => of_factors(size) >= LEVEL,
            Kind::Ec => size / 2 >= LEVEL,
            Kind::Ed25519 | Kind::Ed448 => true,
            Kind::Other => return None,
        })
    }

    /// Can a signature by it be checked here at all?
    pub(super) fn is_provable(&self, provable: &WebPkiSupportedAlgorithms) -> bool {
        let large_enough =
            self.kind != Kind::Rsa || self.size.is_some_and(|size| (2048..=8192).contains(&size));
        large_enough
            && provable.all.iter().any(|with| with.public_key_alg_id().as_ref() == self.algorithm)
    }

    /// Is this signature by it? `None`: that cannot be checked here.
    pub(super) fn signed(
        &self,
        algorithm: &[u8],
        text: &[u8],
        signature: &[u8],
        provable: &WebPkiSupportedAlgorithms,
    ) -> Option<bool> {
        if !self.is_provable(provable) {
            return None;
        }
        let fits = |with: &&&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
            with.public_key_alg_id().as_ref() == self.algorithm
                && with.signature_alg_id().as_ref() == algorithm
        };
        let with = provable.all.iter().find(fits)?;
        Some(with.verify_signature(&self.bits, text, signature).is_ok())
    }

    /// Is this signature of a handshake by it? `None`: that cannot be checked here.
    pub(super) fn signed_by_scheme(
        &self,
        scheme: rustls::SignatureScheme,
        text: &[u8],
        signature: &[u8],
        provable: &WebPkiSupportedAlgorithms,
        exactly: bool,
    ) -> Option<bool> {
        let (_, known) = provable
            .mapping
            .iter()
            .find(|(known, _)| *known == scheme)
            .filter(|_| self.is_provable(provable))?;
        let known = if exactly { &known[..known.len().min(1)] } else { known };
        let with = known.iter().find(|with| with.public_key_alg_id().as_ref() == self.algorithm);
        // A scheme that is not one of this key is as good as a wrong signature.
        let Some(with) = with else { return Some(false) };
        Some(with.verify_signature(&self.bits, text, signature).is_ok())
    }
}

/// May the key have made a signature of this algorithm, by its kind?
pub(super) fn may_be_of(signed_with: Option<ObjectIdentifier>, key: &Key) -> bool {
    match signed_with {
        Some(RSA_PSS) => matches!(key.kind, Kind::Rsa | Kind::RsaPss),
        // What is not known may be: the signature decides.
        oid => SIGNATURES
            .iter()
            .find(|(known, ..)| Some(*known) == oid)
            .is_none_or(|(_, kind, _)| *kind == key.kind),
    }
}

/// Is the hash of a signature of this algorithm strong enough for OpenSSL? `None`: not known.
pub(super) fn is_hash_strong(signed_with: Option<ObjectIdentifier>) -> Option<bool> {
    let oid = signed_with?;
    SIGNATURES.iter().find(|(known, ..)| *known == oid).map(|(.., strong)| *strong)
}

/// The bits of a number.
fn bits_of(number: &[u8]) -> u32 {
    let digits = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    let bits = digits.len() * 8 - digits.first().map_or(0, |first| first.leading_zeros() as usize);
    u32::try_from(bits).unwrap_or(u32::MAX)
}

/// Bits of security of a number of so many bits that is to be factored: the estimate of NIST SP
/// 800-56B (revision 2, appendix D), rounded to eight as there.
fn of_factors(size: u32) -> u32 {
    let nats = f64::from(size) * std::f64::consts::LN_2;
    let estimate = (1.923 * nats.cbrt() * nats.ln().powi(2).cbrt() - 4.69) / std::f64::consts::LN_2;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // Between 0 and some thousand.
    let whole = estimate.max(0.0) as u32;
    (whole + 4) & !7
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rustls::SignatureScheme;

    use super::{Key, of_factors, tlv};

    /// A key of P-256, and its signatures of `text` with SHA-256 and SHA-384.
    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvXdE59n+NBnyq4Zbw4aiC8cA\
                       d4/7dwic/zitNB4gYOtA/hhTmU2BFiO5hYKg9XMr2uaf7oTlpmCycCa4dSuiGg==";
    const BY_SHA256: &str = "MEYCIQDive1p29CeOdT6O3johpyMKuAzRDn9ACFOj7NbrHVowQIhAMVkbHCX\
                             seh4thasn8oqEb34RtgzfGfRKdu1Sscd8S/A";
    const BY_SHA384: &str = "MEQCIHY06ZpTyR97l/Xa7+qMhO2ySunIGmU8TH01uENC055YAiAzRDEPb7PJ\
                             rYPuxdhiKdNIAg64LZ3oVjqq0o/EZj6GdA==";

    /// TLS 1.2 names a hash alone, TLS 1.3 a hash for one curve.
    #[test]
    fn a_scheme_of_tls_1_3_is_for_one_curve() {
        use SignatureScheme as S;
        let provable = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        let bytes = |text: &str| STANDARD.decode(text).expect("base64");
        let key = Key::read(tlv::one(&bytes(KEY)).expect("a sequence")).expect("a key");
        for (scheme, signature, exactly, want) in [
            (S::ECDSA_NISTP256_SHA256, BY_SHA256, true, Some(true)),
            (S::ECDSA_NISTP256_SHA256, BY_SHA384, true, Some(false)),
            (S::ECDSA_NISTP384_SHA384, BY_SHA384, false, Some(true)),
            (S::ECDSA_NISTP384_SHA384, BY_SHA384, true, Some(false)),
            (S::RSA_PKCS1_SHA256, BY_SHA256, false, Some(false)),
            (S::ECDSA_NISTP521_SHA512, BY_SHA256, false, None),
        ] {
            let signature = bytes(signature);
            let signed = key.signed_by_scheme(scheme, b"text", &signature, &provable, exactly);
            assert_eq!(signed, want, "{scheme:?} {exactly}");
        }
    }

    /// What OpenSSL 3 says (EVP_PKEY_get_security_bits).
    #[test]
    fn strength_is_that_of_openssl() {
        for (size, want) in
            [(1024, 80), (1536, 96), (2040, 112), (2048, 112), (3072, 128), (4096, 152)]
        {
            assert_eq!(of_factors(size), want, "{size}");
        }
    }
}
