//! Who published a file, as its index tells it (PEP 740).
//!
//! The index verified the attestations when the file was uploaded; their signatures are not checked again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::many::Many;

/// The most bundles of one file.
const MOST: usize = 100;
/// The most characters that are kept of a publisher.
const LONGEST: usize = 200;
/// What a publisher says besides who it is, and may change from release to release.
const CIRCUMSTANCES: [&str; 2] = ["claims", "environment"];

#[derive(Deserialize)]
struct RawProvenance {
    version: u64,
    attestation_bundles: Many<RawBundle, MOST>,
}

#[derive(Deserialize)]
struct RawBundle {
    publisher: BTreeMap<String, Value>,
}

/// The publishers that a provenance names, each in one line: `GitHub pallets/flask publish.yaml`. One of a kind that nobody has heard
/// of is told by all the words it is given.
///
/// # Errors
/// Why the text is no provenance, as a clause.
pub fn publishers(text: &[u8]) -> Result<BTreeSet<String>, String> {
    let provenance: RawProvenance =
        serde_json::from_slice(text).map_err(|error| format!("its provenance cannot be read ({error})"))?;
    if provenance.version != 1 {
        return Err(format!("its provenance is of version {}, Thoth reads 1", provenance.version));
    }
    provenance.attestation_bundles.0.iter().map(|bundle| told(&bundle.publisher)).collect()
}

fn told(publisher: &BTreeMap<String, Value>) -> Result<String, String> {
    let kind = publisher.get("kind").and_then(Value::as_str).filter(|kind| !kind.trim().is_empty());
    let kind = kind.ok_or("its provenance names a publisher of no kind")?;
    let others = publisher.iter().filter(|(name, _)| *name != "kind" && !CIRCUMSTANCES.contains(&name.as_str()));
    let parts: Vec<&str> = std::iter::once(kind).chain(others.filter_map(|(_, value)| value.as_str())).collect();
    let line = parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(publishers_of: &[Value]) -> Result<Vec<String>, String> {
        let bundles: Vec<Value> =
            publishers_of.iter().map(|one| json!({ "publisher": one, "attestations": [] })).collect();
        let text = json!({ "version": 1, "attestation_bundles": bundles }).to_string();
        publishers(text.as_bytes()).map(|told| told.into_iter().collect())
    }

    #[test]
    fn publishers_are_told_in_one_line_each_and_sorted() {
        let told = read(&[
            json!({ "kind": "GitLab", "repository": "a/b", "workflow_filepath": ".gitlab-ci.yml", "environment": "x" }),
            json!({ "kind": "GitHub", "repository": "pallets/flask", "workflow": "publish.yaml", "claims": { "sub": "x" } }),
            json!({ "kind": "GitHub", "repository": "pallets/flask", "workflow": "publish.yaml", "environment": null }),
            json!({ "kind": "Google", "email": "ann@one.example" }),
            json!({ "kind": "Forge", "where": "there", "depth": 3 }),
        ]);
        let lines =
            ["Forge there", "GitHub pallets/flask publish.yaml", "GitLab a/b .gitlab-ci.yml", "Google ann@one.example"];
        assert_eq!(told.unwrap(), lines);
        assert_eq!(read(&[]).unwrap(), [""; 0], "an index may say that nobody attests anything");
    }

    #[test]
    fn what_is_no_provenance_says_nothing_rather_than_that_there_is_no_publisher() {
        for broken in ["", "[]", "{}", r#"{"version":1}"#, r#"{"version":1,"attestation_bundles":[{"publisher":{}}]}"#]
        {
            assert!(publishers(broken.as_bytes()).is_err(), "{broken}");
        }
        assert!(publishers(br#"{"version":2,"attestation_bundles":[]}"#).unwrap_err().contains("version 2"));
        let many = vec![json!({ "kind": "GitHub" }); MOST + 1];
        assert!(read(&many).unwrap_err().contains("more than 100"));
        let deep =
            format!(r#"{{"version":1,"attestation_bundles":[{{"publisher":{{"kind":"a","x":{}"#, "[".repeat(10_000));
        assert!(publishers(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_publisher_is_one_short_line_whatever_it_is_called() {
        let told =
            read(&[json!({ "kind": "GitHub\nnew line", "repository": "\u{1b}[31m", "x": "y".repeat(1000) })]).unwrap();
        assert!(
            told[0].starts_with("GitHub new line \u{fffd}[31m yyy") && told[0].chars().count() == LONGEST,
            "{told:?}"
        );
    }
}
