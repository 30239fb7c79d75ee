//! `thoth config`, `check` and `environments` as a shell sees them: fixture machines, and what becomes of `.thoth.yaml`.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

/// A project beside the files of a machine.
struct Desk {
    folder: TempDir,
}

/// What one run ended with.
struct Ended {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

const CPU: &str =
    "processor\t: 0\ncpu family\t: 61\nmodel\t\t: 4094\nmodel name\t: Imagined CPU\nflags\t\t: avx2 fpu\n";

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        desk.write("machine/etc/os-release", "ID=fedora\nVERSION_ID=35\n");
        desk.write("machine/proc/cpuinfo", CPU);
        desk.write("machine/usr/bin/python3.11", "");
        desk.write("machine/lib64/ld-linux-x86-64.so.2", "");
        desk.write("machine/usr/local/cuda/version.txt", "CUDA Version 11.8.0\n");
        desk
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).expect("the file is there")
    }

    fn exists(&self, path: &str) -> bool {
        Path::new(&self.folder.path().join(path)).exists()
    }

    fn thoth(&self, line: &str) -> Ended {
        let home = self.folder.path().join("home");
        let mut command = Command::new(env!("CARGO_BIN_EXE_thoth"));
        command.args(line.split_whitespace()).current_dir(self.folder.path()).env_clear();
        command.env("HOME", &home).env("USERPROFILE", &home);
        let output = command.output().expect("the binary was built");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ended { exit: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

#[test]
fn a_machine_is_found_out_and_written_down() {
    let desk = Desk::new();
    let ended = desk.thoth("config --root machine");
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout, @"
    This machine
      operating_system  fedora 35     /etc/os-release
      python_version    3.11          /usr/bin/python3.11
      platform          linux-x86_64  /lib64/ld-linux-x86-64.so.2
      cpu_family        61            /proc/cpuinfo
      cpu_model         4094          /proc/cpuinfo
      cpu_name          Imagined CPU  /proc/cpuinfo
      cpu_flags         2 flags       /proc/cpuinfo
      cuda_version      11.8          /usr/local/cuda/version.txt

    Not found
      gpu_model         looked at /proc/driver/nvidia/gpus, /sys/bus/pci/devices
      gpu_driver        looked at /proc/driver/nvidia/version, /sys/module/nvidia/version
      cudnn_version     looked at $CUDA_HOME, $CUDA_PATH, /usr/include and 16 more places
      mkl_version       looked at $MKLROOT, /usr/lib, /usr/lib64/pkgconfig and 10 more places
      openblas_version  looked at /usr/lib, /usr/lib64/pkgconfig, /usr/lib/pkgconfig and 15 more places
      openmpi_version   looked at /usr/lib, /usr/lib64/pkgconfig, /usr/lib/pkgconfig and 15 more places
      glibc_version     looked at /usr/lib, /lib, /etc/ld.so.conf.d and 10 more places
      container         looked at /run/.containerenv, /.dockerenv, $container and 2 more places
      base_image        looked at $IMAGE_NAME, $IMAGE_TAG, $THOTH_S2I_NAME and 2 more places

    Added the environment `fedora-35` to .thoth.yaml
    ");
    insta::assert_snapshot!(desk.read(".thoth.yaml"), @"
    # The runtime environments of this project. `thoth config` writes what it finds here, `thoth check` compares.
    runtime_environments:
    - name: fedora-35
      operating_system:
        name: fedora
        version: '35'
      hardware:
        cpu_family: 61
        cpu_model: 4094
      python_version: '3.11'
      cuda_version: '11.8'
      platform: linux-x86_64
    ");
    let again = desk.thoth("config --root machine");
    assert!(again.stdout.ends_with("\n.thoth.yaml says so already of `fedora-35`.\n"), "{}", again.stdout);
    let checked = desk.thoth("check --root machine");
    insta::assert_snapshot!(checked.stdout, @"fedora-35: this machine is it (6 of 6 statements agree)");
    assert_eq!(checked.exit, Some(0));
}

/// Another machine's, with what nobody but its owner understands.
const KEPT: &str = "\
host: thoth.example # keep
runtime_environments:
  - name: prod
    # the image of May
    operating_system: {name: rhel, version: '8'}
    hardware:
      cpu_family: 6     # as of the old nodes
      cpu_model: 85
    python_version: '3.11'
    cuda_version: null
    owner: ada
managers:
- name: update
";

#[test]
fn an_environment_that_is_there_is_changed_and_that_is_told() {
    let desk = Desk::new();
    desk.write(".thoth.yaml", &KEPT.replace(" {name: rhel, version: '8'}", "\n      name: rhel\n      version: '8'"));
    let dry = desk.thoth("config --root machine --environment prod --dry-run");
    assert!(dry.stdout.contains("\nWould change the environment `prod` in .thoth.yaml\n"), "{}", dry.stdout);
    assert!(desk.read(".thoth.yaml").contains("cpu_model: 85"), "nothing is written");
    let ended = desk.thoth("config --root machine --environment prod");
    let told = ended.stdout.split("\nChanged").nth(1).expect("it is told");
    insta::assert_snapshot!(told, @"
    the environment `prod` in .thoth.yaml
     operating_system.name     rhel → fedora
     operating_system.version  8 → 35
     hardware.cpu_family       6 → 61
     hardware.cpu_model        85 → 4094
     cuda_version              null → 11.8
     platform                  (not said) → linux-x86_64
    ");
    insta::assert_snapshot!(desk.read(".thoth.yaml"), @"
    host: thoth.example # keep
    runtime_environments:
      - name: prod
        # the image of May
        operating_system:
          name: fedora
          version: '35'
        hardware:
          cpu_family: 61     # as of the old nodes
          cpu_model: 4094
        python_version: '3.11'
        cuda_version: '11.8'
        owner: ada
        platform: linux-x86_64
    managers:
    - name: update
    ");
    insta::assert_snapshot!(ended.stderr, @"note: .thoth.yaml:13: nothing is known of `owner`; it is left alone");
}

#[test]
fn a_file_without_environments_gets_its_first_one() {
    let desk = Desk::new();
    assert_eq!(desk.thoth("environments").stdout, "There is none; `thoth config` begins with this machine.\n");
    for before in ["", "# none yet\n", "\u{feff}host: thoth.example\r\n"] {
        desk.write(".thoth.yaml", before);
        let ended = desk.thoth("config --root machine");
        assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""), "{before:?}");
        assert!(desk.read(".thoth.yaml").starts_with(before.trim_start_matches('\u{feff}')), "{before:?}");
        assert!(desk.thoth("environments").stdout.starts_with("fedora-35  Python 3.11  fedora 35"), "{before:?}");
    }
}

#[test]
fn what_cannot_be_changed_line_by_line_is_left_to_its_owner() {
    let desk = Desk::new();
    let wide = KEPT.replace("{name: rhel, version: '8'}", "{name: rhel,\n      version: '8'}");
    desk.write(".thoth.yaml", &wide);
    let ended = desk.thoth("config --root machine --environment prod");
    assert_eq!(ended.exit, Some(2));
    insta::assert_snapshot!(ended.stderr, @r#"
    note: .thoth.yaml:12: nothing is known of `owner`; it is left alone
    error: .thoth.yaml:5: set `runtime_environments.0.operating_system.name` to `"fedora"` by hand: it is written in a way that cannot be changed without rewriting more
    "#);
    assert_eq!(desk.read(".thoth.yaml"), wide);
}

#[test]
fn a_machine_that_is_another_is_told_what_differs() {
    let desk = Desk::new();
    desk.write(".thoth.yaml", KEPT);
    let ended = desk.thoth("check --root machine");
    assert_eq!(ended.exit, Some(1));
    insta::assert_snapshot!(ended.stdout, @"
    prod: this machine is another (4 differ, 1 agree, 0 cannot be told)
      differs  operating_system  rhel 8 stated, fedora 35 here
      differs  cpu_family        6 stated, 61 here
      differs  cpu_model         85 stated, 4094 here
      differs  cuda_version      none stated, 11.8 here
    ");
    desk.write(
        ".thoth.yaml",
        &KEPT.replace("managers:", "  - name: here\n    python_version: '3.11'\n    mkl_version: '2023.1'\nmanagers:"),
    );
    let ended = desk.thoth("check --root machine");
    assert_eq!(ended.exit, Some(2), "MKL was not found, which is neither yes nor no");
    insta::assert_snapshot!(ended.stdout, @"
    prod: this machine is another (4 differ, 1 agree, 0 cannot be told)
      differs  operating_system  rhel 8 stated, fedora 35 here
      differs  cpu_family        6 stated, 61 here
      differs  cpu_model         85 stated, 4094 here
      differs  cuda_version      none stated, 11.8 here

    here: this machine may be it (1 agree, 1 cannot be told)
      unknown  mkl_version     2023.1 stated, not found here
    ");
    assert_eq!(desk.thoth("check --root machine -e prod").exit, Some(1));
    let json: Value = serde_json::from_str(&desk.thoth("check --root machine --format json").stdout).expect("JSON");
    assert_eq!(json["exit_code"], 2);
    assert_eq!(json["environments"][0]["agreement"], "differs");
    assert_eq!(json["environments"][1]["facts"][1]["agreement"], "unknown");
    assert!(desk.thoth("check -e nobody").stderr.contains("there is no environment `nobody`; there is prod, here"));
}

#[test]
fn environments_are_named_wherever_they_are_written() {
    let desk = Desk::new();
    desk.write(".thoth.yaml", KEPT);
    desk.write(
        "app/thoth.toml",
        "[[environments]]\nname = 'edge'\npython-version = '3.12'\nrecommendation-type = 'security'\n",
    );
    let ended = desk.thoth("environments -C app");
    insta::assert_snapshot!(ended.stdout, @"
    prod  Python 3.11  rhel 8   -  -
    edge  Python 3.12  unknown  -  security
    ");
    let json: Value = serde_json::from_str(&desk.thoth("environments --format json").stdout).expect("JSON");
    assert_eq!(json["environments"][0]["facts"]["cpu_model"], "85");
}

#[test]
fn a_template_of_thamos_begins_a_file_once() {
    let desk = Desk::new();
    desk.write(
        "template.yaml",
        "host: thoth.example\nruntime_environments:\n- name: '{os_name}-{os_version}'\n  operating_system:\n    name: {os_name}\n    \
         version: '{os_version}'\n  python_version: '{python_version}'\n  cuda_version: {cuda_version}\n  mkl_version: {mkl_version}\n",
    );
    let ended = desk.thoth("config --root machine -t template.yaml");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    insta::assert_snapshot!(desk.read(".thoth.yaml"), @"
    host: thoth.example
    runtime_environments:
    - name: 'fedora-35'
      operating_system:
        name: fedora
        version: '35'
      python_version: '3.11'
      cuda_version: '11.8'
      mkl_version: null
    ");
    let again = desk.thoth("config --root machine -t template.yaml");
    assert_eq!(again.exit, Some(2));
    assert!(again.stderr.contains(".thoth.yaml is there already"), "{}", again.stderr);
    assert!(!desk.exists("home"), "nothing else is made");
}
