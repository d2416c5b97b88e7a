//! Shapes that only keys, tokens and URLs with passwords have, wherever they stand in a text.

use super::secret::{is_secret, is_stand_in, is_stand_in_as_a_whole, last_sign};

/// What only a key or token looks like.
struct Shape {
    what: &'static str,
    begins: &'static str,
    /// The characters that follow.
    of: fn(u8) -> bool,
    /// At least so many of them.
    least: usize,
}

fn word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

fn dashed(b: u8) -> bool {
    word(b) || b == b'-' || b == b'.'
}

fn hex(b: u8) -> bool {
    b.is_ascii_digit() || matches!(b, b'a'..=b'f')
}

fn base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"+/=%".contains(&b)
}

/// `{"` in base64url, with which each part of a JSON Web Token begins.
const JWT: &str = "eyJ";

/// The prefixes are those that their makers document.
static SHAPES: &[Shape] = &[
    Shape { what: "a GitHub token", begins: "ghp_", of: word, least: 30 },
    Shape { what: "a GitHub token", begins: "gho_", of: word, least: 30 },
    Shape { what: "a GitHub token", begins: "ghs_", of: word, least: 30 },
    Shape { what: "a GitHub token", begins: "github_pat_", of: word, least: 30 },
    Shape { what: "a GitLab token", begins: "glpat-", of: dashed, least: 20 },
    Shape { what: "a Slack token", begins: "xoxb-", of: dashed, least: 16 },
    Shape { what: "a Slack token", begins: "xoxp-", of: dashed, least: 16 },
    Shape {
        what: "the address of a Slack webhook",
        begins: "hooks.slack.com/services/T",
        of: |b| word(b) || b == b'/',
        least: 24,
    },
    Shape { what: "a Databricks token", begins: "dapi", of: hex, least: 32 },
    Shape { what: "a Vault token", begins: "hvs.", of: dashed, least: 20 },
    Shape { what: "a Google API key", begins: "AIza", of: |b| word(b) || b == b'-', least: 35 },
    Shape { what: "a Stripe key", begins: "sk_live_", of: word, least: 20 },
    Shape { what: "a SendGrid key", begins: "SG.", of: dashed, least: 40 },
    Shape { what: "a PyPI token", begins: "pypi-AgE", of: dashed, least: 30 },
    Shape { what: "an npm token", begins: "npm_", of: word, least: 30 },
    Shape { what: "an Azure account key", begins: "AccountKey=", of: base64, least: 20 },
    Shape { what: "an Azure account key", begins: "SharedAccessKey=", of: base64, least: 20 },
    Shape { what: "an Azure signature", begins: "&sig=", of: base64, least: 20 },
    Shape { what: "a JSON Web Token", begins: JWT, of: dashed, least: 40 },
];

/// What a text looks like that has a key, a token or a password in it; `None` for anything else,
/// and for a made-up one.
pub(crate) fn shape(text: &str) -> Option<&'static str> {
    if text.len() < 10 {
        return None;
    }
    if text.contains("-----BEGIN ")
        && text.contains("PRIVATE KEY-----")
        && text.len() > 80
        && !is_stand_in(text)
    {
        return Some("a private key");
    }
    let found = SHAPES.iter().find(|shape| shape.is_in(text)).map(|shape| shape.what);
    found.or_else(|| has_url_with_password(text).then_some("a URL with a password"))
}

impl Shape {
    /// Work in proportion to the text: a run of characters in which the shape begins many times is
    /// measured once.
    fn is_in(&self, text: &str) -> bool {
        if text.len() < self.begins.len() + self.least {
            return false;
        }
        // Most texts have none, and this is told sooner.
        if !text.contains(self.begins) {
            return false;
        }
        let bytes = text.as_bytes();
        let is_word = self.begins.as_bytes()[0].is_ascii_alphanumeric();
        let begins = text.match_indices(self.begins).map(|(at, _)| at);
        let begins =
            begins.filter(|at| *at == 0 || !is_word || !bytes[at - 1].is_ascii_alphanumeric());
        let mut run: Option<Run> = None;
        for start in begins.map(|at| at + self.begins.len()) {
            let run = match &mut run {
                Some(run) if start <= run.end => run,
                other => other.insert(Run::at(start, text, self)),
            };
            if run.end - start >= self.least && run.is_key(&text[start..run.end], start, self) {
                return true;
            }
        }
        false
    }
}

/// Characters of a shape one behind the other.
struct Run {
    end: usize,
    signs: Option<Signs>,
}

/// What a run has that decides about all that begins ahead of it in the run.
struct Signs {
    start: usize,
    lower: String,
    /// See [`last_sign`].
    last: Option<usize>,
    /// The last beginning of another part of a JSON Web Token.
    part: Option<usize>,
}

impl Run {
    fn at(start: usize, text: &str, shape: &Shape) -> Run {
        Run {
            end: start + text.as_bytes()[start..].iter().take_while(|b| (shape.of)(**b)).count(),
            signs: None,
        }
    }

    /// Whether what stands from a byte to the end of the run is a key, and nothing that stands in
    /// for one.
    fn is_key(&mut self, rest: &str, start: usize, shape: &Shape) -> bool {
        let signs = self.signs.get_or_insert_with(|| {
            let lower = rest.to_ascii_lowercase();
            let place = |at: usize| start + at;
            Signs {
                start,
                last: last_sign(rest, &lower).map(place),
                part: rest.rfind(".eyJ").map(place),
                lower,
            }
        });
        let ahead_of = |place: Option<usize>| place.is_some_and(|at| start <= at);
        (shape.begins != JWT || ahead_of(signs.part))
            && !ahead_of(signs.last)
            && !is_stand_in_as_a_whole(rest, &signs.lower[start - signs.start..])
    }
}

/// `scheme://login:password@host`.
fn has_url_with_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let authority = &rest[..rest.find(|c: char| "/?#\"' ".contains(c)).unwrap_or(rest.len())];
        let password = authority
            .rsplit_once('@')
            .and_then(|(userinfo, _)| userinfo.split_once(':'))
            .map(|(_, password)| password);
        password.is_some_and(is_secret)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_private_key_is_one() {
        // A key of OpenSSH begins with its name, and has ten `A` for zeros.
        let openssh = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACBLZWxwVGlkZVdhdmVLZWxwVGlkZVdhdmVLZWxwVGlk";
        let wordy = "MIIEowIBAAKCAQEAwJq7mock9XwLk2vBn5Hd4xxxx8VtMj5Q2wErTyUiOpExampleKelpTideWaveTodoFakeQ7canary9XwLk2vBn5Hd4sparrow8VtMj5Q2w==";
        let made_up = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC...";
        for (kind, body, want) in [
            ("OPENSSH PRIVATE KEY", openssh, true),
            ("RSA PRIVATE KEY", wordy, true),
            ("PRIVATE KEY", wordy, true),
            ("PRIVATE KEY", made_up, false),
            ("PRIVATE KEY", &"A".repeat(200), false),
            ("PRIVATE KEY", "paste the key of the example here, all of it with its lines", false),
        ] {
            for ends in ["\n", "\\n", " "] {
                let key =
                    format!("-----BEGIN {kind}-----{ends}{body}{ends}-----END {kind}-----{ends}");
                assert_eq!(shape(&key).is_some(), want, "{key}");
            }
        }
    }

    #[test]
    fn keys_have_shapes() {
        let hex = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
        for (text, want) in [
            (format!("ghp_{hex}KelpTide"), Some("a GitHub token")),
            (format!("token: dapi{hex}"), Some("a Databricks token")),
            (format!("redapi{hex}"), None),
            (
                "https://hooks.slack.com/services/T0K3LP/B0T1DE/h8Gk2Lm9Qw3Er5Ty7Ui1Op".to_string(),
                Some("the address of a Slack webhook"),
            ),
            (
                "https://hooks.slack.com/services/T00000000/B00000000/000000000000000000000000"
                    .to_string(),
                None,
            ),
            (
                "postgres://etl:Tr4vel-Kelp@db.example.com/dwh".to_string(),
                Some("a URL with a password"),
            ),
            ("postgres://etl:password@db.example.com/dwh".to_string(), None),
            ("https://etl@db.example.com/a:b@c".to_string(), None),
            ("xoxb-EXAMPLE-not-a-token-at-all".to_string(), None),
            (
                "eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZWxwLWFuZC10aWRlLTQ0In0.c2lnbmF0dXJl".to_string(),
                Some("a JSON Web Token"),
            ),
            ("the warehouse of the finance team, ask Kim".to_string(), None),
            (format!("AccountKey={hex}=="), Some("an Azure account key")),
        ] {
            assert_eq!(shape(&text), want, "{text}");
        }
    }

    /// What [`Shape::is_in`] answers about a run at once is what each beginning in it, looked at by
    /// itself, would give.
    #[test]
    fn keys_in_one_run_are_told_one_by_one() {
        const PIECES: &[&str] = &[
            "ghp_",
            "eyJ",
            ".eyJ",
            "xoxb-",
            "AIza",
            "hvs.",
            "SG.",
            "AccountKey=",
            "&sig=",
            "xxxx",
            "__",
            "example",
            "arn:",
            "projects/",
            "/secrets/",
            "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "KelpTide",
            "a",
            "-",
            "%",
            "/",
            " ",
            "aaaaaaaa",
        ];
        let alone = |shape: &Shape, text: &str| {
            let is_word = |b: u8| b.is_ascii_alphanumeric();
            text.match_indices(shape.begins).any(|(at, _)| {
                let ahead = at > 0
                    && is_word(shape.begins.as_bytes()[0])
                    && is_word(text.as_bytes()[at - 1]);
                let rest = &text[at + shape.begins.len()..];
                let rest = &rest[..rest.bytes().take_while(|b| (shape.of)(*b)).count()];
                let token = shape.begins != JWT || rest.contains(".eyJ");
                !ahead && rest.len() >= shape.least && token && !is_stand_in(rest)
            })
        };
        let (mut state, mut keys, mut others) = (1_u64, 0, 0);
        for _ in 0..4_000 {
            let mut text = String::new();
            for _ in 0..14 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let piece = usize::try_from(state >> 33).expect("31 bits") % PIECES.len();
                text.push_str(PIECES[piece]);
            }
            for shape in SHAPES {
                let want = alone(shape, &text);
                assert_eq!(shape.is_in(&text), want, "{} in {text}", shape.what);
                *if want { &mut keys } else { &mut others } +=
                    usize::from(text.contains(shape.begins));
            }
        }
        assert!(keys > 500 && others > 500, "{keys} keys and {others} others");
    }
}
