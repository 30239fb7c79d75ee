//! Stories of `.thoth.yaml`: what is read of it, what is refused, and what writing keeps.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::environment::{Fact, OperatingSystem};

/// As Thamos writes it, with what Kebechet reads.
const THAMOS: &str = "\
# team data, keep the host
host: thoth.example
tls_verify: true
requirements_format: pipenv
overlays_dir: overlays
virtualenv: false
recommendation_type: stable

runtime_environments:
  - name: ubi8
    # what production runs
    operating_system:
      name: rhel
      version: '8'
    hardware:
      cpu_family: 6
      cpu_model: 94
      gpu_model: null
    python_version: '3.8'
    cuda_version: null
    cudnn_version: null
    openblas_version: {'name': 'openblas', 'version': '0.3.15', 'release': '1.el8', 'epoch': None, 'arch': 'x86_64'}
    base_image: quay.io/thoth-station/s2i-thoth-ubi8-py38:v1.0.0
    platform: linux-x86_64
    recommendation_type: security
    labels:
      allow-cve: [PYSEC-2021-1, PYSEC-2021-2]
      team: data
  - name: laptop
    operating_system: {name: fedora, version: 35}
    python_version: 3.10
    mkl_version: None
managers:
- name: update
  configuration:
    labels: [bot]
- name: info
";

fn refused(text: &str) -> String {
    read(".thoth.yaml", text).unwrap_err().to_string()
}

#[test]
fn a_file_of_thamos_is_read_whole() {
    let read = read(".thoth.yaml", THAMOS).unwrap();
    assert_eq!(read.notes, Vec::<String>::new());
    assert_eq!(read.overlays.as_deref(), Some("overlays"));
    assert_eq!(read.requirements_format, Some(RequirementsFormat::Pipenv));
    assert_eq!(read.recommendation_type, Some(("stable".to_string(), Origin::line(".thoth.yaml", 7))));
    let [ubi, laptop] = read.entries.as_slice() else { panic!("{:?}", read.entries) };
    let facts = |entry: &Entry| -> String {
        entry.host.facts().iter().map(|(word, fact)| format!("{word}: {fact}\n")).collect()
    };
    insta::assert_snapshot!(facts(ubi), @"
    operating_system: rhel 8
    cpu_family: 6
    cpu_model: 94
    cpu_flags: unknown
    gpu_model: none
    gpu_driver: unknown
    cuda_version: none
    cudnn_version: none
    mkl_version: unknown
    openblas_version: 0.3.15
    openmpi_version: unknown
    glibc_version: unknown
    base_image: quay.io/thoth-station/s2i-thoth-ubi8-py38:v1.0.0
    ");
    assert_eq!(ubi.origin, Origin::line(".thoth.yaml", 10));
    assert_eq!(ubi.python_version, Some(("3.8".to_string(), Origin::line(".thoth.yaml", 19))));
    assert_eq!(ubi.recommendation_type.as_ref().unwrap().0, "security");
    let labels: Vec<String> = ubi.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(labels, ["allow-cve=PYSEC-2021-1,PYSEC-2021-2", "team=data"]);
    assert_eq!(laptop.python_version.as_ref().unwrap().0, "3.10", "a number keeps its zero");
    assert_eq!(laptop.host.mkl, Fact::Absent);
    let fedora = OperatingSystem { name: "fedora".into(), version: Some("35".into()) };
    assert_eq!(laptop.host.operating_system, Fact::Present(fedora));
    assert_eq!(laptop.recommendation_type, None);
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    insta::assert_snapshot!(refused("runtime_environments:\n- name: a b\n  python_version: three\n- python_version: '3.8'\n- just a text\n"), @"
    .thoth.yaml:2: `a b` is not a name for an environment: it takes letters, digits, `_`, `-`, `.` and `:`
    .thoth.yaml:3: `three` is not a Python version such as 3.11
    .thoth.yaml:4: the environment has no `name`
    .thoth.yaml:5: an environment must be a map with at least a `name`
    ");
    insta::assert_snapshot!(refused("runtime_environments:\n- name: a\n- name: a\n"), @".thoth.yaml:3: there is an environment `a` already (.thoth.yaml:2)");
    insta::assert_snapshot!(refused("runtime_environments:\n- name: rhel:8\n- name: rhel-8\n"), @".thoth.yaml:3: `rhel-8` would have the files of `rhel:8` (.thoth.yaml:2): rename one of them");
    for name in ["..", ".a", "a/b", "a\\b"] {
        let text = format!("runtime_environments:\n- name: '{name}'\n");
        assert!(refused(&text).contains("is not a name for an environment"), "{name}");
    }
    insta::assert_snapshot!(refused("overlays_dir: ../elsewhere\nrequirements_format: conda\nrecommendation_type: best\n"), @"
    .thoth.yaml:1: `../elsewhere` is not a folder below this one: write a plain relative path
    .thoth.yaml:3: `best` is none of latest, stable, performance, security, testing
    .thoth.yaml:2: `conda` is none of pipenv, pip, pip-tools
    ");
    insta::assert_snapshot!(refused("runtime_environments:\n- name: a\n  cuda_version: nine\n  hardware:\n    cpu_model: intel\n  labels: team\n"), @"
    .thoth.yaml:5: `intel` is not a whole number, as /proc/cpuinfo has it
    .thoth.yaml:3: `nine` is not a version
    .thoth.yaml:6: labels are a map of names to texts
    ");
    assert!(refused("a: [").starts_with(".thoth.yaml:"), "{}", refused("a: ["));
    assert!(refused("- a\n").contains("no map"));
}

#[test]
fn what_nobody_knows_is_noted_and_left_alone() {
    let read =
        read(".thoth.yaml", "futuer: 1\nruntime_environments:\n- name: a\n  python: '3.8'\n  dev: true\n").unwrap();
    insta::assert_snapshot!(read.notes.join("\n"), @"
    .thoth.yaml:1: nothing is known of `futuer`; it is left alone
    .thoth.yaml:4: nothing is known of `python`; it is left alone
    ");
}

#[test]
fn an_environment_of_toml_is_the_same() {
    let value = json!({
        "name": "gpu", "python-version": "3.11", "platform": "linux-x86_64",
        "operating-system": {"name": "RHEL", "version": "9.2"},
        "hardware": {"cpu-flags": "avx2 aes", "gpu-driver": "535.104.05"},
        "cuda-version": "12.1", "labels": {"allow-cve": "x"}, "colour": "red",
    });
    let origin = Origin::line("pyproject.toml", 7).part("tool.thoth.environments");
    let (gpu, notes) = entry(&value, &origin).unwrap();
    assert_eq!(gpu.host.cuda, Fact::Present("12.1".parse().unwrap()));
    assert_eq!(gpu.host.operating_system.to_string(), "rhel 9.2");
    assert_eq!(gpu.host.facts()[3].1.to_string(), "aes avx2");
    assert_eq!(gpu.labels["allow-cve"], "x", "a label is the user's own word");
    assert_eq!(
        notes,
        ["pyproject.toml:7 (tool.thoth.environments.colour): nothing is known of `colour`; it is left alone"]
    );
    let error = entry(&json!({"name": "gpu", "python-version": 3.1}), &origin).unwrap_err();
    insta::assert_snapshot!(error, @"pyproject.toml:7 (tool.thoth.environments.python_version): `3.1` is a number, which loses zeros at its end: write it in quotes");
}

#[test]
fn a_platform_gets_the_c_library_of_its_system() {
    for (system, platform, target) in [
        ("{name: rhel, version: '8'}", "linux-x86_64", "x86_64-manylinux_2_28"),
        ("{name: fedora, version: '35'}", "linux-aarch64", "aarch64-manylinux_2_34"),
        ("{name: alpine, version: '3.19'}", "linux_x86_64", "x86_64-musllinux_1_2"),
        ("{name: debian, version: '12'}\n  glibc_version: '2.31'", "linux-x86_64", "x86_64-manylinux_2_31"),
        ("{name: nixos, version: '24'}", "linux-x86_64", "x86_64-unknown-linux-gnu"),
        ("null", "macosx-11.0-arm64", "macosx_11_0_arm64"),
        ("null", "macosx-14-arm64", "macosx_14_0_arm64"),
        ("null", "macosx-10.9-universal2", "macosx_11_0_arm64"),
        ("null", "macosx-14.0-universal2", "macosx_14_0_arm64"),
        ("null", "win-amd64", "win-amd64"),
        ("null", "x86_64-manylinux_2_17", "x86_64-manylinux_2_17"),
    ] {
        let text = format!("runtime_environments:\n- name: a\n  operating_system: {system}\n  platform: {platform}\n");
        let read = read(".thoth.yaml", &text).unwrap();
        let made = read.entries[0].target(None).unwrap();
        assert_eq!(made, target);
        crate::RuntimeEnvironment::stated("3.11", &made, "cpython").unwrap();
    }
    let odd = read(".thoth.yaml", "runtime_environments:\n- name: a\n  platform: macosx-14\n").unwrap();
    assert_eq!(odd.entries[0].target(None).as_deref(), Some("macosx-14"), "handed on, to be refused by its name");
    let target = |said: &str, machine| {
        let read = read(".thoth.yaml", &format!("runtime_environments:\n- name: a\n  {said}\n")).unwrap();
        read.entries[0].target(machine)
    };
    let ubi = "operating_system: {name: ubi, version: '8'}";
    assert_eq!(
        target(ubi, machine("aarch64")).as_deref(),
        Some("aarch64-manylinux_2_28"),
        "a system without a platform"
    );
    assert_eq!(target("glibc_version: '2.31'", machine("x86")).as_deref(), Some("i686-manylinux_2_31"));
    assert_eq!(target(ubi, machine("powerpc")), None);
    assert_eq!(target("operating_system: {name: macos, version: '14'}", machine("aarch64")), None);
    assert_eq!(target("python_version: '3.11'", machine("x86_64")), None);
}

fn found(name: &str) -> Entry {
    let mut found = read(".thoth.yaml", THAMOS).unwrap().entries.remove(0);
    found.name = name.to_string();
    found.host.cpu_model = Fact::Present(158);
    found.host.cuda = Fact::Present("11.0".parse().unwrap());
    found.host.mkl = Fact::Absent;
    found.host.openblas = Fact::Unknown;
    found
}

#[test]
fn what_is_found_is_written_and_the_rest_stays_byte_for_byte() {
    let old = read(".thoth.yaml", THAMOS).unwrap();
    let new = found("ubi8");
    let told: Vec<String> = changes(old.named("ubi8"), &new)
        .iter()
        .map(|change| format!("{}: {} -> {}", change.key, change.from.as_deref().unwrap_or("nothing"), change.to))
        .collect();
    assert_eq!(told, ["hardware.cpu_model: 94 -> 158", "cuda_version: null -> 11.0", "mkl_version: nothing -> null"]);
    let text = write(THAMOS, &new).unwrap();
    let difference: Vec<String> = text
        .lines()
        .filter(|line| !THAMOS.lines().any(|old| old == *line))
        .map(|line| format!("+{line}"))
        .chain(THAMOS.lines().filter(|line| !text.lines().any(|new| new == *line)).map(|line| format!("-{line}")))
        .collect();
    assert_eq!(
        difference,
        [
            "+      cpu_model: 158",
            "+    cuda_version: '11.0'",
            "+    mkl_version: null",
            "-      cpu_model: 94",
            "-    cuda_version: null"
        ]
    );
    assert_eq!(write(&text, &new).unwrap(), text, "writing it again changes nothing");
    assert!(changes(read(".thoth.yaml", &text).unwrap().named("ubi8"), &new).is_empty());
}

#[test]
fn a_new_environment_joins_the_others_or_begins_a_file() {
    let joined = write(THAMOS, &found("other")).unwrap();
    let (before, after) = THAMOS.split_at(THAMOS.find("managers:").unwrap());
    assert!(joined.starts_with(before) && joined.ends_with(after), "{joined}");
    let names: Vec<String> = read("x", &joined).unwrap().entries.into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["ubi8", "laptop", "other"]);
    insta::assert_snapshot!(begin(&found("new")).unwrap(), @"
    # The runtime environments of this project. `thoth config` writes what it finds here, `thoth check` compares.
    runtime_environments:
    - name: new
      operating_system:
        name: rhel
        version: '8'
      hardware:
        cpu_family: 6
        cpu_model: 158
        gpu_model: null
      python_version: '3.8'
      cuda_version: '11.0'
      cudnn_version: null
      mkl_version: null
      base_image: 'quay.io/thoth-station/s2i-thoth-ubi8-py38:v1.0.0'
      platform: linux-x86_64
      recommendation_type: security
      labels:
        allow-cve: 'PYSEC-2021-1,PYSEC-2021-2'
        team: data
    ");
}

#[test]
fn a_template_of_thamos_is_filled_in() {
    let values: BTreeMap<String, serde_json::Value> = [
        ("os_name", json!("fedora")),
        ("os_version", json!("35")),
        ("cpu_family", json!(6)),
        ("cuda_version", serde_json::Value::Null),
        ("python_version", json!("3.10")),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .into();
    let template = "host: x\nruntime_environments:\n- name: '{os_name}-{os_version}'\n  python_version: {python_version}\n  \
        cuda_version: {cuda_version} # none?\n  hardware: {{cpu_family: {cpu_family}}}\n";
    insta::assert_snapshot!(filled(template, &values).unwrap(), @"
    host: x
    runtime_environments:
    - name: 'fedora-35'
      python_version: '3.10'
      cuda_version: null # none?
      hardware: {cpu_family: 6}
    ");
    assert_eq!(
        filled("a: 1\nb: {nobody}\n", &values).unwrap_err().to_string(),
        "line 2: nothing fills `{nobody}` in; there is cpu_family, cuda_version, os_name, os_version, python_version. Braces that are meant as such are doubled: `{{`"
    );
    assert_eq!(filled("a: }\n", &values), Err(TemplateError::Brace(1)));
    assert!(matches!(filled("{{a\n", &values), Err(TemplateError::Broken(_))));
}

proptest! {
    #[test]
    fn no_file_panics(text in "(runtime_environments:|name: |- |hardware:|labels:|  |\n|a|1|3\\.10|null|\\[|\\{|\\}|\\]|'|: |&x |\\*x ){0,24}") {
        let _ = read(".thoth.yaml", &text);
        let _ = write(&text, &found("a"));
        let _ = filled(&text, &BTreeMap::new());
    }
}

#[test]
fn a_machine_agrees_differs_or_does_not_tell() {
    let read = read(".thoth.yaml", THAMOS).unwrap();
    let mut host = read.entries[0].host.clone();
    host.operating_system = Fact::Present(OperatingSystem { name: "rhel".into(), version: Some("8.6".into()) });
    host.openblas = Fact::Unknown;
    host.gpu_model = Fact::Present("Tesla T4".into());
    let told = |entry: &Entry, host: &Host, python: &str| -> String {
        let line = |one: &Comparison| format!("{}: {} {} {}\n", one.word, one.agreement.word(), one.stated, one.found);
        compare(entry, host, Some(python), Some("linux-x86_64")).iter().map(line).collect()
    };
    insta::assert_snapshot!(told(&read.entries[0], &host, "3.8"), @"
    operating_system: agrees rhel 8 rhel 8.6
    python_version: agrees 3.8 3.8
    platform: agrees linux-x86_64 linux-x86_64
    cpu_family: agrees 6 6
    cpu_model: agrees 94 94
    gpu_model: differs none Tesla T4
    cuda_version: agrees none none
    cudnn_version: agrees none none
    openblas_version: unknown 0.3.15 unknown
    base_image: agrees quay.io/thoth-station/s2i-thoth-ubi8-py38:v1.0.0 quay.io/thoth-station/s2i-thoth-ubi8-py38:v1.0.0
    ");
    let laptop = compare(&read.entries[1], &host, Some("3.10"), None);
    assert_eq!(Agreement::of(&laptop), Agreement::Differs);
    host.cuda = Fact::Present("11.8".parse().unwrap());
    let mut stated = read.entries[1].clone();
    stated.host = Host { cuda: Fact::Present("11".parse().unwrap()), ..Host::default() };
    assert_eq!(
        Agreement::of(&compare(&stated, &host, None, None)),
        Agreement::Unknown,
        "Python is stated, and nobody tells"
    );
    stated.python_version = None;
    assert_eq!(Agreement::of(&compare(&stated, &host, None, None)), Agreement::Agrees);
}
