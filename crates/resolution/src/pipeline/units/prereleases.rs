//! Pre-releases where the project or the user admits none.

use packaging::{Operator, VersionSpecifiers};

use crate::{
    catalogue::{Candidate, Excluded, Exclusion, Package},
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
    policy::{Policy, Prereleases},
    search::Problem,
};

pub(crate) const UNIT: Unit = Unit {
    name: "CutPreReleasesSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "Pre-releases that nobody asks for are left out, or are a last resort, as `--prerelease` says. A package takes part with its pre-releases where the project's own requirement names one.",
    run: Run::Sieve(Sift::Package(sift)),
};

fn sift(policy: &Policy, problem: &Problem, package: &mut Package) {
    let is_last_resort = matches!(policy.prereleases, Prereleases::IfNecessary | Prereleases::IfNecessaryOrExplicit);
    if is_last_resort || are_free(policy, problem, package) {
        return;
    }
    let (kept, out): (Vec<_>, Vec<_>) = std::mem::take(&mut package.candidates).into_iter().partition(is_final);
    package.candidates = kept;
    let out = out.into_iter().map(|candidate| Excluded { version: candidate.version, why: Exclusion::Prerelease });
    package.excluded.extend(out);
    package.excluded.sort_by(|one, other| other.version.cmp(&one.version));
}

/// Whether pre-releases of a package are chosen like other releases.
pub(crate) fn are_free(policy: &Policy, problem: &Problem, package: &Package) -> bool {
    let is_asked_for = || problem.bounds(&package.name).iter().any(|bound| asks_prerelease(bound));
    // A final release that is left out to see what that takes would still be there for everybody else.
    let left_out = |one: &Excluded| matches!(one.why, Exclusion::Avoided(_)) && !one.version.any_prerelease();
    let has_finals = || {
        package.candidates.iter().any(|candidate| is_final(candidate) && candidate.yanked.is_none())
            || package.excluded.iter().any(left_out)
    };
    match policy.prereleases {
        Prereleases::Allow => true,
        Prereleases::Disallow => false,
        Prereleases::Explicit => is_asked_for(),
        Prereleases::IfNecessary => !has_finals(),
        Prereleases::IfNecessaryOrExplicit => is_asked_for() || !has_finals(),
    }
}

/// Whether a candidate is no pre-release; an archive that the project names is none, whatever its version.
pub(crate) fn is_final(candidate: &Candidate) -> bool {
    candidate.url.is_some() || !candidate.version.any_prerelease()
}

/// Whether specifiers ask for pre-releases by naming one as a pin or a lower bound. An upper bound such as `<3.0.dev0`
/// does the opposite: it keeps the pre-releases of the next version out.
fn asks_prerelease(specifiers: &VersionSpecifiers) -> bool {
    specifiers.iter().any(|specifier| {
        let upper = matches!(specifier.operator(), Operator::NotEqual | Operator::LessThan | Operator::LessThanEqual);
        !upper && specifier.version().any_prerelease()
    })
}
