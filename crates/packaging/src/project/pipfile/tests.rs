use insta::assert_snapshot;

use super::expanded;
use crate::project::{
    Kind, NoFiles, Project, Selection, read,
    tests::{project, selected, shown},
};

fn alone(text: &str) -> Project {
    project(Kind::Pipfile, "Pipfile", text).unwrap()
}

fn problems(text: &str) -> String {
    project(Kind::Pipfile, "Pipfile", text).unwrap_err().to_string()
}

const SITE: &str = r#"[[source]]
name = "main"
url = "https://${TOKEN}@index.example/simple"
verify_ssl = true

[[source]]
name = "private"
url = "https://private.example:8443/simple"
verify_ssl = false

[packages]
flask = "*"
requests = {version = ">=2,<3", extras = ["socks"], markers = "python_version < '3.12' or os_name == 'nt'"}
colorama = {version = "*", sys_platform = "== 'win32'", os_name = "!= 'java'"}
inner = {version = "~=1.2", index = "private"}
wheel_by_url = {file = "https://files.example/wheel_by_url-1.0-py3-none-any.whl"}
"uvicorn[standard]" = ""

[dev-packages]
pytest = ">=8"

[docs]
sphinx = {}

[requires]
python_version = "3.11"

[pipenv]
allow_prereleases = true

[scripts]
serve = "flask run"
"#;

#[test]
fn packages_come_with_their_lines_and_everything_else_only_when_selected() {
    let project = alone(SITE);
    assert_snapshot!(shown(&project.requirements), @"
    Pipfile:12 (packages.flask): flask
    Pipfile:13 (packages.requests): requests[socks]>=2,<3 ; python_full_version < '3.12' or os_name == 'nt'
    Pipfile:14 (packages.colorama): colorama ; os_name != 'java' and sys_platform == 'win32'
    Pipfile:15 (packages.inner): inner~=1.2
    Pipfile:16 (packages.wheel_by_url): wheel-by-url @ https://files.example/wheel_by_url-1.0-py3-none-any.whl
    Pipfile:17 (packages.uvicorn[standard]): uvicorn[standard]
    ");
    assert_eq!(project.python_version.unwrap().0, "3.11");
    assert!(project.options.pre);
    assert_eq!(project.options.pins[&"inner".parse().unwrap()].0, "private");
    assert_eq!(project.options.trusted_hosts, ["private.example:8443"]);
}

#[test]
fn categories_are_selected_as_groups() {
    let with = |group: &str| {
        let project = selected(Kind::Pipfile, "Pipfile", SITE, &[], &[group, "docs"]).unwrap();
        shown(&project.requirements[6..])
    };
    assert_snapshot!(with("dev"), @"
    Pipfile:20 (dev-packages.pytest): pytest>=8
    Pipfile:23 (docs.sphinx): sphinx
    ");
    assert_eq!(with("dev-packages"), with("dev"));
    assert_snapshot!(selected(Kind::Pipfile, "Pipfile", SITE, &[], &["lint"]).unwrap_err(), @"Pipfile: the project has no dependency group `lint`; known: dev-packages, docs");
}

#[test]
fn the_first_source_is_the_default_and_the_others_are_asked_for_what_is_pinned_to_them() {
    let variable = |name: &str| (name == "TOKEN").then(|| "t0ken".to_string());
    let project = read(Kind::Pipfile, "Pipfile", SITE, &NoFiles, &variable, &Selection::default()).unwrap();
    let named = &project.options.named;
    assert_eq!(named[0].url, "https://t0ken@index.example/simple");
    assert_eq!((named[0].default, named[0].explicit), (true, false));
    assert_eq!((named[1].default, named[1].explicit), (false, true));
    let all = format!("{SITE}\n").replace("allow_prereleases", "install_search_all_sources");
    assert!(!alone(&all).options.named[1].explicit);
}

#[test]
fn what_cannot_be_locked_is_an_error_with_its_line() {
    assert_snapshot!(problems(
        "[packages]\na = {git = 'https://u:secret@h.example/a', ref = 'main'}\nb = {path = './b', editable = true}\nc = {path = './c'}\n\
         d = {file = './d.whl'}\ne = {editable = true, version = '*'}\nf = {file = 'ftp://h.example/f-1.tar.gz'}\n"
    ), @r#"
    Pipfile:2 (packages.a): `a = {git = "https://****@h.example/a"}` is a checkout of a version control system
      help: nothing is built here; require a release, or a wheel by its URL (`name @ https://…/name-1.0-py3-none-any.whl`)
    Pipfile:3 (packages.b): `b` is an editable requirement
      help: Thoth locks releases; install the project itself after the lock, and list its dependencies here
    Pipfile:4 (packages.c): `c = {path = "./c"}` is a local path
      help: a lock must work on other machines; require a release, or serve the file and require it by its URL, or give a folder of files by `--find-links`
    Pipfile:5 (packages.d): `./d.whl` is a local path
    Pipfile:6 (packages.e): `e` is an editable requirement
    Pipfile:7 (packages.f): `ftp://h.example/f-1.tar.gz` is not an http or https URL
      help: only archives behind http and https URLs can be locked
    "#);
}

#[test]
fn mistakes_are_named_with_their_lines_all_at_once() {
    assert_snapshot!(problems(
        "[packages]\na = '1.0'\nb = 3\nc = {version = 1}\nd = {index = 'none', version = '*'}\ne = {version = '*', os_name = 'nt'}\n\
         'f g' = '*'\nh = {markers = 'x'}\n[requires]\npython_version = 'three'\n"
    ), @r#"
    Pipfile:10 (requires.python_version): `three` is not a Python version: expected version to start with a number, but no leading ASCII digits were found
    Pipfile:2 (packages.a): `1.0` is not `*` or a set of version specifiers: Failed to parse version: Unexpected end of version specifier, expected operator. Did you mean `==1.0`?:
    1.0
    ^^^
    Pipfile:3 (packages.b): `b` must be a string or a table, not an integer
    Pipfile:4 (packages.c): `version` must be a string, not an integer
    Pipfile:5 (packages.d): `d` is pinned to the index `none`, which is not declared; there is no index
    Pipfile:6 (packages.e): `os_name nt` is not a marker: Expected a valid marker operator (such as `>=` or `not in`), found `nt`
    os_name nt
            ^^
    Pipfile:7 (packages.f g): `f g` is not a package name: Not a valid package or extra name: "f g". Names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters.
    Pipfile:8 (packages.h): `x` is not a marker: Expected a quoted string or a valid marker name, found `x`
    x
    ^
    "#);
    assert_snapshot!(problems("[packages\n"), @"Pipfile:1: this is not TOML: unclosed table, expected `]`");
    assert_snapshot!(problems("[[source]]\nname = 'a'\n"), @"Pipfile:1 (source): `source.url` is missing");
}

#[test]
fn a_key_that_is_not_honoured_is_told() {
    let project = alone("[packages]\na = {version = '*', skip_resolver = true}\n");
    assert_eq!(project.notes, ["Pipfile:2 (packages.a): `skip_resolver` is not honoured"]);
}

#[test]
fn variables_are_expanded_with_and_without_braces() {
    let variable = |name: &str| (name == "user").then(|| "me".to_string());
    assert_eq!(expanded("$user ${user}x $users $ ${", &variable), ("me mex $users $ ${".into(), vec!["users".into()]));
}
