//! What fresher stacks there are, and what they cost in exposure: `--alternatives`.

use evidence::{Finding, Kind};
use resolution::{
    Level, Objective, Search, Stack,
    cost::Cost,
    front::{Alternatives, Front, Risk, risk},
    graph,
    sieve::Sieve,
};

use super::{
    decide::{Decided, drive},
    gather::Gather,
    question::{Case, Question},
};
use crate::{error::AdviseError, progress::Progress, suppose::compare};

/// How many stacks are decided at most; a front may have more points than there are releases.
pub(crate) const MOST_DECISIONS: usize = 64;

/// Finds the stacks of which none is both fresher and less exposed than another, and tells how they differ from the chosen
/// one: `most` of them, spread over the front.
pub(super) async fn alternatives(
    question: &Question,
    (decided, chosen): (&Decided, &Stack),
    most: usize,
    gather: &mut Gather<'_>,
    progress: &dyn Progress,
) -> Result<Alternatives, AdviseError> {
    let case = &question.case;
    let fresh = freshest(case);
    let sieve = Sieve::new(&fresh.environment, &fresh.policy, &fresh.problem);
    let of_chosen = measured(&decided.search, chosen, &case.problem.objective, &sieve);
    let counts = case.problem.objective.levels().contains(&Level::Exposure);
    // No stack is less exposed than one chosen for that.
    let least = if counts { Risk { exploited: of_chosen[0].1, exposure: of_chosen[1].1 } } else { Risk::default() };
    let mut front = Front::new(least, MOST_DECISIONS);
    let mut search = Search::new(fresh.problem.clone());
    gather.restart();
    loop {
        match drive(&mut search, &sieve, gather, progress).await?.0 {
            Ok(stack) => {
                if !front.take(&mut search, stack) {
                    break;
                }
            }
            Err(_) => {
                front.exhausted();
                break;
            }
        }
    }
    let complete = front.is_complete();
    let mut points = Vec::new();
    // The least exposed first, as the chosen one is.
    for stack in front.into_points().iter().rev() {
        let of_point = levels(&fresh.problem.objective, &stack.cost);
        if of_point == of_chosen {
            continue;
        }
        let levels = of_chosen.iter().zip(of_point).map(|((level, one), (_, other))| (*level, *one, other)).collect();
        points.push(compare((&decided.search, chosen), (&search, stack), &case.policy.ignores, levels));
    }
    let found = points.len();
    let shown = spread(found, most);
    let mut place = 0;
    points.retain(|_| {
        place += 1;
        shown.contains(&(place - 1))
    });
    Ok(Alternatives { points, found, complete })
}

/// The same case with freshness before everything else.
fn freshest(case: &Case) -> Case {
    let mut fresh = case.clone();
    let objective = case.problem.objective.freshest();
    fresh.problem.objective = objective.clone();
    fresh.policy.objective = objective;
    fresh
}

/// What the front is about, by level.
fn levels(objective: &Objective, cost: &Cost) -> [(Level, i64); 4] {
    let Risk { exploited, exposure } = risk(objective, cost);
    let amounts = objective.amounts(cost);
    let amount = |level: Level| amounts.iter().find(|(one, _)| *one == level).map_or(0, |(_, amount)| *amount);
    [
        (Level::Exploited, exploited),
        (Level::Exposure, exposure),
        (Level::DirectFreshness, amount(Level::DirectFreshness)),
        (Level::Freshness, amount(Level::Freshness)),
    ]
}

/// The same of a stack, also where its objective is blind to vulnerabilities.
fn measured(search: &Search, stack: &Stack, objective: &Objective, sieve: &Sieve<'_>) -> [(Level, i64); 4] {
    let found: Vec<Finding> =
        stack.releases.iter().flat_map(|one| graph::findings(search, one, &sieve.policy.ignores)).collect();
    let counted = || found.iter().map(|one| &one.vulnerability).filter(|one| one.kind == Kind::Flaw);
    let exploited = counted().filter(|one| one.is_exploited()).count();
    let exposure: i64 = counted().map(|one| i64::from(sieve.policy.score(one))).sum();
    let [_, _, direct, transitive] = levels(objective, &stack.cost);
    let exploited = i64::try_from(exploited).unwrap_or(i64::MAX);
    [(Level::Exploited, exploited), (Level::Exposure, exposure), direct, transitive]
}

/// Of so many places `most`, the last one always, the others as evenly as can be.
fn spread(places: usize, most: usize) -> Vec<usize> {
    if places <= most {
        return (0..places).collect();
    }
    (1..=most).map(|nth| nth * places / most - 1).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn places_are_spread_evenly_and_the_last_is_among_them() {
        assert_eq!(spread(3, 5), [0, 1, 2]);
        assert_eq!(spread(10, 1), [9]);
        assert_eq!(spread(10, 3), [2, 5, 9]);
        assert_eq!(spread(0, 3), Vec::<usize>::new());
        assert_eq!(spread(3, 0), Vec::<usize>::new());
    }
}
