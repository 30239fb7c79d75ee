//! What is known of a value without running anything: where it came from, and what its text speaks of.
//!
//! Both are bits of one set, so that they flow together: what is put together from values has the traits of all of them.

use std::ops::{BitAnd, BitOr, BitOrAssign};

/// A set of traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Traits(u64);

macro_rules! traits {
    ($($(#[doc = $doc:literal])+ $name:ident = $bit:literal;)+) => {
        impl Traits {
            $($(#[doc = $doc])+ pub(super) const $name: Self = Self(1 << $bit);)+
        }
    };
}

traits! {
    /// Part of it is spelled out in the source.
    LITERAL = 0;
    /// It was put together from pieces, turned around or computed character by character.
    BUILT = 1;
    /// It was decoded, decompressed or decrypted.
    DECODED = 2;
    /// It came from the network.
    NETWORK = 3;
    /// It is the whole environment.
    ENVIRONMENT = 4;
    /// It is one variable of the environment.
    VARIABLE = 5;
    /// A store of credentials gave it away.
    SECRET = 6;
    /// It tells which machine or user this is.
    MACHINE = 7;
    /// It is what somebody types, copies, shows or says.
    WATCHED = 8;
    /// By its name it is a private key or the words that make one.
    KEY = 9;
    /// It is a file that this code has just written.
    DROPPED = 10;
    /// It is what a program printed.
    OUTPUT = 11;
    /// It is the home of the user.
    HOME = 12;
    /// It was encoded or compressed.
    ENCODED = 13;
    /// A long literal without the structure of language.
    PACKED = 14;
    /// It is a socket.
    SOCKET = 15;
    /// It was decoded from what the source spells out.
    UNPACKED = 16;

    /// The text names where browsers keep passwords and cookies, or messengers their tokens.
    BROWSER = 24;
    /// The text names where wallets keep keys.
    WALLET = 25;
    /// The text names where clouds and clusters keep credentials.
    CLOUD = 26;
    /// The text names private keys, or stored passwords of developers.
    PRIVATE = 27;
    /// The text names where package managers keep tokens.
    PUBLISHER = 28;
    /// The text is the address at which a cloud hands its machines credentials.
    METADATA = 29;
    /// The text is of a place where strangers leave data.
    CHANNEL = 30;
    /// The text holds what is needed to write to such a place.
    CHANNEL_TOKEN = 31;
    /// The text is the address of a machine without a name.
    ADDRESS = 32;
    /// The text names where a system looks for what to start.
    PERSISTENT = 33;
    /// The text is a command that downloads and runs.
    DOWNLOAD = 34;
    /// The text is a command that hands a shell to somebody else.
    SHELL = 35;
    /// The text is of mining.
    MINING = 36;
    /// The text names tools of analysts, or machines that are none.
    ANALYST = 37;
    /// The text is of publishing or planting code.
    SPREADING = 38;
    /// The text describes addresses of wallets.
    PAYMENT = 39;
    /// The text is a command that destroys.
    DESTRUCTIVE = 40;
    /// The text is a command that tells who and where this is.
    ASKS_MACHINE = 41;
    /// The text is a command that prints the environment.
    ASKS_ENVIRONMENT = 42;
    /// The text names a variable of the environment that holds a credential.
    TOKEN_NAME = 43;
    /// The text is of a page that tells one's own address.
    OWN_ADDRESS = 44;
    /// The text names a program that takes a program on its command line.
    INLINE = 45;
    /// The text has what stands before a token; whether there is one has to be looked at.
    BEFORE_TOKEN = 46;
}

impl Traits {
    /// None.
    pub(super) const NONE: Self = Self(0);
    /// Data that belongs to whoever runs the code.
    pub(super) const PRIVATE_DATA: Self = Self(
        Self::ENVIRONMENT.0
            | Self::SECRET.0
            | Self::WATCHED.0
            | Self::KEY.0
            | Self::BROWSER.0
            | Self::WALLET.0
            | Self::CLOUD.0
            | Self::PRIVATE.0
            | Self::PUBLISHER.0,
    );
    /// What names a store of credentials.
    pub(super) const STORES: Self =
        Self(Self::BROWSER.0 | Self::WALLET.0 | Self::CLOUD.0 | Self::PRIVATE.0 | Self::PUBLISHER.0);
    /// All that a text says by itself.
    pub(super) const SAID: Self = Self(u64::MAX << 24);

    /// Whether it has any of these.
    pub(super) fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    /// Whether it has all of these.
    pub(super) fn all(self, of: Self) -> bool {
        self.0 & of.0 == of.0
    }

    /// The same without these.
    pub(super) fn without(self, these: Self) -> Self {
        Self(self.0 & !these.0)
    }

    /// Whether there are none.
    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub(super) fn count(self) -> u32 {
        self.0.count_ones()
    }
}

impl BitOr for Traits {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Traits {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Traits {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
