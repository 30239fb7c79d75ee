//! The runtime environment in effect: what `.thoth.yaml` says between variables and `thoth.toml`.

use super::world;

const FILE: &str = "\
recommendation_type: latest
runtime_environments:
- name: prod
  operating_system: {name: rhel, version: '8'}
  python_version: '3.8'
  platform: linux-x86_64
  recommendation_type: security
  labels: {team: data}
- name: dev
  python_version: '3.11'
";
const KEYS: [&str; 8] = [
    "runtime-environment",
    "requirements",
    "python",
    "python-version",
    "python-platform",
    "recommendation-type",
    "label",
    "output",
];

#[test]
fn the_first_environment_counts_unless_another_is_named() {
    let world =
        world().file(".thoth.yaml", FILE).file("thoth.toml", "recommendation-type = 'stable'\npython-version = '3.9'");
    insta::assert_snapshot!(world.shown("", &KEYS), @"
    runtime-environment = prod # .thoth.yaml:3
    python-version = 3.8 # .thoth.yaml:5
    python-platform = x86_64-manylinux_2_28 # .thoth.yaml:6
    recommendation-type = security # .thoth.yaml:7
    label = team=data # .thoth.yaml:3
    ");
    insta::assert_snapshot!(world.shown("-e dev --label team=web", &KEYS), @"
    runtime-environment = dev # .thoth.yaml:9
    python-version = 3.11 # .thoth.yaml:10
    recommendation-type = latest # .thoth.yaml:1
    label = team=web # --label
    ");
    let by_variable = world.clone().variable("THOTH_RUNTIME_ENVIRONMENT", "dev").settle("");
    assert_eq!(by_variable.environments.chosen.unwrap().name, "dev");
    insta::assert_snapshot!(world.error("-e test"), @"--runtime-environment: there is no environment `test`; there is prod, dev");
}

#[test]
fn an_environment_with_a_system_alone_is_for_its_c_library() {
    let world = world().file(".thoth.yaml", &FILE.replace("  platform: linux-x86_64\n", ""));
    let settings = world.settle("");
    let platform = settings.environment.platform.expect("the system tells");
    assert!(platform.value.ends_with("-manylinux_2_28"), "{}", platform.value);
    assert_eq!(platform.origin.to_string(), ".thoth.yaml:3");
    assert_eq!(world.settle("-e dev").environment.platform.map(|said| said.value), None);
}

#[test]
fn flags_and_variables_count_more_than_the_environment() {
    let world = world().file(".thoth.yaml", FILE);
    insta::assert_snapshot!(world.shown("--python 3.12 -t stable", &KEYS), @"
    runtime-environment = prod # .thoth.yaml:3
    python = 3.12 # --python
    recommendation-type = stable # --recommendation-type
    label = team=data # .thoth.yaml:3
    ");
    insta::assert_snapshot!(world.shown("--python-version 3.12", &KEYS), @"
    runtime-environment = prod # .thoth.yaml:3
    python-version = 3.12 # --python-version
    python-platform = x86_64-manylinux_2_28 # .thoth.yaml:6
    recommendation-type = security # .thoth.yaml:7
    label = team=data # .thoth.yaml:3
    ");
    let without = world.settle("--no-config");
    assert!(without.environments.chosen.is_none() && without.environment.python_version.is_none());
}

#[test]
fn without_environments_nothing_changes() {
    let plain = world().settle("");
    assert!(plain.environments.chosen.is_none() && plain.requirements.is_empty());
    insta::assert_snapshot!(world().error("-e dev"), @"--runtime-environment: there is no environment `dev`; the project names none: `thoth config` writes this machine's into .thoth.yaml");
}

#[test]
fn an_overlay_says_what_is_read_and_written() {
    let overlays = format!("overlays_dir: overlays\nrequirements_format: pip\n{FILE}");
    let world = world().file(".thoth.yaml", &overlays).file("overlays/prod/requirements.in", "flask");
    insta::assert_snapshot!(world.shown("", &["requirements", "output", "lock-format"]), @"
    requirements = overlays/prod/requirements.in # .thoth.yaml:5
    output = overlays/prod/requirements.txt # .thoth.yaml:5
    lock-format = requirements # .thoth.yaml:5
    ");
    insta::assert_snapshot!(world.shown("-r other.txt -o lock.txt", &["requirements", "output"]), @"
    requirements = other.txt # --requirements
    output = lock.txt # --output
    ");
    insta::assert_snapshot!(world.error("-e dev"), @".thoth.yaml:11: the environment `dev` has no requirements.in, requirements.txt in overlays/dev; `thoth add --runtime-environment dev PACKAGE` begins one");
    let shared = format!("requirements_format: pipenv\n{FILE}");
    let world = super::world().file(".thoth.yaml", &shared).file("Pipfile", "").file("requirements.in", "");
    insta::assert_snapshot!(world.shown("", &["requirements", "output"]), @"
    requirements = Pipfile # .thoth.yaml:4
    output = Pipfile.lock # .thoth.yaml:4
    ");
}

#[test]
fn environments_of_toml_are_the_same_and_names_are_told_apart() {
    let toml = "[tool.thoth]\noverlays-dir = 'over'\n[[tool.thoth.environments]]\nname = 'edge'\npython-version = '3.13'\n\
                hardware = { cpu-family = 6 }\n[tool.thoth.environments.labels]\nteam-name = 'x'\n";
    let world = world().file("pyproject.toml", toml).file("over/edge/requirements.txt", "");
    insta::assert_snapshot!(world.shown("", &KEYS), @"
    requirements = over/edge/requirements.txt # pyproject.toml:3 (tool.thoth.environments)
    runtime-environment = edge # pyproject.toml:3 (tool.thoth.environments)
    python-version = 3.13 # pyproject.toml:3 (tool.thoth.environments.python_version)
    recommendation-type = stable # default
    label = team-name=x # pyproject.toml:3 (tool.thoth.environments)
    output = over/edge/pylock.toml # pyproject.toml:3 (tool.thoth.environments)
    ");
    insta::assert_snapshot!(world.clone().file(".thoth.yaml", "runtime_environments: [{name: edge}]").error(""), @"pyproject.toml:3 (tool.thoth.environments): there is an environment `edge` already (.thoth.yaml:1)");
    insta::assert_snapshot!(super::world().file("thoth.toml", "overlays-dir = '../up'").error(""), @"thoth.toml:1 (overlays-dir): `../up` is not a folder below the project's: write a plain relative path");
    insta::assert_snapshot!(super::world().file("thoth.toml", "environments = 7").error(""), @"thoth.toml:1 (environments): takes a list of tables, not a number");
    insta::assert_snapshot!(super::world().file("thoth.toml", "[[environments]]\nname = 'a'\npython-version = 3.1").error(""), @"thoth.toml:1 (environments.python_version): `3.1` is a number, which loses zeros at its end: write it in quotes");
    insta::assert_snapshot!(super::world().file(".thoth.yaml", "runtime_environments: 7").error(""), @".thoth.yaml:1: this must be a list of environments");
}
