//! The chain from a server's certificate to a root, built as OpenSSL builds it (`build_chain`,
//! x509_vfy.c of OpenSSL 3).
//!
//! The trusted certificates are asked first at every step, then those that the server sent. Of
//! several that may be the issuer the first that is valid now is taken, and nothing is taken back:
//! a chain that leads nowhere is a failure, even if another one would not.

use super::certificate::{Age, Certificate};
use super::fault::Fault;

/// A longer chain finds no root: the server's own certificate and a hundred in between
/// (`X509_VERIFY_PARAM`'s depth of libssl).
const LONGEST: usize = 101;

/// The chain, the server's own certificate first, its root last.
pub(super) fn build<'c>(
    leaf: &'c Certificate,
    sent: &'c [Certificate],
    roots: &'c [Certificate],
    now: i64,
) -> Result<Vec<&'c Certificate>, Fault> {
    let mut chain = vec![leaf];
    let mut unused: Vec<&Certificate> = sent.iter().filter(|c| !c.extensions.broken).collect();
    // So many of the chain were sent; those behind them are trusted.
    let mut untrusted = 1;
    loop {
        let last = chain[chain.len() - 1];
        let found = if chain.len() > LONGEST {
            None
        } else {
            best(roots.iter().filter(|c| !c.extensions.broken), last, now)
        };
        if let Some(issuer) = found {
            if !last.is_self_signed() {
                chain.push(issuer);
                if issuer.is_self_signed() {
                    return Ok(chain);
                }
                continue;
            }
            // One that signed itself must be among the trusted ones, and not only one of its name.
            if chain.len() == untrusted && last.der == issuer.der {
                return Ok(chain);
            }
        }
        let next = if last.is_self_signed() || chain.len() > LONGEST || chain.len() > untrusted {
            None
        } else {
            // Nor the same one again, however often it was sent.
            let again = |c: &Certificate| chain.iter().any(|other| other.der == c.der);
            best(unused.iter().copied().filter(|c| !again(c)), last, now)
        };
        let Some(next) = next else { return Err(nowhere(&chain, untrusted)) };
        unused.retain(|other| !std::ptr::eq(*other, next));
        chain.push(next);
        untrusted += 1;
    }
}

/// Of those that may be the issuer the first that is valid now, or else the one that ends last.
fn best<'c>(
    candidates: impl Iterator<Item = &'c Certificate>,
    of: &Certificate,
    now: i64,
) -> Option<&'c Certificate> {
    let mut best: Option<&Certificate> = None;
    for candidate in candidates.filter(|candidate| of.may_be_issued_by(candidate)) {
        if candidate.age(now) == Age::Valid {
            return Some(candidate);
        }
        let ends = |certificate: &Certificate| certificate.valid.map(|(_, until)| until);
        if best.is_none_or(|best| ends(candidate) > ends(best)) {
            best = Some(candidate);
        }
    }
    best
}

/// Why a chain ends where it ends.
fn nowhere(chain: &[&Certificate], untrusted: usize) -> Fault {
    let last = chain[chain.len() - 1];
    match () {
        () if chain.len() > LONGEST => Fault::TooLong,
        () if last.is_self_signed() && chain.len() == 1 => Fault::SelfSigned,
        () if chain.len() > untrusted => Fault::RootMissing,
        () => Fault::UnknownIssuer,
    }
}
