use insta::assert_snapshot;

use crate::project::{
    Kind, NoFiles, Project, Selected, Selection, read,
    tests::{project, selected, shown},
};

const FILE: &str = "pyproject.toml";

fn alone(text: &str) -> Project {
    project(Kind::Pyproject, FILE, text).unwrap()
}

fn with(text: &str, extras: &[&str], groups: &[&str]) -> Project {
    selected(Kind::Pyproject, FILE, text, extras, groups).unwrap()
}

fn problems(text: &str, extras: &[&str], groups: &[&str]) -> String {
    selected(Kind::Pyproject, FILE, text, extras, groups).unwrap_err().to_string()
}

const SITE: &str = r#"[project]
name = "My.Site"
requires-python = ">=3.9,<4"
dependencies = [
    "flask>=2",
    "my-site[db]",  # on itself
]

[project.optional-dependencies]
db = ["psycopg ; sys_platform == 'linux'"]
all = ["my_site[db,web] ; python_version >= '3.10'"]
Web = ["uvicorn", "my-site[all]"]

[dependency-groups]
test = ["pytest", {include-group = "Base_Tools"}]
base-tools = ["coverage"]
"#;

#[test]
fn dependencies_come_with_their_lines_and_optional_ones_only_when_selected() {
    let project = alone(SITE);
    assert_eq!(project.name.unwrap().as_ref(), "my-site");
    assert_eq!(project.requires_python.unwrap().0.to_string(), ">=3.9, <4");
    assert_snapshot!(shown(&project.requirements), @"
    pyproject.toml:5 (project.dependencies): flask>=2
    pyproject.toml:10 (project.optional-dependencies.db): psycopg ; sys_platform == 'linux'
    ");
}

#[test]
fn extras_that_name_each_other_in_a_circle_are_expanded_under_their_markers() {
    assert_snapshot!(shown(&with(SITE, &["all"], &[]).requirements), @"
    pyproject.toml:5 (project.dependencies): flask>=2
    pyproject.toml:10 (project.optional-dependencies.db): psycopg ; sys_platform == 'linux'
    pyproject.toml:12 (project.optional-dependencies.Web): uvicorn ; python_full_version >= '3.10'
    ");
}

#[test]
fn groups_include_groups_by_normalised_names() {
    assert_snapshot!(shown(&with(SITE, &[], &["test"]).requirements), @"
    pyproject.toml:5 (project.dependencies): flask>=2
    pyproject.toml:15 (dependency-groups.test): pytest
    pyproject.toml:16 (dependency-groups.base-tools): coverage
    pyproject.toml:10 (project.optional-dependencies.db): psycopg ; sys_platform == 'linux'
    ");
}

#[test]
fn all_means_every_extra_and_every_group() {
    let selection = Selection { extras: Selected::All, groups: Selected::All };
    let project = read(Kind::Pyproject, FILE, SITE, &NoFiles, &|_| None, &selection).unwrap();
    assert_snapshot!(shown(&project.requirements), @"
    pyproject.toml:5 (project.dependencies): flask>=2
    pyproject.toml:16 (dependency-groups.base-tools): coverage
    pyproject.toml:15 (dependency-groups.test): pytest
    pyproject.toml:10 (project.optional-dependencies.db): psycopg ; sys_platform == 'linux'
    pyproject.toml:12 (project.optional-dependencies.Web): uvicorn
    ");
}

#[test]
fn an_unknown_extra_or_group_is_an_error_that_lists_the_known_ones() {
    assert_snapshot!(problems(SITE, &["dev"], &["lint"]), @"
    pyproject.toml (dependency-groups): the project has no dependency group `lint`; known: base-tools, test
    pyproject.toml:9 (project.optional-dependencies): the project has no extra `dev`; known: all, db, web
    ");
}

#[test]
fn what_only_a_build_could_tell_is_an_error() {
    assert_snapshot!(
        problems("[project]\nname = 'a'\ndynamic = ['version', 'dependencies']\n", &[], &[]), @"
    pyproject.toml:3 (project.dynamic): `project.dependencies` is dynamic: it cannot be known without building the project
      help: list the dependencies in `[project]`, or export them to a requirements file and read that with `-r`
    ");
}

#[test]
fn a_file_in_poetrys_format_is_refused_with_the_way_out() {
    assert_snapshot!(problems("[tool.poetry.dependencies]\npython = '^3.9'\n", &[], &[]), @"
    pyproject.toml:1 (tool.poetry): the dependencies are declared in Poetry's own tables, not in `[project]`
      help: move them to `[project]` (PEP 621, Poetry 2), or run `poetry export -o requirements.txt` and read that with `-r`
    ");
}

#[test]
fn a_file_for_linters_declares_nothing() {
    let error = project(Kind::Pyproject, FILE, "[tool.black]\nline-length = 120\n").unwrap_err();
    assert!(error.declares_nothing());
    assert_snapshot!(error, @"
    pyproject.toml: the file declares no dependencies: it has neither `[project]` nor `[dependency-groups]`
      help: add `[project]` with `dependencies`, or name the file that lists the dependencies with `-r`
    ");
}

#[test]
fn poetrys_tables_beside_a_project_are_told() {
    let project = alone("[project]\nname = 'a'\n[tool.poetry.group.dev.dependencies]\npytest = '*'\n");
    assert_snapshot!(project.notes.join("\n"), @"pyproject.toml:3 (tool.poetry.group): is not read; the standard tables `[project]` and `[dependency-groups]` are");
}

#[test]
fn mistakes_are_named_with_their_lines_all_at_once() {
    assert_snapshot!(
        problems(
            "[project]\nname = '-'\nrequires-python = '3.9'\ndependencies = [\n  'flask>>1',\n  'a @ git+https://h.example/a',\n  \
             'b @ file:///b',\n]\n[project.optional-dependencies]\nx = ['c d']\n",
            &[],
            &[]
        ), @r#"
    pyproject.toml:2 (project.name): `-` is not a package name: Not a valid package or extra name: "-". Names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters.
    pyproject.toml:3 (project.requires-python): `3.9` is not a set of version specifiers: Failed to parse version: Unexpected end of version specifier, expected operator. Did you mean `==3.9`?:
    3.9
    ^^^
    pyproject.toml:5 (project.dependencies): this is not a requirement: no such comparison operator ">>", must be one of ~= == != <= >= < > ===
    flask>>1
         ^^^
    pyproject.toml:6 (project.dependencies): `git+https://h.example/a` is a checkout of a version control system
      help: nothing is built here; require a release, or a wheel by its URL (`name @ https://…/name-1.0-py3-none-any.whl`)
    pyproject.toml:7 (project.dependencies): `file:///b` is a local path
      help: a lock must work on other machines; require a release, or serve the file and require it by its URL, or give a folder of files by `--find-links`
    pyproject.toml:10 (project.optional-dependencies.x): this is not a requirement: Expected one of `@`, `(`, `<`, `=`, `>`, `~`, `!`, `;`, found `d`
    c d
      ^
    "#);
    assert_snapshot!(problems("[project]\ndependencies = 'flask'\noptional-dependencies = 3\n", &[], &[]), @"pyproject.toml:2 (project.dependencies): `project.dependencies` must be an array of strings, not a string");
    assert_snapshot!(problems("[project]\nname = 'a\n", &[], &[]), @"pyproject.toml:2: this is not TOML: invalid literal string, expected `'`");
}

#[test]
fn groups_that_include_each_other_or_share_a_name_are_errors() {
    assert_snapshot!(
        problems("[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'a'}, 3]\n", &[], &["a"]), @r#"
    pyproject.toml:3 (dependency-groups.b): the dependency groups include each other: a -> b -> a
    pyproject.toml:3 (dependency-groups.b): `dependency-groups.b` must be a requirement or `{include-group = "…"}`, not an integer
    "#);
    assert_snapshot!(problems("[dependency-groups]\nA_b = []\na-B = []\n", &[], &[]), @"pyproject.toml:3 (dependency-groups.a-B): `A_b` and `a-B` are the same name");
    assert_snapshot!(problems("[dependency-groups]\na = [{include-group = 'b', x = 1}]\n", &[], &["a"]), @r#"pyproject.toml:2 (dependency-groups.a): `dependency-groups.a` must be a requirement or `{include-group = "…"}`, not a table"#);
}

#[test]
fn an_extra_of_extras_of_extras_takes_no_exponential_time() {
    let mut text = "[project]\nname = 'a'\ndependencies = ['a[e0]']\n[project.optional-dependencies]\n".to_string();
    for index in 0..200 {
        text.push_str(&format!("e{index} = ['a[e{}]', 'a[e{}]', 'p{index}']\n", index + 1, index + 1));
    }
    text.push_str("e200 = []\n");
    assert_eq!(alone(&text).requirements.len(), 200);
}

const UV: &str = r#"[project]
name = "a"
dependencies = ["torch>=2", "lib", "flask"]

[tool.uv]
constraint-dependencies = ["six<2"]
override-dependencies = ["attrs==1"]
dev-dependencies = ["pytest"]
prerelease = "allow"
exclude-newer = 2024-01-01T00:00:00Z
no-build-package = ["lib"]
environments = ["sys_platform == 'linux'"]

[[tool.uv.index]]
name = "gpu"
url = "https://gpu.example/simple"
explicit = true

[[tool.uv.index]]
url = "https://flat.example/files"
format = "flat"

[tool.uv.sources]
torch = { index = "gpu" }
lib = { url = "https://files.example/lib-1.0-py3-none-any.whl", marker = "sys_platform == 'linux'" }
unused = { path = "../unused" }

[tool.thoth]
ignore = ["X"]
"#;

#[test]
fn the_table_of_uv_is_honoured() {
    let project = with(UV, &[], &["dev"]);
    assert_snapshot!(shown(&project.requirements), @"
    pyproject.toml:3 (project.dependencies): torch>=2
    pyproject.toml:25 (tool.uv.sources.lib): lib @ https://files.example/lib-1.0-py3-none-any.whl ; sys_platform == 'linux'
    pyproject.toml:3 (project.dependencies): lib ; sys_platform != 'linux'
    pyproject.toml:3 (project.dependencies): flask
    pyproject.toml:8 (tool.uv.dev-dependencies): pytest
    ");
    assert_eq!(shown(&project.constraints), "pyproject.toml:6 (tool.uv.constraint-dependencies): six<2");
    assert_eq!(shown(&project.overrides), "pyproject.toml:7 (tool.uv.override-dependencies): attrs==1");
    let options = &project.options;
    assert_eq!(options.named.len(), 1);
    assert!(options.named[0].explicit);
    assert_eq!(options.find_links[0].0, "https://flat.example/files");
    assert_eq!(options.pins[&"torch".parse().unwrap()].0, "gpu");
    assert!(!options.formats(&"lib".parse().unwrap()).sdists);
    assert_eq!(project.preferences.prerelease.unwrap().0, "allow");
    assert_eq!(project.preferences.exclude_newer.unwrap().0, "2024-01-01T00:00:00Z");
    assert_eq!(project.thoth.unwrap().to_string(), "ignore = [\"X\"]\n");
    assert_eq!(project.notes, ["pyproject.toml:12 (tool.uv.environments): is not honoured"]);
}

#[test]
fn a_source_that_cannot_be_locked_is_an_error_once_the_package_is_required() {
    let text = |source: &str| {
        format!("[project]\nname = 'a'\ndependencies = ['b']\n[tool.uv.sources]\nb = {source}\nc = {{ git = 'x' }}\n")
    };
    assert_snapshot!(problems(&text("{ git = 'https://h.example/b' }"), &[], &[]), @"
    pyproject.toml:5 (tool.uv.sources.b): `b` is a checkout of a version control system
      help: nothing is built here; require a release, or a wheel by its URL (`name @ https://…/name-1.0-py3-none-any.whl`)
    ");
    assert_snapshot!(problems(&text("{ path = '../b', editable = true }"), &[], &[]), @"
    pyproject.toml:5 (tool.uv.sources.b): `b` is a local path
      help: a lock must work on other machines; require a release, or serve the file and require it by its URL, or give a folder of files by `--find-links`
    ");
    assert_snapshot!(problems(&text("{ workspace = true }"), &[], &[]), @"
    pyproject.toml:5 (tool.uv.sources.b): `b` is a member of the workspace
      help: members are built, not locked; list the dependencies of the member instead
    ");
    assert_snapshot!(problems(&text("{ index = 'other' }"), &[], &[]), @"pyproject.toml:5 (tool.uv.sources.b): `b` is pinned to the index `other`, which is not declared; there is no index");
    assert_snapshot!(problems(&text("[{ index = 'x', marker = \"os_name == 'nt'\" }]"), &[], &[]), @"pyproject.toml:5 (tool.uv.sources.b): the source of `b` cannot be honoured: an index for some environments only");
    assert_snapshot!(problems(&text("{ url = 'https://h.example/c-1-py3-none-any.whl' }"), &[], &[]), @"
    pyproject.toml:5 (tool.uv.sources.b): `b` is required, but the file is one of `c`
      help: correct the name or the URL
    ");
    assert_snapshot!(problems(&text("3"), &[], &[]), @"pyproject.toml:5 (tool.uv.sources.b): `tool.uv.sources.b` must be an array of tables, not an integer");
}

#[test]
fn a_preference_that_does_not_exist_is_an_error() {
    assert_snapshot!(problems("[tool.uv]\nprerelease = 'yes'\n", &[], &[]), @"pyproject.toml:2 (tool.uv.prerelease): `yes` is not a way to treat pre-releases: one of allow, disallow, if-necessary, explicit, if-necessary-or-explicit is expected");
}
