//! Rules of experience as clauses: what must not meet, what meeting costs, and what may stand in for what.
//!
//! A rule about several packages is encoded when the last of them is loaded: until then it is absent, as a requirement that
//! was not read is. All clauses only ever forbid or cost more when a package joins a stack, so that a model with packages
//! that nothing requires is never better than the stack in it.

use std::collections::BTreeSet;

use packaging::{ExtraName, PackageName, VersionSpecifiers};

use super::{Encoding, Group, runs};
use crate::{
    catalogue::{Catalogue, Edge},
    rule::{Effect, Member, Rule},
    sat::Lit,
    search::{Problem, Want},
};

impl Encoding {
    /// Encodes the rules of which a package that was just loaded is the last one.
    pub(super) fn rules(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        for (position, rule) in problem.rules.about(&catalogue.packages[number].name) {
            if rule.is_about_several() {
                self.rule(problem, catalogue, position, rule);
            }
        }
    }

    fn rule(&mut self, problem: &Problem, catalogue: &Catalogue, position: usize, rule: &Rule) {
        let loaded =
            |member: &Member| catalogue.number(member.package.as_ref()?).filter(|number| *number < self.packages.len());
        let numbers: Option<Vec<usize>> = rule.members().iter().map(loaded).collect();
        let Some(numbers) = numbers else { return };
        let marked = rule.members().iter().zip(&numbers);
        let together: Vec<(usize, Vec<bool>)> =
            marked.map(|(member, number)| (*number, member.marked(&catalogue.packages[*number]))).collect();
        match &rule.effect {
            Effect::Forbid(_) => {
                let clause = self.apart(&together);
                self.add(Group::Rule(position), clause);
            }
            // Costs are no matter of whether there is a stack.
            Effect::Points { level, points, .. } if self.switches.is_none() => {
                let cost = problem.objective.cost(*level, points.unsigned_abs());
                if cost > crate::cost::Cost::ZERO {
                    let paid = self.owned(numbers[0]);
                    match points {
                        1.. => {
                            let mut clause = self.apart(&together);
                            clause.push(paid);
                            self.solver.add(&clause);
                        }
                        _ => self.unless_together(&together, paid),
                    }
                    self.optimum.soften(paid, cost);
                }
            }
            _ => {}
        }
    }

    /// Literals of which one holds when one of these packages is at none of the candidates marked.
    pub(super) fn apart(&mut self, together: &[(usize, Vec<bool>)]) -> Vec<Lit> {
        let mut clause = Vec::new();
        for (number, marked) in together {
            let there = self.owned(*number);
            for run in runs(marked, |marked| *marked) {
                let mut unless = self.outside(*number, run);
                unless.push(there);
                self.solver.add(&unless);
            }
            clause.push(!there);
        }
        clause
    }

    /// Makes `paid` hold when all of these packages are in the stack and one is at none of the candidates marked.
    fn unless_together(&mut self, together: &[(usize, Vec<bool>)], paid: Lit) {
        let present: Vec<Lit> = together.iter().map(|(number, _)| !self.packages[*number].present()).collect();
        for (number, marked) in together {
            for run in runs(marked, |marked| !marked) {
                let mut clause = self.outside(*number, run);
                clause.extend(&present);
                clause.push(paid);
                self.solver.add(&clause);
            }
        }
    }

    /// Encodes the requirements of the project of which a package that was just loaded is the last one that could meet it.
    pub(super) fn wants(&mut self, problem: &Problem, catalogue: &Catalogue, number: usize) {
        for (position, want) in problem.standing() {
            let could = std::iter::once(&want.package).chain(problem.rules.stand_ins(&want.package, &want.extras));
            let numbers: Option<Vec<usize>> = could.map(|one| catalogue.number(one)).collect();
            if numbers.is_some_and(|numbers| numbers.iter().max() == Some(&number)) {
                self.want(problem, catalogue, position, want);
            }
        }
    }

    fn want(&mut self, problem: &Problem, catalogue: &Catalogue, position: usize, want: &Want) {
        let group = Group::Want(position);
        let Some(number) = catalogue.number(&want.package) else { return };
        let meets = self.meeting(problem, catalogue, (&want.package, &want.extras), &want.specifiers);
        self.add(group, meets.into_iter().map(|(_, lit)| lit).collect());
        for extra in &want.extras {
            let active = self.extra(number, extra);
            self.add(group, vec![active]);
        }
    }

    /// What meets a requirement, each package with a literal that says that it does, in the order of preference. All of them
    /// are loaded.
    pub(in crate::search) fn meeting(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        (package, extras): (&PackageName, &[ExtraName]),
        specifiers: &VersionSpecifiers,
    ) -> Vec<(usize, Lit)> {
        let Some(number) = catalogue.number(package) else { return Vec::new() };
        let specifiers = problem.own(package, specifiers);
        let mut meets = vec![(number, self.requirement(catalogue, number, &specifiers))];
        if !problem.rules.stand_ins(package, extras).is_empty() {
            let standing = problem.rules.standing_in(catalogue, &catalogue.packages[number], &specifiers);
            for (other, marked) in standing {
                let key = (number, format!("{specifiers} by {}", catalogue.packages[other].name));
                let lit = match self.requirements.get(&key) {
                    Some(lit) => *lit,
                    None => self.among(other, &marked),
                };
                self.requirements.insert(key, lit);
                meets.push((other, lit));
            }
        }
        meets
    }

    /// A literal that puts a package into the stack at one of the candidates marked.
    pub(super) fn among(&mut self, number: usize, marked: &[bool]) -> Lit {
        let lit = self.owned(number);
        let present = self.packages[number].present();
        self.solver.add(&[!lit, present]);
        for refused in runs(marked, |marked| !marked) {
            let mut clause = self.outside(number, refused);
            clause.retain(|other| *other != !present);
            clause.push(!lit);
            self.solver.add(&clause);
        }
        lit
    }

    /// Literals of which one holds when one of these packages is in the stack to meet a requirement that another package could
    /// meet as well: one of the project, or one of a release that `founds`.
    pub(super) fn met_by_choice(
        &mut self,
        problem: &Problem,
        catalogue: &Catalogue,
        packages: &BTreeSet<usize>,
        founds: &dyn Fn(usize, &Edge) -> bool,
    ) -> Vec<Lit> {
        let has_choice =
            |package: &PackageName, extras: &[ExtraName]| !problem.rules.stand_ins(package, extras).is_empty();
        let mut met = Vec::new();
        for (_, want) in problem.standing().filter(|(_, want)| has_choice(&want.package, &want.extras)) {
            let meets = problem.meeting(catalogue, &want.package, &want.specifiers);
            met.extend(packages.iter().filter_map(|by| self.met(None, &meets, *by)));
        }
        for (&(parent, candidate), read) in &catalogue.read {
            let Ok(requires) = read else { continue };
            let edges = requires.edges.iter().filter(|edge| founds(parent, edge));
            for edge in edges.filter(|edge| has_choice(&edge.package, &edge.extras)) {
                let applies = self.applies((parent, candidate), edge);
                let meets = problem.meeting(catalogue, &edge.package, &edge.specifiers);
                met.extend(packages.iter().filter_map(|by| self.met(Some(applies), &meets, *by)));
            }
        }
        met
    }

    /// A literal that holds only when a requirement applies and is met by this package: those that are preferred do not meet
    /// it. `None` when the package cannot.
    fn met(&mut self, applies: Option<Lit>, meets: &[(usize, Vec<bool>)], by: usize) -> Option<Lit> {
        let place = meets.iter().position(|(other, _)| *other == by)?;
        let (before, [(_, marked), ..]) = meets.split_at(place) else { return None };
        let lit = self.among(by, marked);
        if let Some(applies) = applies {
            self.solver.add(&[!lit, applies]);
        }
        for (preferred, marked) in before {
            for run in runs(marked, |marked| *marked) {
                let mut clause = self.outside(*preferred, run);
                clause.push(!lit);
                self.solver.add(&clause);
            }
        }
        Some(lit)
    }
}

impl Problem {
    /// The loaded packages that could meet a requirement without extras, each with its candidates that do, in the order of
    /// preference.
    fn meeting(
        &self,
        catalogue: &Catalogue,
        package: &PackageName,
        specifiers: &VersionSpecifiers,
    ) -> Vec<(usize, Vec<bool>)> {
        let Some(number) = catalogue.number(package) else { return Vec::new() };
        let specifiers = self.own(package, specifiers);
        let package = &catalogue.packages[number];
        let accepted = package.candidates.iter().map(|one| specifiers.contains(&one.version)).collect();
        let mut meets = vec![(number, accepted)];
        meets.extend(self.rules.standing_in(catalogue, package, &specifiers));
        meets
    }
}
