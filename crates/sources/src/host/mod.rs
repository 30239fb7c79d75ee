//! What a machine is, found out by reading its files: nothing of it is run.
//!
//! Every answer names its source, and what was not found says where was looked. Where a machine knows that there is none of
//! something, that is said; where it merely was not found, it stays unknown. Python itself is described by
//! [`interpreter`](crate::interpreter); comparing with `.thoth.yaml` and writing it are left to `operations`.

mod accelerator;
pub mod contents;
mod libraries;
mod root;
pub mod rpm;
mod system;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use packaging::environment::{Description, Fact, Host};

use root::Look;
pub use root::Root;

/// A fact with its source; `None` when it was not found.
type Found<T> = Option<(Fact<T>, String)>;

fn known<T>(value: T, source: &str) -> Found<T> {
    Some((Fact::Present(value), source.to_string()))
}

/// What was found out.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// The machine.
    pub host: Host,
    /// The Python version, as `X.Y`.
    pub python_version: Option<String>,
    /// `sysconfig.get_platform()`.
    pub platform: Option<String>,
    /// The CPU's name.
    pub cpu_name: Option<String>,
    /// Each property, in the order of the questions, found or not.
    pub findings: Vec<Finding>,
}

/// One property of a machine, and how it was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its word in `.thoth.yaml`, or a word of its own.
    pub word: &'static str,
    /// What it is, as text.
    pub value: Fact<String>,
    /// Who says so; `None` when nobody does.
    pub source: Option<String>,
    /// The places that were looked at, in order.
    pub looked: Vec<String>,
}

/// Looks around on a machine. `python` is its interpreter, by its own description.
pub fn discover(root: &Root, python: Option<&Description>) -> Discovery {
    let mut finds = Finds { root, findings: Vec::new() };
    let version = python.map(|python| format!("{}.{}", python.version.0, python.version.1));
    let platform = python.map(|python| python.platform.clone());
    let operating_system = finds.find("operating_system", system::operating_system);
    let version = finds.find("python_version", |look| interpreter(look, version).or_else(|| system::python(look)));
    let platform = finds.find("platform", |look| interpreter(look, platform).or_else(|| system::platform(look)));
    let cpu_family = finds.find("cpu_family", system::cpu_family);
    let cpu_model = finds.find("cpu_model", system::cpu_model);
    let cpu_name = finds.find("cpu_name", system::cpu_name);
    let cpu_flags = finds.find("cpu_flags", system::cpu_flags);
    let gpu_model = finds.find("gpu_model", accelerator::gpu);
    let gpu_driver = finds.find("gpu_driver", |look| accelerator::driver(look, &gpu_model));
    let cuda = finds.find("cuda_version", |look| accelerator::cuda(look, &gpu_driver));
    let cudnn = finds.find("cudnn_version", |look| accelerator::cudnn(look, &cuda));
    let mkl = finds.find("mkl_version", libraries::mkl);
    let openblas = finds.find("openblas_version", libraries::openblas);
    let openmpi = finds.find("openmpi_version", libraries::openmpi);
    let glibc = finds.find("glibc_version", |look| system::glibc(look, python));
    let container = finds.find("container", system::container);
    let base_image = finds.find("base_image", |look| system::base_image(look, &container));
    let host = Host {
        operating_system,
        cpu_family,
        cpu_model,
        cpu_flags: cpu_flags.map(|flags| flags.0),
        gpu_model,
        gpu_driver,
        cuda,
        cudnn,
        mkl,
        openblas,
        openmpi,
        glibc,
        base_image,
    };
    Discovery {
        host,
        python_version: version.present().cloned(),
        platform: platform.present().cloned(),
        cpu_name: cpu_name.present().cloned(),
        findings: finds.findings,
    }
}

/// The CPU alone.
pub fn cpu(root: &Root) -> Host {
    let look = Look::new(root);
    let fact = |found: Found<u32>| found.map_or(Fact::Unknown, |(fact, _)| fact);
    Host {
        cpu_family: fact(system::cpu_family(&look)),
        cpu_model: fact(system::cpu_model(&look)),
        cpu_flags: system::cpu_flags(&look).map_or(Fact::Unknown, |(fact, _)| fact.map(|flags| flags.0)),
        ..Host::default()
    }
}

/// What can be told by reading a handful of small files: operating system, CPU and GPU.
pub fn glance(root: &Root) -> Host {
    let look = Look::new(root);
    Host {
        operating_system: system::operating_system(&look).map_or(Fact::Unknown, |(fact, _)| fact),
        gpu_model: accelerator::gpu(&look).map_or(Fact::Unknown, |(fact, _)| fact),
        ..cpu(root)
    }
}

fn interpreter(look: &Look<'_>, said: Option<String>) -> Found<String> {
    look.note("the interpreter");
    known(said?, "the interpreter")
}

struct Finds<'a> {
    root: &'a Root,
    findings: Vec<Finding>,
}

impl Finds<'_> {
    fn find<T: Display>(&mut self, word: &'static str, find: impl FnOnce(&Look<'_>) -> Found<T>) -> Fact<T> {
        let look = Look::new(self.root);
        let (fact, source) = find(&look).map_or((Fact::Unknown, None), |(fact, source)| (fact, Some(source)));
        let value = fact.as_ref().map(ToString::to_string);
        self.findings.push(Finding { word, value, source, looked: look.places() });
        fact
    }
}
