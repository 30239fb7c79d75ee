use proptest::prelude::*;

use super::*;
use crate::index::FileKind;

fn package() -> PackageName {
    "Flask".parse().unwrap()
}

fn url() -> Url {
    Url::parse("https://index.example/simple/flask/").unwrap()
}

fn page(text: &str) -> IndexPage {
    parse_html(&package(), &url(), text.as_bytes()).unwrap()
}

#[test]
fn a_page_tells_all_that_html_can_tell() {
    let sha = "ab".repeat(32);
    let page = page(&format!(
        r#"<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">
        <meta name="pypi:project-status" content="archived"><meta name="pypi:project-status-reason" content="moved &amp; gone">
        </head><body><h1>Links for flask</h1>
        <a href="../../files/flask-1.0.tar.gz#sha256={sha}" data-requires-python="&gt;=3.6, &lt;4">whatever</a><br/>
        <a href="https://files.example/Flask-2.0-py3-none-any.whl#sha256={sha}" data-core-metadata="sha256={sha}"
           data-dist-info-metadata="false" data-yanked="broken &quot;build&quot;">Flask-2.0</a>
        <a href="/flask-2.0%2Blocal-py3-none-any.whl" data-dist-info-metadata="true" data-yanked></a>
        <a href="flask-0.1.win32.exe">exe</a><a href="..">up</a><a href="javascript:alert(1)/flask-9.zip">no</a>
        </body></html>"#
    ));
    assert_eq!((page.status(), page.status_reason()), (ProjectStatus::Archived, Some("moved & gone")));
    let versions: Vec<&str> = page.releases().map(|release| release.version()).collect();
    assert_eq!(versions, ["2.0+local", "2.0", "1.0"]);
    let files: Vec<_> = page.files().map(|file| file.to_owned()).collect();
    let local = &files[0];
    assert_eq!(local.filename, "flask-2.0+local-py3-none-any.whl");
    assert_eq!(local.url, "https://index.example/flask-2.0%2Blocal-py3-none-any.whl");
    assert_eq!((&local.yanked, &local.core_metadata), (&Yanked::Yes(None), &MetadataHint::Available(None)));
    let wheel = &files[1];
    assert_eq!(wheel.kind, FileKind::Wheel);
    assert_eq!(wheel.yanked, Yanked::Yes(Some("broken \"build\"".to_string())));
    assert!(matches!(wheel.core_metadata, MetadataHint::Available(Some(_))), "PEP 714: the newer name wins");
    let sdist = &files[2];
    assert_eq!(sdist.url, "https://index.example/files/flask-1.0.tar.gz");
    assert_eq!(sdist.requires_python.as_deref(), Some(">=3.6, <4"));
    assert_eq!(sdist.digests[0].hex, sha);
    let skipped: Vec<(&str, &str)> = page.skipped().map(|file| (file.filename, file.reason)).collect();
    assert_eq!(
        skipped,
        [
            ("flask-0.1.win32.exe", "Windows installers are not supported"),
            ("flask-9.zip", "its URL has the scheme `javascript`")
        ]
    );
}

#[test]
fn links_are_relative_to_the_base_of_the_page() {
    let page = page(r#"<base href="https://mirror.example/a/"><a href="flask-1.0.zip">x</a>"#);
    assert_eq!(page.files().next().unwrap().url(), "https://mirror.example/a/flask-1.0.zip");
}

#[test]
fn a_page_on_the_net_cannot_name_files_of_this_machine() {
    let page = page(r#"<base href="file:///etc/"><a href="flask-1.0.zip">x</a><a href="file:///flask-2.0.zip">y</a>"#);
    assert_eq!(page.releases().len(), 1);
    assert_eq!(page.files().next().unwrap().url(), "https://index.example/simple/flask/flask-1.0.zip");
    assert_eq!(page.skipped().next().unwrap().reason, "its URL has the scheme `file`");
}

#[test]
fn a_malformed_hash_costs_the_file() {
    let page = page(r#"<a href="flask-1.0.zip#sha256=short">x</a>"#);
    assert!(page.is_empty());
    assert!(
        page.skipped().next().unwrap().reason.contains("64 hexadecimal digits"),
        "{}",
        page.skipped().next().unwrap().reason
    );
}

#[test]
fn a_page_of_links_gives_the_files_of_one_package() {
    let text = r#"<a href="flask-1.0.zip">x</a><a href="flask_login-1.0.zip">y</a><a href="django-1.0.zip">z</a>
        <a href="readme.zip">r</a><a href="flask-nonsense.zip">n</a>"#;
    let page = parse_links(&url(), text.as_bytes(), &package()).unwrap();
    assert_eq!(page.releases().len(), 1);
    let strict = parse_html(&package(), &url(), text.as_bytes()).unwrap();
    assert!(strict.releases().eq(page.releases()));
    assert_eq!(strict.skipped().len(), 4);
}

#[test]
fn what_is_no_index_is_not_an_empty_page() {
    let refused = |text: &str| parse_html(&package(), &url(), text.as_bytes()).unwrap_err().to_string();
    assert!(refused("<form><input type='Password'></form>").contains("asks for a password"));
    assert!(refused("<form action=/search><input name=q></form><a href=/help>Help</a>").contains("a form to fill in"));
    assert!(refused("{\"files\": []}").contains("it is JSON"));
    assert!(refused("Service unavailable").contains("neither HTML nor JSON"));
    assert!(refused("<meta name='pypi:repository-version' content='2.0'>").contains("version `2.0`"));
    assert!(page("<html><body><h1>Links for flask</h1></body></html>").is_empty());
    assert!(page("").is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_html(&package(), &url(), &bytes);
    }

    #[test]
    fn any_link_is_survived(link in r#"[ -~é]{0,60}"#, name in r"flask[-_.0-9a-z+!%]{0,20}\.(whl|tar\.gz|zip)") {
        let _ = parse_html(&package(), &url(), format!("<a href=\"{link}/{name}\">x</a><a href={link}>").as_bytes());
    }
}

#[test]
fn a_link_tells_where_the_provenance_of_its_file_is() {
    let text = r#"<a href="/f/demo-1.0.tar.gz" data-provenance="/p/demo-1.0.tar.gz.provenance">1</a>
        <a href="/f/demo-0.9.tar.gz" data-provenance=" ">2</a><a href="/f/demo-0.8.tar.gz">3</a>"#;
    let url = "https://index.example/simple/demo/".parse().unwrap();
    let page = parse_html(&"demo".parse().unwrap(), &url, text.as_bytes()).unwrap();
    let told: Vec<Option<String>> = page.files().map(|file| file.provenance()).collect();
    assert_eq!(told, [Some("https://index.example/p/demo-1.0.tar.gz.provenance".to_string()), None, None]);
}
