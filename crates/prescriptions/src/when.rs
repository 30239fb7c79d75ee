//! When a unit takes part in a run (`should_include`): conditions as they are written.
//!
//! All that is stated must be so. Whether it is, is decided in [`circumstances`](crate::circumstances).

use std::collections::BTreeMap;

use packaging::PackageName;
use serde::{Deserialize, Serialize};

use crate::{matcher::Versions, unit::Kind};

/// The conditions of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// False when it is switched off (`times: 0`).
    pub enabled: bool,
    /// Whether it takes part in `advise` (`adviser_pipeline`).
    pub advise: bool,
    /// Whether it takes part in `monkey` (`dependency_monkey_pipeline`).
    pub monkey: bool,
    /// For these recommendation types; asked in `advise` only.
    pub recommendations: Option<Choice<String>>,
    /// For these decision types; asked in `monkey` only.
    pub decisions: Option<Choice<String>>,
    /// Whether the user has to be known to the service, or unknown to it.
    pub authenticated: Option<bool>,
    /// One of these labels has to have this value; none are needed when there are none.
    pub labels: BTreeMap<String, String>,
    /// The project has to use all these libraries, each of them by one of the symbols: `library.symbol`, or `library.*` for
    /// all that begin so.
    pub library_usage: BTreeMap<String, Vec<String>>,
    /// Other units that have to take part.
    pub dependencies: Vec<Dependency>,
    /// What the runtime environment has to be; any where nothing is said of it, as most have it.
    pub runtime: Option<Box<Runtime>>,
}

impl Default for When {
    fn default() -> Self {
        Self {
            enabled: true,
            advise: false,
            monkey: false,
            recommendations: None,
            decisions: None,
            authenticated: None,
            labels: BTreeMap::new(),
            library_usage: BTreeMap::new(),
            dependencies: Vec::new(),
            runtime: None,
        }
    }
}

/// A unit that another depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The list it is in (`boots`, `sieves`, ...).
    pub section: String,
    /// Its name, with its namespace where that is written.
    pub name: String,
    /// The conditions of that unit; none when no prescription has it, or when it depends on this one in turn.
    pub when: Option<Box<When>>,
}

impl Dependency {
    /// Whether a unit of this name and kind is meant.
    pub fn names(&self, name: &str, kind: Kind) -> bool {
        let bare = name.split_once('.').map_or(name, |(_, bare)| bare);
        kind.section() == self.section && (self.name == name || self.name == bare)
    }
}

/// Values that are wanted, or values that are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice<T> {
    /// `[..]`
    Of(Vec<T>),
    /// `{not: [..]}`
    NotOf(Vec<T>),
}

impl<T> Choice<T> {
    /// The values, wanted or not.
    pub fn values(&self) -> &[T] {
        match self {
            Self::Of(values) | Self::NotOf(values) => values,
        }
    }
}

/// Conditions on the runtime environment (`runtime_environments`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// One of these operating systems; any when there is no list.
    pub operating_systems: Option<Vec<SystemCondition>>,
    /// One of these machines; any when there is no list.
    pub hardware: Option<Vec<Hardware>>,
    /// The version of Python: major and minor number are compared.
    pub python: Demand,
    /// The version of CUDA.
    pub cuda: Demand,
    /// The version of cuDNN.
    pub cudnn: Demand,
    /// The version of Intel MKL.
    pub mkl: Demand,
    /// The version of OpenBLAS.
    pub openblas: Demand,
    /// The version of Open MPI.
    pub openmpi: Demand,
    /// The platform, as `linux-x86_64`; `None` among them means that there is none.
    pub platforms: Option<Choice<Option<String>>>,
    /// The base image, as `repository:tag`, `repository:prefix*` or `repository`; `None` among them means that there is none.
    pub base_images: Option<Choice<Option<String>>>,
    /// Symbols of the base image: all of them, or none of them.
    pub abi: Option<Choice<String>>,
    /// RPM packages of the base image: all of them, or none of them.
    pub rpm_packages: Option<Choice<RpmPackage>>,
    /// Python packages of the base image: all of them, or none of them.
    pub python_packages: Option<Choice<PythonPackage>>,
}

/// An operating system; what is not stated may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemCondition {
    /// `ID` of os-release.
    pub name: Option<String>,
    /// `VERSION_ID` of os-release.
    pub version: Option<String>,
}

/// A machine; all that is stated must be so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// CPU families; `None` among them means that there is none.
    pub cpu_families: Option<Choice<Option<u32>>>,
    /// CPU models; `None` among them means that there is none.
    pub cpu_models: Option<Choice<Option<u32>>>,
    /// What the CPU must be able to do, all of it, or must not, none of it.
    pub cpu_flags: Option<Choice<String>>,
    /// GPU models; `None` among them means that there is none.
    pub gpu_models: Option<Choice<Option<String>>>,
}

/// What is demanded of the version of something that may be there or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// Nothing.
    #[default]
    Any,
    /// It must not be there (`null`).
    Absent,
    /// It must be there, in one of these versions.
    Within(Versions),
}

/// An RPM package; each stated property is compared as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RpmPackage {
    /// Its name (`package_name`).
    pub name: String,
    /// Architecture.
    pub arch: Option<String>,
    /// Epoch.
    pub epoch: Option<String>,
    /// Name, version and release in one (`package_identifier`).
    pub identifier: Option<String>,
    /// Version (`package_version`).
    pub version: Option<String>,
    /// Release.
    pub release: Option<String>,
    /// Whether it is a source package.
    pub src: Option<bool>,
}

/// A Python package that is installed in a base image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonPackage {
    /// Its name.
    pub name: PackageName,
    /// Its versions.
    pub versions: Versions,
    /// A regular expression that matches the whole path it is installed at.
    pub location: Option<String>,
}
