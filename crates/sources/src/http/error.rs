//! What can go wrong with a request, in words that carry no secret.

use std::error::Error;

use packaging::Url;

/// Why a request has no answer. Every URL in it was made fit to be shown by [`shown`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nothing is fetched in this run.
    #[error("{url} was not fetched: this run is offline")]
    Offline {
        /// What was asked for.
        url: String,
    },
    /// The URL is not one that can be fetched.
    #[error("{url} cannot be fetched: {why}")]
    Url {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The client could not be set up.
    #[error("set up the HTTP client for {url}: {cause}")]
    Client {
        /// What was asked for.
        url: String,
        /// Why it failed.
        cause: String,
    },
    /// The host has no address.
    #[error("find the address of the host of {url}: {cause}")]
    Dns {
        /// What was asked for.
        url: String,
        /// Why it failed.
        cause: String,
    },
    /// No connection came about.
    #[error("connect to the host of {url}: {cause}")]
    Connect {
        /// What was asked for.
        url: String,
        /// Why it failed.
        cause: String,
    },
    /// The certificate of the host is not trusted, or TLS failed otherwise.
    #[error("secure the connection to {url}: {cause}")]
    Tls {
        /// What was asked for.
        url: String,
        /// Why it failed.
        cause: String,
    },
    /// The server was silent, or slow, for too long.
    #[error("fetch {url}: timed out {during} ({seconds} s)")]
    TimedOut {
        /// What was asked for.
        url: String,
        /// What was waited for.
        during: &'static str,
        /// How long, in seconds.
        seconds: String,
    },
    /// The connection broke while the answer came in.
    #[error("fetch {url}: the answer broke off: {cause}")]
    Interrupted {
        /// What was asked for.
        url: String,
        /// Why it failed.
        cause: String,
    },
    /// The body is larger than anything reasonable of its kind.
    #[error("fetch {url}: the answer is larger than the {limit} bytes accepted here")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The bound, in bytes.
        limit: u64,
    },
    /// The body is not what its headers say.
    #[error("fetch {url}: {why}")]
    Body {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The server wants credentials (401), or other ones.
    #[error("fetch {url}: the server {}", if *tried { "refuses the credentials (401)" } else { "asks for credentials and none are known (401)" })]
    Unauthorized {
        /// What was asked for.
        url: String,
        /// Whether credentials were sent.
        tried: bool,
    },
    /// The server forbids it (403).
    #[error("fetch {url}: the server forbids it{} (403)", if *tried { ", even with the credentials given" } else { "" })]
    Forbidden {
        /// What was asked for.
        url: String,
        /// Whether credentials were sent.
        tried: bool,
    },
    /// The proxy wants credentials (407).
    #[error("fetch {url}: the proxy asks for credentials (407)")]
    Proxy {
        /// What was asked for.
        url: String,
    },
    /// Any other status that is not an answer.
    #[error("fetch {url}: the server answers with status {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// A redirect that is not followed.
    #[error("fetch {url}: {why}")]
    Redirect {
        /// What was asked for.
        url: String,
        /// Why it is not followed.
        why: String,
    },
    /// The body could not be kept.
    #[error("keep the answer of {url} in a temporary file: {cause}")]
    Store {
        /// What was asked for.
        url: String,
        /// Why it failed.
        cause: String,
    },
}

impl FetchError {
    /// What the reader can do about it, as a sentence.
    pub fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::Offline { .. } => "Run once without --offline to fill the knowledge base.",
            Self::Tls { .. } => {
                "If a proxy or a private authority signs certificates here, name its certificate in SSL_CERT_FILE; \
                 for a host you trust without a check there is --trusted-host."
            }
            Self::Dns { .. } | Self::Connect { .. } => {
                "Check the network, and HTTPS_PROXY or NO_PROXY if this machine reaches others through a proxy; \
                 with --offline Thoth answers from what it has."
            }
            Self::Unauthorized { .. } | Self::Forbidden { .. } => {
                "Give credentials in the URL of the index, as UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD, \
                 in netrc, or with --keyring-provider subprocess."
            }
            Self::Proxy { .. } => "Give the proxy's credentials in HTTPS_PROXY (http://user:password@host:port).",
            Self::TimedOut { .. } => "Try again, or allow more time with --http-timeout.",
            Self::Store { .. } => "Free space where temporary files go, or name another folder in TMPDIR.",
            Self::Status { status: 429, .. } => {
                "The server limits how often it is asked: run again in a while; what was fetched is kept."
            }
            Self::Status { status: 500.., .. } => {
                "The server has trouble: run again later, name another one, or answer from what is stored with --offline."
            }
            Self::Status { status: 404 | 410, .. } => {
                "Check the URL; when it is from an index page that is out of date, --refresh reads that page again."
            }
            Self::Status { .. } | Self::Url { .. } => "Check the URL.",
            Self::Interrupted { .. } | Self::Body { .. } => {
                "Run again; when it goes wrong every time, look at the server and at the proxies in between."
            }
            Self::Redirect { .. } => "Give the address it redirects to, if you trust it.",
            _ => return None,
        })
    }

    /// Whether no server answered at all: what an optional source may be skipped for.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Offline { .. }
                | Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Tls { .. }
                | Self::TimedOut { .. }
                | Self::Proxy { .. }
        )
    }
}

/// A URL as errors and logs show it: credentials masked, the query (where signed URLs keep theirs) and fragment left out.
pub fn shown(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_fragment(None);
    let query = bare.query().is_some();
    bare.set_query(None);
    let text = packaging::requirement::redacted(&bare);
    if query { format!("{text}?…") } else { text }
}

/// An error and its causes as one sentence, without repetition and without credentials of URLs.
pub(super) fn flattened(error: &dyn Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // The HTTP library's own frame around a cause says nothing to the reader.
        if !text.starts_with("client error (") && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        if parts.len() > 8 {
            break;
        }
        next = error.source();
    }
    if parts.is_empty() {
        parts.push(error.to_string());
    }
    scrubbed(&parts.join(": "))
}

/// The text with everything between `://` and an `@` of the same word masked.
fn scrubbed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end =
            after.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | ')' | '?' | '#')).unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str("****@");
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_url_has_neither_credentials_nor_a_signature() {
        let url = Url::parse("https://user:secret@files.example/a.whl?X-Signature=abc#sha256=1").unwrap();
        insta::assert_snapshot!(shown(&url), @"https://user:****@files.example/a.whl?…");
    }

    #[test]
    fn credentials_inside_a_cause_are_masked() {
        insta::assert_snapshot!(
            scrubbed("proxy http://me:secret@proxy.example:3128 refused (see https://docs.example/a)"),
            @"proxy http://****@proxy.example:3128 refused (see https://docs.example/a)"
        );
    }

    #[test]
    fn errors_that_a_reader_can_mend_say_how() {
        let url = "https://index.example/".to_string();
        assert!(FetchError::Unauthorized { url: url.clone(), tried: false }.remedy().unwrap().contains("netrc"));
        assert!(FetchError::Tls { url: url.clone(), cause: String::new() }.remedy().unwrap().contains("SSL_CERT_FILE"));
        let status = |status| FetchError::Status { url: url.clone(), status }.remedy().unwrap_or_default();
        assert!(status(429).contains("in a while"));
        assert!(status(503).contains("--offline"));
        assert!(status(404).contains("--refresh"));
        assert!(status(400).contains("Check the URL"));
        let broken = FetchError::Interrupted { url: url.clone(), cause: String::new() };
        assert!(broken.remedy().unwrap().contains("Run again"));
        assert!(FetchError::TooLarge { url, limit: 1 }.remedy().is_none());
    }
}
