//! What a user is told where there is no stack: the facts of many stories on one page, to be judged by reading.

mod stage;

use stage::{Stage, story};

const STORIES: [&str; 16] = [
    "search/impossible-diamond",
    "search/many-releases-one-bound",
    "search/three-in-a-ring",
    "search/pigeons",
    "constraints/impossible",
    "overrides/an-override-is-in-the-way",
    "extras/an-extra-that-cannot-be-had",
    "python/nothing-for-this-python",
    "tags/none-at-all",
    "yanked/only-bounded",
    "prereleases/disallow",
    "dates/exclude-newer-everything",
    "malware/all-releases",
    "sdists/unknown-and-nothing-else",
    "names/unknown-package",
    "versions/no-such-version",
];

/// The paragraph that says why there is no stack.
fn told(name: &str) -> String {
    let stage = Stage::set(&story(name));
    let ended = stage.advise(&[]);
    assert_eq!(ended.exit, Some(1), "{name}: {ended:?}");
    let report = stage.filtered(&ended.stdout);
    let start = report.find("There is no stack").unwrap_or_else(|| panic!("{name}: {report}"));
    let paragraph = report[start..].split("\n\n").next().unwrap_or_default();
    format!("{name}\n{paragraph}\n\n")
}

#[test]
fn a_person_understands_why_there_is_no_stack() {
    insta::assert_snapshot!(STORIES.map(told).concat());
}
