//! B614: models that may name any class to be made.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[rule("B614", "pytorch_load", 502, Check::Call(load))];

fn load(call: &Call<'_, '_>) -> Option<Hit> {
    if !matches!(call.qualified, "torch.load" | "torch.serialization.load") || !call.view.imports.has("torch") {
        return None;
    }
    let message = "`torch.load` makes whatever objects the file names; `weights_only=True` does not";
    (!call.says("weights_only", "True")).then(|| Hit::new(Severity::Medium, Confidence::High, message))
}
