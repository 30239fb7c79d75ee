//! Every dependency may be used, changed and passed on, also in closed applications.

use house::{licence::acceptable, workspace::Workspace};

/// Licences that ask for no more than their notice, and file-wise copyleft that stays in its files.
const ALLOWED: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_dependency_has_an_allowed_licence() {
    let workspace = Workspace::load();
    let objections: Vec<String> = workspace
        .others()
        .filter_map(|package| {
            let why = match package.license.as_deref() {
                None => "tells no licence expression".to_owned(),
                Some(expression) => match acceptable(expression, &|licence| ALLOWED.contains(&licence)) {
                    Ok(true) => return None,
                    Ok(false) => format!("is under `{expression}`, which is not on the list in {}", file!()),
                    Err(error) => error.to_string(),
                },
            };
            Some(format!("{} {} {why}", package.name, package.version))
        })
        .collect();
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

#[test]
fn our_own_crates_are_under_both_licences() {
    for package in Workspace::load().ours() {
        assert_eq!(package.license.as_deref(), Some("MIT OR Apache-2.0"), "{}", package.name);
    }
}
