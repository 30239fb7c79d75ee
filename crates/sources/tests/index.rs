//! Stories of package indexes: what they answer, in which format, and how they lie about it.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::{error::Error, fs};

use common::{Reply, Server, gzip, http, http_with_netrc, run};
use packaging::{PackageName, Url};
use sources::{
    credentials::Credentials,
    index::{FoundPage, Index, IndexClient, IndexError, IndexKind, PageAnswer},
};

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const PAGE: &str = r#"{"meta": {"api-version": "1.1"}, "name": "toy", "files": [
    {"filename": "toy-1.0-py3-none-any.whl", "url": "../../files/toy-1.0-py3-none-any.whl", "hashes": {}},
    {"filename": "toy-1.1-py3-none-any.whl", "url": "/files/toy-1.1-py3-none-any.whl", "hashes": {}}]}"#;
const HTML: &str = r#"<!DOCTYPE html><html><body><a href="/files/toy-1.0-py3-none-any.whl">toy</a></body></html>"#;

fn toy() -> PackageName {
    "toy".parse().unwrap()
}

fn simple(server: &Server) -> Index {
    Index::new(&server.url("/simple"), IndexKind::Simple)
}

fn ask(index: &Index) -> Result<PageAnswer, IndexError> {
    run(IndexClient::new(http()).page(index, &toy(), None))
}

fn found(answer: Result<PageAnswer, IndexError>) -> Box<FoundPage> {
    match answer.unwrap() {
        PageAnswer::Found(found) => found,
        other => panic!("{other:?}"),
    }
}

fn versions(found: &FoundPage) -> Vec<&str> {
    found.page.releases().map(|release| release.version()).collect()
}

/// The error with its causes, and the story's server under one name.
fn told(error: &IndexError) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let text = format!("{error}{cause}");
    match text.split_once("127.0.0.1:") {
        Some((before, after)) => format!("{before}server{}", after.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => text,
    }
}

#[test]
fn a_json_page_is_found_with_its_links_made_absolute() {
    let server = Server::start(|_| {
        Reply::ok(gzip(PAGE.as_bytes()))
            .with("Content-Type", JSON)
            .with("Content-Encoding", "gzip")
            .with("ETag", "\"1\"")
            .with("Cache-Control", "max-age=600")
    });
    let found = found(ask(&simple(&server)));
    assert_eq!(versions(&found), ["1.1", "1.0"]);
    assert_eq!(found.page.files().nth(1).unwrap().url(), server.url("/files/toy-1.0-py3-none-any.whl").as_str());
    assert_eq!(found.max_age.unwrap().as_secs(), 600);
    assert_eq!(found.digest.len(), 64);
    let seen = server.seen().remove(0);
    assert_eq!(seen.path, "/simple/toy/");
    assert!(seen.header("accept").unwrap().starts_with(JSON));
}

#[test]
fn links_are_relative_to_where_a_redirect_led() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/simple/toy/" => Reply::new(301, "").with("Location", "/mirror/simple/toy/"),
        _ => Reply::ok(PAGE).with("Content-Type", JSON),
    });
    let found = found(ask(&simple(&server)));
    assert_eq!(found.page.files().nth(1).unwrap().url(), server.url("/mirror/files/toy-1.0-py3-none-any.whl").as_str());
}

#[test]
fn an_html_page_is_found() {
    for content_type in ["text/html; charset=utf-8", "application/vnd.pypi.simple.v1+html"] {
        let server = Server::start(move |_| Reply::ok(HTML).with("Content-Type", content_type));
        assert_eq!(versions(&found(ask(&simple(&server)))), ["1.0"]);
    }
}

#[test]
fn a_page_without_a_type_is_looked_at() {
    for (body, expected) in [(PAGE, vec!["1.1", "1.0"]), (HTML, vec!["1.0"])] {
        let server = Server::start(move |_| Reply::ok(body));
        assert_eq!(versions(&found(ask(&simple(&server)))), expected);
    }
}

#[test]
fn a_type_that_lies_is_an_error_and_not_an_empty_page() {
    for (content_type, body) in [(JSON, HTML), ("text/html", PAGE), ("application/octet-stream", PAGE)] {
        let server = Server::start(move |_| Reply::ok(body).with("Content-Type", content_type));
        let error = ask(&simple(&server)).unwrap_err();
        assert!(error.remedy().unwrap().contains("/simple/"), "{}", told(&error));
    }
    let server = Server::start(|_| Reply::ok("PDF").with("Content-Type", "application/pdf"));
    insta::assert_snapshot!(told(&ask(&simple(&server)).unwrap_err()), @"understand the index page of `toy`: http://server/simple/toy/ is `application/pdf`, which is neither JSON (PEP 691) nor HTML (PEP 503)");
}

#[test]
fn a_page_that_has_not_changed_is_not_sent_again() {
    let server = Server::start(|seen| match seen.header("if-none-match") {
        Some("\"1\"") => Reply::new(304, "").with("Cache-Control", "max-age=600"),
        _ => Reply::ok(PAGE).with("Content-Type", JSON).with("ETag", "\"1\""),
    });
    let client = IndexClient::new(http());
    let index = simple(&server);
    run(async {
        let first = found(client.page(&index, &toy(), None).await);
        let again = client.page(&index, &toy(), Some(&first.validators)).await.unwrap();
        assert!(matches!(again, PageAnswer::NotModified { max_age: Some(_) }));
    });
}

#[test]
fn an_unknown_package_is_told_from_a_forbidden_one() {
    let server = Server::start(|_| Reply::new(404, "no"));
    assert!(matches!(ask(&simple(&server)), Ok(PageAnswer::NotFound)));
    let server = Server::start(|_| Reply::new(403, "no"));
    assert!(ask(&simple(&server)).unwrap_err().is_forbidden());
    let server = Server::start(|_| Reply::new(401, "no"));
    let error = ask(&simple(&server)).unwrap_err();
    insta::assert_snapshot!(told(&error), @"fetch the index page of `toy`: fetch http://server/simple/toy/: the server asks for credentials and none are known (401)");
}

#[test]
fn the_credentials_of_an_index_come_with_it_or_from_netrc() {
    let server = Server::start(|seen| match seen.header("authorization") {
        Some("Basic bWU6czNjcmV0") => Reply::ok(PAGE).with("Content-Type", JSON),
        _ => Reply::new(401, ""),
    });
    let mut url = server.url("/simple/");
    url.set_username("me").unwrap();
    url.set_password(Some("s3cret")).unwrap();
    found(ask(&Index::new(&url, IndexKind::Simple)));
    found(ask(&simple(&server).with_credentials(Credentials::new("me", Some("s3cret".into())))));
    let client = IndexClient::new(http_with_netrc("machine 127.0.0.1 login me password s3cret"));
    found(run(client.page(&simple(&server), &toy(), None)));
}

#[test]
fn a_page_of_links_is_fetched_once_for_all_packages() {
    let server = Server::start(|_| {
        Reply::ok("<a href='toy-2.0-py3-none-any.whl'>x</a><a href='doll-1.0.tar.gz'>y</a>")
            .with("Content-Type", "text/html")
    });
    let index = Index::new(&server.url("/links.html"), IndexKind::FindLinks);
    let client = IndexClient::new(http());
    run(async {
        assert_eq!(versions(&found(client.page(&index, &toy(), None).await)), ["2.0"]);
        assert_eq!(versions(&found(client.page(&index, &"doll".parse().unwrap(), None).await)), ["1.0"]);
        let none = client.page(&index, &"other".parse().unwrap(), None).await.unwrap();
        assert!(matches!(none, PageAnswer::NotFound));
    });
    assert_eq!(server.paths(), ["/links.html"]);
}

#[test]
fn a_folder_of_files_is_an_index() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["toy-1.0-py3-none-any.whl", "Toy-2.0.tar.gz", "doll-1.0.tar.gz", "notes.txt"] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    let index = Index::new(&Url::from_directory_path(folder.path()).unwrap(), IndexKind::FindLinks);
    let found = found(ask(&index));
    assert_eq!(versions(&found), ["2.0", "1.0"]);
    assert_eq!(found.page.files().next().unwrap().size(), Some(1));
    let none = run(IndexClient::new(http()).page(&index, &"other".parse().unwrap(), None)).unwrap();
    assert!(matches!(none, PageAnswer::NotFound));
    let one = Url::from_file_path(folder.path().join("toy-1.0-py3-none-any.whl")).unwrap();
    assert!(matches!(ask(&Index::new(&one, IndexKind::FindLinks)), Ok(PageAnswer::Found(_))));
}

#[test]
fn folders_of_pages_are_an_index() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("simple/toy")).unwrap();
    fs::write(folder.path().join("simple/toy/index.html"), "<a href='../../toy-1.0-py3-none-any.whl'>x</a>").unwrap();
    let index = Index::new(&Url::from_directory_path(folder.path().join("simple")).unwrap(), IndexKind::Simple);
    let found = found(ask(&index));
    assert!(found.page.files().next().unwrap().url().starts_with("file://"));
    let none = run(IndexClient::new(http()).page(&index, &"other".parse().unwrap(), None)).unwrap();
    assert!(matches!(none, PageAnswer::NotFound));
    let gone = Index::new(&Url::from_directory_path(folder.path().join("gone")).unwrap(), IndexKind::Simple);
    assert!(matches!(ask(&gone), Err(IndexError::Local { .. })));
}

#[test]
fn a_large_page_is_read_like_a_small_one() {
    let files: Vec<String> = (0..2000)
        .map(|n| format!(r#"{{"filename": "toy-{n}.0.tar.gz", "url": "/files/toy-{n}.0.tar.gz", "hashes": {{}}}}"#))
        .collect();
    let page = format!(r#"{{"meta": {{"api-version": "1.0"}}, "name": "toy", "files": [{}]}}"#, files.join(","));
    let half = page[..page.len() / 2].to_string();
    let server = Server::start(move |_| Reply::ok(page.clone()).with("Content-Type", JSON));
    assert_eq!(found(ask(&simple(&server))).page.releases().len(), 2000);
    let server = Server::start(move |_| Reply::ok(half.clone()).with("Content-Type", JSON));
    assert!(matches!(ask(&simple(&server)), Err(IndexError::Page { .. })));
}
