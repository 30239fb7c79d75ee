//! What is in a base image, as far as conditions ask for it.
//!
//! Looking into images is left to other crates; what is asked of them is in [`asked`](crate::asked).

use std::collections::BTreeMap;

use packaging::{PackageName, Version};
use serde::{Deserialize, Serialize};

use crate::{
    circumstances::path_pattern,
    when::{PythonPackage, RpmPackage},
};

/// What is in a base image. A package that nobody asked for is in neither map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The RPM packages of a name, all properties stated; `None` when there is no database of them that could be read.
    pub rpm_packages: Option<BTreeMap<String, Vec<RpmPackage>>>,
    /// The Python packages of a name: version, and the folder each is installed in; `None` when there is no such folder.
    pub python_packages: Option<BTreeMap<PackageName, Vec<(Version, String)>>>,
}

impl Image {
    /// Whether it has an RPM package; `None` when that is not known.
    pub(crate) fn has_rpm(&self, wanted: &RpmPackage) -> Option<bool> {
        let found = self.rpm_packages.as_ref()?.get(&wanted.name)?;
        Some(found.iter().any(|found| is_rpm(wanted, found)))
    }

    /// Whether it has a Python package; `None` when that is not known.
    pub(crate) fn has_python(&self, wanted: &PythonPackage) -> Option<bool> {
        let found = self.python_packages.as_ref()?.get(&wanted.name)?;
        Some(found.iter().any(|(version, folder)| is_installed(wanted, version, folder)))
    }

    /// What is known of it, a line each: `rpm git-2.43.0-1.el9.x86_64`, `rpm git none`, `python flask 1.1.2 /usr/lib/..`.
    pub fn facts(&self) -> Vec<String> {
        let rpm = |(name, found): (&String, &Vec<RpmPackage>)| match found.is_empty() {
            true => vec![format!("rpm {name} none")],
            false => found.iter().map(|one| format!("rpm {}", full_name(one))).collect(),
        };
        let python = |(name, found): (&PackageName, &Vec<(Version, String)>)| match found.is_empty() {
            true => vec![format!("python {name} none")],
            false => found.iter().map(|(version, folder)| format!("python {name} {version} {folder}")).collect(),
        };
        let rpms = self.rpm_packages.iter().flatten().flat_map(rpm);
        rpms.chain(self.python_packages.iter().flatten().flat_map(python)).collect()
    }
}

/// `name-epoch:version-release.arch`, as far as it is known.
fn full_name(package: &RpmPackage) -> String {
    let part =
        |mark: &str, value: &Option<String>| value.as_ref().map(|value| format!("{mark}{value}")).unwrap_or_default();
    let epoch =
        package.epoch.as_ref().filter(|epoch| *epoch != "0").map(|epoch| format!("{epoch}:")).unwrap_or_default();
    let version = package.version.as_ref().map(|version| format!("-{epoch}{version}")).unwrap_or_default();
    format!("{}{version}{}{}", package.name, part("-", &package.release), part(".", &package.arch))
}

fn is_rpm(wanted: &RpmPackage, found: &RpmPackage) -> bool {
    let same = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    wanted.name == found.name
        && same(&wanted.arch, &found.arch)
        && same(&wanted.epoch, &found.epoch)
        && wanted.identifier.as_ref().is_none_or(|wanted| is_identified(wanted, found))
        && same(&wanted.version, &found.version)
        && same(&wanted.release, &found.release)
        && (wanted.src.is_none() || wanted.src == found.src)
}

/// With or without the architecture.
fn is_identified(wanted: &str, found: &RpmPackage) -> bool {
    let arch = found.arch.as_ref().map(|arch| format!(".{arch}")).unwrap_or_default();
    let whole = found.identifier.as_deref();
    whole == Some(wanted) || whole.and_then(|whole| whole.strip_suffix(&arch)) == Some(wanted)
}

fn is_installed(wanted: &PythonPackage, version: &Version, folder: &str) -> bool {
    let is_there = |location: &String| path_pattern(location).is_some_and(|pattern| pattern.is_match(folder));
    wanted.versions.contains(version, true) && wanted.location.as_ref().is_none_or(is_there)
}
