//! Files without a hash that is demanded.

use crate::{
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
    sieve::{FileCheck, Obstacle},
};

pub(crate) const UNIT: Unit = Unit {
    name: "HashSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "Where the project names hashes of a package, files with other hashes are left out.",
    run: Run::Sieve(Sift::File(sift)),
};

fn sift<'p>(check: &mut FileCheck<'_, 'p>) -> Result<(), Obstacle<'p>> {
    match check.rules.hashes {
        Some(demanded) if !check.file.digests().any(|digest| demanded.contains(&digest)) => Err(Obstacle::Hashes),
        _ => Ok(()),
    }
}
