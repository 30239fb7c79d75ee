//! Whatever bytes come, the readers of archives answer or refuse; they never panic and never hang.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::{
    fs,
    io::{Cursor, Write},
};

use packaging::{PackageName, Url};
use proptest::prelude::*;
use sources::{
    archive::{self, Limits},
    http::{Http, HttpOptions},
    metadata::MetadataClient,
    netrc::Netrc,
    zipped::{LocalZip, find_end},
};
use zip::write::SimpleFileOptions;

fn wheel() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("toy/__init__.py", "pass"),
        ("toy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n"),
    ] {
        writer.start_file(name, SimpleFileOptions::default().large_file(true)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarball() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for name in ["toy-1.0/PKG-INFO".to_string(), format!("toy-1.0/{}.json", "long".repeat(50))] {
        let mut header = tar::Header::new_gnu();
        header.set_size(2);
        builder.append_data(&mut header, name, &b"{}"[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// The archive with a few bytes changed, and perhaps cut short.
fn mutated(archive: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = archive.len();
    let changes = proptest::collection::vec((0..length, any::<u8>()), 0..6);
    (Just(archive), changes, prop_oneof![3 => Just(length), 1 => 0..length]).prop_map(|(mut archive, changes, keep)| {
        for (at, byte) in changes {
            archive[at] = byte;
        }
        archive.truncate(keep);
        archive
    })
}

fn extract_all(bytes: &[u8]) {
    let Ok(mut zip) = LocalZip::open(Cursor::new(bytes), 1 << 20) else { return };
    let entries: Vec<_> = zip.entries().flatten().collect();
    for entry in entries {
        if let Ok(data) = zip.extract(&entry, 1000) {
            assert!(data.len() <= 1000);
        }
    }
}

fn walk(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let limits = Limits { entries: 100, record: 1000, total: 10_000, ratio: 10 };
    let mut total = 0;
    let _ = archive::walk(&path, limits, &mut |_, bytes| total += bytes.len());
    assert!(total <= 10_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_no_zip_archive(bytes in proptest::collection::vec(any::<u8>(), 0..400), total in any::<u64>()) {
        extract_all(&bytes);
        let _ = find_end(&bytes, total);
    }

    #[test]
    fn a_damaged_zip_archive_is_read_or_refused(bytes in mutated(wheel())) {
        extract_all(&bytes);
        walk("a.zip", &bytes);
    }

    #[test]
    fn a_damaged_tar_archive_is_read_or_refused(bytes in mutated(tarball())) {
        walk("a.tar", &bytes);
    }

    #[test]
    fn any_text_is_a_netrc_file(text in "(machine|login|password|default|macdef|a|\"|\\\\|#|\n| ){0,40}") {
        let netrc = Netrc::parse(&text);
        let _ = (netrc.machine("a"), netrc.fallback());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_wheel_or_sdist_is_read_or_refused(wheel in mutated(wheel()), sdist in mutated(tarball())) {
        let folder = tempfile::tempdir().unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&sdist).unwrap();
        let client = MetadataClient::new(Http::new(HttpOptions { offline: true, ..HttpOptions::default() }));
        let toy: PackageName = "toy".parse().unwrap();
        for (name, bytes) in [("toy-1.0-py3-none-any.whl", wheel), ("toy-1.0.tar.gz", encoder.finish().unwrap())] {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _ = runtime.block_on(client.direct(&toy, &Url::from_file_path(&path).unwrap()));
        }
    }
}
