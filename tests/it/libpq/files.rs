//! The files that options name: certificates, keys, revocation lists and passwords, made anew for
//! every run.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber, SignatureAlgorithm, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The password of the stand-ins.
pub(crate) const PASSWORD: &str = "Canary7/Spring#rain";

/// Serial numbers of the certificates of servers.
const GOOD: u64 = 7;
const REVOKED: u64 = 8;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// Authorities, and a folder with files.
pub(crate) struct Files {
    folder: tempfile::TempDir,
    authority: Issuer,
    stranger: Issuer,
    pub(crate) clients: CertificateDer<'static>,
}

/// A server's certificate with its key.
pub(crate) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Files {
    pub(crate) fn new() -> Files {
        let folder = tempfile::tempdir().expect("a folder");
        let (authority, stranger) =
            (authority("the authority of servers"), authority("somebody else"));
        let clients = self::authority("the authority of clients");
        let write = |name: &str, text: &str, mode: u32| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, text).expect("a file");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        };
        write("ca.crt", &authority.pem(), 0o644);
        write("stranger.crt", &stranger.pem(), 0o644);
        write("garbage.pem", "nothing\n", 0o600);
        let (good, key) = client(&clients);
        write("client.crt", &good, 0o644);
        for (name, mode) in [("client.key", 0o600), ("open.key", 0o644), ("group.key", 0o640)] {
            write(name, &key.serialize_pem(), mode);
        }
        std::fs::write(folder.path().join("client.der"), key.serialize_der()).expect("a file");
        std::fs::set_permissions(
            folder.path().join("client.der"),
            std::fs::Permissions::from_mode(0o600),
        )
        .expect("a mode");
        let (other, other_key) = client(&stranger);
        write("other.crt", &other, 0o644);
        write("other.key", &other_key.serialize_pem(), 0o600);
        write("encrypted.key", include_str!("../../../fixtures/probe/encrypted.key"), 0o600);
        std::fs::create_dir(folder.path().join("folder.key")).expect("a folder");
        let (now, past) = (2120, 2021);
        write("nothing-revoked.crl", &revoked(&authority, &[], now), 0o644);
        write("revoked.crl", &revoked(&authority, &[REVOKED], now), 0o644);
        write("expired.crl", &revoked(&authority, &[], past), 0o644);
        write("stranger.crl", &revoked(&stranger, &[], now), 0o644);
        write(
            "pgpass",
            &format!("# a file of passwords\n*:*:dev:somebody:x\n*:*:*:etl:{}\n", PASSWORD),
            0o600,
        );
        write("open.pgpass", &format!("*:*:*:etl:{PASSWORD}\n"), 0o644);
        write("wrong.pgpass", "127.0.0.9:*:*:etl:x\n*:1:*:*:x\n*:*:prod:*:x\n", 0o600);
        std::fs::create_dir(folder.path().join("home")).expect("a folder");
        write("home-with-password/.pgpass", &format!("localhost:*:dev:etl:{PASSWORD}\n"), 0o600);
        write("home-with-roots/.postgresql/root.crt", &stranger.pem(), 0o644);
        write("home-with-certificate/.postgresql/postgresql.crt", &good, 0o644);
        write("home-with-certificate/.postgresql/postgresql.key", &key.serialize_pem(), 0o600);
        write("home-with-list/.postgresql/root.crl", &revoked(&authority, &[REVOKED], now), 0o644);
        Files { folder, authority, stranger, clients: clients.der().clone() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The certificate of a server by its name in the table.
    pub(crate) fn identity(&self, name: &str) -> Identity {
        let of =
            |issuer: &Issuer, host: &str, serial: u64, algorithm: &'static SignatureAlgorithm| {
                let mut params = CertificateParams::new(vec![host.to_string()]).expect("a name");
                params.distinguished_name.push(DnType::CommonName, "stand-in");
                params.serial_number = Some(SerialNumber::from(serial));
                let key = KeyPair::generate_for(algorithm).expect("a key");
                let certificate = params.signed_by(&key, issuer).expect("a certificate");
                (vec![certificate.der().clone()], private(&key))
            };
        match name {
            "" | "good" => of(&self.authority, "localhost", GOOD, &rcgen::PKCS_ECDSA_P256_SHA256),
            "revoked" => of(&self.authority, "localhost", REVOKED, &rcgen::PKCS_ECDSA_P256_SHA256),
            "elsewhere" => {
                of(&self.authority, "db.example.com", GOOD, &rcgen::PKCS_ECDSA_P256_SHA256)
            }
            "unknown" => of(&self.stranger, "localhost", GOOD, &rcgen::PKCS_ECDSA_P256_SHA256),
            // Signed by themselves, so that the signature is of the kind that is meant.
            "p384" => own(&rcgen::PKCS_ECDSA_P384_SHA384),
            "ed25519" => own(&rcgen::PKCS_ED25519),
            other => panic!("no certificate {other}"),
        }
    }
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()))
}

fn own(algorithm: &'static SignatureAlgorithm) -> Identity {
    let params = CertificateParams::new(vec!["localhost".to_string()]).expect("a name");
    let key = KeyPair::generate_for(algorithm).expect("a key");
    (vec![params.self_signed(&key).expect("a certificate").der().clone()], private(&key))
}

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"))
        .expect("a certificate")
}

fn client(issuer: &Issuer) -> (String, KeyPair) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "etl");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().expect("a key");
    (params.signed_by(&key, issuer).expect("a certificate").pem(), key)
}

/// A list of 2020 that is good until a year begins.
fn revoked(issuer: &Issuer, serials: &[u64], until: i32) -> String {
    let from = date_time_ymd(2020, 1, 1);
    let revoked = |serial: &u64| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: from,
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: from,
        next_update: date_time_ymd(until, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: serials.iter().map(revoked).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(issuer).expect("a list").pem().expect("PEM")
}
