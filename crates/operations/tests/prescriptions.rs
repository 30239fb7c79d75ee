//! Prescriptions as a run has them: read once, kept, read again when they change, handed out by what they are about.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use knowledge::{Access, KnowledgeBase};
use operations::{
    AdviseError, World,
    prescriptions::{Prescriptions, load},
    request::PrescriptionSource,
};
use prescriptions::{Key, Wanted};

fn world(knowledge: &Arc<KnowledgeBase>, verb: impl FnOnce(&World<'_>)) {
    verb(&World::alone(Arc::clone(knowledge), 1_700_000_000_000_000));
}

fn base(access: Access) -> Arc<KnowledgeBase> {
    Arc::new(KnowledgeBase::open(Path::new("unused"), access).unwrap())
}

/// What one run has of the files in `folder`, and its notes.
fn loaded(
    folder: &Path,
    list: &[&str],
    knowledge: &Arc<KnowledgeBase>,
) -> (Result<Option<Prescriptions>, AdviseError>, Vec<String>) {
    let list: Vec<_> = list.iter().map(|path| PrescriptionSource::Path(PathBuf::from(path))).collect();
    let mut notes = Vec::new();
    let mut answer = None;
    world(knowledge, |world| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        answer = Some(runtime.block_on(load(&list, folder, world, &mut notes)));
    });
    (answer.unwrap(), notes)
}

fn package(name: &str) -> Key {
    Key::Package(name.parse().unwrap())
}

fn about(found: &Prescriptions, keys: &[Key]) -> Vec<String> {
    found.about(keys, Wanted::ALL).unwrap().into_iter().map(|unit| unit.name).collect()
}

fn boot(name: &str, condition: &str) -> String {
    format!(
        "units:\n  boots:\n  - name: {name}\n    type: boot\n    should_include:\n      adviser_pipeline: true\n      \
         runtime_environments: {{{condition}}}\n    run:\n      stack_info:\n      - {{type: INFO, message: hello}}\n"
    )
}

fn sieve(name: &str, package: &str, version: &str) -> String {
    format!(
        "units:\n  sieves:\n  - name: {name}\n    type: sieve\n    should_include: {{adviser_pipeline: true}}\n    match:\n      \
         package_version: {{name: {package}, version: \"{version}\"}}\n"
    )
}

/// A folder with prescriptions about flask, an image and anything.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("rules/_prescription_metadata.yaml", "prescription: {name: ours, release: '1.0'}\n");
    write("rules/fl/flask.yaml", &sieve("FlaskSieve", "flask", "<2"));
    write("rules/general.yaml", &boot("GeneralBoot", ""));
    write(
        "rules/image.yaml",
        &boot("ImageBoot", "base_images: ['registry.example:5000/base:v1', 'registry.example:5000/base:v2']"),
    );
    folder
}

#[test]
fn a_run_gets_what_is_about_its_packages_and_its_image() {
    let (folder, knowledge) = (folder(), base(Access::Temporary));
    for _ in 0..2 {
        let (found, notes) = loaded(folder.path(), &["rules"], &knowledge);
        let found = found.unwrap().unwrap();
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(about(&found, &[package("flask"), package("jinja2")]), ["ours.FlaskSieve"]);
        assert_eq!(about(&found, &[Key::General]), ["ours.GeneralBoot"]);
        let image = Key::image("registry.example:5000/base:v9@sha256:00");
        assert_eq!(about(&found, &[Key::General, image]), ["ours.GeneralBoot", "ours.ImageBoot"]);
        assert_eq!((found.facts().files, found.facts().units["boot"]), (4, 2));
        assert_eq!(found.facts().releases["ours"].as_deref(), Some("1.0"));
    }
}

#[test]
fn what_changed_is_read_again_and_nothing_else_is() {
    let (folder, knowledge) = (folder(), base(Access::Temporary));
    let before = loaded(folder.path(), &["rules"], &knowledge).0.unwrap().unwrap();
    let same = loaded(folder.path(), &["rules"], &knowledge).0.unwrap().unwrap();
    assert_eq!(before.id(), same.id());
    fs::write(folder.path().join("rules/fl/flask.yaml"), sieve("FlaskSieve", "flask", "<2.3.4")).unwrap();
    let after = loaded(folder.path(), &["rules"], &knowledge).0.unwrap().unwrap();
    assert_ne!(before.id(), after.id());
    assert!(
        before.about(&[Key::General], Wanted::ALL).is_err(),
        "what was replaced meanwhile is not told as if nothing were there"
    );
}

#[test]
fn good_units_are_used_and_bad_ones_are_told() {
    let (folder, knowledge) = (folder(), base(Access::Temporary));
    fs::write(folder.path().join("rules/bad.yaml"), "units:\n  boots:\n  - nmae: A\n").unwrap();
    let found = loaded(folder.path(), &["rules"], &knowledge).0.unwrap().unwrap();
    assert!(found.facts().errors > 0);
    let first = &found.facts().problems[0];
    assert_eq!(first.place.to_string(), "bad.yaml:3");
    assert_eq!(about(&found, &[Key::General]), ["ours.GeneralBoot"]);
}

#[test]
fn several_sources_are_put_together_and_each_has_its_own_name() {
    let (folder, knowledge) = (folder(), base(Access::Temporary));
    fs::write(folder.path().join("mine.yaml"), sieve("FlaskSieve", "flask", "<1")).unwrap();
    let found = loaded(folder.path(), &["rules", "mine.yaml"], &knowledge).0.unwrap().unwrap();
    assert_eq!(about(&found, &[package("flask")]), ["ours.FlaskSieve", "local.FlaskSieve"]);
    assert_eq!(found.facts().errors, 0);
}

#[test]
fn a_source_that_is_missing_or_empty_is_an_error_that_names_it() {
    let (folder, knowledge) = (folder(), base(Access::Temporary));
    let missing = loaded(folder.path(), &["missing"], &knowledge).0.unwrap_err().story();
    assert!(missing.contains("missing"), "{missing}");
    fs::create_dir(folder.path().join("empty")).unwrap();
    let empty = loaded(folder.path(), &["empty"], &knowledge).0.unwrap_err();
    assert!(empty.story().contains("no YAML file"), "{}", empty.story());
    fs::write(folder.path().join("large.yaml"), vec![b' '; (16 << 20) + 1]).unwrap();
    let large = loaded(folder.path(), &["large.yaml"], &knowledge).0.unwrap_err().story();
    assert!(large.contains("it is larger than 16777216 bytes"), "{large}");
    assert!(loaded(folder.path(), &[], &knowledge).0.unwrap().is_none());
}

#[test]
#[ignore = "needs the corpus: set THOTH_TEST_PRESCRIPTIONS to its folder or archive, and build with --release"]
fn the_corpus_is_read_once_and_then_at_hand() {
    let corpus = std::env::var("THOTH_TEST_PRESCRIPTIONS").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let knowledge = Arc::new(KnowledgeBase::open(&folder.path().join("knowledge.db"), Access::ReadWrite).unwrap());
    for _ in 0..3 {
        let start = Instant::now();
        let (found, notes) = loaded(folder.path(), &[&corpus], &knowledge);
        let found = found.unwrap().unwrap();
        let load = start.elapsed();
        let start = Instant::now();
        let packages = ["flask", "numpy", "tensorflow", "requests", "pandas"].map(package);
        let units = about(&found, &packages).len() + about(&found, &[Key::General]).len();
        #[allow(clippy::print_stderr)]
        {
            eprintln!("{load:?} to load, {:?} for {units} units; {notes:?}", start.elapsed());
        }
        assert_eq!(found.facts().units.values().sum::<usize>(), 90_611);
    }
}
