//! `redshift_connector.Connection.__init__`: what the start-up packet and the socket refuse before
//! the server is asked.

use crate::hooks::LogIn;
use crate::hooks::outcome::{Dependency, Failure, Place, Reason, Stage, Trace};
use crate::hooks::python::{int, is_lone, is_str, number, text};
use crate::hooks::redshift::property::Info;
use crate::hooks::syntax;
use crate::model::Value;

/// From the checks after the log-in was prepared to the server's answer.
pub(crate) fn connect(info: &Info<'_>, log_in: &LogIn, trace: &mut Trace) -> Result<(), Failure> {
    if info.driver.keepalive_checks && info.get("tcp_keepalive").truthy() {
        for name in KEEPALIVES {
            let value = info.get(name);
            match number(&value) {
                _ if value.is_null() => {}
                None => return Err(info.type_error(name)),
                Some(n) if n <= 0.0 => {
                    return Err(info.interface(Reason::ArgumentRange(name.into()), name));
                }
                Some(_) => {}
            }
        }
    }
    prepared_statements(info)?;
    packet(info)?;
    address(info, trace)?;
    if info.driver.keepalive_checks && info.get("tcp_keepalive").truthy() {
        for name in KEEPALIVES {
            let value = info.get(name);
            let max = if name == "tcp_keepalive_count" { 127 } else { 32767 };
            match int(&value) {
                _ if value.is_null() => {}
                None => return Err(Failure { stage: Stage::Server, ..info.type_error(name) }),
                // setsockopt takes a C int; larger ones are TypeErrors.
                Some(n) if n > i64::from(i32::MAX) => {
                    return Err(Failure { stage: Stage::Server, ..info.type_error(name) });
                }
                Some(n) if n > max => {
                    let reason = Reason::ArgumentRange(name.into());
                    return Err(Failure::at(
                        Stage::Server,
                        "InterfaceError",
                        reason,
                        info.place(name),
                    ));
                }
                Some(_) => {}
            }
        }
    }
    answer(info, log_in, trace)
}

const KEEPALIVES: [&str; 3] =
    ["tcp_keepalive_idle", "tcp_keepalive_interval", "tcp_keepalive_count"];

fn prepared_statements(info: &Info<'_>) -> Result<(), Failure> {
    let name = "max_prepared_statements";
    let value = info.get(name);
    let range = |exception| {
        Err(Failure::new(exception, Reason::ArgumentRange(name.into()), info.place(name)))
    };
    match &value {
        Value::Float(f) if f.is_nan() => range("ValueError"),
        Value::Float(f) if f.is_infinite() && (*f > 0.0 || !info.driver.compares_prepared) => {
            range("OverflowError")
        }
        Value::Str(_) if !info.driver.compares_prepared => {
            let digits = text(&value).and_then(crate::airflow::python::text::int);
            if digits.is_some() { Ok(()) } else { range("ValueError") }
        }
        value if number(value).is_none() => Err(info.type_error(name)),
        _ => Ok(()),
    }
}

/// The start-up packet: text only, encoded as UTF-8.
fn packet(info: &Info<'_>) -> Result<(), Failure> {
    let provider = info.get("credentials_provider");
    let native = crate::hooks::redshift::plugins::is_native(&provider);
    let identity_center =
        native && !crate::hooks::redshift::plugins::is_native_name(&Value::text(last(&provider)));
    let mut names = vec![("database", false), ("application_name", false)];
    if native {
        names.push(("provider_name", true));
        names.push(("user", true));
    } else {
        names.push(("user", false));
    }
    if identity_center {
        names.push(("identity_namespace", true));
        if info.driver.idc_keys {
            // Before, the packet was made without it.
            names.push(("idc_client_display_name", true));
        }
        // The browser's token and one that is exchanged for keys have a type of their own, whatever
        // is written.
        let exchanged = info.driver.idc_keys
            && ["access_key_id", "secret_access_key", "session_token"]
                .iter()
                .all(|n| info.get(n).truthy());
        if last(&provider) != "BrowserIdcAuthPlugin" && !exchanged {
            names.push(("token_type", true));
        }
    }
    for (name, only_truthy) in names {
        let value = info.get(name);
        if value.is_null() || only_truthy && !value.truthy() {
            continue;
        }
        if !is_str(&value) {
            return Err(info.interface(Reason::ArgumentType(name.into()), name));
        }
        encodable(info, name)?;
    }
    encodable(info, "password")
}

fn last(provider: &Value<'_>) -> String {
    text(provider).and_then(|p| p.rsplit('.').next()).unwrap_or_default().to_string()
}

fn encodable(info: &Info<'_>, name: &str) -> Result<(), Failure> {
    if is_lone(&info.get(name)) {
        return Err(Failure::new(
            "UnicodeEncodeError",
            Reason::ArgumentType(name.to_string()),
            info.place(name),
        ));
    }
    Ok(())
}

/// A number with letters in it: neither an address, nor a name that a machine has for itself.
fn is_no_address(text: &str) -> bool {
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    text.starts_with(|c: char| c.is_ascii_digit())
        && !is_hex
        && !text.contains(['.', ':', '-'])
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The socket: its address, its timeout, the name and port that `getaddrinfo` gets.
fn address(info: &Info<'_>, trace: &mut Trace) -> Result<(), Failure> {
    let unix = info.get("unix_sock");
    let source = info.get("source_address");
    if unix.is_null() && !source.is_null() {
        if !is_str(&source) {
            return Err(info.type_error("source_address"));
        }
        if text(&source).is_some_and(is_no_address) {
            let place = info.place("source_address");
            let reason = Reason::ArgumentRange("source_address".to_string());
            return Err(Failure::at(Stage::Network, "InterfaceError", reason, place));
        }
        trace.need(Dependency::LocalAddress(info.place("source_address")));
    }
    timeout(info)?;
    if !unix.is_null() {
        if !is_str(&unix) {
            return Err(info.type_error("unix_sock"));
        }
        trace.need(Dependency::LocalAddress(info.place("unix_sock")));
        return Ok(());
    }
    let (host, port) = (info.get("host"), info.get("port"));
    if !is_str(&host) {
        return Err(info.type_error("host"));
    }
    host_name(text(&host), info.place("host"))?;
    port_number(&port, info.place("port"), trace)
}

fn timeout(info: &Info<'_>) -> Result<(), Failure> {
    let value = info.get("timeout");
    let range = |exception| {
        Err(Failure::new(exception, Reason::ArgumentRange("timeout".into()), info.place("timeout")))
    };
    // Python keeps nanoseconds in 64 bits.
    let most = 9_223_372_036.0;
    match (&value, number(&value)) {
        (Value::Null, _) => Ok(()),
        (_, None) => Err(info.type_error("timeout")),
        (_, Some(n)) if n.is_nan() => range("ValueError"),
        (_, Some(n)) if n.abs() > most => range("OverflowError"),
        (_, Some(n)) if n < 0.0 => range("ValueError"),
        // Zero makes the socket non-blocking: connecting raises BlockingIOError, which the driver
        // wraps.
        (_, Some(0.0)) => Err(Failure::at(
            Stage::Network,
            "InterfaceError",
            Reason::ArgumentRange("timeout".into()),
            info.place("timeout"),
        )),
        _ => Ok(()),
    }
}

/// A name that `getaddrinfo` cannot resolve, whatever the network.
pub(crate) fn host_name(host: Option<&str>, place: Place) -> Result<(), Failure> {
    let Some(host) = host else {
        return Err(Failure::new("UnicodeError", Reason::HostLabel, place));
    };
    if host.is_empty() {
        return Err(Failure::at(Stage::Network, "InterfaceError", Reason::HostEmpty, place));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.split('.').any(|l| l.is_empty() || l.chars().count() > 63) {
        return Err(Failure::new("UnicodeError", Reason::HostLabel, place));
    }
    match syntax::host(host) {
        syntax::Host::Invalid => {
            Err(Failure::at(Stage::Network, "InterfaceError", Reason::HostSyntax, place))
        }
        syntax::Host::Address if host.contains(':') => {
            // The driver asks for IPv4 only.
            Err(Failure::at(Stage::Network, "InterfaceError", Reason::HostSyntax, place))
        }
        _ => Ok(()),
    }
}

/// What `getaddrinfo` makes of a port: `strtoul`, or a service name.
fn port_number(port: &Value<'_>, place: Place, trace: &mut Trace) -> Result<(), Failure> {
    let wrong =
        |place: Place| Err(Failure::at(Stage::Network, "InterfaceError", Reason::Port, place));
    let in_range = |n: i64| (1..=65535).contains(&n);
    match port {
        Value::BigInt(_) => Err(Failure::new("OverflowError", Reason::Port, place)),
        Value::Int(n) if in_range(*n) => Ok(()),
        Value::Str(_) => {
            let digits = text(port).unwrap_or("-").trim_start_matches([' ', '\t']);
            let digits = digits.strip_prefix('+').unwrap_or(digits);
            if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
                return if digits.parse().is_ok_and(in_range) { Ok(()) } else { wrong(place) };
            }
            // Only a name of /etc/services can help; these look like one.
            let service = digits.starts_with(|c: char| c.is_ascii_lowercase())
                && matches!(digits, "https" | "http" | "postgresql" | "postgres");
            if service {
                trace.need(Dependency::ServiceName(place));
                return Ok(());
            }
            wrong(place)
        }
        // Numbers outside the range wrap around to another port or are refused; other types are an
        // OSError.
        _ => wrong(place),
    }
}

/// What the server refuses for certain.
fn answer(info: &Info<'_>, log_in: &LogIn, trace: &mut Trace) -> Result<(), Failure> {
    if *log_in == LogIn::User {
        let user = info.get("user");
        if !user.truthy() {
            return Err(Failure::at(
                Stage::Server,
                "InterfaceError",
                Reason::UserMissing,
                info.place("user"),
            ));
        }
        let password = info.get("password");
        if !is_str(&password) {
            return Err(Failure { stage: Stage::Server, ..info.type_error("password") });
        }
        if !password.truthy() {
            let place = info.place("password");
            return Err(Failure::at(
                Stage::Server,
                "InterfaceError",
                Reason::PasswordMissing,
                place,
            ));
        }
    }
    if !info.get("database").truthy() {
        trace.need(Dependency::DatabaseOfUser);
    }
    Ok(())
}
