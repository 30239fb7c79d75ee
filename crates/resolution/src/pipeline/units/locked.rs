//! What is different from the existing lock.

use crate::{
    cost::Cost,
    objective::Level,
    pipeline::{
        unit::{Kind, Part, Run, Unit},
        weighing::Weighing,
    },
};

pub(crate) const UNIT: Unit = Unit {
    name: "LockedStep",
    kind: Kind::Step,
    part: Part::Usual,
    parameters: &[],
    here: "A release that the existing lock does not have costs on the level of change, unless `--upgrade` gives its package up.",
    run: Run::Step(step),
};

fn step(weighing: &Weighing<'_>, costs: &mut [Cost]) {
    let locked = &weighing.policy.locked;
    if locked.is_empty() {
        return;
    }
    let kept = locked.get(&weighing.package.name);
    for (candidate, cost) in weighing.package.candidates.iter().zip(costs) {
        let is_changed = kept != Some(&candidate.version);
        *cost += weighing.policy.objective.cost(Level::Change, u32::from(is_changed));
    }
}
