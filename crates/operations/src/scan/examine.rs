//! Looks into one archive or folder: its files by the rules, and itself by what is wrong with it.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek},
    path::Path,
    sync::LazyLock,
};

use indicators::{
    Analyser, Capabilities, Contents, Depth, Examined, Finding, Kind, Member, Report, Rule, Selection, Severity,
    artifact, inventory::Inventory, lines,
};
use packaging::{PackageName, Version};
use sources::members::{self, Bounds, Fault, Flaw};

use super::target;

/// What stands in a path between an archive and what is in it.
const IN_ARCHIVE: &str = "!/";

/// All rules: what is found is kept, and who asks again may want others.
static ANALYSER: LazyLock<Analyser> = LazyLock::new(|| Analyser::new(|_| true));

/// What is in the archive of a release, by all rules; of a release that is not known, without those that ask for its name.
pub(super) fn archive(
    source: impl Read + Seek,
    file: &str,
    release: Option<&(PackageName, Version)>,
) -> io::Result<Report> {
    let (name, version) = release.map(|(name, version)| (name.to_string(), version.to_string())).unwrap_or_default();
    let contents = Contents::new(&name, &version, kind_of(file));
    report(contents, |visit| members::archive(source, file, Bounds::default(), visit))
}

fn kind_of(file: &str) -> Kind {
    if file.ends_with(".whl") { Kind::Wheel } else { Kind::Sdist }
}

/// What is in a folder, by all rules.
pub(super) fn folder(path: &Path) -> io::Result<Report> {
    report(Contents::new("", "", Kind::Folder), |visit| members::folder(path, Bounds::default(), visit))
}

/// What a wheel carries and the source archive of the same release does not.
pub(super) fn beside(wheel: &Inventory, source: &Inventory) -> Vec<Finding> {
    ANALYSER.compare(wheel, source)
}

fn report(
    mut contents: Contents,
    read: impl FnOnce(&mut dyn FnMut(members::Member<'_>)) -> io::Result<Vec<Flaw>>,
) -> io::Result<Report> {
    let mut report = Report::default();
    let mut inside = Inside::default();
    let flaws = read(&mut |member| {
        // Of what is not whole the hash is not known, and what lies in archives in the archive is not of the release.
        if member.is_whole() {
            match member.path.split_once(IN_ARCHIVE) {
                None => contents.see(&Member { path: member.path, bytes: member.bytes }),
                Some((archive, path)) if contents.kind == Kind::Folder => inside.see(archive, path, member.bytes),
                Some(_) => {}
            }
        }
        report.add(examined(member));
    })?;
    report.inventory = contents.inventory();
    // Rules that are only heard by name do not speak to others either.
    let whole = ANALYSER.conclude(&contents, Selection::default().findings(&report));
    report.findings.extend(whole);
    report.findings.extend(inside.compared());
    report.findings.extend(flaws.iter().map(finding));
    Ok(report.sorted())
}

/// The releases that lie in a folder as archives, such as in `dist`.
#[derive(Default)]
struct Inside(BTreeMap<String, Option<Contents>>);

impl Inside {
    fn see(&mut self, archive: &str, path: &str, bytes: &[u8]) {
        let contents = self.0.entry(archive.to_string()).or_insert_with(|| {
            let (name, version) = target::release_of(Path::new(archive))?;
            Some(Contents::new(name.as_ref(), &version.to_string(), kind_of(archive)))
        });
        if let Some(contents) = contents.as_mut().filter(|_| !path.contains(IN_ARCHIVE)) {
            contents.see(&Member { path, bytes });
        }
    }

    /// What its wheels carry and the source archives beside them do not.
    fn compared(&self) -> Vec<Finding> {
        let releases = || self.0.iter().filter_map(|(archive, contents)| Some((archive, contents.as_ref()?)));
        let mut findings = Vec::new();
        for (archive, wheel) in releases() {
            let same = |source: &&Contents| (&source.name, &source.version) == (&wheel.name, &wheel.version);
            let mut sources = releases().map(|(_, contents)| contents).filter(|one| one.kind == Kind::Sdist);
            if let Some(source) = sources.find(same).filter(|_| wheel.kind == Kind::Wheel) {
                let told = beside(&wheel.inventory(), &source.inventory()).into_iter();
                findings.extend(told.map(|one| Finding { path: format!("{archive}{IN_ARCHIVE}{}", one.path), ..one }));
            }
        }
        findings
    }
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
        lines: lines::count(&file).map(|(language, _)| (language, lines::Lines { files: 1, ..Default::default() })),
        depth: Depth::Skipped,
    }
}

/// What is wrong with an archive, as a finding.
fn finding(flaw: &Flaw) -> Finding {
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
