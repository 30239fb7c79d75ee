//! Languages by the names of files, with the marks of their comments.

use crate::member::Member;

/// A language whose lines are counted. Names are those of `cloc`.
#[derive(Debug)]
pub(crate) struct Language {
    /// Its name.
    pub(crate) name: &'static str,
    /// Endings of file names, without the dot; where one holds a capital or no dot is in the name, the whole name.
    pub(crate) endings: &'static [&'static str],
    /// What begins a comment until the end of the line.
    pub(crate) line: &'static [&'static str],
    /// What begins and ends a comment of several lines.
    pub(crate) block: &'static [(&'static str, &'static str)],
    /// Whether such a block is a string when it stands behind code.
    pub(crate) block_is_text: bool,
}

impl Language {
    /// The language of a file, by its name; scripts for Python are known by their first line.
    pub(crate) fn of(member: &Member<'_>) -> Option<&'static Self> {
        let name = member.file_name();
        let extension = member.extension().map(str::to_ascii_lowercase);
        let whole =
            |language: &&Self| language.endings.contains(&name) && name.contains(|c: char| c.is_ascii_uppercase());
        let ending = |language: &&Self| extension.as_deref().is_some_and(|ending| language.endings.contains(&ending));
        let script = |language: &&Self| language.name == "Python" && member.is_python();
        ALL.iter().find(whole).or_else(|| ALL.iter().find(ending)).or_else(|| ALL.iter().find(script))
    }
}

const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const MARKUP: &[(&str, &str)] = &[("<!--", "-->")];
const DOCSTRING: &[(&str, &str)] = &[("\"\"\"", "\"\"\""), ("'''", "'''")];

const fn plain(name: &'static str, endings: &'static [&'static str], line: &'static [&'static str]) -> Language {
    Language { name, endings, line, block: &[], block_is_text: false }
}

const fn with_blocks(
    name: &'static str,
    endings: &'static [&'static str],
    line: &'static [&'static str],
    block: &'static [(&'static str, &'static str)],
) -> Language {
    Language { name, endings, line, block, block_is_text: false }
}

const fn python(name: &'static str, endings: &'static [&'static str]) -> Language {
    Language { name, endings, line: &["#"], block: DOCSTRING, block_is_text: true }
}

static ALL: &[Language] = &[
    python("Python", &["py", "pyw", "pyi"]),
    python("Cython", &["pyx", "pxd", "pxi"]),
    with_blocks("C", &["c"], &["//"], C_BLOCK),
    with_blocks("C/C++ Header", &["h", "hh", "hpp", "hxx"], &["//"], C_BLOCK),
    with_blocks("C++", &["cc", "cpp", "cxx", "inl"], &["//"], C_BLOCK),
    with_blocks("CUDA", &["cu", "cuh"], &["//"], C_BLOCK),
    with_blocks("Rust", &["rs"], &["//"], C_BLOCK),
    with_blocks("Go", &["go"], &["//"], C_BLOCK),
    with_blocks("Java", &["java"], &["//"], C_BLOCK),
    with_blocks("JavaScript", &["js", "mjs", "cjs", "jsx"], &["//"], C_BLOCK),
    with_blocks("TypeScript", &["ts", "tsx"], &["//"], C_BLOCK),
    with_blocks("CSS", &["css"], &[], C_BLOCK),
    with_blocks("SCSS", &["scss"], &["//"], C_BLOCK),
    with_blocks("Protocol Buffers", &["proto"], &["//"], C_BLOCK),
    with_blocks("SQL", &["sql"], &["--"], C_BLOCK),
    with_blocks("PHP", &["php"], &["//", "#"], C_BLOCK),
    with_blocks("HTML", &["html", "htm"], &[], MARKUP),
    with_blocks("XML", &["xml", "xsd", "xsl"], &[], MARKUP),
    with_blocks("SVG", &["svg"], &[], MARKUP),
    with_blocks("Markdown", &["md", "markdown"], &[], MARKUP),
    with_blocks("PowerShell", &["ps1", "psm1", "psd1"], &["#"], &[("<#", "#>")]),
    with_blocks("Lua", &["lua"], &["--"], &[("--[[", "]]")]),
    with_blocks("Ruby", &["rb"], &["#"], &[("=begin", "=end")]),
    with_blocks("Jinja Template", &["j2", "jinja", "jinja2"], &[], &[("{#", "#}")]),
    plain("reStructuredText", &["rst"], &[".. "]),
    plain("JSON", &["json"], &[]),
    plain("YAML", &["yaml", "yml"], &["#"]),
    plain("TOML", &["toml"], &["#"]),
    plain("INI", &["cfg", "ini"], &["#", ";"]),
    plain("Bourne Shell", &["sh"], &["#"]),
    plain("Bourne Again Shell", &["bash"], &["#"]),
    plain("fish Shell", &["fish"], &["#"]),
    plain("DOS Batch", &["bat", "cmd"], &["rem ", "REM ", "::"]),
    plain("Perl", &["pl", "pm"], &["#"]),
    plain("R", &["r"], &["#"]),
    plain("Fortran 77", &["f", "for"], &["c ", "C ", "*", "!"]),
    plain("Fortran 90", &["f90", "f95"], &["!"]),
    plain("Assembly", &["s", "asm"], &["#", ";", "//"]),
    plain("CMake", &["cmake", "CMakeLists.txt"], &["#"]),
    plain("make", &["mk", "Makefile", "GNUmakefile"], &["#"]),
    plain("Dockerfile", &["Dockerfile"], &["#"]),
    plain("Jupyter Notebook", &["ipynb"], &[]),
];
