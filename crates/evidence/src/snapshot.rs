//! A snapshot: all advisories that one run judges by, from however many sources, with one identity.

use std::{collections::BTreeMap, fmt::Write};

use packaging::PackageName;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    join::join,
    kev::Catalogue,
    osv::{self, RecordError},
    package::PackageAdvisories,
    record::Record,
};

/// The most problems of one kind that are kept one by one; more are only counted.
const MAX_REPORTED: usize = 10_000;

/// Collects files of advisories, in any order, into a [`Snapshot`].
#[derive(Debug, Default)]
pub struct SnapshotBuilder {
    source: String,
    records: Vec<Record>,
    catalogue: Option<Catalogue>,
    rejected: Vec<Rejected>,
    rejected_count: usize,
    complaints: Vec<Complaint>,
}

/// The advisories of one or more sources, joined.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// SHA-256, in hexadecimal, over what the records say: the same for the same records in any order, number of files,
    /// archive, and in JSON or YAML.
    pub id: String,
    /// Records about PyPI, the withdrawn among them; a record that came several times counts once.
    pub records: usize,
    /// Of these, the withdrawn, which never match.
    pub withdrawn: usize,
    /// Records about other ecosystems only; they still lend their severity to aliases.
    pub not_pypi: usize,
    /// Older copies of records that came more than once.
    pub superseded: usize,
    /// How many CVE numbers the catalogues of exploited vulnerabilities list; `None` when no catalogue was read.
    pub exploited: Option<usize>,
    /// What could not be used at all, with place and reason; at most ten thousand of them.
    pub rejected: Vec<Rejected>,
    /// How many could not be used at all.
    pub rejected_count: usize,
    /// What was used although a part of it is broken; at most ten thousand.
    pub complaints: Vec<Complaint>,
    /// The newest change of any record, in microseconds since the Unix epoch.
    pub newest: Option<i64>,
    /// The packages with a vulnerability that stands.
    pub packages: BTreeMap<PackageName, PackageAdvisories>,
}

/// A file or record that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The source, as [`SnapshotBuilder::source`] named it.
    pub source: String,
    /// The file in the source.
    pub file: String,
    /// The place in the file (`line:column`), where known.
    pub place: Option<String>,
    /// Why.
    pub reason: String,
}

/// Something broken in a record that is used nevertheless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// The source, as [`SnapshotBuilder::source`] named it.
    pub source: String,
    /// The file in the source.
    pub file: String,
    /// The record.
    pub id: String,
    /// What is broken and how it is read.
    pub what: String,
}

impl SnapshotBuilder {
    /// An empty snapshot's beginning.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the source of the files that are added from now on, for messages.
    pub fn source(&mut self, name: impl Into<String>) -> &mut Self {
        self.source = name.into();
        self
    }

    /// Reads one file: advisories (see [`osv::parse`]) or a catalogue of exploited vulnerabilities. What is wrong with it
    /// is kept for the report.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> &mut Self {
        if Catalogue::is_one(bytes) {
            match Catalogue::parse(file, bytes) {
                Ok(catalogue) => self.catalogue.get_or_insert_default().cves.extend(catalogue.cves),
                Err(error) => self.reject(error),
            }
            return self;
        }
        match osv::parse(file, bytes) {
            Ok(parsed) => {
                parsed.rejected.into_iter().for_each(|error| self.reject(error));
                for record in parsed.records {
                    self.complain(file, &record);
                    self.records.push(record);
                }
            }
            Err(error) => self.reject(error),
        }
        self
    }

    /// Takes in what another one collected, as if its files had been added here.
    pub fn absorb(&mut self, other: Self) -> &mut Self {
        self.records.extend(other.records);
        if let Some(catalogue) = other.catalogue {
            self.catalogue.get_or_insert_default().cves.extend(catalogue.cves);
        }
        self.rejected_count += other.rejected_count;
        let room = MAX_REPORTED.saturating_sub(self.rejected.len());
        self.rejected.extend(other.rejected.into_iter().take(room));
        let room = MAX_REPORTED.saturating_sub(self.complaints.len());
        self.complaints.extend(other.complaints.into_iter().take(room));
        self
    }

    /// Joins what was added.
    pub fn finish(self) -> Snapshot {
        let Copies { records, identity, superseded } = newest_copies(self.records, self.catalogue.as_ref());
        // Copies of one record stand side by side, so that dropping repetitions counts records.
        let count = |wanted: &dyn Fn(&Record) -> bool| {
            let mut ids: Vec<String> =
                records.iter().filter(|record| wanted(record)).map(|record| record.id.to_ascii_uppercase()).collect();
            ids.dedup();
            ids.len()
        };
        Snapshot {
            id: identity,
            records: count(&|record| !record.affected.is_empty()),
            withdrawn: count(&|record| !record.affected.is_empty() && record.withdrawn.is_some()),
            not_pypi: count(&|record| record.affected.is_empty()),
            superseded,
            newest: records.iter().filter_map(|record| record.modified).max(),
            packages: join(&records, self.catalogue.as_ref()),
            exploited: self.catalogue.map(|catalogue| catalogue.cves.len()),
            rejected: self.rejected,
            rejected_count: self.rejected_count,
            complaints: self.complaints,
        }
    }

    fn reject(&mut self, error: RecordError) {
        self.rejected_count += 1;
        if self.rejected.len() < MAX_REPORTED {
            self.rejected.push(Rejected {
                source: self.source.clone(),
                file: error.file,
                place: error.place.map(|place| place.to_string()),
                reason: error.reason,
            });
        }
    }

    fn complain(&mut self, file: &str, record: &Record) {
        for what in record.complaints.iter().take(MAX_REPORTED.saturating_sub(self.complaints.len())) {
            self.complaints.push(Complaint {
                source: self.source.clone(),
                file: packaging::text::one_line(file, 400),
                id: record.id.clone(),
                what: what.clone(),
            });
        }
    }
}

/// What is left of the records when older copies are gone.
struct Copies {
    /// By identifier.
    records: Vec<Record>,
    /// See [`Snapshot::id`].
    identity: String,
    /// How many copies are gone.
    superseded: usize,
}

/// Keeps the newest copy of each record. Copies of one age that say different things are all kept: affected is then what
/// either says.
fn newest_copies(records: Vec<Record>, catalogue: Option<&Catalogue>) -> Copies {
    let all = records.len();
    let mut keyed: Vec<(String, Vec<u8>, Record)> = records
        .into_iter()
        .map(|record| {
            // Plain values into memory: this does not fail, and if it did the record itself would still be used.
            let bytes = postcard::to_allocvec(&record).unwrap_or_default();
            (record.id.to_ascii_uppercase(), bytes, record)
        })
        .collect();
    keyed.sort_by(|one, two| {
        one.0.cmp(&two.0).then_with(|| two.2.modified.cmp(&one.2.modified)).then_with(|| one.1.cmp(&two.1))
    });
    keyed.dedup_by(|next, kept| next.0 == kept.0 && (next.2.modified != kept.2.modified || next.1 == kept.1));

    // The first line changes whenever the meaning of the bytes after it does.
    let mut hash = Sha256::new();
    hash.update(b"thoth advisories 1\n");
    for (_, bytes, _) in &keyed {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    }
    if let Some(catalogue) = catalogue {
        hash.update(b"\nexploited\n");
        for cve in &catalogue.cves {
            hash.update(cve.as_bytes());
            hash.update(b"\n");
        }
    }
    let identity = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let superseded = all - keyed.len();
    Copies { records: keyed.into_iter().map(|(_, _, record)| record).collect(), identity, superseded }
}
