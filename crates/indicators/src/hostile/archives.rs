//! T208: archives inside of archives, where nobody looks.

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    member::Member,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T208", "archive_inside", Some(506), Check::Member(check));

static MAGIC: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "ZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
];

fn check(member: &Member<'_>) -> Vec<Hit> {
    let found = MAGIC.iter().find(|(magic, _)| member.bytes.starts_with(magic));
    let hit = |kind: &str| {
        let message = format!("An archive ({kind}) is inside; what it holds was not looked at");
        Hit::new(Severity::Low, Confidence::High, message).in_line(0)
    };
    found.map(|(_, kind)| hit(kind)).into_iter().collect()
}
