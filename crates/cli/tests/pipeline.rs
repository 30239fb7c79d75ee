//! Pipelines that are written down: what is printed is what a run has, and the lock is the same.

mod stage;

use std::{fs, path::Path};

use scenarios::Scenario;
use stage::Stage;

const STORY: &str = r#"
story = "The only release of a package is vulnerable, and the lock holds an older one of another."
[project]
requires = ["site", "locked"]
[packages.site]
"1.0" = {}
[packages.locked]
"1.0" = {}
"2.0" = {}
[[advisories]]
id = "PYSEC-2024-1"
package = "site"
introduced = "0"
cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"]
[expect]
stack = { site = "1.0", locked = "2.0" }
"#;

fn stage() -> Stage {
    Stage::set(&Scenario::parse(Path::new("pipeline.toml"), STORY).expect("a story"))
}

fn written(stage: &Stage, text: &str) {
    fs::write(stage.project().join("units.yaml"), text).expect("a file");
}

#[test]
fn a_pipeline_that_is_printed_gives_the_same_lock() {
    let stage = stage();
    assert_eq!(stage.advise(&[]).exit, Some(0));
    let before = stage.lock();
    let shown = stage.ask(&["pipeline", "show"], &["--format", "yaml"]);
    assert_eq!(shown.exit, Some(0), "{}", shown.said());
    assert!(shown.stdout.contains("  - name: CvePenalizationStep\n    configuration:\n"), "{}", shown.said());
    written(&stage, &shown.stdout);
    let again = stage.advise(&["--pipeline", "units.yaml"]);
    assert_eq!(again.exit, Some(0), "{}", again.said());
    let lock = stage.lock().map(|lock| lock.replace(" --pipeline units.yaml", ""));
    assert_eq!(lock, before, "{}", again.said());
}

#[test]
fn a_unit_on_request_decides_and_is_part_of_the_problem() {
    let stage = stage();
    written(&stage, "sieves:\n- name: CveSieve\n");
    let ended = stage.advise(&["--pipeline", "units.yaml", "--format", "json"]);
    assert_eq!(ended.exit, Some(1), "{}", ended.said());
    assert!(ended.stdout.contains("\"verdict\": \"impossible\""), "{}", ended.said());
    written(&stage, "sieves:\n- name: CveSieve\n  configuration: {minimum: 70}\n");
    let ended = stage.advise(&["--pipeline", "units.yaml", "--format", "json", "--save-problem", "saved.thoth"]);
    assert_eq!(ended.exit, Some(0), "{}", ended.said());
    for line in ["unit CveSieve minimum=70", "without LockedStep"] {
        assert!(ended.stdout.contains(line), "{line}: {}", ended.said());
    }
    let replayed = stage.thoth(&["replay", "saved.thoth", "--format", "json"]);
    assert!(replayed.stdout.contains("unit CveSieve minimum=70"), "{}", replayed.said());
    written(&stage, "sieves:\n- name: CveSieve\n");
    let replayed = stage.thoth(&["replay", "saved.thoth", "--pipeline", "units.yaml"]);
    assert_eq!(replayed.exit, Some(1), "{}", replayed.said());
}

#[test]
fn a_mistake_is_told_with_its_line_and_nothing_is_written() {
    let stage = stage();
    written(&stage, "sieves:\n- name: CveSeive\n");
    let ended = stage.advise(&["--pipeline", "units.yaml"]);
    assert_eq!(ended.exit, Some(2), "{}", ended.said());
    let said = ended.stderr.replace('\n', " ");
    assert!(
        said.contains("units.yaml") && said.contains("line 2: there is no unit `CveSeive`: did you mean"),
        "{said}"
    );
    assert!(said.contains("thoth pipeline show --format yaml"), "{said}");
    assert_eq!(stage.lock(), None);
}

#[test]
fn what_takes_no_part_is_shown_with_the_reason() {
    let stage = stage();
    let folder = stage.project().join(".thoth/prescriptions");
    fs::create_dir_all(&folder).expect("a folder");
    let unit = |name: &str, when: &str| {
        format!(
            "  - {{name: {name}, type: sieve, should_include: {{adviser_pipeline: true{when}}}, \
             match: {{package_version: {{name: site, version: '<1'}}}}}}\n"
        )
    };
    let text = format!("units:\n  sieves:\n{}{}", unit("Here", ""), unit("Elsewhere", ", labels: {team: core}"));
    fs::write(folder.join("own.yaml"), text).expect("a file");
    written(&stage, "sieves:\n- name: prescription.sieve\n");
    let all = |more: &[&str]| {
        let environment = ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28"];
        let flags = ["pipeline", "show", "--all", "--implementation", "cpython", "-r", "requirements.in"];
        stage.thoth(&[&flags[..], &environment[..], more].concat()).stdout
    };
    let shown = all(&["--pipeline", "units.yaml", "-t", "latest"]);
    for line in ["  + MalwareSieve ", "  - LockedStep ", "  - CvePenalizationStep ", "  + local.Here (sieve, "] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(shown.contains("`--pipeline` leaves it out") && shown.contains("  - local.Elsewhere (sieve, "), "{shown}");
    assert!(shown.contains("a label must be team=core, and is none"), "{shown}");
    assert!(all(&["--label", "team=core"]).contains("  + local.Elsewhere (sieve, "));
    written(&stage, "wraps: []\n");
    let shown = all(&["--pipeline", "units.yaml"]);
    assert!(shown.contains("the pipeline has no `prescription.sieve`"), "{shown}");
}
