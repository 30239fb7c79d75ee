//! `thoth tree` on stories: what requires what, drawn and for machines.

mod stage;

use std::path::Path;

use scenarios::Scenario;
use serde_json::Value;
use stage::{Ended, Stage, story};

/// A web framework with an extra, a cycle, a shared dependency, and a release that is vulnerable without a way around.
const SHOP: &str = r#"
story = "A shop with an extra, a cycle and a vulnerable release that nothing replaces is resolved."
[project]
files = { "requirements.in" = "web[fast]>=2\nlinks<3\nweb<9\n" }
[packages.web]
"2.0" = { requires = ["links>=1", "safe"], extras = { fast = ["quick>=0.4 ; python_version > '3'"] } }
[packages.links]
"2.5" = { requires = ["safe>=1,<2"] }
[packages.safe]
"1.1" = { requires = ["links"] }
[packages.quick]
"0.5" = { requires = ["safe"] }
[[advisories]]
id = "PYSEC-2024-1"
aliases = ["CVE-2024-1"]
package = "quick"
cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]
[expect]
stack = { web = "2.0", links = "2.5", safe = "1.1", quick = "0.5" }
"#;

fn shop() -> Stage {
    Stage::set(&Scenario::parse(Path::new("shop"), SHOP).expect("the story parses"))
}

fn tree(flags: &[&str]) -> String {
    let ended = shop().ask(&["tree"], flags);
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""), "{}", ended.said());
    ended.stdout
}

#[test]
fn each_release_is_drawn_once_with_what_it_requires() {
    insta::assert_snapshot!(tree(&[]), @r#"
    requirements.in
    |-- links 2.5 (<3, requirements.in:2)
    |   `-- safe 1.1 (>=1,<2)
    |       `-- links 2.5 (*)
    `-- web[fast] 2.0 (>=2, requirements.in:1; <9, requirements.in:3)
        |-- links 2.5 (>=1) (*)
        |-- quick 0.5 (>=0.4; extra fast) vulnerable: CVE-2024-1 (critical 9.8)
        |   `-- safe 1.1 (*)
        `-- safe 1.1 (*)

    (*) what it leads to is drawn elsewhere
    4 releases, 1 with known vulnerabilities.
    "#);
}

#[test]
fn a_terminal_of_ascii_gets_ascii() {
    let stage = shop();
    let drawn = stage.ask(&["tree"], &["--depth", "1"]).stdout;
    assert!(drawn.is_ascii(), "the stage has no locale: {drawn}");
    insta::assert_snapshot!(drawn, @r#"
    requirements.in
    |-- links 2.5 (<3, requirements.in:2)
    `-- web[fast] 2.0 (>=2, requirements.in:1; <9, requirements.in:3)

    4 releases, 1 with known vulnerabilities.
    "#);
}

#[test]
fn inverted_it_tells_who_requires_a_package() {
    insta::assert_snapshot!(tree(&["--invert", "safe"]), @r#"
    safe 1.1
    |-- links 2.5 (requires >=1,<2)
    |   |-- requirements.in:2 requires `links<3`
    |   |-- safe 1.1 (*)
    |   `-- web[fast] 2.0 (requires >=1)
    |       |-- requirements.in:1 requires `web[fast]>=2`
    |       `-- requirements.in:3 requires `web<9`
    |-- quick 0.5 vulnerable: CVE-2024-1 (critical 9.8)
    |   `-- web[fast] 2.0 (requires >=0.4; extra fast) (*)
    `-- web[fast] 2.0 (*)

    (*) what it leads to is drawn elsewhere
    4 releases, 1 with known vulnerabilities.
    "#);
}

#[test]
fn one_package_is_drawn_with_every_repetition() {
    insta::assert_snapshot!(tree(&["--package", "web", "--no-dedupe"]), @r#"
    web[fast] 2.0
    |-- links 2.5 (>=1)
    |   `-- safe 1.1 (>=1,<2)
    |       `-- links 2.5 (*)
    |-- quick 0.5 (>=0.4; extra fast) vulnerable: CVE-2024-1 (critical 9.8)
    |   `-- safe 1.1
    |       `-- links 2.5
    |           `-- safe 1.1 (>=1,<2) (*)
    `-- safe 1.1
        `-- links 2.5
            `-- safe 1.1 (>=1,<2) (*)

    (*) what it leads to is drawn elsewhere
    4 releases, 1 with known vulnerabilities.
    "#);
}

#[test]
fn what_is_not_in_the_stack_is_told() {
    let Ended { exit, stdout, .. } = shop().ask(&["tree", "--package", "nobody"], &[]);
    assert_eq!((exit, stdout.as_str()), (Some(1), "`nobody` is not in the stack.\n"));
    let Ended { exit, stderr, .. } = shop().ask(&["tree", "--invert", "no body"], &[]);
    assert!(exit == Some(2) && stderr.contains("--invert") && stderr.contains("no body"), "{stderr}");
}

#[test]
fn a_tree_writes_no_lock_and_the_existing_one_counts() {
    let stage = Stage::set(&story("locks/vulnerable-one-moves"));
    let before = stage.lock();
    assert!(before.is_some());
    let drawn = stage.ask(&["tree"], &[]);
    assert_eq!(drawn.exit, Some(0), "{}", drawn.said());
    assert_eq!(stage.lock(), before);
    stage.advise(&[]);
    for (name, version) in stage.pins() {
        assert!(drawn.stdout.contains(&format!("{name} {version}")), "{name} {version}: {}", drawn.stdout);
    }
}

#[test]
fn without_a_stack_the_conflict_is_told() {
    let ended = Stage::set(&story("search/deep-and-impossible")).ask(&["tree"], &[]);
    assert!(ended.exit == Some(1) && ended.stdout.contains("There is no stack"), "{}", ended.said());
}

#[test]
fn a_tree_for_machines_has_every_release_and_requirement() {
    let ended = shop().ask(&["tree"], &["--format", "json"]);
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    let document: Value = serde_json::from_str(&ended.stdout).expect("the answer is JSON");
    assert_eq!(document["schema"], serde_json::json!({ "name": "thoth-tree", "version": 1 }));
    let of = |key: &str, member: &str| -> Vec<String> {
        let items = document["answer"][key].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item[member].as_str().unwrap_or_default().to_string()).collect()
    };
    assert_eq!(of("releases", "name"), ["links", "quick", "safe", "web"]);
    assert_eq!(of("requirements", "requirement"), ["web[fast]>=2", "links<3", "web<9"]);
    let (from, to) = (of("edges", "from"), of("edges", "to"));
    let edges: Vec<String> = from.iter().zip(to).map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(edges, ["links safe", "quick safe", "safe links", "web links", "web quick", "web safe"]);
    let quick = document["answer"]["edges"].as_array().and_then(|edges| edges.get(4)).cloned().unwrap_or_default();
    assert_eq!((quick["specifiers"].as_str(), quick["when"][0].as_str()), (Some(">=0.4"), Some("fast")));
}
