//! The file as users meet it: missing, foreign, damaged, of another age, unwritable, full.
#![allow(clippy::unwrap_used, reason = "functions beside the tests are tests too")]

use std::{fs, path::Path};

use knowledge::{Access, FileKey, IndexKey, KnowledgeBase, KnowledgeError, Run, SnapshotInfo, StoredMetadata};
use rusqlite::Connection;

fn open(path: &Path) -> Result<KnowledgeBase, KnowledgeError> {
    KnowledgeBase::open(path, Access::ReadWrite)
}

fn run(at: i64) -> Run {
    Run { key: "key".into(), at, recommendation: "stable".into(), summary: "{}".into(), packages: Vec::new() }
}

fn metadata(base: &KnowledgeBase, number: usize, bytes: usize) -> Result<(), KnowledgeError> {
    let index = IndexKey::new(&"https://index.example/simple/".parse().unwrap());
    let file = FileKey::new(&index, &[], &format!("https://files.example/{number}.whl"));
    base.keep_metadata(1, [(&file, &StoredMetadata { body: vec![7; bytes], how: "sidecar".into() })])
}

#[test]
fn a_missing_file_is_created_with_its_folders_and_only_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/thoth/knowledge.db");
    open(&path).unwrap().keep_run(&run(1)).unwrap();
    assert_eq!(open(&path).unwrap().last_run("key").unwrap(), Some(run(1)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
}

#[test]
fn a_temporary_base_touches_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/knowledge.db");
    let base = KnowledgeBase::open(&path, Access::Temporary).unwrap();
    base.keep_run(&run(1)).unwrap();
    assert_eq!(base.last_run("key").unwrap(), Some(run(1)));
    assert_eq!(base.status().unwrap().path, None);
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn odd_names_are_files_like_others() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["file:a?mode=memory", ":memory:", "with space%20#", "ünï"] {
        let path = folder.path().join(name);
        open(&path).unwrap().keep_run(&run(1)).unwrap();
        assert!(path.exists(), "{name}");
    }
}

#[test]
fn a_file_that_is_no_database_is_named_with_the_way_out_and_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    fs::write(&path, "this is a diary, not a database\n".repeat(100)).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, KnowledgeError::Corrupt { .. }) && !error.may_carry_on(), "{error:?}");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert!(error.remedy().contains("thoth db clear"));

    KnowledgeBase::clear(&path).unwrap();
    assert!(!path.exists());
    open(&path).unwrap().keep_run(&run(1)).unwrap();
}

#[test]
fn a_damaged_database_is_told_and_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    let base = open(&path).unwrap();
    (0..200).for_each(|number| metadata(&base, number, 3000).unwrap());
    drop(base);
    let mut bytes = fs::read(&path).unwrap();
    bytes[200..].fill(0x5a);
    fs::write(&path, bytes).unwrap();

    let error = open(&path).and_then(|base| base.status()).unwrap_err();
    assert!(matches!(error, KnowledgeError::Corrupt { .. }), "{error:?}");
    assert!(KnowledgeBase::clear(&path).unwrap() > 0);
    assert_eq!(open(&path).unwrap().status().unwrap().counts[1], ("metadata of files", 0));
}

#[test]
fn a_truncated_database_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    let base = open(&path).unwrap();
    (0..50).for_each(|number| metadata(&base, number, 3000).unwrap());
    drop(base);
    let bytes = fs::read(&path).unwrap();
    for part in [1, 50, 99, 100, 1000, 4096, 5000, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..part]).unwrap();
        match open(&path).and_then(|base| base.status()) {
            Ok(_) => {}
            Err(error) => assert!(matches!(error, KnowledgeError::Corrupt { .. }), "{part}: {error:?}"),
        }
        KnowledgeBase::clear(&path).unwrap();
        open(&path).unwrap().keep_run(&run(1)).unwrap();
        KnowledgeBase::clear(&path).unwrap();
    }
}

#[test]
fn an_empty_file_becomes_a_knowledge_base() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    fs::write(&path, "").unwrap();
    open(&path).unwrap().keep_run(&run(1)).unwrap();
}

#[test]
fn many_that_create_one_base_at_the_same_moment_all_find_it_theirs() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..40 {
        let path = folder.path().join(format!("{round}.db"));
        let start = std::sync::Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    start.wait();
                    open(&path).unwrap();
                });
            }
        });
    }
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE pages (id INTEGER)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(open(&path), Err(KnowledgeError::Foreign { .. })));
    assert!(matches!(KnowledgeBase::clear(&path), Err(KnowledgeError::Foreign { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn the_file_of_a_newer_thoth_is_refused_unless_it_is_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    drop(open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, KnowledgeError::Newer { found: 99, .. }), "{error:?}");
    assert!(error.remedy().contains("thoth db clear") && error.to_string().contains("schema 99"));
    KnowledgeBase::clear(&path).unwrap();
    open(&path).unwrap().keep_run(&run(1)).unwrap();
}

#[test]
fn clearing_empties_the_file_and_leaves_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    let base = open(&path).unwrap();
    (0..100).for_each(|number| metadata(&base, number, 5000).unwrap());
    base.replace_snapshot("osv", &SnapshotInfo::default(), [("flask".parse().unwrap(), vec![1; 5000])]).unwrap();
    drop(base);
    assert!(KnowledgeBase::clear(&path).unwrap() > 400_000);
    for suffix in ["-wal", "-shm", "-journal"] {
        assert!(!folder.path().join(format!("knowledge.db{suffix}")).exists(), "{suffix}");
    }
    let status = open(&path).unwrap().status().unwrap();
    assert!(status.counts.iter().all(|(_, count)| *count == 0), "{status:?}");
    let fresh = open(&folder.path().join("fresh.db")).unwrap().status().unwrap();
    assert!(status.bytes <= fresh.bytes, "{status:?} {fresh:?}");
}

#[test]
fn clearing_what_is_not_there_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(KnowledgeBase::clear(&folder.path().join("knowledge.db")).unwrap(), 0);
}

#[test]
fn another_process_with_the_file_open_carries_on_after_a_clear() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    let base = open(&path).unwrap();
    base.keep_run(&run(1)).unwrap();
    KnowledgeBase::clear(&path).unwrap();
    assert_eq!(base.last_run("key").unwrap(), None);
    base.keep_run(&run(2)).unwrap();
    assert_eq!(open(&path).unwrap().last_run("key").unwrap(), Some(run(2)));
}

#[test]
fn a_folder_in_the_place_of_the_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = open(folder.path()).unwrap_err();
    assert!(error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
    assert!(error.remedy().contains("--cache-dir"), "{error:?}");

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = open(&file.join("knowledge.db")).unwrap_err();
    assert!(matches!(error, KnowledgeError::Files { .. }) && error.may_carry_on(), "{error:?}");
}
