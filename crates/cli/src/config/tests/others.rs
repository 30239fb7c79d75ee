//! pip's and uv's configuration.

use packaging::Origin;

use super::{super::pip, world};
use crate::settings::{DEFAULT_INDEX, KeyringProvider, Prerelease, Resolution};

const ABOUT_INDEXES: [&str; 6] = ["index", "extra-index-url", "index-url", "find-links", "no-index", "trusted-host"];

#[test]
fn a_pip_conf_is_read_as_configparser_reads_it() {
    let text = "\
# a comment
[global]
index-url: https://pip.example/simple
extra_index_url =
    https://one.example/simple
    # between
    https://two.example/simple

    https://three.example/simple
timeout = 60
trusted-host = one.example
               two.example:8080
[list]
format = columns
[install]
no-binary = a,b
--pre = yes
rubbish
";
    let mut notes = Vec::new();
    let file = pip::parse(text, "pip.conf", &mut notes);
    assert_eq!(notes, ["pip.conf:18: neither a section nor `key = value`; this line of pip's is ignored"]);
    assert_eq!(file.global.said.len() + file.install.said.len(), 6);
    let origin = |key| file.global.said[&key][0].origin.clone();
    assert_eq!(origin(super::super::keys::Key::TrustedHost), Origin::line("pip.conf", 11).part("global.trusted-host"));
    let world = world().file("/home/ada/.config/pip/pip.conf", text);
    let keys = [&ABOUT_INDEXES[..], &["http-timeout", "prerelease", "no-binary"]].concat();
    insta::assert_snapshot!(world.shown("", &keys), @r#"
    extra-index-url = https://one.example/simple # /home/ada/.config/pip/pip.conf:4 (global.extra-index-url)
    extra-index-url = https://two.example/simple # /home/ada/.config/pip/pip.conf:4 (global.extra-index-url)
    extra-index-url = https://three.example/simple # /home/ada/.config/pip/pip.conf:4 (global.extra-index-url)
    index-url = https://pip.example/simple # /home/ada/.config/pip/pip.conf:3 (global.index-url)
    no-index = false # default
    trusted-host = one.example # /home/ada/.config/pip/pip.conf:11 (global.trusted-host)
    trusted-host = two.example:8080 # /home/ada/.config/pip/pip.conf:11 (global.trusted-host)
    prerelease = allow # /home/ada/.config/pip/pip.conf:17 (install.pre)
    no-binary = a # 
    no-binary = b # 
    http-timeout = 60 # /home/ada/.config/pip/pip.conf:10 (global.timeout)
    "#);
}

#[test]
fn pips_files_come_in_pips_order() {
    let conf = |host: &str| format!("[global]\nindex-url = https://{host}.example/\n");
    let mut world = world();
    for (path, host) in [
        ("/etc/pip.conf", "machine"),
        ("/etc/xdg/pip/pip.conf", "xdg"),
        ("/home/ada/.pip/pip.conf", "legacy"),
        ("/home/ada/.config/pip/pip.conf", "user"),
        ("/venv/pip.conf", "site"),
        ("/named.conf", "named"),
    ] {
        world = world.file(path, &conf(host));
        if host == "site" {
            world = world.variable("VIRTUAL_ENV", "/venv");
        }
        if host == "named" {
            world = world.variable("PIP_CONFIG_FILE", "/named.conf");
        }
        // Of the machine's two files pip reads the XDG one first, so that the other overrules it.
        let best = if host == "xdg" { "machine" } else { host };
        assert!(
            world.shown("", &["index-url"]).starts_with(&format!("index-url = https://{best}.example/ #")),
            "{host}"
        );
    }
    let world = world.file("/home/ada/.config/pip/pip.conf", "[install]\nindex-url = https://install.example/\n");
    assert!(world.shown("", &["index-url"]).contains("https://install.example/"), "[install] beats every [global]");
    let none = world.variable("PIP_CONFIG_FILE", "/dev/null");
    assert!(none.shown("", &["index-url"]).contains(DEFAULT_INDEX));
}

#[test]
fn pips_variables_are_understood() {
    let world = world()
        .variable("PIP_EXTRA_INDEX_URL", "https://a.example/simple  https://b.example/simple")
        .variable("PIP_FIND_LINKS", "https://links.example/ wheels")
        .variable("PIP_TRUSTED_HOST", "a.example b.example")
        .variable("PIP_CERT", "/ca.pem")
        .variable("PIP_DEFAULT_TIMEOUT", "7")
        .variable("PIP_PRE", "1")
        .variable("PIP_NO_BINARY", "a,b")
        .variable("PIP_ONLY_BINARY", "c")
        .variable("PIP_INDEX_URL", "");
    let keys = [&ABOUT_INDEXES[..], &["http-timeout", "prerelease", "no-binary", "only-binary", "cert"]].concat();
    insta::assert_snapshot!(world.shown("", &keys).replace(DEFAULT_INDEX, "DEFAULT"), @r#"
    extra-index-url = https://a.example/simple # PIP_EXTRA_INDEX_URL
    extra-index-url = https://b.example/simple # PIP_EXTRA_INDEX_URL
    index-url = DEFAULT # default
    find-links = https://links.example/ # PIP_FIND_LINKS
    find-links = file:///home/ada/app/wheels # PIP_FIND_LINKS
    no-index = false # default
    trusted-host = a.example # PIP_TRUSTED_HOST
    trusted-host = b.example # PIP_TRUSTED_HOST
    cert = /ca.pem # PIP_CERT
    prerelease = allow # PIP_PRE
    only-binary = c # 
    no-binary = a # 
    no-binary = b # 
    http-timeout = 7 # PIP_DEFAULT_TIMEOUT
    "#);
}

#[test]
fn uvs_variables_are_understood() {
    let world = world()
        .variable("UV_INDEX", "corp=https://corp.example/simple https://plain.example/?a=b")
        .variable("UV_EXTRA_INDEX_URL", "https://a.example/simple")
        .variable("UV_FIND_LINKS", "https://links.example/,wheels")
        .variable("UV_INDEX_STRATEGY", "unsafe-best-match")
        .variable("UV_KEYRING_PROVIDER", "subprocess")
        .variable("UV_EXCLUDE_NEWER", "2025-01-01")
        .variable("UV_PRERELEASE", "allow")
        .variable("UV_RESOLUTION", "lowest")
        .variable("UV_OFFLINE", "true")
        .variable("UV_HTTP_TIMEOUT", "9")
        .variable("UV_NO_PROGRESS", "1");
    let settings = world.settle("");
    assert_eq!(settings.keyring.value, KeyringProvider::Subprocess);
    assert_eq!(settings.prerelease.value, Prerelease::Allow);
    assert_eq!(settings.resolution.value, Resolution::Lowest);
    assert!(settings.offline.value && !settings.progress.value);
    let keys = [&ABOUT_INDEXES[..], &["index-strategy", "exclude-newer", "http-timeout"]].concat();
    insta::assert_snapshot!(world.shown("", &keys).replace(DEFAULT_INDEX, "DEFAULT"), @r#"
    index = corp=https://corp.example/simple # UV_INDEX
    extra-index-url = https://plain.example/?a=b # UV_INDEX
    extra-index-url = https://a.example/simple # UV_EXTRA_INDEX_URL
    index-url = DEFAULT # default
    find-links = https://links.example/ # UV_FIND_LINKS
    find-links = file:///home/ada/app/wheels # UV_FIND_LINKS
    no-index = false # default
    index-strategy = unsafe-best-match # UV_INDEX_STRATEGY
    exclude-newer = 2025-01-02T00:00:00Z (2025-01-01) # UV_EXCLUDE_NEWER
    http-timeout = 9 # UV_HTTP_TIMEOUT
    "#);
}

#[test]
fn uvs_files_are_understood_and_their_indexes_join() {
    let world = world()
        .file(
            "pyproject.toml",
            "[tool.uv]\nexclude-newer = '2 weeks'\nprerelease = 'allow'\npackage = true\n\
             [tool.uv.pip]\nprerelease = 'disallow'\n\
             [[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example/simple'\npublish-url = 'https://p.example'\n\
             [[tool.uv.index]]\nname = 'main'\nurl = 'https://main.example/simple'\ndefault = true\n\
             [[tool.uv.index]]\nname = 'torch'\nurl = 'https://torch.example/'\nexplicit = true\n\
             [[tool.uv.index]]\nname = 'flat'\nurl = 'https://flat.example/'\nformat = 'flat'\n",
        )
        .file(
            "/home/ada/.config/uv/uv.toml",
            "extra-index-url = ['https://user.example/']\nkeyring-provider = 'subprocess'",
        )
        .file("/etc/uv/uv.toml", "extra-index-url = ['https://system.example/']\nfind-links = ['/srv/wheels']");
    let keys = [&ABOUT_INDEXES[..], &["exclude-newer", "prerelease", "keyring-provider"]].concat();
    insta::assert_snapshot!(world.shown("", &keys), @r#"
    index = corp=https://corp.example/simple # pyproject.toml:7 (tool.uv.index)
    index = torch=https://torch.example/ (explicit) # pyproject.toml:15 (tool.uv.index)
    extra-index-url = https://user.example/ # /home/ada/.config/uv/uv.toml:1 (extra-index-url)
    extra-index-url = https://system.example/ # /etc/uv/uv.toml:1 (extra-index-url)
    index-url = main=https://main.example/simple # pyproject.toml:11 (tool.uv.index)
    find-links = flat=https://flat.example/ # pyproject.toml:19 (tool.uv.index)
    find-links = file:///srv/wheels # /etc/uv/uv.toml:2 (find-links)
    no-index = false # default
    keyring-provider = subprocess # /home/ada/.config/uv/uv.toml:2 (keyring-provider)
    exclude-newer = 2025-07-01T12:30:00Z (2 weeks) # pyproject.toml:2 (tool.uv.exclude-newer)
    prerelease = disallow # pyproject.toml:6 (tool.uv.pip.prerelease)
    "#);
    let alone = world.file("uv.toml", "prerelease = 'explicit'").shown("", &["prerelease", "exclude-newer"]);
    assert_eq!(alone, "prerelease = explicit # uv.toml:1 (prerelease)\n", "uv.toml takes the place of [tool.uv]");
}

#[test]
fn where_uv_says_an_index_pips_do_not_count() {
    let world = world()
        .variable("UV_INDEX", "https://uv.example/simple")
        .variable("PIP_INDEX_URL", "https://user:secret@pip.example/simple")
        .variable("PIP_CERT", "/ca.pem");
    let settings = world.settle("");
    assert_eq!(
        settings.notes,
        ["indexes are those of uv's configuration (UV_INDEX); those of pip's (PIP_INDEX_URL) do not count"]
    );
    let shown = world.shown("", &[&ABOUT_INDEXES[..], &["cert"]].concat()).replace(DEFAULT_INDEX, "DEFAULT");
    insta::assert_snapshot!(shown, @r#"
    extra-index-url = https://uv.example/simple # UV_INDEX
    index-url = DEFAULT # default
    no-index = false # default
    cert = /ca.pem # PIP_CERT
    "#);
}

#[test]
fn an_explicit_index_of_uvs_leaves_pips_mirror_in_place() {
    let world = world()
        .file("uv.toml", "index = [{ name = 'torch', url = 'https://torch.example/', explicit = true }]")
        .variable("PIP_INDEX_URL", "https://mirror.example/simple");
    assert_eq!(world.settle("").notes, [] as [&str; 0]);
    assert_eq!(
        world.shown("", &["index", "index-url"]),
        "index = torch=https://torch.example/ (explicit) # uv.toml:1 (index)\n\
         index-url = https://mirror.example/simple # PIP_INDEX_URL\n"
    );
}

#[test]
fn what_another_tool_says_wrongly_is_a_note_save_about_an_index() {
    let world = world()
        .variable("UV_INDEX_STRATEGY", "unsafe-first-match")
        .variable("UV_EXCLUDE_NEWER", "soon")
        .variable("PIP_DEFAULT_TIMEOUT", "long")
        .file("uv.toml", "offline = 1");
    insta::assert_snapshot!(world.settle("").notes.join("\n"), @r#"
    uv.toml:1 (offline): takes true or false, not a number; ignored
    UV_INDEX_STRATEGY: `unsafe-first-match` is none of first-index, unsafe-best-match; ignored
    UV_EXCLUDE_NEWER: `soon` is no age or date; expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D); ignored
    PIP_DEFAULT_TIMEOUT: `long` is not a number of seconds, from 0.001 up to a day; ignored
    "#);
    assert_eq!(
        world.clone().variable("PIP_INDEX_URL", "gopher://x.example/").error(""),
        "PIP_INDEX_URL: `gopher://x.example/` has the scheme `gopher`; it must be http, https or file"
    );
    for text in ["index = [", "index-url = 7", "index = [{ name = 'a' }]"] {
        let error = world.clone().file("uv.toml", text).error("");
        assert!(error.starts_with("uv.toml:1"), "{error}");
    }
}
