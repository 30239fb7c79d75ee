//! The runtime environment a stack is chosen for: what markers and wheel tags are judged against.
//!
//! It is stated by the user or described by an interpreter; finding and running that interpreter is left to `sources`.

mod description;
mod host;
mod target;

use serde::{Deserialize, Serialize};
use uv_distribution_filename::WheelFilename;
use uv_pep440::{Version, VersionSpecifiers};
use uv_pep508::{MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree};
use uv_platform_tags::{TagCompatibility, TagPriority, Tags, TagsOptions};

pub use description::{Description, Libc, LibcKind, MacOs, MarkerValues};
pub use host::{Fact, Host, OperatingSystem};
use target::Target;

/// One runtime environment, described by an interpreter or stated by the user. Its serialised form is what it was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Source", into = "Source")]
pub struct RuntimeEnvironment {
    /// What PEP 508 markers are evaluated with.
    pub markers: MarkerEnvironment,
    /// The wheel tags it accepts, best first (PEP 425, 600, 656).
    pub tags: Tags,
    /// The full Python version (`3.11.7`); what `Requires-Python` is judged against.
    pub python: Version,
    /// The platform, spelt as `--python-platform` takes it (`x86_64-manylinux_2_36`).
    pub platform: String,
    source: Source,
}

/// What an environment was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Source {
    /// An interpreter's description.
    Described(Box<Description>),
    /// Python version, platform and implementation as a user states them.
    Stated(String, String, String),
}

impl From<RuntimeEnvironment> for Source {
    fn from(environment: RuntimeEnvironment) -> Self {
        environment.source
    }
}

impl TryFrom<Source> for RuntimeEnvironment {
    type Error = EnvironmentError;

    fn try_from(source: Source) -> Result<Self, EnvironmentError> {
        match source {
            Source::Described(description) => Self::described(&description),
            Source::Stated(python, platform, implementation) => Self::stated(&python, &platform, &implementation),
        }
    }
}

/// Why no runtime environment can be made of what was stated or described.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// The text is not a Python version Thoth can resolve for.
    #[error("`{0}` is not a Python version to resolve for: write `3.11` or `3.11.7` (`3.13t` for free-threaded)")]
    Python(String),
    /// The implementation has no wheel tags we know.
    #[error("`{0}` is not a Python implementation to resolve for: write `cpython`, `pypy` or `graalpy`")]
    Implementation(String),
    /// The platform is not one of the spellings of uv or pip.
    #[error("`{0}` is not a platform to resolve for: write {SPELLINGS}", SPELLINGS = target::SPELLINGS)]
    Platform(String),
    /// The interpreter runs on something without wheels, or describes it in a way that cannot be read.
    #[error(
        "the interpreter describes its platform as `{0}`, which Thoth does not know: state the target with `--python-platform`"
    )]
    Described(String),
    /// A marker value that must be a version is none.
    #[error("the interpreter describes its `{name}` as `{value}`, which is not a version (PEP 440)")]
    Marker {
        /// The marker variable.
        name: &'static str,
        /// What was given for it.
        value: String,
    },
    /// The combination has no wheel tags.
    #[error("work out the wheel tags of {0}")]
    Tags(String, #[source] uv_platform_tags::TagsError),
}

impl RuntimeEnvironment {
    /// The environment a user states: the Python version (`3.11`, `3.11.7`, `3.14.0rc1`, `3.13t`), the platform as uv's
    /// `--python-platform` or pip's `--platform` spell it, and the implementation (`cpython`, `pypy`, `graalpy`).
    ///
    /// What a user does not state is filled in as uv does: a bare minor is its first release (`3.11.0`), Linux has glibc 2.28
    /// or musl 1.2, macOS is 13.0, and the release and version of the platform are empty.
    pub fn stated(python_version: &str, platform: &str, implementation: &str) -> Result<Self, EnvironmentError> {
        let python = Python::parse(python_version)?;
        let source = Source::Stated(python_version.to_string(), platform.to_string(), implementation.to_string());
        let implementation = Implementation::parse(implementation)?;
        let target = Target::parse(platform)?;
        let full = python.full.to_string();
        let implementation_version = implementation.version(&full);
        let markers = MarkerEnvironmentBuilder {
            implementation_name: implementation.name,
            implementation_version: &implementation_version,
            os_name: target.os_name(),
            platform_machine: target.machine(),
            platform_python_implementation: implementation.title,
            platform_release: "",
            platform_system: target.system(),
            platform_version: "",
            python_full_version: &full,
            python_version: &python.minor(),
            sys_platform: target.sys_platform(),
        };
        let markers =
            MarkerEnvironment::try_from(markers).map_err(|_| EnvironmentError::Python(python_version.to_string()))?;
        let options = TagsOptions {
            manylinux_compatible: target.manylinux,
            gil_disabled: python.free_threaded,
            debug_enabled: false,
            is_cross: true,
        };
        let shape = (python.release, implementation.release.unwrap_or(python.release));
        Self::assemble(source, (markers, python.full), &target, implementation.name, shape, options)
    }

    fn assemble(
        source: Source,
        (markers, python): (MarkerEnvironment, Version),
        target: &Target,
        implementation: &str,
        (release, implementation_release): ((u8, u8), (u8, u8)),
        options: TagsOptions,
    ) -> Result<Self, EnvironmentError> {
        let platform = target.to_string();
        let tags = Tags::from_env(target.platform(), release, implementation, implementation_release, options)
            .map_err(|source| EnvironmentError::Tags(format!("{implementation} {python} on {platform}"), source))?;
        Ok(Self { markers, tags, python, platform, source })
    }

    /// The same platform and implementation with another Python (`3.13`).
    ///
    /// # Errors
    /// When there is no such Python.
    pub fn with_python(&self, version: &str) -> Result<Self, EnvironmentError> {
        Self::stated(version, &self.platform, self.markers.implementation_name())
    }

    /// How well a wheel fits: more is better, `None` when it cannot be installed here.
    ///
    /// Of two wheels of one release, pip and uv take the one with the higher rank; build tags decide between equals.
    pub fn wheel_rank(&self, wheel: &WheelFilename) -> Option<u32> {
        /// More tags than any environment has.
        const MOST: u32 = 1 << 24;
        let TagCompatibility::Compatible(priority) = wheel.compatibility(&self.tags) else { return None };
        // The number inside is private; its order is not.
        let (mut low, mut high) = (0, MOST);
        while low < high {
            let middle = low + (high - low) / 2;
            let reached = usize::try_from(middle)
                .ok()
                .and_then(|middle| TagPriority::try_from(middle).ok())
                .is_some_and(|tried| tried >= priority);
            if reached {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(low)
    }

    /// Whether a release with this `Requires-Python` may be installed here.
    ///
    /// As pip and uv do, only the release numbers count: `3.14.0rc1` satisfies `>=3.14`.
    pub fn supports(&self, requires_python: &VersionSpecifiers) -> bool {
        requires_python.contains(&self.python.only_release())
    }

    /// When a lock made for this environment applies elsewhere (PEP 751 `environments`): the same minor version of Python,
    /// implementation, operating system and machine.
    pub fn marker(&self) -> MarkerTree {
        let parts = [
            ("python_version", self.markers.python_version().to_string()),
            ("implementation_name", self.markers.implementation_name().to_string()),
            ("sys_platform", self.markers.sys_platform().to_string()),
            ("platform_machine", self.markers.platform_machine().to_string()),
        ];
        parts
            .iter()
            .filter(|(_, value)| !value.is_empty() && !value.contains(['\'', '\\', '\n']))
            .filter_map(|(name, value)| crate::marker::marker(&format!("{name} == '{value}'")).ok())
            .fold(MarkerTree::TRUE, MarkerTree::and)
    }

    /// A short stable name for reports and keys: `CPython 3.11.7, x86_64-manylinux_2_36`.
    pub fn identity(&self) -> String {
        let threads = if self.tags.is_freethreaded() { "t" } else { "" };
        format!(
            "{} {}{threads}, {}",
            self.markers.platform_python_implementation(),
            self.markers.python_full_version(),
            self.platform
        )
    }
}

/// A Python version as a user states it.
struct Python {
    full: Version,
    /// Major and minor number.
    release: (u8, u8),
    free_threaded: bool,
}

impl Python {
    fn parse(text: &str) -> Result<Self, EnvironmentError> {
        let refused = || EnvironmentError::Python(text.chars().take(80).collect());
        let bare = text.trim();
        let (bare, free_threaded) = match bare.strip_suffix('t') {
            Some(rest) => (rest, true),
            None => (bare, false),
        };
        // An interpreter built between releases calls itself `3.15.0a1+`.
        let version: Version = bare.strip_suffix('+').unwrap_or(bare).parse().map_err(|_| refused())?;
        if version.epoch() != 0 || version.is_post() || version.is_local() || bare.contains('*') {
            return Err(refused());
        }
        let release = version.release();
        let number = |place: usize| release.get(place).and_then(|number| u8::try_from(*number).ok());
        let (Some(major @ 2..=3), Some(minor)) = (number(0), number(1)) else { return Err(refused()) };
        let full = match release.len() {
            2 if version.is_stable() => Version::new([u64::from(major), u64::from(minor), 0]),
            3 => version.clone(),
            _ => return Err(refused()),
        };
        Ok(Self { full, release: (major, minor), free_threaded })
    }

    fn minor(&self) -> String {
        format!("{}.{}", self.release.0, self.release.1)
    }
}

/// A Python implementation that has wheel tags.
struct Implementation {
    /// `sys.implementation.name`.
    name: &'static str,
    /// `platform.python_implementation()`.
    title: &'static str,
    /// Its own version, where that is not Python's: the one of the ABI tag in use.
    release: Option<(u8, u8)>,
}

impl Implementation {
    fn parse(text: &str) -> Result<Self, EnvironmentError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "cpython" | "cp" => Ok(Self { name: "cpython", title: "CPython", release: None }),
            "pypy" | "pp" => Ok(Self { name: "pypy", title: "PyPy", release: Some((7, 3)) }),
            "graalpy" => Ok(Self { name: "graalpy", title: "GraalVM", release: Some((24, 2)) }),
            _ => Err(EnvironmentError::Implementation(text.chars().take(80).collect())),
        }
    }

    fn version(&self, python: &str) -> String {
        self.release.map_or_else(|| python.to_string(), |(major, minor)| format!("{major}.{minor}.0"))
    }
}

#[cfg(test)]
mod tests;
