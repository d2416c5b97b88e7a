//! Distinguished names, compared as OpenSSL compares them: without regard to case, blanks and the
//! kind of string.

use x509_cert::der::asn1::ObjectIdentifier;

use super::tlv::{self, Item, SEQUENCE, SET};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// A name, as it is compared and as its parts are.
#[derive(Clone, Debug, Default)]
pub(super) struct Name {
    /// Each part in its canonical form.
    canonical: Vec<Vec<Vec<u8>>>,
    /// The common names: the string as it stands there, and its text where that can be read.
    pub(super) common_names: Vec<(Vec<u8>, Option<String>)>,
    /// It has an address of mail.
    pub(super) has_mail: bool,
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Name {}

impl Name {
    /// Reads a name; `None` where it is none.
    pub(super) fn read(item: Item<'_>) -> Option<Name> {
        let mut name = Name::default();
        for set in item.parts_of(SEQUENCE)? {
            let mut part = Vec::new();
            for pair in set.parts_of(SET)? {
                let mut pair = pair.parts_of(SEQUENCE)?;
                let (kind, value) = (pair.next()?, pair.next()?);
                let text = text(&value);
                let (tag, value_of) = match &text {
                    Some(text) => (0x0c, folded(text).into_bytes()),
                    None => (value.tag, value.body.to_vec()),
                };
                part.push([kind.whole, &[tag], &value_of].concat());
                match kind.oid()? {
                    COMMON_NAME => name.common_names.push((value.body.to_vec(), text)),
                    EMAIL => name.has_mail = true,
                    _ => {}
                }
            }
            part.sort();
            name.canonical.push(part);
        }
        Some(name)
    }

    /// Reads what stands inside of a name.
    pub(super) fn read_inside(body: &[u8]) -> Option<Name> {
        Name::read(tlv::one(&tlv::sequence(body))?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.canonical.is_empty()
    }

    /// Does it begin with all parts of another one?
    pub(super) fn is_within(&self, base: &Name) -> bool {
        self.canonical.starts_with(&base.canonical)
    }
}

/// The text of a string, of whatever kind.
fn text(value: &Item<'_>) -> Option<String> {
    match value.tag {
        // UTF8String, PrintableString, IA5String, VisibleString.
        0x0c | 0x13 | 0x16 | 0x1a => String::from_utf8(value.body.to_vec()).ok(),
        // T61String, which everybody writes as Latin 1.
        0x14 => Some(value.body.iter().map(|byte| char::from(*byte)).collect()),
        // BMPString.
        0x1e if value.body.len().is_multiple_of(2) => {
            let units =
                value.body.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        _ => None,
    }
}

/// Without blanks at the ends, each run of them inside as one, in lower case.
fn folded(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}
