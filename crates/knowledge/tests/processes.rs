//! Several processes at one file: all at once, killed at any moment, and out of room.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "functions beside the tests are tests too")]

use std::{
    collections::BTreeSet,
    env,
    io::Read as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use knowledge::{Access, FileKey, IndexKey, KnowledgeBase, KnowledgeError, Run, SnapshotInfo, StoredMetadata};
use packaging::PackageName;

/// The rows one transaction writes together: readers see all of them or none.
const ROWS: usize = 40;

fn open(path: &Path) -> KnowledgeBase {
    KnowledgeBase::open(path, Access::ReadWrite).unwrap()
}

fn files(writer: &str, round: usize) -> Vec<FileKey> {
    let index = IndexKey::new(&"https://index.example/simple/".parse().unwrap());
    (0..ROWS)
        .map(|row| FileKey::new(&index, &[], &format!("https://files.example/{writer}/{round}/{row}.whl")))
        .collect()
}

fn write_round(base: &KnowledgeBase, writer: &str, round: usize) -> Result<(), KnowledgeError> {
    let stored = StoredMetadata { body: vec![b'x'; 2000], how: format!("{writer} {round}") };
    base.keep_metadata(1, files(writer, round).iter().map(|file| (file, &stored)))?;
    let packages = (0..ROWS).map(|row| (name(row), round.to_le_bytes().to_vec()));
    let info = SnapshotInfo { id: round.to_string(), checked_at: 1, ..SnapshotInfo::default() };
    base.replace_snapshot(writer, &info, packages)?;
    base.keep_run(&Run {
        key: writer.into(),
        at: i64::try_from(round).unwrap(),
        recommendation: "stable".into(),
        summary: "{}".into(),
        packages: Vec::new(),
    })
}

fn name(row: usize) -> PackageName {
    format!("package-{row}").parse().unwrap()
}

/// Fails when a transaction is there in part; returns how many whole rounds are there.
fn check(base: &KnowledgeBase, writer: &str) -> usize {
    let mut rounds = 0;
    loop {
        let found = base.metadata(&files(writer, rounds)).unwrap();
        match found.iter().flatten().count() {
            0 => break,
            ROWS => rounds += 1,
            part => panic!("{part} of {ROWS} rows of round {rounds} of {writer}"),
        }
    }
    if let Some(info) = base.snapshot(writer).unwrap() {
        // A writer at work may replace it between the two questions; that is told, never mixed.
        if let Some(found) = base.advisories(writer, &info.id, &(0..ROWS).map(name).collect::<Vec<_>>()).unwrap() {
            let bodies: BTreeSet<_> = found.iter().map(|(_, body)| body.clone()).collect();
            assert_eq!((found.len(), bodies.len()), (ROWS, 1));
        }
    }
    rounds
}

/// Runs this very test binary as another process that does `job`.
fn child(job: &str, path: &Path, writer: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "child_process", "--nocapture", "--quiet"]);
    command.env("KNOWLEDGE_TEST_JOB", job).env("KNOWLEDGE_TEST_PATH", path).env("KNOWLEDGE_TEST_WRITER", writer);
    command
}

/// Not a test by itself: what the child processes of the tests below run.
#[test]
fn child_process() {
    let Ok(job) = env::var("KNOWLEDGE_TEST_JOB") else { return };
    let path = env::var_os("KNOWLEDGE_TEST_PATH").unwrap();
    let writer = env::var("KNOWLEDGE_TEST_WRITER").unwrap();
    let base = open(Path::new(&path));
    match job.as_str() {
        "ten rounds" => (0..10).for_each(|round| write_round(&base, &writer, round).unwrap()),
        "until killed" => {
            (check(&base, &writer)..1_000_000).for_each(|round| write_round(&base, &writer, round).unwrap());
        }
        "until full" => {
            let error = (0..100_000).find_map(|round| write_round(&base, &writer, round).err()).unwrap();
            assert!(matches!(error, KnowledgeError::Full { .. }) && error.may_carry_on(), "{error:?}");
            assert!(check(&base, &writer) > 0);
        }
        _ => panic!("no such job: {job}"),
    }
}

fn succeeds(mut child: Child) {
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut said).unwrap();
    }
    assert!(child.wait().unwrap().success(), "{said}");
}

#[test]
fn processes_and_threads_create_and_fill_one_base_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    let children: Vec<Child> = (0..4)
        .map(|number| {
            let mut command = child("ten rounds", &path, &format!("child-{number}"));
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let shared = open(&path);
    std::thread::scope(|scope| {
        for number in 0..2 {
            let shared = &shared;
            scope.spawn(move || {
                (0..10).for_each(|round| write_round(shared, &format!("shared-{number}"), round).unwrap());
            });
            let path = &path;
            scope.spawn(move || {
                let own = open(path);
                (0..10).for_each(|round| write_round(&own, &format!("own-{number}"), round).unwrap());
            });
        }
        for number in 0..20 {
            check(&shared, &format!("child-{}", number % 4));
        }
    });
    children.into_iter().for_each(succeeds);
    for writer in ["child-0", "child-1", "child-2", "child-3", "shared-0", "shared-1", "own-0", "own-1"] {
        assert_eq!(check(&shared, writer), 10, "{writer}");
        assert_eq!(shared.last_run(writer).unwrap().unwrap().at, 9);
    }
}

#[test]
fn a_writer_killed_at_any_moment_leaves_whole_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    let mut rounds = 0;
    for attempt in 0_u64..200 {
        if attempt >= 25 && rounds > 0 {
            break;
        }
        let mut command = child("until killed", &path, "writer");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The first kills hit the creation of the file, later ones the writing.
        std::thread::sleep(std::time::Duration::from_millis(1 + attempt * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        let base = open(&path);
        let now = check(&base, "writer");
        assert!(now >= rounds, "round {rounds} was kept and is lost");
        rounds = now;
    }
    // It is not only consistent, it works.
    let base = open(&path);
    write_round(&base, "writer", rounds).unwrap();
    assert_eq!(check(&base, "writer"), rounds + 1);
}

#[test]
fn a_base_that_cannot_grow_says_so_and_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("knowledge.db");
    // The limit on the size of files, in blocks of 512 or 1024 bytes; ignored signals stay ignored in the child.
    let inner = child("until full", &path, "writer");
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 1500; exec \"$0\" \"$@\""]).arg(inner.get_program());
    command.args(inner.get_args());
    command.envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    succeeds(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());

    let base = open(&path);
    let rounds = check(&base, "writer");
    assert!(rounds > 0);
    write_round(&base, "writer", rounds).unwrap();
    assert_eq!(check(&base, "writer"), rounds + 1);
}
