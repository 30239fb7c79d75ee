//! B508, B509: SNMP in versions, or ways, that do not protect it.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::Value,
};

pub(super) static RULES: &[Rule] = &[
    rule("B508", "snmp_insecure_version", 319, Check::Call(version)),
    rule("B509", "snmp_weak_cryptography", 319, Check::Call(no_encryption)),
];

fn version(call: &Call<'_, '_>) -> Option<Hit> {
    let old = matches!(call.value("mpModel"), Value::Integer(Some(0 | 1)));
    (call.qualified == "pysnmp.hlapi.CommunityData" && old)
        .then(|| Hit::new(Severity::Medium, Confidence::High, "SNMP before version 3 is in clear text"))
}

fn no_encryption(call: &Call<'_, '_>) -> Option<Hit> {
    (call.qualified == "pysnmp.hlapi.UsmUserData" && call.arguments().len() < 3)
        .then(|| Hit::new(Severity::Medium, Confidence::High, "Without a key for privacy, SNMP is in clear text"))
}
