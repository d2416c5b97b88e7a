//! What once went wrong: the probe passed, and sent the password, where libpq refuses; or it failed
//! where libpq passes.

use serde_json::Value;

/// Rows of the table, and how the probe must end them: the step and the cause, or neither where it
/// passes.
pub(crate) static FAULTS: &[(&str, &str, &str)] = &[
    // The password went out in cleartext, inside of TLS.
    ("require_auth !password, server asks password", "authentication", "method-forbidden"),
    ("require_auth scram-sha-256, server asks password", "authentication", "method-forbidden"),
    ("require_auth md5, server asks password", "authentication", "method-forbidden"),
    ("require_auth none, server asks password", "authentication", "method-forbidden"),
    ("require_auth !none, server asks trust", "authentication", "method-forbidden"),
    ("PGREQUIREAUTH is '!password'", "authentication", "method-forbidden"),
    // SCRAM without binding, or the hash of MD5.
    ("channel_binding require, server asks scram", "authentication", "channel-binding"),
    ("channel_binding require, server asks md5", "authentication", "channel-binding"),
    ("channel_binding require, server asks trust", "authentication", "channel-binding"),
    ("PGCHANNELBINDING is 'require'", "authentication", "channel-binding"),
    ("channel_binding require, server asks scram-plus", "", ""),
    ("sslcrl, revoked, verify-full", "tls", "certificate-revoked"),
    ("sslcrl, revoked, require", "tls", "certificate-revoked"),
    ("sslcrl at its usual place", "tls", "certificate-revoked"),
    ("sslcrl is expired.crl", "tls", "revocation-list-expired"),
    ("sslcrl is stranger.crl", "tls", "revocation-list-missing"),
    ("channel_binding is 'x'", "offline", "offline"),
    ("target_session_attrs is 'x'", "offline", "offline"),
    ("load_balance_hosts is 'x'", "offline", "offline"),
    ("sslcertmode is 'x'", "offline", "offline"),
    ("sslmode is ''", "offline", "offline"),
    ("target_session_attrs standby, primary", "database", "session-attributes"),
    ("target_session_attrs read-write, read-only primary", "database", "session-attributes"),
    ("target_session_attrs primary, old standby", "database", "session-attributes"),
    ("sslnegotiation direct, taken no, ALPN None", "tls", "closed"),
    ("sslnegotiation direct, taken yes, ALPN None", "tls", "not-postgres"),
    ("without sslkey", "tls", "client-certificate-unreadable"),
    ("key is open to all", "tls", "client-certificate-unreadable"),
    ("key of another", "tls", "client-certificate-unreadable"),
    // libpq passes.
    ("client certificate required, TLS 1.3, one there", "", ""),
    ("client certificate required, TLS 1.2, one there", "", ""),
    ("PGSSLCERT and PGSSLKEY", "", ""),
    ("hostaddr and the name of the certificate", "", ""),
    ("hostaddr and another name", "tls", "wrong-name"),
    ("PGHOSTADDR is '127.0.0.1'", "", ""),
    ("dsn with all", "", ""),
    ("dsn a URI", "", ""),
    // A proof after one round of hashing.
    ("SCRAM with i=0", "authentication", "scram-malformed"),
    ("SCRAM with i=-5", "authentication", "scram-malformed"),
    ("SCRAM with i=abc", "authentication", "scram-malformed"),
    ("SCRAM with i=4096x", "authentication", "scram-malformed"),
    ("SCRAM, another nonce", "authentication", "scram-malformed"),
    // A demanded client certificate.
    ("client certificate required, TLS 1.3, none there", "tls", "client-certificate-needed"),
    ("client certificate required, TLS 1.2, none there", "tls", "client-certificate-needed"),
    ("server says that it wants a certificate", "tls", "client-certificate-needed"),
    (
        "client certificate required, TLS 1.3, one of another authority",
        "tls",
        "client-certificate-refused",
    ),
];

/// What is wrong with the answer of the probe to a row of them.
pub(crate) fn wrong(name: &str, walked: &Value) -> Option<String> {
    let (_, step, cause) = FAULTS.iter().find(|(row, _, _)| *row == name)?;
    let is = |field: &str| walked["failed"][field].as_str().unwrap_or_default();
    let passed = walked["verdict"] == "passed";
    let right = (is("name"), is("cause")) == (step, cause) && passed == step.is_empty();
    (!right).then(|| {
        format!("it ends with {} {}, and not with {step} {cause}", is("name"), is("cause"))
    })
}
