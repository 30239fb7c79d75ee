//! What is new in a release against another: for a terminal, and as JSON.

use indicators::{Difference, Evidence, Moment, inventory::Statement};
use serde::Serialize;

use super::{
    Scanned,
    json::{Named, Told, named, told},
    text::rows,
};
use crate::{
    clean::clean,
    json::written,
    text::{
        Style,
        page::{Line, Page, Tone},
    },
    words::{at, count, listed},
};

/// The version of the schema: goes up when something in it changes its meaning or goes away.
const SCHEMA: u32 = 1;
/// How many findings, and files of one kind, are told unless all are asked for.
const MOST: usize = 15;

/// A release beside another.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The one that it is compared with.
    pub before: Scanned,
    /// The one that was asked about.
    pub after: Scanned,
    /// What changed.
    pub difference: Difference,
    /// The exit code of the run: 0 nothing is new; 1 something is.
    pub exit_code: u8,
}

/// What is new, what it can do first; ends in a line end.
pub fn difference_text(compared: &Compared, style: &Style) -> String {
    let (mut page, difference) = (Page::new(style), &compared.difference);
    page.gap();
    page.put(
        0,
        &Line::new().then(Tone::Strong, name(&compared.after)).plain(" against ").plain(name(&compared.before)),
    );
    if !difference.gained.is_empty() {
        page.section(Tone::Bad, "New: what it can do");
        difference.gained.iter().for_each(|one| ability(&mut page, &one.evidence, one.known));
    }
    if !difference.findings.is_empty() {
        let most = if style.verbose { usize::MAX } else { MOST };
        page.section(Tone::Warning, "New: findings of rules in files where they found nothing");
        let table: Vec<_> = difference.findings.iter().take(most).flat_map(rows).collect();
        page.table(2, &table);
        if let Some(more) = difference.findings.len().checked_sub(most).filter(|more| *more > 0) {
            page.put(2, &Line::new().then(Tone::Faint, format!("and {more} more; -v shows all")));
        }
    }
    statements(&mut page, difference);
    if !difference.lost.is_empty() {
        page.section(Tone::Strong, "Gone: what it could do");
        difference.lost.iter().for_each(|one| {
            page.point(2, &Line::new().plain(format!("{}, {}", one.capability, when(one.moment))));
        });
    }
    files(&mut page, difference);
    doubts(&mut page, compared);
    page.gap();
    page.put(0, &closing(difference));
    page.finish()
}

fn name(scanned: &Scanned) -> String {
    match &scanned.release {
        Some((name, version)) => format!("{name} {version} ({})", clean(&scanned.file)),
        None => clean(&scanned.file),
    }
}

/// When something may happen, as a clause.
pub(crate) fn when(moment: Moment) -> &'static str {
    match moment {
        Moment::Later => "when it is called",
        Moment::Import => "when it is imported",
        Moment::Install => "when it is built or installed",
        Moment::Start => "whenever Python starts",
    }
}

/// Something that it can do, the place that says so, and below it the source.
fn ability(page: &mut Page<'_>, evidence: &Evidence, known: bool) {
    let place = at(&evidence.path, evidence.line);
    let tone = if known { Tone::Warning } else { Tone::Bad };
    let said = Line::new().then(tone, evidence.capability.to_string()).plain(format!(", {}", when(evidence.moment)));
    page.put(2, &said.then(Tone::Faint, if known { " (before: at other times)" } else { "" }));
    page.put(4, &Line::new().then(Tone::Strong, place).then(Tone::Faint, format!(" {}", clean(&evidence.excerpt))));
}

fn statements(page: &mut Page<'_>, difference: &Difference) {
    if difference.said.is_empty() && difference.unsaid.is_empty() {
        return;
    }
    page.section(Tone::Warning, "What it says of itself");
    let row = |tone: Tone, sign: &str, (about, value): &(Statement, String)| {
        vec![
            Line::new().then(tone, sign),
            Line::new().plain(about.to_string().replace(' ', "\u{a0}")),
            Line::new().plain(clean(value)),
        ]
    };
    let new = difference.said.iter().map(|one| row(Tone::Warning, "new", one));
    let lost = |about| about == Statement::Publisher && difference.lost_publisher().is_some();
    let gone =
        difference.unsaid.iter().map(|one| row(if lost(one.0) { Tone::Warning } else { Tone::Faint }, "gone", one));
    let table: Vec<_> = new.chain(gone).collect();
    page.table(2, &table);
}

fn files(page: &mut Page<'_>, difference: &Difference) {
    let moved: Vec<String> = difference.moved.iter().map(|(from, to)| format!("{from} to {to}")).collect();
    let kinds = [("added", &difference.added), ("removed", &difference.removed), ("moved", &moved)];
    if kinds.iter().all(|(_, paths)| paths.is_empty()) && difference.changed == 0 {
        return;
    }
    let most = if page.style.verbose { usize::MAX } else { MOST };
    page.section(Tone::Strong, "Files");
    for (what, paths) in kinds.into_iter().filter(|(_, paths)| !paths.is_empty()) {
        let paths: Vec<String> = paths.iter().map(|path| clean(path)).collect();
        let text = format!("{} {what}: {}", paths.len(), listed(&paths, most));
        page.point(2, &Line::new().plain(text));
    }
    if difference.changed > 0 {
        page.point(2, &Line::new().plain(format!("{} changed", difference.changed)));
    }
}

/// What is not known.
fn doubts(page: &mut Page<'_>, compared: &Compared) {
    let mut told = Vec::new();
    for scanned in [&compared.after, &compared.before] {
        if let Some(skipped) = usize::try_from(scanned.report.skipped).ok().filter(|skipped| *skipped > 0) {
            let files = count(skipped, "file");
            told.push(format!(
                "{files} of Python in {} could not be looked at: what is in there is unknown",
                name(scanned)
            ));
        }
    }
    if compared.difference.kinds {
        told.push("One is built and the other is not, so files may differ for that alone".to_string());
    }
    if let Some(why) = &compared.difference.publishers_unknown {
        told.push(format!("Whether both have the same publisher is unknown: {}", clean(why)));
    }
    if !told.is_empty() {
        page.section(Tone::Warning, "Not known");
        told.into_iter().for_each(|one| page.point(2, &Line::new().plain(one)));
    }
}

fn closing(difference: &Difference) -> Line {
    if !difference.is_notable() {
        return Line::new()
            .then(Tone::Good, "Nothing new: neither what it can do, nor findings, nor what it says of itself.");
    }
    let parts = [
        (difference.gained.len(), "thing that it can do", "things that it can do"),
        (difference.findings.len(), "finding", "findings"),
        (difference.said.len(), "statement about itself", "statements about itself"),
    ];
    let parts = parts.into_iter().filter(|(number, ..)| *number > 0);
    let parts: Vec<String> =
        parts.map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many })).collect();
    let mut told = Vec::new();
    if !parts.is_empty() {
        told.push(format!("New: {}.", listed(&parts, parts.len())));
    }
    if difference.lost_publisher().is_some() {
        told.push("Gone: its publisher; who uploaded it is not told.".to_string());
    }
    Line::new().plain(told.join(" "))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    exit_code: u8,
    after: Side<'a>,
    before: Side<'a>,
    #[serde(flatten)]
    contents: Contents<'a>,
}

/// What is new and what is gone.
#[derive(Serialize)]
struct Contents<'a> {
    capabilities_new: Vec<Ability>,
    capabilities_gone: Vec<Ability>,
    findings_new: Vec<Told<'a>>,
    statements_new: Vec<Said>,
    statements_gone: Vec<Said>,
    files: Files,
    /// One is built and the other is not.
    kinds_differ: bool,
    /// Why it is not known whether both have the same publisher.
    publishers_unknown: Option<String>,
}

#[derive(Serialize)]
struct Side<'a> {
    #[serde(flatten)]
    named: Named<'a>,
    python_files: u64,
    python_files_skipped: u64,
}

#[derive(Serialize)]
struct Ability {
    capability: indicators::Capability,
    moment: Moment,
    /// Whether the other release can do it, too, at another moment; null for what is gone.
    known: Option<bool>,
    path: String,
    line: u32,
    excerpt: String,
}

#[derive(Serialize)]
struct Said {
    about: Statement,
    value: String,
}

#[derive(Serialize)]
struct Files {
    added: Vec<String>,
    removed: Vec<String>,
    moved: Vec<Moved>,
    changed: usize,
}

#[derive(Serialize)]
struct Moved {
    from: String,
    to: String,
}

/// What is new, indented, ending in a line end.
pub fn difference_json(compared: &Compared) -> String {
    written(&Document {
        schema: SCHEMA,
        exit_code: compared.exit_code,
        after: side(&compared.after),
        before: side(&compared.before),
        contents: Contents::of(&compared.difference),
    })
}

/// What is new and what is gone, as a part of another document.
pub(crate) fn contents(difference: &Difference) -> serde_json::Value {
    // Structs of texts, numbers and lists always have a JSON form.
    serde_json::to_value(Contents::of(difference)).unwrap_or_default()
}

impl<'a> Contents<'a> {
    fn of(difference: &'a Difference) -> Self {
        let paths = |paths: &[String]| paths.iter().map(|path| clean(path)).collect();
        let said = |rows: &[(Statement, String)]| -> Vec<Said> {
            rows.iter().map(|(about, value)| Said { about: *about, value: clean(value) }).collect()
        };
        Self {
            capabilities_new: difference.gained.iter().map(|one| able(&one.evidence, Some(one.known))).collect(),
            capabilities_gone: difference.lost.iter().map(|one| able(one, None)).collect(),
            findings_new: difference.findings.iter().map(told).collect(),
            statements_new: said(&difference.said),
            statements_gone: said(&difference.unsaid),
            files: Files {
                added: paths(&difference.added),
                removed: paths(&difference.removed),
                moved: difference.moved.iter().map(|(from, to)| Moved { from: clean(from), to: clean(to) }).collect(),
                changed: difference.changed,
            },
            kinds_differ: difference.kinds,
            publishers_unknown: difference.publishers_unknown.as_deref().map(clean),
        }
    }
}

fn side(scanned: &Scanned) -> Side<'_> {
    Side { named: named(scanned), python_files: scanned.report.analysed, python_files_skipped: scanned.report.skipped }
}

fn able(evidence: &Evidence, known: Option<bool>) -> Ability {
    let (capability, moment, line) = (evidence.capability, evidence.moment, evidence.line);
    Ability { capability, moment, known, path: clean(&evidence.path), line, excerpt: clean(&evidence.excerpt) }
}
