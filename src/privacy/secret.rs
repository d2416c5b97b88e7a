//! Whether a text is a secret, or only stands in for one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::chance::is_scrambled;

/// Shorter texts are no secrets to Airflow either: its masker passes over them.
const SHORTEST: usize = 5;

/// It is long enough for a secret and nothing that stands in for one.
pub(crate) fn is_secret(text: &str) -> bool {
    text.chars().count() >= SHORTEST && !is_stand_in(text)
}

/// A placeholder, a reference to where the secret is, an encrypted text, or a word that everybody
/// would try first.
pub(crate) fn is_stand_in(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'']);
    if is_whole_key(text) {
        return false;
    }
    let lower = text.to_lowercase();
    is_abridged(&lower) || is_stand_in_as_a_whole(text, &lower) || last_sign(text, &lower).is_some()
}

/// A key in PEM of which a dotted line stands for the rest.
fn is_abridged(lower: &str) -> bool {
    lower
        .split_once("private key-----")
        .is_some_and(|(_, body)| body.contains("...") || body.contains('…'))
}

/// A private key in PEM with enough of a body to be one: by chance it may hold runs of `A`, as
/// every key of OpenSSH does, and any short word.
fn is_whole_key(text: &str) -> bool {
    let Some((_, key)) = text.split_once("-----BEGIN ") else { return false };
    let Some((_, body)) = key.split_once("PRIVATE KEY-----") else { return false };
    let body =
        body.split("-----END").next().unwrap_or_default().replace("\\r", "").replace("\\n", "\n");
    let lines = body.lines().filter(|line| !line.contains(':'));
    let digits: Vec<u8> = lines.flat_map(str::bytes).filter(|b| !b.is_ascii_whitespace()).collect();
    let kinds: std::collections::BTreeSet<&u8> = digits.iter().collect();
    digits.len() >= SHORTEST_KEY
        && kinds.len() >= KINDS
        && digits.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))
}

/// The least digits of base64 in the body of a private key: an Ed25519 key of OpenSSL has 64.
const SHORTEST_KEY: usize = 64;

/// The least number of different digits in so many.
const KINDS: usize = 16;

/// What makes the whole of a text, which is given in lower case as well, something that only stands
/// in for a secret.
pub(crate) fn is_stand_in_as_a_whole(text: &str, lower: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
        || is_sequence(lower)
        || is_enclosed(text)
        || REFERENCES.iter().any(|prefix| lower.starts_with(prefix))
        || is_cloud_reference(lower)
        || is_made_of_words(lower)
        || names_what_belongs_there(text, lower)
        || is_marked_inside(text)
}

/// Where the last sign of a placeholder begins that counts wherever it stands: whatever text begins
/// ahead of it is one.
pub(crate) fn last_sign(text: &str, lower: &str) -> Option<usize> {
    // Most texts have none, and this is told sooner.
    let marker = |marker: &&str| {
        if !lower.contains(*marker) {
            return None;
        }
        lower.rmatch_indices(*marker).map(|(at, _)| at).find(|at| counts(lower, *at, marker.len()))
    };
    let template = TEMPLATES.iter().filter_map(|(open, close)| {
        let at = lower.rfind(open)?;
        lower[at + open.len()..].contains(close).then_some(at)
    });
    MARKERS.iter().filter_map(marker).chain(template).chain(last_run(text.as_bytes())).max()
}

/// A marker in a long text is a sign only where it stands for itself: any short word may come by
/// chance.
fn counts(lower: &str, at: usize, length: usize) -> bool {
    let is_outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let stands_alone = || {
        is_outside(lower[..at].chars().next_back())
            && is_outside(lower[at + length..].chars().next())
    };
    length * SHARE >= lower.len() || stands_alone()
}

/// The share of a text, as a fraction, that what stands in for a secret makes up at least.
const SHARE: usize = 8;

/// As often the same character comes by no chance, but for zeros in what is encoded: all such runs
/// are a share of a text that is made up.
const RUN: usize = 8;

fn last_run(bytes: &[u8]) -> Option<usize> {
    let runs = bytes.chunk_by(|a, b| a == b).filter(|run| run.len() >= RUN);
    let in_runs: usize = runs.map(<[u8]>::len).sum();
    let last = || bytes.windows(RUN).rposition(|window| window.iter().all(|b| *b == window[0]));
    (in_runs > 0 && in_runs * 4 >= bytes.len()).then(last).flatten()
}

/// `123456`, `abcdefgh`, `7890`, `987654321`.
fn is_sequence(text: &str) -> bool {
    let bytes = text.as_bytes();
    let follows = |pair: &[u8], step: i16| i16::from(pair[1]) - i16::from(pair[0]) == step;
    let rises = |pair: &[u8]| follows(pair, 1) || pair == b"90";
    bytes.len() >= 4
        && (bytes.windows(2).all(rises) || bytes.windows(2).all(|pair| follows(pair, -1)))
}

/// `<…>`, `$NAME`, `%NAME%`, `__NAME__` and their like: something is to be put in its place.
fn is_enclosed(text: &str) -> bool {
    const PAIRS: &[(&str, &str)] = &[
        ("<", ">"),
        ("[", "]"),
        ("{", "}"),
        ("__", "__"),
        ("@@", "@@"),
        ("%", "%"),
        ("#{", "}"),
        ("((", "))"),
        ("@", "@"),
        ("%(", ")s"),
    ];
    let is_name = |name: &str| {
        let of_names = |c: char| c.is_ascii_alphanumeric() || " _-./:".contains(c);
        !name.is_empty()
            && name.len() <= LONGEST_NAME
            && name.chars().all(of_names)
            && !is_scrambled(name)
    };
    PAIRS.iter().any(|(open, close)| {
        let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inside.is_some_and(|inside| is_name(inside.trim_matches(['#', '{', '}'])))
    }) || text
        .strip_prefix('$')
        .is_some_and(|name| !name.starts_with(|c: char| c.is_ascii_digit()) && is_name(name))
}

/// What stands between such signs, or as the name that a cloud gives to a secret, is not longer:
/// the bound keeps a text in which thousands of them could begin from being read thousands of
/// times.
const LONGEST_NAME: usize = 512;

/// What a template engine or a shell fills in.
const TEMPLATES: &[(&str, &str)] =
    &[("${", "}"), ("$(", ")"), ("{{", "}}"), ("{%", "%}"), ("<%", "%>")];

/// What makes a text a placeholder wherever it stands in it.
const MARKERS: &[&str] = &[
    "example",
    "changeme",
    "change_me",
    "change-me",
    "change me",
    "placeholder",
    "dummy",
    "redacted",
    "fake",
    "sample",
    "replace",
    "made-up",
    "made up",
    "made/up",
    "mock",
    "made_up",
    "madeup",
    "todo",
    "fixme",
    "not-a-",
    "not_a_",
    "xxxx",
    "****",
    "....",
    "lorem",
];

/// How references to places where secrets are kept, and encrypted texts, begin.
const REFERENCES: &[&str] = &[
    // Ansible, sops, Fernet, KMS, PGP, age
    "!vault",
    "$ansible_vault",
    "enc[",
    "gaaaaab",
    "aqicah",
    "-----begin pgp",
    "-----begin age",
    // tags and prefixes of tools that fetch the value
    "!secret",
    "!ref",
    "!sub",
    "op://",
    "ref+",
    "vault:",
    "secret:",
    "secrets/",
    "env:",
    "file:",
    "sm://",
    "ssm:",
    "aws-sm:",
    "awssm",
    "aws_ssm",
    "gcp-sm:",
    "gcpsm",
    "keyvault:",
    "akv:",
    "doppler:",
    "infisical:",
    "bw:",
    "@microsoft.keyvault(",
    "keepass:",
    "lookup(",
    "var.",
    "local.",
    "data.",
    "module.",
    "random_password.",
];

/// A name that a cloud gives to a secret.
fn is_cloud_reference(lower: &str) -> bool {
    let lower = &lower[..lower.floor_char_boundary(LONGEST_NAME)];
    lower.starts_with("arn:")
        && [":secret:", ":parameter/", ":key/"].iter().any(|kind| lower.contains(kind))
        || lower.starts_with("projects/") && lower.contains("/secrets/")
        || lower.starts_with("https://") && lower.contains(".vault.azure.net/")
}

/// Words that passwords of examples are made of, together with digits and separators, and with
/// signs that look like their letters.
const WORDS: &str = "\
    abc access admin administrator airbyte airflow an api apikey asdf bar battery baz change \
    client conn connection correct database db default \
    demo dev elastic enter etl foo guest hello here horse hunter insert is it key letmein local \
    login me minio mongo my mysql new no \
    none null of or pass passphrase passwd password pg postgres postgresql private put pw pwd \
    qwerty rabbitmq real redis redshift \
    root secret secure security snowflake some something staple strong super test testing the this \
    to token user username value very welcome world xyz your";

/// Words that name what belongs there.
const NAMING: &[&str] = &[
    "account",
    "apikey",
    "credential",
    "credentials",
    "key",
    "login",
    "pass",
    "passwd",
    "password",
    "pat",
    "pwd",
    "secret",
    "token",
    "user",
    "username",
];

/// Words by which a text speaks to its reader.
const SPEAKING: &[&str] = &[
    "add", "change", "enter", "fill", "insert", "my", "paste", "put", "replace", "set", "the",
    "your",
];

/// No word is longer: what is came by chance.
const LONGEST_NAMING: usize = 14;

/// It says in words what belongs there: `YOUR_AWS_SECRET_ACCESS_KEY`, `my-slack-token`, or the name
/// of a variable, `OKTA_PASSWORD`.
fn names_what_belongs_there(text: &str, lower: &str) -> bool {
    let is_word =
        |word: &str| word.len() <= LONGEST_NAMING && word.bytes().all(|b| b.is_ascii_alphabetic());
    let words = || lower.split(['_', '-', ' ', '.', '<', '>']).filter(|word| !word.is_empty());
    if lower.len() > LONGEST_WORDS || words().count() < 2 || !words().all(is_word) {
        return false;
    }
    let any = |of: &[&str]| words().any(|word| of.contains(&word));
    let is_variable = text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
        && words().next_back().is_some_and(|last| NAMING.contains(&last));
    is_variable || any(SPEAKING) && any(NAMING)
}

/// A piece in angle brackets says in words what belongs there, and nothing around it came by
/// chance: `github_pat_<your-token>`.
fn is_marked_inside(text: &str) -> bool {
    let Some((before, rest)) = text.split_once('<') else { return false };
    let Some((inside, after)) = rest.rsplit_once('>') else { return false };
    let inside = inside.trim_matches(['<', '>']);
    let around =
        |text: &str| text.len() <= LONGEST_NAMING && !text.contains(|c: char| c.is_ascii_digit());
    let lower = inside.to_lowercase();
    around(before)
        && around(after)
        && (is_made_of_words(&lower) || names_what_belongs_there(inside, &lower))
}

/// Longer texts are not looked at: nobody writes such placeholders, and secrets may be long.
const LONGEST_WORDS: usize = 48;

/// It is one of [`WORDS`], or several of them one behind the other.
fn is_made_of_words(lower: &str) -> bool {
    if lower.len() > LONGEST_WORDS || !lower.is_ascii() {
        return false;
    }
    // Whether words end here, from the start on.
    let mut ends = vec![false; lower.len() + 1];
    ends[0] = true;
    for at in 0..lower.len() {
        if !ends[at] {
            continue;
        }
        let rest = &lower[at..];
        if rest.starts_with(|c: char| c.is_ascii_digit() || "-_. !?#@$%&*+=:^~,;|/()".contains(c)) {
            ends[at + 1] = true;
        }
        for word in words_from(rest.as_bytes()[0]).filter(|word| begins_with(rest, word)) {
            ends[at + word.len()] = true;
        }
    }
    // Digits alone may well be a real one.
    ends[lower.len()] && lower.contains(|c: char| c.is_ascii_lowercase())
}

/// The words that may begin with this letter, or sign for one.
fn words_from(first: u8) -> impl Iterator<Item = &'static str> {
    static BY_LETTER: LazyLock<HashMap<u8, Vec<&'static str>>> = LazyLock::new(|| {
        let mut by_letter: HashMap<u8, Vec<&str>> = HashMap::new();
        for word in WORDS.split(' ').filter(|word| !word.is_empty()) {
            let letter = word.as_bytes()[0];
            let signs = SIGNS.iter().filter(|(of, _)| *of == letter).flat_map(|(_, signs)| *signs);
            for first in signs.chain([&letter]) {
                by_letter.entry(*first).or_default().push(word);
            }
        }
        by_letter
    });
    BY_LETTER.get(&first).into_iter().flatten().copied()
}

/// Signs that look like letters.
const SIGNS: &[(u8, &[u8])] = &[
    (b'a', b"@4"),
    (b'e', b"3"),
    (b'i', b"1!"),
    (b'l', b"1"),
    (b'o', b"0"),
    (b's', b"$5"),
    (b't', b"7+"),
];

/// The text begins with the word, or with signs for its letters: `p@ssw0rd`, `s3cr3t`, `pa$$`.
fn begins_with(text: &str, word: &str) -> bool {
    let stands_for = |sign: u8, letter: u8| {
        SIGNS.iter().any(|(of, signs)| *of == letter && signs.contains(&sign))
    };
    let mut pairs = text.bytes().zip(word.bytes());
    text.len() >= word.len()
        && pairs.all(|(sign, letter)| sign == letter || stands_for(sign, letter))
}

/// The name of a long-lived access key of AWS. One of a role begins with `ASIA`, and is of no use
/// after some hours.
pub(crate) fn is_access_key_id(text: &str) -> bool {
    let rest = text.strip_prefix("AKIA").filter(|rest| rest.len() == 16 && !is_stand_in(text));
    rest.is_some_and(|rest| {
        rest.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'2'..=b'7'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_from_what_stands_in_for_them() {
        for (text, want) in [
            ("Tr4vel-Kelp-88", true),
            ("73194628501", true),
            ("p@ss:w/or#d?&+ %", true),
            ("kelp", false),
            ("changeme", false),
            ("<your-password>", false),
            ("${DB_PASSWORD}", false),
            ("$DB_PASSWORD", false),
            ("$5ummerKelp", true),
            ("{{ conn.password }}", false),
            ("%DB_PASSWORD%", false),
            ("__PASSWORD__", false),
            ("((dwh-password))", false),
            ("xxxxxxxx", false),
            ("***", false),
            ("00000000", false),
            ("password", false),
            ("Password123!", false),
            ("my-secret-password", false),
            ("mysecretpassword", false),
            ("airflow", false),
            ("airflowKelp", true),
            ("p@ssword", false),
            ("P@$$w0rd!", false),
            ("s3cr3t", false),
            ("correct-horse-battery-staple", false),
            ("p@ssKelp", true),
            ("123456", false),
            ("67890", false),
            ("abcdefgh", false),
            ("987654321", false),
            ("1235813", true),
            ("0f1e2d3c", true),
            ("arn:aws:secretsmanager:us-east-1:123456789012:secret:dwh-AbCdEf", false),
            ("projects/example/secrets/dwh/versions/1", false),
            ("vault:secret/data/dwh#password", false),
            ("ENC[AES256_GCM,data:Tr4vel,type:str]", false),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", false),
            ("", false),
            // What a real one may hold by chance.
            ("aB3$(xK9&mQ2{%vT7<%wZ5", true),
            ("%Zq7canary9XwLk2vBn5%", true),
            ("$Zq7canary9XwLk2vBn5", true),
            ("Zq7canary9XwLk2vBn5mockHd4sparrow8VtMj5Q2w", true),
            ("Zq7canary9XwLk2vBn5XxxXHd4sparrow8VtMj5Q2wEr7Ty", true),
            ("Zq7canary9XwLk2vBn5AAAAAAAAAAHd4sparrow8VtMj5Q2wEr7TyUi3Op", true),
            ("Zq7canary9XwLk2-mock-Hd4sparrow8VtMj5Q2w", false),
            ("AKIAYYYYYYYYYYYYYYYY", false),
            // What says in words what belongs there, and what only looks so.
            ("YOUR_AWS_SECRET_ACCESS_KEY", false),
            ("<<<YOUR ACR PASSWORD HERE>>>", false),
            ("FILL UP WITH YOUR TOKEN", false),
            ("github_pat_<your-token>", false),
            ("xoxb-<your_token>", false),
            ("my-slack-token", false),
            ("OKTA_PASSWORD", false),
            ("KELP_TIDE_WAVE", true),
            ("Kelp-Key-Tide", true),
            ("my-kelp-travels-far", true),
            ("your-token-9XwLk2vBn5Zq", true),
            ("Tr4vel<my-token>88", true),
            ("aB3<xK9mQ2>vT7wZ5", true),
            ("OKTA_PASSWORD_Zq7canary9XwLk2", true),
            ("sk-00000000000000000000000000000000000000000000", false),
        ] {
            assert_eq!(is_secret(text), want, "{text}");
        }
    }

    #[test]
    fn names_of_long_lived_keys() {
        assert!(
            is_access_key_id("AKIAKELPTIDE2345WAVE")
                && !is_access_key_id("AKIAIOSFODNN7EXAMPLE")
                && !is_access_key_id("ASIAKELPTIDE2345WAVE")
        );
    }
}
