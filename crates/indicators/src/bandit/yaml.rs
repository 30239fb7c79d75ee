//! B506: YAML that may name any class to be made.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[rule("B506", "yaml_load", 20, Check::Call(load))];

const SAFE: [&str; 2] = ["SafeLoader", "CSafeLoader"];

fn load(call: &Call<'_, '_>) -> Option<Hit> {
    if call.name != "load" || !call.has_part("yaml") || !call.view.imports.has("yaml") {
        return None;
    }
    let loaders = [call.value("Loader").text(), call.argument_value(1).text()];
    let safe = loaders.into_iter().flatten().any(|loader| SAFE.contains(&loader));
    let message = "`yaml.load` makes whatever objects the text names; `yaml.safe_load` does not";
    (!safe).then(|| Hit::new(Severity::Medium, Confidence::High, message))
}
