//! Native libraries: where they lie, and which version their names, headers and package files tell.

use packaging::Version;

use super::{Found, known, root::Look};

/// More folders of libraries than a machine is given.
const MOST_FOLDERS: usize = 100;

/// By pkg-config, the header, the folder of oneAPI, or conda.
pub(super) fn mkl(look: &Look<'_>) -> Found<Version> {
    let oneapi = look.variable("MKLROOT").map(|root| root.trim_end_matches('/').to_string());
    let oneapi = oneapi.unwrap_or_else(|| "/opt/intel/oneapi/mkl/latest".to_string());
    let found = package(look, "mkl")
        .or_else(|| {
            header(
                look,
                "mkl_version.h",
                &format!("{oneapi}/include"),
                &["__INTEL_MKL__", "__INTEL_MKL_MINOR__", "__INTEL_MKL_UPDATE__"],
            )
        })
        .or_else(|| {
            let folder = "/opt/intel/oneapi/mkl";
            let versions = look.names(folder).into_iter().filter_map(|name| name.parse::<Version>().ok());
            versions.max().map(|version| (format!("{folder}/{version}"), version))
        })
        .or_else(|| conda(look, &["mkl"]))?;
    known(found.1, &found.0)
}

/// By pkg-config, the header, the name of the library, or conda.
pub(super) fn openblas(look: &Look<'_>) -> Found<Version> {
    let config = || {
        let mut folders = vec!["/usr/include".to_string(), "/usr/include/openblas".to_string()];
        folders.extend(machines(look, "/usr/include"));
        folders.into_iter().find_map(|folder| {
            let path = format!("{folder}/openblas_config.h");
            let text = look.read(&path)?;
            let line = text.lines().find(|line| line.contains("OPENBLAS_VERSION"))?;
            let version = line.split(['"', ' ']).find_map(|word| word.parse::<Version>().ok())?;
            Some((path, version))
        })
    };
    let found = package(look, "openblas")
        .or_else(config)
        .or_else(|| named(look, "libopenblas").into_iter().find(|(_, version)| version.release().len() > 1))
        .or_else(|| conda(look, &["libopenblas", "openblas"]))?;
    known(found.1, &found.0)
}

/// By pkg-config, the header, the library's own word, or conda: the number in the library's name is another one.
pub(super) fn openmpi(look: &Look<'_>) -> Found<Version> {
    let parts = ["OMPI_MAJOR_VERSION", "OMPI_MINOR_VERSION", "OMPI_RELEASE_VERSION"];
    let found = package(look, "ompi")
        .or_else(|| header(look, "mpi.h", "/usr/lib64/openmpi/include", &parts))
        .or_else(|| identified(look))
        .or_else(|| conda(look, &["openmpi"]))?;
    known(found.1, &found.0)
}

/// The version that `libmpi` calls itself by: a text of its own, `v4.1.4`, and no other such.
fn identified(look: &Look<'_>) -> Option<(String, Version)> {
    let folders = folders(look).into_iter().chain(["/usr/lib64/openmpi/lib".to_string()]);
    folders.into_iter().find_map(|folder| {
        let name = look.names(&folder).into_iter().find(|name| name.starts_with("libmpi.so"))?;
        let path = format!("{folder}/{name}");
        let bytes = look.bytes(&path)?;
        let texts = bytes.split(|byte| *byte == 0).filter(|text| text.len() < 20);
        let versions =
            texts.filter_map(|text| std::str::from_utf8(text.strip_prefix(b"v")?).ok()?.parse::<Version>().ok());
        let mut versions: Vec<Version> = versions.filter(|version| version.release().len() == 3).collect();
        versions.dedup();
        (versions.len() == 1).then(|| versions.pop())?.map(|version| (path, version))
    })
}

/// The folders of libraries: the usual ones, those of each machine, and what the loader is configured with.
pub(super) fn folders(look: &Look<'_>) -> Vec<String> {
    let mut folders: Vec<String> =
        ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib64", "/usr/local/lib"].map(String::from).into();
    folders.extend(machines(look, "/usr/lib"));
    folders.extend(machines(look, "/lib"));
    let configured = "/etc/ld.so.conf.d";
    for name in look.names(configured).into_iter().filter(|name| name.ends_with(".conf")) {
        let text = look.read(&format!("{configured}/{name}")).unwrap_or_default();
        folders.extend(text.lines().map(str::trim).filter(|line| line.starts_with('/')).map(str::to_string));
    }
    let mut seen = std::collections::BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    folders.truncate(MOST_FOLDERS);
    folders
}

/// The folders of single machines in a folder: `/usr/lib/x86_64-linux-gnu`.
pub(super) fn machines(look: &Look<'_>, folder: &str) -> Vec<String> {
    let names = look.names(folder).into_iter().filter(|name| name.contains("-linux-"));
    names.map(|name| format!("{folder}/{name}")).collect()
}

/// The libraries whose names begin so, with the version that the file's name tells, or that of the file a link leads to;
/// newest first.
pub(super) fn named(look: &Look<'_>, start: &str) -> Vec<(String, Version)> {
    let cache = "/etc/ld.so.cache";
    let mut paths: Vec<String> = look.bytes(cache).map(|bytes| cached(&bytes, start)).unwrap_or_default();
    for folder in folders(look) {
        let names = look.names(&folder).into_iter().filter(|name| name.starts_with(start));
        paths.extend(names.map(|name| format!("{folder}/{name}")));
    }
    let mut found: Vec<(String, Version)> = paths
        .into_iter()
        .filter_map(|path| {
            let name = path.rsplit('/').next()?.to_string();
            let version = in_name(&look.target(&path)?).or_else(|| in_name(&name))?;
            Some((path, version))
        })
        .collect();
    found.sort_by(|one, other| (&other.1, &one.0).cmp(&(&one.1, &other.0)));
    found.dedup();
    found
}

/// The paths of libraries in the loader's cache: texts between zero bytes.
fn cached(bytes: &[u8], start: &str) -> Vec<String> {
    let texts = bytes.split(|byte| *byte == 0).filter(|text| text.starts_with(b"/") && text.len() < 1_000);
    let paths = texts.filter_map(|text| std::str::from_utf8(text).ok());
    paths
        .filter(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with(start)))
        .map(str::to_string)
        .collect()
}

/// The version in `libcudart.so.12.1.105`, `libopenblasp-r0.3.21.so`.
fn in_name(name: &str) -> Option<Version> {
    let release = || name.split_once("-r").and_then(|(_, rest)| rest.split_once(".so")).map(|(version, _)| version);
    let version = name.split_once(".so.").map(|(_, version)| version);
    release().and_then(|version| version.parse().ok()).or_else(|| version?.parse().ok())
}

/// The version that a package file of pkg-config tells, by the beginning of its name.
fn package(look: &Look<'_>, start: &str) -> Option<(String, Version)> {
    let mut folders: Vec<String> = ["/usr/lib64", "/usr/lib", "/usr/share", "/usr/local/lib64", "/usr/local/lib"]
        .map(String::from)
        .into_iter()
        .chain(machines(look, "/usr/lib"))
        .chain(["/usr/lib64/openmpi/lib".to_string()])
        .collect();
    folders.iter_mut().for_each(|folder| folder.push_str("/pkgconfig"));
    folders.iter().find_map(|folder| {
        let names = look.names(folder).into_iter().filter(|name| name.starts_with(start) && name.ends_with(".pc"));
        names.into_iter().find_map(|name| {
            let path = format!("{folder}/{name}");
            let text = look.read(&path)?;
            let version = text.lines().find_map(|line| line.strip_prefix("Version:"))?.trim().parse().ok()?;
            Some((path, version))
        })
    })
}

/// The version that a header defines in parts.
fn header(look: &Look<'_>, name: &str, folder: &str, parts: &[&str]) -> Option<(String, Version)> {
    let mut folders = vec![folder.to_string(), "/usr/include".to_string()];
    folders.extend(machines(look, "/usr/include"));
    folders.into_iter().find_map(|folder| {
        let path = format!("{folder}/{name}");
        defined(&look.read(&path)?, parts).map(|version| (path, version))
    })
}

/// A version of numbers that a header defines, the first of them at least.
pub(super) fn defined(text: &str, parts: &[&str]) -> Option<Version> {
    let number = |part: &&str| {
        text.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some("#define") && words.next() == Some(*part))
                .then(|| words.next()?.parse::<u64>().ok())?
        })
    };
    let numbers: Vec<u64> = parts.iter().map_while(number).collect();
    (!numbers.is_empty()).then(|| Version::new(numbers))
}

/// The version of a package of the active conda environment, by the names of its records: `mkl-2023.1.0-h6d00ec8_46342.json`.
pub(super) fn conda(look: &Look<'_>, packages: &[&str]) -> Option<(String, Version)> {
    let folder = format!("{}/conda-meta", look.variable("CONDA_PREFIX")?.trim_end_matches('/'));
    let names = look.names(&folder);
    packages.iter().find_map(|package| {
        names.iter().find_map(|name| {
            let mut parts = name.strip_suffix(".json")?.rsplitn(3, '-');
            let (_build, version, found) = (parts.next()?, parts.next()?, parts.next()?);
            (found == *package).then(|| version.parse().ok())?.map(|version| (format!("{folder}/{name}"), version))
        })
    })
}
