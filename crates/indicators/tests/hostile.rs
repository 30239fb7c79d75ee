//! Hostile releases are found, each rule fires where its fixture says, and no comment waves it through.
//!
//! A sample is a text that holds the files of a release, see [`Sample`]. `known` are those that were there while the rules
//! were made; `unseen` were written afterwards, and no rule was changed for them. All are inert: addresses are reserved
//! ones that nobody has, and what looks like a payload is none.

mod revision;
mod samples;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use indicators::{Analyser, Confidence, Family, Finding, Member, Severity, catalogue};
use samples::{Sample, texts};

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
    assert!(samples.len() >= 58, "{} samples", samples.len());
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
        samples.len() >= 28 && found * 100 >= samples.len() * 90,
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

/// A program whose users name what it loads is no downloader of its own.
#[test]
fn code_from_where_the_caller_says_is_told_and_not_forbidden() {
    let from = |address: &str| {
        let source = format!("import requests\n\n\ndef load(url):\n    exec(requests.get({address}).text)\n");
        let findings = only_hostile().examine(&Member { path: "m.py", bytes: source.as_bytes() }).findings;
        findings.iter().filter(|one| one.rule == "T141").map(forbids).collect::<Vec<_>>()
    };
    assert_eq!(from("url"), [false]);
    assert_eq!(from("'https://quiet.invalid'"), [true]);
    assert_eq!(from("'https://' + url"), [true]);
}

#[test]
fn hooks_of_builds_run_at_installation_and_main_guards_are_read_as_python_reads_them() {
    let rules = |path: &str, text: &str| -> Vec<String> {
        let examined =
            Analyser::new(|rule| rule.family == Family::Hostile).examine(&Member { path, bytes: text.as_bytes() });
        examined.findings.iter().map(|one| one.rule.to_string()).collect()
    };
    let hook = "import subprocess\n\n\nclass Hook(BuildHookInterface):\n    def initialize(self, version, data):\n        \
                subprocess.run(['make'])\n";
    assert_eq!(rules("quiet-1.0/hatch_build.py", hook), ["T101"]);
    assert!(rules("quiet-1.0/quiet/hatch_build.py", hook).is_empty());
    let hook = "import os\n\n\ndef pdm_build_initialize(context):\n    os.system('make')\n";
    assert_eq!(rules("quiet-1.0/pdm_build.py", hook), ["T101"]);
    for (test, runs) in [
        ("__name__ == '__main__'", false),
        ("'__main__' == __name__", false),
        ("__name__ != '__main__'", true),
        ("__name__ == 'quiet.go'", true),
    ] {
        let text = format!("import os\nif {test}:\n    os.system('make')\n");
        assert_eq!(rules("quiet/go.py", &text).contains(&"T105".to_string()), runs, "{test}");
        let other = format!("import os\nif {test}:\n    pass\nelse:\n    os.system('make')\n");
        assert!(rules("quiet/go.py", &other).contains(&"T105".to_string()), "{test}");
    }
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
