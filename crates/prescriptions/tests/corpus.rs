//! The whole real corpus, when it is at hand: every file and unit accounted for.
//!
//! It is read from the folder in `THOTH_TEST_PRESCRIPTIONS`; nothing of it is in this repository.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a failed test")]

use std::{collections::BTreeMap, fs, path::Path};

use prescriptions::{Builder, Kind, Weight};

fn read(folder: &Path, root: &Path, builder: &mut Builder) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read(&path, root, builder);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            builder.add(&name, &fs::read(&path).unwrap());
        }
    }
}

#[test]
#[ignore = "needs the corpus: set THOTH_TEST_PRESCRIPTIONS to its folder"]
fn every_file_and_unit_of_the_corpus_is_accounted_for() {
    let folder = std::env::var("THOTH_TEST_PRESCRIPTIONS").expect("THOTH_TEST_PRESCRIPTIONS names the corpus");
    let folder = Path::new(&folder);
    let mut builder = Builder::new();
    builder.source("corpus");
    read(folder, folder, &mut builder);
    let corpus = builder.finish();
    let expected = BTreeMap::from([
        (Kind::Boot, 3_502),
        (Kind::Pseudonym, 2),
        (Kind::Sieve, 50),
        (Kind::SkipDependency, 5),
        (Kind::Step, 20),
        (Kind::SkipPackage, 1),
        (Kind::Group, 12),
        (Kind::Wrap, 83_041),
        (Kind::ReleaseNotes, 3_978),
    ]);
    assert_eq!(corpus.files, 65_091);
    assert_eq!(corpus.counts, expected);
    assert_eq!(corpus.counts.values().sum::<usize>(), 90_611);
    let wrong: Vec<String> = corpus.problems.iter().map(ToString::to_string).collect();
    assert_eq!((corpus.errors, corpus.warnings), (0, 7), "{wrong:#?}");
    assert!(corpus.problems.iter().all(|problem| problem.weight == Weight::Warning && problem.place.line.is_some()));
    // 49 units match one of several things; each of these is a unit of its own.
    assert_eq!(corpus.units.len(), 90_660);
    assert!(corpus.units.iter().all(|unit| unit.place.line.is_some()));
}
