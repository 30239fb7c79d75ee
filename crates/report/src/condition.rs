//! What speaks against a release besides its vulnerabilities: its index gave it up, or its project.

use packaging::index::ProjectStatus;
use resolution::{outcome::ChosenRelease, pipeline::remarks::Tone};

use crate::{
    clean::{clean, fitted},
    words::release,
};

/// How much of a reason for yanking is told, in columns.
const LONGEST_REASON: usize = 80;

/// Sentences about a chosen release, with how serious they are; `ellipsis` ends what is cut.
pub(crate) fn conditions(one: &ChosenRelease, ellipsis: &str) -> Vec<(Tone, String)> {
    let mut all = Vec::new();
    if let Some(reason) = &one.yanked {
        let reason = reason.as_ref().map(|reason| clean(reason)).filter(|reason| !reason.is_empty());
        let reason = reason.map(|reason| format!(" ({})", fitted(&reason, LONGEST_REASON, ellipsis)));
        let id = release(&one.name, &one.version);
        let line = format!("{id} was yanked{}; it is here because it is pinned.", reason.unwrap_or_default());
        all.push((Tone::Warning, line));
    }
    let name = &one.name;
    all.extend(match one.status {
        ProjectStatus::Active => None,
        ProjectStatus::Archived => {
            Some((Tone::Info, format!("{name} is archived: its project expects no further releases, fixes included.")))
        }
        ProjectStatus::Deprecated => {
            Some((Tone::Warning, format!("{name} is deprecated: its project asks not to use it.")))
        }
        ProjectStatus::Quarantined => {
            Some((Tone::Error, format!("{name} is quarantined: its index holds it for unsafe.")))
        }
    });
    all
}
