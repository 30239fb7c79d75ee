//! All rules there are.
//!
//! A new rule is a file with its [`Rule`], and a row in the list of its family.

use std::{fmt::Write as _, sync::LazyLock};

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use crate::{
    artifact, bandit, hostile,
    rule::{Check, Rule},
};

/// Goes up whenever the same rules would find something else, so that kept results are not taken for current ones. A test
/// over all fixtures, samples and tables notices when that is forgotten.
pub const REVISION: u32 = 7;

/// All rules, in the order of their ids within a family.
pub fn rules() -> &'static [&'static Rule] {
    static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
        let mut all: Vec<&'static Rule> = bandit::rules().collect();
        all.extend(hostile::rules());
        all.extend(artifact::rules());
        all
    });
    &ALL
}

/// The rule of that id or name.
pub fn find(id_or_name: &str) -> Option<&'static Rule> {
    static NAMED: LazyLock<FxHashMap<&'static str, &'static Rule>> =
        LazyLock::new(|| rules().iter().flat_map(|rule| [(rule.id, *rule), (rule.name, *rule)]).collect());
    NAMED.get(id_or_name).copied()
}

/// Names the state of all rules: results found under another one are out of date. 16 hexadecimal digits.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        hash.update(REVISION.to_string());
        for rule in rules() {
            hash.update(format!("\n{} {} {:?}", rule.id, rule.name, rule.cwe));
            if let Check::Calls(names) | Check::Imports(names) = &rule.check {
                hash.update(format!(" {names:?}"));
            }
        }
        hash.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        })
    });
    &VERSION
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_names_are_unique_and_found() {
        let words: BTreeSet<&str> = rules().iter().flat_map(|rule| [rule.id, rule.name]).collect();
        assert_eq!(words.len(), 2 * rules().len());
        assert_eq!(find("B602").map(|rule| rule.name), Some("subprocess_popen_with_shell_equals_true"));
        assert_eq!(find("subprocess_popen_with_shell_equals_true").map(|rule| rule.id), Some("B602"));
        assert!(find("b602").is_none());
    }

    #[test]
    fn the_version_is_sixteen_digits_and_stays() {
        assert_eq!(version().len(), 16);
        assert_eq!(version(), version());
    }
}
