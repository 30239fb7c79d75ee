//! Reads HTML pages (PEP 503, 592, 629, 658, 714, 740, 792) and pages of links (`--find-links`).

use std::borrow::Cow;

use url::Url;

use super::{
    IndexPage, MetadataHint, ProjectStatus, Yanked,
    listing::{
        Entry, Links, Listing, MAX_BYTES, MAX_FILES, PageError, Scope, check_api_version, provenance, shown, status,
    },
    markup::{Tag, Tags},
};
use crate::{Digest, PackageName};

/// Reads the HTML page of `package`; links are relative to `page_url`, the address after redirects, or to `<base href>`.
///
/// HTML without links to files is a page without releases; a page that asks for a password, or that is no HTML, is
/// refused, so that neither reads as "there is no such package".
pub fn parse_html(package: &PackageName, page_url: &Url, bytes: &[u8]) -> Result<IndexPage, PageError> {
    read(package, page_url, bytes, Scope::Package)
}

/// Reads the files of `package` from a page of links to files of any package (`--find-links URL`).
pub fn parse_links(page_url: &Url, bytes: &[u8], package: &PackageName) -> Result<IndexPage, PageError> {
    read(package, page_url, bytes, Scope::Mixed)
}

fn read(package: &PackageName, page_url: &Url, bytes: &[u8], scope: Scope) -> Result<IndexPage, PageError> {
    if bytes.len() > MAX_BYTES {
        return Err(PageError::TooLarge { page: shown(page_url), size: bytes.len() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let base = base(&text, page_url);
    let mut links = Links::new(&base);
    // Of another host than the files, as a rule.
    let mut beside = links.clone();
    let mut listing = Listing::new(package, scope);
    let mut seen = Seen::default();
    let mut stated = ProjectStatus::Active;
    let mut reason = None;
    for tag in Tags::new(&text) {
        seen.tags = true;
        if tag.is("a") {
            seen.links += 1;
            if seen.links > MAX_FILES {
                return Err(PageError::TooManyFiles { page: shown(page_url) });
            }
            anchor(&tag, [&mut links, &mut beside], &mut listing, scope);
        } else if tag.is("meta") {
            let content = tag.attribute("content").unwrap_or_default();
            match tag.attribute("name").unwrap_or_default().as_ref() {
                "pypi:repository-version" => {
                    check_api_version(Some(&content), page_url)?;
                    seen.index = true;
                }
                "pypi:project-status" => stated = status(&content),
                "pypi:project-status-reason" => reason = Some(content.into_owned()).filter(|text| !text.is_empty()),
                _ => {}
            }
        } else if tag.is("form") {
            // A page of links may be any page; the page of one package has nothing to fill in.
            seen.form |= scope == Scope::Package;
        } else if tag.is("input") {
            seen.password |= tag.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
        }
    }
    let page = listing.finish(stated, reason.as_deref());
    match seen.complaint(&text, &page) {
        Some(reason) => Err(PageError::NotAnIndex { page: shown(page_url), reason: reason.to_string() }),
        None => Ok(page),
    }
}

/// What a page shows besides its links, to tell an index from something else.
#[derive(Default)]
struct Seen {
    tags: bool,
    links: usize,
    index: bool,
    password: bool,
    form: bool,
}

impl Seen {
    fn complaint(&self, text: &str, page: &IndexPage) -> Option<&'static str> {
        if self.index || !page.is_empty() {
            None
        } else if self.password {
            Some("it asks for a password instead of listing files")
        } else if self.form {
            Some("it is a form to fill in, with no link to a file")
        } else if !self.tags && text.trim_start().starts_with(['{', '[']) {
            Some("it is JSON although it was announced as HTML")
        } else if !self.tags && !text.trim().is_empty() {
            Some("it is neither HTML nor JSON")
        } else {
            None
        }
    }
}

/// The first `<base href>` counts for every link, also for those before it.
fn base<'a>(text: &str, page_url: &'a Url) -> Cow<'a, Url> {
    Tags::new(text)
        .take_while(|tag| !tag.is("a"))
        .find(|tag| tag.is("base"))
        .and_then(|tag| tag.attribute("href"))
        .and_then(|href| page_url.join(href.trim()).ok())
        // A page on the net must not make its links point into the file system.
        .filter(|base| base.scheme() != "file" || page_url.scheme() == "file")
        .map_or(Cow::Borrowed(page_url), Cow::Owned)
}

fn anchor(tag: &Tag<'_>, links: [&mut Links; 2], listing: &mut Listing<'_>, scope: Scope) {
    let Some(href) = tag.attribute("href") else { return };
    let href = href.trim();
    let filename = filename(href);
    // Navigation: a link up, to a folder, to a home page. Only what is called like an archive is meant as a file.
    if !resembles_file(&filename) {
        return;
    }
    match entry(tag, href, filename.clone(), links) {
        Ok(entry) => listing.add(entry),
        Err(reason) if scope == Scope::Package => listing.skip(&filename, reason),
        Err(_) => {}
    }
}

fn entry(tag: &Tag<'_>, href: &str, filename: String, [links, beside]: [&mut Links; 2]) -> Result<Entry, String> {
    let (url, fragment) = links.resolve(href)?;
    let requires_python = tag.attribute("data-requires-python").map(|text| text.trim().to_string());
    let metadata = tag
        .attribute("data-core-metadata")
        .or_else(|| tag.attribute("data-dist-info-metadata"))
        .and_then(|value| metadata_hint(&value));
    Ok(Entry {
        filename,
        url,
        digests: fragment.map(digest).transpose()?.flatten().into_iter().collect(),
        requires_python: requires_python.filter(|text| !text.is_empty()),
        size: None,
        upload_time: None,
        yanked: match tag.attribute("data-yanked") {
            None => Yanked::No,
            Some(reason) if reason.trim().is_empty() => Yanked::Yes(None),
            Some(reason) => Yanked::Yes(Some(reason.into_owned())),
        },
        core_metadata: metadata.unwrap_or_default(),
        provenance: tag.attribute("data-provenance").and_then(|link| provenance(beside, &link)),
    })
}

/// The value of `data-core-metadata`: `true`, `false` or `algorithm=value`. A hash nobody can check still says that there is
/// metadata; an empty value says nothing.
pub(super) fn metadata_hint(value: &str) -> Option<MetadataHint> {
    match value.trim().to_ascii_lowercase().as_str() {
        "" => None,
        "false" => Some(MetadataHint::Unavailable),
        other => Some(MetadataHint::Available(other.parse().ok())),
    }
}

/// The hash in a fragment (`#sha256=…`, also beside `egg=` and `subdirectory=`). A malformed hash is an error, because
/// without it the file would pass unchecked.
fn digest(fragment: &str) -> Result<Option<Digest>, String> {
    for part in fragment.split('&') {
        match part.parse::<Digest>() {
            Ok(digest) => return Ok(Some(digest)),
            Err(error @ crate::digest::DigestError::Value(..)) => {
                return Err(format!("its hash is unreadable: {error}"));
            }
            Err(_) => {}
        }
    }
    Ok(None)
}

/// The last segment of the path, percent-decoded: anchors may be labelled anyhow.
fn filename(href: &str) -> String {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let segment = path.rsplit('/').next().unwrap_or_default();
    percent_decoded(segment)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if let (b'%', [high, low, after @ ..]) = (first, after)
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            // Two hexadecimal digits are at most 255.
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn resembles_file(filename: &str) -> bool {
    const EXTENSIONS: [&str; 17] = [
        "whl", "gz", "zip", "bz2", "xz", "tgz", "tbz", "txz", "tlz", "lz", "lzma", "zst", "tar", "egg", "exe", "msi",
        "rpm",
    ];
    filename
        .rsplit_once('.')
        .is_some_and(|(_, extension)| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

#[cfg(test)]
mod tests;
