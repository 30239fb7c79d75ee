//! The METADATA of a wheel without the wheel: its end, its directory and one member, by HTTP range requests.
//!
//! Servers ignore ranges, refuse them, or answer with other parts than were asked for. Whatever is not exactly what was asked
//! for is not used; the whole wheel, with its hash, is the way out.

use std::io::Read;

use packaging::Url;

use super::{ARCHIVE, MetadataError, TEXT, Target, wheel};
use crate::{
    credentials::Credentials,
    http::{ContentRange, Download, FetchError, Http, Range, Request},
    zipped::{End, Entries, Span, TAIL, ZipError, bounded, find_end, zip64_directory},
};

/// What range requests came to.
pub(super) enum Ranged {
    /// The text of METADATA.
    Text(Vec<u8>),
    /// The server sent all of the wheel.
    Whole(Box<Download>),
    /// Nothing that can be used; `for_good` when the next wheel of this server will fare no better.
    Refused {
        /// Whether it is a habit of the server.
        for_good: bool,
    },
}

/// Why there is no text: what is returned instead, or an error.
enum Stop {
    Instead(Ranged),
    Failed(MetadataError),
}

impl From<MetadataError> for Stop {
    fn from(error: MetadataError) -> Self {
        Self::Failed(error)
    }
}

/// A wheel at a distance.
struct Remote<'a> {
    http: &'a Http,
    target: &'a Target<'a>,
    url: &'a Url,
    credentials: Option<Credentials>,
    /// Bytes of the whole wheel; from the first answer.
    total: u64,
    /// The end of the wheel.
    tail: Vec<u8>,
}

/// Asks for METADATA of the wheel at `url`.
pub(super) async fn metadata(
    http: &Http,
    target: &Target<'_>,
    url: &Url,
    credentials: Option<Credentials>,
) -> Result<Ranged, MetadataError> {
    let mut remote = Remote { http, target, url, credentials, total: 0, tail: Vec::new() };
    match remote.text().await {
        Ok(text) => Ok(Ranged::Text(text)),
        Err(Stop::Instead(ranged)) => Ok(ranged),
        Err(Stop::Failed(error)) => Err(error),
    }
}

impl Remote<'_> {
    async fn text(&mut self) -> Result<Vec<u8>, Stop> {
        self.read_tail().await?;
        let directory = match find_end(&self.tail, self.total).map_err(|error| self.doubt(error))? {
            End::Directory(span) => span,
            End::Zip64(record) => {
                let bytes = self.read(record).await?;
                zip64_directory(&bytes, record).map_err(|error| self.doubt(error))?
            }
        };
        let directory = bounded(directory, wheel::DIRECTORY).map_err(|error| self.doubt(error))?;
        let bytes = self.read(directory).await?;
        let entry = wheel::choose(self.target, Entries::new(&bytes, directory))?;
        let span = entry.span(directory.start);
        if entry.size > TEXT || span.length > TEXT + (1 << 20) {
            let error = ZipError::TooLarge { what: format!("its member `{}`", entry.name), limit: TEXT };
            return Err(self.doubt(error));
        }
        let bytes = self.read(span).await?;
        let data = entry.data(&bytes).map_err(|error| self.doubt(error))?;
        let held = held(&bytes, span, data);
        let result = match held {
            Some(data) => entry.extract(data, TEXT),
            None if data.end() <= directory.start => entry.extract(&self.read(data).await?, TEXT),
            None => Err(ZipError::Member(entry.name.clone(), "it lies outside of the archive")),
        };
        result.map_err(|error| self.doubt(error))
    }

    /// Reads the end of the wheel, and learns its size by it. A part counted from the front is asked for where the size is
    /// known: not every server knows the other kind.
    async fn read_tail(&mut self) -> Result<(), Stop> {
        let known = self.target.file.size.filter(|size| *size > 0);
        let range = match known.map(|size| Span::tail(size, TAIL)) {
            Some(span) => Range::Bytes(span.start, span.end() - 1),
            None => Range::Last(TAIL),
        };
        let (bytes, got) = self.ask(range).await?;
        let total = got.total.filter(|total| known.is_none_or(|known| known == *total));
        match total {
            Some(total) if got.last + 1 == total && got.first == Span::tail(total, TAIL).start => {
                self.total = total;
                self.tail = bytes;
                Ok(())
            }
            _ => Err(Stop::Instead(Ranged::Refused { for_good: true })),
        }
    }

    /// The bytes of `span`; from the tail when that holds them.
    async fn read(&self, span: Span) -> Result<Vec<u8>, Stop> {
        let tail = Span::tail(self.total, self.tail.len() as u64);
        if let Some(bytes) = held(&self.tail, tail, span) {
            return Ok(bytes.to_vec());
        }
        if span.length == 0 || span.end() > self.total {
            return Err(self.doubt(ZipError::Broken(span.start, "it is cut short")));
        }
        let (bytes, got) = self.ask(Range::Bytes(span.start, span.end() - 1)).await?;
        let fits =
            got.first == span.start && got.last + 1 == span.end() && got.total.is_none_or(|total| total == self.total);
        if fits { Ok(bytes) } else { Err(Stop::Instead(Ranged::Refused { for_good: true })) }
    }

    /// Sends one request, and takes only a part that is as long as it says.
    async fn ask(&self, range: Range) -> Result<(Vec<u8>, ContentRange), Stop> {
        let request = Request {
            range: Some(range),
            credentials: self.credentials.clone(),
            ..Request::new(self.url.clone(), ARCHIVE)
        };
        let fetch = |source| MetadataError::Fetch { file: self.target.file.filename.clone(), source };
        let mut download = match self.http.download(&request).await {
            Ok(download) => download,
            // 400, 501 and the like: the range itself may be what is not liked.
            Err(FetchError::Status { .. } | FetchError::Body { .. }) => {
                return Err(Stop::Instead(Ranged::Refused { for_good: false }));
            }
            Err(source) => return Err(fetch(source).into()),
        };
        match (download.head.status, download.head.content_range) {
            (200 | 203, _) => Err(Stop::Instead(Ranged::Whole(Box::new(download)))),
            (206, Some(got)) if got.last - got.first + 1 == download.size => {
                let mut bytes = Vec::new();
                download.body.read_to_end(&mut bytes).map_err(|cause| self.target.broken(&cause))?;
                Ok((bytes, got))
            }
            (206, _) => Err(Stop::Instead(Ranged::Refused { for_good: true })),
            (405 | 416, _) => Err(Stop::Instead(Ranged::Refused { for_good: false })),
            (status, _) => Err(fetch(FetchError::Status { url: crate::http::shown(self.url), status }).into()),
        }
    }

    /// What is broken may be the answers and not the wheel; what is too large or unsupported stays so.
    fn doubt(&self, error: ZipError) -> Stop {
        match error {
            ZipError::NoEnd | ZipError::Broken(..) | ZipError::Member(..) => {
                tracing::debug!("read {} in parts: {error}; reading all of it", self.target.file.filename);
                Stop::Instead(Ranged::Refused { for_good: false })
            }
            error => Stop::Failed(self.target.broken(&error)),
        }
    }
}

/// The bytes of `wanted` out of those of `span`, if they are all there.
fn held(bytes: &[u8], span: Span, wanted: Span) -> Option<&[u8]> {
    let start = usize::try_from(wanted.start.checked_sub(span.start)?).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(wanted.length).ok()?)?)
}
