//! JDBC URLs of the Redshift and PostgreSQL drivers, one a line; `jdbc:redshift:iam://` where the
//! driver itself asks AWS.

use super::sqlalchemy::host;
use crate::format::helpers::arguments::{Arguments, percent, query};
use crate::format::limits::CLIENT;
use crate::format::{Direction, Format, Item, WriteError, WriteOptions};
use crate::model::Value;

pub(super) static FORMAT: Format = Format {
    name: "jdbc",
    summary: "JDBC URLs of redshift (jdbc:redshift:iam:// too) and postgres connections, one a line",
    reader: "the JDBC drivers of Redshift and PostgreSQL",
    direction: Direction::Out,
    write,
    limits: CLIENT,
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

fn write(items: &[Item], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::new();
    for index in 0..items.len() {
        let arguments = Arguments::of(items, index, options)?;
        out.push_str(&if arguments.redshift { redshift(arguments)? } else { postgres(arguments)? });
        out.push('\n');
    }
    Ok(out)
}

fn postgres(mut arguments: Arguments) -> Result<String, WriteError> {
    let host = host(&arguments.text(&["host"]).unwrap_or_default());
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
