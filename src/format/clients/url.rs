//! URLs of SQLAlchemy taken apart as its `make_url` does it.

use crate::airflow::python::unquote::unquote;
use crate::source::Text;

/// The parts of a URL, decoded.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Url {
    pub(super) name: String,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<i64>,
    pub(super) database: Option<String>,
    /// A key that stands twice has two values.
    pub(super) query: Vec<(String, String)>,
    /// Where login and password end in the text, behind their `@`.
    pub(super) userinfo_end: usize,
}

/// Why there is none.
#[derive(Debug, PartialEq)]
pub(super) enum Refused {
    /// It is not a URL.
    Shape,
    /// The port is not a number.
    Port,
}

/// The parts of a URL, by the pattern of `sqlalchemy.engine.url._parse_url` (2.1).
pub(super) fn make_url(text: &str) -> Result<Url, Refused> {
    let (name, rest) = text.split_once("://").ok_or(Refused::Shape)?;
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '+') {
        return Err(Refused::Shape);
    }
    let mut url = Url { name: name.to_string(), ..Url::default() };
    let mut rest = rest;
    // `[^:/]*`, then perhaps `:[^@]*`, then `@`.
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let with_password = rest[end..].strip_prefix(':').and_then(|behind| behind.split_once('@'));
    if let Some((password, behind)) = with_password {
        url.username = Some(unquoted(&rest[..end]));
        url.password = Some(unquoted(password));
        rest = behind;
    } else if let Some(at) = rest[..end].rfind('@') {
        url.username = Some(unquoted(&rest[..at]));
        rest = &rest[at + 1..];
    }
    url.userinfo_end = text.len() - rest.len();
    let in_brackets = rest.strip_prefix('[').and_then(|inside| {
        let end = inside.find(['/', '?']).unwrap_or(inside.len());
        let close = inside[..end].rfind(']').filter(|close| *close > 0)?;
        Some((&inside[..close], &inside[close + 1..]))
    });
    if let Some((address, behind)) = in_brackets {
        url.host = Some(address.to_string());
        rest = behind;
    } else {
        let end = rest.find(['/', ':', '?']).unwrap_or(rest.len());
        url.host = Some(rest[..end].to_string()).filter(|host| !host.is_empty());
        rest = &rest[end..];
    }
    let mut port = None;
    if let Some(behind) = rest.strip_prefix(':') {
        let end = behind.find(['/', '?']).unwrap_or(behind.len());
        port = Some(&behind[..end]);
        rest = &behind[end..];
    }
    if let Some(behind) = rest.strip_prefix('/') {
        let end = behind.find('?').unwrap_or(behind.len());
        url.database = Some(unquoted(&behind[..end]));
        rest = &behind[end..];
    }
    if let Some(query) = rest.strip_prefix('?') {
        let line = query.split('\n').next().unwrap_or_default();
        for pair in line.split('&') {
            // `parse_qsl` leaves out what has no value.
            if let Some((key, value)) = pair.split_once('=')
                && !value.is_empty()
            {
                let decoded = |text: &str| unquoted(&text.replace('+', " "));
                url.query.push((decoded(key), decoded(value)));
            }
        }
    }
    url.port = match port {
        None => None,
        Some(port) => Some(port.trim().parse().map_err(|_| Refused::Port)?),
    };
    Ok(url)
}

/// The URL with its login and password encoded, which end in front of `end`: to their client a
/// delimiter in them is none.
pub(super) fn with_userinfo_encoded(text: &str, end: usize) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let Some(userinfo) = text.get(start..end).and_then(|userinfo| userinfo.strip_suffix('@'))
    else {
        return text.to_string();
    };
    let mut encoded = text[..start].to_string();
    for c in userinfo.chars() {
        match c {
            '@' | '/' | '?' | '#' => encoded.push_str(&format!("%{:02X}", c as u32)),
            c => encoded.push(c),
        }
    }
    encoded + "@" + &text[end..]
}

pub(super) fn unquoted(text: &str) -> String {
    unquote(&Text::untraced(text)).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_as_sqlalchemy_does_it() {
        let recorded = include_str!("../../../fixtures/dialects/clients.jsonl");
        let (mut compared, mut wrong) = (0, Vec::new());
        for line in recorded.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("a recorded row");
            if !row["reader"].as_str().is_some_and(|reader| reader.starts_with("sqlalchemy")) {
                continue;
            }
            let text = row["text"].as_str().expect("its text");
            let got = make_url(text).ok();
            let set = row.get("set");
            let same = match (&got, set) {
                (None, None) => true,
                (Some(url), Some(set)) => {
                    let part = |name: &str| set[name].as_str().map(str::to_string);
                    let mut query: Vec<(String, String)> = Vec::new();
                    for (key, value) in set["query"].as_object().expect("a query") {
                        let values = value.as_array().cloned().unwrap_or(vec![value.clone()]);
                        for value in values {
                            let value = value.as_str().expect("text").to_string();
                            query.push((key.clone(), value));
                        }
                    }
                    let mut mine = url.query.clone();
                    query.sort();
                    mine.sort();
                    part("drivername").as_deref() == Some(url.name.as_str())
                        && part("username") == url.username
                        && part("password") == url.password
                        && part("host") == url.host
                        && set["port"].as_i64() == url.port
                        && part("database") == url.database
                        && query == mine
                }
                _ => false,
            };
            compared += 1;
            if !same {
                wrong.push(format!("{text:?}\n  got  {got:?}\n  want {row}"));
            }
        }
        assert!(compared >= 60, "{compared}");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
