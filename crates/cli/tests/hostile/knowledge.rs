//! A knowledge base that is damaged, may not be written, is full, or whose writer dies.

use std::{
    fs,
    process::{Child, Stdio},
    time::Duration,
};

use crate::stage::{STORE, Stage};

fn started(stage: &Stage, output: &str, more: &[&str]) -> Child {
    let mut arguments = stage.arguments(output);
    arguments.extend(["-r", "requirements.in", "--advisories", "advisories"].map(str::to_string));
    arguments.extend(more.iter().map(|word| (*word).to_string()));
    let mut command = stage.thoth(&arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary was built")
}

#[test]
fn garbage_is_an_error_and_is_left_alone() {
    let stage = Stage::new();
    let garbage = "no database at all, for sure. ".repeat(500);
    stage.write("kept/knowledge.db", &garbage);
    stage.fails_with_help(&["knowledge.db", "thoth db clear"], |stage| stage.advise(&[]));
    assert_eq!(stage.read("kept/knowledge.db"), garbage);
    stage.works(|stage| stage.advise(&["--no-cache"]));
}

#[test]
fn a_database_cut_short_or_spoiled_is_an_error_or_still_works() {
    let stage = Stage::new();
    stage.works(|stage| stage.advise(&[]));
    let whole = fs::read(stage.path("kept/knowledge.db")).unwrap();
    for place in ["-wal", "-shm"] {
        let _ = fs::remove_file(stage.path(&format!("kept/knowledge.db{place}")));
    }
    let mut spoiled = vec![whole[..whole.len() / 2].to_vec(), whole[..100].to_vec(), Vec::new()];
    for step in 1..8 {
        let mut bytes = whole.clone();
        let from = whole.len() * step / 8;
        let until = (from + 3_000).min(bytes.len());
        bytes[from..until].fill(0xa5);
        spoiled.push(bytes);
    }
    for bytes in spoiled {
        let _ = fs::remove_dir_all(stage.path(STORE));
        stage.write("kept/knowledge.db", bytes);
        let told = stage.advise(&["--upgrade"]);
        match told.code {
            Some(0) => {
                assert!(stage.read("locked.txt").contains("alpha==1.0"), "decided by damaged advisories: {told:?}");
            }
            Some(2) => assert!(told.talk.contains("help: "), "{told:?}"),
            other => panic!("{other:?}: {told:?}"),
        }
    }
}

#[test]
fn a_store_that_cannot_be_made_is_a_warning() {
    let stage = Stage::new();
    stage.write("kept", "a file where the folder should be");
    let told = stage.works(|stage| stage.advise(&[]));
    assert!(told.talk.contains("warning: ") && told.talk.contains("--cache-dir"), "{}", told.talk);
    assert_eq!(stage.read("kept"), "a file where the folder should be");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::new();
    stage.works(|stage| stage.advise(&[]));
    for name in ["kept/knowledge.db", "kept"] {
        let mode = if name == "kept" { 0o500 } else { 0o400 };
        fs::set_permissions(stage.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    // The administrator writes anyway; what counts is that the run does not fail.
    stage.works(|stage| stage.advise(&["--upgrade", "--refresh"]));
    fs::set_permissions(stage.path("kept"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn whoever_is_killed_leaves_a_store_that_works() {
    let stage = Stage::new();
    for attempt in 0..24 {
        let mut child = started(&stage, "locked.txt", &["--refresh", "--upgrade"]);
        // Killed a little later each time, so that some die before, some during and some after their writes.
        std::thread::sleep(Duration::from_millis(attempt * 6));
        let _ = child.kill();
        let _ = child.wait();
        let lock = stage.read("locked.txt");
        assert!(lock.is_empty() || lock.contains("beta==1.1"), "half a lock: {lock}");
    }
    for name in stage.leftovers() {
        fs::remove_file(name).unwrap();
    }
    stage.works(|stage| stage.advise(&[]));
    stage.works(|stage| stage.advise(&["--offline", "--upgrade"]));
}

#[cfg(unix)]
#[test]
fn a_full_disk_costs_the_store_and_not_the_lock() {
    let stage = Stage::new();
    for blocks in ["0", "8", "24", "64"] {
        let _ = fs::remove_dir_all(stage.path(STORE));
        let _ = fs::remove_file(stage.path("locked.txt"));
        let mut command = stage.command("/bin/sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut arguments = stage.arguments("locked.txt");
        arguments.extend(["-r", "requirements.in", "--advisories", "advisories"].map(str::to_string));
        command.args(["-c", script.as_str(), env!("CARGO_BIN_EXE_thoth")]).args(&arguments);
        let told = stage.told(command.output().expect("there is a shell"));
        if blocks == "0" {
            assert_eq!(told.code, Some(2), "{told:?}");
            assert!(told.talk.contains("locked.txt") && told.talk.contains("help: "), "{told:?}");
            assert!(!stage.path("locked.txt").exists());
        } else {
            assert_eq!(told.code, Some(0), "{blocks}: {told:?}");
            assert!(told.talk.contains("warning: ") || blocks == "64", "{blocks}: {told:?}");
        }
        assert!(stage.leftovers().is_empty(), "{:?}", stage.leftovers());
    }
    stage.works(|stage| stage.advise(&[]));
}

#[test]
fn several_at_once_do_not_disturb_each_other() {
    let stage = Stage::new();
    let names = ["one.txt", "two.txt", "three.txt", "four.txt"];
    let children: Vec<Child> = names.iter().map(|name| started(&stage, name, &["--http-timeout", "10"])).collect();
    for child in children {
        let told = stage.told(child.wait_with_output().unwrap());
        assert_eq!(told.code, Some(0), "{told:?}");
    }
    let pins = |name: &str| -> Vec<String> {
        stage.read(name).lines().filter(|line| !line.starts_with('#')).map(str::to_string).collect()
    };
    for name in names {
        assert_eq!(pins(name), pins("one.txt"));
        assert!(!pins(name).is_empty());
    }
}
