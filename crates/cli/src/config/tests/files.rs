//! What a `thoth.toml` may hold, and what is said when it holds something else.

use super::{World, world};

#[test]
fn an_unknown_key_is_noted_with_the_nearest_known() {
    let world = world()
        .file(
            "pyproject.toml",
            "[project]\nname = 'app'\n\n[tool.thoth]\nexlude-newer = '7d'\nindex_url = 'x'\nwhatever-this-is = 1\n\
             [[tool.thoth.index]]\nname = 'a'\nurl = 'https://a.example/'\nexplict = true\n",
        )
        .variable("THOTH_OFLINE", "1");
    insta::assert_snapshot!(world.settle("").notes.join("\n"), @r#"
    THOTH_OFLINE: there is no such setting (did you mean THOTH_OFFLINE?); ignored
    pyproject.toml:5 (tool.thoth.exlude-newer): there is no such setting (did you mean `exclude-newer`?); ignored
    pyproject.toml:11 (tool.thoth.index.explict): there is no such member (did you mean `explicit`?); ignored
    pyproject.toml:6 (tool.thoth.index_url): there is no such setting (did you mean `index-url`?); ignored
    pyproject.toml:7 (tool.thoth.whatever-this-is): there is no such setting; ignored
    "#);
}

#[test]
fn a_wrong_type_is_an_error_with_file_and_line() {
    let cases = [
        "offline = 'yes'",
        "\n\ntimeout = true",
        "extra = [1]",
        "index-url = ['https://a.example/']",
        "index = [{ name = 'a', url = 7 }]",
        "index = [{ name = 'a' }]",
        "index = [{ url = 'https://a.example/', explicit = true }]",
        "index-pin = { torch = ['a'] }",
        "label = { team = 7 }",
        "labels = ['team']",
        "ignore = [{ reason = 'x' }]",
        "ignore = [{ id = 'CVE-1', until = 'soon' }]",
        "requirements = { a = 1 }",
        "constraint = ['a']\nconstraints = ['b']",
    ];
    let errors = cases.map(|text| world().file("thoth.toml", text).error("")).join("\n");
    insta::assert_snapshot!(errors, @r#"
    thoth.toml:1 (offline): takes true or false, not a text
    thoth.toml:3 (timeout): takes a number that is not negative, not a boolean
    thoth.toml:1 (extra): takes a list of texts, not a number
    thoth.toml:1 (index-url): takes a text, not a list
    thoth.toml:1 (index.url): takes a text, not a number
    thoth.toml:1 (index): an index needs a `url`
    thoth.toml:1 (index): an `explicit` index needs a `name`, for pins to call it by
    thoth.toml:1 (index-pin.torch): takes the name of an index, not a list
    thoth.toml:1 (label.team): takes a text, not a number
    thoth.toml:1 (labels): `team` is not NAME=VALUE
    thoth.toml:1 (ignore): an ignored vulnerability needs an `id`
    thoth.toml:1 (ignore.until): `soon` is not a date (2025-12-31)
    thoth.toml:1 (requirements): takes a list of texts, not a table
    thoth.toml:2 (constraints): `constraints` is said twice under two names
    "#);
}

#[test]
fn a_broken_file_is_an_error_with_its_line() {
    let error = world().file("thoth.toml", "http-timeout = 1\noffline = \n").error("");
    insta::assert_snapshot!(error, @"thoth.toml:2: not valid TOML: string values must be quoted, expected literal string (--no-config leaves out all such files)");
    let secret = world().file("thoth.toml", "index-url = 'https://user:secret@a.example/\n").error("");
    assert!(!secret.contains("secret"), "{secret}");
}

#[test]
fn a_wrong_value_names_its_place_and_what_would_be_right() {
    let cases = [
        ("", "THOTH_PRERELEASE", "sometimes"),
        ("", "THOTH_HTTP_TIMEOUT", "never"),
        ("--timeout 0", "", ""),
        ("", "THOTH_MEMORY_LIMIT", "much"),
        ("--memory-limit 3TB", "", ""),
        ("", "THOTH_OFFLINE", "perhaps"),
        ("", "THOTH_INDEX_PIN", "torch"),
        ("", "THOTH_INDEX_PIN", "torch=https://user:secret@a.example/"),
        ("", "THOTH_EXTRA", "-x-"),
        ("--python-version three", "", ""),
        ("--python-version 3", "", ""),
        ("--index-url ftp://index.example/", "", ""),
        ("--index-url https://", "", ""),
        ("--index-url corp", "", ""),
        ("--index a=https://a.example/ --index a=https://b.example/", "", ""),
        ("--exclude-newer soon", "", ""),
        ("--ignore=", "", ""),
        ("--offline --refresh", "", ""),
        ("--trusted-host a!b", "", ""),
    ];
    let errors = cases.map(|(flags, name, value)| {
        let world = if name.is_empty() { world() } else { world().variable(name, value) };
        world.error(flags)
    });
    insta::assert_snapshot!(errors.join("\n"), @r#"
    THOTH_PRERELEASE: `sometimes` is none of allow, disallow, if-necessary, explicit, if-necessary-or-explicit
    THOTH_HTTP_TIMEOUT: `never` is not a number of seconds, from 0.001 up to a day
    --timeout: `0` is not a number of seconds, from 0.001 up to a day
    THOTH_MEMORY_LIMIT: `much` is not an amount of memory such as 500MB or 2GiB
    --memory-limit: `3TB` is not an amount of memory such as 500MB or 2GiB
    THOTH_OFFLINE: `perhaps` is neither true nor false
    THOTH_INDEX_PIN: `torch` is not PACKAGE=NAME
    THOTH_INDEX_PIN: pin `torch` by the name of an index: --index NAME=URL gives one
    THOTH_EXTRA: `-x-` is not a valid name: Not a valid package or extra name: "-x-". Names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters.
    --python-version: `three` is not a Python version such as 3.11 or 3.11.7
    --python-version: `3` is not a Python version such as 3.11 or 3.11.7
    --index-url: `ftp://index.example/` has the scheme `ftp`; it must be http, https or file
    --index-url: `https://` is no URL: empty host
    --index-url: `corp` is no URL; for a folder, write `./corp`
    --index: there are two indexes of the name `a` (the other: --index)
    --exclude-newer: `soon` is no age or date; expected a timestamp (2025-06-30T12:00:00Z), a date (2025-06-30) or an age (7d, "2 weeks", P7D)
    --ignore: `` is not the id of a vulnerability (CVE-2024-1234)
    --refresh: nothing can be refreshed with offline; leave one of them out
    --trusted-host: `a!b` is not HOST or HOST:PORT
    "#);
}

#[test]
fn a_whole_file_is_understood() {
    let text = r#"
requirements = ["requirements.in", "-"]
constraints = "limits.txt"
override = ["forced.txt"]
extra = ["dev"]
all-groups = true
index-url = "https://index.example/simple"
keyring-provider = "subprocess"
trusted-host = ["Index.Example:8443"]
advisories = ["osv", "advisories", "https://feed.example/all.zip"]
recommendation-type = "security"
exclude-newer = 2025-06-30
prerelease = "explicit"
resolution = "lowest-direct"
index-strategy = "unsafe-best-match"
only-binary = ":all:"
no-binary = ["lxml"]
upgrade-package = ["flask"]
python-version = "3.12"
python-platform = "aarch64-manylinux_2_28"
implementation = "cpython"
output = "pylock.toml"
format = "json"
http-timeout = 2.5
color = "never"
no-progress = true
"#;
    let keys: Vec<&str> = super::super::keys::words().collect();
    insta::assert_snapshot!(world().file("thoth.toml", text).shown("", &keys), @r#"
    requirements = requirements.in # thoth.toml:2 (requirements)
    requirements = - # thoth.toml:2 (requirements)
    constraints = limits.txt # thoth.toml:3 (constraints)
    override = forced.txt # thoth.toml:4 (override)
    extra = dev # thoth.toml:5 (extra)
    all-groups = true # thoth.toml:6 (all-groups)
    index-url = https://index.example/simple # thoth.toml:7 (index-url)
    no-index = false # default
    index-strategy = unsafe-best-match # thoth.toml:15 (index-strategy)
    trusted-host = index.example:8443 # thoth.toml:9 (trusted-host)
    keyring-provider = subprocess # thoth.toml:8 (keyring-provider)
    advisories = osv # thoth.toml:10 (advisories)
    advisories = advisories # thoth.toml:10 (advisories)
    advisories = https://feed.example/all.zip # thoth.toml:10 (advisories)
    scan = none # default
    refresh = false # default
    python-version = 3.12 # thoth.toml:19 (python-version)
    python-platform = aarch64-manylinux_2_28 # thoth.toml:20 (python-platform)
    implementation = cpython # thoth.toml:21 (implementation)
    recommendation-type = security # thoth.toml:11 (recommendation-type)
    exclude-newer = 2025-07-01T00:00:00Z (2025-06-30) # thoth.toml:12 (exclude-newer)
    prerelease = explicit # thoth.toml:13 (prerelease)
    resolution = lowest-direct # thoth.toml:14 (resolution)
    only-binary = :all: # 
    no-binary = lxml # 
    upgrade-package = flask # thoth.toml:18 (upgrade-package)
    output = pylock.toml # thoth.toml:22 (output)
    lock-format = pylock # thoth.toml:22 (output)
    format = json # thoth.toml:23 (format)
    exit-zero = false # default
    alternatives = 0 # default
    offline = false # default
    cache-dir = /home/ada/.local/share/thoth # default
    http-timeout = 2.5 # thoth.toml:24 (http-timeout)
    color = never # thoth.toml:25 (color)
    no-progress = true # thoth.toml:26 (no-progress)
    "#);
}

#[test]
fn paths_in_a_file_are_relative_to_it() {
    let user =
        world().file("/home/ada/.config/thoth/thoth.toml", "advisories = ['osv', 'mine']\nfind-links = ['../wheels']");
    insta::assert_snapshot!(user.shown("", &["advisories", "find-links"]), @r#"
    find-links = file:///home/ada/.config/wheels # /home/ada/.config/thoth/thoth.toml:2 (find-links)
    advisories = osv # /home/ada/.config/thoth/thoth.toml:1 (advisories)
    advisories = /home/ada/.config/thoth/mine # /home/ada/.config/thoth/thoth.toml:1 (advisories)
    "#);
}

#[test]
fn limits_of_a_decision_are_seconds_and_bytes() {
    for (size, bytes) in [("500MB", 500_000_000_u64), ("1.5 GiB", 1_610_612_736), ("64k", 64_000), ("1000", 1000)] {
        let world = world().file("thoth.toml", &format!("timeout = 2.5\nmemory-limit = '{size}'\n"));
        let shown = world.shown("", &["timeout", "memory-limit"]);
        let timeout = "timeout = 2.5 # thoth.toml:1 (timeout)\n";
        assert_eq!(shown, format!("{timeout}memory-limit = {bytes} # thoth.toml:2 (memory-limit)\n"));
    }
    assert_eq!(world().shown("", &["timeout", "memory-limit"]), "", "nothing bounds a decision unless somebody says");
}

#[test]
fn prescriptions_of_the_project_count_beside_those_that_are_said() {
    let said = |world: &World, flags: &str| {
        let lines = world.shown(flags, &["prescriptions"]);
        let value = |line: &str| line.trim_start_matches("prescriptions = ").to_owned();
        lines.lines().map(value).collect::<Vec<_>>()
    };
    let alone = world().file("thoth.toml", "prescriptions = ['corpus.tar.zst', 'https://rules.example/all.zip']");
    let project = alone.clone().file(".thoth/prescriptions", "stands for the folder");
    let from_file = [
        "corpus.tar.zst # thoth.toml:1 (prescriptions)",
        "https://rules.example/all.zip # thoth.toml:1 (prescriptions)",
    ];
    assert_eq!(said(&alone, ""), from_file);
    let own = ".thoth/prescriptions # default";
    assert_eq!(said(&project, ""), [&from_file[..], &[own]].concat());
    assert_eq!(said(&project, "--prescriptions mine"), ["mine # --prescriptions", own]);
    assert_eq!(said(&project, "--prescriptions none"), [""; 0]);
    assert_eq!(said(&project, "--prescriptions none --prescriptions mine"), ["mine # --prescriptions"]);
    assert_eq!(said(&world(), ""), [""; 0]);
}

#[test]
fn sources_of_health_are_told_from_services_and_none_leaves_out_those_before() {
    let said = |flags: &str| world().shown(flags, &["health"]).replace(" # --health", "");
    let shown = said("--health cards --health index --health deps.dev+https://me:s3cret@api.example/sub");
    assert!(shown.starts_with("health = cards\nhealth = index\nhealth = deps.dev+https://"), "{shown}");
    assert!(shown.lines().count() == 3 && !shown.contains("s3cret"), "{shown}");
    let kept = said("--health cards --health none --health scorecard+https://api.example");
    assert_eq!(kept, "health = scorecard+https://api.example/\n");
    assert_eq!(said(""), "");
}
