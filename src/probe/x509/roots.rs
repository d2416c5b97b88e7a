//! Root certificates, from what is built in or from PEM as OpenSSL reads it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::certificate::Certificate;
use super::tlv;

/// Certificates that are trusted.
#[derive(Clone, Debug, Default)]
pub(in crate::probe) struct Roots {
    pub(super) certificates: Vec<Certificate>,
    /// So many more are there and cannot be read here.
    pub(super) unread: usize,
}

/// Why OpenSSL does not take a text of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Unreadable {
    /// There is no certificate in it.
    Empty,
    /// One of its blocks is broken: then none of them counts.
    Broken,
}

/// Labels of certificates in PEM. Behind the last kind of them may stand for what they are trusted.
const LABELS: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

impl Roots {
    /// Mozilla's, which are built in.
    pub(in crate::probe) fn built_in() -> Roots {
        let mut roots = Roots::default();
        for anchor in webpki_roots::TLS_SERVER_ROOTS {
            roots.push(Certificate::of_anchor(anchor));
        }
        roots
    }

    /// Those of DER, one each.
    pub(in crate::probe) fn of_der<'d>(all: impl Iterator<Item = &'d [u8]>) -> Roots {
        let mut roots = Roots::default();
        all.for_each(|der| roots.push(Certificate::read(der)));
        roots
    }

    /// Those of a text in PEM.
    pub(in crate::probe) fn of_pem(text: &[u8]) -> Result<Roots, Unreadable> {
        let mut roots = Roots::default();
        let text = String::from_utf8_lossy(text);
        let mut lines = text.lines().map(str::trim_ascii_end);
        while let Some(line) = lines.next() {
            let Some(label) =
                line.strip_prefix("-----BEGIN ").and_then(|line| line.strip_suffix("-----"))
            else {
                continue;
            };
            let end = format!("-----END {label}-----");
            let mut digits = String::new();
            loop {
                match lines.next() {
                    Some(line) if line == end => break,
                    Some(line) => digits.push_str(line),
                    None => return Err(Unreadable::Broken),
                }
            }
            if !LABELS.contains(&label) {
                continue;
            }
            let der = STANDARD.decode(digits).map_err(|_| Unreadable::Broken)?;
            let whole = tlv::first(&der)
                .filter(|first| first.whole.len() == der.len() || label == LABELS[2]);
            let whole =
                whole.filter(|first| first.tag == tlv::SEQUENCE).ok_or(Unreadable::Broken)?.whole;
            // For what a trusted one is trusted is not read here.
            let plain = whole.len() == der.len();
            roots.push(if plain { Certificate::read(whole) } else { None });
        }
        if roots.certificates.is_empty() && roots.unread == 0 {
            Err(Unreadable::Empty)
        } else {
            Ok(roots)
        }
    }

    fn push(&mut self, certificate: Option<Certificate>) {
        match certificate {
            // The same one twice is one.
            Some(known)
                if !known.built_in
                    && self.certificates.iter().any(|other| other.der == known.der) => {}
            Some(certificate) => self.certificates.push(certificate),
            None => self.unread += 1,
        }
    }
}
