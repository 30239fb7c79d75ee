//! Outcomes written by hand: what the core would hand over in stories worth reporting on.
#![allow(dead_code, reason = "each test target uses some of the samples")]
#![allow(clippy::unwrap_used, reason = "the samples are constants")]

use std::collections::BTreeMap;

use evidence::{Affected, Finding, Kind, Known, Rating, Score, Severity, Vulnerability, affected};
use indicators::{Capability, Difference, Evidence, Gained, Moment, inventory::Statement};
use packaging::{Origin, PackageName, Version, VersionSpecifiers, index::ProjectStatus, lock::Format};
use report::{Extras, LockFile};
use resolution::{
    Level, Recommendation,
    catalogue::{Edge, ExclusionKind},
    certificate::{Certificate, Heuristic, ProvedLevel, Scope, Stopped},
    front::Alternatives,
    outcome::{
        AdvisoriesUsed, Avoided, Cause, Change, ChosenRelease, Decision, Effort, EvidenceUsed, Explanation, Filter,
        HealthUsed, Help, Incoming, NextBest, ObservationsUsed, Outcome, PrescriptionsUsed, Reason, Remaining, Remedy,
        ScansUsed, Standing, StepBack, TradeOff, Unknown, Verdict,
    },
    pipeline::{
        Pipeline,
        observed::FAILURES,
        remarks::{Remark, Remarks, Tone},
        scanned::{self, Scan},
    },
    predict::{Kind as Predictor, Size},
    relaxation::{OtherIndex, Part, Relaxation, Written},
    releases::Releases,
    why::{Comparison, Vulnerable},
};

pub(crate) const DAY: i64 = 86_400;
/// 2026-09-20T12:00:00Z in microseconds.
pub(crate) const SEPTEMBER: i64 = 1_789_905_600_000_000;

pub(crate) fn name(text: &str) -> PackageName {
    text.parse().unwrap()
}

pub(crate) fn version(text: &str) -> Version {
    text.parse().unwrap()
}

pub(crate) fn versions(texts: &[&str]) -> Vec<Version> {
    texts.iter().map(|text| version(text)).collect()
}

pub(crate) fn specifiers(text: &str) -> VersionSpecifiers {
    text.parse().unwrap()
}

/// A release without peculiarities: `flask 3.0.3`, required in `requirements.txt:3` or by `parents`.
pub(crate) fn release(text: &str, line: Option<u32>, parents: &[&str]) -> ChosenRelease {
    let (package, number) = text.split_once(' ').unwrap();
    ChosenRelease {
        name: name(package),
        version: version(number),
        extras: Vec::new(),
        index: Some("https://index.example/simple/".to_string()),
        url: None,
        direct: line.is_some(),
        parents: parents.iter().map(|parent| name(parent)).collect(),
        origins: line.map(|line| Origin::line("requirements.in", line)).into_iter().collect(),
        newest: version(number),
        behind: 0,
        status: ProjectStatus::Active,
        yanked: None,
        recorded_metadata: false,
        needs_build: false,
        uploaded: Some(SEPTEMBER),
    }
}

pub(crate) fn vulnerability(id: &str, summary: &str) -> Vulnerability {
    Vulnerability {
        id: id.to_string(),
        records: Vec::new(),
        aliases: Vec::new(),
        kind: Kind::Flaw,
        severity: Severity::Unscored,
        exploited: Known::Absent,
        summary: summary.to_string(),
        link: format!("https://advisories.example/{id}"),
        published: Some(SEPTEMBER),
        modified: Some(SEPTEMBER),
        affected: Affected {
            ranges: vec![affected::Range {
                introduced: Some("2.0".to_string()),
                until: affected::Until::Before("3.0.3".to_string()),
            }],
            versions: vec!["1.9.1".to_string()],
        },
    }
}

pub(crate) fn debugger() -> Finding {
    Finding {
        vulnerability: Vulnerability {
            records: vec!["GHSA-2g68-c3qc-8985".to_string(), "PYSEC-2024-221".to_string()],
            severity: Severity::Scored(
                Score::of_vector("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H", "GHSA-2g68-c3qc-8985").unwrap(),
            ),
            ..vulnerability(
                "CVE-2024-34069",
                "A page of an attacker can make the debugger of a developer run code when its pin is typed in or guessed",
            )
        },
        fixed: versions(&["3.0.3"]),
    }
}

pub(crate) fn exhaustion() -> Finding {
    Finding {
        vulnerability: Vulnerability {
            aliases: vec!["CVE-2024-49767".to_string()],
            severity: Severity::Label(Rating::Medium, "GHSA-q34m-jh98-gwm2".to_string()),
            exploited: Known::Unknown("no catalogue of exploited vulnerabilities was loaded".to_string()),
            ..vulnerability("GHSA-q34m-jh98-gwm2", "Multipart forms take memory without a bound")
        },
        fixed: versions(&["3.0.6"]),
    }
}

pub(crate) fn unscored() -> Finding {
    Finding { vulnerability: vulnerability("PYSEC-2026-7", ""), fixed: Vec::new() }
}

pub(crate) fn exploited() -> Finding {
    Finding {
        vulnerability: Vulnerability {
            severity: Severity::Scored(
                Score::of_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVE-2026-1").unwrap(),
            ),
            exploited: Known::Present(true),
            ..vulnerability("CVE-2026-1", "Remote code execution in the template engine")
        },
        fixed: versions(&["3.1.5", "4.0.1"]),
    }
}

pub(crate) fn advisories() -> EvidenceUsed {
    EvidenceUsed {
        advisories: Some(AdvisoriesUsed {
            id: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".to_string(),
            sources: vec!["https://advisories.example/PyPI/all.zip".to_string()],
            records: 18_204,
            newest: Some(SEPTEMBER),
            checked: Some(SEPTEMBER),
            age: Some(3 * 3_600),
            rejected: Vec::new(),
            rejected_count: 0,
        }),
        missing: None,
        exclude_newer: None,
        prescriptions: None,
        observations: None,
        scans: None,
        health: None,
    }
}

pub(crate) fn certificate() -> Certificate {
    let optimal = |level, value| ProvedLevel { level, value, bound: value, is_optimal: true };
    Certificate {
        levels: vec![
            optimal(Level::LastResort, 0),
            optimal(Level::Exploited, 0),
            optimal(Level::Exposure, 0),
            optimal(Level::Quality, 0),
            optimal(Level::Change, 2),
            optimal(Level::DirectFreshness, 0),
            optimal(Level::Freshness, 1),
        ],
        stopped: None,
        heuristic: None,
        scope: Scope { packages: 9, releases: 1214, read: 14 },
        problem: "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210".to_string(),
        statement: vec!["thoth problem 1".to_string(), "require flask".to_string()],
    }
}

/// A stack that a predictor found, and the next best one.
pub(crate) fn walked() -> (Outcome, Extras) {
    let mut decision = decision();
    let level = ProvedLevel { level: Level::Change, value: 2, bound: 1, is_optimal: false };
    decision.certificate.levels = vec![level];
    decision.certificate.heuristic = Some(Heuristic {
        predictor: Predictor::Annealing,
        seed: 7,
        stacks: 100_000,
        iterations: 1_200_000,
        rejected: 41,
        learned: 17,
        first: Some(12),
        exhausted: false,
        milliseconds: 800,
        world: Size { packages: 9, releases: 62, left_out: 0 },
        score: -0.25,
        bound: -0.125,
        history: Vec::new(),
    });
    let next = NextBest {
        levels: vec![(Level::Change, 3)],
        differs: vec![(name("jinja2"), version("3.1.3"))],
        without: vec![name("itsdangerous")],
    };
    (Outcome { next_best: vec![next], ..outcome(Verdict::Stack(decision)) }, Extras::default())
}

pub(crate) fn outcome(verdict: Verdict) -> Outcome {
    Outcome {
        recommendation: Recommendation::Stable,
        environment: "CPython 3.11.7, x86_64-manylinux_2_36".to_string(),
        inputs: vec!["requirements.in".to_string()],
        evidence: advisories(),
        verdict,
        alternatives: None,
        next_best: Vec::new(),
        notes: Vec::new(),
        unknown: Vec::new(),
        remarks: resolution::pipeline::remarks::Remarks::default(),
        pipeline: Pipeline::default(),
        runtime: resolution::outcome::Runtime::default(),
        required: resolution::outcome::Required::default(),
        effort: Effort { packages: 9, releases_read: 14, requests: 23, steps: 61, milliseconds: 1_284 },
    }
}

pub(crate) fn written(path: &str, format: Format) -> Extras {
    let lock = LockFile { path: path.to_string(), format, sha256: Some("ab".repeat(32)) };
    Extras { exit_code: 0, lock: Some(lock), ..Extras::default() }
}

/// Flask and what it needs, with an old werkzeug avoided.
pub(crate) fn decision() -> Decision {
    Decision {
        releases: vec![
            release("blinker 1.9.0", None, &["flask"]),
            release("flask 3.0.3", Some(3), &[]),
            release("itsdangerous 2.2.0", None, &["flask"]),
            ChosenRelease { behind: 1, newest: version("3.1.6"), ..release("jinja2 3.1.5", None, &["flask"]) },
            release("markupsafe 3.0.2", None, &["jinja2", "werkzeug"]),
            ChosenRelease {
                behind: 4,
                newest: version("3.1.3"),
                origins: vec![
                    Origin::line("requirements.in", 4),
                    Origin::line("pyproject.toml", 9).part("project.dependencies"),
                ],
                ..release("werkzeug 3.0.6", Some(4), &["flask"])
            },
        ],
        changes: None,
        avoided: vec![Avoided {
            name: name("werkzeug"),
            version: version("3.0.1"),
            chosen: Some(version("3.0.6")),
            findings: vec![debugger(), exhaustion()],
            step_back: None,
        }],
        remaining: Vec::new(),
        ignored: Vec::new(),
        unused_ignores: Vec::new(),
        certificate: Box::new(certificate()),
    }
}

/// No lock was there, all is well.
pub(crate) fn first_lock() -> (Outcome, Extras) {
    (outcome(Verdict::Stack(decision())), written("requirements.txt", Format::Requirements))
}

/// A lock was there, and some of it moves.
pub(crate) fn update() -> (Outcome, Extras) {
    let change = |package: &str, before: &str, after: &str, fixes: &[&str]| Change {
        name: name(package),
        before: before.parse().ok(),
        after: after.parse().ok(),
        fixes: fixes.iter().map(ToString::to_string).collect(),
        step_back: None,
    };
    let changes = vec![
        change("blinker", "", "1.9.0", &[]),
        change("colorama", "0.4.6", "", &[]),
        Change { step_back: Some(bought()), ..change("jinja2", "3.1.6", "3.1.5", &[]) },
        change("markupsafe", "3.0.2", "3.0.2", &[]),
        change("werkzeug", "3.0.1", "3.0.6", &["CVE-2024-34069", "GHSA-q34m-jh98-gwm2"]),
    ];
    let decision = Decision { changes: Some(changes), avoided: Vec::new(), ..decision() };
    (outcome(Verdict::Stack(decision)), written("locks/pylock.toml", Format::Pylock))
}

/// A `security` run that ends with vulnerabilities.
pub(crate) fn remaining() -> (Outcome, Extras) {
    let deep = |finding: Finding| Remaining {
        name: name("werkzeug"),
        version: version("3.0.1"),
        finding,
        path: vec![name("flask"), name("werkzeug")],
        origin: Some(Origin::line("requirements.in", 3)),
        cause: None,
    };
    let direct = Remaining {
        name: name("jinja2"),
        version: version("3.1.4"),
        finding: exploited(),
        path: vec![name("jinja2")],
        origin: Some(Origin::line("pyproject.toml", 7).part("project.dependencies")),
        cause: None,
    };
    let direct = Remaining { cause: Some(forced()), ..direct };
    let mut old = deep(exhaustion());
    old.cause = Some(outweighed());
    let mut certificate = certificate();
    let proved = |level, value, bound, is_optimal| ProvedLevel { level, value, bound, is_optimal };
    certificate.stopped = Some(Stopped::Timeout { milliseconds: 10_000 });
    certificate.levels = vec![
        proved(Level::Exploited, 1, 1, true),
        proved(Level::Exposure, 223, 98, false),
        proved(Level::Freshness, 12, 0, false),
    ];
    let mut decision = Decision {
        changes: Some(Vec::new()),
        avoided: Vec::new(),
        remaining: vec![direct, deep(debugger()), old, deep(unscored())],
        ignored: vec![Remaining {
            name: name("flask"),
            version: version("3.0.3"),
            finding: Finding { vulnerability: vulnerability("CVE-2025-47278", ""), fixed: Vec::new() },
            path: vec![name("flask")],
            origin: None,
            cause: None,
        }],
        unused_ignores: vec!["PYSEC-2020-1".to_string()],
        certificate: Box::new(certificate),
        ..decision()
    };
    for one in &mut decision.releases {
        match one.name.as_ref() {
            "jinja2" => one.version = version("3.1.4"),
            "werkzeug" => one.version = version("3.0.1"),
            _ => {}
        }
    }
    let mut outcome = outcome(Verdict::Stack(decision));
    outcome.recommendation = Recommendation::Security;
    let old = |number: u32| Unknown {
        about: format!("flask 0.{number}"),
        why: "it was left out because its metadata cannot be known without a build".to_string(),
    };
    outcome.unknown = (1..=7).map(old).collect();
    outcome.unknown.push(Unknown {
        about: "flask 3.1.0".to_string(),
        why: "its metadata could not be read (https://index.example/flask-3.1.0.whl: 503)".to_string(),
    });
    (outcome, Extras { exit_code: 1, ..written("requirements.txt", Format::Requirements) })
}

/// A vulnerability that a bound of the project forces.
fn forced() -> Cause {
    let facts = vec![
        Reason::Want {
            text: "jinja2<3.1.5".to_string(),
            origin: Origin::line("pyproject.toml", 7).part("project.dependencies"),
        },
        Reason::Excluded {
            package: name("jinja2"),
            kind: ExclusionKind::Avoided,
            releases: among(&["-3.1.6", "-3.1.5", "3.1.4", "3.1.3"]),
            details: std::collections::BTreeSet::from(["CVE-2026-1".to_string()]),
            filter: None,
        },
    ];
    let bound = Relaxation::Bound { written: written_down("jinja2<3.1.5", 7), admit: Some(version("3.1.6")) };
    let dropped = Relaxation::Dropped { written: written_down("jinja2<3.1.5", 7) };
    let before = Some(Standing { last_resorts: 0, exploited: 1, exposure: 223 });
    let remedy = |relaxation: Relaxation, exposure: i64| Remedy {
        relaxations: vec![relaxation],
        requires_python: None,
        before,
        after: Standing { exploited: 0, exposure, last_resorts: 0 },
        gone: vec!["CVE-2026-1".to_string()],
    };
    let help = Help { remedies: vec![remedy(bound, 125), remedy(dropped, 125)], tried: 3, cut: false };
    Cause { facts, trade_off: None, fixed: true, help }
}

/// A vulnerability that a stack could do without, at a price.
fn outweighed() -> Cause {
    let with = Standing { last_resorts: 0, exploited: 1, exposure: 223 };
    let incoming =
        vec![Incoming { name: name("markupsafe"), version: version("2.0"), ids: vec!["CVE-2026-8".to_string()] }];
    let trade_off = TradeOff {
        with,
        without: Standing { last_resorts: 1, exposure: 196, ..with },
        slower: 0,
        incoming,
        last_resorts: vec![(name("werkzeug"), version("3.2rc1"))],
    };
    let help = Help { remedies: Vec::new(), tried: 24, cut: true };
    Cause { facts: Vec::new(), trade_off: Some(trade_off), fixed: false, help }
}

/// A vulnerability that performance is bought with.
pub(crate) fn slower() -> Cause {
    let with = Standing { exposure: 50, ..Standing::default() };
    let trade_off =
        TradeOff { with, without: Standing::default(), slower: 300, incoming: Vec::new(), last_resorts: Vec::new() };
    Cause { trade_off: Some(trade_off), fixed: true, help: Help { tried: 1, ..Help::default() }, ..Cause::default() }
}

/// That no stack has a release because of its date.
pub(crate) fn too_young(package: &str, number: &str) -> StepBack {
    StepBack::Impossible(vec![
        wanted(package),
        Reason::Excluded {
            package: name(package),
            kind: ExclusionKind::TooNew,
            releases: among(&[number]),
            details: std::collections::BTreeSet::new(),
            filter: None,
        },
    ])
}

/// A requirement of the project as a fact.
pub(crate) fn wanted(text: &str) -> Reason {
    Reason::Want { text: text.to_string(), origin: Origin::line("requirements.in", 1) }
}

fn written_down(text: &str, line: u32) -> Written {
    let package = text.split(['<', '>', '=', '[']).next().unwrap_or(text);
    Written {
        part: Part::Requirement,
        package: name(package),
        text: text.to_string(),
        origin: Origin::line("requirements.in", line),
    }
}

/// One way out of every kind.
fn every_help() -> Help {
    let written = written_down("tensor[gpu]==2.*", 1);
    let all = vec![
        Relaxation::Bound { written: written.clone(), admit: Some(version("3.1")) },
        Relaxation::Newer { before: Some(SEPTEMBER) },
        Relaxation::Newer { before: None },
        Relaxation::Formats { package: Some(name("tensor")) },
        Relaxation::Formats { package: None },
        Relaxation::Extra { written: written.clone(), extra: "gpu".parse().unwrap() },
        Relaxation::Prereleases,
        Relaxation::Python { version: "3.12".to_string() },
        Relaxation::Index { package: name("tensor"), index: other_index(Some("upstream")) },
        Relaxation::Index { package: name("tensor"), index: other_index(None) },
        Relaxation::Yanked { package: name("tensor"), version: version("2.11") },
        Relaxation::Hashes { package: name("tensor") },
        Relaxation::Prescription { name: "local.tensor-1a2b".to_string(), origin: Origin::line("tensor-1a2b.yaml", 4) },
        Relaxation::Bound {
            written: Written { part: Part::Constraint, ..written.clone() },
            admit: Some(version("3.0")),
        },
        Relaxation::Bound { written: Written { part: Part::Override, ..written.clone() }, admit: None },
        Relaxation::Dropped { written },
    ];
    let remedy = |relaxation: Relaxation| Remedy {
        requires_python: matches!(relaxation, Relaxation::Python { .. })
            .then(|| (specifiers(">=3.9,<3.12"), Origin::line("pyproject.toml", 4))),
        relaxations: vec![relaxation],
        before: None,
        after: Standing::default(),
        gone: Vec::new(),
    };
    Help { remedies: all.into_iter().map(remedy).collect(), tried: 20, cut: false }
}

fn other_index(name: Option<&str>) -> OtherIndex {
    let url = "https://index.example/simple/".to_string();
    OtherIndex { place: 1, name: name.map(str::to_string), url }
}

/// A step back to a release that lets another one go forward.
pub(crate) fn bought() -> StepBack {
    let incoming = vec![Incoming {
        name: name("markupsafe"),
        version: version("2.0"),
        ids: ["CVE-2026-8", "CVE-2026-9"].map(String::from).to_vec(),
    }];
    StepBack::Worse { level: Level::Exposure, with: 389, without: 0, incoming }
}

/// A stack with two others beside it, of more that were found.
pub(crate) fn alternatives() -> (Outcome, Extras) {
    let point = |exposure: i64, behind: i64, brings: Vec<Finding>| Comparison {
        levels: vec![
            (Level::Exploited, 0, i64::from(exposure > 100)),
            (Level::Exposure, 0, exposure),
            (Level::DirectFreshness, 5, behind),
            (Level::Freshness, 12, 12),
        ],
        changes: vec![Change {
            name: name("werkzeug"),
            before: Some(version("3.0.3")),
            after: Some(version("3.0.6")),
            fixes: Vec::new(),
            step_back: None,
        }],
        brings: vec![Vulnerable { name: name("werkzeug"), version: version("3.0.6"), findings: brings }],
    };
    let points = vec![point(75, 3, vec![debugger()]), point(173, 0, vec![exploited(), debugger()])];
    let mut outcome = outcome(Verdict::Stack(Decision { avoided: Vec::new(), ..decision() }));
    outcome.alternatives = Some(Alternatives { points, found: 4, complete: true });
    (outcome, written("requirements.txt", Format::Requirements))
}

/// Nothing is known about vulnerabilities; the releases have their peculiarities.
pub(crate) fn uninformed() -> (Outcome, Extras) {
    let mut decision = Decision { avoided: Vec::new(), unused_ignores: vec!["CVE-2024-1".to_string()], ..decision() };
    let [blinker, flask, itsdangerous, jinja2, markupsafe, _] = decision.releases.as_mut_slice() else {
        panic!("the sample has six releases");
    };
    blinker.yanked = Some(Some("it does not import on Windows".to_string()));
    flask.extras = vec!["async".parse().unwrap(), "dotenv".parse().unwrap()];
    flask.status = ProjectStatus::Archived;
    itsdangerous.status = ProjectStatus::Deprecated;
    itsdangerous.index = Some("https://mirror.example/simple/".to_string());
    jinja2.recorded_metadata = true;
    jinja2.needs_build = true;
    markupsafe.index = None;
    markupsafe.url = Some("https://files.example/markupsafe-3.0.2.tar.gz".to_string());
    let mut outcome = outcome(Verdict::Stack(decision));
    outcome.evidence = EvidenceUsed {
        advisories: None,
        missing: Some("fetch https://advisories.example/PyPI/all.zip: timed out after 5 s".to_string()),
        exclude_newer: Some(SEPTEMBER),
        prescriptions: None,
        observations: None,
        scans: None,
        health: None,
    };
    outcome.unknown =
        vec![Unknown { about: "all".to_string(), why: outcome.evidence.missing.clone().unwrap_or_default() }];
    outcome.notes = vec!["The platform is taken from the interpreter at /usr/bin/python3.".to_string()];
    (outcome, written("Pipfile.lock", Format::PipfileLock))
}

/// What a release requires.
pub(crate) fn edge(package: &str, bounds: &str) -> Edge {
    Edge { when: Vec::new(), package: name(package), extras: Vec::new(), specifiers: specifiers(bounds) }
}

/// Releases among others, which have a `-` before their version; newest first.
pub(crate) fn among(texts: &[&str]) -> Releases {
    let one = |text: &&str| (version(text.trim_start_matches('-')), !text.starts_with('-'));
    Releases::among(texts.iter().map(one))
}

/// Two requirements that no version serves.
pub(crate) fn conflict() -> (Outcome, Extras) {
    let facts = vec![
        Reason::Want { text: "flask>=3".to_string(), origin: Origin::line("requirements.in", 2) },
        Reason::Constraint { text: "werkzeug<3".to_string(), origin: Origin::line("constraints.txt", 1) },
        Reason::Requires {
            package: name("flask"),
            on: name("werkzeug"),
            edges: vec![
                (edge("werkzeug", ">=3.1"), among(&["3.1.2", "3.1.1", "3.1.0", "3.1.0a1", "-3.0.3"])),
                (edge("werkzeug", ">=3.0.0"), among(&["-3.1.0", "3.0.3", "-3.0.1", "3.0.0", "-3.0.0rc1"])),
                (edge("werkzeug", ""), among(&["-3.0.0", "3.0.0rc1"])),
            ],
        },
    ];
    (
        outcome(Verdict::Impossible(Explanation { facts, ..Explanation::default() })),
        Extras { exit_code: 1, ..Extras::default() },
    )
}

/// Releases that a prescription keeps apart, and what others tell.
pub(crate) fn prescribed() -> (Outcome, Extras) {
    let origin = || Origin::line("prescriptions/fl_/flask/group.yaml", 4);
    let facts = vec![
        Reason::Want { text: "flask>=3".to_string(), origin: Origin::line("requirements.in", 2) },
        Reason::Rule {
            name: "thoth.FlaskWerkzeug".to_string(),
            origin: origin(),
            why: "it crashes".to_string(),
            members: vec!["flask>=3".to_string(), "werkzeug<3".to_string()],
        },
    ];
    let mut outcome = outcome(Verdict::Impossible(Explanation { facts, ..Explanation::default() }));
    outcome.evidence.prescriptions = Some(PrescriptionsUsed {
        id: "0123456789abcdef".repeat(4),
        sources: vec!["prescriptions.tar.zst".to_string()],
        releases: BTreeMap::from([("thoth".to_string(), Some("0.24.0".to_string()))]),
        units: 90_611,
        rules: 66,
        unusable: 1,
    });
    outcome.evidence.observations = Some(ObservationsUsed {
        kind: "Python 3.11 on linux-x86_64".to_string(),
        counted: 1_234,
        failed: 16,
        unexplained: 4,
        elsewhere: 57,
        unknown: 3,
        rules: 1,
    });
    let sources = vec!["index".to_string(), "deps.dev+https://api.example/".to_string()];
    outcome.evidence.health = Some(HealthUsed { sources, looked: 12, unscored: 3, rules: 1 });
    outcome.remarks = Remarks {
        stack_info: vec![remark(None, Tone::Error, "this base image is no longer cared for")],
        justification: vec![
            remark(Some("flask"), Tone::Warning, "its maintainers do not sign releases"),
            remark(Some("jinja2"), Tone::Warning, "its maintainers do not sign releases"),
            Remark { unit: FAILURES.to_string(), ..remark(Some("werkzeug"), Tone::Info, "it is popular") },
        ],
        manifest_changes: vec![
            vec![
                r#"{"kind":"Deployment","patch":{"op":"add","path":"/spec/env/0","value":{"name":"THREADS"}}}"#
                    .to_string(),
            ],
            vec![r#"{"kind":"BuildConfig"}"#.to_string()],
        ],
    };
    (outcome, Extras { exit_code: 1, ..Extras::default() })
}

fn remark(package: Option<&str>, tone: Tone, message: &str) -> Remark {
    Remark {
        package: package.map(name),
        tone,
        message: message.to_string(),
        link: "https://example.com/why".to_string(),
        links: vec!["https://example.com/why".to_string()],
        advisory: None,
        cve_id: None,
        cve_name: None,
        version_range: None,
        decides: false,
        unit: "thoth.Remark".to_string(),
        origin: Origin::line("prescriptions/fl_/flask/group.yaml", 4),
    }
}

/// An update whose releases were looked into: one looks hostile, one can do more, one is not known.
pub(crate) fn looked() -> (Outcome, Extras) {
    let (mut outcome, mut extras) = update();
    let (scan, analysis) = (Scan::Chosen, "0123456789abcdef".to_string());
    outcome.evidence.scans = Some(ScansUsed { scan, analysis, looked: 6, known: 2, failed: 1, rules: 0 });
    outcome.remarks.justification = vec![Remark {
        unit: scanned::HOSTILE.to_string(),
        ..remark(Some("jinja2"), Tone::Error, "jinja2 3.1.5 looks hostile: T110 jinja2/a.py:5: It runs what it decodes")
    }];
    let evidence = |capability, moment| Evidence {
        capability,
        moment,
        path: "werkzeug/serving.py".to_string(),
        line: 7,
        excerpt: "import socket".to_string(),
    };
    let difference = Difference {
        gained: vec![
            Gained { known: false, evidence: evidence(Capability::Network, Moment::Later) },
            Gained { known: true, evidence: evidence(Capability::Process, Moment::Install) },
        ],
        said: vec![(Statement::Maintainer, "Mallory".to_string())],
        ..Difference::default()
    };
    extras.differences = BTreeMap::from([
        (name("flask"), Ok(Difference::default())),
        (name("jinja2"), Err("the index does not answer".to_string())),
        (name("werkzeug"), Ok(difference)),
    ]);
    (outcome, extras)
}

/// Releases that may not be chosen, for every kind of reason, and a package that is not there.
pub(crate) fn excluded() -> (Outcome, Extras) {
    let excluded = |kind: ExclusionKind, texts: &[&str], details: &[&str], filter: Option<Filter>| Reason::Excluded {
        package: name("tensor"),
        kind,
        releases: among(texts),
        details: details.iter().map(ToString::to_string).collect(),
        filter,
    };
    let origin = Origin::line("thoth.toml", 3).part("exclude-newer");
    let cooldown = Filter::Uploaded { before: SEPTEMBER, origin: Some(origin) };
    let mut many: Vec<String> = (0..=11).rev().map(|number| format!("2.{number}")).collect();
    many.push("1.0".to_string());
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let facts = vec![
        Reason::Want { text: "tensor==2.*".to_string(), origin: Origin::line("requirements.in", 1) },
        excluded(ExclusionKind::Yanked, &many, &["it does not import on Windows"], None),
        excluded(
            ExclusionKind::Python,
            &["3.2", "-3.1", "3.0"],
            &[">=3.12", ">=3.13"],
            Some(Filter::Python(version("3.11.7"))),
        ),
        excluded(ExclusionKind::Prerelease, &["4.0b1", "-3.2"], &[], None),
        excluded(ExclusionKind::TooNew, &["5.1", "5.0", "-4.0b1"], &[], Some(cooldown)),
        Reason::Requires { package: name("tensor"), on: name("left-pad"), edges: Vec::new() },
        Reason::Missing {
            package: name("left-pad"),
            answers: BTreeMap::from([
                ("https://index.example/simple/".to_string(), "404 Not Found".to_string()),
                ("https://mirror.example/simple/".to_string(), "403 Forbidden".to_string()),
            ]),
        },
    ];
    let mut outcome = outcome(Verdict::Impossible(Explanation { facts, help: every_help() }));
    outcome.recommendation = Recommendation::Latest;
    outcome.inputs = (1..=8).map(|number| format!("requirements/{number}.txt")).collect();
    (outcome, Extras { exit_code: 1, ..Extras::default() })
}

/// The project is for another Python.
pub(crate) fn python() -> (Outcome, Extras) {
    let fact = Reason::Python {
        supported: specifiers(">=3.12,<4"),
        origin: Origin::line("pyproject.toml", 4).part("project.requires-python"),
        environment: version("3.11.7"),
    };
    (
        outcome(Verdict::Impossible(Explanation { facts: vec![fact], ..Explanation::default() })),
        Extras { exit_code: 1, ..Extras::default() },
    )
}

/// Strangers' texts that try to act on the terminal, to mislead and to overflow it.
pub(crate) fn hostile() -> (Outcome, Extras) {
    let mut finding = debugger();
    finding.vulnerability.id = "CVE-1\u{1b}[2J".to_string();
    finding.vulnerability.summary =
        format!("\u{1b}]8;;https://evil.example\u{7}click\u{9b}31m\nFixed: yes \u{202e}{}", "a".repeat(9_000));
    finding.vulnerability.link = "https://user:secret@advisories.example/\u{8}\u{8}".to_string();
    finding.vulnerability.aliases = (0..500).map(|number| format!("X-{number}")).collect();
    finding.fixed = (0..200).map(|number| version(&format!("4.{number}"))).collect();
    let mut decision = decision();
    decision.avoided = vec![Avoided {
        name: name("werkzeug"),
        version: version("3.0.1"),
        chosen: None,
        findings: std::iter::repeat_n(finding, 40).collect(),
        step_back: None,
    }];
    decision.releases.truncate(2);
    if let Some(first) = decision.releases.first_mut() {
        first.yanked = Some(Some("\r\u{1b}[1Anothing to see here".to_string()));
        first.parents = (0..90).map(|number| name(&format!("parent-{number}"))).collect();
    }
    decision.unused_ignores = vec!["\u{1b}c".to_string()];
    let mut outcome = outcome(Verdict::Stack(decision));
    outcome.inputs = vec!["a\u{1b}[31m\nb.txt".to_string()];
    outcome.environment = "CPython\u{0} 3.11".to_string();
    outcome.notes = vec!["Read https://user:secret@index.example/simple/\u{2066}.".to_string()];
    outcome.unknown = vec![Unknown { about: "x\u{7f}".to_string(), why: "\u{85}y".to_string() }];
    if let Some(used) = &mut outcome.evidence.advisories {
        used.age = Some(-90_000);
        used.newest = Some(i64::MAX);
        used.rejected = (0..50).map(|number| format!("a{number}.json: \u{1b}[5m{}", "long ".repeat(200))).collect();
        used.rejected_count = 70_000;
    }
    (outcome, written("it's\u{1b}[2J.txt", Format::Requirements))
}
