//! A secret that came while probing: a temporary password, a token, a key.

use zeroize::Zeroizing;

/// Text that is wiped on drop and prints as stars.
#[derive(Clone, Default)]
pub struct Sensitive(Zeroizing<String>);

impl Sensitive {
    /// Locks text away.
    pub fn new(text: impl Into<String>) -> Sensitive {
        Sensitive(Zeroizing::new(text.into()))
    }

    /// The text, where it leaves on purpose: to the server that it is for.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Sensitive;

    #[test]
    fn prints_stars() {
        assert_eq!(format!("{:?}", Some(Sensitive::new("canary"))), "Some(***)");
    }
}
