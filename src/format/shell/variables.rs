//! Variables that a script sets itself: to which text, where that is sure.

use std::collections::HashMap;

use super::expansion::name_length;

/// What is known of the variables of a script.
#[derive(Default)]
pub(super) struct Variables {
    /// How often each is set.
    set: HashMap<String, usize>,
    /// What those are that were set so far, once and to a text.
    known: HashMap<String, String>,
}

/// Commands whose arguments are names of variables that they set.
const SETTERS: &[&str] = &["read", "for", "select", "mapfile", "readarray", "getopts", "unset"];

impl Variables {
    /// Looks for what is set anywhere in a script.
    pub(super) fn of(raw: &str) -> Variables {
        let mut variables = Variables::default();
        for (at, _) in raw.match_indices('=') {
            let before = raw[..at].strip_suffix('+').unwrap_or(&raw[..at]);
            let start = before
                .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .map_or(0, |n| n + before[n..].chars().next().map_or(1, char::len_utf8));
            let name = &before[start..];
            if !name.is_empty() && name_length(name) == name.len() {
                *variables.set.entry(name.to_string()).or_default() += 1;
            }
        }
        let mut setting = false;
        for word in raw.split_inclusive(char::is_whitespace) {
            let name = word.trim().trim_end_matches(';');
            if SETTERS.contains(&name) {
                setting = true;
            } else if setting && name_length(name) == name.len() && !name.is_empty() {
                *variables.set.entry(name.to_string()).or_default() += 2;
            }
            setting &= !word.ends_with('\n') && !word.trim().ends_with(';');
        }
        variables
    }

    /// A command at the top of the script sets a variable to a text.
    pub(super) fn learn(&mut self, name: &str, value: &str) {
        if self.set.get(name) == Some(&1) {
            self.known.insert(name.to_string(), value.to_string());
        }
    }

    /// What a variable is, where it is used.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(String::as_str)
    }

    /// Names that are set somewhere: `$name` is meant as a variable.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.set.contains_key(name)
    }
}
