//! Parsers of single values, bounded: what stands in a lock may be hostile.

use std::str::FromStr;

use super::ReadError;
use crate::{
    Digest, MarkerTree, PackageName, Requirement, Url, Version, VersionSpecifiers, requirement::RequirementError,
};

/// The largest lock that is read, in bytes. The locks of large projects have one to five megabytes.
pub(super) const BYTES: usize = 16 << 20;
/// The largest number of packages that is read.
pub(super) const PACKAGES: usize = 50_000;
/// The largest number of files or hashes of one package that is read.
pub(super) const FILES: usize = 20_000;
const VALUE: usize = 2_048;
const ADDRESS: usize = 8_192;
const TOO_COMPLICATED: &str = "its marker is more complicated than Thoth reads";

/// The text without a byte order mark, when it is not too large.
pub(super) fn text<'a>(text: &'a str, file: &str) -> Result<&'a str, ReadError> {
    if text.len() > BYTES {
        return Err(ReadError::TooLarge { file: file.to_string(), bytes: text.len(), limit: BYTES });
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads a marker; `None` when it always holds.
pub(super) fn marker(text: &str) -> Result<Option<MarkerTree>, String> {
    let marker = crate::marker::marker(text).map_err(|error| match error {
        RequirementError::Excess(_) => TOO_COMPLICATED.to_string(),
        RequirementError::Syntax(why) => format!("{} is not a marker: {}", quoted(text), first_line(&why)),
    })?;
    Ok((!marker.is_true()).then_some(marker))
}

/// Reads a requirement.
pub(super) fn requirement(text: &str) -> Result<Requirement, String> {
    if text.len() > ADDRESS {
        return Err("it is longer than any requirement".to_string());
    }
    text.parse().map_err(|error| match error {
        RequirementError::Excess(_) => TOO_COMPLICATED.to_string(),
        RequirementError::Syntax(why) => format!("it is not a requirement: {}", first_line(&why)),
    })
}

/// Reads a package's name.
pub(super) fn name(text: &str) -> Result<PackageName, String> {
    PackageName::from_str(text).map_err(|_| format!("{} is not the name of a package", quoted(text)))
}

/// Reads a version.
pub(super) fn version(text: &str) -> Result<Version, String> {
    let not_a_version = || format!("{} is not a version", quoted(text));
    if text.len() > VALUE {
        return Err(not_a_version());
    }
    Version::from_str(text).map_err(|_| not_a_version())
}

/// Reads version specifiers.
pub(super) fn specifiers(text: &str) -> Result<VersionSpecifiers, String> {
    let not_specifiers = || format!("{} is not a range of versions", quoted(text));
    if text.len() > VALUE {
        return Err(not_specifiers());
    }
    VersionSpecifiers::from_str(text).map_err(|_| not_specifiers())
}

/// Reads an `https` or `http` URL and drops its credentials.
pub(super) fn url(text: &str) -> Result<Url, String> {
    let parsed = if text.len() > ADDRESS { None } else { Url::parse(text).ok() };
    match parsed.filter(|url| matches!(url.scheme(), "https" | "http")) {
        Some(url) => Ok(super::credentials::bare(&url)),
        // Not quoted: a text that is no URL may still carry a password.
        None => Err("its URL is not one of `https` or `http`".to_string()),
    }
}

/// Reads `algorithm:value`.
pub(super) fn digest(text: &str) -> Result<Digest, String> {
    text.parse::<Digest>().map_err(|error| plain(&error.to_string()))
}

/// A text of the file, as it may be quoted in a message.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", plain(text))
}

/// A text of the file, shortened and without control characters, which a terminal would obey.
pub(super) fn plain(text: &str) -> String {
    let shown: String = text.chars().take(100).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

fn first_line(error: &impl ToString) -> String {
    plain(error.to_string().lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_markers_are_refused_before_they_are_parsed() {
        assert!(marker(&"(".repeat(1_000)).is_err());
        let pairs: Vec<String> = (0..200).map(|n| format!("(extra == 'a{n}' and extra == 'b{n}')")).collect();
        assert!(marker(&pairs.join(" or ")).is_err());
        assert!(marker(&pairs[..7].join(" or ")).is_err());
        assert!(marker(&(0..60).map(|n| format!("'{n}' in os_name")).collect::<Vec<_>>().join(" or ")).is_err());
        assert!(requirement(&format!("a==1 ; {}", "(".repeat(1_000))).is_err());
    }

    #[test]
    fn a_marker_that_always_holds_is_none() {
        assert_eq!(marker("python_version > '3' or python_version <= '3'"), Ok(None));
        assert!(marker("sys_platform == 'win32'").unwrap().is_some());
        assert!(marker("'dev' in dependency_groups").unwrap().is_some());
    }

    #[test]
    fn messages_carry_no_control_characters() {
        let error = version("1.0\u{1b}[31m").unwrap_err();
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}
