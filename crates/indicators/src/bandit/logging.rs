//! B612: a logger that takes its configuration from the network.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULES: &[Rule] = &[rule("B612", "logging_config_insecure_listen", 94, Check::Call(listen))];

fn listen(call: &Call<'_, '_>) -> Option<Hit> {
    let message = "Whoever reaches this port can have code run; `verify` says whom to believe";
    (call.qualified == "logging.config.listen" && call.keyword("verify").is_none())
        .then(|| Hit::new(Severity::Medium, Confidence::High, message))
}
