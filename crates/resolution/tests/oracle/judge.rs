//! Which releases of a random index may be used and what each costs, written from the rules once more.
//!
//! Nothing of the sieve is in here: versions are compared by `packaging`, all else by what the generator meant.

use std::collections::BTreeSet;

use packaging::{ExtraName, Operator, Version, VersionSpecifiers};
use resolution::{Direction, Recommendation, policy::Prereleases};

use crate::{
    definition::{Condition, Demand, Release, Rule, World, pins, rounded},
    index::{COOLDOWN, File, Flaw, Form, Index, Line, Metadata, PACKAGES, Severity, VERSIONS, When, extra, name},
};

/// A release that could be used as far as its index page tells.
struct Listed {
    /// Its position among the releases of its package.
    at: usize,
    version: Version,
    yanked: bool,
}

fn read(line: &Line) -> Demand {
    Demand {
        package: name(line.on),
        extras: line.extra.into_iter().map(extra).collect(),
        specifiers: line.specifiers.parse().unwrap(),
    }
}

fn condition(when: When) -> Condition {
    let has = |active: &BTreeSet<ExtraName>, one: u8| active.contains(&extra(one));
    match when {
        When::Always | When::Here => Box::new(|_| true),
        When::Elsewhere | When::ExtraElsewhere(_) => Box::new(|_| false),
        When::Extra(one) | When::ExtraHere(one) => Box::new(move |active| has(active, one)),
        When::Either => Box::new(move |active| has(active, 0) || has(active, 1)),
        When::Both => Box::new(move |active| has(active, 0) && has(active, 1)),
    }
}

fn names_prerelease(specifiers: &VersionSpecifiers) -> bool {
    let upper = [Operator::LessThan, Operator::LessThanEqual, Operator::NotEqual];
    specifiers.iter().any(|one| one.version().any_prerelease() && !upper.contains(one.operator()))
}

fn parsed(at: usize) -> Version {
    VERSIONS[at].parse().unwrap()
}

impl Index {
    fn accepts(&self, file: &File) -> bool {
        let form = match file.form {
            Form::Wheel => true,
            Form::Sdist => !self.only_binary,
            Form::ForeignWheel => false,
        };
        let date = !self.cooldown || file.uploaded.is_some_and(|time| time < COOLDOWN);
        form && date && file.python != Some(">=3.12")
    }

    /// The flaws that count against a release.
    fn affecting<'i>(&'i self, package: usize, version: &'i Version) -> impl Iterator<Item = &'i Flaw> {
        self.flaws.iter().filter(move |flaw| {
            let begun = flaw.introduced.is_none_or(|at| *version >= parsed(at));
            let over = flaw.fixed.is_some_and(|at| *version >= parsed(at));
            flaw.package == package && begun && !over && !flaw.withdrawn && !flaw.ignored
        })
    }

    /// The project's own requirements, with those that apply here only.
    fn own(lines: &[Line]) -> Vec<Demand> {
        lines.iter().filter(|line| condition(line.when)(&BTreeSet::new())).map(read).collect()
    }

    fn is_direct(&self, package: usize) -> bool {
        Self::own(&self.wants).iter().any(|want| want.package == name(package))
    }

    /// What the project itself says of the versions of a package.
    fn bounds(&self, package: usize) -> Vec<VersionSpecifiers> {
        let own = match &self.overridden {
            Some((replaced, lines)) if *replaced == package => lines,
            _ => &self.wants,
        };
        let all = Self::own(own).into_iter().chain(Self::own(&self.constraints));
        all.filter(|one| one.package == name(package)).map(|one| one.specifiers).collect()
    }

    fn draws_to_lowest(&self, package: usize) -> bool {
        match self.direction {
            Direction::Highest => false,
            Direction::Lowest => true,
            Direction::LowestDirect => self.is_direct(package),
        }
    }

    /// What a flaw counts.
    fn score(&self, flaw: &Flaw) -> u32 {
        match flaw.severity {
            Severity::Critical98 => 98,
            Severity::High75 => 75,
            Severity::Medium53 => 53,
            Severity::Label | Severity::Unscored => self.unscored,
        }
    }

    /// Whether a unit leaves a release out for its vulnerabilities.
    fn is_blocked(&self, package: usize, version: &Version) -> bool {
        let severe = |flaw: &Flaw| self.units.blocked_from.is_some_and(|from| self.score(flaw) >= from);
        self.affecting(package, version).any(severe)
    }

    /// The releases that could be installed, those that are blocked among them.
    fn listed(&self, package: usize) -> Vec<Listed> {
        let mut all = Vec::new();
        for (at, release) in self.packages[package].iter().enumerate() {
            let version = parsed(release.version);
            let usable: Vec<&File> = release.files.iter().filter(|file| self.accepts(file)).collect();
            if !usable.is_empty() && !self.affecting(package, &version).any(|flaw| flaw.malware) {
                all.push(Listed { at, version, yanked: usable.iter().all(|file| file.yanked) });
            }
        }
        all
    }

    fn releases(&self, package: usize) -> Vec<Release> {
        let mut listed = self.listed(package);
        let bounds = self.bounds(package);
        let mode = self.prereleases;
        let explicit = matches!(mode, Prereleases::Explicit | Prereleases::IfNecessaryOrExplicit);
        let necessary = matches!(mode, Prereleases::IfNecessary | Prereleases::IfNecessaryOrExplicit);
        let blocked = |one: &Listed| self.is_blocked(package, &one.version);
        // What is blocked is there for everybody else, so that it opens no way for pre-releases.
        let nothing_else = listed.iter().all(|one| one.version.any_prerelease() || (one.yanked && !blocked(one)));
        let asked = mode == Prereleases::Allow
            || (explicit && bounds.iter().any(names_prerelease))
            || (necessary && nothing_else);
        listed.retain(|one| !blocked(one) && (asked || necessary || !one.version.any_prerelease()));
        let needs_pin = |one: &Listed| one.yanked && !bounds.iter().any(|bound| pins(bound, &one.version));
        let last_resort = |one: &Listed| needs_pin(one) || (one.version.any_prerelease() && !asked);
        let counts = |one: &Listed| !last_resort(one) && bounds.iter().all(|bound| bound.contains(&one.version));
        let lowest = self.draws_to_lowest(package);
        let usable = listed.iter().filter(|one| self.packages[package][one.at].metadata == Metadata::Fine);
        let release = |one: &Listed| {
            let better = |other: &&Listed| {
                counts(other) && if lowest { other.version < one.version } else { other.version > one.version }
            };
            let behind = rounded(listed.iter().filter(better).count()).max(i64::from(last_resort(one)));
            let locked = self.lock[package].map(parsed);
            let counts_lock = self.units.locked && self.lock.iter().any(Option::is_some);
            let changed = counts_lock && locked.as_ref() != Some(&one.version);
            let (mut exploited, mut exposure) = (0, 0);
            for flaw in self.affecting(package, &one.version) {
                exploited += i64::from(flaw.exploited);
                exposure += i64::from(self.score(flaw));
            }
            let (direct, transitive) = if self.is_direct(package) { (behind, 0) } else { (0, behind) };
            let (last_resort, changed) = (i64::from(last_resort(one)), i64::from(changed));
            let rules = self.packages[package][one.at].requires.iter();
            Release {
                version: one.version.clone(),
                cost: match self.recommendation {
                    Recommendation::Latest => vec![last_resort, changed, direct, transitive],
                    _ => vec![last_resort, exploited, exposure, 0, changed, direct, transitive],
                },
                needs_pin: needs_pin(one),
                rules: rules.map(|line| Rule { applies: condition(line.when), demand: read(line) }).collect(),
            }
        };
        usable.map(release).collect()
    }

    /// The run in the terms of the definition.
    pub(crate) fn world(&self) -> World {
        World {
            packages: (0..PACKAGES).map(|package| (name(package), self.releases(package))).collect(),
            wants: Self::own(&self.wants),
            constraints: Self::own(&self.constraints),
            overrides: self.overridden.iter().map(|(package, lines)| (name(*package), Self::own(lines))).collect(),
            lowest: (0..PACKAGES).filter(|package| self.draws_to_lowest(*package)).map(name).collect(),
            levels: if self.recommendation == Recommendation::Latest { 4 } else { 7 },
            experience: Vec::new(),
        }
    }
}
