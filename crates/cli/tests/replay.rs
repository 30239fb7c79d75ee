//! Saved problems: what is decided from the file is what was decided when it was written, byte for byte.

mod stage;

use std::fs;

use stage::{Ended, Stage, each, stories, story};

/// Every so-manieth story is told: each runs the binary twice.
const SAMPLE: usize = 3;

/// Runs a story with a report for machines, saves its problem, and replays it.
fn saved_and_replayed(stage: &Stage) -> (Ended, Option<String>, Ended) {
    let first = stage.advise(&["--format", "json", "--alternatives", "2", "--save-problem", "problem.thoth"]);
    let lock = stage.restore(None);
    let again = stage.thoth(&["replay", "problem.thoth", "--format", "json", "-o", "again.txt", "--offline"]);
    (first, lock, again)
}

#[test]
fn stories_are_replayed_with_the_same_bytes() {
    let told: Vec<_> = stories().into_iter().step_by(SAMPLE).collect();
    // A run that ends with an error has decided nothing.
    let wrong = each(&told, |(name, scenario)| {
        let stage = Stage::set(scenario);
        let before = stage.lock();
        let (first, lock, again) = saved_and_replayed(&stage);
        if first.exit == Some(2) {
            return stage
                .project()
                .join("problem.thoth")
                .exists()
                .then(|| format!("{name}: saved in spite of an error"));
        }
        if (&first.stdout, first.exit) != (&again.stdout, again.exit) {
            return Some(format!("{name}:\n{}\ninstead of\n{}", again.said(), first.said()));
        }
        // Where there is no stack the lock of before stays, and none is made.
        let made = fs::read_to_string(stage.project().join("again.txt")).ok();
        let expected = if first.exit == Some(1) && lock == before { None } else { lock };
        (made != expected).then(|| format!("{name}: {made:?} instead of {expected:?}"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_saved_problem_is_refused() {
    let stage = Stage::set(&story("search/diamond"));
    let (first, ..) = saved_and_replayed(&stage);
    assert_eq!(first.exit, Some(0), "{}", first.said());
    let whole = fs::read(stage.project().join("problem.thoth")).unwrap();
    let mut turned = whole.clone();
    let middle = whole.len() / 2;
    turned[middle] ^= 0x55;
    let cut = whole[..whole.len() - 7].to_vec();
    for (what, bytes) in [("cut", cut), ("turned", turned), ("text", b"flask>=3\n".to_vec()), ("empty", Vec::new())] {
        fs::write(stage.project().join("broken.thoth"), bytes).unwrap();
        let ended = stage.thoth(&["replay", "broken.thoth"]);
        let told = ended.stderr.contains("broken.thoth") && ended.stderr.contains("--save-problem");
        assert!(ended.exit == Some(2) && told, "{what}: {}", ended.said());
    }
    let missing = stage.thoth(&["replay", "nothing.thoth"]);
    assert!(missing.exit == Some(2) && missing.stderr.contains("nothing.thoth"), "{}", missing.said());
}

#[test]
fn a_replay_writes_no_lock_unless_asked() {
    let stage = Stage::set(&story("search/diamond"));
    saved_and_replayed(&stage);
    let printed = stage.thoth(&["replay", "problem.thoth", "-o", "-", "-q"]);
    assert_eq!(printed.stdout, fs::read_to_string(stage.project().join("again.txt")).unwrap());
    fs::remove_file(stage.project().join("again.txt")).unwrap();
    let told = stage.thoth(&["replay", "problem.thoth"]);
    assert_eq!(told.exit, Some(0), "{}", told.said());
    assert!(stage.lock().is_none() && !stage.project().join("again.txt").exists());
}
