//! Real wheels and sdists of toy packages, in memory.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
};

use flate2::{Compression, write::GzEncoder};
use packaging::{PackageName, Version};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::record_hash;
use crate::scenario::{Release, SdistKind};

/// The text of METADATA, or of an sdist's PKG-INFO.
pub(super) fn metadata(name: &str, version: &str, release: &Release, kind: SdistKind) -> String {
    let format = match kind {
        SdistKind::Static => "2.4",
        SdistKind::Recorded => "2.1",
        SdistKind::Unknown => "1.0",
    };
    let mut text = format!("Metadata-Version: {format}\nName: {name}\nVersion: {version}\n");
    if kind == SdistKind::Unknown {
        return text;
    }
    if let Some(python) = &release.requires_python {
        text.push_str(&format!("Requires-Python: {python}\n"));
    }
    release.says.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    for requirement in &release.requires {
        text.push_str(&format!("Requires-Dist: {requirement}\n"));
    }
    for (extra, requirements) in &release.extras {
        text.push_str(&format!("Provides-Extra: {extra}\n"));
        for requirement in requirements {
            text.push_str(&format!("Requires-Dist: {}\n", under_extra(requirement, extra)));
        }
    }
    text
}

/// A requirement that only counts under `extra`.
fn under_extra(requirement: &str, extra: &str) -> String {
    match requirement.split_once(';') {
        Some((wanted, marker)) => format!("{} ; ({}) and extra == '{extra}'", wanted.trim(), marker.trim()),
        None => format!("{requirement} ; extra == '{extra}'"),
    }
}

/// The text of `requires.txt` as setuptools writes it.
pub(super) fn requires_txt(release: &Release) -> String {
    let mut text = String::new();
    let mut sections = String::new();
    for requirement in &release.requires {
        match requirement.split_once(';') {
            Some((wanted, marker)) => sections.push_str(&format!("\n[:{}]\n{}\n", marker.trim(), wanted.trim())),
            None => text.push_str(&format!("{requirement}\n")),
        }
    }
    for (extra, requirements) in &release.extras {
        for requirement in requirements {
            let (wanted, marker) = requirement.split_once(';').unwrap_or((requirement, ""));
            let marker = if marker.is_empty() { String::new() } else { format!(":{}", marker.trim()) };
            sections.push_str(&format!("\n[{extra}{marker}]\n{}\n", wanted.trim()));
        }
    }
    text + &sections
}

/// The name and bytes of a wheel with `tags` (`[build-]python-abi-platform`).
pub(super) fn wheel(
    name: &str,
    version: &str,
    tags: &str,
    metadata: &str,
    files: &BTreeMap<String, String>,
) -> Result<(String, Vec<u8>), String> {
    let stem = stem(name, version)?;
    let parts: Vec<&str> = tags.split('-').collect();
    let (build, [python, abi, platform]) = match parts.as_slice() {
        [python, abi, platform] => (None, [python, abi, platform]),
        [build, python, abi, platform] => (Some(build), [python, abi, platform]),
        _ => return Err(format!("`{tags}` is not `[build-]python-abi-platform`")),
    };
    let mut wheel = "Wheel-Version: 1.0\nGenerator: thoth-scenarios\n".to_string();
    wheel.push_str(&format!("Root-Is-Purelib: {}\n", *platform == "any"));
    for python in python.split('.') {
        for abi in abi.split('.') {
            for platform in platform.split('.') {
                wheel.push_str(&format!("Tag: {python}-{abi}-{platform}\n"));
            }
        }
    }
    if let Some(build) = build {
        wheel.push_str(&format!("Build: {build}\n"));
    }
    let module = normal(name)?;
    let mut members = vec![
        (format!("{module}/__init__.py"), format!("__version__ = '{version}'\n")),
        (format!("{stem}.dist-info/METADATA"), metadata.to_string()),
        (format!("{stem}.dist-info/WHEEL"), wheel),
    ];
    members.extend(files.clone());
    let mut record = String::new();
    for (path, text) in &members {
        record.push_str(&format!("{path},{},{}\n", record_hash(text.as_bytes()), text.len()));
    }
    record.push_str(&format!("{stem}.dist-info/RECORD,,\n"));
    members.push((format!("{stem}.dist-info/RECORD"), record));
    let bytes = zipped(&members).map_err(|error| error.to_string())?;
    Ok((format!("{stem}-{tags}.whl"), bytes))
}

/// A zip archive with these members, in this order, of no date.
///
/// # Errors
/// When it becomes larger than a zip archive may be.
pub fn zipped(members: &[(String, String)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).unix_permissions(0o644);
    for (path, text) in members {
        archive.start_file(path.as_str(), options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The name and bytes of an sdist. Building it fails: nothing may be built to learn what it requires.
pub(super) fn sdist(
    name: &str,
    version: &str,
    kind: SdistKind,
    (metadata, requires): (&str, &str),
    files: &BTreeMap<String, String>,
) -> Result<(String, Vec<u8>), String> {
    let stem = stem(name, version)?;
    let module = normal(name)?;
    let backend = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n";
    let setup = "raise SystemExit('this package was built, and must not be')\n";
    let mut members = vec![
        (format!("{stem}/PKG-INFO"), metadata.to_string()),
        (format!("{stem}/setup.py"), setup.to_string()),
        (format!("{stem}/{module}/__init__.py"), format!("__version__ = '{version}'\n")),
    ];
    members.extend(files.iter().map(|(path, text)| (format!("{stem}/{path}"), text.clone())));
    if kind != SdistKind::Unknown {
        members.push((format!("{stem}/pyproject.toml"), backend.to_string()));
    }
    if kind == SdistKind::Recorded {
        members.push((format!("{stem}/{module}.egg-info/PKG-INFO"), metadata.to_string()));
        members.push((format!("{stem}/{module}.egg-info/requires.txt"), requires.to_string()));
    }
    let bytes = tarred(&members).map_err(|error| error.to_string())?;
    Ok((format!("{stem}.tar.gz"), bytes))
}

fn tarred(members: &[(String, String)]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        archive.append_data(&mut header, path, text.as_bytes())?;
    }
    archive.into_inner()?.finish()
}

/// `name-version` as file names have it; a version that is none is kept as it is.
fn stem(name: &str, version: &str) -> Result<String, String> {
    let version = version.parse::<Version>().map_or_else(|_| version.to_string(), |version| version.to_string());
    Ok(format!("{}-{}", normal(name)?, version.replace('-', "_")))
}

fn normal(name: &str) -> Result<String, String> {
    let name: PackageName = name.parse().map_err(|error| format!("{error}"))?;
    Ok(name.as_dist_info_name().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_requirements_read_as_setuptools_writes_them() {
        let release = Release {
            requires: vec!["b>=1".into(), "d ; python_version < '3'".into()],
            extras: [("x".to_string(), vec!["c".to_string(), "e ; os_name == 'nt'".to_string()])].into(),
            ..Release::default()
        };
        insta::assert_snapshot!(requires_txt(&release), @r"
        b>=1

        [:python_version < '3']
        d

        [x]
        c

        [x:os_name == 'nt']
        e
        ");
    }

    #[test]
    fn a_wheel_without_three_tags_is_refused() {
        assert!(wheel("a", "1", "py3-any", "", &BTreeMap::new()).is_err());
    }
}
