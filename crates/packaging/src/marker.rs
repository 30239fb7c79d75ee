//! Markers, and the one bound on what may become a marker or a requirement.
//!
//! The parser descends once per parenthesis, and a marker becomes a decision diagram, which can double with each turn between
//! `and` and `or`. It prints as a sum of products: one for each way through the diagram, of which a small diagram may have millions.
//! So texts are bounded before the parser sees them, and diagrams before anybody prints them.

use std::{ops::Bound, str::FromStr};

use uv_pep508::{MarkerTree, MarkerTreeKind};

use crate::requirement::RequirementError;

/// The longest requirement, in bytes; URLs with signatures are the longest that exist.
pub const LONGEST: usize = 16 << 10;
/// The deepest nesting of parentheses.
pub const DEEPEST: usize = 40;
/// The most `and`s and `or`s in one marker.
pub const MOST_COMPARISONS: usize = 400;
/// The most turns between `and` and `or` in one marker: the smaller number of the two words.
pub const MOST_TURNS: usize = 64;
/// The same where more than so many comparisons are by `in` or on `extra`, each of which is a variable of its own.
pub const MOST_FREE_TURNS: usize = 12;
/// The most comparisons in the normal form of a marker, before it is simplified; printing takes its square.
pub const MOST_IN_NORMAL_FORM: usize = 1_300;

/// There is more of something in a requirement or a marker than any real one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: more than {limit}")]
pub struct Excess {
    /// What there is too much of.
    pub what: &'static str,
    /// The bound.
    pub limit: usize,
}

/// Reads a marker (PEP 508) within the bounds of this module.
///
/// # Errors
/// When it is no marker, or costs more than any real one.
pub fn marker(text: &str) -> Result<MarkerTree, RequirementError> {
    bounded(text)?;
    let marker = MarkerTree::from_str(text).map_err(|error| RequirementError::Syntax(error.to_string()))?;
    printable(marker)?;
    Ok(marker)
}

/// Refuses what would make the parser deep or slow, by counting words: quoted ones count too, which no real marker minds.
pub(crate) fn bounded(text: &str) -> Result<(), Excess> {
    let within = |what, count: usize, limit| if count > limit { Err(Excess { what, limit }) } else { Ok(()) };
    within("bytes in one requirement", text.len(), LONGEST)?;
    within("nested parentheses in one requirement", depth(text), DEEPEST)?;
    let (mut ands, mut ors, mut free) = (0_usize, 0_usize, 0_usize);
    for word in text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
        match word {
            "and" => ands += 1,
            "or" => ors += 1,
            "in" | "extra" | "extras" | "dependency_groups" => free += 1,
            _ => {}
        }
    }
    within("comparisons in one marker", ands.saturating_add(ors), MOST_COMPARISONS)?;
    let most = if free > MOST_FREE_TURNS { MOST_FREE_TURNS } else { MOST_TURNS };
    within("turns between `and` and `or` in one marker", ands.min(ors), most)
}

fn depth(text: &str) -> usize {
    let depths = text.bytes().scan(0_usize, |depth, byte| {
        match byte {
            b'(' => *depth = depth.saturating_add(1),
            b')' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

/// Refuses what would take long to print, by walking the diagram as printing does.
pub(crate) fn printable(marker: MarkerTree) -> Result<(), Excess> {
    let mut walk = Walk { steps: 0, comparisons: 0 };
    if walk.through(marker, 0) {
        return Ok(());
    }
    Err(Excess { what: "comparisons in the normal form of one marker", limit: MOST_IN_NORMAL_FORM })
}

struct Walk {
    steps: usize,
    comparisons: usize,
}

impl Walk {
    /// Whether all ways below `marker`, which is `depth` comparisons down, stay within the bounds.
    fn through(&mut self, marker: MarkerTree, depth: usize) -> bool {
        self.steps += 1;
        if self.steps > MOST_IN_NORMAL_FORM * 4 {
            return false;
        }
        let deeper = depth + 1;
        match marker.kind() {
            MarkerTreeKind::False => true,
            MarkerTreeKind::True => {
                self.comparisons += depth;
                self.comparisons <= MOST_IN_NORMAL_FORM
            }
            MarkerTreeKind::Version(node) => {
                self.through_ranges(node.edges().map(|(range, below)| (open_ends(range.iter()), below)), depth)
            }
            MarkerTreeKind::String(node) => {
                self.through_ranges(node.children().map(|(range, below)| (open_ends(range.iter()), below)), depth)
            }
            MarkerTreeKind::In(node) => node.children().all(|(_, below)| self.through(below, deeper)),
            MarkerTreeKind::Contains(node) => node.children().all(|(_, below)| self.through(below, deeper)),
            MarkerTreeKind::List(node) => node.children().all(|(_, below)| self.through(below, deeper)),
            MarkerTreeKind::Extra(node) => node.children().all(|(_, below)| self.through(below, deeper)),
        }
    }
}

impl Walk {
    /// The same for the ranges of one variable. What leads to the same place is one way when it is open at both ends: it prints as
    /// `!=` for each value left out.
    fn through_ranges(&mut self, edges: impl Iterator<Item = (Range, MarkerTree)>, depth: usize) -> bool {
        let mut places: Vec<(MarkerTree, Range)> = Vec::new();
        for (range, below) in edges {
            match places.iter_mut().find(|(place, _)| *place == below) {
                Some((_, known)) => {
                    known.pieces += range.pieces;
                    known.below |= range.below;
                    known.above |= range.above;
                }
                None => places.push((below, range)),
            }
        }
        places.into_iter().all(|(below, range)| {
            if range.below && range.above {
                self.through(below, depth + range.pieces.saturating_sub(1))
            } else {
                (0..range.pieces).all(|_| self.through(below, depth + 1))
            }
        })
    }
}

/// Values of one variable: in how many pieces, and whether the outermost have no end.
struct Range {
    pieces: usize,
    below: bool,
    above: bool,
}

fn open_ends<V>(pieces: impl Iterator<Item = (Bound<V>, Bound<V>)>) -> Range {
    let mut range = Range { pieces: 0, below: false, above: false };
    for (low, high) in pieces {
        range.pieces += 1;
        range.below |= matches!(low, Bound::Unbounded);
        range.above |= matches!(high, Bound::Unbounded);
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a marker and prints it, as whoever keeps it will.
    fn told(text: &str) -> Result<(), String> {
        let marker = marker(text).map_err(|error| error.to_string())?;
        let _ = marker.try_to_string();
        Ok(())
    }

    fn joined(count: usize, outer: &str, term: impl Fn(usize) -> String) -> String {
        (0..count).map(term).collect::<Vec<_>>().join(outer)
    }

    #[test]
    fn markers_that_packages_have_are_read() {
        for text in [
            "extra == 'dev'",
            "python_version < '3.11' and (extra == 'dev' or extra == 'all')",
            "(os_name == 'nt' and python_version >= '3.8' and python_version < '4.0') or (sys_platform == 'darwin' and \
             platform_machine == 'arm64') or (platform_system == 'Linux' and platform_machine != 'aarch64')",
            &joined(45, " or ", |n| format!("extra == 'extra-{n}'")),
            &format!("python_version >= '3.9' and ({})", joined(40, " or ", |n| format!("extra == 'some-{n}'"))),
            &joined(60, " and ", |n| format!("python_full_version != '3.{n}.1'")),
            &joined(60, " or ", |n| format!("platform_machine == 'm{n}'")),
            &joined(20, " or ", |n| format!("(python_version == '3.{n}' and sys_platform == 's{n}')")),
            &joined(30, " or ", |n| format!("(platform_machine == 'm{n}' and sys_platform == 's{n}')")),
            &format!(
                "({}) and extra == 'dev'",
                joined(8, " or ", |n| format!("(os_name == 'a{n}' and python_version < '3.{n}')"))
            ),
        ] {
            assert_eq!(told(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn markers_made_to_cost_are_refused_before_they_cost() {
        for text in [
            "(".repeat(10_000),
            format!("{}os_name == 'a'{}", "(".repeat(41), ")".repeat(41)),
            joined(2, " ", |_| "x".repeat(LONGEST)),
            joined(402, " or ", |_| "os_name == 'a'".to_string()),
            joined(7, " or ", |n| format!("(extra == 'a{n}' and extra == 'b{n}')")),
            joined(9, " and ", |n| format!("(extra == 'c{n}' or extra == 'd{n}')")),
            joined(200, " and ", |n| format!("(extra == 'e{n}' or extra == 'f{n}')")),
            joined(13, " or ", |n| format!("('{n}' in os_name and extra == 'g{n}')")),
            joined(390, " or ", |n| format!("extra == 'h{n}'")),
            joined(6, " or ", |n| format!("({})", joined(30, " and ", |m| format!("extra == 'i{n}-{m}'")))),
            joined(64, " and ", |n| format!("('{n}' in os_name or '{n}' not in platform_release)")),
        ] {
            assert!(told(&text).is_err(), "{}", &text[..60]);
        }
    }

    #[test]
    fn requirements_keep_the_bounds_of_their_markers() {
        let deep = format!("flask ; {}os_name == 'a'{}", "(".repeat(10_000), ")".repeat(10_000));
        let wide = format!("flask ; {}", joined(60, " or ", |n| format!("extra == 'a{n}'")));
        for text in [deep, wide] {
            assert!(matches!(text.parse::<crate::Requirement>(), Err(RequirementError::Excess(_))), "{}", &text[..60]);
        }
    }
}
