//! One connection as text, as Airflow itself takes it: a URI, JSON, and lines of them.

mod json;
mod jsonl;
mod uri;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[&uri::FORMAT, &json::FORMAT, &jsonl::FORMAT];
