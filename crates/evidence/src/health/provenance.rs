//! The provenance of a file, as its index serves it (PEP 740): who published it, from which repository.
//!
//! The index verified the attestations when the file was uploaded; here they are read, and their signatures are not checked again.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use packaging::{PackageName, Version, index::release_of};
use serde::Deserialize;

use super::{
    document::Document,
    many::Many,
    repository::{Claim, Repository, Sure},
};

/// The most bundles, attestations of one, or subjects of a statement.
const MOST: usize = 100;

/// A provenance object.
#[derive(Debug, Deserialize)]
pub(super) struct RawProvenance {
    attestation_bundles: Many<RawBundle, MOST>,
}

#[derive(Debug, Deserialize)]
struct RawBundle {
    publisher: RawPublisher,
    #[serde(default)]
    attestations: Many<RawAttestation, MOST>,
}

#[derive(Debug, Deserialize)]
struct RawPublisher {
    kind: Option<String>,
    repository: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawAttestation {
    envelope: RawEnvelope,
}

#[derive(Debug, Deserialize)]
struct RawEnvelope {
    statement: String,
}

#[derive(Debug, Deserialize)]
struct RawStatement {
    #[serde(default)]
    subject: Many<RawSubject, MOST>,
}

#[derive(Debug, Deserialize)]
struct RawSubject {
    name: String,
}

impl RawProvenance {
    pub(super) fn read(self) -> Result<Document, String> {
        let mut release = None;
        let mut claims = Vec::new();
        for bundle in self.attestation_bundles.0 {
            claims.extend(bundle.publisher.claim());
            for attestation in bundle.attestations.0 {
                let named = attestation.envelope.release()?;
                match &release {
                    None => release = Some(named),
                    Some(known) if *known == named => {}
                    Some(_) => return Err("its attestations are about several releases".to_string()),
                }
            }
        }
        let (package, version) = release.ok_or("it has no attestation")?;
        Ok(Document::Release { package, version, claims, at: None })
    }
}

impl RawPublisher {
    fn claim(self) -> Option<Claim> {
        let host = match self.kind?.as_str() {
            "GitHub" => "github.com",
            "GitLab" => "gitlab.com",
            _ => return None,
        };
        let repository = Repository::of(&format!("https://{host}/{}", self.repository?))?;
        Some(Claim { repository, sure: Sure::Attested, from: "the provenance on its index".to_string() })
    }
}

impl RawEnvelope {
    /// The release that the file of its statement is of.
    fn release(&self) -> Result<(PackageName, Version), String> {
        let broken = |what: &str| format!("a statement of it {what}");
        let bytes = STANDARD.decode(&self.statement).map_err(|_| broken("is no Base64"))?;
        let statement: RawStatement = serde_json::from_slice(&bytes).map_err(|_| broken("is no in-toto statement"))?;
        let [subject] = statement.subject.0.as_slice() else { return Err(broken("has not one subject")) };
        release_of(&subject.name).ok_or_else(|| broken("is not about a wheel or a source archive"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provenance(kind: &str, subjects: &[&str]) -> Result<Document, String> {
        let attestations: Vec<_> = subjects
            .iter()
            .map(|name| {
                let statement = serde_json::json!({ "_type": "https://in-toto.io/Statement/v1", "subject": [{ "name": name }] });
                serde_json::json!({ "version": 1, "envelope": { "statement": STANDARD.encode(statement.to_string()), "signature": "" } })
            })
            .collect();
        let publisher = serde_json::json!({ "kind": kind, "repository": "Demo/demo", "workflow": "release.yml" });
        let text = serde_json::json!({
            "version": 1, "attestation_bundles": [{ "publisher": publisher, "attestations": attestations }]
        });
        Document::parse("provenance.json", text.to_string().as_bytes()).map_err(|error| error.reason)
    }

    #[test]
    fn the_publisher_of_a_file_attests_its_repository() {
        for name in ["demo_x-1.0.1-py3-none-any.whl", "demo_x-1.0.1.tar.gz"] {
            let Ok(Document::Release { package, version, claims, .. }) = provenance("GitHub", &[name, name]) else {
                panic!("{name}")
            };
            assert_eq!(format!("{package} {version}"), "demo-x 1.0.1");
            let claims: Vec<String> = claims.iter().map(|one| format!("{} {}", one.repository, one.sure)).collect();
            assert_eq!(claims, ["github.com/demo/demo attested"]);
        }
        assert!(
            matches!(provenance("Google", &["demo-1.0.tar.gz"]), Ok(Document::Release { claims, .. }) if claims.is_empty())
        );
    }

    #[test]
    fn what_is_about_nothing_or_several_releases_is_refused() {
        assert_eq!(provenance("GitHub", &[]).unwrap_err(), "it has no attestation");
        let several = provenance("GitHub", &["demo-1.0.tar.gz", "demo-1.1.tar.gz"]);
        assert_eq!(several.unwrap_err(), "its attestations are about several releases");
        assert!(provenance("GitHub", &["notes.txt"]).unwrap_err().contains("not about a wheel"));
    }
}
