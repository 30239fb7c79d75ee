//! How the fixture index misbehaves.

/// What is done differently for the requests under one prefix. The default is a well-behaved index.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// Status codes that are answered first, one a request, with a short body; then the real answer.
    pub statuses: Vec<u16>,
    /// A `Retry-After` header with every status of `statuses`.
    pub retry_after: Option<String>,
    /// The real answer stops after this many bytes of its body, and the connection stays open, silent. Zero sends not even a
    /// status line.
    pub stall: Option<usize>,
    /// The real answer ends after this many bytes of its body, though `Content-Length` promises all.
    pub truncate: Option<usize>,
    /// Instead of the true content type; empty sends none.
    pub content_type: Option<String>,
    /// Only this body, whatever was asked.
    pub body: Option<Vec<u8>>,
    /// Pages state wrong hashes of their files, and of the metadata.
    pub wrong_hash: bool,
    /// Files and metadata have one byte changed.
    pub corrupt: bool,
    /// `Range` is ignored: the whole file with 200.
    pub no_range: bool,
    /// There is no `.metadata`, and pages do not speak of it.
    pub no_sidecar: bool,
    /// Pages promise `.metadata` that answers 404.
    pub missing_sidecar: bool,
    /// 302 to this followed by the path of the request.
    pub redirect: Option<String>,
    /// User and password that are demanded; 401 without, 403 with wrong ones.
    pub basic_auth: Option<(String, String)>,
    /// Pages say no upload times.
    pub no_upload_time: bool,
    /// No `ETag`, and never 304.
    pub no_etag: bool,
    /// Pages in HTML only, whatever is accepted.
    pub html_only: bool,
    /// `max-age` of pages, in seconds; 600 when not said.
    pub max_age: Option<u32>,
    /// Bodies are sent with `Content-Encoding: gzip` to those who accept it.
    pub gzip: bool,
    /// `Connection: close` after every answer.
    pub close: bool,
}
