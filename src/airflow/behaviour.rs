//! Everything in which Airflows differ, and since when: the table behind every runtime.

use super::version::{Side, Version};

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
    /// Variables of teams, `AIRFLOW_CONN__TEAM___ID`. A worker asks the API server for them.
    pub team_variables: bool,
    /// Extra is read when a connection is made: integers and nesting beyond Python's limits raise,
    /// other faults only warn.
    pub reads_extra: bool,
    /// Extra must be a JSON object.
    pub strict_extra: bool,
    /// What becomes of conn_ids.
    pub id_check: IdCheck,
    // get_uri, from_json, as_json
    /// Without a conn_type.
    pub no_type: NoType,
    /// conn_type that is not text: AttributeError instead of TypeError.
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
    // surroundings
    /// It runs on SQLAlchemy 2, on which PostgresHook prefers psycopg 3.
    pub sqlalchemy_2: bool,
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
    /// SecretsManagerBackend looks for the fields of a JSON secret under its own words. Not
    /// Airflow's version but that of the Amazon provider decides: see
    /// [`Runtime::with_secret_words`](super::runtime::Runtime::with_secret_words).
    pub secret_words: bool,
    // export
    /// `connections export` exists.
    pub export: bool,
    /// Exports have the order conn_type, description, login, password, host, port, schema, extra.
    pub login_first: bool,
    /// `--serialization-format json`.
    pub export_env_json: bool,
    // command line
    /// `connections --add --conn_id ID --conn_uri …` is refused; 1.10.15 takes it beside
    /// `connections add ID --conn-uri …` (airflow/bin/cli.py).
    pub subcommands: bool,
    /// `connections add` refuses a `--conn-uri` without a netloc, too (`_valid_uri`).
    pub adds_with_netloc: bool,
    /// `connections add` looks at the id with `validate_key`.
    pub adds_checked_ids: bool,
    /// `connections add` stores `generic` for a type that no provider declares.
    pub replaces_types: bool,
    // ids
    /// `validate_key` refuses `..`.
    pub refuses_double_dot: bool,
    // REST API
    /// While a stored connection has the extra `""`, the API answers 500 for it and for every list
    /// that it is in.
    pub empty_extra_breaks_api: bool,
}

impl Behaviour {
    /// Whether both take every text apart alike, and hand an extra to hooks alike. In what else
    /// they differ, that shows in the connection that they make, or only rules about readers ask
    /// for it.
    pub fn parts_like(&self, other: &Behaviour) -> bool {
        let text = |b: &Behaviour| {
            (
                (
                    b.strips_leading_blanks,
                    b.scheme_starts_with_letter,
                    b.digits_after_colon_are_port,
                ),
                (b.port_by_int, b.brackets, b.cuts_params, b.host_protocol, b.extra_key),
                (b.env_json, b.masker_refuses_surrogates, b.sqlalchemy_2, b.secret_words),
            )
        };
        text(self) == text(other)
    }
}

/// Airflow 1.10.15 on Python 3.7.
pub(super) const OLDEST: Behaviour = Behaviour {
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
    team_variables: false,
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
    sqlalchemy_2: false,
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
    secret_words: true,
    export: false,
    login_first: false,
    export_env_json: false,
    subcommands: false,
    adds_with_netloc: true,
    replaces_types: false,
    adds_checked_ids: false,
    refuses_double_dot: false,
    empty_extra_breaks_api: false,
};

/// A change of behaviour.
pub struct Change {
    /// The first version that has it.
    pub since: Version,
    /// Where: `None` is on both sides.
    pub side: Option<Side>,
    /// What, in words.
    pub what: &'static str,
    pub(super) apply: fn(&mut Behaviour),
}

macro_rules! changes {
    ($(
        $major:literal . $minor:literal . $patch:literal $side:ident $what:literal
        { $($switch:ident = $value:expr),* $(,)? }
    )*) => {
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

/// Every change, oldest first. Changes of Python's library stand at the first Airflow that was
/// recorded on the newer Python (3.7 for 1.10, 3.8 for 2.0, 3.10 for 2.3, 3.11 for 2.6; 3.12 reads
/// as 3.11 does).
pub static CHANGES: &[Change] = changes! {
    2 . 0 . 0 both "Python 3.8: leading blanks of a URI are \
                    stripped" { strips_leading_blanks = true }
    2 . 0 . 0 both "description, YAML files, extra_dejson, export; uri with other fields and \
                    duplicates in a file are refused" {
        description = true, yaml = true, extra_dejson_key = true, export = true,
        refuses_mix = true, unique_in_file = true,
        wraps_json_errors = false, concatenates_conn_id = false,
    }
    2 . 0 . 0 both "`connections --add` and options with `_` are refused; `connections add` \
                    stays" { subcommands = true }
    2 . 1 . 0 both "__extra__ is read and written" { extra_key = true }
    2 . 1 . 1 both "an extra that is a dict or list is written as JSON" { dumps_extra = true }
    2 . 2 . 5 both ".env lines split at the first =; an empty value is an \
                    error" { env_first_equals = true }
    2 . 3 . 0 both "Python 3.10: ports are ASCII digits; a:1 has a \
                    scheme" { port_by_int = false, digits_after_colon_are_port = false }
    2 . 3 . 0 both "from_json, JSON in environment values, .yml files, the present order of \
                    exports; extra is read at once" {
        from_json = true, replaces_types = true, reads_extra = true, env_json = true, yml = true,
        login_first = true, export_env_json = true, no_type = NoType::Raises,
    }
    2 . 3 . 3 both "/? before a query without a schema; @ is written \
                    once" { slash_before_query = true, single_at = true }
    2 . 5 . 0 both ";params of the path are kept" { cuts_params = false }
    2 . 5 . 1 both "no conn_type is written as //; `connections add --conn-uri` needs no netloc" {
        no_type = NoType::Empty, adds_with_netloc = false,
    }
    2 . 6 . 0 both "Python 3.11: a scheme starts with a letter; brackets hold an IP address" {
        scheme_starts_with_letter = true, brackets = Brackets::Anywhere,
    }
    2 . 6 . 2 both "`connections add` refuses what `validate_key` does" { adds_checked_ids = true }
    2 . 6 . 3 both "hosts with a protocol; more than two :// are refused; RE2 for the log masker \
                    and for comments" {
        host_protocol = true, masker_refuses_surrogates = true, env_ascii_comments = true,
    }
    2 . 8 . 0 both "as_json" { as_json = true }
    2 . 8 . 2 both "unfit conn_ids become None" { id_check = IdCheck::Ascii }
    3 . 0 . 0 both "extra must be a JSON object; conn_ids may be Unicode" {
        strict_extra = true, id_check = IdCheck::Unicode, masker_refuses_surrogates = false,
        env_ascii_comments = false,
    }
    3 . 0 . 0 worker "the Task SDK's class: a conn_type is needed; no from_uri, from_json, \
                      as_json; environment values give core objects" {
        sdk = true, dumps_extra = false, reads_extra = false, strict_extra = false,
        id_check = IdCheck::None, uri_parameter = false, env_is_core = true,
        from_uri = false, from_json = false, as_json = false, type_required = true,
        swallows_type_error = true,
    }
    3 . 1 . 0 both "a host whose protocol is the conn_type is quoted; .env refuses empty keys; \
                    team_id in files; SQLAlchemy may be 2" {
        quotes_same_protocol = true, env_empty_key_refused = true, unsupported_file_type = true,
        team_id_key = true, sqlalchemy_2 = true,
    }
    3 . 1 . 0 server "only extras whose values are all text become a \
                      query" { flat_text_only = true }
    3 . 1 . 0 worker "from_uri, from_json, \
                      as_json" { from_uri = true, from_json = true, as_json = true }
    3 . 1 . 6 server "query values are decoded as JSON" { json_query = true }
    3 . 1 . 8 worker "conn_type may be missing" { type_required = false }
    3 . 2 . 0 server "team_name; AIRFLOW_CONN__TEAM___ID; the API fails at an extra that is an \
                      empty text" {
        team_name = true, team_variables = true, team_id_key = false, empty_extra_breaks_api = true,
    }
    3 . 2 . 0 worker "uri is a parameter, with which extra becomes a dict; environment values give \
                      SDK objects" {
        uri_parameter = true, uri_keeps_dict = true, env_is_core = false,
        type_attribute_error = true, team_id_key = false,
        team_variables = true,
    }
    3 . 2 . 1 server "the API shows an extra that is an empty \
                      text" { empty_extra_breaks_api = false }
    3 . 3 . 0 both "ids with .. are refused" { refuses_double_dot = true }
    3 . 3 . 0 worker "Connection(uri=) keeps the text of extra" { uri_keeps_dict = false }
    3 . 3 . 2 worker "get_uri reads extra first" { extra_first = true, swallows_type_error = false }
};
