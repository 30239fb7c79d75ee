//! What a runtime environment is besides Python and its wheel tags: what prescriptions ask of the machine and its image.
//!
//! The fields are those of a `runtime_environments` entry of `.thoth.yaml`. Finding them out is left to `sources`; what they
//! decide, to prescriptions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uv_pep440::Version;

/// What is known of one property of a host. Not knowing is no answer: a condition on an unknown property is never met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact<T> {
    /// It is this.
    Present(T),
    /// It is known that there is none (written `null` in `.thoth.yaml`).
    Absent,
    /// Nobody looked, or nobody could tell (left out in `.thoth.yaml`).
    #[default]
    Unknown,
}

impl<T> Fact<T> {
    /// The value, when there is one.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

/// The machine and the image that a stack will run on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// `ID` and `VERSION_ID` of os-release: `fedora` and `35`.
    pub operating_system: Fact<OperatingSystem>,
    /// CPU family, as `/proc/cpuinfo` numbers it.
    pub cpu_family: Fact<u32>,
    /// CPU model, as `/proc/cpuinfo` numbers it.
    pub cpu_model: Fact<u32>,
    /// What the CPU can do, in the kernel's words (`avx2`, `avx512f`).
    pub cpu_flags: Fact<BTreeSet<String>>,
    /// The model of the GPU, as its driver names it.
    pub gpu_model: Fact<String>,
    /// Version of the CUDA runtime.
    pub cuda: Fact<Version>,
    /// Version of cuDNN.
    pub cudnn: Fact<Version>,
    /// Version of Intel MKL.
    pub mkl: Fact<Version>,
    /// Version of OpenBLAS.
    pub openblas: Fact<Version>,
    /// Version of Open MPI.
    pub openmpi: Fact<Version>,
    /// The container image it is built from: `registry.example/name:tag`.
    pub base_image: Fact<String>,
}

/// An operating system: the identifiers of os-release, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatingSystem {
    /// `fedora`, `rhel`, `debian`.
    pub name: String,
    /// `35`, `8.4`; rolling distributions have none.
    pub version: Option<String>,
}
