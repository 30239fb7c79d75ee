//! Labels that mean something to a run itself. Those that prescriptions ask for are theirs.

use crate::pipeline::{
    beginning::Beginning,
    unit::{Kind, Part, Run, Unit},
};

/// The label whose value names vulnerabilities that do not count, separated by commas.
const ALLOW_CVE: &str = "allow-cve";

pub(crate) const UNIT: Unit = Unit {
    name: "LabelsBoot",
    kind: Kind::Boot,
    part: Part::Usual,
    parameters: &[],
    here: "The ids in the label `allow-cve` are ignored like those of `--ignore`, and told like them.",
    run: Run::Boot(boot),
};

fn boot(beginning: &mut Beginning<'_>) {
    let allowed = beginning.labels.get(ALLOW_CVE).map(String::as_str).unwrap_or_default();
    let ids = allowed.split(',').map(str::trim).filter(|id| !id.is_empty());
    beginning.ignores.extend(ids.map(str::to_ascii_uppercase));
}
