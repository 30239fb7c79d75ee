//! Splits metadata into header fields, as the email format has them (RFC 822), up to the first blank line.

use std::borrow::Cow;

use super::MetadataError;

/// The largest file that is read, in bytes, description included.
pub(super) const MAX_BYTES: usize = 32 << 20;
/// The most header lines that are read; old formats keep the description among them.
pub(super) const MAX_LINES: usize = 200_000;

/// The fields, in order: name in lower case, value with its continuation lines joined by a blank.
///
/// A line that is neither a field nor a continuation is passed over, so that one slip does not hide the requirements below.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<(String, String)>, MetadataError> {
    if bytes.len() > MAX_BYTES {
        return Err(MetadataError::TooLarge(bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut fields: Vec<(String, String)> = Vec::new();
    // Whether continuation lines belong to a field that is of use.
    let mut wanted = false;
    for (count, line) in lines(bytes.trim_ascii_start()).enumerate() {
        if line.is_empty() {
            break;
        }
        if count >= MAX_LINES {
            return Err(MetadataError::TooMany);
        }
        if line.starts_with([' ', '\t']) {
            if let (true, Some((_, value))) = (wanted, fields.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            let name = name.trim().to_ascii_lowercase();
            wanted = is_known(&name);
            if wanted {
                fields.push((name, value.trim().to_string()));
            }
        } else {
            wanted = false;
        }
    }
    Ok(fields)
}

fn is_known(name: &str) -> bool {
    matches!(
        name,
        "metadata-version"
            | "name"
            | "version"
            | "requires-dist"
            | "provides-extra"
            | "requires-python"
            | "dynamic"
            | "classifier"
            | "project-url"
            | "home-page"
            | "download-url"
            | "author"
            | "author-email"
            | "maintainer"
            | "maintainer-email"
    )
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    bytes.split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)))
}
