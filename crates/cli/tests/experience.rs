//! Prescriptions in a run: what they change of the stack, what the report and the conflict say of them, and that a saved
//! problem remembers.

mod stage;

use std::{fs, path::Path};

use scenarios::Scenario;
use stage::{Ended, Stage};

const STORY: &str = r#"
story = "A web project whose newest releases are not the ones that work together."
[project]
requires = ["site"]
[packages.site]
"1.0" = { requires = ["web", "drawing>=1"] }
[packages.web]
"1.0" = {}
"2.0" = { requires = ["extra"] }
[packages.extra]
"1.0" = {}
[packages.drawing]
"1.0" = {}
"2.0" = {}
[packages.fast-drawing]
"1.0" = {}
[expect]
stack = { site = "1.0", web = "2.0", extra = "1.0", drawing = "2.0" }
"#;

fn stage() -> Stage {
    Stage::set(&Scenario::parse(Path::new("experience.toml"), STORY).expect("a story"))
}

/// Runs the story with these units, written as `kind: fields`.
fn advised(stage: &Stage, units: &str, more: &[&str]) -> Ended {
    let folder = stage.project().join(".thoth/prescriptions");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("own.yaml"), format!("units:\n{units}")).expect("a file");
    stage.advise(more)
}

/// What is said, however it is broken into lines.
fn words(ended: &Ended) -> String {
    ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stack(stage: &Stage) -> Vec<String> {
    stage.pins().iter().map(|(name, version)| format!("{name} {version}")).collect()
}

const GROUP: &str = r#"
  steps:
  - name: WebDrawing
    type: step.Group
    should_include: {adviser_pipeline: true}
    match: {group: [{package_version: {name: web, version: ">=2"}}, {package_version: {name: drawing, version: ">=2"}}]}
    run: {not_acceptable: web 2 draws nothing with drawing 2}
"#;

#[test]
fn releases_that_do_not_work_together_are_kept_apart() {
    let stage = stage();
    let ended = advised(&stage, GROUP, &[]);
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    // Which of the two gives way is decided by what is lost: web 1.0 and drawing 1.0 are one step back each.
    let stack = stack(&stage);
    assert!(!(stack.contains(&"web 2.0".to_string()) && stack.contains(&"drawing 2.0".to_string())), "{stack:?}");
    assert!(ended.stdout.contains("1 rule takes part in the decision"), "{}", ended.said());
    assert!(words(&ended).contains("web 2 draws nothing with drawing 2"), "{}", ended.said());
}

#[test]
fn a_rule_that_leaves_no_stack_is_named_with_its_place() {
    let stage = stage();
    fs::write(stage.project().join("limits.txt"), "web>=2\ndrawing>=2\n").unwrap();
    let ended = advised(&stage, GROUP, &["--constraint", "limits.txt"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    let said = words(&ended);
    assert!(said.contains("WebDrawing") && said.contains("own.yaml:4"), "{said}");
    assert!(
        said.contains("does not admit `web>=2` and `drawing>=2` together: web 2 draws nothing with drawing 2"),
        "{said}"
    );
}

#[test]
fn a_sieve_leaves_a_release_out_and_says_so() {
    let units = r#"
  sieves:
  - name: NoWeb
    type: sieve
    should_include: {adviser_pipeline: true}
    match: {package_version: {name: web, version: ">=2"}}
    run: {stack_info: [{type: WARNING, message: web 2 is not for us, link: no_web}]}
"#;
    let stage = stage();
    let ended = advised(&stage, units, &[]);
    assert_eq!(stack(&stage), ["drawing 2.0", "site 1.0", "web 1.0"], "{}", ended.said());
    assert!(ended.stdout.contains("web 2 is not for us"), "{}", ended.said());
}

#[test]
fn a_sieve_without_a_name_is_about_every_package() {
    let units = r#"
  sieves:
  - name: NoTwo
    type: sieve
    should_include: {adviser_pipeline: true}
    match: {package_version: {version: ">=2"}}
    run: {stack_info: [{type: WARNING, message: we wait for point releases}]}
"#;
    let stage = stage();
    let ended = advised(&stage, units, &[]);
    assert_eq!(stack(&stage), ["drawing 1.0", "site 1.0", "web 1.0"], "{}", ended.said());
    assert!(words(&ended).contains("we wait for point releases"), "{}", ended.said());
    let none = units.replace("2\"", "1\"");
    let ended = words(&advised(&stage, &none, &[]));
    assert!(ended.contains("is excluded by a prescription (local.NoTwo at own.yaml:4: we wait"), "{ended}");
}

#[test]
fn of_two_units_of_one_name_the_first_counts_and_the_report_tells_of_the_other() {
    let units = |version: &str| {
        format!(
            "  sieves:\n  - name: NoWeb\n    type: sieve\n    should_include: {{adviser_pipeline: true}}\n    \
             match: {{package_version: {{name: web, version: \"{version}\"}}}}\n"
        )
    };
    let stage = stage();
    fs::write(stage.project().join("ours.yaml"), format!("units:\n{}", units(">=2"))).expect("a file");
    let ended = advised(&stage, &units(">=1"), &["--prescriptions", "ours.yaml"]);
    assert_eq!(stack(&stage), ["drawing 2.0", "site 1.0", "web 1.0"], "{}", ended.said());
    let told = "Of the prescriptions in .thoth/prescriptions, this cannot be used: own.yaml:3: `NoWeb`: there is a unit of \
                this name in `sieves` already, at ours.yaml:3 of ours.yaml.";
    assert!(words(&ended).contains(told), "{}", ended.said());
}

#[test]
fn packages_are_dropped_and_stood_in_for() {
    let units = r#"
  pseudonyms:
  - name: Fast
    type: pseudonym
    should_include: {adviser_pipeline: true}
    match: {package_version: {name: drawing, version: "==2.0"}}
    run: {yield: {package_version: {name: fast-drawing, locked_version: "==1.0"}}}
  sieves:
  - name: NoDrawing
    type: sieve
    should_include: {adviser_pipeline: true}
    match: {package_version: {name: drawing}}
  - name: NoExtra
    type: sieve.SkipPackage
    should_include: {adviser_pipeline: true}
    match: {package_name: extra}
    run: {stack_info: [{type: WARNING, message: extra is part of Python, link: "https://example.com/extra"}]}
"#;
    let stage = stage();
    let ended = advised(&stage, units, &["--save-problem", "problem.thoth"]);
    assert_eq!(stack(&stage), ["fast-drawing 1.0", "site 1.0", "web 2.0"], "{}", ended.said());
    let replayed = stage.thoth(&["replay", "problem.thoth"]);
    for told in [&ended, &replayed] {
        let said = words(told);
        assert!(said.contains("fast-drawing takes the place of drawing"), "{said}");
        assert!(said.contains("extra is part of Python (https://example.com/extra)"), "{said}");
    }
}

#[test]
fn points_decide_where_quality_does() {
    let units = r#"
  steps:
  - name: OldDrawing
    type: step
    should_include: {adviser_pipeline: true}
    match: {package_version: {name: drawing, version: "<2"}}
    run:
      score: 0.1
      justification: [{type: INFO, message: drawing 1 is proven, link: proven, package_name: drawing}]
"#;
    let latest = STORY.replace("[project]", "[options]\nrecommendation = \"latest\"\n[project]");
    let stage = Stage::set(&Scenario::parse(Path::new("experience.toml"), &latest).expect("a story"));
    let ended = advised(&stage, units, &[]);
    assert!(stack(&stage).contains(&"drawing 2.0".to_string()), "{}", ended.said());
    let stage = self::stage();
    let ended = advised(&stage, units, &["-v"]);
    assert!(stack(&stage).contains(&"drawing 1.0".to_string()), "{}", ended.said());
    assert!(ended.stdout.contains("drawing: drawing 1 is proven"), "{}", ended.said());
}

#[test]
fn a_boot_that_accepts_nothing_ends_the_run_with_its_reason() {
    let units = r#"
  boots:
  - name: NotHere
    type: boot
    should_include: {adviser_pipeline: true, labels: {place: here}}
    run: {not_acceptable: nothing is installed here}
"#;
    let stage = stage();
    assert_eq!(advised(&stage, units, &[]).exit, Some(0));
    let ended = advised(&stage, units, &["--label", "place=here"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    assert!(words(&ended).contains("nothing is installed here"), "{}", ended.said());
}

#[test]
fn a_boot_about_a_package_ends_the_run_when_the_project_itself_requires_it() {
    let boot = |package: &str| {
        format!(
            "  boots:\n  - name: Old\n    type: boot\n    should_include: {{adviser_pipeline: true}}\n    \
             match: {{package_name: {package}}}\n    run: {{not_acceptable: nobody mends it}}\n"
        )
    };
    let stage = stage();
    let required = advised(&stage, &boot("site"), &[]);
    assert_eq!(required.exit, Some(1), "{}", required.said());
    assert!(words(&required).contains("nobody mends it"), "{}", required.said());
    let needed = advised(&stage, &boot("web"), &[]);
    assert_eq!(needed.exit, Some(0), "{}", needed.said());
}

#[test]
fn a_saved_problem_remembers_what_was_prescribed() {
    let units = format!(
        "{GROUP}{}",
        r#"
  wraps:
  - name: Threads
    type: wrap
    should_include: {adviser_pipeline: true}
    match: {state: {resolved_dependencies: [{name: site}]}}
    run:
      justification: [{type: WARNING, message: set SITE_THREADS, link: "https://example.com/threads", package_name: site}]
      advised_manifest_changes:
      - {apiVersion: apps/v1, kind: Deployment, patch: {op: add, path: /spec/x, value: {name: SITE_THREADS, value: "1"}}}
"#
    );
    let stage = stage();
    let first = advised(&stage, &units, &["--format", "json", "--save-problem", "problem.thoth"]);
    assert_eq!(first.exit, Some(0), "{}", first.said());
    let document: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(document["justification"][0]["message"], "set SITE_THREADS");
    assert_eq!(document["justification"][0]["package"], "site");
    assert_eq!(document["justification"][0]["links"][0], "https://example.com/threads");
    assert_eq!(document["advised_manifest_changes"][0][0]["patch"]["value"]["name"], "SITE_THREADS");
    assert_eq!(document["evidence"]["prescriptions"]["rules"], 1);
    let statement = document["certificate"]["statement"].as_array().unwrap();
    let has = |kind: &str| statement.iter().any(|line| line.as_str().is_some_and(|line| line.starts_with(kind)));
    assert!(has("prescriptions ") && has("rules "), "{statement:?}");
    fs::remove_dir_all(stage.project().join(".thoth")).unwrap();
    let again = stage.thoth(&["replay", "problem.thoth", "--format", "json", "-o", "requirements.txt", "--offline"]);
    assert_eq!(again.exit, Some(0), "{}", again.said());
    assert_eq!(first.stdout, again.stdout);
}

#[test]
fn the_document_of_the_original_has_its_shape() {
    let units = r#"
  wraps:
  - name: Threads
    type: wrap
    should_include: {adviser_pipeline: true}
    match: {state: {resolved_dependencies: [{name: site}]}}
    run: {justification: [{type: WARNING, message: set SITE_THREADS, link: threads, package_name: site}]}
"#;
    let stage = stage();
    let ended = advised(&stage, units, &["--format", "thoth-json", "--label", "team=web"]);
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let result = &document["result"];
    assert_eq!(result["error"], false);
    assert_eq!(result["parameters"]["labels"]["team"], "web");
    let product = &result["report"]["products"][0];
    assert_eq!(product["project"]["requirements"]["packages"]["site"], "*");
    let locked = &product["project"]["requirements_locked"]["default"];
    assert_eq!(locked["drawing"]["version"], "==2.0");
    assert!(locked["drawing"]["hashes"][0].as_str().is_some_and(|hash| hash.starts_with("sha256:")), "{locked}");
    assert_eq!(product["project"]["runtime_environment"]["python_version"], "3.11");
    let nodes: Vec<&str> =
        product["dependency_graph"]["nodes"].as_array().unwrap().iter().filter_map(|one| one.as_str()).collect();
    assert_eq!(nodes, ["drawing", "extra", "site", "web"]);
    assert_eq!(product["dependency_graph"]["edges"].as_array().map(Vec::len), Some(3));
    assert_eq!(product["score"], 0.0);
    assert_eq!(product["justification"][0]["message"], "set SITE_THREADS");
    assert_eq!(product["justification"][0]["link"], "https://thoth-station.ninja/j/threads");
    assert_eq!(product["justification"][0]["package_name"], "site");

    fs::write(stage.project().join("limits.txt"), "web>=9\n").unwrap();
    let none = advised(&stage, units, &["--format", "thoth-json", "--constraint", "limits.txt"]);
    let document: serde_json::Value = serde_json::from_str(&none.stdout).unwrap();
    assert_eq!((none.exit, &document["result"]["error"]), (Some(1), &serde_json::json!(true)));
    assert!(document["result"]["report"]["ERROR"].as_str().is_some_and(|text| text.contains("web")), "{document}");
}

#[test]
fn a_label_allows_vulnerabilities() {
    let story = STORY.replace(
        "[expect]",
        "[[advisories]]\nid = \"PYSEC-2024-9\"\npackage = \"drawing\"\nintroduced = \"2.0\"\n[expect]",
    );
    let stage = Stage::set(&Scenario::parse(Path::new("experience.toml"), &story).expect("a story"));
    let ended = stage.advise(&[]);
    assert!(stack(&stage).contains(&"drawing 1.0".to_string()), "{}", ended.said());
    let ended = stage.advise(&["--label", "allow-cve= pysec-2024-9", "--upgrade"]);
    assert!(stack(&stage).contains(&"drawing 2.0".to_string()), "{}", ended.said());
    assert!(words(&ended).contains("PYSEC-2024-9"), "what is allowed is told: {}", ended.said());
}
