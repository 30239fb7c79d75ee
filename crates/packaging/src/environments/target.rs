//! The platform of an environment as `--python-platform` takes it, with the C library of its operating system.

use super::Entry;
use crate::environment::{Fact, OperatingSystem};

impl Entry {
    /// The platform to choose for; `None` where the file tells nothing of it. `machine` is the one meant where the file names a
    /// system and no platform, as [`machine`] has it.
    ///
    /// `linux-x86_64` does not tell the C library, without which no wheel of PyPI could be used: it is the one the file
    /// states, or else that of the operating system.
    pub fn target(&self, machine: Option<&str>) -> Option<String> {
        let Some((platform, _)) = &self.platform else {
            return Some(format!("{}-{}", machine?, self.c_library()?));
        };
        let lower = platform.to_ascii_lowercase();
        if let Some(machine) = lower.strip_prefix("linux-").or_else(|| lower.strip_prefix("linux_")) {
            let libc = self.c_library();
            return Some(format!("{machine}-{}", libc.as_deref().unwrap_or("unknown-linux-gnu")));
        }
        Some(macos(&lower).unwrap_or_else(|| platform.clone()))
    }

    /// The C library, as a wheel's tag names it; `None` where it is not known.
    fn c_library(&self) -> Option<String> {
        match &self.host.glibc {
            Fact::Present(version) => {
                let release = version.release();
                let number = |place: usize| release.get(place).copied().unwrap_or_default();
                Some(format!("manylinux_{}_{}", number(0), number(1)))
            }
            Fact::Absent => Some("musllinux_1_2".to_string()),
            Fact::Unknown => self.host.operating_system.present().and_then(c_library),
        }
    }
}

/// The name that wheels have for a machine that Rust calls `arch`; `None` for those whose name tells neither the byte order nor
/// the floats.
pub fn machine(arch: &str) -> Option<&str> {
    match arch {
        "x86" => Some("i686"),
        "x86_64" | "aarch64" | "s390x" | "riscv64" | "loongarch64" => Some(arch),
        _ => None,
    }
}

/// A platform of macOS as a wheel's tag names it. Of an interpreter that is built for both kinds of machine, the newer kind is meant,
/// which begins with macOS 11 whatever the interpreter says of the older.
fn macos(platform: &str) -> Option<String> {
    let (version, machine) = platform.strip_prefix("macosx-")?.rsplit_once('-')?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    Some(match (machine, major) {
        ("universal2", "10") => "macosx_11_0_arm64".to_string(),
        ("universal2", _) => format!("macosx_{major}_{minor}_arm64"),
        _ => format!("macosx_{major}_{minor}_{machine}"),
    })
}

/// The C library of a release of a Linux distribution, as a wheel's tag names it; `None` for what is not known here.
fn c_library(system: &OperatingSystem) -> Option<String> {
    let version = system.version.as_deref().unwrap_or_default();
    let major: u32 = version.split('.').next()?.parse().unwrap_or_default();
    let minor = match (system.name.as_str(), major) {
        ("alpine", _) => return Some("musllinux_1_2".to_string()),
        ("rhel" | "ubi" | "centos" | "rocky" | "almalinux" | "ol", 7) => 17,
        ("rhel" | "ubi" | "centos" | "rocky" | "almalinux" | "ol", 8) => 28,
        ("rhel" | "ubi" | "centos" | "rocky" | "almalinux" | "ol", 9) => 34,
        ("rhel" | "ubi" | "centos" | "rocky" | "almalinux" | "ol", 10) => 39,
        // Since Fedora 28 each release has brought the next glibc.
        ("fedora", 28..=44) => major - 1,
        ("debian", 10) => 28,
        ("debian", 11) => 31,
        ("debian", 12) => 36,
        ("debian", 13) => 41,
        ("ubuntu", 18) => 27,
        ("ubuntu", 20) => 31,
        ("ubuntu", 22) => 35,
        ("ubuntu", 24) => 39,
        ("amzn", 2) => 26,
        ("amzn", 2023) => 34,
        _ => return None,
    };
    Some(format!("manylinux_2_{minor}"))
}
