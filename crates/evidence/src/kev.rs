//! The catalogue of vulnerabilities known to be exploited (CISA's `known_exploited_vulnerabilities.json`).

use std::collections::BTreeSet;

use serde::{Deserialize, de::IgnoredAny};

use crate::osv::{Place, RecordError};

/// The CVE numbers of a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// In capitals.
    pub cves: BTreeSet<String>,
}

#[derive(Deserialize)]
struct RawCatalogue {
    vulnerabilities: Vec<RawEntry>,
}

#[derive(Deserialize)]
struct RawEntry {
    #[serde(rename = "cveID")]
    cve: Option<String>,
}

/// Only so much as tells a catalogue from a record.
#[derive(Deserialize)]
struct Shape {
    id: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
}

/// The most bytes a catalogue may have; the real one has about 1.5 MB.
const MAX_FILE: usize = 64 << 20;

impl Catalogue {
    /// Whether a file looks like a catalogue rather than like advisories: it lists vulnerabilities by CVE number and is no
    /// record itself. A file that is broken after such a beginning counts as a catalogue, too.
    pub fn is_one(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        text.trim_start().starts_with('{')
            && text.contains("\"vulnerabilities\"")
            && (text.contains("\"cveID\"") || text.contains("\"catalogVersion\""))
            && serde_json::from_str::<Shape>(text)
                .map_or(true, |shape| shape.id.is_none() && shape.vulnerabilities.is_some())
    }

    /// Reads a catalogue.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, RecordError> {
        let wrong = |place, reason| RecordError { file: packaging::text::one_line(name, 400), place, reason };
        if bytes.len() > MAX_FILE {
            return Err(wrong(None, format!("it has {} bytes; at most {MAX_FILE} are read", bytes.len())));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let raw: RawCatalogue = serde_json::from_slice(bytes).map_err(|error| {
            wrong(
                Some(Place { line: error.line(), column: error.column() }),
                format!("as a catalogue of exploited vulnerabilities: {error}"),
            )
        })?;
        let cves =
            raw.vulnerabilities.into_iter().filter_map(|entry| entry.cve).map(|cve| cve.trim().to_ascii_uppercase());
        Ok(Self { cves: cves.filter(|cve| crate::text::is_identifier(cve)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_is_told_from_an_advisory_and_read() {
        let text = br#"{"title":"KEV","catalogVersion":"2026.08.20","count":2,"vulnerabilities":[
            {"cveID":"cve-2024-1","vendorProject":"x","cwes":[]},{"vendorProject":"nameless"}]}"#;
        assert!(Catalogue::is_one(text));
        assert!(!Catalogue::is_one(br#"{"id":"A-1","summary":"of vulnerabilities"}"#));
        assert!(!Catalogue::is_one(br#"{"id":"A-1","vulnerabilities":[],"cveID":"CVE-2024-1"}"#));
        let catalogue = Catalogue::parse("kev.json", text).unwrap();
        assert_eq!(catalogue.cves.into_iter().collect::<Vec<_>>(), ["CVE-2024-1"]);
    }

    #[test]
    fn a_broken_catalogue_names_the_place() {
        let error = Catalogue::parse("kev.json", b"{\"vulnerabilities\":\n 3}").unwrap_err();
        assert!(error.to_string().contains("kev.json:2:"), "{error}");
    }
}
