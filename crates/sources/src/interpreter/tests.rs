//! Interpreters that are shell scripts: what they say is up to the story.
#![cfg(unix)]

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

use packaging::VersionSpecifiers;

use super::*;

/// A description as the script prints it.
fn description(version: &str) -> String {
    let minor = version.split('.').nth(1).unwrap();
    format!(
        r#"{{"markers":{{"implementation_name":"cpython","implementation_version":"{version}","os_name":"posix","platform_machine":"x86_64","platform_python_implementation":"CPython","platform_release":"6.1","platform_system":"Linux","platform_version":"\u0023 1","python_full_version":"{version}","python_version":"3.{minor}","sys_platform":"linux"}},"implementation":"cpython","version":[3,{minor}],"platform":"linux-x86_64","libc":{{"kind":"glibc","major":2,"minor":36}},"macos":null,"gil_disabled":false,"debug":false,"pointer_bits":64}}"#
    )
}

/// Writes an executable script. Another process does the writing: a file this one had open for writing could not be started while
/// some other test's child still holds its copy of the handle.
fn script(path: &Path, body: &str) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut child = Command::new("sh")
        .args([OsStr::new("-c"), OsStr::new("cat > \"$0\" && chmod 755 \"$0\""), path.as_os_str()])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    io::Write::write_all(child.stdin.as_mut().unwrap(), format!("#!/bin/sh\n{body}\n").as_bytes()).unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    path.to_path_buf()
}

fn python(path: &Path, version: &str) -> PathBuf {
    script(path, &format!("cat <<'END'\n{}\nEND", description(version)))
}

fn environment(folder: &Path, version: &str) -> PathBuf {
    let path = python(&folder.join("bin/python"), version);
    fs::write(folder.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
    path
}

fn search(folder: &Path) -> Search {
    let project = folder.join("project/deep");
    fs::create_dir_all(&project).unwrap();
    Search { path: Some(folder.join("bin").into()), folder: project, ..Search::default() }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn patient(path: &Path) -> Result<Description, InterpreterError> {
    describe_within(path, Duration::from_secs(60))
}

#[test]
fn the_active_environment_comes_before_one_beside_the_project_and_that_before_the_path() {
    let root = folder();
    let mut search = search(root.path());
    let on_path = python(&root.path().join("bin/python3"), "3.9.1");
    let found = find(&search, patient).unwrap();
    assert_eq!((found.path, found.why), (on_path, Why::SearchPath));
    assert_eq!(found.description.markers.python_full_version, "3.9.1");

    let beside = environment(&root.path().join("project/.venv"), "3.10.1");
    let found = find(&search, patient).unwrap();
    assert_eq!((found.path, found.why), (beside.clone(), Why::Beside(root.path().join("project/.venv"))));

    let conda = environment(&root.path().join("conda"), "3.11.1");
    search.conda_prefix = Some(root.path().join("conda"));
    assert_eq!(find(&search, patient).unwrap().path, conda);
    search.conda_environment = Some("base".into());
    assert_eq!(find(&search, patient).unwrap().path, beside);

    let active = environment(&root.path().join("active"), "3.12.1");
    search.virtual_env = Some(root.path().join("active"));
    let found = find(&search, patient).unwrap();
    assert_eq!(found.path, active);
    assert_eq!(
        found.why.to_string(),
        format!("the active virtual environment {}", root.path().join("active").display())
    );
}

#[test]
fn an_active_environment_that_is_broken_is_an_error_and_not_passed_over() {
    let root = folder();
    python(&root.path().join("bin/python3"), "3.9.1");
    let gone = Search { virtual_env: Some(root.path().join("gone")), ..search(root.path()) };
    let error = find(&gone, patient).unwrap_err();
    assert!(matches!(error, InterpreterError::Empty { missing: true, .. }), "{error}");
    assert!(error.to_string().contains("gone") && error.remedy().contains("--python-version"));

    script(&root.path().join("old/bin/python"), "echo 'cannot load libpython' >&2; exit 127");
    let broken = Search { virtual_env: Some(root.path().join("old")), ..search(root.path()) };
    let error = find(&broken, patient).unwrap_err();
    assert!(error.to_string().contains("cannot load libpython"), "{error}");
}

#[test]
fn a_python_on_the_path_that_does_not_work_is_passed_over() {
    let root = folder();
    script(&root.path().join("bin/python3"), "echo 'pyenv: python3: command not found' >&2; exit 127");
    script(&root.path().join("bin/python"), "echo 'Unknown option: -I' >&2; exit 2");
    fs::write(root.path().join("bin/python3.12"), "not executable").unwrap();
    let error = find(&search(root.path()), patient).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("command not found") && text.contains("Unknown option"), "{text}");
    assert!(error.remedy().contains("install Python 3"));

    let works = python(&root.path().join("bin/python3.10"), "3.10.4");
    assert_eq!(find(&search(root.path()), patient).unwrap().path, works);
}

#[test]
fn a_version_asked_for_is_found_wherever_it_is() {
    let root = folder();
    environment(&root.path().join("project/.venv"), "3.10.1");
    python(&root.path().join("bin/python3"), "3.9.1");
    let twelve = python(&root.path().join("bin/python3.12"), "3.12.4");
    let ask = |text: &str| {
        let search = search(root.path());
        let request = Request::new(text, &search.folder);
        find(&Search { request: Some(request), ..search }, patient)
    };
    for text in ["3.12", "3.12.4", ">=3.11", "python3.12"] {
        assert_eq!(ask(text).unwrap().path, twelve, "{text}");
    }
    let error = ask("3.13").unwrap_err().to_string();
    assert!(error.contains("a Python ==3.13.*") && error.contains("is Python 3.10.1"), "{error}");
}

#[test]
fn a_path_or_a_name_asked_for_is_taken_at_its_word() {
    let root = folder();
    let base = search(root.path());
    let venv = environment(&base.folder.join("venv"), "3.10.1");
    let named = python(&root.path().join("bin/pypy3"), "3.9.1");
    let ask = |text: &str| find(&Search { request: Some(Request::new(text, &base.folder)), ..base.clone() }, patient);
    assert_eq!(ask("venv").unwrap().path, venv);
    assert_eq!(ask("./venv/bin/python").unwrap().path, base.folder.join("./venv/bin/python"));
    let found = ask("pypy3").unwrap();
    assert_eq!((found.path, found.why.to_string()), (named, "asked for as `pypy3`".to_string()));
    assert!(matches!(ask("./nothing"), Err(InterpreterError::Start { .. })));
    assert!(matches!(ask("pypy9"), Err(InterpreterError::NotFound { .. })));
}

#[test]
fn requests_are_read_as_uv_reads_them() {
    let nowhere = Path::new("/nonexistent");
    let version = |text: &str| Request::Version(text.parse::<VersionSpecifiers>().unwrap());
    assert_eq!(Request::new("3", nowhere), version("==3.*"));
    assert_eq!(Request::new(" 3.12 ", nowhere), version("==3.12.*"));
    assert_eq!(Request::new("3.12.1", nowhere), version("==3.12.1"));
    assert_eq!(Request::new("3.14rc1", nowhere), version("==3.14rc1"));
    assert_eq!(Request::new(">=3.11,<3.13", nowhere), version(">=3.11,<3.13"));
    assert_eq!(Request::new("python", nowhere), Request::Name("python".into()));
    assert_eq!(Request::new("", nowhere), Request::Name(String::new()));
    assert_eq!(Request::new("/usr/bin/python3", nowhere), Request::Path("/usr/bin/python3".into()));
}

#[test]
fn the_project_s_own_files_are_never_taken_for_the_search_path() {
    let root = folder();
    let mut search = search(root.path());
    python(&search.folder.join("python3"), "3.9.1");
    search.path = Some(std::env::join_paths([Path::new(""), Path::new("."), Path::new("bin")]).unwrap());
    assert!(matches!(find(&search, patient), Err(InterpreterError::NotFound { refused, .. }) if refused.is_empty()));
    fs::create_dir_all(search.folder.join(".venv")).unwrap();
    assert!(find(&search, patient).is_err(), "a `.venv` without pyvenv.cfg is something else");
}

#[test]
fn an_interpreter_that_stalls_floods_or_babbles_is_told_as_such() {
    let root = folder();
    let told = |name: &str, body: &str, limit: Duration| {
        describe_within(&script(&root.path().join(name), body), limit).unwrap_err()
    };
    let minute = Duration::from_secs(60);
    let short = Duration::from_millis(150);
    assert!(matches!(told("stalls", "exec sleep 60", short), InterpreterError::Silent { .. }));
    assert!(matches!(told("stays", "exec >&- 2>&-; exec sleep 60", short), InterpreterError::Silent { .. }));
    let error = told("floods", "exec yes", minute).to_string();
    assert!(error.contains("longer than"), "{error}");
    let error = told("floods-errors", "exec yes 'all is lost' >&2", minute);
    assert!(matches!(error, InterpreterError::Failed { .. }), "{error}");
    assert!(error.to_string().len() < 1000);
    for body in ["", "echo hello", "echo '{}'", "printf '\\377'", "echo '[[[['"] {
        let error = told("babbles", body, minute);
        assert!(matches!(error, InterpreterError::Answer { .. }), "{body}: {error}");
        assert!(error.to_string().contains("babbles"));
    }
    assert!(matches!(patient(&root.path().join("missing")), Err(InterpreterError::Start { .. })));
}

#[test]
fn a_shim_may_talk_before_it_answers_and_is_known_as_a_script() {
    let root = folder();
    let shim =
        script(&root.path().join("shim"), &format!("echo 'using 3.11'\ncat <<'END'\n{}\n\nEND", description("3.11.2")));
    assert_eq!(patient(&shim).unwrap().version, (3, 11));
    assert!(is_script(&shim));
    assert!(!is_script(Path::new("/bin/sh")));
    assert!(!is_script(root.path()));
}

#[test]
fn an_interpreter_is_started_isolated_and_without_what_is_installed_in_it() {
    // `-I` alone still runs the `.pth` files of installed packages; `-S` does not.
    let root = folder();
    let strict = format!(
        "[ \"$1 $2 $3 $4\" = '-I -S -B -c' ] || exit 3\n[ \"$SYSTEM_VERSION_COMPAT\" = 0 ] || exit 4\n\
         read -r line && exit 5\ncat <<'END'\n{}\nEND",
        description("3.12.1")
    );
    patient(&script(&root.path().join("strict"), &strict)).unwrap();
}

#[test]
fn the_variables_are_taken_as_given_and_empty_ones_as_unset() {
    let search = Search::new(Path::new("/project"), |name| match name {
        "VIRTUAL_ENV" => Some("".into()),
        "CONDA_PREFIX" => Some("/conda".into()),
        "PATH" => Some("/bin".into()),
        _ => None,
    });
    assert_eq!(search.virtual_env, None);
    assert_eq!((search.conda_prefix, search.path), (Some("/conda".into()), Some("/bin".into())));
}

/// Run by hand with `--ignored` when the script changes: the other tests must not depend on the machine's Python.
#[test]
#[ignore = "starts the Python of this machine"]
fn the_python_of_this_machine_describes_itself() {
    let search = Search::new(&std::env::current_dir().unwrap(), |name| std::env::var_os(name));
    let found = find(&search, describe).unwrap();
    assert!(found.description.version >= (3, 6), "{found:?}");
    packaging::RuntimeEnvironment::described(&found.description).unwrap();
}
