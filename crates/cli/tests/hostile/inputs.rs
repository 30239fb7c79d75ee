//! Project files, constraints and locks that are broken.

use crate::stage::{LOCK, SECRET, Stage};

/// Runs on `name` with this text; the error names the file and `fragments`.
fn refused(name: &str, text: impl AsRef<[u8]>, fragments: &[&str]) {
    let stage = Stage::new();
    stage.write(name, text);
    let fragments = [&[name], fragments].concat();
    stage.fails(&fragments, |stage| stage.advise_only(&["-r", name, "--advisories", "advisories"]));
    stage.write(LOCK, "# the old lock\nalpha==1.0\n");
    stage.fails(&fragments, |stage| stage.advise_only(&["-r", name, "--advisories", "advisories"]));
    assert!(stage.server.requests().is_empty(), "an index was asked for nothing");
}

#[test]
fn a_requirements_file_names_the_line_of_each_mistake() {
    for (text, fragments) in [
        ("alpha\nbeta >>> 1\n", &["requirements.txt:2", "not a requirement"][..]),
        ("-e .\n", &[":1", "editable", "help: "]),
        ("alpha\n\ngit+https://forge.example/a.git\n", &[":3", "version control", "help: "]),
        ("./wheels/alpha.whl\n", &[":1", "local path", "help: "]),
        ("alpha @ ftp://files.example/alpha-1-py3-none-any.whl\n", &[":1", "http", "help: "]),
        ("https://files.example/download\n", &[":1", "name", "help: "]),
        ("alpha @ https://files.example/beta-1-py3-none-any.whl\n", &[":1", "beta", "help: "]),
        ("alpha @ https://files.example/alpha-1.zip#subdirectory=x\n", &[":1", "folder inside", "help: "]),
        ("alpha\n--no-such-option\n", &[":2", "--no-such-option", "help: "]),
        ("-r missing.txt\n", &[":1", "missing.txt"]),
        ("-r requirements.txt\n", &["include each other"]),
        ("alpha==1 --hash=sha256:zz\n", &[":1", "help: "]),
        ("alpha==1 --hash=md5:d41d8cd98f00b204e9800998ecf8427e\n", &[":1", "weak", "help: "]),
        ("--index-url\n", &[":1", "--index-url"]),
        ("alpha --hash='sha256:\n", &[":1"]),
        ("alpha ; python_version >\n", &[":1"]),
        ("alpha ; os_name == 'a\n", &[":1"]),
        ("--require-hashes\nalpha\n", &["hash"]),
        ("-i nonsense\nalpha\n", &["nonsense"]),
    ] {
        refused("requirements.txt", text, fragments);
    }
}

#[test]
fn a_mistake_beside_a_password_does_not_tell_it() {
    for text in [
        format!("alpha @ https://ada:{SECRET}@files.example/beta-1-py3-none-any.whl\n"),
        format!("alpha @ git+https://ada:{SECRET}@forge.example/a.git\n"),
        format!("git+ssh://ada:{SECRET}@forge.example/a.git\n"),
        format!("https://ada:{SECRET}@files.example/download\n"),
        format!("alpha @ https://ada:{SECRET}@files.example:port/alpha-1-py3-none-any.whl\n"),
        format!("-i http://ada:{SECRET}@files.example:port/simple\nalpha\n"),
        format!("--extra-index-url ftp://ada:{SECRET}@files.example/simple\nalpha\n"),
        format!("-f ftp://ada:{SECRET}@files.example/links\nalpha\n"),
        format!("-r https://ada:{SECRET}@127.0.0.1:1/more.txt\n"),
        format!("--no-such-option=https://ada:{SECRET}@files.example/\n"),
        format!("-e git+https://ada:{SECRET}@forge.example/a.git#egg=a\n"),
        format!("alpha --hash=https://ada:{SECRET}@files.example/\n"),
        format!("alpha ; 'https://ada:{SECRET}@files.example/' == nonsense\n"),
    ] {
        refused("requirements.txt", text, &[]);
    }
}

#[test]
fn markers_and_files_without_bounds_are_refused_at_once() {
    refused("requirements.txt", format!("alpha ; {}", "(".repeat(10_000)), &[":1", "more than"]);
    let pairs: Vec<String> = (0..50).map(|n| format!("(extra == 'a{n}' and extra == 'b{n}')")).collect();
    refused("requirements.txt", format!("alpha ; {}\n", pairs.join(" or ")), &[":1", "more than"]);
    refused("requirements.txt", "x".repeat(9 << 20), &["8 MiB"]);
    refused("requirements.txt", b"alpha\n\xff\xfe\xff\n", &["UTF-8", "line 2"]);
    refused("requirements.txt", b"\xff\xfea", &["requirements"]);
    refused("requirements.txt", "alpha\0beta\n", &[":1"]);
}

#[test]
fn a_pyproject_names_what_is_wrong_with_it() {
    let head = "[project]\nname = 'app'\nversion = '1'\n";
    for (text, fragments) in [
        ("[project\n".to_string(), &[":1"][..]),
        (format!("{head}dynamic = ['dependencies']\n"), &["dynamic", "help: "]),
        (format!("{head}dependencies = ['alpha', 'beta >>> 1']\n"), &[":4", "not a requirement"]),
        (format!("{head}dependencies = 'alpha'\n"), &[":4", "dependencies"]),
        (format!("{head}dependencies = [3]\n"), &[":4"]),
        (format!("{head}requires-python = 'new'\n"), &[":4", "new"]),
        ("[tool.poetry.dependencies]\nalpha = '*'\n".to_string(), &["Poetry", "help: "]),
        ("[build-system]\nrequires = []\n".to_string(), &["help: "]),
        (format!("{head}dependencies = []\n[project.optional-dependencies]\na = ['-e .']\n"), &["pyproject.toml:"]),
    ] {
        refused("pyproject.toml", text, fragments);
    }
    let stage = Stage::new();
    stage.write(
        "pyproject.toml",
        format!("{head}dependencies = ['alpha']\n[project.optional-dependencies]\ndev = []\n"),
    );
    stage.fails(&["`nope`", "dev"], |stage| stage.advise_only(&["-r", "pyproject.toml", "--extra", "nope"]));
    stage.fails(&["`nope`"], |stage| stage.advise_only(&["-r", "pyproject.toml", "--group", "nope"]));
}

#[test]
fn a_pyproject_for_linters_gives_way_to_the_requirements_beside_it() {
    let stage = Stage::new();
    stage.write("pyproject.toml", "[tool.linter]\nwidth = 120\n");
    stage.works(|stage| stage.advise_only(&["--advisories", "advisories"]));
    stage.write("pyproject.toml", "[project\n");
    stage.fails(&["pyproject.toml:1"], |stage| stage.advise_only(&["--advisories", "advisories"]));
}

#[test]
fn a_pipfile_and_a_script_name_what_is_wrong_with_them() {
    refused("Pipfile", "[packages\n", &[":1"]);
    refused("Pipfile", "[packages]\nalpha = {git = 'https://forge.example/a.git'}\n", &[":2", "help: "]);
    refused("Pipfile", "[packages]\nalpha = {path = '.'}\n", &[":2", "help: "]);
    refused("Pipfile", "[packages]\nalpha = '>>> 1'\n", &[":2"]);
    refused("script.py", "print('hello')\n", &["help: "]);
    refused("script.py", "# /// script\n# dependencies = [\n# ///\n", &["script.py:"]);
    refused("script.py", "# /// script\n# dependencies = ['a >>> 1']\n# ///\n", &["script.py:2"]);
    refused("notes.md", "alpha\n", &["help: "]);
}

#[test]
fn what_is_missing_is_named() {
    let stage = Stage::new();
    stage.fails_with_help(&["gone.txt"], |stage| stage.advise_only(&["-r", "gone.txt"]));
    stage.fails_with_help(&["advisories"], |stage| stage.advise_only(&["-r", "advisories"]));
    stage.fails_with_help(&["gone.txt"], |stage| stage.advise(&["-c", "gone.txt"]));
    stage
        .fails(&["127.0.0.1:1"], |stage| stage.advise_only(&["-r", &format!("http://ada:{SECRET}@127.0.0.1:1/r.txt")]));
    let empty = Stage::new();
    std::fs::remove_file(empty.path("requirements.in")).unwrap();
    empty.fails_with_help(&["pyproject.toml"], |stage| stage.advise_only(&[]));
}

#[test]
fn constraints_and_overrides_that_are_broken_name_their_line() {
    let stage = Stage::new();
    stage.write("limits.txt", "beta\nalpha >>> 2\n");
    stage.fails(&["limits.txt:2"], |stage| stage.advise(&["-c", "limits.txt"]));
    stage.fails(&["limits.txt:2"], |stage| stage.advise(&["--override", "limits.txt"]));
    stage.write("limits.txt", "alpha @ https://files.example/alpha-1-py3-none-any.whl\n");
    stage.fails(&["limits.txt:1"], |stage| stage.advise(&["-c", "limits.txt"]));
    stage.write("limits.txt", "alpha<1\n");
    let told = stage.advise(&["-c", "limits.txt"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.contains("limits.txt"), "{told:?}");
}

#[test]
fn a_lock_that_is_garbage_is_not_overwritten() {
    let stage = Stage::new();
    let noise: Vec<u8> = (0..=255).collect();
    stage.write(LOCK, &noise);
    stage.fails_with_help(&[LOCK], |stage| stage.advise(&[]));
    for (name, text) in [
        ("pylock.toml", "lock-version = "),
        ("pylock.toml", "lock-version = '9.0'\n"),
        ("pylock.toml", "packages = 3\n"),
        ("Pipfile.lock", "{"),
    ] {
        stage.write(name, text);
        let mut arguments = stage.arguments(name);
        if name == "Pipfile.lock" {
            stage.write("Pipfile", "[packages]\nalpha = '*'\n");
            arguments.extend(["-r".to_string(), "Pipfile".to_string()]);
        } else {
            arguments.extend(["-r".to_string(), "requirements.in".to_string()]);
        }
        arguments.extend(["--advisories".to_string(), "advisories".to_string()]);
        stage.fails_with_help(&[name], |stage| stage.told(stage.thoth(&arguments).output().unwrap()));
    }
}

#[test]
fn broken_configuration_is_refused_with_its_place() {
    for (text, fragments) in [
        ("offline = \n", &["thoth.toml"][..]),
        ("exclude-newer = 'soon'\n", &["thoth.toml:1", "soon"]),
        ("offline = false\nresolution = 'newest'\n", &["thoth.toml:2", "newest"]),
    ] {
        let stage = Stage::new();
        stage.write("thoth.toml", text);
        stage.fails(fragments, |stage| stage.advise(&[]));
    }
}

#[test]
fn an_archive_by_url_that_is_not_what_was_promised_is_refused() {
    let stage = Stage::new();
    let url = format!("{}/files/alpha-2.0-py3-none-any.whl", stage.server.url());
    let with_password = url.replace("http://", &format!("http://ada:{SECRET}@"));
    let zeros = "0".repeat(64);
    stage.write("requirements.in", format!("alpha @ {with_password}#sha256={zeros}\n"));
    stage.fails_with_help(&["alpha", "hash", "promised"], |stage| stage.advise(&["-t", "latest"]));
    stage.write("requirements.in", format!("alpha @ {with_password}\n"));
    let told = stage.advise(&["-t", "latest"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(stage.read(LOCK).contains(&url), "{}", stage.read(LOCK));
}
