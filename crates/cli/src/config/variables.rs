//! `THOTH_*` variables as a level of the configuration, and what all tools share: certificates.

use packaging::Origin;

use super::{
    keys::{self, Key},
    layer::{Item, Layer},
    surroundings::Surroundings,
};

/// Variables that say where settings are, not what they are.
pub(super) const CONFIG_FILE: &str = "THOTH_CONFIG_FILE";
pub(super) const NO_CONFIG: &str = "THOTH_NO_CONFIG";
/// Read before anything else, by [`crate::run_process`].
pub(crate) const DIRECTORY: &str = "THOTH_DIRECTORY";

/// What `THOTH_*` variables say; unknown ones are noted.
pub(super) fn layer(around: &Surroundings, notes: &mut Vec<String>) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in &around.variables {
        let Some(word) = name.strip_prefix("THOTH_") else { continue };
        if value.is_empty() || [CONFIG_FILE, NO_CONFIG, DIRECTORY].contains(&name.as_str()) || is_credential(word) {
            continue;
        }
        let word = word.to_ascii_lowercase().replace('_', "-");
        match Key::named(&word) {
            Some(key) => layer.add_split(key, value, &Origin::file(name.as_str())),
            None => notes.push(unknown(name, &word)),
        }
    }
    layer
}

/// `THOTH_INDEX_<NAME>_USERNAME` and `_PASSWORD` belong to an index.
fn is_credential(word: &str) -> bool {
    word.strip_prefix("INDEX_").is_some_and(|rest| rest.ends_with("_USERNAME") || rest.ends_with("_PASSWORD"))
}

fn unknown(name: &str, word: &str) -> String {
    let near = keys::nearest(word, keys::words());
    let advice = near.map(|near| format!(" (did you mean THOTH_{}?)", near.to_ascii_uppercase().replace('-', "_")));
    format!("{name}: there is no such setting{}; ignored", advice.unwrap_or_default())
}

/// The variables by which OpenSSL, requests and curl name a file of certificates.
pub(super) fn shared(around: &Surroundings) -> Layer {
    let mut layer = Layer { foreign: true, ..Layer::default() };
    for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        if let Some(path) = around.variable(name) {
            layer.add(Key::Cert, Item::text(path, Origin::file(name)));
            break;
        }
    }
    layer
}
