//! Scans the files below folders and prints one finding a line as JSON, for comparison with other tools.
//!
//! `cargo run --release -p thoth-indicators --example scan_folder -- FOLDER...`; with `--threads N` first, on N threads; then
//! with `--bandit`, only the rules of Bandit.
//! A summary with the time for reading and analysing goes to standard error.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use indicators::{Analyser, Examined, Family, Member, Report};

/// The allocator of the binary `thoth`, for the same times.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let threads = match arguments.next_if(|argument| argument == "--threads") {
        Some(_) => arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1),
        None => 1,
    };
    let only_bandit = arguments.next_if(|argument| argument == "--bandit").is_some();
    let analyser = Analyser::new(|rule| !only_bandit || rule.family != Family::Hostile);
    let mut paths = Vec::new();
    for folder in arguments {
        list_below(&PathBuf::from(folder), &mut paths)?;
    }
    let start = Instant::now();
    let (report, bytes) = examine_all(&analyser, &paths, threads)?;
    let seconds = start.elapsed().as_secs_f64();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for finding in &report.findings {
        serde_json::to_writer(&mut out, finding)?;
        writeln!(out)?;
    }
    let summary = serde_json::json!({
        "seconds": seconds,
        "threads": threads,
        "files": report.files,
        "analysed": report.analysed,
        "skipped": report.skipped,
        "waived": report.waived,
        "bytes": bytes,
        "lines": report.lines,
    });
    out.flush()?;
    writeln!(io::stderr(), "{summary}")
}

/// What was found, and how many bytes of Python were looked at.
fn examine_all(analyser: &Analyser, paths: &[PathBuf], threads: usize) -> io::Result<(Report, usize)> {
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<(Vec<Examined>, usize)> {
        let (mut mine, mut size) = (Vec::new(), 0);
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = std::fs::read(path)?;
            let member = Member { path: &path.display().to_string(), bytes: &bytes };
            size += if member.is_python() { bytes.len() } else { 0 };
            mine.push(analyser.examine(&member));
        }
        Ok((mine, size))
    };
    let (mut report, mut bytes) = (Report::default(), 0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let (examined, size) = worker.join().map_err(|_panic| io::Error::other("a worker panicked"))??;
            examined.into_iter().for_each(|one| report.add(one));
            bytes += size;
        }
        Ok::<_, io::Error>(())
    })?;
    Ok((report.sorted(), bytes))
}

fn list_below(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_cached_key(std::fs::DirEntry::path);
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list_below(&entry.path(), paths)?;
        } else if kind.is_file() {
            paths.push(entry.path());
        }
    }
    Ok(())
}
