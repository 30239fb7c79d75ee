//! Credentials are used, and never seen.

use super::{super::rows, world};

#[test]
fn no_printed_form_shows_a_credential() {
    let world = world()
        .variable("THOTH_EXTRA_INDEX_URL", "https://secret1@a.example/simple")
        .variable("UV_INDEX_CORP_2_USERNAME", "ada")
        .variable("UV_INDEX_CORP_2_PASSWORD", "secret2")
        .file(
            "thoth.toml",
            "find-links = ['https://u:secret3@links.example/']\nadvisories = ['https://u:secret4@f.example/a.zip']",
        );
    let settings = world.settle(
        "--index corp.2=https://corp.example/ -i https://u:secret5@b.example/ -r https://u:secret6@c.example/r.txt",
    );
    let corp = settings.indexes[0].url.expose();
    assert_eq!((corp.username(), corp.password()), ("ada", Some("secret2")), "the index gets what the variables say");
    for printed in [format!("{settings:?}"), format!("{:?}", rows(&settings))] {
        assert!(printed.contains("****"), "{printed}");
        assert!(!printed.contains("secret"), "{printed}");
    }
}

#[test]
fn no_error_shows_a_credential() {
    for flags in [
        "-i ftp://u:secret@a.example/",
        "-i https://u:secret@a.example:port/",
        "-i https://u:sec/secret@",
        "--index a=ftp://u:secret@a.example",
        "--index a=https://u:secret@[a",
        "--extra-index-url https://u:secret@",
        "--index-pin a=https://u:secret@a.example/",
        "--trusted-host https://u:secret@a!b/",
        "--advisories ftp://u:secret@a.example/",
        "-f gopher://secret@a.example/",
        "-i user:secret@a.example/simple",
        "-i u:secret@a.example/simple",
        "--index-pin https://u:secret@a.example/",
        "--index-pin https://u:secret@a.example/?a=b",
        "--exclude-newer https://u:secret@a.example/",
        "--python-version https://u:secret@a.example/",
        "--ignore https://u:secr…et@a.example/",
    ] {
        let error = world().error(flags);
        assert!(!error.contains("secret"), "{flags}: {error}");
    }
}
