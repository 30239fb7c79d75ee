//! Hostile releases are found, each rule fires where its fixture says, and no comment waves it through.
//!
//! A sample is a text that holds the files of a release, see [`Sample`]. `known` are those that were there while the rules
//! were made; `unseen` were written afterwards, and no rule was changed for them. All are inert: addresses are reserved
//! ones that nobody has, and what looks like a payload is none.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use base64::Engine as _;
use indicators::{Analyser, Confidence, Contents, Family, Finding, Kind, Member, Severity, catalogue};
use sha2::{Digest as _, Sha256};

/// A release as a text: lines of `# word: value`, then files, each behind `==> path`, or `==> path hex` for bytes.
///
/// `release` is name, version and kind; `models` the campaign that it is modelled on; `expects` rules that have to fire.
/// A wheel gets a RECORD that is right, unless it brings its own; files behind `@` are those of its source archive.
#[derive(Debug, Default)]
struct Sample {
    name: String,
    version: String,
    kind: Option<Kind>,
    models: String,
    expects: Vec<String>,
    forbids: bool,
    files: Vec<(String, Vec<u8>)>,
}

impl Sample {
    fn parse(text: &str) -> Self {
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

    fn scan(&self, analyser: &Analyser) -> Vec<Finding> {
        let kind = self.kind.unwrap_or(Kind::Sdist);
        let mut contents = Contents::new(&self.name, &self.version, kind);
        let (source, mut files): (Vec<_>, Vec<_>) =
            self.files.iter().cloned().partition(|(path, _)| path.starts_with('@'));
        if kind == Kind::Wheel && !files.iter().any(|(path, _)| path.ends_with("/RECORD")) {
            files.push(record(&files));
        }
        let mut findings = Vec::new();
        for (path, bytes) in &files {
            let member = Member { path, bytes };
            contents.see(&member);
            findings.extend(analyser.examine(&member).findings);
        }
        if !source.is_empty() {
            let mut archive = Contents::new(&self.name, &self.version, Kind::Sdist);
            source.iter().for_each(|(path, bytes)| archive.see(&Member { path: path.trim_start_matches('@'), bytes }));
            contents.compare_with_source(&archive);
        }
        findings.extend(analyser.conclude(&contents, &findings));
        findings
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

fn texts(name: &str) -> Vec<(String, String)> {
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

fn hostile() -> Vec<&'static indicators::Rule> {
    catalogue::rules().iter().copied().filter(|rule| rule.family == Family::Hostile).collect()
}

fn only_hostile() -> Analyser {
    Analyser::new(|rule| rule.family == Family::Hostile && !rule.is_pedantic())
}

fn forbids(finding: &Finding) -> bool {
    finding.severity == Severity::High && finding.confidence == Confidence::High
}

/// A rule is there when it has an id of its own family, a section in its page, and both fixtures.
#[test]
fn every_rule_has_a_section_and_fixtures_that_fire_and_do_not() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hostile-rules.md");
    let page = fs::read_to_string(page).expect("docs/hostile-rules.md");
    let fixtures: Vec<(String, String)> = texts("rules");
    assert_eq!(fixtures.len(), hostile().len(), "a fixture a rule");
    for rule in hostile() {
        assert!(rule.id.len() == 4 && rule.id.starts_with('T'), "{} is no id of ours", rule.id);
        let heading = format!("### {} {}", rule.id, rule.name);
        assert!(page.lines().any(|line| line == heading), "docs/hostile-rules.md needs `{heading}`");
        let (_, fixture) =
            fixtures.iter().find(|(id, _)| id == rule.id).unwrap_or_else(|| panic!("{}: no fixture", rule.id));
        let (fires, silent) = fixture.split_once("=== silent\n").expect("a fixture has both halves");
        let fires = fires.strip_prefix("=== fires\n").expect("what fires comes first");
        let any = Analyser::new(|_| true);
        let speaks = |text: &str| {
            Sample::parse(text).scan(&any).into_iter().filter(|one| one.rule == rule.id).collect::<Vec<_>>()
        };
        let found = speaks(fires);
        assert!(!found.is_empty(), "{} should fire", rule.id);
        assert!(found.iter().all(|one| one.cwe == rule.cwe && !one.message.is_empty()), "{found:?}");
        let found = speaks(silent);
        assert!(found.is_empty(), "{} should not fire: {found:?}", rule.id);
    }
}

/// The share of samples that must be forbidden outright; the rest is at least told.
#[test]
fn samples_of_known_campaigns_are_forbidden() {
    let analyser = only_hostile();
    let samples = texts("known");
    assert!(samples.len() >= 45, "{} samples", samples.len());
    let mut wrong = String::new();
    for (name, text) in &samples {
        let sample = Sample::parse(text);
        assert!(!sample.models.is_empty(), "{name} says what it is modelled on");
        let findings = sample.scan(&analyser);
        let rules: BTreeSet<&str> = findings.iter().map(|one| &*one.rule).collect();
        let missing: Vec<&String> = sample.expects.iter().filter(|id| !rules.contains(id.as_str())).collect();
        let forbidden = findings.iter().any(forbids);
        if forbidden != sample.forbids || !missing.is_empty() || sample.expects.is_empty() {
            writeln!(wrong, "{name}: forbidden {forbidden}, found {rules:?}, missing {missing:?}")
                .expect("a text takes all");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Rules were not changed for these. The figures are those of `docs/hostile-rules.md`.
#[test]
fn most_samples_that_no_rule_was_made_for_are_found() {
    let analyser = only_hostile();
    let samples = texts("unseen");
    let (mut found, mut forbidden, mut told) = (0, 0, String::new());
    for (name, text) in &samples {
        let sample = Sample::parse(text);
        assert!(!sample.models.is_empty(), "{name} says what it is modelled on");
        let findings = sample.scan(&analyser);
        let serious = findings.iter().any(|one| one.severity > Severity::Low);
        let forbids = findings.iter().any(forbids);
        found += usize::from(serious);
        forbidden += usize::from(forbids);
        let rules: BTreeSet<&str> = findings.iter().map(|one| &*one.rule).collect();
        if !forbids {
            writeln!(told, "{name}: serious {serious}, {rules:?}").expect("a text takes all");
        }
    }
    assert!(
        samples.len() >= 15 && found * 100 >= samples.len() * 80,
        "{found} found, {forbidden} forbidden of {}\n{told}",
        samples.len()
    );
}

#[test]
fn no_comment_waves_a_hostile_rule_through() {
    let source = b"import base64\nexec(base64.b64decode('cHJpbnQoMSk='))  # nosec\n";
    let findings = only_hostile().examine(&Member { path: "m.py", bytes: source }).findings;
    assert!(findings.iter().any(|one| one.rule == "T110" && forbids(one)), "{findings:?}");
}

#[test]
fn source_made_to_be_expensive_ends() {
    let nested = format!("x = {}'a'{}\n", "(".repeat(300), ".strip())".repeat(300));
    let joined = format!("x = {}\n", vec!["'abc'"; 900].join(" + "));
    let called: String = (0..300).map(|n| format!("def f{n}(x):\n    return f{}(x + x)\n", n + 1)).collect();
    let alike = "def f():\n    f()\n".repeat(2_000) + "import os\nos.system('true')\nf()\n";
    let copied: String = (0..1_000).map(|n| format!("a{} = a{n} + 'b'\n", n + 1)).collect();
    let copied = format!("a0 = '{}'\n{copied}", "a".repeat(4_000));
    let started: String =
        (0..500).map(|n| format!("os.system('/var/{n}')\nopen('/var/{n}', 'w').write('a')\n")).collect();
    let started = format!("import os\n\n\ndef go():\n    pass\n\n\n{started}");
    let chained = format!("x = a{}\n", format!(".{}", "b".repeat(2_000)).repeat(300));
    for source in [nested, joined, called + "exec(f0('a'))\n", alike, copied, chained] {
        let examined = only_hostile().examine(&Member { path: "m.py", bytes: source.as_bytes() });
        assert!(examined.findings.len() < 10, "{:?}", examined.findings);
    }
    let examined = only_hostile().examine(&Member { path: "m.py", bytes: started.as_bytes() });
    assert!(examined.findings.len() <= 1_000, "{}", examined.findings.len());
}
