//! JDBC URLs of the Redshift and PostgreSQL drivers, one a line; `jdbc:redshift:iam://` where the
//! driver itself asks AWS.

use std::sync::Arc;

use super::{TO_DRIVER, url::unquoted};
use crate::airflow::runtime::Runtime;
use crate::format::helpers::arguments::{Arguments, percent, query};
use crate::format::helpers::taken::{Taken, left_out, lines_of, refuse};
use crate::format::limits::Limits;
use crate::format::{Document, Format, Holds, Ids, Item, WriteError, WriteOptions};
use crate::hooks::is_libpq_option;
use crate::model::{Node, Value};
use crate::source::{Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "jdbc",
    summary: "JDBC URLs of redshift (jdbc:redshift:iam:// too) and postgres connections, one a \
              line",
    reader: "the JDBC drivers of Redshift and PostgreSQL",
    ids: Ids::None,
    read,
    write,
    holds: Holds::Mapped,
    limits: Limits { refuses: TO_DRIVER, loses: &["id", "description", "extra"] },
    ..Format::DEFAULT
};

/// Arguments of redshift_connector and the properties of the JDBC driver that mean the same.
const REDSHIFT: &[(&str, &str)] = &[
    ("user", "UID"),
    ("password", "PWD"),
    ("db_user", "DbUser"),
    ("profile", "Profile"),
    ("access_key_id", "AccessKeyID"),
    ("secret_access_key", "SecretAccessKey"),
    ("session_token", "SessionToken"),
    ("sslmode", "SSLMode"),
    ("endpoint_url", "EndpointUrl"),
    ("sts_endpoint_url", "StsEndpointUrl"),
    ("idp_host", "IdP_Host"),
    ("idp_port", "IdP_Port"),
    ("idp_tenant", "IdP_Tenant"),
    ("client_id", "Client_ID"),
    ("client_secret", "Client_Secret"),
    ("preferred_role", "Preferred_Role"),
    ("role_arn", "RoleARN"),
];

/// Properties of the PostgreSQL driver, and the options of libpq that mean the same.
const POSTGRES: &[(&str, &str)] = &[
    ("ApplicationName", "application_name"),
    ("connectTimeout", "connect_timeout"),
    ("targetServerType", "target_session_attrs"),
];

fn read<'a>(text: &Text<'a>, _: &Runtime) -> Document<'a> {
    let base = Arc::new(text.clone());
    let mut document = Document::default();
    for (line, range) in lines_of(text) {
        let place = text.span_of(range.clone());
        let span = Span::new(range);
        let rest = line.strip_prefix("jdbc:").unwrap_or_default();
        let (mut taken, left) = if let Some(rest) = rest.strip_prefix("redshift:") {
            of_redshift(rest, span)
        } else if let Some(rest) = rest.strip_prefix("postgresql:") {
            of_postgres(rest, span)
        } else {
            let message = "not a URL of the JDBC drivers of Redshift and PostgreSQL";
            refuse(&mut document, place, message);
            continue;
        };
        if let Some(url) = written(rest) {
            taken.url(url);
        }
        document.entries.push(taken.entry(None, &base));
        if left > 0 {
            let message = format!(
                "{left} of the properties of this URL have no counterpart in a connection: they \
                 do not come along"
            );
            left_out(&mut document, None, place, message);
        }
    }
    document
}

/// The URL as a URI; it has no place for login and password. A database alone is not a URL, and
/// what holds more is one without its `//`.
fn written(rest: &str) -> Option<String> {
    let (driver, behind) = rest.split_once(':')?;
    let (driver, behind) = behind.strip_prefix("iam:").map_or((driver, behind), |url| ("iam", url));
    let (ahead, properties) = behind.split_once(['?', ';']).unwrap_or((behind, ""));
    if !ahead.starts_with("//") {
        return ahead.contains(['@', ':', '/']).then(|| format!(":{ahead}"));
    }
    let mark = if ahead.len() < behind.len() { "?" } else { "" };
    Some(format!("{driver}:{ahead}{mark}{}", properties.replace(';', "&")))
}

/// The parts of a URL behind the name of its driver: place, database, properties.
fn parts(rest: &str) -> (&str, Option<String>, Vec<(String, String)>) {
    // Redshift takes properties behind `;`, too.
    let address = rest.starts_with("//[").then(|| rest.find(']')).flatten().unwrap_or(0);
    let (ahead, query) = match rest[address..].find(['?', ';']).map(|at| address + at) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, ""),
    };
    let (place, database) = match ahead.strip_prefix("//") {
        Some(inside) => {
            // What stands in brackets is one host, whatever it is.
            let host = inside.starts_with('[').then(|| inside.find(']')).flatten().unwrap_or(0);
            match inside[host..].find('/').map(|at| host + at) {
                Some(at) => (&inside[..at], &inside[at + 1..]),
                None => (inside, ""),
            }
        }
        None => ("", ahead),
    };
    let pairs = query.split(['&', ';']).filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((unquoted(name), unquoted(value)))
    });
    let database = Some(unquoted(database)).filter(|name| !name.is_empty());
    (place, database, pairs.collect())
}

/// Host and port; the address in brackets is one.
fn place(taken: &mut Taken, place: &str) {
    let (name, port) = match place.rsplit_once(':').filter(|_| !place.ends_with(']')) {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => (name, Some(port)),
        _ => (place, None),
    };
    let name = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(name);
    if !name.is_empty() {
        taken.text("host", &unquoted(name));
    }
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        taken.text("port", port);
    }
}

fn of_postgres(rest: &str, span: Span) -> (Taken, usize) {
    let (at, database, pairs) = parts(rest);
    let mut taken = Taken::new("postgres", span);
    if at.contains(',') {
        let hosts: Vec<_> =
            at.split(',').map(|one| one.rsplit_once(':').unwrap_or((one, ""))).collect();
        let joined = |parts: Vec<&str>| parts.join(",");
        taken.text("host", &joined(hosts.iter().map(|(host, _)| *host).collect()));
        taken.text("port", &joined(hosts.iter().map(|(_, port)| *port).collect()));
    } else {
        place(&mut taken, at);
    }
    if let Some(database) = database {
        taken.text("dbname", &database);
    }
    let mut left = 0;
    for (name, value) in pairs {
        let meant = POSTGRES.iter().find(|(property, _)| property.eq_ignore_ascii_case(&name));
        match meant.map_or(name.as_str(), |(_, option)| option) {
            // The driver checks the certificate and the name in it unless `sslmode` says less.
            "ssl" if value != "false" => taken.text("sslmode", "verify-full"),
            option if is_libpq_option(option) => taken.text(option, &value),
            _ => left += 1,
        }
    }
    (taken, left)
}

fn of_redshift(rest: &str, span: Span) -> (Taken, usize) {
    let mut taken = Taken::new("redshift", span);
    let rest = match rest.strip_prefix("iam:") {
        Some(rest) => {
            taken.extra("iam", Value::Bool(true));
            rest
        }
        None => rest,
    };
    let (at, database, pairs) = parts(rest);
    match at.split_once(':') {
        // A cluster and its region, where there is no name of a host.
        Some((cluster, region)) if !cluster.contains('.') && region.contains('-') => {
            taken.text("cluster_identifier", &unquoted(cluster));
            taken.text("region", &unquoted(region));
        }
        _ => place(&mut taken, at),
    }
    if let Some(database) = database {
        taken.text("database", &database);
    }
    let mut left = 0;
    for (name, value) in pairs {
        let named = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let argument = REDSHIFT.iter().chain(OTHERS).find(|(_, property)| named(property));
        if named("DbGroups") {
            let groups = value.split(',').map(|group| Node::bare(Value::text(group)));
            taken.extra("db_groups", Value::List(groups.collect()));
        } else if named("AutoCreate") {
            taken.extra("auto_create", Value::Bool(value == "true"));
        } else if named("SSL") {
            taken.extra("ssl", Value::Bool(value != "false"));
        } else if named("plugin_name") {
            let class = value.rsplit('.').next().unwrap_or_default();
            taken.text("credentials_provider", class);
        } else if let Some((argument, _)) = argument {
            taken.text(argument, &value);
        } else {
            left += 1;
        }
    }
    (taken, left)
}

/// Further properties that are read.
const OTHERS: &[(&str, &str)] = &[
    ("user", "user"),
    ("password", "password"),
    ("cluster_identifier", "ClusterID"),
    ("region", "Region"),
    ("application_name", "ApplicationName"),
];

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for index in 0..items.len() {
        let arguments = Arguments::of(items, index, options)?;
        out.push_str(&if arguments.redshift { redshift(arguments)? } else { postgres(arguments)? });
        out.push('\n');
    }
    Ok(out)
}

/// What stands in brackets is not decoded: an address, and nothing that ends one.
fn fits(host: &str) -> bool {
    let is_address = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '.';
    !host.contains(':') || host.chars().all(is_address)
}

/// An IPv6 address stands in brackets.
fn host(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { percent(host) }
}

fn postgres(mut arguments: Arguments) -> Result<String, WriteError> {
    let host_name = arguments.text(&["host"]).unwrap_or_default();
    if !fits(&host_name) {
        return Err(arguments.cannot("host"));
    }
    let host = host(&host_name);
    let port = arguments.text(&["port"]).map(|port| format!(":{port}")).unwrap_or_default();
    let database = arguments.text(&["dbname"]).map(|name| percent(&name)).unwrap_or_default();
    Ok(format!("jdbc:postgresql://{host}{port}/{database}{}", query(&arguments.rest()?)))
}

fn redshift(mut arguments: Arguments) -> Result<String, WriteError> {
    let iam = arguments.take(&["iam"]).is_some_and(|iam| iam == Value::Bool(true));
    // The JDBC driver always asks for TLS.
    if arguments.take(&["ssl"]).is_some_and(|ssl| ssl != Value::Bool(true)) {
        return Err(arguments.cannot("ssl"));
    }
    let host_name = arguments.text(&["host"]);
    if host_name.as_deref().is_some_and(|name| !fits(name)) {
        return Err(arguments.cannot("host"));
    }
    let port = arguments.text(&["port"]).map(|port| format!(":{port}")).unwrap_or_default();
    let database = arguments.text(&["database"]).map(|name| percent(&name)).unwrap_or_default();
    let (cluster, region) = (arguments.text(&["cluster_identifier"]), arguments.text(&["region"]));
    let mut properties = Vec::new();
    let place = match (&host_name, cluster, region) {
        (Some(name), cluster, region) => {
            properties.extend(cluster.map(|cluster| ("ClusterID".to_string(), cluster)));
            properties.extend(region.map(|region| ("Region".to_string(), region)));
            format!("{}{port}", host(name))
        }
        (None, Some(cluster), Some(region)) => format!("{cluster}:{region}"),
        (None, Some(cluster), None) => cluster,
        (None, None, _) => return Err(arguments.cannot("host")),
    };
    if let Some(groups) = arguments.take(&["db_groups"]) {
        let Value::List(groups) = groups else { return Err(arguments.cannot("db_groups")) };
        let groups: Vec<_> = groups.iter().filter_map(|group| group.value.as_str()).collect();
        properties.push(("DbGroups".to_string(), groups.join(",")));
    }
    if let Some(create) = arguments.take(&["auto_create"]) {
        properties.push(("AutoCreate".to_string(), create.truthy().to_string()));
    }
    for (argument, property) in REDSHIFT {
        properties.extend(arguments.text(&[argument]).map(|value| (property.to_string(), value)));
    }
    arguments.nothing_else()?;
    let scheme = if iam { "jdbc:redshift:iam" } else { "jdbc:redshift" };
    Ok(format!("{scheme}://{place}/{database}{}", query(&properties)))
}
