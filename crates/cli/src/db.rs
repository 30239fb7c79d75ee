//! `thoth db`: what is stored, loading advisories now, where it is, and removing it.
//!
//! What is stored and how advisories are loaded is known to `operations` and `knowledge`; here it becomes words and JSON.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use knowledge::{Access, KnowledgeBase, SnapshotInfo};
use operations::{
    AdviseError, Limits, World,
    db::{Snapshot, Status, Updated},
    request::AdvisorySource,
};
use serde_json::{Value, json};
use sources::http::Http;

use crate::{
    RunError,
    args::DbCommand,
    config::Surroundings,
    exit::Exit,
    settings::{self, ReportFormat, Settings, Store},
    terminal::{Progress, Terminal, counted, label, visible},
    world::{KNOWLEDGE_FILE, http_options},
};

/// The version of the JSON that these commands print.
const SCHEMA: u32 = 1;
/// How many digits of a snapshot's identity are enough to tell two apart.
const SHORT: usize = 12;
/// How many packages are named one by one.
const MOST_NAMED: usize = 10;

/// Does what `thoth db` was asked for.
pub(crate) fn answer(
    command: &DbCommand,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let path = file(settings)?;
    match command {
        DbCommand::Status(_) => show(&path, settings, around),
        DbCommand::Update(_) => update(&path, settings, around, terminal),
        DbCommand::Path => crate::say(&format!("{}\n", path.display())),
        DbCommand::Clear => clear(&path, terminal),
    }
}

/// The file of the knowledge base, absolute.
fn file(settings: &Settings) -> Result<PathBuf, RunError> {
    match &settings.store.value {
        Store::Folder(folder) => Ok(settings.folder.join(folder).join(KNOWLEDGE_FILE)),
        Store::Temporary if settings.store.origin.file == "default" => {
            Err(RunError::NoStore("there is no home folder to keep it in".to_string()))
        }
        Store::Temporary => Err(RunError::NoStore(format!("with {} nothing is kept", settings.store.origin))),
    }
}

/// The sources of advisories in effect.
pub(crate) fn advisory_sources(settings: &Settings) -> Vec<AdvisorySource> {
    let source = |source: &settings::AdvisorySource| match source {
        settings::AdvisorySource::Osv => AdvisorySource::Osv,
        settings::AdvisorySource::Path(path) => AdvisorySource::Path(path.clone()),
        settings::AdvisorySource::Url(url) => AdvisorySource::Url(url.expose().clone()),
    };
    settings.advisories.iter().map(|setting| source(&setting.value)).collect()
}

fn show(path: &Path, settings: &Settings, around: &Surroundings) -> Result<Exit, RunError> {
    let status = operations::db::status(path, &settings.folder, &advisory_sources(settings));
    let status = status.map_err(AdviseError::from)?;
    let now = around.now.as_second();
    match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => crate::say(&format!("{:#}\n", status_json(&status, now))),
        ReportFormat::Text => crate::say(&visible(&status_text(&status, now))),
    }
}

fn status_text(status: &Status, now: i64) -> String {
    let mut text = format!("Knowledge base  {}\n", status.path.display());
    match &status.base {
        None => text.push_str("                nothing is stored yet\n"),
        Some(base) => {
            let _ = writeln!(text, "Size            {}", bytes(base.bytes));
            let _ = writeln!(text, "Schema          {}", base.schema);
            text.push_str("\nStored\n");
            for (word, count) in &base.counts {
                let _ = write!(text, "  {word:26}{count:>8}");
                if *word == "index pages"
                    && let (Some(oldest), Some(newest)) = (base.oldest_page, base.newest_page)
                {
                    let _ = write!(text, "  (fetched or confirmed {} to {})", ago(oldest, now), ago(newest, now));
                }
                text.push('\n');
            }
            if !base.indexes.is_empty() {
                text.push_str("\nPages of\n");
            }
            for (url, pages) in &base.indexes {
                let _ = writeln!(text, "  {url}  {pages}");
            }
        }
    }
    text.push_str("\nAdvisories\n");
    for snapshot in &status.snapshots {
        snapshot_text(&mut text, snapshot, now);
    }
    if let Some(sources) = &status.not_loaded {
        let _ = writeln!(
            text,
            "  Those of {} are not loaded yet: `thoth advise` loads them, or `thoth db update`.",
            sources.join(", ")
        );
    }
    text
}

fn snapshot_text(text: &mut String, snapshot: &Snapshot, now: i64) {
    let info = &snapshot.info;
    let mark = if snapshot.configured { "  (configured)" } else { "" };
    let _ = writeln!(text, "  {}  {}{mark}", short(&info.id), info.origin);
    let _ = writeln!(text, "    {} about {}", records(info), counted(snapshot.packages, "package"));
    let newest = info.newest.map_or_else(|| "of unknown date".to_string(), |newest| format!("of {}", date(newest)));
    let _ = writeln!(text, "    newest record {newest}; last checked {}", ago(info.checked_at, now));
    rejected_text(text, "    ", info, &snapshot.rejected);
}

fn rejected_text(text: &mut String, indent: &str, info: &SnapshotInfo, rejected: &[String]) {
    for line in rejected {
        let _ = writeln!(text, "{indent}rejected: {}", line.replace('\n', " "));
    }
    let more = info.rejected.saturating_sub(rejected.len() as u64);
    if more > 0 && !rejected.is_empty() {
        let _ = writeln!(text, "{indent}and {more} more");
    }
}

fn status_json(status: &Status, now: i64) -> Value {
    let base = status.base.as_ref();
    let counts = base.map(|base| {
        let counts = base.counts.iter().map(|(word, count)| (word.replace(' ', "_"), Value::from(*count)));
        counts.collect::<serde_json::Map<_, _>>()
    });
    let indexes = base
        .map(|base| base.indexes.iter().map(|(url, pages)| json!({ "url": url, "pages": pages })).collect::<Vec<_>>());
    json!({
        "schema": SCHEMA,
        "path": status.path.display().to_string(),
        "exists": base.is_some(),
        "bytes": base.map_or(0, |base| base.bytes),
        "database_schema": base.map(|base| base.schema),
        "counts": counts.unwrap_or_default(),
        "indexes": indexes.unwrap_or_default(),
        "oldest_page": base.and_then(|base| base.oldest_page).map(instant),
        "newest_page": base.and_then(|base| base.newest_page).map(instant),
        "advisories": status.snapshots.iter().map(|snapshot| {
            let mut value = info_json(&snapshot.info, snapshot.packages, &snapshot.rejected, now);
            value["configured"] = snapshot.configured.into();
            value
        }).collect::<Vec<_>>(),
        "not_loaded": status.not_loaded.clone().unwrap_or_default(),
    })
}

fn info_json(info: &SnapshotInfo, packages: u64, rejected: &[String], now: i64) -> Value {
    json!({
        "id": info.id,
        "origin": info.origin,
        "records": info.records,
        "withdrawn": info.withdrawn,
        "packages": packages,
        "rejected": info.rejected,
        "rejected_first": rejected,
        "newest": info.newest.map(instant),
        "loaded_at": instant(info.loaded_at),
        "checked_at": instant(info.checked_at),
        "age_seconds": now.saturating_sub(info.checked_at).max(0),
    })
}

fn update(path: &Path, settings: &Settings, around: &Surroundings, terminal: &Terminal) -> Result<Exit, RunError> {
    // What is loaded is of use only when it is kept, so there is no going on without the file.
    let knowledge = KnowledgeBase::open(path, Access::ReadWrite).map_err(AdviseError::from)?;
    let progress = Progress::start(terminal);
    let world = World {
        http: Http::new(http_options(settings, around)),
        knowledge: Arc::new(knowledge),
        now: around.now.as_microsecond(),
        refresh: true,
        variable: &|name| around.variable(name).map(Into::into),
        stdin: &|| Err(io::ErrorKind::Unsupported.into()),
        limits: Limits::default(),
        progress: &progress,
    };
    let sources = advisory_sources(settings);
    let updated = operations::db::update(&sources, &settings.folder, settings.refresh.value, &world);
    progress.finish();
    let updated = updated?;
    if terminal.verbosity.quiet < 2 {
        for note in &updated.notes {
            crate::complain(&label("warning", terminal.colour_talk), note);
        }
    }
    let now = around.now.as_second();
    match settings.format.value {
        ReportFormat::Json | ReportFormat::ThothJson => crate::say(&format!("{:#}\n", updated_json(&updated, now))),
        ReportFormat::Text if terminal.verbosity.quiet > 0 => Ok(Exit::Done),
        ReportFormat::Text => crate::say(&visible(&updated_text(&updated, now))),
    }
}

fn updated_text(updated: &Updated, now: i64) -> String {
    let info = &updated.now;
    let mut text = match &updated.before {
        Some(before) if before.id == info.id => {
            format!("The advisories from {} have not changed since {}.\n", info.origin, ago(before.checked_at, now))
        }
        Some(_) => format!("The advisories from {} have changed.\n", info.origin),
        None => format!("The advisories from {} are loaded.\n", info.origin),
    };
    if let Some(before) = updated.before.as_ref().filter(|before| before.id != info.id) {
        let checked = ago(before.checked_at, now);
        let _ = writeln!(text, "  before: {}, snapshot {}, checked {checked}", records(before), short(&before.id));
    }
    let packages = counted(updated.packages, "package");
    let _ = writeln!(text, "  now: {} about {packages}, snapshot {}", records(info), short(&info.id));
    match info.newest {
        Some(newest) => {
            let _ = writeln!(text, "  newest record: {} ({})", date(newest), ago(newest, now));
        }
        None => text.push_str("  newest record: of unknown date\n"),
    }
    if updated.before.is_some() {
        for (packages, what) in [(&updated.changed, "new or other advisories"), (&updated.gone, "no advisory any more")]
        {
            if !packages.is_empty() {
                let _ = writeln!(text, "  {what}: {}", named(packages));
            }
        }
    }
    rejected_text(&mut text, "  ", info, &updated.rejected);
    text
}

fn updated_json(updated: &Updated, now: i64) -> Value {
    let before = updated.before.as_ref();
    json!({
        "schema": SCHEMA,
        "changed": before.is_none_or(|before| before.id != updated.now.id),
        "before": before.map(|before| json!({
            "id": before.id,
            "records": before.records,
            "newest": before.newest.map(instant),
            "checked_at": instant(before.checked_at),
        })),
        "advisories": info_json(&updated.now, updated.packages, &updated.rejected, now),
        "packages_changed": updated.changed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "packages_gone": updated.gone.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "notes": updated.notes,
    })
}

fn clear(path: &Path, terminal: &Terminal) -> Result<Exit, RunError> {
    let was_there = path.exists();
    let freed = KnowledgeBase::clear(path).map_err(AdviseError::from)?;
    if terminal.verbosity.quiet > 0 {
        return Ok(Exit::Done);
    }
    let path = path.display();
    crate::say(&match freed {
        _ if !was_there => format!("Nothing was stored in {path}.\n"),
        // The few pages that every knowledge base has stay.
        0 => format!("Removed everything stored in {path}.\n"),
        freed => format!("Removed everything stored in {path}: {} are free again.\n", bytes(freed)),
    })
}

/// `2661 records (12 withdrawn, 1 rejected)`.
fn records(info: &SnapshotInfo) -> String {
    let records = counted(info.records, "record");
    format!("{records} ({} withdrawn, {} rejected)", info.withdrawn, info.rejected)
}

fn named(packages: &[packaging::PackageName]) -> String {
    let names: Vec<&str> = packages.iter().take(MOST_NAMED).map(AsRef::as_ref).collect();
    match packages.len().saturating_sub(MOST_NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn short(id: &str) -> String {
    id.chars().take(SHORT).collect()
}

/// An amount of storage in words, binary units.
fn bytes(count: u64) -> String {
    let units = [(1_u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(size, _)| count >= *size) {
        Some((size, unit)) => {
            let tenths = u128::from(count) * 10 / u128::from(size);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => counted(count, "byte"),
    }
}

/// How long before `now` something was, both in seconds since the Unix epoch.
fn ago(then: i64, now: i64) -> String {
    report::ago(now.saturating_sub(then))
}

/// An instant as RFC 3339; a number where there is no such date.
fn instant(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |instant| instant.to_string())
}

/// The day (UTC) of an instant.
fn date(seconds: i64) -> String {
    instant(seconds).chars().take_while(|letter| *letter != 'T').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_as_in_the_report_and_never_overflow() {
        assert_eq!(ago(1_000, 1_060), "1 minute ago");
        assert!(ago(i64::MIN, i64::MAX).ends_with("years ago"));
    }

    #[test]
    fn sizes_are_told_in_the_largest_unit_that_fits() {
        assert_eq!([0, 1, 1023, 1024, 1_572_863].map(bytes), ["0 bytes", "1 byte", "1023 bytes", "1.0 KiB", "1.4 MiB"]);
        assert_eq!(bytes(u64::MAX), "17179869183.9 GiB");
    }

    #[test]
    fn a_date_that_no_calendar_has_stays_a_number() {
        assert_eq!(date(i64::MAX), i64::MAX.to_string());
        assert_eq!(date(0), "1970-01-01");
    }
}
