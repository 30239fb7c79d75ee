//! Sources of advisories that are missing, empty, broken or no such thing.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use scenarios::Behaviour;

use crate::stage::{SECRET, Stage};

/// Runs with only this source.
fn with<'a>(source: &'a str) -> impl FnOnce(&Stage) -> crate::stage::Told + 'a {
    move |stage| stage.advise_only(&["-r", "requirements.in", "--advisories", source])
}

#[test]
fn a_source_that_cannot_be_used_is_an_error_that_names_it() {
    let stage = Stage::new();
    fs::create_dir(stage.path("empty")).unwrap();
    stage.write("broken.zip", b"PK\x03\x04and then nothing");
    stage.write("broken.tar.gz", b"\x1f\x8b\x08\x00\x00");
    stage.write("broken.json", "{\"id\": ");
    stage.write("feed.json", "{\"title\": \"News\", \"items\": []}");
    stage.write("page.html", "<html>Please log in</html>");
    stage.write("nothing.json", "");
    for source in
        ["gone", "empty", "broken.zip", "broken.tar.gz", "broken.json", "feed.json", "page.html", "nothing.json"]
    {
        stage.fails_with_help(&[source], with(source));
        stage.fails_with_help(&[source], |stage| {
            stage.advise_only(&["-r", "requirements.in", "--advisories", source, "-t", "security"])
        });
    }
}

#[test]
fn an_archive_that_was_cut_short_is_refused() {
    let stage = Stage::new();
    stage.server.behave("/advisories.zip", Behaviour { truncate: Some(40), ..Behaviour::default() });
    let url = format!("{}/advisories.zip", stage.server.url().replace("http://", &format!("http://ada:{SECRET}@")));
    stage.fails_with_help(&["/advisories.zip", "127.0.0.1"], with(&url));
    stage.server.behave("/advisories.zip", Behaviour { statuses: vec![404; 9], ..Behaviour::default() });
    stage.fails_with_help(&["/advisories.zip", "404"], with(&url));
    stage.server.behave("/advisories.zip", Behaviour { stall: Some(0), ..Behaviour::default() });
    stage.fails_with_help(&["/advisories.zip", "timed out"], with(&url));
    let html = Behaviour { body: Some(b"<html>Please log in</html>".to_vec()), ..Behaviour::default() };
    stage.server.behave("/advisories.zip", html);
    stage.fails_with_help(&["/advisories.zip"], with(&url));
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
    let stage = Stage::new();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let brackets = vec![b'['; 1 << 20];
    for _ in 0..64 {
        encoder.write_all(&brackets).unwrap();
    }
    stage.write("bomb.json.gz", encoder.finish().unwrap());
    stage.fails(&["bomb.json.gz"], with("bomb.json.gz"));
}

#[test]
fn broken_records_among_good_ones_are_reported_and_the_rest_is_used() {
    let stage = Stage::new();
    stage.write("advisories/A-broken.json", "{\"id\": \"A-1\", ");
    stage.write("advisories/B-deep.json", "[".repeat(100_000));
    stage.write("advisories/C-noise.json", [0xff, 0xfe, 0x00, 0x01]);
    stage.write("advisories/D-broken.yaml", "id: [\n");
    let told = stage.works(|stage| stage.advise(&[]));
    assert!(told.out.contains("PYSEC-2024-1"), "{}", told.out);
    let text = format!("{}{}", told.out, told.talk);
    assert!(text.contains("A-broken.json"), "{text}");
    let lock = stage.read("locked.txt");
    assert!(lock.contains("alpha==1.0"), "the good record was not used: {lock}");
}

#[test]
fn a_record_whose_events_say_nothing_never_reads_as_clean() {
    let stage = Stage::new();
    let record = r#"{"schema_version": "1.6.0", "id": "PYSEC-2024-9", "modified": "2024-05-06T07:08:09Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "beta"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{}]}]}]}"#;
    stage.write("advisories/PYSEC-2024-9.json", record);
    let told = stage.works(|stage| stage.advise(&[]));
    let text = format!("{}{}", told.out, told.talk);
    assert!(text.contains("PYSEC-2024-9"), "a record that cannot be judged is not mentioned: {text}");
}

#[test]
fn escape_sequences_of_a_record_do_not_reach_the_terminal() {
    let stage = Stage::new();
    let record = r#"{"schema_version": "1.6.0", "id": "PYSEC-2024-\u001b[31m8", "modified": "2024-05-06T07:08:09Z",
        "summary": "\u001b]0;owned\u0007 red \u001b[31m", "affected": [{"package": {"ecosystem": "PyPI", "name": "alpha"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}]}]}]}"#;
    stage.write("advisories/escape.json", record);
    // What every run must keep to includes that there is no escape character.
    let told = stage.advise(&[]);
    assert!(matches!(told.code, Some(0 | 2)), "{told:?}");
}

#[test]
fn a_security_run_without_advisories_names_the_ways_out() {
    let stage = Stage::new();
    stage.fails_with_help(&["--advisories", "thoth db update", "-t stable"], |stage| {
        stage.advise_only(&["-r", "requirements.in", "-t", "security", "--offline"])
    });
}
