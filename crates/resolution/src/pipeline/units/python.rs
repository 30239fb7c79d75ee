//! Files whose `Requires-Python` does not admit the environment's.

use crate::{
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
    sieve::{FileCheck, Obstacle},
};

pub(crate) const UNIT: Unit = Unit {
    name: "PythonVersionSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "Files whose `Requires-Python` does not admit the environment's Python are left out.",
    run: Run::Sieve(Sift::File(sift)),
};

fn sift<'p>(check: &mut FileCheck<'_, 'p>) -> Result<(), Obstacle<'p>> {
    match check.file.requires_python() {
        Some(text) if !check.supports(text) => Err(Obstacle::Python(text)),
        _ => Ok(()),
    }
}
