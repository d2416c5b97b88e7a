//! The forms in which connections are written. A format is one file, with all that is known of it,
//! in the folder of its kind, whose `FORMATS` lists it.

mod anywhere;
mod astro;
mod by_id;
mod clients;
mod commands;
mod connection;
mod container;
mod description;
mod document;
mod environment;
mod evidence;
mod exports;
mod guess;
mod helpers;
mod hole;
mod interfaces;
mod item;
mod limits;
mod log_lines;
mod manifests;
mod names;
mod sample;
mod secrets;
pub(crate) mod shared;
mod shell;

pub use by_id::ById;
pub use container::Container;
pub use description::{Direction, Evidence, Format, Grows, Holds, Ids, Split};
pub use document::{Around, Document, Entry, Grade, Meant, Part, Remark, Repair};
pub use environment::shell_env::of_process;
pub use evidence::{Held, held_in, hints_at_connections, holds_connections};
pub use guess::{Guess, guess, guess_whole};
pub use helpers::beside::Beside;
pub use helpers::environment::NOT_ENCODED;
pub use helpers::holes::{holds_variable, placeholders, suspected, variables};
pub(crate) use helpers::meant::field_meant;
pub use helpers::node_text::node_text;
pub use helpers::shell_word::OF_A_SHELL;
pub use hole::Hole;
pub use item::{Item, ValueForm, WriteError, WriteOptions};
use item::{held, id_of, value_of, write_export};
pub use limits::Limits;
pub use names::{FileName, Tells, is_example, is_searched, searched};
pub use sample::{Likeness, Sample};

/// Every folder of formats, in the order of pages and of the guess.
const FOLDERS: &[&[&Format]] = &[
    connection::FORMATS,
    environment::FORMATS,
    exports::FORMATS,
    manifests::FORMATS,
    interfaces::FORMATS,
    astro::FORMATS,
    secrets::FORMATS,
    clients::FORMATS,
    anywhere::FORMATS,
];

const COUNT: usize = {
    let (mut count, mut folder) = (0, 0);
    while folder < FOLDERS.len() {
        count += FOLDERS[folder].len();
        folder += 1;
    }
    count
};

static ALL: [&Format; COUNT] = {
    let mut all = [FOLDERS[0][0]; COUNT];
    let (mut count, mut folder) = (0, 0);
    while folder < FOLDERS.len() {
        let mut at = 0;
        while at < FOLDERS[folder].len() {
            all[count] = FOLDERS[folder][at];
            count += 1;
            at += 1;
        }
        folder += 1;
    }
    all
};

/// Every format.
pub static FORMATS: &[&Format] = &ALL;

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}

impl Format {
    /// The format that is read instead to know what comes back from this one: commands put into a
    /// service what the format without `-commands` lists.
    pub fn judge(&self) -> Option<&'static Format> {
        by_name(self.name.strip_suffix("-commands").unwrap_or(self.name))
            .filter(|format| format.is_read())
    }
}
