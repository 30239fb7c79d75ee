//! `should_include`: the conditions of a unit.

use std::collections::BTreeMap;

use packaging::text::one_line;

use super::at::{At, Fields};
use crate::{
    matcher::Versions,
    when::{Choice, Demand, Dependency, Hardware, PythonPackage, RpmPackage, Runtime, SystemCondition, When},
};

const RECOMMENDATIONS: [&str; 5] = ["latest", "performance", "security", "stable", "testing"];
const DECISIONS: [&str; 2] = ["all", "random"];

pub(super) fn when(at: &At<'_>) -> Option<When> {
    let fields = at.fields(&[
        "times",
        "adviser_pipeline",
        "dependency_monkey_pipeline",
        "recommendation_types",
        "decision_types",
        "authenticated",
        "labels",
        "library_usage",
        "dependencies",
        "runtime_environments",
    ])?;
    Some(When {
        enabled: fields.maybe("times", times)?.unwrap_or(true),
        advise: fields.maybe("adviser_pipeline", At::boolean)?.unwrap_or(false),
        monkey: fields.maybe("dependency_monkey_pipeline", At::boolean)?.unwrap_or(false),
        recommendations: fields.maybe("recommendation_types", |at| at.choice(|at| one_of(at, &RECOMMENDATIONS)))?,
        decisions: fields.maybe("decision_types", |at| at.choice(|at| one_of(at, &DECISIONS)))?,
        authenticated: fields.maybe("authenticated", At::boolean)?,
        labels: fields.maybe("labels", labels)?.unwrap_or_default(),
        library_usage: fields.maybe("library_usage", library_usage)?.unwrap_or_default(),
        dependencies: fields.maybe("dependencies", dependencies)?.unwrap_or_default(),
        runtime: fields.maybe("runtime_environments", runtime)?.map(Box::new),
    })
}

fn times(at: &At<'_>) -> Option<bool> {
    match at.value().as_u64() {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => at.error("`times` must be 0 (switched off) or 1"),
    }
}

fn one_of(at: &At<'_>, known: &[&str]) -> Option<String> {
    let text = at.text()?;
    if known.contains(&text) {
        return Some(text.to_string());
    }
    at.error(format!("`{}` is none of {}", one_line(text, 40), known.join(", ")))
}

fn labels(at: &At<'_>) -> Option<BTreeMap<String, String>> {
    at.entries()?.into_iter().map(|(key, at)| Some((key.to_string(), at.text()?.to_string()))).collect()
}

fn library_usage(at: &At<'_>) -> Option<BTreeMap<String, Vec<String>>> {
    at.entries()?.into_iter().map(|(key, at)| Some((key.to_string(), at.list(text)?))).collect()
}

fn dependencies(at: &At<'_>) -> Option<Vec<Dependency>> {
    let fields = at.fields(&super::SECTIONS)?;
    let mut all = Vec::new();
    for section in super::SECTIONS {
        for name in fields.maybe(section, |at| at.list(At::line))?.unwrap_or_default() {
            all.push(Dependency { section: section.to_string(), name, when: None });
        }
    }
    Some(all)
}

fn runtime(at: &At<'_>) -> Option<Runtime> {
    let fields = at.fields(&[
        "operating_systems",
        "hardware",
        "python_version",
        "cuda_version",
        "cudnn_version",
        "mkl_version",
        "openblas_version",
        "openmpi_version",
        "platforms",
        "base_images",
        "abi",
        "rpm_packages",
        "python_packages",
    ])?;
    Some(Runtime {
        operating_systems: fields.maybe("operating_systems", |at| at.list(system))?,
        hardware: fields.maybe("hardware", |at| at.list(hardware))?,
        python: demand(&fields, "python_version")?,
        cuda: demand(&fields, "cuda_version")?,
        cudnn: demand(&fields, "cudnn_version")?,
        mkl: demand(&fields, "mkl_version")?,
        openblas: demand(&fields, "openblas_version")?,
        openmpi: demand(&fields, "openmpi_version")?,
        platforms: fields.maybe("platforms", |at| at.choice(|at| or_null(at, text)))?,
        base_images: fields.maybe("base_images", |at| at.choice(|at| or_null(at, text)))?,
        abi: fields.maybe("abi", |at| at.choice(text))?,
        rpm_packages: fields.maybe("rpm_packages", |at| at.choice(rpm_package))?,
        python_packages: fields.maybe("python_packages", |at| at.choice(python_package))?,
    })
}

/// A version specifier; `null` means that it must not be there, as the original's documentation says. (Its code took `null`
/// for "any".)
fn demand<'a>(fields: &Fields<'a>, key: &'a str) -> Option<Demand> {
    let Some(at) = fields.get(key) else { return Some(Demand::Any) };
    if at.value().is_null() {
        return Some(Demand::Absent);
    }
    // An empty specifier still wants something to be there.
    at.versions().map(Demand::Within)
}

fn text(at: &At<'_>) -> Option<String> {
    at.text().map(str::to_string)
}

#[expect(clippy::option_option, reason = "`null` and unreadable are told apart by `?`")]
fn or_null<'a, T>(at: &At<'a>, read: impl Fn(&At<'a>) -> Option<T>) -> Option<Option<T>> {
    if at.value().is_null() { Some(None) } else { read(at).map(Some) }
}

fn system(at: &At<'_>) -> Option<SystemCondition> {
    let fields = at.fields(&["name", "version"])?;
    Some(SystemCondition { name: fields.maybe("name", text)?, version: fields.maybe("version", text)? })
}

fn hardware(at: &At<'_>) -> Option<Hardware> {
    let fields = at.fields(&["cpu_families", "cpu_models", "cpu_flags", "gpu_models"])?;
    let numbers = |at: &At<'_>| at.choice(|at| or_null(at, At::number));
    let flags: Option<Choice<String>> = fields.maybe("cpu_flags", |at| at.choice(text))?;
    Some(Hardware {
        cpu_families: fields.maybe("cpu_families", numbers)?,
        cpu_models: fields.maybe("cpu_models", numbers)?,
        cpu_flags: flags,
        gpu_models: fields.maybe("gpu_models", |at| at.choice(|at| or_null(at, text)))?,
    })
}

fn rpm_package(at: &At<'_>) -> Option<RpmPackage> {
    let fields =
        at.fields(&["package_name", "arch", "epoch", "package_identifier", "package_version", "release", "src"])?;
    Some(RpmPackage {
        name: text(&fields.needed("package_name")?)?,
        arch: fields.maybe("arch", text)?,
        epoch: fields.maybe("epoch", text)?,
        identifier: fields.maybe("package_identifier", text)?,
        version: fields.maybe("package_version", text)?,
        release: fields.maybe("release", text)?,
        src: fields.maybe("src", At::boolean)?,
    })
}

fn python_package(at: &At<'_>) -> Option<PythonPackage> {
    let fields = at.fields(&["name", "version", "location"])?;
    Some(PythonPackage {
        name: fields.needed("name")?.package()?,
        versions: fields.maybe("version", At::versions)?.unwrap_or(Versions::Any),
        location: fields.maybe("location", location)?,
    })
}

fn location(at: &At<'_>) -> Option<String> {
    let text = at.text()?;
    match crate::circumstances::path_pattern(text) {
        Some(_) => Some(text.to_string()),
        None => at.error(format!("`{}` is not a regular expression, or too large a one", one_line(text, 80))),
    }
}
