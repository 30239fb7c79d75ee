//! Advisories of a story, and the OSV records they become.

use serde::Deserialize;
use serde_json::{Value, json};

/// One advisory, in few words.
///
/// What it affects is one interval (`introduced`, `fixed` or `last-affected`), a list of `events` in any order, a list of
/// `versions`, or several of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Advisory {
    /// Its id; one that starts with `MAL-` reports malware.
    pub id: String,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
    /// The package as the record writes it. Left out for a record that only lends its severity to an alias.
    pub package: Option<String>,
    /// The first affected version; `0` when another bound is given and this is not.
    pub introduced: Option<String>,
    /// The first version that is no longer affected.
    pub fixed: Option<String>,
    /// The last affected version.
    pub last_affected: Option<String>,
    /// Events of one range, in the order in which they are written to the record.
    pub events: Vec<Event>,
    /// Affected versions by name.
    pub versions: Vec<String>,
    /// The type of the ranges; `ECOSYSTEM` when not said.
    pub range_type: Option<String>,
    /// Puts a range of Git commits before the others, as many records have it.
    pub git_first: bool,
    /// CVSS vectors; the kind follows from the vector.
    pub cvss: Vec<String>,
    /// When it was withdrawn (RFC 3339).
    pub withdrawn: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// Further packages that the same record affects.
    pub also: Vec<Affected>,
}

/// A further package of an advisory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Affected {
    /// The package.
    pub package: String,
    /// The first affected version.
    pub introduced: Option<String>,
    /// The first version that is no longer affected.
    pub fixed: Option<String>,
    /// Affected versions by name.
    pub versions: Vec<String>,
}

/// One event of a range: exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[expect(missing_docs, reason = "the words of the OSV schema")]
pub struct Event {
    pub introduced: Option<String>,
    pub fixed: Option<String>,
    pub last_affected: Option<String>,
    pub limit: Option<String>,
}

impl Advisory {
    /// The record as OSV JSON.
    pub fn osv(&self) -> Value {
        let mut affected = Vec::new();
        if let Some(package) = &self.package {
            affected.push(json!({
                "package": {"ecosystem": "PyPI", "name": package},
                "ranges": self.ranges(),
                "versions": self.versions,
            }));
        }
        for also in &self.also {
            let range = interval(also.introduced.as_ref(), also.fixed.as_ref(), None);
            affected.push(json!({
                "package": {"ecosystem": "PyPI", "name": also.package},
                "ranges": range.map(|events| json!({"type": "ECOSYSTEM", "events": events})).into_iter().collect::<Vec<_>>(),
                "versions": also.versions,
            }));
        }
        let mut record = json!({
            "schema_version": "1.7.3",
            "id": self.id,
            "modified": "2024-06-01T00:00:00Z",
            "published": "2024-05-01T00:00:00Z",
            "aliases": self.aliases,
            "summary": self.summary.clone().unwrap_or_else(|| format!("Toy advisory {}", self.id)),
            "details": "Made for a test.",
            "affected": affected,
            "references": [{"type": "ADVISORY", "url": format!("https://advisories.example/{}", self.id)}],
        });
        if let Some(record) = record.as_object_mut() {
            if !self.cvss.is_empty() {
                let severity = self.cvss.iter().map(|vector| json!({"type": kind(vector), "score": vector}));
                record.insert("severity".to_string(), severity.collect());
            }
            if let Some(withdrawn) = &self.withdrawn {
                record.insert("withdrawn".to_string(), json!(withdrawn));
            }
        }
        record
    }

    fn ranges(&self) -> Vec<Value> {
        let range_type = self.range_type.as_deref().unwrap_or("ECOSYSTEM");
        let mut ranges = Vec::new();
        if self.git_first {
            ranges.push(json!({
                "type": "GIT",
                "repo": "https://code.example/toy",
                "events": [{"introduced": "0"}, {"fixed": "0123456789abcdef0123456789abcdef01234567"}],
            }));
        }
        let bounds = interval(self.introduced.as_ref(), self.fixed.as_ref(), self.last_affected.as_ref());
        let listed = (!self.events.is_empty()).then(|| self.events.iter().map(Event::osv).collect());
        for events in bounds.into_iter().chain(listed) {
            ranges.push(json!({"type": range_type, "events": events}));
        }
        ranges
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let shaped = !self.id.is_empty() && !self.id.contains(['/', '\\']);
        if shaped { Ok(()) } else { Err(format!("`{}` cannot be the id of an advisory", self.id)) }
    }
}

impl Event {
    fn osv(&self) -> Value {
        let words = [
            ("introduced", &self.introduced),
            ("fixed", &self.fixed),
            ("last_affected", &self.last_affected),
            ("limit", &self.limit),
        ];
        words.into_iter().filter_map(|(word, value)| Some((word.to_string(), json!(value.as_ref()?)))).collect()
    }
}

/// The events of one interval, if any of its bounds is given.
fn interval(introduced: Option<&String>, fixed: Option<&String>, last_affected: Option<&String>) -> Option<Value> {
    if introduced.is_none() && fixed.is_none() && last_affected.is_none() {
        return None;
    }
    let mut events = vec![json!({"introduced": introduced.map_or("0", String::as_str)})];
    events.extend(fixed.map(|version| json!({"fixed": version})));
    events.extend(last_affected.map(|version| json!({"last_affected": version})));
    Some(Value::Array(events))
}

fn kind(vector: &str) -> &'static str {
    if vector.starts_with("CVSS:4") {
        "CVSS_V4"
    } else if vector.starts_with("CVSS:3") {
        "CVSS_V3"
    } else {
        "CVSS_V2"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_becomes_an_osv_record() {
        let advisory: Advisory = toml::from_str(
            r#"
            id = "PYSEC-1"
            aliases = ["CVE-2024-1"]
            package = "flask"
            fixed = "2.0"
            git-first = true
            cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]
            "#,
        )
        .unwrap();
        let record = advisory.osv();
        assert_eq!(record["affected"][0]["ranges"][0]["type"], "GIT");
        assert_eq!(record["affected"][0]["ranges"][1]["events"], json!([{"introduced": "0"}, {"fixed": "2.0"}]));
        assert_eq!(record["severity"][0]["type"], "CVSS_V3");
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<Advisory>("id = \"A\"\nfixd = \"1\"").is_err());
    }
}
