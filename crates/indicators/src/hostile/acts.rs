//! What calls do, by their qualified names: a table, and what is known of results.
//!
//! An object is called after what made it: the `send` of what `socket.socket(..)` returned is `socket.socket().send`.

mod table;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use self::table::TABLE;
use super::traits::Traits;
use crate::imports::last;

/// What a call does that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// Runs its argument as Python.
    Run,
    /// Imports what its argument names.
    Import,
    /// Takes the attribute that its argument names.
    Attribute,
    /// Starts a program.
    Process,
    /// Asks for something over the network.
    Fetch,
    /// Sends something over the network.
    Send,
    /// Says who it is to a server of mail.
    Login,
    /// Looks up the name of a host.
    Resolve,
    /// Connects to a machine.
    Connect,
    /// Makes a socket the standard input or output.
    Duplicate,
    /// Opens a terminal for a program.
    Terminal,
    /// Writes to a file.
    Write,
    /// Copies or moves a file.
    Copy,
    /// Deletes files.
    Remove,
    /// Opens a file.
    Open,
    /// Writes to the Windows registry.
    Registry,
    /// Loads native code.
    Load,
    /// Reads the clipboard.
    ReadClipboard,
    /// Writes to the clipboard.
    WriteClipboard,
    /// Decodes, decompresses or decrypts.
    Decode,
    /// Nothing by itself; its result has traits.
    Tell,
}

/// What a call does, and which traits its result has besides those of its arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effect {
    pub(super) act: Act,
    pub(super) gives: Traits,
}

/// What a call of that qualified name does.
pub(super) fn of(name: &str) -> Option<Effect> {
    static EFFECTS: LazyLock<FxHashMap<&'static str, Effect>> = LazyLock::new(|| {
        let rows = TABLE
            .iter()
            .flat_map(|(act, gives, names)| names.iter().map(|name| (*name, Effect { act: *act, gives: *gives })));
        rows.collect()
    });
    EFFECTS.get(name).copied()
}

/// What is there whether or not it is called.
pub(super) fn value(name: &str) -> Traits {
    match name {
        "os.environ" | "os.environb" => Traits::ENVIRONMENT,
        "sys.executable" => Traits::INLINE,
        _ => Traits::NONE,
    }
}

/// The name of a parameter or attribute that holds a key to somebody's money.
pub(super) fn is_key(name: &str) -> bool {
    // All of them end in one of these: a quick look, because every name is asked.
    if !name.as_bytes().last().is_some_and(|byte| b"yYcCeErRsS".contains(byte)) {
        return false;
    }
    let name = last(name).trim_start_matches('_');
    ["private_key", "privkey", "mnemonic", "seed_phrase", "secret_phrase", "keypair", "seed_words", "recovery_phrase"]
        .iter()
        .any(|key| name.eq_ignore_ascii_case(key))
}
