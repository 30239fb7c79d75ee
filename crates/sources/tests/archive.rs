//! Stories of advisory sources: every packaging gives the same records, and hostile ones are refused or reported.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use common::{Delivery, Reply, Server, gzip, http, impatient, run};
use sources::{
    archive::{self, ArchiveError, FetchedArchive, Limits, Walked},
    http::Http,
};
use zip::write::SimpleFileOptions;

const RECORDS: [(&str, &str); 4] = [
    ("a.json", "{\"id\": \"A\"}"),
    ("README.md", "not a record"),
    ("vulns/b/PYSEC-1.yaml", "id: PYSEC-1"),
    ("vulns/c/PYSEC-2.yml", "id: PYSEC-2"),
];

fn zip_of(records: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in records {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(records: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in records {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn walk(path: &Path) -> (Vec<(String, String)>, Result<Walked, ArchiveError>) {
    walk_within(path, Limits::default())
}

fn walk_within(path: &Path, limits: Limits) -> (Vec<(String, String)>, Result<Walked, ArchiveError>) {
    let mut records = Vec::new();
    let result = archive::walk(path, limits, &mut |name, bytes| {
        records.push((name.to_string(), String::from_utf8(bytes.to_vec()).unwrap()));
    });
    (records, result)
}

#[test]
fn every_packaging_gives_the_same_records() {
    let folder = Folder::new();
    for (name, text) in RECORDS {
        folder.write(&format!("loose/{name}"), text);
    }
    folder.write("loose/.git/config.json", "{}");
    let tar = tar_of(&RECORDS);
    let paths = [
        folder.0.path().join("loose"),
        folder.write("all.zip", zip_of(&RECORDS)),
        folder.write("all.tar", &tar),
        folder.write("all.tar.gz", gzip(&tar)),
        folder.write("all.tgz", gzip(&tar)),
        folder.write("all.tar.zst", zstd::encode_all(&tar[..], 3).unwrap()),
        folder.write("no-telling-name", gzip(&tar)),
    ];
    for path in paths {
        let (mut records, result) = walk(&path);
        records.sort();
        let names: Vec<&str> = records.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.json", "vulns/b/PYSEC-1.yaml", "vulns/c/PYSEC-2.yml"], "{}", path.display());
        assert_eq!(records[1].1, "id: PYSEC-1");
        let walked = result.unwrap();
        assert_eq!((walked.records, walked.broken.len()), (3, 0));
    }
}

#[test]
fn a_single_record_is_a_source() {
    let folder = Folder::new();
    for (name, bytes) in [("one.json", b"[{}]".to_vec()), ("one.json.gz", gzip(b"[{}]")), ("one", b" {}".to_vec())] {
        let (records, result) = walk(&folder.write(name, bytes));
        assert_eq!(result.unwrap().records, 1);
        assert_eq!(records.len(), 1);
    }
    let (records, _) = walk(&folder.write("x.yaml", "id: X"));
    assert_eq!(records, [("x.yaml".to_string(), "id: X".to_string())]);
}

#[test]
fn long_names_in_tar_archives_are_read() {
    let folder = Folder::new();
    let long = format!("{}/record.json", "deep".repeat(60));
    let (records, _) = walk(&folder.write("a.tar", tar_of(&[(&long, "{}"), ("b.json", "{}")])));
    assert_eq!(records[0].0, long);
    assert_eq!(records[1].0, "b.json");
}

#[test]
fn a_broken_entry_of_a_zip_is_reported_and_the_rest_is_used() {
    let folder = Folder::new();
    let mut bytes = zip_of(&[("a.json", "{\"id\": \"A\", \"id\": \"A\", \"id\": \"A\"}"), ("b.json", "{}")]);
    let data = 30 + "a.json".len();
    for byte in &mut bytes[data..data + 4] {
        *byte ^= 0xff;
    }
    let (records, result) = walk(&folder.write("all.zip", bytes));
    assert_eq!(records, [("b.json".to_string(), "{}".to_string())]);
    let walked = result.unwrap();
    assert_eq!(walked.broken[0].name, "a.json");
}

#[test]
fn archives_that_are_cut_short_are_errors_that_name_the_file() {
    let folder = Folder::new();
    let zip = zip_of(&RECORDS);
    let tar = tar_of(&RECORDS);
    let packed = gzip(&tar);
    let squeezed = zstd::encode_all(&tar[..], 3).unwrap();
    for (name, whole) in [("a.zip", &zip), ("a.tar", &tar), ("a.tgz", &packed), ("a.tar.zst", &squeezed)] {
        for part in [whole.len() / 3, whole.len() / 2] {
            let (_, result) = walk(&folder.write(name, &whole[..part]));
            let Err(error) = result else {
                panic!("{name}, {part} of {} bytes", whole.len());
            };
            assert!(error.to_string().contains(name) && error.remedy().is_some(), "{error}");
        }
    }
    for (name, bytes) in [("a.bin", &b"\x7fELF"[..]), ("empty", b""), ("a.zip", b"PK\x03\x04"), ("a.gz", b"\x1f\x8b")] {
        assert!(walk(&folder.write(name, bytes)).1.is_err(), "{name}");
    }
    assert!(walk(Path::new("/nonexistent/all.zip")).1.unwrap_err().to_string().contains("all.zip"));
}

#[test]
fn bombs_are_refused() {
    let folder = Folder::new();
    let limits = Limits { entries: 10, record: 1000, total: 2000, ratio: 256 };
    let large = "x".repeat(1001);
    for (name, bytes) in [
        ("a.zip", zip_of(&[("large.json", &large), ("b.json", "{}")])),
        ("a.tar", tar_of(&[("large.json", &large), ("b.json", "{}")])[..].to_vec()),
    ] {
        let limits = Limits { total: 10_000, ..limits };
        let (records, result) = walk_within(&folder.write(name, bytes), limits);
        assert_eq!(records.len(), 1, "{name}");
        assert!(result.unwrap().broken[0].reason.contains("larger than"));
    }
    let many: Vec<String> = (0..11).map(|n| format!("{n}.json")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "{}")).collect();
    for (name, bytes) in [("many.zip", zip_of(&many)), ("many.tar", tar_of(&many))] {
        let (_, result) = walk_within(&folder.write(name, bytes), Limits { total: 100_000, ..limits });
        assert!(matches!(result, Err(ArchiveError::TooLarge { .. })), "{name}");
    }
    let heavy = "y".repeat(900);
    let heavy = [("a.json", heavy.as_str()), ("b.json", &heavy), ("c.json", &heavy)];
    for (name, bytes) in
        [("heavy.zip", zip_of(&heavy)), ("heavy.tar", tar_of(&heavy)), ("heavy.tgz", gzip(&tar_of(&heavy)))]
    {
        let (_, result) = walk_within(&folder.write(name, bytes), limits);
        assert!(matches!(result, Err(ArchiveError::TooLarge { .. })), "{name}");
    }
    let zeros = zstd::encode_all(&vec![b'x'; 100 << 20][..], 1).unwrap();
    let (_, result) = walk(&folder.write("zeros.json.zst", zeros));
    assert!(!result.unwrap().broken.is_empty());
}

#[test]
fn an_archive_is_fetched_once_and_then_only_when_it_changed() {
    let zip = zip_of(&RECORDS);
    let server = Server::start(move |seen| match seen.header("if-none-match") {
        Some("\"7\"") => Reply::new(304, ""),
        _ => Reply::ok(zip.clone()).with("ETag", "\"7\""),
    });
    let http = http();
    run(async {
        let url = server.url("/all.zip");
        let FetchedArchive::New(fetched) = archive::fetch(&http, &url, None, false).await.unwrap() else { panic!() };
        let mut names = Vec::new();
        fetched.walk(Limits::default(), &mut |name, _| names.push(name.to_string())).unwrap();
        assert_eq!(names.len(), 3);
        assert_eq!(fetched.sha256.len(), 64);
        let again = archive::fetch(&http, &url, Some(&fetched.validators), true).await.unwrap();
        assert!(matches!(again, FetchedArchive::NotModified));
    });
}

#[test]
fn a_feed_that_stalls_is_asked_once_when_it_may_be_missed() {
    let server = Server::start(|_| Reply::ok("x".repeat(100)).delivered(Delivery::Stalls(0)));
    let error = run(archive::fetch(&Http::new(impatient()), &server.url("/all.zip"), None, true)).unwrap_err();
    assert!(matches!(&error, ArchiveError::Fetch(error) if error.is_unreachable()), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_feed_that_is_gone_is_an_error() {
    let server = Server::start(|_| Reply::new(404, ""));
    assert!(run(archive::fetch(&http(), &server.url("/all.zip"), None, false)).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_folder_is_not_followed() {
    let folder = Folder::new();
    let secret = folder.write("outside/secret.yaml", "secret");
    folder.write("records/a.yaml", "a");
    let records = folder.0.path().join("records");
    std::os::unix::fs::symlink(&secret, records.join("b.yaml")).unwrap();
    std::os::unix::fs::symlink(folder.0.path().join("outside"), records.join("c")).unwrap();
    std::os::unix::fs::symlink(records.join("a.yaml"), records.join("d.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", records.join("e.yaml")).unwrap();
    let (found, walked) = walk(&records);
    assert_eq!(found, [("a.yaml", "a"), ("d.yaml", "a")].map(|(name, text)| (name.to_string(), text.to_string())));
    let broken: Vec<String> = walked.unwrap().broken.into_iter().map(|entry| entry.name).collect();
    assert_eq!(broken, ["b.yaml", "e.yaml"]);
}
