//! Packages made out of several pages.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::{collections::BTreeMap, sync::Arc};

use packaging::{PackageName, RuntimeEnvironment, Url, index::parse_json};
use resolution::{Direction, Objective, Problem, Recommendation, catalogue::Exclusion, policy::Policy, sieve::Sieve};

#[test]
fn a_project_that_one_index_quarantines_is_not_made_safe_by_another() {
    let name: PackageName = "demo".parse().unwrap();
    let page = |status: &str, file: &str| {
        let text =
            format!(r#"{{"project-status":{{"status":"{status}"}},"files":[{{"filename":"{file}","url":"{file}"}}]}}"#);
        let address = Url::parse("https://index.example/simple/demo/").unwrap();
        Arc::new(parse_json(&name, &address, text.as_bytes()).unwrap())
    };
    let objective = Objective::new(Recommendation::Stable, Direction::Highest);
    let problem = Problem {
        wants: Vec::new(),
        constraints: Vec::new(),
        overrides: BTreeMap::new(),
        objective: objective.clone(),
        rules: resolution::rule::Rules::default(),
    };
    let policy = Policy::new(objective);
    let environment = RuntimeEnvironment::stated("3.12", "linux", "cpython").unwrap();
    let pages =
        vec![(0, page("archived", "demo-1-py3-none-any.whl")), (1, page("quarantined", "demo-2-py3-none-any.whl"))];
    let package = Sieve::new(&environment, &policy, &problem).package(&name, pages, None);
    assert!(package.candidates.is_empty());
    assert_eq!(package.excluded.len(), 2);
    assert!(package.excluded.iter().all(|one| matches!(one.why, Exclusion::Quarantined)));
}
