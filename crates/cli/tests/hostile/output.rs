//! Places a lock cannot go to, and environments that cannot be had.

use std::{fs, process::Command};

use crate::stage::{LOCK, Stage, Told};

fn to(stage: &Stage, output: &str) -> Told {
    let mut arguments = stage.arguments(output);
    arguments.extend(["-r", "requirements.in", "--advisories", "advisories"].map(str::to_string));
    stage.told(stage.thoth(&arguments).output().expect("the binary was built"))
}

/// Takes back what the stage states of the environment, so that an interpreter is looked for.
fn nothing_stated(command: &mut Command) -> &mut Command {
    command.env_remove("THOTH_PYTHON_VERSION").env_remove("THOTH_PYTHON_PLATFORM")
}

#[test]
fn a_lock_has_nowhere_to_go() {
    let stage = Stage::new();
    fs::create_dir(stage.path("folder.txt")).unwrap();
    let gone = ["gone/locked.txt", "the folder gone does not exist"];
    let told = stage.fails_with_help(&gone, |stage| to(stage, "gone/locked.txt"));
    assert!(!told.talk.contains(".thoth-"), "the temporary file is told: {}", told.talk);
    stage.fails_with_help(&["folder.txt"], |stage| to(stage, "folder.txt"));
    stage.write("file", "x");
    stage.fails_with_help(&["file/locked.txt"], |stage| to(stage, "file/locked.txt"));
    stage.fails(&["requirements.in"], |stage| to(stage, "requirements.in"));
    stage.fails(&["lock.docx"], |stage| to(stage, "lock.docx"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_system_that_refuses_files_is_named() {
    let stage = Stage::new();
    stage.fails_with_help(&["/proc/locked.txt"], |stage| to(stage, "/proc/locked.txt"));
    stage.fails_with_help(&["/dev/null/locked.txt"], |stage| to(stage, "/dev/null/locked.txt"));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let stage = Stage::new();
    stage.write("shared/real.txt", "alpha==1.0\n");
    std::os::unix::fs::symlink("shared/real.txt", stage.path(LOCK)).unwrap();
    stage.works(|stage| stage.advise(&[]));
    assert!(stage.path(LOCK).is_symlink());
    assert!(stage.read("shared/real.txt").contains("beta==1.1"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_and_a_link_in_a_circle() {
    let stage = Stage::new();
    std::os::unix::fs::symlink("later.txt", stage.path(LOCK)).unwrap();
    let told = stage.works(|stage| stage.advise(&[]));
    assert!(stage.path(LOCK).is_symlink() && stage.path("later.txt").is_file(), "the link was replaced: {told:?}");
    let circle = Stage::new();
    std::os::unix::fs::symlink("b.txt", circle.path("a.txt")).unwrap();
    std::os::unix::fs::symlink("a.txt", circle.path("b.txt")).unwrap();
    circle.fails_with_help(&["a.txt"], |stage| to(stage, "a.txt"));
}

#[test]
fn standard_output_that_went_away_is_no_panic() {
    let stage = Stage::new();
    let mut arguments = stage.arguments("-");
    arguments.extend(["-r", "requirements.in", "--advisories", "advisories"].map(str::to_string));
    let mut command = stage.thoth(&arguments);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    stage.told(child.wait_with_output().unwrap());
}

#[test]
fn no_interpreter_is_an_error_that_tells_how_to_do_without() {
    let stage = Stage::new();
    let index = stage.index();
    let arguments =
        ["advise", "-r", "requirements.in", "-o", LOCK, "--index-url", index.as_str(), "--cache-dir", "kept"];
    stage.fails_with_help(&["Python", "--python-version"], |stage| {
        let mut command = stage.thoth(&arguments.map(str::to_string));
        stage.told(nothing_stated(&mut command).env("PATH", "").output().unwrap())
    });
    stage.fails(&["4.99"], |stage| stage.advise(&["--python-version", "4.99.x"]));
    stage.fails(&["amiga"], |stage| stage.advise(&["--python-platform", "amiga"]));
}

#[test]
fn a_version_alone_is_enough_where_there_is_no_interpreter() {
    let stage = Stage::new();
    let arguments = [stage.arguments(LOCK), ["-r", "requirements.in"].map(str::to_string).into()].concat();
    let alone = |more: &[&str]| {
        let mut command = stage.thoth(&arguments);
        command.args(["--advisories", "advisories"]).args(more);
        stage.told(nothing_stated(&mut command).env("PATH", "").output().unwrap())
    };
    let told = stage.works(|_| alone(&["--python-version", "3.12"]));
    assert!(told.out.contains("platform is assumed") && told.out.contains("--python-platform"), "{}", told.out);
    // Whoever names an interpreter means that one.
    let told = alone(&["--python-version", "3.12", "--python", "9"]);
    assert!(told.code == Some(2) && told.talk.contains("find a Python interpreter"), "{told:?}");
}

#[test]
fn an_interpreter_that_is_none_is_named() {
    let stage = Stage::new();
    stage.write("bin/python3", "#!/bin/sh\necho nonsense\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(stage.path("bin/python3"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let index = stage.index();
    let arguments =
        ["advise", "-r", "requirements.in", "-o", LOCK, "--index-url", index.as_str(), "--cache-dir", "kept"];
    stage.fails_with_help(&["python3"], |stage| {
        let mut command = stage.thoth(&arguments.map(str::to_string));
        stage.told(nothing_stated(&mut command).env("PATH", stage.path("bin")).output().unwrap())
    });
}
