//! Systems of Red Hat as prescriptions name them.

use packaging::environment::{Fact, OperatingSystem};

use crate::pipeline::{
    beginning::Beginning,
    unit::{Kind, Part, Run, Unit},
};

pub(crate) const UBI: Unit = Unit {
    name: "UbiBoot",
    kind: Kind::Boot,
    part: Part::Usual,
    parameters: &[],
    here: "`ubi` counts as `rhel` for prescriptions.",
    run: Run::Boot(ubi),
};

/// It comes after [`UBI`]: an image has minor versions, too.
pub(crate) const VERSION: Unit = Unit {
    name: "RHELVersionBoot",
    kind: Kind::Boot,
    part: Part::Usual,
    parameters: &[],
    here: "`rhel` 8.4 counts as 8 for prescriptions.",
    run: Run::Boot(version),
};

fn ubi(beginning: &mut Beginning<'_>) {
    if let Fact::Present(OperatingSystem { name, .. }) = &mut beginning.host.operating_system
        && name == "ubi"
    {
        *name = "rhel".to_string();
    }
}

fn version(beginning: &mut Beginning<'_>) {
    if let Fact::Present(OperatingSystem { name, version: Some(version) }) = &mut beginning.host.operating_system
        && name == "rhel"
        && let Some((major, _)) = version.split_once('.')
    {
        *version = major.to_string();
    }
}
