//! Whether a `Pipfile.lock` is of the `Pipfile` beside it.

use crate::pipeline::{
    beginning::Beginning,
    unit::{Kind, Part, Run, Unit},
};

pub(crate) const UNIT: Unit = Unit {
    name: "PipfileHashBoot",
    kind: Kind::Boot,
    part: Part::Usual,
    parameters: &[],
    here: "A `Pipfile` that changed since its lock was made is told. The lock is decided anew each time, its versions kept where nothing speaks against them, so it is never stale.",
    run: Run::Boot(boot),
};

fn boot(beginning: &mut Beginning<'_>) {
    if beginning.pipfile_is_locked == Some(false) {
        let note = "The Pipfile changed since its lock was made: what is installed from that lock is not what the Pipfile asks for.";
        beginning.notes.push(note.to_string());
    }
}
