//! Which findings somebody wants to hear of. What is kept of a file is all that was found; this is asked when it is told.

use crate::{
    catalogue,
    finding::{Confidence, Finding, Severity},
    hostile,
    report::Report,
};

/// A choice among findings.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The mildest that is told.
    pub severity: Severity,
    /// The least sure that is told.
    pub confidence: Confidence,
    only: Vec<String>,
    skip: Vec<String>,
}

/// A text names no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither the id or name of a rule nor the beginning of an id")]
pub struct UnknownRule(String);

impl Default for Selection {
    /// Everything.
    fn default() -> Self {
        Self { severity: Severity::Low, confidence: Confidence::Low, only: Vec::new(), skip: Vec::new() }
    }
}

impl Selection {
    /// Only findings of some rules (of all when there are none), and none of others. Rules are named by id or name; the
    /// beginning of an id (`B3`) stands for all that begin so. Pedantic rules are only heard where they are named.
    ///
    /// # Errors
    /// When a text names no rule.
    pub fn new(
        severity: Severity,
        confidence: Confidence,
        only: Vec<String>,
        skip: Vec<String>,
    ) -> Result<Self, UnknownRule> {
        let known = |text: &str| catalogue::rules().iter().any(|rule| names(text, rule.id, rule.name));
        match only.iter().chain(&skip).find(|text| !known(text)) {
            Some(text) => Err(UnknownRule(text.clone())),
            None => Ok(Self { severity, confidence, only, skip }),
        }
    }

    /// Whether a finding is wanted.
    pub fn admits(&self, finding: &Finding) -> bool {
        let named = |texts: &[String]| texts.iter().any(|text| names(text, &finding.rule, &finding.name));
        let usual = || !hostile::PEDANTIC.contains(&&*finding.rule);
        finding.severity >= self.severity
            && finding.confidence >= self.confidence
            && (named(&self.only) || (self.only.is_empty() && usual()))
            && !named(&self.skip)
    }

    /// The findings of a report that are wanted.
    pub fn findings<'r>(&self, report: &'r Report) -> impl Iterator<Item = &'r Finding> {
        report.findings.iter().filter(|finding| self.admits(finding))
    }

    /// A report with the findings that are wanted.
    #[must_use]
    pub fn of(&self, report: &Report) -> Report {
        let whole = (report.capabilities.clone(), report.inventory.clone(), report.lines.clone());
        let (capabilities, inventory, lines) = whole;
        Report { findings: self.findings(report).cloned().collect(), capabilities, inventory, lines, ..*report }
    }
}

fn names(text: &str, id: &str, name: &str) -> bool {
    !text.is_empty() && (id.starts_with(text) || name == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact;

    fn finding(severity: Severity) -> Finding {
        artifact::finding(&artifact::BOMB, "a.whl", severity, "It is a bomb".to_string())
    }

    fn selection(only: &[&str], skip: &[&str]) -> Selection {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        Selection::new(Severity::Medium, Confidence::Low, texts(only), texts(skip)).unwrap()
    }

    #[test]
    fn findings_are_chosen_by_severity_id_name_and_beginning() {
        let (mild, bad) = (finding(Severity::Low), finding(Severity::High));
        assert!(selection(&[], &[]).admits(&bad) && !selection(&[], &[]).admits(&mild));
        for text in ["A109", "A1", "A", "archive_bomb"] {
            assert!(selection(&[text], &[]).admits(&bad), "{text}");
            assert!(!selection(&[], &[text]).admits(&bad), "{text}");
        }
        assert!(!selection(&["B"], &[]).admits(&bad) && selection(&[], &["A101"]).admits(&bad));
        let report = Report { findings: vec![mild, bad.clone()], files: 7, ..Report::default() };
        let told = selection(&[], &[]).of(&report);
        assert_eq!((told.findings, told.files), (vec![bad], 7));
    }

    #[test]
    fn a_misspelt_rule_is_not_silently_nothing() {
        for text in ["B9999", "", "bomb", "b6"] {
            let error = Selection::new(Severity::Low, Confidence::Low, vec![text.to_string()], Vec::new());
            assert_eq!(error.unwrap_err(), UnknownRule(text.to_string()));
        }
    }
}
