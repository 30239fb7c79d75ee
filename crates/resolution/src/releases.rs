//! Several releases of one package, as few words as possible.

use packaging::Version;

/// Releases of one package that a fact is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Releases {
    /// Their versions, newest first.
    pub versions: Vec<Version>,
    /// The same as ranges, newest first: the oldest and the newest of releases between which there is no other one that
    /// the fact could be about.
    pub ranges: Vec<(Version, Version)>,
    /// Whether the fact could be about no other release of the package.
    pub all: bool,
}

impl Releases {
    /// Sums up some of the releases a fact could be about, which come newest first, each with whether it is one of them.
    pub fn among(all: impl IntoIterator<Item = (Version, bool)>) -> Self {
        let mut releases = Self { all: true, ..Self::default() };
        let mut open = false;
        for (version, among_them) in all {
            if among_them {
                match releases.ranges.last_mut() {
                    Some((oldest, _)) if open => *oldest = version.clone(),
                    _ => releases.ranges.push((version.clone(), version.clone())),
                }
                releases.versions.push(version);
            }
            open = among_them;
            releases.all &= among_them;
        }
        releases
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_without_another_in_between_are_one_range() {
        let among = |all: &[(&str, bool)]| {
            Releases::among(all.iter().map(|(text, among)| (text.parse().expect("a version"), *among)))
        };
        let told = |releases: &Releases| -> Vec<String> {
            releases.ranges.iter().map(|(oldest, newest)| format!("{oldest} to {newest}")).collect()
        };
        let some = among(&[("5", true), ("4", true), ("3", false), ("2", true), ("1", false)]);
        assert_eq!(told(&some), ["4 to 5", "2 to 2"]);
        assert!(!some.all && some.versions.len() == 3);
        let all = among(&[("2", true), ("1", true)]);
        assert_eq!(told(&all), ["1 to 2"]);
        assert!(all.all);
    }
}
