use proptest::prelude::*;

use super::*;
use crate::index::{FileKind, MetadataHint, ProjectStatus};

fn package() -> PackageName {
    "demo-pkg".parse().unwrap()
}

fn url() -> Url {
    Url::parse("https://user:secret@index.example/simple/demo-pkg/").unwrap()
}

fn read(text: &str) -> Result<IndexPage, PageError> {
    parse_json(&package(), &url(), text.as_bytes())
}

fn files(entries: &str) -> IndexPage {
    read(&format!(r#"{{"meta":{{"api-version":"1.1"}},"name":"demo-pkg","files":[{entries}]}}"#)).unwrap()
}

fn only(entry: &str) -> crate::index::IndexFile {
    let page = files(entry);
    assert_eq!(page.skipped().collect::<Vec<_>>(), []);
    page.files().next().unwrap().to_owned()
}

#[test]
fn a_full_entry_keeps_everything() {
    let (sha, md5) = ("AB".repeat(32), "cd".repeat(16));
    let file = only(&format!(
        r#"{{"filename":"demo_pkg-1.0-py3-none-any.whl","url":"https://files.example/a/demo_pkg-1.0-py3-none-any.whl",
        "hashes":{{"sha256":"{sha}","md5":"{md5}","blake2b":"00"}},"requires-python":">=3.9","size":123,
        "upload-time":"2024-01-01T00:00:00.000001Z","yanked":"oops","core-metadata":{{"sha256":"{sha}"}},
        "dist-info-metadata":false,"gpg-sig":true,"provenance":null,"unknown":[[[{{"deep":1.5}}]]]}}"#
    ));
    assert_eq!(file.kind, FileKind::Wheel);
    let digests: Vec<String> = file.digests.iter().map(ToString::to_string).collect();
    assert_eq!(digests, [format!("md5:{md5}"), format!("sha256:{}", sha.to_lowercase())], "the strongest last");
    assert_eq!((file.size, file.upload_time), (Some(123), Some(1_704_067_200_000_001)));
    assert_eq!(file.yanked, Yanked::Yes(Some("oops".to_string())));
    assert_eq!(file.core_metadata, MetadataHint::Available(file.digests.last().cloned()));
}

#[test]
fn a_yanked_file_is_kept_with_its_reason() {
    let entry =
        |yanked: &str| only(&format!(r#"{{"filename":"demo-pkg-1.zip","url":"demo-pkg-1.zip","yanked":{yanked}}}"#));
    assert_eq!(entry("true").yanked, Yanked::Yes(None));
    assert_eq!(entry("\"bad\"").yanked, Yanked::Yes(Some("bad".to_string())));
    for not in ["false", "null", "\"\""] {
        assert_eq!(entry(not).yanked, Yanked::No, "{not}");
    }
}

#[test]
fn relative_links_and_fragments_become_absolute_urls_without_credentials_and_hashes() {
    let sha = "ef".repeat(32);
    let file = only(&format!(r#"{{"filename":"demo-pkg-1.zip","url":"../../f/demo-pkg-1.zip?x=1#sha256={sha}"}}"#));
    assert_eq!(file.url, "https://index.example/f/demo-pkg-1.zip?x=1");
    assert_eq!(file.digests[0].hex, sha);
}

#[test]
fn releases_are_grouped_newest_first() {
    let entry = |name: &str| format!(r#"{{"filename":"{name}","url":"{name}"}}"#);
    let page = files(
        &[
            "demo-pkg-1.9.tar.gz",
            "demo_pkg-1.10-py3-none-any.whl",
            "demo-pkg-1.10.tar.gz",
            "demo.pkg-1!0.1.zip",
            "demo-pkg-2.0rc1.tgz",
            "Demo_Pkg-1.10.post1.tar.bz2",
        ]
        .map(entry)
        .join(","),
    );
    let shape: Vec<(&str, usize)> = page.releases().map(|release| (release.version(), release.files().len())).collect();
    assert_eq!(shape, [("1!0.1", 1), ("2.0rc1", 1), ("1.10.post1", 1), ("1.10", 2), ("1.9", 1)]);
}

#[test]
fn bad_entries_cost_themselves_and_not_the_page() {
    let page = files(
        r#"{"filename":"demo-pkg-1.zip","url":"demo-pkg-1.zip"},
        7, "text", null, [1], {"filename":3,"url":"x"}, {"filename":"demo-pkg-2.zip"},
        {"filename":"demo-pkg-3.zip","url":"ftp://index.example/demo-pkg-3.zip"},
        {"filename":"demo-pkg-3.zip","url":"file:///demo-pkg-3.zip"},
        {"filename":"../demo-pkg-4.zip","url":"x"},
        {"filename":"other-1.zip","url":"x"}, {"filename":"other-1-py3-none-any.whl","url":"x"},
        {"filename":"demo_pkg-1-py3-none.whl","url":"x"}, {"filename":"demo_pkg-latest-py3-none-any.whl","url":"x"},
        {"filename":"demo-pkg-1.linux-x86_64.tar.gz","url":"x"}, {"filename":"demo-pkg-one.zip","url":"x"},
        {"filename":"demo_pkg-1-py2.7.egg","url":"x"},
        {"filename":"demo-pkg-1.zip","url":"https://elsewhere.example/demo-pkg-1.zip"},
        {"filename":"demo-pkg-5.zip","url":"x","hashes":{"sha256":"abc"}},
        {"filename":"demo-pkg-6.zip","url":"x","requires-python":3.6},
        {"filename":"demo-pkg-7.zip","url":"http://["}"#,
    );
    assert_eq!((page.releases().len(), page.files().len()), (1, 1));
    assert_eq!(page.files().next().unwrap().url(), "https://index.example/simple/demo-pkg/demo-pkg-1.zip");
    let skipped: Vec<String> = page.skipped().map(|file| format!("{}: {}", file.filename, file.reason)).collect();
    insta::assert_snapshot!(skipped.join("\n"), @r"
    (no file name): its entry is not a JSON object
    (no file name): its entry is not a JSON object
    (no file name): its entry is not a JSON object
    (no file name): its entry is not a JSON object
    (no file name): its entry has no `filename`
    demo-pkg-2.zip: its entry has no `url`
    demo-pkg-3.zip: its URL has the scheme `ftp`
    demo-pkg-3.zip: its URL has the scheme `file`
    ../demo-pkg-4.zip: its name contains a path or control characters
    other-1.zip: its name is not one of `demo-pkg`
    other-1-py3-none-any.whl: its name is not one of `demo-pkg`
    demo_pkg-1-py3-none.whl: its name is not one of a wheel (PEP 427)
    demo_pkg-latest-py3-none-any.whl: its name is not one of a wheel (PEP 427)
    demo-pkg-1.linux-x86_64.tar.gz: it is a built archive without metadata (bdist_dumb)
    demo-pkg-one.zip: its name carries no PEP 440 version
    demo_pkg-1-py2.7.egg: eggs are not supported
    demo-pkg-1.zip: it is listed twice; the first entry is used
    demo-pkg-5.zip: its hash is unreadable: `abc` is not a sha256 value: 64 hexadecimal digits are expected
    demo-pkg-6.zip: its `requires-python` is not a text
    demo-pkg-7.zip: its URL cannot be read (invalid IPv6 address)
    ");
}

#[test]
fn odd_values_of_known_members_are_survived() {
    let file = only(
        r#"{"filename":"demo-pkg-1.zip","filename":"demo-pkg-1.zip","url":"x\u002fdemo-pkg-1.zip","hashes":[],"size":-1,
        "upload-time":"soon","core-metadata":{},"requires-python":" "}"#,
    );
    assert_eq!(file.url, "https://index.example/simple/demo-pkg/x/demo-pkg-1.zip");
    assert_eq!((file.size, file.upload_time, file.requires_python), (None, None, None));
    assert_eq!(file.core_metadata, MetadataHint::Available(None));
}

#[test]
fn the_older_names_of_core_metadata_count_when_the_new_one_is_silent() {
    let hint = |members: &str| only(&format!(r#"{{"filename":"demo-pkg-1.zip","url":"x"{members}}}"#)).core_metadata;
    assert_eq!(hint(""), MetadataHint::Unsaid);
    assert_eq!(hint(r#","core-metadata":null"#), MetadataHint::Unsaid);
    assert_eq!(hint(r#","dist-info-metadata":true"#), MetadataHint::Available(None));
    assert_eq!(hint(r#","data-dist-info-metadata":false"#), MetadataHint::Unavailable);
    assert_eq!(hint(r#","core-metadata":false,"dist-info-metadata":true"#), MetadataHint::Unavailable);
}

#[test]
fn the_status_of_a_project_is_read_in_all_its_shapes() {
    let status = |members: &str| {
        let page = read(&format!(r#"{{"files":[],{members}}}"#)).unwrap();
        (page.status(), page.status_reason().map(str::to_string))
    };
    let reason = Some("why".to_string());
    assert_eq!(
        status(r#""project-status":{"status":"quarantined","reason":"why"}"#),
        (ProjectStatus::Quarantined, reason.clone())
    );
    assert_eq!(status(r#""project-status":{"state":"archived"}"#), (ProjectStatus::Archived, None));
    assert_eq!(status(r#""project-status":"deprecated""#), (ProjectStatus::Deprecated, None));
    assert_eq!(
        status(r#""meta":{"project-status":{"status":"Archived","reason":"why"}}"#),
        (ProjectStatus::Archived, reason)
    );
    for unknown in [r#""project-status":"lovely""#, r#""project-status":{}"#, r#""project-status":3"#] {
        assert_eq!(status(unknown), (ProjectStatus::Active, None), "{unknown}");
    }
}

#[test]
fn what_is_no_page_is_refused_without_showing_the_password() {
    let refused = |text: &str| {
        let message = read(text).unwrap_err().to_string();
        assert!(!message.contains("secret"), "{message}");
        message
    };
    assert!(refused(r#"{"meta":{"api-version":"2.0"},"files":[]}"#).contains("version `2.0`"));
    assert!(refused(r#"{"meta":{"api-version":"x"},"files":[]}"#).contains("version `x`"));
    assert!(refused("<html>").contains("HTML"));
    assert!(refused(r#"{"projects":[]}"#).contains("no list of `files`"));
    assert!(refused(r#"{"files":{}}"#).contains("no list of `files`"));
    assert!(refused("[]").contains("no list of `files`"));
    assert!(refused(r#"{"files":[{"filename":"demo"#).contains("as JSON"));
    assert!(refused(&format!("{{\"x\":{}", "[".repeat(100_000))).contains("as JSON"), "depth is bounded");
    assert!(read(r#"{"meta":{"api-version":"1.99"},"files":[]}"#).is_ok());
}

#[test]
fn a_folder_gives_the_files_of_one_package() {
    let file = |name: &str| (name.to_string(), Url::parse(&format!("file:///links/{name}")).unwrap(), Some(5));
    let page = IndexPage::from_files(
        &package(),
        [
            "demo_pkg-1-py3-none-any.whl",
            "demo-pkg-2.zip",
            "other-3.zip",
            "notes.txt",
            "demo-pkg-extra-1.zip",
            "demo-pkg-3.exe",
        ]
        .map(file),
    );
    let versions: Vec<&str> = page.releases().map(|release| release.version()).collect();
    assert_eq!(versions, ["2", "1"]);
    assert_eq!(page.files().next().unwrap().size(), Some(5));
    assert_eq!(page.skipped().len(), 1, "strangers go without a word: {page:?}");
}

#[test]
fn a_known_host_spares_the_parser_but_changes_nothing() {
    let base = url();
    let mut links = Links::new(&base);
    links.resolve("https://files.example/first").unwrap();
    for link in [
        "https://files.example/a/b-1.0+cu.whl",
        "https://files.example/a/../b",
        "https://files.example/./b",
        "https://files.example/a/%2e%2E/b",
        "https://files.example/a b",
        "https://files.example/é",
        "https://files.example/a\\b",
        "https://files.example/a?q=1",
        "https://files.example/..",
        "https://files.example/",
    ] {
        assert_eq!(links.resolve(link).unwrap().0, base.join(link).unwrap().to_string(), "{link}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_json(&package(), &url(), &bytes);
    }

    #[test]
    fn any_strings_in_an_entry_are_survived(name in any::<String>(), link in any::<String>(), other in any::<String>()) {
        let text = serde_json::json!({"files": [{"filename": name, "url": link, "requires-python": other, "upload-time": other,
            "yanked": other, "hashes": {"sha256": other, "md5": link}, "core-metadata": {"sha256": other}}]}).to_string();
        let page = parse_json(&package(), &url(), text.as_bytes()).unwrap();
        prop_assert!(page.releases().len() + page.skipped().len() == 1);
    }

    #[test]
    fn any_name_that_looks_like_a_file_is_survived(name in r"[dD]emo[-_.]pkg-[-0-9a-zA-Z_.+!é]{0,40}\.(whl|tar\.gz|zip|egg)") {
        let text = serde_json::json!({"files": [{"filename": name, "url": "x"}]}).to_string();
        let page = parse_json(&package(), &url(), text.as_bytes()).unwrap();
        prop_assert!(page.releases().len() + page.skipped().len() == 1);
    }

    #[test]
    fn shortcuts_agree_with_the_url_parser(rest in r"[a-zA-Z0-9._~/+%:@!$&()*,;= \\-]{0,40}") {
        let base = url();
        let mut links = Links::new(&base);
        links.resolve("https://files.example/first").unwrap();
        let link = format!("https://files.example/{rest}");
        prop_assert_eq!(links.resolve(&link).ok().map(|(url, _)| url), base.join(&link).ok().map(String::from));
    }
}

#[test]
fn a_page_tells_where_the_provenance_of_a_file_is() {
    let file = |name: &str, provenance: &str| {
        format!(r#"{{"filename":"{name}","url":"{name}","hashes":{{}},"provenance":{provenance}}}"#)
    };
    let files = [
        file("demo-1.0.tar.gz", r#""../../integrity/demo/1.0/demo-1.0.tar.gz/provenance""#),
        file("demo-1.0-py3-none-any.whl", r#""https://other.example/p/1""#),
        file("demo-0.9.tar.gz", "null"),
        file("demo-0.8.tar.gz", r#""file:///etc/passwd""#),
        file("demo-0.7.tar.gz", "[1]"),
    ];
    let text = format!(r#"{{"meta":{{"api-version":"1.3"}},"name":"demo","files":[{}]}}"#, files.join(","));
    let url = "https://index.example/simple/demo/".parse().unwrap();
    let page = parse_json(&"demo".parse().unwrap(), &url, text.as_bytes()).unwrap();
    let told: Vec<Option<String>> = page.files().map(|file| file.provenance()).collect();
    let told: Vec<Option<&str>> = told.iter().map(Option::as_deref).collect();
    let beside = "https://index.example/integrity/demo/1.0/demo-1.0.tar.gz/provenance";
    assert_eq!(told, [Some(beside), Some("https://other.example/p/1"), None, Some("file:///etc/passwd"), None]);
}
