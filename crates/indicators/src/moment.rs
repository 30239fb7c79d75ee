//! When code runs, by where it stands: one answer for the rules and for what a release can do.
//!
//! Which functions are called from there is for the flow of data.

use ruff_python_ast::{CmpOp, Expr, StmtIf};
use serde::{Deserialize, Serialize};

use crate::member::Member;

/// When code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// When somebody calls it.
    Later,
    /// When the module is imported.
    Import,
    /// When the release is built or installed.
    Install,
    /// Whenever Python starts.
    Start,
}

/// Folders whose files nobody imports who uses the package.
const BESIDE: [&str; 11] =
    ["test", "tests", "testing", "doc", "docs", "example", "examples", "benchmarks", "scripts", "tools", "ci"];
/// Files beside `pyproject.toml` that builds run: of setuptools, and the hooks of hatchling and pdm.
const BUILDS: [&str; 3] = ["setup.py", "hatch_build.py", "pdm_build.py"];
/// What in a line of `pyproject.toml` says that building runs code of the release itself: a backend in the tree, and the
/// hooks of hatchling, pdm and poetry.
const OWN_BACKEND: [&str; 4] = ["backend-path", "hooks.custom", "custom-hook", "tool.poetry.build]"];

/// When the top level of a file runs.
pub(crate) fn of_path(path: &str) -> Moment {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut folders = folder.split('/').filter(|part| !part.is_empty());
    match name {
        _ if BUILDS.contains(&name) && folders.clone().count() <= 1 => Moment::Install,
        _ if customises_start(path) => Moment::Start,
        "__main__.py" => Moment::Later,
        _ if folders.by_ref().take(2).any(|folder| BESIDE.contains(&folder)) => Moment::Later,
        _ => Moment::Import,
    }
}

/// Whether Python imports the file whenever it starts: by its name, and because it ends up beside all packages and not in one.
/// No package has a dash in its name, so a folder with one is that of a source archive, or tells a wheel where files go.
pub(crate) fn customises_start(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !matches!(name, "sitecustomize.py" | "usercustomize.py") {
        return false;
    }
    let on_top = [".data/purelib", ".data/platlib", "site-packages", "dist-packages"];
    let archive = folder.strip_suffix("/src").unwrap_or(folder);
    folder.is_empty()
        || on_top.iter().any(|place| folder.ends_with(place))
        || !archive.contains('/') && archive.contains('-') && !archive.ends_with(".dist-info")
}

/// The lines of a `.pth` file that Python runs whenever it starts, each with its number from 1 on. Such a file counts wherever it
/// lies, because a build may put it anywhere.
pub(crate) fn startup_lines<'t>(member: &Member<'_>, text: &'t str) -> impl Iterator<Item = (u32, &'t str)> {
    let text = if member.extension() == Some("pth") { text } else { "" };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..).zip(text.lines()).filter(|(_, line)| line.starts_with("import ") || line.starts_with("import\t"))
}

/// The line of a `pyproject.toml` that says that building runs code of the release itself, with its number from 1 on.
pub(crate) fn own_backend<'t>(member: &Member<'_>, text: &'t str) -> Option<(u32, &'t str)> {
    let builds = member.file_name() == "pyproject.toml" && member.path.matches('/').count() <= 1;
    let mut lines = (1..).zip(text.lines()).filter(|_| builds);
    lines.find(|(_, line)| {
        let said = line.split('#').next().unwrap_or_default();
        OWN_BACKEND.iter().any(|mark| said.contains(mark))
    })
}

/// Whether a branch runs only when the file is the program: `if __name__ == "__main__"`. What stands behind its `else` does not.
pub(crate) fn asks_for_program(branch: &StmtIf) -> bool {
    let Expr::Compare(test) = &*branch.test else { return false };
    let ([CmpOp::Eq], [other]) = (&*test.ops, &*test.comparators) else { return false };
    let is_name = |side: &Expr| matches!(side, Expr::Name(name) if name.id.as_str() == "__name__");
    let is_main = |side: &Expr| matches!(side, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    is_name(&test.left) && is_main(other) || is_main(&test.left) && is_name(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_runs_when_its_place_says() {
        for (path, moment) in [
            ("setup.py", Moment::Install),
            ("p-1.0/setup.py", Moment::Install),
            ("p-1.0/hatch_build.py", Moment::Install),
            ("p-1.0/p/setup.py", Moment::Import),
            ("sitecustomize.py", Moment::Start),
            ("p-1.data/purelib/usercustomize.py", Moment::Start),
            ("p-1.data/data/lib/python3.11/site-packages/sitecustomize.py", Moment::Start),
            ("p-1.0/src/sitecustomize.py", Moment::Start),
            ("p/bootstrap/sitecustomize.py", Moment::Import),
            ("p/__main__.py", Moment::Later),
            ("p-1.0/tests/test_a.py", Moment::Later),
            ("p/a.py", Moment::Import),
        ] {
            assert_eq!(of_path(path), moment, "{path}");
        }
    }

    #[test]
    fn only_lines_that_import_run_at_the_start() {
        let lines = |path, text| startup_lines(&Member { path, bytes: b"" }, text).collect::<Vec<_>>();
        assert_eq!(
            lines("a/b.pth", "\u{feff}import a\nlib\nimport\tb\nimportant\n"),
            [(1, "import a"), (3, "import\tb")]
        );
        assert_eq!(lines("a/b.txt", "import a\n"), []);
    }

    #[test]
    fn a_build_that_runs_code_of_the_release_is_told_by_its_line() {
        let line = |path, text| own_backend(&Member { path, bytes: b"" }, text).map(|(number, _)| number);
        assert_eq!(line("p-1/pyproject.toml", "[build-system]\nbackend-path = ['.']\n"), Some(2));
        assert_eq!(line("pyproject.toml", "[tool.hatch.build.targets.wheel.hooks.custom]\n"), Some(1));
        assert_eq!(line("pyproject.toml", "[tool.hatch.build.hooks.vcs]\n# backend-path\n"), None);
        assert_eq!(line("p-1/vendored/q/pyproject.toml", "backend-path = ['.']\n"), None);
    }
}
