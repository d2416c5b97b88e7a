//! What of the input may be shown. What was not understood is not shown.

use crate::model::FIELDS;

/// The id, if it looks like one that people give: a piece of a broken URI is none.
pub fn public_id(id: &str) -> Option<String> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/');
    (!id.is_empty() && id.chars().count() <= 64 && id.chars().all(fits) && !id.contains("//")).then(|| id.to_string())
}

/// The name of an extra, if it is one that some connection type knows or has the looks of a plain word.
pub fn public_key(key: &str) -> Option<&str> {
    let word = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.len() <= 48
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let plain = key.len() <= 32 && key.contains(['_', '-']) && !key.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
    (word && (super::catalog::is_known_extra(key) || plain)).then_some(key)
}

/// A JSON pointer with `***` for every step that is no field, no index and no public name of an extra: a piece of a broken URI can
/// stand where a key is read.
pub fn public_pointer(pointer: &str) -> String {
    let public = |step: &str| step == "conn_id" || FIELDS.contains(&step) || public_key(step).is_some() || is_index(step);
    pointer.split('/').map(|step| if step.is_empty() || public(step) { step } else { "***" }).collect::<Vec<_>>().join("/")
}

fn is_index(step: &str) -> bool {
    step.len() <= 3 && step.bytes().all(|b| b.is_ascii_digit())
}

/// A host, schema or login that has the plain looks of one; anything else may be a piece of a secret.
pub fn public_text(text: &str) -> bool {
    text.len() <= 253 && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
}
