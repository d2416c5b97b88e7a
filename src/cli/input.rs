//! Input: files, standard input, the environment; and which format each is in.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Trouble;
use super::bounded::{self, Refusal};
use crate::files::{self, Named};
use crate::format::{
    FORMATS, Format, Held, by_name, guess, held_in, hints_at_connections, holds_connections,
    of_process,
};
use crate::source::Source;

/// What stdin is called in reports.
const STDIN: &str = "<stdin>";

/// What the environment of the process is called.
pub(super) const ENVIRONMENT: &str = "<environment>";

#[derive(Args)]
#[command(next_help_heading = "Input")]
pub(super) struct InputArguments {
    /// Files with connections; `-` is standard input; `check` searches folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The AIRFLOW_CONN_ variables of this process, too
    #[arg(long)]
    env: bool,
    /// The format of the input, of those that `airconn formats` lists [default: guessed from name
    /// and content]
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = format_names(Format::is_read),
        hide_possible_values = true
    )]
    from: Option<String>,
    /// The name to report for standard input, which also tells its format
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<String>,
}

/// For commands that work on files that are named.
pub(super) fn wants_files(paths: clap::Arg) -> clap::Arg {
    paths.required_unless_present("env").help_heading(None::<&str>)
}

/// For `check`, which looks into this folder if nothing is named.
pub(super) fn searches_folders(paths: clap::Arg) -> clap::Arg {
    paths.help_heading(None::<&str>).help(
        "Files with connections, and folders to search for them; `-` is standard input \
         [default: this folder]",
    )
}

/// The names of formats that can be read, or written, for clap.
pub(super) fn format_names(which: fn(&Format) -> bool) -> clap::builder::PossibleValuesParser {
    let values = FORMATS
        .iter()
        .filter(|f| which(f))
        .map(|f| clap::builder::PossibleValue::new(f.name).help(f.summary));
    clap::builder::PossibleValuesParser::new(values)
}

/// One input, read.
pub(super) struct Input {
    /// Where it came from; `None` is not a file (standard input, the environment).
    pub(super) path: Option<PathBuf>,
    pub(super) source: Source,
    pub(super) format: &'static Format,
    /// Bytes of log lines ahead of the connections.
    pub(super) skip: usize,
    /// The bytes are not UTF-8; the source holds nothing.
    pub(super) undecodable: Option<Undecodable>,
}

/// A file that nobody named, looked at.
pub(super) enum Walked {
    /// It holds connections.
    Holds(Input),
    /// It is passed over.
    Left(Left),
}

/// Why a file is passed over.
#[derive(Clone, Copy)]
pub(super) enum Left {
    /// It is larger than any file of connections, or has a longer line.
    Large,
    /// It is a pipe or a device, or a link to one.
    Special,
    /// It is not text.
    Binary,
    /// It is not in a form in which connections are written.
    Unknown,
    /// Another format is asked for.
    Other,
    /// It holds no connections.
    None,
}

impl Left {
    /// The reason for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Left::Large => "too large",
            Left::Special => "not a regular file",
            Left::Binary => "not text in UTF-8",
            Left::Unknown => "no form in which connections are written",
            Left::Other => "not in the format of --from",
            Left::None => "no connections",
        }
    }
}

/// Where a file stops being UTF-8.
pub(super) struct Undecodable {
    pub(super) offset: usize,
    pub(super) utf16: bool,
}

impl InputArguments {
    /// What these paths hold, in whatever format.
    pub(super) fn of(paths: Vec<PathBuf>) -> InputArguments {
        InputArguments { paths, env: false, from: None, stdin_filename: None }
    }

    /// Reads everything. A file that cannot be read, or whose format cannot be told, ends the run.
    pub(super) fn read(&self) -> Result<Vec<Input>, Trouble> {
        self.environment()
            .map(Ok)
            .into_iter()
            .chain(self.paths.iter().map(|path| self.read_one(path)))
            .collect()
    }

    /// What to search: the paths that are named, or else this folder, unless the environment alone
    /// is meant.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        if self.paths.is_empty() && !self.env {
            vec![PathBuf::from(".")]
        } else {
            self.paths.clone()
        }
    }

    /// The variables of this process, if they are asked for.
    pub(super) fn environment(&self) -> Option<Input> {
        self.env.then(environment)
    }

    /// Reads a file that was found in a folder, or that somebody named.
    pub(super) fn read_any(&self, path: &Path, walked: bool) -> Result<Walked, Trouble> {
        if walked { self.read_found(path) } else { self.read_one(path).map(Walked::Holds) }
    }

    /// Reads a file that nobody named, which may hold no connections.
    pub(super) fn read_found(&self, path: &Path) -> Result<Walked, Trouble> {
        let name = path.display().to_string();
        let bytes = match bytes_of(path, Named::Found) {
            Ok(bytes) => bytes,
            Err(Refusal::Excess(bytes, _)) if !hints_at_connections(&bytes) => {
                return Ok(Walked::Left(Left::Large));
            }
            // A link to what is not a file on a disk, as pipes and devices are passed over, too.
            Err(Refusal::Io(error)) if error.get_ref().is_some() => {
                return Ok(Walked::Left(Left::Special));
            }
            Err(refusal) => return Err(Trouble::new(refusal.message(&name))),
        };
        let left = match std::str::from_utf8(&bytes) {
            Err(_) => Some(Left::Binary).filter(|_| !hints_at_connections(&bytes)),
            Ok(text) => match guess(&name, text, false) {
                None => Some(Left::Unknown),
                Some(guess) if self.from.as_deref().is_some_and(|f| f != guess.format.name) => {
                    Some(Left::Other)
                }
                Some(guess) => {
                    let text = &text[guess.skip..];
                    Some(Left::None).filter(|_| !holds_connections(&name, text, guess.format))
                }
            },
        };
        match left {
            Some(left) => Ok(Walked::Left(left)),
            None => self.input(Some(path), name, bytes).map(Walked::Holds),
        }
    }

    /// What to say of a file that somebody named and that holds no connections; an error where it
    /// is not known what it is.
    pub(super) fn nothing_in(&self, input: &Input) -> Result<Option<String>, Trouble> {
        let told = self.from.is_some();
        if input.path.is_none() || input.undecodable.is_some() {
            return Ok(None);
        }
        let (name, format) = (input.source.name(), input.format);
        let looked_for = format!("looked for: {} ({})", format.summary, format.name);
        match held_in(name, &input.source.text()[input.skip..], format) {
            Held::Other if !told => Err(Trouble::new(format!(
                "{name} holds no connection, and nothing but its name says what it is; \
                 {looked_for}; \
                 if it is something else, name its format with --from"
            ))),
            Held::Nothing => Ok(Some(format!("{name} holds no connection; {looked_for}"))),
            _ => Ok(None),
        }
    }

    /// Reads a file, or standard input for `-`.
    pub(super) fn read_one(&self, path: &Path) -> Result<Input, Trouble> {
        if path.as_os_str() == "-" {
            let bytes = bounded::read(std::io::stdin().lock(), 0)
                .map_err(|refusal| Trouble::new(refusal.message("standard input")))?;
            return self.input(
                None,
                self.stdin_filename.clone().unwrap_or_else(|| STDIN.to_string()),
                bytes,
            );
        }
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(Trouble::new(format!("{name} is a directory; name the files in it")));
        }
        let bytes = bytes_of(path, Named::ByHand)
            .map_err(|refusal| Trouble::new(refusal.message(&name)))?;
        self.input(Some(path), name, bytes)
    }

    /// What was read of a file, or of standard input where there is no path.
    fn input(&self, path: Option<&Path>, name: String, bytes: Vec<u8>) -> Result<Input, Trouble> {
        let piped = path.is_none();
        let (text, undecodable) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
                (
                    String::new(),
                    Some(Undecodable { offset: error.utf8_error().valid_up_to(), utf16 }),
                )
            }
        };
        let forced = self.from.as_deref().and_then(by_name);
        let (format, skip) = match forced {
            Some(format) => (format, 0),
            None => match guess(&name, &text, piped) {
                // Of a file of variables its neighbours tell who reads it.
                Some(guess)
                    if guess.format.name == "env" && path.is_some_and(super::composed::reads) =>
                {
                    (by_name("dotenv").unwrap_or(guess.format), guess.skip)
                }
                Some(guess) => (guess.format, guess.skip),
                None if undecodable.is_some() => (FORMATS[0], 0),
                None if text.trim().is_empty() => {
                    return Err(Trouble::new(format!("{name} is empty")));
                }
                None => {
                    let message = format!(
                        "cannot tell the format of {name}; name it with --from (`airconn help \
                         check` lists the formats)"
                    );
                    return Err(Trouble::new(message));
                }
            },
        };
        let path = path.map(Path::to_path_buf);
        Ok(Input { path, source: Source::new(name, text), format, skip, undecodable })
    }
}

fn bytes_of(path: &Path, named: Named) -> Result<Vec<u8>, Refusal> {
    let file = files::open(path, named).map_err(Refusal::Io)?;
    let size = file.len();
    bounded::read(file, size)
}

/// The variables of this process that are about Airflow, in the order of their names. Values that
/// are not UTF-8 are passed over.
fn environment() -> Input {
    let all = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut airflows: Vec<_> =
        all.filter(|(name, _)| name.to_ascii_uppercase().starts_with("AIRFLOW")).collect();
    airflows.sort();
    let source = Source::new(ENVIRONMENT, of_process(airflows.into_iter()));
    Input {
        path: None,
        source,
        format: by_name("shell-env").unwrap_or(FORMATS[0]),
        skip: 0,
        undecodable: None,
    }
}

impl Undecodable {
    pub(super) fn message(&self) -> String {
        if self.utf16 {
            "the file is UTF-16; Airflow reads UTF-8".to_string()
        } else {
            format!("byte {} is not UTF-8, and Airflow reads nothing else", self.offset)
        }
    }
}
