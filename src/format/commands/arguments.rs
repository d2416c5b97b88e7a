//! Arguments of a command, as Python's argparse takes them: options by any beginning that only one
//! has, values behind `=` or as the next word, and what stands behind `--` as it is.

use std::ops::Range;

use super::call::Value;
use crate::format::shell::Word;
use crate::source::Text;

/// An option of a command.
pub(super) struct Opt {
    pub(super) name: &'static str,
    /// What it sets; nothing for one that is not about the connection.
    pub(super) sets: Option<&'static str>,
    /// It takes a value.
    pub(super) valued: bool,
}

/// An option that sets this.
pub(super) const fn sets(name: &'static str, field: &'static str) -> Opt {
    Opt { name, sets: Some(field), valued: true }
}

/// An option that says nothing of the connection, with a value or without.
pub(super) const fn other(name: &'static str, valued: bool) -> Opt {
    Opt { name, sets: None, valued }
}

/// Arguments, taken apart.
#[derive(Default)]
pub(super) struct Arguments<'a> {
    /// What was set, in order, and the bytes of each option.
    pub(super) values: Vec<(&'static str, Range<usize>, Value<'a>)>,
    /// What the parser refuses.
    pub(super) wrong: Vec<(Range<usize>, Wrong)>,
    /// Whole arguments are filled in: which ones there are is not known.
    pub(super) open: bool,
}

/// Why the parser refuses an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// There is no such option; the one that is meant.
    Unknown(Option<&'static str>),
    /// Several options begin so.
    Ambiguous,
    /// An option that stands without its value.
    Bare,
    /// The value of this option begins with `-`, which makes it an option.
    Dashed,
    /// An argument too much.
    More,
}

impl<'a> Arguments<'a> {
    /// Takes words apart. `meant` names the option for one that is unknown.
    pub(super) fn of(
        words: &[Word<'a>],
        options: &'static [Opt],
        places: &[&'static str],
        meant: fn(&str) -> Option<&'static str>,
    ) -> Arguments<'a> {
        let mut arguments = Arguments::default();
        let mut free = places.iter();
        let (mut at, mut plain) = (0, false);
        while let Some(word) = words.get(at) {
            at += 1;
            let text = word.as_str();
            if !plain && text == "--" {
                plain = true;
                continue;
            }
            if plain || !is_option(word, options) {
                match free.next() {
                    // `"$@"`, or a variable that may hold options: the rest may be there, too.
                    Some(_) if is_all(word) => arguments.open = true,
                    Some(place) => {
                        arguments.values.push((place, word.range.clone(), Value::of(word)));
                    }
                    None if word.is_many() => arguments.open = true,
                    None => arguments.wrong.push((word.range.clone(), Wrong::More)),
                }
                continue;
            }
            let behind = Value::behind_equals(word);
            let name = behind.as_ref().map_or(text.len(), |(name, _)| name.as_str().len());
            let name = &text[..name];
            let option = match found(name, options) {
                Found::One(option) => option,
                Found::Several => {
                    arguments.wrong.push((word.range.clone(), Wrong::Ambiguous));
                    continue;
                }
                Found::None => {
                    let known = meant(name);
                    let length = name.len();
                    arguments.wrong.push((name_place(word, length), Wrong::Unknown(known)));
                    let option = known.and_then(|known| options.iter().find(|o| o.name == known));
                    match option {
                        Some(option) => option,
                        // What is not an option itself was its value.
                        None => {
                            let next = words.get(at).is_some_and(|next| !is_option(next, options));
                            at += usize::from(behind.is_none() && next);
                            continue;
                        }
                    }
                }
            };
            let value = match behind {
                Some((_, value)) => Some(value),
                None if !option.valued => None,
                None => match words.get(at) {
                    Some(next) if next.as_str() != "--" && !is_option(next, options) => {
                        at += 1;
                        Some(Value::of(next))
                    }
                    Some(next)
                        if next.as_str().starts_with('-') && !names_option(next, options) =>
                    {
                        arguments.wrong.push((next.range.clone(), Wrong::Dashed));
                        at += 1;
                        Some(Value::of(next))
                    }
                    _ => {
                        arguments.wrong.push((word.range.clone(), Wrong::Bare));
                        None
                    }
                },
            };
            if let (Some(field), Some(value)) = (option.sets, value) {
                arguments.values.push((field, name_place(word, name.len()), value));
            }
        }
        arguments
    }

    /// What was set last.
    pub(super) fn get(&self, field: &str) -> Option<&(&'static str, Range<usize>, Value<'a>)> {
        self.values.iter().rev().find(|(name, ..)| *name == field)
    }

    /// Where an option stands, as its bytes in the script.
    pub(super) fn rename(
        &self,
        text: &Text<'a>,
        place: &Range<usize>,
        new: &str,
    ) -> Option<crate::source::Edit> {
        text.edit(place.clone(), new)
    }
}

/// Where the name of an option stands in a word that may be quoted.
fn name_place(word: &Word<'_>, length: usize) -> Range<usize> {
    let start =
        word.range.start + usize::from(word.value.as_str().len() < word.range.len() && word.quoted);
    start..(start + length).min(word.range.end)
}

enum Found {
    None,
    One(&'static Opt),
    Several,
}

fn found(name: &str, options: &'static [Opt]) -> Found {
    if let Some(option) = options.iter().find(|option| option.name == name) {
        return Found::One(option);
    }
    let mut all = options.iter().filter(|o| name.starts_with("--") && o.name.starts_with(name));
    match (all.next(), all.next()) {
        (Some(option), None) => Found::One(option),
        (Some(_), Some(_)) => Found::Several,
        _ => Found::None,
    }
}

/// Whether argparse takes a word for an option.
fn is_option(word: &Word<'_>, options: &'static [Opt]) -> bool {
    let text = word.as_str();
    if !text.starts_with('-') || text.len() == 1 || word.is_filled() {
        return false;
    }
    if names_option(word, options) {
        return true;
    }
    let number = text[1..].trim_start_matches(|c: char| c.is_ascii_digit());
    let negative = number.is_empty()
        || number
            .strip_prefix('.')
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
    !negative && !text.contains(' ')
}

/// Whether it is an option that is known, as far as it goes.
fn names_option(word: &Word<'_>, options: &'static [Opt]) -> bool {
    let text = word.as_str();
    let name = text.split('=').next().unwrap_or_default();
    text.len() > 1 && !matches!(found(name, options), Found::None)
}

/// All arguments of a script or function.
fn is_all(word: &Word<'_>) -> bool {
    word.is_filled()
        && word.is_many()
        && (word.quoted || word.as_str().contains(['@', '*']) || word.as_str().contains("["))
}
