//! A package that another index has as well, or alone: what is offered is asked for as it says, names stay where they are, and
//! what was found out is in the saved problem.

mod stage;

use std::{fs, path::Path};

use scenarios::Scenario;
use serde_json::Value;
use stage::{Stage, story};

/// The default index, which has no name and is asked last, has the fix.
const DEFAULT: &str = r#"
story = "A mirror hides the fix that the default index has."
[project]
requires = ["url", "web"]
[packages.url]
"1.0" = {}
"2.0" = {}
[packages.web]
"1.0" = { requires = ["url"] }
[indexes.mirror.packages.url]
"1.0" = {}
[[advisories]]
id = "PYSEC-1"
package = "url"
fixed = "2.0"
[expect]
stack = { url = "1.0", web = "1.0" }
"#;

fn hidden() -> Stage {
    Stage::set(&Scenario::parse(Path::new("default.toml"), DEFAULT).expect("the story is one"))
}

/// The first remedy of a report for machines.
fn remedy(report: &str) -> Value {
    let report: Value = serde_json::from_str(report).expect("the report is JSON");
    report["remaining"][0]["cause"]["help"]["remedies"][0].clone()
}

#[test]
fn the_pin_that_is_offered_gives_the_stack_that_was_promised() {
    let stage = Stage::set(&story("relaxations/another-index"));
    let offered = remedy(&stage.advise(&["--format", "json"]).stdout);
    let relaxation = &offered["relaxations"][0];
    assert_eq!((&relaxation["relaxation"], &relaxation["index"]), (&"index".into(), &"upstream".into()), "{offered}");
    assert_eq!(relaxation["url"], stage.server.index_url("upstream"));
    let ended = stage.advise(&["--index-pin", "url=upstream", "--format", "json"]);
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert_eq!(stage.pins()[&"url".parse().unwrap()].to_string(), "2.0");
    let report: Value = serde_json::from_str(&ended.stdout).expect("the report is JSON");
    assert_eq!(report["remaining"].as_array().map(Vec::len), Some(0), "{report}");
}

#[test]
fn an_index_without_a_name_is_given_one_that_no_other_package_comes_from() {
    let stage = hidden();
    let offered = remedy(&stage.advise(&["--format", "json"]).stdout);
    let url = stage.server.index_url("default");
    let said = offered["sentence"].as_str().unwrap_or_default();
    let table = "name it in an `[[index]]` with `explicit = true`, then `--index-pin url=NAME`";
    assert!(said.contains(&format!("take `url` from {url}, ")) && said.contains(table), "{said}");
    let settings = format!("[[index]]\nname = \"open\"\nurl = \"{url}\"\nexplicit = true\n");
    fs::write(stage.project().join("thoth.toml"), settings).unwrap();
    let ended = stage.advise(&["--index-pin", "url=open"]);
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    assert_eq!(stage.pins()[&"url".parse().unwrap()].to_string(), "2.0");
}

#[test]
fn a_private_name_is_told_to_no_index_that_might_not_know_it() {
    let stage = Stage::set(&story("relaxations/impossible-and-a-private-name"));
    let ended = stage.advise(&[]);
    assert_eq!(ended.exit, Some(1), "{ended:?}");
    let asked = stage.server.paths();
    assert!(asked.iter().any(|path| path.contains("/internal/simple/ours")), "{asked:?}");
    assert!(!asked.iter().any(|path| path.contains("/upstream/simple/ours")), "{asked:?}");
}

#[test]
fn an_index_that_was_asked_out_of_turn_is_in_the_saved_problem() {
    for name in ["another-index", "another-index-is-worse", "impossible-but-for-another-index"] {
        let stage = Stage::set(&story(&format!("relaxations/{name}")));
        let first = stage.advise(&["--format", "json", "--save-problem", "problem.thoth"]);
        let again = stage.thoth(&["replay", "problem.thoth", "--format", "json", "--offline"]);
        assert_eq!((&again.stdout, again.exit), (&first.stdout, first.exit), "{name}: {}", again.said());
    }
}

#[test]
fn without_a_network_only_what_is_stored_is_offered() {
    let stage = hidden();
    let offered = remedy(&stage.advise(&["--format", "json"]).stdout);
    let stored = remedy(&stage.advise(&["--format", "json", "--offline"]).stdout);
    assert_eq!(offered, stored);
    let stage = hidden();
    stage.server.behave("/default/simple/url", scenarios::Behaviour { statuses: vec![403; 9], ..Default::default() });
    let unasked = stage.advise(&["--format", "json"]);
    assert_eq!(unasked.exit, Some(0), "{unasked:?}");
    assert!(!unasked.stdout.contains("\"relaxation\": \"index\""), "{}", unasked.stdout);
}
