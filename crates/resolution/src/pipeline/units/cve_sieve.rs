//! Releases with a vulnerability, where none is to be had whatever it takes.

use evidence::Kind as Evidence;

use crate::{
    catalogue::Exclusion,
    pipeline::{
        unit::{Kind, Parameter, Part, Run, Settings, Sift, Unit},
        weighing::Release,
    },
};

pub(crate) const UNIT: Unit = Unit {
    name: "CveSieve",
    kind: Kind::Sieve,
    part: Part::OnRequest,
    parameters: &[Parameter {
        name: "minimum",
        usual: 0,
        most: 100,
        what: "the least CVSS base score x 10 for which a release is left out",
    }],
    here: "Vulnerable releases are left out; where no stack does without, there is none. Without it none is chosen that can be done without, and one that cannot is told with what would help.",
    run: Run::Sieve(Sift::Release(sift)),
};

fn sift(release: &Release<'_>, settings: &Settings) -> Option<Exclusion> {
    let policy = release.policy;
    let minimum = settings.number("minimum");
    let flaws = release.affecting.iter().filter(|one| one.kind == Evidence::Flaw && policy.score(one) >= minimum);
    let ids: Vec<String> =
        flaws.filter(|one| policy.ignores.matching(one).is_none()).map(|one| one.id.clone()).collect();
    (!ids.is_empty()).then_some(Exclusion::Avoided(ids))
}
