//! Reads `requires.txt` of setuptools' egg-info: requirements in sections `[extra]`, `[:marker]` and `[extra:marker]`.

use super::{CoreMetadata, MetadataError, headers, lenient};
use crate::{ExtraName, MarkerTree};

/// Adds what the file requires and provides. A section whose heading cannot be read makes the metadata broken.
pub(super) fn read_into(metadata: &mut CoreMetadata, bytes: &[u8]) -> Result<(), MetadataError> {
    if bytes.len() > headers::MAX_BYTES {
        return Err(MetadataError::TooLarge(bytes.len()));
    }
    let text = String::from_utf8_lossy(bytes);
    let mut section = Some(MarkerTree::TRUE);
    for (count, line) in text.lines().map(str::trim).enumerate() {
        if count >= headers::MAX_LINES {
            return Err(MetadataError::TooMany);
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(heading) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = self::section(metadata, heading);
            if section.is_none() {
                metadata.complain("requires.txt", line, "is a section that cannot be read");
                metadata.unreadable.push(lenient::shown(line));
            }
        } else if let Some(marker) = section {
            metadata.require("requires.txt", line, Some(marker))?;
        }
    }
    Ok(())
}

/// When a section's requirements apply.
fn section(metadata: &mut CoreMetadata, heading: &str) -> Option<MarkerTree> {
    let (extra, condition) = match heading.split_once(':') {
        Some((extra, condition)) => (extra.trim(), Some(condition.trim()).filter(|condition| !condition.is_empty())),
        None => (heading.trim(), None),
    };
    let condition = match condition {
        Some(condition) => lenient::marker(condition)?,
        None => MarkerTree::TRUE,
    };
    if extra.is_empty() {
        return Some(condition);
    }
    let extra: ExtraName = extra.parse().ok()?;
    let marker = condition.and(extra_marker(&extra)?);
    metadata.provide(extra.as_ref());
    Some(marker)
}

/// The marker that holds when an extra is asked for.
pub(super) fn extra_marker(extra: &ExtraName) -> Option<MarkerTree> {
    format!("extra == '{extra}'").parse().ok()
}
