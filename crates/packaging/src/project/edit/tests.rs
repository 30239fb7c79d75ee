//! Stories of edits: a file, what is added or removed, the lines that change.

use proptest::prelude::*;

use super::*;
use crate::project::{NoFiles, Selected, Selection, read};

fn difference(old: &str, new: &str) -> String {
    let (olds, news): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let start = olds.iter().zip(&news).take_while(|(old, new)| old == new).count();
    let end = olds.iter().rev().zip(news.iter().rev()).take_while(|(old, new)| old == new).count();
    let end = end.min(olds.len() - start).min(news.len() - start);
    let gone = olds[start..olds.len() - end].iter().map(|line| format!("-{line}"));
    gone.chain(news[start..news.len() - end].iter().map(|line| format!("+{line}"))).collect()
}

fn kind(name: &str) -> Kind {
    Kind::of(name, "").unwrap()
}

fn added(name: &str, text: &str, requirement: &str, section: &Section) -> String {
    let edited = add(kind(name), name, text, &Addition::new(requirement).unwrap(), section).unwrap();
    reads(name, &edited.text);
    difference(text, &edited.text)
}

fn removed(name: &str, text: &str, package: &str, section: Option<&Section>) -> String {
    let edited = remove(kind(name), name, text, &package.parse().unwrap(), section).unwrap();
    reads(name, &edited.text);
    difference(text, &edited.text)
}

/// The production reader understands it.
fn reads(name: &str, text: &str) {
    let all = Selection { extras: Selected::All, groups: Selected::All };
    read(kind(name), name, text, &NoFiles, &|_| None, &all).unwrap_or_else(|error| panic!("{error}\n{text}"));
}

fn dev() -> Section {
    Section::Group("dev".parse().unwrap())
}

const IN: &str = "\
# what we run
--index-url https://index.example/simple/
click>=8  # for the command line
flask[async]>=2 ; python_version >= '3.8'   # the app
numpy==1.26.4 \\
    --hash=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
werkzeug
";

#[test]
fn a_requirements_file_keeps_order_comments_extras_and_markers() {
    insta::assert_snapshot!(added("requirements.in", IN, "Jinja2>=3", &Section::Main), @"+Jinja2>=3");
    insta::assert_snapshot!(added("requirements.in", IN, "flask>=3", &Section::Main), @"
    -flask[async]>=2 ; python_version >= '3.8'   # the app
    +flask[async]>=3 ; python_version >= '3.8'   # the app
    ");
    insta::assert_snapshot!(added("requirements.in", IN, "numpy>=2", &Section::Main), @r#"
    -numpy==1.26.4 \
    -    --hash=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    +numpy>=2
    "#);
    insta::assert_snapshot!(added("requirements.in", IN, "zope.interface", &Section::Main), @"+zope.interface");
    assert_eq!(added("requirements.in", IN, "click>=8", &Section::Main), "", "it is so already");
    assert_eq!(added("requirements.in", "b\na", "c", &Section::Main), "-a+a\n+c\n");
    assert_eq!(added("requirements.in", "", "c", &Section::Main), "+c\n");
    assert_eq!(added("requirements.in", "b\r\nc\r\n", "a", &Section::Main), "+a\r\n");
    insta::assert_snapshot!(removed("requirements.in", IN, "numpy", None), @r#"
    -numpy==1.26.4 \
    -    --hash=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    "#);
    insta::assert_snapshot!(removed("requirements.in", IN, "Click", None), @"-click>=8  # for the command line");
}

#[test]
fn a_package_for_several_machines_is_changed_for_the_one_meant() {
    let text = "six<2 ; sys_platform == 'win32'\nsix>1 ; sys_platform != 'win32'\n";
    let change = added("requirements.in", text, "six==1.16 ; sys_platform == 'win32'", &Section::Main);
    insta::assert_snapshot!(change, @"
    -six<2 ; sys_platform == 'win32'
    +six==1.16 ; sys_platform == 'win32'
    ");
    let error = add(Kind::Requirements, "requirements.in", text, &Addition::new("six").unwrap(), &Section::Main);
    insta::assert_snapshot!(error.unwrap_err(), @"requirements.in: `six` is required in the lines 1, 2: say a marker of one of them, or `thoth remove six` first");
    let both = remove(Kind::Requirements, "requirements.in", text, &"six".parse().unwrap(), None).unwrap();
    assert_eq!((both.text.as_str(), both.changes.len()), ("", 2));
}

const PYPROJECT: &str = "\
[project]
name = 'app'
version = '1'
dependencies = [
    'click>=8',  # for the command line
    'flask[async]>=2',
    # last
    'werkzeug'  # as of May
]
requires-python = '>=3.9'

[project.optional-dependencies]
fast = ['orjson', 'uvloop; sys_platform != \"win32\"']

[dependency-groups]
dev = [
    'pytest',
    {include-group = 'lint'},
]
lint = ['ruff']
";

#[test]
fn a_pyproject_keeps_the_shape_of_its_arrays() {
    let name = "pyproject.toml";
    insta::assert_snapshot!(added(name, PYPROJECT, "jinja2>=3", &Section::Main), @r#"+    'jinja2>=3',"#);
    insta::assert_snapshot!(added(name, PYPROJECT, "zope.interface", &Section::Main), @r#"
    -    'werkzeug'  # as of May
    +    'werkzeug',  # as of May
    +    'zope.interface',
    "#);
    insta::assert_snapshot!(added(name, PYPROJECT, "flask>=3", &Section::Main), @r#"
    -    'flask[async]>=2',
    +    'flask[async]>=3',
    "#);
    insta::assert_snapshot!(added(name, PYPROJECT, "anyio", &Section::Extra("fast".parse().unwrap())), @r#"
    -fast = ['orjson', 'uvloop; sys_platform != "win32"']
    +fast = ['anyio', 'orjson', 'uvloop; sys_platform != "win32"']
    "#);
    insta::assert_snapshot!(added(name, PYPROJECT, "uvloop>=0.19", &Section::Extra("fast".parse().unwrap())), @r#"
    -fast = ['orjson', 'uvloop; sys_platform != "win32"']
    +fast = ['orjson', 'uvloop>=0.19 ; sys_platform != "win32"']
    "#);
    insta::assert_snapshot!(added(name, PYPROJECT, "tox", &dev()), @r#"+    "tox","#);
    insta::assert_snapshot!(added(name, PYPROJECT, "sphinx", &Section::Group("docs".parse().unwrap())), @r#"+docs = ["sphinx"]"#);
    insta::assert_snapshot!(added(name, PYPROJECT, "rich", &Section::Extra("pretty".parse().unwrap())), @r#"+pretty = ["rich"]"#);
    let bare = "[project]\nname = 'app'\nversion = '1'\n\n[tool.x]\ny = 1\n";
    insta::assert_snapshot!(added(name, bare, "flask; python_version < \"3.12\"", &Section::Main), @r#"+dependencies = ['flask; python_version < "3.12"']"#);
    insta::assert_snapshot!(added(name, bare, "pytest", &dev()), @r#"
    +
    +[dependency-groups]
    +dev = ["pytest"]
    "#);
    insta::assert_snapshot!(removed(name, PYPROJECT, "click", None), @"-    'click>=8',  # for the command line");
    insta::assert_snapshot!(removed(name, PYPROJECT, "werkzeug", None), @"-    'werkzeug'  # as of May");
    insta::assert_snapshot!(removed(name, PYPROJECT, "orjson", None), @r#"
    -fast = ['orjson', 'uvloop; sys_platform != "win32"']
    +fast = ['uvloop; sys_platform != "win32"']
    "#);
    insta::assert_snapshot!(removed(name, PYPROJECT, "uvloop", None), @r#"
    -fast = ['orjson', 'uvloop; sys_platform != "win32"']
    +fast = ['orjson']
    "#);
    insta::assert_snapshot!(removed(name, PYPROJECT, "ruff", None), @"
    -lint = ['ruff']
    +lint = []
    ");
}

const PIPFILE: &str = "\
[[source]]
name = \"own\"
url = \"https://index.example/simple/\"
verify_ssl = true

[packages]
# the app
flask = {extras = [\"async\"], version = \">=2\"}  # keep
click = \"*\"

[requires]
python_version = \"3.11\"
";

#[test]
fn a_pipfile_keeps_its_tables_and_comments() {
    insta::assert_snapshot!(added("Pipfile", PIPFILE, "flask>=3", &Section::Main), @r#"
    -flask = {extras = ["async"], version = ">=2"}  # keep
    +flask = { extras = ["async"], version = ">=3" }  # keep
    "#);
    insta::assert_snapshot!(added("Pipfile", PIPFILE, "jinja2", &Section::Main), @r#"+jinja2 = "*""#);
    insta::assert_snapshot!(added("Pipfile", PIPFILE, "uvloop>=0.19; sys_platform != 'win32'", &Section::Main), @r#"+uvloop = { version = ">=0.19", markers = "sys_platform != 'win32'" }"#);
    insta::assert_snapshot!(added("Pipfile", PIPFILE, "pytest>=8", &dev()), @r#"
    +
    +[dev-packages]
    +pytest = ">=8"
    "#);
    insta::assert_snapshot!(removed("Pipfile", PIPFILE, "flask", None), @r#"-flask = {extras = ["async"], version = ">=2"}  # keep"#);
}

#[test]
fn another_index_is_named_once() {
    let url: Url = "https://wheels.example/simple".parse().unwrap();
    let home: Url = "https://index.example/simple".parse().unwrap();
    let package: PackageName = "click".parse().unwrap();
    for (name, text) in [("requirements.in", IN), ("pyproject.toml", PYPROJECT), ("Pipfile", PIPFILE)] {
        let edited = add_index(kind(name), name, text, &package, (&url, &home)).unwrap();
        reads(name, &edited.text);
        assert!(!edited.changes.is_empty());
        let again = add_index(kind(name), name, &edited.text, &package, (&url, &home)).unwrap();
        assert_eq!((again.text.as_str(), again.changes.len()), (edited.text.as_str(), 0), "{name}");
    }
    let pipfile = add_index(Kind::Pipfile, "Pipfile", PIPFILE, &package, (&url, &home)).unwrap();
    insta::assert_snapshot!(difference(PIPFILE, &pipfile.text), @r#"
    -[packages]
    -# the app
    -flask = {extras = ["async"], version = ">=2"}  # keep
    -click = "*"
    +[[source]]
    +name = "wheels-example"
    +url = "https://wheels.example/simple"
    +verify_ssl = true
    +
    +[packages]
    +# the app
    +flask = {extras = ["async"], version = ">=2"}  # keep
    +click = { version = "*", index = "wheels-example" }
    "#);
    let pyproject = add_index(Kind::Pyproject, "pyproject.toml", PYPROJECT, &package, (&url, &home)).unwrap();
    insta::assert_snapshot!(difference(PYPROJECT, &pyproject.text), @r#"
    +
    +[[tool.thoth.index]]
    +name = "wheels-example"
    +url = "https://wheels.example/simple"
    +explicit = true
    +
    +[tool.thoth.index-pin]
    +click = "wheels-example"
    "#);
}

#[test]
fn what_cannot_be_edited_says_what_helps() {
    let no = |name: &str, text: &str, requirement: &str, section: &Section| {
        let addition = Addition::new(requirement);
        addition.and_then(|one| add(kind(name), name, text, &one, section)).unwrap_err().to_string()
    };
    insta::assert_snapshot!(no("requirements.in", IN, "pytest", &dev()), @"requirements.in: a requirements file has no group `dev`: name another file with `-r FILE`, or declare it in a pyproject.toml");
    insta::assert_snapshot!(no("requirements.in", IN, "not a requirement", &Section::Main), @"
    not a requirement: this is not a requirement: Expected one of `@`, `(`, `<`, `=`, `>`, `~`, `!`, `;`, found `a`
    not a requirement
        ^
    ");
    insta::assert_snapshot!(no("pyproject.toml", "[tool.x]\n", "flask", &Section::Main), @"pyproject.toml: there is no [project] table to require anything for: give the project a `name` and a `version` there");
    insta::assert_snapshot!(no("pyproject.toml", "[project]\nname='a'\ndynamic = ['dependencies']\n", "flask", &Section::Main), @"pyproject.toml (project.dynamic): `project.dependencies` is dynamic: its build backend says it, and it is changed where that reads it");
    insta::assert_snapshot!(no("pyproject.toml", "[project\n", "flask", &Section::Main), @"pyproject.toml:1: not valid TOML: unclosed table, expected `]`");
    insta::assert_snapshot!(no("app.py", "", "flask", &Section::Main), @"app.py: scripts are edited by hand: their requirements stand in a comment");
    let error = remove(Kind::Pipfile, "Pipfile", PIPFILE, &"django".parse().unwrap(), None).unwrap_err();
    insta::assert_snapshot!(error, @"Pipfile: `django` is not required here");
}

proptest! {
    #[test]
    fn no_text_panics_and_a_removal_undoes_an_addition(text in "([a-c]>=1|\\[project\\]|\\[packages\\]|dependencies|=|\\[|\\]|'|\"|,|#| |\\\\|\n){0,16}") {
        let addition = Addition::new("newcomer>=2").unwrap();
        for (kind, name) in [(Kind::Requirements, "requirements.in"), (Kind::Pyproject, "pyproject.toml"), (Kind::Pipfile, "Pipfile")] {
            if let Ok(edited) = add(kind, name, &text, &addition, &Section::Main) {
                prop_assert!(edited.text.contains("newcomer"));
                let back = remove(kind, name, &edited.text, addition.package(), None);
                prop_assert!(back.is_ok_and(|back| !back.text.contains("newcomer")), "{}", edited.text);
            }
            let _ = remove(kind, name, &text, &"a".parse().unwrap(), None);
            let url = "https://wheels.example/".parse().unwrap();
            let _ = add_index(kind, name, &text, &"a".parse().unwrap(), (&url, &url));
        }
    }
}
