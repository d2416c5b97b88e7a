//! What must not be shown: the one type that passwords, tokens and keys are kept in.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use zeroize::Zeroize;

use super::{Field, Node, Str, Value};

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

    /// Locks a text away.
    pub fn text(text: impl Into<String>) -> Secret {
        Secret::new(Value::text(text.into()))
    }

    /// The value, where it leaves on purpose.
    pub fn expose(&self) -> &Field {
        &self.0.value
    }

    /// The text, where it leaves on purpose: to the server that it is for. `""` for what is not a
    /// text.
    pub fn expose_text(&self) -> &str {
        self.expose().as_str().unwrap_or_default()
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
        if let Value::Str(Str::Utf8(Cow::Owned(text))) = &mut self.value {
            text.zeroize();
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.expose().is_null() { "None" } else { "***" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, Value};

    #[test]
    fn prints_stars() {
        assert_eq!(format!("{:?}", Some(Secret::text("canary"))), "Some(***)");
        assert_eq!(format!("{:?}", Secret::new(Value::Null)), "None");
    }
}
