//! Trials of stacks as a map: a field for each release, or for each pair of releases of two packages.

use super::drawing::{Anchor, Colour, Drawing, Mark};

/// How often something was tried and how often it passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// What it is, beside the count; may be empty.
    pub label: String,
    /// How often it was tried.
    pub tried: usize,
    /// How often it passed.
    pub passed: usize,
}

/// A map of trials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// What was tried.
    pub title: String,
    /// What stands above the columns; may be empty.
    pub columns: Vec<String>,
    /// The rows: a name, and a field for each column; `None` where nothing can be.
    pub rows: Vec<(String, Vec<Option<Field>>)>,
}

/// The most rows and columns that are drawn.
const MOST: usize = 64;
/// The most letters of a text.
const LETTERS: usize = 24;
/// The width of a letter, and around a text.
const LETTER: f64 = 7.6;
const MARGIN: f64 = 12.0;
/// The height of a row, and what is above the first.
const ROW: f64 = 30.0;
const TOP: f64 = 62.0;

/// Draws a map: green where all passed, red where all failed, amber between, a frame of grey where nothing was tried.
pub fn trials(map: &Map) -> Drawing {
    let rows: Vec<_> = map.rows.iter().take(MOST).map(|(name, fields)| (short(name), fields)).collect();
    let count = |field: &Field| format!("{}/{}", field.passed, field.tried);
    let label = |field: &Field| match (field.tried, short(&field.label)) {
        (0, label) => label,
        (_, label) if label.is_empty() => count(field),
        (_, label) => format!("{label} {}", count(field)),
    };
    let fields = || rows.iter().flat_map(|(_, fields)| fields.iter().take(MOST).flatten());
    let wide = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default() as f64 * LETTER + 2.0 * MARGIN;
    let columns_named: Vec<String> = map.columns.iter().take(MOST).map(|column| short(column)).collect();
    let name = wide(&mut rows.iter().map(|(name, _)| name.chars().count()));
    let labels = fields().map(|field| label(field).chars().count());
    let column = wide(&mut labels.chain(columns_named.iter().map(|column| column.chars().count())));
    let columns = rows.iter().map(|(_, fields)| fields.len().min(MOST)).max().unwrap_or_default();
    let width = (name + column * columns as f64 + MARGIN).max(map.title.chars().count() as f64 * LETTER + 2.0 * MARGIN);
    let height = TOP + ROW * rows.len() as f64 + MARGIN;
    let pixels = |length: f64| length.ceil().min(f64::from(u16::MAX)) as u16;
    let mut drawing = Drawing::new(map.title.clone(), pixels(width), pixels(height));
    drawing.text((MARGIN, 22.0), Anchor::Start, map.title.clone());
    let left = |at: usize| name + column * at as f64;
    for (at, text) in columns_named.into_iter().enumerate() {
        drawing.text((left(at) + column / 2.0, TOP - 10.0), Anchor::Middle, text);
    }
    for (at, (name_of_row, fields)) in rows.iter().enumerate() {
        let top = TOP + ROW * at as f64;
        drawing.text((name - MARGIN, top + ROW / 2.0 + 4.0), Anchor::End, name_of_row.clone());
        for (at, field) in fields.iter().enumerate().take(MOST) {
            let Some(field) = field else { continue };
            let (colour, opacity) = match (field.passed, field.tried) {
                (_, 0) => (Colour::Grid, 0.6),
                (0, _) => (Colour::Red, 0.55),
                (passed, tried) if passed == tried => (Colour::Green, 0.55),
                _ => (Colour::Amber, 0.55),
            };
            let (at_field, size) = ((left(at) + 1.0, top + 1.0), (column - 2.0, ROW - 2.0));
            drawing.marks.push(Mark::Field { at: at_field, size, colour, opacity });
            drawing.text((left(at) + column / 2.0, top + ROW / 2.0 + 4.0), Anchor::Middle, label(field));
        }
    }
    drawing
}

/// A text that does not take the room of others.
fn short(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        text.to_string()
    } else {
        text.chars().take(LETTERS - 1).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Picture;

    fn field(label: &str, passed: usize, tried: usize) -> Option<Field> {
        Some(Field { label: label.to_string(), tried, passed })
    }

    #[test]
    fn what_passed_and_what_failed_is_seen_at_a_glance() {
        let map = Map {
            title: "pytest -q: 3 of 5 stacks passed".to_string(),
            columns: Vec::new(),
            rows: vec![
                ("jinja2".to_string(), vec![field("3.1.6", 3, 3), field("3.0.3", 0, 2), None]),
                ("<markupsafe>".to_string(), vec![field("3.0.3", 1, 2), field("2.0.1", 0, 0), field("1.0", 2, 3)]),
            ],
        };
        let drawn = String::from_utf8(Picture::Svg.bytes(&trials(&map))).unwrap();
        for told in ["3.1.6 3/3", "3.0.3 0/2", "&lt;markupsafe&gt;", "2.0.1", "1.0 2/3"] {
            assert!(drawn.contains(told), "{told}: {drawn}");
        }
        assert!(!drawn.contains("2.0.1 0/0"), "{drawn}");
        assert!(Picture::Png.bytes(&trials(&map)).starts_with(b"\x89PNG"));
    }

    #[test]
    fn a_map_of_nothing_and_one_of_too_much_can_be_drawn() {
        trials(&Map::default());
        let much = Map { rows: vec![("x".repeat(300), vec![field("1", 1, 1); 1000]); 1000], ..Map::default() };
        assert_eq!(trials(&much).marks.len(), 64 * (2 * 64 + 1) + 1);
    }
}
