//! What runtimes read differently in two texts.

use std::collections::{BTreeMap, BTreeSet};

use airconn::airflow::python::json_loads::loads;
use airconn::airflow::runtime::Runtime;
use airconn::check::{Change, Finding, key_of, pointer, text_of};
use airconn::model::{Connection, FIELDS, Value};
use airconn::source::Source;

use super::Input;

/// A connection of a text: its id, and what a runtime reads, unless it raises.
pub(crate) struct Read {
    pub(crate) id: Option<String>,
    pub(crate) scope: u32,
    pub(crate) connection: Option<Connection>,
}

/// A text as every runtime reads it.
pub(crate) struct Reading(pub(crate) Vec<(Runtime, Vec<Read>)>);

impl Reading {
    pub(crate) fn of(input: &Input<'_>, text: &str) -> Reading {
        let source = Source::new("x", text);
        let text = text_of(&source, input.skip);
        let read = |runtime: Runtime| {
            let entries = (input.format.read)(&text, &runtime).entries;
            let read = entries.into_iter().map(|e| Read {
                connection: e.parse(&runtime).ok(),
                scope: e.scope,
                id: e.conn_id,
            });
            let read = read.collect();
            (runtime, read)
        };
        let aimed = input
            .aim
            .iter()
            .filter(|aim| Runtime::recorded().all(|runtime| runtime.name() != aim.name()));
        Reading(Runtime::recorded().chain(aimed.cloned()).map(read).collect())
    }

    /// As the last of those that are aimed at reads it: numbers of connections are its.
    pub(crate) fn aimed(&self, input: &Input<'_>) -> &[Read] {
        let last = input.aim.last().expect("somebody reads").name();
        self.0.iter().find(|(runtime, _)| runtime.name() == last).map_or(&[], |(_, read)| read)
    }
}

/// What tells a connection from others: its id and scope, or its number.
type Key = (Option<String>, u32, usize);

fn key(read: &[Read], number: usize) -> Key {
    match read.get(number) {
        Some(Read { id: Some(id), scope, .. }) => (Some(id.clone()), *scope, 0),
        _ => (None, 0, number),
    }
}

/// What repairs may change: the connections with the pointers into each, and the ids of connections
/// that were added.
#[derive(Default)]
pub(crate) struct Named {
    members: BTreeMap<Key, BTreeSet<String>>,
    added: BTreeSet<String>,
}

/// Rules whose findings name more than the place they stand at, and what.
static MORE: &[(&str, &[&str])] = &[
    // The quotes, the `export`, the JSON, the encoding hold the whole connection.
    ("AC109", &[""]),
    ("AC110", &[""]),
    ("AC801", &[""]),
    ("AC802", &[""]),
    ("AC804", &[""]),
    // What a raw delimiter has cut is read as something else.
    ("AC201", &["/login", "/password", "/host", "/port", "/schema", "/extra"]),
    ("AC204", &["/login", "/password", "/host", "/port", "/schema", "/extra"]),
    // A port goes where a port belongs, parts of a host too.
    ("AC408", &["/port"]),
    ("AC213", &["/host", "/port", "/schema"]),
    // What a hook for HTTP makes one URL of.
    ("AC415", &["/host", "/port", "/schema"]),
    // The message names these together.
    (
        "AC405",
        &[
            "/password",
            "/extra/aws_access_key_id",
            "/extra/aws_secret_access_key",
            "/extra/aws_session_token",
        ],
    ),
    ("AC504", &["/extra/role_arn", "/extra/region_name", "/extra/iam"]),
    ("AC503", &["/extra/role_arn", "/extra/region_name", "/extra/iam"]),
    ("AC512", &["/extra/is_serverless", "/extra/serverless_work_group"]),
    (
        "AC602",
        &[
            "/extra/aws_account_id",
            "/extra/aws_iam_role",
            "/extra/role_arn",
            "/extra/region_name",
            "/extra/profile_name",
        ],
    ),
    ("AC602", &["/extra/assume_role_kwargs"]),
    ("AC510", &["/extra/region_name"]),
    // The two change places, or come out of one, which a raw `/` in the secret may have cut.
    (
        "AC607",
        &[
            "/login",
            "/password",
            "/extra/aws_access_key_id",
            "/extra/aws_secret_access_key",
            "/extra/access_key_id",
            "/extra/secret_access_key",
            "/host",
            "/port",
            "/schema",
            "/extra",
        ],
    ),
];

/// What these findings name.
pub(crate) fn names(applied: &[Finding], read: &[Read]) -> Named {
    let mut named = Named::default();
    for finding in applied {
        let Some(fix) = &finding.fix else { continue };
        let own = named.members.entry(key(read, fix.entry)).or_default();
        let text = fix.changes.iter().all(|c| matches!(c, Change::Text(_)));
        // A change of text at the whole connection names nothing in it.
        if !finding.pointer.is_empty() || !text {
            own.insert(finding.pointer.clone());
        }
        own.extend(
            MORE.iter()
                .filter(|(rule, _)| *rule == finding.rule)
                .flat_map(|(_, more)| more.iter().map(|m| (*m).to_string())),
        );
        for change in &fix.changes {
            match change {
                Change::Rename(at, to) => {
                    let own = named.members.entry(key(read, fix.entry)).or_default();
                    own.insert(at.clone());
                    own.insert(pointer(at.rsplit_once('/').map_or("", |(parent, _)| parent), to));
                }
                // A name that is not shown stands in the finding as stars.
                Change::Set(at, _) | Change::Remove(at) if finding.pointer.contains('*') => {
                    _ = named.members.entry(key(read, fix.entry)).or_default().insert(at.clone());
                }
                Change::SetIn(entry, at, _) => {
                    _ = named.members.entry(key(read, *entry)).or_default().insert(at.clone())
                }
                Change::Add(id, _) => _ = named.added.insert(id.to_lowercase()),
                _ => {}
            }
        }
    }
    named
}

/// The members of a connection, those of extra by their pointers.
fn members(connection: &Connection) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for field in FIELDS.iter().filter(|field| **field != "extra") {
        let value = connection.field(field).expect("a field");
        all.insert(format!("/{field}"), format!("{} {}", value.type_name(), shown(value)));
    }
    let extra = connection.extra.expose();
    let read = match extra {
        Value::Str(text) => {
            text.as_str().and_then(|text| loads(text).ok()).map(|node| node.value.into_owned())
        }
        other => Some(other.clone()),
    };
    match read {
        Some(value) => flatten("/extra", &value, &mut all),
        None => _ = all.insert("/extra".to_string(), shown(extra)),
    }
    all
}

fn shown(value: &Value<'_>) -> String {
    airconn::airflow::python::json_dumps::dumps(value)
        .unwrap_or_else(|_| value.type_name().to_string())
}

fn flatten(at: &str, value: &Value<'_>, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Dict(dict) if dict.iter().next().is_some() => {
            for (key, node) in dict.named() {
                flatten(&pointer(at, key), &node.node.value, all);
            }
        }
        Value::Dict(_) | Value::Null => _ = all.insert(at.to_string(), String::new()),
        other => _ = all.insert(at.to_string(), format!("{} {}", other.type_name(), shown(other))),
    }
}

/// The pointers at which two connections differ. An empty extra, null and none are one.
pub(crate) fn differing(before: &Connection, after: &Connection) -> Vec<String> {
    let (old, new) = (members(before), members(after));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let empty = |value: Option<&String>| value.is_none_or(String::is_empty);
    let differ = |key: &&&String| {
        let (old, new) = (old.get(**key), new.get(**key));
        old != new && !(empty(old) && empty(new))
    };
    keys.iter().filter(differ).map(|key| (**key).clone()).collect()
}

/// `***` in a pointer is a name that is not shown.
fn covers(named: &str, at: &str) -> bool {
    let (named, at): (Vec<&str>, Vec<&str>) = (named.split('/').collect(), at.split('/').collect());
    named.iter().zip(&at).all(|(n, a)| n == a || n.contains("***"))
}

/// An extra that is a text on one side, and on the other what JSON reads from that text.
fn is_retyped(before: &Connection, after: &Connection, at: &str) -> bool {
    let Some(name) = at.strip_prefix("/extra/").and_then(|rest| rest.split('/').next()) else {
        return false;
    };
    let value = |c: &Connection| match c.extra.expose() {
        Value::Str(text) => loads(text.as_str()?)
            .ok()?
            .value
            .as_dict()?
            .get(&key_of(name))
            .map(|node| node.value.clone().into_owned()),
        _ => None,
    };
    let read = |text: &Value<'_>| {
        text.as_str().and_then(|text| loads(text).ok()).map(|node| node.value.into_owned())
    };
    let (Some(before), Some(after)) = (value(before), value(after)) else { return false };
    read(&before).is_some_and(|value| value == after)
        || read(&after).is_some_and(|value| value == before)
}

/// Of each runtime what it reads otherwise and nobody named. One that is not aimed at and takes the
/// text for something else than a connection has no say. Where a change that somebody decided on
/// brings a query into `__extra__`, all its values get one type.
pub(crate) fn changed(
    before: &Reading,
    after: &Reading,
    named: &Named,
    input: &Input<'_>,
    safe: bool,
) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for ((runtime, before), (_, after)) in before.0.iter().zip(&after.0) {
        let aimed = input.aim.iter().any(|aim| aim.name() == runtime.name());
        let new = |read: &&Read| {
            !read.id.as_ref().is_some_and(|id| named.added.contains(&id.to_lowercase()))
        };
        let after: Vec<&Read> = after.iter().filter(new).collect();
        if before.len() > after.len() {
            wrong.push((
                runtime.name(),
                format!("{} connections, not {}", after.len(), before.len()),
            ));
            continue;
        }
        for (number, old) in before.iter().enumerate() {
            let own = key(before, number);
            let same =
                |new: &&&Read| new.id.is_some() && new.id == old.id && new.scope == old.scope;
            let Some(new) = after.iter().find(same).or(after.get(number)) else { continue };
            let may = || named.members.get(&own).into_iter().flatten();
            match (&old.connection, &new.connection) {
                (Some(old), Some(new)) if aimed || old.conn_type.truthy() => {
                    // In a URI a password stands behind a login, which is empty where there is none.
                    let no_login = !old.login.truthy() && !new.login.truthy();
                    let with_password = || may().any(|m| covers(m, "/password"));
                    let excused = |at: &String| {
                        may().any(|m| covers(m, at))
                            || !runtime.behaviour.extra_key && !aimed && at.starts_with("/extra")
                            || at == "/login" && no_login && with_password()
                            || !safe && is_retyped(old, new, at)
                    };
                    let rest = differing(old, new).into_iter().filter(|at| !excused(at));
                    wrong.extend(
                        rest.map(|at| (runtime.name(), format!("{at} of connection {number}"))),
                    );
                }
                (Some(old), None) if aimed || old.conn_type.truthy() => {
                    wrong.push((runtime.name(), format!("connection {number}: nothing")));
                }
                _ => {}
            }
        }
    }
    wrong
}
