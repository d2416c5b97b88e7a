//! The fields of a URI, edited where they stand.

use crate::airflow::python::unquote::quote;
use crate::airflow::uri::Anatomy;
use crate::check::Case;
use crate::check::change::Edits;
use crate::model::Value;
use crate::source::Text;

/// A field gets a value.
pub(super) fn set(case: &Case<'_>, field: &str, value: &Value<'static>) -> Option<Edits> {
    let parts = case.anatomy()?;
    let new = match value {
        Value::Str(text) => quote(text.as_str()?),
        Value::Int(n) if field == "port" => n.to_string(),
        _ => return None,
    };
    let whole = |text: &Text<'_>| text.edit(0..text.as_str().len(), &new);
    let edit = match field {
        "host" if !parts.host.as_str().is_empty() => whole(&parts.host)?,
        "host" => parts.host_port.edit(0..0, &new)?,
        "login" => match &parts.user {
            Some(user) => whole(user)?,
            None => parts.host_port.edit(0..0, &format!("{new}@"))?,
        },
        "password" => match (&parts.password, &parts.user) {
            (Some(password), _) => whole(password)?,
            (None, Some(user)) => behind(user, &format!(":{new}"))?,
            (None, None) => parts.host_port.edit(0..0, &format!(":{new}@"))?,
        },
        "port" => match &parts.port {
            Some(port) => whole(port)?,
            None if parts.host_port.as_str().ends_with(':') => behind(&parts.host_port, &new)?,
            None => behind(&parts.host_port, &format!(":{new}"))?,
        },
        "schema" => return schema(parts, &new),
        _ => return None,
    };
    Some(vec![edit])
}

fn schema(parts: &Anatomy<'_>, new: &str) -> Option<Edits> {
    let edit = match parts.path.as_str() {
        "" => behind(&parts.netloc, &format!("/{new}"))?,
        path => parts.path.edit(1..path.len(), new)?,
    };
    Some(vec![edit])
}

fn behind(text: &Text<'_>, new: &str) -> Option<crate::source::Edit> {
    let end = text.as_str().len();
    text.edit(end..end, new)
}

/// A field is gone.
pub(super) fn remove(case: &Case<'_>, field: &str) -> Option<Edits> {
    let parts = case.anatomy()?;
    let userinfo = parts.netloc.as_str().len() - parts.host_port.as_str().len();
    let edit = match field {
        "schema" if !parts.path.as_str().is_empty() => {
            parts.path.edit(1..parts.path.as_str().len(), "")?
        }
        "password" => {
            let (user, _) = (parts.user.as_ref()?, parts.password.as_ref()?);
            parts.netloc.edit(user.as_str().len()..userinfo.checked_sub(1)?, "")?
        }
        "port" => {
            let port = parts.port.as_ref()?;
            let end = parts.netloc.as_str().len();
            parts.netloc.edit(end.checked_sub(port.as_str().len() + 1)?..end, "")?
        }
        _ => return None,
    };
    Some(vec![edit])
}
