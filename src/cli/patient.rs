//! Output whose reader may go away (`| head`): what comes then is written to nobody, and the run
//! goes on to the end that it would have had.

use std::io::{ErrorKind, Result, Write};

/// A writer that does not mind being left.
pub(super) struct Patient<W> {
    to: W,
    left: bool,
}

impl<W: Write> Patient<W> {
    pub(super) fn new(to: W) -> Patient<W> {
        Patient { to, left: false }
    }

    /// `done`, and from the broken pipe on whatever `nothing` stands for.
    fn heard<T>(&mut self, done: Result<T>, nothing: T) -> Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.left = true;
                Ok(nothing)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.left {
            return Ok(bytes.len());
        }
        let done = self.to.write(bytes);
        self.heard(done, bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        if self.left {
            return Ok(());
        }
        let done = self.to.flush();
        self.heard(done, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, and then has gone.
    struct Short(usize);

    impl Write for Short {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> Result<()> {
            if self.0 == 0 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_reader_that_goes_is_not_missed() {
        let mut out = Patient::new(Short(3));
        for _ in 0..3 {
            assert!(out.write_all(b"ab").is_ok() && out.flush().is_ok());
        }
        assert!(out.left);
    }
}
