//! One advisory as its database publishes it, as far as PyPI is concerned.
//!
//! What is about another ecosystem is left out quietly, what is broken is left out loudly. Where leaving something out could
//! make an affected version look clean, the wider reading is taken instead: an unreadable range or list of versions, an
//! entry without any versions and a range without events count as every version, a range of unknown type as one of
//! versions, an unreadable `withdrawn` as not withdrawn. Broken events are the matter of `range`.

use std::str::FromStr;

use packaging::{PackageName, text::one_line};
use serde::Serialize;

use crate::{
    affected::{Affected, Until},
    range::{EventKind, Events, stretches},
    raw::{RawAffected, RawPackage, RawRange, RawRecord, RawSeverity, RawSpecific},
    severity::{Rating, Score},
    text::{first_line, is_identifier, microseconds},
    versions::AnyVersion,
};

/// The most stretches of versions of one entry; what has more counts as every version.
const MAX_RANGES: usize = 1_000;
/// The most complaints kept about one record.
const MAX_COMPLAINTS: usize = 20;
/// The most characters of a summary.
const MAX_SUMMARY: usize = 200;

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

/// Turns the written shape into a record; an error is the reason why nothing of it can be used.
pub(crate) fn finish(raw: RawRecord, mut complaints: Vec<String>) -> Result<Record, String> {
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
        events.lost_introduction |= event.lost.contains(&EventKind::Introduced);
        let before = events.read.len();
        events.read.extend(event.into_read().filter(|(_, version)| !version.trim().is_empty()));
        match events.read.len() - before {
            0 if lost => {}
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
