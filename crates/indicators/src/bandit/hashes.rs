//! B324: hashes that can be broken, from `hashlib` and `crypt`.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
};

pub(super) static RULES: &[Rule] = &[rule("B324", "hashlib_insecure_functions", 327, Check::Call(weak))];

const WEAK: [&str; 4] = ["md4", "md5", "sha", "sha1"];
const WEAK_CRYPT: [&str; 3] = ["METHOD_CRYPT", "METHOD_MD5", "METHOD_BLOWFISH"];

fn weak(call: &Call<'_, '_>) -> Option<Hit> {
    if call.has_part("hashlib") {
        return hashlib(call);
    }
    if !call.has_part("crypt") {
        return None;
    }
    let method = match call.name {
        "crypt" => positional_or(call, 1, "salt"),
        "mksalt" => positional_or(call, 0, "method"),
        _ => return None,
    };
    let method = method.text().filter(|method| WEAK_CRYPT.contains(method))?;
    Some(Hit::new(Severity::Medium, Confidence::High, format!("Passwords hashed with {method} can be guessed")))
}

fn hashlib(call: &Call<'_, '_>) -> Option<Hit> {
    let name = match call.name {
        "new" => positional_or(call, 0, "name").text()?,
        name => name,
    };
    let for_security = call.keyword("usedforsecurity").is_none() || call.says("usedforsecurity", "True");
    let known = if call.name == "new" { name.to_lowercase() } else { name.to_owned() };
    (for_security && WEAK.contains(&known.as_str())).then(|| {
        let message =
            format!("{} can be broken; where that does not matter, say `usedforsecurity=False`", name.to_uppercase());
        Hit::new(Severity::High, Confidence::High, message)
    })
}

fn positional_or<'a>(call: &Call<'_, 'a>, position: usize, name: &str) -> Value<'a> {
    if call.arguments().len() > position { call.argument_value(position) } else { call.value(name) }
}
