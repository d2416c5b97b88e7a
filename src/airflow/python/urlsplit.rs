//! `urllib.parse.urlsplit` and the properties of its result, by the switches of the Python behind a
//! runtime.

use std::net::{Ipv4Addr, Ipv6Addr};

use unicode_normalization::UnicodeNormalization;

use super::text;
use crate::airflow::runtime::{Behaviour, Brackets};
use crate::airflow::{Fault, Raised, UriPart};
use crate::source::Text;

/// The parts of a URL, undecoded.
pub struct Split<'a> {
    /// The scheme in lower case; `""` if there is none.
    pub scheme: String,
    /// The scheme as written.
    pub raw_scheme: Text<'a>,
    /// What stands between `//` and the next `/`, `?` or `#`.
    pub netloc: Text<'a>,
    /// The path, with its leading slash.
    pub path: Text<'a>,
    /// After `?`.
    pub query: Text<'a>,
    /// After `#`, which Airflow throws away; `None` without a `#`.
    pub fragment: Option<Text<'a>>,
}

/// urllib's `uses_params`.
const USES_PARAMS: &[&str] = &[
    "", "ftp", "hdl", "prospero", "http", "https", "shttp", "rtsp", "rtsps", "rtspu", "sip",
    "sips", "mms", "sftp", "tel",
];

fn is_scheme_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// The text without what `urlsplit` strips before it looks: leading C0 characters and spaces (not
/// on Python 3.7), then every TAB, LF, CR.
pub fn strip<'a>(url: &Text<'a>, b: &Behaviour) -> Text<'a> {
    let start = if b.strips_leading_blanks {
        url.as_str().len() - url.as_str().trim_start_matches(|c| c <= ' ').len()
    } else {
        0
    };
    url.from(start).without(|c| matches!(c, '\t' | '\r' | '\n'))
}

/// The length of the scheme that `urlsplit` sees in stripped text.
fn scheme_len(url: &str, b: &Behaviour) -> Option<usize> {
    let colon = url.find(':').filter(|at| *at > 0)?;
    let scheme = &url[..colon];
    if b.scheme_starts_with_letter && !scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        || !scheme.chars().all(is_scheme_char)
    {
        return None;
    }
    let rest = &url[colon + 1..];
    let port_like = !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit());
    if b.digits_after_colon_are_port && scheme != "http" && port_like {
        return None;
    }
    Some(colon)
}

/// `urlsplit(url)`. Raises ValueError for broken brackets and for a netloc whose compatibility form
/// holds a delimiter.
pub fn urlsplit<'a>(url: &Text<'a>, b: &Behaviour) -> Result<Split<'a>, Raised> {
    let url = strip(url, b);
    let (raw_scheme, rest) = match scheme_len(url.as_str(), b) {
        Some(len) => (url.slice(0..len), url.from(len + 1)),
        None => (url.slice(0..0), url),
    };
    let (netloc, rest) = if rest.as_str().starts_with("//") {
        let end = rest.as_str()[2..].find(['/', '?', '#']).map_or(rest.as_str().len(), |at| at + 2);
        (rest.slice(2..end), rest.from(end))
    } else {
        (rest.slice(0..0), rest)
    };
    check_brackets(&netloc, b)?;
    let (rest, fragment) = match rest.split_once("#") {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (mut path, query) = match rest.split_once("?") {
        Some((path, query)) => (path, query),
        None => (rest.clone(), rest.from(rest.as_str().len())),
    };
    check_normal_form(&netloc)?;
    let scheme = raw_scheme.as_str().to_ascii_lowercase();
    if b.cuts_params && USES_PARAMS.contains(&scheme.as_str()) {
        let last_slash = path.as_str().rfind('/').unwrap_or(0);
        if let Some(at) = path.as_str()[last_slash..].find(';') {
            path = path.slice(0..last_slash + at);
        }
    }
    Ok(Split { scheme, raw_scheme, netloc, path, query, fragment })
}

fn check_brackets(netloc: &Text<'_>, b: &Behaviour) -> Result<(), Raised> {
    let text = netloc.as_str();
    let raise = |message: &str| {
        Err(Raised::value_error(Fault::Uri(UriPart::Authority), message).at(netloc.span()))
    };
    let (Some(open), close) = (text.find('['), text.find(']')) else {
        return if text.contains(']') {
            raise("a `]` without `[` before the first `/`, `?` or `#`")
        } else {
            Ok(())
        };
    };
    if close.is_none() {
        return raise("a `[` without `]` before the first `/`, `?` or `#`");
    }
    if b.brackets == Brackets::Paired {
        return Ok(());
    }
    let inside = &text[open + 1..];
    let inside = inside.split_once(']').map_or(inside, |(inside, _)| inside);
    if let Some(version) = inside.strip_prefix('v') {
        let hex = version.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        let future = hex.len() < version.len()
            && hex.strip_prefix('.').is_some_and(|rest| !rest.is_empty() && !rest.contains('\n'));
        return if future { Ok(()) } else { raise("what stands in `[…]` is not an IP address") };
    }
    if inside.parse::<Ipv4Addr>().is_ok() {
        return raise("an IPv4 address stands in `[…]`");
    }
    if is_ipv6(inside) { Ok(()) } else { raise("what stands in `[…]` is not an IPv6 address") }
}

/// `ipaddress.IPv6Address(text)` succeeds: an address with an optional non-empty zone that holds no
/// `%`.
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    zone.is_none_or(|z| !z.is_empty() && !z.contains(['%', '/']))
        && address.parse::<Ipv6Addr>().is_ok()
}

/// `_checknetloc`: a host such as `℀.com` must not turn into one with a delimiter.
fn check_normal_form(netloc: &Text<'_>) -> Result<(), Raised> {
    let text = netloc.as_str();
    if text.is_ascii() {
        return Ok(());
    }
    let plain: String = text.chars().filter(|c| !matches!(c, '@' | ':' | '#' | '?')).collect();
    let normal: String = plain.nfkc().collect();
    if plain != normal && normal.contains(['/', '?', '#', '@', ':']) {
        let message = "a character before the first `/`, `?` or `#` becomes one of `/ ? # @ :` in \
                       its compatibility form (NFKC)";
        return Err(Raised::value_error(Fault::Uri(UriPart::Authority), message).at(netloc.span()));
    }
    Ok(())
}

/// A netloc taken apart; nothing is decoded.
pub struct Netloc<'a> {
    /// Before the first `:` of the userinfo; `None` without `@`.
    pub user: Option<Text<'a>>,
    /// After it; `None` without a colon there.
    pub password: Option<Text<'a>>,
    /// The host, brackets dropped, case as written.
    pub host: Text<'a>,
    /// The port as written; `None` if empty.
    pub port: Option<Text<'a>>,
    /// Everything after the last `@`.
    pub host_port: Text<'a>,
}

/// The properties `username`, `password`, `hostname` and the text behind `port` of a split result.
pub fn netloc<'a>(netloc: &Text<'a>) -> Netloc<'a> {
    let (userinfo, host_port) = match netloc.rsplit_once("@") {
        Some((userinfo, rest)) => (Some(userinfo), rest),
        None => (None, netloc.clone()),
    };
    let (user, password) = match userinfo {
        Some(userinfo) => match userinfo.split_once(":") {
            Some((user, password)) => (Some(user), Some(password)),
            None => (Some(userinfo), None),
        },
        None => (None, None),
    };
    let empty = || host_port.from(host_port.as_str().len());
    let (host, port) = match host_port.split_once("[") {
        Some((_, rest)) => {
            let (host, rest) = rest.split_once("]").unwrap_or_else(|| (rest.clone(), empty()));
            (host, rest.split_once(":").map(|(_, port)| port))
        }
        None => match host_port.split_once(":") {
            Some((host, port)) => (host, Some(port)),
            None => (host_port.clone(), None),
        },
    };
    Netloc { user, password, host, port: port.filter(|p| !p.as_str().is_empty()), host_port }
}

/// `hostname`: lower case up to the first `%`, so that zones and all that follows an escape keep
/// their case.
pub fn lower_host(host: &str) -> std::borrow::Cow<'_, str> {
    let end = host.find('%').unwrap_or(host.len());
    let lower = host[..end].to_lowercase();
    if lower == host[..end] { host.into() } else { (lower + &host[end..]).into() }
}

/// `port`: 0 to 65535. Raises ValueError for anything else.
pub fn port(port: &Text<'_>, b: &Behaviour) -> Result<i64, Raised> {
    let written = port.as_str();
    let digits = if b.port_by_int {
        text::int(written)
    } else {
        let all_digits = written.bytes().all(|c| c.is_ascii_digit())
            && written.len() <= text::INT_MAX_STR_DIGITS;
        all_digits.then(|| text::normalize_int("", written))
    };
    let Some(digits) = digits else {
        return Err(Raised::value_error(Fault::Uri(UriPart::Port), "the port is not a number")
            .at(port.span()));
    };
    match digits.parse::<u16>() {
        Ok(number) => Ok(i64::from(number)),
        Err(_) => Err(Raised::value_error(
            Fault::Uri(UriPart::Port),
            "the port is not in the range 0 to 65535",
        )
        .at(port.span())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airflow::runtime::{Runtime, Side, Version};

    fn parts(
        url: &str,
        version: Version,
    ) -> Result<(String, String, String, String), &'static str> {
        let b = Runtime::new(version, Side::Server).behaviour;
        let split = urlsplit(&Text::untraced(url), &b).map_err(|e| e.exception())?;
        let text = |t: &Text<'_>| t.as_str().to_string();
        Ok((split.scheme.clone(), text(&split.netloc), text(&split.path), text(&split.query)))
    }

    #[test]
    fn urls_split_as_each_python_splits_them() {
        const PY37: Version = Version(1, 10, 15);
        const PY38: Version = Version(2, 0, 2);
        const PY310: Version = Version(2, 3, 4);
        const PY311: Version = Version(3, 3, 2);
        for (url, version, want) in [
            ("x://u:p@h:1/d?a=b#c", PY311, Some(("x", "u:p@h:1", "/d", "a=b"))),
            (" x://h", PY311, Some(("x", "h", "", ""))),
            (" x://h", PY37, Some(("", "", " x://h", ""))),
            ("x\t://h\n", PY37, Some(("x", "h", "", ""))),
            ("a:1", PY38, Some(("", "", "a:1", ""))),
            ("a:1", PY310, Some(("a", "", "1", ""))),
            ("1x://h", PY310, Some(("1x", "h", "", ""))),
            ("1x://h", PY311, Some(("", "", "1x://h", ""))),
            ("my_x://h", PY311, Some(("", "", "my_x://h", ""))),
            ("FTP://h/a;b", PY38, Some(("ftp", "h", "/a", ""))),
            ("FTP://h/a;b", PY311, Some(("ftp", "h", "/a;b", ""))),
            ("x://[abc]", PY310, Some(("x", "[abc]", "", ""))),
            ("x://[abc]", PY311, None),
            ("x://[1.2.3.4]", PY311, None),
            ("x://[v1.a]", PY311, Some(("x", "[v1.a]", "", ""))),
            ("x://[fe80::1%eth0]", PY311, Some(("x", "[fe80::1%eth0]", "", ""))),
            ("x://[::1", PY37, None),
            ("x://u:]@h", PY37, None),
            ("x://\u{2100}.com", PY37, None),
            ("x://bücher.example", PY37, Some(("x", "bücher.example", "", ""))),
        ] {
            let want = want
                .map(|(a, b, c, d)| (a.to_string(), b.to_string(), c.to_string(), d.to_string()));
            assert_eq!(parts(url, version).ok(), want, "{url:?} on {version}");
        }
    }

    #[test]
    fn a_netloc_falls_apart_at_the_last_at_and_the_first_colon() {
        let show = |t: Option<&Text<'_>>| t.map(|t| t.as_str().to_string());
        for (text, user, password, host, port) in [
            ("u:p@ss@h:1", Some("u"), Some("p@ss"), "h", Some("1")),
            ("u:p:q@h", Some("u"), Some("p:q"), "h", None),
            ("u@", Some("u"), None, "", None),
            ("[::1]:80", None, None, "::1", Some("80")),
            ("h:", None, None, "h", None),
            ("h:1:2", None, None, "h", Some("1:2")),
        ] {
            let n = netloc(&Text::untraced(text));
            let got = (
                show(n.user.as_ref()),
                show(n.password.as_ref()),
                n.host.as_str().to_string(),
                show(n.port.as_ref()),
            );
            assert_eq!(
                got,
                (user.map(Into::into), password.map(Into::into), host.into(), port.map(Into::into)),
                "{text}"
            );
        }
        assert_eq!(lower_host("HoST%2FCloud"), "host%2FCloud");
    }
}
