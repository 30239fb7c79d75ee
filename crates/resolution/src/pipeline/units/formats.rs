//! Wheels and source distributions where one of them is not wanted.

use packaging::index::FileKind;

use crate::{
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
    sieve::{FileCheck, Obstacle},
};

pub(crate) const UNIT: Unit = Unit {
    name: "FormatSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "`--no-binary` and `--only-binary` leave wheels or source distributions out.",
    run: Run::Sieve(Sift::File(sift)),
};

fn sift<'p>(check: &mut FileCheck<'_, 'p>) -> Result<(), Obstacle<'p>> {
    let admitted = match check.file.kind() {
        FileKind::Wheel => check.rules.formats.wheels,
        FileKind::Sdist => check.rules.formats.sdists,
    };
    if admitted { Ok(()) } else { Err(Obstacle::Format) }
}
