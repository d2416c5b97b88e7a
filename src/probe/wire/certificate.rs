//! What a certificate says about itself: subject, issuer, names, validity.

use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::probe::{Journal, Outcome};

/// More names than these are only counted.
const MOST_NAMES: usize = 20;

/// The facts about a server's certificate.
pub(super) struct Facts {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) names: Vec<String>,
    pub(super) from: String,
    pub(super) until: String,
}

/// Reads a certificate; `None` where it is none.
pub(super) fn facts(der: &CertificateDer<'_>) -> Option<Facts> {
    let certificate = Certificate::from_der(der).ok()?;
    let body = certificate.tbs_certificate();
    let names = match body.get_extension::<SubjectAltName>() {
        Ok(Some((_, names))) => names.0.iter().filter_map(general_name).collect(),
        _ => Vec::new(),
    };
    let subject = body.subject().to_string();
    Some(Facts {
        issuer: body.issuer().to_string(),
        names,
        from: body.validity().not_before.to_string(),
        until: body.validity().not_after.to_string(),
        subject,
    })
}

fn general_name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_string()),
        GeneralName::IpAddress(bytes) => match bytes.as_bytes().len() {
            4 => <[u8; 4]>::try_from(bytes.as_bytes())
                .ok()
                .map(|b| std::net::Ipv4Addr::from(b).to_string()),
            16 => <[u8; 16]>::try_from(bytes.as_bytes())
                .ok()
                .map(|b| std::net::Ipv6Addr::from(b).to_string()),
            _ => None,
        },
        _ => None,
    }
}

impl Facts {
    /// The names that the certificate is for, in one text.
    pub(super) fn names(&self) -> String {
        let mut text = self.names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
        if self.names.len() > MOST_NAMES {
            text = format!("{text} and {} more", self.names.len() - MOST_NAMES);
        }
        if text.is_empty() { "none".to_string() } else { text }
    }

    /// Adds the facts to an outcome. They are the server's words.
    pub(super) fn add(&self, outcome: Outcome, journal: &Journal<'_>) -> Outcome {
        outcome
            .fact("certificate-subject", journal.quote(&self.subject))
            .fact("certificate-issuer", journal.quote(&self.issuer))
            .fact("certificate-names", journal.quote(&self.names()))
            .fact("certificate-valid", format!("{} to {}", self.from, self.until))
    }
}
