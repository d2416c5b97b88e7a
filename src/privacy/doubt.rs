//! Whether the parts of a connection may be pieces of a secret: decided here, before anything shows
//! them, looks them up or sends them.

use super::authority::{Authority, Cut, PROTOCOLS};
use super::chance::{LONGEST_WORD, is_scrambled};
use super::shapes::shape;
use crate::airflow::Raw;
use crate::format::Entry;
use crate::model::{Connection, Value};

/// Why the parts of a connection cannot be taken for what they are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is a URI that does not begin with `scheme://`: Airflow reads something, but hardly what
    /// was meant.
    NoScheme,
    /// A raw `#` ends login and password: what Airflow reads as the host is a piece of them, for
    /// certain.
    CutForCertain,
    /// A raw `/` or `?` may end login and password, so that a piece of them is read as host, schema
    /// or extra.
    Cut,
    /// A line end or a blank may have cut login and password: what stands behind looks like their
    /// rest.
    CutByLine,
    /// What stands before `://` in the host is not a protocol, or the host holds what no host does.
    Host,
    /// The host looks like a key or token.
    Token,
}

impl Doubt {
    /// Login and password may end elsewhere than they were meant to: no part is what it was written
    /// for.
    pub fn is_cut(self) -> bool {
        matches!(self, Doubt::Cut | Doubt::CutByLine | Doubt::CutForCertain)
    }

    /// What is wrong, for people.
    pub fn message(self) -> &'static str {
        match self {
            Doubt::NoScheme => "it is written in a way that puts its parts into the wrong fields",
            Doubt::CutForCertain => {
                "a raw `#` ends the login or password, so that a piece of it is read as the host"
            }
            Doubt::Cut => {
                "a raw `/` or `?` may have ended the login or password, so that a piece of it may \
                 be read as the host"
            }
            Doubt::CutByLine => {
                "a line end or a blank may have ended the login or password, so that a piece of it \
                 may be read as the host"
            }
            Doubt::Host => "the host holds more than a host, perhaps a piece of the password",
            Doubt::Token => "the host looks like a key or token",
        }
    }
}

/// The doubt about an entry that was read as `connection`, or that could not be read.
pub fn doubt(entry: &Entry<'_>, connection: Option<&Connection>) -> Option<Doubt> {
    let in_uri = || uri_of(entry).and_then(|uri| doubt_of_uri(uri, entry.goes_on));
    in_uri().or_else(|| connection.and_then(|connection| doubt_of_host(connection.host.as_str()?)))
}

/// The doubt about the text that Airflow takes for a URI, behind which its rest may stand.
fn doubt_of_uri(uri: &str, goes_on: bool) -> Option<Doubt> {
    let is_scheme =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c));
    let (scheme, _) = match uri.trim().split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => return Some(Doubt::NoScheme),
    };
    let authority = Authority::of(uri)?;
    match authority.cut() {
        Some(cut) => cut.doubt(is_http_like(scheme)),
        // What stands behind the `#` may be broken as well.
        None if authority.drops_rest() => Some(Doubt::Cut),
        None if goes_on && !authority.has_plausible_host() => Some(Doubt::CutByLine),
        None => is_glued(authority.taken()).then_some(Doubt::Token),
    }
}

/// A raw `@` stands behind what Airflow takes for login, password, host and port, whatever else
/// is there. Every [`Doubt`] about a userinfo that was cut is such a case.
pub(crate) fn may_be_cut(uri: &str) -> bool {
    Authority::of(uri).map_or(uri, |authority| authority.behind()).contains('@')
}

/// A host behind no userinfo begins with one, as its `@` is gone. As it is written, what came by
/// chance is told from a name even in front of a domain: names of hosts are seldom as long, or in
/// both cases.
fn is_glued(taken: &str) -> bool {
    let mixed =
        |label: &str| label.contains(char::is_lowercase) && label.contains(char::is_uppercase);
    let by_chance =
        |label: &str| is_scrambled(label) && (mixed(label) || label.len() > LONGEST_WORD);
    let host = taken.split(':').next().unwrap_or_default();
    !taken.contains('@') && !is_made_up_by_cloud(host) && host.split('.').any(by_chance)
}

/// In front of these domains stand names that nobody chose.
const CLOUDS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "azure.com",
    "azuredatabricks.net",
    "cloudfront.net",
    "databricks.com",
    "elastic-cloud.com",
    "found.io",
    "googleusercontent.com",
    "mongodb.net",
    "on.aws",
    "run.app",
    "windows.net",
];

fn is_made_up_by_cloud(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    CLOUDS.iter().any(|cloud| host.strip_suffix(cloud).is_some_and(|name| name.ends_with('.')))
}

impl Cut {
    /// A path may hold an `@` where the host looks like one; that of a web service anything.
    pub(crate) fn doubt(&self, http_like: bool) -> Option<Doubt> {
        let is_cut = match self.delimiter {
            '#' => return Some(Doubt::CutForCertain),
            _ if http_like => {
                !self.host_is_plausible
                    && (self.leaves_host || self.leaves_password || !self.host_is_word)
            }
            _ if !self.host_is_plausible => true,
            '?' => self.leaves_host || self.leaves_password,
            _ if self.leaves_host => self.host_is_meant,
            _ => self.leaves_password,
        };
        is_cut.then_some(Doubt::Cut)
    }
}

/// False for any other text before `://`: it may be a piece of a userinfo that a raw `//` cut
/// short.
pub fn has_known_protocol(host: &str) -> bool {
    host.split_once("://").is_none_or(|(protocol, _)| PROTOCOLS.contains(&protocol))
}

/// The doubt about a host, wherever it came from.
fn doubt_of_host(host: &str) -> Option<Doubt> {
    let bare = host.split_once("://").map_or(host, |(_, bare)| bare);
    if !has_known_protocol(host) || bare.contains(['@', '#']) {
        return Some(Doubt::Host);
    }
    is_token(bare).then_some(Doubt::Token)
}

/// A host that nobody named: a key or token. Names that AWS makes up stand in front of a domain of
/// its own.
pub(crate) fn is_token(host: &str) -> bool {
    let has_domain = host.matches('.').count() >= 2
        && host
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.bytes().all(|b| b.is_ascii_alphabetic()));
    let is_path = host.contains('/');
    // The host of a URI is read in lower case, and with it the tokens whose beginnings are
    // capitals.
    let has_shape = || {
        shape(host).is_some()
            || host.contains("sg.") && shape(&host.replacen("sg.", "SG.", 1)).is_some()
            || host.contains("eyj") && shape(&host.replace("eyj", "eyJ")).is_some()
    };
    !is_path && !has_domain && is_scrambled(host) || host.len() <= 1000 && has_shape()
}

/// The text that Airflow takes for a URI, whether it is one or not; or the URL of another client.
pub(super) fn uri_of<'e>(entry: &'e Entry<'_>) -> Option<&'e str> {
    if let Some(url) = &entry.taken_from {
        return Some(url);
    }
    match &entry.raw {
        Raw::Json(_) => None,
        Raw::Uri(text) => Some(text.as_str()),
        Raw::Value(text) => Some(text.as_str()).filter(|text| !text.trim_start().starts_with('{')),
        Raw::File { node, .. } | Raw::Fields(node) | Raw::Stored(node) | Raw::Object(node) => {
            match &node.value {
                Value::Dict(fields) => fields.get("uri").and_then(|node| node.value.as_str()),
                other => other.as_str(),
            }
        }
    }
}

/// Types whose path may hold anything, an `@` too.
pub(crate) fn is_http_like(scheme: &str) -> bool {
    const TYPES: &[&str] = &[
        "http",
        "https",
        "livy",
        "slackwebhook",
        "discord",
        "dingding",
        "chime",
        "dbt-cloud",
        "druid",
        "webhdfs",
    ];
    TYPES.contains(&scheme.replace('_', "-").to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_userinfo_that_may_be_cut_is_doubted() {
        use Doubt as D;
        for (uri, want) in [
            ("postgres://etl:pw@db.example.com/dev", None),
            ("postgres://etl:p@ss#word@db.example.com/dev", Some(D::CutForCertain)),
            ("postgres://etl:pa#word@db.example.com/dev", Some(D::CutForCertain)),
            ("postgres://etl:p@ss#word", Some(D::Cut)),
            ("http://Tide4Kelp#wave", Some(D::Cut)),
            ("http://dwh#wave", None),
            ("discord://Tide4low#wave@https://discord.com/api", Some(D::CutForCertain)),
            ("postgres://etl:P@tide/wave@db.ex\u{202e}ample.com/dev", Some(D::Cut)),
            ("mongo://etl:P@tide/wave@db1:27017,db2:27018/dev", Some(D::Cut)),
            ("mongo://etl:pw@db1:27017,db2:27018/dev", None),
            ("postgres://etl:P@tide?a=wave@db:5432/dev?user=me@example.com", Some(D::Cut)),
            ("postgres://etl:P@tide/wave@{{ host }}/dev", Some(D::Cut)),
            ("postgres://etl:P@tide?wave@<host>:5432/dev", Some(D::Cut)),
            ("postgres://etl:P@tide/wave@(localhost)", Some(D::Cut)),
            ("druid://Tide4Kelp//wave@druid.example.com:8082", Some(D::Cut)),
            ("http://tide/wave@api.example.com:8082", None),
            ("postgres://etl:pa?word@db.example.com/dev", Some(D::Cut)),
            ("postgres://etl:pa/word@db.example.com/dev", Some(D::Cut)),
            ("postgres://etl:p@ss/word@db.example.com:5439/dev", Some(D::Cut)),
            ("http://api.example.com/team@example.com/x", None),
            ("http://etl:pw@api.example.com/team@example.com/x", None),
            ("postgres://etl:pw@db.example.com/dev#1", None),
            ("postgres:/etl:pw@db.example.com/dev", Some(D::NoScheme)),
            ("etl:pw@db.example.com/dev", Some(D::NoScheme)),
            ("po stgres://etl:pw@db.example.com/dev", Some(D::NoScheme)),
        ] {
            assert_eq!(doubt_of_uri(uri, false), want, "{uri}");
        }
    }

    #[test]
    fn what_a_line_end_may_have_cut_is_doubted() {
        for (uri, want) in [
            ("github://Tide4low", Some(Doubt::CutByLine)),
            ("postgres://etl:P@tide", Some(Doubt::CutByLine)),
            ("postgres://etl:P@tide/wave", Some(Doubt::CutByLine)),
            ("postgres://etl:pw@db.example.com/dev", None),
            ("postgres://etl:pw@db:5432", None),
        ] {
            assert_eq!(doubt_of_uri(uri, true), want, "{uri}");
        }
    }

    #[test]
    fn hosts_that_hold_more_or_something_else_are_doubted() {
        for (host, want) in [
            ("db.example.com", None),
            ("https://api.example.com", None),
            ("https://api.example.com/team@example.com", Some(Doubt::Host)),
            ("tide://api.example.com", Some(Doubt::Host)),
            ("word@db.example.com", Some(Doubt::Host)),
            ("ss#word", Some(Doubt::Host)),
            ("Zq7canary9XwLk2vBn5", Some(Doubt::Token)),
            ("xoxb-12345678901-zq7canary9xwlk2", Some(Doubt::Token)),
            ("examplecluster.abc123xyz789.us-west-1.redshift.amazonaws.com", None),
        ] {
            assert_eq!(doubt_of_host(host), want, "{host}");
        }
    }

    #[test]
    fn a_host_that_begins_with_a_userinfo() {
        for (uri, want) in [
            ("ssh://Zq7canary9XwLk2vBn5bastion.example.com:5439/dev", true),
            ("http://0f1e2d3c4b5a69788796a5b4api.example.com", true),
            ("http://api.Zq7canary9XwLk2vBn5.example.com", true),
            ("http://api.example.com", false),
            ("http://usw2prdpgdb01a.corp.example.com", false),
            ("http://DWH-Prod-01.corp.example.com", false),
            ("redshift://etl:pw@Zq7canary9XwLk2vBn5.example.com/dev", false),
            ("postgres://dwh.c9akciq32rgj.us-east-1.rds.amazonaws.com/dev", false),
            ("http://0F1E2D3C4B5A69788796A5B4C3D2E1F0.gr7.us-east-1.eks.amazonaws.com", false),
        ] {
            let doubt = doubt_of_uri(uri, false);
            assert_eq!(doubt, want.then_some(Doubt::Token), "{uri}");
        }
    }

    #[test]
    fn urls_of_other_clients_are_doubted_by_what_their_clients_read() {
        use crate::airflow::runtime::{Runtime, Side};
        use Doubt as D;
        for (format, text, want) in [
            ("sqlalchemy", "redshift://etl:pw@dwh.example.com:5439/dev", None),
            ("sqlalchemy", "redshift://etl:p/a?s#w@dwh.example.com:5439/dev", None),
            ("sqlalchemy", "redshift://etl:p@ss/word@dwh.example.com/dev", Some(D::Cut)),
            ("sqlalchemy", "redshift://etl:p@ss#word@dwh.example.com/dev", Some(D::CutForCertain)),
            ("sqlalchemy", "redshift://Zq7canary9XwLk2vBn5dwh.example.com/dev", Some(D::Token)),
            ("libpq", "postgresql://etl:pw@db.example.com/dev?sslmode=require", None),
            ("libpq", "postgresql://etl:p?a#w@db.example.com/dev", None),
            ("libpq", "postgresql://etl:pa/word@db.example.com/dev", Some(D::Cut)),
            ("libpq", "host=db.example.com password=p@s://s", None),
            ("jdbc", "jdbc:redshift:iam://dwh.example.com:5439/dev;UID=etl;PWD=p@s/s", None),
            ("jdbc", "jdbc:postgresql://db.example.com/dev?user=etl&password=p@ss", None),
            ("jdbc", "jdbc:postgresql:dev", None),
            ("jdbc", "jdbc:postgresql://etl:pa/word@db.example.com/dev", Some(D::Cut)),
            ("jdbc", "jdbc:postgresql://etl:pa?word@db.example.com/dev", Some(D::Cut)),
            ("jdbc", "jdbc:postgresql:/etl:pw@db.example.com/dev", Some(D::NoScheme)),
        ] {
            let runtime = Runtime::newest(Side::Server);
            let format = crate::format::by_name(format).expect("a format");
            let document = (format.read)(&crate::source::Text::untraced(text), &runtime);
            let entry = document.entries.first().expect("an entry");
            let connection = entry.parse(&runtime).ok();
            assert_eq!(doubt(entry, connection.as_ref()), want, "{text}");
        }
    }
}
