//! Which crate may know which, and what pure crates do without: the arrows and invariants of ARCHITECTURE.md.

use house::{
    source::shipped,
    text,
    workspace::{Workspace, root},
};

/// Each of our crates with those of ours it may use; a crate that is not here may use none.
const ARROWS: [(&str, &[&str]); 10] = [
    ("thoth-packaging", &[]),
    ("thoth-evidence", &["thoth-packaging"]),
    ("thoth-prescriptions", &["thoth-packaging"]),
    ("thoth-indicators", &[]),
    ("thoth-resolution", &["thoth-packaging", "thoth-evidence", "thoth-prescriptions"]),
    ("thoth-report", &["thoth-packaging", "thoth-evidence", "thoth-indicators", "thoth-resolution"]),
    ("thoth-sources", &["thoth-packaging"]),
    ("thoth-knowledge", &["thoth-packaging"]),
    (
        "thoth-operations",
        &[
            "thoth-packaging",
            "thoth-evidence",
            "thoth-prescriptions",
            "thoth-indicators",
            "thoth-resolution",
            "thoth-sources",
            "thoth-knowledge",
        ],
    ),
    (
        "thoth",
        &[
            "thoth-packaging",
            "thoth-prescriptions",
            "thoth-indicators",
            "thoth-resolution",
            "thoth-report",
            "thoth-sources",
            "thoth-knowledge",
            "thoth-operations",
        ],
    ),
];

/// For tests: they stand beside the house, and nothing shipped leans on them.
const TESTS_ONLY: [&str; 2] = ["thoth-scenarios", "thoth-house"];

#[test]
fn crates_know_only_what_the_arrows_allow() {
    let workspace = Workspace::load();
    let ours: Vec<&str> = workspace.ours().map(|package| package.name.as_str()).collect();
    for package in workspace.ours().filter(|package| !TESTS_ONLY.contains(&package.name.as_str())) {
        let allowed = ARROWS.iter().find(|(name, _)| *name == package.name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("say in {} what `{}` may use", file!(), package.name));
        for dependency in package.dependencies.iter().filter(|one| ours.contains(&one.name.as_str())) {
            let for_tests = dependency.kind.as_deref() == Some("dev");
            assert!(
                for_tests || allowed.contains(&dependency.name.as_str()),
                "`{}` must not know `{}`: see the arrows in ARCHITECTURE.md",
                package.name,
                dependency.name
            );
        }
    }
}

/// Crates in which everything that is not a value comes in as an argument.
const PURE: [&str; 6] = ["packaging", "evidence", "prescriptions", "indicators", "resolution", "report"];

/// What a pure crate names nowhere in its shipped code.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio",
    "async fn",
    "println!",
];

#[test]
fn pure_crates_touch_no_file_socket_clock_or_environment() {
    let root = root();
    for name in PURE {
        let sources = text::below(&root, &root.join("crates").join(name).join("src"));
        let sources: Vec<_> =
            sources.iter().filter(|file| file.path.ends_with(".rs") && !is_test(&file.path)).collect();
        assert!(!sources.is_empty(), "`{name}` has no source");
        for file in sources {
            let code = shipped(&file.text);
            if let Some((line, what)) = impurity(&code) {
                panic!("{}:{line}: `{what}` in a pure crate; let the caller pass what it is needed for", file.path);
            }
        }
    }
}

/// The first impure name in code, with its line.
fn impurity(code: &str) -> Option<(usize, String)> {
    let plain = IMPURE.iter().flat_map(|needle| code.match_indices(needle).map(|(at, _)| (at, (*needle).to_owned())));
    let grouped = code.match_indices("std::{").filter_map(|(at, _)| {
        let names = code[at..].split(';').next().unwrap_or_default();
        let words = names.split(|c: char| !c.is_alphanumeric() && c != '_');
        let found = words.into_iter().find(|word| IMPURE.contains(&format!("std::{word}").as_str()))?;
        Some((at, format!("std::{found}")))
    });
    let (at, what) = plain.chain(grouped).min()?;
    Some((code[..at].lines().count().max(1), what))
}

#[test]
fn impure_names_are_found_alone_and_in_groups() {
    assert_eq!(impurity("use std::fmt;\nlet x = std::fs::read(p);"), Some((2, "std::fs".to_owned())));
    assert_eq!(impurity("use std::{\n    fmt,\n    net::TcpStream,\n};"), Some((1, "std::net".to_owned())));
    assert_eq!(impurity("use std::{fmt, io};\nfn environment() {}"), None);
}

/// Modules of a file of their own that are declared under `#[cfg(test)]`.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn pure_crates_depend_on_no_runtime_or_client() {
    let workspace = Workspace::load();
    for package in workspace.ours() {
        if !PURE.iter().any(|pure| package.name == format!("thoth-{pure}")) {
            continue;
        }
        for dependency in package.dependencies.iter().filter(|one| one.kind.as_deref() != Some("dev")) {
            assert!(
                !["tokio", "reqwest", "rusqlite", "tempfile", "futures", "rand"].contains(&dependency.name.as_str()),
                "`{}` is pure and must not depend on `{}`",
                package.name,
                dependency.name
            );
        }
    }
}
