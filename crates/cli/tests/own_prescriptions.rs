//! What a user's own prescriptions rule out can be had without them, and the report says so.

mod stage;

use std::path::Path;

use scenarios::Scenario;
use stage::Stage;

const STORY: &str = r#"
story = "Two packages, of which one has a vulnerable old release."
[project]
requires = ["site>=2", "web"]
[packages.site]
"1.0" = {}
"2.0" = {}
[packages.web]
"1.0" = {}
"2.0" = {}
[[advisories]]
id = "PYSEC-2024-1"
package = "web"
fixed = "2.0"
cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"]
[expect]
stack = { site = "2.0", web = "2.0" }
"#;

/// What is told of the story, in one line, with these notes taken.
fn told(notes: &[&[&str]]) -> (String, serde_json::Value) {
    let stage = Stage::set(&Scenario::parse(Path::new("own.toml"), STORY).expect("a story"));
    for packages in notes {
        let packages = packages.iter().flat_map(|package| ["--package", package]);
        let wrote: Vec<&str> = ["note", "it breaks", "--forbid"].into_iter().chain(packages).collect();
        let wrote = stage.thoth(&wrote);
        assert_eq!(wrote.exit, Some(0), "{}", wrote.said());
    }
    let report = stage.advise(&["--format", "json"]);
    let report = serde_json::from_str(&report.stdout).unwrap_or_else(|error| panic!("{error}: {}", report.said()));
    (stage.advise(&[]).stdout.split_whitespace().collect::<Vec<_>>().join(" "), report)
}

#[test]
fn where_a_release_that_is_needed_was_forbidden_there_is_a_stack_without_the_prescription() {
    let (text, report) = told(&[&["site==2.0"]]);
    assert_eq!(report["verdict"], "impossible");
    assert!(text.contains("do without your own prescription `local.site-"), "{text}");
    assert!(text.contains("(site-") && text.contains(".yaml:"), "with file and line: {text}");
    let remedies = report["help"]["remedies"].as_array().expect("remedies");
    let kinds: Vec<&str> =
        remedies.iter().filter_map(|remedy| remedy["relaxations"][0]["relaxation"].as_str()).collect();
    assert!(kinds.contains(&"prescription"), "{report:#}");
}

#[test]
fn of_two_releases_that_were_to_be_kept_apart_both_are_there_without_the_prescription() {
    let (text, _) = told(&[&["site==2.0", "web>=1"]]);
    assert!(text.contains("do without your own prescription `local.site-"), "{text}");
}

#[test]
fn where_a_fixed_release_was_forbidden_the_vulnerability_goes_without_the_prescription() {
    let (text, report) = told(&[&["web==2.0"]]);
    assert_eq!(report["verdict"], "stack", "{report:#}");
    assert!(text.contains("PYSEC-2024-1") && text.contains("do without your own prescription `local.web-"), "{text}");
}

/// A rule that counts in a run for performance alone.
const FAST: &str = r#"
units:
  steps:
  - name: OldWebIsFast
    type: step
    should_include: {adviser_pipeline: true, recommendation_types: [performance]}
    match: {package_version: {name: web, version: "==1.0"}}
    run:
      score: 0.3
      justification: [{type: INFO, message: web 1.0 is the faster one, link: "https://example.com/1", package_name: web}]
"#;

#[test]
fn what_performance_is_bought_with_is_told_with_its_reason() {
    let stage = Stage::set(&Scenario::parse(Path::new("own.toml"), STORY).expect("a story"));
    let folder = stage.project().join(".thoth/prescriptions");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("fast.yaml"), FAST).expect("a file");
    let arguments = stage.written.arguments.iter().map(String::as_str);
    let arguments: Vec<&str> = arguments.map(|one| if one == "stable" { "performance" } else { one }).collect();
    let ended = stage.thoth(&arguments);
    let text = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [
        "Without it the best stack is slower by 300 performance points, for exposure 0 instead of 5.3.",
        "`-t stable` puts exposure before performance.",
        "`performance` locks it all the same; `-t security` fails, unless `--ignore ID` accepts it.",
        "web: web 1.0 is the faster one (https://example.com/1)",
    ] {
        assert!(text.contains(told), "{told}: {}", ended.said());
    }
}

#[test]
fn what_a_unit_that_fires_has_for_the_log_is_told_with_v() {
    let stage = Stage::set(&Scenario::parse(Path::new("own.toml"), STORY).expect("a story"));
    let unit = |name: &str, version: &str| {
        format!(
            "  - {{name: {name}, type: wrap, should_include: {{adviser_pipeline: true}}, match: {{state: \
             {{resolved_dependencies: [{{name: web, version: '{version}'}}]}}}}, run: {{log: {{type: WARNING, message: \
             {name} is here}}}}}}\n"
        )
    };
    let folder = stage.project().join(".thoth/prescriptions");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!("units:\n  wraps:\n{}{}", unit("Old", "<2"), unit("New", ">=2"));
    std::fs::write(folder.join("log.yaml"), text).expect("a file");
    let ended = stage.advise(&["-v"]);
    assert!(ended.stderr.contains("prescription local.New: WARNING: New is here"), "{}", ended.said());
    assert!(!ended.said().contains("Old is here"), "{}", ended.said());
    assert!(!stage.advise(&[]).said().contains("New is here"));
}
