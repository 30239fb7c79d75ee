//! Indexes that stall, truncate, lie and refuse.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use scenarios::{Behaviour, Scenario, Server};

use crate::stage::{LOCK, SECRET, Stage};

const PAGE: &str = "/default/simple/alpha/";
const WHEEL: &str = "/files/alpha-2.0-py3-none-any.whl";
const SIDECAR: &str = "/files/alpha-2.0-py3-none-any.whl.metadata";
const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// A stage whose server answers requests under `prefix` like this.
fn behaving(prefix: &str, behaviour: Behaviour) -> Stage {
    let stage = Stage::new();
    stage.server.behave(prefix, behaviour);
    stage
}

/// A run that fails for the page of `alpha`: the error names it, and the password in the URL of the index stays hidden.
fn page_fails(behaviour: Behaviour, fragments: &[&str]) {
    let stage = behaving(PAGE, behaviour);
    let told = stage.fails_with_help(&[&["`alpha`", "127.0.0.1"], fragments].concat(), |stage| stage.advise(&[]));
    assert!(!told.talk.contains("ada:s"), "{}", told.talk);
}

/// A page that lists one wheel of `alpha` 2.0, served by hand.
fn page(stage: &Stage, file: &str) {
    let url = stage.server.url();
    let file = file.replace("{server}", &url);
    let text = format!(r#"{{"meta": {{"api-version": "1.1"}}, "name": "alpha", "files": [{file}]}}"#);
    stage.server.put(PAGE, JSON, text);
}

#[test]
fn an_index_that_never_answers_is_given_up() {
    page_fails(Behaviour { stall: Some(0), ..Behaviour::default() }, &["timed out", "help: ", "--http-timeout"]);
}

#[test]
fn an_index_that_falls_silent_in_the_middle_is_given_up() {
    page_fails(Behaviour { stall: Some(20), ..Behaviour::default() }, &["timed out", "help: "]);
}

#[test]
fn a_page_that_ends_early_is_no_page() {
    page_fails(Behaviour { truncate: Some(30), ..Behaviour::default() }, &["caused by"]);
}

#[test]
fn a_page_that_lies_about_its_type_is_refused() {
    for lie in ["text/html", "image/png", "application/json; charset=utf-8; nonsense"] {
        let stage = behaving(PAGE, Behaviour { content_type: Some(lie.to_string()), ..Behaviour::default() });
        let told = stage.advise(&[]);
        if lie.starts_with("application/json") {
            assert_eq!(told.code, Some(0), "{told:?}");
        } else {
            stage.fails_with_help(&["`alpha`"], |stage| stage.advise(&["--refresh"]));
        }
    }
}

#[test]
fn a_login_page_is_told_as_what_it_is() {
    let login = b"<!doctype html><html><body><form action=/login><input name=password></form></body></html>".to_vec();
    for content_type in ["text/html", JSON] {
        let lie = Behaviour {
            body: Some(login.clone()),
            content_type: Some(content_type.to_string()),
            ..Behaviour::default()
        };
        page_fails(lie, &["help: "]);
    }
}

#[test]
fn broken_json_names_the_page() {
    for body in ["{\"files\": [", "[]", "null", "{}", "", "{\"meta\": {\"api-version\": \"2.0\"}, \"files\": []}"] {
        page_fails(Behaviour { body: Some(body.into()), ..Behaviour::default() }, &[PAGE, "help: "]);
    }
    let deep = format!("{{\"files\": {}", "[".repeat(100_000));
    page_fails(Behaviour { body: Some(deep.into_bytes()), ..Behaviour::default() }, &[PAGE]);
}

#[test]
fn a_page_of_forty_megabytes_is_read_or_refused() {
    let stage = Stage::new();
    let mut text = String::from(r#"{"meta": {"api-version": "1.1"}, "name": "alpha", "files": ["#);
    let entry = r#"{"filename": "alpha-0.0-py3-none-any.whl", "url": "x", "hashes": {}, "filler": ""},"#;
    let filler = format!("\"filler\": \"{}\"", "x".repeat(20_000));
    for _ in 0..2_000 {
        text.push_str(&entry.replace("\"filler\": \"\"", &filler));
    }
    text.pop();
    text.push_str("]}");
    assert!(text.len() > 40_000_000);
    stage.server.put(PAGE, JSON, text);
    let told = stage.advise(&["--http-timeout", "20"]);
    // The page is read; the file it lists is not there.
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.talk.contains("`alpha 0.0`"), "{}", told.talk);
    assert!(told.talk.len() + told.out.len() < 20_000, "{}", told.talk.len());
}

#[test]
fn a_bomb_of_gzip_is_refused() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..300 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    // As a source of advisories: there the compression is that of the file.
    let stage = Stage::new();
    stage.write("bomb.json.gz", &bomb);
    stage.fails_with_help(&["bomb.json.gz"], |stage| {
        stage.advise_only(&["-r", "requirements.in", "--advisories", "bomb.json.gz"])
    });
}

#[test]
fn an_unasked_304_is_an_error() {
    page_fails(Behaviour { statuses: vec![304; 8], ..Behaviour::default() }, &["304"]);
}

#[test]
fn who_is_not_let_in_is_told_how_to_get_in() {
    page_fails(Behaviour { statuses: vec![401; 8], ..Behaviour::default() }, &["401", "help: "]);
    page_fails(Behaviour { statuses: vec![403; 8], ..Behaviour::default() }, &["403", "help: "]);
}

#[test]
fn a_password_works_and_is_kept_nowhere() {
    let right = Behaviour { basic_auth: Some(("ada".to_string(), SECRET.to_string())), ..Behaviour::default() };
    let stage = behaving("/", right);
    stage.works(|stage| stage.advise(&["-v"]));
    assert!(!stage.server.requests().is_empty());
    for format in ["pylock.toml", "requirements.txt"] {
        let mut arguments = stage.arguments(format);
        arguments.extend(["-r", "requirements.in", "--advisories", "advisories", "-vvv"].map(str::to_string));
        let told = stage.told(stage.thoth(&arguments).output().unwrap());
        assert_eq!(told.code, Some(0), "{told:?}");
        assert!(!stage.read(format).contains(SECRET));
    }
    let json = stage.works(|stage| stage.advise(&["--format", "json"]));
    assert!(json.out.contains("\"schema\""), "{}", json.out);
}

#[test]
fn a_wrong_password_is_an_error_and_stays_secret() {
    let other = Behaviour { basic_auth: Some(("ada".to_string(), "other".to_string())), ..Behaviour::default() };
    let stage = behaving("/", other);
    stage.fails_with_help(&["403"], |stage| stage.advise(&["-vv"]));
}

#[test]
fn a_package_nobody_knows_is_no_stack() {
    let stage = behaving(PAGE, Behaviour { statuses: vec![404; 8], ..Behaviour::default() });
    let told = stage.advise(&[]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.contains("alpha"), "{told:?}");
    assert!(!stage.path(LOCK).exists());
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let busy = Behaviour { statuses: vec![429], retry_after: Some("0".to_string()), ..Behaviour::default() };
    behaving(PAGE, busy).works(|stage| stage.advise(&[]));
    let busy = Behaviour { statuses: vec![429; 20], retry_after: Some("0".to_string()), ..Behaviour::default() };
    page_fails(busy, &["429"]);
}

#[test]
fn two_errors_of_a_server_are_forgiven() {
    behaving(PAGE, Behaviour { statuses: vec![500, 500], ..Behaviour::default() }).works(|stage| stage.advise(&[]));
    page_fails(Behaviour { statuses: vec![500; 20], ..Behaviour::default() }, &["500"]);
}

#[test]
fn credentials_do_not_follow_a_redirect_to_another_host() {
    let story =
        "story = \"Another host listens to what it is told.\"\n[project]\nrequires = []\n[expect]\nstack = {}\n";
    let elsewhere = Server::start(&Scenario::parse("elsewhere.toml".as_ref(), story).unwrap()).unwrap();
    let away = Behaviour { redirect: Some(elsewhere.url()), ..Behaviour::default() };
    let stage = behaving("/default/simple/", away);
    let told = stage.advise(&["-vv"]);
    assert_ne!(told.code, Some(0), "{told:?}");
    assert!(!elsewhere.requests().is_empty());
    for request in elsewhere.requests() {
        assert_eq!(request.header("authorization"), None, "{request:?}");
    }
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let stage = Stage::new();
    let circle = Behaviour { redirect: Some(stage.server.url()), ..Behaviour::default() };
    stage.server.behave(PAGE, circle);
    stage.fails_with_help(&["redirect"], |stage| stage.advise(&[]));
}

#[test]
fn metadata_that_does_not_match_its_hash_is_not_believed() {
    let stage = behaving(SIDECAR, Behaviour { corrupt: true, ..Behaviour::default() });
    stage.fails_with_help(&["`alpha 2.0`", "hash", "was promised"], |stage| stage.advise(&["-t", "latest"]));
}

#[test]
fn a_wheel_that_does_not_match_its_hash_is_not_believed() {
    let stage = Stage::new();
    stage.server.behave("/default/simple/", Behaviour { wrong_hash: true, ..Behaviour::default() });
    let told = stage.advise(&[]);
    assert!(matches!(told.code, Some(1 | 2)), "{told:?}");
    assert!(!stage.path(LOCK).exists());
    assert!(format!("{}{}", told.out, told.talk).contains("hash"), "{told:?}");
}

#[test]
fn metadata_of_another_package_is_not_believed() {
    let stage = Stage::new();
    page(
        &stage,
        r#"{"filename": "alpha-2.0-py3-none-any.whl", "url": "{server}/files/alpha-2.0-py3-none-any.whl",
            "hashes": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "core-metadata": true}"#,
    );
    stage.server.put(SIDECAR, "text/plain", "Metadata-Version: 2.1\nName: omega\nVersion: 2.0\nRequires-Dist: beta\n");
    let told = stage.advise(&[]);
    assert!(matches!(told.code, Some(1 | 2)), "{told:?}");
    assert!(format!("{}{}", told.out, told.talk).contains("omega"), "{told:?}");
    assert!(!stage.path(LOCK).exists());
}

#[test]
fn a_wheel_without_metadata_and_an_archive_of_noise_are_unusable() {
    let noise: Vec<u8> = (0..4_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    // The end of an empty zip archive.
    let mut empty = b"PK\x05\x06".to_vec();
    empty.extend([0; 18]);
    for (name, bytes) in [
        ("alpha-2.0-py3-none-any.whl", noise.clone()),
        ("alpha-2.0-py3-none-any.whl", empty),
        ("alpha-2.0-py3-none-any.whl", Vec::new()),
        ("alpha-2.0.tar.gz", noise),
        ("alpha-2.0.tar.gz", Vec::new()),
    ] {
        let stage = Stage::new();
        let hash = hash(&bytes);
        page(
            &stage,
            &format!(r#"{{"filename": "{name}", "url": "{{server}}/files/{name}", "hashes": {{"sha256": "{hash}"}}}}"#),
        );
        stage.server.behave(&format!("{WHEEL}.metadata"), Behaviour { statuses: vec![404; 9], ..Behaviour::default() });
        stage.server.put(&format!("/files/{name}"), "application/octet-stream", bytes);
        let told = stage.advise(&[]);
        assert!(matches!(told.code, Some(1 | 2)), "{name}: {told:?}");
        assert!(format!("{}{}", told.out, told.talk).contains("alpha"), "{name}: {told:?}");
        assert!(!stage.path(LOCK).exists());
    }
}

#[test]
fn an_sdist_with_a_broken_pkg_info_is_unusable() {
    for text in [
        "",
        "Not found",
        "Metadata-Version: 2.2\nName: omega\nVersion: 9\n",
        "Metadata-Version: 2.2\nName: alpha\nVersion: 2.0\nRequires-Dist: beta >>> 1\n",
    ] {
        let mut archive = Vec::new();
        member(&mut archive, "alpha-2.0/PKG-INFO", text.as_bytes());
        archive.extend([0; 1024]);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&archive).unwrap();
        let bytes = encoder.finish().unwrap();
        let stage = Stage::new();
        let hash = hash(&bytes);
        page(
            &stage,
            &format!(
                r#"{{"filename": "alpha-2.0.tar.gz", "url": "{{server}}/files/alpha-2.0.tar.gz", "hashes": {{"sha256": "{hash}"}}}}"#
            ),
        );
        stage.server.put("/files/alpha-2.0.tar.gz", "application/octet-stream", bytes);
        let told = stage.advise(&[]);
        assert!(matches!(told.code, Some(1 | 2)), "{text:?}: {told:?}");
        assert!(!stage.path(LOCK).exists());
    }
}

#[test]
fn offline_says_what_is_missing() {
    let stage = Stage::new();
    stage.fails_with_help(&["`alpha`", "offline"], |stage| stage.advise(&["--offline"]));
    assert!(stage.server.requests().is_empty());
}

/// A member of a tar archive (ustar).
fn member(archive: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend(header);
    archive.extend(bytes);
    archive.extend(vec![0; (512 - bytes.len() % 512) % 512]);
}

fn hash(bytes: &[u8]) -> String {
    sources::checksum::sha256(bytes).hex
}
