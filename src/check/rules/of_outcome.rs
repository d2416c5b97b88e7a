//! Which rule says what of a failure of a hook, or of what it needs. Hooks know no rules.

use super::aws::{
    ac601_half_key_pair as ac601, ac603_assume_role_incomplete as ac603,
    ac604_unknown_config_option as ac604, ac606_machine_dependent as ac606,
};
use super::diagnosis::Diagnosis;
use super::extra::{ac403_unknown_extra as ac403, ac408_wrong_type_extra as ac408};
use super::file::ac105_extra_not_object as ac105;
use super::redshift::{
    ac501_incomplete_auth_mode as ac501, ac503_unknown_driver_argument as ac503,
    ac505_iam_asked_twice as ac505, ac507_tls_switched_off as ac507,
    ac509_schema_means_database as ac509, ac510_region_unknown as ac510,
    ac511_serverless_incomplete as ac511, ac513_credentials_conflict as ac513,
    ac514_plugin_needs as ac514, ac516_identifier_syntax as ac516,
};
use super::secrets::ac703_code_from_extra as ac703;
use super::uri::ac213_host_holds_more as ac213;
use crate::check::Names;
use crate::hooks::{Caller, Dependency, Failure, ParameterFault, Place, Reason};

/// What is said of a failure in a connection whose keys have these names.
pub fn of_failure(failure: &Failure, names: Names) -> Diagnosis {
    let mut said = of_reason(&failure.reason, names);
    said.message = format!("{} ({})", said.message, failure.exception);
    said
}

/// What is said of the reason of a failure.
pub fn of_reason(reason: &Reason, names: Names) -> Diagnosis {
    use Reason as R;
    match reason {
        R::OfType(rule) => super::of_type::of_rule(*rule),
        R::ExtraNotObject | R::ExtraUnreadable => ac105::not_an_object(),
        R::HostLabel => ac213::label(),
        R::HostSyntax => ac213::syntax(),
        R::UnknownOption(option) => ac403::refused(option, names),
        R::EndpointUrl => ac408::endpoint_url(),
        R::NotAnObject(key) => ac408::not_an_object(key),
        R::ReservedExtra => ac408::reserved_name(),
        R::ArgumentType(argument) => ac408::argument_type(argument),
        R::ArgumentRange(argument) => ac408::argument_range(argument),
        R::ProtocolVersion => ac408::protocol_version(),
        R::Port => ac408::port(),
        R::OptionValue(option) => ac408::option_value(option),
        R::Cursor => ac408::cursor(),
        R::HostMissing | R::ClusterOrHostMissing => ac501::no_cluster(),
        R::HostEmpty => ac501::no_host(),
        R::UserMissing => ac501::no_user(),
        R::PasswordMissing => ac501::no_password(),
        R::UnknownArgument { name, meant } => ac503::refused(name, *meant, names),
        R::ClusterIdentifierMissing => ac505::no_cluster_identifier(),
        R::DbUserMissing => ac505::no_db_user(),
        R::TlsOffWithIam => ac507::refused_with_iam(),
        R::TlsOffWithPlugin => ac507::refused_by_plugin(),
        R::RegionSyntax | R::RegionType => ac510::not_a_region(),
        R::RegionEmpty => ac510::empty(),
        R::RegionMisparsed => ac510::cut_wrong(),
        R::WorkgroupMissing => ac511::no_workgroup(),
        R::ServerlessHostUnknown => ac511::no_host(),
        R::GroupFederationServerless => ac511::group_federation(),
        R::ProfileWithKeys => ac513::profile_with_keys(),
        R::ProviderWithKeys => ac513::provider_with_keys(),
        R::SecretKeyMissing => ac513::no_secret_key(),
        R::AccessKeyMissing => ac513::no_access_key(),
        R::AuthProfileNeedsKeys => ac513::auth_profile_needs_keys(),
        R::ProfileType => ac513::profile_type(),
        R::IdcWithIam => ac514::identity_center_with_iam(),
        R::SslInsecureWithoutIam => ac514::ssl_insecure(),
        R::ProviderType
        | R::ProviderEmpty
        | R::ProviderUnknown
        | R::ProviderNotPlugin
        | R::ProviderAbstract => ac514::not_a_plugin(),
        R::PluginNeeds(argument) => ac514::needs(argument),
        R::PluginValue(argument) => ac514::value(argument),
        R::PluginConflict => ac514::token_and_keys(),
        R::KeysUnusable => ac601::unusable(),
        R::AssumeRoleMethod => ac603::method(),
        R::WebIdentityFederation => ac603::web_identity(),
        R::SamlKey(key) => ac603::saml_key(key),
        R::SamlMethod => ac603::saml_method(),
        R::ConfigOption(option) => ac604::no_option(option, names),
        R::NewConfigOption { named } => ac604::newer_option(*named),
        R::ConfigValue(option) => ac604::value(option),
        R::Parameter { operation, parameter, fault } => {
            match (*operation, parameter.as_str(), fault) {
                (
                    operation @ ("AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity"),
                    parameter,
                    fault,
                ) => ac603::parameter(operation, parameter, *fault),
                (operation, parameter @ ("DbUser" | "DbName"), ParameterFault::Missing) => {
                    ac509::missing(operation, parameter)
                }
                (
                    operation,
                    parameter @ ("dbName" | "durationSeconds" | "workgroupName"),
                    fault,
                ) => ac511::parameter(operation, parameter, *fault),
                (operation, parameter, ParameterFault::TooSmall) => {
                    ac516::too_small(operation, parameter)
                }
                (operation, parameter, fault) => ac408::parameter(operation, parameter, *fault),
            }
        }
    }
}

/// What is said of a need, and where; `None` for what needs no word: what the network decides, and
/// a local server.
pub fn of_need(need: &Dependency) -> Option<(Option<Place>, Diagnosis)> {
    use Dependency as D;
    let who = |caller: &Caller| match caller {
        Caller::Hook => "the hook",
        Caller::Driver => "the driver",
    };
    let (place, said) = match need {
        D::ServiceName(place) => (Some(place), ac408::service_name()),
        D::Credentials(caller) => (None, ac501::no_credentials(who(caller))),
        D::DatabaseOfUser => return Some((Some(Place::here("/schema")), ac509::of_user())),
        D::Region(caller) => (None, ac510::none_given(*caller, who(caller))),
        D::RegionExists(_, place) => (Some(place), ac510::unknown()),
        D::Browser(place) => (Some(place), ac514::browser()),
        D::KeyPair(_, place) => (Some(place), ac601::half()),
        D::Profile(caller, place) => (Some(place), ac606::profile(who(caller))),
        D::AuthProfile(place) => (Some(place), ac606::auth_profile()),
        D::File(place) => (Some(place), ac606::file()),
        D::Package(package) => (None, ac606::package(package)),
        D::Import(place) => (Some(place), ac703::imported()),
        D::LocalAddress(_) | D::HostLookup(_) | D::CustomDomain(_) | D::IdentityProvider(_) => {
            return None;
        }
    };
    Some((place.cloned(), said))
}
