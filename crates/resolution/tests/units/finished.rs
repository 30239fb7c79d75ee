//! What wraps are tried on: a stack of one release.

use std::collections::BTreeSet;

use packaging::{Version, environment::Fact, metadata::About};
use resolution::{
    Recommendation,
    pipeline::{
        Pipeline,
        remarks::{Finished, Member, Remarks},
    },
};

use super::bench::name;

/// What is told of `demo 2.0` that says this of itself, in place of another version of the lock.
pub(crate) fn told(
    about: Option<&About>,
    before: Option<&str>,
    kind: Recommendation,
    pipeline: &Pipeline,
) -> Vec<String> {
    let (demo, version, python): (_, Version, Version) =
        (name("demo"), "2.0".parse().unwrap(), "3.12.1".parse().unwrap());
    let before: Option<Version> = before.map(|text| text.parse().unwrap());
    let cuda: Version = "11.8".parse().unwrap();
    let stack = [Member { name: &demo, version: &version, index: "", about, before: before.as_ref() }];
    let (direct, excluding) = (BTreeSet::new(), BTreeSet::new());
    let finished = Finished {
        stack: &stack,
        direct: &direct,
        required: &direct,
        passed_over: &[],
        excluding: &excluding,
        recommendation: kind,
        python: &python,
        cuda: Fact::Present(&cuda),
    };
    let remarks = Remarks::new(pipeline, &[], &finished);
    let told = remarks.justification.iter();
    told.map(|one| format!("{:?} {} {}", one.tone, one.message, one.link).trim_end().to_string()).collect()
}
