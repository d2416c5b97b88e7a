//! The words for what becomes of Redshift and AWS connections. Names of extras are shown only where
//! they are known ones.

use crate::check::{Level, last_key, public_key};
use crate::hooks::{
    Caller, Dependency, Note, NoteKind, ParameterFault, Place, Reason, Spells, Thing,
};

/// A note in words.
pub struct NoteWords {
    pub level: Level,
    pub message: String,
    pub help: Option<String>,
}

/// A dependency in words, with the rule that it belongs to.
pub struct DependencyWords {
    pub rule: &'static str,
    pub place: Option<Place>,
    pub message: String,
    pub help: Option<String>,
}

/// The name of the extra or field that a place points at, if it may be shown.
fn name(place: Option<&Place>) -> String {
    let key = place.map(|place| last_key(&place.pointer)).unwrap_or_default();
    public_key(&key).map_or_else(|| "this extra".to_string(), |key| format!("`{key}`"))
}

fn thing(thing: Thing) -> &'static str {
    match thing {
        Thing::Cluster => {
            "a cluster identifier (1 to 63 of a-z, 0-9 and -, beginning with a letter)"
        }
        Thing::Workgroup => "a workgroup name (3 to 64 of a-z, 0-9 and -)",
        Thing::DbUser => "a database user",
        Thing::DbName => "a database name",
        Thing::DbGroup => "a database group",
        Thing::RoleArn => "the ARN of an IAM role (arn:aws:iam::123456789012:role/NAME)",
        Thing::Region => "a region such as eu-west-1",
        Thing::Port => "a port",
        Thing::SessionName => "a role session name (2 to 64 characters)",
        Thing::ExternalId => "an external id (2 to 1224 characters)",
        Thing::Duration => "a duration (900 to 43200 seconds)",
    }
}

/// A failure in words: what fails, and the way out.
pub fn of_reason(reason: &Reason, exception: &str) -> (String, Option<String>) {
    use Reason as R;
    let (what, help): (String, &str) = match reason {
        R::Parameter { operation, parameter, fault } => {
            let fault_words = match fault {
                ParameterFault::Missing => "is empty",
                ParameterFault::Type => "is of a wrong type",
                ParameterFault::TooSmall => "is too short or too small",
                ParameterFault::Unknown => "is not known",
            };
            let help = match parameter.as_str() {
                "DbUser" => "give the database user as login",
                "DbName" | "dbName" => "give the database as schema",
                "workgroupName" => "give the workgroup as the extra `serverless_work_group`",
                "durationSeconds" => "drop the extra `serverless_token_duration_seconds`",
                _ => "correct the marked value",
            };
            (format!("{operation} is refused, its parameter {parameter} {fault_words}"), help)
        }
        R::UnknownArgument(argument) => {
            let argument = public_key(argument).map_or_else(|| "this extra".to_string(), |a| format!("`{a}`"));
            (
                format!("redshift_connector.connect has no argument {argument}"),
                "remove it, or move it to the AWS connection if it is meant for boto3",
            )
        }
        R::UnknownOption(option) => {
            let option = public_key(option).map_or_else(|| "this extra".to_string(), |o| format!("`{o}`"));
            (format!("the PostgreSQL driver has no option {option}"), "remove it")
        }
        R::ExtraNotObject | R::ExtraUnreadable => ("extra is not a JSON object".to_string(), "write a JSON object"),
        R::HostMissing | R::ClusterOrHostMissing => {
            ("neither the host nor `cluster_identifier` names the cluster".to_string(), "give the endpoint of the cluster as host")
        }
        R::HostEmpty => ("there is no host to connect to".to_string(), "give the endpoint of the cluster as host"),
        R::UserMissing => ("there is no user to log in with".to_string(), "give the database user as login"),
        R::PasswordMissing => ("there is no password to log in with".to_string(), "give the password, or use IAM: {\"iam\": true}"),
        R::WorkgroupMissing => {
            ("`is_serverless` without `serverless_work_group`: the host is not looked at for it".to_string(), "add `serverless_work_group`")
        }
        R::ServerlessHostUnknown => ("the driver has no workgroup to ask for the host".to_string(), "give the host of the workgroup"),
        R::GroupFederationServerless => ("`group_federation` does not go with serverless".to_string(), "remove one of the two"),
        R::RegionSyntax | R::RegionType => ("this cannot be a region".to_string(), "write a region such as eu-west-1"),
        R::RegionEmpty => ("the region is empty".to_string(), "write a region such as eu-west-1, or remove it"),
        R::RegionMisparsed => {
            ("the driver cuts a wrong region out of a host in China".to_string(), "give the region as the extra `region`")
        }
        R::EndpointUrl => ("the endpoint URL has no usable host".to_string(), "write https://HOST[:PORT]"),
        R::KeysUnusable => ("the AWS keys cannot be used as they stand".to_string(), "give key id and secret as strings, both or neither"),
        R::ProfileType => ("the profile is not a name".to_string(), "write the name of a profile as a string"),
        R::ConfigOption(_) => ("botocore's Config has no such option".to_string(), "see botocore.config.Config for the options"),
        R::NewConfigOption(_) => (
            "the botocore that was recorded with this provider has no such option yet".to_string(),
            "leave the option out, or install a newer botocore and aim at the provider that comes with it (--provider)",
        ),
        R::ConfigValue(option) => (format!("botocore's Config refuses the value of `{option}`"), "correct the value"),
        R::NotAnObject(key) => (format!("`{key}` must be an object"), "write a JSON object, without quotes around it"),
        R::ReservedExtra => ("this extra has the name of a Python parameter that is taken".to_string(), "remove it"),
        R::AssumeRoleMethod => (
            "`assume_role_method` is none that the hook knows".to_string(),
            "use assume_role, assume_role_with_saml or assume_role_with_web_identity",
        ),
        R::WebIdentityFederation => ("`assume_role_with_web_identity_federation` is missing or unknown".to_string(), "use file or google"),
        R::SamlKey("assume_role_with_saml") => ("the block `assume_role_with_saml` is missing".to_string(), "add it"),
        R::SamlKey(key) => (format!("`assume_role_with_saml` lacks `{key}`"), "add it"),
        R::SamlMethod => ("`idp_auth_method` is none that the hook knows".to_string(), "use http_spegno_auth"),
        R::IdcWithIam => ("an Identity Center plugin does not go with `iam`".to_string(), "remove `iam`"),
        R::TlsOffWithIam => {
            ("TLS is switched off, which the driver refuses together with `iam`".to_string(), "remove `ssl`, or write true")
        }
        R::TlsOffWithPlugin => ("TLS is switched off, which the plugin refuses".to_string(), "remove `ssl`, or write true"),
        R::SslInsecureWithoutIam => ("`ssl_insecure` is refused without `iam`".to_string(), "remove it"),
        R::ProtocolVersion => ("`client_protocol_version` must be 0, 1 or 2".to_string(), "remove it"),
        R::ClusterIdentifierMissing => (
            "with `iam: true` the driver asks for credentials too and needs `cluster_identifier`, which it does not take from the host"
                .to_string(),
            "add `cluster_identifier`",
        ),
        R::DbUserMissing => ("with `iam: true` the driver asks for credentials too and needs `db_user`".to_string(), "add `db_user`"),
        R::ProfileWithKeys => ("`profile` stands beside keys".to_string(), "keep one of them"),
        R::ProviderWithKeys => ("`credentials_provider` stands beside keys or a profile".to_string(), "keep one of them"),
        R::SecretKeyMissing => ("`access_key_id` without `secret_access_key`".to_string(), "add the secret"),
        R::AccessKeyMissing => ("a secret key or token without `access_key_id`".to_string(), "add the key id"),
        R::AuthProfileNeedsKeys => ("`auth_profile` needs `access_key_id`, `secret_access_key` and `region`".to_string(), "add them"),
        R::ProviderType | R::ProviderEmpty | R::ProviderUnknown | R::ProviderNotPlugin | R::ProviderAbstract => (
            "`credentials_provider` names no plugin of the driver".to_string(),
            "use one of redshift_connector's plugins, such as OktaCredentialsProvider",
        ),
        R::PluginNeeds(argument) => (format!("the plugin needs `{argument}`"), "add it"),
        R::PluginValue(argument) => (format!("the plugin refuses the value of `{argument}`"), "correct it"),
        R::PluginConflict => ("a token and keys are given to the same plugin".to_string(), "keep one of them"),
        R::ArgumentType(argument) => {
            let argument = public_key(argument).map_or_else(|| "this extra".to_string(), |a| format!("`{a}`"));
            (format!("{argument} has a type at which the driver raises an exception"), "write it as the driver's documentation has it")
        }
        R::ArgumentRange(argument) => {
            let argument = public_key(argument).map_or_else(|| "this extra".to_string(), |a| format!("`{a}`"));
            (format!("{argument} is outside of its range"), "correct the value")
        }
        R::HostLabel => ("the host has an empty part or one of more than 63 characters".to_string(), "give the name of a host"),
        R::HostSyntax => {
            ("the host holds more than the name of a host".to_string(), "give the name alone; port and database have fields of their own")
        }
        R::Port => ("the port is none".to_string(), "give a number from 1 to 65535; Redshift's is usually 5439"),
        R::OptionValue(option) => {
            let option = public_key(option).map_or_else(|| "this extra".to_string(), |o| format!("`{o}`"));
            (format!("the PostgreSQL driver refuses the value of {option}"), "correct the value")
        }
        R::Cursor => {
            ("the hook knows no such cursor".to_string(), "use dictcursor or namedtuplecursor (realdictcursor with psycopg2 only)")
        }
    };
    (format!("{what} ({exception})"), Some(help.to_string()))
}

/// A note in words.
pub fn of_note(note: &Note) -> NoteWords {
    use NoteKind as N;
    let extra = name(note.places.first());
    let words = |level: Level, message: String, help: &str| NoteWords {
        level,
        message,
        help: Some(help.to_string()).filter(|h| !h.is_empty()),
    };
    let (warning, error) = (Level::Warning, Level::Error);
    match &note.kind {
        N::PiecesOfAnotherMode(mode) => {
            let message = format!("{extra} belongs to the mode `{}`, which is not the one that Airflow takes here", mode.name);
            words(warning, message, "remove what belongs to the other mode")
        }
        N::UnknownArgument(meant) => words(
            warning,
            format!("{extra} is not an argument of the driver"),
            &meant.map(|meant| format!("`{meant}` is the name of the argument")).unwrap_or_default(),
        ),
        N::RoleNotAssumed => words(
            warning,
            "nothing assumes a role that is named on a redshift connection".to_string(),
            "put `role_arn` and `region_name` on the AWS connection (aws_default) and {\"iam\": \"true\"}, as a string, here",
        ),
        N::IamAskedTwice => words(
            warning,
            "`iam: true` asks for credentials twice: the hook as the AWS connection, then the driver with its own identity, which logs in"
                .to_string(),
            "use {\"iam\": \"true\"} as a string to let only the hook ask, or see `airconn inspect` for both identities",
        ),
        N::UsersDiffer => {
            words(warning, "`db_user` differs from login: hook and driver ask for two users".to_string(), "give the same user")
        }
        N::IamForHookOnly(Spells::False) => words(
            error,
            "the text spells false, but the hook only tests whether it is empty: it counts as true".to_string(),
            "write the JSON boolean false, or remove `iam`",
        ),
        N::IamForHookOnly(_) => words(
            warning,
            "`iam` is true for the hook, but not for the driver, which takes only the JSON boolean: only the hook asks for credentials"
                .to_string(),
            "write the JSON boolean if the driver should ask too",
        ),
        N::TruthTested(Spells::False) => words(
            warning,
            format!("{extra} is the text of a boolean: only whether it is empty is tested, so it counts as true"),
            "write the JSON boolean",
        ),
        N::TruthTested(_) => words(warning, format!("{extra} is not a boolean: only whether it is empty is tested"), "write the JSON boolean"),
        N::TlsOff => words(
            error,
            "TLS is switched off: the driver takes only the JSON boolean true for on, and a text such as \"true\" turns it off".to_string(),
            "remove `ssl` (TLS is on by default), or write the JSON boolean true",
        ),
        N::SslModeIgnored => words(
            warning,
            "the driver knows only verify-ca and verify-full, and ignores this `sslmode`".to_string(),
            "use verify-ca or verify-full",
        ),
        N::RegionsDiffer => {
            words(warning, "the regions of host, extra and AWS connection differ".to_string(), "give the region of the cluster everywhere")
        }
        N::RegionUnknown => words(warning, "this region is not among the known ones".to_string(), "check the spelling"),
        N::ChinaHostWithoutRegion => {
            words(warning, "the driver cuts a wrong region out of a host in China".to_string(), "give the region as the extra `region`")
        }
        N::ServerlessHost => words(
            warning,
            "the host is that of a serverless workgroup, the settings are for a provisioned cluster".to_string(),
            "add `is_serverless: true` and `serverless_work_group`",
        ),
        N::ProvisionedHost => words(
            warning,
            "the host is that of a provisioned cluster, the settings are for serverless".to_string(),
            "remove `is_serverless`, or correct the host",
        ),
        N::IgnoredWithoutIam => words(warning, format!("{extra} has no effect without `iam: true`"), "remove it, or add `iam: true`"),
        N::ReplacedByIam => words(warning, "this is ignored: with IAM the log-in uses temporary credentials".to_string(), "remove it"),
        N::PluginWithoutIam => words(warning, "the plugin is loaded, but not used without `iam: true`".to_string(), "add `iam: true`"),
        N::StoredToken => words(warning, "a token lives for minutes or hours: a stored one expires".to_string(), "let a plugin obtain it"),
        N::ForeignPlugin => words(
            warning,
            "`credentials_provider` names a module outside redshift_connector: it is imported, its code runs".to_string(),
            "name a plugin of the driver",
        ),
        N::Syntax(what) => words(warning, format!("this is not {}", thing(*what)), "correct the marked value"),
        N::TextForList => {
            words(error, format!("{extra} is a text where a list is meant: every character becomes an element"), "write a list: [\"name\"]")
        }
        N::SecondLogInBroken => words(
            warning,
            "with this provider the second log-in of one hook fails, because the first one overwrites the connection".to_string(),
            "use apache-airflow-providers-amazon 9.26.0 or newer",
        ),
        N::FiveAttempts => words(warning, "this provider tries a log-in that cannot work five times before it reports it".to_string(), ""),
        N::OtherHooksSpelling(right) => words(warning, format!("{extra} is the spelling of the other hook"), &format!("write `{right}`")),
        N::ExtraOverridesField => words(warning, format!("{extra} in extra wins over the field"), "keep one of them"),
        N::TemporaryPasswordAsSecret => {
            words(warning, "the temporary password becomes the AWS secret key of the driver".to_string(), "remove the keys from extra")
        }
        N::HalfKeyPair => words(warning, "half of an AWS key pair".to_string(), "give key id and secret, both or neither"),
        N::RemovedExtra(package @ "redshift-connector", since) => {
            words(warning, format!("{extra} is an argument of older drivers: it is gone since {package} {since}"), "remove it")
        }
        N::RemovedExtra(package, since) => words(
            warning,
            format!("{extra} is deprecated since {package} {since}: it is kept for old connections"),
            "write its keys as login and password, or directly into the extra",
        ),
        N::IgnoredAwsExtra(right) => words(
            warning,
            match extra.as_str() {
                "`region`" => "`region` is not the region of an AWS connection: S3ToRedshiftOperator alone reads it".to_string(),
                extra => format!("{extra} has no effect on an AWS connection"),
            },
            &right.map(|right| format!("`{right}` works")).unwrap_or_else(|| "remove it".to_string()),
        ),
        N::ReferencedConnectionMissing => words(
            warning,
            "the AWS connection that the hook uses is not among these connections".to_string(),
            "check it together with this one, or make sure that Airflow has it",
        ),
        N::ReferencedConnectionType => {
            words(warning, "the connection that is used for AWS has another type".to_string(), "make it one of type aws")
        }
        N::PortAsText => words(warning, "the port is a text".to_string(), "write a number"),
    }
}

/// A dependency in words; `None` for what needs no word.
pub fn of_dependency(need: &Dependency) -> Option<DependencyWords> {
    use Dependency as D;
    let who = |caller: &Caller| match caller {
        Caller::Hook => "the hook",
        Caller::Driver => "the driver",
    };
    let words = |rule: &'static str, place: Option<&Place>, message: String, help: &str| {
        Some(DependencyWords {
            rule,
            place: place.cloned(),
            message,
            help: Some(help.to_string()).filter(|h| !h.is_empty()),
        })
    };
    match need {
        D::Region(caller) => words(
            "AC510",
            None,
            format!(
                "no region is given for {}: AWS_DEFAULT_REGION or a profile must supply it (boto3 does not read AWS_REGION)",
                who(caller)
            ),
            "add `region_name` to the AWS connection",
        ),
        D::RegionExists(_, place) => {
            words("AC510", Some(place), "this region is not among the known ones".to_string(), "check the spelling")
        }
        D::Credentials(caller) => words(
            "AC501",
            None,
            format!(
                "no AWS credentials are given for {}: the environment, a profile, or the role of the machine must supply them",
                who(caller)
            ),
            "",
        ),
        D::KeyPair(_, place) => {
            words("AC601", Some(place), "half of an AWS key pair".to_string(), "give key id and secret, both or neither")
        }
        D::Profile(caller, place) => words(
            "AC606",
            Some(place),
            format!("{} needs this profile in the AWS configuration files of every machine that runs tasks", who(caller)),
            "",
        ),
        D::AuthProfile(place) => {
            words("AC606", Some(place), "what this authentication profile holds decides whether it works".to_string(), "")
        }
        D::File(place) => words("AC606", Some(place), "this file must be there on every machine that runs tasks".to_string(), ""),
        D::Package(package) => words(
            "AC606",
            None,
            format!("this needs the package {package}, which is not part of the provider"),
            "install it where tasks run",
        ),
        D::Browser(place) => words(
            "AC514",
            Some(place),
            "this plugin needs a browser, which a worker does not have".to_string(),
            "use a plugin that needs no browser",
        ),
        D::DatabaseOfUser => words(
            "AC509",
            Some(&Place::here("/schema")),
            "no database is given: the server takes the one that is named like the user, if there is one".to_string(),
            "give the database as schema",
        ),
        D::ServiceName(place) => words("AC408", Some(place), "the port is the name of a service".to_string(), "write a number"),
        // What the network decides, a local server, and what AC703 says.
        D::LocalAddress(_) | D::HostLookup(_) | D::CustomDomain(_) | D::IdentityProvider(_) | D::Import(_) => None,
    }
}
