//! Where to read what is new in a release that takes the place of another.

use crate::pipeline::{
    remarks::{Finished, Remark, Tone},
    unit::{Kind, Part, Run, Unit},
};

pub(crate) const UNIT: Unit = Unit {
    name: "ReleaseNotesWrap",
    kind: Kind::Wrap,
    part: Part::Usual,
    parameters: &[],
    here: "Where a release takes the place of another one of the existing lock, the address that its metadata has for release notes or changes is told. None is made up.",
    run: Run::Wrap(wrap),
};

fn wrap(finished: &Finished<'_>) -> Vec<Remark> {
    let told = finished.stack.iter().filter_map(|member| {
        let before = member.before.filter(|before| *before != member.version)?;
        let link = member.about?.changes.clone()?;
        let message = format!("What is new in {} {} since {before}", member.name, member.version);
        Some(Remark { links: vec![link.clone()], link, ..Remark::of(UNIT.name, Tone::Info, member.name, message) })
    });
    told.collect()
}
