//! One requirement as people write it: PEP 508, a bare URL, or a kind that cannot be honoured.
//!
//! Options after a requirement are read in `requirements_txt`; where the text comes from is the business of each reader.

use std::str::FromStr;

use super::{
    Declaration,
    error::{Fault, excerpt, reason},
};
use crate::{
    Digest, ExtraName, MarkerTree, Origin, PackageName, Requirement, SourceDistFilename, Url, Wanted, WheelFilename,
    marker::bounded,
    requirement::{RequirementError, redacted},
};

/// Reads a PEP 508 requirement, as TOML files hold it.
///
/// Hashes in the fragment of a URL become [`Declaration::hashes`].
pub(super) fn named(text: &str, origin: Origin) -> Result<Declaration, Fault> {
    let text = text.trim();
    bounded(text)?;
    refuse_unlockable(text)?;
    let requirement = Requirement::from_str(text).map_err(|error| without_credentials(text, error))?;
    finished(requirement, origin)
}

/// Reads a requirement as a line of a requirements file holds it: also a bare URL, whose file name tells package and
/// version.
pub(super) fn line(text: &str, origin: Origin) -> Result<Declaration, Fault> {
    let text = text.trim();
    bounded(text)?;
    if starts_with_scheme(text) && !is_unlockable_scheme(text) { bare_url(text, origin) } else { named(text, origin) }
}

/// Reads the URL of an archive of `name`, as tables hold it.
pub(super) fn archive(
    name: PackageName,
    extras: Vec<ExtraName>,
    url: &str,
    marker: MarkerTree,
    origin: Origin,
) -> Result<Declaration, Fault> {
    bounded(url)?;
    refuse_unlockable_target(url)?;
    let url = parse_url(url)?;
    finished(Requirement { name, extras, wanted: Wanted::Url(url), marker }, origin)
}

/// Reads a marker, bounded as those of requirements are.
pub(super) fn marker(text: &str) -> Result<MarkerTree, Fault> {
    crate::marker::marker(text).map_err(|error| match error {
        RequirementError::Excess(excess) => excess.into(),
        RequirementError::Syntax(why) => {
            Fault::Value { text: excerpt(text), expected: "a marker", reason: reason(&why) }
        }
    })
}

/// The parser's error shows the text: where that may hold credentials, the error of the masked text is taken.
fn without_credentials(text: &str, error: RequirementError) -> Fault {
    if let RequirementError::Excess(excess) = error {
        return excess.into();
    }
    if !text.contains("://") || !text.contains('@') {
        return Fault::Requirement(error);
    }
    match Requirement::from_str(&masked_whole(text)) {
        Err(error) => Fault::Requirement(error),
        Ok(_) => {
            Fault::Value { text: masked(text), expected: "a requirement", reason: "its URL cannot be read".to_string() }
        }
    }
}

/// Refuses what no lock can hold, before the parser of PEP 508 calls it a syntax error.
fn refuse_unlockable(text: &str) -> Result<(), Fault> {
    let target = text.split_once('@').map(|(name, target)| (name.trim(), target.trim()));
    match target {
        Some((name, target)) if is_name_with_extras(name) => refuse_unlockable_target(target),
        _ => refuse_unlockable_target(text),
    }
}

fn is_name_with_extras(text: &str) -> bool {
    let name = text.split_once('[').map_or(text, |(name, _)| name).trim();
    PackageName::from_str(name).is_ok()
}

fn refuse_unlockable_target(text: &str) -> Result<(), Fault> {
    let target = text.split_whitespace().next().unwrap_or_default();
    let shown = || masked(target);
    if let Some((scheme, _)) = target.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) {
        let scheme = scheme.to_ascii_lowercase();
        return match scheme.as_str() {
            "http" | "https" => Ok(()),
            "file" => Err(Fault::LocalPath(shown())),
            "git" | "ssh" | "hg" | "svn" | "bzr" => Err(Fault::VersionControl(shown())),
            _ if scheme.contains('+') => Err(Fault::VersionControl(shown())),
            _ => Err(Fault::Scheme(shown())),
        };
    }
    if target.to_ascii_lowercase().starts_with("file:") || looks_like_path(target) {
        return Err(Fault::LocalPath(shown()));
    }
    if target.starts_with("git@") || target.to_ascii_lowercase().starts_with("git+") {
        return Err(Fault::VersionControl(shown()));
    }
    Ok(())
}

fn starts_with_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
}

fn is_unlockable_scheme(text: &str) -> bool {
    refuse_unlockable_target(text).is_err()
}

/// RFC 3986, section 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
}

/// Whether pip would take the word for a file or folder: it starts like a path, contains a separator, or ends like an
/// archive.
fn looks_like_path(target: &str) -> bool {
    let word = target.split_once([';', '[']).map_or(target, |(word, _)| word);
    let letters = word.as_bytes();
    let drive = letters.first().is_some_and(u8::is_ascii_alphabetic) && letters.get(1) == Some(&b':');
    let lower = word.to_ascii_lowercase();
    matches!(word, "." | "..")
        || word.starts_with(['/', '\\', '~'])
        || word.starts_with("./")
        || word.starts_with("../")
        || word.starts_with(".\\")
        || word.starts_with("..\\")
        || drive
        || (word.contains(['/', '\\']) && !word.contains(['<', '>', '=', '!', '@', '(', '\'', '"']))
        || [".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".tar"]
            .iter()
            .any(|end| lower.ends_with(end) && !lower.contains(['<', '>', '=', '!', '@', '(']))
}

/// Reads `https://…/name-1.0-py3-none-any.whl#sha256=… ; marker`; as for pip, the marker needs a space before it.
fn bare_url(text: &str, origin: Origin) -> Result<Declaration, Fault> {
    let (address, condition) = match text.split_once("; ") {
        Some((address, condition)) => (address.trim_end(), Some(condition.trim())),
        None => (text, None),
    };
    let (address, extras) = bracketed_extras(address)?;
    let url = parse_url(address)?;
    let marker = condition.map(marker).transpose()?.unwrap_or(MarkerTree::TRUE);
    let egg = fragments(&url).find_map(|(key, value)| (key == "egg").then_some(value));
    let (egg_name, egg_extras) = match &egg {
        Some(egg) => {
            let (name, extras) = bracketed_extras(egg)?;
            (Some(package_name(name)?), extras)
        }
        None => (None, Vec::new()),
    };
    let name = named_by_file(&url).or(egg_name).ok_or_else(|| Fault::Nameless(redacted(&url)))?;
    let extras = if extras.is_empty() { egg_extras } else { extras };
    finished(Requirement { name, extras, wanted: Wanted::Url(url), marker }, origin)
}

/// Splits `word[extra,extra]`.
fn bracketed_extras(text: &str) -> Result<(&str, Vec<ExtraName>), Fault> {
    let Some((word, list)) = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) else {
        return Ok((text, Vec::new()));
    };
    let extras = list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(extra_name);
    Ok((word, extras.collect::<Result<_, _>>()?))
}

/// Reads the name of a package.
pub(super) fn package_name(text: &str) -> Result<PackageName, Fault> {
    PackageName::from_str(text).map_err(|error| Fault::Value {
        text: excerpt(text),
        expected: "a package name",
        reason: reason(&error),
    })
}

/// Reads the name of an extra.
pub(super) fn extra_name(text: &str) -> Result<ExtraName, Fault> {
    ExtraName::from_str(text).map_err(|error| Fault::Value {
        text: excerpt(text),
        expected: "the name of an extra",
        reason: reason(&error),
    })
}

fn parse_url(text: &str) -> Result<Url, Fault> {
    let url = Url::parse(text.trim()).map_err(|error| Fault::Value {
        text: masked(text),
        expected: "a URL",
        reason: reason(&error),
    })?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(Fault::Scheme(redacted(&url))),
    }
}

/// The package of a wheel or source distribution by its file name, where that tells it.
fn named_by_file(url: &Url) -> Option<PackageName> {
    let file = file_name(url)?;
    if file.to_ascii_lowercase().ends_with(".whl") {
        WheelFilename::from_str(&file).ok().map(|wheel| wheel.name)
    } else {
        SourceDistFilename::parsed_normalized_filename(&file).ok().map(|sdist| sdist.name)
    }
}

fn file_name(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    Some(percent_decoded(last)).filter(|name| !name.is_empty())
}

fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn fragments(url: &Url) -> impl Iterator<Item = (String, String)> {
    url.fragment().unwrap_or_default().split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        Some((key.to_ascii_lowercase(), percent_decoded(value)))
    })
}

/// Moves hashes out of the fragment, and checks that name and file belong together.
fn finished(mut requirement: Requirement, origin: Origin) -> Result<Declaration, Fault> {
    let mut hashes: Vec<Digest> = Vec::new();
    if let Wanted::Url(url) = &mut requirement.wanted {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Fault::Scheme(redacted(url)));
        }
        for (key, value) in fragments(url) {
            match key.as_str() {
                "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" => {
                    hashes.push(Digest::new(key.parse()?, &value)?);
                }
                "subdirectory" => return Err(Fault::Subdirectory(redacted(url))),
                _ => {}
            }
        }
        url.set_fragment(None);
        // Only a wheel's name is unambiguous; an archive may be named after a tag or a branch.
        let is_wheel = file_name(url).is_some_and(|file| file.to_ascii_lowercase().ends_with(".whl"));
        if is_wheel {
            let file = named_by_file(url).ok_or_else(|| Fault::Nameless(redacted(url)))?;
            if file != requirement.name {
                return Err(Fault::OtherPackage { name: requirement.name.to_string(), file: file.to_string() });
            }
        }
    }
    Ok(Declaration { requirement, hashes, origin })
}

/// A word for a message: cut, and without the credentials a URL may carry.
pub(super) fn masked(text: &str) -> String {
    excerpt(&masked_whole(text.trim()))
}

fn masked_whole(text: &str) -> String {
    let shown = text.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (_, host) = rest.get(..end)?.rsplit_once('@')?;
        Some(format!("{scheme}://****@{host}{}", rest.get(end..)?))
    });
    shown.unwrap_or_else(|| text.to_string())
}
