use proptest::prelude::*;

use super::*;
use crate::lock::{Lock, LockedSource, ReadError, WriteError, samples};

fn read_notes(text: &str) -> Vec<String> {
    read(text, "pylock.toml").unwrap().notes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_lock_is_laid_out_one_file_a_line() {
    let mut lock = samples::application();
    lock.requires_python = Some(">=3.11".parse().unwrap());
    lock.environment = Some("sys_platform == 'linux' and python_full_version == '3.11.7'".parse().unwrap());
    lock.extras = vec!["docs".parse().unwrap()];
    lock.groups = vec!["test".to_string(), "dev".to_string()];
    lock.thoth =
        toml::from_str("recommendation = 'stable'\n[snapshot]\ndate = 2026-01-02T03:04:05Z\nrecords = 3").unwrap();
    insta::assert_snapshot!(write(&lock).unwrap(), @r#"
    lock-version = "1.0"
    environments = ["python_full_version == '3.11.7' and sys_platform == 'linux'"]
    requires-python = ">=3.11"
    extras = ["docs"]
    dependency-groups = ["dev", "test"]
    created-by = "thoth"

    [[packages]]
    name = "click"
    version = "8.1.7"
    index = "https://index.example/simple/"
    wheels = [
        { name = "click-8.1.7-py3-none-any.whl", upload-time = 2024-04-07T19:26:08Z, url = "https://files.example/click-8.1.7-py3-none-any.whl", size = 1003, hashes = { sha256 = "0303030303030303030303030303030303030303030303030303030303030303" } },
    ]

    [[packages]]
    name = "colorama"
    version = "0.4.6"
    marker = "os_name == 'nt' or sys_platform == 'win32'"
    requires-python = ">=2.7, !=3.0.*"
    index = "https://index.example/simple/"
    wheels = [
        { name = "colorama-0.4.6-py2.py3-none-any.whl", upload-time = 2024-04-07T19:26:08Z, url = "https://files.example/colorama-0.4.6-py2.py3-none-any.whl", size = 1004, hashes = { sha256 = "0404040404040404040404040404040404040404040404040404040404040404" } },
    ]

    [[packages]]
    name = "flask"
    version = "3.0.3"
    requires-python = ">=3.8"
    dependencies = [{ name = "click" }, { name = "colorama" }]
    index = "https://index.example/simple/"
    sdist = { name = "flask-3.0.3.tar.gz", upload-time = 2024-04-07T19:26:08Z, url = "https://files.example/flask-3.0.3.tar.gz", size = 1002, hashes = { sha256 = "0202020202020202020202020202020202020202020202020202020202020202" } }
    wheels = [
        { name = "flask-3.0.3-py3-none-any.whl", upload-time = 2024-04-07T19:26:08Z, url = "https://files.example/flask-3.0.3-py3-none-any.whl", size = 1001, hashes = { sha256 = "0101010101010101010101010101010101010101010101010101010101010101" } },
    ]

    [[packages]]
    name = "tool"
    version = "1.2"
    archive = { url = "https://files.example/tool-1.2-py3-none-any.whl", size = 1005, upload-time = 2024-04-07T19:26:08Z, hashes = { sha256 = "0505050505050505050505050505050505050505050505050505050505050505" } }

    [tool.thoth]
    recommendation = "stable"

    [tool.thoth.snapshot]
    date = 2026-01-02T03:04:05Z
    records = 3
    "#);
}

#[test]
fn a_written_lock_is_read_back_whole() {
    let mut lock = samples::application();
    lock.requires_python = Some(">=3.11".parse().unwrap());
    lock.environment = Some("sys_platform == 'linux'".parse().unwrap());
    lock.extras = vec!["docs".parse().unwrap()];
    lock.groups = vec!["dev".to_string()];
    lock.thoth =
        toml::from_str("a = 1\nb = [1.5, true, 'x']\nc = 2026-01-02\n[d]\ne = {f = 'g'}\n[[h]]\ni = 1").unwrap();
    let reading = read(&write(&lock).unwrap(), "pylock.toml").unwrap();
    assert_eq!(reading.notes, []);
    for package in &mut lock.packages {
        // What PEP 751 has no key for.
        package.extras.clear();
        package.via.retain(|via| !via.starts_with('-'));
        if let LockedSource::Archive(_) = package.source {
            package.files[0].kind = None;
        }
    }
    assert_eq!(reading.lock, lock);
}

proptest! {
    #[test]
    fn writing_and_reading_keeps_every_release(lock in samples::any_lock()) {
        let text = write(&lock).unwrap();
        prop_assert_eq!(&text, &write(&lock).unwrap());
        let reading = read(&text, "pylock.toml").unwrap();
        prop_assert_eq!(&reading.notes, &[]);
        prop_assert_eq!(samples::essence(&reading.lock), samples::essence(&lock));
        prop_assert_eq!(text, write(&reading.lock).unwrap());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(lock-version|packages|name|=|\\[|\\]|\\{|\\}|\"|'|1\\.0|,|\n| |wheels|hashes|\\PC){0,40}") {
        let _ = read(&text, "pylock.toml");
        let _ = read(&format!("lock-version='1.0'\n[[packages]]\nname='a'\n{text}"), "pylock.toml");
    }
}

#[test]
fn the_order_of_the_lock_makes_no_difference() {
    let lock = samples::application();
    let mut shuffled = lock.clone();
    shuffled.packages.reverse();
    shuffled.packages.iter_mut().for_each(|package| package.files.reverse());
    assert_eq!(write(&lock).unwrap(), write(&shuffled).unwrap());
}

#[test]
fn an_empty_lock_is_a_lock() {
    let text = write(&Lock::default()).unwrap();
    assert_eq!(text, "lock-version = \"1.0\"\ncreated-by = \"thoth\"\npackages = []\n");
    assert_eq!(read(&text, "pylock.toml").unwrap().lock, Lock::default());
}

#[test]
fn credentials_are_not_written() {
    let text = write(&samples::with_credentials()).unwrap();
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn a_file_without_a_strong_hash_is_named() {
    let mut lock = samples::application();
    lock.packages[2].files[1].digests = vec![format!("md5:{}", "0".repeat(32)).parse().unwrap()];
    let error = write(&lock).unwrap_err();
    assert!(matches!(&error, WriteError::NoStrongHash { file, .. } if file == "flask-3.0.3.tar.gz"), "{error}");
}

#[test]
fn a_file_without_a_url_is_named() {
    let mut lock = samples::application();
    lock.packages[0].files[0].url = None;
    assert_eq!(
        write(&lock).unwrap_err().to_string(),
        "lock `click-8.1.7-py3-none-any.whl` of `click`: its URL is not known, and `pylock.toml` needs one; resolve again \
         against an index"
    );
}

#[test]
fn one_source_distribution_is_kept_and_a_type_nobody_reads_is_not() {
    let files = ["a-1.zip", "a-1.tar.gz", "a-1.tar.bz2"].map(|name| samples::file(name, 1)).to_vec();
    let mut lock = Lock { packages: vec![samples::package("a", "1", files)], ..Lock::default() };
    let text = write(&lock).unwrap();
    assert!(text.contains("a-1.tar.gz") && !text.contains("a-1.zip") && !text.contains("bz2"), "{text}");
    lock.packages[0].files.retain(|file| file.filename.ends_with("bz2"));
    assert!(matches!(write(&lock), Err(WriteError::NoFiles { .. })));
}

#[test]
fn an_archive_keeps_its_subdirectory() {
    let mut lock = samples::application();
    let url = "https://files.example/x/tool.tar.gz#subdirectory=a%20b";
    lock.packages[3].source = LockedSource::Archive(url.parse().unwrap());
    let text = write(&lock).unwrap();
    assert!(text.contains("subdirectory = \"a b\""), "{text}");
    assert_eq!(read(&text, "x").unwrap().lock.packages[3].source, lock.packages[3].source);
}

/// As pip 26 writes it: tables throughout, neither sizes nor times.
const OF_PIP: &str = r#"lock-version = "1.0"
created-by = "pip"

[[packages]]
name = "click"
version = "8.1.7"

[[packages.wheels]]
name = "click-8.1.7-py3-none-any.whl"
url = "https://files.example/click-8.1.7-py3-none-any.whl"

[packages.wheels.hashes]
sha256 = "0303030303030303030303030303030303030303030303030303030303030303"

[[packages]]
name = "app"

[packages.directory]
path = "."
editable = true

[[packages]]
name = "lib"

[packages.vcs]
type = "git"
url = "https://code.example/lib.git"
commit-id = "0123456789abcdef0123456789abcdef01234567"
"#;

#[test]
fn a_lock_of_pip_is_read_and_what_has_no_release_is_told() {
    let reading = read(OF_PIP, "pylock.toml").unwrap();
    let wheel = &reading.lock.packages[0].files[0];
    assert_eq!((wheel.filename.as_str(), &wheel.digests[0]), ("click-8.1.7-py3-none-any.whl", &samples::sha256(3)));
    let notes: Vec<(String, Option<&str>)> =
        reading.notes.iter().map(|note| (note.to_string(), note.left_out.as_deref())).collect();
    assert_eq!(
        notes,
        [
            (
                "pylock.toml:15: `app` is locked to a local directory, which has no released files".to_string(),
                Some("app")
            ),
            (
                "pylock.toml:22: `lib` is locked to a version control checkout, which has no released files"
                    .to_string(),
                Some("lib")
            ),
        ]
    );
}

/// As uv writes it: inline tables, names only in URLs, a date in another offset for good measure.
const OF_UV: &str = r#"# This file was autogenerated by uv
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.11.7"

[[packages]]
name = "torch"
version = "2.0+cpu"
marker = "sys_platform == 'linux'"
index = "https://secret@index.example/simple"
sdist = { url = "https://files.example/torch-2.0%2Bcpu.tar.gz", upload-time = 2024-04-07T21:26:11+02:00, size = 5, hashes = { sha256 = "0404040404040404040404040404040404040404040404040404040404040404" } }
wheels = [{ url = "https://files.example/torch-2.0%2Bcpu-cp311-cp311-linux_x86_64.whl", hashes = { sha256 = "0505050505050505050505050505050505050505050505050505050505050505", blake2b = "00" } }]
"#;

#[test]
fn a_lock_of_uv_is_read_whole() {
    let reading = read(OF_UV, "pylock.toml").unwrap();
    assert_eq!(reading.notes, []);
    let torch = &reading.lock.packages[0];
    assert_eq!(torch.source, LockedSource::Index(Some("https://index.example/simple".parse().unwrap())));
    let files: Vec<(&str, Option<i64>)> =
        torch.files.iter().map(|file| (file.filename.as_str(), file.upload_time)).collect();
    assert_eq!(
        files,
        [("torch-2.0+cpu-cp311-cp311-linux_x86_64.whl", None), ("torch-2.0+cpu.tar.gz", Some(1_712_517_971_000_000))]
    );
}

#[test]
fn a_version_of_the_format_that_is_not_known_is_refused() {
    let error = read("created-by = 'x'\nlock-version = '2.0'\npackages = []", "pylock.toml").unwrap_err();
    assert_eq!(
        error.to_string(),
        "pylock.toml:2: `lock-version` `2.0` is not known (1.x is); update Thoth, or write the lock again with it"
    );
    let notes = read_notes("lock-version = '1.1'\npackages = []");
    assert_eq!(notes, ["pylock.toml:1: `lock-version` 1.1 is newer than 1.0: what it adds is not read"]);
}

#[test]
fn broken_locks_are_refused_with_their_place() {
    for (text, message) in [
        ("lock-version = '1.0'\npackages = [", "pylock.toml:2: unclosed array, expected `]`"),
        ("packages = []", "pylock.toml: it has no `lock-version`, so it is no lock of PEP 751; write it again"),
        ("lock-version = '1.0'", "pylock.toml: it has no array `packages`, so it locks nothing; write it again"),
        (
            "lock-version = '1.0'\npackages = 3",
            "pylock.toml:2: it has no array `packages`, so it locks nothing; write it again",
        ),
    ] {
        assert_eq!(read(text, "pylock.toml").unwrap_err().to_string(), message);
    }
    let large = " ".repeat((16 << 20) + 1);
    assert!(matches!(read(&large, "pylock.toml"), Err(ReadError::TooLarge { .. })));
    let deep = format!("lock-version='1.0'\npackages={}", "[".repeat(100_000));
    assert!(matches!(read(&deep, "pylock.toml"), Err(ReadError::Syntax { .. })));
}

#[test]
fn the_good_packages_of_a_lock_are_kept_and_the_bad_told() {
    let text = "lock-version = '1.0'
extras = ['a', 1, '-']
packages = [
    { name = 'good', version = '1', wheels = [
        { name = 'good-1-py3-none-any.whl', size = -1, upload-time = 07:00:00, hashes = { sha256 = 'xyz' } },
        { hashes = {} },
        7,
    ], dependencies = [{ name = 'other' }, { name = '?' }] },
    { name = '???', version = '1' },
    { name = 'bad', version = 'one' },
    { name = 'unsaid', wheels = [] },
    { name = 'marked', version = '1', marker = 'nonsense', archive = { url = 'user:secret@' } },
    { name = 'local', archive = { path = 'a.whl' } },
    5,
]
";
    let reading = read(text, "pylock.toml").unwrap();
    assert_eq!(samples::essence(&reading.lock), [("good".to_string(), "1".to_string(), vec![])]);
    insta::assert_snapshot!(read_notes(text).join("\n"), @r"
    pylock.toml:5: the `size` of `good-1-py3-none-any.whl` was not understood
    pylock.toml:5: the `upload-time` of `good-1-py3-none-any.whl` was not understood
    pylock.toml:5: a hash of `good-1-py3-none-any.whl` was ignored: `xyz` is not a sha256 value: 64 hexadecimal digits are expected
    pylock.toml:5: `good-1-py3-none-any.whl` has no hash that Thoth knows
    pylock.toml:6: a file has no usable name, `url` or `path` and was ignored
    pylock.toml:7: a file is not a table and was ignored
    pylock.toml:8: a dependency was ignored: `?` is not the name of a package
    pylock.toml:9: a package has no usable name: `???` is not the name of a package
    pylock.toml:10: `bad` was left out: `one` is not a version
    pylock.toml:11: `unsaid` was left out: neither it nor its files give a version
    pylock.toml:12: `marked` was left out: its URL is not one of `https` or `http`
    pylock.toml:13: `local` was left out: it is locked to a local archive, which Thoth does not read
    pylock.toml:14: a member of `packages` is not a table and was ignored
    pylock.toml:2: a member of `extras` is not a string and was ignored
    pylock.toml:2: `-` is not the name of an extra
    ");
    let left_out: Vec<&str> = reading.notes.iter().filter_map(|note| note.left_out.as_deref()).collect();
    assert_eq!(left_out, ["???", "bad", "unsaid", "marked", "local"]);
}

#[test]
fn a_version_is_read_from_the_files_when_the_lock_gives_none() {
    let text = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nwheels = [{ name = 'a-1.5-py3-none-any.whl' }]\n";
    assert_eq!(read(text, "x").unwrap().lock.packages[0].version, Some("1.5".parse().unwrap()));
}
