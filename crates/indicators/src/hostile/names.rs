//! T201: names that somebody types by mistake, or takes for another.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::rule;
use crate::{
    contents::Contents,
    finding::{Confidence, Finding, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T201", "name_like_popular", Some(1007), Check::Contents(check));

/// The most downloaded packages; where the list is from stands in it.
static POPULAR: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    include_str!("popular.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
});

fn check(contents: &Contents, _: &[Finding]) -> Vec<(String, Hit)> {
    let Some((popular, how)) = resembled(&contents.name) else { return Vec::new() };
    let message = format!("`{}` is `{popular}` {how}: see that it is the one you mean", contents.name);
    vec![(String::new(), Hit::new(Severity::Low, Confidence::Medium, message).in_line(0))]
}

/// The popular package that a name may be taken for, and how.
pub(super) fn resembled(name: &str) -> Option<(&'static str, &'static str)> {
    let name = normal(name);
    if POPULAR.contains(name.as_str()) || name.len() < 4 {
        return None;
    }
    let mut best: Option<(&'static str, &'static str)> = None;
    for popular in POPULAR.iter().copied() {
        if let Some(how) = resembles(&name, popular)
            && best.is_none_or(|(before, _)| popular < before)
        {
            best = Some((popular, how));
        }
    }
    best
}

fn resembles(name: &str, popular: &str) -> Option<&'static str> {
    if popular.len().abs_diff(name.len()) > 4 || popular.len() < 4 {
        return None;
    }
    // The second of its name is what honest successors are called.
    if name.strip_suffix('2') == Some(popular) {
        return None;
    }
    let (bare, popular_bare) = (without_separators(name), without_separators(popular));
    if bare == popular_bare {
        return Some("with other separators");
    }
    if shape(&bare) == shape(&popular_bare) {
        return Some("with letters that look alike");
    }
    if popular.len() >= 5 && sorted_parts(name) == sorted_parts(popular) {
        return Some("with its parts in another order");
    }
    if popular.len() >= 5 && is_one_edit(name.as_bytes(), popular.as_bytes()) && !is_numbered(name, popular) {
        return Some("with one slip of a finger");
    }
    let affixed = ["3", "-py", "py", "-python", "python-", "py-", "-dev", "-lib"];
    let with = |affix: &&str| match affix.strip_suffix('-') {
        Some(_) => name.strip_prefix(*affix) == Some(popular),
        None => name.strip_suffix(*affix) == Some(popular),
    };
    affixed.iter().any(with).then_some("with something added")
}

fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['_', '.'], "-")
}

fn without_separators(name: &str) -> String {
    name.replace('-', "")
}

/// Letters that look alike are one.
fn shape(name: &str) -> String {
    name.replace("rn", "m").replace("vv", "w").replace(['1', 'i'], "l").replace('0', "o").replace('5', "s")
}

fn sorted_parts(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name.split('-').collect();
    parts.sort_unstable();
    parts
}

/// `types-x1` beside `types-x2` are versions of one name, not slips.
fn is_numbered(name: &str, popular: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (ours, theirs) = (bare(name), bare(popular));
    ours < name.len() && theirs < popular.len() && name.get(..ours) == popular.get(..theirs)
}

/// Whether one letter more, less or other, or two neighbours exchanged, is all that differs.
fn is_one_edit(one: &[u8], other: &[u8]) -> bool {
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(common..).unwrap_or_default(), other.get(common..).unwrap_or_default());
    match (one, other) {
        ([_, rest @ ..], [_, others @ ..]) if rest == others => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c && rest == others => true,
        ([_, rest @ ..], others) if rest == others => true,
        (rest, [_, others @ ..]) if rest == others => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_real_squatters_resemble_what_they_copied() {
        for (name, popular) in [
            ("requets", "requests"),
            ("reqeusts", "requests"),
            ("urlib3", "urllib3"),
            ("python3-dateutil", "python-dateutil"),
            ("jeIlyfish", "jellyfish"),
            ("beautifulsoup", "beautifulsoup4"),
            ("dateutil-python", "python-dateutil"),
            ("djang0", "django"),
            ("typingextensions", "typing-extensions"),
            ("colorama-py", "colorama"),
        ] {
            assert!(resembled(name).is_some(), "{name} is taken for {popular}");
        }
    }

    #[test]
    fn popular_names_and_others_of_their_own_resemble_nothing() {
        for name in ["requests", "Typing_Extensions", "thoth", "resolver", "flask-login", "my-company-billing", "x"] {
            assert_eq!(resembled(name), None, "{name}");
        }
    }

    #[test]
    fn the_list_is_sound() {
        assert!(POPULAR.len() >= 300);
        assert!(POPULAR.iter().all(|name| normal(name) == **name));
    }
}
