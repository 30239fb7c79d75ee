//! Reads requirements and specifiers as they were written before anybody checked them.
//!
//! What PEP 508 and 440 accept is read as they say. Beyond that, a closed list of slips that indexes are full of and that
//! pip or uv have tolerated is repaired; anything else stays unread, because a guessed requirement is worse than none.

use uv_pep440::VersionSpecifiers;

use crate::{Requirement, requirement::RequirementError};

/// The longest `Requires-Python` that is read, in bytes.
const MAX_LENGTH: usize = 8 << 10;

/// A value, and how its text had to be changed to be read, if it had to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// What was read.
    pub value: T,
    /// The repaired text.
    pub repair: Option<String>,
}

/// Reads `Requires-Python`, of metadata or of an index page, with the repairs that old releases need; or says why not, as a
/// clause.
pub fn requires_python(text: &str) -> Result<Read<VersionSpecifiers>, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("it is longer than {MAX_LENGTH} bytes"));
    }
    let strict = match text.trim().parse::<VersionSpecifiers>() {
        Ok(value) => return Ok(Read { value, repair: None }),
        Err(error) => error,
    };
    match repaired_specifiers(text).and_then(|repair| Some((repair.parse().ok()?, repair))) {
        Some((value, repair)) => Ok(Read { value, repair: Some(repair) }),
        None => Err(first_line(&strict.to_string())),
    }
}

/// Reads one requirement; or says why not, as a clause.
pub(super) fn requirement(text: &str) -> Result<Read<Requirement>, String> {
    let strict = match text.parse::<Requirement>() {
        Ok(value) => return Ok(Read { value, repair: None }),
        Err(RequirementError::Excess(excess)) => return Err(excess.to_string()),
        Err(error) => error,
    };
    match repaired_requirement(text).and_then(|repair| Some((repair.parse().ok()?, repair))) {
        Some((value, repair)) => Ok(Read { value, repair: Some(repair) }),
        None => Err(first_line(&strict.to_string())),
    }
}

/// Cuts text from outside to a length that fits a message.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The parser's message without the picture of the place, which needs lines of its own.
fn first_line(message: &str) -> String {
    shown(message.lines().next().unwrap_or("it is not understood").trim())
}

fn repaired_requirement(text: &str) -> Option<String> {
    let (head, marker) = split_marker(text);
    let head = head.trim();
    let end =
        head.find(|symbol: char| !(symbol.is_ascii_alphanumeric() || "-_.".contains(symbol))).unwrap_or(head.len());
    let (name, rest) = head.split_at_checked(end)?;
    let rest = rest.trim_start();
    let (extras, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((extras, rest)) => (format!("[{extras}]"), rest.trim_start()),
        None => (String::new(), rest),
    };
    if name.is_empty() || rest.starts_with('@') {
        return None;
    }
    let specifiers = repaired_specifiers(rest)?;
    let marker = marker.map(str::trim).filter(|marker| !marker.is_empty());
    Some(format!("{name}{extras}{specifiers}{}", marker.map(|marker| format!(" ; {marker}")).unwrap_or_default()))
}

/// Splits at the first semicolon outside quotes.
fn split_marker(text: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    let place = text.char_indices().find(|(_, symbol)| {
        match quote {
            Some(open) if open == *symbol => quote = None,
            None if matches!(symbol, '"' | '\'') => quote = Some(*symbol),
            _ => {}
        }
        quote.is_none() && *symbol == ';'
    });
    match place.and_then(|(place, _)| text.split_at_checked(place)) {
        Some((head, marker)) => (head, marker.strip_prefix(';')),
        None => (text, None),
    }
}

/// Repairs specifiers one by one: a missing or trailing comma, quotes, and what [`repaired`] knows.
fn repaired_specifiers(text: &str) -> Option<String> {
    let is_operator = |symbol: char| matches!(symbol, '<' | '>' | '=' | '!' | '~');
    let between = |symbol: char| symbol.is_whitespace() || symbol == ',';
    let mut rest = text.trim();
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        rest = inner;
    }
    let mut specifiers = Vec::new();
    loop {
        rest = rest.trim_start_matches(between);
        if rest.is_empty() {
            return Some(specifiers.join(","));
        }
        let quotes: &[char] = &['"', '\''];
        rest = rest.trim_start_matches(quotes);
        let (operator, after) = rest.split_at_checked(rest.find(|symbol| !is_operator(symbol))?)?;
        let after = after.trim_start();
        let end = after.find(|symbol| between(symbol) || is_operator(symbol)).unwrap_or(after.len());
        let (version, after) = after.split_at_checked(end)?;
        specifiers.push(repaired(operator, version.trim_matches(quotes))?);
        rest = after;
    }
}

/// Repairs one specifier; `None` where there is no operator or no version.
fn repaired(operator: &str, version: &str) -> Option<String> {
    if operator.is_empty() || version.is_empty() {
        return None;
    }
    // `!=~1.2`, which setuptools once took for `!=1.2.*`.
    if operator == "!=~" {
        return Some(format!("!={}.*", version.trim_end_matches(".*")));
    }
    // `>dev` asked for anything newer than nothing.
    if matches!(operator, ">" | ">=") && version == "dev" {
        return Some(format!("{operator}0.dev0"));
    }
    if matches!(operator, "==" | "!=") {
        // `==2.7*` for `==2.7.*`.
        let version = match version.strip_suffix('*') {
            Some(prefix) if prefix.ends_with(|symbol: char| symbol.is_ascii_digit()) => format!("{prefix}.*"),
            _ => version.to_string(),
        };
        return Some(format!("{operator}{version}"));
    }
    // `>=2.7.*`: a wildcard means nothing to an order.
    let bare = version.trim_end_matches(".*");
    // `~=1` leaves out the segment that may grow; whoever writes it means `~=1.0`.
    if operator == "~=" && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("~={bare}.0"));
    }
    Some(format!("{operator}{bare}"))
}

/// Reads a marker within the bounds of a requirement.
pub(super) fn marker(text: &str) -> Option<crate::MarkerTree> {
    crate::marker::marker(text).ok()
}
