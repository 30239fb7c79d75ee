//! Archives and folders made by an attacker: bounded, told about, and what can be read of them is read.

use std::{
    fs,
    io::{Cursor, Write},
};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use sources::members::{self, Bounds, Fault, Flaw};
use tar::{Builder, EntryType, Header};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What was handed on, and what is wrong.
struct Seen {
    files: Vec<(String, Vec<u8>, u64)>,
    flaws: Vec<Flaw>,
}

impl Seen {
    fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|(path, ..)| path.as_str()).collect()
    }

    fn faults(&self) -> Vec<(Fault, &str)> {
        self.flaws.iter().map(|flaw| (flaw.fault, flaw.path.as_str())).collect()
    }
}

fn small() -> Bounds {
    Bounds { entries: 50, member: 10_000, head: 100, total: 1 << 30, ratio: 200, floor: 1 << 20, nesting: 2, depth: 10 }
}

fn seen_within(bytes: &[u8], name: &str, bounds: Bounds) -> Seen {
    let mut files = Vec::new();
    let flaws = members::archive(Cursor::new(bytes), name, bounds, &mut |member| {
        files.push((member.path.to_string(), member.bytes.to_vec(), member.size));
    });
    Seen { files, flaws: flaws.expect("memory can be read") }
}

fn seen(bytes: &[u8], name: &str) -> Seen {
    seen_within(bytes, name, small())
}

fn wheel(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a member");
        zip.write_all(data).expect("memory takes it");
    }
    zip.finish().expect("a directory").into_inner()
}

fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(*name, options).expect("a member");
        zip.write_all(data).expect("memory takes it");
    }
    zip.finish().expect("a directory").into_inner()
}

fn sdist(fill: impl FnOnce(&mut Builder<Vec<u8>>)) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    fill(&mut tar);
    gzip(&tar.into_inner().expect("an end"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("a trailer")
}

/// A member whose name is written as it is, which the builder would refuse.
fn add(tar: &mut Builder<Vec<u8>>, kind: EntryType, name: &str, target: &str, data: &[u8]) {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(data.len() as u64);
    header.set_mode(0o644);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target.as_bytes());
    header.set_cksum();
    tar.append(&header, data).expect("memory takes it");
}

fn position(bytes: &[u8], of: &[u8]) -> usize {
    bytes.windows(of.len()).position(|part| part == of).expect("it is in there")
}

fn last_position(bytes: &[u8], of: &[u8]) -> usize {
    bytes.windows(of.len()).rposition(|part| part == of).expect("it is in there")
}

#[test]
fn a_proper_wheel_and_a_proper_sdist_have_nothing_wrong() {
    let wheel =
        seen(&wheel(&[("toy/__init__.py", b"x = 1\n"), ("toy-1.dist-info/RECORD", b"")]), "toy-1-py3-none-any.whl");
    assert_eq!(wheel.paths(), ["toy/__init__.py", "toy-1.dist-info/RECORD"]);
    assert_eq!(wheel.flaws, []);
    let sdist = seen(
        &sdist(|tar| {
            add(tar, EntryType::Directory, "toy-1/", "", b"");
            add(tar, EntryType::Regular, "toy-1/setup.py", "", b"setup()\n");
            add(tar, EntryType::Symlink, "toy-1/docs/link", "../setup.py", b"");
        }),
        "toy-1.tar.gz",
    );
    assert_eq!(sdist.files, [("toy-1/setup.py".to_string(), b"setup()\n".to_vec(), 8)]);
    assert_eq!(sdist.flaws, []);
}

#[test]
fn paths_and_links_that_lead_out_are_told_and_their_content_is_looked_at() {
    let zip = seen(&wheel(&[("../../evil.py", b"1"), ("/etc/cron.d/evil", b"2"), ("C:\\evil.py", b"3")]), "");
    assert_eq!(zip.files.len(), 3);
    assert_eq!(
        zip.faults(),
        [(Fault::Path, "../../evil.py"), (Fault::Path, "/etc/cron.d/evil"), (Fault::Path, "C:\\evil.py")]
    );
    let tar = seen(
        &sdist(|tar| {
            add(tar, EntryType::Symlink, "toy/out", "../../..", b"");
            add(tar, EntryType::Regular, "toy/out/.ssh/authorized_keys", "", b"key");
            add(tar, EntryType::Link, "toy/hard", "/etc/passwd", b"");
            add(tar, EntryType::Fifo, "toy/pipe", "", b"");
            add(tar, EntryType::Char, "toy/device", "", b"");
        }),
        "",
    );
    assert_eq!(tar.paths(), ["toy/out/.ssh/authorized_keys"]);
    assert_eq!(
        tar.faults(),
        [
            (Fault::Link, "toy/hard"),
            (Fault::Link, "toy/out"),
            (Fault::Link, "toy/out/.ssh/authorized_keys"),
            (Fault::Special, "toy/device"),
            (Fault::Special, "toy/pipe"),
        ]
    );
}

#[test]
fn a_symbolic_link_in_a_zip_archive_is_a_link() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("toy/out", "../../etc/passwd", SimpleFileOptions::default()).expect("a link");
    let link = seen(&zip.finish().expect("a directory").into_inner(), "");
    assert_eq!((link.paths(), link.faults()), (vec![], vec![(Fault::Link, "toy/out")]));
}

#[test]
fn two_members_of_one_path_are_both_looked_at() {
    let mut bytes = wheel(&[("toy/a.py", b"good"), ("toy/b.py", b"evil")]);
    for at in (0..bytes.len() - 8).rev() {
        if &bytes[at..at + 8] == b"toy/b.py" {
            bytes[at..at + 8].copy_from_slice(b"toy/a.py");
        }
    }
    let twice = seen(&bytes, "");
    assert_eq!(twice.paths(), ["toy/a.py", "toy/a.py"]);
    assert_eq!(twice.faults(), [(Fault::Twice, "toy/a.py")]);
}

#[test]
fn a_header_that_differs_from_the_directory_is_a_lie() {
    let proper = stored(&[("toy/a.py", b"print(1)")]);
    let mut renamed = proper.clone();
    let at = position(&renamed, b"toy/a.py");
    renamed[at..at + 8].copy_from_slice(b"toy/z.py");
    assert_eq!(seen(&renamed, "").faults(), [(Fault::Lying, "toy/a.py")]);
    let mut resized = proper.clone();
    resized[22] = 7;
    let resized = seen(&resized, "");
    assert_eq!((resized.paths(), resized.faults()), (vec!["toy/a.py"], vec![(Fault::Lying, "toy/a.py")]));
}

#[test]
fn what_the_directory_does_not_list_is_told() {
    // A second archive's member, put between the first member and the directory.
    let (listed, hidden) = (stored(&[("a.py", b"1")]), stored(&[("hidden.py", b"import os")]));
    let directory = position(&listed, b"PK\x01\x02");
    let member = &hidden[..position(&hidden, b"PK\x01\x02")];
    let mut bytes = [&listed[..directory], member, &listed[directory..]].concat();
    let end = last_position(&bytes, b"PK\x05\x06");
    let start = u32::try_from(directory + member.len()).expect("small");
    bytes[end + 16..end + 20].copy_from_slice(&start.to_le_bytes());
    let seen_hidden = seen(&bytes, "");
    assert_eq!((seen_hidden.paths(), seen_hidden.faults()), (vec!["a.py"], vec![(Fault::Lying, "")]));
    // The same archive behind something else: readers disagree where its directory lies.
    assert!(seen(&[b"#!/bin/sh\n".as_slice(), &listed].concat(), "").faults().contains(&(Fault::Lying, "")));
}

#[test]
fn an_archive_that_is_two_archives_is_read_as_both() {
    let zip = stored(&[("evil.py", b"evil")]);
    let tar = sdist(|tar| add(tar, EntryType::Regular, "good.py", "", b"good"));
    let both = seen(&[tar, zip].concat(), "toy-1.tar.gz");
    assert_eq!(both.paths().iter().filter(|path| **path == "good.py").count(), 1);
    assert!(both.faults().contains(&(Fault::Lying, "")), "{:?}", both.flaws);
    assert_eq!(seen(&wheel(&[("a", b"")]), "toy-1.tar.gz").faults(), [(Fault::Lying, "")]);
}

#[test]
fn members_that_cannot_be_read_are_told_and_the_rest_is_read() {
    let mut encrypted = stored(&[("a.py", b"1"), ("b.py", b"2")]);
    let line = position(&encrypted, b"PK\x01\x02");
    encrypted[6] |= 1;
    encrypted[line + 8] |= 1;
    let encrypted = seen(&encrypted, "");
    assert_eq!((encrypted.paths(), encrypted.faults()), (vec!["b.py"], vec![(Fault::Encrypted, "a.py")]));
    let mut damaged = stored(&[("a.py", b"print"), ("b.py", b"2")]);
    let data = position(&damaged, b"print");
    damaged[data] = b'P';
    let damaged = seen(&damaged, "");
    assert_eq!((damaged.paths(), damaged.faults()), (vec!["b.py"], vec![(Fault::Damaged, "a.py")]));
    let mut method = wheel(&[("a.py", b"1")]);
    let line = position(&method, b"PK\x01\x02");
    method[8] = 99;
    method[line + 10] = 99;
    assert_eq!(seen(&method, "").faults(), [(Fault::Damaged, "a.py")]);
}

#[test]
fn bombs_go_off_in_nobody_s_memory() {
    // 2 MB of zeros in 2 kB, as members and as a stream; more than both the floor and ten times the archive.
    let zeros = vec![0_u8; 2 << 20];
    let bounds = Bounds { member: 8 << 20, ratio: 10, ..small() };
    let zip = seen_within(&wheel(&[("a.bin", &zeros), ("b.py", b"1")]), "", bounds);
    assert_eq!((zip.paths(), zip.faults()), (vec![], vec![(Fault::Bomb, "")]));
    let tar = seen_within(&sdist(|tar| add(tar, EntryType::Regular, "a.bin", "", &zeros)), "", bounds);
    assert_eq!(tar.faults(), [(Fault::Bomb, "")]);
    // Only the beginning of a large member is read, so that it costs nothing.
    let head = seen(&wheel(&[("a.bin", &zeros), ("b.py", b"1")]), "");
    assert_eq!(head.faults(), []);
    assert_eq!(head.files[0], ("a.bin".to_string(), vec![0; 100], 2 << 20));
}

#[test]
fn members_that_share_their_data_are_a_bomb() {
    let bytes = stored(&[("a.py", b"12345678"), ("b.py", b"12345678")]);
    let mut shared = bytes.clone();
    // The first member is made so long that the second lies in it.
    let first_line = position(&bytes, b"PK\x01\x02");
    for at in [18, 22] {
        shared[at] = 30;
    }
    for at in [20, 24] {
        shared[first_line + at] = 30;
    }
    assert!(seen(&shared, "").faults().contains(&(Fault::Bomb, "")));
}

#[test]
fn too_many_entries_and_too_deep_folders_are_told() {
    let names: Vec<String> = (0..80).map(|number| format!("{number}.py")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let many = seen(&wheel(&files), "");
    assert_eq!((many.files.len(), many.faults()), (50, vec![(Fault::Unread, "")]));
    let deep = format!("{}x.py", "a/".repeat(20));
    assert_eq!(seen(&wheel(&[(&deep, b"")]), "").faults(), [(Fault::Path, deep.as_str())]);
}

#[test]
fn archives_in_archives_are_looked_into_down_to_a_bound() {
    let inner = wheel(&[("deep.py", b"evil")]);
    let middle = gzip(&{
        let mut tar = Builder::new(Vec::new());
        add(&mut tar, EntryType::Regular, "inner.whl", "", &inner);
        tar.into_inner().expect("an end")
    });
    let found = seen(&wheel(&[("data/middle.tgz", &middle)]), "");
    assert_eq!(found.paths(), ["data/middle.tgz", "data/middle.tgz!/inner.whl", "data/middle.tgz!/inner.whl!/deep.py"]);
    assert_eq!(found.flaws, []);
    let deeper = seen(&wheel(&[("outer.zip", &wheel(&[("data/middle.tgz", &middle)]))]), "");
    assert_eq!(deeper.faults(), [(Fault::Unread, "outer.zip!/data/middle.tgz!/inner.whl")]);
    let data = seen(&wheel(&[("table.csv.gz", &gzip(b"1,2,3"))]), "");
    assert_eq!(data.flaws, [], "compressed data is no archive");
}

#[test]
fn what_is_no_archive_or_cut_short_is_never_clean() {
    for bytes in [b"".as_slice(), b"hello", b"PK\x03\x04", b"BZh91AY", &[0x1f, 0x8b, 8, 0]] {
        assert_eq!(seen(bytes, "").faults(), [(Fault::Unreadable, "")], "{bytes:?}");
    }
    let tar = sdist(|tar| {
        let noise: Vec<u8> =
            (0..9_000_u32).flat_map(|number| (number.wrapping_mul(2_654_435_761)).to_be_bytes()).collect();
        add(tar, EntryType::Regular, "a.py", "", b"1");
        add(tar, EntryType::Regular, "b.bin", "", noise.get(..9_000).expect("long"));
    });
    let cut = seen(&tar[..tar.len() / 2], "");
    assert_eq!((cut.paths(), cut.faults()), (vec!["a.py"], vec![(Fault::Unreadable, "")]));
}

#[test]
fn a_tar_archive_that_reads_in_two_ways_is_not_believed() {
    let pax = |records: &str, kind: EntryType| {
        sdist(|tar| {
            add(tar, kind, "pax", "", records.as_bytes());
            add(tar, EntryType::Regular, "a.py", "", b"1");
        })
    };
    let lying = |bytes: &[u8]| seen(bytes, "").flaws.iter().any(|flaw| flaw.fault == Fault::Lying);
    assert!(lying(&pax("9 size=2\n", EntryType::XHeader)), "two sizes");
    assert!(lying(&pax("21 GNU.sparse.major=1\n".replace("21", "22").as_str(), EntryType::XHeader)), "sparse");
    assert!(lying(&pax("13 path=b.py\n", EntryType::XGlobalHeader)), "a name for all that follow");
    let renamed = seen(&pax("16 path=other.py\n".replace("16", "17").as_str(), EntryType::XHeader), "");
    assert_eq!((renamed.paths(), renamed.faults()), (vec!["other.py"], vec![]));
    let comment = pax("20 comment=12345678\n", EntryType::XGlobalHeader);
    assert_eq!(seen(&comment, "").paths(), ["a.py"], "what git writes");
    let sparse = sdist(|tar| add(tar, EntryType::GNUSparse, "a.py", "", b"1"));
    assert_eq!(seen(&sparse, "").faults(), [(Fault::Special, "a.py")]);
}

#[test]
fn a_thousand_flaws_are_told_in_a_few_lines() {
    let files: Vec<String> = (0..45).map(|number| format!("../{number}")).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let flaws = seen(&wheel(&files), "").flaws;
    assert_eq!(flaws.len(), 21);
    assert!(flaws.iter().any(|flaw| flaw.to_string() == "has 25 more flaws of this kind"), "{flaws:?}");
}

#[test]
fn a_folder_is_read_in_order_and_links_out_of_it_are_not_followed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().join("project");
    for inner in ["pkg", ".git", "__pycache__"] {
        fs::create_dir_all(root.join(inner)).expect("a folder");
        fs::write(root.join(inner).join("a.py"), "1").expect("a file");
    }
    fs::write(root.join("b.py"), "2").expect("a file");
    fs::write(root.join("c.whl"), wheel(&[("inner.py", b"3")])).expect("a wheel");
    fs::write(folder.path().join("secret.py"), "no").expect("a file outside");
    #[cfg(unix)]
    for (name, target) in [("out.py", "../secret.py"), ("nowhere", "gone"), ("in.py", "b.py"), ("loop", ".")] {
        std::os::unix::fs::symlink(target, root.join(name)).expect("a link");
    }
    let mut paths = Vec::new();
    let flaws = members::folder(&root, Bounds::default(), &mut |member| paths.push(member.path.to_string()));
    assert_eq!(paths, ["b.py", "c.whl", "c.whl!/inner.py", "pkg/a.py"]);
    let flaws: Vec<(Fault, String)> =
        flaws.expect("it can be read").into_iter().map(|flaw| (flaw.fault, flaw.path)).collect();
    #[cfg(unix)]
    assert_eq!(flaws, [(Fault::Link, "nowhere".to_string()), (Fault::Link, "out.py".to_string())]);
    assert!(members::folder(&root.join("gone"), Bounds::default(), &mut |_| {}).is_err());
}

fn damaged(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = bytes.len();
    (proptest::collection::vec((0..length, any::<u8>()), 0..6), 0..=length).prop_map(move |(changes, end)| {
        let mut bytes = bytes.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(end.max(length / 2));
        bytes
    })
}

fn nested_wheel() -> Vec<u8> {
    let tar = sdist(|tar| {
        add(tar, EntryType::Regular, "a.py", "", b"print(1)");
        add(tar, EntryType::Symlink, "l", "a.py", b"");
    });
    stored(&[("toy/a.py", b"print(2)"), ("toy/b.tar.gz", &tar)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_archive_never_yields_more_than_its_bounds(bytes in damaged(nested_wheel())) {
        let found = seen(&bytes, "");
        prop_assert!(found.files.len() <= 50);
        prop_assert!(found.files.iter().all(|(_, bytes, size)| bytes.len() as u64 <= *size && bytes.len() <= 10_000));
    }
}
