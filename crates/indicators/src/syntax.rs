//! Parses a Python file, and tells where it is none.

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Parsed, UnsupportedSyntaxError, UnsupportedSyntaxErrorKind as Kind, parse_unchecked_source};

use crate::source::Source;

/// Where a file is not Python 3, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not Python 3: {why}")]
pub(crate) struct SyntaxError {
    pub(crate) line: u32,
    why: String,
}

/// Parses a file by the newest syntax.
pub(crate) fn parse(source: &Source<'_>) -> Result<Parsed<ModModule>, SyntaxError> {
    let parsed = parse_unchecked_source(source.text(), PySourceType::Python);
    if let Some(error) = parsed.errors().first() {
        return Err(SyntaxError { line: source.line(error.location.start()), why: error.error.to_string() });
    }
    match parsed.unsupported_syntax_errors().iter().find(|error| names_the_error(source, error)) {
        Some(error) => Err(SyntaxError {
            line: source.line(error.range.start()),
            why: "`except X, name` is Python 2 for `except X as name`".to_owned(),
        }),
        None => Ok(parsed),
    }
}

/// Whether what follows `except` is a class and a name for the error, as in Python 2, and not two classes, as from Python
/// 3.14 on: classes are dotted, or begin with a capital.
fn names_the_error(source: &Source<'_>, error: &UnsupportedSyntaxError) -> bool {
    if error.kind != Kind::UnparenthesizedExceptionTypes {
        return false;
    }
    let range = error.range;
    let text = source.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
    let Some((_, last)) = text.rsplit_once(',') else { return false };
    let last = last.trim().trim_end_matches(')');
    last.starts_with(|c: char| c == '_' || c.is_lowercase()) && last.chars().all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> Option<(u32, String)> {
        let source = Source::decode(text.as_bytes()).unwrap();
        parse(&source).err().map(|error| (error.line, error.to_string()))
    }

    #[test]
    fn the_syntax_of_python_2_is_told_from_that_of_3_14() {
        let clause = |what: &str| format!("try:\n    pass\nexcept {what}:\n    pass\n");
        let (line, why) = error(&clause("OSError, e")).unwrap();
        assert_eq!((line, why.contains("Python 2")), (3, true), "{why}");
        assert!(error(&clause("socket.error, msg")).is_some());
        assert!(error(&clause("os.error, (number, text)")).is_some());
        assert_eq!(error(&clause("OSError, ValueError")), None);
        assert_eq!(error(&clause("OSError, socket.error")), None);
        assert_eq!(error(&clause("(OSError, e)")), None);
        assert_eq!(error("t'{a}'\ntype X = int\n"), None);
        assert_eq!(error("x = 1\nprint 'a'\n").map(|(line, _)| line), Some(2));
    }
}
