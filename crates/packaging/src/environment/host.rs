//! What a runtime environment is besides Python and its wheel tags: what prescriptions ask of the machine and its image.
//!
//! The fields are those of a `runtime_environments` entry of `.thoth.yaml`, and a few that only a machine can tell. Finding
//! them out is left to `sources`; what they decide, to prescriptions.

use std::{collections::BTreeSet, fmt};

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

    /// The same of something made of the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Present(value) => Fact::Present(change(value)),
            Self::Absent => Fact::Absent,
            Self::Unknown => Fact::Unknown,
        }
    }

    /// The same, by reference.
    pub fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Present(value) => Fact::Present(value),
            Self::Absent => Fact::Absent,
            Self::Unknown => Fact::Unknown,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Fact<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(value) => value.fmt(f),
            Self::Absent => f.write_str("none"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl<T> From<Option<T>> for Fact<T> {
    /// What is not there is not known.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Present)
    }
}

/// The machine and the image that a stack will run on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
    /// Version of the GPU's driver.
    pub gpu_driver: Fact<Version>,
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
    /// Version of the C library, where it is GNU's.
    pub glibc: Fact<Version>,
    /// The container image it is built from: `registry.example/name:tag`.
    pub base_image: Fact<String>,
}

impl Host {
    /// Every property by its word in `.thoth.yaml`, as text.
    pub fn facts(&self) -> [(&'static str, Fact<String>); 13] {
        let flags = |flags: &BTreeSet<String>| flags.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        [
            ("operating_system", text(&self.operating_system)),
            ("cpu_family", text(&self.cpu_family)),
            ("cpu_model", text(&self.cpu_model)),
            ("cpu_flags", self.cpu_flags.as_ref().map(flags)),
            ("gpu_model", text(&self.gpu_model)),
            ("gpu_driver", text(&self.gpu_driver)),
            ("cuda_version", text(&self.cuda)),
            ("cudnn_version", text(&self.cudnn)),
            ("mkl_version", text(&self.mkl)),
            ("openblas_version", text(&self.openblas)),
            ("openmpi_version", text(&self.openmpi)),
            ("glibc_version", text(&self.glibc)),
            ("base_image", text(&self.base_image)),
        ]
    }
}

fn text<T: fmt::Display>(fact: &Fact<T>) -> Fact<String> {
    fact.as_ref().map(ToString::to_string)
}

/// An operating system: the identifiers of os-release, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatingSystem {
    /// `fedora`, `rhel`, `debian`.
    pub name: String,
    /// `35`, `8.4`; rolling distributions have none.
    pub version: Option<String>,
}

impl fmt::Display for OperatingSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{} {version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_tells_what_is_there_what_is_not_and_what_nobody_knows() {
        let host = Host {
            operating_system: Fact::Present(OperatingSystem { name: "fedora".into(), version: Some("35".into()) }),
            cpu_flags: Fact::Present(["avx2", "aes"].map(String::from).into()),
            cuda: Fact::Absent,
            ..Host::default()
        };
        let facts: Vec<String> = host.facts().iter().map(|(word, fact)| format!("{word}: {fact}")).collect();
        assert_eq!(facts[0], "operating_system: fedora 35");
        assert_eq!(facts[3], "cpu_flags: aes avx2");
        assert_eq!(facts[6], "cuda_version: none");
        assert_eq!(facts[12], "base_image: unknown");
    }

    #[test]
    fn a_host_written_down_before_a_property_was_known_can_be_read() {
        let host: Host = serde_json::from_str(r#"{"cpu_family": {"Present": 6}}"#).unwrap();
        assert_eq!(host, Host { cpu_family: Fact::Present(6), ..Host::default() });
    }
}
