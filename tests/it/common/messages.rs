//! The messages of PostgreSQL's protocol that stand-ins of servers write and read.

use std::io::{Read, Write};

/// A connection, encrypted or not.
pub(crate) trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

/// The end of a conversation: nobody looks at it.
pub(crate) type Talk = Result<(), Box<dyn std::error::Error>>;

/// RowDescription of columns of text.
pub(crate) fn heads(names: &[&str]) -> Vec<u8> {
    // No table and no column of one, type text, of any length, no modifier, format text.
    let of_column = [0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0];
    let columns = names.iter().flat_map(|name| [name.as_bytes(), b"\0", &of_column].concat());
    u16::try_from(names.len()).expect("few").to_be_bytes().into_iter().chain(columns).collect()
}

/// A value with its length in front.
pub(crate) fn counted(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("short").to_be_bytes()[..], bytes].concat()
}

/// Sends a message.
pub(crate) fn send(stream: &mut dyn Stream, tag: u8, body: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(body.len() + 4).expect("short").to_be_bytes();
    stream.write_all(&[&[tag], &length[..], body].concat())?;
    stream.flush()
}

/// Sends an ErrorResponse, without the `V` that only PostgreSQL since 9.6 adds.
pub(crate) fn send_error(
    stream: &mut dyn Stream,
    code: &str,
    message: &str,
) -> std::io::Result<()> {
    send(stream, b'E', format!("SFATAL\0C{code}\0M{message}\0\0").as_bytes())
}

/// Receives a message of any kind.
pub(crate) fn any(stream: &mut dyn Stream) -> Result<(u8, Vec<u8>), Box<dyn std::error::Error>> {
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let mut body = vec![0; u32::from_be_bytes(head[1..].try_into()?) as usize - 4];
    stream.read_exact(&mut body)?;
    Ok((head[0], body))
}

/// Receives a message of this kind.
pub(crate) fn receive(
    stream: &mut dyn Stream,
    tag: u8,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    match any(stream)? {
        (kind, body) if kind == tag => Ok(body),
        _ => Err("another message".into()),
    }
}
