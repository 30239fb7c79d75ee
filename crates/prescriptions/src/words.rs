//! The nearest of a few known words.

/// The known word that was probably meant: at most two letters differ, and fewer than half of them.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = |candidate: &&str| distance(word, candidate) <= 2.min(candidate.len() / 2);
    known.iter().copied().filter(near).min_by_key(|candidate| distance(word, candidate))
}

/// Edits from one to the other (Levenshtein); words of more than 64 bytes are far from all.
fn distance(one: &str, other: &str) -> usize {
    if one.len() > 64 || other.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, byte) in one.bytes().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (cell, against) in row.iter_mut().skip(1).zip(other.bytes()) {
            let cost = (diagonal + usize::from(byte != against)).min(*cell + 1).min(left + 1);
            diagonal = std::mem::replace(cell, cost);
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised() {
        let known = ["name", "version", "index_url", "develop"];
        assert_eq!(nearest("verison", &known), Some("version"));
        assert_eq!(nearest("nam", &known), Some("name"));
        assert_eq!(nearest("conditions", &known), None);
        assert_eq!(nearest("", &known), None);
        assert_eq!(nearest(&"x".repeat(100), &known), None);
    }
}
