//! T106: a program or library of the release's own, started or loaded without anybody asking.

use super::{acts::Act, flow::Event, rule};
use crate::{
    finding::Confidence,
    module::Module,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T106", "own_binary_run", Some(506), Check::Module(check));

/// Endings of programs and libraries.
static BINARY: [&str; 8] = [".exe", ".dll", ".so", ".dylib", ".pyd", ".scr", ".bin", ".elf"];

fn check(module: &Module<'_>) -> Vec<Hit> {
    let events = module.flow().acts(&[Act::Load, Act::Process]);
    let own = events.filter(|event| event.by_itself() && names_own_binary(event));
    own.map(|event| {
        let message = format!("`{}` runs a program or library of this release, by itself", event.name);
        event.low(Confidence::Medium, message)
    })
    .collect()
}

/// Whether it is about a file in a folder that is only known when it runs, such as that of the module.
fn names_own_binary(event: &Event) -> bool {
    let file = event.text.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    let own = match file.rsplit_once('/') {
        Some((folder, _)) => folder.is_empty() || folder.starts_with('\u{2026}'),
        None => false,
    };
    own && BINARY.iter().any(|ending| file.ends_with(ending))
}
