//! Lines of code, comment and nothing, by language.
//!
//! A line that holds any code is code. Docstrings and other strings that stand where a statement would are comments in
//! Python, as `cloc` has it. Strings are not told from code otherwise, so a `/*` in a string of C misleads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{language::Language, member::Member};

/// Blocks in one line beyond this many are not told apart.
const MOST_BLOCKS: usize = 100;

/// How many lines there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Files.
    pub files: u64,
    /// Lines with code.
    pub code: u64,
    /// Lines with nothing but comment.
    pub comment: u64,
    /// Lines with nothing.
    pub blank: u64,
}

impl Lines {
    /// All lines.
    pub fn total(&self) -> u64 {
        self.code + self.comment + self.blank
    }

    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.code += other.code;
        self.comment += other.comment;
        self.blank += other.blank;
    }
}

/// Lines by the name of the language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinesByLanguage(pub BTreeMap<String, Lines>);

impl LinesByLanguage {
    /// Adds those of one file.
    pub fn add(&mut self, language: &str, lines: &Lines) {
        match self.0.get_mut(language) {
            Some(known) => known.add(lines),
            None => {
                self.0.insert(language.to_owned(), *lines);
            }
        }
    }

    /// Over all languages.
    pub fn sum(&self) -> Lines {
        let mut sum = Lines::default();
        self.0.values().for_each(|lines| sum.add(lines));
        sum
    }
}

/// Counts the lines of a file whose language is known by its name.
pub fn count(member: &Member<'_>) -> Option<(&'static str, Lines)> {
    let language = Language::of(member)?;
    let mut lines = Lines { files: 1, ..Lines::default() };
    let mut state = State::Code;
    let text = member.bytes.strip_suffix(b"\n").unwrap_or(member.bytes);
    let mut opens = Opens::new(text, language);
    if member.bytes.is_empty() {
        return Some((language.name, lines));
    }
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    let mut start = 0;
    for end in ends {
        let line = text.get(start..end).unwrap_or_default().trim_ascii();
        let opens = opens.in_line(text, start, end);
        start = end + 1;
        match state.read(line, language, opens) {
            Kind::Code => lines.code += 1,
            Kind::Comment => lines.comment += 1,
            Kind::Blank => lines.blank += 1,
        }
    }
    Some((language.name, lines))
}

#[derive(Clone, Copy)]
enum Kind {
    Code,
    Comment,
    Blank,
}

/// The places where blocks may begin, looked for once and not in every line.
struct Opens {
    /// Each mark, and where it stands next.
    marks: Vec<(&'static [u8], usize)>,
}

impl Opens {
    fn new(text: &[u8], language: &Language) -> Self {
        let marks = language.block.iter().map(|(open, _)| open.as_bytes());
        Self { marks: marks.map(|mark| (mark, next(text, mark, 0))).collect() }
    }

    /// Whether what begins a block stands anywhere in the line from `start` to `end`; lines are asked for in their order.
    fn in_line(&mut self, text: &[u8], start: usize, end: usize) -> bool {
        for (mark, at) in self.marks.iter_mut().filter(|(_, at)| *at < start) {
            *at = next(text, mark, start);
        }
        self.marks.iter().any(|(_, at)| *at < end)
    }
}

fn next(text: &[u8], mark: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    memchr::memmem::find(rest, mark).map_or(usize::MAX, |at| from + at)
}

/// Where a line begins.
#[derive(Clone, Copy)]
enum State {
    Code,
    /// In a block comment, until this closes it.
    Comment(&'static [u8]),
    /// In a string that began behind code, until this closes it.
    Text(&'static [u8]),
}

impl State {
    fn read(&mut self, line: &[u8], language: &Language, opens: bool) -> Kind {
        if line.is_empty() {
            return Kind::Blank;
        }
        match *self {
            Self::Comment(close) => {
                if find(line, close).is_some() {
                    *self = Self::Code;
                }
                Kind::Comment
            }
            Self::Text(close) => {
                if let Some(at) = find(line, close) {
                    *self = Self::Code;
                    self.open_behind(line.get(at + close.len()..).unwrap_or_default(), language);
                }
                Kind::Code
            }
            Self::Code => self.read_plain(line, language, opens),
        }
    }

    fn read_plain(&mut self, line: &[u8], language: &Language, opens: bool) -> Kind {
        if language.line.iter().any(|mark| line.starts_with(mark.as_bytes())) {
            return Kind::Comment;
        }
        if !opens {
            return Kind::Code;
        }
        for (open, close) in language.block {
            let text = if language.block_is_text { line.trim_ascii_start() } else { line };
            if let Some(rest) = text.strip_prefix(open.as_bytes()) {
                if find(rest, close.as_bytes()).is_none() {
                    *self = Self::Comment(close.as_bytes());
                }
                return Kind::Comment;
            }
        }
        self.open_behind(line, language);
        Kind::Code
    }

    /// Looks for a block that begins behind code and does not end in the same line.
    fn open_behind(&mut self, line: &[u8], language: &Language) {
        let mut rest = line;
        for _ in 0..MOST_BLOCKS {
            let Some((at, open, close)) = first_open(rest, language) else { return };
            let inside = rest.get(at + open.len()..).unwrap_or_default();
            match find(inside, close) {
                Some(end) => rest = inside.get(end + close.len()..).unwrap_or_default(),
                None => {
                    *self = if language.block_is_text { Self::Text(close) } else { Self::Comment(close) };
                    return;
                }
            }
        }
    }
}

fn first_open(line: &[u8], language: &Language) -> Option<(usize, &'static [u8], &'static [u8])> {
    let found = language
        .block
        .iter()
        .filter_map(|(open, close)| find(line, open.as_bytes()).map(|at| (at, open.as_bytes(), close.as_bytes())));
    found.min_by_key(|(at, ..)| *at)
}

/// Where a mark of a few bytes stands in a line, which is rarely.
fn find(line: &[u8], mark: &[u8]) -> Option<usize> {
    memchr::memchr_iter(*mark.first()?, line).find(|at| line.get(*at..).is_some_and(|rest| rest.starts_with(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(path: &str, text: &str) -> Option<(&'static str, u64, u64, u64)> {
        let (language, lines) = count(&Member { path, bytes: text.as_bytes() })?;
        Some((language, lines.code, lines.comment, lines.blank))
    }

    #[test]
    fn docstrings_of_python_are_comments_and_strings_in_code_are_code() {
        let text = "\"\"\"What it does.\n\nAt length.\n\"\"\"\n\n# said\nx = 1  # one\ny = '''\n# no comment\n'''\n";
        assert_eq!(counted("a/b.py", text), Some(("Python", 4, 4, 2)));
    }

    #[test]
    fn block_comments_of_c_are_comments_also_behind_code() {
        let text = "/* a\n * b\n */\nint x; /* c\n d */\n// e\n\nint y; /* f */ int z;\n";
        assert_eq!(counted("x.c", text), Some(("C", 2, 5, 1)));
    }

    #[test]
    fn what_is_no_language_is_not_counted() {
        assert_eq!(counted("LICENSE", "MIT"), None);
        assert_eq!(counted("a.so", "\u{7f}ELF"), None);
        assert_eq!(counted("py.typed", ""), None);
        assert_eq!(counted("bin/tool", "#!python\nx\n"), Some(("Python", 1, 1, 0)));
        assert_eq!(counted("empty.py", ""), Some(("Python", 0, 0, 0)));
    }

    #[test]
    fn languages_add_up() {
        let mut all = LinesByLanguage::default();
        for path in ["a.py", "b.py", "c.c"] {
            let (language, lines) = count(&Member { path, bytes: b"x\n\n" }).unwrap();
            all.add(language, &lines);
        }
        assert_eq!(all.0.get("Python").map(|lines| (lines.files, lines.code, lines.blank)), Some((2, 2, 2)));
        assert_eq!(all.sum().total(), 6);
    }
}
