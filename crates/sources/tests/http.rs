//! Stories of the HTTP stack: servers that stall, break off, lie, redirect and ask for credentials.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod common;

use std::{fs, io::Read};

use common::{Delivery, Reply, Server, gzip, http, http_with_netrc, impatient, options, run};
use packaging::Url;
use sources::{
    credentials::{CredentialStore, Credentials, Keyring},
    http::{FetchError, Http, HttpOptions, Request, Validators},
    netrc::Netrc,
};

const BASIC: &str = "Basic bWU6czNjcmV0"; // me:s3cret

fn ask(server: &Server, path: &str) -> Request {
    Request::new(server.url(path), 1 << 20)
}

/// Replaces the port of the story's server, which differs each time.
fn told(error: &FetchError) -> String {
    let text = error.to_string();
    text.split(' ')
        .map(|word| match word.strip_prefix("http://127.0.0.1:") {
            Some(rest) => format!("http://server{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
            None => word.to_string(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn an_answer_comes_with_what_to_ask_again_with() {
    let server = Server::start(|seen| {
        if seen.header("if-none-match") == Some("\"1\"") {
            return Reply::new(304, "");
        }
        Reply::ok("page")
            .with("ETag", "\"1\"")
            .with("Cache-Control", "max-age=600, public")
            .with("Content-Type", "Text/HTML; charset=utf-8")
    });
    let http = http();
    let first = run(http.get(&ask(&server, "/a"))).unwrap();
    assert_eq!((first.head.status, first.body.as_slice()), (200, &b"page"[..]));
    assert_eq!(first.head.content_type.as_deref(), Some("text/html"));
    assert_eq!(first.head.max_age.unwrap().as_secs(), 600);
    let again = Request { validators: Some(first.head.validators), ..ask(&server, "/a") };
    assert_eq!(run(http.get(&again)).unwrap().head.status, 304);
}

#[test]
fn offline_nothing_is_asked() {
    let server = Server::start(|_| Reply::ok("page"));
    let http = Http::new(HttpOptions { offline: true, ..options() });
    let error = run(http.get(&ask(&server, "/a"))).unwrap_err();
    insta::assert_snapshot!(told(&error), @"http://server/a was not fetched: this run is offline");
    assert!(server.seen().is_empty());
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let server = Server::start(move |seen| match seen.before {
            0 => Reply::new(status, "").with("Retry-After", "3600"),
            1 => Reply::new(status, "").with("Retry-After", "Sun, 06 Nov 2095 08:49:37 GMT"),
            _ => Reply::ok("page"),
        });
        assert_eq!(run(http().get(&ask(&server, "/a"))).unwrap().body, b"page");
        assert_eq!(server.seen().len(), 3, "{status}");
    }
}

#[test]
fn a_server_that_keeps_failing_is_given_up() {
    let server = Server::start(|_| Reply::new(503, ""));
    let error = run(http().get(&ask(&server, "/a"))).unwrap_err();
    insta::assert_snapshot!(told(&error), @"fetch http://server/a: the server answers with status 503");
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn a_refusal_is_not_repeated() {
    let server = Server::start(|_| Reply::new(400, ""));
    assert!(matches!(run(http().get(&ask(&server, "/a"))), Err(FetchError::Status { status: 400, .. })));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn an_absent_file_is_an_answer() {
    let server = Server::start(|_| Reply::new(404, "nothing here"));
    let answer = run(http().get(&ask(&server, "/a"))).unwrap();
    assert_eq!((answer.head.status, answer.body.len()), (404, 0));
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let server = Server::start(|seen| {
        let reply = Reply::ok(vec![b'x'; 1000]);
        if seen.before < 2 { reply.delivered(Delivery::BreaksOff(500)) } else { reply }
    });
    assert_eq!(run(http().get(&ask(&server, "/a"))).unwrap().body.len(), 1000);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn an_answer_that_always_breaks_off_is_an_error() {
    let server = Server::start(|_| Reply::ok(vec![b'x'; 1000]).delivered(Delivery::BreaksOff(500)));
    let error = run(http().get(&ask(&server, "/a"))).unwrap_err();
    assert!(matches!(error, FetchError::Interrupted { .. }), "{error}");
}

#[test]
fn a_server_that_stalls_is_left() {
    for sent in [0, 10] {
        let server = Server::start(move |_| Reply::ok(vec![b'x'; 1000]).delivered(Delivery::Stalls(sent)));
        let http = Http::new(HttpOptions { retries: 1, ..impatient() });
        let error = run(http.get(&ask(&server, "/a"))).unwrap_err();
        assert!(matches!(error, FetchError::TimedOut { .. }), "{error}");
        assert_eq!(server.seen().len(), 2);
        assert!(error.remedy().unwrap().contains("--http-timeout"));
    }
}

#[test]
fn the_deadline_holds_over_all_attempts() {
    let server = Server::start(|_| Reply::ok(vec![b'x'; 1000]).delivered(Delivery::Stalls(10)));
    let http = Http::new(HttpOptions { deadline: std::time::Duration::from_millis(100), ..options() });
    let error = run(http.get(&ask(&server, "/a"))).unwrap_err();
    insta::assert_snapshot!(told(&error), @"fetch http://server/a: timed out for the whole answer (0.1 s)");
}

#[test]
fn nobody_at_the_address_is_an_error_with_advice() {
    let url = {
        let server = Server::start(|_| Reply::ok(""));
        server.url("/a")
    };
    // The port was free a moment ago, and nobody else is handed it this soon.
    let error = run(http().get(&Request::new(url, 1))).unwrap_err();
    assert!(error.is_unreachable() && error.remedy().unwrap().contains("HTTPS_PROXY"), "{error}");
}

#[test]
fn a_compressed_page_is_decompressed() {
    let server = Server::start(|seen| match seen.header("accept-encoding") {
        Some("gzip") => Reply::ok(gzip(b"page")).with("Content-Encoding", "gzip"),
        _ => Reply::ok("page"),
    });
    let http = http();
    for compressed in [true, false] {
        let request = Request { compressed, ..ask(&server, "/a") };
        assert_eq!(run(http.get(&request)).unwrap().body, b"page");
    }
}

#[test]
fn a_gzip_bomb_is_refused_by_its_decompressed_size() {
    let bomb = gzip(&vec![0; 8 << 20]);
    let server = Server::start(move |_| Reply::ok(bomb.clone()).with("Content-Encoding", "gzip"));
    let request = Request { compressed: true, ..ask(&server, "/a") };
    let error = run(http().get(&request)).unwrap_err();
    insta::assert_snapshot!(told(&error), @"fetch http://server/a: the answer is larger than the 1048576 bytes accepted here");
    assert_eq!(server.seen().len(), 1, "a bomb is not asked for again");
}

#[test]
fn an_oversized_answer_is_refused_before_it_is_read() {
    let server = Server::start(|_| Reply::ok(vec![0; 2 << 20]));
    assert!(matches!(run(http().get(&ask(&server, "/a"))), Err(FetchError::TooLarge { .. })));
}

#[test]
fn broken_compression_is_an_interrupted_answer() {
    let whole = gzip(&[b'x'; 5000]);
    let half = whole[..whole.len() / 2].to_vec();
    let server = Server::start(move |_| Reply::ok(half.clone()).with("Content-Encoding", "gzip"));
    let error = run(http().get(&ask(&server, "/a"))).unwrap_err();
    assert!(matches!(error, FetchError::Interrupted { .. }), "{error}");
    let server = Server::start(|_| Reply::ok("x").with("Content-Encoding", "br"));
    let error = run(http().get(&ask(&server, "/a"))).unwrap_err();
    insta::assert_snapshot!(told(&error), @"fetch http://server/a: the server compresses with `br`, which was not asked for");
}

#[test]
fn a_large_answer_goes_through_a_temporary_file() {
    let server = Server::start(|seen| {
        let reply = Reply::ok(vec![b'x'; 6 << 20]);
        if seen.before == 0 { reply.delivered(Delivery::BreaksOff(5 << 20)) } else { reply }
    });
    let mut download = run(http().download(&Request::new(server.url("/a"), 8 << 20))).unwrap();
    let mut bytes = Vec::new();
    download.body.read_to_end(&mut bytes).unwrap();
    assert_eq!((download.size, bytes.len()), (6 << 20, 6 << 20));
}

#[test]
fn a_redirect_within_the_origin_keeps_the_credentials() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/a" => Reply::new(302, "").with("Location", "b"),
        _ if seen.header("authorization") == Some(BASIC) => Reply::ok("page"),
        _ => Reply::new(401, ""),
    });
    let request = Request { credentials: Some(Credentials::new("me", Some("s3cret".into()))), ..ask(&server, "/a") };
    let answer = run(http().get(&request)).unwrap();
    assert_eq!(answer.head.url, server.url("/b"));
}

#[test]
fn a_redirect_to_another_host_does_not_carry_credentials() {
    let other = Server::start(|_| Reply::ok("file"));
    let to = other.url("/file");
    let server = Server::start(move |_| Reply::new(307, "").with("Location", to.as_str()));
    let mut url = server.url("/a");
    url.set_username("me").unwrap();
    url.set_password(Some("s3cret")).unwrap();
    assert_eq!(run(http().get(&Request::new(url, 100))).unwrap().body, b"file");
    assert_eq!(server.seen()[0].header("authorization"), Some(BASIC));
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[test]
fn a_redirect_does_not_lure_out_the_default_login() {
    let other = Server::start(|_| Reply::new(401, ""));
    let to = other.url("/file");
    let server = Server::start(move |_| Reply::new(302, "").with("Location", to.as_str()));
    let error = run(http_with_netrc("default login me password s3cret").get(&ask(&server, "/a"))).unwrap_err();
    assert!(matches!(error, FetchError::Unauthorized { tried: false, .. }), "{error}");
    assert!(other.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn redirects_that_lead_nowhere_are_refused() {
    for (location, sentence) in [
        (Some("/a"), "fetch http://server/a: more than 10 redirects"),
        (None, "fetch http://server/a: the server redirects without saying where to"),
        (
            Some("file:///etc/passwd"),
            "fetch http://server/a: the server redirects to file:///etc/passwd, which is not fetched",
        ),
    ] {
        let server = Server::start(move |_| match location {
            Some(location) => Reply::new(301, "").with("Location", location),
            None => Reply::new(301, ""),
        });
        let error = run(http().get(&ask(&server, "/a"))).unwrap_err();
        assert_eq!(told(&error), sentence);
    }
}

#[test]
fn credentials_are_looked_up_when_the_server_asks_and_remembered() {
    let server = Server::start(|seen| {
        if seen.header("authorization") == Some(BASIC) { Reply::ok("page") } else { Reply::new(401, "") }
    });
    let http = http_with_netrc("machine 127.0.0.1 login me password s3cret");
    run(async {
        assert_eq!(http.get(&ask(&server, "/a")).await.unwrap().body, b"page");
        assert_eq!(http.get(&ask(&server, "/b")).await.unwrap().body, b"page");
    });
    let sent: Vec<bool> = server.seen().iter().map(|seen| seen.header("authorization").is_some()).collect();
    assert_eq!(sent, [false, true, true]);
}

#[test]
fn a_protected_page_that_hides_behind_404_is_found_with_a_login_for_its_host() {
    let server =
        Server::start(
            |seen| {
                if seen.header("authorization").is_some() { Reply::ok("page") } else { Reply::new(404, "") }
            },
        );
    let http = http_with_netrc("machine 127.0.0.1 login me password s3cret");
    assert_eq!(run(http.get(&ask(&server, "/a"))).unwrap().head.status, 200);
    let http = http_with_netrc("default login me password s3cret");
    assert_eq!(run(http.get(&ask(&server, "/a"))).unwrap().head.status, 404);
}

#[test]
fn refused_credentials_are_named_but_not_shown() {
    for (status, sentence) in [
        (401, "fetch http://server/a: the server refuses the credentials (401)"),
        (403, "fetch http://server/a: the server forbids it, even with the credentials given (403)"),
    ] {
        let server = Server::start(move |_| Reply::new(status, ""));
        let error =
            run(http_with_netrc("machine 127.0.0.1 login me password s3cret").get(&ask(&server, "/a"))).unwrap_err();
        assert_eq!(told(&error), sentence);
        assert!(!format!("{error:?} {:?}", error.remedy()).contains("s3cret"));
        assert_eq!(server.seen().len(), 2);
    }
}

#[test]
fn a_server_that_forbids_says_so_when_no_credentials_are_known() {
    let server = Server::start(|_| Reply::new(403, ""));
    let error = run(http().get(&ask(&server, "/a"))).unwrap_err();
    insta::assert_snapshot!(told(&error), @"fetch http://server/a: the server forbids it (403)");
    assert!(error.remedy().unwrap().contains("netrc"));
}

#[cfg(unix)]
#[test]
fn the_keyring_is_asked_once_for_an_origin() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (program, log) = (folder.path().join("keyring"), folder.path().join("log"));
    let script =
        format!("#!/bin/sh\necho \"$@\" >> {}\n[ \"$1\" = get ] && [ \"$3\" = me ] && echo s3cret\n", log.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::start(|seen| {
        if seen.header("authorization") == Some(BASIC) { Reply::ok("page") } else { Reply::new(401, "") }
    });
    let keyring = Keyring::new(&program, std::time::Duration::from_secs(10));
    let credentials = CredentialStore::new(Netrc::default(), Some(keyring));
    let http = Http::new(HttpOptions { credentials, ..options() });
    let request = Request { credentials: Some(Credentials::new("me", None)), ..ask(&server, "/a") };
    run(async {
        let all = futures::future::join_all((0..8).map(|_| http.get(&request))).await;
        assert!(all.iter().all(|answer| answer.as_ref().unwrap().body == b"page"));
    });
    assert_eq!(fs::read_to_string(&log).unwrap().lines().count(), 1);
}

#[test]
fn a_missing_keyring_program_is_no_keyring() {
    let server = Server::start(|_| Reply::new(401, ""));
    let keyring = Keyring::new("/nonexistent/keyring", std::time::Duration::from_secs(1));
    let credentials = CredentialStore::new(Netrc::default(), Some(keyring));
    let http = Http::new(HttpOptions { credentials, ..options() });
    let error = run(http.get(&ask(&server, "/a"))).unwrap_err();
    assert!(matches!(error, FetchError::Unauthorized { tried: false, .. }), "{error}");
}

#[test]
fn other_schemes_are_not_fetched() {
    for url in ["file:///etc/passwd", "ftp://index.example/a", "data:text/plain,a"] {
        let error = run(http().get(&Request::new(Url::parse(url).unwrap(), 1))).unwrap_err();
        assert!(matches!(error, FetchError::Url { .. }), "{error}");
    }
}

#[test]
fn many_requests_share_a_bound() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (current, highest) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |_| {
        highest.fetch_max(current.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::yield_now();
        current.fetch_sub(1, Ordering::SeqCst);
        Reply::ok("page")
    });
    let http = Http::new(HttpOptions { concurrency: 3, ..options() });
    run(async {
        let requests: Vec<Request> = (0..40).map(|n| ask(&server, &format!("/{n}"))).collect();
        let all = futures::future::join_all(requests.iter().map(|request| http.get(request))).await;
        assert!(all.iter().all(Result::is_ok));
    });
    assert!(most.load(Ordering::SeqCst) <= 3);
    let _ = Validators::default();
}
