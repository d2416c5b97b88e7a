//! The common model: a connection as Airflow holds it in memory.

mod members;
mod value;

use std::sync::{Arc, OnceLock};

use zeroize::Zeroize;

pub use members::Members;
pub use value::{Dict, Key, Member, Node, Str, Style, Value};

/// A field: usually null or text; anything else is what Airflow would keep unconverted (`login: 5`
/// in YAML).
pub type Field = Value<'static>;

/// A value that must not be shown. Prints as stars, is wiped on drop, and comes out only by
/// [`Secret::expose`]. Copies share it, and what its text decodes to.
#[derive(Clone)]
pub struct Secret(Arc<Locked>);

struct Locked {
    value: Field,
    /// What the text of the value decodes to; `None` if it does not.
    decoded: OnceLock<Option<Arc<Node<'static>>>>,
}

impl Secret {
    /// Locks a value away.
    pub fn new(value: Field) -> Secret {
        Secret(Arc::new(Locked { value, decoded: OnceLock::new() }))
    }

    /// The value, where it leaves on purpose.
    pub fn expose(&self) -> &Field {
        &self.0.value
    }

    /// What the value decodes to. `decode` is asked once for all copies; an extra is read by many.
    pub(crate) fn decoded(
        &self,
        decode: impl FnOnce(&Field) -> Option<Node<'static>>,
    ) -> Option<&Arc<Node<'static>>> {
        self.0.decoded.get_or_init(|| decode(&self.0.value).map(Arc::new)).as_ref()
    }

    /// What the value decodes to, if that was asked for before.
    pub(crate) fn known(&self) -> Option<&Arc<Node<'static>>> {
        self.0.decoded.get()?.as_ref()
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        if let Value::Str(Str::Utf8(std::borrow::Cow::Owned(text))) = &mut self.value {
            text.zeroize();
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.expose().is_null() { "None" } else { "***" })
    }
}

/// A connection, with the eight fields of Airflow's `Connection`. `Null` and `""` are different
/// values, as there.
#[derive(Clone)]
pub struct Connection {
    /// `conn_type`.
    pub conn_type: Field,
    /// `description`.
    pub description: Field,
    /// `host`.
    pub host: Field,
    /// `login`.
    pub login: Field,
    /// `password`, decrypted.
    pub password: Secret,
    /// `schema`.
    pub schema: Field,
    /// `port`.
    pub port: Field,
    /// `extra`, the raw text, decrypted.
    pub extra: Secret,
}

/// The fields in the order of Airflow's constructor, which is also the order of the machine
/// interface.
pub const FIELDS: [&str; 8] =
    ["conn_type", "description", "host", "login", "password", "schema", "port", "extra"];

impl Default for Connection {
    fn default() -> Self {
        let null = || Value::Null;
        Connection {
            conn_type: null(),
            description: null(),
            host: null(),
            login: null(),
            password: Secret::new(null()),
            schema: null(),
            port: null(),
            extra: Secret::new(null()),
        }
    }
}

impl Connection {
    /// A field by its name in [`FIELDS`]; exposes secrets.
    pub fn field(&self, name: &str) -> Option<&Field> {
        Some(match name {
            "conn_type" => &self.conn_type,
            "description" => &self.description,
            "host" => &self.host,
            "login" => &self.login,
            "password" => self.password.expose(),
            "schema" => &self.schema,
            "port" => &self.port,
            "extra" => self.extra.expose(),
            _ => return None,
        })
    }

    /// The connection type as text, `""` if there is none.
    pub fn type_str(&self) -> &str {
        self.conn_type.as_str().unwrap_or_default()
    }
}

/// Prints only the connection type: any other field may hold a secret that was not recognised as
/// one.
impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("password", &self.password)
            .field("extra", &self.extra)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_field() {
        let connection = Connection {
            login: Value::text("canary-login"),
            password: Secret::new(Value::text("canary-password")),
            extra: Secret::new(Value::text("canary-extra")),
            ..Connection::default()
        };
        assert!(!format!("{connection:?}").contains("canary"));
    }
}
