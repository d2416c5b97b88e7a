//! Messages of PostgreSQL's protocol over any stream, with bounds on everything that a server may
//! send.

use bytes::BytesMut;
use rustls::AlertDescription;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use zeroize::Zeroize;

/// The longest message that is read, in bytes. The longest honest one of a log-in and our query is
/// far below.
pub(super) const LONGEST: usize = crate::bounds::MESSAGE.value;
/// The most messages of one connection: a log-in has about twenty.
const MOST_MESSAGES: u32 = crate::bounds::MESSAGES.value as u32;
/// The most bytes of one connection.
const MOST_BYTES: usize = crate::bounds::SERVER_BYTES.value;

/// A stream to a server, with or without TLS.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

/// A message: its type and what follows the length.
pub(super) struct Frame {
    pub(super) tag: u8,
    pub(super) body: Vec<u8>,
}

impl Frame {
    /// The message as it came.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.body.len() + 4).unwrap_or(u32::MAX);
        [&[self.tag], &length.to_be_bytes()[..], &self.body].concat()
    }
}

/// Why no message can be read or written any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The server closed the connection between two messages.
    Closed,
    /// It closed it inside of one.
    Half,
    /// It announces a message that is longer than any honest one, of so many bytes.
    TooLong(u32),
    /// More messages or bytes than any honest log-in takes.
    TooMany,
    /// What came is no message.
    Malformed,
    /// TLS ended with an alert: in TLS 1.3 a client certificate is judged behind the handshake.
    Alert(AlertDescription),
    /// The network.
    Io(std::io::ErrorKind),
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Broken {
        if let Some(rustls::Error::AlertReceived(alert)) =
            error.get_ref().and_then(|inner| inner.downcast_ref())
        {
            return Broken::Alert(*alert);
        }
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Broken::Half,
            std::io::ErrorKind::ConnectionReset
            | std::io::ErrorKind::BrokenPipe
            | std::io::ErrorKind::ConnectionAborted => Broken::Closed,
            kind => Broken::Io(kind),
        }
    }
}

/// A connection, message by message.
pub(super) struct Frames {
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
}

/// What the server sends.
pub(super) struct Incoming {
    stream: ReadHalf<Box<dyn Wire>>,
    messages: u32,
    bytes: usize,
}

/// What is sent to the server.
pub(super) struct Outgoing {
    stream: WriteHalf<Box<dyn Wire>>,
}

impl Frames {
    pub(super) fn new(stream: Box<dyn Wire>) -> Frames {
        let (reading, writing) = tokio::io::split(stream);
        Frames {
            incoming: Incoming { stream: reading, messages: 0, bytes: 0 },
            outgoing: Outgoing { stream: writing },
        }
    }

    /// Sends what the buffer holds, and wipes it.
    pub(super) async fn send(&mut self, buffer: &mut BytesMut) -> Result<(), Broken> {
        self.outgoing.send(buffer).await
    }

    /// The next message.
    pub(super) async fn next(&mut self) -> Result<Frame, Broken> {
        self.incoming.next().await
    }
}

impl Outgoing {
    /// Sends what the buffer holds, and wipes it: it may hold a password.
    pub(super) async fn send(&mut self, buffer: &mut BytesMut) -> Result<(), Broken> {
        let sent = match self.stream.write_all(buffer).await {
            Ok(()) => self.stream.flush().await,
            failed => failed,
        };
        buffer.as_mut().zeroize();
        buffer.clear();
        Ok(sent?)
    }
}

impl Incoming {
    /// The next message.
    pub(super) async fn next(&mut self) -> Result<Frame, Broken> {
        let mut head = [0; 5];
        match self.stream.read(&mut head[..1]).await {
            Ok(0) => return Err(Broken::Closed),
            Ok(_) => {}
            // TLS that ends without saying so.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(Broken::Closed);
            }
            Err(error) => return Err(error.into()),
        }
        if !head[0].is_ascii_alphanumeric() {
            return Err(Broken::Malformed);
        }
        self.stream.read_exact(&mut head[1..]).await?;
        let announced = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let length = (announced as usize).checked_sub(4).ok_or(Broken::Malformed)?;
        if length > LONGEST {
            return Err(Broken::TooLong(announced));
        }
        self.messages += 1;
        self.bytes += length;
        if self.messages > MOST_MESSAGES || self.bytes > MOST_BYTES {
            return Err(Broken::TooMany);
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Frame { tag: head[0], body })
    }
}

/// Reads the parts of a message's body.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    /// So many bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of four bytes.
    pub(super) fn int(&mut self) -> Option<u32> {
        self.take(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
    }

    /// Bytes behind their length; a length of -1 (null) gives `Some(None)`.
    pub(super) fn counted(&mut self) -> Option<Option<&'b [u8]>> {
        match self.int()? {
            u32::MAX => Some(None),
            length => self.take(length as usize).map(Some),
        }
    }

    /// Text up to a zero byte.
    pub(super) fn text(&mut self) -> Option<String> {
        let end = self.0.iter().position(|b| *b == 0)?;
        let text = String::from_utf8_lossy(&self.0[..end]).into_owned();
        self.0 = &self.0[end + 1..];
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &'static [u8]) -> Result<(u8, Vec<u8>), Broken> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let (mut server, client) = tokio::io::duplex(1 << 16);
            server.write_all(bytes).await.expect("room");
            drop(server);
            Frames::new(Box::new(client)).next().await.map(|frame| (frame.tag, frame.body))
        })
    }

    #[test]
    fn messages_are_bounded() {
        for (bytes, want) in [
            (&b"Z\0\0\0\x05I"[..], Ok((b'Z', b"I".to_vec()))),
            (b"1\0\0\0\x04", Ok((b'1', vec![]))),
            (b"", Err(Broken::Closed)),
            (b"Z\0\0", Err(Broken::Half)),
            (b"Z\0\0\0\x09I", Err(Broken::Half)),
            (b"Z\0\0\0\x03I", Err(Broken::Malformed)),
            (b"Z\x7f\xff\xff\xff", Err(Broken::TooLong(0x7fff_ffff))),
            (b"E\0\x01\0\x05", Err(Broken::TooLong(0x1_0005))),
            (b"\x16\x03\x01", Err(Broken::Malformed)),
        ] {
            assert_eq!(read(bytes), want, "{bytes:?}");
        }
    }

    #[test]
    fn a_flood_ends() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (count, end) = runtime.block_on(async {
            let (mut server, client) = tokio::io::duplex(1 << 10);
            let flood = async move { while server.write_all(b"N\0\0\0\x05\0").await.is_ok() {} };
            let read = async move {
                let mut frames = Frames::new(Box::new(client));
                let mut count = 0;
                loop {
                    match frames.next().await {
                        Ok(_) => count += 1,
                        Err(end) => return (count, end),
                    }
                }
            };
            tokio::join!(flood, read).1
        });
        assert_eq!((count, end), (MOST_MESSAGES, Broken::TooMany));
    }

    #[test]
    fn parts_of_a_body_are_read_within_it() {
        let mut reader = Reader(b"\0\0\0\x02ab\xff\xff\xff\xffname\0\0\0\0\x01");
        assert_eq!(reader.counted(), Some(Some(&b"ab"[..])));
        assert_eq!(reader.counted(), Some(None));
        assert_eq!(reader.text().as_deref(), Some("name"));
        assert_eq!((reader.int(), reader.int(), reader.text()), (Some(1), None, None));
        assert_eq!(Reader(b"\0\0\0\x09ab").counted(), None);
    }
}
