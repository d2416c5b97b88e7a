//! Which Airflow reads: the supported runtimes and what each does differently, as data.
//!
//! [`CHANGES`] lists every change of behaviour with the first version that has it; a [`Runtime`] is a version, a side, and the
//! [`Behaviour`] that the changes up to that version add up to. Code asks the behaviour, never the version.
//! Recorded from the versions in [`RUNTIMES`]; each change was seen on both of its sides.

use std::fmt;

/// An Airflow version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16, pub u16, pub u16);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Which process reads: from Airflow 3 on, servers use the core class and task workers the Task SDK's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Scheduler, API server, CLI: `airflow.models.Connection`.
    Server,
    /// A task: `airflow.sdk.Connection`. Before Airflow 3 the same as the server.
    Worker,
}

/// How `[…]` in a netloc is checked by `urlsplit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brackets {
    /// Only that both are there.
    Paired,
    /// What stands between the first `[` and the next `]`, wherever.
    Anywhere,
}

/// What `get_uri` does without a `conn_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoType {
    /// Writes `none://`.
    None,
    /// TypeError.
    Raises,
    /// Writes `//`.
    Empty,
}

/// Which conn_ids `Connection()` keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdCheck {
    /// All.
    None,
    /// 1 to 250 of `[A-Za-z0-9_#!().:/\-]`, others become None.
    Ascii,
    /// The same with Unicode word characters; one trailing newline is cut off.
    Unicode,
}

/// Everything in which runtimes differ. The names say what holds when a switch is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    // Python's standard library
    /// `urlsplit` strips leading C0 characters and spaces.
    pub strips_leading_blanks: bool,
    /// A scheme must start with an ASCII letter.
    pub scheme_starts_with_letter: bool,
    /// `a:1` has no scheme.
    pub digits_after_colon_are_port: bool,
    /// A port may be anything that `int()` takes.
    pub port_by_int: bool,
    /// The check of brackets.
    pub brackets: Brackets,
    // reading a URI
    /// `;…` after the last path segment is cut off for some schemes.
    pub cuts_params: bool,
    /// `type://protocol://host`, and an error for more than two `://`.
    pub host_protocol: bool,
    /// `__extra__` in the query is the whole extra.
    pub extra_key: bool,
    /// Query values are decoded as JSON where they can be.
    pub json_query: bool,
    // the constructor
    /// The Task SDK's class: fields are kept as given, nothing is checked.
    pub sdk: bool,
    /// `description` is a field.
    pub description: bool,
    /// An extra that is not text is written as JSON.
    pub dumps_extra: bool,
    /// `uri` together with other fields raises.
    pub refuses_mix: bool,
    /// `uri` is a parameter.
    pub uri_parameter: bool,
    /// `Connection(uri=…)` keeps extra as a dict instead of its text.
    pub uri_keeps_dict: bool,
    /// `team_name` is a parameter.
    pub team_name: bool,
    /// Extra is read when a connection is made: integers and nesting beyond Python's limits raise, other faults only warn.
    pub reads_extra: bool,
    /// Extra must be a JSON object.
    pub strict_extra: bool,
    /// What becomes of conn_ids.
    pub id_check: IdCheck,
    // get_uri, from_json, as_json
    /// Without a conn_type.
    pub no_type: NoType,
    /// conn_type that is no text: AttributeError instead of TypeError.
    pub type_attribute_error: bool,
    /// A host whose protocol is the conn_type is quoted whole.
    pub quotes_same_protocol: bool,
    /// `@` is not written twice when there is a login but no host.
    pub single_at: bool,
    /// `/?` instead of `?` when there is no schema.
    pub slash_before_query: bool,
    /// Only extras whose values are all text become a query.
    pub flat_text_only: bool,
    /// The log masker refuses lone surrogates in extra.
    pub masker_refuses_surrogates: bool,
    /// `get_uri` reads extra before anything else.
    pub extra_first: bool,
    /// `get_uri` goes on after a TypeError from extra.
    pub swallows_type_error: bool,
    /// `from_json` exists.
    pub from_json: bool,
    /// `as_json` exists.
    pub as_json: bool,
    /// `from_uri` exists (the SDK had none at first).
    pub from_uri: bool,
    /// The constructor needs a conn_type.
    pub type_required: bool,
    // secrets backends
    /// An environment value may be JSON.
    pub env_json: bool,
    /// The environment backend hands out objects of the core class even to a worker.
    pub env_is_core: bool,
    // files
    /// `.yaml` is read.
    pub yaml: bool,
    /// `.yml` is read.
    pub yml: bool,
    /// Only ASCII blanks may stand before the `#` of a comment in `.env`.
    pub env_ascii_comments: bool,
    /// `.env` lines split at the first `=`, and an empty value is an error.
    pub env_first_equals: bool,
    /// An empty key in `.env` is an error.
    pub env_empty_key_refused: bool,
    /// An unknown extension has an exception type of its own.
    pub unsupported_file_type: bool,
    /// A list of connections under one id must have one element.
    pub unique_in_file: bool,
    /// `extra_dejson` is a key.
    pub extra_dejson_key: bool,
    /// `team_id` is a key.
    pub team_id_key: bool,
    /// Any JSON error makes a parse error of the file.
    pub wraps_json_errors: bool,
    /// A wrong type of `conn_id` in a file raises TypeError.
    pub concatenates_conn_id: bool,
    // export
    /// `connections export` exists.
    pub export: bool,
    /// Exports have the order conn_type, description, login, password, host, port, schema, extra.
    pub login_first: bool,
    /// `--serialization-format json`.
    pub export_env_json: bool,
    // ids
    /// `validate_key` refuses `..`.
    pub refuses_double_dot: bool,
}

/// Airflow 1.10.15 on Python 3.7.
const OLDEST: Behaviour = Behaviour {
    strips_leading_blanks: false,
    scheme_starts_with_letter: false,
    digits_after_colon_are_port: true,
    port_by_int: true,
    brackets: Brackets::Paired,
    cuts_params: true,
    host_protocol: false,
    extra_key: false,
    json_query: false,
    sdk: false,
    description: false,
    dumps_extra: false,
    refuses_mix: false,
    uri_parameter: true,
    uri_keeps_dict: false,
    team_name: false,
    reads_extra: false,
    strict_extra: false,
    id_check: IdCheck::None,
    no_type: NoType::None,
    type_attribute_error: false,
    quotes_same_protocol: false,
    single_at: false,
    slash_before_query: false,
    flat_text_only: false,
    masker_refuses_surrogates: false,
    extra_first: false,
    swallows_type_error: false,
    from_json: false,
    as_json: false,
    from_uri: true,
    type_required: false,
    env_json: false,
    env_is_core: false,
    yaml: false,
    yml: false,
    env_ascii_comments: false,
    env_first_equals: false,
    env_empty_key_refused: false,
    unsupported_file_type: false,
    unique_in_file: false,
    extra_dejson_key: false,
    team_id_key: false,
    wraps_json_errors: true,
    concatenates_conn_id: true,
    export: false,
    login_first: false,
    export_env_json: false,
    refuses_double_dot: false,
};

/// A change of behaviour.
pub struct Change {
    /// The first version that has it.
    pub since: Version,
    /// Where: `None` is on both sides.
    pub side: Option<Side>,
    /// What, in words.
    pub what: &'static str,
    apply: fn(&mut Behaviour),
}

macro_rules! changes {
    ($($major:literal . $minor:literal . $patch:literal $side:ident $what:literal { $($switch:ident = $value:expr),* $(,)? })*) => {
        &[$(Change {
            since: Version($major, $minor, $patch),
            side: changes!(@ $side),
            what: $what,
            apply: |b| { $(b.$switch = $value;)* },
        }),*]
    };
    (@ both) => { None };
    (@ server) => { Some(Side::Server) };
    (@ worker) => { Some(Side::Worker) };
}

/// Every change, oldest first. Changes of Python's library stand at the first Airflow that was recorded on the newer Python
/// (3.7 for 1.10, 3.8 for 2.0, 3.10 for 2.3, 3.11 for 2.6; 3.12 reads as 3.11 does).
pub static CHANGES: &[Change] = changes! {
    2 . 0 . 0 both "Python 3.8: leading blanks of a URI are stripped" { strips_leading_blanks = true }
    2 . 0 . 0 both "description, YAML files, extra_dejson, export; uri with other fields and duplicates in a file are refused" {
        description = true, yaml = true, extra_dejson_key = true, export = true, refuses_mix = true, unique_in_file = true,
        wraps_json_errors = false, concatenates_conn_id = false,
    }
    2 . 1 . 0 both "__extra__ is read and written" { extra_key = true }
    2 . 1 . 1 both "an extra that is a dict or list is written as JSON" { dumps_extra = true }
    2 . 2 . 5 both ".env lines split at the first =; an empty value is an error" { env_first_equals = true }
    2 . 3 . 0 both "Python 3.10: ports are ASCII digits; a:1 has a scheme" { port_by_int = false, digits_after_colon_are_port = false }
    2 . 3 . 0 both "from_json, JSON in environment values, .yml files, the present order of exports; extra is read at once" {
        from_json = true, reads_extra = true, env_json = true, yml = true, login_first = true, export_env_json = true, no_type = NoType::Raises,
    }
    2 . 3 . 3 both "/? before a query without a schema; @ is written once" { slash_before_query = true, single_at = true }
    2 . 5 . 0 both ";params of the path are kept" { cuts_params = false }
    2 . 5 . 1 both "no conn_type is written as //" { no_type = NoType::Empty }
    2 . 6 . 0 both "Python 3.11: a scheme starts with a letter; brackets hold an IP address" {
        scheme_starts_with_letter = true, brackets = Brackets::Anywhere,
    }
    2 . 6 . 3 both "hosts with a protocol; more than two :// are refused; RE2 for the log masker and for comments" {
        host_protocol = true, masker_refuses_surrogates = true, env_ascii_comments = true,
    }
    2 . 8 . 0 both "as_json" { as_json = true }
    2 . 8 . 2 both "unfit conn_ids become None" { id_check = IdCheck::Ascii }
    3 . 0 . 0 both "extra must be a JSON object; conn_ids may be Unicode" {
        strict_extra = true, id_check = IdCheck::Unicode, masker_refuses_surrogates = false, env_ascii_comments = false,
    }
    3 . 0 . 0 worker "the Task SDK's class: a conn_type is needed; no from_uri, from_json, as_json; environment values give core objects" {
        sdk = true, dumps_extra = false, reads_extra = false, strict_extra = false, id_check = IdCheck::None, uri_parameter = false, env_is_core = true,
        from_uri = false, from_json = false, as_json = false, type_required = true, swallows_type_error = true,
    }
    3 . 1 . 0 both "a host whose protocol is the conn_type is quoted; .env refuses empty keys; team_id in files" {
        quotes_same_protocol = true, env_empty_key_refused = true, unsupported_file_type = true, team_id_key = true,
    }
    3 . 1 . 0 server "only extras whose values are all text become a query" { flat_text_only = true }
    3 . 1 . 0 worker "from_uri, from_json, as_json" { from_uri = true, from_json = true, as_json = true }
    3 . 1 . 6 server "query values are decoded as JSON" { json_query = true }
    3 . 1 . 8 worker "conn_type may be missing" { type_required = false }
    3 . 2 . 0 server "team_name" { team_name = true, team_id_key = false }
    3 . 2 . 0 worker "uri is a parameter, with which extra becomes a dict; environment values give SDK objects" {
        uri_parameter = true, uri_keeps_dict = true, env_is_core = false, type_attribute_error = true, team_id_key = false,
    }
    3 . 3 . 0 both "ids with .. are refused" { refuses_double_dot = true }
    3 . 3 . 0 worker "Connection(uri=) keeps the text of extra" { uri_keeps_dict = false }
    3 . 3 . 2 worker "get_uri reads extra first" { extra_first = true, swallows_type_error = false }
};

/// A version that was recorded, and whether its worker was too.
pub struct Recorded {
    /// The version.
    pub version: Version,
    /// The worker reads with a class of its own, which was recorded as well.
    pub worker: bool,
}

/// The versions that were run, oldest first.
pub static RUNTIMES: &[Recorded] = &[
    Recorded { version: Version(1, 10, 15), worker: false },
    Recorded { version: Version(2, 0, 2), worker: false },
    Recorded { version: Version(2, 1, 4), worker: false },
    Recorded { version: Version(2, 2, 5), worker: false },
    Recorded { version: Version(2, 3, 4), worker: false },
    Recorded { version: Version(2, 4, 3), worker: false },
    Recorded { version: Version(2, 5, 3), worker: false },
    Recorded { version: Version(2, 6, 3), worker: false },
    Recorded { version: Version(2, 7, 3), worker: false },
    Recorded { version: Version(2, 8, 4), worker: false },
    Recorded { version: Version(2, 9, 3), worker: false },
    Recorded { version: Version(2, 10, 5), worker: false },
    Recorded { version: Version(2, 11, 2), worker: false },
    Recorded { version: Version(3, 0, 6), worker: false },
    Recorded { version: Version(3, 1, 8), worker: true },
    Recorded { version: Version(3, 2, 2), worker: true },
    Recorded { version: Version(3, 3, 2), worker: true },
];

/// The Airflow that reads a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// Its version.
    pub version: Version,
    /// Which of its processes.
    pub side: Side,
    /// What it does.
    pub behaviour: Behaviour,
}

/// Why a version was not understood, or what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// As asked.
    Exact(Version),
    /// Newer than anything recorded: the newest is used.
    Newest(Version),
    /// Older than anything recorded: the oldest is used.
    Oldest(Version),
}

impl Runtime {
    /// The runtime of a version and side. Before Airflow 3 both sides are one.
    pub fn new(version: Version, side: Side) -> Runtime {
        let side = if version < Version(3, 0, 0) { Side::Server } else { side };
        let mut behaviour = OLDEST;
        let due = CHANGES.iter().filter(|c| c.since <= version && c.side.is_none_or(|s| s == side));
        due.for_each(|change| (change.apply)(&mut behaviour));
        Runtime { version, side, behaviour }
    }

    /// The newest recorded Airflow.
    pub fn newest(side: Side) -> Runtime {
        Runtime::new(RUNTIMES[RUNTIMES.len() - 1].version, side)
    }

    /// Every recorded runtime, oldest first.
    pub fn recorded() -> impl Iterator<Item = Runtime> {
        RUNTIMES.iter().flat_map(|r| {
            let worker = r.worker.then(|| Runtime::new(r.version, Side::Worker));
            std::iter::once(Runtime::new(r.version, Side::Server)).chain(worker)
        })
    }

    /// `2.11.2`, or from Airflow 3 on `3.3.2/server`.
    pub fn name(&self) -> String {
        match self.side {
            _ if self.version < Version(3, 0, 0) => self.version.to_string(),
            Side::Server => format!("{}/server", self.version),
            Side::Worker => format!("{}/worker", self.version),
        }
    }

    /// What the environment backend of this runtime builds connections with: itself, or for the first workers the core.
    pub fn of_environment(&self) -> std::borrow::Cow<'_, Runtime> {
        if self.behaviour.env_is_core {
            std::borrow::Cow::Owned(Runtime::new(self.version, Side::Server))
        } else {
            std::borrow::Cow::Borrowed(self)
        }
    }
}

impl Version {
    /// Reads `3.3.2`, `3.3` (its newest recorded patch), `3`, `v2.10`, `2.10.0rc1`.
    pub fn parse(text: &str) -> Option<Resolved> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = Vec::new();
        for part in text.split('.') {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            let last = digits < part.len();
            let suffix = &part[digits..];
            let release = ["a", "b", "rc", "dev", "post", "+", "-"].iter().any(|s| suffix.starts_with(s));
            if last && !(release && parts.len() == 2) {
                return None;
            }
            parts.push(part[..digits].parse::<u16>().ok()?);
            if last {
                break;
            }
        }
        let newest = RUNTIMES[RUNTIMES.len() - 1].version;
        let known = |keep: &dyn Fn(&Version) -> bool| RUNTIMES.iter().map(|r| r.version).rfind(keep);
        let version = match *parts {
            [major] => known(&|v| v.0 == major).unwrap_or(Version(major, u16::MAX, 0)),
            [major, minor] => known(&|v| (v.0, v.1) == (major, minor)).unwrap_or(Version(major, minor, 0)),
            [major, minor, patch] => Version(major, minor, patch),
            _ => return None,
        };
        Some(match version {
            v if v > newest => Resolved::Newest(newest),
            v if v < RUNTIMES[0].version => Resolved::Oldest(RUNTIMES[0].version),
            v => Resolved::Exact(v),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_map_to_the_behaviour_of_their_change_points() {
        for (text, want) in [
            ("3.3.2", Some(Resolved::Exact(Version(3, 3, 2)))),
            ("3.3", Some(Resolved::Exact(Version(3, 3, 2)))),
            ("3", Some(Resolved::Exact(Version(3, 3, 2)))),
            ("v2.11", Some(Resolved::Exact(Version(2, 11, 2)))),
            ("2.10.0rc1", Some(Resolved::Exact(Version(2, 10, 0)))),
            ("3.4.0", Some(Resolved::Newest(Version(3, 3, 2)))),
            ("3.3.9", Some(Resolved::Newest(Version(3, 3, 2)))),
            ("4", Some(Resolved::Newest(Version(3, 3, 2)))),
            ("1.8", Some(Resolved::Oldest(Version(1, 10, 15)))),
            ("", None),
            ("latest", None),
            ("3.x", None),
            ("3.3.2.1", None),
        ] {
            assert_eq!(Version::parse(text), want, "{text}");
        }
    }

    #[test]
    fn switches_are_dated_to_the_patch() {
        let server = |a, b, c| Runtime::new(Version(a, b, c), Side::Server).behaviour;
        let worker = |a, b, c| Runtime::new(Version(a, b, c), Side::Worker).behaviour;
        assert!(!server(3, 1, 5).json_query && server(3, 1, 6).json_query && !worker(3, 3, 2).json_query);
        assert!(!server(2, 6, 2).host_protocol && server(2, 6, 3).host_protocol);
        assert!(server(3, 1, 2).team_id_key && !server(3, 2, 0).team_id_key);
        assert_eq!(worker(2, 11, 2), server(2, 11, 2));
        assert!(worker(3, 1, 8).env_is_core && !worker(3, 2, 0).env_is_core);
    }

    #[test]
    fn changes_are_in_order_and_every_one_changes_something() {
        assert!(CHANGES.is_sorted_by_key(|c| c.since));
        for change in CHANGES {
            let side = change.side.unwrap_or(Side::Server);
            let Version(major, minor, patch) = change.since;
            let before = if patch > 0 { Version(major, minor, patch - 1) } else { Version(major, minor.wrapping_sub(1), 99) };
            let before = if minor == 0 && patch == 0 { Version(major - 1, 99, 99) } else { before };
            assert_ne!(Runtime::new(before, side).behaviour, Runtime::new(change.since, side).behaviour, "{}", change.what);
        }
    }

    #[test]
    fn twenty_runtimes_are_recorded() {
        assert_eq!(Runtime::recorded().count(), 20);
        assert_eq!(Runtime::recorded().last().map(|r| r.name()), Some("3.3.2/worker".to_string()));
    }
}
