//! Inline metadata of scripts (PEP 723).

use super::{
    declaration,
    error::{Fault, Problem},
    pyproject::{self, uv},
    read::Reading,
    toml_file::TomlFile,
};
use crate::Origin;

/// Reads the metadata of a script into `reading`.
pub(super) fn read(reading: &mut Reading, name: &str, text: &str) {
    // Python's files are read with universal newlines.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut scripts = blocks(&text).into_iter().filter(|block| block.kind == "script");
    let Some(script) = scripts.next() else {
        return reading.fault(Origin::file(name), Fault::NoScript);
    };
    if let Some(second) = scripts.next() {
        return reading.fault(Origin::line(name, second.line), Fault::SecondScript(script.line));
    }
    let parsed = TomlFile::parse(name, &script.content, script.line);
    if let Some(file) = reading.good(parsed)
        && let Err(problem) = read_file(reading, &file, &script.content)
    {
        reading.problem(problem);
    }
}

fn read_file(reading: &mut Reading, file: &TomlFile, content: &str) -> Result<(), Problem> {
    let root = file.root();
    let mut requirements = Vec::new();
    for (text, origin) in file.strings(root, "dependencies", "dependencies")? {
        match declaration::named(text, origin.clone()) {
            Ok(declared) => requirements.push(declared),
            Err(fault) => reading.fault(origin, fault),
        }
    }
    reading.project.requires_python = pyproject::requires_python(file, root, "requires-python")?;
    let tool = file.table(root, "tool", "tool")?;
    if let Some(tool) = tool
        && let Some(uv) = file.table(tool, "uv", "tool.uv")?
    {
        uv::read(reading, file, uv, &mut requirements);
    }
    reading.project.requirements.append(&mut requirements);
    pyproject::read_own_table(reading, content);
    Ok(())
}

/// A metadata block: `# /// kind`, comment lines, `# ///`.
struct Block<'a> {
    kind: &'a str,
    /// The line (from 1) of its opening.
    line: u32,
    content: String,
}

/// All blocks of a text, as the regular expression of PEP 723 finds them: a block ends at the last `# ///` of the comment
/// lines that follow its opening.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let Some(kind) = opening(line) else {
            index += 1;
            continue;
        };
        let after = lines.get(index + 1..).unwrap_or_default();
        let run = comment_lines(after);
        let Some(end) = after.iter().take(run).rposition(|line| *line == "# ///").filter(|end| *end > 0) else {
            // What does not end this block ends no other one of the same comment lines.
            index += run + 1;
            continue;
        };
        let content = after.iter().take(end).map(|line| {
            let line = line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line);
            format!("{line}\n")
        });
        found.push(Block {
            kind,
            line: u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1),
            content: content.collect(),
        });
        index += end + 2;
    }
    found
}

fn opening(line: &str) -> Option<&str> {
    let kind = line.strip_prefix("# /// ")?;
    let is_word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_word.then_some(kind)
}

/// How many lines of a comment follow one another.
fn comment_lines(lines: &[&str]) -> usize {
    lines.iter().take_while(|line| **line == "#" || line.starts_with("# ")).count()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::blocks;
    use crate::project::{
        Kind,
        tests::{project, shown},
    };

    fn problems(text: &str) -> String {
        project(Kind::Script, "tool.py", text).unwrap_err().to_string()
    }

    #[test]
    fn the_block_of_a_script_is_read_with_the_lines_of_the_script() {
        let text = "#!/usr/bin/env python\r\n# /// script\r\n# requires-python = \">=3.11\"\r\n# dependencies = [\r\n#   \"requests<3\",\r\n#\r\n#   'rich',\r\n# ]\r\n# [tool.uv]\r\n# constraint-dependencies = ['six<2']\r\n# ///\r\nimport requests\r\n";
        let project = project(Kind::Script, "tool.py", text).unwrap();
        assert_snapshot!(shown(&project.requirements), @"
        tool.py:5 (dependencies): requests<3
        tool.py:7 (dependencies): rich
        ");
        assert_eq!(shown(&project.constraints), "tool.py:10 (tool.uv.constraint-dependencies): six<2");
        assert_eq!(project.requires_python.unwrap().1.to_string(), "tool.py:3 (requires-python)");
    }

    #[test]
    fn a_block_ends_at_the_last_closing_of_its_comment() {
        let found = blocks("# /// script\n# a = 1\n# ///\n# b = 2\n# ///\n#\n\n# ///\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].content, "a = 1\n///\nb = 2\n");
    }

    #[test]
    fn what_the_expression_does_not_match_is_no_block() {
        for text in [
            "# /// script\n# a = 1\n",
            "# /// script\n# ///\n",
            "# /// script\n#a = 1\n# ///\n",
            "# /// script \n# a = 1\n# ///\n",
            " # /// script\n# a = 1\n# ///\n",
            "# /// script\n# a = 1\n\n# ///\n",
            "# /// scr_ipt\n# a = 1\n# ///\n",
        ] {
            assert_eq!(blocks(text).len(), 0, "{text}");
        }
        assert_eq!(blocks("# /// script\n# a = 1\n# ///").len(), 1);
        assert_eq!(blocks("# /// other\n# a = 1\n# ///\n# /// script\n# b = 1\n# ///").len(), 1);
        assert_eq!(blocks("# /// other\n# a = 1\n# ///\n\n# /// script\n# b = 1\n# ///").len(), 2);
    }

    #[test]
    fn a_script_without_a_block_or_with_two_is_an_error() {
        assert_snapshot!(problems("import requests\n"), @r#"
        tool.py: the script declares nothing: it has no `# /// script` block
          help: add comment lines to the top of the script: `# /// script`, `# dependencies = ["requests"]`, `# ///` (PEP 723)
        "#);
        let block = "# /// script\n# dependencies = []\n# ///\n\n";
        assert_snapshot!(problems(&block.repeat(2)), @"
        tool.py:5: a second `# /// script` block; the first is in line 1
          help: join the two blocks (PEP 723)
        ");
    }

    #[test]
    fn mistakes_are_named_with_the_lines_of_the_script() {
        assert_snapshot!(problems("\n# /// script\n# dependencies = [\n#   'a b',\n#   'x @ ../x',\n# ]\n# ///\n"), @"
        tool.py:4 (dependencies): this is not a requirement: Expected one of `@`, `(`, `<`, `=`, `>`, `~`, `!`, `;`, found `b`
        a b
          ^
        tool.py:5 (dependencies): `../x` is a local path
          help: a lock must work on other machines; require a release, or serve the file and require it by its URL, or give a folder of files by `--find-links`
        ");
        assert_snapshot!(problems("\n# /// script\n# dependencies = [\n# ///\n"), @"tool.py:3: this is not TOML: unclosed array, expected `]`");
    }
}
