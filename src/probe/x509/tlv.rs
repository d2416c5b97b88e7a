//! Pieces of DER: what a certificate is made of, as it stands there.
//!
//! Signatures and names are over bytes as they are, and OpenSSL takes much that typed readers
//! refuse (serial numbers of any length, and of less than zero), so types are read as far as they
//! are needed.

use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode, Reader, SliceReader};

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;

/// A piece: its tag, what is in it, and all of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
    pub(super) whole: &'a [u8],
}

impl<'a> Item<'a> {
    /// The pieces inside; `None` where they are none.
    pub(super) fn parts(&self) -> Option<Parts<'a>> {
        parts(self.body)
    }

    /// The pieces inside of a piece of this tag.
    pub(super) fn parts_of(&self, tag: u8) -> Option<Parts<'a>> {
        if self.tag == tag { self.parts() } else { None }
    }

    /// The whole bytes of a bit string.
    pub(super) fn bits(&self) -> Option<&'a [u8]> {
        let (unused, bits) = self.body.split_first()?;
        (self.tag & 0x1f == BIT_STRING && *unused < 8).then_some(bits)
    }

    /// An object identifier.
    pub(super) fn oid(&self) -> Option<ObjectIdentifier> {
        if self.tag == 0x06 { ObjectIdentifier::from_bytes(self.body).ok() } else { None }
    }

    /// A number that is not negative and small.
    pub(super) fn number(&self) -> Option<u64> {
        let digits = if self.body.len() == 9 { self.body.strip_prefix(&[0])? } else { self.body };
        let negative = self.body.first().is_none_or(|first| *first >= 0x80);
        if negative || digits.len() > 8 {
            return None;
        }
        Some(digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)))
    }
}

/// Pieces in a row.
pub(super) struct Parts<'a>(std::vec::IntoIter<Item<'a>>);

impl<'a> Iterator for Parts<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        self.0.next()
    }
}

impl<'a> Parts<'a> {
    /// The next one, if it has this tag.
    pub(super) fn next_of(&mut self, tag: u8) -> Option<Item<'a>> {
        if self.0.as_slice().first()?.tag == tag { self.0.next() } else { None }
    }
}

/// All pieces of a text of DER; `None` where it is none.
pub(super) fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        let whole = reader.tlv_bytes().ok()?;
        let any = AnyRef::from_der(whole).ok()?;
        found.push(Item { tag: *whole.first()?, body: any.value(), whole });
    }
    Some(Parts(found.into_iter()))
}

/// The one piece that a text is; `None` where it is none, or more.
pub(super) fn one(bytes: &[u8]) -> Option<Item<'_>> {
    let mut all = parts(bytes)?;
    all.next().filter(|_| all.0.len() == 0)
}

/// The first piece of a text, whatever follows.
pub(super) fn first(bytes: &[u8]) -> Option<Item<'_>> {
    let whole = SliceReader::new(bytes).ok()?.tlv_bytes().ok()?;
    one(whole)
}

/// A sequence of this.
pub(super) fn sequence(body: &[u8]) -> Vec<u8> {
    AnyRef::new(x509_cert::der::Tag::Sequence, body)
        .and_then(|any| any.to_der())
        .unwrap_or_default()
}
