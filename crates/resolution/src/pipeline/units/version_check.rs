//! Requirements of the project that admit any release, or none that is real.

use crate::{
    catalogue::Want,
    pipeline::{
        beginning::Beginning,
        unit::{Kind, Part, Run, Unit},
    },
};

/// How many requirements are named.
const MOST: usize = 5;

pub(crate) const UNIT: Unit = Unit {
    name: "VersionCheckBoot",
    kind: Kind::Boot,
    part: Part::OnRequest,
    parameters: &[],
    here: "The project's requirements without any bound are named: a lock keeps its releases, but who installs without it, or from the built package, gets whatever is newest.",
    run: Run::Boot(boot),
};

fn boot(beginning: &mut Beginning<'_>) {
    let is_lax = |want: &&Want| !want.archive && want.specifiers.is_empty();
    let mut names: Vec<&str> = beginning.wants.iter().filter(is_lax).map(|want| want.package.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    if names.is_empty() {
        return;
    }
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = names.join("`, `");
    beginning
        .notes
        .push(format!("Required in any version: `{named}`{more}. A lower bound (`>=`) says what was tried."));
}
