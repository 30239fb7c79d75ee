//! What vulnerabilities cost.

use evidence::{Kind as Evidence, Vulnerability};

use crate::{
    cost::Cost,
    objective::Level,
    pipeline::{
        unit::{Kind, Parameter, Part, Run, Unit},
        weighing::Weighing,
    },
    policy,
};

/// The parameter that becomes `Policy::unscored`, by which vulnerabilities are ordered in reports, too.
pub(crate) const UNSCORED: &str = "unscored";

pub(crate) const UNIT: Unit = Unit {
    name: "CvePenalizationStep",
    kind: Kind::Step,
    part: Part::Weighing,
    parameters: &[Parameter {
        name: UNSCORED,
        usual: policy::UNSCORED,
        most: 100,
        what: "what a vulnerability counts that nobody scored: CVSS base score x 10",
    }],
    here: "Vulnerabilities known to be exploited are a level of their own, and so is exposure: the sum of CVSS base scores, not a count, and no sum saturates. The score of `--format thoth-json` still follows the original's formula.",
    run: Run::Step(step),
};

fn step(weighing: &Weighing<'_>, costs: &mut [Cost]) {
    let (policy, objective) = (weighing.policy, &weighing.policy.objective);
    let cost = |one: &Vulnerability| match one.kind {
        Evidence::Flaw if policy.ignores.matching(one).is_none() => {
            objective.cost(Level::Exploited, u32::from(one.is_exploited()))
                + objective.cost(Level::Exposure, policy.score(one))
        }
        _ => Cost::ZERO,
    };
    let all = weighing.package.advisories.iter().flat_map(|advisories| &advisories.vulnerabilities);
    let by_place: Vec<Cost> = all.map(cost).collect();
    for (candidate, sum) in weighing.package.candidates.iter().zip(costs) {
        for place in &candidate.vulnerabilities {
            *sum += by_place.get(*place).copied().unwrap_or(Cost::ZERO);
        }
    }
}
