//! A drawing as pixels.
//!
//! Every mark but a field is made of strokes: a dot is one without length, and letters are strokes, too. How much of a pixel a
//! stroke covers follows from how far the middle of the pixel is from it.

use super::{
    drawing::{Anchor, Colour, Drawing, Mark},
    letters,
};

/// Pixels to a unit of the drawing.
const FINE: f64 = 2.0;
/// The most pixels with so many to a unit; a larger drawing has one.
const MOST: usize = 32_000_000;
/// How long the dashes of a line are, and the gaps between them, in units of the drawing.
const DASHES: (f64, f64) = (7.0, 4.0);
/// How wide the strokes of letters are.
const PEN: f64 = 1.15;

/// An image: rows from above, each pixel red, green, blue.
#[derive(Clone, Debug)]
pub(super) struct Pixels {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: Vec<u8>,
}

/// Draws it on white.
pub(super) fn pixels(drawing: &Drawing) -> Pixels {
    let (width, height) = (usize::from(drawing.width), usize::from(drawing.height));
    let scale = if width * height <= MOST / (FINE * FINE) as usize { FINE } else { 1.0 };
    let (width, height) = (width * scale as usize, height * scale as usize);
    let mut canvas = Canvas { pixels: Pixels { width, height, channels: vec![255; width * height * 3] }, scale };
    drawing.marks.iter().for_each(|mark| canvas.mark(mark));
    canvas.pixels
}

/// What is drawn with.
#[derive(Clone, Copy)]
struct Pen {
    width: f64,
    colour: [u8; 3],
    opacity: f64,
}

struct Canvas {
    pixels: Pixels,
    scale: f64,
}

impl Canvas {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Line { points, width, dashed, colour } => {
                let pen = Pen { width: *width, colour: rgb(*colour), opacity: 1.0 };
                if *dashed { self.dashes(points, pen) } else { self.strokes(points, pen) }
            }
            Mark::Dot { at, radius, colour, opacity } => {
                self.stroke(*at, *at, Pen { width: radius * 2.0, colour: rgb(*colour), opacity: *opacity });
            }
            Mark::Field { at, size, colour, opacity } => self.field(*at, *size, rgb(*colour), *opacity),
            Mark::Text { at, anchor, upwards, text } => self.text(*at, *anchor, *upwards, text),
        }
    }

    fn strokes(&mut self, points: &[(f64, f64)], pen: Pen) {
        for ends in points.windows(2) {
            self.stroke(ends[0], ends[1], pen);
        }
    }

    fn dashes(&mut self, points: &[(f64, f64)], pen: Pen) {
        let period = DASHES.0 + DASHES.1;
        let mut gone = 0.0;
        for ends in points.windows(2) {
            let ((x, y), (right, down)) = (ends[0], ends[1]);
            let length = (right - x).hypot(down - y);
            if !(length > 0.0 && length < 1e5) {
                continue;
            }
            let at = |way: f64| (x + (right - x) * way / length, y + (down - y) * way / length);
            let mut begin = -gone;
            while begin < length {
                let end = (begin + DASHES.0).min(length);
                if end > 0.0 {
                    self.stroke(at(begin.max(0.0)), at(end), pen);
                }
                begin += period;
            }
            gone = (gone + length) % period;
        }
    }

    /// A text of [`letters`], the base line at `at`.
    fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, upwards: bool, text: &str) {
        let back = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => letters::width(text) / 2.0,
            Anchor::End => letters::width(text),
        };
        let pen = Pen { width: PEN, colour: rgb(Colour::Ink), opacity: 1.0 };
        letters::strokes(text, |stroke| {
            let place = |(along, up): &(f64, f64)| {
                let along = along - back;
                if upwards { (x + up, y - along) } else { (x + along, y + up) }
            };
            let points: Vec<(f64, f64)> = stroke.iter().map(place).collect();
            self.strokes(&points, pen);
        });
    }

    fn field(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: [u8; 3], opacity: f64) {
        let covered = |pixel: usize, from: f64, to: f64| {
            let pixel = pixel as f64;
            (to.min(pixel + 1.0) - from.max(pixel)).clamp(0.0, 1.0)
        };
        let (left, right) = (x * self.scale, (x + width) * self.scale);
        let (top, bottom) = (y * self.scale, (y + height) * self.scale);
        for row in span(top, bottom, self.pixels.height) {
            for column in span(left, right, self.pixels.width) {
                let share = covered(column, left, right) * covered(row, top, bottom);
                self.blend(column, row, colour, share * opacity);
            }
        }
    }

    /// A stroke from one place to another with round ends.
    fn stroke(&mut self, from: (f64, f64), to: (f64, f64), pen: Pen) {
        let scaled = |(x, y): (f64, f64)| (x * self.scale, y * self.scale);
        let ((x, y), (right, down)) = (scaled(from), scaled(to));
        let half = pen.width * self.scale / 2.0;
        let (wide, high) = (right - x, down - y);
        let square = wide * wide + high * high;
        let reach = half + 1.0;
        for row in span(y.min(down) - reach, y.max(down) + reach, self.pixels.height) {
            for column in span(x.min(right) - reach, x.max(right) + reach, self.pixels.width) {
                let (off, below) = (column as f64 + 0.5 - x, row as f64 + 0.5 - y);
                let along = if square > 0.0 { ((off * wide + below * high) / square).clamp(0.0, 1.0) } else { 0.0 };
                let distance = (off - along * wide).hypot(below - along * high);
                self.blend(column, row, pen.colour, (half + 0.5 - distance).clamp(0.0, 1.0) * pen.opacity);
            }
        }
    }

    fn blend(&mut self, column: usize, row: usize, colour: [u8; 3], share: f64) {
        let start = (row * self.pixels.width + column) * 3;
        let Some(pixel) = self.pixels.channels.get_mut(start..start + 3) else { return };
        for (channel, colour) in pixel.iter_mut().zip(colour) {
            *channel = (f64::from(*channel) * (1.0 - share) + f64::from(colour) * share).round() as u8;
        }
    }
}

/// The pixels between two places, as far as there are any.
fn span(from: f64, to: f64, most: usize) -> std::ops::Range<usize> {
    let end = (to.ceil().max(0.0) as usize).min(most);
    (from.floor().max(0.0) as usize).min(end)..end
}

/// As on the light page of an SVG.
fn rgb(colour: Colour) -> [u8; 3] {
    match colour {
        Colour::Ink => [0x33; 3],
        Colour::Axis => [0x99; 3],
        Colour::Grid => [0xdd; 3],
        Colour::Blue => [0x3a, 0x7f, 0xc1],
        Colour::Red => [0xc0, 0x50, 0x4d],
        Colour::Green => [0x4c, 0x9a, 0x4c],
        Colour::Amber => [0xc9, 0x8a, 0x1b],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(drawing: &Drawing) -> impl Fn(usize, usize) -> [u8; 3] {
        let pixels = pixels(drawing);
        move |column, row| {
            let start = (row * pixels.width + column) * 3;
            [pixels.channels[start], pixels.channels[start + 1], pixels.channels[start + 2]]
        }
    }

    #[test]
    fn a_line_covers_its_pixels_and_no_others() {
        let mut drawing = Drawing::new("", 20, 10);
        drawing.line([(2.0, 5.0), (18.0, 5.0)], 2.0, Colour::Blue);
        let at = drawn(&drawing);
        assert_eq!(at(20, 9), rgb(Colour::Blue));
        assert_eq!(at(20, 10), rgb(Colour::Blue));
        assert_eq!([at(20, 6), at(20, 13), at(0, 10), at(39, 10)], [[255; 3]; 4]);
    }

    #[test]
    fn dashes_go_on_around_a_corner() {
        let mut drawing = Drawing::new("", 40, 40);
        drawing.dashes([(1.0, 1.0), (6.0, 1.0), (6.0, 20.0)], 1.0, Colour::Red);
        let at = drawn(&drawing);
        // Five units along the top, two down, and a gap of four.
        assert_ne!(at(11, 4), [255; 3]);
        assert_eq!(at(11, 9), [255; 3]);
        assert_ne!(at(11, 16), [255; 3]);
    }

    #[test]
    fn half_a_field_is_half_of_its_colour() {
        let mut drawing = Drawing::new("", 4, 4);
        let (at, size, colour) = ((1.0, 1.0), (2.0, 2.0), Colour::Axis);
        drawing.marks.push(Mark::Field { at, size, colour, opacity: 0.5 });
        let at = drawn(&drawing);
        assert_eq!([at(1, 1), at(2, 2), at(6, 6)], [[255; 3], [204; 3], [255; 3]]);
    }

    #[test]
    fn what_is_beyond_the_page_or_no_place_at_all_is_not_drawn() {
        let mut drawing = Drawing::new("", 8, 8);
        drawing.line([(-1e9, -1e9), (-5.0, -5.0)], 1.0, Colour::Red);
        drawing.dashes([(0.0, f64::NAN), (f64::INFINITY, 3.0), (1e300, 1e300)], 1.0, Colour::Red);
        drawing.dot((1e12, 4.0), 3.0, Colour::Red);
        drawing.text((f64::NAN, 4.0), Anchor::End, "x");
        assert!(pixels(&drawing).channels.iter().all(|channel| *channel == 255));
        assert!(pixels(&Drawing::default()).channels.is_empty());
    }

    #[test]
    fn a_text_is_somewhere_and_turned_elsewhere() {
        let inked = |upwards| {
            let mut drawing = Drawing::new("", 60, 60);
            let text = "Temperature".to_string();
            drawing.marks.push(Mark::Text { at: (30.0, 30.0), anchor: Anchor::Start, upwards, text });
            let pixels = pixels(&drawing);
            let dark = pixels.channels.chunks(3).enumerate().filter(|(_, pixel)| pixel[0] < 128);
            let (mut right, mut below) = (0, 0);
            dark.for_each(|(at, _)| {
                right += usize::from(at % 120 >= 60);
                below += usize::from(at / 120 >= 64);
            });
            (right, below)
        };
        assert!(inked(false).0 > 100 && inked(false).1 < 20);
        // Nothing but the tail of a letter is to the right of the base line.
        assert!(inked(true).0 < 60 && inked(true).1 == 0, "{:?}", inked(true));
    }
}
