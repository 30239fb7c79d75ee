//! What a release says of itself besides what it requires: for the reader, never for the decision.

use serde::{Deserialize, Serialize};

use super::{Contacts, folded};

/// The most classifiers that are kept; the longest real list of these kinds has about forty.
const MOST_CLASSIFIERS: usize = 64;
/// The longest classifier or address that is kept, bytes.
const LONGEST: usize = 500;
/// The classifiers that anything here asks for.
const KINDS: [&str; 3] = ["Development Status :: ", "Programming Language :: Python :: ", "Environment :: GPU :: "];
/// The labels under which release notes are found, as the packaging standards fold and list them.
const CHANGES: [&str; 6] = ["changelog", "changes", "whatsnew", "history", "releasenotes", "releases"];

/// What a release says of itself, as far as anybody here asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// `Classifier`: its development status, versions of Python, and GPUs.
    pub classifiers: Vec<String>,
    /// The first `Project-URL` whose label says that it is about changes; `http` or `https`.
    pub changes: Option<String>,
    /// Where it is from and by whom; `None` where what is stored was read before anybody asked. It is stored behind the rest.
    #[serde(skip)]
    pub contacts: Option<Contacts>,
}

impl About {
    /// Takes a classifier in, when it is of a kind that is asked for.
    pub(super) fn classify(&mut self, text: &str) {
        let is_asked_for = KINDS.iter().any(|kind| text.starts_with(kind));
        if is_asked_for && text.len() <= LONGEST && self.classifiers.len() < MOST_CLASSIFIERS {
            self.classifiers.push(text.to_string());
        }
    }

    /// Takes a link in under its label.
    pub(super) fn link(&mut self, label: &str, address: &str) {
        let label = folded(label);
        let address = address.trim();
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        let is_plain = address.len() <= LONGEST && address.bytes().all(|byte| byte.is_ascii_graphic());
        if self.changes.is_none() && CHANGES.contains(&label.as_str()) && is_web && is_plain {
            self.changes = Some(address.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metadata::CoreMetadata;

    #[test]
    fn a_release_says_how_mature_it_is_and_where_its_changes_are_told() {
        let text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\
                    Classifier: Development Status :: 7 - Inactive\nClassifier: Topic :: Internet\n\
                    Project-URL: Home, https://demo.example/\nProject-URL: What's New, https://demo.example/new\n\
                    Project-URL: Changelog, https://demo.example/changes\n\n\
                    Classifier: Development Status :: 1 - Planning\n";
        let about = CoreMetadata::parse(text.as_bytes()).unwrap().about;
        assert_eq!(about.classifiers, ["Development Status :: 7 - Inactive"]);
        assert_eq!(about.changes.as_deref(), Some("https://demo.example/new"));
    }

    #[test]
    fn what_is_no_address_or_too_much_is_not_kept() {
        let long = format!("Project-URL: Changelog, https://demo.example/{}\n", "x".repeat(600));
        let many = "Classifier: Programming Language :: Python :: 3.12\n".repeat(1000);
        let text = format!(
            "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nProject-URL: Changelog, javascript:alert(1)\n\
             Project-URL: Changelog, https://demo.example/a b\n{long}{many}"
        );
        let about = CoreMetadata::parse(text.as_bytes()).unwrap().about;
        assert_eq!((about.classifiers.len(), about.changes), (64, None));
    }
}
