//! UbiBoot and RHELVersionBoot

use std::collections::BTreeMap;

use packaging::environment::{Fact, Host, OperatingSystem};
use resolution::{
    Recommendation,
    pipeline::{Beginning, Choice, Pipeline},
};

fn system(name: &str, version: &str) -> Host {
    let system = OperatingSystem { name: name.to_string(), version: Some(version.to_string()) };
    Host { operating_system: Fact::Present(system), ..Host::default() }
}

fn named(host: Host, pipeline: &Pipeline) -> Host {
    Beginning::new(&BTreeMap::new(), host).run(pipeline, Recommendation::Stable).host
}

#[test]
fn an_image_of_red_hat_is_the_system_it_is_made_of() {
    let usual = Pipeline::default();
    assert_eq!(named(system("ubi", "8.4"), &usual), system("rhel", "8"));
    assert_eq!(named(system("rhel", "9"), &usual), system("rhel", "9"));
    assert_eq!(named(system("fedora", "35.1"), &usual), system("fedora", "35.1"));
    assert_eq!(named(Host::default(), &usual), Host::default());
}

#[test]
fn each_does_its_own_part() {
    let only = |unit| Pipeline::of(&[Choice { unit, configuration: BTreeMap::new() }]);
    assert_eq!(named(system("ubi", "8.4"), &only("UbiBoot")), system("rhel", "8.4"));
    assert_eq!(named(system("ubi", "8.4"), &only("RHELVersionBoot")), system("ubi", "8.4"));
}
