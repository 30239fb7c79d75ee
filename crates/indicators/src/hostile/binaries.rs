//! T206: programs and libraries for one machine, in what says that it is source for all.

use super::{carried, rule};
use crate::{
    contents::{Contents, Kind},
    finding::{Confidence, Finding, Severity},
    rule::{Check, Hit, Rule},
};

pub(super) static RULE: Rule = rule("T206", "binary_among_source", Some(506), Check::Contents(check));

/// SHA-256 of the programs that start scripts on Windows, as distlib, pip and setuptools have carried them for years.
static LAUNCHERS: [&str; 12] = [
    "32acc1bc543116cbe2cff10cb867772df2f254ff2634c870aef0b46c4b696fdb",
    "3471b6140eadc6412277dbbefe3fef8c345a0f1a59776086b80a3618c3a83e3b",
    "47872cc77f8e18cf642f868f23340a468e537e64521d9a3a416c8b84384d064b",
    "6b4195e640a85ac32eb6f9628822a622057df1e459df7c17a12f97aeabc9415b",
    "7a319ffaba23a017d7b1e18ba726ba6c54c53d6446db55f92af53c279894f8ad",
    "81a618f21cb87db9076134e70388b6e9cb7c2106739011b6a51772d22cae06b7",
    "85dae1e95d77845f2cb59bcac3d4afe74bbe4c91a9bcc5bf4a71cd43104dbe7c",
    "b9a7d08da880dfac8bcf548eba4b06fb59b6f09b17d33148a0f6618328926c61",
    "bbb3de5707629e6a60a0c238cd477b28f07f0066982fda953fa6fcec39073a4a",
    "c5dc9884a8f458371550e09bd396e5418bf375820a31b9899f6499bf391c7b2e",
    "e694f4743405c8b5926ff457db6fe7f1a12dec7c16a9c3864784d3f4e07ae097",
    "ebc4c06b7d95e74e315419ee7e88e1d0f71e9e9477538c00a93a9ff8c66a6cfc",
];

fn is_launcher(hash: &[u8; 32]) -> bool {
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    LAUNCHERS.contains(&hex.as_str())
}

fn check(contents: &Contents, findings: &[Finding]) -> Vec<(String, Hit)> {
    let expected = match contents.kind {
        Kind::Wheel => !contents.is_pure(),
        Kind::Sdist => false,
        Kind::Folder => true,
    };
    if expected {
        return Vec::new();
    }
    let runs = findings.iter().any(|finding| finding.rule == carried::RULE.id);
    let programs = contents.programs().filter(|(.., hash)| !is_launcher(hash));
    let found = programs.map(|(path, kind, _)| {
        let message = format!("A program or library ({kind}) for one kind of machine, where only source is expected");
        let hit = match runs {
            true => Hit::new(Severity::Medium, Confidence::Medium, message + "; one is run by itself"),
            false => Hit::new(Severity::Low, Confidence::High, message),
        };
        (path.to_owned(), hit.in_line(0))
    });
    found.collect()
}
