//! What a release says of itself in its classifiers.

use packaging::{Version, environment::Fact};

use crate::pipeline::{
    remarks::{Finished, Member, Remark, Tone},
    unit::{Kind, Part, Run, Unit},
};

pub(crate) const UNIT: Unit = Unit {
    name: "TroveClassifiersWrap",
    kind: Kind::Wrap,
    part: Part::Usual,
    parameters: &[],
    here: "Releases are named that say in their classifiers that they are inactive, not stable yet (where vulnerabilities decide), or made for other versions of Python or CUDA. What a release does not say counts for nothing.",
    run: Run::Wrap(wrap),
};

const STATUS: &str = "Development Status :: ";
const PYTHON: &str = "Programming Language :: Python :: ";
const CUDA: &str = "Environment :: GPU :: NVIDIA CUDA :: ";

fn wrap(finished: &Finished<'_>) -> Vec<Remark> {
    let minor =
        |version: &Version| version.release().iter().take(2).map(ToString::to_string).collect::<Vec<_>>().join(".");
    let mut expected = vec![("Python", PYTHON, minor(finished.python))];
    if let Fact::Present(cuda) = finished.cuda {
        expected.push(("CUDA", CUDA, minor(cuda)));
    }
    let mut remarks = Vec::new();
    for member in finished.stack {
        let all = member.about.map(|about| about.classifiers.as_slice()).unwrap_or_default();
        let after = |start: &str| -> Vec<&str> { all.iter().filter_map(|one| one.strip_prefix(start)).collect() };
        let mut tell = |tone, message: String| remarks.push(Remark::of(UNIT.name, tone, member.name, message));
        if let Some((tone, message)) = status(&after(STATUS), finished, member) {
            tell(tone, message);
        }
        for (what, start, version) in &expected {
            if is_missing(&after(start), version) {
                tell(Tone::Info, format!("{} {} does not list {what} {version}", member.name, member.version));
            }
        }
    }
    remarks
}

fn status(said: &[&str], finished: &Finished<'_>, member: &Member<'_>) -> Option<(Tone, String)> {
    // A release may name several; what it has come to is the last.
    let (number, word) = said.iter().filter_map(|one| one.split_once(" - ")).max_by_key(|(number, _)| *number)?;
    let release = format!("{} {}", member.name, member.version);
    match number {
        "7" => Some((Tone::Warning, format!("{release} says that its project is inactive"))),
        "1" | "2" | "3" | "4" if finished.recommendation.weighs_vulnerabilities() => {
            Some((Tone::Info, format!("{release} says that it is in the state `{word}`")))
        }
        _ => None,
    }
}

/// Whether minor versions of the same major one (`3.12`) are listed, and this one is not.
fn is_missing(listed: &[&str], version: &str) -> bool {
    let of_major = |one: &&&str| one.contains('.') && one.split('.').next() == version.split('.').next();
    let minors: Vec<_> = listed.iter().filter(of_major).collect();
    !minors.is_empty() && minors.iter().all(|one| **one != version)
}
