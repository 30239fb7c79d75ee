//! Which level counts.

use super::{World, world};
use crate::settings::{DEFAULT_INDEX, IndexRole, LockFormat, Output, Selected, Store, Upgrade};

const INDEXES: [&str; 6] = ["index", "extra-index-url", "index-url", "find-links", "no-index", "index-pin"];

/// Its name, and how it speaks.
type Level = (&'static str, fn(World) -> World);

/// The levels from best to worst, each saying `https://LEVEL.example/simple` of the default index.
const LEVELS: [Level; 7] = [
    ("variable", |world| world.variable("THOTH_INDEX_URL", "https://variable.example/simple")),
    ("project", |world| world.file("thoth.toml", "index-url = 'https://project.example/simple'")),
    ("user", |world| world.file("/home/ada/.config/thoth/thoth.toml", "index-url = 'https://user.example/simple'")),
    ("uv", |world| world.variable("UV_DEFAULT_INDEX", "https://uv.example/simple")),
    ("uvfile", |world| world.file("/home/ada/.config/uv/uv.toml", "index-url = 'https://uvfile.example/simple'")),
    ("pip", |world| world.variable("PIP_INDEX_URL", "https://pip.example/simple")),
    ("pipfile", |world| {
        world.file("/home/ada/.config/pip/pip.conf", "[global]\nindex-url = https://pipfile.example/simple\n")
    }),
];

fn default_index(world: &World, flags: &str) -> String {
    let settings = world.settle(flags);
    let defaults: Vec<_> = settings.indexes.iter().filter(|index| index.role == IndexRole::Default).collect();
    assert_eq!(defaults.len(), 1, "there is always exactly one default");
    defaults[0].url.to_string()
}

#[test]
fn of_every_two_levels_the_better_counts() {
    assert_eq!(default_index(&world(), ""), DEFAULT_INDEX);
    for (better, (name, say)) in LEVELS.iter().enumerate() {
        for (_, also) in LEVELS.iter().skip(better) {
            let both = also(say(world()));
            assert_eq!(default_index(&both, ""), format!("https://{name}.example/simple"));
            assert_eq!(default_index(&both, "-i https://flag.example/simple"), "https://flag.example/simple");
        }
    }
}

#[test]
fn a_subfolder_finds_the_file_of_its_project() {
    let below = world().file("thoth.toml", "http-timeout = 5\ncert = 'ca.pem'").folder("/home/ada/app/src/deep");
    assert_eq!(
        below.shown("", &["http-timeout", "cert"]),
        "cert = /home/ada/app/ca.pem # /home/ada/app/thoth.toml:2 (cert)\nhttp-timeout = 5 # /home/ada/app/thoth.toml:1 (http-timeout)\n"
    );
    let other = below.file(".git/HEAD", "");
    assert_eq!(
        other.shown("", &["http-timeout"]),
        "http-timeout = 30 # default\n",
        "a repository is the end of a project"
    );
}

#[test]
fn a_named_file_takes_the_place_of_the_project_and_the_user() {
    let world = world()
        .file("thoth.toml", "http-timeout = 5\noffline = true")
        .file("/home/ada/.config/thoth/thoth.toml", "http-timeout = 6")
        .file("ci/thoth.toml", "http-timeout = 7");
    assert_eq!(
        world.shown("--config-file ci/thoth.toml", &["http-timeout", "offline"]),
        "offline = false # default\nhttp-timeout = 7 # ci/thoth.toml:1 (http-timeout)\n"
    );
    let variable = world.variable("THOTH_CONFIG_FILE", "gone.toml");
    assert_eq!(variable.error(""), "THOTH_CONFIG_FILE: there is no file /home/ada/app/gone.toml");
    assert_eq!(variable.shown("--no-config", &["http-timeout"]), "http-timeout = 30 # default\n");
}

#[test]
fn no_config_leaves_out_the_files_of_all_tools_but_not_the_variables() {
    let all = LEVELS.iter().fold(world(), |world, (_, say)| say(world));
    assert_eq!(default_index(&all, "--no-config"), "https://variable.example/simple");
    let files = world()
        .file("uv.toml", "index-url = 'https://uv.example/'")
        .file("/home/ada/.config/pip/pip.conf", "[global]\nindex-url = https://pip.example/");
    assert_eq!(default_index(&files, "--no-config"), DEFAULT_INDEX);
    assert_eq!(default_index(&files.variable("THOTH_NO_CONFIG", "1"), ""), DEFAULT_INDEX);
}

#[test]
fn both_files_of_a_project_are_noted_and_thoth_toml_counts_whole() {
    let world = world()
        .file("pyproject.toml", "[tool.thoth]\nhttp-timeout = 5\noffline = true\n")
        .file("thoth.toml", "http-timeout = 6\n");
    assert_eq!(
        world.shown("", &["http-timeout", "offline"]),
        "offline = false # default\nhttp-timeout = 6 # thoth.toml:1 (http-timeout)\n"
    );
    assert_eq!(world.settle("").notes, ["[tool.thoth] of pyproject.toml is ignored: thoth.toml says it all"]);
}

#[test]
fn lists_replace_lower_lists_but_ignores_pins_and_named_indexes_join() {
    let world = world()
        .variable("THOTH_EXTRA_INDEX_URL", "https://a.example/ https://b.example/,c")
        .variable("THOTH_IGNORE", "CVE-2024-1,CVE-2024-2")
        .variable("THOTH_INDEX_PIN", "Torch=cu")
        .file(
            "thoth.toml",
            "extra-index-url = ['https://lost.example/']\n\
             ignore = ['cve-2024-1', { id = 'CVE-2024-3', reason = 'not reached', until = '2025-12-31' }]\n\
             index = [{ name = 'cu', url = 'https://cu.example/', explicit = true }, 'corp=https://corp.example/simple']\n\
             [index-pin]\ntorch = 'lost'\nnumpy = 'corp'\n",
        );
    let shown =
        world.shown("--index CORP=https://flag.example/ --ignore CVE-2024-4", &[&INDEXES[..], &["ignore"]].concat());
    insta::assert_snapshot!(shown.replace(DEFAULT_INDEX, "DEFAULT"), @r#"
    index = CORP=https://flag.example/ # --index
    index = cu=https://cu.example/ (explicit) # thoth.toml:3 (index)
    extra-index-url = https://a.example/ # THOTH_EXTRA_INDEX_URL
    extra-index-url = https://b.example/,c # THOTH_EXTRA_INDEX_URL
    index-url = DEFAULT # default
    no-index = false # default
    index-pin = numpy=corp # thoth.toml:6 (index-pin.numpy)
    index-pin = torch=cu # THOTH_INDEX_PIN
    ignore = CVE-2024-4 # --ignore
    ignore = CVE-2024-1 # THOTH_IGNORE
    ignore = CVE-2024-2 # THOTH_IGNORE
    ignore = CVE-2024-3 until 2025-12-31: not reached # thoth.toml:2 (ignore)
    "#);
}

#[test]
fn a_switch_can_be_taken_back() {
    let on = world().file("thoth.toml", "offline = true\nupgrade = true\nexit-zero = true\nrefresh = false");
    let off = on.settle("--no-offline --no-upgrade --no-exit-zero");
    assert!(!off.offline.value && !off.exit_zero.value);
    assert_eq!(off.upgrade, Upgrade::Keep);
    assert!(on.settle("").offline.value);
    assert!(!on.variable("THOTH_OFFLINE", "off").settle("").offline.value);
}

#[test]
fn two_words_for_one_setting_are_weighed_by_their_level() {
    let world =
        world().file("thoth.toml", "all-extras = true\nprerelease = 'disallow'\nupgrade = true\ncolor = 'always'");
    let settings = world.settle("--extra dev,docs --pre -P Flask --no-color");
    let Selected::Named(extras) = &settings.extras else { panic!("the flag's extras count") };
    assert_eq!(extras.len(), 2);
    assert_eq!(
        super::lines(&super::rows(&settings), &["prerelease", "color", "upgrade-package", "upgrade"]),
        "prerelease = allow # --pre\nupgrade-package = flask # --upgrade-package\ncolor = never # --no-color\n"
    );
    assert!(matches!(world.settle("").extras, Selected::All(_)));
}

#[test]
fn the_lock_takes_the_format_of_its_name() {
    for (name, format) in [
        ("pylock.toml", LockFormat::Pylock),
        ("out/pylock.dev.toml", LockFormat::Pylock),
        ("requirements.txt", LockFormat::Requirements),
        ("Pipfile.lock", LockFormat::Pipfile),
    ] {
        assert_eq!(world().settle(&format!("-o {name}")).lock_format.unwrap().value, format, "{name}");
    }
    assert_eq!(world().settle("-o x.lock --lock-format pylock").lock_format.unwrap().value, LockFormat::Pylock);
    let stdout = world().settle("-o -");
    assert_eq!((stdout.output.value, stdout.lock_format), (Output::Stdout, None));
    insta::assert_snapshot!(world().error("-o poetry.lock"), @"--output: the name `poetry.lock` implies no format (as pylock.toml, pylock.NAME.toml, *.txt and Pipfile.lock do); say it with --lock-format");
}

#[test]
fn wheels_only_save_one_is_pips_idiom() {
    let settings = world().settle("--only-binary :all: --no-binary lxml,Pillow");
    assert!(settings.only_binary.all && !settings.no_binary.all);
    assert_eq!(settings.no_binary.packages.len(), 2);
    let taken_back = world().settle("--only-binary a --only-binary :none: --only-binary b");
    assert_eq!(taken_back.only_binary.packages, ["b".parse().unwrap()]);
    assert_eq!(
        world().error("--only-binary a --no-binary a"),
        "--only-binary: with no-binary as well, no file of `a` can be used"
    );
    let weighed = world().variable("PIP_NO_BINARY", ":all:").settle("--only-binary :all:");
    assert!(weighed.only_binary.all && !weighed.no_binary.all);
    assert_eq!(weighed.notes, ["PIP_NO_BINARY: gives way to only-binary where both speak of the same packages"]);
}

#[test]
fn no_index_leaves_only_the_links_unless_a_better_level_names_an_index() {
    let world = world().file("thoth.toml", "no-index = true\nfind-links = ['wheels', 'https://links.example/x.html']");
    let shown = world.shown("", &INDEXES);
    insta::assert_snapshot!(shown, @r#"
    find-links = file:///home/ada/app/wheels # thoth.toml:2 (find-links)
    find-links = https://links.example/x.html # thoth.toml:2 (find-links)
    no-index = true # thoth.toml:1 (no-index)
    "#);
    let named = world.settle("-i https://flag.example/");
    assert!(!named.no_index.value);
    assert_eq!(named.notes, ["thoth.toml:1 (no-index): does not count, because --index-url names an index"]);
}

#[test]
fn the_store_is_where_the_platform_keeps_data() {
    let folder = |world: World, flags: &str| match world.settle(flags).store.value {
        Store::Folder(folder) => folder.display().to_string(),
        Store::Temporary => "temporary".to_owned(),
    };
    assert_eq!(folder(world(), ""), "/home/ada/.local/share/thoth");
    assert_eq!(folder(world().platform(super::Platform::MacOs), ""), "/home/ada/Library/Application Support/thoth");
    assert_eq!(folder(world().variable("XDG_DATA_HOME", "/data"), ""), "/data/thoth");
    assert_eq!(folder(world().variable("XDG_DATA_HOME", "relative"), ""), "/home/ada/.local/share/thoth");
    assert_eq!(folder(world().variable("THOTH_CACHE_DIR", "~/kept"), ""), "/home/ada/kept");
    assert_eq!(folder(world().variable("THOTH_CACHE_DIR", "/kept"), "-n"), "temporary");
    assert_eq!(folder(world().variable("THOTH_NO_CACHE", "1"), "--cache-dir x"), "x");
}

#[test]
fn labels_of_all_levels_join_and_the_better_level_counts_for_one_name() {
    let world = world()
        .file("thoth.toml", "[labels]\nteam = 'core'\nallow-cve = 'CVE-2024-1, CVE-2024-2'\nsite = 'lost'\n")
        .variable("THOTH_LABEL", "site=lab; stage=test");
    insta::assert_snapshot!(world.shown("-l team=web", &["label"]), @"
    label = allow-cve=CVE-2024-1, CVE-2024-2 # thoth.toml:3 (labels.allow-cve)
    label = site=lab # THOTH_LABEL
    label = stage=test # THOTH_LABEL
    label = team=web # --label
    ");
}
