//! libyaml's events as safe Rust: the one place with `unsafe`, around the YAML organisation's port
//! of the C library.
//!
//! PyYAML's C loader, which Airflow uses, is this parser; what it accepts and refuses is what
//! Airflow does. Ports with a safe interface were tried: libyaml-safer 0.3.0 panics on a block
//! scalar without a final newline and on `!!a,b`; granit-parser 2.2.0 accepts and refuses other
//! texts.
#![expect(unsafe_code, reason = "calls into the port of a C library; see each block")]

use std::ffi::CStr;
use std::mem::MaybeUninit;

use libyaml_rs as sys;

/// How a scalar is written.
pub(super) type ScalarStyle = crate::model::Style;

/// What stands at a place of a YAML stream.
pub(super) enum EventKind {
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    Alias(String),
    Scalar {
        value: String,
        tag: Option<String>,
        anchor: Option<String>,
        plain_implicit: bool,
        style: ScalarStyle,
    },
    SequenceStart {
        tag: Option<String>,
        anchor: Option<String>,
    },
    SequenceEnd,
    MappingStart {
        tag: Option<String>,
        anchor: Option<String>,
    },
    MappingEnd,
    /// The start of the stream.
    Other,
}

/// An event; marks count bytes from the start of the text (this port does; the C library counts
/// characters).
pub(super) struct Event {
    pub(super) kind: EventKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Where libyaml gives up: by PyYAML's class of the error.
pub(super) struct YamlError {
    /// `ReaderError`, `ScannerError`, `ParserError`, or Python's `UnicodeDecodeError` for a tag.
    pub(super) class: &'static str,
    /// libyaml's own words, which never quote the text.
    pub(super) problem: String,
    /// Byte offset.
    pub(super) at: usize,
}

/// A parser over one text.
pub(super) struct Parser<'t> {
    raw: Box<MaybeUninit<sys::yaml_parser_t>>,
    /// Where a directive stands that is one too many.
    directives: Option<usize>,
    _text: std::marker::PhantomData<&'t str>,
}

impl<'t> Parser<'t> {
    /// A parser that reads `text` as UTF-8, as PyYAML tells it to for a `str`.
    pub(super) fn new(text: &'t str) -> Parser<'t> {
        let mut raw = Box::new(MaybeUninit::uninit());
        // SAFETY: initialize writes the whole structure before anything reads it (it fails only
        // when memory runs out, which aborts in this port); the input pointer stays valid for 't,
        // which the parser does not outlive; the boxed structure does not move.
        unsafe {
            let _ = sys::yaml_parser_initialize(raw.as_mut_ptr());
            sys::yaml_parser_set_encoding(raw.as_mut_ptr(), sys::YAML_UTF8_ENCODING);
            sys::yaml_parser_set_input_string(raw.as_mut_ptr(), text.as_ptr(), text.len() as u64);
        }
        Parser { raw, directives: too_many(text), _text: std::marker::PhantomData }
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Result<Event, YamlError> {
        if let Some(at) = self.directives {
            return Err(YamlError {
                class: "ParserError",
                problem: "more %TAG directives than are read here".to_string(),
                at,
            });
        }
        let mut event = MaybeUninit::<sys::yaml_event_t>::uninit();
        // SAFETY: the parser was initialized; parse fills the event if it succeeds, and the event
        // is read and deleted only then.
        unsafe {
            if sys::yaml_parser_parse(self.raw.as_mut_ptr(), event.as_mut_ptr()).fail {
                return Err(self.error());
            }
            let event = event.as_mut_ptr();
            let converted = convert(&*event);
            let at = usize::try_from((*event).start_mark.index).unwrap_or(usize::MAX);
            sys::yaml_event_delete(event);
            converted.map_err(|NoUtf8| YamlError {
                class: "UnicodeDecodeError",
                problem: "escapes in a tag that are not UTF-8".to_string(),
                at,
            })
        }
    }

    fn error(&self) -> YamlError {
        // SAFETY: the parser was initialized, and `problem` is null or a static C string.
        unsafe {
            let parser = &*self.raw.as_ptr();
            let problem = if parser.problem.is_null() {
                "".into()
            } else {
                CStr::from_ptr(parser.problem.cast()).to_string_lossy()
            };
            let (class, at) = match parser.error {
                sys::YAML_READER_ERROR => ("ReaderError", parser.problem_offset),
                sys::YAML_SCANNER_ERROR => ("ScannerError", parser.problem_mark.index),
                _ => ("ParserError", parser.problem_mark.index),
            };
            YamlError {
                class,
                problem: problem.into_owned(),
                at: usize::try_from(at).unwrap_or(usize::MAX),
            }
        }
    }
}

/// libyaml compares each `%TAG` directive with all before it, so that their number is bounded
/// first.
fn too_many(text: &str) -> Option<usize> {
    const DIRECTIVE: &str = "%TAG";
    let starts = memchr::memmem::find_iter(text.as_bytes(), DIRECTIVE);
    let mut starts =
        starts.filter(|at| *at == 0 || matches!(text.as_bytes()[at - 1], b'\n' | b'\r'));
    starts.nth(crate::bounds::YAML_DIRECTIVES.value)
}

impl Drop for Parser<'_> {
    fn drop(&mut self) {
        // SAFETY: initialized in `new`, deleted once.
        unsafe { sys::yaml_parser_delete(self.raw.as_mut_ptr()) }
    }
}

/// Percent-escapes in a tag may decode to anything.
struct NoUtf8;

/// # Safety
/// The event was filled by `yaml_parser_parse` and not yet deleted.
unsafe fn convert(event: &sys::yaml_event_t) -> Result<Event, NoUtf8> {
    // SAFETY: `type_` says which member of the union was written; its strings are null or
    // NUL-terminated, the scalar has a length.
    let kind = unsafe {
        match event.type_ {
            sys::YAML_DOCUMENT_START_EVENT => EventKind::DocumentStart,
            sys::YAML_DOCUMENT_END_EVENT => EventKind::DocumentEnd,
            sys::YAML_STREAM_END_EVENT => EventKind::StreamEnd,
            sys::YAML_ALIAS_EVENT => {
                EventKind::Alias(string(event.data.alias.anchor)?.unwrap_or_default())
            }
            sys::YAML_SCALAR_EVENT => {
                let scalar = &event.data.scalar;
                let bytes = std::slice::from_raw_parts(
                    scalar.value,
                    usize::try_from(scalar.length).unwrap_or(0),
                );
                EventKind::Scalar {
                    value: String::from_utf8_lossy(bytes).into_owned(),
                    tag: string(scalar.tag)?,
                    anchor: string(scalar.anchor)?,
                    plain_implicit: scalar.plain_implicit,
                    style: match scalar.style {
                        sys::YAML_SINGLE_QUOTED_SCALAR_STYLE => ScalarStyle::Single,
                        sys::YAML_DOUBLE_QUOTED_SCALAR_STYLE => ScalarStyle::Double,
                        sys::YAML_LITERAL_SCALAR_STYLE | sys::YAML_FOLDED_SCALAR_STYLE => {
                            ScalarStyle::Block
                        }
                        _ => ScalarStyle::Plain,
                    },
                }
            }
            sys::YAML_SEQUENCE_START_EVENT => {
                let start = &event.data.sequence_start;
                EventKind::SequenceStart { tag: string(start.tag)?, anchor: string(start.anchor)? }
            }
            sys::YAML_SEQUENCE_END_EVENT => EventKind::SequenceEnd,
            sys::YAML_MAPPING_START_EVENT => {
                let start = &event.data.mapping_start;
                EventKind::MappingStart { tag: string(start.tag)?, anchor: string(start.anchor)? }
            }
            sys::YAML_MAPPING_END_EVENT => EventKind::MappingEnd,
            _ => EventKind::Other,
        }
    };
    let offset = |mark: u64| usize::try_from(mark).unwrap_or(usize::MAX);
    Ok(Event { kind, start: offset(event.start_mark.index), end: offset(event.end_mark.index) })
}

/// # Safety
/// Null, or a NUL-terminated string.
unsafe fn string(text: *const u8) -> Result<Option<String>, NoUtf8> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: by contract.
    let text = unsafe { CStr::from_ptr(text.cast()) };
    text.to_str().map(|text| Some(text.to_string())).map_err(|_| NoUtf8)
}
