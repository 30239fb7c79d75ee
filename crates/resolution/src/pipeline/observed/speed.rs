//! Which releases are fast on this hardware, by what was measured there.
//!
//! Rates of one indicator are compared among the releases of one package. Of each release the median counts, so that a
//! measurement on a busy machine moves nothing, and only where there are [`ENOUGH`]. What it loses is how far it is behind the
//! fastest, in whole steps of a tenth; of several indicators the mean. A release that was not measured counts as the median of those
//! that were, the slower one of two: not measuring is no way to look fast.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use evidence::Observation;
use packaging::{PackageName, Version};

use super::RATES;
use crate::{objective::Level, rule::Rule};

/// Fewer measurements are no rate.
pub const ENOUGH: usize = 3;
/// What one step, a tenth of the fastest rate, loses, in performance points: as `score: -0.1` of a prescription. Less is noise.
pub const STEP: i32 = 100;

/// What was measured, by indicator and package.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    all: BTreeMap<(String, String, PackageName), BTreeMap<Version, Vec<f64>>>,
}

/// How fast a release is among those of its package.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The package.
    pub package: PackageName,
    /// The version.
    pub version: Version,
    /// Its part of the rate of the fastest, in hundredths, the mean of all indicators.
    pub share: u32,
    /// How many indicators say so.
    pub indicators: usize,
    /// Of the first indicator: name, the median rate, its unit, and how many measurements.
    pub example: (String, f64, String, usize),
    /// Performance points lost against a release that was not measured; below zero, gained.
    pub points: i32,
}

impl Rates {
    /// Takes in what an observation measured. A figure that names no package is one of every release of the stack: where only
    /// one package differs, only that one can be compared.
    pub fn add(&mut self, observation: &Observation) {
        for figure in &observation.figures {
            let of = |package: &PackageName| figure.package.as_ref().is_none_or(|one| one == package);
            for (package, version) in observation.stack.iter().filter(|(package, _)| of(package)) {
                let key = (figure.name.clone(), figure.unit.clone(), package.clone());
                self.all.entry(key).or_default().entry(version.clone()).or_default().push(figure.rate);
            }
        }
    }

    /// How fast each release is that was measured often enough beside another one of its package.
    pub fn judge(&self) -> Vec<Measured> {
        let mut found: BTreeMap<&PackageName, BTreeMap<&Version, Vec<Part>>> = BTreeMap::new();
        for ((name, unit, package), releases) in &self.all {
            let often = releases.iter().filter(|(_, rates)| rates.len() >= ENOUGH);
            let medians: Vec<(&Version, f64, usize)> =
                often.map(|(version, rates)| (version, median(rates), rates.len())).collect();
            if medians.len() < 2 {
                continue;
            }
            let best = medians.iter().map(|(_, rate, _)| *rate).fold(0.0, f64::max);
            for (version, rate, count) in medians {
                let part = Part { share: rate / best, example: (name.clone(), rate, unit.clone(), count) };
                found.entry(package).or_default().entry(version).or_default().push(part);
            }
        }
        found.into_iter().flat_map(|(package, releases)| compared(package, &releases)).collect()
    }
}

/// What one indicator says of a release.
struct Part {
    share: f64,
    example: (String, f64, String, usize),
}

/// The releases of one package, with what they lose against one that was not measured.
fn compared(package: &PackageName, releases: &BTreeMap<&Version, Vec<Part>>) -> Vec<Measured> {
    let mean = |parts: &[Part]| parts.iter().map(|part| part.share).sum::<f64>() / parts.len() as f64;
    let shares: Vec<f64> = releases.values().map(|parts| mean(parts)).collect();
    let mut losses: Vec<i32> = shares.iter().map(|share| lost(*share)).collect();
    losses.sort_unstable();
    let usual = losses.get(losses.len() / 2).copied().unwrap_or_default();
    let measured = releases.iter().zip(shares).filter_map(|((version, parts), share)| {
        Some(Measured {
            package: package.clone(),
            version: (*version).clone(),
            share: (share * 100.0).round() as u32,
            indicators: parts.len(),
            example: parts.first()?.example.clone(),
            points: lost(share) - usual,
        })
    });
    let measured: Vec<Measured> = measured.collect();
    // Where all are equally fast, there is nothing to say.
    let differ: BTreeSet<i32> = measured.iter().map(|one| one.points).collect();
    if differ.len() > 1 { measured } else { Vec::new() }
}

/// What is lost at a part of the best rate, in whole steps.
fn lost(share: f64) -> i32 {
    // A share is above zero and at most one.
    ((1.0 - share) * 10.0 + 1e-9).floor().clamp(0.0, 10.0) as i32 * STEP
}

/// The middle rate; the lower one of two.
fn median(rates: &[f64]) -> f64 {
    let mut sorted = rates.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

impl Measured {
    /// As a rule of the search.
    pub fn rule(&self) -> Rule {
        let releases = [(self.package.clone(), self.version.clone())];
        super::rule(RATES, self.to_string(), &releases, Level::Performance, self.points)
    }
}

/// As a clause behind the release.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, rate, unit, count) = &self.example;
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        match self.share {
            100 => f.write_str("is the fastest measured on such hardware")?,
            share => write!(f, "has {share} % of the rate of the fastest measured on such hardware")?,
        }
        write!(f, " ({name}: {}{unit}, the median of {count}", rounded(*rate))?;
        match self.indicators {
            1 => f.write_str(")"),
            more => write!(f, "; {more} indicators)"),
        }
    }
}

/// A rate with four digits that count.
fn rounded(rate: f64) -> String {
    match rate {
        1000.0.. => format!("{rate:.0}"),
        100.0.. => format!("{rate:.1}"),
        10.0.. => format!("{rate:.2}"),
        1.0.. => format!("{rate:.3}"),
        0.001.. => format!("{rate:.6}").trim_end_matches('0').to_string(),
        _ => format!("{rate:e}"),
    }
}
