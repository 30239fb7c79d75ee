//! Takes in a body with a bound on its bytes, both as sent and as decompressed.

use std::io::{self, Seek, SeekFrom, Write};

use flate2::write::MultiGzDecoder;
use tempfile::SpooledTempFile;

/// Where a body goes; it is emptied before every attempt.
pub(super) trait Sink: Write + Send {
    /// Drops what an earlier attempt left.
    fn reset(&mut self) -> io::Result<()>;
}

impl Sink for Vec<u8> {
    fn reset(&mut self) -> io::Result<()> {
        self.clear();
        Ok(())
    }
}

impl Sink for SpooledTempFile {
    fn reset(&mut self) -> io::Result<()> {
        self.set_len(0)?;
        self.seek(SeekFrom::Start(0)).map(|_| ())
    }
}

/// How a body is compressed for the transfer (`Content-Encoding`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not at all.
    Identity,
    /// `gzip`, the only one that is asked for.
    Gzip,
}

/// Why a body is not taken.
#[derive(Debug)]
pub(super) enum TakeError {
    /// It is larger than the bound.
    TooLarge,
    /// Its compressed form is broken, or ends early.
    Broken(io::Error),
    /// The place it goes to failed.
    Store(io::Error),
}

/// A body on its way to a sink.
pub(super) struct Intake<'a> {
    sent: u64,
    limit: u64,
    state: State<'a>,
}

enum State<'a> {
    Plain(Bounded<'a>),
    Gzip(Box<MultiGzDecoder<Bounded<'a>>>),
}

impl<'a> Intake<'a> {
    /// Takes at most `limit` bytes into `sink`.
    pub(super) fn new(sink: &'a mut dyn Sink, coding: Coding, limit: u64) -> Self {
        let bounded = Bounded { sink, left: limit, failed: None };
        let state = match coding {
            Coding::Identity => State::Plain(bounded),
            Coding::Gzip => State::Gzip(Box::new(MultiGzDecoder::new(bounded))),
        };
        Self { sent: 0, limit, state }
    }

    /// Takes the next part, as sent.
    pub(super) fn take(&mut self, part: &[u8]) -> Result<(), TakeError> {
        self.sent = self.sent.saturating_add(part.len() as u64);
        if self.sent > self.limit {
            return Err(TakeError::TooLarge);
        }
        match &mut self.state {
            State::Plain(bounded) => {
                let result = bounded.write_all(part);
                bounded.told(result)
            }
            State::Gzip(decoder) => {
                let result = decoder.write_all(part);
                decoder.get_mut().told(result)
            }
        }
    }

    /// Checks that nothing is missing at the end.
    pub(super) fn finish(mut self) -> Result<(), TakeError> {
        match &mut self.state {
            State::Plain(_) => Ok(()),
            State::Gzip(_) if self.sent == 0 => Ok(()),
            State::Gzip(decoder) => {
                let result = decoder.try_finish();
                decoder.get_mut().told(result)
            }
        }
    }
}

/// Passes bytes on until the bound is reached, and remembers what stopped it: a decompressor in between only hands on that
/// something did.
struct Bounded<'a> {
    sink: &'a mut dyn Sink,
    left: u64,
    failed: Option<TakeError>,
}

impl Bounded<'_> {
    fn told(&mut self, result: io::Result<()>) -> Result<(), TakeError> {
        result.map_err(|error| self.failed.take().unwrap_or(TakeError::Broken(error)))
    }
}

impl Write for Bounded<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        match self.left.checked_sub(part.len() as u64) {
            Some(left) => self.left = left,
            None => {
                self.failed = Some(TakeError::TooLarge);
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        if let Err(error) = self.sink.write_all(part) {
            let kind = error.kind();
            self.failed = Some(TakeError::Store(error));
            return Err(kind.into());
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
