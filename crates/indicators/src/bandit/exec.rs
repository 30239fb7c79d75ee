//! B102: `exec`.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[rule("B102", "exec_used", 78, Check::Call(used))];

fn used(call: &Call<'_, '_>) -> Option<Hit> {
    (call.qualified == "exec").then(|| Hit::new(Severity::Medium, Confidence::High, "`exec` runs its argument as code"))
}
