//! The lines of a requirements file: continuation, comments, variables, and where options begin.
//!
//! Every rule is pip's (`pip._internal.req.req_file`), so that no line means one thing there and another here.

/// The logical lines of a file that hold something, each with the number (from 1) of its first physical line.
pub(super) fn logical_lines(text: &str) -> impl Iterator<Item = (u32, String)> {
    let mut physical = (1u32..).zip(physical_lines(text));
    let joined = std::iter::from_fn(move || {
        let (number, first) = physical.next()?;
        let mut line = String::new();
        let mut part = first;
        loop {
            if is_comment(part) {
                // A blank before it makes sure that the comment is seen as one after a continued line.
                line.push(' ');
                line.push_str(part);
                break;
            }
            if !part.ends_with('\\') {
                line.push_str(part);
                break;
            }
            line.push_str(part.trim_matches('\\'));
            match physical.next() {
                Some((_, next)) => part = next,
                None => break,
            }
        }
        Some((number, line))
    });
    joined.filter_map(|(number, line)| {
        let line = without_comment(&line).trim_matches(is_blank);
        (!line.is_empty()).then(|| (number, line.to_string()))
    })
}

/// Splits as Python's `str.splitlines` does.
fn physical_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.filter(|text| !text.is_empty())?;
        let Some(end) = text.find(is_line_end) else {
            rest = None;
            return Some(text);
        };
        let (line, tail) = text.split_at_checked(end)?;
        let length = if tail.starts_with("\r\n") { 2 } else { tail.chars().next().map_or(1, char::len_utf8) };
        rest = tail.get(length..);
        Some(line)
    })
}

fn is_line_end(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{1c}'..='\u{1f}')
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches(is_blank).starts_with('#')
}

/// The line up to a `#` at its start or after a blank.
fn without_comment(line: &str) -> &str {
    let mut before = None;
    for (index, letter) in line.char_indices() {
        if letter == '#' && before.is_none_or(is_blank) {
            return line.get(..index).unwrap_or_default();
        }
        before = Some(letter);
    }
    line
}

/// Puts in what `${NAME}` stands for, and returns the names for which there is nothing.
///
/// A name is made of `A` to `Z`, `0` to `9` and `_`. As for pip, one that is unset or empty stays as written. Unlike for
/// pip, a value is not searched for more names.
pub(super) fn expanded(line: &str, variable: &dyn Fn(&str) -> Option<String>) -> (String, Vec<String>) {
    let (mut done, mut unset) = (String::with_capacity(line.len()), Vec::new());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        done.push_str(before);
        let name = after.split_once('}').map(|(name, _)| name).filter(|name| is_variable_name(name));
        let Some(name) = name else {
            done.push_str("${");
            rest = after;
            continue;
        };
        match variable(name).filter(|value| !value.is_empty()) {
            Some(value) => done.push_str(&value),
            None => {
                done.push_str("${");
                done.push_str(name);
                done.push('}');
                unset.push(name.to_string());
            }
        }
        rest = after.get(name.len() + 1..).unwrap_or_default();
    }
    done.push_str(rest);
    (done, unset)
}

fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Splits a line where its first option begins: a word that starts with `-`.
pub(super) fn split_options(line: &str) -> (&str, &str) {
    let mut before = ' ';
    for (index, letter) in line.char_indices() {
        if letter == '-' && matches!(before, ' ' | '\t') {
            let (requirement, options) = line.split_at_checked(index).unwrap_or((line, ""));
            return (requirement.trim(), options);
        }
        before = letter;
    }
    (line.trim(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u32, String)> {
        logical_lines(text).collect()
    }

    fn one(number: u32, line: &str) -> Vec<(u32, String)> {
        vec![(number, line.to_string())]
    }

    #[test]
    fn a_comment_begins_at_the_start_or_after_a_blank() {
        assert_eq!(lines("# all\n  # of it\nflask#1 # and this\n"), one(3, "flask#1"));
    }

    #[test]
    fn a_continued_line_has_the_number_of_its_first() {
        assert_eq!(lines("\nflask \\\n  >=1 \\\r\n  ,<2"), one(2, "flask   >=1   ,<2"));
        assert_eq!(lines("flask \\"), one(1, "flask"));
    }

    #[test]
    fn a_comment_ends_a_continued_line_and_is_never_continued() {
        assert_eq!(lines("flask \\\n# why \\\nrequests"), [(1, "flask".into()), (3, "requests".into())]);
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        assert_eq!(lines("a\rb\u{2028}c\u{b}d"), [(1, "a".into()), (2, "b".into()), (3, "c".into()), (4, "d".into())]);
    }

    #[test]
    fn variables_are_expanded_once_and_stay_when_unset() {
        let variable = |name: &str| match name {
            "USER" => Some("me".to_string()),
            "TRICK" => Some("${USER}".to_string()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let (line, unset) = expanded("${USER} ${user} $USER ${TRICK} ${EMPTY} ${NONE} ${", &variable);
        assert_eq!(line, "me ${user} $USER ${USER} ${EMPTY} ${NONE} ${");
        assert_eq!(unset, ["EMPTY", "NONE"]);
    }

    #[test]
    fn options_begin_at_the_first_word_with_a_dash() {
        assert_eq!(split_options("a-b >= 1 --hash=x"), ("a-b >= 1", "--hash=x"));
        assert_eq!(split_options("-r base.txt"), ("", "-r base.txt"));
        assert_eq!(split_options("flask"), ("flask", ""));
    }
}
