//! The fixture index, told by a client that speaks HTTP by hand.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use packaging::index::{IndexFile, IndexPage};

use super::*;

const STORY: &str = r#"
    story = "A package and an advisory are served on loopback."
    [project]
    requires = ["a"]
    [packages.a]
    "1.0" = { requires-python = ">=3.8", yanked = "bad & <old>" }
    "2.0" = { sdist = true }
    [status]
    a = "archived"
    [indexes.internal.packages.b]
    "1" = {}
    [[advisories]]
    id = "PYSEC-1"
    package = "a"
    fixed = "2.0"
    [expect]
    stack = { a = "2.0" }
"#;

fn server() -> Server {
    Server::start(&Scenario::parse(Path::new("served.toml"), STORY).unwrap()).unwrap()
}

/// One request on its own connection: the head and the body.
fn get(server: &Server, path: &str, headers: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: fixture\r\nConnection: close\r\n{headers}\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let body = answer.split_off(split + 4);
    (String::from_utf8(answer).unwrap(), body)
}

fn status(head: &str) -> &str {
    head.split_whitespace().nth(1).unwrap()
}

#[test]
fn a_page_comes_as_json_or_html() {
    let server = server();
    let (head, body) = get(&server, "/default/simple/a/", "Accept: application/vnd.pypi.simple.v1+json\r\n");
    assert!(head.contains("Content-Type: application/vnd.pypi.simple.v1+json"), "{head}");
    let page: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(page["project-status"]["status"], "archived");
    assert_eq!(page["files"][2]["yanked"], "bad & <old>");
    assert_eq!(page["files"][0]["url"], format!("{}/files/a-2.0-py3-none-any.whl", server.url()));
    let (head, body) = get(&server, "/default/simple/a/", "Accept: text/html\r\n");
    let body = String::from_utf8(body).unwrap();
    assert!(head.contains("text/html"), "{head}");
    assert!(body.contains("data-yanked=\"bad &amp; &lt;old&gt;\""), "{body}");
    assert!(body.contains("data-requires-python=\"&gt;=3.8\""), "{body}");
    assert_eq!(status(&get(&server, "/default/simple/nothing/", "").0), "404");
    assert_eq!(status(&get(&server, "/internal/simple/b/", "").0), "200");
}

#[test]
fn an_unchanged_page_is_not_sent_again() {
    let server = server();
    let (head, _) = get(&server, "/default/simple/a/", "");
    let tag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).unwrap().to_string();
    let (head, body) = get(&server, "/default/simple/a/", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((status(&head), body.len()), ("304", 0));
}

#[test]
fn a_file_is_served_in_ranges_and_with_its_metadata() {
    let server = server();
    let path = "/files/a-2.0-py3-none-any.whl";
    let (_, whole) = get(&server, path, "");
    let file = server.universe().file(&format!("{}{path}", server.url())).unwrap();
    assert_eq!(whole, file.bytes);
    let (head, part) = get(&server, path, "Range: bytes=-10\r\n");
    assert_eq!((status(&head), part.as_slice()), ("206", &whole[whole.len() - 10..]));
    let (head, part) = get(&server, path, "Range: bytes=2-5\r\n");
    assert_eq!(part, whole[2..=5]);
    assert!(head.contains(&format!("Content-Range: bytes 2-5/{}", whole.len())), "{head}");
    assert_eq!(status(&get(&server, path, "Range: bytes=99999-\r\n").0), "416");
    let (_, metadata) = get(&server, &format!("{path}.metadata"), "");
    assert_eq!(metadata, file.metadata.as_bytes());
}

#[test]
fn one_connection_carries_several_requests() {
    let server = server();
    let mut stream = TcpStream::connect(server.address).unwrap();
    for path in ["/default/simple/a/", "/advisories.json", "/files/a-1.0-py3-none-any.whl"] {
        write!(stream, "HEAD {path} HTTP/1.1\r\nHost: fixture\r\n\r\n").unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        assert_eq!(status(std::str::from_utf8(&head).unwrap()), "200");
    }
    assert_eq!((server.connections(), server.paths().len()), (1, 3));
}

#[test]
fn statuses_come_first_and_then_the_answer() {
    let server = server();
    let retry_after = Some("1".to_string());
    server.behave("/default/", Behaviour { statuses: vec![503, 429], retry_after, ..Behaviour::default() });
    let answers: Vec<String> = (0..3).map(|_| get(&server, "/default/simple/a/", "").0).collect();
    let statuses: Vec<&str> = answers.iter().map(|head| status(head)).collect();
    assert_eq!(statuses, ["503", "429", "200"]);
    assert!(answers.iter().take(2).all(|head| head.contains("Retry-After: 1")));
}

#[test]
fn the_longest_prefix_decides_how_it_misbehaves() {
    let server = server();
    server.behave("/", Behaviour { statuses: vec![500; 9], ..Behaviour::default() });
    server.behave("/files/", Behaviour { corrupt: true, no_range: true, ..Behaviour::default() });
    let path = "/files/a-2.0-py3-none-any.whl";
    let (head, body) = get(&server, path, "Range: bytes=0-1\r\n");
    let file = server.universe().file(&format!("{}{path}", server.url())).unwrap();
    assert_eq!((status(&head), body.len()), ("200", file.bytes.len()));
    assert_ne!(body, file.bytes);
    assert_eq!(status(&get(&server, "/default/simple/a/", "").0), "500");
}

#[test]
fn credentials_are_demanded_and_recorded() {
    let server = server();
    let basic_auth = Some(("user".to_string(), "secret".to_string()));
    server.behave("/default/", Behaviour { basic_auth, ..Behaviour::default() });
    let path = "/default/simple/a/";
    assert_eq!(status(&get(&server, path, "").0), "401");
    assert_eq!(status(&get(&server, path, "Authorization: Basic dXNlcjp3cm9uZw==\r\n").0), "403");
    assert_eq!(status(&get(&server, path, "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n").0), "200");
    let asked: Vec<bool> = server.requests().iter().map(|request| request.credentials().is_some()).collect();
    assert_eq!(asked, [false, true, true]);
}

#[test]
fn an_answer_can_be_cut_redirected_or_mislabelled() {
    let server = server();
    server.behave("/files/", Behaviour { truncate: Some(7), ..Behaviour::default() });
    assert_eq!(get(&server, "/files/a-2.0.tar.gz", "").1.len(), 7);
    server
        .behave("/internal/", Behaviour { redirect: Some("http://elsewhere.example".into()), ..Behaviour::default() });
    let (head, _) = get(&server, "/internal/simple/b/", "");
    assert!(head.contains("Location: http://elsewhere.example/internal/simple/b/"), "{head}");
    server.behave("/default/", Behaviour { content_type: Some("image/png".into()), ..Behaviour::default() });
    assert!(get(&server, "/default/simple/a/", "").0.contains("Content-Type: image/png"));
}

#[test]
fn a_stalled_answer_ends_when_the_server_does() {
    let server = server();
    server.behave("/files/", Behaviour { stall: Some(3), ..Behaviour::default() });
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "GET /files/a-2.0.tar.gz HTTP/1.1\r\nHost: fixture\r\n\r\n").unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    drop(server);
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut rest = Vec::new();
    assert!(stream.read_to_end(&mut rest).is_ok() || !rest.is_empty());
}

#[test]
fn advisories_are_served_as_a_folder_an_array_and_an_archive() {
    let server = server();
    let (_, body) = get(&server, "/advisories.json", "");
    let records: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(records[0]["id"], "PYSEC-1");
    assert_eq!(status(&get(&server, "/advisories/PYSEC-1.json", "").0), "200");
    let (_, archive) = get(&server, "/advisories.zip", "");
    let archive = zip::ZipArchive::new(io::Cursor::new(archive)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["PYSEC-1.json"]);
    server.put("/extra.txt", "text/plain", "hello");
    assert_eq!(get(&server, "/extra.txt", "").1, b"hello");
}

/// Every page of every story.
fn pages_of_all_stories(check: impl Fn(&Universe, &str, &packaging::PackageName)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    for (_, scenario) in crate::load_all(&folder).unwrap() {
        let universe = Universe::offline(&scenario).unwrap();
        for index in universe.indexes() {
            universe.projects(index).for_each(|project| check(&universe, index, &project.name));
        }
    }
}

#[test]
fn a_client_reads_from_json_what_the_universe_says() {
    pages_of_all_stories(|universe, index, package| {
        let url = format!("{}{package}/", universe.index_url(index)).parse().unwrap();
        let text = pages::json(universe.project_of(index, package).unwrap(), &Behaviour::default());
        let read = packaging::index::parse_json(package, &url, &text).unwrap();
        let said = universe.page(index, package).unwrap();
        let skipped =
            |page: &IndexPage| -> Vec<String> { page.skipped().map(|file| file.filename.to_string()).collect() };
        assert_eq!(skipped(&read), skipped(&said));
        assert_eq!(read.status(), said.status());
        assert_eq!(files(&read), files(&said));
    });
}

#[test]
fn a_client_reads_from_html_what_the_universe_says_but_sizes_and_times() {
    pages_of_all_stories(|universe, index, package| {
        let url = format!("{}{package}/", universe.index_url(index)).parse().unwrap();
        let text = pages::html(universe.project_of(index, package).unwrap(), &Behaviour::default());
        let read = packaging::index::parse_html(package, &url, &text).unwrap();
        let said = universe.page(index, package).unwrap();
        let silent = |(version, file)| (version, IndexFile { size: None, upload_time: None, ..file });
        assert_eq!(read.status(), said.status());
        assert!(files(&read).into_iter().eq(files(&said).into_iter().map(silent)));
    });
}

/// Every file with the version of its release.
fn files(page: &IndexPage) -> Vec<(String, IndexFile)> {
    let releases = page.releases();
    releases
        .flat_map(|release| release.files().map(move |file| (release.version().to_string(), file.to_owned())))
        .collect()
}
