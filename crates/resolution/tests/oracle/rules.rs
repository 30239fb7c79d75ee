//! Random rules of experience over the toy universes, in the terms of the search and of the definition.

use packaging::{Origin, Version};
use proptest::prelude::*;
use resolution::{
    Level, Recommendation,
    rule::{Effect, Member, Rule},
};

use crate::{
    cases,
    definition::{Demand, Experience, Named},
    drive::told,
    toy::{PACKAGES, Universe, name, range, universe},
};

/// Releases: package, least and most version.
type Some = (usize, u32, u32);

#[derive(Clone, Debug)]
pub(crate) enum Ruling {
    Forbid(Vec<Some>),
    Points(Vec<Some>, bool, i32),
    Drop(usize, Option<Vec<Some>>),
    Add(Some, Some),
    Alias(Some, Some, bool),
}

fn some() -> impl Strategy<Value = Some> {
    (0..PACKAGES, range()).prop_map(|(package, (lo, hi))| (package, lo, hi))
}

fn ruling() -> impl Strategy<Value = Ruling> {
    let several = || prop::collection::vec(some(), 2..4);
    prop_oneof![
        3 => several().prop_map(Ruling::Forbid),
        3 => (several(), any::<bool>(), prop::sample::select(vec![-20, -10, -3, 3, 10, 20]))
            .prop_map(|(members, performance, points)| Ruling::Points(members, performance, points)),
        1 => (0..PACKAGES, prop::option::weighted(0.8, prop::collection::vec(some(), 1..3)))
            .prop_map(|(package, from)| Ruling::Drop(package, from)),
        1 => (some(), some()).prop_map(|(to, what)| Ruling::Add(to, what)),
        2 => (some(), some(), any::<bool>()).prop_map(|(of, by, same)| Ruling::Alias(of, by, same)),
    ]
}

pub(crate) fn ruled() -> impl Strategy<Value = Universe> {
    (universe(), prop::collection::vec(ruling(), 1..4)).prop_map(|(mut universe, rules)| {
        universe.rules = rules;
        universe
    })
}

impl Universe {
    fn member(&self, (package, lo, hi): Some) -> Member {
        Member::new(name(package), self.specifiers(package, lo, hi))
    }

    fn members(&self, some: &[Some]) -> Vec<Member> {
        some.iter().map(|one| self.member(*one)).collect()
    }

    pub(crate) fn rule(&self, ruling: &Ruling) -> Rule {
        let effect = match ruling {
            Ruling::Forbid(members) => Effect::Forbid(self.members(members)),
            Ruling::Points(members, performance, points) => Effect::Points {
                members: self.members(members),
                level: if *performance { Level::Performance } else { Level::Quality },
                points: *points,
            },
            Ruling::Drop(package, from) => {
                Effect::Drop { package: name(*package), from: from.as_ref().map(|from| self.members(from)) }
            }
            Ruling::Add(to, (package, lo, hi)) => Effect::Add {
                to: self.member(*to),
                package: name(*package),
                specifiers: self.specifiers(*package, *lo, *hi),
            },
            Ruling::Alias(of, by, same) => {
                Effect::Alias { of: self.member(*of), by: self.member(*by), same_version: *same }
            }
        };
        Rule { name: "toy".to_string(), origin: Origin::file("toy"), own: true, reason: String::new(), effect }
    }

    fn named(&self, (package, lo, hi): Some) -> Named {
        let specifiers = self.specifiers(package, lo, hi);
        let numbers = 0..u32::try_from(self.packages[package].len()).unwrap();
        let versions: Vec<Version> = numbers.map(|number| self.version(package, number)).collect();
        (name(package), versions.into_iter().filter(|version| specifiers.contains(version)).collect())
    }

    pub(crate) fn experience(&self, ruling: &Ruling, levels: &[Level]) -> Experience {
        let all = |some: &[Some]| some.iter().map(|one| self.named(*one)).collect::<Vec<_>>();
        match ruling {
            Ruling::Forbid(members) => Experience::Forbid(all(members)),
            Ruling::Points(members, performance, points) => {
                let level = if *performance { Level::Performance } else { Level::Quality };
                let lost = levels.iter().map(|one| if *one == level { i64::from(points.abs()) } else { 0 }).collect();
                if *points > 0 { Experience::Lose(all(members), lost) } else { Experience::Gain(all(members), lost) }
            }
            Ruling::Drop(package, from) => Experience::Drop(name(*package), from.as_ref().map(|from| all(from))),
            Ruling::Add(to, (package, lo, hi)) => Experience::Add(
                self.named(*to),
                Demand {
                    package: name(*package),
                    extras: std::collections::BTreeSet::new(),
                    specifiers: self.specifiers(*package, *lo, *hi),
                },
            ),
            Ruling::Alias(of, by, same) => Experience::Alias(self.named(*of), self.named(*by), *same),
        }
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn rules_of_all_shapes_decide_as_brute_force_says(universe in ruled()) {
        for recommendation in [Recommendation::Stable, Recommendation::Latest, Recommendation::Performance] {
            let problem = universe.problem(recommendation);
            let found = universe.search(recommendation).map(|stack| told(&problem, stack));
            prop_assert_eq!(found, universe.world(recommendation).best());
        }
    }
}
