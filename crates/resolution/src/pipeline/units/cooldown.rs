//! Files that were uploaded too late for `--exclude-newer`.

use crate::{
    pipeline::unit::{Kind, Part, Run, Sift, Unit},
    sieve::{FileCheck, Obstacle},
};

pub(crate) const UNIT: Unit = Unit {
    name: "CooldownSieve",
    kind: Kind::Sieve,
    part: Part::Always,
    parameters: &[],
    here: "With `--exclude-newer`, files uploaded after that instant are left out, and those of which nobody knows when they were.",
    run: Run::Sieve(Sift::File(sift)),
};

fn sift<'p>(check: &mut FileCheck<'_, 'p>) -> Result<(), Obstacle<'p>> {
    let Some(limit) = check.rules.exclude_newer else { return Ok(()) };
    match check.file.upload_time() {
        None => Err(Obstacle::NoUploadTime),
        Some(time) if time >= limit => Err(Obstacle::TooNew),
        Some(_) => Ok(()),
    }
}
