//! Versions as advisories write them: PEP 440, and what came before it.

use std::{cmp::Ordering, fmt};

use packaging::Version;

/// A version of any time: valid PEP 440, or a legacy string.
///
/// A legacy version is lower than every valid one, as in OSV's order for PyPI and in `packaging` before 22.0. Legacy
/// versions among themselves are ordered as setuptools did (`packaging.version.LegacyVersion`), and by their text where
/// that order calls them equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnyVersion {
    /// Not PEP 440.
    Legacy(LegacyVersion),
    /// PEP 440.
    Valid(Version),
}

/// A version that is not PEP 440, with blanks around it taken off.
#[derive(Clone, Debug)]
pub struct LegacyVersion {
    text: String,
    key: Vec<String>,
}

impl AnyVersion {
    /// Reads any text; what is not PEP 440 becomes a legacy version.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.parse() {
            Ok(version) => Self::Valid(version),
            Err(_) => Self::Legacy(LegacyVersion { text: text.to_string(), key: legacy_key(text) }),
        }
    }

    /// The version without its local part; a legacy version as it is.
    #[must_use]
    pub fn public(&self) -> Self {
        match self {
            Self::Valid(version) if version.is_local() => Self::Valid(version.clone().without_local()),
            other => other.clone(),
        }
    }

    /// Whether it has a local part (`1.0+cu118`).
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Valid(version) if version.is_local())
    }

    /// The PEP 440 version, if it is one.
    pub fn valid(&self) -> Option<&Version> {
        match self {
            Self::Valid(version) => Some(version),
            Self::Legacy(_) => None,
        }
    }
}

impl From<Version> for AnyVersion {
    fn from(version: Version) -> Self {
        Self::Valid(version)
    }
}

impl fmt::Display for AnyVersion {
    /// Prints a valid version in its normal form, a legacy one as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid(version) => version.fmt(f),
            Self::Legacy(version) => f.write_str(&version.text),
        }
    }
}

impl Ord for LegacyVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for LegacyVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for LegacyVersion {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for LegacyVersion {}

impl std::hash::Hash for LegacyVersion {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// The sort key of setuptools: numbers padded to eight digits, words starred so that they sort before numbers, `dev` before
/// and `final` after the pre-release words, trailing zeros and dashes before a pre-release word dropped.
fn legacy_key(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut key: Vec<String> = Vec::new();
    for part in parts(&lower).into_iter().chain(["final"]) {
        let word = match part {
            "." | "" => continue,
            number if number.starts_with(|first: char| first.is_ascii_digit()) => {
                key.push(format!("{number:0>8}"));
                continue;
            }
            "pre" | "preview" | "rc" => "*c".to_string(),
            "-" => "*final-".to_string(),
            "dev" => "*@".to_string(),
            other => format!("*{other}"),
        };
        if word.as_str() < "*final" {
            while key.last().is_some_and(|last| last == "*final-") {
                key.pop();
            }
        }
        while key.last().is_some_and(|last| last == "00000000") {
            key.pop();
        }
        key.push(word);
    }
    key
}

/// Splits into runs of digits, runs of letters, single dots and dashes, and runs of anything else.
fn parts(text: &str) -> Vec<&str> {
    let class = |character: char| match character {
        '0'..='9' => 0,
        'a'..='z' => 1,
        '.' => 2,
        '-' => 3,
        _ => 4,
    };
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = class(first);
        let single = kind == 2 || kind == 3;
        let end = rest
            .char_indices()
            .find(|(at, character)| *at > 0 && (single || class(*character) != kind))
            .map_or(rest.len(), |(at, _)| at);
        let (part, after) = rest.split_at(end);
        found.push(part);
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn legacy_versions_come_before_every_valid_one() {
        let mut versions: Vec<AnyVersion> =
            ["0", "0.dev0", "2004d", "1.7.7.2-ninja", "1!0"].map(AnyVersion::parse).into();
        versions.sort();
        let shown: Vec<String> = versions.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["1.7.7.2-ninja", "2004d", "0.dev0", "0", "1!0"]);
    }

    #[test]
    fn legacy_versions_keep_the_order_of_setuptools() {
        // As setuptools' own function sorts them.
        let ascending = [
            "0.2.0-n653",
            "1.0.dev.x",
            "1.0-alpha.x",
            "1.0preview-x",
            "1.0-x",
            "1.0.x-rc",
            "1.0.x",
            "1.0.0.1x",
            "1.7.7.2-ninja",
            "2004d",
            "2019-09-12",
        ];
        for pair in ascending.windows(2) {
            let [low, high] = pair else { continue };
            assert!(AnyVersion::parse(low) < AnyVersion::parse(high), "{low} {high}");
        }
    }

    #[test]
    fn a_local_version_knows_its_public_one() {
        assert_eq!(AnyVersion::parse("1.0+cu118").public(), AnyVersion::parse("1.0.0"));
        assert!(AnyVersion::parse("v1.0+cu118").is_local());
    }

    proptest! {
        #[test]
        fn any_text_is_a_version_and_the_order_is_total(one in ".{0,40}", two in "[0-9a-z.+!-]{0,20}", three in "[0-9a-z.-]{0,12}") {
            let (one, two, three) = (AnyVersion::parse(&one), AnyVersion::parse(&two), AnyVersion::parse(&three));
            prop_assert_eq!(one.cmp(&two), two.cmp(&one).reverse());
            if one <= two && two <= three {
                prop_assert!(one <= three);
            }
            prop_assert_eq!(AnyVersion::parse(&two.to_string()), two);
        }
    }
}
