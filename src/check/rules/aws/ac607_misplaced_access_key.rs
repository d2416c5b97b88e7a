//! AC607: id and secret of an AWS access key, each in the place of the other, or both in one.

use crate::airflow::python::unquote::{quote, unquote};
use crate::check::{About, Case, Change, Check, Findings, Fix, Level, Rule, Safety};
use crate::hooks;
use crate::model::Value;
use crate::privacy::authority::Authority;
use crate::privacy::looks::{KEY_ID, is_key_id, is_secret_key};
use crate::source::Text;

pub static RULE: Rule = Rule {
    id: "AC607",
    name: "misplaced-access-key",
    level: Level::Warning,
    page: include_str!("ac607_misplaced_access_key.md"),
    about: About::Text,
    checks: &[Check::Connection(check)],
};

/// Where the id of a key stands, and where its secret.
const PAIRS: &[(&str, &str)] = &[
    ("/login", "/password"),
    ("/extra/aws_access_key_id", "/extra/aws_secret_access_key"),
    ("/extra/access_key_id", "/extra/secret_access_key"),
];

/// The secret of a key has 40 characters; one with some lost or added on the way is told from other
/// texts, too.
const SHORTEST_SECRET: usize = 30;

const JOINED: &str = "the id of an access key and its secret stand together in one place: the id \
                      are the 20 characters that begin with AKIA or ASIA, the secret is the rest";

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(connection) = case.connection() else { return };
    let is_aws = hooks::is_aws(connection.type_str());
    if is_aws && let Some((at, fix)) = cut(case) {
        let help = "write the id as login and the secret as password, with its `/` as %2F and its \
                    `+` as %2B";
        findings.push(&RULE, "/login", at, JOINED).help(help).fix(fix);
        return;
    }
    for (id_at, secret_at) in PAIRS.iter().filter(|(at, _)| is_aws || *at != "/login") {
        let id = text(case, id_at);
        let secret = text(case, secret_at);
        if is_key_id(bare(secret)) && !is_key_id(bare(id)) && id.len() >= SHORTEST_SECRET {
            let (id, secret) = (bare(id), bare(secret));
            let changes = vec![
                Change::Set(id_at.to_string(), Value::text(secret.to_string())),
                Change::Set(secret_at.to_string(), Value::text(id.to_string())),
            ];
            // A server that is not AWS may take any names.
            let certain = is_secret_key(id) && case.extra_value("endpoint_url").is_none();
            let fix = case.fix(if certain { Safety::Safe } else { Safety::Unsafe }, changes);
            let message = "id and secret of an access key stand each in the place of the other: \
                           AWS knows no key of this name";
            findings
                .push(&RULE, *id_at, case.span(id_at), message)
                .help("let the two change places")
                .fix(fix);
            continue;
        }
        let (at, both) = match (id, secret) {
            (both, "") => (id_at, both),
            ("", both) => (secret_at, both),
            (both, same) if both == same => (id_at, both),
            _ => continue,
        };
        if let Some((id, secret)) = joined(both) {
            let changes = vec![
                Change::Set(id_at.to_string(), Value::text(id.to_string())),
                Change::Set(secret_at.to_string(), Value::text(secret.to_string())),
            ];
            // In a URI both are written as one piece: one of them may not be there to be changed.
            let fix = match case.authority() {
                Some(authority) if *id_at == "/login" => userinfo(case, &authority, id, secret),
                _ => case.fix(Safety::Unsafe, changes),
            };
            let help = "give each its own place: without one of them the key is not used, and \
                        something else may log in";
            findings.push(&RULE, *at, case.span(at), JOINED).help(help).fix(fix);
        }
    }
}

fn text<'c>(case: &'c Case<'_>, pointer: &str) -> &'c str {
    let value = match pointer.strip_prefix("/extra/") {
        Some(key) => case.extra_value(key),
        None => case.connection().and_then(|connection| connection.field(&pointer[1..])),
    };
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Without what comes along when a key is copied.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
}

/// An id, and what stands behind or ahead of it, which has the length of a secret.
fn joined(both: &str) -> Option<(&str, &str)> {
    let both = bare(both);
    let ahead = || both.split_at_checked(KEY_ID).filter(|(id, _)| is_key_id(id));
    let behind = || {
        let (secret, id) = both.split_at_checked(both.len().checked_sub(KEY_ID)?)?;
        is_key_id(id).then_some((id, secret))
    };
    let (id, rest) = ahead().or_else(behind)?;
    let separates = |c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '|' | '"' | '\'');
    let rest = rest.trim_matches(separates);
    // A secret may begin with this sign, too.
    let secret = rest.strip_prefix('/').filter(|secret| is_secret_key(secret)).unwrap_or(rest);
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    (secret.len() >= SHORTEST_SECRET && secret.bytes().all(is_digit)).then_some((id, secret))
}

/// Both in the place of the login, where a raw `/` of the secret has ended it: nothing of them is
/// read as login or password.
fn cut(case: &Case<'_>) -> Option<(Option<crate::source::Span>, Option<Fix>)> {
    let view = case.uri()?;
    let authority = case.authority()?;
    let cut = authority.cut().filter(|cut| !cut.leaves_host && !cut.leaves_password)?;
    let range = authority.start..cut.meant_at;
    let both = unquote(&Text::untraced(&view.text.as_str()[range.clone()])).into_string();
    let (id, secret) = joined(&both)?;
    let edit = view.text.edit(range.clone(), &format!("{id}:{}", quote(secret)));
    let fix = edit.and_then(|edit| case.fix(Safety::Unsafe, vec![Change::Text(vec![edit])]));
    Some((view.text.span_of(range), fix))
}

/// The userinfo of a URI, written anew.
fn userinfo(case: &Case<'_>, authority: &Authority<'_>, id: &str, secret: &str) -> Option<Fix> {
    let end = authority.start + authority.taken().rfind('@')?;
    let edit = case.uri()?.text.edit(authority.start..end, &format!("{id}:{}", quote(secret)))?;
    case.fix(Safety::Unsafe, vec![Change::Text(vec![edit])])
}

#[cfg(test)]
mod tests {
    use super::joined;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn an_id_and_its_secret_in_one_place() {
        for between in ["", ":", " ", "\n", "\r\n", "\t", ", ", " : ", "|", ";", "/", "\":\""] {
            for both in [format!("{ID}{between}{SECRET}"), format!(" \"{ID}{between}{SECRET}\"\n")]
            {
                assert_eq!(joined(&both), Some((ID, SECRET)), "{both}");
            }
            if between != "/" {
                let both = format!("{SECRET}{between}{ID}");
                assert_eq!(joined(&both), Some((ID, SECRET)), "{both}");
            }
        }
        for one in [ID, SECRET, "", "é", &format!("{ID}tide"), &format!("{ID}{ID}")] {
            assert_eq!(joined(one), None, "{one}");
        }
    }
}
