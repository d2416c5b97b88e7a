//! Connections among the arguments: they belong into a pipe, and nothing that is said repeats them.

use std::ffi::OsString;
use std::path::Path;

use crate::privacy::{MASK, is_connection_argument, is_token_argument};

/// Commands that read connections from a pipe.
const COMMANDS: &[&str] = &["check", "inspect", "convert", "probe"];

/// What was given on the command line.
pub(super) struct Given {
    values: Vec<Value>,
    command: &'static str,
}

/// An argument, or what stands behind the `=` of an option.
struct Value {
    text: String,
    option: Option<String>,
}

impl Value {
    /// `--password` is none of our options; the value of one of ours may hold the word
    /// (`arn:…:secret:…`).
    fn is_connection(&self) -> bool {
        let names_secret = |option: &String| is_connection_argument(&format!("{option}="));
        is_connection_argument(&self.text) || self.option.as_ref().is_some_and(names_secret)
    }
}

impl Given {
    pub(super) fn of(arguments: &[OsString]) -> Given {
        let mut values = Vec::new();
        let mut before: Option<String> = None;
        let mut command = None;
        for argument in arguments.iter().skip(1).map(|argument| argument.to_string_lossy()) {
            let joined = argument.split_once('=').filter(|(option, _)| is_option(option));
            let value = match joined {
                Some((option, value)) => {
                    Value { text: value.to_string(), option: Some(option.to_string()) }
                }
                None => Value { text: argument.to_string(), option: before.take() },
            };
            before = Some(argument.to_string()).filter(|argument| is_option(argument));
            command = command.or_else(|| COMMANDS.iter().copied().find(|name| *name == argument));
            values.push(value);
        }
        Given { values, command: command.unwrap_or("check") }
    }

    /// What to say of an argument that is a connection, and not the name of something that is
    /// there.
    pub(super) fn refusal(&self) -> Option<String> {
        let value =
            self.values.iter().find(|value| value.is_connection() && !exists(&value.text))?;
        let which =
            value.option.as_ref().map_or_else(String::new, |option| format!(" behind `{option}`"));
        let pipe = match self.command {
            "convert" => "airconn convert --to FORMAT -".to_string(),
            command => format!("airconn {command} -"),
        };
        Some(format!(
            "the argument{which} is a connection, not a file or a name; it is not repeated here: \
             pipe it, `… | {pipe}`"
        ))
    }

    /// A message without arguments that may be keys or passwords.
    pub(super) fn masked(&self, message: String) -> String {
        let tokens = self.values.iter().map(|value| value.text.as_str());
        let tokens = tokens.filter(|text| is_token_argument(text) && !exists(text));
        tokens.fold(message, |message, token| message.replace(token, MASK))
    }
}

fn is_option(text: &str) -> bool {
    let name = text.trim_start_matches('-');
    text.starts_with('-')
        && (1..=30).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

fn exists(text: &str) -> bool {
    Path::new(text).symlink_metadata().is_ok()
}
