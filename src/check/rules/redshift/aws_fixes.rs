//! The repairs of what is found about Redshift and AWS connections.
//!
//! A repair is safe where one answer is right and nothing that works now works otherwise: the
//! connection fails as it is and the value says what is meant, hook and driver make the same of
//! both, or the TLS comes on that the connection asks for. What needs a decision (another
//! connection changes, another identity logs in, another region is asked) is unsafe. What somebody
//! may have meant by an extra is never simply taken away.

use super::meant::{self, Owner};
use crate::airflow::connection::decoded;
use crate::airflow::python::json_loads::loads;
use crate::check::{Case, Change, Fix, Safety, last_key};
use crate::hooks::{
    Driver, Failure, HostKind, Note, NoteKind, ParameterFault, Place, Postgres, Reason, Spells,
    read_host, spells, syntax, true_region,
};
use crate::model::{Connection, Dict, Node, Value};
use Safety::{Safe, Unsafe};

/// Extras that are false where they are missing.
static FALSE_BY_DEFAULT: &[&str] = &[
    "iam",
    "is_serverless",
    "group_federation",
    "force_lowercase",
    "auto_create",
    "redshift",
    "redshift-serverless",
];

/// Extras of an AWS connection of another name that are read under this one, with the same value.
static RENAMED_AWS: &[&str] = &[
    "region_name",
    "profile_name",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
];

/// A connection that is repaired, and those around it.
pub struct Repair<'r, 'c> {
    /// As it is written.
    pub case: &'r Case<'c>,
    /// The connection.
    pub connection: &'r Connection,
    /// The AWS connection of the set, by its number in the document.
    pub aws: Option<(usize, &'r Connection)>,
    /// It is one of another service or container, which has a connection of this id, too: each has
    /// an environment of its own.
    pub apart: bool,
    /// The id under which hooks look for it.
    pub aws_conn_id: &'r str,
    /// The driver.
    pub driver: &'r Driver,
    /// The Postgres provider, and with it the library below it.
    pub postgres: &'r Postgres,
    /// As it is, it fails for certain: nothing can work otherwise afterwards.
    pub fails: bool,
}

impl Repair<'_, '_> {
    /// The repair of a note.
    pub fn of_note(&self, note: &Note) -> Option<Fix> {
        use NoteKind as N;
        let place = note.places.first()?;
        let at = || own(place);
        match &note.kind {
            // It counts as true today, and may work so.
            N::IamForHookOnly(Spells::False) | N::TruthTested(Spells::False) => {
                self.truth(self.unless_it_works(), at()?, false)
            }
            N::TruthTested(Spells::True) => self.truth(Safe, at()?, true),
            N::TlsOff => self.tls(at()?),
            N::SslModeIgnored => self.sslmode(at()?),
            N::UnknownArgument(meant) => self.unknown_argument(at()?, *meant),
            N::OtherHooksSpelling(right) => self.rename(self.unless_it_works(), at()?, right),
            N::TextForList => self.list(at()?),
            N::PortAsText => self.port(at()?),
            N::IgnoredAwsExtra(Some(right)) => self.aws_extra(at()?, right),
            N::RemovedExtra("redshift-connector", _) => {
                self.case.fix(Unsafe, vec![Change::Remove(at()?.to_string())])
            }
            N::RemovedExtra(..) => self.session_keys(),
            N::RoleNotAssumed => self.role(),
            N::ServerlessHost => self.serverless(place),
            N::ReferencedConnectionMissing => self.aws_connection(),
            _ => None,
        }
    }

    /// The repair of what makes it fail.
    pub fn of_failure(&self, failure: &Failure) -> Option<Fix> {
        use Reason as R;
        let place = failure.places.first()?;
        let at = || own(place);
        match &failure.reason {
            R::Parameter { parameter, fault: ParameterFault::Missing, .. } => {
                match parameter.as_str() {
                    "DbUser" => self.field_from_extra("/login", "db_user"),
                    "DbName" | "dbName" => self.field_from_extra("/schema", "database"),
                    "workgroupName" => self.workgroup(),
                    _ => None,
                }
            }
            R::Parameter { parameter, .. } if parameter == "durationSeconds" => self.case.fix(
                Safe,
                vec![Change::Remove("/extra/serverless_token_duration_seconds".to_string())],
            ),
            R::WorkgroupMissing => self.workgroup(),
            R::UnknownArgument(_) => self.unknown_argument(at()?, None),
            R::ClusterIdentifierMissing => match read_host(self.host()?) {
                HostKind::Provisioned { .. } => self.set(
                    Safe,
                    "/extra/cluster_identifier",
                    Value::text(self.host()?.split('.').next()?),
                ),
                _ => None,
            },
            R::DbUserMissing => {
                self.set(Safe, "/extra/db_user", Value::text(self.connection.login.as_str()?))
            }
            R::HostSyntax => self.host_parts(at()?),
            R::ArgumentType(_) | R::ProtocolVersion => self.number_or_boolean(at()?),
            R::TlsOffWithIam | R::TlsOffWithPlugin => {
                let meant = spells(self.case.extra_value("ssl")?) == Spells::True;
                self.case
                    .fix(if meant { Safe } else { Unsafe }, vec![Change::Remove(at()?.to_string())])
            }
            R::RegionSyntax => self.region(place),
            R::UnknownOption(_) => self.unknown_argument(at()?, None),
            _ => None,
        }
    }

    /// Safe where nothing works that could work otherwise.
    fn unless_it_works(&self) -> Safety {
        if self.fails { Safe } else { Unsafe }
    }

    fn host(&self) -> Option<&str> {
        self.connection.host.as_str().filter(|host| !host.is_empty())
    }

    /// The region that the connection itself names.
    pub fn known_region(&self) -> Option<&str> {
        let of_extra = self
            .case
            .extra_value("region")
            .or_else(|| self.case.extra_value("region_name"))
            .and_then(Value::as_str);
        of_extra
            .filter(|r| !r.is_empty())
            .or_else(|| true_region(self.host()?))
            .filter(|r| syntax::is_known_region(r))
    }

    fn set(&self, safety: Safety, pointer: &str, value: Value<'static>) -> Option<Fix> {
        self.case.fix(safety, vec![Change::Set(pointer.to_string(), value)])
    }

    fn rename(&self, safety: Safety, pointer: &str, to: &str) -> Option<Fix> {
        self.case.extra_value(to).is_none().then(|| {
            self.case.fix(safety, vec![Change::Rename(pointer.to_string(), to.to_string())])
        })?
    }

    /// A JSON boolean; where only text can be said, one that is false anyway goes.
    fn truth(&self, safety: Safety, pointer: &str, value: bool) -> Option<Fix> {
        let pairs = self.case.uri().is_some() && self.case.places().extra_text().is_none();
        if !value && pairs && FALSE_BY_DEFAULT.contains(&key(pointer)) {
            return self.case.fix(safety, vec![Change::Remove(pointer.to_string())]);
        }
        self.set(safety, pointer, Value::Bool(value))
    }

    /// TLS that was asked for. What asks for none is left as it is.
    fn tls(&self, pointer: &str) -> Option<Fix> {
        if spells(self.case.extra_value("ssl")?) != Spells::True {
            return None;
        }
        if self.case.uri().is_some() {
            // TLS is on where nothing is said.
            return self.case.fix(Safe, vec![Change::Remove(pointer.to_string())]);
        }
        self.set(Safe, pointer, Value::Bool(true))
    }

    fn sslmode(&self, pointer: &str) -> Option<Fix> {
        let written = self.case.extra_value("sslmode")?.as_str()?;
        let meant = written.trim().to_ascii_lowercase().replace('_', "-");
        match meant.as_str() {
            "verify-ca" | "verify-full" if meant == written => None,
            "verify-ca" | "verify-full" => self.set(Safe, pointer, Value::text(meant)),
            // It is ignored today: without it, nothing changes.
            _ => self.case.fix(Safe, vec![Change::Remove(pointer.to_string())]),
        }
    }

    /// An extra that the driver refuses: under the name that it has there, if that is known. It is
    /// taken away only where nobody knows what was meant by it.
    fn unknown_argument(&self, pointer: &str, meant: Option<&'static str>) -> Option<Fix> {
        let key = last_key(pointer);
        if key == "serverless_token_duration_seconds" {
            return self.case.fix(Safe, vec![Change::Remove(pointer.to_string())]);
        }
        let owner = match self.connection.type_str() {
            "postgres" => Owner::Libpq(self.postgres),
            _ => Owner::Driver(self.driver),
        };
        if let Some(name) = owner.same(&key) {
            let changes = match owner.value_of(name, self.case.extra_value(&key)?) {
                Some(value) => vec![
                    Change::Rename(pointer.to_string(), name.to_string()),
                    Change::Set(format!("/extra/{name}"), value),
                ],
                None if owner.takes_as_it_is(name) => {
                    vec![Change::Rename(pointer.to_string(), name.to_string())]
                }
                None => return None,
            };
            let free = self.case.extra_value(name).is_none();
            return free.then(|| self.case.fix(self.unless_it_works(), changes))?;
        }
        // With a role these two belong to the AWS connection: AC504 moves them.
        if self.case.extra_value("role_arn").is_some() && key == "region_name" {
            return self.role();
        }
        match meant {
            Some(argument) => self.rename(Unsafe, pointer, argument),
            None if meant::is_known(&key) => None,
            None => self.case.fix(Unsafe, vec![Change::Remove(pointer.to_string())]),
        }
    }

    /// One name is a list of one; several are a list if somebody says so.
    fn list(&self, pointer: &str) -> Option<Fix> {
        let text = self.case.extra_value(key(pointer))?.as_str()?;
        if let Ok(node) = loads(text)
            && let Value::List(items) = &node.value
            && items.iter().all(|item| item.value.as_str().is_some())
        {
            return self.set(Safe, pointer, node.value.into_owned());
        }
        let names: Vec<Node<'static>> = text
            .split([',', ' '])
            .filter(|name| !name.is_empty())
            .map(|name| Node::bare(Value::text(name)))
            .collect();
        self.set(if names.len() == 1 { Safe } else { Unsafe }, pointer, Value::List(names))
    }

    fn port(&self, pointer: &str) -> Option<Fix> {
        let value = if pointer == "/port" {
            Some(&self.connection.port)
        } else {
            self.case.extra_value("port")
        };
        let port: i64 = value?.as_str()?.trim().parse().ok().filter(|n| (1..=65535).contains(n))?;
        // A URI has a place for a number.
        let free = self.connection.port.is_null()
            || matches!(self.connection.port, Value::Int(n) if n == port);
        if pointer != "/port" && self.case.uri().is_some() && free {
            return self.case.fix(
                Safe,
                vec![
                    Change::Remove(pointer.to_string()),
                    Change::Set("/port".to_string(), Value::Int(port)),
                ],
            );
        }
        self.set(Safe, pointer, Value::Int(port))
    }

    fn number_or_boolean(&self, pointer: &str) -> Option<Fix> {
        let text = self.case.extra_value(key(pointer))?.as_str()?.trim();
        if let Ok(number) = text.parse::<i64>() {
            return self.set(Safe, pointer, Value::Int(number));
        }
        match text.to_ascii_lowercase().as_str() {
            "true" => self.set(Safe, pointer, Value::Bool(true)),
            "false" => self.set(Safe, pointer, Value::Bool(false)),
            _ => None,
        }
    }

    fn aws_extra(&self, at: &str, right: &str) -> Option<Fix> {
        let name = last_key(at);
        if at.starts_with("/extra/session_kwargs/") {
            let session = self.case.extra_value("session_kwargs")?.as_dict()?;
            let value = session.get(&name)?.value.clone();
            let to = format!("/extra/{right}");
            let free = self.case.extra_value(right).is_none();
            return free.then(|| {
                self.case.fix(Unsafe, vec![Change::Set(to, value), Change::Remove(at.to_string())])
            })?;
        }
        if !at.starts_with("/extra/") {
            return None;
        }
        let value = self.case.extra_value(&name)?.clone();
        if name == "region" {
            // S3ToRedshiftOperator reads it for COPY, and nothing else does: it stays.
            let free = self.case.extra_value(right).is_none();
            return free.then(|| self.set(Unsafe, &format!("/extra/{right}"), value))?;
        }
        // Today region and credentials come from elsewhere, and may be good.
        if RENAMED_AWS.contains(&right) {
            return self.rename(Unsafe, at, right);
        }
        if let Some(argument) = right.strip_prefix("assume_role_kwargs/") {
            let given = self
                .case
                .extra_value("assume_role_kwargs")
                .and_then(Value::as_dict)
                .is_some_and(|d| d.get(argument).is_some());
            let to = format!("/extra/assume_role_kwargs/{argument}");
            return (!given).then(|| {
                self.case.fix(Unsafe, vec![Change::Set(to, value), Change::Remove(at.to_string())])
            })?;
        }
        if matches!(name.as_str(), "aws_account_id" | "aws_iam_role") {
            let part = |key: &str| self.case.extra_value(key).and_then(Value::as_str);
            let arn =
                format!("arn:aws:iam::{}:role/{}", part("aws_account_id")?, part("aws_iam_role")?);
            let free = self.case.extra_value("role_arn").is_none() && syntax::is_role_arn(&arn);
            let changes = vec![
                Change::Set("/extra/role_arn".to_string(), Value::text(arn)),
                Change::Remove("/extra/aws_account_id".to_string()),
                Change::Remove("/extra/aws_iam_role".to_string()),
            ];
            return free.then(|| self.case.fix(Unsafe, changes))?;
        }
        let renames = matches!(right, "endpoint_url")
            || right == "role_arn" && value.as_str().is_some_and(syntax::is_role_arn);
        renames.then(|| self.rename(Unsafe, at, right))?
    }

    /// The keys of `session_kwargs` where they are read first; only if they are all that it has and
    /// nothing is there yet.
    fn session_keys(&self) -> Option<Fix> {
        let session = self.case.extra_value("session_kwargs")?.as_dict()?;
        let mut changes = Vec::new();
        for (key, member) in session.named() {
            let read =
                matches!(key, "aws_access_key_id" | "aws_secret_access_key" | "aws_session_token");
            if !read || self.case.extra_value(key).is_some() {
                return None;
            }
            changes.push(Change::Set(format!("/extra/{key}"), member.node.value.clone()));
        }
        let alone = !self.connection.login.truthy()
            && !self.connection.password.expose().truthy()
            && !changes.is_empty();
        changes.push(Change::Remove("/extra/session_kwargs".to_string()));
        alone.then(|| self.case.fix(Safe, changes)).flatten()
    }

    fn workgroup(&self) -> Option<Fix> {
        let HostKind::Serverless { workgroup: Some(workgroup), .. } = read_host(self.host()?)
        else {
            return None;
        };
        self.set(Safe, "/extra/serverless_work_group", Value::text(workgroup))
    }

    fn serverless(&self, host: &Place) -> Option<Fix> {
        let HostKind::Serverless { workgroup: Some(workgroup), .. } = read_host(self.host()?)
        else {
            return None;
        };
        if host.pointer != "/host" || self.connection.type_str() != "redshift" {
            return None;
        }
        let mut changes = vec![Change::Set("/extra/is_serverless".to_string(), Value::Bool(true))];
        if self.case.extra_value("serverless_work_group").is_none() {
            changes.push(Change::Set(
                "/extra/serverless_work_group".to_string(),
                Value::text(workgroup),
            ));
        }
        self.case.fix(Unsafe, changes)
    }

    fn field_from_extra(&self, field: &str, extra: &str) -> Option<Fix> {
        let value = self.case.extra_value(extra)?.as_str().filter(|v| !v.is_empty())?;
        self.set(Safe, field, Value::text(value))
    }

    /// A host that holds a scheme, a port or a database: each goes where it belongs, if that is
    /// free.
    fn host_parts(&self, at: &str) -> Option<Fix> {
        let written = self.host().filter(|_| at == "/host")?.trim();
        let rest = written.split_once("://").map_or(written, |(_, rest)| rest);
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        if host.is_empty()
            || !host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        {
            return None;
        }
        let mut changes = vec![Change::Set("/host".to_string(), Value::text(host))];
        if !port.is_empty() {
            let number: i64 = port.parse().ok().filter(|n| (1..=65535).contains(n))?;
            match &self.connection.port {
                Value::Null => changes.push(Change::Set("/port".to_string(), Value::Int(number))),
                Value::Int(same) if *same == number => {}
                _ => return None,
            }
        }
        let database = path.trim_end_matches('/');
        match self.connection.schema.as_str().unwrap_or_default() {
            _ if database.is_empty() => {}
            _ if !syntax::is_db_user(database) => return None,
            "" => changes.push(Change::Set("/schema".to_string(), Value::text(database))),
            same if same == database => {}
            _ => return None,
        }
        self.case.fix(Safe, changes)
    }

    fn region(&self, place: &Place) -> Option<Fix> {
        let connection = match &place.conn_id {
            Some(_) => self.aws.as_ref()?.1,
            None => self.connection,
        };
        let written = extra_of(connection)?
            .get(key(&place.pointer))?
            .value
            .as_str()?
            .trim()
            .to_ascii_lowercase()
            .replace(['_', ' '], "-");
        if !syntax::is_known_region(&written) {
            return None;
        }
        match &place.conn_id {
            Some(_) => {
                let change = Change::SetIn(
                    self.aws.as_ref()?.0,
                    place.pointer.clone(),
                    Value::text(written),
                );
                Some(Fix { safety: Unsafe, entry: self.case.index, changes: vec![change] })
            }
            None => {
                // What stands in for AWS at an address of its own may take any name of a region.
                let has = |key: &str| self.case.extra_value(key).is_some_and(Value::truthy);
                let safety = if has("endpoint_url") || has("service_config") {
                    Unsafe
                } else {
                    self.unless_it_works()
                };
                self.set(safety, &place.pointer, Value::text(written))
            }
        }
    }
}

/// The pointer of a place in the connection itself.
fn own(place: &Place) -> Option<&str> {
    place.conn_id.is_none().then_some(place.pointer.as_str())
}

fn key(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

pub fn extra_of(connection: &Connection) -> Option<&Dict<'static>> {
    decoded(&connection.extra)?.value.as_dict()
}
