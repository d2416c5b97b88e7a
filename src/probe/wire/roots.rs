//! Which root certificates are trusted: those that were asked for, those that libpq reads, or
//! Mozilla's.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files::Named;
use crate::probe::x509::{Roots as Certificates, Unreadable};
use crate::probe::{Options, Outcome, Roots, Surroundings, TlsPolicy, TlsVerify};
use crate::{bounds, files};

/// How long who writes the roots into a pipe, as in `--ca <(cmd)`, may take: everybody waits.
const PATIENCE: Named = Named::Within(Duration::from_secs(bounds::PIPE_WRITER.value as u64));

/// Certificates that are trusted, and where they come from.
pub(super) struct Trusted {
    pub(super) certificates: Certificates,
    /// Where they come from, in words.
    pub(super) from: &'static str,
}

/// Where libpq looks for roots if nothing else is said.
pub(super) fn usual_file(policy: &TlsPolicy, surroundings: &Surroundings) -> Option<PathBuf> {
    let home = surroundings.home.as_deref().filter(|_| policy.libpq && policy.roots.is_none())?;
    Some(home.join(".postgresql").join("root.crt"))
}

/// The roots. `Err` where a file cannot be read: then libpq fails, too.
pub(super) fn trusted(
    policy: &TlsPolicy,
    options: &Options,
    surroundings: &Surroundings,
) -> Result<Trusted, Outcome> {
    match &options.roots {
        Roots::File(path) => of_file(path, PATIENCE, "the file of --ca"),
        Roots::System => of_system(surroundings),
        Roots::BuiltIn => match policy.roots.as_deref() {
            Some("system") => of_system(surroundings),
            Some(path) => of_file(Path::new(path), Named::Found, "the file of `sslrootcert`"),
            None => match usual_file(policy, surroundings) {
                Some(path) if policy.verify != TlsVerify::Nothing => {
                    of_file(&path, Named::Found, "~/.postgresql/root.crt")
                }
                _ => Ok(Trusted {
                    certificates: Certificates::built_in(),
                    from: "Mozilla's root certificates",
                }),
            },
        },
    }
}

/// A file of certificates, keys or passwords that a connection names; `Err` says in words what it
/// is.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    files::read(path, bounds::ROOTS.value)
        .map_err(|error| format!("cannot be read: {}", files::reason(&error)))
}

/// Where the roots of libpq are: the file that is named, or the usual one. `None` where they are
/// the system's.
pub(super) fn file_of_libpq(policy: &TlsPolicy, surroundings: &Surroundings) -> Option<PathBuf> {
    match policy.roots.as_deref() {
        Some("system") => None,
        Some(path) => Some(PathBuf::from(path)),
        None => usual_file(policy, surroundings),
    }
}

fn of_system(surroundings: &Surroundings) -> Result<Trusted, Outcome> {
    // The crate opens this file as it is: it would wait for who writes into a pipe, and read a
    // device without end. One that is not there is none to OpenSSL, too.
    let unreadable = surroundings
        .variable("SSL_CERT_FILE")
        .and_then(|file| files::read(Path::new(file), bounds::ROOTS.value).err())
        .filter(|error| error.kind() != std::io::ErrorKind::NotFound);
    if let Some(error) = unreadable {
        let why = files::reason(&error);
        let message = format!("the file of SSL_CERT_FILE cannot be read: {why}");
        return Err(Outcome::failed("roots-unreadable", message));
    }
    let all = rustls_native_certs::load_native_certs().certs;
    Ok(Trusted {
        certificates: Certificates::of_der(all.iter().map(|der| der.as_ref())),
        from: "the root certificates of the system",
    })
}

fn of_file(path: &Path, named: Named, from: &'static str) -> Result<Trusted, Outcome> {
    let failed = |what: &str| Outcome::failed("roots-unreadable", format!("{from} {what}"));
    let read = files::read_as(path, named, bounds::ROOTS.value);
    let bytes =
        read.map_err(|error| failed(&format!("cannot be read: {}", files::reason(&error))))?;
    let certificates = Certificates::of_pem(&bytes).map_err(|why| {
        failed(match why {
            Unreadable::Empty => "holds no certificate in PEM form",
            Unreadable::Broken => {
                "has a block that is broken: OpenSSL takes none of its certificates then"
            }
        })
    })?;
    Ok(Trusted { certificates, from })
}
