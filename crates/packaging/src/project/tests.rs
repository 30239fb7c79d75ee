//! What every reader shares: the one way in, joining, and that no text makes a reader panic.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Reads a text that stands alone.
pub(super) fn project(kind: Kind, name: &str, text: &str) -> Result<Project, ProjectError> {
    selected(kind, name, text, &[], &[])
}

/// Reads a text with extras and groups.
pub(super) fn selected(
    kind: Kind,
    name: &str,
    text: &str,
    extras: &[&str],
    groups: &[&str],
) -> Result<Project, ProjectError> {
    let selection = Selection {
        extras: Selected::Only(extras.iter().map(|name| name.parse().unwrap()).collect()),
        groups: Selected::Only(groups.iter().map(|name| name.parse().unwrap()).collect()),
    };
    read(kind, name, text, &NoFiles, &|_| None, &selection)
}

/// The declarations as lines: place, requirement, hashes.
pub(super) fn shown(declarations: &[Declaration]) -> String {
    let lines: Vec<String> = declarations
        .iter()
        .map(|declared| {
            let hashes: Vec<String> = declared.hashes.iter().map(|hash| format!(" {hash}")).collect();
            format!("{}: {}{}", declared.origin, declared.requirement, hashes.concat())
        })
        .collect();
    lines.join("\n")
}

#[test]
fn joined_projects_declare_what_both_do() {
    let mut joined = project(Kind::Requirements, "a.txt", "flask\n-i https://a.example/simple\n").unwrap();
    let later = "[project]\nname = 'b'\nrequires-python = '>=3.9'\ndependencies = ['requests']\n[tool.thoth]\na = 1\n";
    joined.join(project(Kind::Pyproject, "pyproject.toml", later).unwrap());
    let script =
        "# /// script\n# dependencies = []\n# requires-python = '<4'\n# [tool.thoth]\n# a = 2\n# b = 3\n# ///\n";
    joined.join(project(Kind::Script, "s.py", script).unwrap());
    assert_eq!(joined.files, ["a.txt", "pyproject.toml", "s.py"]);
    assert_eq!(shown(&joined.requirements), "a.txt:1: flask\npyproject.toml:4 (project.dependencies): requests");
    assert_eq!(joined.requires_python.unwrap().0.to_string(), ">=3.9, <4");
    assert_eq!(joined.thoth.unwrap().to_string(), "a = 1\nb = 3\n");
    assert_eq!(joined.name.unwrap().as_ref(), "b");
}

#[test]
fn two_python_versions_are_noted_and_the_first_stays() {
    let pipfile = |version: &str| {
        project(Kind::Pipfile, "Pipfile", &format!("[requires]\npython_version = '{version}'\n")).unwrap()
    };
    let mut one = pipfile("3.11");
    one.join(pipfile("3.12"));
    assert_eq!(one.python_version.unwrap().0, "3.11");
    assert_eq!(
        one.notes,
        ["Pipfile:2 (requires.python_version): the Python version `3.12` is not used: \
             Pipfile:2 (requires.python_version) says `3.11`"]
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let project = project(Kind::Requirements, "r.txt", "\u{feff}flask").unwrap();
    assert_eq!(shown(&project.requirements), "r.txt:1: flask");
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let error = project(Kind::Requirements, "r.txt", &" ".repeat(9 * 1024 * 1024)).unwrap_err();
    assert_eq!(error.to_string(), "r.txt: bytes in one file: more than 8388608");
}

#[test]
fn a_thousand_problems_are_cut_short() {
    let error = project(Kind::Requirements, "r.txt", &"-e .\n".repeat(1000)).unwrap_err();
    assert_eq!(error.problems.len(), ProjectError::MOST);
}

#[test]
fn hostile_sizes_end_soon() {
    let lines = |line: &str, count: usize| -> String { line.repeat(count) };
    let hosts: String = (0..100_000).map(|index| format!("--trusted-host h{index}\n")).collect();
    let names: Vec<String> = (0..100_000).map(|index| format!("p{index}")).collect();
    let groups: String = (0..20_000).map(|index| format!("g{index} = []\n")).collect();
    let in_markers: Vec<String> =
        (0..12).map(|index| format!("('a{index}' in os_name and 'a{index}' in sys_platform)")).collect();
    let versions: Vec<String> = (0..2000).map(|minor| format!("'a[big] ; python_version == \"3.{minor}\"'")).collect();
    let big: Vec<String> = (0..2000).map(|index| format!("'p{index}'")).collect();
    for (kind, text) in [
        (Kind::Requirements, lines("flask\n", 200_000)),
        (Kind::Requirements, hosts),
        (Kind::Requirements, format!("--no-binary {}", names.join(","))),
        (Kind::Requirements, format!("flask ; {}", in_markers.join(" or "))),
        (Kind::Requirements, lines("\\\n", 1_000_000)),
        (Kind::Requirements, lines("'", 1_000_000)),
        (Kind::Requirements, format!("--hash={}", lines("\"'", 500_000))),
        (Kind::Pyproject, format!("[dependency-groups]\n{groups}")),
        (Kind::Pyproject, format!("a = {}", lines("[", 100_000))),
        (Kind::Pipfile, format!("[packages]\na = {}", lines("{a = ", 100_000))),
        (
            Kind::Pyproject,
            format!(
                "[project]\nname = 'a'\ndependencies = [{}]\n[project.optional-dependencies]\nbig = [{}]\n",
                versions.join(","),
                big.join(",")
            ),
        ),
        (Kind::Script, lines("# /// script\n", 300_000)),
        (Kind::Script, lines("# /// script\n# a\n", 200_000)),
    ] {
        let selection = Selection { extras: Selected::All, groups: Selected::All };
        let _ = read(kind, "file", &text, &NoFiles, &|_| None, &selection);
    }
}

const KINDS: [Kind; 6] =
    [Kind::Requirements, Kind::Constraints, Kind::Overrides, Kind::Pyproject, Kind::Pipfile, Kind::Script];

fn read_as_everything(text: &str) {
    let files = BTreeMap::from([("a.txt".to_string(), text.to_string())]);
    let variable = |name: &str| (name == "A").then(|| "-r a.txt".to_string());
    let all = Selection { extras: Selected::All, groups: Selected::All };
    for kind in KINDS {
        if let Err(error) = read(kind, "file", text, &files, &variable, &all) {
            assert!(!error.problems.is_empty());
            assert!(!error.to_string().is_empty());
        }
    }
    let _ = pipfile_hash(text, "https://index.example/simple");
    let _ = Kind::of(text, text);
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,80}") {
        read_as_everything(&text);
    }

    #[test]
    fn no_text_of_likely_pieces_makes_a_reader_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("flask"), Just(" "), Just("\n"), Just("\\"), Just("#"), Just("-r "), Just("-c"), Just("a.txt"), Just("--hash="),
        Just("sha256:"), Just("@"), Just("https://u:p@x.example/"), Just("a-1-py3-none-any.whl"), Just("[x]"), Just("[["),
        Just("]]"), Just("="), Just("=="), Just("{"), Just("}"), Just("'"), Just("\""), Just(","), Just(";"), Just("("),
        Just("python_version"), Just(" in "), Just("extra"), Just("1.0"), Just("\u{e9}"), Just("${A}"), Just("[project]"),
        Just("[packages]"), Just("dependencies"), Just("# /// script\n"), Just("# ///\n"), Just("# "), Just("%ff"),
        Just("[dependency-groups]\n"), Just("include-group"), Just("[tool.uv.sources]\n"), Just("git+"), Just("\u{1f40d}"),
    ], 0..40)) {
        read_as_everything(&pieces.concat());
    }

    #[test]
    fn a_printed_requirement_reads_as_itself(
        name in "[a-z]([a-z0-9-]{0,8}[a-z0-9])?",
        extras in proptest::collection::btree_set("[a-z][a-z0-9]{0,4}", 0..3),
        specifiers in proptest::collection::vec(("(==|>=|<=|!=|>|<|~=)", 0u32..50, 0u32..50), 0..3),
        marker in proptest::option::of(prop_oneof![
            Just("python_version < '3.9'"), Just("sys_platform == 'win32' and os_name != 'nt'"),
            Just("extra == 'a' or platform_machine in 'x y'"),
        ]),
        hash in proptest::option::of("[0-9a-f]{64}"),
    ) {
        let extras: Vec<String> = extras.into_iter().collect();
        let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
        let specifiers: Vec<String> =
            specifiers.into_iter().map(|(operator, major, minor)| format!("{operator}{major}.{minor}")).collect();
        let marker = marker.map(|marker| format!(" ; {marker}")).unwrap_or_default();
        let requirement: Requirement = format!("{name}{extras}{}{marker}", specifiers.join(",")).parse().unwrap();
        let options = hash.as_ref().map(|hash| format!(" \\\n    --hash=sha256:{hash}")).unwrap_or_default();
        let project = project(Kind::Requirements, "r.txt", &format!("{requirement}{options}  # why\n")).unwrap();
        prop_assert_eq!(project.requirements.len(), 1);
        prop_assert_eq!(&project.requirements[0].requirement, &requirement);
        prop_assert_eq!(project.requirements[0].hashes.len(), usize::from(hash.is_some()));
    }
}
