//! Finds the notes: everything about a connection that a reader would want to know though it does
//! not stop it.

use crate::hooks::aws::hook as aws;
use crate::hooks::collector::Notes;
use crate::hooks::mode::Mode;
use crate::hooks::notes::{Note, NoteKind, Thing};
use crate::hooks::outcome::{Place, Trace};
use crate::hooks::python::{Extras, int, is_str, is_true, spells, text};
use crate::hooks::redshift::host::true_region;
use crate::hooks::redshift::modes::{self, plugin_name};
use crate::hooks::{Scene, syntax};
use crate::model::{Connection, Value};

/// Names that are written for an argument of the driver, with the argument.
static MEANT: &[(&str, &str)] = &[
    ("aws_access_key_id", "access_key_id"),
    ("aws_secret_access_key", "secret_access_key"),
    ("aws_session_token", "session_token"),
    ("cluster-identifier", "cluster_identifier"),
    ("cluster_id", "cluster_identifier"),
    ("clusterIdentifier", "cluster_identifier"),
    ("ClusterIdentifier", "cluster_identifier"),
    ("connect_timeout", "timeout"),
    ("db-user", "db_user"),
    ("DbUser", "db_user"),
    ("dbname", "database"),
    ("keepalives", "tcp_keepalive"),
    ("keepalives_count", "tcp_keepalive_count"),
    ("keepalives_idle", "tcp_keepalive_idle"),
    ("keepalives_interval", "tcp_keepalive_interval"),
    ("login", "user"),
    ("profile_name", "profile"),
    ("region-name", "region"),
    ("region_name", "region"),
    ("aws_region", "region"),
    ("schema", "database"),
    ("serverless_workgroup", "serverless_work_group"),
    ("serverless-work-group", "serverless_work_group"),
    ("username", "user"),
    ("work_group", "serverless_work_group"),
    ("workgroup", "serverless_work_group"),
    ("workgroup-name", "serverless_work_group"),
    ("workgroup_name", "serverless_work_group"),
    ("is-serverless", "is_serverless"),
    ("redshift-serverless", "is_serverless"),
    ("ssl_mode", "sslmode"),
];

/// What only counts where `iam` is true for the driver.
static NEEDS_IAM: &[&str] = &[
    "access_key_id",
    "auth_profile",
    "auto_create",
    "cluster_identifier",
    "db_groups",
    "db_user",
    "force_lowercase",
    "group_federation",
    "is_serverless",
    "profile",
    "region",
    "secret_access_key",
    "serverless_acct_id",
    "serverless_work_group",
    "session_token",
];

/// Extras of the driver whose truth is tested.
static TRUTH_TESTED: &[&str] = &[
    "is_serverless",
    "group_federation",
    "force_lowercase",
    "tcp_keepalive",
    "iam_disable_cache",
    "auto_create",
];

/// Notes on a `redshift` connection.
pub(crate) fn of(
    connection: &Connection,
    extras: &Extras,
    mode: &'static Mode,
    scene: &Scene<'_>,
    trace: &mut Trace,
) {
    let mut notes = Notes { extras, trace };
    let iam = extras.get("iam");
    let driver_iam = is_true(iam);
    let hook_iam = scene.provider.behaviour.hook_iam && iam.truthy();
    for (key, _) in extras.iter().filter(|(key, _)| !scene.driver.takes(key)) {
        let meant = MEANT
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, meant)| *meant)
            .filter(|m| scene.driver.takes(m));
        notes.extra(NoteKind::UnknownArgument(meant), key);
        if let Some(since) = scene.driver.removed(key) {
            notes.extra(NoteKind::RemovedExtra("redshift-connector", since), key);
        }
        if let ("cluster-identifier" | "workgroup-name" | "redshift-serverless", Some(meant)) =
            (key, meant)
        {
            notes.extra(NoteKind::OtherHooksSpelling(meant), key);
        }
    }
    if extras.truthy("role_arn") {
        notes.extra(NoteKind::RoleNotAssumed, "role_arn");
    }
    log_in(&mut notes, connection, mode, scene, hook_iam, driver_iam);
    transport(&mut notes);
    target(&mut notes, connection, scene, hook_iam, driver_iam);
    identifiers(&mut notes, connection, hook_iam, driver_iam);
    overrides(&mut notes, connection);
    for key in TRUTH_TESTED {
        let value = extras.get(key);
        if value.truthy()
            && !matches!(value, Value::Bool(_))
            && (driver_iam || hook_iam || *key == "tcp_keepalive")
        {
            notes.extra(NoteKind::TruthTested(spells(value)), key);
        }
    }
    if hook_iam && scene.provider.behaviour.overwrites_connection {
        notes.extra(NoteKind::SecondLogInBroken, "iam");
    }
}

/// IAM, plugins, keys: who logs in and what is ignored for it.
fn log_in(
    notes: &mut Notes<'_>,
    connection: &Connection,
    mode: &'static Mode,
    scene: &Scene<'_>,
    hook_iam: bool,
    driver_iam: bool,
) {
    let extras = notes.extras;
    let iam = extras.get("iam");
    if hook_iam && driver_iam {
        notes.extra(NoteKind::IamAskedTwice, "iam");
    } else if hook_iam {
        notes.extra(NoteKind::IamForHookOnly(spells(iam)), "iam");
    } else if iam.truthy() && !driver_iam {
        // An old provider: nobody takes it for true.
        notes.extra(NoteKind::TruthTested(spells(iam)), "iam");
    }
    if (hook_iam || driver_iam) && connection.password.expose().truthy() && !extras.has("password")
    {
        notes.add(NoteKind::ReplacedByIam, Place::here("/password"));
    }
    let plugin = extras.truthy("credentials_provider");
    let native = [&modes::NATIVE_IDP, &modes::IDENTITY_CENTER].contains(&mode);
    if plugin && !driver_iam && !native {
        notes.extra(NoteKind::PluginWithoutIam, "credentials_provider");
    }
    for key in ["token", "web_identity_token"] {
        if native && extras.truthy(key) {
            notes.extra(NoteKind::StoredToken, key);
        }
    }
    if !driver_iam && !native {
        for key in NEEDS_IAM.iter().filter(|k| extras.truthy(k)) {
            let hook_reads = match *key {
                "cluster_identifier" => hook_iam && !extras.truthy("is_serverless"),
                "is_serverless" | "serverless_work_group" => {
                    hook_iam && scene.provider.behaviour.serverless
                }
                _ => false,
            };
            if !hook_reads {
                notes.extra(NoteKind::IgnoredWithoutIam, key);
            }
        }
    }
    if driver_iam
        && !extras.get("access_key_id").is_null()
        && extras.get("secret_access_key").is_null()
        && hook_iam
    {
        notes.extra(NoteKind::TemporaryPasswordAsSecret, "access_key_id");
    }
    let (db_user, login) = (extras.text("db_user"), text(&connection.login));
    if hook_iam
        && driver_iam
        && !extras.truthy("is_serverless")
        && db_user.is_some()
        && login.is_some()
        && db_user != login
    {
        notes.trace.note(Note {
            kind: NoteKind::UsersDiffer,
            places: vec![Place::extra("db_user"), Place::here("/login")],
        });
    }
    if driver_iam && is_str(extras.get("db_groups")) {
        notes.extra(NoteKind::TextForList, "db_groups");
    }
    other_modes(notes, mode, driver_iam);
}

/// Pieces of another mode.
fn other_modes(notes: &mut Notes<'_>, mode: &'static Mode, driver_iam: bool) {
    let extras = notes.extras;
    let saml = plugin_name(extras).is_some()
        && ![&modes::NATIVE_IDP, &modes::IDENTITY_CENTER].contains(&mode);
    let pieces: &[(&str, &'static Mode, bool)] = &[
        ("iam", &modes::IAM_CREDENTIALS, driver_iam && mode == &modes::NATIVE_IDP),
        ("profile", &modes::PROFILE, !extras.get("profile").is_null()),
        (
            "access_key_id",
            &modes::ACCESS_KEYS,
            !extras.get("access_key_id").is_null() && mode != &modes::AUTH_PROFILE,
        ),
        ("auth_profile", &modes::AUTH_PROFILE, !extras.get("auth_profile").is_null()),
        ("is_serverless", &modes::IAM_SERVERLESS, extras.truthy("is_serverless")),
        ("group_federation", &modes::GROUP_FEDERATION, extras.truthy("group_federation")),
        ("credentials_provider", &modes::SAML, saml),
        ("token", &modes::IDENTITY_CENTER, extras.truthy("token")),
        ("web_identity_token", &modes::NATIVE_IDP, extras.truthy("web_identity_token")),
    ];
    let together = |other: &'static Mode| {
        // Keys and profiles are the driver's identity in these; Identity Center takes keys.
        [&modes::PROFILE, &modes::ACCESS_KEYS].contains(&other)
            && [&modes::IAM_SERVERLESS, &modes::GROUP_FEDERATION, &modes::IDENTITY_CENTER]
                .contains(&mode)
    };
    for (key, other, present) in pieces {
        if *present && *other != mode && !together(*other) {
            notes.extra(NoteKind::PiecesOfAnotherMode(*other), key);
        }
    }
}

/// TLS.
fn transport(notes: &mut Notes<'_>) {
    let extras = notes.extras;
    let ssl = extras.get("ssl");
    if !ssl.is_null() && !is_true(ssl) {
        notes.extra(NoteKind::TlsOff, "ssl");
    }
    let sslmode = extras.get("sslmode");
    let known = matches!(text(sslmode), Some("verify-ca" | "verify-full"));
    if !sslmode.is_null() && (!known || !ssl.is_null() && !is_true(ssl)) {
        notes.extra(NoteKind::SslModeIgnored, "sslmode");
    }
}

/// Host, region, serverless or not.
fn target(
    notes: &mut Notes<'_>,
    connection: &Connection,
    scene: &Scene<'_>,
    hook_iam: bool,
    driver_iam: bool,
) {
    let extras = notes.extras;
    let (host, host_place) = match extras.text("host") {
        Some(host) => (host, Place::extra("host")),
        None => (text(&connection.host).unwrap_or_default(), Place::here("/host")),
    };
    let kind = syntax::host(host);
    let serverless = extras.truthy("is_serverless");
    if kind == syntax::Host::Serverless && (hook_iam || driver_iam) && !serverless {
        notes.add(NoteKind::ServerlessHost, host_place.clone());
    }
    if kind == syntax::Host::Provisioned && (serverless || extras.truthy("serverless_work_group")) {
        notes.add(NoteKind::ProvisionedHost, host_place.clone());
    }
    let of_host = true_region(host);
    let of_extra = extras.text("region").filter(|r| !r.is_empty());
    let id = scene.aws_conn_id.filter(|_| hook_iam);
    let of_aws = id.and_then(|id| (scene.set)(id).and_then(|c| aws::region_of(&c, id, scene)));
    let mut seen: Vec<(Place, String)> = Vec::new();
    seen.extend(of_host.map(|r| (host_place.clone(), r.to_string())));
    seen.extend(of_extra.filter(|_| driver_iam).map(|r| (Place::extra("region"), r.to_string())));
    seen.extend(of_aws.filter(|(_, r)| !r.is_empty()));
    if seen.windows(2).any(|pair| pair[0].1 != pair[1].1) {
        notes.trace.note(Note {
            kind: NoteKind::RegionsDiffer,
            places: seen.iter().map(|(place, _)| place.clone()).collect(),
        });
    }
    for (place, region) in seen {
        if !syntax::is_known_region(&region) {
            notes.add(NoteKind::RegionUnknown, place);
        }
    }
    if driver_iam
        && of_extra.is_none()
        && of_host.is_some_and(|r| r.starts_with("cn-"))
        && scene.driver.behaviour.region_from_host
    {
        notes.add(NoteKind::ChinaHostWithoutRegion, host_place);
    }
}

/// Identifiers that AWS refuses.
fn identifiers(notes: &mut Notes<'_>, connection: &Connection, hook_iam: bool, driver_iam: bool) {
    let extras = notes.extras;
    if hook_iam || driver_iam {
        let serverless = extras.truthy("is_serverless");
        if serverless {
            notes.syntax(
                Thing::Workgroup,
                extras.text("serverless_work_group"),
                syntax::is_workgroup,
                Place::extra("serverless_work_group"),
            );
        } else {
            notes.syntax(
                Thing::Cluster,
                extras.text("cluster_identifier"),
                syntax::is_cluster,
                Place::extra("cluster_identifier"),
            );
            if hook_iam {
                notes.syntax(
                    Thing::DbUser,
                    text(&connection.login),
                    syntax::is_db_user,
                    Place::here("/login"),
                );
            }
            if driver_iam {
                notes.syntax(
                    Thing::DbUser,
                    extras.text("db_user"),
                    syntax::is_db_user,
                    Place::extra("db_user"),
                );
            }
            notes.syntax(
                Thing::DbName,
                text(&connection.schema),
                syntax::is_db_user,
                Place::here("/schema"),
            );
        }
        if let Value::List(groups) = extras.get("db_groups") {
            for (i, group) in groups.iter().enumerate() {
                let place = Place::extra("db_groups").below(&i.to_string());
                notes.syntax(Thing::DbGroup, text(&group.value), syntax::is_db_group, place);
            }
        }
        notes.syntax(
            Thing::Region,
            extras.text("region"),
            syntax::is_region,
            Place::extra("region"),
        );
    }
    notes.syntax(
        Thing::RoleArn,
        extras.text("role_arn"),
        syntax::is_role_arn,
        Place::extra("role_arn"),
    );
    let (port, place) = match extras.get("port") {
        Value::Null => (&connection.port, Place::here("/port")),
        port => (port, Place::extra("port")),
    };
    if int(port).is_some_and(|n| n != 0 && !syntax::is_port(n)) {
        notes.add(NoteKind::Syntax(Thing::Port), place.clone());
    }
    // A text in the field itself is what AC307 is about, for connections of every type.
    if is_str(extras.get("port")) && port.truthy() {
        notes.add(NoteKind::PortAsText, place);
    }
}

/// Extras that win over the fields.
fn overrides(notes: &mut Notes<'_>, connection: &Connection) {
    let fields = [
        ("user", &connection.login, "/login"),
        ("password", connection.password.expose(), "/password"),
        ("host", &connection.host, "/host"),
        ("port", &connection.port, "/port"),
        ("database", &connection.schema, "/schema"),
    ];
    for (key, field, pointer) in fields {
        let extra = notes.extras.get(key);
        if notes.extras.has(key) && field.truthy() && extra != field {
            notes.trace.note(Note {
                kind: NoteKind::ExtraOverridesField,
                places: vec![Place::extra(key), Place::here(pointer)],
            });
        }
    }
}
