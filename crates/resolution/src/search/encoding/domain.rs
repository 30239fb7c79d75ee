//! The literals of one package, made where something tells its candidates apart.
//!
//! Candidates are numbered from 0, the newest. A *bound* says "in the stack, at this candidate or an older one". Most
//! packages have far more candidates than bounds: those between two neighbouring bounds, a *segment*, cost the same, are
//! accepted by the same requirements and are not read. So one of them stands for all, and the clauses grow with what is
//! known of a package instead of with its age.

use std::ops::Range;

use super::Encoding;
use crate::{
    catalogue::Candidate,
    sat::{Lit, Solver, solver::View},
};

/// The literals of one package.
#[derive(Debug)]
pub(super) struct Domain {
    candidates: usize,
    /// Whether the oldest of a segment stands for it, and not the newest.
    lowest: bool,
    /// The newest candidate first; the first is for candidate 0 and says that the package is in the stack.
    bounds: Vec<Bound>,
    /// By candidate: its place in the order of costs, the newest first among equals.
    ranks: Vec<u32>,
}

#[derive(Debug)]
struct Bound {
    candidate: usize,
    lit: Lit,
    /// "The segment that begins here is chosen", where something asked for such a literal.
    chosen: Option<Lit>,
}

impl Domain {
    pub(super) fn new(present: Lit, candidates: &[Candidate], lowest: bool) -> Self {
        let mut places: Vec<usize> = (0..candidates.len()).collect();
        places.sort_by_key(|place| candidates[*place].cost);
        let mut ranks = vec![0; candidates.len()];
        for (place, rank) in places.into_iter().zip(0..) {
            ranks[place] = rank;
        }
        let first = Bound { candidate: 0, lit: present, chosen: None };
        Self { candidates: candidates.len(), lowest, bounds: vec![first], ranks }
    }

    /// "The package is in the stack."
    pub(super) fn present(&self) -> Lit {
        self.bounds[0].lit
    }

    /// The segments, newest first.
    pub(super) fn segments(&self) -> Range<usize> {
        0..self.bounds.len()
    }

    /// The candidates of a segment.
    pub(super) fn candidates(&self, segment: usize) -> Range<usize> {
        let end = self.bounds.get(segment + 1).map_or(self.candidates, |older| older.candidate);
        self.bounds[segment].candidate..end
    }

    fn segment(&self, candidate: usize) -> usize {
        self.bounds.partition_point(|bound| bound.candidate <= candidate) - 1
    }

    /// The candidate that stands for the segment a model chooses.
    pub(super) fn chosen(&self, solver: &Solver) -> Option<usize> {
        let beyond = self.bounds.partition_point(|bound| solver.model(bound.lit));
        let candidates = self.candidates(beyond.checked_sub(1)?);
        Some(if self.lowest { candidates.end.max(1) - 1 } else { candidates.start })
    }

    /// Whether a segment is in no stack at all, as far as propagation shows.
    fn is_out(&self, segment: usize, solver: &Solver) -> bool {
        let Bound { lit, chosen, .. } = self.bounds[segment];
        solver.is_fixed(!lit)
            || self.bounds.get(segment + 1).is_some_and(|older| solver.is_fixed(older.lit))
            || chosen.is_some_and(|chosen| solver.is_fixed(!chosen))
    }

    /// The segments still open for a package in the stack, or `None` when one is decided on.
    pub(super) fn open(&self, view: &View<'_>) -> Option<Range<usize>> {
        let newest = self.bounds.partition_point(|bound| view.value(bound.lit) == Some(true)) - 1;
        let beyond = self.bounds.partition_point(|bound| view.value(bound.lit) != Some(false));
        (beyond - newest > 1).then_some(newest..beyond)
    }

    /// A literal to decide on, towards the cheapest of the open segments.
    pub(super) fn proposal(&self, open: &Range<usize>, view: &View<'_>) -> Option<Lit> {
        let chosen = |segment: usize| self.bounds[segment].chosen;
        let best = open
            .clone()
            .filter(|segment| chosen(*segment).is_none_or(|chosen| view.value(chosen) != Some(false)))
            .min_by_key(|segment| self.ranks[self.bounds[*segment].candidate])?;
        chosen(best)
            .or_else(|| (best > open.start).then(|| self.bounds[best].lit))
            .or_else(|| self.bounds.get(best + 1).map(|older| !older.lit))
            .filter(|lit| view.value(*lit).is_none())
    }
}

impl Encoding {
    /// "In the stack, at this candidate or an older one"; `None` when there is no such candidate.
    pub(super) fn bound(&mut self, number: usize, candidate: usize) -> Option<Lit> {
        let domain = &self.packages[number];
        let place = match domain.bounds.binary_search_by_key(&candidate, |bound| bound.candidate) {
            Ok(place) => return Some(domain.bounds[place].lit),
            Err(_) if candidate >= domain.candidates => return None,
            Err(place) => place,
        };
        let newer = domain.bounds[place - 1].lit;
        let older = domain.bounds.get(place).map(|bound| bound.lit);
        let lit = self.owned(number);
        self.solver.add(&[!lit, newer]);
        if let Some(older) = older {
            self.solver.add(&[!older, lit]);
        }
        let bounds = &mut self.packages[number].bounds;
        bounds[place - 1].chosen = None;
        bounds.insert(place, Bound { candidate, lit, chosen: None });
        Some(lit)
    }

    /// "This segment is chosen."
    pub(super) fn segment(&mut self, number: usize, segment: usize) -> Lit {
        let Bound { lit: newer, chosen, .. } = self.packages[number].bounds[segment];
        if let Some(chosen) = chosen {
            return chosen;
        }
        let older = self.packages[number].bounds.get(segment + 1).map(|bound| bound.lit);
        let chosen = self.owned(number);
        self.solver.add(&[!chosen, newer]);
        let mut or_else = vec![!newer, chosen];
        if let Some(older) = older {
            self.solver.add(&[!chosen, !older]);
            or_else.push(older);
        }
        self.solver.add(&or_else);
        self.packages[number].bounds[segment].chosen = Some(chosen);
        chosen
    }

    /// "This candidate is chosen." From now on it is a segment of its own.
    pub(in crate::search) fn choice(&mut self, number: usize, candidate: usize) -> Lit {
        self.bound(number, candidate);
        self.bound(number, candidate + 1);
        self.segment(number, self.packages[number].segment(candidate))
    }

    /// Literals that make a clause say: when the package is in the stack, it is not at one of these candidates.
    pub(super) fn outside(&mut self, number: usize, candidates: Range<usize>) -> Vec<Lit> {
        let newer = self.bound(number, candidates.start).map(|lit| !lit);
        let older = self.bound(number, candidates.end);
        newer.into_iter().chain(older).collect()
    }

    /// The segments that nobody has read and that may still be chosen.
    pub(super) fn unread(&self, number: usize, read: impl Fn(usize) -> bool) -> Vec<usize> {
        let domain = &self.packages[number];
        let open = |segment: &usize| !domain.is_out(*segment, &self.solver);
        let unread = |segment: &usize| domain.candidates(*segment).any(|candidate| !read(candidate));
        domain.segments().filter(open).filter(unread).collect()
    }

    /// The candidate of a package that the last model chooses.
    pub(in crate::search) fn chosen(&self, number: usize) -> Option<usize> {
        self.packages[number].chosen(&self.solver)
    }

    /// Whether a candidate is in no stack at all, as far as propagation shows.
    pub(in crate::search) fn is_out(&self, number: usize, candidate: usize) -> bool {
        let domain = &self.packages[number];
        domain.is_out(domain.segment(candidate), &self.solver)
    }

    /// Assumptions that ask for a candidate which ties prefer to `candidate`, if there may be any: a newer one, or an older
    /// one where the oldest is wanted.
    pub(in crate::search) fn any_better(&mut self, number: usize, candidate: usize) -> Option<[Lit; 2]> {
        self.choice(number, candidate);
        let domain = &self.packages[number];
        let at = domain.segment(candidate);
        let mut preferred = if domain.lowest { at + 1..domain.bounds.len() } else { 0..at };
        if preferred.all(|segment| domain.is_out(segment, &self.solver)) {
            return None;
        }
        let better = if domain.lowest { domain.bounds[at + 1].lit } else { !domain.bounds[at].lit };
        Some([domain.present(), better])
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, str::FromStr};

    use packaging::{PackageName, Version, VersionSpecifiers};

    use super::*;
    use crate::{
        catalogue::{Catalogue, Package},
        objective::{Direction, Level, Objective, Recommendation, distance},
        rule::Rules,
        search::Problem,
    };

    fn candidates(objective: &Objective) -> Vec<Candidate> {
        let version = |number: usize| Version::from_str(&number.to_string()).expect("a number is a version");
        let candidate = |newer: usize| Candidate {
            version: version(1000 - newer),
            cost: objective.cost(Level::Freshness, distance(newer)),
            yanked: None,
            vulnerabilities: Vec::new(),
            listed: Vec::new(),
            url: None,
        };
        (0..1000).map(candidate).collect()
    }

    #[test]
    fn a_thousand_releases_have_few_literals_and_each_can_be_told_apart() {
        for (direction, stands) in [(Direction::Highest, 8), (Direction::Lowest, 15)] {
            let objective = Objective::new(Recommendation::Stable, direction);
            let mut catalogue = Catalogue::default();
            let name = PackageName::from_str("old").expect("a name");
            catalogue.load(Package { candidates: candidates(&objective), ..Package::empty(name) });
            let wants = Vec::new();
            let problem = Problem {
                wants,
                constraints: Vec::new(),
                overrides: BTreeMap::new(),
                objective,
                rules: Rules::default(),
            };
            let mut encoding = Encoding::default();
            encoding.load(&problem, &catalogue, 0);
            assert!(encoding.solver.variables() < 20, "{:?}", encoding.solver);

            // Nine and older cost as much as eight: one of them stands for those until one is asked for.
            let below = VersionSpecifiers::from_str("<=992").expect("a bound");
            let wanted = encoding.requirement(&catalogue, 0, &below);
            encoding.solver.add(&[wanted]);
            assert_eq!(encoding.optimise(&mut || false), crate::sat::Verdict::Satisfiable);
            assert_eq!(encoding.chosen(0), Some(stands));
            let exactly = encoding.choice(0, 11);
            assert_eq!(encoding.solve(&[exactly], &mut || false), crate::sat::Verdict::Satisfiable);
            assert_eq!(encoding.chosen(0), Some(11));
            assert!(encoding.is_out(0, 7) && !encoding.is_out(0, 12));
        }
    }
}
