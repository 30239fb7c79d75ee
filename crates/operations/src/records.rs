//! Reads the records of sources: one thread walks them, the others read what they say.
//!
//! Which sources there are, when they are read and what the records mean is decided by the callers.

use std::{
    num::NonZero,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use sources::archive::{self, ArchiveError, Fetched, Limits, Walked};
use tempfile::NamedTempFile;

/// How many bytes of records are read together: enough to be worth handing over.
const BATCH: usize = 128 << 10;
/// The most threads that read; beyond it the one that walks cannot keep up.
const READERS: usize = 6;

/// Where the records of a source are.
pub(crate) enum Place {
    /// A folder, archive or record on disk.
    Path(PathBuf),
    /// What was fetched.
    Fetched(Box<Fetched>),
    /// A copy of what was fetched before.
    Temporary(NamedTempFile),
}

/// Records that are read together; numbered, so that what is said of them does not depend on who was faster.
struct Batch {
    number: usize,
    source: String,
    files: Vec<(String, Vec<u8>)>,
}

/// Makes something of the files of one source, each with its name.
type Reader<Part> = dyn Fn(&str, &[(String, Vec<u8>)]) -> Part + Sync;

/// A source that gave nothing.
#[derive(Debug)]
pub(crate) struct Unread {
    /// The source, as it was named.
    pub(crate) origin: String,
    /// Why it cannot be walked; `None` when there is no record in it.
    pub(crate) cause: Option<ArchiveError>,
    /// What is wrong with the first that would have been one, as a clause.
    pub(crate) broken: Option<String>,
}

/// Reads all sources, each with its name for messages: what `part` makes of some records of one source, in their order.
/// `walked` is told how each walk went.
pub(crate) fn read<Part: Send>(
    sources: &[(String, Place)],
    walked: &mut dyn FnMut(&str, &Walked),
    part: &Reader<Part>,
) -> Result<Vec<Part>, Unread> {
    let readers = thread::available_parallelism().map_or(1, NonZero::get).min(READERS);
    let (send, receive) = mpsc::sync_channel::<Batch>(2 * readers);
    // The readers alone hold the receiving end: with the last of them, sending ends too.
    let receive = Arc::new(Mutex::new(receive));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..readers)
            .map(|_| {
                let receive = Arc::clone(&receive);
                scope.spawn(move || read_batches(&receive, part))
            })
            .collect();
        drop(receive);
        let result = walk(sources, walked, &mut |batch| drop(send.send(batch)));
        drop(send);
        let mut parts = Vec::new();
        for reader in readers {
            parts.extend(reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        result?;
        parts.sort_by_key(|(number, _)| *number);
        Ok(parts.into_iter().map(|(_, part)| part).collect())
    })
}

/// Walks the sources in their order and hands on what is in them.
fn walk(
    sources: &[(String, Place)],
    tell: &mut dyn FnMut(&str, &Walked),
    hand_on: &mut dyn FnMut(Batch),
) -> Result<(), Unread> {
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
            Place::Temporary(file) => archive::walk(file.path(), Limits::default(), &mut add),
            Place::Fetched(fetched) => fetched.walk(Limits::default(), &mut add),
        };
        flush(&mut files);
        let walked = result.map_err(|cause| Unread { origin: name.clone(), cause: Some(cause), broken: None })?;
        tell(name, &walked);
        if walked.records == 0 {
            let broken = walked.broken.first().map(|entry| format!("{} cannot be used: {}", entry.name, entry.reason));
            return Err(Unread { origin: name.clone(), cause: None, broken });
        }
    }
    Ok(())
}

/// Reads batches until there are no more.
fn read_batches<Part>(batches: &Mutex<mpsc::Receiver<Batch>>, part: &Reader<Part>) -> Vec<(usize, Part)> {
    let mut parts = Vec::new();
    loop {
        // Only the taking is under the lock, not the reading.
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Batch { number, source, files }) = next else { return parts };
        parts.push((number, part(&source, &files)));
    }
}

/// Says of a source what of it could not be read.
pub(crate) fn broken_entries(name: &str, walked: &Walked, notes: &mut Vec<String>) {
    let Some(first) = walked.broken.first() else { return };
    notes.push(format!(
        "{} of the entries in {name} cannot be read; the first is {}: {}.",
        walked.broken.len(),
        first.name,
        first.reason
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_read_comes_in_the_order_it_is_written_in() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..900 {
            let text = format!("{number:04} {}", "x".repeat(900));
            std::fs::write(folder.path().join(format!("{number:04}.yaml")), text).unwrap();
        }
        let mut told = Vec::new();
        let sources = [("here".to_string(), Place::Path(folder.path().to_path_buf()))];
        let parts =
            read(&sources, &mut |name, walked| told.push((name.to_string(), walked.records)), &|source, files| {
                files.iter().map(|(_, bytes)| format!("{source} {}", String::from_utf8_lossy(&bytes[..4]))).collect()
            });
        let parts: Vec<Vec<String>> = parts.unwrap();
        assert!(parts.len() > 3, "several batches");
        let expected: Vec<String> = (0..900).map(|number| format!("here {number:04}")).collect();
        assert_eq!(parts.concat(), expected);
        assert_eq!(told, [("here".to_string(), 900)]);
    }

    #[test]
    fn a_source_without_records_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let sources = [("empty".to_string(), Place::Path(folder.path().to_path_buf()))];
        let error = read(&sources, &mut |_, _| {}, &|_, _| ()).unwrap_err();
        assert!(error.origin == "empty" && error.cause.is_none() && error.broken.is_none());
    }
}
