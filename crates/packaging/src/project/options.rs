//! Options about where files come from and which are acceptable.

use std::{collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Serialize};
use uv_normalize::InvalidNameError;

use crate::{Origin, PackageName};

/// Options about where files come from and which are acceptable; `None` and empty mean "not said here".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexOptions {
    /// `-i`, `--index-url`; may carry credentials.
    pub index_url: Option<(String, Origin)>,
    /// `--extra-index-url`, in order; may carry credentials.
    pub extra_index_urls: Vec<(String, Origin)>,
    /// `-f`, `--find-links`: URLs or folders, in order. A relative folder is looked for beside the origin's file first and
    /// in the working folder then, as pip does.
    pub find_links: Vec<(String, Origin)>,
    /// `--no-index`.
    pub no_index: bool,
    /// Indexes with a name (`[[tool.uv.index]]`, `[[source]]` of a `Pipfile`).
    pub named: Vec<NamedIndex>,
    /// Packages that may only come from one named index (`[tool.uv.sources]`, `index = "…"` in a `Pipfile`).
    pub pins: BTreeMap<PackageName, (String, Origin)>,
    /// `--no-binary`. Use [`Self::formats`] to judge a package: `--only-binary` may name an exception.
    pub no_binary: FormatControl,
    /// `--only-binary`. Use [`Self::formats`] to judge a package: `--no-binary` may name an exception.
    pub only_binary: FormatControl,
    /// `--prefer-binary`.
    pub prefer_binary: bool,
    /// `--pre`.
    pub pre: bool,
    /// `--require-hashes`.
    pub require_hashes: bool,
    /// `--trusted-host`, as `host` or `host:port`.
    pub trusted_hosts: Vec<String>,
}

/// An index with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedIndex {
    /// The name used by pins.
    pub name: String,
    /// Its URL; may carry credentials.
    pub url: String,
    /// Asked only for packages pinned to it (`explicit = true`).
    pub explicit: bool,
    /// Replaces the default index.
    pub default: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// `--no-binary` and `--only-binary` (pip's format control): `:all:`, `:none:` or names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatControl {
    /// `:all:` was given last (names are then exceptions no longer needed).
    pub all: bool,
    /// The packages named.
    pub packages: Vec<PackageName>,
}

/// The kinds of files that may be used for a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// Wheels may be used.
    pub wheels: bool,
    /// Source distributions may be used.
    pub sdists: bool,
}

impl FormatControl {
    /// Whether it covers `package`, the other option left aside.
    pub fn covers(&self, package: &PackageName) -> bool {
        self.all || self.packages.contains(package)
    }

    /// Applies one more value of this option: a name moves over from `other`, `:all:` clears it, `:none:` clears this one.
    fn apply(&mut self, other: &mut Self, value: &str) -> Result<(), InvalidNameError> {
        let mut parts: Vec<&str> = value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if let Some(last) = parts.iter().rposition(|part| *part == ":all:") {
            *other = Self::default();
            *self = Self { all: true, packages: Vec::new() };
            parts.drain(..=last);
            if !parts.contains(&":none:") {
                return Ok(());
            }
        }
        for part in parts {
            if part == ":none:" {
                *self = Self::default();
            } else {
                self.name(other, PackageName::from_str(part)?);
            }
        }
        Ok(())
    }

    fn name(&mut self, other: &mut Self, package: PackageName) {
        other.packages.retain(|named| *named != package);
        if !self.packages.contains(&package) {
            self.packages.push(package);
        }
    }

    /// Applies what a later file says.
    fn join(&mut self, other: &mut Self, later: Self) {
        if later.all {
            *other = Self::default();
            *self = Self { all: true, packages: Vec::new() };
        }
        for package in later.packages {
            self.name(other, package);
        }
    }
}

impl IndexOptions {
    /// Applies a value of `--no-binary` (`:all:`, `:none:`, names with commas between them) as pip does: what is said last
    /// wins, and takes the package out of `--only-binary`.
    pub fn apply_no_binary(&mut self, value: &str) -> Result<(), InvalidNameError> {
        self.no_binary.apply(&mut self.only_binary, value)
    }

    /// Applies a value of `--only-binary`; see [`Self::apply_no_binary`].
    pub fn apply_only_binary(&mut self, value: &str) -> Result<(), InvalidNameError> {
        self.only_binary.apply(&mut self.no_binary, value)
    }

    /// Which files of `package` may be used: a name says more than `:all:`.
    pub fn formats(&self, package: &PackageName) -> Formats {
        let (no, only) = (&self.no_binary, &self.only_binary);
        if only.packages.contains(package) {
            Formats { wheels: true, sdists: false }
        } else if no.packages.contains(package) {
            Formats { wheels: false, sdists: true }
        } else {
            Formats { wheels: !no.all || only.all, sdists: !only.all }
        }
    }

    /// Adds what a later file says: single values are replaced, lists grow.
    pub fn join(&mut self, later: Self) {
        self.index_url = later.index_url.or(self.index_url.take());
        extend(&mut self.extra_index_urls, later.extra_index_urls, |one, other| one.0 == other.0);
        extend(&mut self.find_links, later.find_links, |one, other| one.0 == other.0);
        extend(&mut self.named, later.named, |one, other| one.name == other.name && one.url == other.url);
        extend(&mut self.trusted_hosts, later.trusted_hosts, |one, other| one == other);
        self.pins.extend(later.pins);
        self.no_index |= later.no_index;
        self.prefer_binary |= later.prefer_binary;
        self.pre |= later.pre;
        self.require_hashes |= later.require_hashes;
        self.no_binary.join(&mut self.only_binary, later.no_binary);
        self.only_binary.join(&mut self.no_binary, later.only_binary);
    }
}

fn extend<T>(list: &mut Vec<T>, later: Vec<T>, same: impl Fn(&T, &T) -> bool) {
    for item in later {
        if !list.iter().any(|known| same(known, &item)) {
            list.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(options: &IndexOptions, package: &str) -> (bool, bool) {
        let formats = options.formats(&package.parse().unwrap());
        (formats.wheels, formats.sdists)
    }

    #[test]
    fn a_name_said_later_moves_to_the_other_option() {
        let mut options = IndexOptions::default();
        options.apply_no_binary("numpy,Sci_Py").unwrap();
        options.apply_only_binary("numpy").unwrap();
        assert_eq!(formats(&options, "numpy"), (true, false));
        assert_eq!(formats(&options, "sci-py"), (false, true));
        assert_eq!(formats(&options, "flask"), (true, true));
    }

    #[test]
    fn a_name_is_an_exception_from_all() {
        let mut options = IndexOptions::default();
        options.apply_only_binary(":all:").unwrap();
        options.apply_no_binary("psycopg2").unwrap();
        assert_eq!(formats(&options, "psycopg2"), (false, true));
        assert_eq!(formats(&options, "flask"), (true, false));
    }

    #[test]
    fn all_clears_the_other_option_and_none_clears_its_own() {
        let mut options = IndexOptions::default();
        options.apply_no_binary("a,b").unwrap();
        options.apply_only_binary("c,:all:,d").unwrap();
        assert_eq!(options.no_binary, FormatControl::default());
        assert_eq!(options.only_binary, FormatControl { all: true, packages: vec![] });
        options.apply_only_binary(":none:").unwrap();
        assert_eq!(options.only_binary, FormatControl::default());
        options.apply_only_binary(":all:,:none:,d").unwrap();
        assert_eq!(options.only_binary, FormatControl { all: false, packages: vec!["d".parse().unwrap()] });
    }

    #[test]
    fn a_later_file_wins_over_an_earlier_one() {
        let mut earlier = IndexOptions::default();
        earlier.apply_no_binary("a").unwrap();
        earlier.index_url = Some(("https://one.example/simple".into(), Origin::file("a.txt")));
        let mut later = IndexOptions::default();
        later.apply_only_binary("a").unwrap();
        later.index_url = Some(("https://two.example/simple".into(), Origin::file("b.txt")));
        earlier.join(later);
        assert_eq!(formats(&earlier, "a"), (true, false));
        assert_eq!(earlier.index_url.unwrap().0, "https://two.example/simple");
    }
}
