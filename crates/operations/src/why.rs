//! `why` and `why-not`: what a package is in the stack for, and what would have to give for another release of it.

use packaging::{PackageName, Requirement, Version, VersionSpecifier, VersionSpecifiers, Wanted};
use resolution::{
    Level,
    catalogue::{Candidate, Want},
    graph::{Graph, Link},
    outcome::{Explanation, Help, Reason},
    why::{Bound, By, Mention, Presence, Supposed, There, Unless, Why, WhyNot, WhyNotFinding},
};

use crate::{
    error::AdviseError,
    inquiry::{Answer, Inquiry, inquire},
    request::Request,
    suppose::{Supposition, why_unusable},
    world::World,
};

/// How many ways to a release are told in full.
const WAYS: usize = 5;

/// Why a package is in the stack at its version, or what mentions it when it is not.
///
/// # Errors
/// When the decision cannot be made: usage, input, network or data.
pub fn why(package: &PackageName, request: &Request, world: &World<'_>) -> Result<Answer<Why>, AdviseError> {
    inquire(request, world, async |mut inquiry| {
        let graph = Graph::new(&inquiry.decided.search, inquiry.stack, &inquiry.question.case.policy.ignores);
        let presence = match graph.position(package) {
            Some(place) => Presence::There(Box::new(there(&mut inquiry, &graph, place).await?)),
            None => Presence::Absent(mentions(&inquiry, package)),
        };
        Ok(Why { package: package.clone(), graph, presence })
    })
}

/// What would have to give for a release that `requirement` accepts.
///
/// # Errors
/// When the requirement is none that can be asked about, or the decision cannot be made.
pub fn why_not(requirement: &Requirement, request: &Request, world: &World<'_>) -> Result<Answer<WhyNot>, AdviseError> {
    let Wanted::Versions(specifiers) = &requirement.wanted else {
        return Err(AdviseError::Usage(format!("`{requirement}` names an archive; ask about versions")));
    };
    if requirement.marker.try_to_string().is_some() {
        return Err(AdviseError::Usage(format!("`{requirement}` has a marker; leave it out")));
    }
    inquire(request, world, async |mut inquiry| {
        let package = &requirement.name;
        let chosen = inquiry.stack.releases.iter().find(|release| release.name == *package);
        let is_asked = |release: &&resolution::search::StackRelease| {
            specifiers.contains(&release.version) && requirement.extras.iter().all(|one| release.extras.contains(one))
        };
        let finding = match chosen.filter(is_asked) {
            Some(_) => WhyNotFinding::Chosen,
            None => supposed(&mut inquiry, requirement, specifiers).await?,
        };
        let chosen = chosen.map(|release| release.version.clone());
        Ok(WhyNot { package: package.clone(), requirement: requirement.to_string(), chosen, finding })
    })
}

async fn supposed(
    inquiry: &mut Inquiry<'_, '_>,
    requirement: &Requirement,
    specifiers: &VersionSpecifiers,
) -> Result<WhyNotFinding, AdviseError> {
    let supposition = Supposition {
        package: requirement.name.clone(),
        extras: requirement.extras.clone(),
        specifiers: specifiers.clone(),
        text: requirement.to_string(),
    };
    let (decided, found) = inquiry.suppose(&supposition, true).await?;
    let Some(package) = decided.search.catalogue().package(&requirement.name) else {
        return Ok(WhyNotFinding::Supposed(found));
    };
    let usable = |version: &Version| {
        let read = decided.search.catalogue().requires(&package.name, version);
        !matches!(read, Some(Err(_)))
    };
    let mut candidates = package.candidates.iter().map(|one| &one.version);
    let exists = !package.candidates.is_empty() || !package.excluded.is_empty();
    if !exists || candidates.any(|version| specifiers.contains(version) && usable(version)) {
        return Ok(WhyNotFinding::Supposed(found));
    }
    let objective = &inquiry.question.case.policy.objective;
    let asked_for = |one: &&Candidate| {
        objective.amounts(&one.cost).iter().all(|(level, amount)| *level != Level::LastResort || *amount == 0)
    };
    let others: Vec<&Version> =
        package.candidates.iter().filter(asked_for).map(|one| &one.version).filter(|version| usable(version)).collect();
    let asked = || specifiers.iter().map(VersionSpecifier::version);
    let newer = asked().max().and_then(|most| others.iter().rfind(|version| **version >= most));
    let older = asked().min().and_then(|least| others.iter().find(|version| **version <= least));
    let nearest: Vec<Version> = newer.into_iter().chain(older).map(|version| (*version).clone()).collect();
    let left_out = inquiry.left_out(&decided.search, package, &|version| specifiers.contains(version));
    let help = match found {
        Supposed::Impossible(explanation) => explanation.help,
        Supposed::Possible { .. } => Help::default(),
    };
    Ok(WhyNotFinding::Unusable { left_out, nearest, help })
}

async fn there(inquiry: &mut Inquiry<'_, '_>, graph: &Graph, place: usize) -> Result<There, AdviseError> {
    let node = graph.nodes.get(place).ok_or_else(|| AdviseError::Bug("a stack without its release".to_string()))?;
    let direct = graph.roots.iter().any(|root| root.to == place);
    let objective = &inquiry.question.case.policy.objective;
    let lowest = objective.direction.is_lowest(direct);
    let better = |version: &Version| if lowest { *version < node.version } else { *version > node.version };
    let search = &inquiry.decided.search;
    let package = search.catalogue().package(&node.name);
    let candidates = package.into_iter().flat_map(|package| package.candidates.iter().map(move |one| (package, one)));
    let preferred =
        candidates.filter(|(package, one)| better(&one.version) && why_unusable(search, package, one).is_none());
    let preferred: Vec<Version> = preferred.map(|(_, one)| one.version.clone()).collect();
    let mut left_out = package.map(|package| inquiry.left_out(search, package, &better)).unwrap_or_default();
    let supposed = match preferred.is_empty() {
        true => None,
        false => {
            let (bound, sign) = match lowest {
                true => (VersionSpecifier::less_than_equal_version(node.version.clone()), "<"),
                false => (VersionSpecifier::greater_than_equal_version(node.version.clone()), ">"),
            };
            // `>1.0` would leave out 1.0.post1 (PEP 440).
            let other = VersionSpecifier::not_equals_version(node.version.clone());
            let supposition = Supposition {
                package: node.name.clone(),
                extras: Vec::new(),
                specifiers: [bound, other].into_iter().collect(),
                text: format!("{}{sign}{}", node.name, node.version),
            };
            Some(inquiry.suppose(&supposition, false).await?.1)
        }
    };
    if let Some(Supposed::Impossible(explanation)) = &supposed {
        left_out.retain(|reason| !is_told(explanation, reason));
    }
    let ways = graph.ways(place, WAYS);
    let bounds = bounds(inquiry, graph, place, &preferred);
    Ok(There { place, ways, bounds, lowest, preferred, left_out, supposed })
}

/// Whether an explanation says what `reason` says of releases that are left out.
fn is_told(explanation: &Explanation, reason: &Reason) -> bool {
    let Reason::Excluded { package: of, kind: why, releases: ones, .. } = reason else { return false };
    explanation.facts.iter().any(|fact| match fact {
        Reason::Excluded { package, kind, releases, .. } => {
            (package, kind, &releases.versions) == (of, why, &ones.versions)
        }
        _ => false,
    })
}

/// Everything that says which versions of a release do.
fn bounds(inquiry: &Inquiry<'_, '_>, graph: &Graph, place: usize, preferred: &[Version]) -> Vec<Bound> {
    let Some(node) = graph.nodes.get(place) else { return Vec::new() };
    let bound = |by: By, specifiers: &VersionSpecifiers, requirement: String| {
        let admits = preferred.iter().any(|version| specifiers.contains(version));
        (!specifiers.is_empty()).then_some(Bound { by, requirement, admits })
    };
    let problem = inquiry.decided.search.problem();
    let overrides = problem.overrides.get(&node.name);
    let of_overrides = overrides
        .into_iter()
        .flatten()
        .filter_map(|one| bound(By::Override(one.origin.clone()), &one.specifiers, one.text.clone()));
    let constraints = problem.constraints.iter().filter(|one| one.package == node.name);
    let of_constraints =
        constraints.filter_map(|one| bound(By::Constraint(one.origin.clone()), &one.specifiers, one.text.clone()));
    let roots = graph.roots.iter().filter(|root| root.to == place && !root.overridden);
    let of_project =
        roots.filter_map(|root| bound(By::Project(root.origin.clone()), &root.specifiers, root.text.clone()));
    let dependents = graph.dependents();
    let links = dependents.get(place).into_iter().flatten().filter_map(|(from, link)| {
        let parent = graph.nodes.get(*from)?;
        Some((parent, parent.requires.get(*link)?))
    });
    let of_releases = links.filter(|(_, link)| !link.overridden).filter_map(|(parent, link)| {
        bound(By::Release(parent.name.clone(), parent.version.clone()), &link.specifiers, text(&node.name, link))
    });
    let mut all: Vec<Bound> = of_project.chain(of_constraints).chain(of_overrides).chain(of_releases).collect();
    // What holds the release back comes first.
    all.sort_by_key(|bound| bound.admits);
    all
}

fn text(package: &PackageName, link: &Link) -> String {
    let requirement = Requirement {
        name: package.clone(),
        extras: link.extras.clone(),
        wanted: Wanted::Versions(link.specifiers.clone()),
        marker: Default::default(),
    };
    requirement.to_string()
}

/// What requires a package that is not in the stack, under other circumstances.
fn mentions(inquiry: &Inquiry<'_, '_>, package: &PackageName) -> Vec<Mention> {
    let case = &inquiry.question.case;
    let dropped = case.problem.drops(package);
    let of_project = |want: &Want| Mention {
        by: By::Project(want.origin.clone()),
        requirement: want.text.clone(),
        unless: if dropped { Unless::Dropped } else { Unless::Environment },
    };
    let declared = inquiry.question.declared.iter();
    let elsewhere = declared.flat_map(|declared| declared.elsewhere(package, &case.environment));
    let mut mentions: Vec<Mention> = elsewhere.map(of_project).collect();
    for release in &inquiry.stack.releases {
        let learned = inquiry.gather.learned.get(&(release.name.clone(), release.version.clone()));
        let Some(metadata) = learned.and_then(|learned| learned.metadata.as_ref().ok()) else { continue };
        for requirement in metadata.requires_dist.iter().filter(|one| one.name == *package) {
            let extra = || {
                let mut extras = metadata.provides_extra.iter();
                extras.find(|extra| requirement.applies(&case.environment.markers, std::slice::from_ref(extra)))
            };
            let unless = match (dropped, extra()) {
                (true, _) => Unless::Dropped,
                (false, Some(extra)) => Unless::Extra(extra.clone()),
                (false, None) => Unless::Environment,
            };
            mentions.push(Mention {
                by: By::Release(release.name.clone(), release.version.clone()),
                requirement: requirement.to_string(),
                unless,
            });
        }
    }
    mentions
}
