//! One request from the first attempt to the answer: attempts, redirects, credentials, the body.

use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use packaging::Url;
use reqwest::{StatusCode, header};
use tokio::time::{Instant, timeout};

use super::{
    ContentRange, FetchError, Head, Http, Range, Request, Validators,
    body::{Coding, Intake, Sink, TakeError},
    error::{flattened, shown},
    retry,
};
use crate::credentials::{Credentials, Realm};

/// The most redirects that are followed.
const REDIRECTS: usize = 10;

/// How long the answer to a quick request may take to begin.
const QUICK: Duration = Duration::from_secs(4);

/// A failed attempt, with the wait the server asks for.
struct Failure {
    error: FetchError,
    retry_after: Option<Duration>,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self { error, retry_after: None }
    }
}

impl Http {
    /// Fetches into `sink`, trying again what may yet succeed.
    pub(super) async fn fetch(&self, request: &Request, sink: &mut dyn Sink) -> Result<Head, FetchError> {
        let options = &self.0.options;
        if options.offline {
            return Err(FetchError::Offline { url: shown(&request.url) });
        }
        let deadline = Instant::now() + options.deadline;
        let retries = if request.quick { 0 } else { options.retries };
        let mut attempt = 0;
        loop {
            let Failure { error, retry_after } =
                match tokio::time::timeout_at(deadline, self.attempt(request, sink)).await {
                    Ok(Ok(head)) => return Ok(head),
                    Ok(Err(failure)) => failure,
                    Err(_) => return Err(timed_out(&request.url, "for the whole answer", options.deadline)),
                };
            let wait = retry::wait(options, attempt, retry_after);
            if attempt >= retries || !retry::is_worth_another(&error) || Instant::now() + wait >= deadline {
                return Err(error);
            }
            tracing::debug!("{error}; trying again in {} ms", wait.as_millis());
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// One attempt, through all redirects.
    async fn attempt(&self, request: &Request, sink: &mut dyn Sink) -> Result<Head, Failure> {
        let keep = |error: std::io::Error| FetchError::Store { url: shown(&request.url), cause: error.to_string() };
        sink.reset().map_err(keep)?;
        let Ok(_permit) = self.0.gate.acquire().await else {
            return Err(FetchError::Client { url: shown(&request.url), cause: "it was shut down".into() }.into());
        };
        let mut url = request.url.clone();
        let mut own = request.credentials.clone().or_else(|| Credentials::of_url(&url));
        bare(&mut url)?;
        let origin = Realm::of(&url);
        for _ in 0..=REDIRECTS {
            let at_home = Realm::of(&url) == origin;
            let (response, tried) = self.authorised(request, &url, own.as_ref(), at_home).await?;
            if let Some(next) = redirect(&url, &response)? {
                if Realm::of(&next) != Realm::of(&url) {
                    own = None;
                }
                url = next;
                bare(&mut url)?;
                continue;
            }
            let head = head(&url, &response);
            match head.status {
                200 | 203 | 206 => {}
                204 | 304 | 404 | 405 | 410 | 416 => return Ok(head),
                401 => return Err(FetchError::Unauthorized { url: shown(&url), tried }.into()),
                403 => return Err(FetchError::Forbidden { url: shown(&url), tried }.into()),
                407 => return Err(FetchError::Proxy { url: shown(&url) }.into()),
                status => {
                    let asked = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                    let retry_after = asked.and_then(|text| retry::retry_after(text, SystemTime::now()));
                    return Err(Failure { error: FetchError::Status { url: shown(&url), status }, retry_after });
                }
            }
            self.take(request, &url, response, sink).await?;
            return Ok(head);
        }
        Err(FetchError::Redirect { url: shown(&request.url), why: format!("more than {REDIRECTS} redirects") }.into())
    }

    /// Sends to `url` with the credentials known for its origin; when the server then asks for some, looks further and sends once
    /// more. Also tells whether credentials were sent.
    async fn authorised(
        &self,
        request: &Request,
        url: &Url,
        own: Option<&Credentials>,
        at_home: bool,
    ) -> Result<(reqwest::Response, bool), Failure> {
        let store = &self.0.options.credentials;
        let known = match own {
            Some(own) if own.is_complete() => Some(own.clone()),
            _ => store.learnt(url),
        };
        let response = self.send(request, url, known.as_ref()).await?;
        let status = response.status().as_u16();
        if known.is_some() || !matches!(status, 401 | 403 | 404) {
            return Ok((response, known.is_some()));
        }
        let username = own.map(Credentials::username);
        let Some(found) = store.look_up(url, status, username, at_home).await else {
            return Ok((response, false));
        };
        drop(response);
        let response = self.send(request, url, Some(&found)).await?;
        if !matches!(response.status().as_u16(), 401 | 403) {
            store.learn(url, &found);
        }
        Ok((response, true))
    }

    /// Sends one request and waits until the answer begins.
    async fn send(
        &self,
        request: &Request,
        url: &Url,
        credentials: Option<&Credentials>,
    ) -> Result<reqwest::Response, FetchError> {
        let options = &self.0.options;
        let client = self.0.clients.for_url(url, options)?;
        let mut builder = client.get(url.as_str()).header(header::ACCEPT, request.accept.unwrap_or("*/*"));
        builder = match request.range {
            Some(Range::Bytes(first, last)) => builder.header(header::RANGE, format!("bytes={first}-{last}")),
            Some(Range::Last(count)) => builder.header(header::RANGE, format!("bytes=-{count}")),
            None => builder,
        };
        let coding = if request.compressed && request.range.is_none() { "gzip" } else { "identity" };
        builder = builder.header(header::ACCEPT_ENCODING, coding);
        if let Some(validators) = &request.validators {
            if let Some(etag) = &validators.etag {
                builder = builder.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(date) = &validators.last_modified {
                builder = builder.header(header::IF_MODIFIED_SINCE, date);
            }
        }
        if let Some(credentials) = credentials {
            let mut value = header::HeaderValue::from_str(&credentials.authorization()).map_err(|_| {
                FetchError::Url { url: shown(url), why: "the credentials for it cannot be written in a header".into() }
            })?;
            value.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, value);
        }
        let patience = if request.quick { QUICK.min(options.timeout) } else { options.timeout };
        tracing::debug!("fetch {}", shown(url));
        self.0.sent.fetch_add(1, Ordering::Relaxed);
        match timeout(patience, builder.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(failed(url, &error, patience)),
            Err(_) => Err(timed_out(url, "before the answer began", patience)),
        }
    }

    /// Takes the body in.
    async fn take(
        &self,
        request: &Request,
        url: &Url,
        mut response: reqwest::Response,
        sink: &mut dyn Sink,
    ) -> Result<(), FetchError> {
        let limit = request.max_bytes;
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(FetchError::TooLarge { url: shown(url), limit });
        }
        let coding = coding(url, &response)?;
        if coding == Coding::Gzip && response.status() == StatusCode::PARTIAL_CONTENT {
            return Err(FetchError::Body { url: shown(url), why: "a part of a compressed answer is of no use".into() });
        }
        let refused = |error: TakeError| match error {
            TakeError::TooLarge => FetchError::TooLarge { url: shown(url), limit },
            TakeError::Broken(cause) => FetchError::Interrupted {
                url: shown(url),
                cause: format!("its compression is broken or ends early ({cause})"),
            },
            TakeError::Store(cause) => FetchError::Store { url: shown(url), cause: cause.to_string() },
        };
        let mut intake = Intake::new(sink, coding, limit);
        let patience = self.0.options.timeout;
        loop {
            match timeout(patience, response.chunk()).await {
                Ok(Ok(Some(part))) => intake.take(&part).map_err(refused)?,
                Ok(Ok(None)) => return intake.finish().map_err(refused),
                Ok(Err(error)) => {
                    return Err(FetchError::Interrupted { url: shown(url), cause: flattened(&error.without_url()) });
                }
                Err(_) => return Err(timed_out(url, "in the middle of the answer", patience)),
            }
        }
    }
}

/// Takes credentials out of the URL and refuses what HTTP cannot fetch.
fn bare(url: &mut Url) -> Result<(), FetchError> {
    let refuse = |why: &str, url: &Url| FetchError::Url { url: shown(url), why: why.to_string() };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(&format!("`{}` is not http or https", url.scheme()), url));
    }
    if url.host_str().is_none() || url.set_username("").is_err() || url.set_password(None).is_err() {
        return Err(refuse("it names no host", url));
    }
    url.set_fragment(None);
    Ok(())
}

/// Where the answer sends the reader, if it does.
fn redirect(url: &Url, response: &reqwest::Response) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let refuse = |why: String| FetchError::Redirect { url: shown(url), why };
    let location =
        response.headers().get(header::LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let Some(location) = location else {
        return Err(refuse("the server redirects without saying where to".into()));
    };
    let next = url.join(location).map_err(|error| refuse(format!("the server redirects to no URL ({error})")))?;
    if !matches!(next.scheme(), "http" | "https") {
        return Err(refuse(format!("the server redirects to {}, which is not fetched", shown(&next))));
    }
    if url.scheme() == "https" && next.scheme() == "http" {
        return Err(refuse(format!(
            "the server redirects from https to {}, which anyone on the way could change",
            shown(&next)
        )));
    }
    Ok(Some(next))
}

fn coding(url: &Url, response: &reqwest::Response) -> Result<Coding, FetchError> {
    match text(response, header::CONTENT_ENCODING).map(|value| value.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => Ok(Coding::Identity),
        Some("gzip" | "x-gzip") => Ok(Coding::Gzip),
        Some(other) => Err(FetchError::Body {
            url: shown(url),
            why: format!(
                "the server compresses with `{}`, which was not asked for",
                other.chars().take(40).collect::<String>()
            ),
        }),
    }
}

fn head(url: &Url, response: &reqwest::Response) -> Head {
    let content_type = text(response, header::CONTENT_TYPE)
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .filter(|value| !value.is_empty());
    Head {
        status: response.status().as_u16(),
        url: url.clone(),
        validators: Validators {
            etag: text(response, header::ETAG),
            last_modified: text(response, header::LAST_MODIFIED),
        },
        max_age: text(response, header::CACHE_CONTROL).and_then(|value| max_age(&value)),
        content_type,
        content_range: text(response, header::CONTENT_RANGE).and_then(|value| content_range(&value)),
    }
}

/// A header of reasonable length, as text.
fn text(response: &reqwest::Response, name: header::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    (value.len() <= 1024).then(|| value.to_string())
}

fn max_age(value: &str) -> Option<Duration> {
    let mut age = None;
    for directive in value.split(',') {
        let directive = directive.trim().to_ascii_lowercase();
        if directive == "no-store" || directive == "no-cache" {
            return Some(Duration::ZERO);
        }
        if let Some(seconds) = directive.strip_prefix("max-age=") {
            age = seconds.trim_matches('"').parse().ok().map(Duration::from_secs);
        }
    }
    age
}

fn content_range(value: &str) -> Option<ContentRange> {
    let (range, total) = value.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let (first, last) = range.trim().split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    (first <= last && total.is_none_or(|total| last < total)).then_some(ContentRange { first, last, total })
}

fn timed_out(url: &Url, during: &'static str, after: Duration) -> FetchError {
    FetchError::TimedOut { url: shown(url), during, seconds: after.as_secs_f32().to_string() }
}

/// What a failed send was about.
fn failed(url: &Url, error: &reqwest::Error, patience: Duration) -> FetchError {
    let cause = causes(error);
    let url_shown = shown(url);
    if is_tls(error) {
        FetchError::Tls { url: url_shown, cause }
    } else if error.is_dns() {
        FetchError::Dns { url: url_shown, cause }
    } else if error.is_timeout() {
        timed_out(url, "while connecting", patience)
    } else if cause.contains("proxy authentication required") || cause.contains("proxy authorization required") {
        FetchError::Proxy { url: url_shown }
    } else if error.is_connect() {
        FetchError::Connect { url: url_shown, cause }
    } else if error.is_builder() {
        FetchError::Url { url: url_shown, why: cause }
    } else {
        FetchError::Interrupted { url: url_shown, cause }
    }
}

/// The causes below the outermost error, which only repeats the URL.
fn causes(error: &reqwest::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => flattened(cause),
        None => "no reason given".into(),
    }
}

fn is_tls(error: &reqwest::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some() {
            return true;
        }
        next = match inner {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_an_answer_keeps_is_read_from_cache_control() {
        assert_eq!(max_age("max-age=600, public"), Some(Duration::from_secs(600)));
        assert_eq!(max_age("public, no-cache, max-age=600"), Some(Duration::ZERO));
        assert_eq!(max_age("public"), None);
        assert_eq!(max_age("max-age=soon"), None);
    }

    #[test]
    fn a_content_range_that_contradicts_itself_is_none() {
        assert_eq!(content_range("bytes 0-9/10"), Some(ContentRange { first: 0, last: 9, total: Some(10) }));
        assert_eq!(content_range("bytes 5-9/*"), Some(ContentRange { first: 5, last: 9, total: None }));
        for broken in
            ["bytes 9-0/10", "bytes 0-10/10", "bytes */10", "items 0-9/10", "", "bytes 0-99999999999999999999/*"]
        {
            assert_eq!(content_range(broken), None, "{broken}");
        }
    }
}
