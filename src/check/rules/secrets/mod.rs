//! Rules about secrets, and about what gives them away.

pub(super) mod ac701_plaintext_secret;
pub(super) mod ac702_weak_transport;
pub(super) mod ac703_code_from_extra;
pub(super) mod ac704_long_lived_key;
pub(super) mod ac705_secret_in_public_field;

use crate::check::Rule;

/// By id.
pub(super) const RULES: &[&Rule] = &[
    &ac701_plaintext_secret::RULE,
    &ac702_weak_transport::RULE,
    &ac703_code_from_extra::RULE,
    &ac704_long_lived_key::RULE,
    &ac705_secret_in_public_field::RULE,
];
