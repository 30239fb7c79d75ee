//! Letters drawn with a pen: enough for labels, small enough to be read here.
//!
//! A letter is strokes apart by `|`, a stroke is points apart by blanks, and a point is a digit to the right and one down: 0 is
//! where capitals begin, 2 where small letters do, 6 the base line, 8 below it. One point alone is a dot.

/// What a step of a digit is, so that letters are as large as those of 13 pixels.
const STEP: f64 = 1.5;
/// From one letter to the next, in steps.
const GAP: f64 = 1.9;
/// How wide a blank is, in steps.
const BLANK: f64 = 1.6;
/// The base line, in steps from above.
const BASE: f64 = 6.0;

/// From `!` to `~`, as ASCII has them.
const LETTERS: [&str; 94] = [
    "00 04|06",
    "00 02|20 22",
    "10 16|30 36|02 42|04 44",
    "41 30 10 01 02 13 33 44 45 36 16 05|20 26",
    "40 06|00 10 11 01 00|35 45 46 36 35",
    "46 12 11 20 31 32 04 05 16 26 43",
    "00 02",
    "20 11 02 04 15 26",
    "00 11 22 24 15 06",
    "21 25|02 44|42 04",
    "04 44|22 26",
    "16 07",
    "04 24",
    "06",
    "40 06",
    "10 20 31 35 26 16 05 01 10",
    "01 10 16|06 26",
    "01 10 30 41 42 06 46",
    "00 40 22 32 43 45 36 16 05",
    "36 30 04 44",
    "40 00 02 32 43 45 36 06",
    "30 10 01 05 16 36 45 43 32 03",
    "00 40 16",
    "10 30 41 42 33 13 02 01 10|13 04 05 16 36 45 44 33",
    "43 13 02 01 10 30 41 45 36 16",
    "02|06",
    "02|16 07",
    "42 04 46",
    "03 43|05 45",
    "02 44 06",
    "01 10 30 41 42 23 24|26",
    "34 32 22 13 14 24 34 44 42 30 10 01 05 16 36",
    "06 20 46|14 34",
    "00 30 41 42 33 03|33 44 45 36 06 00",
    "41 30 10 01 05 16 36 45",
    "00 20 42 44 26 06 00",
    "40 00 06 46|03 33",
    "40 00 06|03 33",
    "41 30 10 01 05 16 36 45 43 23",
    "00 06|40 46|03 43",
    "00 20|10 16|06 26",
    "30 35 26 16 05",
    "00 06|40 03 46",
    "00 06 46",
    "06 00 23 40 46",
    "06 00 46 40",
    "10 30 41 45 36 16 05 01 10",
    "06 00 30 41 42 33 03",
    "10 30 41 45 36 16 05 01 10|24 46",
    "06 00 30 41 42 33 03|23 46",
    "41 30 10 01 02 13 33 44 45 36 16 05",
    "00 40|20 26",
    "00 05 16 36 45 40",
    "00 26 40",
    "00 16 22 36 40",
    "00 46|40 06",
    "00 23 40|23 26",
    "00 40 06 46",
    "20 00 06 26",
    "00 46",
    "00 20 26 06",
    "02 20 42",
    "07 47",
    "00 11",
    "12 32 43 46 16 05 14 44",
    "00 06 36 45 43 32 02",
    "43 32 12 03 05 16 36 45",
    "40 46 16 05 03 12 42",
    "04 44 43 32 12 03 05 16 36",
    "30 20 11 16|02 32",
    "42 12 03 05 16 46|42 47 38 18",
    "00 06|02 32 43 46",
    "02 06|00",
    "12 17 08|10",
    "00 06|32 04 36",
    "00 05 16",
    "06 02 12 23 26|23 32 43 46",
    "06 02 32 43 46",
    "12 32 43 45 36 16 05 03 12",
    "08 02 32 43 45 36 06",
    "48 42 12 03 05 16 46",
    "06 02|04 22 32",
    "42 12 03 14 34 45 36 06",
    "10 15 26 36|02 32",
    "02 05 16 46 42",
    "02 26 42",
    "02 16 23 36 42",
    "02 46|42 06",
    "02 26|42 26 08",
    "02 42 06 46",
    "20 11 12 03 14 15 26",
    "00 07",
    "00 11 12 23 14 15 06",
    "04 13 24 33",
];
/// What any other character looks like.
const OTHER: &str = "00 40 46 06 00";

fn letter(character: char) -> &'static str {
    let place = u32::from(character).checked_sub(u32::from('!')).map(|place| place as usize);
    place.and_then(|place| LETTERS.get(place)).copied().unwrap_or(OTHER)
}

/// The points of a stroke, in steps.
fn points(stroke: &str) -> impl Iterator<Item = (f64, f64)> {
    let digit = |byte: u8| f64::from(byte.saturating_sub(b'0'));
    stroke.split(' ').filter_map(move |point| match point.as_bytes() {
        [right, down] => Some((digit(*right), digit(*down))),
        _ => None,
    })
}

/// How far it is from one character to the next, in steps.
fn advance(character: char) -> f64 {
    if character == ' ' {
        return BLANK + GAP;
    }
    let widest = letter(character).split('|').flat_map(points).map(|(right, _)| right).fold(0.0, f64::max);
    widest + GAP
}

/// How wide a text is.
pub(super) fn width(text: &str) -> f64 {
    (text.chars().map(advance).sum::<f64>() - GAP).max(0.0) * STEP
}

/// Gives the strokes of a text one by one, each as points to the right of where the text begins and below its base line.
pub(super) fn strokes(text: &str, mut draw: impl FnMut(&[(f64, f64)])) {
    let mut at = 0.0;
    for character in text.chars() {
        if character != ' ' {
            for stroke in letter(character).split('|') {
                let placed = points(stroke).map(|(right, down)| ((at + right) * STEP, (down - BASE) * STEP));
                let mut placed: Vec<(f64, f64)> = placed.collect();
                if let [only] = placed[..] {
                    placed.push(only);
                }
                draw(&placed);
            }
        }
        at += advance(character);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_letter_can_be_drawn_and_told_from_the_others() {
        let alike: Vec<char> =
            ('!'..='~').filter(|one| ('!'..*one).any(|other| letter(*one) == letter(other))).collect();
        assert!(alike.is_empty(), "{alike:?}");
        for character in '!'..='~' {
            let strokes: Vec<&str> = letter(character).split('|').collect();
            for stroke in strokes {
                let words = stroke.split(' ').count();
                assert!(words > 0 && points(stroke).count() == words, "{character}: {stroke}");
                assert!(points(stroke).all(|(right, down)| right <= 4.0 && down <= 8.0), "{character}: {stroke}");
            }
        }
        let shown: BTreeSet<&str> = "é×\u{7f}\n".chars().map(letter).collect();
        assert_eq!(shown, BTreeSet::from([OTHER]));
    }

    #[test]
    fn a_text_is_as_wide_as_its_strokes() {
        for text in ["", " ", "i", "Best of 1,024 stacks", "~"] {
            let mut right = 0.0_f64;
            strokes(text, |stroke| stroke.iter().for_each(|(x, _)| right = right.max(*x)));
            assert!(width(text) >= right && width(text) - right < 4.0, "{text}: {} {right}", width(text));
        }
    }
}
