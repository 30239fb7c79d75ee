//! T208: archives inside of archives, which nobody sees who looks at the list of files.

use super::rule;
use crate::{
    finding::{Confidence, Severity},
    member::Member,
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T208", "archive_inside", Some(506), Check::Member(check));

/// What archives begin with, what they are called, and whether those who read archives for us look into them.
static MAGIC: [(&[u8], &str, bool); 7] = [
    (b"PK\x03\x04", "ZIP", true),
    (b"\x1f\x8b\x08", "gzip", true),
    (b"\x28\xb5\x2f\xfd", "Zstandard", true),
    (b"7z\xbc\xaf\x27\x1c", "7z", false),
    (b"Rar!\x1a\x07", "RAR", false),
    (b"\xfd7zXZ\x00", "xz", false),
    (b"BZh", "bzip2", false),
];

fn check(member: &Member<'_>) -> Vec<Hit> {
    let found = MAGIC.iter().find(|(magic, ..)| member.bytes.starts_with(magic));
    let hit = |kind: &str, read: bool| {
        let message = match read {
            true => format!("An archive or packed data ({kind}) is inside"),
            false => format!("An archive or packed data ({kind}) is inside, which is not looked into"),
        };
        Hit::new(Severity::Low, Confidence::High, message).in_line(0)
    };
    found.map(|(_, kind, read)| hit(kind, *read)).into_iter().collect()
}
