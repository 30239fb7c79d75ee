//! Paths and links as archives write them: where they lead, and how they are shown.

use packaging::text::is_active;

/// The most characters of a path that are shown.
pub(super) const LONGEST: usize = 1_000;

/// What is wrong with a path, as a clause.
pub(super) fn fault(path: &str) -> Option<&'static str> {
    if plain(path).is_empty() {
        return Some("has no name");
    }
    if path.chars().any(is_active) {
        return Some("has characters in its path that do not show");
    }
    if is_absolute(path) {
        return Some("has an absolute path");
    }
    if path.split(['/', '\\']).any(|part| part == "..") {
        return Some("has a path that leads out of its folder");
    }
    (path.chars().nth(LONGEST).is_some()).then_some("has a path longer than any package needs")
}

/// A path without what does not change where it leads: `./` at its front, slashes at its end.
pub(super) fn plain(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    match path.trim_end_matches('/') {
        "." => "",
        plain => plain,
    }
}

/// The folders that a path goes through.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').take(100).filter_map(|(at, _)| path.get(..at)).filter(|folder| !folder.is_empty())
}

/// Whether a link at `path` to `target` leads out of the folder that all paths start from.
pub(super) fn leads_out(path: &str, target: &str) -> bool {
    if is_absolute(target) {
        return true;
    }
    let folders = plain(path).split('/').filter(|part| !matches!(*part, "" | ".")).count();
    let mut depth = folders.saturating_sub(1);
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

/// A path as it can be shown: cut, with nothing that moves the reader's eyes or terminal.
pub(super) fn shown(path: &str) -> String {
    path.chars().take(LONGEST).map(|letter| if is_active(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Whether it is absolute here or elsewhere.
fn is_absolute(path: &str) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    drive || path.starts_with(['/', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_is_seen_in_every_spelling() {
        for path in ["../a", "a/../../b", "a/..", "..\\a", "/etc/passwd", "\\a", "C:a", "c:\\a", "./../a"] {
            assert!(fault(path).is_some(), "{path}");
        }
        for path in ["a", "a/b.py", "./a", "a..b", "...", "a/..b/c", ".hidden", "aé/b"] {
            assert_eq!(fault(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_cannot_move_the_reader_s_eyes() {
        assert!(fault("a\u{202e}yp.exe").is_some() && fault("a\nb").is_some() && fault("a\0b").is_some());
        assert_eq!(shown("a\u{202e}\u{1b}[2Jb"), "a\u{fffd}\u{fffd}[2Jb");
        assert_eq!(shown(&"é".repeat(5_000)).chars().count(), LONGEST);
    }

    #[test]
    fn a_link_leads_out_where_it_goes_above_the_first_folder() {
        assert!(!leads_out("a/b/link", "../c") && !leads_out("link", "a/b") && !leads_out("a/link", ".."));
        assert!(leads_out("a/link", "../..") && leads_out("link", "..") && leads_out("a/b", "/etc/passwd"));
        assert!(leads_out("", "../a") && !leads_out("", "a/b"));
        assert!(leads_out("a/b/c", "x/../../../../y"));
    }

    #[test]
    fn a_path_goes_through_its_folders() {
        assert_eq!(folders("a/b/c.py").collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(folders("c.py").count(), 0);
        assert_eq!(plain("././a/b//"), "a/b");
    }
}
