//! Rules about releases of one package, through the sieve, and what is told of rules that leave no stack.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use packaging::{Origin, PackageName, RuntimeEnvironment, Url, VersionSpecifiers, index::parse_json};
use resolution::{
    Direction, Level, Objective, Problem, Recommendation, Search, Step,
    catalogue::{Edge, Exclusion, Package, Requires, Want},
    policy::Policy,
    rule::{Effect, Member, Rule, Rules},
    search::Fact,
    sieve::Sieve,
};

fn name(text: &str) -> PackageName {
    text.parse().unwrap()
}

fn specifiers(text: &str) -> VersionSpecifiers {
    text.parse().unwrap()
}

fn member(package: &str, versions: &str) -> Member {
    Member::new(name(package), specifiers(versions))
}

fn rule(called: &str, effect: Effect) -> Rule {
    Rule {
        name: called.to_string(),
        origin: Origin::line("rules.yaml", 3),
        own: false,
        reason: "it crashes".to_string(),
        effect,
    }
}

fn points(package: &str, versions: &str, points: i32) -> Rule {
    let members = vec![member(package, versions)];
    rule("points", Effect::Points { members, level: Level::Quality, points })
}

fn problem(wants: &[&str], rules: Vec<Rule>) -> Problem {
    let want = |package: &&str| Want {
        package: name(package),
        extras: Vec::new(),
        specifiers: VersionSpecifiers::empty(),
        origin: Origin::file("requirements.in"),
        text: (*package).to_string(),
        archive: false,
    };
    Problem {
        wants: wants.iter().map(want).collect(),
        constraints: Vec::new(),
        overrides: BTreeMap::new(),
        objective: Objective::new(Recommendation::Stable, Direction::Highest),
        rules: Rules::from(rules),
    }
}

/// A package of wheels, with each version the number of an index that lists it.
fn package(problem: &Problem, called: &str, versions: &[(&str, usize)]) -> Package {
    let environment = RuntimeEnvironment::stated("3.12", "linux", "cpython").unwrap();
    let policy = Policy::new(problem.objective.clone());
    let indexes: BTreeSet<usize> = versions.iter().map(|(_, index)| *index).collect();
    let page = |index: usize| {
        let files = versions.iter().filter(|(_, on)| *on == index);
        let files: Vec<String> = files
            .map(|(version, _)| format!(r#"{{"filename":"{called}-{version}-py3-none-any.whl","url":"x"}}"#))
            .collect();
        let text = format!(r#"{{"files":[{}]}}"#, files.join(","));
        let address = Url::parse("https://index.example/simple/demo/").unwrap();
        (index, Arc::new(parse_json(&name(called), &address, text.as_bytes()).unwrap()))
    };
    Sieve::new(&environment, &policy, problem).package(&name(called), indexes.into_iter().map(page).collect(), None)
}

/// Version and quality points of each candidate.
fn quality(problem: &Problem, package: &Package) -> Vec<(String, i64)> {
    let of = |cost| problem.objective.amounts(cost).into_iter().find(|(level, _)| *level == Level::Quality).unwrap().1;
    package.candidates.iter().map(|one| (one.version.to_string(), of(&one.cost))).collect()
}

fn told(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(version, points)| ((*version).to_string(), *points)).collect()
}

#[test]
fn points_lost_are_a_cost_and_points_gained_a_cost_of_the_others() {
    let lost = problem(&["demo"], vec![points("demo", "<2", 20), points("demo", "<1.5", 5)]);
    let demo = package(&lost, "demo", &[("1.0", 0), ("1.9", 0), ("2.0", 0)]);
    assert_eq!(quality(&lost, &demo), told(&[("2.0", 0), ("1.9", 20), ("1.0", 25)]));

    let both = problem(&["demo"], vec![points("demo", "==1.9", -20), points("demo", "<2", 5)]);
    let demo = package(&both, "demo", &[("1.0", 0), ("1.9", 0), ("2.0", 0)]);
    assert_eq!(quality(&both, &demo), told(&[("2.0", 15), ("1.9", 0), ("1.0", 20)]));
}

#[test]
fn a_gain_that_no_release_has_is_nobodys_loss() {
    let gained = problem(&["demo"], vec![points("demo", "==9", -20)]);
    let demo = package(&gained, "demo", &[("1.0", 0), ("2.0", 0)]);
    assert_eq!(quality(&gained, &demo), told(&[("2.0", 0), ("1.0", 0)]));
}

#[test]
fn a_release_of_one_member_is_left_out_with_the_name_of_the_rule() {
    let forbidden = problem(&["demo"], vec![rule("thoth.Demo", Effect::Forbid(vec![member("demo", ">=2")]))]);
    let demo = package(&forbidden, "demo", &[("1.0", 0), ("2.0", 0)]);
    let candidates: Vec<String> = demo.candidates.iter().map(|one| one.version.to_string()).collect();
    assert_eq!(candidates, ["1.0"]);
    assert_eq!(
        demo.excluded[0].why.to_string(),
        "is excluded by a prescription (thoth.Demo at rules.yaml:3: it crashes)"
    );
}

#[test]
fn a_rule_about_one_index_leaves_the_same_version_of_another_in() {
    let of_index = Member { indexes: Some(BTreeSet::from([1])), ..member("demo", ">=1") };
    let forbidden = problem(&["demo"], vec![rule("thoth.Demo", Effect::Forbid(vec![of_index]))]);
    let demo = package(&forbidden, "demo", &[("1.0", 0), ("1.0", 1), ("2.0", 1)]);
    let candidates: Vec<(String, usize)> =
        demo.candidates.iter().map(|one| (one.version.to_string(), demo.files(one).count())).collect();
    assert_eq!(candidates, [("1.0".to_string(), 1)]);
    assert!(matches!(demo.excluded[0].why, Exclusion::Prescribed { .. }));
}

#[test]
fn a_rule_about_any_package_says_the_same_of_each_for_itself() {
    let of_index = |index| Member { package: None, indexes: Some(BTreeSet::from([index])), ..member("any", "") };
    let gain = Effect::Points { members: vec![of_index(1)], level: Level::Quality, points: -10 };
    let gained = problem(&["demo"], vec![rule("thoth.Built", gain)]);
    let demo = package(&gained, "demo", &[("1.0", 1), ("2.0", 0)]);
    assert_eq!(quality(&gained, &demo), told(&[("2.0", 10), ("1.0", 0)]));
    let other = package(&gained, "other", &[("1.0", 0), ("2.0", 0)]);
    assert_eq!(quality(&gained, &other), told(&[("2.0", 0), ("1.0", 0)]), "none of it is there to be gained");

    let forbidden = problem(&["demo"], vec![rule("thoth.Not", Effect::Forbid(vec![of_index(0)]))]);
    for called in ["demo", "other"] {
        let left = package(&forbidden, called, &[("1.0", 1), ("2.0", 0)]);
        let candidates: Vec<String> = left.candidates.iter().map(|one| one.version.to_string()).collect();
        assert_eq!(candidates, ["1.0"], "{called}");
    }
}

#[test]
fn pre_releases_belong_to_a_rule_that_says_so_or_names_one() {
    let without = Member { prereleases: false, ..member("demo", ">=1") };
    let naming = Member { prereleases: false, ..member("demo", ">=1.0rc1") };
    let versions = ["1.5", "2.0rc1"].map(|text| text.parse().unwrap());
    assert_eq!(versions.each_ref().map(|version| without.has_version(version)), [true, false]);
    assert_eq!(versions.each_ref().map(|version| naming.has_version(version)), [true, true]);
    assert_eq!(versions.each_ref().map(|version| member("demo", ">=1").has_version(version)), [true, true]);
}

#[test]
fn a_rule_that_leaves_no_stack_is_a_fact_of_the_conflict() {
    let together = Effect::Forbid(vec![member("flask", ">=2"), member("werkzeug", "<9")]);
    let problem = problem(&["flask"], vec![rule("thoth.Group", together)]);
    let mut search = Search::new(problem.clone());
    loop {
        match search.step(&mut || false) {
            Step::Needs(needs) => {
                for wanted in needs.packages.keys() {
                    search.add_package(package(&problem, wanted.as_ref(), &[("2.0", 0), ("3.0", 0)]));
                }
                for (wanted, version) in &needs.releases {
                    let edge = |on: &str| Edge {
                        when: Vec::new(),
                        package: name(on),
                        extras: Vec::new(),
                        specifiers: VersionSpecifiers::empty(),
                    };
                    let edges = if wanted.as_ref() == "flask" { vec![edge("werkzeug")] } else { Vec::new() };
                    search.add_release(wanted, version, Ok(Requires { edges }));
                }
            }
            Step::Impossible(conflict) => {
                assert!(conflict.facts.contains(&Fact::Rule(0)), "{conflict:?}");
                assert!(matches!(conflict.facts[0], Fact::Want(0)), "{conflict:?}");
                return;
            }
            other => panic!("{other:?}"),
        }
    }
}
