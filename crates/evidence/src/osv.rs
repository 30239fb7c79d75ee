//! Reads OSV records (schema 1.0 to 1.7) from JSON, and from YAML as the PyPA advisory database keeps them.
//!
//! What is about another ecosystem is left out quietly, what is broken is left out loudly. Where leaving something out could
//! make an affected version look clean, the wider reading is taken instead: an unreadable range, an unknown type of range
//! and an entry without any versions count as every version. Which records are one vulnerability is decided in
//! [`crate::join`].

use std::{fmt, str::FromStr};

use packaging::PackageName;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    affected::{Affected, Until},
    range::{Events, stretches},
    raw::{RawAffected, RawPackage, RawRange, RawRecord, RawSeverity, RawSpecific},
    salvage,
    severity::{Rating, Score},
    text::{first_line, is_identifier, microseconds, one_line},
    versions::AnyVersion,
    yaml,
};

/// The most bytes a file of records may have.
const MAX_FILE: usize = 64 << 20;
/// The most bytes one record may have; the longest known are below 200 KiB.
const MAX_RECORD: usize = 4 << 20;
/// The most records in one file.
const MAX_RECORDS: usize = 1_000_000;
/// The most stretches of versions of one entry; what has more counts as every version.
const MAX_RANGES: usize = 1_000;
/// The most complaints kept about one record.
const MAX_COMPLAINTS: usize = 20;
/// The most characters of a summary.
const MAX_SUMMARY: usize = 200;

/// What a file of records gave.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The records that could be used.
    pub records: Vec<Record>,
    /// The records that could not, each with its place and reason.
    pub rejected: Vec<RecordError>,
}

/// One advisory as one database publishes it, as far as PyPI is concerned, in a canonical form: the order in which the
/// file gave ranges, events, versions and aliases does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its identifier (`PYSEC-2023-73`, `GHSA-…`, `CVE-…`, `MAL-…`).
    pub id: String,
    /// Other identifiers of the same vulnerability. What is only `related` or `upstream` is not among them.
    pub aliases: Vec<String>,
    /// When it was last changed, in microseconds since the Unix epoch.
    pub modified: Option<i64>,
    /// When it was published, in microseconds since the Unix epoch.
    pub published: Option<i64>,
    /// When it was retracted, in microseconds since the Unix epoch.
    pub withdrawn: Option<i64>,
    /// One line: the summary, or the first line of the details.
    pub summary: String,
    /// The advisory page that the record refers to, if it does.
    pub link: Option<String>,
    /// The scores it gives for all it affects.
    pub scores: Vec<Score>,
    /// The word its database uses for its severity.
    pub label: Option<Rating>,
    /// The packages of PyPI that it affects; none when it is about something else.
    pub affected: Vec<RecordAffected>,
    /// What could not be understood of it, as sentences; the rest is used.
    #[serde(skip)]
    pub complaints: Vec<String>,
}

/// What a record says of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordAffected {
    /// The package.
    pub package: PackageName,
    /// Its affected versions.
    pub affected: Affected,
    /// Scores for this package only.
    pub scores: Vec<Score>,
}

/// Why a file or a record in it cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the advisory {file}{}: {reason}", .place.map(|place| format!(":{place}")).unwrap_or_default())]
pub struct RecordError {
    /// The file, as the caller names it.
    pub file: String,
    /// Where in the file.
    pub place: Option<Place>,
    /// What is wrong there.
    pub reason: String,
}

/// A place in a text file, both numbers from 1. Displays as `line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in bytes.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Reads the records of one file: one in YAML (by the file's name), or in JSON one, a list of them, or an answer of
/// OSV's API (`{"vulns": […]}`).
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, RecordError> {
    let file = File { name };
    if bytes.len() > MAX_FILE {
        return Err(file.error(None, &format!("it has {} bytes; at most {MAX_FILE} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        file.error(Some(place_after(before)), "it is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lower = name.to_ascii_lowercase();
    let is_yaml = lower.ends_with(".yaml") || lower.ends_with(".yml");
    if is_yaml || (!lower.ends_with(".json") && !text.trim_start().starts_with(['{', '['])) {
        file.yaml(text)
    } else {
        file.json(text)
    }
}

/// The file being read; what its errors name.
struct File<'a> {
    name: &'a str,
}

/// What JSON may hold around records.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    vulns: Option<Pieces<'a>>,
}

/// The unread members of a list.
struct Pieces<'a>(Vec<&'a RawValue>);

impl File<'_> {
    fn error(&self, place: Option<Place>, reason: &str) -> RecordError {
        RecordError { file: one_line(self.name, 400), place, reason: one_line(reason, 400) }
    }

    fn yaml(&self, text: &str) -> Result<Parsed, RecordError> {
        if text.len() > MAX_RECORD {
            return Err(self.error(None, &format!("it has {} bytes; a record has at most {MAX_RECORD}", text.len())));
        }
        let wrong = |error: &serde_yaml_ng::Error| {
            let place = error.location().map(|place| Place { line: place.line(), column: place.column() });
            self.error(place, &error.to_string())
        };
        yaml::check_expansion(text).map_err(|error| wrong(&error))?;
        let mut complaints = Vec::new();
        let raw = match serde_yaml_ng::from_str::<RawRecord>(text) {
            Ok(raw) => raw,
            Err(error) => {
                let value: serde_json::Value = serde_yaml_ng::from_str(text).map_err(|_| wrong(&error))?;
                let raw = salvage::record(&value, &mut complaints).ok_or_else(|| wrong(&error))?;
                complaints.push(format!("it does not follow the OSV schema: {error}"));
                raw
            }
        };
        let record = finish(raw, complaints).map_err(|reason| self.error(None, &reason))?;
        Ok(Parsed { records: vec![record], rejected: Vec::new() })
    }

    fn json(&self, text: &str) -> Result<Parsed, RecordError> {
        let wrong = |error: &serde_json::Error| {
            let place = Some(Place { line: error.line(), column: error.column() }).filter(|place| place.line > 0);
            self.error(place, &error.to_string())
        };
        let pieces = if text.trim_start().starts_with('[') {
            serde_json::from_str::<Pieces<'_>>(text).map_err(|error| wrong(&error))?.0
        } else if text.contains("\"vulns\"") || text.trim_end().len() <= 2 {
            let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| wrong(&error))?;
            match envelope.vulns {
                Some(pieces) => pieces.0,
                None if text.trim_end().len() <= 2 => Vec::new(),
                None => vec![serde_json::from_str(text).map_err(|error| wrong(&error))?],
            }
        } else {
            vec![serde_json::from_str(text).map_err(|error| wrong(&error))?]
        };
        let mut parsed = Parsed::default();
        for piece in pieces {
            let offset = (piece.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            let start = || place_after(text.as_bytes().get(..offset).unwrap_or_default());
            match one_json(piece.get()) {
                Ok(record) => parsed.records.push(record),
                Err((within, reason)) => parsed.rejected.push(self.error(Some(start().then(within)), &reason)),
            }
        }
        Ok(parsed)
    }
}

fn one_json(text: &str) -> Result<Record, (Option<Place>, String)> {
    if text.len() > MAX_RECORD {
        return Err((None, format!("it has {} bytes; a record has at most {MAX_RECORD}", text.len())));
    }
    let mut complaints = Vec::new();
    let raw = match serde_json::from_str::<RawRecord>(text) {
        Ok(raw) => raw,
        Err(error) => {
            let wrong = || (Some(Place { line: error.line(), column: error.column() }), error.to_string());
            let value: serde_json::Value = serde_json::from_str(text).map_err(|_| wrong())?;
            let raw = salvage::record(&value, &mut complaints).ok_or_else(wrong)?;
            complaints.push(format!("it does not follow the OSV schema: {error}"));
            raw
        }
    };
    finish(raw, complaints).map_err(|reason| (None, reason))
}

impl Place {
    /// The place of something found `within` a text that starts here.
    fn then(self, within: Option<Self>) -> Self {
        match within {
            None => self,
            Some(within) if within.line <= 1 => {
                Self { line: self.line, column: self.column + within.column.saturating_sub(1) }
            }
            Some(within) => Self { line: self.line + within.line - 1, column: within.column },
        }
    }
}

fn place_after(before: &[u8]) -> Place {
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    Place { line, column }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pieces<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bounded;
        impl<'de> Visitor<'de> for Bounded {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of records")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut pieces = Vec::new();
                while let Some(piece) = list.next_element()? {
                    if pieces.len() >= MAX_RECORDS {
                        return Err(A::Error::custom(format!("more than {MAX_RECORDS} records in one file")));
                    }
                    pieces.push(piece);
                }
                Ok(pieces)
            }
        }
        deserializer.deserialize_seq(Bounded).map(Self)
    }
}

/// Turns the written shape into a record; an error is the reason why nothing of it can be used.
fn finish(raw: RawRecord, mut complaints: Vec<String>) -> Result<Record, String> {
    let id = raw.id.as_deref().map(str::trim).filter(|id| !id.is_empty()).ok_or("it has no `id`")?.to_string();
    if !is_identifier(&id) {
        return Err(format!("`{id}` is not the identifier of an advisory"));
    }
    let mut affected: Vec<RecordAffected> = Vec::new();
    for (at, entry) in raw.affected.unwrap_or_default().into_iter().enumerate() {
        let package = match about(entry.package.as_ref()) {
            About::Package(package) => package,
            About::Elsewhere => continue,
            About::Broken(what) => {
                complaints.push(format!("affected[{at}] is matched to no package: {what}"));
                continue;
            }
        };
        let scores = scores(entry.severity.as_deref().unwrap_or_default(), &id, &mut complaints);
        let versions = versions(entry, &package, &mut complaints);
        match affected.iter_mut().find(|known| known.package == package) {
            Some(known) => {
                known.affected.unite(&versions);
                known.scores.extend(scores);
            }
            None => affected.push(RecordAffected { package, affected: versions, scores }),
        }
    }
    for entry in &mut affected {
        entry.affected.tidy(false);
        entry.scores.sort();
        entry.scores.dedup();
    }
    affected.sort_by(|one, two| one.package.cmp(&two.package));

    let mut aliases = Vec::new();
    for alias in raw.aliases.unwrap_or_default().into_iter().flatten() {
        let bare = alias.trim().trim_matches(|end: char| !end.is_ascii_alphanumeric());
        if bare != alias {
            complaints.push(format!("the alias `{alias}` is read as `{bare}`"));
        }
        if is_identifier(bare) {
            aliases.push(bare.to_string());
        } else {
            complaints.push(format!("the alias `{alias}` is not an identifier: it connects nothing"));
        }
    }
    aliases.sort();
    aliases.dedup();

    let mut scores = scores(raw.severity.as_deref().unwrap_or_default(), &id, &mut complaints);
    scores.sort();
    scores.dedup();
    let label = raw
        .database_specific
        .and_then(|specific| specific.severity)
        .and_then(|word| Rating::from_str(&word).map_err(|error| complaints.push(error.to_string())).ok());
    let mut time = |text: Option<String>, field: &str| {
        let text = text?;
        let time = microseconds(&text);
        if time.is_none() {
            complaints.push(format!("`{field}` is `{text}`, which is not an RFC 3339 time: it counts as not given"));
        }
        time
    };
    let (modified, published) = (time(raw.modified, "modified"), time(raw.published, "published"));
    let withdrawn = time(raw.withdrawn, "withdrawn");
    let summary = raw.summary.map(|text| one_line(&text, MAX_SUMMARY)).filter(|text| !text.is_empty());
    let link = raw.references.unwrap_or_default().into_iter().find_map(|reference| {
        let url = reference.url?;
        let usable = url.starts_with("https://") && url.len() <= 500 && url.bytes().all(|byte| byte.is_ascii_graphic());
        (usable && reference.kind.is_some_and(|kind| kind.eq_ignore_ascii_case("ADVISORY"))).then_some(url)
    });
    let more = complaints.len().saturating_sub(MAX_COMPLAINTS);
    complaints.truncate(MAX_COMPLAINTS);
    for complaint in &mut complaints {
        *complaint = one_line(complaint, 300);
    }
    if more > 0 {
        complaints.push(format!("and {more} more"));
    }
    Ok(Record {
        id,
        aliases,
        modified,
        published,
        withdrawn,
        summary: summary.unwrap_or_else(|| first_line(&raw.details.unwrap_or_default(), MAX_SUMMARY)),
        link,
        scores,
        label,
        affected,
        complaints,
    })
}

enum About {
    Package(PackageName),
    Elsewhere,
    Broken(String),
}

/// Which package of PyPI an entry is about, by its name or, without an ecosystem, by its package URL.
fn about(package: Option<&RawPackage>) -> About {
    let Some(package) = package else { return About::Broken("it names none".to_string()) };
    let by_purl = || {
        let name = package.purl.as_deref()?.strip_prefix("pkg:pypi/")?;
        name.split(['@', '?', '#']).next()
    };
    let name =
        match package.ecosystem.as_deref().map(|ecosystem| ecosystem.split(':').next().unwrap_or_default().trim()) {
            Some(ecosystem) if ecosystem.eq_ignore_ascii_case("PyPI") => package.name.as_deref().or_else(by_purl),
            Some(ecosystem) if !ecosystem.is_empty() => return About::Elsewhere,
            _ => match by_purl() {
                Some(name) => Some(name),
                None if package.purl.is_some() => return About::Elsewhere,
                None => return About::Broken("it names no ecosystem".to_string()),
            },
        };
    let Some(name) = name.map(str::trim) else { return About::Broken("it names none".to_string()) };
    match PackageName::from_str(name) {
        Ok(package) => About::Package(package),
        Err(error) => About::Broken(error.to_string()),
    }
}

fn scores(severities: &[RawSeverity], source: &str, complaints: &mut Vec<String>) -> Vec<Score> {
    let mut scores = Vec::new();
    for severity in severities {
        let (kind, score) =
            (severity.kind.as_deref().unwrap_or_default(), severity.score.as_deref().unwrap_or_default());
        if !kind.starts_with("CVSS") {
            complaints.push(format!("a severity of the type `{kind}` is not understood"));
            continue;
        }
        match Score::of_vector(score, source) {
            Ok(score) => scores.push(score),
            Err(error) => complaints.push(error.to_string()),
        }
    }
    scores
}

/// The affected versions of one entry, by the wider reading where something of it is broken.
fn versions(entry: RawAffected, package: &PackageName, complaints: &mut Vec<String>) -> Affected {
    let mut affected = Affected::default();
    let mut say = |what: String| complaints.push(format!("{package}: {what}"));
    let last_known = last_known(entry.database_specific.as_ref(), &mut say);
    let mut wide = entry.lost;
    for range in entry.ranges.unwrap_or_default() {
        let Some(mut events) = events(range, &mut say) else { continue };
        if events.read.is_empty() && !events.lost && !events.lost_introduction {
            say("a range has no events: every version counts as affected".to_string());
            wide = true;
            continue;
        }
        events.last_known = events.last_known.or_else(|| last_known.clone());
        let (ranges, wrong) = stretches(&events);
        wrong.into_iter().for_each(&mut say);
        affected.ranges.extend(ranges);
    }
    let listed = entry.versions.unwrap_or_default().into_iter().flatten();
    affected
        .versions
        .extend(listed.map(|version| AnyVersion::parse(&version).to_string()).filter(|version| !version.is_empty()));
    if wide || affected.ranges.len() > MAX_RANGES {
        say("its ranges or versions cannot be read: every version counts as affected".to_string());
        return Affected::everything();
    }
    if affected.ranges.is_empty() && affected.versions.is_empty() {
        say("it gives no versions that can be compared: every version counts as affected".to_string());
        return Affected::everything();
    }
    affected
}

/// The events of a range of versions; nothing for a range of commits.
fn events(range: RawRange, say: &mut dyn FnMut(String)) -> Option<Events> {
    match range.kind.as_deref().map(str::to_ascii_uppercase).as_deref() {
        Some("GIT") => return None,
        Some("ECOSYSTEM" | "SEMVER") => {}
        None if range.repo.is_some() => return None,
        None => say("a range has no type: it is read as one of versions".to_string()),
        Some(kind) => say(format!("a range has the type `{kind}`, which is not known: it is read as one of versions")),
    }
    let mut events = Events { last_known: last_known(range.database_specific.as_ref(), say), ..Events::default() };
    for event in range.events.unwrap_or_default() {
        let lost = !event.lost.is_empty();
        events.lost_introduction |= event.lost.contains(&crate::range::EventKind::Introduced);
        let before = events.read.len();
        events.read.extend(event.into_read().filter(|(_, version)| !version.trim().is_empty()));
        match events.read.len() - before {
            0 if lost => events.lost |= !events.lost_introduction,
            0 => {
                say("a range has an event that says nothing".to_string());
                events.lost = true;
            }
            1 => {}
            _ => say("a range has an event that says several things: each counts".to_string()),
        }
    }
    Some(events)
}

/// The end of an open range as GitHub's advisories give it (`<= 1.2`, `< 1.3`).
fn last_known(specific: Option<&RawSpecific>, say: &mut dyn FnMut(String)) -> Option<Until> {
    let text = specific?.last_known_affected_version_range.as_deref()?.trim();
    let end = match (text.strip_prefix("<="), text.strip_prefix('<')) {
        (Some(version), _) => Until::Through(version.trim().to_string()),
        (None, Some(version)) => Until::Before(version.trim().to_string()),
        (None, None) => {
            say(format!("the last known affected version `{text}` is not understood: the range stays open"));
            return None;
        }
    };
    let (Until::Through(version) | Until::Before(version)) = &end else { return None };
    if AnyVersion::parse(version).valid().is_none() {
        say(format!("the last known affected version `{version}` is not a PEP 440 version: the range stays open"));
        return None;
    }
    Some(end)
}
