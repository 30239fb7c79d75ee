//! The run of a predictor: how good the stacks were that it found, and how warm it was.

use resolution::{certificate::Heuristic, predict::Point};

use super::{
    axis::Axis,
    drawing::{Anchor, Colour, Drawing},
};
use crate::words::count;

const SIZE: (u16, u16) = (880, 560);
/// Where the panels are.
const LEFT: f64 = 86.0;
const RIGHT: f64 = 720.0;
const SCORES: (f64, f64) = (30.0, 240.0);
const DISTANCES: (f64, f64) = (280.0, 500.0);
/// What is closer than this is no distance but what is lost in adding up.
const NOISE: f64 = 1e-13;
/// The most powers of ten told apart in distances.
const POWERS: i32 = 9;
/// How wide a line is, and how large a dot.
const LINE: f64 = 1.6;
const DOT: f64 = 1.3;
/// Of more stacks than this, some are left out: they would hide each other.
const MOST_DOTS: usize = 600;

/// Draws a run: above, the score of each stack found, of the best until then, and of the best there can be, by the exact
/// search; below, how far that is off, and the temperature, which is in the same unit, in powers of ten.
///
/// What is on the lowest line below has reached the bound.
pub fn walks(walked: &Heuristic) -> Drawing {
    let stacks = count(usize::try_from(walked.stacks).unwrap_or(usize::MAX), "stack");
    let title = format!("{}, seed {}: {stacks}", walked.predictor, walked.seed);
    let mut drawing = Drawing::new(title, SIZE.0, SIZE.1);
    let choices = Axis::linear((0.0, walked.iterations as f64), (LEFT, RIGHT));
    drawing.text((LEFT, 18.0), Anchor::Start, drawing.title.clone());
    scores(&mut drawing, walked, &choices);
    distances(&mut drawing, walked, &choices);
    for (choice, name) in choices.ticks() {
        drawing.text((choices.place(choice), DISTANCES.1 + 18.0), Anchor::Middle, name);
    }
    let seconds = walked.milliseconds as f64 / 1000.0;
    let middle = ((LEFT + RIGHT) / 2.0, f64::from(SIZE.1) - 16.0);
    drawing.text(middle, Anchor::Middle, format!("choices made ({seconds:.2} s)"));
    drawing
}

/// The scores as they are.
fn scores(drawing: &mut Drawing, walked: &Heuristic, choices: &Axis) {
    let seen = walked.history.iter().map(|point| point.score).chain([walked.score]);
    let lowest = seen.filter(|score| score.is_finite()).fold(walked.bound, f64::min);
    let highest = walked.bound + (walked.bound - lowest) * 0.04;
    let scores = Axis::linear((lowest, highest), (SCORES.1, SCORES.0));
    panel(drawing, SCORES, choices, &scores, "score");
    for point in shown(walked) {
        drawing.dot((choices.place(point.iteration as f64), scores.place(point.score)), DOT, Colour::Blue);
    }
    drawing.line(course(walked, choices, |best| scores.place(best)), LINE, Colour::Red);
    let bound = scores.place(walked.bound);
    drawing.dashes([(LEFT, bound), (RIGHT, bound)], LINE, Colour::Green);
    let mut below = SCORES.0 + 14.0;
    for (colour, what) in [
        (Colour::Blue, "a stack"),
        (Colour::Red, "the best"),
        (Colour::Green, "the bound"),
        (Colour::Amber, "temperature"),
    ] {
        drawing.line([(RIGHT + 16.0, below - 4.0), (RIGHT + 38.0, below - 4.0)], LINE * 2.0, colour);
        drawing.text((RIGHT + 46.0, below), Anchor::Start, what);
        below += 22.0;
    }
}

/// How far they are from the bound, and the temperature.
fn distances(drawing: &mut Drawing, walked: &Heuristic, choices: &Axis) {
    // A stack that is worse may score a little more than the best there is.
    let off = |score: f64| (walked.bound - score).abs();
    let of = |point: &Point| [off(point.score), off(point.best), point.temperature];
    let seen: Vec<f64> = walked.history.iter().flat_map(of).chain([off(walked.score)]).collect();
    let told = seen.iter().copied().filter(|distance| distance.is_finite() && *distance > NOISE);
    let (least, most) = told.fold((f64::MAX, 0.0_f64), |(least, most), one| (least.min(one), most.max(one)));
    // Where nothing is any distance off, the axis is that of scores, which are about one.
    let most = if most > 0.0 { most } else { 1.0 };
    let high = most.log10().ceil() as i32;
    let low = (least.min(most).log10().floor() as i32 - 1).max(high - POWERS).min(high - 1);
    let axis = Axis::logarithmic((low, high), (DISTANCES.1, DISTANCES.0));
    panel(drawing, DISTANCES, choices, &axis, "distance from the bound");
    let place = |distance: f64| axis.place(if distance > NOISE { distance } else { 0.0 });
    for point in shown(walked) {
        drawing.dot((choices.place(point.iteration as f64), place(off(point.score))), DOT, Colour::Blue);
    }
    let temperature =
        walked.history.iter().map(|point| (choices.place(point.iteration as f64), place(point.temperature)));
    drawing.line(temperature.collect::<Vec<_>>(), LINE, Colour::Amber);
    drawing.line(course(walked, choices, |best| place(off(best))), LINE, Colour::Red);
    drawing.text((RIGHT + 8.0, DISTANCES.1 + 4.0), Anchor::Start, "reached");
}

/// The moments of which the stack is drawn.
fn shown(walked: &Heuristic) -> impl Iterator<Item = &Point> {
    walked.history.iter().step_by(walked.history.len().div_ceil(MOST_DOTS).max(1))
}

/// The axes of a panel, with lines across it.
fn panel(drawing: &mut Drawing, (top, bottom): (f64, f64), across: &Axis, up: &Axis, what: &str) {
    for (choice, _) in across.ticks() {
        let x = across.place(choice);
        drawing.line([(x, top), (x, bottom)], 1.0, Colour::Grid);
    }
    let ticks = up.ticks();
    // Of many powers of ten, every other has a name, from the largest on; what is called nothing is reached.
    let every = ticks.len().div_ceil(8);
    for (place, (number, name)) in ticks.iter().rev().enumerate() {
        let y = up.place(*number);
        drawing.line([(LEFT, y), (RIGHT, y)], 1.0, Colour::Grid);
        if place % every == 0 {
            drawing.text((LEFT - 8.0, y + 4.0), Anchor::End, name.clone());
        }
    }
    drawing.line([(LEFT, top), (LEFT, bottom), (RIGHT, bottom)], 1.0, Colour::Axis);
    let middle = (16.0, (top + bottom) / 2.0);
    drawing.text_upwards(middle, Anchor::Middle, what);
}

/// The best stack until each moment, in steps, up to the end of the run.
fn course(walked: &Heuristic, choices: &Axis, place: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let mut course: Vec<(f64, f64)> = Vec::new();
    let moments = walked.history.iter().map(|point| (point.iteration, point.best));
    for (iteration, best) in moments.chain([(walked.iterations, walked.score)]) {
        let (x, y) = (choices.place(iteration as f64), place(best));
        match course.last().copied() {
            Some((_, before)) if before != y => course.extend([(x, before), (x, y)]),
            _ => course.push((x, y)),
        }
    }
    course
}

#[cfg(test)]
mod tests {
    use resolution::predict::{Kind, Size};

    use super::*;
    use crate::plot::Picture;

    fn run(history: Vec<Point>, score: f64, bound: f64) -> Heuristic {
        Heuristic {
            predictor: Kind::Annealing,
            seed: 7,
            stacks: history.len() as u64,
            iterations: history.last().map_or(0, |point| point.iteration),
            rejected: 0,
            learned: 0,
            first: None,
            exhausted: false,
            milliseconds: 1250,
            world: Size::default(),
            score,
            bound,
            history,
        }
    }

    fn point(iteration: u64, score: f64, best: f64, temperature: f64) -> Point {
        Point { iteration, score, best, temperature, share: 0.0 }
    }

    #[test]
    fn the_best_rises_to_the_bound() {
        let history = vec![
            point(10, -0.5, -0.5, 0.1),
            point(20, -0.75, -0.5, 0.05),
            point(30, -0.25, -0.25, 0.001),
            point(1000, -0.125, -0.125, 0.0001),
        ];
        let drawing = walks(&run(history, -0.125, -0.125));
        insta::assert_snapshot!(String::from_utf8(Picture::Svg.bytes(&drawing)).unwrap());
        assert!(Picture::Png.bytes(&drawing).len() > 5_000);
    }

    #[test]
    fn a_run_of_nothing_and_one_of_nonsense_can_be_drawn() {
        let nonsense = vec![point(0, f64::NAN, f64::NEG_INFINITY, f64::INFINITY), point(u64::MAX, 1e300, -1e300, -1.0)];
        for (history, score, bound) in [(Vec::new(), 0.0, 0.0), (nonsense, f64::NAN, 1e-300)] {
            let drawing = walks(&run(history, score, bound));
            for form in [Picture::Svg, Picture::Png] {
                assert!(!form.bytes(&drawing).is_empty());
            }
        }
    }
}
