//! What a project's own code uses of libraries, and which symbols are meant by a pattern.
//!
//! Finding symbols in sources is left to `indicators`; what is asked is in [`asked`](crate::asked).

use std::collections::{BTreeMap, BTreeSet};

/// Symbols in use, by library: `tensorflow` has `tensorflow.keras.layers.Dense`. `tensorflow.keras.*` is all that is known of
/// `from tensorflow.keras import *`.
pub type LibraryUsage = BTreeMap<String, BTreeSet<String>>;

/// Whether a symbol that one of `patterns` means is in use; `None` when that cannot be told.
pub(crate) fn uses(usage: &LibraryUsage, library: &str, patterns: &[String]) -> Option<bool> {
    let used = usage.get(library).into_iter().flatten();
    let answers: Vec<Option<bool>> =
        used.flat_map(|symbol| patterns.iter().map(move |pattern| meets(pattern, symbol))).collect();
    match answers.contains(&Some(true)) {
        true => Some(true),
        false => (!answers.contains(&None)).then_some(false),
    }
}

/// Whether a pattern means a symbol in use, `None` when that cannot be told: `library.part` itself and what is in it, `library.*` all that begin so. Who takes in
/// all names of a module may use any of them.
pub fn meets(pattern: &str, symbol: &str) -> Option<bool> {
    let is_in = |name: &str| symbol.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let meant = pattern.strip_suffix('*').map_or_else(|| is_in(pattern), |prefix| symbol.starts_with(prefix));
    let may_be = || symbol.strip_suffix('*').is_some_and(|module| pattern.starts_with(module));
    if meant { Some(true) } else { (!may_be()).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_a_symbol_what_is_in_it_or_all_that_begin_so() {
        let table = [
            ("tf.keras.*", "tf.keras.Model", Some(true)),
            ("tf.keras.*", "tf.kerasx", Some(false)),
            ("http.server", "http.server.HTTPServer", Some(true)),
            ("http.server", "http.servers", Some(false)),
            ("tf.nn.relu", "tf.nn", Some(false)),
            ("tf.nn.relu", "tf.nn.*", None),
            ("tf.nn.*", "tf.nn.*", Some(true)),
            ("tf.nn.*", "tf.*", None),
            ("tf.nn.relu", "tf.keras.*", Some(false)),
        ];
        for (pattern, symbol, expected) in table {
            assert_eq!(meets(pattern, symbol), expected, "{pattern} {symbol}");
        }
    }

    #[test]
    fn what_is_certain_outweighs_what_may_be() {
        let usage = |symbols: &[&str]| -> LibraryUsage {
            BTreeMap::from([("tf".to_string(), symbols.iter().map(ToString::to_string).collect())])
        };
        let relu = ["tf.nn.relu".to_string()];
        assert_eq!(uses(&usage(&["tf.nn.*"]), "tf", &relu), None);
        assert_eq!(uses(&usage(&["tf.nn.*", "tf.nn.relu"]), "tf", &relu), Some(true));
        assert_eq!(uses(&usage(&["tf.abs"]), "tf", &relu), Some(false));
        assert_eq!(uses(&LibraryUsage::new(), "tf", &relu), Some(false));
    }
}
