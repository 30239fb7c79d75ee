//! What is told of a finished stack, by wraps and by prescriptions: justifications, messages of the run, advised changes of
//! manifests.

use std::collections::BTreeSet;

use packaging::{Origin, PackageName, Version, environment::Fact, metadata::About};
pub use prescriptions::Tone;
use prescriptions::{Act, Matcher, Message, Stop, Unit};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{prescribed::origin, selection::Pipeline, unit::Run};
use crate::objective::Recommendation;

/// A release of a finished stack, as far as prescriptions ask about it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The package.
    pub name: &'a PackageName,
    /// The version.
    pub version: &'a Version,
    /// The address of the index it comes from; empty for a direct URL.
    pub index: &'a str,
    /// What it says of itself; `None` where nobody read it.
    pub about: Option<&'a About>,
    /// The version that the existing lock has of the package.
    pub before: Option<&'a Version>,
}

/// Where a remark says it is from that no prescription makes.
const BUILT_IN: &str = "thoth";

/// Something that is told of a stack or a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The package it is about, where it says so.
    pub package: Option<PackageName>,
    /// How serious it is.
    pub tone: Tone,
    /// What it says, in one line.
    pub message: String,
    /// The text of its link: an address, several, or the name of a page.
    pub link: String,
    /// Where more is told.
    pub links: Vec<String>,
    /// The text of an advisory.
    pub advisory: Option<String>,
    /// The identifier of a vulnerability.
    pub cve_id: Option<String>,
    /// The name of a vulnerability.
    pub cve_name: Option<String>,
    /// The versions meant, in words.
    pub version_range: Option<String>,
    /// Whether the unit that says it decided with.
    #[serde(default)]
    pub decides: bool,
    /// The unit that says it.
    pub unit: String,
    /// Where that is written; `thoth` where it is part of the program.
    pub origin: Origin,
}

impl Remark {
    /// What a built-in unit tells of a package.
    pub(super) fn of(unit: &str, tone: Tone, package: &PackageName, message: String) -> Self {
        let package = Some(package.clone());
        Self { package, message, ..wordless(unit.to_string(), Origin::file(BUILT_IN), tone) }
    }

    /// Whether a unit of the program tells it, and no prescription.
    pub fn is_built_in(&self) -> bool {
        self.origin == Origin::file(BUILT_IN)
    }
}

/// Everything that is told of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// Of the run (`stack_info`).
    pub stack_info: Vec<Remark>,
    /// Of the stack (`justification`), by package, then by tone.
    pub justification: Vec<Remark>,
    /// Advised changes of manifests, each a JSON text, a list a unit.
    pub manifest_changes: Vec<Vec<String>>,
}

/// What is known of a finished run.
#[derive(Clone, Debug)]
pub struct Finished<'a> {
    /// The releases of the stack, by name.
    pub stack: &'a [Member<'a>],
    /// The packages that the project itself requires.
    pub direct: &'a BTreeSet<PackageName>,
    /// The packages that the project or a release of the stack requires, as they say it themselves.
    pub required: &'a BTreeSet<PackageName>,
    /// Newer releases of the packages of the stack that could be used and are not in it.
    pub passed_over: &'a [Member<'a>],
    /// Names of the units that left releases out.
    pub excluding: &'a BTreeSet<String>,
    /// What was asked for.
    pub recommendation: Recommendation,
    /// The version of Python.
    pub python: &'a Version,
    /// The version of CUDA.
    pub cuda: Fact<&'a Version>,
}

impl Finished<'_> {
    /// Whether a release of the stack is meant.
    pub fn has(&self, matcher: &Matcher) -> bool {
        match &matcher.name {
            Some(package) => self.member(package).is_some_and(|member| means(matcher, member)),
            None => self.stack.iter().any(|member| means(matcher, member)),
        }
    }

    pub(super) fn member(&self, package: &PackageName) -> Option<&Member<'_>> {
        self.stack.get(self.stack.binary_search_by(|member| member.name.cmp(package)).ok()?)
    }

    pub(super) fn has_package(&self, package: &PackageName) -> bool {
        self.member(package).is_some()
    }

    /// Whether a package is required and not in the stack.
    fn lacks(&self, package: &PackageName) -> bool {
        self.required.contains(package) && !self.has_package(package)
    }
}

impl Remarks {
    /// What the wraps of a pipeline tell, and the units of prescriptions that [speak](speaks). A unit tells once, however many of its
    /// alternatives match.
    pub fn new<'u>(pipeline: &Pipeline, units: impl IntoIterator<Item = &'u Unit>, finished: &Finished<'_>) -> Self {
        let units = units.into_iter();
        // Most have one thing to say. A list that grows moves again and again, each time to memory that was never touched.
        let justification = Vec::with_capacity(units.size_hint().0);
        let mut remarks = Self { justification, ..Self::default() };
        for (unit, _) in pipeline.units(finished.recommendation) {
            if let Run::Wrap(wrap) = unit.run {
                remarks.justification.extend(wrap(finished));
            }
        }
        let mut told: FxHashSet<(&str, &str)> = FxHashSet::default();
        for unit in units {
            let first = told.insert((unit.act.kind().section(), &unit.name));
            remarks.add(unit, finished, first);
        }
        for list in [&mut remarks.stack_info, &mut remarks.justification] {
            list.sort_unstable();
            list.dedup();
        }
        remarks
    }

    fn add(&mut self, unit: &Unit, finished: &Finished<'_>, first: bool) {
        if first {
            self.stack_info.extend(unit.stack_info.iter().map(|message| remark(unit, message)));
        }
        if let (true, true, Some((tone, message))) = (first, unit.stack_info.is_empty(), unsaid(&unit.act)) {
            self.stack_info.push(Remark { message, decides: true, ..plain(unit, tone) });
        }
        match &unit.act {
            Act::Step { effect, .. } | Act::Group { effect, .. } if first => {
                self.justification.extend(effect.justification.iter().map(|message| remark(unit, message)));
            }
            Act::Wrap { justification, manifest_changes, .. } if first => {
                self.justification.extend(justification.iter().map(|message| remark(unit, message)));
                if !manifest_changes.is_empty() {
                    self.manifest_changes.push(manifest_changes.iter().map(ToString::to_string).collect());
                }
            }
            Act::ReleaseNotes { of, organization, repository, tag_prefix } => {
                for member in finished.stack.iter().filter(|member| means(of, member)) {
                    let (name, version) = (member.name, member.version);
                    let link =
                        format!("https://github.com/{organization}/{repository}/releases/tag/{tag_prefix}{version}");
                    self.justification.push(Remark {
                        package: Some(name.clone()),
                        message: format!("Release notes of {name} {version}"),
                        links: vec![link.clone()],
                        link,
                        ..plain(unit, Tone::Info)
                    });
                }
            }
            _ => {}
        }
    }

    /// How many are of this tone.
    pub fn count(&self, tone: Tone) -> usize {
        self.justification.iter().chain(&self.stack_info).filter(|one| one.tone == tone).count()
    }
}

/// What a unit does to a stack, where it has no words of its own for that: an installer that resolves again would not do
/// without a package that is left out or stood in for.
fn unsaid(act: &Act) -> Option<(Tone, String)> {
    let stop = match act {
        Act::Step { effect, .. } | Act::Group { effect, .. } => effect.stop.as_ref(),
        Act::Stride { stop, .. } => stop.as_ref(),
        Act::SkipDependency { package } => {
            return Some((Tone::Warning, format!("{package} is left out, although it is required")));
        }
        Act::SkipPackage { of, .. } => {
            return Some((Tone::Warning, format!("{} is left out, although it is required", of.name.as_ref()?)));
        }
        Act::Pseudonym { of, by, .. } => {
            return Some((Tone::Warning, format!("{} takes the place of {}", by.name, of.name.as_ref()?)));
        }
        Act::AddPackage { of, adds, .. } => {
            return Some((Tone::Info, format!("{} is added to {}", adds.name, of.name.as_ref()?)));
        }
        _ => None,
    };
    match stop? {
        Stop::NotAcceptable(why) => Some((Tone::Warning, why.clone())),
        Stop::Eager(_) => None,
    }
}

/// A remark of a unit of a prescription without a word.
fn plain(unit: &Unit, tone: Tone) -> Remark {
    wordless(unit.name.clone(), origin(unit), tone)
}

/// A remark of a unit without a word.
pub(super) fn wordless(unit: String, origin: Origin, tone: Tone) -> Remark {
    Remark {
        package: None,
        tone,
        message: String::new(),
        link: String::new(),
        links: Vec::new(),
        advisory: None,
        cve_id: None,
        cve_name: None,
        version_range: None,
        decides: false,
        unit,
        origin,
    }
}

fn means(matcher: &Matcher, member: &Member<'_>) -> bool {
    matcher.matches(member.name, member.version, member.index)
}

/// Whether a unit that takes part, and of which the stack has what it [needs](Act::needs), has something to say of a run.
pub fn speaks(unit: &Unit, finished: &Finished<'_>) -> bool {
    match &unit.act {
        Act::Boot { package, .. } => package.as_ref().is_none_or(|package| finished.direct.contains(package)),
        Act::Sieve { .. } => finished.excluding.contains(&unit.name),
        Act::SkipDependency { package } => finished.lacks(package),
        Act::SkipPackage { of, state } => {
            of.name.as_ref().is_some_and(|package| finished.lacks(package))
                && state.from.iter().all(|matcher| finished.has(matcher))
        }
        Act::Pseudonym { of, by, .. } => {
            of.name.as_ref().is_some_and(|package| finished.lacks(package)) && finished.has_package(&by.name)
        }
        Act::AddPackage { of, adds, .. } => finished.has(of) && finished.has_package(&adds.name),
        Act::Step { effect, .. } | Act::Group { effect, .. } if effect.stop.is_some() => keeps_apart(unit, finished),
        Act::Stride { stop: Some(_), .. } => keeps_apart(unit, finished),
        act if act.decides() => act.matchers().iter().all(|matcher| finished.has(matcher)),
        _ => true,
    }
}

/// Whether a unit that keeps releases apart may be why some are not in the stack: each of them is in it, or was passed over.
/// What was passed over for something else may be among them.
fn keeps_apart(unit: &Unit, finished: &Finished<'_>) -> bool {
    let among = |members: &[Member<'_>], matcher: &Matcher| members.iter().any(|member| means(matcher, member));
    let matchers = unit.act.matchers();
    finished.excluding.contains(&unit.name)
        || matchers.iter().all(|matcher| among(finished.stack, matcher) || among(finished.passed_over, matcher))
}

fn remark(unit: &Unit, message: &Message) -> Remark {
    let about = &message.about;
    Remark {
        package: about.package.clone(),
        tone: message.tone,
        message: message.text.clone(),
        link: message.link.as_ref().map(|link| link.text().to_string()).unwrap_or_default(),
        links: message.link.as_ref().map(prescriptions::Link::addresses).unwrap_or_default(),
        advisory: about.advisory.clone(),
        cve_id: about.cve_id.clone(),
        cve_name: about.cve_name.clone(),
        version_range: about.version_range.clone(),
        decides: unit.act.decides(),
        unit: unit.name.clone(),
        origin: origin(unit),
    }
}
