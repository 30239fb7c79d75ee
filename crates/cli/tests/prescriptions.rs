//! `thoth prescription` and `thoth note` as a shell sees them.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// A project without anything.
struct Project(TempDir);

impl Project {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the folder is there");
    }

    fn thoth(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
        command.args(arguments).args(["--cache-dir", "kept"]);
        command.current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        command.output().expect("the binary was built")
    }

    fn matched(&self, releases: &[&str], more: &[&str]) -> Output {
        let environment = ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28"];
        self.thoth(&[&["prescription", "match"], releases, &environment, more].concat())
    }
}

fn ended(output: &Output) -> (Option<i32>, &str, &str) {
    let text = |bytes| std::str::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn names(answer: &Value, fires: bool) -> Vec<&str> {
    let units = answer["units"].as_array().expect("units").iter().filter(|unit| unit["fires"] == fires);
    units.filter_map(|unit| unit["name"].as_str()).collect()
}

#[test]
fn a_note_is_a_prescription_of_the_project_at_once() {
    let project = Project::new();
    let wrote = project.thoth(&["note", "np.int is gone", "--package", "numpy>=1.24", "--link", "https://a.example/1"]);
    let (code, said, _) = ended(&wrote);
    assert!(code == Some(0) && said.starts_with("Wrote .thoth/prescriptions/numpy-"), "{said}");
    let again = project.thoth(&["note", "np.int is gone", "--package", "numpy>=1.24", "--link", "https://a.example/1"]);
    assert!(ended(&again).1.ends_with("says so already.\n"), "{again:?}");
    project.thoth(&["note", "they crash", "--package", "pillow==8.3.0", "--package", "numpy<1.21", "--forbid"]);

    let checked = project.thoth(&["prescription", "check", ".thoth/prescriptions"]);
    assert_eq!(ended(&checked), (Some(0), "2 files, 2 units (1 step.Group, 1 wrap): 0 errors, 0 warnings.\n", ""));
    let matched = project.matched(&["numpy==1.24.3"], &["-v"]);
    let (code, text, _) = ended(&matched);
    assert_eq!(code, Some(0));
    assert!(
        text.contains("tells something about numpy>=1.24\n    WARNING: np.int is gone https://a.example/1"),
        "{text}"
    );
    let group = project.matched(&["numpy==1.20.3", "pillow==8.3.0"], &["--format", "json"]);
    let answer: Value = serde_json::from_slice(&group.stdout).expect("JSON");
    assert_eq!((names(&answer, true).len(), names(&answer, false).len()), (1, 1), "{answer:#}");
    assert_eq!(ended(&project.matched(&["flask==3.0"], &[])).0, Some(1));
    let ignored = project.matched(&["numpy==1.24.3"], &["--prescriptions", "none"]);
    assert!(ended(&ignored).1.contains("There are no prescriptions"), "{ignored:?}");
}

#[test]
fn every_kind_is_begun_with_a_file_that_is_right() {
    let project = Project::new();
    for (number, kind) in ["boot", "sieve", "step.Group", "wrap.GHReleaseNotes"].iter().enumerate() {
        let name = format!("Rule{number}");
        let begun = project.thoth(&["prescription", "new", &name, "--kind", kind]);
        let (code, said, _) = ended(&begun);
        assert_eq!(code, Some(0), "{said}");
    }
    let checked = project.thoth(&["prescription", "check", ".thoth/prescriptions"]);
    let (code, said, _) = ended(&checked);
    assert!(code == Some(0) && said.ends_with("0 errors, 0 warnings.\n"), "{said}");
    let over = project.thoth(&["prescription", "new", "Rule1"]);
    assert_eq!(ended(&over).0, Some(2), "a file that is there stays as it is");
    let printed = project.thoth(&["prescription", "new", "Rule9", "-o", "-"]);
    assert!(ended(&printed).1.contains("name: \"Rule9\""));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let project = Project::new();
    project.write(
        "rules/a/bad.yaml",
        "units:\n  steps:\n  - name: A\n    type: step\n    should_include: {adviser_pipelin: true}\n    \
         match: {package_version: {name: a, version: '<1,>2'}}\n    run: {score: -0.1}\n\
         \x20 - name: B\n    type: step\n    should_include: {adviser_pipeline: true}\n    \
         match: {package_version: {name: b, version: '<1,>2'}}\n    run: {score: -0.1}\n",
    );
    let checked = project.thoth(&["prescription", "check", "rules"]);
    let (code, said, _) = ended(&checked);
    assert_eq!(code, Some(1));
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with(
            "rules/a/bad.yaml:5: error: `A`: unknown key `adviser_pipelin`: did you mean `adviser_pipeline`?"
        ),
        "{said}"
    );
    assert_eq!(lines[1], "rules/a/bad.yaml:8: warning: `B`: no version is within b<1,>2");
    assert_eq!(lines[2], "1 file, 1 unit (1 step): 1 error, 1 warning.");
    let file = project.thoth(&["prescription", "check", "rules/a/bad.yaml", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&file.stdout).expect("JSON");
    assert_eq!((&answer["exit_code"], &answer["problems"][0]["line"]), (&1.into(), &5.into()));
    assert_eq!(answer["would_match"][0]["does"], "scores -0.1 for b<1,>2");
    let missing = project.thoth(&["prescription", "check", "nowhere"]);
    let (code, _, talk) = ended(&missing);
    assert!(code == Some(2) && talk.contains("nowhere"), "{talk}");
}

#[test]
fn silence_is_explained() {
    let project = Project::new();
    project.write(
        "rules.yaml",
        "prescription: {name: ours}\nunits:\n  sieves:\n  - name: Cuda\n    type: sieve\n    should_include:\n      \
         adviser_pipeline: true\n      runtime_environments: {cuda_version: null}\n    \
         match: {package_version: {name: torch}}\n  - name: Old\n    type: sieve\n    should_include:\n      \
         adviser_pipeline: true\n      runtime_environments: {python_version: '<3.9'}\n    \
         match: {package_version: {name: torch}}\n",
    );
    let silent = project.matched(&["torch==2.0"], &["--prescriptions", "rules.yaml", "-v"]);
    let (code, said, _) = ended(&silent);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("ours.Cuda (sieve, rules.yaml:4) is silent: the version of CUDA must be none, and is not known"),
        "{said}"
    );
    assert!(said.contains("is silent: the version of Python must be <3.9, and is 3.11"), "{said}");
}

#[test]
fn what_is_no_note_is_refused() {
    let project = Project::new();
    for arguments in [
        &["note", "text"][..],
        &["note", " ", "--package", "numpy"],
        &["note", "text", "--package", "numpy >> 1"],
        &["note", "text", "--package", "numpy[extra]"],
        &["note", "text", "--package", "numpy>=2,<1"],
        &["note", "text", "--package", "numpy", "--score", "2"],
        &["note", "text", "--package", "numpy", "--score", "-0.1", "--forbid"],
        &["note", "text", "--package", "numpy", "--link", "javascript:alert(1)"],
        &["prescription", "match", "numpy>=1"],
        &["prescription", "new", "../escape"],
        &["prescription", "check"],
    ] {
        assert_eq!(ended(&project.thoth(arguments)).0, Some(2), "{arguments:?}");
    }
    assert!(!project.0.path().join(".thoth").exists(), "nothing was written");
}

#[test]
fn what_is_in_an_image_is_read_from_its_files() {
    let project = Project::new();
    let unit = |name: &str, condition: &str| {
        format!(
            "  - {{name: {name}, type: sieve, should_include: {{adviser_pipeline: true, runtime_environments: {{{condition}}}}}, \
             match: {{package_version: {{name: jinja2}}}}}}\n"
        )
    };
    let location = "location: '^/opt/app-root/.*'";
    let units = [
        unit("Old", &format!("python_packages: [{{name: MarkupSafe, version: '>=2.1', {location}}}]")),
        unit("Elsewhere", "python_packages: [{name: markupsafe, location: /usr/lib}]"),
        unit("NoFlask", "python_packages: {not: [{name: flask}]}"),
        unit("NoGit", "rpm_packages: {not: [{package_name: git}]}"),
        unit("Abi", "abi: [GLIBC_2.28]"),
    ];
    project.write("rules.yaml", &format!("units:\n  sieves:\n{}", units.concat()));
    project.write("image/opt/app-root/lib/python3.8/site-packages/MarkupSafe-2.1.1.dist-info/METADATA", "");
    let asked = |more: &[&str]| {
        let flags = ["--prescriptions", "rules.yaml", "--format", "json"];
        let matched = project.matched(&["jinja2==2.11"], &[&flags[..], more].concat());
        serde_json::from_slice::<Value>(&matched.stdout).expect("JSON")
    };
    let nowhere = asked(&[]);
    assert_eq!(names(&nowhere, true), [] as [&str; 0], "nobody looked: {nowhere:#}");
    let image = asked(&["--image-root", "image"]);
    assert_eq!(names(&image, true), ["local.NoFlask", "local.Old"], "{image:#}");
    let notes = image["notes"].to_string();
    assert!(
        notes.contains("Which RPM packages are in image is not known") && notes.contains("none of rpmdb.sqlite"),
        "{notes}"
    );
    let gone = project.matched(&["jinja2==2.11"], &["--prescriptions", "rules.yaml", "--image-root", "gone"]);
    assert!(gone.status.code() == Some(2) && ended(&gone).2.contains("gone is no folder"), "{gone:?}");
}

/// One unit of each kind of question: of the system that `ubi` counts as, and about two packages.
const ABOUT: &str = "\
units:
  steps:
  - name: Together
    type: step.Group
    should_include: {adviser_pipeline: true}
    match: {group: [{package_version: {name: pillow}}, {package_version: {name: numpy}}]}
    run: {not_acceptable: they crash}
  wraps:
  - name: RedHat
    type: wrap
    should_include: {adviser_pipeline: true, runtime_environments: {operating_systems: [{name: rhel, version: \"8\"}]}}
    match: {state: {resolved_dependencies: [{name: numpy}]}}
    run: {justification: [{type: INFO, message: good to know}]}
";

#[test]
fn what_is_asked_about_the_environment_is_asked_about_the_one_of_the_run() {
    let project = Project::new();
    project.write(".thoth/prescriptions/about.yaml", ABOUT);
    project.write("requirements.in", "numpy\n");
    project.write(
        ".thoth.yaml",
        "runtime_environments:\n\
         - {name: image, python_version: '3.11', platform: linux-x86_64, operating_system: {name: ubi, version: '8.4'}}\n\
         - {name: other, python_version: '3.11', platform: linux-x86_64, operating_system: {name: fedora, version: '40'}}\n",
    );
    let fires = |environment: &[&str]| {
        let output = project.thoth(&[&["prescription", "match", "numpy==1.24"], environment].concat());
        (
            output.status.code(),
            ended(&output).1.contains("local.RedHat (wrap, about.yaml:9) tells something about numpy"),
        )
    };
    assert_eq!(fires(&[]), (Some(0), true), "the first environment is the usual one");
    assert_eq!(fires(&["-e", "other"]), (Some(1), false));
    assert_eq!(fires(&["-e", "none"]).0, Some(2));

    let shown = |environment: &[&str]| {
        let output =
            project.thoth(&[&["pipeline", "show", "--all", "--prescriptions", "more.yaml"], environment].concat());
        ended(&output).1.to_string()
    };
    project.write("more.yaml", "units: {}\n");
    assert!(shown(&[]).contains("  + local.RedHat "), "{}", shown(&[]));
    assert!(
        shown(&["-e", "other"]).contains("  - local.RedHat (wrap, about.yaml:9): the operating system must be rhel 8")
    );
}

#[test]
fn a_unit_about_several_packages_is_found_by_each_of_them() {
    let project = Project::new();
    project.write(".thoth/prescriptions/about.yaml", ABOUT);
    for (release, other) in [("pillow==8.3.0", "numpy"), ("numpy==1.20", "pillow")] {
        let matched = project.matched(&[release], &["-v"]);
        let silent = format!("local.Together (step.Group, about.yaml:3) is silent: it is about {other} as well\n");
        assert!(ended(&matched).1.contains(&silent), "{matched:?}");
    }
    let both = project.matched(&["numpy==1.20", "pillow==8.3.0"], &[]);
    assert_eq!(ended(&both).1.matches("local.Together").count(), 1, "{both:?}");
}
