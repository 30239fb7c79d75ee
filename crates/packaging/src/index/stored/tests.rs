use proptest::prelude::*;

use super::*;
use crate::index::{FileKind, IndexFile, MetadataHint, PageBuilder, Yanked};

fn digest(text: &str) -> Digest {
    text.parse().unwrap()
}

fn file(filename: &str) -> IndexFile {
    IndexFile {
        filename: filename.into(),
        url: format!("https://files.example/packages/ab/{filename}"),
        kind: FileKind::Wheel,
        digests: vec![digest(&format!("md5:{}", "0f".repeat(16))), digest(&format!("sha256:{}", "a1".repeat(32)))],
        requires_python: Some(">=3.9".into()),
        size: Some(1234),
        upload_time: Some(-5),
        yanked: Yanked::Yes(Some("brökén".into())),
        core_metadata: MetadataHint::Available(Some(digest(&format!("sha512:{}", "b2".repeat(64))))),
        provenance: Some(format!("https://index.example/integrity/{filename}/provenance")),
    }
}

fn files() -> Vec<(&'static str, IndexFile)> {
    let plain = IndexFile {
        kind: FileKind::Sdist,
        digests: Vec::new(),
        requires_python: None,
        size: None,
        upload_time: None,
        yanked: Yanked::No,
        core_metadata: MetadataHint::Unsaid,
        provenance: None,
        ..file("demo-1.0.tar.gz")
    };
    vec![
        (
            "2.0+local",
            IndexFile { url: "https://x.example/demo%2B1".into(), ..file("demo-2.0+local-py3-none-any.whl") },
        ),
        ("1.0", file("demo-1.0-py3-none-any.whl")),
        ("1.0", IndexFile { url: "file:///demo-1.0.tar.gz".into(), ..plain.clone() }),
        ("0.9", IndexFile { yanked: Yanked::Yes(None), core_metadata: MetadataHint::Unavailable, ..plain.clone() }),
        ("0.8", IndexFile { url: String::new(), provenance: Some("?p=1".into()), ..plain }),
    ]
}

fn page() -> IndexPage {
    let mut page = PageBuilder::new("demo".parse().unwrap());
    page.status(ProjectStatus::Deprecated, Some("use another"));
    for (version, file) in files() {
        page.file(version, &file);
    }
    page.skip("odd.exe", "it is an installer");
    page.finish()
}

#[test]
fn a_page_gives_back_what_was_put_into_it() {
    let page = page();
    assert_eq!(page.name().to_string(), "demo");
    assert_eq!((page.status(), page.status_reason()), (ProjectStatus::Deprecated, Some("use another")));
    let found: Vec<(&str, IndexFile)> = page
        .releases()
        .flat_map(|release| release.files().map(move |file| (release.version(), file.to_owned())))
        .collect();
    assert_eq!(found, files());
    assert!(page.files().map(|file| file.to_owned()).eq(files().into_iter().map(|(_, file)| file)));
    assert_eq!(page.release(1).unwrap().files().len(), 2);
    assert!(page.release(4).is_none() && !page.is_empty());
    let skipped: Vec<(&str, &str)> = page.skipped().map(|file| (file.filename, file.reason)).collect();
    assert_eq!(skipped, [("odd.exe", "it is an installer")]);
}

#[test]
fn a_page_comes_back_from_its_bytes() {
    let empty = PageBuilder::new("demo".parse().unwrap()).finish();
    for page in [page(), empty] {
        let bytes = page.to_bytes();
        let read = IndexPage::from_bytes(&bytes).unwrap();
        assert_eq!(read, page);
        assert_eq!(read.to_bytes(), bytes);
    }
}

#[test]
fn texts_that_files_share_are_kept_once() {
    let mut page = PageBuilder::new("demo".parse().unwrap());
    for number in 0..100 {
        page.file("1.0", &file(&format!("demo-1.0-{number:03}-py3-none-any.whl")));
    }
    let page = page.finish();
    assert_eq!(page.text.matches("https://files.example/packages/").count(), 1);
    assert_eq!(page.text.matches(">=3.9").count(), 1);
    assert_eq!(page.text.matches("/integrity/").count(), 1);
    assert_eq!(page.text.matches("demo-1.0-042-py3-none-any.whl").count(), 1, "the name is the end of the URL");
    assert_eq!(page.releases().len(), 1);
}

#[test]
fn a_file_with_a_hash_that_is_none_is_skipped_and_not_kept_unchecked() {
    let mut page = PageBuilder::new("demo".parse().unwrap());
    let wrong = Digest { algorithm: crate::Algorithm::Sha256, hex: "é".repeat(32) };
    page.file("1.0", &IndexFile { digests: vec![wrong], ..file("demo-1.0-py3-none-any.whl") });
    let page = page.finish();
    assert!(page.is_empty());
    assert_eq!(page.skipped().next().unwrap().reason, "its hash is unreadable");
}

#[test]
fn every_cut_and_every_flipped_byte_is_noticed() {
    let bytes = page().to_bytes();
    for end in 0..bytes.len() {
        assert!(IndexPage::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        let mut flipped = bytes.clone();
        flipped[end] ^= 1;
        assert!(IndexPage::from_bytes(&flipped).is_err(), "flipped at {end}");
    }
    assert_eq!(IndexPage::from_bytes(&[&bytes[..], &[0]].concat()), Err(StoredPageError::Checksum));
    assert_eq!(IndexPage::from_bytes(b"thothip1"), Err(StoredPageError::Mark));
}

/// Puts the right checksum on bytes that somebody made up.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = checksum(&bytes[16..]).to_le_bytes();
    bytes[8..16].copy_from_slice(&sum);
    bytes
}

/// Uses everything a page offers.
fn walk(page: &IndexPage) -> usize {
    format!("{page:?}").len() + page.files().map(|file| file.digests().count()).sum::<usize>()
}

proptest! {
    #[test]
    fn forged_bytes_are_refused_or_harmless(at in 16usize..700, value in any::<u8>(), cut in 0usize..700) {
        let mut bytes = page().to_bytes();
        let at = at % bytes.len();
        if at >= 16 {
            bytes[at] = value;
        }
        if let Ok(page) = IndexPage::from_bytes(&sealed(bytes.clone())) {
            walk(&page);
        }
        bytes.truncate(cut.max(16));
        if let Ok(page) = IndexPage::from_bytes(&sealed(bytes)) {
            walk(&page);
        }
    }

    #[test]
    fn any_bytes_behind_a_right_start_are_survived(rest in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = sealed([&MARK[..], &[0; 8], &rest].concat());
        if let Ok(page) = IndexPage::from_bytes(&bytes) {
            walk(&page);
        }
    }

    #[test]
    fn any_file_survives_the_round_trip(
        filename in any::<String>(), url in any::<String>(), python in any::<Option<String>>(),
        reason in any::<Option<String>>(), size in any::<Option<u64>>(), time in any::<Option<i64>>(),
        provenance in any::<Option<String>>(),
    ) {
        let yanked = if size.is_some() { Yanked::Yes(reason) } else { Yanked::No };
        let one = IndexFile { filename, url, requires_python: python, yanked, size, upload_time: time, provenance, ..file("x") };
        let mut page = PageBuilder::new("demo".parse().unwrap());
        page.file("1", &one);
        let page = IndexPage::from_bytes(&page.finish().to_bytes()).unwrap();
        prop_assert_eq!(page.files().next().unwrap().to_owned(), one);
    }
}

#[test]
fn a_changed_form_asks_for_a_new_mark() {
    // When this fails, change MARK: pages stored by earlier versions would be read wrongly.
    let bytes = page().to_bytes();
    assert_eq!((bytes.len(), checksum(&bytes)), (1_008, 3_348_196_052_260_619_166));
}
