//! Finds the answer to a request, and spoils it as far as the behaviour asks.

use std::{
    io::{self, Write},
    net::TcpStream,
};

use flate2::{Compression, write::GzEncoder};

use super::{Behaviour, Request, Shared, http::Response, pages};
use crate::universe::{DEFAULT_INDEX, hex};

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const PROVENANCE: &str = "application/vnd.pypi.integrity.v1+json";

/// Answers `request`; says whether the connection may be used again.
pub(super) fn answer(shared: &Shared, request: &Request, stream: &TcpStream) -> io::Result<bool> {
    let (behaviour, status) = shared.next_behaviour(&request.path);
    let head_only = request.method == "HEAD";
    if let Some(status) = status {
        let response = Response::status(status).with("Retry-After", behaviour.retry_after.unwrap_or_default());
        return response.write(stream, head_only, None).map(|()| true);
    }
    if behaviour.stall == Some(0) {
        shared.wait_for_the_end(None);
        return Ok(false);
    }
    let mut response = granted(shared, request, &behaviour);
    if behaviour.close {
        response = response.with("Connection", "close");
    }
    let cut = behaviour.stall.or(behaviour.truncate);
    response.write(stream, head_only, cut)?;
    if behaviour.stall.is_some() {
        shared.wait_for_the_end(None);
    }
    Ok(cut.is_none() && !behaviour.close)
}

impl Shared {
    /// The behaviour for a path, and the next of its statuses.
    fn next_behaviour(&self, path: &str) -> (Behaviour, Option<u16>) {
        let mut state = self.state();
        let matching = state.behaviours.iter_mut().filter(|(prefix, _)| path.starts_with(prefix.as_str()));
        match matching.max_by_key(|(prefix, _)| prefix.len()) {
            Some((_, behaviour)) => {
                let status = (!behaviour.statuses.is_empty()).then(|| behaviour.statuses.remove(0));
                (behaviour.clone(), status)
            }
            None => (Behaviour::default(), None),
        }
    }
}

/// Checks credentials and redirects, then finds the real answer.
fn granted(shared: &Shared, request: &Request, behaviour: &Behaviour) -> Response {
    if let Some(wanted) = &behaviour.basic_auth {
        match request.credentials() {
            None => return Response::status(401).with("WWW-Authenticate", "Basic realm=\"fixture\""),
            Some(given) if given != *wanted => return Response::status(403),
            Some(_) => {}
        }
    }
    if let Some(elsewhere) = &behaviour.redirect {
        let query = request.query.as_ref().map_or_else(String::new, |query| format!("?{query}"));
        return Response::status(302).with("Location", format!("{elsewhere}{}{query}", request.path));
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Response::status(405);
    }
    let Some(mut response) = found(shared, request, behaviour) else { return Response::status(404) };
    if let Some(body) = &behaviour.body {
        response.body.clone_from(body);
    }
    if let Some(wrong) = &behaviour.content_type {
        response.headers.retain(|(name, _)| *name != "Content-Type");
        response = response.with("Content-Type", wrong);
    }
    response = revalidated(request, behaviour, response);
    if behaviour.gzip
        && response.status == 200
        && request.header("accept-encoding").is_some_and(|it| it.contains("gzip"))
    {
        response.body = gzipped(&response.body);
        response = response.with("Content-Encoding", "gzip");
    }
    response
}

fn found(shared: &Shared, request: &Request, behaviour: &Behaviour) -> Option<Response> {
    let path = request.path.as_str();
    if let Some(resource) = shared.state().resources.get(path) {
        return Some(ranged(request, behaviour, &resource.content_type, resource.body.clone()));
    }
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [index, "simple", name] => page(shared, request, behaviour, index, name),
        ["files", name] => file(shared, request, behaviour, DEFAULT_INDEX, name),
        [index, "files", name] => file(shared, request, behaviour, index, name),
        _ => None,
    }
}

fn page(shared: &Shared, request: &Request, behaviour: &Behaviour, index: &str, name: &str) -> Option<Response> {
    let project = shared.universe.project_of(index, &name.parse().ok()?)?;
    let accepts_json = request.header("accept").is_some_and(|accept| accept.contains(JSON));
    let age = format!("max-age={}, public", behaviour.max_age.unwrap_or(600));
    let response = if accepts_json && !behaviour.html_only {
        Response::new(200, JSON, pages::json(project, behaviour))
    } else {
        Response::new(200, "text/html; charset=utf-8", pages::html(project, behaviour))
    };
    Some(response.with("Cache-Control", age).with("Vary", "Accept, Accept-Encoding"))
}

fn file(shared: &Shared, request: &Request, behaviour: &Behaviour, index: &str, name: &str) -> Option<Response> {
    let mut files = shared.universe.projects(index).flat_map(|project| &project.files);
    if let Some(published) = name.strip_suffix(".provenance") {
        let publisher = files.find(|file| file.filename == published)?.publisher.as_ref()?;
        return Some(Response::new(200, PROVENANCE, pages::provenance(publisher)));
    }
    if let Some(wheel) = name.strip_suffix(".metadata") {
        let file = files.find(|file| file.filename == wheel && file.sdist.is_none())?;
        let served = !behaviour.no_sidecar && !behaviour.missing_sidecar;
        return served.then(|| {
            let text = spoiled(file.metadata.clone().into_bytes(), behaviour);
            Response::new(200, "application/octet-stream", text)
        });
    }
    let file = files.find(|file| file.filename == name)?;
    let bytes = spoiled(file.bytes.clone(), behaviour);
    Some(ranged(request, behaviour, "application/octet-stream", bytes))
}

/// Changes the last byte, so that an archive still opens and only its hash tells.
fn spoiled(mut bytes: Vec<u8>, behaviour: &Behaviour) -> Vec<u8> {
    if let (true, Some(last)) = (behaviour.corrupt, bytes.last_mut()) {
        *last ^= 1;
    }
    bytes
}

/// Answers a single byte range (RFC 9110, section 14); several are answered as if none was asked.
fn ranged(request: &Request, behaviour: &Behaviour, content_type: &str, body: Vec<u8>) -> Response {
    let whole = |body: Vec<u8>| {
        let units = if behaviour.no_range { "none" } else { "bytes" };
        Response::new(200, content_type, body).with("Accept-Ranges", units)
    };
    let asked = request.header("range").and_then(|range| range.strip_prefix("bytes=")).filter(|it| !it.contains(','));
    let Some((first, last)) = asked.and_then(|range| range.split_once('-')).filter(|_| !behaviour.no_range) else {
        return whole(body);
    };
    let length = body.len();
    let end = length.saturating_sub(1);
    let span = match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) => (first, last.min(end)),
        (Ok(first), Err(_)) => (first, end),
        (Err(_), Ok(suffix)) if suffix > 0 => (length.saturating_sub(suffix), end),
        _ => return whole(body),
    };
    match body.get(span.0..=span.1) {
        Some(part) if !part.is_empty() => Response::new(206, content_type, part)
            .with("Accept-Ranges", "bytes")
            .with("Content-Range", format!("bytes {}-{}/{length}", span.0, span.1)),
        _ => Response::status(416).with("Content-Range", format!("bytes */{length}")),
    }
}

/// Adds the `ETag`, and answers 304 to those who have it already.
fn revalidated(request: &Request, behaviour: &Behaviour, response: Response) -> Response {
    if behaviour.no_etag || response.status != 200 {
        return response;
    }
    let hash = hex(&response.body);
    let tag = format!("\"{}\"", hash.get(..16).unwrap_or(&hash));
    let known = request.header("if-none-match").is_some_and(|tags| tags.split(',').any(|other| other.trim() == tag));
    let mut response = response.with("ETag", tag);
    if known {
        response.status = 304;
        response.body.clear();
    }
    response
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    match encoder.write_all(body).and_then(|()| encoder.finish()) {
        Ok(packed) => packed,
        Err(_) => body.to_vec(),
    }
}
