//! How a stack that was not chosen differs from the one that was.

use packaging::Version;
use resolution::{
    Level,
    outcome::Change,
    why::{Comparison, Vulnerable},
};

use super::page::{Line, Page, Tone};
use crate::{
    clean::clean,
    words::{count, listed, severity},
};

/// How many identifiers are named in a line.
const MOST_IDS: usize = 3;

/// What speaks against a stack, as a clause after "the stack would be worse: "; `None` when nothing does.
pub(super) fn worse(comparison: &Comparison) -> Option<String> {
    let (level, chosen, other) = comparison.decisive()?;
    let number = |value: i64| usize::try_from(value).unwrap_or_default();
    Some(match level {
        Level::LastResort => format!(
            "{} taken as a last resort (a pre-release that the project did not ask for, or yanked) instead of {chosen}",
            count(number(other), "release")
        ),
        Level::Exploited => {
            format!("{} known to be exploited instead of {chosen}", count(number(other), "vulnerability"))
        }
        Level::Exposure => format!("exposure {} instead of {}", level.amount(other), level.amount(chosen)),
        Level::Performance => format!("{other} performance points lost instead of {chosen}"),
        Level::Quality => format!("{other} quality points lost instead of {chosen}"),
        Level::Change => {
            let verb = if other == 1 { "differs" } else { "differ" };
            format!("{} {verb} from the existing lock instead of {chosen}", count(number(other), "release"))
        }
        Level::DirectFreshness => {
            let steps = count(number(other), "step");
            format!("the project's own dependencies are {steps} behind their newest releases instead of {chosen}")
        }
        Level::Freshness => {
            let steps = count(number(other), "step");
            format!("the dependencies of others are {steps} behind their newest releases instead of {chosen}")
        }
    })
}

/// What differs, release by release.
pub(super) fn changes(page: &mut Page<'_>, indent: usize, comparison: &Comparison) {
    let rows: Vec<Vec<Line>> = comparison.changes.iter().map(|change| row(page, change, &comparison.brings)).collect();
    page.table(indent, &rows);
}

fn row(page: &Page<'_>, change: &Change, brings: &[Vulnerable]) -> Vec<Line> {
    let shown =
        |version: &Option<Version>, absent: &str| version.as_ref().map_or(absent.to_string(), Version::to_string);
    let mut why = Line::new();
    if let Some(brought) = brings.iter().find(|one| one.name == change.name) {
        why = why.then(Tone::Bad, format!("brings {}", vulnerable(page, brought)));
    }
    if !change.fixes.is_empty() {
        let fixes: Vec<String> = change.fixes.iter().map(|id| clean(id)).collect();
        let lead = if brings.iter().any(|one| one.name == change.name) { "; without " } else { "without " };
        why = why.then(Tone::Good, format!("{lead}{}", listed(&fixes, most(page))));
    }
    vec![
        Line::new().plain(change.name.to_string()),
        Line::new().then(Tone::Faint, shown(&change.before, "absent")),
        Line::new().plain(page.arrow()),
        Line::new().then(Tone::Strong, shown(&change.after, "absent")),
        why,
    ]
}

/// `CVE-2024-1 (high 8.9), CVE-2024-2 (medium 5.3) and 2 more`.
pub(super) fn vulnerable(page: &Page<'_>, one: &Vulnerable) -> String {
    let ids = one.findings.iter().map(|finding| &finding.vulnerability);
    let ids: Vec<String> = ids.map(|one| format!("{} ({})", clean(&one.id), severity(one))).collect();
    listed(&ids, most(page))
}

fn most(page: &Page<'_>) -> usize {
    if page.style.verbose { usize::MAX } else { MOST_IDS }
}
