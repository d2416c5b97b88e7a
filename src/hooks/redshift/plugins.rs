//! The identity provider plugins of redshift_connector: which name loads what, and what each needs.

use crate::hooks::outcome::{Dependency, Failure, Reason, Trace};
use crate::hooks::python::{number, text};
use crate::hooks::redshift::property::Info;
use crate::hooks::redshift::version::DriverBehaviour;
use crate::model::Value;

/// A loaded plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plugin {
    /// One that gets a SAML assertion.
    Saml(&'static str),
    /// One that hands a token to the server.
    Native(&'static str),
    /// A class outside redshift_connector.
    Foreign,
}

/// Plugins: name, the module that defines it, the first word of what it is.
static PLUGINS: &[(&str, &str, Plugin)] = &[
    (
        "AdfsCredentialsProvider",
        "adfs_credentials_provider",
        Plugin::Saml("AdfsCredentialsProvider"),
    ),
    (
        "AzureCredentialsProvider",
        "azure_credentials_provider",
        Plugin::Saml("AzureCredentialsProvider"),
    ),
    (
        "OktaCredentialsProvider",
        "okta_credentials_provider",
        Plugin::Saml("OktaCredentialsProvider"),
    ),
    (
        "PingCredentialsProvider",
        "ping_credentials_provider",
        Plugin::Saml("PingCredentialsProvider"),
    ),
    (
        "BrowserSamlCredentialsProvider",
        "browser_saml_credentials_provider",
        Plugin::Saml("BrowserSamlCredentialsProvider"),
    ),
    (
        "BrowserAzureCredentialsProvider",
        "browser_azure_credentials_provider",
        Plugin::Saml("BrowserAzureCredentialsProvider"),
    ),
    (
        "BasicJwtCredentialsProvider",
        "jwt_credentials_provider",
        Plugin::Native("BasicJwtCredentialsProvider"),
    ),
    (
        "BrowserAzureOAuth2CredentialsProvider",
        "browser_azure_oauth2_credentials_provider",
        Plugin::Native("BrowserAzureOAuth2CredentialsProvider"),
    ),
    ("IdpTokenAuthPlugin", "idp_token_auth_plugin", Plugin::Native("IdpTokenAuthPlugin")),
    ("BrowserIdcAuthPlugin", "browser_idc_auth_plugin", Plugin::Native("BrowserIdcAuthPlugin")),
];

/// Base classes and where they are defined: loading one raises TypeError.
static ABSTRACT: &[(&str, &str)] = &[
    ("SamlCredentialsProvider", "saml_credentials_provider"),
    ("JwtCredentialsProvider", "jwt_credentials_provider"),
    ("IdpCredentialsProvider", "idp_credentials_provider"),
    ("CommonCredentialsProvider", "common_credentials_provider"),
];

const PACKAGE: &str = "redshift_connector.plugin.";

/// What a name of `credentials_provider` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Plugin(Plugin),
    Abstract,
    /// A module or another thing that is no class.
    Thing,
    /// A class, but no plugin.
    Class,
    Unknown,
    /// `.x`: Python refuses the empty module name.
    EmptyModule,
    /// A module that may be installed.
    Outside,
}

fn named(name: &str, driver: &DriverBehaviour) -> Named {
    if name.starts_with('.') || name.is_empty() {
        return Named::EmptyModule;
    }
    let known = |plugin: &str| match plugin {
        "IdpTokenAuthPlugin" | "CommonCredentialsProvider" => driver.idc,
        "BrowserIdcAuthPlugin" => driver.browser_idc,
        _ => true,
    };
    let inside = name.strip_prefix(PACKAGE).unwrap_or(name);
    let (module, class) = inside.rsplit_once('.').unwrap_or(("", inside));
    let here = |m: &str| module.is_empty() || module == m;
    if let Some((_, _, plugin)) =
        PLUGINS.iter().find(|(n, m, _)| *n == class && here(m) && known(n))
    {
        return Named::Plugin(*plugin);
    }
    if ABSTRACT.iter().any(|(n, m)| *n == class && here(m) && known(n)) {
        return Named::Abstract;
    }
    let root = name.split('.').next().unwrap_or(name);
    if module.is_empty()
        && (PLUGINS.iter().any(|(_, m, _)| *m == class)
            || ABSTRACT.iter().any(|(_, m)| *m == class))
    {
        return Named::Thing;
    }
    match name {
        "redshift_connector" | "redshift_connector.plugin" => Named::Thing,
        "redshift_connector.Connection"
        | "redshift_connector.Cursor"
        | "redshift_connector.InterfaceError" => Named::Class,
        _ if root == "redshift_connector" => Named::Unknown,
        // The Java class names of the JDBC driver.
        _ if root == "com" => Named::Unknown,
        // Names of modules are lower case; a capital first letter is a class without its module.
        _ if root.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && root.chars().all(|c| c.is_alphanumeric() || c == '_') =>
        {
            match STANDARD_LIBRARY.contains(&root) {
                true if !name.contains('.') => Named::Thing,
                true if name
                    .rsplit('.')
                    .next()
                    .is_some_and(|c| c.starts_with(|c: char| c.is_ascii_uppercase())) =>
                {
                    Named::Class
                }
                true => Named::Thing,
                false if name.contains('.') => Named::Outside,
                // A module alone is no plugin: whether it is installed or not, the log-in fails.
                false => Named::Unknown,
            }
        }
        _ => Named::Unknown,
    }
}

/// Modules that every Python has and that a path may begin with.
static STANDARD_LIBRARY: &[&str] = &[
    "abc",
    "builtins",
    "collections",
    "datetime",
    "importlib",
    "io",
    "json",
    "logging",
    "os",
    "re",
    "socket",
    "subprocess",
    "sys",
];

/// Is it one of the names that the driver compares with for Identity Center?
pub(crate) fn is_idc_name(provider: &Value<'_>, driver: &DriverBehaviour) -> bool {
    let name = text(provider).map(|p| p.strip_prefix(PACKAGE).unwrap_or(p));
    driver.idc
        && (name == Some("IdpTokenAuthPlugin")
            || driver.browser_idc && name == Some("BrowserIdcAuthPlugin"))
}

/// Is it one of the names that the driver compares with for native identity providers?
pub(crate) fn is_native_name(provider: &Value<'_>) -> bool {
    let name = text(provider).map(|p| p.strip_prefix(PACKAGE).unwrap_or(p));
    matches!(name, Some("BasicJwtCredentialsProvider" | "BrowserAzureOAuth2CredentialsProvider"))
}

/// Does the start-up packet ask for a token log-in?
pub(crate) fn is_native(provider: &Value<'_>) -> bool {
    let last = text(provider).map(|p| p.rsplit('.').next().unwrap_or(p));
    PLUGINS
        .iter()
        .any(|(name, _, plugin)| last == Some(name) && matches!(plugin, Plugin::Native(_)))
}

/// `IdpAuthHelper.load_credentials_provider`.
pub(crate) fn load(info: &Info<'_>, trace: &mut Trace) -> Result<Plugin, Failure> {
    let about = "credentials_provider";
    let provider = info.get(about);
    if !provider.truthy() {
        return Err(info.interface(Reason::ProviderEmpty, about));
    }
    let Some(name) = text(&provider) else {
        return Err(Failure { reason: Reason::ProviderType, ..info.type_error(about) });
    };
    let plugin = match named(name, info.driver) {
        Named::Plugin(plugin) => plugin,
        Named::Abstract => {
            return Err(Failure { reason: Reason::ProviderAbstract, ..info.type_error(about) });
        }
        Named::Thing => {
            return Err(Failure { reason: Reason::ProviderNotPlugin, ..info.type_error(about) });
        }
        Named::Class => return Err(info.interface(Reason::ProviderNotPlugin, about)),
        Named::Unknown => return Err(info.interface(Reason::ProviderUnknown, about)),
        Named::EmptyModule => {
            return Err(Failure::new("ValueError", Reason::ProviderUnknown, info.place(about)));
        }
        Named::Outside => {
            trace.need(Dependency::Import(info.place(about)));
            Plugin::Foreign
        }
    };
    add_parameter(info, plugin)?;
    Ok(plugin)
}

/// `provider.add_parameter(info)`.
fn add_parameter(info: &Info<'_>, plugin: Plugin) -> Result<(), Failure> {
    let (Plugin::Saml(name) | Plugin::Native(name)) = plugin else { return Ok(()) };
    if info.driver.idp_partition && name.contains("Azure") {
        let partition = info.get("idp_partition");
        let known = text(&partition).map(|p| p.trim().to_lowercase());
        if !partition.is_null()
            && !known.is_some_and(|p| ["", "commercial", "us-gov", "cn"].contains(&p.as_str()))
        {
            return Err(info.interface(Reason::PluginValue("idp_partition"), "idp_partition"));
        }
    }
    let timeout = info.get("idp_response_timeout");
    if name == "BrowserIdcAuthPlugin" && timeout.truthy() && number(&timeout).is_none() {
        return Err(info.type_error("idp_response_timeout"));
    }
    Ok(())
}

/// The SAML plugins: what is missing becomes an InterfaceError, whatever it was.
pub(crate) fn saml(info: &Info<'_>, name: &'static str, trace: &mut Trace) -> Result<(), Failure> {
    let required: &[&'static str] = match name {
        "OktaCredentialsProvider" => &["user", "password", "idp_host", "app_id"],
        "AzureCredentialsProvider" => {
            &["user", "password", "idp_tenant", "client_secret", "client_id"]
        }
        "PingCredentialsProvider" => &["user", "password", "idp_host"],
        "AdfsCredentialsProvider" => &["idp_host", "user", "password"],
        "BrowserSamlCredentialsProvider" => &["login_url"],
        _ => &["idp_tenant", "client_id"],
    };
    if let Some(missing) = required.iter().find(|n| info.is_empty(n)) {
        return Err(info.interface(Reason::PluginNeeds(missing), missing));
    }
    let browser = name.starts_with("Browser");
    if browser {
        let range = |about: &'static str, min: f64, max: f64| match number(&info.get(about)) {
            Some(n) if n >= min && n <= max => Ok(()),
            _ => Err(info.interface(Reason::PluginValue(about), about)),
        };
        range("idp_response_timeout", 10.0, f64::INFINITY)?;
        if name == "BrowserSamlCredentialsProvider" {
            range("listen_port", 1.0, 65535.0)?;
        }
    }
    let place = info.place("credentials_provider");
    trace.need(if browser {
        Dependency::Browser(place)
    } else {
        Dependency::IdentityProvider(place)
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hooks::Driver;

    #[test]
    fn names_load_what_python_would_import() {
        let newest = Driver::newest().behaviour;
        let oldest = Driver::new(crate::airflow::runtime::Version(2, 0, 912)).behaviour;
        let okta = Named::Plugin(Plugin::Saml("OktaCredentialsProvider"));
        for (name, want) in [
            ("OktaCredentialsProvider", okta),
            ("redshift_connector.plugin.OktaCredentialsProvider", okta),
            ("redshift_connector.plugin.okta_credentials_provider.OktaCredentialsProvider", okta),
            (
                "redshift_connector.plugin.adfs_credentials_provider.OktaCredentialsProvider",
                Named::Unknown,
            ),
            ("okta_credentials_provider", Named::Thing),
            ("SamlCredentialsProvider", Named::Abstract),
            ("JwtCredentialsProvider", Named::Abstract),
            ("NoSuchProvider", Named::Unknown),
            ("redshift_connector.plugin.Nope", Named::Unknown),
            ("redshift_connector.plugin", Named::Thing),
            ("json.JSONDecoder", Named::Class),
            ("json", Named::Thing),
            ("com.amazon.redshift.plugin.OktaCredentialsProvider", Named::Unknown),
            ("my_company.plugins.Provider", Named::Outside),
            (".x", Named::EmptyModule),
        ] {
            assert_eq!(named(name, &newest), want, "{name}");
        }
        assert_eq!(named("IdpTokenAuthPlugin", &oldest), Named::Unknown);
    }
}
