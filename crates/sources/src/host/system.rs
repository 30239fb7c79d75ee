//! Operating system, CPU, C library, container and base image.

use std::{collections::BTreeSet, fmt};

use packaging::{
    Version,
    environment::{Description, Fact, LibcKind, OperatingSystem},
};

use super::{Found, known, libraries, root::Look};

/// By os-release; on macOS by the system's property list.
pub(super) fn operating_system(look: &Look<'_>) -> Found<OperatingSystem> {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
        let Some(text) = look.read(path) else { continue };
        let value = |key: &str| {
            let lines = text.lines().filter_map(|line| line.trim().split_once('='));
            let mut values = lines.filter(|(name, _)| *name == key).map(|(_, value)| unquoted(value));
            values.next_back().filter(|value| !value.is_empty())
        };
        let Some(name) = value("ID") else { continue };
        let name = name.to_ascii_lowercase();
        // Universal base images are that system, and its minor releases are one to Thamos and to prescriptions.
        let name = if name == "ubi" { "rhel".to_string() } else { name };
        let version = value("VERSION_ID").map(|version| match version.split_once('.') {
            Some((major, _)) if name == "rhel" => major.to_string(),
            _ => version,
        });
        return known(OperatingSystem { name, version }, path);
    }
    let path = "/System/Library/CoreServices/SystemVersion.plist";
    let text = look.read(path)?;
    let (_, after) = text.split_once("<key>ProductVersion</key>")?;
    let version = after.split_once("<string>")?.1.split_once("</string>")?.0.trim().to_string();
    known(OperatingSystem { name: "macos".to_string(), version: Some(version) }, path)
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    inner.unwrap_or(value).replace('\\', "")
}

/// By the names of interpreters, newest first, where none describes itself.
pub(super) fn python(look: &Look<'_>) -> Found<String> {
    ["/usr/local/bin", "/usr/bin"].into_iter().find_map(|folder| {
        let names = look.names(folder);
        let minors = names.iter().filter_map(|name| name.strip_prefix("python3.")?.parse::<u32>().ok());
        let minor = minors.max()?;
        known(format!("3.{minor}"), &format!("{folder}/python3.{minor}"))
    })
}

/// By the name of the loader, where no interpreter describes itself.
pub(super) fn platform(look: &Look<'_>) -> Found<String> {
    ["/lib64", "/lib"].into_iter().find_map(|folder| {
        look.names(folder).iter().find_map(|name| {
            let machine = match name.strip_prefix("ld-musl-") {
                Some(rest) => rest.strip_suffix(".so.1")?,
                None => name.strip_prefix("ld-linux-")?.split(".so").next()?,
            };
            known(format!("linux-{}", machine.replace('-', "_")), &format!("{folder}/{name}"))
        })
    })
}

const CPU: &str = "/proc/cpuinfo";

/// The first processor's value of a key of `/proc/cpuinfo`; absent where the kernel tells of processors without it.
fn cpu<T>(look: &Look<'_>, keys: &[&str], parse: impl Fn(&str) -> Option<T>) -> Found<T> {
    let text = look.read(CPU)?;
    let lines = || text.lines().filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()));
    match lines().find(|(key, _)| keys.contains(key)) {
        Some((_, value)) => known(parse(value)?, CPU),
        None => lines().any(|(key, _)| key == "processor").then(|| (Fact::Absent, CPU.to_string())),
    }
}

pub(super) fn cpu_family(look: &Look<'_>) -> Found<u32> {
    cpu(look, &["cpu family"], |value| value.parse().ok())
}

pub(super) fn cpu_model(look: &Look<'_>) -> Found<u32> {
    cpu(look, &["model"], |value| value.parse().ok())
}

pub(super) fn cpu_name(look: &Look<'_>) -> Found<String> {
    cpu(look, &["model name", "Model"], |value| Some(value.to_string()))
}

/// What a CPU can do, in alphabetical order.
pub(super) struct Flags(pub(super) BTreeSet<String>);

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
    }
}

pub(super) fn cpu_flags(look: &Look<'_>) -> Found<Flags> {
    cpu(look, &["flags", "Features"], |value| Some(Flags(value.split_whitespace().map(str::to_string).collect())))
}

/// By what the interpreter says of itself, else by the library's own words or name.
pub(super) fn glibc(look: &Look<'_>, python: Option<&Description>) -> Found<Version> {
    if let Some(libc) = python.and_then(|python| python.libc) {
        let source = "the interpreter".to_string();
        return match libc.kind {
            LibcKind::Glibc => known(Version::new([u64::from(libc.major), u64::from(libc.minor)]), &source),
            LibcKind::Musl => Some((Fact::Absent, format!("{source}, which runs on musl"))),
        };
    }
    let folders = libraries::folders(look);
    for folder in &folders {
        for name in look.names(folder) {
            let version = name.strip_prefix("libc-").and_then(|rest| rest.strip_suffix(".so"));
            if let Some(version) = version.and_then(|version| version.parse().ok()) {
                return known(version, &format!("{folder}/{name}"));
            }
        }
        let path = format!("{folder}/libc.so.6");
        if look.exists(&path)
            && let Some(version) = look.bytes(&path).as_deref().and_then(said_version)
        {
            return known(version, &path);
        }
    }
    let musl = look.names("/lib").into_iter().find(|name| name.starts_with("ld-musl-"))?;
    Some((Fact::Absent, format!("/lib/{musl}")))
}

/// What the library says when it is run as a program: `… stable release version 2.36.`
fn said_version(bytes: &[u8]) -> Option<Version> {
    const BEFORE: &[u8] = b"release version ";
    let at = bytes.windows(BEFORE.len()).position(|window| window == BEFORE)?;
    let said = bytes.get(at + BEFORE.len()..)?;
    let said: String =
        said.iter().take(12).map(|byte| char::from(*byte)).take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    said.trim_end_matches('.').parse().ok()
}

/// What the machine is a container of; absent when nothing says it is one.
pub(super) fn container(look: &Look<'_>) -> Found<String> {
    for (path, name) in [("/run/.containerenv", "podman"), ("/.dockerenv", "docker")] {
        if look.exists(path) {
            return known(name.to_string(), path);
        }
    }
    for (variable, name) in [("container", None), ("KUBERNETES_SERVICE_HOST", Some("kubernetes"))] {
        if let Some(value) = look.variable(variable) {
            return known(name.unwrap_or(value).to_string(), &format!("${variable}"));
        }
    }
    let path = "/proc/1/cgroup";
    let groups = look.read(path);
    let named = |name: &&str| groups.as_ref().is_some_and(|groups| groups.contains(*name));
    match ["kubepods", "docker", "libpod", "containerd", "lxc"].into_iter().find(named) {
        Some(name) => known(name.to_string(), path),
        // From inside its own namespace of groups, as of an image that is only looked at, nothing is seen of a container.
        None if !groups.as_ref().is_some_and(|groups| groups.lines().any(|line| !line.ends_with(":/"))) => None,
        None => Some((Fact::Absent, format!("{path}, which names none"))),
    }
}

/// By the variables that Thamos reads, else by what podman tells its containers; absent outside of a container.
pub(super) fn base_image(look: &Look<'_>, container: &Fact<String>) -> Found<String> {
    for (name, tag, mark) in [("IMAGE_NAME", "IMAGE_TAG", ""), ("THOTH_S2I_NAME", "THOTH_S2I_VERSION", "v")] {
        if let (Some(image), Some(version)) = (look.variable(name), look.variable(tag)) {
            let version = version.strip_prefix(mark).unwrap_or(version);
            return known(format!("{image}:{mark}{version}"), &format!("${name} and ${tag}"));
        }
    }
    let path = "/run/.containerenv";
    let text = look.read(path).unwrap_or_default();
    let image = text.lines().find_map(|line| line.strip_prefix("image=")).map(unquoted);
    match image.filter(|image| !image.is_empty()) {
        Some(image) => known(image, path),
        None if *container == Fact::Absent => Some((Fact::Absent, "this is no container".to_string())),
        None => None,
    }
}
