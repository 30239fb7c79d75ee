//! Platforms, in the spellings of uv's `--python-platform` and pip's `--platform`.

use std::fmt;

use uv_platform_tags::{Arch, Os, Platform};

use super::EnvironmentError;

/// What the message about an unknown platform suggests.
pub(super) const SPELLINGS: &str = "`linux`, `macos`, `windows`; \
    `<machine>-unknown-linux-gnu`, `<machine>-unknown-linux-musl`, `<machine>-manylinux2014`, `<machine>-manylinux_2_28`, \
    `<machine>-musllinux_1_2` with x86_64, aarch64, i686, armv7l, ppc64le, s390x, riscv64 or loongarch64 as machine; \
    `x86_64-apple-darwin`, `aarch64-apple-darwin`; `x86_64-pc-windows-msvc`, `i686-pc-windows-msvc`, \
    `aarch64-pc-windows-msvc`; `wasm32-pyodide2024`; or as in the name of a wheel: `manylinux_2_28_x86_64`, \
    `musllinux_1_2_aarch64`, `macosx_14_0_arm64`, `win_amd64`";

/// The newest minor version of a C library that is believed; each makes a hundred tags.
const NEWEST_LIBC: u16 = 99;

/// A platform to resolve for; displays as `--python-platform` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) os: Os,
    pub(super) arch: Arch,
    /// Whether manylinux wheels run there; without glibc only `linux_*` wheels do.
    pub(super) manylinux: bool,
}

impl Target {
    pub(super) fn new(os: Os, arch: Arch) -> Self {
        Self { os, arch, manylinux: true }
    }

    pub(super) fn parse(text: &str) -> Result<Self, EnvironmentError> {
        let lower = text.trim().to_ascii_lowercase();
        named(&lower)
            .or_else(|| by_machine(&lower))
            .or_else(|| by_tag(&lower))
            .ok_or_else(|| EnvironmentError::Platform(text.chars().take(80).collect()))
    }

    pub(super) fn platform(&self) -> Platform {
        Platform::new(self.os.clone(), self.arch)
    }

    /// `os.name`.
    pub(super) fn os_name(&self) -> &'static str {
        if matches!(self.os, Os::Windows) { "nt" } else { "posix" }
    }

    /// `platform.system()`.
    pub(super) fn system(&self) -> &'static str {
        match self.os {
            Os::Windows => "Windows",
            Os::Macos { .. } => "Darwin",
            Os::Pyodide { .. } => "Emscripten",
            Os::FreeBsd { .. } => "FreeBSD",
            _ => "Linux",
        }
    }

    /// `sys.platform`.
    pub(super) fn sys_platform(&self) -> &'static str {
        match self.os {
            Os::Windows => "win32",
            Os::Macos { .. } => "darwin",
            Os::Pyodide { .. } => "emscripten",
            Os::FreeBsd { .. } => "freebsd",
            _ => "linux",
        }
    }

    /// `platform.machine()`, which each system spells its own way.
    pub(super) fn machine(&self) -> &'static str {
        match (&self.os, self.arch) {
            (Os::Windows, Arch::X86_64) => "AMD64",
            (Os::Windows, Arch::X86) => "x86",
            (Os::Windows, Arch::Aarch64) => "ARM64",
            (Os::Macos { .. }, Arch::Aarch64) => "arm64",
            (_, arch) => arch.name(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arch = self.arch.name();
        match &self.os {
            Os::Manylinux { .. } if !self.manylinux => write!(f, "linux_{arch}"),
            Os::Manylinux { major, minor } => write!(f, "{arch}-manylinux_{major}_{minor}"),
            Os::Musllinux { major, minor } => write!(f, "{arch}-musllinux_{major}_{minor}"),
            Os::Macos { major, minor } => write!(f, "macosx_{major}_{minor}_{}", self.machine()),
            Os::Windows => write!(f, "{arch}-pc-windows-msvc"),
            Os::Pyodide { major, .. } => write!(f, "wasm32-pyodide{major}"),
            Os::FreeBsd { release } => write!(f, "{arch}-freebsd-{}", release.to_ascii_lowercase()),
            other => write!(f, "{arch}-{other}"),
        }
    }
}

/// The three words, and the triples of systems that come without a C library to choose.
fn named(text: &str) -> Option<Target> {
    Some(match text {
        "linux" => Target::new(glibc(Arch::X86_64), Arch::X86_64),
        "macos" | "aarch64-apple-darwin" | "arm64-apple-darwin" => {
            Target::new(Os::Macos { major: 13, minor: 0 }, Arch::Aarch64)
        }
        "x86_64-apple-darwin" => Target::new(Os::Macos { major: 13, minor: 0 }, Arch::X86_64),
        "windows" | "x86_64-pc-windows-msvc" | "win_amd64" | "win-amd64" => Target::new(Os::Windows, Arch::X86_64),
        "i686-pc-windows-msvc" | "win32" => Target::new(Os::Windows, Arch::X86),
        "aarch64-pc-windows-msvc" | "arm64-pc-windows-msvc" | "win_arm64" | "win-arm64" => {
            Target::new(Os::Windows, Arch::Aarch64)
        }
        "wasm32-pyodide2024" => Target::new(Os::Pyodide { major: 2024, minor: 0 }, Arch::Wasm32),
        _ => return None,
    })
}

/// uv's spelling of Linux: `<machine>-<system>`.
fn by_machine(text: &str) -> Option<Target> {
    let (machine, system) = text.split_once('-')?;
    let arch = arch(machine)?;
    if let Some(release) = system.strip_prefix("freebsd-") {
        return Some(Target::new(Os::FreeBsd { release: release.to_string() }, arch));
    }
    Some(Target::new(linux(system, arch)?, arch))
}

/// The spelling of wheel names, which is pip's: `<system>_<machine>`.
fn by_tag(text: &str) -> Option<Target> {
    if let Some(rest) = text.strip_prefix("macosx_") {
        let mut parts = rest.splitn(3, '_');
        let (major, minor) = (number(parts.next()?)?, number(parts.next()?)?);
        let arch = match parts.next()? {
            "arm64" if major >= 11 => Arch::Aarch64,
            "x86_64" => Arch::X86_64,
            _ => return None,
        };
        return macos(major, minor).map(|os| Target::new(os, arch));
    }
    if let Some(machine) = text.strip_prefix("linux_").or_else(|| text.strip_prefix("linux-")) {
        let arch = arch(machine)?;
        return Some(Target { os: glibc(arch), arch, manylinux: false });
    }
    // The machine may contain an underscore itself, so the system is what is cut off by length.
    let machine = [
        "x86_64",
        "aarch64",
        "arm64",
        "i686",
        "armv7l",
        "armv6l",
        "ppc64le",
        "ppc64",
        "s390x",
        "riscv64",
        "loongarch64",
    ]
    .into_iter()
    .find(|machine| text.strip_suffix(machine).is_some_and(|rest| rest.ends_with('_')))?;
    let system = text.strip_suffix(machine)?.strip_suffix('_')?;
    let arch = arch(machine)?;
    system.contains("linux").then_some(())?;
    Some(Target::new(linux(system, arch)?, arch))
}

fn linux(system: &str, arch: Arch) -> Option<Os> {
    let manylinux = |minor| Os::Manylinux { major: 2, minor };
    Some(match system {
        "unknown-linux" | "unknown-linux-gnu" | "linux-gnu" => glibc(arch),
        "unknown-linux-gnueabihf" if arch == Arch::Armv7L => glibc(arch),
        "unknown-linux-musl" | "linux-musl" => Os::Musllinux { major: 1, minor: 2 },
        "manylinux1" => manylinux(5),
        "manylinux2010" => manylinux(12),
        "manylinux2014" => manylinux(17),
        _ => {
            let musl = system.strip_prefix("musllinux_");
            let (major, minor) = musl.or_else(|| system.strip_prefix("manylinux_"))?.split_once('_')?;
            libc(musl.is_some(), number(major)?, number(minor)?)?
        }
    })
}

/// A C library of this version, if there is one.
pub(super) fn libc(musl: bool, major: u16, minor: u16) -> Option<Os> {
    match (musl, major) {
        (_, _) if minor > NEWEST_LIBC => None,
        (true, 1) => Some(Os::Musllinux { major, minor }),
        (false, 2) => Some(Os::Manylinux { major, minor }),
        _ => None,
    }
}

/// A version of macOS, if there is one.
pub(super) fn macos(major: u16, minor: u16) -> Option<Os> {
    match (major, minor) {
        // What a Python linked against an old SDK is told about macOS 11 and later.
        (10, 16) => Some(Os::Macos { major: 11, minor: 0 }),
        (10, 4..=15) | (11..=99, 0..=99) => Some(Os::Macos { major, minor }),
        _ => None,
    }
}

/// The glibc assumed of a machine nobody described: uv's choice, which every maintained distribution has.
fn glibc(arch: Arch) -> Os {
    let minor = match arch {
        Arch::Riscv64 => 39,
        Arch::LoongArch64 => 36,
        _ => 28,
    };
    Os::Manylinux { major: 2, minor }
}

/// A machine by any of the names systems have for it.
pub(super) fn arch(name: &str) -> Option<Arch> {
    match name {
        "amd64" | "x64" => Some(Arch::X86_64),
        "arm64" => Some(Arch::Aarch64),
        "i386" | "i586" | "x86" => Some(Arch::X86),
        "armv7" => Some(Arch::Armv7L),
        "wasm32" => None,
        other => other.parse().ok(),
    }
}

fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
