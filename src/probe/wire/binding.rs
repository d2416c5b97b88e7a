//! Channel binding: what ties SCRAM to the certificate of the server (`tls-server-end-point`, RFC
//! 5929).

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;

/// The hashes of signatures, MD5 and SHA-1 replaced by SHA-256 (RFC 5929, 4.1). PKCS#1 of RFC 8017,
/// ECDSA of RFC 5758.
static HASHES: &[(&str, &Algorithm)] = &[
    ("1.2.840.113549.1.1.4", &SHA256),
    ("1.2.840.113549.1.1.5", &SHA256),
    ("1.2.840.113549.1.1.11", &SHA256),
    ("1.2.840.113549.1.1.12", &SHA384),
    ("1.2.840.113549.1.1.13", &SHA512),
    ("1.2.840.10045.4.1", &SHA256),
    ("1.2.840.10045.4.3.2", &SHA256),
    ("1.2.840.10045.4.3.3", &SHA384),
    ("1.2.840.10045.4.3.4", &SHA512),
];

/// The hash of a certificate by the algorithm that it is signed with; `None` where that has no hash
/// of its own, as Ed25519.
pub(super) fn tls_server_end_point(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let parsed = Certificate::from_der(certificate).ok()?;
    let signed = parsed.signature_algorithm().oid;
    let of = |text: &str| ObjectIdentifier::new(text).is_ok_and(|oid| oid == signed);
    let (_, algorithm) = HASHES.iter().find(|(oid, _)| of(oid))?;
    Some(digest(algorithm, certificate).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_signature() {
        for (algorithm, want) in [
            (&rcgen::PKCS_ECDSA_P256_SHA256, Some(32)),
            (&rcgen::PKCS_ECDSA_P384_SHA384, Some(48)),
            (&rcgen::PKCS_ED25519, None),
        ] {
            let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
            let certificate =
                rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
            assert_eq!(tls_server_end_point(certificate.der()).map(|hash| hash.len()), want);
        }
    }

    #[test]
    fn every_algorithm_is_an_identifier() {
        assert!(HASHES.iter().all(|(oid, _)| ObjectIdentifier::new(oid).is_ok()));
    }
}
