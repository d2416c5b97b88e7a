//! What there is, listed as data: rules, connection types, ways to log in.

use std::fmt;

use crate::catalog::{self, CONN_TYPES, HIDDEN_FIELDS};
use crate::check::{Level, rules as inner};
use crate::hooks::Mode;
use crate::hooks::modes;
use crate::model::FIELDS;

/// A rule of `check`.
#[derive(Clone, Copy)]
pub struct Rule(&'static crate::check::Rule);

/// Every rule, by id.
///
/// ```
/// let rule = airconn::rules().find(|rule| rule.id() == "AC201").expect("there is one");
/// assert!(rule.page().starts_with("# AC201"));
/// ```
pub fn rules() -> impl Iterator<Item = Rule> {
    inner::RULES.iter().map(|rule| Rule(rule))
}

impl Rule {
    pub(super) fn of_finding(id: &str) -> Rule {
        Rule(inner::by_name(id).expect("findings are of rules in the table"))
    }

    /// Its id, which never comes to mean something else.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The level of its findings, unless one says otherwise.
    pub fn level(self) -> Level {
        self.0.level
    }

    /// What it is about, in a sentence.
    pub fn summary(self) -> &'static str {
        self.0.summary()
    }

    /// Its page, in Markdown.
    pub fn page(self) -> &'static str {
        self.0.page
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.id()).finish()
    }
}

/// `AC201 userinfo-not-encoded`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id(), self.name())
    }
}

/// `error`, `warning`, `info`.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A connection type that a provider declares.
#[derive(Clone, Copy)]
pub struct ConnectionType(&'static str, &'static catalog::ConnType);

/// Every known connection type, by name.
///
/// ```
/// let http = airconn::connection_types().find(|t| t.name() == "http").expect("it is known");
/// assert_eq!(http.provider(), Some("http"));
/// ```
pub fn connection_types() -> impl Iterator<Item = ConnectionType> {
    CONN_TYPES.iter().map(|(name, known)| ConnectionType(name, known))
}

impl ConnectionType {
    /// `conn_type`.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The name of its hook in Airflow's form.
    pub fn hook_name(self) -> Option<&'static str> {
        self.1.hook_name.as_deref()
    }

    /// The package that it comes from, without `apache-airflow-providers-`.
    pub fn provider(self) -> Option<&'static str> {
        self.1.provider.as_deref()
    }

    /// The fields of a connection that it has: all but those that its form hides and nothing in its
    /// provider reads.
    ///
    /// ```
    /// let adls = airconn::connection_types().find(|t| t.name() == "adls").expect("it is known");
    /// assert!(adls.fields().any(|field| field == "login"));
    /// assert!(!adls.fields().any(|field| field == "port"));
    /// ```
    pub fn fields(self) -> impl Iterator<Item = &'static str> {
        let hidden = move |field: &str| {
            let of_type = HIDDEN_FIELDS.iter().filter(|hidden| hidden.conn_type == self.0);
            of_type.flat_map(|hidden| &hidden.fields).any(|name| name == field)
        };
        FIELDS.into_iter().filter(move |field| !hidden(field))
    }

    /// The extras that its hook reads or its form has.
    pub fn extras(self) -> impl Iterator<Item = &'static str> {
        self.1.extras.iter().map(String::as_str)
    }
}

impl fmt::Debug for ConnectionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectionType").field(&self.name()).finish()
    }
}

/// A way to log in of a connection type that is known in detail.
#[derive(Clone, Copy)]
pub struct AuthMode(pub(super) &'static Mode);

/// Every known way to log in.
///
/// ```
/// let mode = airconn::auth_modes().find(|mode| mode.name() == "iam-role").expect("it is known");
/// assert_eq!(mode.connection_type(), "redshift");
/// assert!(mode.schema().contains("$schema"));
/// ```
pub fn auth_modes() -> impl Iterator<Item = AuthMode> {
    modes().map(AuthMode)
}

impl AuthMode {
    /// Its name, unique within the connection type.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The connection type.
    pub fn connection_type(self) -> &'static str {
        self.0.conn_type
    }

    /// When it is taken, in a sentence.
    pub fn selector(self) -> &'static str {
        self.0.selector
    }

    /// Its JSON Schema (2020-12).
    pub fn schema(self) -> &'static str {
        crate::check::schema::text(self.0)
    }
}

impl fmt::Debug for AuthMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuthMode").field(&self.name()).finish()
    }
}
