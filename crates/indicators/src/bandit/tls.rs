//! B502, B503, B504: versions of SSL and TLS that can be broken.

use ruff_python_ast::{Expr, Stmt};

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
    view::View,
};

pub(super) static RULES: &[Rule] = &[
    rule("B502", "ssl_with_bad_version", 327, Check::Call(version)),
    rule("B503", "ssl_with_bad_defaults", 327, Check::Statement(default)),
    rule("B504", "ssl_with_no_version", 327, Check::Call(no_version)),
];

const BROKEN: [&str; 9] = [
    "PROTOCOL_SSLv2",
    "SSLv2_METHOD",
    "SSLv23_METHOD",
    "PROTOCOL_SSLv3",
    "PROTOCOL_TLSv1",
    "SSLv3_METHOD",
    "TLSv1_METHOD",
    "PROTOCOL_TLSv1_1",
    "TLSv1_1_METHOD",
];

const WRAP: &str = "ssl.wrap_socket";
const CONTEXT: &str = "pyOpenSSL.SSL.Context";

fn is_broken(call: &Call<'_, '_>, argument: &str) -> bool {
    call.value(argument).text().is_some_and(|version| BROKEN.contains(&version))
}

fn version(call: &Call<'_, '_>) -> Option<Hit> {
    let arguments: &[&str] = match call.qualified {
        WRAP => &["ssl_version"],
        CONTEXT => &["method"],
        _ => &["method", "ssl_version"],
    };
    if !arguments.iter().any(|argument| is_broken(call, argument)) {
        return None;
    }
    let (severity, confidence) = match call.qualified {
        WRAP | CONTEXT => (Severity::High, Confidence::High),
        _ => (Severity::Medium, Confidence::Medium),
    };
    let place = arguments.iter().find_map(|argument| call.keyword_value(argument));
    Some(Hit::new(severity, confidence, "This version of SSL or TLS can be broken").at_maybe(place))
}

fn default(statement: &Stmt, _: &View<'_, '_>) -> Option<Hit> {
    let Stmt::FunctionDef(function) = statement else { return None };
    if function.is_async {
        return None;
    }
    let parameters = function.parameters.posonlyargs.iter().chain(&function.parameters.args);
    let mut defaults = parameters.filter_map(|one| one.default.as_deref());
    let broken = defaults.any(|default| matches!(default, Expr::Attribute(one) if BROKEN.contains(&one.attr.as_str())));
    let message = "The version of SSL or TLS that this function takes by default can be broken";
    broken.then(|| Hit::new(Severity::Medium, Confidence::Medium, message))
}

fn no_version(call: &Call<'_, '_>) -> Option<Hit> {
    if call.qualified != WRAP || call.value("ssl_version") != Value::Computed {
        return None;
    }
    let message = "`ssl.wrap_socket` without a version also speaks versions that can be broken";
    Some(Hit::new(Severity::Low, Confidence::Medium, message).at_maybe(call.keyword_value("ssl_version")))
}
