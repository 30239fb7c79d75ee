//! Changes of single values in a YAML text that keep every other byte: comments, order, quotes, what nobody here understands.
//!
//! A change is made line by line, on maps and lists in block style, and then read again: where the document would not say
//! exactly what it said before but for the change, it is refused, and a person has to make it.

use serde_json::{Map, Value};

use super::{Broken, Step, line_of, read};

/// Why a value cannot be changed without a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uneditable {
    /// The text is no document.
    #[error("{}", .0.what)]
    Broken(Broken),
    /// It is written in a way that is not changed line by line.
    #[error("set `{place}` to `{value}` by hand: it is written in a way that cannot be changed without rewriting more")]
    Style {
        /// The line of the nearest map or list, counted from one.
        line: Option<u32>,
        /// What was to be changed, its keys with dots.
        place: String,
        /// What it was to become.
        value: String,
    },
}

/// Sets the value at `path` to a text, a number, `true`, `false`, `null`, or a map of such; maps that are missing are made.
///
/// # Errors
/// When the place is in braces over several lines, shared by an alias or in a text of several lines, or is not in a map.
pub fn set(text: &str, path: &[Step<'_>], value: &Value) -> Result<String, Uneditable> {
    let before = read(text.as_bytes()).map_err(Uneditable::Broken)?;
    let mut after = before.clone();
    let style = || style(text, path, value);
    put(&mut after, path, value).ok_or_else(style)?;
    if after == before {
        return Ok(text.to_string());
    }
    // What is written in braces on one line is written anew as a whole.
    for depth in (1..=path.len()).rev() {
        let part = path.get(..depth).unwrap_or_default();
        let value = if depth == path.len() { Some(value) } else { found(&after, part) };
        let edited = value.and_then(|value| with(text, &before, part, value));
        if let Some(edited) = edited.and_then(|edited| checked(edited, &after)) {
            return Ok(edited);
        }
    }
    Err(style())
}

/// Adds a map, its keys in this order, to the end of the list at `path`, in block style; a list that is missing, `null` or empty is made.
///
/// # Errors
/// When the list is in flow style or behind an alias.
pub fn append(text: &str, path: &[Step<'_>], item: &[(&str, Value)]) -> Result<String, Uneditable> {
    let before = read(text.as_bytes()).map_err(Uneditable::Broken)?;
    let whole: Value = item.iter().map(|(key, value)| ((*key).to_string(), value.clone())).collect();
    let mut after = before.clone();
    let style = || style(text, path, &whole);
    let mut items = found(&before, path).and_then(Value::as_array).cloned().unwrap_or_default();
    let is_empty = items.is_empty();
    items.push(whole.clone());
    put(&mut after, path, &Value::Array(items)).ok_or_else(style)?;
    let edited = if is_empty { begin(text, path, item) } else { extend(text, path, item) };
    checked(edited.ok_or_else(style)?, &after).ok_or_else(style)
}

fn style(text: &str, path: &[Step<'_>], value: &Value) -> Uneditable {
    let words = path.iter().map(|step| match step {
        Step::Key(key) => (*key).to_string(),
        Step::Item(item) => item.to_string(),
    });
    Uneditable::Style {
        line: line_of(text.as_bytes(), path),
        place: words.collect::<Vec<_>>().join("."),
        value: value.to_string(),
    }
}

/// The text, if it says what it should.
fn checked(text: String, meant: &Value) -> Option<String> {
    (read(text.as_bytes()).as_ref() == Ok(meant)).then_some(text)
}

/// The value at the end of `path`.
fn found<'v>(value: &'v Value, path: &[Step<'_>]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(*key),
        Step::Item(item) => value.get(*item),
    })
}

/// Sets a value in a tree; `None` when the path leads through something that is no map or list.
fn put(tree: &mut Value, path: &[Step<'_>], value: &Value) -> Option<()> {
    let mut place = tree;
    for step in path {
        place = match step {
            Step::Key(key) => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                place.as_object_mut()?.entry((*key).to_string()).or_insert(Value::Null)
            }
            Step::Item(item) => place.get_mut(*item)?,
        };
    }
    *place = value.clone();
    Some(())
}

/// The text with the value set, if its style admits that.
fn with(text: &str, before: &Value, path: &[Step<'_>], value: &Value) -> Option<String> {
    // The longest part of the path that is there and holds something; behind it stand keys that are to be made.
    let there = (0..=path.len()).rev().find(|depth| {
        path.get(..*depth).and_then(|part| found(before, part)).is_some_and(|value| !value.is_null() || *depth == 0)
    })?;
    let is_whole = there == path.len();
    let depth = if is_whole { there.checked_sub(1)? } else { there };
    let (parent, rest) = path.split_at_checked(depth)?;
    let (Step::Key(key), missing) = rest.split_first()? else { return None };
    let value = missing.iter().rev().try_fold(value.clone(), |value, step| match step {
        Step::Key(key) => Some(Value::Object(Map::from_iter([((*key).to_string(), value)]))),
        Step::Item(_) => None,
    })?;
    let mut lines = Lines::new(text);
    let map = lines.map_at(line_of(text.as_bytes(), parent)?)?;
    match lines.key(&map, key) {
        Some(at) => lines.replace(at, key, &inline(&value))?,
        None => lines.insert(map.end, &block(key, &value, map.column)),
    }
    Some(lines.text())
}

/// The text with a first item in a list.
fn begin(text: &str, path: &[Step<'_>], item: &[(&str, Value)]) -> Option<String> {
    let (Step::Key(key), parent) = path.split_last()? else { return None };
    let mut lines = Lines::new(text);
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) && parent.is_empty() {
        lines.insert(lines.0.len(), &[vec![format!("{key}:")], item_lines(item, 0)].concat());
        return Some(lines.text());
    }
    let map = lines.map_at(line_of(text.as_bytes(), parent)?)?;
    match lines.key(&map, key) {
        Some(at) => {
            lines.replace(at, key, "")?;
            lines.insert(at + 1, &item_lines(item, map.column));
        }
        None => {
            let head = vec![format!("{}{key}:", " ".repeat(map.column))];
            lines.insert(map.end, &[head, item_lines(item, map.column)].concat());
        }
    }
    Some(lines.text())
}

/// The text with one more item in a list.
fn extend(text: &str, path: &[Step<'_>], item: &[(&str, Value)]) -> Option<String> {
    let mut lines = Lines::new(text);
    let first = usize::try_from(line_of(text.as_bytes(), path)?).ok()?.checked_sub(1)?;
    let line = lines.0.get(first)?;
    let column = indent(line);
    line.trim_start().starts_with("- ").then_some(())?;
    let end = lines
        .end(first, |line| indent(line) > column || (indent(line) == column && line.trim_start().starts_with('-')));
    lines.insert(end, &item_lines(item, column));
    Some(lines.text())
}

/// A map in block style.
struct Block {
    /// Its first line, counted from zero.
    start: usize,
    /// The line behind its last.
    end: usize,
    /// Where its keys begin.
    column: usize,
}

struct Lines(Vec<String>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.split_inclusive('\n').map(str::to_string).collect())
    }

    fn text(self) -> String {
        self.0.concat()
    }

    /// The map in block style whose first key is on a line, counted from one.
    fn map_at(&self, line: u32) -> Option<Block> {
        let start = usize::try_from(line).ok()?.checked_sub(1)?;
        let first = self.0.get(start)?;
        let mut column = indent(first);
        while let Some(rest) = first.get(column..).and_then(|rest| rest.strip_prefix('-')) {
            column += 1 + rest.len().checked_sub(rest.trim_start_matches(' ').len())?;
        }
        let is_inside = |line: &String| {
            let rest = line.trim_start();
            indent(line) > column || (indent(line) == column && !is_end(rest))
        };
        Some(Block { start, end: self.end(start, is_inside), column })
    }

    /// The line behind the last that belongs to what begins on line `start`; blank lines and comments at its end do not.
    fn end(&self, start: usize, is_inside: impl Fn(&String) -> bool) -> usize {
        let mut end = start + 1;
        for (at, line) in self.0.iter().enumerate().skip(start + 1) {
            let rest = line.trim();
            if rest.is_empty() || rest.starts_with('#') {
                continue;
            }
            if !is_inside(line) {
                break;
            }
            end = at + 1;
        }
        end
    }

    /// The line of a key of a map.
    fn key(&self, map: &Block, key: &str) -> Option<usize> {
        let lines = self.0.iter().enumerate().take(map.end).skip(map.start);
        let mut lines = lines.filter(|(at, line)| *at == map.start || indent(line) == map.column);
        lines.find(|(_, line)| after_key(line.get(map.column..).unwrap_or_default(), key).is_some()).map(|(at, _)| at)
    }

    /// Replaces the value behind a key, keeping a comment.
    fn replace(&mut self, at: usize, key: &str, value: &str) -> Option<()> {
        let line = self.0.get_mut(at)?;
        let start = line.char_indices().find_map(|(start, _)| {
            let rest = line.get(start..)?;
            let before = line.get(..start)?;
            let is_start = before.chars().all(|letter| letter == ' ' || letter == '-');
            let length = rest.len() - after_key(rest, key).filter(|_| is_start)?.len();
            Some(start + length)
        })?;
        let (head, tail) = line.split_at_checked(start)?;
        let ending = if tail.ends_with("\r\n") {
            "\r\n"
        } else if tail.ends_with('\n') {
            "\n"
        } else {
            ""
        };
        let tail = tail.trim_end_matches(['\n', '\r']);
        let space = if value.is_empty() { "" } else { " " };
        *line = format!("{head}{space}{value}{}{ending}", comment(tail));
        Some(())
    }

    /// Puts lines before line `at`.
    fn insert(&mut self, at: usize, new: &[String]) {
        let ending = if self.0.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
        if let Some(last) = at.checked_sub(1).and_then(|last| self.0.get_mut(last))
            && !last.ends_with('\n')
        {
            last.push_str(ending);
        }
        let new = new.iter().map(|line| format!("{line}{ending}"));
        self.0.splice(at..at, new);
    }
}

/// The spaces before the first other letter.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line ends a document.
fn is_end(line: &str) -> bool {
    line.starts_with("---") || line.starts_with("...")
}

/// What follows `key:`, where the text begins with that.
fn after_key<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_prefix(key)?.strip_prefix(quote));
    let rest = text.strip_prefix(key).or_else(|| quoted('"')).or_else(|| quoted('\''))?;
    let rest = rest.trim_start_matches(' ').strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\n', '\r'])).then_some(rest)
}

/// The comment at the end of what follows a key, with the space before it.
fn comment(tail: &str) -> &str {
    let value = tail.trim_start();
    let skipped = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value.get(1..).and_then(|rest| rest.rfind(quote)).map_or(0, |end| end + 2),
        _ => 0,
    };
    let start = tail.len() - value.len() + skipped;
    let rest = tail.get(start..).unwrap_or_default();
    let at = if rest.starts_with('#') && skipped == 0 { Some(0) } else { rest.find(" #") };
    let Some(at) = at else { return "" };
    let before = tail.get(..start + at).unwrap_or_default().trim_end().len();
    tail.get(before..).unwrap_or_default()
}

/// A key with its value, as lines.
fn block(key: &str, value: &Value, column: usize) -> Vec<String> {
    let space = " ".repeat(column);
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut lines = vec![format!("{space}{key}:")];
            lines.extend(map.iter().flat_map(|(key, value)| block(key, value, column + 2)));
            lines
        }
        value => vec![format!("{space}{}: {}", scalar(key), inline(value))],
    }
}

/// A map as an item of a list.
fn item_lines(item: &[(&str, Value)], column: usize) -> Vec<String> {
    let mut lines: Vec<String> = item.iter().flat_map(|(key, value)| block(key, value, column + 2)).collect();
    if let Some(first) = lines.first_mut() {
        first.replace_range(column..=column, "-");
    }
    lines
}

/// A value on one line, as it is written here.
pub fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Object(map) => {
            let members: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", scalar(key), inline(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A text, in quotes where it would be read as something else.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter))
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        text.to_string()
    } else if text.chars().any(char::is_control) {
        // JSON is YAML, and it can write what single quotes cannot.
        Value::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Step::*, *};

    const FILE: &str = "\
# who answers for this: ada
host: thoth.example   # the service
runtime_environments:
- name: rhel   # production
  python_version: '3.8'    # as the image has it
  operating_system:
    name: rhel
    # a comment inside
    version: \"8\"

  cuda_version: null
# the second
- name: 'fedora:35'
  hardware: {cpu_family: 6, cpu_model: 13}
managers:
  - name: update
";

    fn entry<'a>(rest: &[Step<'a>]) -> Vec<Step<'a>> {
        [&[Key("runtime_environments"), Item(0)], rest].concat()
    }

    /// The lines that a change takes away and brings.
    fn changed(path: &[Step<'_>], value: &Value) -> String {
        let edited = set(FILE, path, value).unwrap();
        let (old, new): (Vec<&str>, Vec<&str>) = (FILE.lines().collect(), edited.lines().collect());
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("-{line}\n"));
        gone.chain(new.iter().filter(|line| !old.contains(line)).map(|line| format!("+{line}\n"))).collect()
    }

    #[test]
    fn a_value_is_replaced_and_its_comment_stays() {
        insta::assert_snapshot!(changed(&entry(&[Key("python_version")]), &json!("3.10")), @"
        -  python_version: '3.8'    # as the image has it
        +  python_version: '3.10'    # as the image has it
        ");
        insta::assert_snapshot!(changed(&entry(&[Key("operating_system"), Key("version")]), &json!("9.2")), @r#"
        -    version: "8"
        +    version: '9.2'
        "#);
        insta::assert_snapshot!(changed(&entry(&[Key("name")]), &json!("ubi")), @"
        -- name: rhel   # production
        +- name: ubi   # production
        ");
    }

    #[test]
    fn what_is_in_braces_is_written_anew() {
        let flow = [Key("runtime_environments"), Item(1), Key("hardware"), Key("cpu_family")];
        insta::assert_snapshot!(changed(&flow, &json!(7)), @"
        -  hardware: {cpu_family: 6, cpu_model: 13}
        +  hardware: {cpu_family: 7, cpu_model: 13}
        ");
        let shared = "a: &one {x: 1}\nb: *one # the same\n";
        assert_eq!(set(shared, &[Key("b"), Key("x")], &json!(2)).unwrap(), "a: &one {x: 1}\nb: {x: 2} # the same\n");
    }

    #[test]
    fn what_is_missing_is_added_where_it_belongs() {
        insta::assert_snapshot!(changed(&entry(&[Key("hardware"), Key("cpu_family")]), &json!(6)), @"
        +  hardware:
        +    cpu_family: 6
        ");
        insta::assert_snapshot!(changed(&[Key("recommendation_type")], &json!("security")), @"+recommendation_type: security");
        let edited = set(FILE, &entry(&[Key("platform")]), &json!("linux-x86_64")).unwrap();
        assert!(edited.contains("  cuda_version: null\n  platform: linux-x86_64\n# the second\n"), "{edited}");
    }

    #[test]
    fn an_item_is_added_behind_the_last() {
        let system = json!({"name": "debian", "version": "12"});
        let item = [("name", json!("new")), ("operating_system", system), ("cuda_version", Value::Null)];
        let edited = append(FILE, &[Key("runtime_environments")], &item).unwrap();
        assert!(
            edited.contains(
                "cpu_model: 13}\n- name: new\n  operating_system:\n    name: debian\n    version: '12'\n  cuda_version: null\nmanagers:"
            ),
            "{edited}"
        );
        for (empty, expected) in [
            ("", "list:\n- a: 1\n"),
            ("# nothing yet\n", "# nothing yet\nlist:\n- a: 1\n"),
            ("x: 1", "x: 1\nlist:\n- a: 1\n"),
            ("list: []\nx: 1\n", "list:\n- a: 1\nx: 1\n"),
            ("list:\r\nx: 1\r\n", "list:\r\n- a: 1\r\nx: 1\r\n"),
        ] {
            assert_eq!(append(empty, &[Key("list")], &[("a", json!(1))]).unwrap(), expected, "{empty}");
        }
    }

    #[test]
    fn what_is_not_written_line_by_line_is_left_to_a_person() {
        let wide = "a:\n  b: {x: 1,\n    y: 2}\n";
        let path = [Key("a"), Key("b"), Key("x")];
        let refused = set(wide, &path, &json!(7)).unwrap_err();
        insta::assert_snapshot!(refused, @"set `a.b.x` to `7` by hand: it is written in a way that cannot be changed without rewriting more");
        assert_eq!(set(wide, &path, &json!(1)).unwrap(), wide, "what is so already needs no change");
        let shared = "a: &one\n  x: 1\nb: *one\n";
        assert!(set(shared, &[Key("a"), Key("x")], &json!(2)).is_err(), "the other place would change, too");
        assert!(set("a: |\n  long\n  text\n", &[Key("a")], &json!("b")).is_err());
        assert!(set("a: [", &[Key("a")], &json!(1)).is_err());
        assert!(set("- a\n", &[Key("a")], &json!(1)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_as_it_was(text in "\\PC{0,12}", key in "[a-z]{1,5}") {
            let edited = set("known: 1 # one\nlast:\n", &[Key(&key)], &Value::from(text.as_str())).unwrap();
            let read = read(edited.as_bytes()).unwrap();
            prop_assert_eq!(&read[&key], &Value::from(text));
            prop_assert!(key == "known" || edited.contains("known: 1 # one\n"));
        }

        #[test]
        fn no_text_panics(text in "[-a:{}\\[\\]#'\"&*|>\\n ]{0,40}", key in "[a-b]") {
            let _ = set(&text, &[Key(&key)], &Value::from("x"));
            let _ = append(&text, &[Key(&key)], &[("x", Value::Null)]);
        }
    }
}
