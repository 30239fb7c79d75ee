//! Databases that RPM 4.18, Berkeley DB 5.3 and the code of ndb wrote, of packages made for this, and what can be wrong with them.
//!
//! In each of them are `gpg-pubkey` and the same four packages; the header of `many5` is on several pages. In the one of ndb a
//! package was removed and another moved.

use std::fs;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

const SQLITE: &[u8] = include_bytes!("fixtures/rpmdb.sqlite.zst");
const NDB: &[u8] = include_bytes!("fixtures/Packages.db.zst");
const BERKELEY: &[u8] = include_bytes!("fixtures/Packages.zst");
const BIG_ENDIAN: &[u8] = include_bytes!("fixtures/Packages.big-endian.zst");

/// What `rpm --query --all` tells of each of the databases.
const TOLD: [&str; 5] = [
    "epoch-7:2.43.0-1.el9.x86_64",
    "gpg-pubkey-98728567-6b02ea32",
    "many5-1.5-1.noarch",
    "plain-1.0-1.el8.noarch",
    "tilde-3.0~rc1-0.2^git1.fc33.x86_64",
];

fn unpacked(fixture: &[u8]) -> Vec<u8> {
    zstd::decode_all(fixture).unwrap()
}

/// A machine with these files.
fn machine(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let place = folder.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }
    let root = Root { folder: folder.path().to_path_buf(), variables: Default::default() };
    (folder, root)
}

fn packages_of(files: &[(&str, &[u8])]) -> Result<Vec<Rpm>, String> {
    rpm_packages(&machine(files).1)
}

fn told(packages: &[Rpm]) -> Vec<String> {
    let line = |Rpm { name, epoch, version, release, arch, is_source }: &Rpm| {
        assert!(!is_source, "{name} is none");
        let epoch = if *epoch > 0 { format!("{epoch}:") } else { String::new() };
        let arch = arch.as_ref().map(|arch| format!(".{arch}")).unwrap_or_default();
        format!("{name}-{epoch}{version}-{release}{arch}")
    };
    packages.iter().map(line).collect()
}

#[test]
fn the_packages_of_every_form_of_database_are_read_with_all_that_names_them() {
    let databases = [
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", SQLITE),
        ("usr/share/rpm/rpmdb.sqlite", SQLITE),
        ("usr/lib/sysimage/rpm/Packages.db", NDB),
        ("var/lib/rpm/Packages", BERKELEY),
        ("var/lib/rpm/Packages", BIG_ENDIAN),
    ];
    for (path, fixture) in databases {
        let (folder, root) = machine(&[(path, &unpacked(fixture))]);
        assert_eq!(told(&rpm_packages(&root).unwrap()), TOLD, "{path}");
        let beside = folder.path().join(path).parent().unwrap().read_dir().unwrap().count();
        assert_eq!(beside, 1, "nothing is written beside it");
    }
}

#[test]
fn a_machine_of_another_installer_has_no_rpm_packages() {
    assert_eq!(packages_of(&[("var/lib/dpkg/status", b"Package: base-files\n")]), Ok(Vec::new()));
    assert_eq!(packages_of(&[("var/lib/dpkg/status.d/base", b"Package: base-files\n")]), Ok(Vec::new()));
    assert_eq!(packages_of(&[("lib/apk/db/installed", b"P:musl\n")]), Ok(Vec::new()));
    let none = packages_of(&[("var/lib/dpkg/status", b"")]);
    assert_eq!(
        none.unwrap_err(),
        "there is none of rpmdb.sqlite, Packages.db, Packages in /usr/lib/sysimage/rpm, /usr/share/rpm, /var/lib/rpm"
    );
    let both: [(&str, &[u8]); 2] =
        [("var/lib/dpkg/status", b"Package: rpm\n"), ("var/lib/rpm/Packages", &unpacked(BERKELEY))];
    assert_eq!(told(&packages_of(&both).unwrap()), TOLD, "who has both has what either says");
}

const TABLE: &str = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";

/// A database of SQLite.
fn made(schema: &str, headers: &[&[u8]]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let base = Connection::open(file.path()).unwrap();
    base.execute_batch(schema).unwrap();
    for header in headers {
        base.execute("INSERT INTO Packages (blob) VALUES (?1)", [header]).unwrap();
    }
    drop(base);
    fs::read(file.path()).unwrap()
}

#[test]
fn a_database_that_cannot_be_read_says_why_and_is_not_taken_for_nothing() {
    let sqlite = |bytes: Vec<u8>| packages_of(&[("var/lib/rpm/rpmdb.sqlite", &bytes)]).unwrap_err();
    assert_eq!(sqlite(made(TABLE, &[])), "/var/lib/rpm/rpmdb.sqlite has no package");
    assert!(sqlite(made(TABLE, &[b"broken"])).ends_with("the header of package 1 is broken"));
    assert!(sqlite(b"no database".to_vec()).contains("/var/lib/rpm/rpmdb.sqlite cannot be read"));
    for programs in [
        "CREATE VIEW Packages AS SELECT zeroblob(9) AS blob",
        "CREATE TABLE Packages (hnum, blob AS (zeroblob(hnum)))",
        "CREATE TABLE pragma_table_list (type); CREATE VIEW packages AS SELECT zeroblob(9) AS blob",
    ] {
        assert!(sqlite(made(programs, &[])).ends_with("it has no table of packages"), "{programs}");
    }
    let database = unpacked(SQLITE);
    let journaled: [(&str, &[u8]); 2] =
        [("var/lib/rpm/rpmdb.sqlite", &database), ("var/lib/rpm/rpmdb.sqlite-wal", b"more")];
    assert!(packages_of(&journaled).unwrap_err().contains("rpmdb.sqlite-wal holds what is not in it yet"));
    let large = whole(Path::new("Packages"), LARGEST + 1).unwrap_err();
    assert_eq!(large, "it has 1073741825 bytes, and more than 1073741824 are not read");
    let folder = packages_of(&[("var/lib/rpm/Packages/inside", b"")]);
    assert_eq!(folder.unwrap_err(), "/var/lib/rpm/Packages cannot be read: it is no file");
}

type Reader = fn(&[u8], &mut Packages) -> Result<(), String>;

/// What is read of a database that was changed.
fn changed(fixture: &[u8], read: Reader, change: impl FnOnce(&mut Vec<u8>)) -> Result<Vec<Rpm>, String> {
    let mut bytes = unpacked(fixture);
    change(&mut bytes);
    let mut packages = Packages { found: Vec::new(), left: bytes.len() as u64 };
    read(&bytes, &mut packages).map(|()| packages.found)
}

fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

/// The pages of the fixture that hold parts of long values.
fn overflow(bytes: &[u8]) -> Vec<usize> {
    (1..bytes.len() / 4096).filter(|page| bytes[page * 4096 + 25] == 7).collect()
}

#[test]
fn a_table_of_berkeley_that_is_broken_says_where() {
    let why = |change: &dyn Fn(&mut Vec<u8>)| changed(BERKELEY, berkeley::read, change).unwrap_err();
    assert_eq!(why(&|bytes| bytes.truncate(10)), "it is no hash table of Berkeley DB");
    assert_eq!(why(&|bytes| put(bytes, 16, 5)), "its format has version 5, which is not known");
    assert_eq!(why(&|bytes| put(bytes, 20, 0)), "its pages cannot have 0 bytes");
    assert_eq!(why(&|bytes| put(bytes, 20, 1000)), "its pages cannot have 1000 bytes");
    assert_eq!(why(&|bytes| bytes[26] = 1), "it is encrypted, or has checksums");
    assert_eq!(why(&|bytes| bytes.truncate(bytes.len() - 1)), "it is cut short: 10 pages should follow the first");
    assert!(why(&|bytes| put(bytes, 32, u32::MAX)).starts_with("it is cut short: 4294967295 pages"));
    assert!(why(&|bytes| put(bytes, 20, 512)).ends_with("is broken"), "pages of another size");
    // The first page of items: how many there are, and where the first begins.
    assert_eq!(why(&|bytes| bytes[4096 + 21] = 255), "page 1 is broken");
    assert_eq!(why(&|bytes| bytes[4096 + 27] = 255), "page 1 is broken");
}

#[test]
fn a_value_that_leads_in_circles_ends() {
    for empty in [false, true] {
        let around = changed(BERKELEY, berkeley::read, |bytes| {
            for page in overflow(bytes) {
                put(bytes, page * 4096 + 16, page as u32);
                if empty {
                    bytes[page * 4096 + 22..page * 4096 + 24].fill(0);
                }
            }
        });
        assert!(around.as_ref().is_err_and(|why| why.ends_with("is broken")), "{around:?}");
    }
}

#[test]
fn many_values_on_the_same_pages_are_too_many() {
    let mut bytes = unpacked(BERKELEY);
    // Every record of the first page becomes the one that is on other pages.
    let (start, end) = (4096, 8192);
    let value = bytes.windows(12).position(|item| item[0] == 3 && item[8..12] == 12_212_u32.to_le_bytes());
    let item = bytes[value.expect("a long value")..][..12].to_vec();
    let mut page = bytes[start..start + 26].to_vec();
    let mut items = Vec::new();
    for place in 0..50_usize {
        let offset = 4096 - place * 17;
        page.extend(((offset - 5) as u16).to_le_bytes());
        page.extend(((offset - 17) as u16).to_le_bytes());
        items.splice(0..0, item.iter().copied().chain([1, 9, 9, 9, 9]));
    }
    page[20..22].copy_from_slice(&100_u16.to_le_bytes());
    page.resize(4096 - items.len(), 0);
    page.extend(items);
    bytes[start..end].copy_from_slice(&page);
    let mut packages = Packages { found: Vec::new(), left: bytes.len() as u64 };
    assert_eq!(berkeley::read(&bytes, &mut packages).unwrap_err(), "its headers have more bytes than it has itself");
}

#[test]
fn slots_that_are_broken_say_which() {
    let why = |change: &dyn Fn(&mut Vec<u8>)| changed(NDB, ndb::read, change).unwrap_err();
    assert_eq!(why(&|bytes| bytes[0] = 0), "it does not begin as such a database does");
    assert_eq!(why(&|bytes| put(bytes, 4, 1)), "it does not begin as such a database does");
    assert_eq!(why(&|bytes| bytes.truncate(4000)), "it is cut short within 1 pages of slots");
    assert_eq!(why(&|bytes| put(bytes, 12, u32::MAX)), format!("it is cut short within {} pages of slots", u32::MAX));
    assert_eq!(why(&|bytes| bytes[32] = 0), "the mark of slot 2 is broken");
    assert_eq!(why(&|bytes| put(bytes, 48 + 4, 77)), "the blob of slot 3 is broken");
    assert_eq!(why(&|bytes| put(bytes, 48 + 8, u32::MAX)), "the blob of slot 3 is broken");
    assert_eq!(why(&|bytes| put(bytes, 48 + 12, u32::MAX)), "the blob of slot 3 is broken");
    let same = |bytes: &mut Vec<u8>| {
        let slot = bytes[48..64].to_vec();
        (5..256).for_each(|place| bytes[place * 16..][..16].copy_from_slice(&slot));
    };
    assert_eq!(why(&same), "its headers have more bytes than it has itself");
}

proptest! {
    #[test]
    fn whatever_is_changed_ends_without_a_panic(
        which in 0..3_usize,
        bytes in proptest::collection::vec((0..45_056_usize, any::<u8>()), 0..8),
        // Where the numbers are that lead somewhere.
        numbers in proptest::collection::vec((0..11_usize, 0..64_usize, any::<u8>()), 0..4),
        cut in proptest::option::of(0..45_056_usize),
    ) {
        let (fixture, read): (_, Reader) =
            [(NDB, ndb::read as Reader), (BERKELEY, berkeley::read), (BIG_ENDIAN, berkeley::read)][which];
        let read = changed(fixture, read, |file| {
            let places = numbers.iter().map(|(page, at, byte)| (page * 4096 + at, *byte)).chain(bytes.iter().copied());
            for (at, byte) in places {
                if let Some(place) = file.get_mut(at) {
                    *place = byte;
                }
            }
            file.truncate(cut.unwrap_or(file.len()));
        });
        prop_assert!(read.is_err() || read.is_ok_and(|packages| packages.len() <= 5));
    }
}

#[test]
fn a_header_that_is_cut_short_is_none_and_one_that_was_changed_never_a_panic() {
    let mut whole = unpacked(NDB);
    let at = whole.windows(4).position(|mark| mark == b"BlbS").unwrap();
    let length = Order::Little.number(&whole, at + 12).unwrap();
    let blob = &mut whole[at + 16..][..length];
    assert!(header(blob).is_some());
    assert!((0..length).all(|cut| header(&blob[..cut]).is_none()));
    for place in 0..length {
        let byte = std::mem::replace(&mut blob[place], 255);
        let _ = header(blob);
        blob[place] = byte;
    }
}
