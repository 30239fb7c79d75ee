//! Kept results are taken for current until [`catalogue::REVISION`] goes up, so nobody may forget to raise it.
//!
//! What could change them is held here as two hashes: of all that is found in the fixtures and samples, and of every table and
//! bound that stands in the source, also those that no fixture reaches.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::samples::{Sample, texts};
use indicators::{Analyser, Member, catalogue};
use sha2::{Digest as _, Sha256};

/// The revision, what it finds, and its tables.
const CURRENT: (u32, &str, &str) = (7, "5adfc9e0e57768d2", "165c6784af663f38");
const ADVICE: &str =
    "raise `catalogue::REVISION` where the rules find something else, and write it here with the new hashes";

#[test]
fn rules_that_find_something_else_are_of_another_revision() {
    let now = (catalogue::REVISION, short(&found()), short(&constants()));
    assert_eq!((now.0, now.1.as_str(), now.2.as_str()), CURRENT, "{ADVICE}");
}

/// What is found in each fixture and sample, a line each.
fn found() -> String {
    let analyser = Analyser::new(|_| true);
    let mut lines = Vec::new();
    for path in files(&here("tests/rules")) {
        let bytes = fs::read(&path).expect("a fixture is read");
        let name = path.file_name().expect("a fixture has a name").to_string_lossy().into_owned();
        let examined = analyser.examine(&Member { path: &name, bytes: &bytes });
        lines.push(told(&examined.findings) + &told(&examined.capabilities));
    }
    for folder in ["known", "unseen", "rules"] {
        for (name, text) in texts(folder) {
            for half in text.trim_start_matches("=== fires\n").split("=== silent\n") {
                let (findings, abilities) = Sample::parse(half).look(&analyser);
                lines.push(format!("{name} {}{}", told(&findings), told(&abilities)));
            }
        }
    }
    lines.join("\n")
}

/// Every `static` and `const` outside of tests, and the lists that are files of their own.
fn constants() -> String {
    let mut text = String::new();
    // What projects use of libraries is told anew each time.
    for path in files(&here("src")).into_iter().filter(|path| !path.ends_with("usage.rs")) {
        let source = fs::read_to_string(&path).expect("a source is read");
        if path.extension().is_none_or(|ending| ending != "rs") {
            text += &source;
            continue;
        }
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mut inside = false;
        for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let item =
                line.trim_start_matches("pub").trim_start_matches("(crate)").trim_start_matches("(super)").trim();
            inside |= item.starts_with("const ") && !item.starts_with("const fn ") || item.starts_with("static ");
            if inside {
                text += line;
            }
            inside &= !line.ends_with(';');
        }
    }
    text
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All files below a folder, by path.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("read {}: {error}", folder.display())) {
        let path = entry.expect("an entry is read").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn told(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("what is found is kept as JSON")
}

fn short(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_table_is_among_what_is_hashed() {
    let constants = constants();
    for part in ["\"os.posix_spawnp\"", "\"trufflehog\"", "\"cloudpickle\"", "zstandard\n", "MOST_EVENTS", "GUARDED"] {
        assert!(constants.contains(part), "{part}");
    }
}
