//! Whether the conditions of a unit are met in a run.
//!
//! Follows the documentation of the original where its code differed: machines are alternatives, `null` means that something
//! must not be there, flags of the CPU are the real ones, and all used symbols count. What is not known never meets a
//! condition, not even one that excludes something.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use packaging::{
    RuntimeEnvironment, Version,
    environment::{Fact, Host, OperatingSystem},
};
use regex::RegexBuilder;

use crate::{
    answer::{Answer, WhyNot},
    image::Image,
    matcher::Versions,
    usage::{LibraryUsage, uses},
    when::{Choice, Demand, Hardware, Runtime, SystemCondition, When},
};

/// What units are included for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipeline<'a> {
    /// `advise`, for this recommendation type (`stable`).
    Advise(&'a str),
    /// `monkey`, for this decision type (`random`).
    Monkey(&'a str),
}

/// What conditions are judged against.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// What the run is for.
    pub pipeline: Pipeline<'a>,
    /// Whether the user is known to the service; nobody is on his own machine.
    pub authenticated: bool,
    /// The labels of the runtime environment and of the command.
    pub labels: &'a BTreeMap<String, String>,
    /// The symbols that the project uses, by library; `None` when nobody looked.
    pub library_usage: Option<&'a LibraryUsage>,
    /// The version of Python.
    pub python: &'a Version,
    /// The platform as [`platform`] spells it.
    pub platform: &'a str,
    /// The operating system as it was stated.
    pub system: &'a Fact<OperatingSystem>,
    /// The machine; its operating system may have another name and version here than it was stated with: rules may mean either.
    pub host: &'a Host,
    /// What is in the base image; `None` when nobody looked.
    pub image: Option<&'a Image>,
}

/// The platform of an environment as prescriptions spell it: `linux-x86_64`.
pub fn platform(environment: &RuntimeEnvironment) -> String {
    format!("{}-{}", environment.markers.sys_platform(), environment.markers.platform_machine())
}

impl When {
    /// Whether all conditions are met, or the first that is not.
    ///
    /// # Errors
    /// [`WhyNot`], when one is not met or nobody knows.
    pub fn applies(&self, circumstances: &Circumstances<'_>) -> Result<(), WhyNot> {
        if !self.enabled {
            return Err(WhyNot::Off);
        }
        let (taking_part, key, choice, what, kind) = match circumstances.pipeline {
            Pipeline::Advise(kind) => {
                (self.advise, "adviser_pipeline", &self.recommendations, "the recommendation type", kind)
            }
            Pipeline::Monkey(kind) => {
                (self.monkey, "dependency_monkey_pipeline", &self.decisions, "the decision type", kind)
            }
        };
        if !taking_part {
            return Err(WhyNot::Pipeline(key));
        }
        if let Some(choice) = choice {
            let yes = one_of(choice, |value| value == kind);
            Answer::from(yes).explained(what, || named(choice, " or ", String::clone), || kind.to_string())?;
        }
        if let Some(wanted) = self.authenticated {
            let found = circumstances.authenticated;
            let yes = Answer::from(wanted == found);
            yes.explained("`authenticated`", || wanted.to_string(), || found.to_string())?;
        }
        self.labelled(circumstances.labels)?;
        self.used(circumstances.library_usage)?;
        if let Some(runtime) = &self.runtime {
            runtime.applies(circumstances)?;
        }
        for dependency in &self.dependencies {
            let met = dependency.when.as_ref().is_some_and(|when| when.applies(circumstances).is_ok());
            if !met {
                return Err(WhyNot::Dependency(dependency.name.clone()));
            }
        }
        Ok(())
    }

    fn labelled(&self, labels: &BTreeMap<String, String>) -> Result<(), WhyNot> {
        let met = self.labels.is_empty() || self.labels.iter().any(|(key, value)| labels.get(key) == Some(value));
        let pairs = |labels: &BTreeMap<String, String>| {
            labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        };
        Answer::from(met).explained(
            "a label",
            || pairs(&self.labels).join(" or "),
            || match labels.is_empty() {
                true => "none".to_string(),
                false => pairs(labels).join(", "),
            },
        )
    }

    fn used(&self, usage: Option<&LibraryUsage>) -> Result<(), WhyNot> {
        for (library, patterns) in &self.library_usage {
            let answer = match usage.map(|usage| uses(usage, library, patterns)) {
                None | Some(None) => Answer::Unknown,
                Some(Some(yes)) => yes.into(),
            };
            answer.explained(
                "what the project uses",
                || format!("one of {}", patterns.join(", ")),
                || "none of them".to_string(),
            )?;
        }
        Ok(())
    }
}

fn one_of<T>(choice: &Choice<T>, same: impl Fn(&T) -> bool) -> bool {
    match choice {
        Choice::Of(values) => values.iter().any(same),
        Choice::NotOf(values) => !values.iter().any(same),
    }
}

impl Runtime {
    fn applies(&self, circumstances: &Circumstances<'_>) -> Result<(), WhyNot> {
        let host = circumstances.host;
        if let Some(systems) = &self.operating_systems {
            let known = [circumstances.system, &host.operating_system];
            let answer = systems.iter().map(|system| is_system(system, known));
            answer.fold(Answer::No, Answer::or).explained(
                "the operating system",
                || systems.iter().map(system_shown).collect::<Vec<_>>().join(" or "),
                || fact_shown(circumstances.system, system_found),
            )?;
        }
        if let Some(machines) = &self.hardware {
            let answer = machines.iter().map(|machine| is_machine(machine, host)).fold(Answer::No, Answer::or);
            answer.explained(
                "the hardware",
                || machines.iter().map(machine_shown).collect::<Vec<_>>().join(" or "),
                || "different".to_string(),
            )?;
        }
        let minor: Vec<u64> = circumstances.python.release().iter().copied().take(2).collect();
        demanded("the version of Python", &self.python, &Fact::Present(Version::new(minor)))?;
        demanded("the version of CUDA", &self.cuda, &host.cuda)?;
        demanded("the version of cuDNN", &self.cudnn, &host.cudnn)?;
        demanded("the version of MKL", &self.mkl, &host.mkl)?;
        demanded("the version of OpenBLAS", &self.openblas, &host.openblas)?;
        demanded("the version of Open MPI", &self.openmpi, &host.openmpi)?;
        if let Some(platforms) = &self.platforms {
            let fact = Fact::Present(circumstances.platform.to_string());
            let answer = chosen(platforms, &fact, |wanted, found| wanted == found);
            answer.explained("the platform", || shown_or_none(platforms), || fact_shown(&fact, String::clone))?;
        }
        if let Some(images) = &self.base_images {
            let answer = chosen(images, &host.base_image, |wanted, found| is_image(wanted, found));
            let found = || fact_shown(&host.base_image, String::clone);
            answer.explained("the base image", || shown_or_none(images), found)?;
        }
        self.in_image(circumstances.image)
    }

    /// What has to be in the base image, or must not be.
    fn in_image(&self, image: Option<&Image>) -> Result<(), WhyNot> {
        let different = || "different".to_string();
        if let Some(symbols) = &self.abi {
            // Nobody looks into libraries.
            Answer::Unknown.explained("the ABI of the base image", || shown(symbols), different)?;
        }
        if let Some(packages) = &self.rpm_packages {
            let names = || named(packages, " and ", |package| package.name.clone());
            all_or_none(packages, |package| image?.has_rpm(package)).explained(
                "the RPM packages of the base image",
                names,
                different,
            )?;
        }
        if let Some(packages) = &self.python_packages {
            let names = || named(packages, " and ", |package| format!("{}{}", package.name, package.versions));
            all_or_none(packages, |package| image?.has_python(package)).explained(
                "the Python packages of the base image",
                names,
                different,
            )?;
        }
        Ok(())
    }
}

fn demanded(what: &'static str, demand: &Demand, fact: &Fact<Version>) -> Result<(), WhyNot> {
    let answer = match (demand, fact) {
        (Demand::Any, _) | (Demand::Absent, Fact::Absent) => Answer::Yes,
        (_, Fact::Unknown) => Answer::Unknown,
        (Demand::Absent, Fact::Present(_)) | (Demand::Within(_), Fact::Absent) => Answer::No,
        // A host is what it is: whether its version is a pre-release does not matter.
        (Demand::Within(versions), Fact::Present(version)) => versions.contains(version, true).into(),
    };
    let wanted = || match demand {
        Demand::Any => "anything".to_string(),
        Demand::Absent => "none".to_string(),
        Demand::Within(Versions::Any) => "any".to_string(),
        Demand::Within(versions) => versions.to_string(),
    };
    answer.explained(what, wanted, || fact_shown(fact, Version::to_string))
}

fn chosen<T>(choice: &Choice<Option<T>>, fact: &Fact<T>, same: impl Fn(&T, &T) -> bool) -> Answer {
    match fact {
        Fact::Unknown => Answer::Unknown,
        Fact::Absent => one_of(choice, Option::is_none).into(),
        Fact::Present(found) => {
            one_of(choice, |wanted| wanted.as_ref().is_some_and(|wanted| same(wanted, found))).into()
        }
    }
}

fn all_or_none<T>(choice: &Choice<T>, has: impl Fn(&T) -> Option<bool>) -> Answer {
    let wanted = matches!(choice, Choice::Of(_));
    let answer = |value: &T| has(value).map_or(Answer::Unknown, |has| (has == wanted).into());
    choice.values().iter().map(answer).fold(Answer::Yes, Answer::and)
}

fn is_system(wanted: &SystemCondition, known: [&Fact<OperatingSystem>; 2]) -> Answer {
    let found = || known.into_iter().filter_map(Fact::present);
    if found().next().is_none() {
        return if known.into_iter().any(Fact::is_unknown) { Answer::Unknown } else { Answer::No };
    }
    let named = wanted.name.as_ref().is_none_or(|name| found().any(|one| one.name == *name));
    let is_version = |version: &String| found().any(|one| one.version.as_ref() == Some(version));
    (named && wanted.version.as_ref().is_none_or(is_version)).into()
}

fn is_machine(wanted: &Hardware, host: &Host) -> Answer {
    let number = |choice: &Option<Choice<Option<u32>>>, fact: &Fact<u32>| {
        choice.as_ref().map_or(Answer::Yes, |choice| chosen(choice, fact, |wanted, found| wanted == found))
    };
    let gpu = wanted
        .gpu_models
        .as_ref()
        .map_or(Answer::Yes, |choice| chosen(choice, &host.gpu_model, |wanted, found| wanted == found));
    number(&wanted.cpu_families, &host.cpu_family)
        .and(number(&wanted.cpu_models, &host.cpu_model))
        .and(wanted.cpu_flags.as_ref().map_or(Answer::Yes, |flags| has_flags(flags, &host.cpu_flags)))
        .and(gpu)
}

fn has_flags(wanted: &Choice<String>, fact: &Fact<BTreeSet<String>>) -> Answer {
    let found = match fact {
        Fact::Unknown => return Answer::Unknown,
        Fact::Absent => &BTreeSet::new(),
        Fact::Present(found) => found,
    };
    // `avx512` is a family in the kernel's words; its foundation is what every member has.
    let has = |flag: &String| found.contains(if flag == "avx512" { "avx512f" } else { flag.as_str() });
    match wanted {
        Choice::Of(flags) => flags.iter().all(has).into(),
        Choice::NotOf(flags) => (!flags.iter().any(has)).into(),
    }
}

/// Whether an image is the wanted one: of any tag when none is stated, of any that begins so when the tag ends with `*`.
fn is_image(wanted: &str, found: &str) -> bool {
    let found = found.split_once('@').map_or(found, |(name, _)| name);
    let (repository, tag) = repository_and_tag(found);
    let (wanted_repository, wanted_tag) = repository_and_tag(wanted);
    repository == wanted_repository
        && wanted_tag.is_none_or(|wanted| match wanted.strip_suffix('*') {
            Some(prefix) => tag.is_some_and(|tag| tag.starts_with(prefix)),
            None => tag == Some(wanted),
        })
}

/// The parts of the name of an image: a colon before the last slash belongs to the port of a registry.
pub(crate) fn repository_and_tag(image: &str) -> (&str, Option<&str>) {
    match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (image, None),
    }
}

/// A regular expression for whole paths; `None` when it is none, or a too large one.
pub(crate) fn path_pattern(text: &str) -> Option<regex::Regex> {
    let compiled = |text: &str| RegexBuilder::new(text).size_limit(1 << 18).build().ok();
    // Alone as well: `a)|(b` would be something else between brackets.
    compiled(text).and_then(|_| compiled(&format!("^(?:{text})$")))
}

/// Values of which all are wanted, or none.
fn shown(choice: &Choice<String>) -> String {
    named(choice, " and ", String::clone)
}

/// Values of which one is wanted.
fn shown_or_none<T: fmt::Display>(choice: &Choice<Option<T>>) -> String {
    named(choice, " or ", |value| value.as_ref().map_or_else(|| "none".to_string(), ToString::to_string))
}

fn named<T>(choice: &Choice<T>, between: &str, name: impl Fn(&T) -> String) -> String {
    const SHOWN: usize = 6;
    let mut names: Vec<String> = choice.values().iter().take(SHOWN).map(name).collect();
    if choice.values().len() > SHOWN {
        names.push("…".to_string());
    }
    match choice {
        Choice::Of(_) => names.join(between),
        Choice::NotOf(_) => format!("other than {}", names.join(" and ")),
    }
}

fn fact_shown<T>(fact: &Fact<T>, show: impl Fn(&T) -> String) -> String {
    fact.present().map_or_else(|| "not there".to_string(), show)
}

fn system_shown(system: &SystemCondition) -> String {
    match (&system.name, &system.version) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => "any".to_string(),
    }
}

fn system_found(system: &OperatingSystem) -> String {
    match &system.version {
        Some(version) => format!("{} {version}", system.name),
        None => system.name.clone(),
    }
}

fn machine_shown(machine: &Hardware) -> String {
    let mut parts = Vec::new();
    parts.extend(machine.cpu_families.as_ref().map(|choice| format!("CPU family {}", shown_or_none(choice))));
    parts.extend(machine.cpu_models.as_ref().map(|choice| format!("CPU model {}", shown_or_none(choice))));
    parts.extend(machine.cpu_flags.as_ref().map(|choice| format!("CPU flags {}", shown(choice))));
    parts.extend(machine.gpu_models.as_ref().map(|choice| format!("GPU {}", shown_or_none(choice))));
    if parts.is_empty() { "any".to_string() } else { parts.join(" and ") }
}
