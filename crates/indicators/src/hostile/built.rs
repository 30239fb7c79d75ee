//! T113: names of what runs code, put together so that nobody finds them.

use super::{acts::Act, rule, traits::Traits};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T113", "name_put_together", Some(506), Check::Module(check));

/// What nobody has a reason to put together.
static GUARDED: [&str; 30] = [
    "os",
    "subprocess",
    "socket",
    "builtins",
    "exec",
    "eval",
    "compile",
    "system",
    "popen",
    "Popen",
    "base64",
    "marshal",
    "zlib",
    "requests",
    "urllib",
    "urllib.request",
    "ctypes",
    "b64decode",
    "decompress",
    "loads",
    "check_output",
    "__import__",
    "urlopen",
    "winreg",
    "execv",
    "spawn",
    "startfile",
    "FunctionType",
    "getattr",
    "environ",
];

fn check(module: &Module<'_>) -> Vec<Hit> {
    let taken = module.flow().acts(&[Act::Import, Act::Attribute]);
    taken
        .filter(|event| event.traits.any(Traits::BUILT | Traits::DECODED))
        .filter_map(|event| {
            let name = event.text.split(' ').next().unwrap_or_default();
            let message = format!("`{name}` is put together from pieces, so that no search finds it");
            GUARDED.contains(&name).then(|| event.hit(Severity::High, Confidence::High, message))
        })
        .collect()
}
