//! What is told of what was seen: remarks on a finished stack, and what is not known of it.

use std::collections::BTreeSet;

use evidence::Ignores;
use packaging::{Origin, PackageName, Version};

use super::{CHANGES, FINDINGS, HOSTILE, ORIGIN, Scans, Seen, density};
use crate::{
    objective::Recommendation,
    outcome::Unknown,
    pipeline::remarks::{Finished, Remark, Tone},
};

impl Scans {
    /// What was seen has to do with a finished stack: in its releases, and in those that were left out or passed over for it.
    pub fn remarks(&self, ignores: &Ignores, finished: &Finished<'_>) -> Vec<Remark> {
        let is_secure = finished.recommendation == Recommendation::Security;
        let mut remarks = Vec::new();
        for (package, known) in &self.seen {
            let chosen = finished.member(package).map(|member| member.version);
            for (version, seen) in super::seen(known) {
                let mut tell = |unit, tone, what: String| {
                    remarks.push(remark(unit, tone, package, format!("{package} {version} {what}")));
                };
                let is_chosen = chosen == Some(version);
                for sign in &seen.signs {
                    let (tone, end) = match (is_chosen, sign.accepted(package, ignores)) {
                        (true, None) => (Tone::Error, String::new()),
                        (true, Some(id)) => (Tone::Warning, format!(" (accepted by --ignore {id})")),
                        (false, None) if is_secure => (Tone::Warning, "; left out".to_string()),
                        (false, _) => (Tone::Warning, "; passed over".to_string()),
                    };
                    tell(HOSTILE, tone, format!("looks hostile: {sign}{end}"));
                }
                let end = if is_chosen { "" } else { "; passed over" };
                let matters = is_chosen || chosen.is_some_and(|chosen| chosen < version);
                match self.least(package) {
                    Some(least) if matters && density::points(seen, least) > 0 => {
                        tell(FINDINGS, Tone::Warning, format!("{}{end}", density::compared(seen, least)));
                    }
                    _ if is_chosen && density::is_much(seen) => tell(FINDINGS, Tone::Info, density::said(seen)),
                    _ => {}
                }
                if matters && !seen.gained.is_empty() {
                    tell(CHANGES, Tone::Warning, format!("{}{end}", gained(seen)));
                }
            }
        }
        remarks
    }

    /// What is not known of the releases of a stack.
    pub fn unknown<'r>(&self, stack: impl IntoIterator<Item = (&'r PackageName, &'r Version)>) -> Vec<Unknown> {
        let unknown = stack.into_iter().filter_map(|(package, version)| {
            let why = match self.of(package, version) {
                None => "it was not looked into".to_string(),
                Some(Err(why)) => format!("it could not be looked into: {why}"),
                Some(Ok(Seen { unread: Some(why), .. })) => format!("its archive was not read as a whole: {why}"),
                Some(Ok(Seen { skipped: 0, .. })) => return None,
                Some(Ok(_)) => "some of its Python files could not be looked at".to_string(),
            };
            Some(Unknown { about: format!("what is in {package} {version}"), why })
        });
        unknown.collect()
    }

    /// The identifiers, as the user wrote them, that accept something that was seen.
    pub fn accepted<'i>(&self, ignores: &'i Ignores) -> BTreeSet<&'i str> {
        let known =
            self.seen.iter().flat_map(|(package, known)| super::seen(known).map(move |(_, seen)| (package, seen)));
        known
            .flat_map(|(package, seen)| seen.signs.iter().filter_map(move |sign| sign.accepted(package, ignores)))
            .collect()
    }
}

/// What an upgrade can suddenly do, as a clause.
pub(super) fn gained(seen: &Seen) -> String {
    format!("is a small upgrade that can do more than the release in the lock: it {}", seen.gained.join(", "))
}

fn remark(unit: &str, tone: Tone, package: &PackageName, message: String) -> Remark {
    Remark { origin: Origin::file(ORIGIN), ..Remark::of(unit, tone, package, message) }
}
