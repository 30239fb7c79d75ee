//! B113, B501: requests that may wait forever, or trust anybody.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
};

pub(super) static RULES: &[Rule] = &[
    rule("B113", "request_without_timeout", 400, Check::Call(timeout)),
    rule("B501", "request_with_no_cert_validation", 295, Check::Call(certificate)),
];

const VERBS: [&str; 7] = ["get", "options", "head", "post", "put", "patch", "delete"];
const HTTPX: [&str; 4] = ["request", "stream", "Client", "AsyncClient"];

fn is_requests(call: &Call<'_, '_>) -> bool {
    call.root() == "requests" && VERBS.contains(&call.name)
}

fn is_httpx(call: &Call<'_, '_>) -> bool {
    call.root() == "httpx" && (VERBS.contains(&call.name) || HTTPX.contains(&call.name))
}

fn timeout(call: &Call<'_, '_>) -> Option<Hit> {
    let hit = |message| Some(Hit::new(Severity::Medium, Confidence::Low, message));
    match call.value("timeout") {
        Value::Computed if is_requests(call) => hit("Without a timeout, this may wait forever"),
        Value::Text("None") if is_requests(call) || is_httpx(call) => hit("With no timeout, this may wait forever"),
        _ => None,
    }
}

fn certificate(call: &Call<'_, '_>) -> Option<Hit> {
    if !(is_requests(call) || is_httpx(call)) || !call.says("verify", "False") {
        return None;
    }
    let message = "With `verify=False`, nobody checks who answers";
    Some(Hit::new(Severity::High, Confidence::High, message).at_maybe(call.keyword_value("verify")))
}
