//! GPU, its driver, CUDA and cuDNN: by the files that driver and toolkit leave, without running either.

use packaging::{Version, environment::Fact};

use super::{Found, known, libraries, root::Look};

const DRIVER: &str = "/proc/driver/nvidia/version";
const DEVICES: &str = "/sys/bus/pci/devices";
/// What the kernel can draw with, on whichever bus.
const CARDS: &str = "/sys/class/drm";

/// By what NVIDIA's driver says; absent where no device of the PCI bus displays or computes, nor one that is part of the processor.
pub(super) fn gpu(look: &Look<'_>) -> Found<String> {
    let folder = "/proc/driver/nvidia/gpus";
    for device in look.names(folder) {
        let path = format!("{folder}/{device}/information");
        let text = look.read(&path).unwrap_or_default();
        let model = text.lines().find_map(|line| line.strip_prefix("Model:")).map(str::trim);
        if let Some(model) = model.filter(|model| !model.is_empty()) {
            return known(model.to_string(), &path);
        }
    }
    let devices = look.names(DEVICES);
    // Class 0x03 of the PCI specification: display controllers; data centres' GPUs are 3D controllers, 0x0302.
    let is_display = |device: &String| {
        look.read(&format!("{DEVICES}/{device}/class")).is_some_and(|class| class.trim().starts_with("0x03"))
    };
    let is_card = |name: &String| name.starts_with("card");
    (!devices.is_empty() && !devices.iter().any(is_display) && !look.names(CARDS).iter().any(is_card))
        .then(|| (Fact::Absent, format!("{DEVICES}, where no display or 3D controller is")))
}

/// By what the driver's module says; absent where there is no GPU for it.
pub(super) fn driver(look: &Look<'_>, gpu: &Fact<String>) -> Found<Version> {
    let said = look.read(DRIVER);
    let line = said.as_deref().and_then(|text| text.lines().find(|line| line.contains("NVRM version")));
    let mut words = line.into_iter().flat_map(str::split_whitespace);
    // `x86_64` and dates are no versions with a point.
    let version = words.find_map(|word| word.contains('.').then(|| word.parse::<Version>().ok()).flatten());
    if let Some(version) = version {
        return known(version, DRIVER);
    }
    let module = "/sys/module/nvidia/version";
    match look.read(module).and_then(|text| text.trim().parse().ok()) {
        Some(version) => known(version, module),
        None if *gpu == Fact::Absent => Some((Fact::Absent, "there is no GPU".to_string())),
        None => None,
    }
}

/// Where a toolkit may be.
fn toolkits(look: &Look<'_>) -> Vec<String> {
    let said = ["CUDA_HOME", "CUDA_PATH"].into_iter().filter_map(|name| look.variable(name));
    said.chain(["/usr/local/cuda", "/opt/cuda"]).map(|folder| folder.trim_end_matches('/').to_string()).collect()
}

/// By the files of a toolkit, the names of its libraries, conda, or the variable of NVIDIA's images; absent where there is
/// neither a toolkit nor a driver that could run it.
pub(super) fn cuda(look: &Look<'_>, driver: &Fact<Version>) -> Found<Version> {
    if look.variable("THAMOS_DISABLE_CUDA") == Some("1") {
        return Some((Fact::Absent, "$THAMOS_DISABLE_CUDA".to_string()));
    }
    for folder in toolkits(look) {
        let path = format!("{folder}/version.json");
        let said = look.read(&path).and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        let part = |name: &str| said.as_ref()?.get(name)?.get("version")?.as_str()?.parse().ok();
        if let Some(version) = part("cuda_cudart").or_else(|| part("cuda")) {
            return known(minor(&version), &path);
        }
        let path = format!("{folder}/version.txt");
        let said = look.read(&path).and_then(|text| text.split_whitespace().last()?.parse().ok());
        if let Some(version) = said {
            return known(minor(&version), &path);
        }
    }
    let library = libraries::named(look, "libcudart.so.").into_iter().find(|(_, version)| version.release().len() > 1);
    if let Some((path, version)) = library {
        return known(minor(&version), &path);
    }
    if let Some((path, version)) = libraries::conda(look, &["cuda-version", "cudatoolkit", "cuda-cudart"]) {
        return known(minor(&version), &path);
    }
    if let Some(version) = look.variable("CUDA_VERSION").and_then(|version| version.parse().ok()) {
        return known(minor(&version), "$CUDA_VERSION");
    }
    (*driver == Fact::Absent).then(|| (Fact::Absent, "there is neither a toolkit nor a GPU".to_string()))
}

/// By its headers, the names of its libraries, conda, or the variable of NVIDIA's images; absent where CUDA is.
pub(super) fn cudnn(look: &Look<'_>, cuda: &Fact<Version>) -> Found<Version> {
    let mut folders: Vec<String> = toolkits(look).into_iter().map(|folder| format!("{folder}/include")).collect();
    folders.push("/usr/include".to_string());
    folders.extend(libraries::machines(look, "/usr/include"));
    for folder in folders {
        for header in ["cudnn_version.h", "cudnn.h"] {
            let path = format!("{folder}/{header}");
            let text = look.read(&path).unwrap_or_default();
            let parts = ["CUDNN_MAJOR", "CUDNN_MINOR", "CUDNN_PATCHLEVEL"];
            if let Some(version) = libraries::defined(&text, &parts) {
                return known(version, &path);
            }
        }
    }
    let library = libraries::named(look, "libcudnn.so.").into_iter().find(|(_, version)| version.release().len() > 1);
    if let Some((path, version)) = library.or_else(|| libraries::conda(look, &["cudnn"])) {
        return known(version, &path);
    }
    if let Some(version) = look.variable("NV_CUDNN_VERSION") {
        // `8.9.0.131-1+cuda12.1`: the fourth number and the rest are the package's.
        let release = version.split(['-', '+']).next().and_then(|version| version.parse::<Version>().ok())?;
        return known(Version::new(release.release().iter().take(3).copied()), "$NV_CUDNN_VERSION");
    }
    (*cuda == Fact::Absent).then(|| (Fact::Absent, "there is no CUDA".to_string()))
}

/// The major and the minor number: what toolkits are told apart by.
fn minor(version: &Version) -> Version {
    Version::new(version.release().iter().take(2).copied())
}
