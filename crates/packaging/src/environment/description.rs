//! What an interpreter says about itself, and the environment made of it.
//!
//! The interpreter is asked by `sources`; here is only what the answer means.

use serde::{Deserialize, Serialize};
use uv_pep440::Version;
use uv_pep508::{MarkerEnvironment, MarkerEnvironmentBuilder};
use uv_platform_tags::{Arch, Os, TagsOptions};

use super::{
    EnvironmentError, RuntimeEnvironment, Source,
    target::{self, Target},
};

/// An interpreter's description of itself and its platform, as JSON or any other form of serde.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The values of the PEP 508 marker variables.
    pub markers: MarkerValues,
    /// `sys.implementation.name`.
    pub implementation: String,
    /// `sys.version_info[:2]`.
    pub version: (u32, u32),
    /// `sysconfig.get_platform()`: `linux-x86_64`, `macosx-11.0-arm64`, `win-amd64`.
    pub platform: String,
    /// The width of a pointer in bits, 64 or 32: a 32-bit Python may run on a 64-bit system.
    pub pointer_bits: u8,
    /// The C library, on Linux; nothing when it could not be told.
    #[serde(default)]
    pub libc: Option<Libc>,
    /// The system version and machine, on macOS.
    #[serde(default)]
    pub macos: Option<MacOs>,
    /// Whether this is a free-threaded build (`sysconfig.get_config_var("Py_GIL_DISABLED")`).
    #[serde(default)]
    pub gil_disabled: bool,
    /// Whether this is a debug build (`sysconfig.get_config_var("Py_DEBUG")`).
    #[serde(default)]
    pub debug: bool,
}

/// The eleven marker variables of PEP 508, as the interpreter gives them.
#[allow(missing_docs)] // Each is defined by PEP 508 under exactly this name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkerValues {
    pub implementation_name: String,
    pub implementation_version: String,
    pub os_name: String,
    pub platform_machine: String,
    pub platform_python_implementation: String,
    pub platform_release: String,
    pub platform_system: String,
    pub platform_version: String,
    pub python_full_version: String,
    pub python_version: String,
    pub sys_platform: String,
}

/// A C library and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Libc {
    /// Which one.
    pub kind: LibcKind,
    /// The first number of its version.
    pub major: u16,
    /// The second number of its version.
    pub minor: u16,
}

/// The C libraries that wheels are built for (PEP 600, 656); in JSON `"glibc"` and `"musl"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LibcKind {
    /// The GNU C library: manylinux wheels.
    Glibc,
    /// musl: musllinux wheels.
    Musl,
}

/// The version of macOS, as `platform.mac_ver()` gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacOs {
    /// The first number (`14` of `14.2.1`).
    pub major: u16,
    /// The second number.
    pub minor: u16,
    /// `platform.mac_ver()[2]`: `arm64` or `x86_64`.
    pub machine: String,
}

impl RuntimeEnvironment {
    /// The environment an interpreter describes.
    pub fn described(description: &Description) -> Result<Self, EnvironmentError> {
        let release = release(description)?;
        let target = described_target(description)?;
        let values = &description.markers;
        let python_full_version = version_text("python_full_version", &values.python_full_version)?;
        let implementation_version = version_text("implementation_version", &values.implementation_version)?;
        let python: Version = parsed("python_full_version", python_full_version)?;
        let own: Version = parsed("implementation_version", implementation_version)?;
        let own_release = release_of(&own).unwrap_or(release);
        let markers = MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
            implementation_name: &values.implementation_name,
            implementation_version,
            os_name: &values.os_name,
            platform_machine: &values.platform_machine,
            platform_python_implementation: &values.platform_python_implementation,
            platform_release: &values.platform_release,
            platform_system: &values.platform_system,
            platform_version: &values.platform_version,
            python_full_version,
            python_version: &values.python_version,
            sys_platform: &values.sys_platform,
        })
        .map_err(|_| EnvironmentError::Marker { name: "python_version", value: shown(&values.python_version) })?;
        let options = TagsOptions {
            manylinux_compatible: target.manylinux,
            gil_disabled: description.gil_disabled,
            debug_enabled: description.debug,
            is_cross: false,
        };
        let source = Source::Described(Box::new(description.clone()));
        Self::assemble(source, (markers, python), &target, &description.implementation, (release, own_release), options)
    }
}

fn release(description: &Description) -> Result<(u8, u8), EnvironmentError> {
    let (major, minor) = description.version;
    match (u8::try_from(major), u8::try_from(minor)) {
        (Ok(major @ 2..=3), Ok(minor)) => Ok((major, minor)),
        _ => Err(EnvironmentError::Python(format!("{major}.{minor}"))),
    }
}

fn release_of(version: &Version) -> Option<(u8, u8)> {
    let release = version.release();
    Some((u8::try_from(*release.first()?).ok()?, u8::try_from(*release.get(1)?).ok()?))
}

/// A build between two releases calls itself `3.15.0a1+`, which PEP 440 does not know.
fn version_text<'t>(name: &'static str, text: &'t str) -> Result<&'t str, EnvironmentError> {
    let bare = text.trim();
    let bare = bare.strip_suffix('+').unwrap_or(bare);
    if bare.is_empty() { Err(EnvironmentError::Marker { name, value: shown(text) }) } else { Ok(bare) }
}

fn parsed(name: &'static str, text: &str) -> Result<Version, EnvironmentError> {
    text.parse().map_err(|_| EnvironmentError::Marker { name, value: shown(text) })
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

fn described_target(description: &Description) -> Result<Target, EnvironmentError> {
    let refused = || EnvironmentError::Described(shown(&description.platform));
    let sys_platform = description.markers.sys_platform.as_str();
    match sys_platform {
        "linux" => linux(description).ok_or_else(refused),
        "darwin" => macos(description).ok_or_else(refused),
        "win32" => match Target::parse(&description.platform) {
            Ok(target) if target.os == Os::Windows => Ok(target),
            _ => Err(refused()),
        },
        _ if sys_platform.starts_with("freebsd") => {
            let arch = target::arch(&description.markers.platform_machine).ok_or_else(refused)?;
            Ok(Target::new(Os::FreeBsd { release: description.markers.platform_release.clone() }, arch))
        }
        _ => Err(refused()),
    }
}

fn linux(description: &Description) -> Option<Target> {
    let machine = description.platform.strip_prefix("linux-")?.replace('-', "_");
    let arch = match (target::arch(&machine)?, description.pointer_bits) {
        (Arch::X86_64, 32) => Arch::X86,
        (Arch::Aarch64, 32) => Arch::Armv7L,
        (arch, _) => arch,
    };
    let os = description.libc.and_then(|libc| target::libc(libc.kind == LibcKind::Musl, libc.major, libc.minor));
    match os {
        Some(os) => Some(Target::new(os, arch)),
        // Without a known C library only wheels for exactly this machine are safe.
        None => Target::parse(&format!("linux_{}", arch.name())).ok(),
    }
}

fn macos(description: &Description) -> Option<Target> {
    let macos = description.macos.as_ref()?;
    let arch = match target::arch(&macos.machine)? {
        arch @ (Arch::X86_64 | Arch::Aarch64) => arch,
        _ => return None,
    };
    Some(Target::new(target::macos(macos.major, macos.minor)?, arch))
}
