//! What an attacker adds: rules of our own, told apart from Bandit's.
//!
//! A rule says *high severity, high confidence* only of a combination: what flows from where into what, run by itself or
//! sent to a stranger. A capability alone is a low finding, because honest packages have it, too. `# nosec` waves nothing
//! of this through: attackers can write comments. Each rule has a section in `docs/hostile-rules.md`.

mod acts;
mod address;
mod analysts;
mod archives;
mod backend;
mod binaries;
mod built;
mod carried;
mod channel;
mod clipboard;
mod command;
mod decoded;
mod destruction;
mod disguise;
mod downloaded;
mod dropped;
mod environment;
mod flow;
mod foreign;
mod hidden;
mod import;
mod injection;
mod install;
mod keys;
mod machine;
mod metadata;
mod mining;
mod names;
mod packed;
mod persistence;
mod recorded;
mod resolved;
mod sent;
mod shell;
mod signs;
mod soup;
mod spreading;
mod startup;
mod stores;
mod targets;
mod together;
mod traits;
mod unsourced;
mod versions;
mod watched;

use acts::Act;
use flow::Event;
pub(crate) use flow::Flow;
pub(crate) use together::weighs;
use traits::Traits;

use crate::{
    finding::{Confidence, Severity},
    rule::{Check, Family, Hit, Rule},
};

/// A rule of this family.
const fn rule(id: &'static str, name: &'static str, cwe: Option<u16>, check: Check) -> Rule {
    Rule { id, name, family: Family::Hostile, cwe, check }
}

/// All of them, in the order of their ids; the one that weighs the others comes last.
pub(crate) fn rules() -> [&'static Rule; 44] {
    [
        &install::RULE,
        &startup::RULE,
        &import::NETWORK,
        &backend::RULE,
        &import::PROGRAM,
        &carried::RULE,
        &decoded::RULE,
        &packed::RULE,
        &hidden::RULE,
        &built::RULE,
        &soup::RULE,
        &address::RULE,
        &environment::RULE,
        &stores::RULE,
        &metadata::RULE,
        &watched::RULE,
        &sent::RULE,
        &channel::RULE,
        &machine::RULE,
        &resolved::RULE,
        &keys::RULE,
        &shell::RULE,
        &downloaded::RULE,
        &command::RULE,
        &dropped::RULE,
        &injection::RULE,
        &persistence::RULE,
        &spreading::RULE,
        &clipboard::RULE,
        &analysts::RULE,
        &targets::RULE,
        &mining::RULE,
        &destruction::RULE,
        &names::RULE,
        &versions::RULE,
        &recorded::UNRECORDED,
        &recorded::DIFFERENT,
        &recorded::MISSING,
        &binaries::RULE,
        &disguise::RULE,
        &archives::RULE,
        &foreign::RULE,
        &unsourced::RULE,
        &together::RULE,
    ]
}

/// Rules that fire on more than one in a hundred of well-known releases, and so only speak to who asks for them.
pub(crate) const PEDANTIC: [&str; 4] = ["T105", "T111", "T123", "T208"];

impl Flow {
    /// Hits about the calls that do one of `acts` with one of `traits`: bad and sure as [`Event::graded`] says.
    fn carrying(
        &self,
        acts: &[Act],
        traits: Traits,
        otherwise: (Severity, Confidence),
        message: impl Fn(&Event) -> String,
    ) -> Vec<Hit> {
        let carriers = self.acts(acts).filter(|event| event.traits.any(traits));
        let hit = |event: &Event| {
            let (severity, confidence) = event.graded(otherwise);
            event.hit(severity, confidence, message(event))
        };
        carriers.map(hit).collect()
    }
}

impl Event {
    /// A hit about it.
    fn hit(
        &self,
        severity: Severity,
        confidence: Confidence,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Hit {
        let mut hit = Hit::new(severity, confidence, message);
        hit.place = self.place();
        hit
    }

    /// A hit about what by itself is not bad.
    fn low(&self, confidence: Confidence, message: impl Into<std::borrow::Cow<'static, str>>) -> Hit {
        self.hit(Severity::Low, confidence, message)
    }

    /// Bad and sure when it runs without anybody asking, or speaks to somebody who hides; else what is given.
    fn graded(&self, otherwise: (Severity, Confidence)) -> (Severity, Confidence) {
        if self.by_itself() || self.is_to_stranger() { (Severity::High, Confidence::High) } else { otherwise }
    }

    /// Whether it speaks to somebody who does not want to be found.
    fn is_to_stranger(&self) -> bool {
        self.traits.any(Traits::CHANNEL_TOKEN | Traits::ADDRESS | Traits::UNPACKED)
    }
}
