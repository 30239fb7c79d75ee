//! Requirements of the project that admit whatever is newest, and whatever is oldest.

use packaging::{Version, VersionSpecifiers};

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
    here: "The project's requirements without any bound, or with one that bounds nothing (`>=0`, `!=1.2`), are named: a lock keeps its releases, but who installs without it, or from the built package, gets whatever is newest.",
    run: Run::Boot(boot),
};

fn boot(beginning: &mut Beginning<'_>) {
    let is_lax = |want: &&Want| !want.archive && bounds_nothing(&want.specifiers);
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

/// Whether versions are admitted from the first to the last that anybody could number. The original has that number for a bound
/// that stands for none.
fn bounds_nothing(specifiers: &VersionSpecifiers) -> bool {
    [0, 9_999_999_998].into_iter().all(|number| specifiers.contains(&Version::new([number])))
}
