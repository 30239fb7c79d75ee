//! The documents say what is there, and no file names what must not be named.

use std::collections::BTreeSet;

use house::{
    text::{self, TextFile},
    workspace::{Workspace, root},
};

fn document(name: &str) -> String {
    let path = root().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display()))
}

/// What stands between single backquotes outside of code blocks, and what links lead to.
fn quoted_and_linked(document: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut in_block = false;
    for line in document.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        found.extend(line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link.to_owned()));
    }
    found
}

/// Whether a quoted text is a path of the project rather than code: it has a folder of ours in front or a file's ending.
fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let ours = ["crates/", "tests/", "examples/", "scripts/", "benches/", ".ci/"];
    !text.is_empty() && text.chars().all(plain) && ours.iter().any(|folder| text.starts_with(folder))
}

#[test]
fn every_path_the_documents_name_exists() {
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let named = quoted_and_linked(&document(name));
        let links = |text: &String| text.ends_with(".md") && !text.contains("://") && !text.contains(' ');
        for path in named.iter().filter(|text| is_path(text) || links(text)) {
            assert!(root().join(path).exists(), "{name} names `{path}`, which is not there");
        }
    }
}

#[test]
fn the_architecture_names_every_crate() {
    let architecture = document("ARCHITECTURE.md");
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(architecture.contains(&format!("`{name}`")), "ARCHITECTURE.md does not tell what `{name}` is for");
    }
}

#[test]
fn the_changelog_names_the_current_version() {
    let workspace = Workspace::load();
    let version = &workspace.ours().find(|package| package.name == "thoth").unwrap().version;
    let changelog = document("CHANGELOG.md");
    let heading = changelog.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    assert!(heading.contains(version.as_str()), "the first heading of CHANGELOG.md is `{heading}`, not {version}");
}

#[test]
fn all_crates_have_one_version() {
    let workspace = Workspace::load();
    let versions: BTreeSet<&str> = workspace.ours().map(|package| package.version.as_str()).collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
}

/// A text without the few words that are only written in pieces.
fn offences<'a>(files: &'a [TextFile], needles: &'a [String]) -> impl Iterator<Item = String> + 'a {
    files.iter().flat_map(move |file| {
        (1..).zip(file.text.lines()).flat_map(move |(line, text)| {
            let text = text.to_ascii_lowercase();
            let met = needles.iter().filter(move |needle| text.contains(needle.as_str()));
            met.map(move |needle| format!("{}:{line}: `{needle}`", file.path)).collect::<Vec<_>>()
        })
    })
}

/// Where packages come from is for configuration to say: a host here is one that tests or scripts would ask by mistake.
#[test]
fn no_file_names_the_host_of_a_package_registry() {
    let hosts: [&[&str]; 9] = [
        &["pypi", "org"],
        &["pythonhosted", "org"],
        &["crates", "io/api"],
        &["index", "crates", "io"],
        &["static", "crates", "io"],
        &["npmjs", "org"],
        &["npmjs", "com"],
        &["deb", "debian", "org"],
        &["rubygems", "org"],
    ];
    let needles: Vec<String> = hosts.iter().map(|parts| parts.join(".")).collect();
    let root = root();
    let files: Vec<TextFile> = text::all(&root).into_iter().filter(|file| file.path != "Cargo.lock").collect();
    let found: Vec<String> = offences(&files, &needles).collect();
    assert!(found.is_empty(), "say \"PyPI\" or use https://index.example/:\n{}", found.join("\n"));
}

#[test]
fn no_file_names_a_path_of_the_machine_it_was_written_on() {
    let needles: Vec<String> = [["/wo", "rk/"], ["/tmp/", "wt/"], ["/ro", "ot/"], ["/tmp/", "target"]]
        .iter()
        .map(|parts| parts.concat())
        .collect();
    let root = root();
    let files = text::all(&root);
    let found: Vec<String> = offences(&files, &needles).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
