//! What a `$` begins in a text that Compose fills in, by the pattern of compose-go's template.go.

/// What stands behind a `$`, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dollar {
    /// Another one: together they are one.
    Escaped,
    /// `{NAME}`, with a default or a message.
    Braced(usize),
    /// A name.
    Named(usize),
    /// Nothing that means anything: the `$` stays. Compose refused it up to 2.11.1 (compose-go
    /// 1.5.1).
    Lone,
    /// `{` and what is no variable, which Compose refuses; some may be meant as one.
    Broken {
        /// As far as it is pointed at.
        len: usize,
        /// There is a name in it, and a brace behind.
        meant: bool,
    },
}

/// What a `$` begins whose text goes on with `rest`.
pub(crate) fn dollar(rest: &str) -> Dollar {
    if rest.starts_with('$') {
        return Dollar::Escaped;
    }
    let Some(inside) = rest.strip_prefix('{') else {
        return match name(rest) {
            0 => Dollar::Lone,
            len => Dollar::Named(len),
        };
    };
    if let Some(len) = braced(inside) {
        return Dollar::Braced(len + 1);
    }
    let end = inside.find(['}', '\n']).filter(|at| inside[*at..].starts_with('}'));
    let meant = end.is_some_and(|at| name(inside[..at].trim()) > 0);
    Dollar::Broken { len: end.map_or(1, |at| at + 2), meant }
}

/// How long the name is with which a text begins.
fn name(text: &str) -> usize {
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if digit { 0 } else { text.len() - rest.len() }
}

/// What stands behind `${`, if it is a variable: how long it is with its closing brace.
fn braced(inside: &str) -> Option<usize> {
    let name = name(inside);
    let rest = &inside[name..];
    if name == 0 {
        return None;
    }
    if rest.starts_with('}') {
        return Some(name + 1);
    }
    rest.strip_prefix(':').unwrap_or(rest).strip_prefix(['-', '+', '?'])?;
    // The pattern goes to the last brace of the line; what is taken goes to the one that closes.
    let last = rest.split('\n').next()?.rfind('}')?;
    let (mut open, mut at) = (1, 0);
    let bytes = rest.as_bytes();
    while at <= last {
        match bytes[at] {
            b'}' if open == 1 => return Some(name + at + 1),
            b'}' => open -= 1,
            // What follows a brace is passed over there, too.
            b'{' => (open, at) = (open + 1, at + 1),
            _ => {}
        }
        at += 1;
    }
    Some(name + last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_begins_what_compose_takes_it_for() {
        for (rest, want) in [
            ("$x", Dollar::Escaped),
            ("PW/x", Dollar::Named(2)),
            ("1", Dollar::Lone),
            ("", Dollar::Lone),
            ("{PW}x}", Dollar::Braced(4)),
            ("{PW:-a}d${e:-f}", Dollar::Braced(7)),
            ("{PW:-${b:-c}}d", Dollar::Braced(13)),
            ("{PW:-{b}", Dollar::Braced(8)),
            ("{PW:-a", Dollar::Broken { len: 1, meant: false }),
            ("{ss@h", Dollar::Broken { len: 1, meant: false }),
            ("{}", Dollar::Broken { len: 2, meant: false }),
            ("{ s }", Dollar::Broken { len: 5, meant: true }),
        ] {
            assert_eq!(dollar(rest), want, "{rest}");
        }
    }
}
