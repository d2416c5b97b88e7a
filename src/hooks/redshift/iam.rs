//! `redshift_connector`'s own AWS calls: temporary credentials, custom domains, hosts, Identity
//! Center tokens.

use crate::hooks::aws::wrapper::signing;
use crate::hooks::botocore::checks::{self, Client, Parameter, Region, Shape, parameter};
use crate::hooks::outcome::{
    Caller, Dependency, Failure, Identity, ParameterFault, Reason, Source, Trace,
};
use crate::hooks::python::{elements, hashable, is_false, is_str, list, text};
use crate::hooks::redshift::plugins::{self, Plugin};
use crate::hooks::redshift::property::Info;
use crate::model::Value;

/// A client with the driver's own credentials.
pub(crate) fn boto_client(
    info: &Info<'_>,
    service: &'static str,
    trace: &mut Trace,
) -> Result<Client, Failure> {
    let profile = info.get("profile");
    let (keys, place) = if profile.is_null() || !info.is_none("auth_profile") {
        let mut keys = ["access_key_id", "secret_access_key", "session_token"].map(|n| info.get(n));
        if !keys[0].is_null() && keys[1].is_null() {
            keys[1] = info.get("password");
        }
        (keys, info.place("access_key_id"))
    } else {
        ([Value::Null, Value::Null, Value::Null], info.place("profile"))
    };
    let mut signing = signing(Caller::Driver, &keys, &place);
    if !info.is_none("credentials_provider") {
        signing.identity.source = Source::Plugin;
        signing.needs.clear();
    } else if !profile.is_null() {
        if !hashable(&profile) {
            return Err(Failure::new("TypeError", Reason::ProfileType, place));
        }
        signing.identity.source = Source::Profile(place.clone());
        // A session with a profile fails before anything else is looked at.
        trace.need(Dependency::Profile(Caller::Driver, place));
        signing.needs.clear();
    }
    let endpoint = checks::endpoint(&info.get("endpoint_url"), &info.place("endpoint_url"))?;
    let value = info.get("region");
    let looked_up = trace.needs.iter().any(|n| matches!(n, Dependency::HostLookup(_)));
    let given = info.arguments.iter().any(|a| a.name == "region" && a.value.value().truthy());
    let place =
        info.place(if given || value.is_null() || !value.truthy() { "region" } else { "host" });
    let region =
        Region { value: &value, place, optional: looked_up, endpoint, caller: Caller::Driver };
    let (region, unreachable) = checks::region(&region, trace)?;
    Ok(Client { service, region, unreachable, signing, validates: true })
}

/// `IamHelper.set_iam_credentials`.
pub(crate) fn set_iam_credentials(
    info: &mut Info<'_>,
    merged: bool,
    trace: &mut Trace,
) -> Result<Option<Identity>, Failure> {
    let provider = info.get("credentials_provider");
    let plugin = if provider.is_null() { None } else { Some(plugins::load(info, trace)?) };
    match plugin {
        Some(Plugin::Native(_)) => return Ok(None),
        Some(Plugin::Saml(name)) => plugins::saml(info, name, trace)?,
        Some(Plugin::Foreign) | None => {}
    }
    let service = if info.serverless() { "redshift-serverless" } else { "redshift" };
    if info.is_cname()
        && (info.driver.cname_before_serverless || !info.get("is_serverless").truthy())
    {
        custom_domain(info, service, trace)?;
    }
    let client = boto_client(info, service, trace)?;
    let identity = client.signing.identity.clone();
    let cached = is_false(&info.get("iam_disable_cache"));
    let key = if cached { cache_key(info) } else { Ok(()) };
    let asked = key.and_then(|()| credentials(info, &client, plugin.is_some(), merged, trace));
    // An authentication profile may hold another value for whatever is wrong.
    if !merged {
        asked?;
    }
    info.put("user", Value::text("IAM:"));
    info.put("password", Value::text("temporary"));
    if info.is_empty("host") || info.is_empty("port") {
        let client = boto_client(info, service, trace)?;
        if info.serverless() {
            if !info.get("serverless_work_group").truthy() {
                return Err(info.interface(Reason::ServerlessHostUnknown, "serverless_work_group"));
            }
            let name = property(info, "workgroupName", "serverless_work_group", Shape::Text(3));
            client.call("GetWorkgroup", vec![name], trace)?;
        } else {
            let name = property(info, "ClusterIdentifier", "cluster_identifier", Shape::Text(0));
            client.call("DescribeClusters", vec![name], trace)?;
        }
        info.put("host", Value::text("looked-up.invalid"));
        info.put("port", Value::Int(5439));
    }
    Ok(Some(identity))
}

fn property(info: &Info<'_>, parameter: &str, name: &str, shape: Shape) -> Parameter {
    self::parameter(parameter, info.get(name), shape, info.place(name))
}

/// `IamHelper.set_cluster_identifier`: its errors matter only where no cluster identifier is given.
fn custom_domain(info: &Info<'_>, service: &'static str, trace: &mut Trace) -> Result<(), Failure> {
    let client = boto_client(info, service, trace)?;
    if service == "redshift-serverless" {
        let reason = Reason::ArgumentType("is_serverless".into());
        let broken = Failure::new("AttributeError", reason, info.place("is_serverless"));
        return if info.is_empty("cluster_identifier") { Err(broken) } else { Ok(()) };
    }
    let host = property(info, "CustomDomainName", "host", Shape::Text(1));
    let called = client.call("DescribeCustomDomainAssociations", vec![host], trace);
    if info.is_empty("cluster_identifier") {
        called?;
        trace.need(Dependency::CustomDomain(info.place("host")));
    }
    Ok(())
}

/// `get_credentials_cache_key`: joins texts, so anything else raises; sorts the groups.
fn cache_key(info: &mut Info<'_>) -> Result<(), Failure> {
    let groups = info.get("db_groups");
    let Some(mut items) = elements(&groups) else { return Err(info.type_error("db_groups")) };
    if !items.iter().all(is_str) {
        return Err(info.type_error("db_groups"));
    }
    if !items.is_empty() {
        items.sort_by(|a, b| text(a).cmp(&text(b)));
        info.put("db_groups", list(items));
    }
    let serverless = info.serverless();
    let user = if info.get("db_user").truthy() { "db_user" } else { "user" };
    let target = if serverless { "serverless_acct_id" } else { "cluster_identifier" };
    let workgroup = if serverless { "serverless_work_group" } else { "serverless_acct_id" };
    let joined = [
        user,
        "database",
        target,
        workgroup,
        "preferred_role",
        "web_identity_token",
        "role_arn",
        "role_session_name",
        "profile",
        "access_key_id",
        "secret_access_key",
        "session_token",
    ];
    for name in joined {
        if name == "serverless_acct_id" && !serverless {
            continue;
        }
        let value = info.get(name);
        if value.truthy() && !is_str(&value) {
            return Err(info.type_error(name));
        }
    }
    Ok(())
}

/// `IamHelper.set_cluster_credentials`.
fn credentials(
    info: &Info<'_>,
    client: &Client,
    plugin: bool,
    merged: bool,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let federation = info.get("group_federation").truthy();
    let (serverless, cname) = (info.serverless(), info.is_cname());
    if federation && plugin && !info.driver.plugin_group_federation {
        return Err(info.interface(Reason::PluginValue("group_federation"), "group_federation"));
    }
    if serverless && federation {
        let exception = if cname { "InterfaceError" } else { "AttributeError" };
        return Err(Failure::new(
            exception,
            Reason::GroupFederationServerless,
            info.place("group_federation"),
        ));
    }
    if serverless {
        let mut parameters = vec![property(info, "dbName", "database", Shape::Text(0))];
        if info.get("serverless_work_group").truthy() {
            parameters.push(property(
                info,
                "workgroupName",
                "serverless_work_group",
                Shape::Text(3),
            ));
        } else if cname && info.driver.region_from_host {
            parameters.push(property(info, "customDomainName", "host", Shape::Text(1)));
        } else if !info.driver.region_from_host {
            // boto3 of those days had no custom domains: it requires the workgroup.
            let fault = ParameterFault::Missing;
            let reason = Reason::Parameter {
                operation: "GetCredentials",
                parameter: "workgroupName".into(),
                fault,
            };
            return Err(Failure::new(
                "ParamValidationError",
                reason,
                info.place("serverless_work_group"),
            ));
        }
        return client.call("GetCredentials", parameters, trace);
    }
    let (operation, mut parameters) = if federation {
        let duration = parameter(
            "DurationSeconds",
            Value::Int(900),
            Shape::Integer(0),
            info.place("group_federation"),
        );
        (
            "GetClusterCredentialsWithIAM",
            vec![property(info, "DbName", "database", Shape::Text(0)), duration],
        )
    } else {
        if info.is_empty("db_user") && !merged && !plugin {
            return Err(info.interface(Reason::DbUserMissing, "db_user"));
        }
        if info.is_empty("db_user") {
            // A SAML assertion or an authentication profile may name the user.
            trace.need(Dependency::AuthProfile(info.place("db_user")));
            return Ok(());
        }
        let parameters = vec![
            property(info, "DbUser", "db_user", Shape::Text(0)),
            property(info, "DbName", "database", Shape::Text(0)),
            property(info, "DbGroups", "db_groups", Shape::Texts),
            property(info, "AutoCreate", "auto_create", Shape::Boolean),
        ];
        ("GetClusterCredentials", parameters)
    };
    if merged && info.is_none("cluster_identifier") {
        return Ok(());
    }
    let again: Vec<Parameter> = parameters
        .iter()
        .map(|p| Parameter {
            name: p.name.clone(),
            value: p.value.clone(),
            shape: p.shape,
            place: p.place.clone(),
        })
        .collect();
    if cname {
        parameters.push(property(info, "CustomDomainName", "host", Shape::Text(0)));
        let first = client.call(operation, parameters, trace);
        if info.is_none("cluster_identifier") {
            return first;
        }
        let mut again = again;
        again.push(property(info, "ClusterIdentifier", "cluster_identifier", Shape::Text(0)));
        return client.fall_back(operation, again, trace);
    }
    parameters.push(property(info, "ClusterIdentifier", "cluster_identifier", Shape::Text(0)));
    client.call(operation, parameters, trace)
}

/// `IdpTokenAuthPlugin`: GetIdentityCenterAuthToken, whose every error becomes an InterfaceError.
pub(crate) fn auth_token(
    info: &Info<'_>,
    target: &'static str,
    ambient: bool,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let wrapped = |failure: Failure| Failure { exception: "InterfaceError", ..failure };
    let service = if info.serverless() { "redshift-serverless" } else { "redshift" };
    let value = info.get("region");
    let endpoint = checks::endpoint(&info.get("endpoint_url"), &info.place("endpoint_url"))
        .map_err(wrapped)?;
    let region = Region {
        value: &value,
        place: info.place("region"),
        optional: false,
        endpoint,
        caller: Caller::Driver,
    };
    let (region, unreachable) = checks::region(&region, trace).map_err(wrapped)?;
    let keys = ["access_key_id", "secret_access_key", "session_token"]
        .map(|n| if ambient { Value::Null } else { info.get(n) });
    let signing = signing(Caller::Driver, &keys, &info.place("access_key_id"));
    let name = if info.serverless() { "workgroupNames" } else { "ClusterIds" };
    let ids = parameter(name, list(vec![info.get(target)]), Shape::Texts, info.place(target));
    let client = Client { service, region, unreachable, signing, validates: true };
    client.call("GetIdentityCenterAuthToken", vec![ids], trace).map_err(wrapped)
}
