//! Releases that are there for want of another: pre-releases that nobody asked for, and yanked ones that another release pins.

use crate::{
    cost::Cost,
    objective::Level,
    pipeline::{
        unit::{Kind, Part, Run, Unit},
        weighing::Weighing,
    },
};

pub(crate) const UNIT: Unit = Unit {
    name: "LastResortStep",
    kind: Kind::Step,
    part: Part::Always,
    parameters: &[],
    here: "Pre-releases that nobody asked for and yanked releases that another one pins cost a level above all others.",
    run: Run::Step(step),
};

fn step(weighing: &Weighing<'_>, costs: &mut [Cost]) {
    for (cost, last_resort) in costs.iter_mut().zip(&weighing.last_resort) {
        *cost += weighing.policy.objective.cost(Level::LastResort, u32::from(*last_resort));
    }
}
