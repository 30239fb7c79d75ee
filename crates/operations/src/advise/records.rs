//! Reads the records of advisory sources: one thread walks them, the others read what they say.
//!
//! Which sources there are, and when they are read, is decided in [`advisories`](super::advisories).

use std::{
    num::NonZero,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use evidence::{Snapshot, SnapshotBuilder};
use sources::archive::{self, Fetched, Limits, Walked};

use crate::error::AdviseError;

/// How many bytes of records are read together: enough to be worth handing over.
const BATCH: usize = 128 << 10;
/// The most threads that read; beyond it the one that walks cannot keep up.
const READERS: usize = 6;

/// Where the records of a source are.
pub(super) enum Place {
    /// A folder, archive or record on disk.
    Path(PathBuf),
    /// What was fetched.
    Fetched(Box<Fetched>),
}

/// Records that are read together; numbered, so that what is said of them does not depend on who was faster.
struct Batch {
    number: usize,
    source: String,
    files: Vec<(String, Vec<u8>)>,
}

/// Reads all sources, each with its name for messages; `walked` is told how each walk went.
pub(super) fn read(
    sources: &[(String, Place)],
    walked: &mut dyn FnMut(&str, &Walked),
) -> Result<Snapshot, AdviseError> {
    let readers = thread::available_parallelism().map_or(1, NonZero::get).min(READERS);
    let (send, receive) = mpsc::sync_channel::<Batch>(2 * readers);
    // The readers alone hold the receiving end: with the last of them, sending ends too.
    let receive = Arc::new(Mutex::new(receive));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..readers)
            .map(|_| {
                let receive = Arc::clone(&receive);
                scope.spawn(move || read_batches(&receive))
            })
            .collect();
        drop(receive);
        let result = walk(sources, walked, &mut |batch| drop(send.send(batch)));
        drop(send);
        let mut parts = Vec::new();
        for reader in readers {
            parts.extend(reader.join().map_err(|_| AdviseError::Bug("a reader of advisories died".to_string()))?);
        }
        result?;
        parts.sort_by_key(|(number, _)| *number);
        let mut whole = SnapshotBuilder::new();
        for (_, part) in parts {
            whole.absorb(part);
        }
        Ok(whole.finish())
    })
}

/// Walks the sources in their order and hands on what is in them.
fn walk(
    sources: &[(String, Place)],
    tell: &mut dyn FnMut(&str, &Walked),
    hand_on: &mut dyn FnMut(Batch),
) -> Result<(), AdviseError> {
    let mut number = 0;
    for (name, place) in sources {
        let (mut files, mut bytes) = (Vec::new(), 0);
        let mut flush = |files: &mut Vec<(String, Vec<u8>)>| {
            hand_on(Batch { number, source: name.clone(), files: std::mem::take(files) });
            number += 1;
        };
        let mut add = |file: &str, record: &[u8]| {
            bytes += record.len();
            files.push((file.to_string(), record.to_vec()));
            if bytes >= BATCH {
                flush(&mut files);
                bytes = 0;
            }
        };
        let result = match place {
            Place::Path(path) => archive::walk(path, Limits::default(), &mut add),
            Place::Fetched(fetched) => fetched.walk(Limits::default(), &mut add),
        };
        flush(&mut files);
        let walked = result.map_err(|source| AdviseError::AdvisorySource { origin: name.clone(), source })?;
        tell(name, &walked);
        if walked.records == 0 {
            let why = "there is no record in it".to_string();
            return Err(AdviseError::NoAdvisories { origin: name.clone(), why });
        }
    }
    Ok(())
}

/// Reads batches until there are no more.
fn read_batches(batches: &Mutex<mpsc::Receiver<Batch>>) -> Vec<(usize, SnapshotBuilder)> {
    let mut parts = Vec::new();
    loop {
        // Only the taking is under the lock, not the reading.
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Batch { number, source, files }) = next else { return parts };
        let mut part = SnapshotBuilder::new();
        part.source(source);
        for (file, bytes) in &files {
            part.add(file, bytes);
        }
        parts.push((number, part));
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn many_records_are_read_by_many_and_told_of_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut one_by_one = SnapshotBuilder::new();
        one_by_one.source("here");
        for number in 0..900 {
            let mut text =
                format!("id: PYSEC-2024-{number}\nmodified: 2024-01-01T00:00:00Z\ndetails: '{}'\n", "x".repeat(900));
            match number % 100 {
                7 => text.push_str("affected: [\n"),
                _ => writeln!(text, "affected: [{{package: {{ecosystem: PyPI, name: p{number}}}, versions: ['1']}}]")
                    .unwrap(),
            }
            let name = format!("PYSEC-{number:04}.yaml");
            std::fs::write(folder.path().join(&name), &text).unwrap();
            one_by_one.add(&name, text.as_bytes());
        }
        let expected = one_by_one.finish();
        let mut told = Vec::new();
        let sources = [("here".to_string(), Place::Path(folder.path().to_path_buf()))];
        let snapshot = read(&sources, &mut |name, walked| told.push((name.to_string(), walked.records))).unwrap();
        assert_eq!(told, [("here".to_string(), 900)]);
        assert_eq!(snapshot.id, expected.id);
        assert_eq!(snapshot.records, 891);
        assert_eq!(snapshot.rejected_count, 9);
        assert_eq!(snapshot.rejected, expected.rejected);
    }

    #[test]
    fn a_source_without_records_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let sources = [("empty".to_string(), Place::Path(folder.path().to_path_buf()))];
        let error = read(&sources, &mut |_, _| {}).unwrap_err();
        assert!(matches!(error, AdviseError::NoAdvisories { origin, .. } if origin == "empty"));
    }
}
