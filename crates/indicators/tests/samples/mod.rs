//! Samples: releases written as texts, for the tests of the rules.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use base64::Engine as _;
use indicators::{Analyser, Capabilities, Contents, Finding, Kind, Member};
use sha2::{Digest as _, Sha256};

/// A release as a text: lines of `# word: value`, then files, each behind `==> path`, or `==> path hex` for bytes.
///
/// `release` is name, version and kind; `models` the campaign that it is modelled on; `expects` rules that have to fire.
/// A wheel gets a RECORD that is right, unless it brings its own; files behind `@` are those of its source archive.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    name: String,
    version: String,
    kind: Option<Kind>,
    pub(crate) models: String,
    pub(crate) expects: Vec<String>,
    pub(crate) forbids: bool,
    files: Vec<(String, Vec<u8>)>,
}

impl Sample {
    pub(crate) fn parse(text: &str) -> Self {
        let mut sample = Self { forbids: true, ..Self::default() };
        let (head, files) = text.split_once("==> ").expect("a sample has files");
        for line in head.lines() {
            let Some((word, value)) = line.trim_start_matches("# ").split_once(": ") else { continue };
            match word {
                "release" => sample.release(value),
                "models" => sample.models = value.to_owned(),
                "expects" => sample.expects = value.split_whitespace().map(str::to_owned).collect(),
                "forbids" => sample.forbids = value == "yes",
                other => panic!("`{other}` is no word of a sample"),
            }
        }
        for file in files.split("\n==> ") {
            let (path, content) = file.split_once('\n').unwrap_or((file, ""));
            sample.files.push(match path.strip_suffix(" hex") {
                Some(path) => (path.to_owned(), bytes_of(content)),
                None => (path.to_owned(), format!("{content}\n").into_bytes()),
            });
        }
        sample
    }

    fn release(&mut self, value: &str) {
        let words: Vec<&str> = value.split(' ').collect();
        let [name, version, kind] = words.as_slice() else { panic!("`{value}` is not name, version and kind") };
        (self.name, self.version) = ((*name).to_owned(), (*version).to_owned());
        self.kind = Some(if *kind == "wheel" { Kind::Wheel } else { Kind::Sdist });
    }

    /// What is found in it.
    pub(crate) fn scan(&self, analyser: &Analyser) -> Vec<Finding> {
        self.look(analyser).0
    }

    /// What is found in it, and what its files can do.
    pub(crate) fn look(&self, analyser: &Analyser) -> (Vec<Finding>, Vec<Capabilities>) {
        let kind = self.kind.unwrap_or(Kind::Sdist);
        let mut contents = Contents::new(&self.name, &self.version, kind);
        let (source, mut files): (Vec<_>, Vec<_>) =
            self.files.iter().cloned().partition(|(path, _)| path.starts_with('@'));
        if kind == Kind::Wheel && !files.iter().any(|(path, _)| path.ends_with("/RECORD")) {
            files.push(record(&files));
        }
        let (mut findings, mut abilities) = (Vec::new(), Vec::new());
        for (path, bytes) in &files {
            let member = Member { path, bytes };
            contents.see(&member);
            let examined = analyser.examine(&member);
            findings.extend(examined.findings);
            abilities.push(examined.capabilities);
        }
        findings.extend(analyser.conclude(&contents, &findings));
        if !source.is_empty() {
            let mut archive = Contents::new(&self.name, &self.version, Kind::Sdist);
            source.iter().for_each(|(path, bytes)| archive.see(&Member { path: path.trim_start_matches('@'), bytes }));
            findings.extend(analyser.compare(&contents.inventory(), &archive.inventory()));
        }
        (findings, abilities)
    }
}

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("digits");
    digits.chunks_exact(2).map(pair).collect()
}

fn record(files: &[(String, Vec<u8>)]) -> (String, Vec<u8>) {
    let mut text = String::new();
    for (path, bytes) in files {
        let hash = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
        writeln!(text, "{path},sha256={hash},{}", bytes.len()).expect("a text takes all");
    }
    text.push_str("x-1.dist-info/RECORD,,\n");
    ("x-1.dist-info/RECORD".to_owned(), text.into_bytes())
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(name)
}

/// The samples in a folder, by name.
pub(crate) fn texts(name: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder(name)).unwrap_or_else(|error| panic!("read {name}: {error}"));
    let mut all: Vec<(String, String)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, fs::read_to_string(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display())))
        })
        .collect();
    all.sort();
    all
}
