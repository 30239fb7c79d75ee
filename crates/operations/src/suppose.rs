//! Supposing a requirement: what stack there would be, and how it compares with the chosen one.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{Finding, Ignores};
use packaging::{ExtraName, Origin, PackageName, Version, VersionSpecifiers};
use resolution::{
    Level, Search, Stack,
    catalogue::{Candidate, Exclusion, ExclusionKind, Package, Want},
    graph,
    outcome::{Change, Reason, Verdict},
    relaxation::Relaxation,
    releases::Releases,
    sieve::Sieve,
    why::{Comparison, SUPPOSED, Supposed, Vulnerable},
};

use crate::{
    advise::{
        decide::{Decided, decide_as},
        relax::Relaxer,
        telling::Teller,
    },
    error::AdviseError,
    inquiry::Inquiry,
};

/// A requirement that is supposed.
pub(crate) struct Supposition {
    pub(crate) package: PackageName,
    pub(crate) extras: Vec<ExtraName>,
    pub(crate) specifiers: VersionSpecifiers,
    /// The same as text.
    pub(crate) text: String,
}

impl Inquiry<'_, '_> {
    /// Decides once more with a requirement supposed.
    ///
    /// What releases cost is the same as without it: required by the project it would count as a direct dependency, and its
    /// bounds would change how far behind a release is. With `helped` it is looked for what would help where no stack has it.
    pub(crate) async fn suppose(
        &mut self,
        supposed: &Supposition,
        helped: bool,
    ) -> Result<(Decided, Supposed), AdviseError> {
        let (case, setting) = (&self.question.case, &self.question.setting);
        let mut problem = case.problem.clone();
        let want = Want {
            package: supposed.package.clone(),
            extras: supposed.extras.clone(),
            specifiers: supposed.specifiers.clone(),
            origin: Origin::file(SUPPOSED),
            text: supposed.text.clone(),
            archive: false,
        };
        if problem.overrides.contains_key(&supposed.package) {
            // An override takes the place of requirements and not of constraints.
            problem.constraints.push(want.clone());
        }
        problem.wants.push(want.clone());
        let decided = decide_as(case, problem.clone(), self.gather, self.world.progress).await?.proved()?;
        let found = match &decided.end {
            Err(conflict) => {
                let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
                let (search, policy, gather) = (&decided.search, &case.policy, &*self.gather);
                let teller = Teller { search, policy, sieve: &sieve, gather, setting };
                let mut verdict = Verdict::Impossible(teller.explanation(conflict));
                if helped {
                    let mut question = self.question.clone();
                    question.case.problem = problem;
                    question.declared.iter_mut().for_each(|declared| declared.suppose(want.clone()));
                    let relaxer = Relaxer::new(&question, self.gather, self.world.progress);
                    relaxer.look_into(&mut verdict, Some(&decided)).await;
                }
                let Verdict::Impossible(mut explanation) = verdict else {
                    return Err(AdviseError::Bug("a conflict that came to nothing".to_string()));
                };
                // To ask for something else is no help.
                explanation.help.remedies.retain(|remedy| !remedy.relaxations.iter().any(is_supposed));
                Supposed::Impossible(explanation)
            }
            Ok(stack) => {
                let levels = |stack: &Stack| case.policy.objective.amounts(&stack.cost);
                let levels = levels(self.stack).into_iter().zip(levels(stack));
                let levels = levels.map(|((level, one), (_, other))| (level, one, other)).collect();
                let version = stack.version(&supposed.package).cloned();
                Supposed::Possible {
                    version: version.ok_or_else(|| {
                        AdviseError::Usage(format!(
                            "`{}` cannot be supposed: an override of the project drops every requirement on it",
                            supposed.package
                        ))
                    })?,
                    comparison: compare(
                        (&self.decided.search, self.stack),
                        (&decided.search, stack),
                        &case.policy.ignores,
                        levels,
                    ),
                }
            }
        };
        Ok((decided, found))
    }

    /// The releases of a package that `asked` is true of and that cannot be used, by what leaves them out.
    pub(crate) fn left_out(&self, search: &Search, package: &Package, asked: &dyn Fn(&Version) -> bool) -> Vec<Reason> {
        let (case, setting) = (&self.question.case, &self.question.setting);
        let sieve = Sieve::new(&case.environment, &case.policy, &case.problem);
        let teller = Teller { search, policy: &case.policy, sieve: &sieve, gather: self.gather, setting };
        let mut all: Vec<(&Version, Option<Exclusion>)> =
            package.excluded.iter().map(|one| (&one.version, Some(one.why.clone()))).collect();
        all.extend(package.candidates.iter().map(|one| (&one.version, why_unusable(search, package, one))));
        all.retain(|(version, _)| asked(version));
        all.sort_by(|one, other| other.0.cmp(one.0));
        let mut kinds: Vec<ExclusionKind> = Vec::new();
        for kind in all.iter().filter_map(|(_, why)| why.as_ref().map(Exclusion::kind)) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let reason = |kind: ExclusionKind| {
            let is = |why: &Option<Exclusion>| why.as_ref().is_some_and(|why| why.kind() == kind);
            let details = all.iter().filter(|(_, why)| is(why)).filter_map(|(_, why)| why.as_ref()?.detail());
            Reason::Excluded {
                package: package.name.clone(),
                kind,
                releases: Releases {
                    all: false,
                    ..Releases::among(all.iter().map(|(v, why)| ((*v).clone(), is(why))))
                },
                details: details.collect(),
                filter: teller.filter(kind),
            }
        };
        kinds.into_iter().map(reason).collect()
    }
}

/// Whether what gives is the supposition itself.
fn is_supposed(relaxation: &Relaxation) -> bool {
    match relaxation {
        Relaxation::Bound { written, .. } | Relaxation::Extra { written, .. } | Relaxation::Dropped { written } => {
            written.origin.file == SUPPOSED
        }
        _ => false,
    }
}

/// Why a candidate is out of the question unless something asks for that very release, as far as it was looked at.
pub(crate) fn why_unusable(search: &Search, package: &Package, candidate: &Candidate) -> Option<Exclusion> {
    if search.problem().must_be_pinned(&package.name, candidate) {
        return Some(Exclusion::Yanked(candidate.yanked.clone().flatten()));
    }
    search.catalogue().requires(&package.name, &candidate.version)?.as_ref().err().cloned()
}

/// How a stack differs from another one; `levels` is what both cost.
pub(crate) fn compare(
    (search, stack): (&Search, &Stack),
    (other_search, other): (&Search, &Stack),
    ignores: &Ignores,
    levels: Vec<(Level, i64, i64)>,
) -> Comparison {
    let found = |search: &Search, stack: &Stack| -> BTreeMap<PackageName, (Version, Vec<Finding>)> {
        let release = |one: &resolution::search::StackRelease| {
            (one.name.clone(), (one.version.clone(), graph::findings(search, one, ignores)))
        };
        stack.releases.iter().map(release).collect()
    };
    let (first, second) = (found(search, stack), found(other_search, other));
    let none = Vec::new();
    let without = |findings: &[Finding], others: &[Finding]| -> Vec<Finding> {
        let has = |one: &Finding| others.iter().any(|other| other.vulnerability.id == one.vulnerability.id);
        findings.iter().filter(|one| !has(one)).cloned().collect()
    };
    let mut comparison = Comparison { levels, changes: Vec::new(), brings: Vec::new() };
    for name in first.keys().chain(second.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (first.get(name), second.get(name));
        let version = |one: Option<&(Version, Vec<Finding>)>| one.map(|(version, _)| version.clone());
        if version(before) == version(after) {
            continue;
        }
        let findings =
            |one: Option<&(Version, Vec<Finding>)>| one.map_or(none.clone(), |(_, findings)| findings.clone());
        let (old, new) = (findings(before), findings(after));
        comparison.changes.push(Change {
            name: name.clone(),
            before: version(before),
            after: version(after),
            fixes: without(&old, &new).into_iter().map(|one| one.vulnerability.id).collect(),
            step_back: None,
        });
        let brought = without(&new, &old);
        if let (Some(version), false) = (version(after), brought.is_empty()) {
            comparison.brings.push(Vulnerable { name: name.clone(), version, findings: brought });
        }
    }
    comparison
}
