//! Asks an index for the page of a package.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use packaging::{
    PackageName, Url,
    index::{IndexPage, parse_html, parse_json, parse_links},
};
use tokio::sync::OnceCell;

use super::{FoundPage, Index, IndexError, IndexKind, PageAnswer, local};
use crate::{
    checksum,
    http::{FetchError, Http, Request, Response, Validators, shown},
};

/// The formats that are understood, best first (PEP 691).
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// The most bytes of a page.
const PAGE: u64 = 256 << 20;

/// From how many bytes on a page is read away from the threads that wait for the network, and beside other pages.
const LARGE: usize = 64 << 10;

/// A page of links, which is fetched once for all packages.
type Links = Arc<OnceCell<Result<Arc<Response>, FetchError>>>;

/// A client of package indexes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct IndexClient {
    http: Http,
    links: Arc<Mutex<HashMap<Url, Links>>>,
}

impl IndexClient {
    /// A client over this HTTP stack.
    pub fn new(http: Http) -> Self {
        Self { http, links: Arc::default() }
    }

    /// The page of `package`, if it changed since `validators`.
    ///
    /// The format is what the answer's `Content-Type` says, and only guessed when it says nothing: a type that lies is an error,
    /// not an empty page. Pages on disk are read again each time.
    pub async fn page(
        &self,
        index: &Index,
        package: &PackageName,
        validators: Option<&Validators>,
    ) -> Result<PageAnswer, IndexError> {
        let url = index.page_url(package);
        match (url.scheme(), index.kind) {
            ("file", _) => local::page(index, &url, package),
            (_, IndexKind::Simple) => self.simple(index, url, package, validators).await,
            (_, IndexKind::FindLinks) => self.links(index, url, package).await,
        }
    }

    async fn simple(
        &self,
        index: &Index,
        url: Url,
        package: &PackageName,
        validators: Option<&Validators>,
    ) -> Result<PageAnswer, IndexError> {
        let fetch = |source| IndexError::Fetch { package: package.clone(), source };
        let request = Request {
            accept: Some(ACCEPT),
            validators: validators.cloned(),
            credentials: index.credentials_for(&url).cloned(),
            compressed: true,
            ..Request::new(url, PAGE)
        };
        let response = self.http.get(&request).await.map_err(fetch)?;
        match response.head.status {
            200 | 203 => {}
            304 if validators.is_some() => return Ok(PageAnswer::NotModified { max_age: response.head.max_age }),
            404 | 410 => return Ok(PageAnswer::NotFound),
            status => return Err(fetch(FetchError::Status { url: shown(&request.url), status })),
        }
        if response.body.len() < LARGE {
            return read(package, &response).map(|page| found(page, &response));
        }
        let (name, url) = (package.clone(), shown(&response.head.url));
        let reading = tokio::task::spawn_blocking(move || read(&name, &response).map(|page| found(page, &response)));
        reading.await.unwrap_or_else(|error| {
            Err(fetch(FetchError::Body { url, why: format!("the reader of the page stopped ({error})") }))
        })
    }

    async fn links(&self, index: &Index, url: Url, package: &PackageName) -> Result<PageAnswer, IndexError> {
        let fetch = |source| IndexError::Fetch { package: package.clone(), source };
        let cell =
            Arc::clone(self.links.lock().unwrap_or_else(PoisonError::into_inner).entry(url.clone()).or_default());
        let request = Request {
            accept: Some("text/html, */*;q=0.1"),
            credentials: index.credentials_for(&url).cloned(),
            compressed: true,
            ..Request::new(url.clone(), PAGE)
        };
        let response = cell.get_or_init(|| async { self.http.get(&request).await.map(Arc::new) }).await;
        let response = response.clone().map_err(fetch)?;
        if !response.head.is_whole() {
            return Err(fetch(FetchError::Status { url: shown(&url), status: response.head.status }));
        }
        let page = parse_links(&response.head.url, &response.body, package)
            .map_err(|source| IndexError::Page { package: package.clone(), source: Box::new(source) })?;
        Ok(if page.is_empty() && page.skipped().len() == 0 { PageAnswer::NotFound } else { found(page, &response) })
    }
}

fn found(page: IndexPage, response: &Response) -> PageAnswer {
    PageAnswer::Found(Box::new(FoundPage {
        page,
        validators: response.head.validators.clone(),
        max_age: response.head.max_age,
        digest: checksum::sha256(&response.body).hex,
    }))
}

/// Reads a page in the format that its type names.
fn read(package: &PackageName, response: &Response) -> Result<IndexPage, IndexError> {
    let (url, body) = (&response.head.url, response.body.as_slice());
    let content_type = response.head.content_type.as_deref();
    let page = match content_type.map(format_of) {
        Some(Some(Format::Json)) => parse_json(package, url, body),
        Some(Some(Format::Html)) => parse_html(package, url, body),
        None if body.trim_ascii_start().starts_with(b"{") => parse_json(package, url, body),
        None => parse_html(package, url, body),
        Some(None) => {
            return Err(IndexError::ContentType {
                package: package.clone(),
                url: shown(url),
                content_type: content_type.unwrap_or_default().chars().take(100).collect(),
            });
        }
    };
    page.map_err(|source| IndexError::Page { package: package.clone(), source: Box::new(source) })
}

enum Format {
    Json,
    Html,
}

fn format_of(content_type: &str) -> Option<Format> {
    match content_type {
        "text/html" | "application/xhtml+xml" => Some(Format::Html),
        "application/json" => Some(Format::Json),
        // A version that is too new is refused by the reader, which names it.
        other => match other.strip_prefix("application/vnd.pypi.simple.")?.rsplit_once('+')?.1 {
            "json" => Some(Format::Json),
            "html" => Some(Format::Html),
            _ => None,
        },
    }
}
