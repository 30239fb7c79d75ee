//! Every expected stack, worked out once more by trying all stacks there are.
//!
//! Brute force over the rules of `tests/scenarios/README.md`, with nothing of the resolver in it. Stories that give literal
//! files are left out: what they declare is checked by `declared.rs`.

mod offers;
mod search;

use std::path::Path;

use scenarios::{Outcome, load_all};

#[test]
fn every_expected_stack_is_the_best_of_all() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (path, scenario) in load_all(&folder).expect("every story parses") {
        let expected = match scenario.outcome() {
            Outcome::Stack(stack) => Some(stack),
            Outcome::Impossible => None,
            Outcome::Error(_) => continue,
        };
        if !scenario.project.files.is_empty() {
            continue;
        }
        let found = search::best(&offers::Offers::of(&scenario));
        tried += 1;
        if found != expected {
            wrong.push(format!("{}:\n  expected {expected:?}\n  found    {found:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 120, "only {tried} stories were tried");
}
