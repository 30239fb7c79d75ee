//! Reads JSON pages (PEP 691, 700, 714, 792).
//!
//! Fields borrow from the text and every type is accepted everywhere, so that one odd entry costs that entry and not the
//! page; only text that is not JSON at all is refused.

mod members;

use members::{File, Page, Scalar};
use url::Url;

use super::{
    IndexPage, Yanked,
    listing::{Entry, Links, Listing, MAX_BYTES, PageError, Scope, check_api_version, provenance, shown},
    time::upload_time,
};
use crate::{Algorithm, Digest, PackageName};

/// Reads the JSON page of `package`; links are relative to `page_url`, the address after redirects.
///
/// Files that cannot be used are in [`IndexPage::skipped`] with the reason. The files of a quarantined project are kept, for
/// the report; nobody may choose them.
pub fn parse_json(package: &PackageName, page_url: &Url, bytes: &[u8]) -> Result<IndexPage, PageError> {
    if bytes.len() > MAX_BYTES {
        return Err(PageError::TooLarge { page: shown(page_url), size: bytes.len() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().first() == Some(&b'<') {
        let reason = "it is HTML although it was announced as JSON".to_string();
        return Err(PageError::NotAnIndex { page: shown(page_url), reason });
    }
    let text = String::from_utf8_lossy(bytes);
    let page: Page<'_> =
        serde_json::from_str(&text).map_err(|source| PageError::Json { page: shown(page_url), source })?;
    check_api_version(page.meta.version.text(), page_url)?;
    let Some(files) = page.files else {
        let reason = "it has no list of `files`".to_string();
        return Err(PageError::NotAnIndex { page: shown(page_url), reason });
    };
    if files.too_many {
        return Err(PageError::TooManyFiles { page: shown(page_url) });
    }
    let mut listing = Listing::new(package, Scope::Package);
    let mut links = Links::new(page_url);
    // Of another host than the files, as a rule.
    let mut beside = links.clone();
    for file in files.list {
        let label = file.filename.text().unwrap_or("(no file name)").to_string();
        match entry(file, &mut links, &mut beside) {
            Ok(entry) => listing.add(entry),
            Err(reason) => listing.skip(&label, reason),
        }
    }
    let stated = page.status.or(page.meta.status).unwrap_or_default();
    Ok(listing.finish(stated.status, stated.reason.as_deref()))
}

fn entry(file: File<'_>, links: &mut Links, beside: &mut Links) -> Result<Entry, String> {
    if file.strange {
        return Err("its entry is not a JSON object".to_string());
    }
    let Scalar::Text(filename) = file.filename else { return Err("its entry has no `filename`".to_string()) };
    let Scalar::Text(url) = &file.url else { return Err("its entry has no `url`".to_string()) };
    let (url, fragment) = links.resolve(url)?;
    let mut digests = digests(&file.hashes)?;
    if digests.is_empty() {
        digests.extend(fragment.and_then(|fragment| fragment.parse().ok()));
    }
    let requires_python = match file.requires_python {
        Scalar::Absent => None,
        Scalar::Text(text) => Some(text.into_owned()).filter(|text| !text.trim().is_empty()),
        _ => return Err("its `requires-python` is not a text".to_string()),
    };
    let yanked = match file.yanked {
        Scalar::Absent | Scalar::Bool(false) => Yanked::No,
        // PEP 691 goes by truth in the sense of Python.
        Scalar::Text(reason) if reason.is_empty() => Yanked::No,
        Scalar::Text(reason) => Yanked::Yes(Some(reason.into_owned())),
        _ => Yanked::Yes(None),
    };
    Ok(Entry {
        filename: filename.into_owned(),
        url,
        digests,
        requires_python,
        size: file.size.number(),
        upload_time: file.upload_time.text().and_then(upload_time),
        yanked,
        core_metadata: file.core_metadata.or(file.dist_info).or(file.data_dist_info).unwrap_or_default(),
        provenance: file.provenance.text().and_then(|link| provenance(beside, link)),
    })
}

/// Algorithms nobody can check are left out; a malformed value of a known one is a reason not to trust the entry.
fn digests(hashes: &Scalar<'_>) -> Result<Vec<Digest>, String> {
    let Scalar::Hashes(hashes) = hashes else { return Ok(Vec::new()) };
    let mut digests = Vec::with_capacity(hashes.len());
    for (name, value) in hashes {
        if let Ok(algorithm) = name.parse::<Algorithm>()
            && !value.is_empty()
        {
            digests.push(Digest::new(algorithm, value).map_err(|error| format!("its hash is unreadable: {error}"))?);
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests;
