//! Scans unpacked releases with the rules for hostile packages, and prints one finding a line as JSON.
//!
//! `cargo run --release -p thoth-indicators --example scan_releases -- FOLDER`; each folder in it is a release, named
//! `NAME==VERSION==wheel` or `NAME==VERSION==sdist`. Used by `scripts/hostile_live.py`.

use std::{
    io::{self, Write as _},
    path::Path,
};

use indicators::{Analyser, Contents, Family, Finding, Kind, Member};

fn main() -> io::Result<()> {
    let analyser = Analyser::new(|rule| rule.family == Family::Hostile || rule.id == "A005");
    let mut out = io::BufWriter::new(io::stdout().lock());
    for folder in std::env::args().skip(1) {
        let mut releases = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        releases.sort_by_key(std::fs::DirEntry::path);
        for release in releases {
            let label = release.file_name().to_string_lossy().into_owned();
            for finding in scan(&analyser, &label, &release.path())? {
                serde_json::to_writer(&mut out, &serde_json::json!({ "release": label, "finding": finding }))?;
                writeln!(out)?;
            }
        }
    }
    out.flush()
}

fn scan(analyser: &Analyser, label: &str, folder: &Path) -> io::Result<Vec<Finding>> {
    let mut parts = label.split("==");
    let (name, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let kind = if parts.next() == Some("sdist") { Kind::Sdist } else { Kind::Wheel };
    let mut contents = Contents::new(name, version, kind);
    let mut findings = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(below)? {
            let entry = entry?;
            let (path, file) = (entry.path(), entry.file_type()?);
            if file.is_dir() {
                folders.push(path);
            } else if file.is_file() {
                let bytes = std::fs::read(&path)?;
                let path = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let member = Member { path: &path, bytes: &bytes };
                contents.see(&member);
                findings.extend(analyser.examine(&member).findings);
            }
        }
    }
    findings.extend(analyser.conclude(&contents, &findings));
    findings.sort();
    Ok(findings)
}
