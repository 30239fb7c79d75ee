//! Lays out lines: wraps them at blanks, aligns columns, paints.
//!
//! What stands in the lines is the business of the modules beside this one.

use anstyle::AnsiColor;
use resolution::pipeline::remarks::Tone as Seriousness;

use super::Style;
use crate::clean::width;

/// Narrower than this nothing can be laid out, wider nobody reads.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}

impl From<Seriousness> for Tone {
    fn from(tone: Seriousness) -> Self {
        match tone {
            Seriousness::Error => Self::Bad,
            Seriousness::Warning => Self::Warning,
            Seriousness::Info => Self::Plain,
        }
    }
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let style = anstyle::Style::new();
        match self {
            Self::Plain => style,
            Self::Strong => style.bold(),
            Self::Faint => style.dimmed(),
            Self::Good => style.fg_color(Some(AnsiColor::Green.into())),
            Self::Warning => style.fg_color(Some(AnsiColor::Yellow.into())),
            Self::Bad => style.bold().fg_color(Some(AnsiColor::Red.into())),
        }
    }
}

/// A line in pieces. Blanks may become line ends; `U+00A0` is a blank that does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Vec<(Tone, String)>);

impl Line {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn then(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    pub(crate) fn plain(self, text: impl Into<String>) -> Self {
        self.then(Tone::Plain, text)
    }

    pub(crate) fn joined(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| width(text)).sum()
    }

    /// The words, each in its pieces.
    fn words(&self) -> Vec<Vec<(Tone, &str)>> {
        let mut words: Vec<Vec<(Tone, &str)>> = vec![Vec::new()];
        for (tone, text) in &self.0 {
            for (place, part) in text.split(' ').enumerate() {
                if place > 0 {
                    words.push(Vec::new());
                }
                if let Some(word) = words.last_mut()
                    && !part.is_empty()
                {
                    word.push((*tone, part));
                }
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }
}

/// A text under construction.
pub(crate) struct Page<'a> {
    pub(crate) style: &'a Style,
    text: String,
}

impl<'a> Page<'a> {
    pub(crate) fn new(style: &'a Style) -> Self {
        Self { style, text: String::new() }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    pub(crate) fn width(&self) -> usize {
        self.style.width.clamp(*WIDTHS.start(), *WIDTHS.end())
    }

    pub(crate) fn arrow(&self) -> &'static str {
        if self.style.unicode { "→" } else { "->" }
    }

    pub(crate) fn ellipsis(&self) -> &'static str {
        if self.style.unicode { "…" } else { "..." }
    }

    /// Leaves a line free before what follows.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Begins a section.
    pub(crate) fn section(&mut self, tone: Tone, title: impl Into<String>) {
        self.gap();
        self.put(0, &Line::new().then(tone, title));
    }

    /// A line, continued two columns further in when it is too long.
    pub(crate) fn put(&mut self, indent: usize, line: &Line) {
        self.write(Line::new().plain(" ".repeat(indent)), indent + 2, line);
    }

    /// A line that is not continued, however long it is.
    pub(crate) fn row(&mut self, line: &Line) {
        self.flush(&line.0);
    }

    /// A point of a list.
    pub(crate) fn point(&mut self, indent: usize, line: &Line) {
        self.write(Line::new().plain(format!("{}- ", " ".repeat(indent))), indent + 2, line);
    }

    /// Rows with aligned columns; the last column of each is free text, continued below itself.
    pub(crate) fn table(&mut self, indent: usize, rows: &[Vec<Line>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0_usize; columns];
        for row in rows {
            for (place, cell) in row.iter().enumerate() {
                if let Some(widest) = widths.get_mut(place) {
                    *widest = (*widest).max(cell.width());
                }
            }
        }
        for row in rows {
            let Some((last, cells)) = row.split_last() else { continue };
            let mut lead = Line::new().plain(" ".repeat(indent));
            for (cell, widest) in cells.iter().zip(&widths).filter(|(_, widest)| **widest > 0) {
                let padding = widest - cell.width().min(*widest) + 2;
                lead.0.extend(cell.0.iter().cloned());
                lead = lead.plain(" ".repeat(padding));
            }
            let column = lead.width();
            // A column that leaves no room for the text beside it is not kept below it.
            let hang = if column + 24 <= self.width() { column } else { indent + 4 };
            self.write(lead, hang, last);
        }
    }

    /// Writes `lead` as it is and `line` behind it, wrapped with `hang` columns in front of every further line.
    fn write(&mut self, lead: Line, hang: usize, line: &Line) {
        let mut row = lead.0;
        let mut used: usize = row.iter().map(|(_, text)| width(text)).sum();
        let mut first = true;
        for word in line.words() {
            let length: usize = word.iter().map(|(_, part)| width(part)).sum();
            if !first && used + 1 + length > self.width() || first && used > hang && used + length > self.width() {
                self.flush(&row);
                row = vec![(Tone::Plain, " ".repeat(hang))];
                used = hang;
            } else if !first {
                // The blank belongs to both words when they look alike, so that they are painted in one stroke.
                let tone = match (row.last(), word.first()) {
                    (Some((before, _)), Some((after, _))) if before == after => *after,
                    _ => Tone::Plain,
                };
                push(&mut row, tone, " ");
                used += 1;
            }
            for (tone, part) in word {
                push(&mut row, tone, part);
            }
            used += length;
            first = false;
        }
        self.flush(&row);
    }

    fn flush(&mut self, row: &[(Tone, String)]) {
        let mut painted = row.iter().rposition(|(_, text)| !text.trim_end_matches(' ').is_empty());
        for (place, (tone, text)) in row.iter().enumerate() {
            let last = painted == Some(place);
            if painted.is_none() {
                break;
            }
            let text = if last { text.trim_end_matches(' ') } else { text };
            let text = text.replace('\u{a0}', " ");
            let style = if self.style.colour { tone.style() } else { anstyle::Style::new() };
            self.text.push_str(&format!("{style}{text}{style:#}"));
            if last {
                painted = None;
            }
        }
        self.text.push('\n');
    }
}

fn push(row: &mut Vec<(Tone, String)>, tone: Tone, text: &str) {
    match row.last_mut() {
        Some((before, line)) if *before == tone => line.push_str(text),
        _ => row.push((tone, text.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(width: usize) -> Style {
        Style { width, ..Style::default() }
    }

    #[test]
    fn a_line_is_wrapped_at_blanks_only() {
        let style = style(40);
        let mut page = Page::new(&style);
        page.put(
            2,
            &Line::new().plain(
                "an identifier such as CVE-2024-123456789012345678901234567890 stays whole, the\u{a0}rest wraps",
            ),
        );
        insta::assert_snapshot!(page.finish(), @r"
          an identifier such as
            CVE-2024-123456789012345678901234567890
            stays whole, the rest wraps
        ");
    }

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let style = style(40);
        let mut page = Page::new(&style);
        let cell = |text: &str| Line::new().then(Tone::Good, text);
        page.table(
            2,
            &[
                vec![cell("a"), cell(""), cell("1.0"), cell("one text that has to be continued below")],
                vec![cell("longer"), cell(""), cell("10.0"), cell("")],
            ],
        );
        insta::assert_snapshot!(page.finish(), @r"
          a       1.0   one text that has to be
                        continued below
          longer  10.0
        ");
    }

    #[test]
    fn paint_begins_and_ends_on_the_same_line() {
        let style = Style { colour: true, ..style(40) };
        let mut page = Page::new(&style);
        page.put(0, &Line::new().then(Tone::Bad, "every word of a bad line that is too long is bad"));
        for line in page.finish().lines() {
            assert!(line.ends_with("\u{1b}[0m"), "{line:?}");
        }
    }
}
