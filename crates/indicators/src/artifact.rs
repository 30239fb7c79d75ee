//! What the analysis says about a file that it could not look at as it should. Never treat such a file as clean.

use crate::rule::{Check, Family, Rule};

const fn rule(id: &'static str, name: &'static str, cwe: Option<u16>) -> Rule {
    Rule { id, name, family: Family::Artifact, cwe, check: Check::Engine }
}

/// Python source that is none: another version of the language, another encoding, or no text at all.
pub static UNPARSABLE: Rule = rule("A001", "source_unparsable", None);
/// Source that nests more deeply than people write.
pub static DEEP: Rule = rule("A002", "source_nests_too_deeply", Some(674));
/// More source in one file than is looked at.
pub static LARGE: Rule = rule("A003", "source_too_large", Some(770));
/// More findings in one file than are kept.
pub static MANY: Rule = rule("A004", "findings_cut_off", None);
/// A rule gave up on source made to be expensive.
pub static COSTLY: Rule = rule("A005", "analysis_cut_short", Some(407));

/// All of them.
pub(crate) fn rules() -> [&'static Rule; 5] {
    [&UNPARSABLE, &DEEP, &LARGE, &MANY, &COSTLY]
}
