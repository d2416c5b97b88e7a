//! Connection URIs: `Connection(uri=…)` and `Connection.from_uri`.

mod write;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use super::python::json_dumps::dumps;
use super::python::json_loads::loads;
use super::python::unquote::{Pair, parse_qsl, unquote};
use super::python::urlsplit::{self, lower_host, urlsplit};
use super::runtime::{Behaviour, Runtime};
use super::{Fault, Kept, Raised, UriPart, extra};
use crate::model::{Connection, Dict, Member, Node, Secret, Str, Style, Value};
use crate::source::{Span, Text};
pub use write::{Written, get_uri, write};

/// A URI as this Airflow takes it apart, nothing decoded yet. What a place in a connection is made
/// of.
pub struct Anatomy<'a> {
    /// The scheme as written; empty if there is none.
    pub raw_scheme: Text<'a>,
    /// The scheme in lower case.
    pub scheme: String,
    /// The protocol of the host, in `type://protocol://host`.
    pub protocol: Option<Text<'a>>,
    /// From `//` to the next `/`, `?`, `#`.
    pub netloc: Text<'a>,
    /// Userinfo before its first `:`.
    pub user: Option<Text<'a>>,
    /// Userinfo after it.
    pub password: Option<Text<'a>>,
    /// The host without brackets.
    pub host: Text<'a>,
    /// The port, if there is text for one.
    pub port: Option<Text<'a>>,
    /// After the last `@` of the netloc.
    pub host_port: Text<'a>,
    /// The path with its first character.
    pub path: Text<'a>,
    /// After `?`.
    pub query: Text<'a>,
    /// After `#`: thrown away.
    pub fragment: Option<Text<'a>>,
    pairs: OnceCell<Vec<Pair<'a>>>,
}

/// A connection that is written as a URI.
pub struct UriView<'a> {
    /// The URI as Airflow gets it, traced.
    pub text: Text<'a>,
    /// Its parts, unless Airflow raises before it has them.
    pub anatomy: Result<Anatomy<'a>, Raised>,
}

impl<'a> UriView<'a> {
    /// Takes a URI apart.
    pub fn of(text: Text<'a>, b: &Behaviour) -> UriView<'a> {
        let anatomy = anatomy(&text, b);
        UriView { text, anatomy }
    }
}

/// What stands between a protocol and the rest.
const SEPARATOR: &str = "://";

/// Takes a URI apart.
pub fn anatomy<'a>(uri: &Text<'a>, b: &Behaviour) -> Result<Anatomy<'a>, Raised> {
    if !b.host_protocol {
        let split = urlsplit(uri, b)?;
        let (raw_scheme, scheme) = (split.raw_scheme.clone(), split.scheme.clone());
        return Ok(Anatomy::of(split, raw_scheme, scheme, false));
    }
    let refused = |message: &str, place: &Text<'_>| {
        Raised::new("AirflowException", Fault::Uri(UriPart::Separators), message).at(place.span())
    };
    let separators: Vec<_> = uri.as_str().match_indices(SEPARATOR).map(|(at, _)| at).collect();
    if separators.len() > 2 {
        let third = uri.slice(separators[2]..separators[2] + SEPARATOR.len());
        return Err(refused("more than two `://`; inside a value write `%3A%2F%2F`", &third));
    }
    let urlsplit::Split { raw_scheme, scheme, .. } = urlsplit(uri, b)?;
    let with_protocol = separators.len() == 2;
    // Airflow removes every occurrence of the scheme, wherever it stands.
    let rest = uri.shorten_all(&format!("{scheme}{SEPARATOR}"), if with_protocol { 0 } else { 2 });
    if with_protocol {
        let head = rest.as_str().find(SEPARATOR).unwrap_or(rest.as_str().len());
        if rest.as_str()[..head].contains(['@', ':']) {
            let message = "login, password or port stand before the second `://`; a host with a \
                           protocol is written `type://protocol://login:password@host`, and `://` \
                           inside a value `%3A%2F%2F`";
            return Err(refused(message, &rest.slice(0..head)));
        }
    }
    Ok(Anatomy::of(urlsplit(&rest, b)?, raw_scheme, scheme, with_protocol))
}

impl<'a> Anatomy<'a> {
    fn of(
        split: urlsplit::Split<'a>,
        raw_scheme: Text<'a>,
        scheme: String,
        with_protocol: bool,
    ) -> Anatomy<'a> {
        let parts = urlsplit::netloc(&split.netloc);
        Anatomy {
            raw_scheme,
            scheme,
            protocol: with_protocol.then_some(split.raw_scheme),
            netloc: split.netloc,
            user: parts.user,
            password: parts.password,
            host: parts.host,
            port: parts.port,
            host_port: parts.host_port,
            path: split.path,
            query: split.query,
            fragment: split.fragment,
            pairs: OnceCell::new(),
        }
    }

    /// The path without its first character, whatever that is, undecoded.
    pub fn schema(&self) -> Text<'a> {
        self.path.from(self.path.as_str().chars().next().map_or(0, char::len_utf8))
    }

    /// The decoded host with its protocol.
    pub fn decoded_host(&self) -> Text<'a> {
        let lowered = lower_host(self.host.as_str());
        let host = if lowered == self.host.as_str() {
            unquote(&self.host)
        } else {
            let text = self.host.with_text(lowered.into_owned());
            unquote(&text).into_static()
        };
        if !host.as_str().contains('/') {
            return host;
        }
        let end = self.host_port.as_str().find(':').unwrap_or(self.host_port.as_str().len());
        unquote(&self.host_port.slice(0..end))
    }

    /// The pairs of the query.
    pub fn pairs(&self) -> &[Pair<'a>] {
        self.pairs.get_or_init(|| parse_qsl(&self.query))
    }
}

/// `conn_type` from a scheme or a JSON field: `postgresql` becomes `postgres`, every `-` a `_`.
pub fn normalize_conn_type(conn_type: &str) -> String {
    if conn_type == "postgresql" { "postgres".to_string() } else { conn_type.replace('-', "_") }
}

/// The connection of a URI: `Connection(uri=…)` of the core, `Connection.from_uri` of the Task SDK.
pub fn from_uri(uri: &Text<'_>, runtime: &Runtime) -> Result<Connection, Raised> {
    from_uri_keeping(uri, runtime, None)
}

/// The same. What it was taken apart into is kept for others, and taken from there.
pub(super) fn from_uri_keeping<'a>(
    uri: &Text<'a>,
    runtime: &Runtime,
    keep: Option<&Kept<'a>>,
) -> Result<Connection, Raised> {
    let b = &runtime.behaviour;
    if !b.from_uri {
        return Err(Raised::new(
            "AttributeError",
            Fault::Uri(UriPart::Whole),
            "the worker of this Airflow reads no URIs (Connection.from_uri does not exist)",
        ));
    }
    if uri.as_str().is_empty() && !b.sdk {
        return Ok(Connection::default());
    }
    let own;
    let anatomy = match keep {
        Some(keep) => {
            let read = || Some(Rc::new(UriView::of(uri.clone(), b)));
            match keep.uri.get_or_init(read) {
                Some(view) => &view.anatomy,
                None => {
                    own = anatomy(uri, b);
                    &own
                }
            }
        }
        None => {
            own = anatomy(uri, b);
            &own
        }
    };
    match anatomy {
        Ok(parts) => from_anatomy(parts, b),
        Err(raised) => Err(raised.clone()),
    }
}

/// The connection of a URI that was taken apart.
pub fn from_anatomy(parts: &Anatomy<'_>, b: &Behaviour) -> Result<Connection, Raised> {
    let decoded = |part: &Option<Text<'_>>| {
        part.as_ref().map_or(Value::Null, |t| Value::text(unquote(t).into_string()))
    };
    let mut host = parts.decoded_host().into_string();
    if let Some(protocol) =
        parts.protocol.as_ref().filter(|p| !p.as_str().is_empty() && !host.is_empty())
    {
        host = format!("{}{SEPARATOR}{host}", protocol.as_str().to_ascii_lowercase());
    }
    let port = parts.port.as_ref().map(|port| urlsplit::port(port, b)).transpose()?;
    let extra = extra_of_query(parts, b)?;
    let (place, extra) = match extra {
        Some(QueryExtra { text, .. }) => {
            let value = Value::text(text.as_str().to_string());
            (Some(text), Secret::new(value))
        }
        None => (None, Secret::new(Value::Null)),
    };
    if let Some(text) = &place {
        extra::check_secret(&extra, text, b)?;
    }
    let password = decoded(&parts.password);
    Ok(Connection {
        conn_type: Value::text(normalize_conn_type(&parts.scheme)),
        description: Value::Null,
        host: Value::text(host),
        login: decoded(&parts.user),
        password: Secret::new(if b.sdk || password.truthy() { password } else { Value::Null }),
        schema: Value::text(unquote(&parts.schema()).into_string()),
        port: port.map_or(Value::Null, Value::Int),
        extra,
    })
}

/// The extra that a query stands for.
pub struct QueryExtra<'a> {
    /// The extra's text. Traced if it is the value of `__extra__`.
    pub text: Text<'a>,
    /// True if it came from `__extra__`.
    pub whole: bool,
}

fn extra_of_query<'a>(
    parts: &Anatomy<'a>,
    b: &Behaviour,
) -> Result<Option<QueryExtra<'a>>, Raised> {
    if parts.query.as_str().is_empty() {
        return Ok(None);
    }
    let pairs = parts.pairs();
    if let Some(pair) = pairs.iter().rfind(|p| b.extra_key && p.key.as_str() == "__extra__") {
        return Ok(Some(QueryExtra { text: pair.value.clone(), whole: true }));
    }
    let dict = query_dict(pairs, b)?;
    let text = dumps(&Value::dict(dict)).map_err(|exception| {
        Raised::new(
            exception,
            Fault::Uri(UriPart::Query),
            "an extra value cannot be written as JSON",
        )
    })?;
    Ok(Some(QueryExtra { text: Text::owned(text), whole: false }))
}

/// The extra as a dict, values decoded as JSON where the runtime does so. Places count in the
/// source.
pub fn query_dict<'p>(pairs: &'p [Pair<'_>], b: &Behaviour) -> Result<Dict<'p>, Raised> {
    let mut dict = Dict::default();
    for pair in pairs {
        let place = |text: &Text<'_>| text.span().unwrap_or_default();
        let text = pair.value.as_str();
        let value = Value::Str(Str::from(text));
        let span = place(&pair.raw_value);
        let node = Node { value, span, style: Style::None };
        dict.insert(Value::Str(Str::from(pair.key.as_str())), place(&pair.raw_key), node);
    }
    if b.json_query {
        // Later duplicates have won by now: only what stays is decoded.
        for member in dict.members.values_mut() {
            let Value::Str(Str::Utf8(Cow::Borrowed(text))) = member.node.value else { continue };
            if text.is_empty() {
                continue;
            }
            match loads(text) {
                Ok(node) => member.node.value = node.value,
                Err(error) if error.is_decode_error() => {}
                Err(error) => {
                    let message =
                        format!("a query value is JSON that Python refuses: {}", error.message());
                    return Err(Raised::new(
                        error.exception(),
                        Fault::Uri(UriPart::Query),
                        message,
                    )
                    .at(some_span(member)));
                }
            }
        }
    }
    Ok(dict)
}

fn some_span(member: &Member<'_>) -> Option<Span> {
    Some(member.node.span).filter(|s| *s != Span::default())
}
