//! URLs as Go's `url.Parse` takes them apart, and texts as its `%q` prints them: what the Astro CLI
//! makes of a connection URI.

/// The parts of a URL, decoded. What is not UTF-8 is replaced, as Go's JSON does it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    /// Login, and the password if there is a colon.
    pub(crate) user: Option<(String, Option<String>)>,
    /// Without port and brackets.
    pub(crate) host: String,
    pub(crate) port: Option<i64>,
    pub(crate) path: String,
    /// The query as one object of JSON; `None` without a query.
    pub(crate) extra: Option<String>,
}

/// Takes a URL apart as Go 1.26 does; `None` where it refuses it.
pub(crate) fn parse(text: &str) -> Option<Url> {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    if text.bytes().any(|b| b < b' ' || b == 0x7f) {
        return None;
    }
    unescape(fragment, Part::Other)?;
    let mut url = Url::default();
    if text == "*" {
        return Some(Url { path: "*".to_string(), ..url });
    }
    let (scheme, mut rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let mut query = "";
    if let Some((ahead, behind)) = rest.split_once('?') {
        (rest, query) = (ahead, behind);
    }
    if !query.is_empty() {
        url.extra = Some(object(query));
    }
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            // Opaque: nothing of it is read.
            return Some(url);
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return None;
        }
    }
    if let Some(inside) = rest.strip_prefix("//")
        && (!url.scheme.is_empty() || !rest.starts_with("///"))
    {
        let end = inside.find('/').unwrap_or(inside.len());
        authority(&inside[..end], &mut url)?;
        rest = &inside[end..];
    }
    url.path = lossy(unescape(rest, Part::Other)?);
    Some(url)
}

/// The scheme, if the text begins with one.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return Some((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Some(("", text))
}

fn authority(text: &str, url: &mut Url) -> Option<()> {
    let (userinfo, host) = match text.rsplit_once('@') {
        Some((userinfo, host)) => (Some(userinfo), host),
        None => (None, text),
    };
    let host = self::host(host, &url.scheme)?;
    let (name, port) = match host.rfind(':') {
        Some(at) if host[at + 1..].bytes().all(|b| b.is_ascii_digit()) => {
            (&host[..at], &host[at + 1..])
        }
        _ => (host.as_str(), ""),
    };
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    url.host = inner.unwrap_or(name).to_string();
    url.port = port.parse().ok();
    let Some(userinfo) = userinfo else { return Some(()) };
    let valid = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !userinfo.chars().all(valid) {
        return None;
    }
    let decoded = |text| Some(lossy(unescape(text, Part::Other)?));
    url.user = Some(match userinfo.split_once(':') {
        Some((login, password)) => (decoded(login)?, Some(decoded(password)?)),
        None => (decoded(userinfo)?, None),
    });
    Some(())
}

/// The host with its port, decoded.
fn host(text: &str, scheme: &str) -> Option<String> {
    let is_port = |text: &str| {
        text.is_empty()
            || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
    };
    match text.rfind('[') {
        Some(0) => {
            let close = text.rfind(']')?;
            if !is_port(&text[close + 1..]) {
                return None;
            }
            let (address, zone) = match text[1..close].find("%25") {
                Some(at) => (&text[1..1 + at], &text[1 + at..close]),
                None => (&text[1..close], ""),
            };
            let address = lossy(unescape(address, Part::Host)?);
            address.parse::<std::net::Ipv6Addr>().ok()?;
            let zone = lossy(unescape(zone, Part::Zone)?);
            return Some(format!("[{address}{zone}]{}", &text[close + 1..]));
        }
        Some(_) => return None,
        None => {}
    }
    // Several hosts with ports stand in the URLs of databases; of the web there are none.
    let web = matches!(scheme, "http" | "https");
    if let Some(colon) = if web { text.find(':') } else { text.rfind(':') }
        && !is_port(&text[colon..])
    {
        return None;
    }
    Some(lossy(unescape(text, Part::Host)?))
}

/// Where an escape stands.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Host,
    Zone,
    Query,
    Other,
}

/// What may stand in a host as it is, beside letters and digits.
const IN_HOST: &[u8] = b"!$&'()*+,;=:[]<>\"-_.~";

fn unescape(text: &str, part: Part) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'%' => {
                let hex = bytes.get(at + 1..at + 3)?;
                let hex = std::str::from_utf8(hex).ok()?;
                if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return None;
                }
                let value = u8::from_str_radix(hex, 16).ok()?;
                let refused = match part {
                    Part::Host => value < 0x80 && value != b'%',
                    Part::Zone => value != b'%' && value != b' ' && !is_in_host(value),
                    Part::Query | Part::Other => false,
                };
                if refused {
                    return None;
                }
                out.push(value);
                at += 3;
                continue;
            }
            b'+' if part == Part::Query => out.push(b' '),
            byte if matches!(part, Part::Host | Part::Zone)
                && byte.is_ascii()
                && !is_in_host(*byte) =>
            {
                return None;
            }
            byte => out.push(*byte),
        }
        at += 1;
    }
    Some(out)
}

fn is_in_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || IN_HOST.contains(&byte)
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A query as an object of JSON as the Astro CLI writes it: every value is text, those of one key
/// stand in one, and a pair that cannot be decoded is left out.
fn object(query: &str) -> String {
    let mut pairs: Vec<(Vec<u8>, Vec<Vec<u8>>)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';')) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(key), Some(value)) = (unescape(key, Part::Query), unescape(value, Part::Query))
        else {
            continue;
        };
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => pairs.push((key, vec![value])),
        }
    }
    let members: Vec<String> = pairs
        .iter()
        .map(|(key, values)| format!("{}: {}", quoted(key), quoted(&values.join(&b','))))
        .collect();
    format!("{{{}}}", members.join(", "))
}

/// A text as `%q` prints it: that is JSON only where nothing but line ends, tabs, quotes and
/// backslashes is escaped.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\u{7}' => out.push_str("\\a"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{b}' => out.push_str("\\v"),
                ' '..='~' => out.push(c),
                c if u32::from(c) < 0x80 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
                c if is_printed(c) => out.push(c),
                c if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

/// Go's `unicode.IsPrint`, as far as texts go: no blanks but the space, nothing that formats, no
/// private use.
fn is_printed(c: char) -> bool {
    let formats = matches!(
        c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}'
    );
    !(c.is_control() || c.is_whitespace() || formats)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of later versions: what Go 1.19, which was asked, still takes.
    const LATER: &[(&str, &str)] = &[
        (":5432:5433", "http and https take one colon in a host since Go 1.26"),
        ("h1:1,h2:2", "the same"),
    ];

    #[test]
    fn urls_are_taken_apart_as_go_does_it() {
        let recorded = include_str!("../../../fixtures/dialects/gourl.jsonl");
        let (mut compared, mut wrong) = (0, Vec::new());
        for line in recorded.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("a recorded row");
            let text = row["text"].as_str().expect("its text");
            if text.starts_with("http") && LATER.iter().any(|(part, _)| text.contains(part)) {
                continue;
            }
            let got = parse(text);
            let part = |name: &str| row[name].as_str().map(str::to_string);
            let want = (!row["refused"].as_bool().unwrap_or(false)).then(|| Url {
                scheme: part("scheme").unwrap_or_default(),
                user: part("login").map(|login| (login, part("password"))),
                host: part("host").unwrap_or_default(),
                port: row["port"].as_i64(),
                path: part("path").unwrap_or_default(),
                extra: part("extra"),
            });
            // Go prints them in any order.
            let sorted = |url: &Option<Url>| {
                url.as_ref().and_then(|url| url.extra.clone()).map(|extra| {
                    let mut bytes: Vec<char> = extra.chars().collect();
                    bytes.sort_unstable();
                    bytes
                })
            };
            let alike = sorted(&got) == sorted(&want);
            let plain = |url: Option<Url>| url.map(|url| Url { extra: None, ..url });
            let shown = format!("{text:?}\n  got  {got:?}\n  want {want:?}");
            compared += 1;
            if !alike || plain(got) != plain(want) {
                wrong.push(shown);
            }
        }
        assert!(compared >= 300, "{compared}");
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
