//! What is in the base image, by the files of an image that is unpacked, or of the container at hand.

use std::collections::BTreeMap;

use packaging::{PackageName, Version};
use prescriptions::{Asked, Image, RpmPackage};
use sources::host::{
    Root,
    contents::{Installed, python_packages},
    rpm::{Rpm, rpm_packages},
};

use crate::{error::AdviseError, request::Request};

/// What of an image is asked; `None` when nothing is, or nobody says where it is.
pub(super) fn image(asked: &Asked, request: &Request, notes: &mut Vec<String>) -> Result<Option<Image>, AdviseError> {
    let Some(place) = &request.image_root else { return Ok(None) };
    let shown = place.display();
    let root = Root { folder: request.folder.join(place), variables: BTreeMap::new() };
    if !root.folder.is_dir() {
        return Err(AdviseError::Usage(format!("--image-root: {shown} is no folder; unpack or mount the image there")));
    }
    let mut image = Image::default();
    if !asked.rpm_packages.is_empty() {
        match rpm_packages(&root) {
            Ok(found) => image.rpm_packages = Some(rpms(asked, &found)),
            Err(why) => {
                notes.push(format!("Which RPM packages are in {shown} is not known, and prescriptions ask: {why}."));
            }
        }
    }
    if !asked.python_packages.is_empty() {
        match python_packages(&root) {
            Some(found) => image.python_packages = Some(pythons(asked, &found)),
            None => notes.push(format!(
                "Which Python packages are in {shown} is not known, and prescriptions ask: there is no `site-packages` where one is usual."
            )),
        }
    }
    Ok((image != Image::default()).then_some(image))
}

/// The packages of each name that is asked for.
fn rpms(asked: &Asked, found: &[Rpm]) -> BTreeMap<String, Vec<RpmPackage>> {
    let of = |name: &String| found.iter().filter(|one| one.name == *name).map(rpm).collect();
    asked.rpm_packages.iter().map(|name| (name.clone(), of(name))).collect()
}

fn rpm(found: &Rpm) -> RpmPackage {
    let Rpm { name, epoch, version, release, arch, is_source } = found;
    let suffix = arch.as_ref().map(|arch| format!(".{arch}")).unwrap_or_default();
    RpmPackage {
        name: name.clone(),
        arch: arch.clone(),
        epoch: Some(epoch.to_string()),
        identifier: Some(format!("{name}-{version}-{release}{suffix}")),
        version: Some(version.clone()),
        release: Some(release.clone()),
        src: Some(*is_source),
    }
}

fn pythons(asked: &Asked, found: &[Installed]) -> BTreeMap<PackageName, Vec<(Version, String)>> {
    let of = |name: &PackageName| {
        let named = found.iter().filter(|one| one.name == *name);
        named.map(|one| (one.version.clone(), one.folder.clone())).collect()
    };
    asked.python_packages.iter().map(|name| (name.clone(), of(name))).collect()
}
