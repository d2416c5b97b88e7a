//! The plugins whose token logs in to the cluster itself: what each needs.

use crate::hooks::outcome::{Dependency, Failure, Reason, Trace};
use crate::hooks::python::{hashable, is_int, is_str, number, text};
use crate::hooks::redshift::iam::auth_token;
use crate::hooks::redshift::plugins::{Plugin, load};
use crate::hooks::redshift::property::Info;
use crate::hooks::syntax::is_region_label;

/// `NativeAuthPluginHelper.set_native_auth_plugin_properties`.
pub(crate) fn set_native(info: &Info<'_>, trace: &mut Trace) -> Result<(), Failure> {
    if !info.get("credentials_provider").truthy() {
        return Ok(());
    }
    let Plugin::Native(name) = load(info, trace)? else { return Ok(()) };
    let need = |names: &[&'static str]| match names.iter().find(|n| !info.get(n).truthy()) {
        Some(missing) => Err(info.interface(Reason::PluginNeeds(missing), missing)),
        None => Ok(()),
    };
    let place = info.place("credentials_provider");
    match name {
        "BasicJwtCredentialsProvider" => {
            let token = info.get("web_identity_token");
            if !hashable(&token) {
                return Err(info.type_error("web_identity_token"));
            }
            need(&["web_identity_token"])
        }
        "BrowserAzureOAuth2CredentialsProvider" => {
            need(&["idp_tenant", "client_id"])?;
            let timeout = info.get("idp_response_timeout");
            // A falsy timeout leaves the default.
            match number(&timeout) {
                None if timeout.truthy() => return Err(info.type_error("idp_response_timeout")),
                Some(n) if timeout.truthy() && n < 10.0 => {
                    return Err(info.interface(
                        Reason::PluginValue("idp_response_timeout"),
                        "idp_response_timeout",
                    ));
                }
                _ => {}
            }
            trace.need(Dependency::Browser(place));
            Ok(())
        }
        "BrowserIdcAuthPlugin" => {
            need(&["issuer_url", "idc_region"])?;
            let region = info.get("idc_region");
            if !text(&region).is_some_and(is_region_label) {
                return Err(info.interface(Reason::PluginValue("idc_region"), "idc_region"));
            }
            trace.need(Dependency::Browser(place));
            Ok(())
        }
        _ => identity_center(info, trace),
    }
}

/// `IdpTokenAuthPlugin`: a token, keys for one, or the default chain, by version.
fn identity_center(info: &Info<'_>, trace: &mut Trace) -> Result<(), Failure> {
    if !info.driver.idc_keys {
        return match ["token", "token_type"].iter().find(|n| !info.get(n).truthy()) {
            Some(missing) => Err(info.interface(Reason::PluginNeeds(missing), missing)),
            None => Ok(()),
        };
    }
    let none = |names: &[&str]| names.iter().all(|n| info.is_none(n));
    let all = |names: &[&str]| names.iter().all(|n| !info.is_none(n));
    let (token, keys) =
        (["token", "token_type"], ["access_key_id", "secret_access_key", "session_token"]);
    let ambient = info.driver.idc_ambient && none(&token) && none(&keys);
    if !ambient && all(&token) && all(&keys) {
        return Err(info
            .interface(Reason::PluginConflict, "token")
            .and(info.place("access_key_id")));
    }
    if !ambient && !all(&token) && !all(&keys) {
        let missing = *if none(&keys) { &token[..] } else { &keys[..] }
            .iter()
            .find(|n| info.is_none(n))
            .unwrap_or(&"token");
        return Err(info.interface(Reason::PluginNeeds(missing), missing));
    }
    if all(&token) && !all(&keys) {
        return if is_str(&info.get("token")) { Ok(()) } else { Err(info.type_error("token")) };
    }
    if ambient && !info.get("host").truthy() {
        return Err(info.interface(Reason::HostEmpty, "host"));
    }
    let region = info.get("region");
    if !region.truthy() {
        return Err(info.interface(Reason::PluginNeeds("region"), "region"));
    }
    let target = if info.serverless() { "serverless_work_group" } else { "cluster_identifier" };
    if !info.get(target).truthy() {
        return Err(info.interface(Reason::PluginNeeds(target), target));
    }
    if !text(&region).is_some_and(is_region_label) || is_int(&info.get(target)) {
        return Err(info.interface(Reason::RegionSyntax, "region"));
    }
    auth_token(info, target, ambient, trace)
}
