//! Names of extras and of other keys: which of them may be shown, and how sentences call them.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::MASK;
use super::chance::is_scrambled;
use super::doubt::Doubt;
use super::public::{is_index, public_key};
use super::shapes::shape;
use crate::catalog::known_extras;
use crate::model::FIELDS;

/// A longer text is not a word.
const LONGEST: usize = 40;

/// A shorter text is too little to be known by.
const LEAST: usize = 3;

/// More digits in a row are no part of a word.
const DIGITS: usize = 3;

/// What may be shown of the names that keys of one connection have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// A piece of a secret may stand where a key is read: only names that are known are shown.
    doubtful: bool,
}

impl Names {
    /// Those of a connection in which every part is what it seems to be.
    pub const PLAIN: Names = Names { doubtful: false };
    /// Those of one that may be cut, or of which nothing is known.
    pub const DOUBTFUL: Names = Names { doubtful: true };

    /// Those of a connection of which this is doubted.
    pub fn of(doubt: Option<Doubt>) -> Names {
        Names { doubtful: doubt.is_some() }
    }

    /// The name, if it may be shown: it is known, near to one that is, or a word.
    pub fn shown(self, key: &str) -> Option<&str> {
        public_key(key).or_else(|| Some(key).filter(|key| !self.doubtful && is_word_or_near(key)))
    }

    /// The name in backticks, or words that stand in for it.
    pub fn or(self, key: &str, otherwise: &str) -> String {
        self.shown(key).map_or_else(|| otherwise.to_string(), |key| format!("`{key}`"))
    }

    /// An extra by its name.
    pub fn extra(self, key: &str) -> String {
        self.or(key, "this extra")
    }

    /// ``argument `name` ``, or `argument of this name`.
    pub fn after(self, what: &str, key: &str) -> String {
        format!("{what} {}", self.or(key, "of this name"))
    }

    /// A JSON pointer with `***` for every step that is not a field, an index or a name that may be
    /// shown.
    pub fn pointer(self, pointer: &str) -> String {
        self.pointer_instead(pointer).unwrap_or_else(|| pointer.to_string())
    }

    /// What of a pointer is shown, unless that is all of it.
    pub(crate) fn pointer_instead(self, pointer: &str) -> Option<String> {
        let shown = |step: &str| {
            step.is_empty()
                || step == "conn_id"
                || FIELDS.contains(&step)
                || is_index(step)
                || self.shown(step).is_some()
        };
        if pointer.split('/').all(shown) {
            return None;
        }
        let steps = pointer.split('/').map(|step| if shown(step) { step } else { MASK });
        Some(steps.collect::<Vec<_>>().join("/"))
    }
}

fn is_word_or_near(key: &str) -> bool {
    is_word(key) || is_near(key)
}

/// `[a-z][a-z0-9_-]*`, not long, without many digits in a row, and not made by chance.
fn is_word(key: &str) -> bool {
    let bare = key.strip_prefix("extra__").unwrap_or(key);
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    bare.starts_with(|c: char| c.is_ascii_lowercase())
        && (LEAST..=LONGEST).contains(&bare.len())
        && bare.bytes().all(fits)
        && !bare.as_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).any(is_number)
        && !is_scrambled(bare)
        && shape(bare).is_none()
}

fn is_number(run: &[u8]) -> bool {
    run.len() > DIGITS && run[0].is_ascii_digit()
}

/// A known name with a letter more, less or changed, or with other capitals and joints: whoever
/// reads it learns nothing but the slip.
fn is_near(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (SHORTEST..=LONGEST).contains(&key.len())
        && key.chars().all(fits)
        && spellings(&letters(key)).any(|spelling| NEAR.contains(&spelling))
}

/// Of a shorter name another one is soon made.
const SHORTEST: usize = 6;

/// Known names, and each with a letter less: what is a slip away from one has a spelling among
/// them.
static NEAR: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let known = known_extras().map(letters).filter(|known| known.len() >= SHORTEST);
    known.flat_map(|known| spellings(&known).collect::<Vec<_>>()).collect()
});

fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// It, and it with each of its letters left out.
fn spellings(letters: &str) -> impl Iterator<Item = String> + '_ {
    let without = (0..letters.len()).map(|at| format!("{}{}", &letters[..at], &letters[at + 1..]));
    std::iter::once(letters.to_string()).chain(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_is_near_to_known_names_are_shown() {
        for (key, plain, doubtful) in [
            ("table", true, false),
            ("ra3_node", true, false),
            ("region_name", true, true),
            ("sslmode", true, true),
            ("dbname", true, false),
            ("keepalives", true, false),
            ("profle", true, false),
            ("ClusterIdentifer", true, false),
            ("extra__google_cloud_platform__project", true, false),
            ("tidelow9", true, false),
            ("Zq7canary9XwLk2", false, false),
            ("zq7canary9xwlk2", false, false),
            ("word@db", false, false),
            ("Tide4low", false, false),
            ("k20240101", false, false),
            ("canary0815", false, false),
            ("x1", false, false),
            ("a-word-that-is-longer-than-forty-characters", false, false),
            ("", false, false),
        ] {
            let got = [Names::PLAIN, Names::DOUBTFUL].map(|names| names.shown(key).is_some());
            assert_eq!(got, [plain, doubtful], "{key}");
        }
    }

    #[test]
    fn sentences_hold_whatever_the_name_is() {
        let names = Names::PLAIN;
        assert_eq!(names.after("argument", "keepalives"), "argument `keepalives`");
        assert_eq!(names.after("argument", "Tide4low"), "argument of this name");
        assert_eq!(names.extra("Tide4low"), "this extra");
        assert_eq!(Names::of(Some(Doubt::Cut)).extra("tide"), "this extra");
    }

    #[test]
    fn a_pointer_shows_fields_and_words() {
        for (pointer, plain, doubtful) in [
            ("/extra/region_name", "/extra/region_name", "/extra/region_name"),
            ("/extra/table", "/extra/table", "/extra/***"),
            ("/extra/word@db", "/extra/***", "/extra/***"),
            ("/extra/Zq7canary9XwLk2vBn5/0", "/extra/***/0", "/extra/***/0"),
            ("/password", "/password", "/password"),
            ("", "", ""),
        ] {
            assert_eq!(Names::PLAIN.pointer(pointer), plain, "{pointer}");
            assert_eq!(Names::DOUBTFUL.pointer(pointer), doubtful, "{pointer}");
        }
    }
}
