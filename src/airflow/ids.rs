//! Connection ids: what the constructor keeps and what import and the CLI accept.

use super::python::text::is_word;
use super::runtime::{IdCheck, Runtime};

/// The longest id that `Connection()` keeps, in characters.
pub const MAX_LEN: usize = 250;

/// The longest id that `connections import` and `connections add` accept, in characters.
pub const MAX_KEY_LEN: usize = 200;

/// `sanitize_conn_id`: the id that the constructor keeps, or `None` where it silently becomes None.
pub fn sanitize_conn_id<'i>(id: &'i str, runtime: &Runtime) -> Option<&'i str> {
    let check = runtime.behaviour.id_check;
    if check == IdCheck::None {
        return Some(id);
    }
    if id.chars().count() > MAX_LEN {
        return None;
    }
    let kept = if check == IdCheck::Unicode { id.strip_suffix('\n').unwrap_or(id) } else { id };
    let fits = |c: char| {
        if check == IdCheck::Ascii { c.is_ascii_alphanumeric() || c == '_' } else { is_word(c) }
    };
    let fits = |c: char| fits(c) || "#!()-.:/\\".contains(c);
    (!kept.is_empty() && kept.chars().all(fits)).then_some(kept)
}

/// Why `validate_key` refuses an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// Longer than 200 characters.
    TooLong,
    /// A character other than letters, digits, `_`, `-`, `.`; or nothing at all.
    Characters,
    /// `..`.
    DoubleDot,
}

/// `validate_key(id)`, which raises AirflowException. One trailing newline slips through, as in
/// Airflow.
pub fn validate_key(id: &str, runtime: &Runtime) -> Result<(), KeyProblem> {
    if id.chars().count() > MAX_KEY_LEN {
        return Err(KeyProblem::TooLong);
    }
    let key = id.strip_suffix('\n').unwrap_or(id);
    if key.is_empty() || !key.chars().all(|c| is_word(c) || matches!(c, '-' | '.')) {
        return Err(KeyProblem::Characters);
    }
    if runtime.behaviour.refuses_double_dot && id.contains("..") {
        return Err(KeyProblem::DoubleDot);
    }
    Ok(())
}
