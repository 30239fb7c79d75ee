//! Wheels that do not fit the platform, its C library or the Python.

use packaging::index::FileKind;

use crate::{
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
    sieve::{FileCheck, Obstacle},
};

pub(crate) const UNIT: Unit = Unit {
    name: "PlatformSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "Wheels whose tags do not fit the environment are left out: its platform (`--python-platform`), C library, Python and ABI.",
    run: Run::Sieve(Sift::File(sift)),
};

fn sift<'p>(check: &mut FileCheck<'_, 'p>) -> Result<(), Obstacle<'p>> {
    if check.file.kind() == FileKind::Wheel {
        check.rank = check.wheel_rank().ok_or(Obstacle::Platform)?;
    }
    Ok(())
}
