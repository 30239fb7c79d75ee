//! Looks into one archive or folder: its files by the rules, and itself by what is wrong with it.

use std::{
    io::{self, Read, Seek},
    path::Path,
    sync::LazyLock,
};

use indicators::{Analyser, Depth, Examined, Member, Report, Rule, Severity, artifact, lines};
use sources::members::{self, Bounds, Fault, Flaw};

/// All rules: what is found is kept, and who asks again may want others.
static ANALYSER: LazyLock<Analyser> = LazyLock::new(|| Analyser::new(|_| true));

/// What is in an archive, by all rules.
pub(super) fn archive(source: impl Read + Seek, name: &str) -> io::Result<Report> {
    report(|visit| members::archive(source, name, Bounds::default(), visit))
}

/// What is in a folder, by all rules.
pub(super) fn folder(path: &Path) -> io::Result<Report> {
    report(|visit| members::folder(path, Bounds::default(), visit))
}

fn report(read: impl FnOnce(&mut dyn FnMut(members::Member<'_>)) -> io::Result<Vec<Flaw>>) -> io::Result<Report> {
    let mut report = Report::default();
    let flaws = read(&mut |member| report.add(examined(member)))?;
    report.findings.extend(flaws.iter().map(finding));
    Ok(report.sorted())
}

fn examined(member: members::Member<'_>) -> Examined {
    let file = Member { path: member.path, bytes: member.bytes };
    let cut = !member.is_whole() && file.is_python();
    if !cut {
        return ANALYSER.examine(&file);
    }
    let message = format!("{} bytes of source were not looked at: no file of a package is that long", member.size);
    Examined {
        findings: vec![artifact::finding(&artifact::LARGE, member.path, Severity::Medium, message)],
        waived: 0,
        lines: lines::count(&file)
            .map(|(language, _)| (language.name, lines::Lines { files: 1, ..Default::default() })),
        depth: Depth::Skipped,
    }
}

/// What is wrong with an archive, as a finding.
fn finding(flaw: &Flaw) -> indicators::Finding {
    let (rule, severity) = weight(flaw.fault);
    let subject = if flaw.path.is_empty() { "The archive" } else { "It" };
    artifact::finding(rule, &flaw.path, severity, format!("{subject} {}", flaw.detail))
}

fn weight(fault: Fault) -> (&'static Rule, Severity) {
    match fault {
        Fault::Unreadable => (&artifact::UNREADABLE, Severity::Medium),
        Fault::Path => (&artifact::PATH, Severity::High),
        Fault::Link => (&artifact::LINK, Severity::Medium),
        Fault::Special => (&artifact::SPECIAL, Severity::Medium),
        Fault::Twice => (&artifact::TWICE, Severity::Low),
        Fault::Lying => (&artifact::AMBIGUOUS, Severity::High),
        Fault::Encrypted => (&artifact::ENCRYPTED, Severity::Medium),
        Fault::Damaged => (&artifact::DAMAGED, Severity::Medium),
        Fault::Bomb => (&artifact::BOMB, Severity::High),
        Fault::Unread => (&artifact::UNREAD, Severity::Medium),
    }
}
