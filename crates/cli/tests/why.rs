//! `thoth why` and `thoth why-not` on stories: what a user sees, and what programs read.
//!
//! The snapshots are in `tests/snapshots`; `INSTA_UPDATE=always` writes them anew, and a reader judges the difference.

mod stage;

use std::path::Path;

use scenarios::Scenario;
use serde_json::Value;
use stage::{Ended, Stage, story};

/// A shop whose framework holds a library back, with releases of the library that cannot be used.
const SHOP: &str = r#"
story = "A shop whose framework holds a library back is resolved."
[project]
files = { "requirements.in" = "web[fast]>=2\nshop-ui\nnothing ; sys_platform == 'win32'\n" }
[packages.web]
"1.0" = { requires = ["safe<1"] }
"2.0" = { requires = ["safe>=1,<2", "colours ; sys_platform == 'win32'"], extras = { fast = ["quick>=0.4"], slow = ["snail>=3"] } }
[packages.shop-ui]
"1.0" = { requires = ["web", "safe"] }
[packages.safe]
"0.9" = {}
"1.1" = {}
"1.2" = { yanked = "broken" }
"2.0" = {}
"2.1" = { requires-python = ">=3.14" }
"3.0" = { wheels = ["cp311-cp311-win_amd64"] }
"4.0rc1" = {}
[packages.quick]
"0.5" = {}
[packages.snail]
"3.0" = {}
[expect]
stack = { web = "2.0", safe = "1.1", quick = "0.5", shop-ui = "1.0" }
"#;

/// A server where the fix of one library is paid for with an older framework.
const SERVER: &str = r#"
story = "A server takes an older framework to be rid of a vulnerable library."
[project]
requires = ["cluster>=31,<35", "http"]
[packages.cluster]
"33.0" = { requires = ["http>=1"] }
"34.0" = { requires = ["http>=1,<2.4"] }
[packages.http]
"1.0" = {}
"2.3" = {}
"2.8" = {}
[[advisories]]
id = "PYSEC-2025-9"
aliases = ["CVE-2025-9"]
package = "http"
fixed = "2.8"
summary = "A response may ask for any number of steps"
cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]
[expect]
stack = { cluster = "33.0", http = "2.8" }
"#;

fn stage(text: &str) -> Stage {
    Stage::set(&Scenario::parse(Path::new("story"), text).expect("the story parses"))
}

/// What the user sees of a question.
fn asked(stage: &Stage, verb: &[&str], flags: &[&str]) -> String {
    let before = stage.lock();
    let Ended { exit, stdout, stderr } = stage.ask(verb, flags);
    assert_eq!(stage.lock(), before, "a question writes no lock");
    let exit = exit.map_or_else(|| "a signal".to_string(), |exit| exit.to_string());
    let stderr = if stderr.is_empty() { stderr } else { format!("--- stderr\n{}", stage.filtered(&stderr)) };
    format!("$ thoth {}\nexit code: {exit}\n--- stdout\n{}{stderr}", verb.join(" "), stage.filtered(&stdout))
}

macro_rules! tell {
    ($($test:ident: $story:expr, $verb:expr, $flags:expr;)*) => {
        $(#[test]
        fn $test() {
            insta::assert_snapshot!(asked(&stage($story), &$verb, &$flags));
        })*
    };
}

tell! {
    a_library_is_held_back_by_its_framework: SHOP, ["why", "safe"], [];
    the_newest_release_needs_no_excuse: SHOP, ["why", "quick"], [];
    an_extra_nobody_asks_for_would_bring_a_package: SHOP, ["why", "snail"], [];
    another_platform_would_bring_a_package: SHOP, ["why", "colours"], [];
    the_project_itself_requires_it_elsewhere: SHOP, ["why", "nothing"], [];
    nothing_mentions_a_package: SHOP, ["why", "unheard-of"], [];
    an_older_framework_pays_for_a_fix: SERVER, ["why", "cluster"], [];
    the_oldest_release_is_wanted: SHOP, ["why", "safe"], ["--resolution", "lowest"];
    what_is_chosen_needs_no_reason: SHOP, ["why-not", "safe>=1"], [];
    a_release_is_out_of_bounds: SHOP, ["why-not", "safe==2.0"], [];
    a_release_was_yanked: SHOP, ["why-not", "safe==1.2"], [];
    releases_cannot_be_used: SHOP, ["why-not", "safe>2,<4"], [];
    there_is_no_such_release: SHOP, ["why-not", "safe==1.5"], [];
    there_is_no_such_package: SHOP, ["why-not", "unheard-of"], [];
    an_extra_is_not_asked_for: SHOP, ["why-not", "web[slow]"], [];
    a_release_would_bring_a_vulnerability: SERVER, ["why-not", "cluster==34.0"], [];
    a_package_that_nothing_requires: SHOP, ["why-not", "snail"], [];
}

#[test]
fn the_existing_lock_holds_a_release() {
    let locked = format!(
        "{}[lock]\nweb = \"2.0\"\nlibrary = \"1.0\"\n[packages.library]\n\"1.0\" = {{}}\n\"1.1\" = {{}}\n",
        SHOP.replace("shop-ui\\n", "shop-ui\\nlibrary\\n")
    )
    .replace("[expect]\nstack = { ", "[expect]\nstack = { library = \"1.0\", ");
    // The table of what is expected stays the last one.
    let (before, after) = locked.split_once("[expect]").expect("a table");
    let (expect, rest) = after.split_once("[lock]").expect("a table");
    let stage = stage(&format!("{before}[lock]{rest}[expect]{expect}"));
    let told = asked(&stage, &["why", "library"], &[]);
    insta::assert_snapshot!(told);
    let anew = asked(&stage, &["why", "library"], &["--upgrade"]);
    assert!(anew.contains("library 1.1 is in the stack."), "{anew}");
}

#[test]
fn an_override_bounds_in_the_place_of_others() {
    let text = SHOP
        .replace("[packages.web]", "overrides = [\"safe==2.0\"]\n[packages.web]")
        .replace("safe = \"1.1\"", "safe = \"2.0\"");
    let stage = stage(&text);
    insta::assert_snapshot!(asked(&stage, &["why", "safe"], &[]));
    let other = asked(&stage, &["why-not", "safe==1.1"], &[]);
    assert!(other.contains("exit code: 1") && other.contains("overrides"), "{other}");
}

#[test]
fn what_is_no_question_is_refused() {
    let stage = stage(SHOP);
    for (verb, flag, part) in [
        ("why", "no body", "no body"),
        ("why-not", "safe=1", "safe=1"),
        ("why-not", "safe==1; python_version > '3'", "marker"),
        ("why-not", "safe @ https://index.example/safe-1.0.tar.gz", "archive"),
    ] {
        let ended = stage.ask(&[verb, flag], &[]);
        assert!(ended.exit == Some(2) && ended.stderr.contains(part), "{flag}: {}", ended.said());
    }
}

#[test]
fn without_a_stack_the_conflict_is_told() {
    let stage = Stage::set(&story("search/deep-and-impossible"));
    for verb in [["why", "top"], ["why-not", "top==1.0"]] {
        let ended = stage.ask(&verb, &[]);
        assert!(ended.exit == Some(1) && ended.stdout.contains("There is no stack"), "{}", ended.said());
    }
}

#[test]
fn programs_read_ways_bounds_and_what_was_supposed() {
    let ended = stage(SHOP).ask(&["why", "safe"], &["--format", "json"]);
    let document: Value = serde_json::from_str(&ended.stdout).expect("the answer is JSON");
    assert_eq!((ended.exit, &document["exit_code"]), (Some(0), &Value::from(0)));
    let answer = &document["answer"];
    assert_eq!((answer["version"].as_str(), answer["ways"]["count"].as_u64()), (Some("1.1"), Some(3)));
    assert_eq!(answer["preferred"], serde_json::json!(["4.0rc1", "2.0"]));
    assert_eq!(answer["bounds"][0]["requirement"], "safe>=1,<2");
    assert_eq!(answer["bounds"][0]["admits_preferred"], false);
    let sentences = answer["supposed"]["explanation"].as_array().cloned().unwrap_or_default();
    assert!(sentences.iter().any(|fact| fact["sentence"].as_str().is_some_and(|text| text.contains("web 2.0"))));

    let ended = stage(SERVER).ask(&["why-not", "cluster>=34"], &["--format", "json"]);
    let document: Value = serde_json::from_str(&ended.stdout).expect("the answer is JSON");
    assert_eq!((ended.exit, &document["exit_code"]), (Some(1), &Value::from(1)));
    let answer = &document["answer"];
    assert_eq!((answer["chosen"].as_str(), answer["finding"].as_str()), (Some("33.0"), Some("possible")));
    let levels = answer["supposed"]["comparison"]["levels"].as_array().cloned().unwrap_or_default();
    let exposure = levels.iter().find(|level| level["level"] == "exposure").cloned().unwrap_or_default();
    assert_eq!((exposure["chosen"].as_i64(), exposure["other"].as_i64()), (Some(0), Some(98)));
    assert_eq!(answer["supposed"]["comparison"]["brings"][0]["name"], "http");
}
