//! How far releases are behind the newest that could be chosen.

use crate::{
    catalogue::Candidate,
    cost::Cost,
    objective::{Level, distance},
    pipeline::{
        unit::{Kind, Part, Run, Unit},
        weighing::Weighing,
    },
};

pub(crate) const UNIT: Unit = Unit {
    name: "FreshnessStep",
    kind: Kind::Step,
    part: Part::Always,
    parameters: &[],
    here: "How many usable releases are newer costs, in growing steps, the project's own dependencies before all others; with `--resolution lowest`, how many are older.",
    run: Run::Step(step),
};

fn step(weighing: &Weighing<'_>, costs: &mut [Cost]) {
    let Weighing { policy, problem, package, is_direct, last_resort } = weighing;
    let bounds = problem.bounds(&package.name);
    let is_admitted = |one: &Candidate| one.url.is_some() || bounds.iter().all(|bound| bound.contains(&one.version));
    let all = || package.candidates.iter().zip(last_resort);
    let counts: Vec<bool> = all().map(|(one, last_resort)| !last_resort && is_admitted(one)).collect();
    let total = counts.iter().filter(|counts| **counts).count();
    let level = if *is_direct { Level::DirectFreshness } else { Level::Freshness };
    let is_lowest = policy.objective.direction.is_lowest(*is_direct);
    let mut newer = 0;
    for ((cost, last_resort), counts) in costs.iter_mut().zip(last_resort).zip(counts) {
        let better = if is_lowest { total.saturating_sub(newer + usize::from(counts)) } else { newer };
        // A release that is only there for want of another is behind the one it would stand in for.
        let behind = distance(better).max(u32::from(*last_resort));
        *cost += policy.objective.cost(level, behind);
        newer += usize::from(counts);
    }
}
