//! What the data file of a type says, parsed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::kind::Kind;
use super::predicate::Predicate;
use crate::hooks::mode::Mode;
use crate::model::Value;

/// A connection type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Type {
    /// Its name.
    #[serde(rename = "type")]
    pub(crate) conn_type: String,
    /// The class that reads it, and the functions of it that were read.
    hook: String,
    functions: Vec<String>,
    /// The package with the version that was run.
    pub(crate) provider: String,
    /// The same of its driver.
    pub(crate) driver: String,
    /// What each field means; null where nothing reads it.
    pub(crate) fields: BTreeMap<String, Option<String>>,
    /// The extras that the hook reads.
    pub(crate) extras: BTreeMap<String, Extra>,
    /// What becomes of all others.
    pub(crate) others: Others,
    /// The beginnings of further extras that are read, and for what.
    #[serde(default)]
    pub(crate) beginnings: BTreeMap<String, String>,
    /// The long names `extra__…__` that are read where the short one is missing.
    #[serde(default)]
    pub(crate) long_names: Option<String>,
    /// The names of the arguments of the driver, where other names are refused.
    #[serde(default)]
    pub(crate) arguments: BTreeSet<String>,
    /// They count in any case of letters.
    #[serde(default)]
    pub(crate) any_case: bool,
    /// Arguments that the hook gives itself.
    #[serde(default)]
    pub(crate) taken: Vec<String>,
    /// Names that people write, and what is meant.
    #[serde(default)]
    pub(crate) misnamed: BTreeMap<String, String>,
    /// Extras that were read once, and what became of them.
    #[serde(default)]
    pub(crate) gone: BTreeMap<String, String>,
    /// Its ways to log in, in the order in which the hook chooses.
    #[serde(rename = "modes")]
    pub(crate) ways: Vec<TypeMode>,
    /// What else can be wrong.
    pub(crate) rules: Vec<TypeRule>,
    /// What changed, oldest first.
    pub(crate) history: Vec<Step>,
    /// The modes as everybody knows them.
    #[serde(skip)]
    modes: Vec<&'static Mode>,
}

/// An extra that the hook reads.
#[derive(Deserialize)]
#[serde(from = "Written")]
pub(crate) struct Extra {
    /// What it may be.
    pub(crate) kind: Kind,
    /// Its value is a secret.
    pub(crate) secret: bool,
    /// The texts that it may be, in any case of letters; none where any may.
    pub(crate) words: Vec<String>,
    /// The least and the greatest number that it may be.
    pub(crate) range: Option<(i64, i64)>,
}

/// An extra as it is written: its kind alone, or more.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Kind(Kind),
    More {
        kind: Kind,
        #[serde(default)]
        secret: bool,
        #[serde(default)]
        words: Vec<String>,
        #[serde(default)]
        range: Option<(i64, i64)>,
    },
}

impl From<Written> for Extra {
    fn from(written: Written) -> Extra {
        match written {
            Written::Kind(kind) => Extra { kind, secret: false, words: Vec::new(), range: None },
            Written::More { kind, secret, words, range } => Extra { kind, secret, words, range },
        }
    }
}

impl Extra {
    /// Whether its reader takes this value.
    pub(crate) fn takes(&self, value: &Value<'_>) -> bool {
        let is_word = |text: &str| self.words.iter().any(|word| word.eq_ignore_ascii_case(text));
        let fits = |n: i64| self.range.is_none_or(|(least, most)| (least..=most).contains(&n));
        match value {
            Value::Str(_) => {
                let text = value.as_str().unwrap_or_default();
                let number = text.trim().parse().ok().filter(|_| self.range.is_some());
                if is_word(text) || text.is_empty() && self.words.is_empty() {
                    return true;
                }
                match number {
                    Some(number) => fits(number),
                    None => {
                        self.kind.takes(value) && (self.words.is_empty() || text.contains("{{"))
                    }
                }
            }
            Value::Int(number) => self.kind.takes(value) && fits(*number),
            _ => self.kind.takes(value),
        }
    }

    /// What it may be, in words.
    pub(crate) fn wanted(&self) -> String {
        let mut wanted: Vec<String> = self.words.clone();
        match self.range {
            Some((least, most)) => wanted.push(format!("a number from {least} to {most}")),
            None if wanted.is_empty() => wanted.push(self.kind.words().to_string()),
            None => {}
        }
        match wanted.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
        }
    }
}

/// What becomes of extras that the hook does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Others {
    /// Nothing reads them.
    Ignored,
    /// They are arguments of the driver, which refuses what it does not know.
    Refused,
    /// They are handed on, and any name may be right.
    Driver,
    /// They become headers of HTTP.
    Header,
}

/// A way to log in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeMode {
    /// Its name.
    pub(crate) mode: String,
    /// What it is, in a few words.
    pub(crate) title: String,
    /// The same in a sentence.
    pub(crate) description: String,
    /// Who logs in.
    pub(crate) identity: String,
    /// When it is taken, in words.
    pub(crate) taken: String,
    /// When it is taken, if none before it is.
    pub(crate) when: Predicate,
    /// What it cannot do without.
    pub(crate) needs: Vec<String>,
    /// What else matters to it.
    pub(crate) uses: Vec<String>,
    /// What to know of it.
    #[serde(default)]
    pub(crate) note: Option<String>,
    /// Connections that log in so.
    pub(crate) examples: Vec<serde_json::Value>,
    /// Connections that mean to, and why they do not.
    pub(crate) mistakes: Vec<Mistake>,
}

/// A connection that is wrong.
#[derive(Deserialize)]
pub(crate) struct Mistake {
    pub(crate) title: String,
    pub(crate) connection: serde_json::Value,
}

/// Something that can be wrong with connections of a type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRule {
    /// `TYPE/NAME`.
    pub name: String,
    /// What kind of fault it is, for which there is a rule of `check`.
    pub(crate) kind: FaultKind,
    /// When.
    pub(crate) when: Predicate,
    /// Where: a path, or `each` for every place that the condition is about.
    pub(crate) at: String,
    /// What the hook raises. Only where `row` proves it is it certain.
    #[serde(default)]
    pub(crate) exception: Option<String>,
    /// The labelled connection with which the real hook raised.
    #[serde(default)]
    pub(crate) row: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
    /// The way out.
    pub(crate) help: String,
    /// It is worth knowing, and no more.
    #[serde(default)]
    pub(crate) info: bool,
    /// How it is mended, where one answer is right.
    #[serde(default)]
    pub(crate) repair: Option<Mending>,
}

/// A repair that the data of a type names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mending {
    /// Schema and port become parts of the URL in the host.
    WholeUrl,
    /// What stands at the place goes.
    Drop,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Something that is needed is not there.
    Missing,
    /// Of what is given only one may be.
    Exclusive,
    /// One of two that are of use only together.
    Half,
    /// A word that is not one of those that are known.
    Value,
    /// A URL where a name is meant, or the reverse, or the text of a file where its path is meant.
    Address,
    /// A text that is not written as it must be.
    Syntax,
    /// It is given, and something else is used.
    Overruled,
    /// Only the configuration, a package or a file makes it right.
    Configured,
    /// TLS, port and scheme do not fit each other.
    Transport,
    /// The driver is given an argument twice.
    Twice,
    /// A value of a wrong type.
    Kind,
    /// The text of a boolean.
    Stringly,
    /// A key of another shape.
    Key,
    /// Nothing reads it.
    Unread,
    /// The driver refuses its name.
    Refused,
    /// It was read once.
    Removed,
}

/// A change between two versions that were compared.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) package: String,
    /// The first of the versions that has it.
    pub(crate) version: String,
    pub(crate) what: String,
}

impl Type {
    /// Reads the text of a data file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Type, serde_json::Error> {
        let mut read: Type = serde_json::from_str(text)?;
        // They live as long as the program, as those of other types do.
        let lasting = |text: &str| -> &'static str { Box::leak(text.to_string().into_boxed_str()) };
        let conn_type = lasting(&read.conn_type);
        let mode = |way: &TypeMode| -> &'static Mode {
            Box::leak(Box::new(Mode {
                conn_type,
                name: lasting(&way.mode),
                selector: lasting(&way.taken),
                schema: None,
            }))
        };
        read.modes = read.ways.iter().map(mode).collect();
        Ok(read)
    }

    /// Its ways to log in.
    pub(in crate::hooks) fn modes(&self) -> &[&'static Mode] {
        &self.modes
    }

    /// The way to log in of this name.
    pub(crate) fn way(&self, name: &str) -> Option<&TypeMode> {
        self.ways.iter().find(|way| way.mode == name)
    }

    /// The rule of this name, with or without the type in front of it.
    pub(crate) fn rule(&self, name: &str) -> Option<&TypeRule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// Where its facts come from, in words.
    pub(crate) fn source(&self) -> String {
        let Type { hook, provider, driver, functions, .. } = self;
        format!("{provider} with {driver}: {hook}, {}", functions.join(", "))
    }

    /// Nothing reads this field.
    pub(in crate::hooks) fn ignores(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(Option::is_none)
    }
}

/// A rule of a type, which is one thing: there is only one of its name.
#[derive(Clone, Copy)]
pub struct OfType(pub(crate) &'static TypeRule);

impl PartialEq for OfType {
    fn eq(&self, other: &OfType) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for OfType {}

impl std::hash::Hash for OfType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

impl std::fmt::Debug for OfType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl TypeRule {
    /// The hook raises for certain.
    pub(crate) fn is_certain(&self) -> bool {
        self.row.is_some()
    }
}
