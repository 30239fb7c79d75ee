//! Releases that a question is about doing without: `Policy::avoid` names the vulnerabilities.

use crate::{
    catalogue::Exclusion,
    pipeline::{
        unit::{Kind, Part, Run, Settings, Sift, Unit},
        weighing::Release,
    },
};

pub(crate) const UNIT: Unit = Unit {
    name: "RemainingSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "To tell why a vulnerability remains, the case is decided once more with the releases it affects left out. It never decides what is locked.",
    run: Run::Sieve(Sift::Release(sift)),
};

fn sift(release: &Release<'_>, _: &Settings) -> Option<Exclusion> {
    let avoid = release.policy.avoid.get(release.package)?;
    let avoided = release.affecting.iter().filter(|one| avoid.contains(&one.id));
    let ids: Vec<String> = avoided.map(|one| one.id.clone()).collect();
    (!ids.is_empty()).then_some(Exclusion::Avoided(ids))
}
