use proptest::prelude::*;

use super::*;

fn stated(python: &str, platform: &str) -> RuntimeEnvironment {
    RuntimeEnvironment::stated(python, platform, "cpython").unwrap()
}

fn fits(environment: &RuntimeEnvironment, tags: &str) -> bool {
    let wheel: WheelFilename = format!("demo-1.0-{tags}.whl").parse().unwrap();
    environment.wheel_rank(&wheel).is_some()
}

fn all_fit(environment: &RuntimeEnvironment, yes: &[&str], no: &[&str]) {
    for tags in yes {
        assert!(fits(environment, tags), "{} takes {tags}", environment.identity());
    }
    for tags in no {
        assert!(!fits(environment, tags), "{} refuses {tags}", environment.identity());
    }
}

#[test]
fn linux_with_glibc_takes_manylinux_wheels_up_to_its_version() {
    all_fit(
        &stated("3.11", "x86_64-manylinux_2_28"),
        &[
            "cp311-cp311-manylinux_2_28_x86_64",
            "cp311-cp311-manylinux2014_x86_64",
            "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
            "cp311-cp311-manylinux2010_x86_64",
            "cp311-cp311-manylinux1_x86_64",
            "cp37-abi3-manylinux_2_17_x86_64",
            "cp311-cp311-linux_x86_64",
            "py3-none-manylinux_2_5_x86_64",
            "py2.py3-none-any",
            "py3-none-any",
            "cp311-none-any",
            "py38-none-any",
        ],
        &[
            "cp311-cp311-manylinux_2_34_x86_64",
            "cp311-cp311-manylinux_2_28_aarch64",
            "cp310-cp310-manylinux_2_17_x86_64",
            "cp312-abi3-manylinux_2_17_x86_64",
            "cp311-cp311-musllinux_1_1_x86_64",
            "cp311-cp311t-manylinux_2_17_x86_64",
            "pp311-pypy311_pp73-manylinux_2_17_x86_64",
            "cp311-cp311-win_amd64",
            "cp311-cp311-macosx_11_0_arm64",
            "py2-none-any",
            "py312-none-any",
        ],
    );
}

#[test]
fn the_better_fitting_wheel_has_the_higher_rank() {
    let environment = stated("3.12", "linux");
    let ranks: Vec<u32> = [
        "py3-none-any",
        "cp37-abi3-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux2014_x86_64",
        "cp312-cp312-manylinux_2_28_x86_64",
    ]
    .iter()
    .map(|tags| environment.wheel_rank(&format!("demo-1.0-{tags}.whl").parse().unwrap()).unwrap())
    .collect();
    assert!(ranks.is_sorted() && ranks.windows(2).all(|pair| pair[0] != pair[1]), "{ranks:?}");
}

#[test]
fn linux_with_musl_takes_musllinux_wheels_only() {
    all_fit(
        &stated("3.11", "aarch64-unknown-linux-musl"),
        &["cp311-cp311-musllinux_1_1_aarch64", "cp38-abi3-musllinux_1_2_aarch64", "py3-none-any"],
        &["cp311-cp311-musllinux_1_3_aarch64", "cp311-cp311-manylinux2014_aarch64", "cp311-cp311-musllinux_1_1_x86_64"],
    );
}

#[test]
fn macos_takes_universal_wheels_of_its_version_or_older() {
    all_fit(
        &stated("3.11", "macosx_12_0_arm64"),
        &["cp311-cp311-macosx_11_0_arm64", "cp311-cp311-macosx_10_9_universal2", "cp311-cp311-macosx_12_0_universal2"],
        &["cp311-cp311-macosx_13_0_arm64", "cp311-cp311-macosx_10_9_x86_64"],
    );
    all_fit(
        &stated("3.11", "x86_64-apple-darwin"),
        &["cp311-cp311-macosx_10_9_x86_64", "cp311-cp311-macosx_13_0_x86_64", "cp311-cp311-macosx_10_9_universal2"],
        &["cp311-cp311-macosx_14_0_x86_64", "cp311-cp311-macosx_11_0_arm64"],
    );
}

#[test]
fn windows_takes_wheels_of_its_machine() {
    all_fit(&stated("3.11", "windows"), &["cp311-cp311-win_amd64", "py3-none-win_amd64"], &["cp311-cp311-win32"]);
    all_fit(&stated("3.11", "win32"), &["cp311-cp311-win32"], &["cp311-cp311-win_amd64"]);
    all_fit(&stated("3.11", "aarch64-pc-windows-msvc"), &["cp311-cp311-win_arm64"], &["cp311-cp311-win_amd64"]);
}

#[test]
fn free_threaded_python_refuses_the_ordinary_abi() {
    let environment = stated("3.13t", "linux");
    all_fit(
        &environment,
        &["cp313-cp313t-manylinux_2_17_x86_64", "py3-none-any"],
        &["cp313-cp313-manylinux_2_17_x86_64", "cp37-abi3-manylinux_2_17_x86_64"],
    );
    assert_eq!(environment.identity(), "CPython 3.13.0t, x86_64-manylinux_2_28");
    assert!(RuntimeEnvironment::stated("3.10t", "linux", "pypy").is_err());
}

#[test]
fn pypy_takes_its_own_wheels() {
    let environment = RuntimeEnvironment::stated("3.10", "linux", "pypy").unwrap();
    all_fit(
        &environment,
        &["pp310-pypy310_pp73-manylinux_2_17_x86_64", "py3-none-any"],
        &[
            "cp310-cp310-manylinux_2_17_x86_64",
            "cp37-abi3-manylinux_2_17_x86_64",
            "pp39-pypy39_pp73-manylinux_2_17_x86_64",
        ],
    );
    assert_eq!(environment.markers.platform_python_implementation(), "PyPy");
}

#[test]
fn every_spelling_of_a_platform_is_understood_and_printed_in_one() {
    for (spelling, canonical, machine) in [
        ("linux", "x86_64-manylinux_2_28", "x86_64"),
        ("x86_64-unknown-linux-gnu", "x86_64-manylinux_2_28", "x86_64"),
        ("aarch64-unknown-linux-gnu", "aarch64-manylinux_2_28", "aarch64"),
        ("x86_64-unknown-linux-musl", "x86_64-musllinux_1_2", "x86_64"),
        ("x86_64-manylinux2014", "x86_64-manylinux_2_17", "x86_64"),
        ("x86_64-manylinux_2_40", "x86_64-manylinux_2_40", "x86_64"),
        ("aarch64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64"),
        ("riscv64-unknown-linux", "riscv64-manylinux_2_39", "riscv64"),
        ("manylinux_2_17_x86_64", "x86_64-manylinux_2_17", "x86_64"),
        ("manylinux2014_aarch64", "aarch64-manylinux_2_17", "aarch64"),
        ("manylinux2010_i686", "i686-manylinux_2_12", "i686"),
        ("musllinux_1_1_ppc64le", "ppc64le-musllinux_1_1", "ppc64le"),
        ("linux_x86_64", "linux_x86_64", "x86_64"),
        ("macos", "macosx_13_0_arm64", "arm64"),
        ("aarch64-apple-darwin", "macosx_13_0_arm64", "arm64"),
        ("x86_64-apple-darwin", "macosx_13_0_x86_64", "x86_64"),
        ("macosx_10_9_x86_64", "macosx_10_9_x86_64", "x86_64"),
        ("Windows", "x86_64-pc-windows-msvc", "AMD64"),
        ("win_amd64", "x86_64-pc-windows-msvc", "AMD64"),
        ("win32", "i686-pc-windows-msvc", "x86"),
        ("win_arm64", "aarch64-pc-windows-msvc", "ARM64"),
        ("wasm32-pyodide2024", "wasm32-pyodide2024", "wasm32"),
    ] {
        let environment = stated("3.12", spelling);
        assert_eq!(environment.platform, canonical, "{spelling}");
        assert_eq!(environment.markers.platform_machine(), machine, "{spelling}");
        assert_eq!(stated("3.12", canonical).platform, canonical);
    }
}

#[test]
fn a_platform_nobody_knows_is_answered_with_the_spellings() {
    for unknown in [
        "",
        "amiga",
        "x86_64",
        "x86_64-manylinux_3_1",
        "manylinux_2_65535_x86_64",
        "macosx_11_0_universal2",
        "vax-unknown-linux-gnu",
    ] {
        let message = RuntimeEnvironment::stated("3.12", unknown, "cpython").unwrap_err().to_string();
        assert!(message.contains("x86_64-pc-windows-msvc") && message.contains("manylinux_2_28_x86_64"), "{message}");
    }
}

#[test]
fn a_python_version_is_a_minor_or_a_full_one() {
    for (text, full, minor) in [
        ("3.11", "3.11.0", "3.11"),
        ("3.11.7", "3.11.7", "3.11"),
        ("3.14.0rc1", "3.14.0rc1", "3.14"),
        ("3.15.0a1+", "3.15.0a1", "3.15"),
        ("2.7.18", "2.7.18", "2.7"),
    ] {
        let environment = stated(text, "linux");
        assert_eq!(environment.markers.python_full_version().to_string(), full);
        assert_eq!(environment.markers.python_version().to_string(), minor);
    }
    for broken in ["", "3", "python", "3.11.*", ">=3.11", "4.0", "3.999", "3.11.7.1", "1!3.11", "3.11.post1", "t"] {
        assert!(RuntimeEnvironment::stated(broken, "linux", "cpython").is_err(), "{broken}");
    }
    assert!(RuntimeEnvironment::stated("3.11", "linux", "jython").unwrap_err().to_string().contains("`pypy`"));
}

#[test]
fn a_pre_release_of_python_counts_as_its_release() {
    let specifiers = |text: &str| text.parse::<VersionSpecifiers>().unwrap();
    let environment = stated("3.14.0rc1", "linux");
    assert!(environment.supports(&specifiers(">=3.14")));
    assert!(!environment.supports(&specifiers(">=3.8,<3.14")));
    assert!(stated("3.11", "linux").supports(&specifiers(">=3.7,!=3.9.*,<4")));
    assert!(!stated("3.11.2", "linux").supports(&specifiers(">=3.11.3")));
}

#[test]
fn the_marker_of_an_environment_holds_there_and_not_elsewhere() {
    let environment = stated("3.11.4", "linux");
    let marker = environment.marker();
    assert_eq!(
        marker.try_to_string().unwrap(),
        "python_full_version == '3.11.*' and implementation_name == 'cpython' and platform_machine == 'x86_64' and sys_platform == 'linux'"
    );
    assert!(marker.evaluate(&environment.markers, &[]));
    assert!(marker.evaluate(&stated("3.11.9", "linux").markers, &[]));
    for (python, platform) in [("3.12", "linux"), ("3.11", "macos"), ("3.11", "aarch64-manylinux_2_28")] {
        assert!(!marker.evaluate(&stated(python, platform).markers, &[]));
    }
}

fn description() -> Description {
    let text = |text: &str| text.to_string();
    Description {
        markers: MarkerValues {
            implementation_name: text("cpython"),
            implementation_version: text("3.11.7"),
            os_name: text("posix"),
            platform_machine: text("x86_64"),
            platform_python_implementation: text("CPython"),
            platform_release: text("6.1.0-13-amd64"),
            platform_system: text("Linux"),
            platform_version: text("#1 SMP"),
            python_full_version: text("3.11.7"),
            python_version: text("3.11"),
            sys_platform: text("linux"),
        },
        implementation: text("cpython"),
        version: (3, 11),
        platform: text("linux-x86_64"),
        pointer_bits: 64,
        libc: Some(Libc { kind: LibcKind::Glibc, major: 2, minor: 36 }),
        macos: None,
        gil_disabled: false,
        debug: false,
    }
}

#[test]
fn an_interpreter_describes_its_environment() {
    let environment = RuntimeEnvironment::described(&description()).unwrap();
    assert_eq!(environment.identity(), "CPython 3.11.7, x86_64-manylinux_2_36");
    all_fit(&environment, &["cp311-cp311-manylinux_2_36_x86_64"], &["cp311-cp311-manylinux_2_37_x86_64"]);
    let platform: MarkerTree = "platform_release >= '6'".parse().unwrap();
    assert!(platform.evaluate(&environment.markers, &[]));
}

#[test]
fn described_platforms_of_every_kind_are_understood() {
    let platform = |change: fn(&mut Description)| {
        let mut changed = description();
        change(&mut changed);
        RuntimeEnvironment::described(&changed)
            .map(|environment| environment.platform)
            .map_err(|error| error.to_string())
    };
    assert_eq!(platform(|d| d.pointer_bits = 32).unwrap(), "i686-manylinux_2_36");
    assert_eq!(platform(|d| d.libc = None).unwrap(), "linux_x86_64");
    assert_eq!(
        platform(|d| d.libc = Some(Libc { kind: LibcKind::Musl, major: 1, minor: 2 })).unwrap(),
        "x86_64-musllinux_1_2"
    );
    assert_eq!(
        platform(|d| {
            d.markers.sys_platform = "darwin".to_string();
            d.platform = "macosx-11.0-universal2".to_string();
            d.macos = Some(MacOs { major: 14, minor: 2, machine: "arm64".to_string() });
        })
        .unwrap(),
        "macosx_14_2_arm64"
    );
    assert_eq!(
        platform(|d| {
            d.markers.sys_platform = "win32".to_string();
            d.platform = "win-amd64".to_string();
        })
        .unwrap(),
        "x86_64-pc-windows-msvc"
    );
    assert!(platform(|d| d.markers.sys_platform = "aix".to_string()).unwrap_err().contains("--python-platform"));
    assert!(platform(|d| d.platform = "linux-vax".to_string()).unwrap_err().contains("linux-vax"));
    assert!(platform(|d| d.markers.python_full_version = "three".to_string()).unwrap_err().contains("not a version"));
    assert!(platform(|d| d.version = (3, 4000)).is_err());
}

#[test]
fn a_development_build_and_a_pypy_describe_themselves() {
    let mut changed = description();
    changed.markers.python_full_version = "3.11.7+".to_string();
    assert_eq!(RuntimeEnvironment::described(&changed).unwrap().python.to_string(), "3.11.7");
    changed.implementation = "pypy".to_string();
    changed.markers.implementation_name = "pypy".to_string();
    changed.markers.implementation_version = "7.3.19".to_string();
    let environment = RuntimeEnvironment::described(&changed).unwrap();
    all_fit(&environment, &["pp311-pypy311_pp73-manylinux_2_17_x86_64"], &["cp311-cp311-manylinux_2_17_x86_64"]);
}

#[test]
fn a_description_survives_storage() {
    let text = serde_json::to_string(&description()).unwrap();
    assert_eq!(serde_json::from_str::<Description>(&text).unwrap(), description());
}

proptest! {
    #[test]
    fn any_words_are_survived(python in "[0-9.rct+]{0,10}", platform in "[a-z0-9_-]{0,30}", free in any::<String>()) {
        let _ = RuntimeEnvironment::stated(&python, &platform, "cpython");
        let _ = RuntimeEnvironment::stated(&free, "linux", "cpython");
        let _ = RuntimeEnvironment::stated("3.11", &free, "pypy");
        let _ = RuntimeEnvironment::stated("3.11", "linux", &free);
    }

    #[test]
    fn a_platform_prints_as_it_is_read(machine in "x86_64|aarch64|i686|s390x|ppc64le", libc in "manylinux_2|musllinux_1", minor in 0..60u16) {
        let spelling = format!("{machine}-{libc}_{minor}");
        prop_assert_eq!(stated("3.11", &spelling).platform, spelling);
        let tag = format!("{libc}_{minor}_{machine}");
        prop_assert_eq!(stated("3.11", &tag).platform, format!("{machine}-{libc}_{minor}"));
    }
}
