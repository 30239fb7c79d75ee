//! The kind of environment in which something was observed.

use std::collections::BTreeSet;

use packaging::{
    RuntimeEnvironment,
    environment::{Fact, Host},
};

/// A kind of environment: coarse enough that observations meet, fine enough that they mean something. What nobody said is
/// `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Environment {
    /// The minor version of Python: `3.12`, `3.13t` without the global lock, `pypy 3.10` of another implementation.
    pub python: Option<String>,
    /// System and machine: `linux-x86_64`, `linux-musl-x86_64`, `darwin-arm64`, `win32-AMD64`.
    pub platform: Option<String>,
    /// The operating system by its identifiers: `fedora 35`.
    pub system: Option<String>,
    /// The class of its CPU: how much of vectors it can do, and its family (`x86-64-v3 family 6`).
    pub cpu: Option<String>,
    /// The model of its GPU; `none` where it is known to have none.
    pub gpu: Option<String>,
}

/// Whether two environments are of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// One of them does not say enough.
    Unknown,
}

impl Environment {
    /// The kind of a runtime environment on a machine.
    pub fn of(environment: &RuntimeEnvironment, host: &Host) -> Self {
        let markers = &environment.markers;
        let implementation = match markers.implementation_name() {
            "cpython" => String::new(),
            other => format!("{other} "),
        };
        let threads = if environment.tags.is_freethreaded() { "t" } else { "" };
        let libc = if environment.platform.contains("musl") { "musl-" } else { "" };
        let gpu = match &host.gpu_model {
            Fact::Unknown => None,
            known => Some(known.to_string()),
        };
        Self {
            python: Some(format!("{implementation}{}{threads}", markers.python_version())),
            platform: Some(format!("{}-{libc}{}", markers.sys_platform(), markers.platform_machine())),
            system: host.operating_system.present().map(ToString::to_string),
            cpu: cpu(host),
            gpu,
        }
    }

    /// What has to be the same for observations to meet, as one text; empty when it does not say enough.
    pub fn kind(&self) -> String {
        match (&self.python, &self.platform) {
            (Some(python), Some(platform)) => format!("Python {python} on {platform}"),
            _ => String::new(),
        }
    }

    /// Whether what was observed in the other one is to be expected in this one: Python and platform have to be the same, and
    /// the operating system where both name it.
    pub fn expects(&self, other: &Self) -> Alike {
        if self.system.is_some() && other.system.is_some() && self.system != other.system {
            return Alike::No;
        }
        all([alike(&self.python, &other.python), alike(&self.platform, &other.platform)])
    }

    /// Whether rates measured on the other one can be compared with those of this one: Python, platform and the class of the CPU
    /// have to be the same, and the GPU, of which both may say nothing.
    pub fn compares(&self, other: &Self) -> Alike {
        let gpu = if self.gpu == other.gpu { Alike::Yes } else { alike(&self.gpu, &other.gpu) };
        let python = alike(&self.python, &other.python);
        all([python, alike(&self.platform, &other.platform), alike(&self.cpu, &other.cpu), gpu])
    }
}

fn alike(one: &Option<String>, other: &Option<String>) -> Alike {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Alike::Yes,
        (Some(_), Some(_)) => Alike::No,
        _ => Alike::Unknown,
    }
}

/// One difference is enough.
fn all<const COUNT: usize>(answers: [Alike; COUNT]) -> Alike {
    match answers {
        answers if answers.contains(&Alike::No) => Alike::No,
        answers if answers.contains(&Alike::Unknown) => Alike::Unknown,
        _ => Alike::Yes,
    }
}

/// The levels of x86-64 (x86-64 psABI, table 3.1) by the flags that the kernel lists, highest first, and the vector units of Arm.
const CLASSES: [(&str, &[&str]); 7] = [
    ("x86-64-v4", &["avx2", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
    ("x86-64-v3", &["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"]),
    ("x86-64-v2", &["cx16", "popcnt", "sse4_1", "sse4_2", "ssse3"]),
    ("x86-64-v1", &["sse2"]),
    ("sve2", &["sve2"]),
    ("sve", &["sve"]),
    ("asimd", &["asimd"]),
];

/// The class of a CPU, where its flags are known.
fn cpu(host: &Host) -> Option<String> {
    let flags: &BTreeSet<String> = host.cpu_flags.present()?;
    let (class, _) = CLASSES.into_iter().find(|(_, needed)| needed.iter().all(|flag| flags.contains(*flag)))?;
    Some(match host.cpu_family.present() {
        Some(family) => format!("{class} family {family}"),
        None => class.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use packaging::environment::OperatingSystem;

    use super::*;

    fn stated(python: &str, platform: &str) -> Environment {
        let environment = RuntimeEnvironment::stated(python, platform, "cpython").unwrap();
        Environment::of(&environment, &Host::default())
    }

    #[test]
    fn a_kind_is_told_by_python_and_platform() {
        let here = stated("3.12", "x86_64-unknown-linux-gnu");
        assert_eq!((here.python.as_deref(), here.platform.as_deref()), (Some("3.12"), Some("linux-x86_64")));
        assert_eq!(here.kind(), "Python 3.12 on linux-x86_64");
        assert_eq!(Environment::default().kind(), "");
        assert_eq!(here.expects(&stated("3.12.4", "x86_64-manylinux_2_28")), Alike::Yes);
        assert_eq!(here.expects(&stated("3.11", "x86_64-unknown-linux-gnu")), Alike::No);
        assert_eq!(here.expects(&stated("3.12", "x86_64-unknown-linux-musl")), Alike::No);
        assert_eq!(here.expects(&stated("3.12", "aarch64-apple-darwin")), Alike::No);
        assert_eq!(here.expects(&Environment { python: None, ..here.clone() }), Alike::Unknown);
    }

    #[test]
    fn operating_systems_differ_only_where_both_are_known() {
        let here = stated("3.12", "x86_64-unknown-linux-gnu");
        let on = |name: &str| Environment { system: Some(name.to_string()), ..here.clone() };
        assert_eq!(on("fedora 35").expects(&here), Alike::Yes);
        assert_eq!(on("fedora 35").expects(&on("debian 12")), Alike::No);
    }

    #[test]
    fn rates_compare_within_a_class_of_hardware() {
        let flags = |flags: &str| Fact::Present(flags.split(' ').map(str::to_string).collect());
        let environment = RuntimeEnvironment::stated("3.12", "x86_64-unknown-linux-gnu", "cpython").unwrap();
        let of = |host: &Host| Environment::of(&environment, host);
        let newer = Host {
            cpu_family: Fact::Present(6),
            cpu_flags: flags("sse2 cx16 popcnt sse4_1 sse4_2 ssse3 avx avx2 bmi1 bmi2 f16c fma movbe"),
            operating_system: Fact::Present(OperatingSystem { name: "debian".into(), version: Some("12".into()) }),
            ..Host::default()
        };
        assert_eq!(of(&newer).cpu.as_deref(), Some("x86-64-v3 family 6"));
        assert_eq!(of(&newer).system.as_deref(), Some("debian 12"));
        let older = Host { cpu_flags: flags("sse2 avx"), ..newer.clone() };
        assert_eq!(of(&older).cpu.as_deref(), Some("x86-64-v1 family 6"));
        assert_eq!(of(&newer).compares(&of(&newer)), Alike::Yes);
        assert_eq!(of(&newer).compares(&of(&older)), Alike::No);
        assert_eq!(of(&newer).compares(&of(&Host::default())), Alike::Unknown);
        let with_gpu = Host { gpu_model: Fact::Present("Tesla T4".into()), ..newer.clone() };
        assert_eq!(of(&with_gpu).compares(&of(&newer)), Alike::Unknown);
        let without = Host { gpu_model: Fact::Absent, ..newer };
        assert_eq!(of(&with_gpu).compares(&of(&without)), Alike::No);
    }
}
