//! `thoth health` as a shell sees it: what the index, documents and services say of projects, kept and told.

mod stage;

use std::{fs, path::Path};

use scenarios::{Behaviour, Scenario, universe::zipped};
use serde_json::{Value, json};
use stage::{Ended, Stage};

/// A project that is looked after, one that is given up, one that only its owners know.
const STORY: &str = r#"
story = "Three projects are looked at."
[project]
requires = ["web"]
[packages.web]
"2.0" = { requires = ["old"], upload-time = "2025-03-01T00:00:00Z", says = ["Author-email: Ada <ada@demo.example>", "Project-URL: Source, https://github.com/demo/web/tree/main"] }
"1.0" = { upload-time = "2025-01-01T00:00:00Z" }
[packages.old]
"0.5" = { upload-time = "2015-01-01T00:00:00Z", says = ["Home-page: https://github.com/demo/old"] }
[status]
old = "archived"
[indexes.inside.packages.secret]
"1.0" = { says = ["Project-URL: Source, https://github.com/demo/secret"] }
[expect]
stack = { web = "2.0", old = "0.5" }
"#;

const CARD: &str = r#"{"date": "2025-05-01", "repo": {"name": "github.com/demo/web"}, "score": 6.5,
    "checks": [{"name": "Maintained", "score": 10, "reason": "30 commits"}, {"name": "Fuzzing", "score": 0, "reason": "no fuzzing"}]}"#;

fn set() -> Stage {
    Stage::set(&Scenario::parse(Path::new("health"), STORY).expect("the story parses"))
}

fn health(stage: &Stage, more: &[&str]) -> Ended {
    let index = stage.server.index_url("default");
    // So that ages do not depend on the day of the test.
    let flags = [
        "--index-url",
        &index,
        "--exclude-newer",
        "2025-06-01",
        "--python-version",
        "3.11",
        "--python-platform",
        "linux",
    ];
    stage.thoth(&[&["health"], more, &flags].concat())
}

fn document(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()))
}

/// Answers as deps.dev and as the Scorecard API do; the flags that name both.
fn services(stage: &Stage) -> [String; 4] {
    let release = json!({
        "versionKey": {"system": "PYPI", "name": "web", "version": "2.0"},
        "relatedProjects": [{"projectKey": {"id": "github.com/demo/web"}, "relationProvenance": "PYPI_PUBLISH_ATTESTATION", "relationType": "SOURCE_REPO"}],
    });
    let project = json!({"projectKey": {"id": "github.com/demo/web"}, "starsCount": 42});
    stage.server.put("/v3/systems/pypi/packages/web/versions/2.0", "application/json", release.to_string());
    stage.server.put("/v3/projects/github.com/demo/web", "application/json", project.to_string());
    stage.server.put("/projects/github.com/demo/web", "application/json", CARD);
    let url = stage.server.url();
    ["--health".to_string(), format!("deps.dev+{url}"), "--health".to_string(), format!("scorecard+{url}/")]
}

fn flags<'a>(first: &[&'a str], more: &'a [String]) -> Vec<&'a str> {
    first.iter().copied().chain(more.iter().map(String::as_str)).collect()
}

/// What services were asked, in the order of their bytes.
fn asked(stage: &Stage) -> Vec<String> {
    let is_service = |path: &String| path.starts_with("/v3/") || path.starts_with("/projects/");
    let mut asked: Vec<String> = stage.server.paths().into_iter().filter(is_service).collect();
    asked.sort();
    asked
}

#[test]
fn the_index_alone_tells_who_gave_up() {
    let stage = set();
    let ended = health(&stage, &["web", "old==0.5"]);
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""), "{}", ended.said());
    insta::assert_snapshot!(stage.filtered(&ended.stdout));
}

#[test]
fn all_projects_of_a_lock_are_looked_at() {
    let stage = set();
    let mut arguments = stage.written.arguments.clone();
    let output = arguments.iter().position(|argument| argument == "-o").expect("a story is locked somewhere");
    for lock in ["pylock.toml", "requirements.txt"] {
        arguments[output + 1] = lock.to_string();
        let locked = stage.thoth(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(locked.exit, Some(0), "{}", locked.said());
        let told = document(&health(&stage, &[lock, "--format", "json"]));
        let packages: Vec<String> = told["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| format!("{} {}", one["package"], one["version"]))
            .collect();
        assert_eq!(packages, ["\"old\" \"0.5\"", "\"web\" \"2.0\""], "{told:#}");
        assert_eq!(told["packages"][0]["status"]["value"]["status"], "archived");
    }
}

#[test]
fn services_are_asked_once_and_answer_offline() {
    let stage = set();
    let services = services(&stage);
    let first = health(&stage, &flags(&["web", "--format", "json"], &services));
    let told = document(&first);
    let web = &told["packages"][0];
    assert_eq!(web["repository"]["value"]["sure"], "attested", "{told:#}");
    assert_eq!((&web["scorecard"]["value"]["score"], &web["scorecard"]["at"]), (&json!(6.5), &json!("2025-05-01")));
    assert_eq!((&web["stars"]["value"], &web["archived"]["value"]), (&json!(42), &json!(false)));
    assert_eq!(web["rank"]["known"], "unknown");
    let questions = [
        "/projects/github.com/demo/web",
        "/v3/projects/github.com/demo/web",
        "/v3/systems/pypi/packages/web/versions/2.0",
    ];
    assert_eq!(asked(&stage), questions);
    stage.server.forget();
    let second = health(&stage, &flags(&["web", "--format", "json"], &services));
    let offline = health(&stage, &flags(&["web", "--format", "json", "--offline"], &services));
    assert_eq!((&second.stdout, &offline.stdout), (&first.stdout, &first.stdout));
    assert_eq!(asked(&stage), [""; 0]);
    let again = health(&stage, &flags(&["web", "--format", "json", "--refresh"], &services));
    assert_eq!((again.stdout, asked(&stage).len()), (first.stdout, 3));
}

#[test]
fn a_name_that_the_public_index_does_not_serve_is_told_to_nobody() {
    let stage = set();
    let (services, inside) = (services(&stage), stage.server.index_url("inside"));
    let ended = health(&stage, &flags(&["secret", "web", "--extra-index-url", &inside, "--format", "json"], &services));
    let told = document(&ended);
    assert_eq!(told["packages"][0]["repository"]["value"]["repository"], "github.com/demo/secret");
    assert_eq!(told["packages"][0]["scorecard"]["known"], "unknown");
    assert_eq!((asked(&stage).len(), asked(&stage).iter().any(|path| path.contains("secret"))), (3, false));
    // A default index that asks for a password is nobody's but its owner's.
    let private = stage.server.index_url("default").replace("http://", "http://me:s3cret@");
    stage.server.forget();
    let arguments = [
        "health",
        "web",
        "--index-url",
        &private,
        "--refresh",
        "--python-version",
        "3.11",
        "--python-platform",
        "linux",
    ];
    let ended = stage.thoth(&flags(&arguments, &services));
    assert_eq!((ended.exit, asked(&stage)), (Some(0), Vec::new()), "{}", ended.said());
}

#[test]
fn documents_are_read_from_folders_archives_and_servers() {
    let stage = set();
    let folder = stage.project().join("cards/deep");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("web.json"), CARD).expect("a file");
    fs::write(folder.join("other.json"), "{\"checks\": 3}").expect("a file");
    let downloads = r#"{"last_update": "2025-05-01 00:00:00", "rows": [{"download_count": 5, "project": "Web"}]}"#;
    stage.server.put("/top.json", "application/json", downloads);
    let archived = r#"{"full_name": "demo/web", "archived": true}"#.to_string();
    let archive = zipped(&[("forge.json".to_string(), archived)]).expect("an archive");
    stage.server.put("/forge.zip", "application/zip", archive);
    let (top, forge) = (format!("{}/top.json", stage.server.url()), format!("{}/forge.zip", stage.server.url()));
    let sources = ["--health", "cards", "--health", &top, "--health", &forge];
    let ended = health(&stage, &[&["web"], sources.as_slice()].concat());
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    insta::assert_snapshot!(stage.filtered(&ended.stdout));
    let offline = health(&stage, &[&["web", "--offline"], sources.as_slice()].concat());
    assert_eq!(offline.stdout, ended.stdout);
}

#[test]
fn a_service_that_fails_is_said_and_nothing_is_known_by_it() {
    let stage = set();
    let services = services(&stage);
    stage.server.behave("/projects/", Behaviour { statuses: vec![400; 20], ..Behaviour::default() });
    stage.server.behave("/v3/systems/", Behaviour { body: Some(b"<html>".to_vec()), ..Behaviour::default() });
    let ended = health(&stage, &flags(&["web", "old", "--format", "json"], &services));
    let told = document(&ended);
    assert_eq!(
        (ended.exit, &told["packages"][0]["scorecard"]["known"]),
        (Some(0), &json!("absent")),
        "deps.dev has none"
    );
    assert_eq!(told["packages"][0]["repository"]["value"]["sure"], "labelled");
    assert!(told["notes"][0].as_str().is_some_and(|note| note.contains("2 of 4 questions")), "{told:#}");
}

#[test]
fn what_cannot_be_looked_at_is_an_error_that_says_so() {
    let stage = set();
    for (arguments, expected) in [
        (vec!["web", "--health", "gone"], "load the health of projects from gone"),
        (vec!["."], "neither a release nor a lock"),
        (vec!["web", "--health", "scorecard+here"], "scorecard+https://HOST"),
    ] {
        let ended = health(&stage, &arguments);
        assert!(ended.exit == Some(2) && ended.stderr.contains(expected), "{}", ended.said());
    }
    let ended = health(&stage, &["gone", "web"]);
    assert!(ended.exit == Some(2) && ended.stdout.contains("no index knows the package"), "{}", ended.said());
    assert!(ended.stdout.contains("web 2.0"), "{}", ended.stdout);
}

/// The newest release of a client needs a project that was given up, the one before it another.
const CHOICE: &str = r#"
story = "A project that was given up is done without."
[project]
requires = ["client"]
[options]
exclude-newer = "2025-06-01T00:00:00Z"
[packages.client]
"2.0" = { requires = ["old"] }
"1.0" = { requires = ["other"] }
[packages.old]
"1.0" = {}
[packages.other]
"1.0" = { says = ["Project-URL: Source, https://github.com/demo/other"] }
[status]
old = "archived"
[expect]
stack = { client = "2.0", old = "1.0" }
"#;

fn choice() -> Stage {
    Stage::set(&Scenario::parse(Path::new("health"), CHOICE).expect("the story parses"))
}

/// The releases of a lock.
fn pins(stage: &Stage) -> Vec<String> {
    stage.pins().iter().map(|(name, version)| format!("{name} {version}")).collect()
}

#[test]
fn a_project_that_was_given_up_is_done_without_where_its_health_is_weighed() {
    let stage = choice();
    let blind = stage.advise(&[]);
    assert_eq!(pins(&stage), ["client 2.0", "old 1.0"], "{}", blind.said());
    let ended = stage.advise(&["--health", "index", "--upgrade"]);
    assert_eq!((ended.exit, pins(&stage)), (Some(0), vec!["client 1.0".to_string(), "other 1.0".to_string()]));
    let told = stage.filtered(&ended.stdout);
    let parts = told.split("\n\n").filter(|part| part.starts_with("3 changes") || part.starts_with("The health of"));
    insta::assert_snapshot!(parts.collect::<Vec<_>>().join("\n\n"));
    assert!(told.contains("The health of 3 projects, 1 rule takes part in the decision"), "{told}");
    let arguments = stage.written.arguments.iter().map(|one| if one == "stable" { "latest" } else { one });
    let latest = stage.thoth(&arguments.chain(["--health", "index", "--upgrade"]).collect::<Vec<_>>());
    assert_eq!(pins(&stage), ["client 2.0", "old 1.0"], "{}", latest.said());
    fs::write(stage.project().join("units.yaml"), "steps: [{name: FreshnessStep}]").expect("a file");
    let without = stage.advise(&["--health", "index", "--upgrade", "--pipeline", "units.yaml"]);
    assert_eq!(pins(&stage), ["client 2.0", "old 1.0"], "{}", without.said());
    let tree = stage.ask(&["tree"], &["--health", "index", "--upgrade"]);
    assert!(tree.stdout.contains("client 1.0") && tree.stdout.contains("other 1.0"), "{}", tree.said());
}

#[test]
fn of_two_sick_projects_the_less_sick_is_taken() {
    let stage = choice();
    let card = r#"{"date": "2025-05-01", "repo": {"name": "github.com/demo/other"}, "score": 0.5, "checks": []}"#;
    fs::write(stage.project().join("card.json"), card).expect("a file");
    let ended = stage.advise(&["--health", "card.json"]);
    assert_eq!(pins(&stage), ["client 1.0", "other 1.0"], "{}", ended.said());
    assert!(ended.stdout.contains("its Scorecard is 0.5 of 10"), "{}", ended.stdout);
    // Thirty points are less than a hundred, and less than what the file says now.
    fs::write(
        stage.project().join("units.yaml"),
        "steps: [{name: FreshnessStep}, {name: HealthStep, configuration: {archived: 20}}]",
    )
    .expect("a file");
    let ended = stage.advise(&["--health", "card.json", "--pipeline", "units.yaml", "--upgrade"]);
    assert_eq!(pins(&stage), ["client 2.0", "old 1.0"], "{}", ended.said());
}

#[test]
fn programs_are_told_and_a_saved_problem_is_decided_without_sources() {
    let stage = choice();
    let services = services(&stage);
    let flags = flags(&["--health", "index", "--format", "json", "--save-problem", "problem.thoth"], &services);
    let first = stage.advise(&flags);
    let told = document(&first);
    assert_eq!(told["evidence"]["health"]["looked"], 3, "{told:#}");
    assert_eq!(told["evidence"]["health"]["rules"], 1);
    let reasons = told["justification"].as_array().into_iter().flatten();
    let reasons: Vec<&Value> = reasons.filter(|one| one["unit"] == "HealthStep").collect();
    assert_eq!((reasons.len(), &reasons[0]["package"]), (1, &json!("old")));
    stage.server.forget();
    let again = stage.thoth(&["replay", "problem.thoth", "--format", "json", "--offline"]);
    assert_eq!(
        (again.exit, document(&again)["evidence"].clone()),
        (Some(0), told["evidence"].clone()),
        "{}",
        again.said()
    );
    assert_eq!(document(&again)["certificate"], told["certificate"]);
    assert_eq!(stage.server.paths(), Vec::<String>::new());
    let original = document(&stage.advise(&["--health", "index", "--format", "thoth-json", "--upgrade"]));
    let justification = original["result"]["report"]["products"][0]["justification"].to_string();
    assert!(justification.contains("its index calls it archived"), "{justification}");
}
