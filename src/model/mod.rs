//! The common model: a connection as Airflow holds it in memory.

mod pointer;
mod secret;
mod value;

pub use pointer::{key_of, last_key, pointer};
pub use secret::Secret;
pub use value::{Dict, Key, Member, Members, Node, Str, Style, Value};

/// A field: usually null or text; anything else is what Airflow would keep unconverted (`login: 5`
/// in YAML).
pub type Field = Value<'static>;

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
            password: Secret::text("canary-password"),
            extra: Secret::text("canary-extra"),
            ..Connection::default()
        };
        assert!(!format!("{connection:?}").contains("canary"));
    }
}
