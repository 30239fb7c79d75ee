//! Indexes on disk: folders of pages (`file:///…/simple/`), folders of files and pages of links (`--find-links`).

use std::{fs, io, path::Path};

use packaging::{
    PackageName, Url,
    index::{IndexPage, parse_html, parse_links},
};

use super::{FoundPage, Index, IndexError, IndexKind, PageAnswer};
use crate::{checksum, http::Validators};

/// The most entries of a folder.
const ENTRIES: usize = 200_000;

/// The most bytes of a page.
const PAGE: u64 = 256 << 20;

/// The page of `package` in the local index; `url` is where it is.
///
/// Reads the file system without yielding: folders of an index are small and local.
pub(super) fn page(index: &Index, url: &Url, package: &PackageName) -> Result<PageAnswer, IndexError> {
    let failed = |url: &Url, cause| IndexError::Local { path: shown(url), cause };
    let path = url.to_file_path().map_err(|()| failed(url, io::Error::other("it is not a path of this machine")))?;
    match index.kind {
        IndexKind::Simple if path.is_dir() => folder_or_page(&path, url, package),
        // A package that is not there is one thing, an index that is not there another.
        IndexKind::Simple => match index.url().to_file_path().map(fs::metadata) {
            Ok(Ok(_)) => Ok(PageAnswer::NotFound),
            Ok(Err(cause)) => Err(failed(index.url(), cause)),
            Err(()) => Err(failed(index.url(), io::Error::other("it is not a path of this machine"))),
        },
        IndexKind::FindLinks => links(&path, url, package),
    }
}

fn folder_or_page(path: &Path, url: &Url, package: &PackageName) -> Result<PageAnswer, IndexError> {
    let file = path.join("index.html");
    if !file.is_file() {
        return folder(path, package);
    }
    let bytes = read(&file)?;
    let page = parse_html(package, url, &bytes)
        .map_err(|source| IndexError::Page { package: package.clone(), source: Box::new(source) })?;
    Ok(found(page, &bytes))
}

fn links(path: &Path, url: &Url, package: &PackageName) -> Result<PageAnswer, IndexError> {
    if path.is_dir() {
        return folder(path, package);
    }
    let is_page =
        path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("html") || kind.eq_ignore_ascii_case("htm"));
    if !is_page {
        let metadata = fs::metadata(path).map_err(|cause| local(path, cause))?;
        return Ok(listed(IndexPage::from_files(package, file(path, metadata.len()))));
    }
    let bytes = read(path)?;
    let page = parse_links(url, &bytes, package)
        .map_err(|source| IndexError::Page { package: package.clone(), source: Box::new(source) })?;
    Ok(if page.is_empty() { PageAnswer::NotFound } else { found(page, &bytes) })
}

/// The files of `package` in a folder, in the order of names.
fn folder(path: &Path, package: &PackageName) -> Result<PageAnswer, IndexError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|cause| local(path, cause))? {
        let entry = entry.map_err(|cause| local(path, cause))?;
        if files.len() >= ENTRIES {
            return Err(local(path, io::Error::other(format!("it has more than {ENTRIES} files"))));
        }
        if let Ok(metadata) = fs::metadata(entry.path())
            && metadata.is_file()
        {
            files.extend(file(&entry.path(), metadata.len()));
        }
    }
    files.sort_unstable();
    Ok(listed(IndexPage::from_files(package, files)))
}

/// The name, URL and size of a file; none when its name is no text.
fn file(path: &Path, size: u64) -> Option<(String, Url, Option<u64>)> {
    let name = path.file_name()?.to_str()?.to_string();
    Some((name, Url::from_file_path(path).ok()?, Some(size)))
}

fn listed(page: IndexPage) -> PageAnswer {
    if page.is_empty() && page.skipped().len() == 0 {
        return PageAnswer::NotFound;
    }
    // There is no page to hash; the files and their sizes stand for it.
    let text: Vec<String> =
        page.files().map(|file| format!("{} {}", file.url(), file.size().unwrap_or_default())).collect();
    found(page, text.join("\n").as_bytes())
}

fn found(page: IndexPage, bytes: &[u8]) -> PageAnswer {
    PageAnswer::Found(Box::new(FoundPage {
        page,
        validators: Validators::default(),
        max_age: None,
        digest: checksum::sha256(bytes).hex,
    }))
}

fn read(path: &Path) -> Result<Vec<u8>, IndexError> {
    let metadata = fs::metadata(path).map_err(|cause| local(path, cause))?;
    if metadata.len() > PAGE {
        return Err(local(path, io::Error::other(format!("it is larger than {PAGE} bytes"))));
    }
    fs::read(path).map_err(|cause| local(path, cause))
}

fn local(path: &Path, cause: io::Error) -> IndexError {
    IndexError::Local { path: path.display().to_string(), cause }
}

fn shown(url: &Url) -> String {
    url.to_file_path().map_or_else(|()| url.to_string(), |path| path.display().to_string())
}
