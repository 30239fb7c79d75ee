//! How a condition stands: met, not met, or not known, and why.

use std::fmt;

/// The first condition that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It is switched off (`times: 0`).
    Off,
    /// It is not for this pipeline; which key would make it.
    Pipeline(&'static str),
    /// Something is different.
    Differs {
        /// What, as the key is called.
        what: &'static str,
        /// What is wanted.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// Nobody knows whether it is so.
    Unknown {
        /// What is not known, as the key is called.
        what: &'static str,
        /// What is wanted.
        wanted: String,
    },
    /// A unit that it depends on does not take part, or does not exist.
    Dependency(String),
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("it is switched off (`times: 0`)"),
            Self::Pipeline(key) => write!(f, "it does not take part here (`{key}: true` is missing)"),
            Self::Differs { what, wanted, found } => write!(f, "{what} must be {wanted}, and is {found}"),
            Self::Unknown { what, wanted } => write!(f, "{what} must be {wanted}, and is not known"),
            Self::Dependency(name) => write!(f, "the unit `{name}`, which it depends on, does not take part"),
        }
    }
}

/// How a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl Answer {
    /// True when both are; a plain no outweighs what is not known.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// True when one is.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::No, Self::No) => Self::No,
        }
    }

    /// Nothing when it is met, else why not.
    pub(crate) fn explained(
        self,
        what: &'static str,
        wanted: impl FnOnce() -> String,
        found: impl FnOnce() -> String,
    ) -> Result<(), WhyNot> {
        match self {
            Self::Yes => Ok(()),
            Self::No => Err(WhyNot::Differs { what, wanted: wanted(), found: found() }),
            Self::Unknown => Err(WhyNot::Unknown { what, wanted: wanted() }),
        }
    }
}
