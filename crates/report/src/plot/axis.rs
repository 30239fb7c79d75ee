//! Numbers along an edge.

/// The fewest steps an axis is divided into; there are at most two and a half times as many.
const STEPS: f64 = 3.0;

/// An axis between two numbers, drawn between two places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Axis {
    /// Equal steps for equal differences. An axis over nothing is as long as 1.
    pub(super) fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let is_some = low.is_finite() && high.is_finite() && high > low;
        let low = if low.is_finite() { low } else { 0.0 };
        Self { low, high: if is_some { high } else { low + 1.0 }, from, to, logarithmic: false }
    }

    /// Equal steps for equal ratios, from one power of ten to another.
    pub(super) fn logarithmic((low, high): (i32, i32), (from, to): (f64, f64)) -> Self {
        let high = high.max(low + 1);
        Self { low: f64::from(low), high: f64::from(high), from, to, logarithmic: true }
    }

    /// The place of a number; at the nearer end for one that is not between the ends.
    pub(super) fn place(&self, number: f64) -> f64 {
        let number = if self.logarithmic { number.max(f64::MIN_POSITIVE).log10() } else { number };
        let share = ((number - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Round numbers along it, with what to call them.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        if self.logarithmic {
            let powers = (self.low as i32..=self.high as i32).map(|power| (10_f64.powi(power), power));
            return powers.map(|(number, power)| (number, named(number, power))).collect();
        }
        let step = step(self.high - self.low);
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let first = (self.low / step).ceil() as i64;
        let all = (first..).map(|at| at as f64 * step).take_while(|number| *number <= self.high + step * 1e-9);
        // No axis has more than a few: what is beyond is an axis so far from zero that its steps are no longer told apart.
        all.take(20).map(|number| (number, grouped(number, decimals))).collect()
    }
}

/// The largest of 1, 2 and 5 with any number of noughts that divides a length at least [`STEPS`] times.
fn step(length: f64) -> f64 {
    let rough = length / STEPS;
    let power = 10_f64.powf(rough.log10().floor());
    [5.0, 2.0, 1.0].map(|times| times * power).into_iter().find(|step| *step <= rough).unwrap_or(power)
}

fn named(number: f64, power: i32) -> String {
    if (-3..=4).contains(&power) { grouped(number, (-power).max(0) as usize) } else { format!("1e{power}") }
}

/// A number with commas between thousands.
fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let (whole, part) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let sign = if text.contains(|digit: char| ('1'..='9').contains(&digit)) { sign } else { "" };
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: Axis) -> Vec<String> {
        axis.ticks().into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn ticks_are_round_numbers_within_the_axis() {
        let place = (0.0, 100.0);
        assert_eq!(names(Axis::linear((0.0, 23_456.0), place)), ["0", "5,000", "10,000", "15,000", "20,000"]);
        assert_eq!(names(Axis::linear((-0.31, 0.04), place)), ["-0.3", "-0.2", "-0.1", "0.0"]);
        assert_eq!(names(Axis::logarithmic((-5, -2), place)), ["1e-5", "1e-4", "0.001", "0.01"]);
        assert_eq!(names(Axis::linear((7.0, 7.0), place)).first().map(String::as_str), Some("7.0"));
        assert!(names(Axis::linear((f64::NAN, f64::INFINITY), place)).len() > 1);
        assert!(Axis::linear((1e300, 1.000_000_1e300), place).ticks().len() <= 20);
    }

    #[test]
    fn what_is_beyond_an_axis_is_at_its_end() {
        let axis = Axis::linear((0.0, 10.0), (200.0, 100.0));
        assert_eq!([-1.0, 0.0, 5.0, 10.0, 99.0].map(|number| axis.place(number)), [200.0, 200.0, 150.0, 100.0, 100.0]);
        let axis = Axis::logarithmic((0, 2), (0.0, 100.0));
        assert_eq!([0.0, 1.0, 10.0, 1e9].map(|number| axis.place(number)), [0.0, 0.0, 50.0, 100.0]);
    }
}
