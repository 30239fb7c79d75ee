//! The units, a row each. Within a kind they run in this order.

use super::{
    unit::Unit,
    units::{
        classifiers, cooldown, cve_sieve, exposure, formats, freshness, hashes, labels, last_resort, locked, malware,
        observations, pipfile_hash, platform, prereleases, prescriptions, python, quarantine, red_hat, release_notes,
        remaining, version_check,
    },
};

/// All of them, by kind.
pub const UNITS: &[Unit] = &[
    labels::UNIT,
    red_hat::UBI,
    red_hat::VERSION,
    version_check::UNIT,
    pipfile_hash::UNIT,
    prescriptions::BOOT,
    prescriptions::PSEUDONYM,
    quarantine::UNIT,
    cooldown::UNIT,
    formats::UNIT,
    platform::UNIT,
    python::UNIT,
    hashes::UNIT,
    malware::UNIT,
    cve_sieve::UNIT,
    remaining::UNIT,
    prereleases::UNIT,
    prescriptions::SIEVE,
    prescriptions::SKIP_DEPENDENCY,
    last_resort::UNIT,
    exposure::UNIT,
    locked::UNIT,
    freshness::UNIT,
    observations::FAILURES,
    observations::RATES,
    prescriptions::STEP,
    prescriptions::SKIP_PACKAGE,
    prescriptions::ADD_PACKAGE,
    prescriptions::GROUP,
    prescriptions::STRIDE,
    classifiers::UNIT,
    release_notes::UNIT,
    prescriptions::WRAP,
    prescriptions::RELEASE_NOTES,
];
