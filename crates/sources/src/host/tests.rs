//! Stories of machines, as folders of files.

use std::{fs, path::Path};

use packaging::environment::{Libc, LibcKind, MarkerValues};
use tempfile::TempDir;

use super::*;

/// A machine made of files; a content that begins with `->` is a link.
fn machine(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match content.strip_prefix("->") {
            Some(target) => link(target.trim(), &path),
            None => fs::write(&path, content).unwrap(),
        }
    }
    let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let root = Root { folder: folder.path().to_path_buf(), variables };
    (folder, root)
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}

#[cfg(not(unix))]
fn link(target: &str, path: &Path) {
    fs::copy(path.parent().unwrap().join(target), path).unwrap();
}

fn python() -> Description {
    Description {
        markers: MarkerValues::default(),
        implementation: "cpython".into(),
        version: (3, 11),
        platform: "linux-x86_64".into(),
        pointer_bits: 64,
        libc: Some(Libc { kind: LibcKind::Glibc, major: 2, minor: 34 }),
        macos: None,
        gil_disabled: false,
        debug: false,
    }
}

/// What was found, a line each; where it was not, the first places that were looked at.
fn told(discovery: &Discovery) -> String {
    let line = |finding: &Finding| match &finding.source {
        Some(source) => format!("{}: {} ({source})\n", finding.word, finding.value),
        None => {
            format!("{}: ? {}\n", finding.word, finding.looked.iter().take(3).cloned().collect::<Vec<_>>().join(", "))
        }
    };
    discovery.findings.iter().map(line).collect()
}

const CPU: &str = "\
processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: Intel(R) Xeon(R) CPU @ 2.00GHz
flags\t\t: fpu sse4_2 avx2 avx512f

processor\t: 1
cpu family\t: 15
";

#[test]
fn a_machine_with_a_gpu_tells_all_of_it_and_who_says_so() {
    let (_folder, root) = machine(
        &[
            ("/etc/os-release", "NAME=\"Red Hat Enterprise Linux\"\nID=\"rhel\"\nVERSION_ID=\"9.2\"\n"),
            ("/proc/cpuinfo", CPU),
            ("/proc/1/cgroup", "0::/init.scope\n"),
            (
                "/proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc version 12.1.0\n",
            ),
            ("/proc/driver/nvidia/gpus/0000:00:1e.0/information", "Model: \t\t Tesla T4\nIRQ:   \t\t 11\n"),
            (
                "/usr/local/cuda/version.json",
                r#"{"cuda": {"name": "CUDA SDK", "version": "12.1.20230224"}, "cuda_cudart": {"version": "12.1.55"}}"#,
            ),
            (
                "/usr/include/x86_64-linux-gnu/cudnn_version.h",
                "#ifndef X\n#define CUDNN_MAJOR 8\n#define CUDNN_MINOR 9\n#define CUDNN_PATCHLEVEL 7\n",
            ),
            ("/usr/lib64/pkgconfig/openblas.pc", "prefix=/usr\nName: openblas\nVersion: 0.3.21\n"),
            (
                "/usr/lib64/openmpi/include/mpi.h",
                "#define OMPI_MAJOR_VERSION 4\n#define OMPI_MINOR_VERSION 1\n#define OMPI_RELEASE_VERSION 1\n",
            ),
            (
                "/opt/intel/oneapi/mkl/latest/include/mkl_version.h",
                "#define __INTEL_MKL__ 2023\n#define __INTEL_MKL_MINOR__ 1\n#define __INTEL_MKL_UPDATE__ 0\n",
            ),
        ],
        &[],
    );
    insta::assert_snapshot!(told(&discover(&root, Some(&python()))), @r#"
    operating_system: rhel 9 (/etc/os-release)
    python_version: 3.11 (the interpreter)
    platform: linux-x86_64 (the interpreter)
    cpu_family: 6 (/proc/cpuinfo)
    cpu_model: 85 (/proc/cpuinfo)
    cpu_name: Intel(R) Xeon(R) CPU @ 2.00GHz (/proc/cpuinfo)
    cpu_flags: avx2 avx512f fpu sse4_2 (/proc/cpuinfo)
    gpu_model: Tesla T4 (/proc/driver/nvidia/gpus/0000:00:1e.0/information)
    gpu_driver: 535.104.5 (/proc/driver/nvidia/version)
    cuda_version: 12.1 (/usr/local/cuda/version.json)
    cudnn_version: 8.9.7 (/usr/include/x86_64-linux-gnu/cudnn_version.h)
    mkl_version: 2023.1.0 (/opt/intel/oneapi/mkl/latest/include/mkl_version.h)
    openblas_version: 0.3.21 (/usr/lib64/pkgconfig/openblas.pc)
    openmpi_version: 4.1.1 (/usr/lib64/openmpi/include/mpi.h)
    glibc_version: 2.34 (the interpreter)
    container: none (/proc/1/cgroup, which names none)
    base_image: none (this is no container)
    "#);
}

#[test]
fn a_container_without_a_gpu_knows_what_it_has_not() {
    let (_folder, root) = machine(
        &[
            ("/usr/lib/os-release", "ID=debian\nVERSION_ID='12'\n"),
            ("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n"),
            ("/sys/bus/pci/devices/0000:00:00.0/class", "0x060000\n"),
            (
                "/usr/lib/aarch64-linux-gnu/libc.so.6",
                "\u{0}junk\u{1}GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\nCopyright",
            ),
            ("/usr/lib/aarch64-linux-gnu/libopenblasp-r0.3.21.so", ""),
            ("/usr/lib/aarch64-linux-gnu/libopenblas.so.0", "->libopenblasp-r0.3.21.so"),
            ("/usr/local/bin/python3.9", ""),
            ("/usr/local/bin/python3.11", ""),
            ("/usr/local/bin/python3.11-config", ""),
            ("/lib/ld-linux-aarch64.so.1", ""),
            ("/run/.containerenv", "engine=\"podman-4.9\"\nimage=\"registry.example/python:3.11\"\n"),
        ],
        &[],
    );
    insta::assert_snapshot!(told(&discover(&root, None)), @r#"
    operating_system: debian 12 (/usr/lib/os-release)
    python_version: 3.11 (/usr/local/bin/python3.11)
    platform: linux-aarch64 (/lib/ld-linux-aarch64.so.1)
    cpu_family: none (/proc/cpuinfo)
    cpu_model: none (/proc/cpuinfo)
    cpu_name: none (/proc/cpuinfo)
    cpu_flags: asimd fp (/proc/cpuinfo)
    gpu_model: none (/sys/bus/pci/devices, where no display or 3D controller is)
    gpu_driver: none (there is no GPU)
    cuda_version: none (there is neither a toolkit nor a GPU)
    cudnn_version: none (there is no CUDA)
    mkl_version: ? $MKLROOT, /usr/lib, /usr/lib64/pkgconfig
    openblas_version: 0.3.21 (/usr/lib/aarch64-linux-gnu/libopenblas.so.0)
    openmpi_version: ? /usr/lib, /usr/lib64/pkgconfig, /usr/lib/pkgconfig
    glibc_version: 2.36 (/usr/lib/aarch64-linux-gnu/libc.so.6)
    container: podman (/run/.containerenv)
    base_image: registry.example/python:3.11 (/run/.containerenv)
    "#);
}

#[test]
fn an_empty_machine_says_where_it_was_looked_and_claims_nothing() {
    let (_folder, root) = machine(&[], &[]);
    let discovery = discover(&root, None);
    for finding in &discovery.findings {
        assert!(finding.value.is_unknown(), "{finding:?}");
        assert!(!finding.looked.is_empty(), "{finding:?}");
    }
    assert_eq!(discovery.host, Host::default());
}

#[test]
fn images_tell_by_variables_what_they_are_made_of() {
    let (_folder, root) = machine(
        &[("/.dockerenv", "")],
        &[
            ("THOTH_S2I_NAME", "quay.io/thoth-station/s2i-thoth-ubi8-py38"),
            ("THOTH_S2I_VERSION", "1.0.0"),
            ("CUDA_VERSION", "11.8.0"),
            ("NV_CUDNN_VERSION", "8.9.0.131-1+cuda11.8"),
        ],
    );
    let host = discover(&root, None).host;
    assert_eq!(host.base_image.to_string(), "quay.io/thoth-station/s2i-thoth-ubi8-py38:v1.0.0");
    assert_eq!((host.cuda.to_string(), host.cudnn.to_string()), ("11.8".into(), "8.9.0".into()));
    let mut disabled = root.clone();
    disabled.variables.insert("THAMOS_DISABLE_CUDA".into(), "1".into());
    let host = discover(&disabled, None).host;
    assert_eq!(host.cuda, Fact::Absent);
}

#[test]
fn an_old_toolkit_a_loader_and_conda_are_read_too() {
    let cache =
        "glibc-ld.so.cache1.1\0\u{1}\u{2}\0libcudart.so.10.2\0/opt/gpu/lib/libcudart.so.10.2\0/gone/libcudart.so.9.0\0";
    let (_folder, root) = machine(
        &[
            ("/etc/ld.so.cache", cache),
            ("/opt/gpu/lib/libcudart.so.10.2", "->libcudart.so.10.2.89"),
            ("/opt/gpu/lib/libcudart.so.10.2.89", ""),
            ("/home/ada/conda/conda-meta/mkl-2023.1.0-h6d00ec8_46342.json", "{}"),
            ("/home/ada/conda/conda-meta/mkl-service-2.4.0-py311h5eee18b_1.json", "{}"),
            ("/lib/ld-musl-x86_64.so.1", ""),
            ("/usr/lib64/openmpi/lib/libmpi.so.40", "\u{7f}ELF\0v%d.%d.%d\0v4.1.4\0verbose\0v4.1.4\0v1\0"),
        ],
        &[("CONDA_PREFIX", "/home/ada/conda")],
    );
    let host = discover(&root, None).host;
    assert_eq!(host.cuda.to_string(), "10.2");
    assert_eq!(host.mkl.to_string(), "2023.1.0");
    assert_eq!(host.openmpi.to_string(), "4.1.4");
    assert_eq!(host.glibc, Fact::Absent, "musl is another library");
    let (_folder, root) = machine(&[("/usr/local/cuda/version.txt", "CUDA Version 10.1.243\n")], &[]);
    assert_eq!(discover(&root, None).host.cuda.to_string(), "10.1");
}

#[test]
fn a_gpu_that_is_part_of_the_processor_is_not_taken_for_none() {
    let bus = ("/sys/bus/pci/devices/0000:00:00.0/class", "0x060000\n");
    let gpu = |name: &str| discover(&machine(&[bus, (name, "")], &[]).1, None).host.gpu_model;
    assert_eq!(gpu("/sys/class/drm/version"), Fact::Absent);
    assert_eq!(gpu("/sys/class/drm/card0/dev"), Fact::Unknown);
}

#[test]
fn files_that_lie_are_not_believed() {
    let (_folder, root) = machine(
        &[
            ("/etc/os-release", "ID=\nVERSION_ID=7\n= =\n\u{0}"),
            ("/proc/cpuinfo", "cpu family : many\nmodel : -1\n::::\n"),
            ("/proc/driver/nvidia/version", "NVRM version: x86_64 . .. a.b\n"),
            ("/usr/local/cuda/version.json", "{\"cuda\": [1]}"),
            ("/usr/include/cudnn.h", "#define CUDNN_MAJOR CUDNN_MINOR\n#define\n"),
            ("/usr/lib64/pkgconfig/openblas.pc", "Version:\nVersion: 1.0\n"),
            ("/lib64/libc.so.6", "release version ..."),
            ("/lib64/libmpi.so.40", "\0v4.1.4\0v5.0.1\0"),
            ("/proc/cgroup/x", ""),
        ],
        &[("CUDA_VERSION", "newest"), ("CONDA_PREFIX", "../../..")],
    );
    assert_eq!(discover(&root, None).host, Host::default());
}

#[test]
fn the_python_packages_of_an_image_are_those_in_the_usual_folders() {
    let (_folder, root) = machine(
        &[
            ("/usr/lib/python3.11/site-packages/Flask-3.0.0.dist-info/METADATA", ""),
            ("/usr/lib/python3/dist-packages/six-1.16.0.egg-info", ""),
            ("/opt/app-root/lib/python3.8/site-packages/zope.interface-5.4-py3.8.egg-info/PKG-INFO", ""),
            ("/opt/app-root/lib/python3.8/site-packages/broken-.dist-info/METADATA", ""),
            ("/srv/lib/python3.8/site-packages/hidden-1.0.dist-info/METADATA", ""),
            ("/etc/passwd", "ada:x:1000:1000::/people/ada:/bin/sh\nbroken\n"),
            ("/people/ada/.local/lib/python3.8/site-packages/attrs-23.1.0.dist-info/METADATA", ""),
        ],
        &[],
    );
    let told = |root: &Root| {
        let found = contents::python_packages(root)?;
        Some(found.iter().map(|one| format!("{} {} {}", one.name, one.version, one.folder)).collect::<Vec<_>>())
    };
    assert_eq!(
        told(&root).unwrap(),
        [
            "attrs 23.1.0 /people/ada/.local/lib/python3.8/site-packages",
            "flask 3.0.0 /usr/lib/python3.11/site-packages",
            "six 1.16.0 /usr/lib/python3/dist-packages",
            "zope-interface 5.4 /opt/app-root/lib/python3.8/site-packages",
        ]
    );
    assert_eq!(told(&machine(&[("/etc/passwd", "")], &[]).1), None);
}

#[cfg(unix)]
#[test]
fn links_of_an_image_lead_to_its_own_files_and_never_out_of_it() {
    let (_folder, root) = machine(
        &[
            ("/etc/os-release", "-> /usr/lib/os-release"),
            ("/usr/lib/os-release", "ID=fedora\nVERSION_ID=41\n"),
            ("/up", "-> ../../../../usr/lib/os-release"),
            ("/lib", "-> usr/lib"),
            ("/through", "-> /lib/os-release"),
            ("/round", "-> about"),
            ("/about", "-> round"),
            ("/outside", "-> /proc/self"),
        ],
        &[],
    );
    let look = Look::new(&root);
    for path in ["/etc/os-release", "/up", "/through", "/lib/../lib/./os-release"] {
        assert_eq!(look.read(path).as_deref(), Some("ID=fedora\nVERSION_ID=41\n"), "{path}");
    }
    assert_eq!(look.target("/through").as_deref(), Some("os-release"));
    for path in ["/round", "/outside", "/outside/status"] {
        assert!(!look.exists(path) && look.read(path).is_none() && look.names(path).is_empty(), "{path}");
    }
}
