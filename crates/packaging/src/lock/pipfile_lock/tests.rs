use proptest::prelude::*;

use super::*;
use crate::lock::{Lock, LockedSource, ReadError, WriteError, samples};

fn meta() -> Meta {
    Meta {
        hash: "AB".repeat(32),
        requires: [("python_version".to_string(), "3.11".to_string())].into(),
        sources: vec![Source {
            name: "main".to_string(),
            url: "https://user:secret@INDEX.example:443/simple".to_string(),
            verify_ssl: true,
        }],
    }
}

fn all_default(lock: &Lock) -> Categories {
    [("default".to_string(), lock.packages.iter().map(|package| package.name.clone()).collect())].into()
}

#[test]
fn a_lock_is_laid_out_as_pipenv_does() {
    let lock = samples::application();
    let mut categories = all_default(&lock);
    categories.insert("docs".to_string(), vec!["click".parse().unwrap()]);
    insta::assert_snapshot!(write(&lock, &meta(), &categories).unwrap(), @r#"
    {
        "_meta": {
            "hash": {
                "sha256": "abababababababababababababababababababababababababababababababab"
            },
            "pipfile-spec": 6,
            "requires": {
                "python_version": "3.11"
            },
            "sources": [
                {
                    "name": "main",
                    "url": "https://INDEX.example:443/simple",
                    "verify_ssl": true
                }
            ]
        },
        "default": {
            "click": {
                "hashes": [
                    "sha256:0303030303030303030303030303030303030303030303030303030303030303"
                ],
                "index": "main",
                "version": "==8.1.7"
            },
            "colorama": {
                "hashes": [
                    "sha256:0404040404040404040404040404040404040404040404040404040404040404"
                ],
                "markers": "python_version >= '2.7' and python_version != '3.0' and (os_name == 'nt' or sys_platform == 'win32')",
                "version": "==0.4.6"
            },
            "flask": {
                "hashes": [
                    "sha256:0101010101010101010101010101010101010101010101010101010101010101",
                    "sha256:0202020202020202020202020202020202020202020202020202020202020202"
                ],
                "index": "main",
                "markers": "python_version >= '3.8'",
                "version": "==3.0.3"
            },
            "tool": {
                "extras": [
                    "fast"
                ],
                "file": "https://files.example/tool-1.2-py3-none-any.whl",
                "hashes": [
                    "sha256:0505050505050505050505050505050505050505050505050505050505050505"
                ],
                "version": "==1.2"
            }
        },
        "develop": {},
        "docs": {
            "click": {
                "hashes": [
                    "sha256:0303030303030303030303030303030303030303030303030303030303030303"
                ],
                "index": "main",
                "version": "==8.1.7"
            }
        }
    }
    "#);
}

proptest! {
    #[test]
    fn writing_and_reading_keeps_every_release(lock in samples::any_lock()) {
        let categories = all_default(&lock);
        let text = write(&lock, &meta(), &categories).unwrap();
        prop_assert_eq!(&text, &write(&lock, &meta(), &categories).unwrap());
        let pipfile = read(&text, "Pipfile.lock").unwrap();
        prop_assert_eq!(&pipfile.reading.notes, &[]);
        prop_assert_eq!(samples::essence(&pipfile.reading.lock), samples::essence(&lock));
        prop_assert_eq!(pipfile.categories.get("default"), categories.get("default"));
        prop_assert_eq!(pipfile.hash, Some("ab".repeat(32)));
        for (read, written) in pipfile.reading.lock.packages.iter().zip(&lock.packages) {
            prop_assert_eq!(&read.marker, &written.marker);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(\"_meta\"|\"default\"|\"a\"|:|,|\\{|\\}|\\[|\\]|1|null|\\PC){0,40}") {
        let _ = read(&text, "Pipfile.lock");
        let _ = read(&format!("{{\"_meta\":{{}},\"default\":{{\"a\":{text}}}}}"), "Pipfile.lock");
    }
}

#[test]
fn credentials_are_not_written_and_variables_are() {
    let lock = samples::with_credentials();
    let mut meta = meta();
    for url in ["https://secret@b.example/simple", "https://${USER}:${TOKEN}@c.example/simple"] {
        meta.sources.push(Source { name: url.len().to_string(), url: url.to_string(), verify_ssl: false });
    }
    let text = write(&lock, &meta, &all_default(&lock)).unwrap();
    assert!(!text.contains("secret"), "{text}");
    assert!(text.contains("\"https://${USER}:${TOKEN}@c.example/simple\""), "{text}");
}

#[test]
fn with_several_sources_every_package_names_its_own() {
    let lock = samples::application();
    let mut meta = meta();
    let named = |meta: &Meta| {
        let text = write(&lock, meta, &all_default(&lock)).unwrap();
        text.matches("\"index\": \"main\"").count()
    };
    assert_eq!(named(&meta), 2);
    meta.sources.push(Source { name: "b".to_string(), url: "https://b.example".to_string(), verify_ssl: true });
    assert_eq!(named(&meta), 3);
}

#[test]
fn letters_beyond_ascii_are_escaped_as_in_python() {
    let mut meta = meta();
    meta.sources[0].name = "é𝄞".to_string();
    let text = write(&Lock::default(), &meta, &Categories::new()).unwrap();
    assert!(text.is_ascii() && text.contains(r#""\u00e9\ud834\udd1e""#), "{text}");
    assert!(text.ends_with("    \"default\": {},\n    \"develop\": {}\n}\n"), "{text}");
}

#[test]
fn an_archive_keeps_its_subdirectory_where_pip_looks_for_it() {
    let mut lock = samples::application();
    let source = LockedSource::Archive("https://files.example/tool.tar.gz#subdirectory=a".parse().unwrap());
    lock.packages[3].source = source.clone();
    let text = write(&lock, &meta(), &all_default(&lock)).unwrap();
    assert!(text.contains("\"file\": \"https://files.example/tool.tar.gz#subdirectory=a\""), "{text}");
    assert_eq!(read(&text, "Pipfile.lock").unwrap().reading.lock.packages[3].source, source);
    let apart = text.replace("#subdirectory=a\"", "\", \"subdirectory\": \"a\"");
    assert_eq!(read(&apart, "Pipfile.lock").unwrap().reading.lock.packages[3].source, source);
}

#[test]
fn a_lock_that_is_read_and_written_again_is_the_same_file() {
    let mut lock = samples::application();
    // A hole in a range of Pythons (`!=3.0.*`) comes back as two ranges.
    lock.packages.retain(|package| package.marker.is_none());
    let once = write(&lock, &meta(), &all_default(&lock)).unwrap();
    let read_back = read(&once, "Pipfile.lock").unwrap();
    assert_eq!(write(&read_back.reading.lock, &meta(), &read_back.categories).unwrap(), once);
}

#[test]
fn what_cannot_be_written_is_named() {
    let lock = samples::application();
    let none = Categories::new();
    assert!(
        matches!(write(&lock, &meta(), &none), Err(WriteError::NoCategory { package }) if package.as_ref() == "click")
    );
    let mut more = all_default(&lock);
    more.insert("develop".to_string(), vec!["pytest".parse().unwrap()]);
    assert_eq!(
        write(&lock, &meta(), &more).unwrap_err().to_string(),
        "lock category `develop` of `Pipfile.lock`: `pytest` is not among the locked packages"
    );
    let bad = Meta { hash: "xyz".to_string(), ..meta() };
    assert!(matches!(write(&lock, &bad, &all_default(&lock)), Err(WriteError::Meta(_))));
    let reserved = [("_meta".to_string(), Vec::new())].into();
    assert!(matches!(write(&Lock::default(), &meta(), &reserved), Err(WriteError::Meta(_))));
}

#[test]
fn a_lock_of_pipenv_is_read_across_its_categories() {
    let (one, two) = (samples::sha256(1), samples::sha256(2));
    let text = format!(
        r#"{{
    "_meta": {{
        "hash": {{"sha256": "{}"}},
        "pipfile-spec": 6,
        "requires": {{"python_version": "3.11"}},
        "sources": [
            {{"name": "main", "url": "https://user:secret@index.example/simple", "verify_ssl": true}},
            {{"name": "other", "url": "https://${{TOKEN}}@other.example/simple", "verify_ssl": true}}
        ]
    }},
    "default": {{
        "click": {{"hashes": ["{one}"], "index": "main", "markers": "python_version >= '3.7'", "version": "==8.1.7"}},
        "six": {{"file": "https://files.example/six-1.17.0-py2.py3-none-any.whl", "hashes": ["{two}"]}},
        "app": {{"editable": true, "path": "."}},
        "lib": {{"git": "https://secret@code.example/lib.git", "ref": "abc"}}
    }},
    "develop": {{
        "click": {{"hashes": ["{one}", "{two}"], "index": "main", "version": "==8.1.7"}},
        "bad": {{"version": "==one"}},
        "empty": {{}},
        "odd": 3
    }}
}}"#,
        "0".repeat(64)
    );
    let pipfile = read(&text, "Pipfile.lock").unwrap();
    let lock = &pipfile.reading.lock;
    assert_eq!(
        samples::essence(lock),
        [
            ("click".to_string(), "8.1.7".to_string(), vec![one.to_string(), two.to_string()]),
            ("six".to_string(), "1.17.0".to_string(), vec![two.to_string()]),
        ]
    );
    let click = &lock.packages[0];
    assert_eq!(click.source, LockedSource::Index(Some("https://index.example/simple".parse().unwrap())));
    assert_eq!(click.marker, None, "develop installs it everywhere");
    assert_eq!(lock.requires_python.as_ref().unwrap().to_string(), "==3.11.*");
    assert_eq!(lock.groups, ["develop"]);
    let notes: Vec<String> = pipfile.reading.notes.iter().map(ToString::to_string).collect();
    let notes = notes.join("\n");
    assert!(!notes.contains("secret"), "{notes}");
    insta::assert_snapshot!(notes, @r"
    Pipfile.lock (default.app): `app` was left out: it is locked to a local path, which has no released files
    Pipfile.lock (default.lib): `lib` was left out: it is locked to a git checkout, which has no released files
    Pipfile.lock (develop.bad): `bad` was left out: only `==` with a version is a pin; `one` is not a version
    Pipfile.lock (develop.empty): `empty` was left out: it has neither a version nor a file
    Pipfile.lock (develop.odd): `odd` was left out: its entry is neither an object nor a version
    ");
    assert!(pipfile.reading.notes.iter().all(|note| note.left_out.is_some()));
}

#[test]
fn what_is_no_pipfile_lock_is_refused() {
    for (text, message) in [
        ("{\n  nonsense", "Pipfile.lock:2: key must be a string at line 2 column 3"),
        ("[]", "Pipfile.lock: it is not a JSON object, so it is no `Pipfile.lock`; write it again"),
        ("{}", "Pipfile.lock: it has no `_meta`, so it is no `Pipfile.lock`; write it again"),
        (
            r#"{"_meta": {"pipfile-spec": 7}}"#,
            "Pipfile.lock (_meta.pipfile-spec): `pipfile-spec` `7` is not known (6 is); update Thoth, or write the lock \
             again with it",
        ),
    ] {
        assert_eq!(read(text, "Pipfile.lock").unwrap_err().to_string(), message);
    }
    assert!(matches!(read(&"[".repeat(100_000), "Pipfile.lock"), Err(ReadError::Syntax { .. })));
}
