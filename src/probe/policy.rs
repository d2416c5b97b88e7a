//! How much TLS a connection asks for, and how much of the certificate is checked: by driver, its
//! version, and the connection's options.

use crate::hooks::Driver;
use crate::model::Value;

/// Is TLS asked for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsDemand {
    /// Plaintext.
    Off,
    /// Plaintext first, TLS only where the server insists (`allow`).
    Allow,
    /// TLS if the server offers it, else plaintext (`prefer`).
    Prefer,
    /// TLS or nothing.
    Require,
}

/// What of the certificate is checked?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVerify {
    /// Nothing: anybody may be at the other end.
    Nothing,
    /// The chain of issuers.
    Chain,
    /// The chain; a wrong name is only warned of.
    ChainWarnName,
    /// The chain and the name.
    Full,
}

/// Both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsPolicy {
    /// Is TLS asked for?
    pub demand: TlsDemand,
    /// What is checked.
    pub verify: TlsVerify,
    /// A file of root certificates that the connection names (`sslrootcert`).
    pub roots: Option<String>,
    /// libpq decides: its roots are in a file of the user, and a certificate without names is for
    /// its common name.
    pub libpq: bool,
    /// The name of the host goes out at the beginning of the handshake (SNI): servers may choose
    /// their certificate by it.
    pub sni: bool,
    /// The chain is checked only where the file of roots is there.
    pub optional_roots: bool,
}

impl TlsPolicy {
    /// No TLS.
    pub(super) const OFF: TlsPolicy = TlsPolicy {
        demand: TlsDemand::Off,
        verify: TlsVerify::Nothing,
        roots: None,
        libpq: false,
        sni: true,
        optional_roots: false,
    };

    /// `redshift_connector`: TLS only while `ssl` is True itself; two values of `sslmode` count,
    /// all others leave the default.
    pub(super) fn of_driver(
        ssl: Option<&Value<'_>>,
        sslmode: Option<&Value<'_>>,
        driver: &Driver,
    ) -> TlsPolicy {
        if !matches!(ssl, None | Some(Value::Null | Value::Bool(true))) {
            return TlsPolicy::OFF;
        }
        let verify = match sslmode.and_then(Value::as_str) {
            Some("verify-full") => TlsVerify::Full,
            Some("verify-ca") => TlsVerify::Chain,
            _ if driver.behaviour.verify_full => TlsVerify::ChainWarnName,
            _ => TlsVerify::Chain,
        };
        // It hands the host over where it may look at the name, and only there (core.py:
        // `wrap_socket`).
        TlsPolicy {
            demand: TlsDemand::Require,
            verify,
            roots: None,
            libpq: false,
            sni: verify != TlsVerify::Chain,
            optional_roots: false,
        }
    }

    /// libpq: six modes, `prefer` if none is given. Those that do not verify check the chain where
    /// a file of roots is there, given or at its usual place.
    pub(super) fn of_libpq(option: impl Fn(&str) -> Option<String>) -> TlsPolicy {
        let roots = option("sslrootcert");
        let (demand, verify) = match option("sslmode").as_deref() {
            Some("disable") => return TlsPolicy { libpq: true, ..TlsPolicy::OFF },
            Some("allow") => (TlsDemand::Allow, None),
            Some("require") => (TlsDemand::Require, None),
            Some("verify-ca") => (TlsDemand::Require, Some(TlsVerify::Chain)),
            Some("verify-full") => (TlsDemand::Require, Some(TlsVerify::Full)),
            // libpq takes the roots of the system for verify-full only.
            _ if roots.as_deref() == Some("system") => (TlsDemand::Require, Some(TlsVerify::Full)),
            _ => (TlsDemand::Prefer, None),
        };
        let weak = if roots.is_some() { TlsVerify::Chain } else { TlsVerify::Nothing };
        let sni = option("sslsni").is_none_or(|value| value.starts_with('1'));
        TlsPolicy {
            demand,
            verify: verify.unwrap_or(weak),
            roots,
            libpq: true,
            sni,
            optional_roots: verify.is_none(),
        }
    }

    /// Who compares the host with the names of the certificate, where so much is checked.
    #[cfg(feature = "probe")]
    pub(super) fn matcher(&self, verify: TlsVerify) -> super::x509::Matcher {
        use super::x509::Matcher;
        match verify {
            _ if self.libpq => Matcher::Libpq,
            TlsVerify::ChainWarnName => Matcher::Driver,
            TlsVerify::Nothing | TlsVerify::Chain | TlsVerify::Full => Matcher::OpenSsl,
        }
    }

    /// In words.
    pub fn words(&self) -> &'static str {
        match (self.demand, self.verify) {
            (TlsDemand::Off, _) => "no TLS",
            (TlsDemand::Allow, _) => {
                "TLS only if the server insists, without checking its certificate"
            }
            (TlsDemand::Prefer, TlsVerify::Chain) => {
                "TLS if the server offers it, and then the certificate's chain is checked"
            }
            (TlsDemand::Prefer, _) => {
                "TLS if the server offers it, without checking its certificate"
            }
            (TlsDemand::Require, TlsVerify::Nothing) => "TLS without checking the certificate",
            (TlsDemand::Require, TlsVerify::Chain) => {
                "TLS, the certificate's chain is checked, its name is not"
            }
            (TlsDemand::Require, TlsVerify::ChainWarnName) => {
                "TLS, the certificate's chain is checked, a wrong name is warned of"
            }
            (TlsDemand::Require, TlsVerify::Full) => {
                "TLS, the certificate's chain and name are checked"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::runtime::Version;

    #[test]
    fn the_driver_takes_tls_for_granted_only_while_ssl_is_true() {
        use TlsDemand as D;
        use TlsVerify as V;
        let (old, new) = (Driver::new(Version(2, 1, 17)), Driver::newest());
        let (yes, text, off) = (Value::Bool(true), Value::text("true"), Value::Bool(false));
        let (full, chain, other) =
            (Value::text("verify-full"), Value::text("verify-ca"), Value::text("require"));
        for (ssl, sslmode, driver, demand, verify) in [
            (None, None, &new, D::Require, V::ChainWarnName),
            (None, None, &old, D::Require, V::Chain),
            (Some(&yes), Some(&full), &old, D::Require, V::Full),
            (Some(&yes), Some(&chain), &new, D::Require, V::Chain),
            (None, Some(&other), &new, D::Require, V::ChainWarnName),
            (Some(&text), Some(&full), &new, D::Off, V::Nothing),
            (Some(&off), None, &new, D::Off, V::Nothing),
        ] {
            let policy = TlsPolicy::of_driver(ssl, sslmode, driver);
            assert_eq!((policy.demand, policy.verify), (demand, verify), "{}", policy.words());
        }
    }

    #[test]
    fn libpq_has_six_modes() {
        use TlsDemand as D;
        use TlsVerify as V;
        for (sslmode, roots, demand, verify) in [
            (None, None, D::Prefer, V::Nothing),
            (Some("disable"), Some("/ca"), D::Off, V::Nothing),
            (Some("allow"), None, D::Allow, V::Nothing),
            (Some("prefer"), None, D::Prefer, V::Nothing),
            (Some("require"), None, D::Require, V::Nothing),
            (Some("require"), Some("/ca"), D::Require, V::Chain),
            (Some("verify-ca"), None, D::Require, V::Chain),
            (Some("verify-full"), Some("/ca"), D::Require, V::Full),
        ] {
            let policy = TlsPolicy::of_libpq(|name| match name {
                "sslmode" => sslmode.map(str::to_string),
                _ => roots.map(str::to_string),
            });
            assert_eq!((policy.demand, policy.verify), (demand, verify), "{sslmode:?}");
        }
    }
}
