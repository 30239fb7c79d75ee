//! Rust source reduced to what the shipped crate does: no comments, no texts, no tests.
//!
//! A scan rather than a parse: it knows comments, literals and braces, which is all that a search for names needs.

/// The code of a file, line by line as in the original, with comments, the contents of literals and the items under
/// `#[cfg(test)]` blanked out.
pub fn shipped(source: &str) -> String {
    without_tests(&without_words(source))
}

/// Blanks comments and the contents of string and character literals.
fn without_words(source: &str) -> String {
    let characters: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < characters.len() {
        let end = match (characters[at], characters.get(at + 1)) {
            ('/', Some('/')) => end_of_line(&characters, at),
            ('/', Some('*')) => end_of_block(&characters, at),
            ('"', _) => end_of_string(&characters, at + 1),
            ('r', Some('"' | '#')) if !continues_a_word(&characters, at) => end_of_raw(&characters, at),
            ('\'', _) => end_of_character(&characters, at),
            _ => at + 1,
        };
        if end == at + 1 {
            code.push(characters[at]);
        } else {
            code.extend(characters[at..end.min(characters.len())].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        }
        at = end.max(at + 1);
    }
    code
}

fn continues_a_word(characters: &[char], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| {
        let before = characters[before];
        before != 'b' && (before.is_alphanumeric() || before == '_')
    })
}

fn end_of_line(characters: &[char], from: usize) -> usize {
    characters[from..].iter().position(|c| *c == '\n').map_or(characters.len(), |length| from + length)
}

fn end_of_block(characters: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0_usize, from);
    while at < characters.len() {
        match (characters[at], characters.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn end_of_string(characters: &[char], from: usize) -> usize {
    let mut at = from;
    while at < characters.len() {
        match characters[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// `from` is at the `r`; without a quote after the hashes it was a raw identifier.
fn end_of_raw(characters: &[char], from: usize) -> usize {
    let hashes = characters[from + 1..].iter().take_while(|c| **c == '#').count();
    let mut at = from + 1 + hashes;
    if characters.get(at) != Some(&'"') {
        return from + 1;
    }
    at += 1;
    while at < characters.len() {
        if characters[at] == '"' && characters[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}

/// Tells a character from a lifetime: a lifetime has no closing quote.
fn end_of_character(characters: &[char], from: usize) -> usize {
    match (characters.get(from + 1), characters.get(from + 2)) {
        (Some('\\'), _) => {
            characters[from + 3..].iter().position(|c| *c == '\'').map_or(from + 1, |more| from + more + 4)
        }
        (Some(_), Some('\'')) => from + 3,
        _ => from + 1,
    }
}

/// Blanks each item that `#[cfg(test)]` stands before, to its closing brace or semicolon.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let (before, item) = rest.split_at(start);
        kept.push_str(before);
        let mut depth = 0_usize;
        let end = item[MARK.len()..].char_indices().find_map(|(at, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0 && matches!(c, '}' | ';')).then_some(MARK.len() + at + 1)
        });
        let (item, after) = item.split_at(end.unwrap_or(item.len()));
        kept.extend(item.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_texts_and_tests_are_no_code() {
        let source = "use a; // std::fs\n/* std::net /* nested */ std::env */ let b = \"std::fs \\\" still\";\n\
                      let c = r#\"std::net \" \"#;\nlet d: &'a str = f('\\'', 'x');\n\
                      #[cfg(test)]\nmod tests {\n    fn g() { std::fs::read() }\n}\nfn after() {}\n";
        let code = shipped(source);
        assert!(!code.contains("std::"), "{code}");
        assert!(code.contains("use a;") && code.contains("fn after()") && code.contains("&'a str = f("), "{code}");
        assert_eq!(code.lines().count(), source.lines().count(), "line numbers stay true");
    }

    #[test]
    fn code_stays() {
        assert!(shipped("fn f() { std::fs::read(path) }").contains("std::fs::read"));
        assert!(shipped("#[cfg(test)]\nmod tests;\nuse std::net;").contains("std::net"));
    }
}
