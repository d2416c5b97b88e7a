//! `redshift_connector.connect`: its checks in their order, and the AWS calls that it makes itself.

use crate::hooks::botocore::checks::{Shape, parameter};
use crate::hooks::outcome::{Dependency, Failure, Identity, Reason, Trace};
use crate::hooks::python::{elements, is_false, is_str, is_true, list, text};
use crate::hooks::redshift::host::{HostKind, read};
use crate::hooks::redshift::iam::{boto_client, set_iam_credentials};
use crate::hooks::redshift::misnamed::meant;
use crate::hooks::redshift::native::set_native;
use crate::hooks::redshift::plugins;
use crate::hooks::redshift::property::Info;
use crate::hooks::redshift::socket;
use crate::hooks::redshift::version::Driver;
use crate::hooks::{Argument, LogIn};
use crate::model::Value;

/// `connect(**arguments)`.
pub(crate) fn connect(
    arguments: &[Argument],
    driver: &Driver,
    trace: &mut Trace,
) -> Result<LogIn, Failure> {
    if let Some(unknown) = arguments.iter().find(|a| !driver.takes(&a.name)) {
        let name = unknown.name.clone();
        let reason = Reason::UnknownArgument { meant: meant(driver, &name), name };
        let mut failure = Failure::new("TypeError", reason, unknown.place.clone());
        failure.places.extend(
            arguments.iter().filter(|a| !driver.takes(&a.name)).skip(1).map(|a| a.place.clone()),
        );
        return Err(failure);
    }
    let mut info =
        Info { arguments, changed: Vec::new(), driver: &driver.behaviour, host: HostKind::Other };
    let host = info.get("host");
    info.host = text(&host).map_or(HostKind::Other, read);
    first_checks(&info)?;
    let mut identity = None;
    let jwt_shortcut = info.get("iam").truthy()
        && text(&info.get("credentials_provider")) == Some("BasicJwtCredentialsProvider");
    if !jwt_shortcut {
        identity = set_iam_properties(&mut info, trace)?;
    }
    let token = plugins::is_native(&info.get("credentials_provider"));
    let log_in = match identity {
        Some(identity) => LogIn::Temporary(identity),
        None if token => LogIn::Token,
        None => LogIn::User,
    };
    socket::connect(&info, &log_in, trace)?;
    Ok(log_in)
}

fn first_checks(info: &Info<'_>) -> Result<(), Failure> {
    let provider = info.get("credentials_provider");
    let (iam, idc) = (info.get("iam"), plugins::is_idc_name(&provider, info.driver));
    if idc && is_true(&iam) {
        return Err(info
            .interface(Reason::IdcWithIam, "iam")
            .and(info.place("credentials_provider")));
    }
    if is_false(&info.get("ssl")) {
        if is_true(&iam) {
            return Err(info.interface(Reason::TlsOffWithIam, "ssl"));
        }
        if info.driver.idc && (idc || plugins::is_native_name(&provider)) {
            return Err(info.interface(Reason::TlsOffWithPlugin, "ssl"));
        }
    }
    let insecure = info.get("ssl_insecure");
    let refused =
        if info.driver.ssl_insecure_fixed { is_true(&insecure) } else { is_false(&insecure) };
    if is_false(&iam) && refused {
        return Err(info.interface(Reason::SslInsecureWithoutIam, "ssl_insecure"));
    }
    let version = info.get("client_protocol_version");
    if !(0..=2).any(|v| Value::Int(v) == version) {
        return Err(info.interface(Reason::ProtocolVersion, "client_protocol_version"));
    }
    Ok(())
}

/// `IdpAuthHelper.set_auth_properties`. True if a Redshift authentication profile has been merged:
/// then anything may be set.
fn set_auth_properties(info: &Info<'_>, trace: &mut Trace) -> Result<bool, Failure> {
    let mut merged = false;
    if info.iam() {
        let keys = ["access_key_id", "secret_access_key", "session_token"];
        let truthy = |name: &&str| info.get(name).truthy();
        if !info.is_none("auth_profile") {
            if let Some(missing) =
                ["access_key_id", "secret_access_key", "region"].iter().find(|n| !truthy(n))
            {
                return Err(info
                    .interface(Reason::AuthProfileNeedsKeys, missing)
                    .and(info.place("auth_profile")));
            }
            let client = boto_client(info, "redshift", trace)?;
            let profile = info.get("auth_profile");
            let profile = parameter(
                "AuthenticationProfileName",
                profile,
                Shape::Text(0),
                info.place("auth_profile"),
            );
            client.call("DescribeAuthenticationProfiles", vec![profile], trace)?;
            trace.need(Dependency::AuthProfile(info.place("auth_profile")));
            merged = true;
        }
        if !merged && info.is_none("cluster_identifier") && !info.serverless() && !info.is_cname() {
            return Err(info.interface(Reason::ClusterIdentifierMissing, "cluster_identifier"));
        }
        let provider = info.get("credentials_provider");
        if !provider.is_null() {
            if let (false, Some(other)) =
                (merged, keys.iter().chain(&["profile"]).find(|n| truthy(n)))
            {
                return Err(info
                    .interface(Reason::ProviderWithKeys, "credentials_provider")
                    .and(info.place(other)));
            } else if !is_str(&provider) {
                return Err(info.interface(Reason::ProviderType, "credentials_provider"));
            }
        } else if !info.is_none("profile") {
            if let (false, Some(other)) = (merged, keys.iter().find(|n| truthy(n))) {
                return Err(info
                    .interface(Reason::ProfileWithKeys, "profile")
                    .and(info.place(other)));
            }
        } else if !info.is_none("access_key_id") {
            if info.is_none("secret_access_key")
                && matches!(&info.get("password"), Value::Str(s) if s.is_empty())
            {
                return Err(info.interface(Reason::SecretKeyMissing, "secret_access_key"));
            }
        } else if let Some(other) = keys[1..].iter().find(|n| !info.is_none(n)) {
            return Err(info
                .interface(Reason::AccessKeyMissing, "access_key_id")
                .and(info.place(other)));
        }
    }
    let groups = info.get("db_groups");
    if groups.truthy() && info.get("force_lowercase").truthy() {
        let Some(items) = elements(&groups) else { return Err(info.type_error("db_groups")) };
        if !items.iter().all(is_str) {
            let reason = Reason::ArgumentType("db_groups".into());
            return Err(Failure::new("AttributeError", reason, info.place("db_groups")));
        }
    }
    Ok(merged)
}

/// `IamHelper.set_iam_properties`: who logs in, if it is IAM.
fn set_iam_properties(info: &mut Info<'_>, trace: &mut Trace) -> Result<Option<Identity>, Failure> {
    let merged = set_auth_properties(info, trace)?;
    if info.get("force_lowercase").truthy() {
        let groups = elements(&info.get("db_groups")).unwrap_or_default();
        let lower = groups
            .iter()
            .map(|g| text(g).map_or(g.clone(), |t| Value::text(t.to_lowercase())))
            .collect();
        info.put("db_groups", list(lower));
    }
    let host_is_text = is_str(&info.get("host"));
    if let HostKind::Serverless { workgroup, account, .. } = info.host.clone() {
        if let (false, Some(account)) = (info.get("serverless_acct_id").truthy(), account) {
            info.put("serverless_acct_id", Value::text(account));
        }
        if let (false, Some(workgroup)) = (info.get("serverless_work_group").truthy(), workgroup) {
            info.put("serverless_work_group", Value::text(workgroup));
        }
    }
    let reads_region =
        info.driver.region_from_host || matches!(info.host, HostKind::Serverless { .. });
    if !info.get("region").truthy() && reads_region {
        if !host_is_text {
            return Err(info.type_error("host"));
        }
        if let HostKind::Provisioned { region, .. } | HostKind::Serverless { region, .. } =
            info.host.clone()
        {
            info.put("region", Value::text(region));
        }
    }
    if let (true, false, true, HostKind::Provisioned { cluster, .. }) = (
        info.driver.cluster_from_host,
        info.iam(),
        info.is_none("cluster_identifier"),
        info.host.clone(),
    ) {
        info.put("cluster_identifier", Value::text(cluster));
    }
    let mut identity = None;
    if info.iam() {
        if info.is_none("region") && info.driver.region_from_host && !info.is_empty("host") {
            trace.need(Dependency::HostLookup(info.place("host")));
        }
        identity = set_iam_credentials(info, merged, trace)?;
    }
    set_native(info, trace)?;
    Ok(identity)
}
