//! What the text of a connection decides, before anything is opened.

use std::borrow::Cow;

/// What the text decides before anything else happens.
#[derive(Clone, Debug)]
pub enum Offline {
    /// Nothing speaks against it.
    Ready,
    /// It fails for certain, so that nothing else is planned.
    Fails {
        /// The id of the rule.
        rule: &'static str,
        /// The type of the exception.
        exception: &'static str,
        /// What is wrong.
        message: String,
        /// The way out.
        help: Option<String>,
    },
    /// The probe cannot walk this road to its end: why.
    Beyond(Cow<'static, str>),
}
