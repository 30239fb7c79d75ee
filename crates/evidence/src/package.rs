//! All vulnerabilities of one package, in the form that is stored and matched.

use packaging::PackageName;
use serde::{Deserialize, Serialize};

use crate::{Known, affected::Affected, severity::Severity};

/// The version of the stored form. It goes up with every change of the types below.
const FORMAT: u8 = 1;

/// Everything known about the vulnerabilities of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageAdvisories {
    /// The package.
    pub package: PackageName,
    /// Its vulnerabilities, each once, by identifier.
    pub vulnerabilities: Vec<Vulnerability>,
}

/// One vulnerability of one package, after joining the records that are aliases of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// The identifier to show: the malware report's, else the CVE's, GHSA's, PYSEC's, in this order.
    pub id: String,
    /// The identifiers of the records that say so of this package.
    pub records: Vec<String>,
    /// All other identifiers it is known by; together with `id` and `records` the complete set.
    pub aliases: Vec<String>,
    /// A flaw or malice.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it is known to be exploited.
    pub exploited: Known<bool>,
    /// One line about it; may be empty.
    pub summary: String,
    /// Where to read about it.
    pub link: String,
    /// When it was first published, in microseconds since the Unix epoch.
    pub published: Option<i64>,
    /// When any of its records was last changed, in microseconds since the Unix epoch.
    pub modified: Option<i64>,
    /// The affected versions of this package.
    pub affected: Affected,
}

/// What a vulnerability is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A flaw in honest software.
    Flaw,
    /// Malicious software (a `MAL-` record): never acceptable.
    Malware,
}

/// Why stored bytes are not the advisories of a package.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// Another version of Thoth wrote them.
    #[error(
        "read stored advisories: they are in format {0}, this Thoth reads format {FORMAT}; load the advisories again"
    )]
    Format(u8),
    /// They are damaged.
    #[error("read stored advisories: they are damaged ({0}); load the advisories again")]
    Damaged(String),
}

impl PackageAdvisories {
    /// The stored form: a byte for its version, then postcard.
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = vec![FORMAT];
        // Writing these plain types into memory does not fail; if it did, the empty form is refused when read.
        postcard::to_extend(self, start).unwrap_or_default()
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        match bytes.split_first() {
            Some((&FORMAT, rest)) => match postcard::take_from_bytes(rest) {
                Ok((advisories, [])) => Ok(advisories),
                Ok((_, more)) => Err(StoredError::Damaged(format!("{} bytes too many", more.len()))),
                Err(error) => Err(StoredError::Damaged(error.to_string())),
            },
            Some((format, _)) => Err(StoredError::Format(*format)),
            None => Err(StoredError::Damaged("nothing is there".to_string())),
        }
    }
}

impl Vulnerability {
    /// All identifiers it goes by, the shown one first, each once.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let records = self.records.iter().filter(|record| **record != self.id);
        [&self.id].into_iter().chain(records).chain(&self.aliases).map(String::as_str)
    }

    /// Whether a catalogue lists it as exploited.
    pub fn is_exploited(&self) -> bool {
        self.exploited == Known::Present(true)
    }
}
