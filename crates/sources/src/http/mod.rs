//! The one HTTP stack: bounded, patient, and careful with secrets.
//!
//! A request is answered within a deadline, with a bound on the bytes of the body both as sent and as decompressed. What is worth
//! another try is tried again (with `Retry-After` honoured), redirects are followed by hand so that credentials stay with the
//! origin they belong to, and every failure is a [`FetchError`] that shows no secret. What a body means is for the callers;
//! where secrets come from is in [`crate::credentials`].

mod body;
mod client;
mod error;
mod exchange;
mod options;
mod retry;

use std::{
    fmt,
    io::Seek,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use packaging::Url;
use tempfile::SpooledTempFile;

pub use error::{FetchError, shown};
pub use options::HttpOptions;

use crate::credentials::Credentials;
use client::Clients;

/// What a server gave to ask again with (RFC 9110, section 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
}

/// The part of a file that is asked for (RFC 9110, section 14.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// From the first byte to the last one, counted from 0, both included.
    Bytes(u64, u64),
    /// That many bytes at the end.
    Last(u64),
}

/// What is asked for, and how much of an answer is accepted.
#[derive(Clone, Debug)]
pub struct Request {
    /// `http` or `https`; a user name and password in it are sent as `Authorization`, never in the request line.
    pub url: Url,
    /// The `Accept` header; everything when absent.
    pub accept: Option<&'static str>,
    /// Only a part of the file. The server may ignore it: look at the status.
    pub range: Option<Range>,
    /// Makes the request conditional.
    pub validators: Option<Validators>,
    /// The most bytes of body that are accepted, as sent and as decompressed.
    pub max_bytes: u64,
    /// Sent with the first request to the origin of `url`.
    pub credentials: Option<Credentials>,
    /// Whether a compressed transfer is asked for; never for files that are archives themselves.
    pub compressed: bool,
    /// For what can be done without: one attempt, and a few seconds until the answer begins.
    pub quick: bool,
}

impl Request {
    /// Asks for a whole file of at most `max_bytes`, with nothing else said.
    pub fn new(url: Url, max_bytes: u64) -> Self {
        Self {
            url,
            accept: None,
            range: None,
            validators: None,
            max_bytes,
            credentials: None,
            compressed: false,
            quick: false,
        }
    }
}

/// Which bytes a partial answer holds: `first-last/total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// Offset of the first byte.
    pub first: u64,
    /// Offset of the last byte.
    pub last: u64,
    /// Bytes of the whole file, if told.
    pub total: Option<u64>,
}

/// What the server said, without the body.
#[derive(Clone, Debug)]
pub struct Head {
    /// 200 and its kin, 206, 304, 404, 405, 410 or 416; every other status is a [`FetchError`].
    pub status: u16,
    /// Where the answer came from after redirects, without credentials.
    pub url: Url,
    /// What to ask again with.
    pub validators: Validators,
    /// `max-age` of `Cache-Control`; zero for `no-cache` and `no-store`.
    pub max_age: Option<Duration>,
    /// The media type in lower case, without parameters.
    pub content_type: Option<String>,
    /// Which part of the file this is, for status 206.
    pub content_range: Option<ContentRange>,
}

impl Head {
    /// Whether the body is the whole file.
    pub fn is_whole(&self) -> bool {
        self.status == 200 || self.status == 203
    }
}

/// An answer with its body in memory.
#[derive(Clone, Debug)]
pub struct Response {
    /// What the server said.
    pub head: Head,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// An answer with its body in memory when small, in a temporary file when large; positioned at its beginning.
#[derive(Debug)]
pub struct Download {
    /// What the server said.
    pub head: Head,
    /// The body, decompressed.
    pub body: SpooledTempFile,
    /// Bytes of the body.
    pub size: u64,
}

/// The HTTP stack. Cheap to clone; the clones share connections, credentials and the bound on requests at once.
///
/// Nothing is set up before the first request: a run that fetches nothing loads no certificates.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

struct Inner {
    options: HttpOptions,
    clients: Clients,
    gate: tokio::sync::Semaphore,
    sent: AtomicUsize,
}

impl Http {
    /// A stack that behaves as `options` say.
    pub fn new(options: HttpOptions) -> Self {
        let gate = tokio::sync::Semaphore::new(options.concurrency.clamp(1, 1000));
        Self(Arc::new(Inner { options, clients: Clients::default(), gate, sent: AtomicUsize::new(0) }))
    }

    /// How it behaves.
    pub fn options(&self) -> &HttpOptions {
        &self.0.options
    }

    /// Whether it only ever answers [`FetchError::Offline`].
    pub fn is_offline(&self) -> bool {
        self.0.options.offline
    }

    /// How many requests were sent so far, with those for redirects, for credentials and after failures.
    pub fn sent(&self) -> usize {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Fetches into memory; for what is small.
    pub async fn get(&self, request: &Request) -> Result<Response, FetchError> {
        let mut body = Vec::new();
        let head = self.fetch(request, &mut body).await?;
        Ok(Response { head, body })
    }

    /// Fetches into a temporary file once the body outgrows a few megabytes.
    pub async fn download(&self, request: &Request) -> Result<Download, FetchError> {
        let mut body = SpooledTempFile::new(4 << 20);
        let head = self.fetch(request, &mut body).await?;
        let io = |error: std::io::Error| FetchError::Store { url: shown(&request.url), cause: error.to_string() };
        let size = body.stream_position().map_err(io)?;
        body.rewind().map_err(io)?;
        Ok(Download { head, body, size })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Http").field(&self.0.options).finish()
    }
}
