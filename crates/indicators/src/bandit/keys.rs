//! B505: keys that are too short.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
};

pub(super) static RULES: &[Rule] = &[rule("B505", "weak_cryptographic_key", 326, Check::Call(weak))];

/// Curves of elliptic keys that are shorter than 224 bits, with their bits.
const SHORT_CURVES: [(&str, i64); 3] = [("SECP192R1", 192), ("SECT163K1", 163), ("SECT163R2", 163)];

fn weak(call: &Call<'_, '_>) -> Option<Hit> {
    match call.qualified {
        "cryptography.hazmat.primitives.asymmetric.dsa.generate_private_key" => factored(call, "DSA", "key_size", 0),
        "cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key" => factored(call, "RSA", "key_size", 1),
        "cryptography.hazmat.primitives.asymmetric.ec.generate_private_key" => elliptic(call),
        "Crypto.PublicKey.DSA.generate" | "Cryptodome.PublicKey.DSA.generate" => factored(call, "DSA", "bits", 0),
        "Crypto.PublicKey.RSA.generate" | "Cryptodome.PublicKey.RSA.generate" => factored(call, "RSA", "bits", 0),
        _ => None,
    }
}

fn factored(call: &Call<'_, '_>, kind: &str, keyword: &str, position: usize) -> Option<Hit> {
    match call.value(keyword).or_nothing().or_else(|| call.argument_value(position).or_nothing())? {
        Value::Integer(Some(bits)) => judge(kind, bits, 1024, 2048),
        _ => None,
    }
}

fn elliptic(call: &Call<'_, '_>) -> Option<Hit> {
    let curve = call.value("curve").or_nothing().or_else(|| call.argument_value(0).or_nothing())?.text()?;
    let (_, bits) = SHORT_CURVES.iter().find(|(name, _)| *name == curve)?;
    judge("EC", *bits, 160, 224)
}

fn judge(kind: &str, bits: i64, broken: i64, weak: i64) -> Option<Hit> {
    let (severity, least) = match bits {
        _ if bits < broken => (Severity::High, broken),
        _ if bits < weak => (Severity::Medium, weak),
        _ => return None,
    };
    Some(Hit::new(severity, Confidence::High, format!("{kind} keys of less than {least} bits can be broken")))
}
