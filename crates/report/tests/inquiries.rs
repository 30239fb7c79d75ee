//! Answers about a stack: the documents against their schema, and trees of every shape.

#![allow(clippy::unwrap_used, reason = "the samples are constants")]

mod samples;
mod schema;

use evidence::health::{Listed, Records, Status, Subject};
use packaging::{Origin, VersionSpecifiers};
use report::health::{Checkup, SCHEMA as HEALTH, health_json};
use report::{INQUIRIES, SCHEMA, Style, TreeView, tree, tree_json, why, why_json, why_not, why_not_json};
use resolution::{
    Level,
    graph::{Graph, Link, Node, Root},
    outcome::{Change, Help, Verdict},
    why::{Bound, By, Comparison, Mention, Presence, Supposed, There, Unless, Vulnerable, Why, WhyNot, WhyNotFinding},
};
use samples::{conflict, hostile, name, remaining, version};
use schema::problems;
use serde_json::Value;

/// The schema of the answers with what it refers to.
fn the_schema() -> Value {
    let mut schema: Value =
        serde_json::from_str(&INQUIRIES.replace("advise-v1.json#", "#")).expect("the schema is JSON");
    let advise: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let shared = advise["$defs"].as_object().unwrap().clone();
    let own = schema["$defs"].as_object_mut().unwrap();
    for (name, definition) in shared {
        assert!(own.insert(name.clone(), definition).is_none(), "{name} is defined twice");
    }
    schema
}

fn link(to: usize) -> Link {
    Link { to, specifiers: VersionSpecifiers::empty(), extras: Vec::new(), when: Vec::new(), overridden: false }
}

fn node(package: &str, requires: &[usize]) -> Node {
    Node {
        name: name(package),
        version: version("1.0"),
        extras: Vec::new(),
        findings: Vec::new(),
        requires: requires.iter().map(|to| link(*to)).collect(),
    }
}

fn root(to: usize, text: &str) -> Root {
    Root {
        to,
        specifiers: VersionSpecifiers::empty(),
        extras: Vec::new(),
        text: text.to_string(),
        origin: Origin::line("requirements.in", 1),
        overridden: false,
    }
}

/// A stack whose releases require what `requires` says, as far as there are so many.
fn stack(releases: usize, requires: impl Fn(usize) -> Vec<usize>) -> Graph {
    let node = |at: usize| {
        let next: Vec<usize> = requires(at).into_iter().filter(|next| *next < releases).collect();
        node(&format!("p{at:06}"), &next)
    };
    Graph { nodes: (0..releases).map(node).collect(), roots: vec![root(0, "p000000")] }
}

/// Releases that each require the next one.
fn chain(releases: usize) -> Graph {
    stack(releases, |at| vec![at + 1])
}

#[test]
fn the_documents_follow_their_schema() {
    let (outcome, _) = remaining();
    let mut graph = chain(3);
    if let Verdict::Stack(decision) = &outcome.verdict {
        graph.nodes[1].findings = decision.remaining.iter().map(|one| one.finding.clone()).collect();
    }
    assert!(!graph.nodes[1].findings.is_empty());
    let impossible = conflict().0;
    for document in [tree_json(&outcome, Some(&graph), 0), tree_json(&impossible, None, 1)] {
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(problems(&the_schema(), &document), Vec::<String>::new());
    }
}

/// Everything that was supposed, every kind of answer.
fn supposed() -> [Supposed; 2] {
    let (outcome, _) = remaining();
    let Verdict::Stack(decision) = outcome.verdict else { panic!("the sample has a stack") };
    let findings = decision.remaining.into_iter().map(|one| one.finding).collect();
    let Verdict::Impossible(explanation) = conflict().0.verdict else { panic!("the sample has no stack") };
    let change = |before: Option<&str>, after: Option<&str>| Change {
        name: name("p000001"),
        before: before.map(version),
        after: after.map(version),
        fixes: vec!["CVE-2024-1\u{1b}".to_string()],
        step_back: None,
    };
    let comparison = Comparison {
        levels: vec![(Level::Exposure, 0, 98), (Level::Freshness, 3, 2)],
        changes: vec![change(Some("1.0"), Some("2.0")), change(None, Some("1.0")), change(Some("1.0"), None)],
        brings: vec![Vulnerable { name: name("p000001"), version: version("2.0"), findings }],
    };
    [Supposed::Impossible(explanation), Supposed::Possible { version: version("2.0"), comparison }]
}

fn whys() -> Vec<Why> {
    let bys = || {
        let origin = || Origin::line("requirements.in", 3);
        let release = By::Release(name("p000000"), version("1.0"));
        [By::Project(origin()), By::Constraint(origin()), By::Override(origin()), release]
    };
    let graph = chain(3);
    let there = |supposed: Option<Supposed>| There {
        place: 2,
        ways: graph.ways(2, 5),
        bounds: bys()
            .into_iter()
            .map(|by| Bound { by, requirement: "p000002<2\u{202e}".to_string(), admits: false })
            .collect(),
        lowest: false,
        preferred: vec![version("3.0"), version("2.0")],
        left_out: Vec::new(),
        supposed,
    };
    let mention = |(by, unless): (By, Unless)| Mention { by, requirement: "nobody>=1".to_string(), unless };
    let unless = [Unless::Environment, Unless::Dropped, Unless::Extra("x".parse().unwrap())];
    let [project, .., release] = bys();
    let mentions = [project, release.clone(), release].into_iter().zip(unless).map(mention).collect();
    let supposed = supposed().into_iter().map(Some).chain([None]);
    let there = supposed.map(|supposed| Presence::There(Box::new(there(supposed))));
    let why = |presence: Presence| Why { package: name("p000002"), graph: graph.clone(), presence };
    there.chain([Presence::Absent(mentions)]).map(why).collect()
}

fn why_nots() -> Vec<WhyNot> {
    let unusable = WhyNotFinding::Unusable {
        left_out: Vec::new(),
        nearest: vec![version("3.0"), version("1.0")],
        help: Help::default(),
    };
    let findings = supposed().map(WhyNotFinding::Supposed).into_iter().chain([unusable, WhyNotFinding::Chosen]);
    let answer = |finding: WhyNotFinding| WhyNot {
        package: name("p000002"),
        requirement: "p000002==2.0".to_string(),
        chosen: Some(version("1.0")),
        finding,
    };
    findings.map(answer).collect()
}

#[test]
fn every_reason_follows_the_schema() {
    let (outcome, _) = remaining();
    let documents = whys().iter().map(|why| why_json(&outcome, Some(why), 0)).collect::<Vec<_>>();
    let others = why_nots().iter().map(|answer| why_not_json(&outcome, Some(answer), 1)).collect::<Vec<_>>();
    for document in documents.iter().chain(&others) {
        let document: Value = serde_json::from_str(document).unwrap();
        assert_eq!(problems(&the_schema(), &document), Vec::<String>::new());
    }
}

#[test]
fn no_reason_acts_on_the_terminal() {
    let style = Style::default();
    let told = whys()
        .iter()
        .map(|one| why(one, &style))
        .chain(why_nots().iter().map(|one| why_not(one, &style)))
        .collect::<Vec<_>>();
    for text in told {
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.ends_with('\n'), "{text:?}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn a_member_that_the_schema_does_not_know_is_noticed() {
    let document = tree_json(&remaining().0, Some(&chain(2)), 0);
    for place in ["", "/answer", "/answer/releases/0", "/answer/edges/0", "/answer/requirements/0"] {
        let mut document: Value = serde_json::from_str(&document).unwrap();
        let members = document.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
        members.insert("novelty".to_string(), Value::from(1));
        let found = problems(&the_schema(), &document);
        assert!(found.iter().any(|problem| problem.contains("novelty")), "{place}: {found:?}");
    }
}

#[test]
fn a_chain_as_long_as_a_stack_may_be_is_drawn() {
    let drawn = tree(&remaining().0, &chain(1_000), &TreeView::default(), &Style::default());
    assert_eq!(drawn.lines().filter(|line| line.contains(" 1.0")).count(), 1_000);
}

#[test]
fn a_tree_that_repeats_itself_without_end_is_cut() {
    // Forty layers of two: 2^40 lines.
    let graph = stack(80, |at| [0, 1].map(|side| (at / 2 + 1) * 2 + side).to_vec());
    let whole = TreeView { dedupe: false, ..TreeView::default() };
    let drawn = tree(&remaining().0, &graph, &whole, &Style::default());
    assert!(drawn.lines().count() < 100_000 && drawn.contains("The tree is cut here"), "{}", drawn.lines().count());
    let once = tree(&remaining().0, &graph, &TreeView::default(), &Style::default());
    assert!(once.lines().count() < 170 && once.contains("(*)"), "{once}");
}

#[test]
fn a_stack_of_cycles_has_a_tree_from_both_ends() {
    let graph = Graph { nodes: vec![node("a", &[1]), node("b", &[0])], roots: vec![root(0, "a")] };
    for invert in [false, true] {
        let view = TreeView { invert, ..TreeView::default() };
        let drawn = tree(&remaining().0, &graph, &view, &Style::default());
        assert!(drawn.contains("a 1.0") && drawn.contains("b 1.0") && drawn.contains("(*)"), "{drawn}");
    }
}

#[test]
fn names_of_files_do_not_act_on_the_terminal() {
    let mut graph = chain(2);
    graph.roots[0].origin = Origin::file("a\u{1b}[2J");
    graph.roots[0].text = "p\u{202e}0".to_string();
    for invert in [false, true] {
        let view = TreeView { invert, ..TreeView::default() };
        let drawn = tree(&hostile().0, &graph, &view, &Style::default());
        assert!(!drawn.contains(['\u{1b}', '\u{202e}']), "{drawn:?}");
    }
}

/// The health of one project, known in all respects or in none.
fn checkup(known: bool) -> Checkup {
    let mut records = Records::default();
    let documents = [
        r#"{"date": "2026-08-03", "repo": {"name": "github.com/demo/demo"}, "score": 2.4, "checks": [{"name": "SAST", "score": -1}]}"#,
        r#"{"full_name": "demo/demo", "archived": true, "stargazers_count": 4}"#,
        r#"{"rows": [{"project": "demo", "download_count": 1}]}"#,
        r#"{"info": {"name": "demo", "author": "Ada", "home_page": "https://github.com/demo/demo"}}"#,
        r#"{"packageKey": {"name": "demo"}, "versions": [{"publishedAt": "2024-05-01T00:00:00Z"}]}"#,
    ];
    documents.iter().filter(|_| known).for_each(|text| records.add("here", "a.json", text.as_bytes()));
    let listed = Listed { index: "index".to_string(), status: Status::default(), uploaded: Vec::new() };
    let (package, version) = (name("demo"), version("1.0"));
    let subject = Subject {
        package: &package,
        version: &version,
        listed: known.then_some(&listed),
        contacts: None,
        now: 1_795_305_600,
    };
    let unseen = vec![("gone".to_string(), "no index knows it".to_string())];
    Checkup { healths: vec![records.health(&subject)], unseen, sources: vec!["here".to_string()], ..Checkup::default() }
}

#[test]
fn the_health_of_projects_is_told_by_its_schema() {
    let schema: Value = serde_json::from_str(HEALTH).unwrap();
    for known in [true, false] {
        let document: Value = serde_json::from_str(&health_json(&checkup(known))).unwrap();
        assert_eq!(problems(&schema, &document), Vec::<String>::new());
        let facts = document["packages"][0].as_object().unwrap().values().filter(|fact| fact.is_object());
        let expected = if known { "present" } else { "unknown" };
        let others: Vec<&Value> = facts.filter(|fact| fact["known"] != expected).collect();
        assert!(others.is_empty(), "{others:?}");
    }
}
