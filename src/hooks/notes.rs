//! Things about a connection that do not stop it: what does something else than is written, what is
//! ignored, what is risky.

use crate::hooks::place::Place;

/// A note and what it is about; the first place is the main one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// What.
    pub kind: NoteKind,
    /// Where.
    pub places: Vec<Place>,
}

impl Note {
    /// A note about one place.
    pub fn new(kind: NoteKind, place: Place) -> Note {
        Note { kind, places: vec![place] }
    }
}

/// What a value spells where only its truth is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spells {
    /// `true`, `1`, `yes`, `on`.
    True,
    /// `false`, `0`, `no`, `off`, `none`, `null`.
    False,
    /// Anything else.
    Other,
}

/// A thing whose syntax AWS fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A cluster identifier.
    Cluster,
    /// A serverless workgroup.
    Workgroup,
    /// A database user of GetClusterCredentials.
    DbUser,
    /// A database of GetClusterCredentials.
    DbName,
    /// A database group.
    DbGroup,
    /// The ARN of an IAM role.
    RoleArn,
    /// A region.
    Region,
    /// A port of Redshift.
    Port,
    /// A role session name.
    SessionName,
    /// An external id.
    ExternalId,
    /// The duration of an assumed role.
    Duration,
}

/// Kinds of notes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// Pieces of another mode stand beside the one that is taken.
    PiecesOfAnotherMode(&'static crate::hooks::mode::Mode),
    /// An extra outside the driver's arguments, with the one that may be meant.
    UnknownArgument(Option<&'static str>),
    /// `role_arn` on the redshift connection: nothing assumes it.
    RoleNotAssumed,
    /// The hook asks for credentials, and the driver asks again with its own identity, which logs
    /// in.
    IamAskedTwice,
    /// `iam` is true for the hook and not for the driver.
    IamForHookOnly(Spells),
    /// Another extra whose truth is tested and that is not a boolean.
    TruthTested(Spells),
    /// TLS is switched off.
    TlsOff,
    /// An `sslmode` that the driver replaces by its default.
    SslModeIgnored,
    /// The region of the AWS connection, of the host and of the extra differ.
    RegionsDiffer,
    /// A region of the right form, but not known.
    RegionUnknown,
    /// A host in China: the driver cuts a wrong region out of it.
    ChinaHostWithoutRegion,
    /// A serverless host with settings of a provisioned cluster.
    ServerlessHost,
    /// A provisioned host with settings of serverless.
    ProvisionedHost,
    /// An extra that has no effect without `iam: true`.
    IgnoredWithoutIam,
    /// The password (or the login) is ignored: IAM replaces it.
    ReplacedByIam,
    /// A plugin that is loaded and not used, because `iam` is not true.
    PluginWithoutIam,
    /// `credentials_provider` names something outside redshift_connector: it is imported.
    ForeignPlugin,
    /// AWS refuses this spelling.
    Syntax(Thing),
    /// Text where a list is meant: every character becomes an element.
    TextForList,
    /// The chosen provider breaks the second log-in of one hook.
    SecondLogInBroken,
    /// The chosen provider tries this certain failure five times, over 15 seconds.
    FiveAttempts,
    /// A spelling of the other hook, with the one that works here.
    OtherHooksSpelling(&'static str),
    /// An extra wins over the field.
    ExtraOverridesField,
    /// The temporary password becomes the AWS secret.
    TemporaryPasswordAsSecret,
    /// `db_user` differs from login: two users are asked for.
    UsersDiffer,
    /// Half an AWS key pair.
    HalfKeyPair,
    /// An extra of the AWS connection that this provider does not read, with the spelling that
    /// works.
    IgnoredAwsExtra(Option<&'static str>),
    /// An extra that an older version took: the package, and the version since which it is gone or
    /// deprecated.
    RemovedExtra(&'static str, crate::airflow::runtime::Version),
    /// The AWS connection is not part of the set.
    ReferencedConnectionMissing,
    /// The AWS connection has another type.
    ReferencedConnectionType,
    /// A port as text.
    PortAsText,
    /// A token that lives for minutes is stored.
    StoredToken,
}

impl NoteKind {
    /// The rule of `check` that reports it.
    pub fn rule(&self) -> &'static str {
        use NoteKind as N;
        match self {
            N::PiecesOfAnotherMode(_) => "AC502",
            N::UnknownArgument(_) => "AC503",
            N::RoleNotAssumed => "AC504",
            N::IamAskedTwice | N::UsersDiffer => "AC505",
            N::IamForHookOnly(_) => "AC506",
            N::TruthTested(_) => "AC402",
            N::TlsOff => "AC507",
            N::SslModeIgnored => "AC508",
            N::RegionsDiffer | N::RegionUnknown | N::ChinaHostWithoutRegion => "AC510",
            N::ServerlessHost | N::ProvisionedHost => "AC512",
            N::IgnoredWithoutIam | N::ReplacedByIam => "AC515",
            N::PluginWithoutIam | N::StoredToken => "AC514",
            N::ForeignPlugin => "AC703",
            N::Syntax(Thing::SessionName | Thing::ExternalId | Thing::Duration) => "AC603",
            N::Syntax(_) => "AC516",
            N::TextForList => "AC517",
            N::SecondLogInBroken | N::FiveAttempts => "AC518",
            N::OtherHooksSpelling(_) => "AC519",
            N::ExtraOverridesField => "AC520",
            N::TemporaryPasswordAsSecret => "AC513",
            N::HalfKeyPair => "AC601",
            N::IgnoredAwsExtra(_) => "AC602",
            N::RemovedExtra(..) => "AC405",
            N::ReferencedConnectionMissing | N::ReferencedConnectionType => "AC605",
            N::PortAsText => "AC408",
        }
    }
}
