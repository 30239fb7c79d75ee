//! Scans the files below folders and prints one finding a line as JSON, for comparison with other tools.
//!
//! `cargo run --release -p thoth-indicators --example scan_folder -- FOLDER...`; with `--threads N` first, on N threads.
//! A summary with the time for the analysis alone, without reading files, goes to standard error.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use indicators::{Analyser, Examined, Member, Report};

struct File {
    path: String,
    bytes: Vec<u8>,
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let threads = match arguments.next_if(|argument| argument == "--threads") {
        Some(_) => arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1),
        None => 1,
    };
    let mut files = Vec::new();
    for folder in arguments {
        read_below(&PathBuf::from(folder), &mut files)?;
    }
    let start = Instant::now();
    let report = examine_all(&files, threads);
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
        "bytes": files.iter().map(|file| file.bytes.len()).sum::<usize>(),
        "lines": report.lines,
    });
    out.flush()?;
    writeln!(io::stderr(), "{summary}")
}

fn examine_all(files: &[File], threads: usize) -> Report {
    let analyser = Analyser::default();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut mine: Vec<Examined> = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            mine.push(analyser.examine(&Member { path: &file.path, bytes: &file.bytes }));
        }
        mine
    };
    let mut report = Report::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().into_iter().flatten().for_each(|examined| report.add(examined));
        }
    });
    report.sorted()
}

fn read_below(folder: &Path, files: &mut Vec<File>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            read_below(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(File { path: entry.path().display().to_string(), bytes: std::fs::read(entry.path())? });
        }
    }
    Ok(())
}
