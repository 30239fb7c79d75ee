//! A drawing as SVG.

use std::fmt::Write as _;

use super::drawing::{Anchor, Colour, Drawing, Mark};
use crate::clean::clean;

/// Each colour is a class, so that a dark page can have its own.
const STYLE: &str = "
  text { font: 13px system-ui, sans-serif; fill: #333; }
  .axis { color: #999; }
  .grid { color: #ddd; }
  .blue { color: #3a7fc1; }
  .red { color: #c0504d; }
  .green { color: #4c9a4c; }
  .amber { color: #c98a1b; }
  .ink { color: #333; }
  polyline { fill: none; stroke: currentColor; stroke-linejoin: round; }
  circle, rect { fill: currentColor; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .axis { color: #888; }
    .grid { color: #444; }
    .blue { color: #76b0e8; }
    .red { color: #e8837f; }
    .green { color: #7fcf7f; }
    .amber { color: #e9bb62; }
    .ink { color: #ddd; }
  }
";

/// The text of a drawing.
pub(super) fn text(drawing: &Drawing) -> String {
    let Drawing { title, width, height, marks } = drawing;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n",
        escaped(title)
    );
    marks.iter().for_each(|mark| draw(&mut out, mark));
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, mark: &Mark) {
    // What is written to a string always arrives.
    let _ = match mark {
        Mark::Line { points, width, dashed, colour } => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect();
            let dashes = if *dashed { " stroke-dasharray=\"7 4\"" } else { "" };
            let (class, points) = (class(*colour), points.join(" "));
            writeln!(out, "<polyline class=\"{class}\" stroke-width=\"{width}\"{dashes} points=\"{points}\"/>")
        }
        Mark::Dot { at: (x, y), radius, colour, opacity } => writeln!(
            out,
            "<circle class=\"{}\"{} cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>",
            class(*colour),
            hiding(*opacity),
            short(*x),
            short(*y)
        ),
        Mark::Field { at: (x, y), size: (width, height), colour, opacity } => writeln!(
            out,
            "<rect class=\"{}\"{} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            class(*colour),
            hiding(*opacity),
            short(*x),
            short(*y),
            short(*width),
            short(*height)
        ),
        Mark::Text { at: (x, y), anchor, upwards, text } => {
            let (x, y) = (short(*x), short(*y));
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let turned = if *upwards { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
            writeln!(out, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\"{turned}>{}</text>", escaped(text))
        }
    };
}

fn hiding(opacity: f64) -> String {
    if opacity >= 1.0 { String::new() } else { format!(" opacity=\"{}\"", opacity.max(0.0)) }
}

fn class(colour: Colour) -> &'static str {
    match colour {
        Colour::Ink => "ink",
        Colour::Axis => "axis",
        Colour::Grid => "grid",
        Colour::Blue => "blue",
        Colour::Red => "red",
        Colour::Green => "green",
        Colour::Amber => "amber",
    }
}

/// A coordinate to a tenth of a pixel; nothing that is no number leaves the page.
fn short(number: f64) -> f64 {
    if number.is_finite() { (number * 10.0).round() / 10.0 } else { 0.0 }
}

fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_says_does_nothing_to_the_page() {
        let mut drawing = Drawing::new("a < b & \u{1b}[31m", 10, 10);
        drawing.text((1.0, f64::NAN), Anchor::Start, "</text><script>\"alert\"</script>");
        let (at, size) = ((0.0, 1.26), (1.0, 1.0));
        drawing.marks.push(Mark::Field { at, size, colour: Colour::Red, opacity: 0.5 });
        let text = text(&drawing);
        assert!(text.contains("<title>a &lt; b &amp; \u{fffd}[31m</title>"), "{text}");
        assert!(text.contains("y=\"0\" text-anchor=\"start\">&lt;/text&gt;&lt;script&gt;&quot;alert&quot;"), "{text}");
        assert!(text.contains("opacity=\"0.5\" x=\"0\" y=\"1.3\""), "{text}");
    }
}
