//! The units of the pipeline: a file each with what it does and what it leaves alone, and the tables of the documents.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod bench;
mod documents;
mod finished;
mod pages;

mod classifiers;
mod cooldown;
mod cve_sieve;
mod exposure;
mod formats;
mod freshness;
mod hashes;
mod health;
mod labels;
mod last_resort;
mod locked;
mod malware;
mod observations;
mod pipfile_hash;
mod platform;
mod prereleases;
mod prescriptions;
mod python;
mod quarantine;
mod red_hat;
mod release_notes;
mod remaining;
mod scans;
mod version_check;
