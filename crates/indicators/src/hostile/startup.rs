//! T102: what runs whenever Python starts: `.pth` files and the modules that customise a site.

use super::{
    acts::Act,
    flow::{Event, Flow},
    rule,
    traits::Traits,
};
use crate::{
    finding::{Confidence, Severity},
    member::Member,
    moment::{self, Moment},
    rule::{Check, Hit, Rule},
    work::Work,
};

pub(super) static RULE: Rule = rule("T102", "startup_hook", Some(506), Check::Member(check));

/// Lines of code in a `.pth` file that are looked at.
const MOST_LINES: usize = 1_000;
/// Nodes that are looked at in them.
const MOST_WORK: u64 = 1_000_000;

fn check(member: &Member<'_>) -> Vec<Hit> {
    if moment::customises_start(member.path) {
        let message = "Python runs this file whenever it starts, whatever is imported";
        return vec![Hit::new(Severity::Medium, Confidence::Medium, message).in_line(1)];
    }
    if member.extension() != Some("pth") {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(member.bytes);
    let work = Work::new(MOST_WORK);
    let code = moment::startup_lines(member, &text).take(MOST_LINES);
    code.map(|(number, line)| judge(line, &work).in_line(number)).collect()
}

fn judge(line: &str, work: &Work) -> Hit {
    let flow = Flow::of_text(line, Moment::Start, work);
    let acts = |event: &&Event| match event.act {
        Act::Process | Act::Fetch | Act::Send | Act::Connect | Act::Write => true,
        Act::Run => event.traits.any(Traits::DECODED | Traits::PACKED),
        _ => false,
    };
    match flow.events.iter().find(acts) {
        Some(event) => {
            let message = format!("Whenever Python starts, this line acts, with `{}`", event.name);
            Hit::new(Severity::High, Confidence::High, message)
        }
        None => Hit::new(Severity::Low, Confidence::Medium, "Whenever Python starts, this line runs"),
    }
}
