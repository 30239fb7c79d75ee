//! Stories of metadata: every way to it, and every lie on the way.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::{
    error::Error,
    fs,
    io::{Cursor, Write},
    sync::Arc,
};

use common::{Reply, Seen, Server, gzip, http, run};
use packaging::{
    Digest, PackageName, Url, Version,
    index::{FileKind, IndexFile, MetadataHint, Yanked},
};
use sources::{
    checksum::sha256,
    index::{Index, IndexKind},
    metadata::{How, MetadataClient, MetadataError, Obtained, Target},
};
use zip::{CompressionMethod, write::SimpleFileOptions};

const WHEEL: &str = "toy-1.0-py3-none-any.whl";
const METADATA: &str = "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\nRequires-Dist: doll>=2\n\nText\n";

fn zip_of(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Bytes that do not compress, so that a wheel is longer than what is read of its end.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect()
}

fn wheel_with(metadata: &str) -> Vec<u8> {
    let data = noise(200_000);
    zip_of(
        &[
            ("toy/data.bin", &data),
            ("toy-1.0.dist-info/METADATA", metadata.as_bytes()),
            ("toy-1.0.dist-info/RECORD", b""),
        ],
        CompressionMethod::Deflated,
    )
}

fn wheel() -> Vec<u8> {
    wheel_with(METADATA)
}

/// The same archive with a ZIP64 end, as tools write that do not know the size beforehand.
fn zip64(mut zip: Vec<u8>) -> Vec<u8> {
    let mut end = zip.split_off(zip.len() - 22);
    let field =
        |from: usize, to: usize| end[from..to].iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let (count, length, start) = (field(10, 12), field(12, 16), field(16, 20));
    let record = zip.len() as u64;
    zip.extend_from_slice(b"PK\x06\x06");
    zip.extend_from_slice(&44_u64.to_le_bytes());
    zip.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [count, count, length, start] {
        zip.extend_from_slice(&value.to_le_bytes());
    }
    zip.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    zip.extend_from_slice(&record.to_le_bytes());
    zip.extend_from_slice(&1_u32.to_le_bytes());
    end[8..20].fill(0xff);
    zip.extend_from_slice(&end);
    zip
}

fn file(server: &Server, filename: &str) -> IndexFile {
    IndexFile {
        filename: filename.into(),
        url: server.url(&format!("/files/{filename}")).into(),
        kind: if filename.ends_with(".whl") { FileKind::Wheel } else { FileKind::Sdist },
        digests: Vec::new(),
        requires_python: None,
        size: None,
        upload_time: None,
        yanked: Yanked::No,
        core_metadata: MetadataHint::Unavailable,
        provenance: None,
    }
}

fn obtain(server: &Server, file: &IndexFile) -> Result<Obtained, MetadataError> {
    obtain_with(&MetadataClient::new(http()), server, file)
}

fn obtain_with(client: &MetadataClient, server: &Server, file: &IndexFile) -> Result<Obtained, MetadataError> {
    let index = Index::new(&server.url("/simple/"), IndexKind::Simple);
    let (package, version): (PackageName, Version) = ("toy".parse().unwrap(), "1.0".parse().unwrap());
    run(client.metadata(&Target { index: Some(&index), package: &package, version: &version, file }))
}

/// A server of one file that honours ranges, and of nothing else.
fn serves(bytes: Vec<u8>) -> Server {
    Server::start(
        move |seen| if seen.path.ends_with(".metadata") { Reply::new(404, "") } else { Reply::file(seen, &bytes) },
    )
}

fn requires(obtained: &Obtained) -> Vec<String> {
    obtained.metadata.as_ref().unwrap().requires_dist.iter().map(ToString::to_string).collect()
}

fn told(error: &MetadataError) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

fn ranges(server: &Server) -> Vec<Option<String>> {
    server.seen().iter().map(|seen| seen.header("range").map(str::to_string)).collect()
}

#[test]
fn the_metadata_file_beside_a_wheel_is_taken_and_checked() {
    let server = Server::start(|seen| {
        assert_eq!(seen.path, format!("/files/{WHEEL}.metadata"));
        Reply::ok(METADATA)
    });
    for hint in [
        MetadataHint::Available(Some(sha256(METADATA.as_bytes()))),
        MetadataHint::Available(None),
        MetadataHint::Unsaid,
    ] {
        let obtained = obtain(&server, &IndexFile { core_metadata: hint, ..file(&server, WHEEL) }).unwrap();
        assert_eq!((requires(&obtained), obtained.how), (vec!["doll>=2".to_string()], How::Sidecar));
    }
}

#[test]
fn a_metadata_file_with_the_wrong_hash_is_an_error() {
    let server = Server::start(|_| Reply::ok(METADATA));
    let hint = MetadataHint::Available(Some(sha256(b"other")));
    let error = obtain(&server, &IndexFile { core_metadata: hint, ..file(&server, WHEEL) }).unwrap_err();
    assert!(matches!(error, MetadataError::Hash { .. }));
    assert!(told(&error).starts_with("check toy-1.0-py3-none-any.whl.metadata: "), "{}", told(&error));
    assert!(error.remedy().unwrap().contains("Do not install"));
}

#[test]
fn metadata_of_another_release_is_not_believed() {
    let server = Server::start(|_| Reply::ok(METADATA.replace("1.0", "2.0")));
    let error =
        obtain(&server, &IndexFile { core_metadata: MetadataHint::Unsaid, ..file(&server, WHEEL) }).unwrap_err();
    insta::assert_snapshot!(told(&error), @"believe the metadata in toy-1.0-py3-none-any.whl: the file is toy 1.0, but its metadata is about toy 2.0");
    let server = serves(wheel_with("Metadata-Version: 2.1\nName: doll\nVersion: 1.0\n"));
    assert!(matches!(obtain(&server, &file(&server, WHEEL)), Err(MetadataError::Lying { .. })));
}

#[test]
fn an_index_without_metadata_files_is_asked_for_three_of_them() {
    let bytes = wheel();
    let absent: [fn() -> Reply; 4] = [
        || Reply::new(404, ""),
        || Reply::new(403, ""),
        || Reply::ok("<html>").with("Content-Type", "text/html"),
        || Reply::ok("no metadata"),
    ];
    let server = Server::start(move |seen| {
        if seen.path.ends_with(".metadata") { absent[seen.before % 4]() } else { Reply::file(seen, &bytes) }
    });
    let client = MetadataClient::new(http());
    for _ in 0..6 {
        let unsaid = IndexFile { core_metadata: MetadataHint::Unsaid, ..file(&server, WHEEL) };
        assert_eq!(obtain_with(&client, &server, &unsaid).unwrap().how, How::Range);
    }
    assert_eq!(server.paths().iter().filter(|path| path.ends_with(".metadata")).count(), 3);
}

#[test]
fn a_wheel_is_read_by_its_end() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let bytes =
            zip_of(&[("toy/data.bin", &noise(200_000)), ("toy-1.0.dist-info/METADATA", METADATA.as_bytes())], method);
        let (total, server) = (bytes.len(), serves(bytes));
        let obtained = obtain(&server, &file(&server, WHEEL)).unwrap();
        assert_eq!((requires(&obtained), obtained.how), (vec!["doll>=2".to_string()], How::Range));
        assert_eq!(ranges(&server), [Some("bytes=-67584".to_string())]);
        let sized = IndexFile { size: Some(total as u64), ..file(&server, WHEEL) };
        assert_eq!(obtain(&server, &sized).unwrap().how, How::Range);
        assert_eq!(ranges(&server)[1], Some(format!("bytes={}-{}", total - 67_584, total - 1)));
    }
}

#[test]
fn a_wheel_whose_directory_and_metadata_are_far_from_its_end_takes_three_requests() {
    let many: Vec<String> = (0..2000).map(|n| format!("toy/a-rather-long-name-of-a-module-number-{n}.py")).collect();
    let data = noise(100_000);
    let mut members: Vec<(&str, &[u8])> =
        vec![("toy-1.0.dist-info/METADATA", METADATA.as_bytes()), ("toy/data.bin", &data)];
    members.extend(many.iter().map(|name| (name.as_str(), &b""[..])));
    let server = serves(zip_of(&members, CompressionMethod::Deflated));
    assert_eq!(obtain(&server, &file(&server, WHEEL)).unwrap().how, How::Range);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_small_wheel_and_a_zip64_wheel_are_read() {
    let small = zip_of(&[("toy-1.0.dist-info/METADATA", METADATA.as_bytes())], CompressionMethod::Deflated);
    for bytes in [small.clone(), zip64(small), zip64(wheel())] {
        let server = serves(bytes);
        let obtained = obtain(&server, &file(&server, WHEEL)).unwrap();
        assert_eq!((requires(&obtained), obtained.how), (vec!["doll>=2".to_string()], How::Range));
    }
}

#[test]
fn servers_without_honest_ranges_send_the_whole_wheel() {
    type Answer = fn(&Seen, &[u8]) -> Reply;
    let whole: [(&str, Answer); 7] = [
        ("ignores", |_, bytes| Reply::ok(bytes)),
        (
            "cannot satisfy",
            |seen, bytes| if seen.header("range").is_some() { Reply::new(416, "") } else { Reply::ok(bytes) },
        ),
        (
            "does not know",
            |seen, bytes| if seen.header("range").is_some() { Reply::new(501, "") } else { Reply::ok(bytes) },
        ),
        (
            "says nothing",
            |seen, bytes| if seen.header("range").is_some() { Reply::new(206, &bytes[..10]) } else { Reply::ok(bytes) },
        ),
        ("other place", |seen, bytes| match seen.header("range") {
            Some(_) => Reply::new(206, &bytes[..10]).with("Content-Range", format!("bytes 0-9/{}", bytes.len())),
            None => Reply::ok(bytes),
        }),
        ("other length", |seen, bytes| match seen.header("range") {
            Some(_) => {
                let total = bytes.len();
                Reply::new(206, &bytes[..10])
                    .with("Content-Range", format!("bytes {}-{}/{total}", total - 67_584, total - 1))
            }
            None => Reply::ok(bytes),
        }),
        ("other bytes", |seen, bytes| {
            let mut reply = Reply::file(seen, bytes);
            if reply.status == 206 {
                reply.body.fill(b'x');
            }
            reply
        }),
    ];
    let bytes = Arc::new(wheel());
    for (story, answer) in whole {
        let served = Arc::clone(&bytes);
        let server = Server::start(move |seen| answer(seen, &served));
        let promised = IndexFile { digests: vec![sha256(&bytes)], ..file(&server, WHEEL) };
        let obtained = obtain(&server, &promised).unwrap();
        assert_eq!(obtained.how, How::Archive, "{story}");
        let archive = obtained.archive.unwrap();
        assert_eq!((archive.sha256, archive.size), (sha256(&bytes), bytes.len() as u64));
    }
}

#[test]
fn a_server_that_ignores_ranges_is_not_asked_for_them_again() {
    let bytes = wheel();
    let server = Server::start(move |_| Reply::ok(bytes.clone()));
    let client = MetadataClient::new(http());
    for _ in 0..2 {
        assert_eq!(obtain_with(&client, &server, &file(&server, WHEEL)).unwrap().how, How::Archive);
    }
    assert_eq!(ranges(&server)[1], None);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_whole_file_must_fit_its_hash_and_its_size() {
    let server = Server::start(|_| Reply::ok(wheel()));
    let wrong: Digest = sha256(b"other");
    let error = obtain(&server, &IndexFile { digests: vec![wrong], ..file(&server, WHEEL) }).unwrap_err();
    assert!(matches!(error, MetadataError::Hash { .. }), "{}", told(&error));
    let error = obtain(&server, &IndexFile { size: Some(7), ..file(&server, WHEEL) }).unwrap_err();
    assert!(told(&error).contains("but 7 were promised"), "{}", told(&error));
}

#[test]
fn wheels_without_metadata_of_their_own_are_errors() {
    let text = METADATA.as_bytes();
    for (members, sentence) in [
        (vec![("toy/x.py", text)], "it has no METADATA"),
        (vec![("toy/toy-1.0.dist-info/METADATA", text)], "it has no METADATA"),
        (vec![("../toy-1.0.dist-info/METADATA", text)], "it has no METADATA"),
        (vec![("doll-1.0.dist-info/METADATA", text)], "its METADATA is that of another package"),
        (
            vec![("toy-1.0.dist-info/METADATA", text), ("Toy-1.0.dist-info/METADATA", text)],
            "it has more than one METADATA of its own",
        ),
    ] {
        let server = serves(zip_of(&members, CompressionMethod::Deflated));
        let error = obtain(&server, &file(&server, WHEEL)).unwrap_err();
        assert_eq!(told(&error), format!("read the metadata in {WHEEL}: {sentence}"));
    }
}

#[test]
fn a_vendored_dist_info_is_not_the_wheels_own() {
    let vendored = METADATA.replace("toy", "doll").replace("doll>=2", "evil");
    let server = serves(zip_of(
        &[("doll-1.0.dist-info/METADATA", vendored.as_bytes()), ("Toy-1.0.0.dist-info/METADATA", METADATA.as_bytes())],
        CompressionMethod::Deflated,
    ));
    assert_eq!(requires(&obtain(&server, &file(&server, WHEEL)).unwrap()), ["doll>=2"]);
}

#[test]
fn archives_that_claim_the_impossible_are_refused() {
    let good = zip_of(&[("toy-1.0.dist-info/METADATA", METADATA.as_bytes())], CompressionMethod::Deflated);
    let end = good.len() - 22;
    let patched = |at: usize, bytes: &[u8]| {
        let mut zip = good.clone();
        zip[at..at + bytes.len()].copy_from_slice(bytes);
        zip
    };
    let directory = u32::from_le_bytes(good[end + 16..end + 20].try_into().unwrap()) as usize;
    let huge = {
        let mut zip = vec![0; 17 << 20];
        zip.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        zip.extend_from_slice(&(17_u32 << 20).to_le_bytes());
        zip.extend_from_slice(&[0; 6]);
        zip
    };
    let wide = patched(end + 12, &[0xff; 8]);
    for (story, bytes) in [
        ("a directory beyond the end", patched(end + 16, &[0xff, 0xff, 0xff, 0x7f])),
        ("a directory that claims 4 GiB", wide),
        ("a huge directory", huge),
        ("a member of 2 GiB", patched(directory + 24, &[0, 0, 0, 0x80])),
        ("a member beyond the directory", patched(directory + 42, &[0xff, 0xff, 0, 0])),
        ("an encrypted member", patched(directory + 8, &[1, 0])),
        ("an unknown compression", patched(directory + 10, &[99, 0])),
        ("a wrong checksum", patched(directory + 16, &[1, 2, 3, 4])),
        ("another name in the header", patched(30, b"TOY")),
        ("no header", patched(0, b"XXXX")),
        ("no archive", b"<html>not found</html>".to_vec()),
        ("nothing", Vec::new()),
        ("half", good[..good.len() / 2].to_vec()),
    ] {
        let server =
            Server::start(move |seen| if bytes.is_empty() { Reply::ok("") } else { Reply::file(seen, &bytes) });
        let error = obtain(&server, &file(&server, WHEEL)).unwrap_err();
        assert!(matches!(error, MetadataError::Archive { .. }), "{story}: {}", told(&error));
    }
}

fn tar_of(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in members {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(text.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

const STATIC: &str = "Metadata-Version: 2.2\nName: toy\nVersion: 1.0\nRequires-Dist: doll>=2\n";
const OLD: &str = "Metadata-Version: 1.2\nName: toy\nVersion: 1.0\n";

#[test]
fn an_sdist_says_what_it_requires_or_that_only_a_build_could_tell() {
    type Story = (&'static str, Vec<(&'static str, &'static str)>, Option<(&'static str, How)>);
    let stories: [Story; 5] = [
        ("static", vec![("toy-1.0/PKG-INFO", STATIC)], Some(("doll>=2", How::SdistStatic))),
        (
            "recorded",
            vec![
                ("toy-1.0/PKG-INFO", OLD),
                ("toy-1.0/setup.py", "boom()"),
                ("toy-1.0/src/toy.egg-info/requires.txt", "doll>=2\n"),
            ],
            Some(("doll>=2", How::SdistRecorded)),
        ),
        ("foreign", vec![("toy-1.0/PKG-INFO", OLD), ("toy-1.0/vendor/evil.egg-info/requires.txt", "evil\n")], None),
        ("nothing", vec![("toy-1.0/setup.py", "boom()")], None),
        ("paths", vec![("../../toy-1.0/PKG-INFO", STATIC), ("/etc/toy-1.0/PKG-INFO", STATIC)], None),
    ];
    for (story, members, expected) in stories {
        let zipped: Vec<(&str, &[u8])> = members.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        for (filename, bytes) in
            [("toy-1.0.tar.gz", gzip(&tar_of(&members))), ("toy-1.0.zip", zip_of(&zipped, CompressionMethod::Deflated))]
        {
            let (digest, server) = (sha256(&bytes), serves(bytes));
            let obtained =
                obtain(&server, &IndexFile { digests: vec![digest.clone()], ..file(&server, filename) }).unwrap();
            assert_eq!(obtained.archive.as_ref().unwrap().sha256, digest);
            match &expected {
                Some((requirement, how)) => {
                    assert_eq!(requires(&obtained), [*requirement], "{story}");
                    assert_eq!(obtained.how, *how, "{story}");
                }
                None => {
                    assert!(matches!(obtained.how, How::Unknown(_)) || requires(&obtained).is_empty(), "{story}");
                    assert!(!format!("{obtained:?}").contains("evil"));
                }
            }
        }
    }
}

#[test]
fn sdists_that_lie_or_are_broken_are_errors() {
    let other = STATIC.replace("1.0", "9.9");
    let server = serves(gzip(&tar_of(&[("toy-1.0/PKG-INFO", &other)])));
    assert!(matches!(obtain(&server, &file(&server, "toy-1.0.tar.gz")), Err(MetadataError::Lying { .. })));
    let whole = gzip(&tar_of(&[("toy-1.0/PKG-INFO", STATIC), ("toy-1.0/noise", &"x".repeat(5000))]));
    for bytes in [whole[..whole.len() / 2].to_vec(), b"<html>".to_vec(), Vec::new()] {
        let server = serves_whole(bytes);
        let error = obtain(&server, &file(&server, "toy-1.0.tar.gz")).unwrap_err();
        assert!(matches!(error, MetadataError::Archive { .. }), "{}", told(&error));
    }
    let server = serves_whole(whole);
    let wrong = IndexFile { digests: vec![sha256(b"other")], ..file(&server, "toy-1.0.tar.gz") };
    assert!(matches!(obtain(&server, &wrong), Err(MetadataError::Hash { .. })));
}

fn serves_whole(bytes: Vec<u8>) -> Server {
    Server::start(move |_| Reply::ok(bytes.clone()))
}

#[test]
fn archives_of_other_kinds_are_not_even_fetched() {
    let server = serves_whole(Vec::new());
    let obtained = obtain(&server, &file(&server, "toy-1.0.tar.bz2")).unwrap();
    assert!(matches!(obtained.how, How::Unknown(_)) && obtained.metadata.is_none());
    assert!(server.seen().is_empty());
}

#[test]
fn a_file_that_is_gone_is_an_error() {
    let server = Server::start(|_| Reply::new(404, ""));
    for filename in [WHEEL, "toy-1.0.tar.gz"] {
        assert!(matches!(obtain(&server, &file(&server, filename)), Err(MetadataError::Fetch { .. })));
    }
}

#[test]
fn a_url_requirement_is_fetched_and_checked() {
    let bytes = wheel();
    let digest = sha256(&bytes);
    let server = serves_whole(bytes.clone());
    let client = MetadataClient::new(http());
    let toy: PackageName = "toy".parse().unwrap();
    let url = |fragment: &str| server.url(&format!("/files/{WHEEL}{fragment}"));
    let direct = run(client.direct(&toy, &url(&format!("#sha256={}", digest.hex)))).unwrap();
    assert_eq!((direct.version.to_string(), direct.file.size), ("1.0".to_string(), Some(bytes.len() as u64)));
    assert_eq!(direct.file.digests, std::slice::from_ref(&digest));
    assert_eq!(direct.file.url, url("").as_str());
    assert_eq!(direct.obtained.how, How::Archive);
    assert_eq!(run(client.direct(&toy, &url(""))).unwrap().file.digests, [digest]);
    let wrong = run(client.direct(&toy, &url(&format!("#sha256={}", "0".repeat(64)))));
    assert!(matches!(wrong, Err(MetadataError::Hash { .. })));
    for refused in ["#sha256=abc", "#subdirectory=sub"] {
        assert!(matches!(run(client.direct(&toy, &url(refused))), Err(MetadataError::NotAnArchive { .. })));
    }
    for path in ["/", "/main.zip", "/doll-1.0-py3-none-any.whl", "/toy.git"] {
        assert!(
            matches!(run(client.direct(&toy, &server.url(path))), Err(MetadataError::NotAnArchive { .. })),
            "{path}"
        );
    }
}

#[test]
fn a_file_of_this_machine_is_read_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(WHEEL);
    fs::write(&path, wheel()).unwrap();
    let client = MetadataClient::new(http());
    let direct = run(client.direct(&"toy".parse().unwrap(), &Url::from_file_path(&path).unwrap())).unwrap();
    assert_eq!(direct.file.digests, [sha256(&wheel())]);
    fs::remove_file(&path).unwrap();
    let gone = run(client.direct(&"toy".parse().unwrap(), &Url::from_file_path(&path).unwrap()));
    assert!(matches!(gone, Err(MetadataError::Local { .. })));
}
