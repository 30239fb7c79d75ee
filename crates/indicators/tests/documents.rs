//! The documents list the rules there are.

use indicators::{Family, catalogue};

const DOCUMENT: &str = include_str!("../../../docs/scan.md");

#[test]
fn every_rule_of_bandit_s_and_about_files_is_in_the_document() {
    for rule in catalogue::rules() {
        let row = match (rule.family, rule.cwe) {
            (Family::Bandit, Some(cwe)) => format!("| {} | `{}` | {cwe} |\n", rule.id, rule.name),
            (Family::Artifact, _) => format!("| {} | `{}` | ", rule.id, rule.name),
            _ => continue,
        };
        assert!(DOCUMENT.contains(&row), "docs/scan.md lacks the row {row}");
    }
}

#[test]
fn the_document_lists_no_rule_that_is_not_there() {
    let ids = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let listed = ids.filter(|id| id.len() == 4 && id.bytes().skip(1).all(|byte| byte.is_ascii_digit()));
    for id in listed {
        assert!(catalogue::find(id).is_some(), "docs/scan.md lists {id}");
    }
}
