//! Options of libpq that the probe does not imitate: where one would decide, the connection is
//! unproven before anything is sent.

use super::Options;

/// An option, when it decides, and why the probe does not imitate it.
struct Unimitated {
    option: &'static str,
    decides: fn(&Options, &str) -> bool,
    why: &'static str,
}

static UNIMITATED: &[Unimitated] = &[
    Unimitated {
        option: "service",
        decides: always,
        why: "what libpq connects to stands in a file of services",
    },
    Unimitated {
        option: "gssencmode",
        decides: |_, value| value == "require",
        why: "encryption by GSSAPI takes a Kerberos ticket",
    },
    Unimitated {
        option: "replication",
        decides: |_, value| !off(value),
        why: "it opens a session for replication",
    },
    Unimitated {
        option: "sslcrldir",
        decides: with_tls,
        why: "folders of revocation lists are not read",
    },
    Unimitated {
        option: "ssl_max_protocol_version",
        decides: before_tls_1_2,
        why: "TLS before 1.2 is not spoken",
    },
    Unimitated {
        option: "min_protocol_version",
        decides: always,
        why: "only libpq 18 and later know it",
    },
    Unimitated {
        option: "max_protocol_version",
        decides: always,
        why: "only libpq 18 and later know it",
    },
    Unimitated { option: "servicefile", decides: always, why: "only libpq 19 and later know it" },
    Unimitated {
        option: "sslkeylogfile",
        decides: always,
        why: "only libpq 18 and later know it, and it writes keys to disk",
    },
    Unimitated {
        option: "scram_client_key",
        decides: always,
        why: "only libpq 18 and later know it",
    },
    Unimitated {
        option: "scram_server_key",
        decides: always,
        why: "only libpq 18 and later know it",
    },
    Unimitated {
        option: "oauth_issuer",
        decides: always,
        why: "only libpq 18 and later know OAuth",
    },
    Unimitated {
        option: "oauth_client_id",
        decides: always,
        why: "only libpq 18 and later know OAuth",
    },
    Unimitated {
        option: "oauth_client_secret",
        decides: always,
        why: "only libpq 18 and later know OAuth",
    },
    Unimitated {
        option: "oauth_scope",
        decides: always,
        why: "only libpq 18 and later know OAuth",
    },
];

/// Why the probe cannot do what libpq would do with these options; it names the option.
pub(crate) fn unimitated(options: &Options) -> Option<String> {
    let found = UNIMITATED.iter().find(|entry| {
        options.get(entry.option).is_some_and(|value| (entry.decides)(options, value))
    })?;
    let variable = options
        .variable(found.option)
        .map(|name| format!(" ({name} of the environment)"))
        .unwrap_or_default();
    Some(format!("the option `{}`{variable} is not imitated: {}", found.option, found.why))
}

fn always(_: &Options, _: &str) -> bool {
    true
}

/// How the server reads a boolean; where it cannot, the log-in fails, and that is not imitated
/// either.
fn off(value: &str) -> bool {
    value.is_empty()
        || ["0", "off", "no", "false"].iter().any(|word| word.eq_ignore_ascii_case(value))
}

fn with_tls(options: &Options, value: &str) -> bool {
    !value.is_empty() && options.text("sslmode") != Some("disable")
}

fn before_tls_1_2(options: &Options, value: &str) -> bool {
    with_tls(options, value)
        && ["TLSv1", "TLSv1.1"].iter().any(|version| version.eq_ignore_ascii_case(value))
}
