//! The units, a file each. A unit takes part in nothing before it has its row in the registry.

pub(super) mod classifiers;
pub(super) mod cooldown;
pub(super) mod cve_sieve;
pub(super) mod exposure;
pub(super) mod formats;
pub(super) mod freshness;
pub(super) mod hashes;
pub(super) mod health;
pub(super) mod labels;
pub(super) mod last_resort;
pub(super) mod locked;
pub(super) mod malware;
pub(super) mod observations;
pub(super) mod pipfile_hash;
pub(super) mod platform;
pub(super) mod prereleases;
pub(super) mod prescriptions;
pub(super) mod python;
pub(super) mod quarantine;
pub(super) mod red_hat;
pub(super) mod release_notes;
pub(super) mod remaining;
pub(super) mod scans;
pub(super) mod version_check;
