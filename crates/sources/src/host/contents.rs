//! What is installed on a machine, or in an image, by the files that installers keep.

use std::collections::BTreeSet;

use packaging::{PackageName, Version};

use super::root::{Look, Root};

/// The most folders of Python packages that are looked at.
const MOST_FOLDERS: usize = 200;

/// A Python package that is installed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installed {
    /// Its name.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// The folder it is in: `/usr/lib/python3.11/site-packages`.
    pub folder: String,
}

/// The Python packages of a machine, sorted; `None` when it has no folder of them where one is usual: below `/usr`, `/usr/local`,
/// `/venv`, a folder of `/opt`, or `.local` of somebody's home.
pub fn python_packages(root: &Root) -> Option<Vec<Installed>> {
    let look = Look::new(root);
    let folders = folders(&look);
    let installed = folders.iter().flat_map(|folder| {
        let names = look.names(folder);
        names.iter().filter_map(|name| installed(name, folder)).collect::<Vec<_>>()
    });
    let installed: BTreeSet<Installed> = installed.collect();
    (!folders.is_empty()).then(|| installed.into_iter().collect())
}

/// The folders of Python packages, each once, however many ways lead there.
fn folders(look: &Look<'_>) -> Vec<String> {
    let mut roots: Vec<String> = ["/usr", "/usr/local", "/venv"].map(String::from).into();
    roots.extend(look.names("/opt").into_iter().map(|name| format!("/opt/{name}")));
    roots.extend(homes(look).into_iter().map(|home| format!("{home}/.local")));
    let mut folders = Vec::new();
    let mut seen = BTreeSet::new();
    for library in roots.iter().flat_map(|root| [format!("{root}/lib"), format!("{root}/lib64")]) {
        for python in look.names(&library).into_iter().filter(|name| name.starts_with("python")) {
            for packages in ["site-packages", "dist-packages"] {
                let folder = format!("{library}/{python}/{packages}");
                if look.exists(&folder) && seen.insert(look.path(&folder)) && folders.len() < MOST_FOLDERS {
                    folders.push(folder);
                }
            }
        }
    }
    folders
}

/// The homes of those who have one.
fn homes(look: &Look<'_>) -> BTreeSet<String> {
    let users = look.read("/etc/passwd").unwrap_or_default();
    let homes = users.lines().filter_map(|user| user.split(':').nth(5));
    homes.map(|home| home.trim_end_matches('/').to_string()).take(MOST_FOLDERS).collect()
}

/// The release that a folder of metadata is of: `Flask-3.0.0.dist-info`, `six-1.16.0-py3.11.egg-info`.
fn installed(name: &str, folder: &str) -> Option<Installed> {
    let release = match name.strip_suffix(".dist-info") {
        Some(release) => release,
        None => name.strip_suffix(".egg-info")?.split("-py").next()?,
    };
    let (name, version) = release.rsplit_once('-')?;
    Some(Installed { name: name.parse().ok()?, version: version.parse().ok()?, folder: folder.to_string() })
}
