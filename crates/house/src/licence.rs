//! Judges SPDX licence expressions against a list of allowed licences.
//!
//! Follows SPDX 2.3, annex D, plus the `/` that old crates write for `OR`. Which licences are allowed is the caller's say.

/// Nobody nests licences deeper than this.
const MOST_DEPTH: usize = 16;

/// Why an expression cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LicenceError {
    /// It ends where a licence is expected.
    #[error("`{0}` ends where a licence is expected")]
    Ends(String),
    /// Something else stands where a licence or an operator is expected.
    #[error("`{word}` is not expected there in `{expression}`")]
    Unexpected {
        /// The word.
        word: String,
        /// The whole expression.
        expression: String,
    },
    /// Parentheses are nested too deeply.
    #[error("`{0}` nests parentheses too deeply")]
    Deep(String),
}

/// Whether whoever uses the code can do so under licences for which `allowed` holds; it sees `Apache-2.0` as well as
/// `Apache-2.0 WITH LLVM-exception`.
///
/// Every part of an `AND` must be allowed, and one of an `OR`.
pub fn acceptable(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool, LicenceError> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { expression, words: &words, allowed };
    let verdict = reader.either(0)?;
    match reader.words {
        [] => Ok(verdict),
        [word, ..] => Err(reader.unexpected(word)),
    }
}

struct Reader<'a> {
    expression: &'a str,
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reader<'a> {
    fn either(&mut self, depth: usize) -> Result<bool, LicenceError> {
        let mut verdict = self.both(depth)?;
        while self.take("OR") {
            verdict |= self.both(depth)?;
        }
        Ok(verdict)
    }

    fn both(&mut self, depth: usize) -> Result<bool, LicenceError> {
        let mut verdict = self.one(depth)?;
        while self.take("AND") {
            verdict &= self.one(depth)?;
        }
        Ok(verdict)
    }

    fn one(&mut self, depth: usize) -> Result<bool, LicenceError> {
        if depth > MOST_DEPTH {
            return Err(LicenceError::Deep(self.expression.to_owned()));
        }
        if self.take("(") {
            let verdict = self.either(depth + 1)?;
            return match self.next()? {
                ")" => Ok(verdict),
                word => Err(self.unexpected(word)),
            };
        }
        let licence = self.name()?;
        if self.take("WITH") {
            let exception = self.name()?;
            return Ok((self.allowed)(&format!("{licence} WITH {exception}")));
        }
        Ok((self.allowed)(licence))
    }

    fn name(&mut self) -> Result<&'a str, LicenceError> {
        let word = self.next()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | ':');
        if matches!(word, "OR" | "AND" | "WITH") || !word.chars().all(plain) {
            return Err(self.unexpected(word));
        }
        Ok(word)
    }

    fn next(&mut self) -> Result<&'a str, LicenceError> {
        let (word, rest) = self.words.split_first().ok_or_else(|| LicenceError::Ends(self.expression.to_owned()))?;
        self.words = rest;
        Ok(word)
    }

    fn take(&mut self, wanted: &str) -> bool {
        match self.words.split_first() {
            Some((word, rest)) if *word == wanted => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn unexpected(&self, word: &str) -> LicenceError {
        LicenceError::Unexpected { word: word.to_owned(), expression: self.expression.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(expression: &str) -> Result<bool, LicenceError> {
        acceptable(expression, &|licence| {
            matches!(licence, "MIT" | "ISC" | "Apache-2.0" | "Apache-2.0 WITH LLVM-exception")
        })
    }

    #[test]
    fn one_side_of_an_or_suffices_and_both_sides_of_an_and_are_needed() {
        assert_eq!(judged("MIT"), Ok(true));
        assert_eq!(judged("GPL-3.0-only"), Ok(false));
        assert_eq!(judged("GPL-3.0-only OR MIT"), Ok(true));
        assert_eq!(judged("MIT AND GPL-3.0-only"), Ok(false));
        assert_eq!(judged("Apache-2.0 AND ISC"), Ok(true));
        assert_eq!(judged("MIT / GPL-3.0-only"), Ok(true));
    }

    #[test]
    fn and_binds_closer_than_or_and_parentheses_closer_still() {
        assert_eq!(judged("MIT OR MIT AND GPL-2.0-only"), Ok(true));
        assert_eq!(judged("(MIT OR ISC) AND GPL-2.0-only"), Ok(false));
        assert_eq!(judged("((MIT)) AND (GPL-2.0-only OR ISC)"), Ok(true));
    }

    #[test]
    fn an_exception_is_part_of_its_licence() {
        assert_eq!(judged("Apache-2.0 WITH LLVM-exception"), Ok(true));
        assert_eq!(judged("MIT WITH Something"), Ok(false));
    }

    #[test]
    fn what_is_no_expression_is_an_error_and_never_allowed() {
        let deep = "(".repeat(100_000);
        for broken in
            ["", "MIT OR", "MIT ISC", "(MIT", "MIT)", "OR MIT", "AND", "MIT WITH", "see LICENSE!", deep.as_str()]
        {
            assert!(judged(broken).is_err(), "{:.20}", broken);
        }
    }
}
