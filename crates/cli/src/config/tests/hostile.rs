//! Texts of any kind: answered or refused, never a panic, never without end.

use proptest::prelude::*;

use super::{
    super::{error::masked, exclude_newer, pip},
    world,
};

/// Lines that look like configuration, and what does not.
fn lines() -> impl Strategy<Value = String> {
    let key =
        prop::sample::select(vec!["index-url", "index", "timeout", "ignore", "index-pin", "extra", "x", "no-binary"]);
    let value = prop_oneof![
        "\\PC{0,20}",
        Just("'https://u:secret@a.example/'".to_owned()),
        Just("[{ name = 'a', url = 'b' }]".to_owned()),
        Just("[[[1]]]".to_owned()),
        Just("{ a = { b = 1 } }".to_owned()),
        Just("99999999999999999999".to_owned()),
    ];
    let line = (key, value).prop_map(|(key, value)| format!("{key} = {value}\n"));
    let other = prop_oneof![Just("[global]\n".to_owned()), Just("  more\n".to_owned()), "\\PC{0,20}\n"];
    prop::collection::vec(prop_oneof![3 => line, 1 => other], 0..6).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn no_file_panics_or_shows_its_secret(text in lines()) {
        for file in ["thoth.toml", "uv.toml", "/home/ada/.config/pip/pip.conf"] {
            if let Err(error) = world().file(file, &text).try_settle("") {
                prop_assert!(!error.contains("secret"), "{error}");
            }
        }
    }

    #[test]
    fn no_variable_panics(text in "\\PC{0,40}") {
        for name in ["THOTH_INDEX", "THOTH_IGNORE", "THOTH_TRUSTED_HOST", "THOTH_EXCLUDE_NEWER", "UV_INDEX", "PIP_FIND_LINKS"] {
            let _ = world().variable(name, &text).try_settle("");
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = exclude_newer(&text, jiff::Timestamp::UNIX_EPOCH);
        let _ = masked(&text);
        let _ = pip::parse(&text, "pip.conf", &mut Vec::new());
    }
}

#[test]
fn a_file_that_is_too_much_is_refused() {
    let deep = format!("index = {}", "[".repeat(100_000));
    let wide: String = (0..2_000).map(|number| format!("key-{number} = 1\n")).collect();
    let long = format!("ignore = [{}]", "'a',".repeat(20_000));
    for text in [deep, wide, long] {
        assert!(world().file("thoth.toml", &text).error("").starts_with("thoth.toml"));
    }
}
