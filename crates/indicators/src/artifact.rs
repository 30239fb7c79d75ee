//! What the analysis says about a file that it could not look at as it should. Never treat such a file as clean.

use crate::{
    finding::{Confidence, Finding, Severity},
    rule::{Check, Family, Rule},
};

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

/// An archive, or a part of it, that cannot be read: what is in it is unknown.
pub static UNREADABLE: Rule = rule("A101", "archive_unreadable", None);
/// A path that leads out of the archive, or hides what it is.
pub static PATH: Rule = rule("A102", "path_leads_out", Some(22));
/// A link that leads out of the archive or folder, or a member behind one.
pub static LINK: Rule = rule("A103", "link_leads_out", Some(59));
/// A device, a pipe, or another thing that no package needs.
pub static SPECIAL: Rule = rule("A104", "special_member", None);
/// Two members with one path.
pub static TWICE: Rule = rule("A105", "member_twice", Some(436));
/// An archive that two readers may see differently.
pub static AMBIGUOUS: Rule = rule("A106", "archive_ambiguous", Some(436));
/// An encrypted member.
pub static ENCRYPTED: Rule = rule("A107", "member_encrypted", None);
/// A member that cannot be decompressed, or is not what its checksum says.
pub static DAMAGED: Rule = rule("A108", "member_damaged", Some(354));
/// An archive that decompresses to far more than is decent.
pub static BOMB: Rule = rule("A109", "archive_bomb", Some(409));
/// A part of an archive that was not looked at, because there is too much of it.
pub static UNREAD: Rule = rule("A110", "archive_too_large", Some(770));

/// All of them.
pub(crate) fn rules() -> [&'static Rule; 15] {
    [
        &UNPARSABLE,
        &DEEP,
        &LARGE,
        &MANY,
        &COSTLY,
        &UNREADABLE,
        &PATH,
        &LINK,
        &SPECIAL,
        &TWICE,
        &AMBIGUOUS,
        &ENCRYPTED,
        &DAMAGED,
        &BOMB,
        &UNREAD,
    ]
}

/// What whoever reads archives says about a file, or about the artifact as a whole where `path` is empty.
pub fn finding(rule: &'static Rule, path: &str, severity: Severity, message: String) -> Finding {
    Finding {
        path: path.to_string(),
        line: 0,
        end_line: 0,
        rule: rule.id.into(),
        name: rule.name.into(),
        cwe: rule.cwe,
        severity,
        confidence: Confidence::High,
        message: message.into(),
        excerpt: String::new(),
    }
}
