//! Looks into one archive or folder: its files by the rules, and itself by what is wrong with it.

use std::{
    io::{self, Read, Seek},
    path::Path,
    sync::LazyLock,
};

use indicators::{
    Analyser, Capabilities, Contents, Depth, Examined, Kind, Member, Report, Rule, Selection, Severity, artifact, lines,
};
use packaging::{PackageName, Version};
use sources::members::{self, Bounds, Fault, Flaw};

/// All rules: what is found is kept, and who asks again may want others.
static ANALYSER: LazyLock<Analyser> = LazyLock::new(|| Analyser::new(|_| true));

/// What is in the archive of a release, by all rules; of a release that is not known, without those that ask for its name.
pub(super) fn archive(
    source: impl Read + Seek,
    file: &str,
    release: Option<&(PackageName, Version)>,
) -> io::Result<Report> {
    let kind = if file.ends_with(".whl") { Kind::Wheel } else { Kind::Sdist };
    let (name, version) = release.map(|(name, version)| (name.to_string(), version.to_string())).unwrap_or_default();
    let contents = Contents::new(&name, &version, kind);
    report(contents, |visit| members::archive(source, file, Bounds::default(), visit))
}

/// What is in a folder, by all rules.
pub(super) fn folder(path: &Path) -> io::Result<Report> {
    report(Contents::new("", "", Kind::Folder), |visit| members::folder(path, Bounds::default(), visit))
}

fn report(
    mut contents: Contents,
    read: impl FnOnce(&mut dyn FnMut(members::Member<'_>)) -> io::Result<Vec<Flaw>>,
) -> io::Result<Report> {
    let mut report = Report::default();
    let flaws = read(&mut |member| {
        // Of what is not whole the hash is not known, and what lies in archives in the archive is not of the release.
        if member.is_whole() && !member.path.contains("!/") {
            contents.see(&Member { path: member.path, bytes: member.bytes });
        }
        report.add(examined(member));
    })?;
    report.inventory = contents.inventory();
    // Rules that are only heard by name do not speak to others either.
    let usual = Selection::default().of(&report).findings;
    report.findings.extend(ANALYSER.conclude(&contents, &usual));
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
        capabilities: Capabilities::default(),
        lines: lines::count(&file)
            .map(|(language, _)| (language.name, lines::Lines { files: 1, ..Default::default() })),
        depth: Depth::Skipped,
    }
}

/// What is wrong with an archive, as a finding.
fn finding(flaw: &Flaw) -> indicators::Finding {
    let (rule, severity) = weight(flaw.fault);
    let subject = if flaw.path.is_empty() { "The file" } else { "It" };
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
