//! YAML as JSON values, within bounds: size, nesting and repeated aliases are counted while the values are built, merge keys
//! (`<<`) are resolved, and a key that comes twice is an error.
//!
//! What the values mean is left to whoever reads them. Places are not kept: when one is wanted, [`line_of`] looks for it. Changing a
//! document and keeping the rest of its text is in [`set`].

mod edit;

use std::{cell::Cell, fmt};

pub use edit::{Uneditable, append, inline, set};
use serde::{
    Deserialize as _, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// The largest file that is read, in bytes; the largest real one has two megabytes.
const MAX_BYTES: usize = 16 << 20;
/// The deepest nesting of brackets; a prescription has four. The parser's time grows with the square of it.
const MAX_BRACKETS: usize = 200;

/// Why a text is no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line, counted from one, where the parser tells it.
    pub line: Option<u32>,
    /// The parser's sentence.
    pub what: String,
}

/// One step from a value to one inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// To the value of a key.
    Key(&'a str),
    /// To an item of a list, counted from zero.
    Item(usize),
}

/// Reads one document.
///
/// # Errors
/// When it is no YAML, more than one document, or larger than anybody would write.
pub fn read(bytes: &[u8]) -> Result<Value, Broken> {
    let text = text(bytes)?;
    // An alias costs what it stands for; this much more than what is written is for shared messages, not for bombs.
    let budget = Cell::new(text.len().saturating_mul(4).saturating_add(10_000));
    Build(&budget).deserialize(serde_yaml_ng::Deserializer::from_str(text)).map_err(|error| broken(&error))
}

/// The line of the value at the end of `path`, or of the last one before it that is written where it stands.
pub fn line_of(bytes: &[u8], path: &[Step<'_>]) -> Option<u32> {
    let text = text(bytes).ok()?;
    let error = Find(path).deserialize(serde_yaml_ng::Deserializer::from_str(text)).err()?;
    broken(&error).line
}

fn text(bytes: &[u8]) -> Result<&str, Broken> {
    let whole = |what: String| Broken { line: None, what };
    if bytes.len() > MAX_BYTES {
        return Err(whole(format!("it has {} bytes, and more than {MAX_BYTES} are not read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        Broken { line: Some(line(before)), what: "it is not UTF-8".to_string() }
    })?;
    match too_deep(text, MAX_BRACKETS) {
        Some(at) => Err(Broken {
            line: Some(line(bytes.get(..at).unwrap_or_default())),
            what: format!("more than {MAX_BRACKETS} brackets are open"),
        }),
        None => Ok(text),
    }
}

/// The offset at which more than `most` brackets are open, counted without regard to quotes: a text with that many unpaired
/// brackets is not to be read either. The parser's time grows with the square of them.
pub fn too_deep(text: &str, most: usize) -> Option<usize> {
    let mut open = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > most
    })
}

/// The line that follows `before`, counted from one.
fn line(before: &[u8]) -> u32 {
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

fn broken(error: &serde_yaml_ng::Error) -> Broken {
    let line = error.location().and_then(|location| u32::try_from(location.line()).ok());
    let shown = error.to_string();
    // The place is told apart from the sentence.
    let sentence = shown.rsplit_once(" at line ").map_or(shown.as_str(), |(sentence, _)| sentence);
    // In front of it the parser writes the path, which says less than the line.
    let what =
        sentence.split_once(": ").map_or(sentence, |(path, rest)| if path.contains(' ') { sentence } else { rest });
    Broken { line, what: one_line(what) }
}

/// A sentence on one line, not too long.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}

/// Builds a value, as long as there is a budget.
#[derive(Clone, Copy)]
struct Build<'a>(&'a Cell<usize>);

impl Build<'_> {
    fn spend<E: serde::de::Error>(self, amount: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(amount.saturating_add(1));
        let left = left.ok_or_else(|| E::custom("its aliases (`*name`) repeat too much: write it without them"))?;
        self.0.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.spend(1).map(|()| Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.spend(1).map(|()| Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.spend(1).map(|()| Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.spend(1)?;
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("it must be a finite number"))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.spend(1).map(|()| Value::Null)
    }

    /// A document with nothing in it.
    fn visit_none<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.spend(text.len()).map(|()| Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.spend(1)?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.spend(1)?;
        let mut entries = Map::new();
        let mut merged = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            self.spend(key.len())?;
            let value = map.next_value_seed(self)?;
            if key == "<<" {
                merged.push(value);
            } else if entries.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` comes twice")));
            } else {
                entries.insert(key, value);
            }
        }
        for value in merged {
            merge(&mut entries, value).map_err(A::Error::custom)?;
        }
        Ok(Value::Object(entries))
    }
}

/// Adds what is merged, where the map does not say it itself; of several maps the first says it.
fn merge(entries: &mut Map<String, Value>, merged: Value) -> Result<(), &'static str> {
    let maps = match merged {
        Value::Array(maps) => maps,
        other => vec![other],
    };
    for map in maps {
        let Value::Object(map) = map else { return Err("`<<` merges maps, and this is none") };
        for (key, value) in map {
            entries.entry(key).or_insert(value);
        }
    }
    Ok(())
}

/// A key: a text, or a plain number or truth value as it is written.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}

/// Fails at the place it looks for: the parser gives errors their place, and nothing else.
struct Find<'a>(&'a [Step<'a>]);

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the place looked for")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if let Some((Step::Item(wanted), rest)) = self.0.split_first() {
            for _ in 0..*wanted {
                list.next_element::<IgnoredAny>()?;
            }
            list.next_element_seed(Find(rest))?;
        }
        Err(A::Error::custom("found"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let Some((Step::Key(wanted), rest)) = self.0.split_first() {
            while let Some(key) = map.next_key_seed(Key)? {
                if key == *wanted {
                    return map.next_value_seed(Find(rest));
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        Err(A::Error::custom("found"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(text: &str) -> (Option<u32>, String) {
        let broken = read(text.as_bytes()).unwrap_err();
        (broken.line, broken.what)
    }

    #[test]
    fn anchors_and_merge_keys_are_written_out() {
        let text = "a: &one {x: 1, y: 2}\nb:\n  <<: *one\n  y: 3\nc:\n  <<: [{z: 1}, {z: 2, w: 3}]\nd: &list [*one, {x: 9}]\ne: {<<: *list}\n";
        let value = read(text.as_bytes()).unwrap();
        assert_eq!(value["b"], json!({"y": 3, "x": 1}));
        assert_eq!(value["c"], json!({"z": 1, "w": 3}));
        assert_eq!(value["e"], json!({"x": 1, "y": 2}));
    }

    #[test]
    fn an_unquoted_time_is_a_text_and_null_is_a_value() {
        let value = read(b"at: 2022-12-03 00:00:05.673126\nday: 2022-12-03\nnone: null\nalso: ~\n").unwrap();
        assert_eq!(value, json!({"at": "2022-12-03 00:00:05.673126", "day": "2022-12-03", "none": null, "also": null}));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        assert_eq!(refused("a: 1\nb:\n  c: 1\n  c: 2\n"), (Some(3), "the key `c` comes twice".to_string()));
        assert_eq!(refused("a: 1\n<<: text\n").1, "`<<` merges maps, and this is none");
        assert_eq!(refused("a: .nan\n"), (Some(1), "it must be a finite number".to_string()));
        assert!(refused("a: 1\n  b: 2\n").0.is_some());
        assert!(refused("a: !tag {b: 1}\n").1.contains("tag"));
        assert!(read(b"a: 1\n---\nb: 2\n").unwrap_err().what.contains("more than one document"));
        let broken = read(b"a: 1\nb: \xff\n").unwrap_err();
        assert_eq!(broken, Broken { line: Some(2), what: "it is not UTF-8".to_string() });
    }

    #[test]
    fn bombs_and_depth_are_refused_before_they_cost_anything() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let parts = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{parts}]\n"));
        }
        assert!(refused(&bomb).1.contains("repeat"), "{}", refused(&bomb).1);
        let wide = format!("a: &a {}\nb: [{}]\n", "x".repeat(10_000), vec!["*a"; 10_000].join(","));
        assert!(refused(&wide).1.contains("repeat"));
        assert!(refused(&format!("a: 1\nb: {}", "[".repeat(100_000))).1.contains("brackets"));
        let indented: String = (0..400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(read(indented.as_bytes()).is_err());
        assert!(read(&vec![b' '; MAX_BYTES + 1]).is_err());
        let itself = "a: &a [*a]\n";
        assert!(read(itself.as_bytes()).is_err());
    }

    #[test]
    fn the_line_of_a_value_is_found() {
        let text =
            b"units:\n  steps:\n  - name: A\n    run:\n      score: 1\n  - name: B\n    match: {x: [1,\n     2]}\n";
        use Step::{Item, Key};
        let steps = [Key("units"), Key("steps"), Item(0), Key("run"), Key("score")];
        assert_eq!(line_of(text, &steps), Some(5));
        assert_eq!(line_of(text, &[Key("units"), Key("steps"), Item(1)]), Some(6));
        assert_eq!(line_of(text, &[Key("units"), Key("steps"), Item(1), Key("match"), Key("x"), Item(1)]), Some(8));
        assert_eq!(line_of(text, &[Key("units"), Key("steps"), Item(1), Key("missing")]), Some(6));
        assert_eq!(line_of(b"a: 1", &[]), Some(1));
    }
}
