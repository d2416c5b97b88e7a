//! Scripts of a shell taken apart as a shell does: commands, their words, and what is put into them
//! and where their output goes. What a command means is known in `format/commands`.

mod document;
mod escapes;
mod expansion;
mod lexer;
mod script;
#[cfg(test)]
mod tests;
mod variables;
mod word;

pub(crate) use document::{Document, substituted};
pub(crate) use escapes::unescaped;
pub(crate) use script::{Command, Output, Script};
pub(crate) use word::{Fill, Word};

pub(crate) use lexer::word_at;
