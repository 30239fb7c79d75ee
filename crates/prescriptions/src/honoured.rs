//! What units ask that a decision over whole stacks cannot give: it knows no order, and a lock is for all who install it.
//!
//! What depends on the run at hand (which indexes are asked) is left to whoever decides.

use crate::{
    matcher::{Index, Matcher, Versions},
    unit::{Act, Effect, State, Stop},
};

const ANY: &str = "it is about releases of any package together with others";
const DEVELOP: &str = "it asks whether a release is for development only, which a lock for all does not say";
const EAGER: &str = "a proof looks at every stack, so there is none to stop at";

impl Act {
    /// Why it is never used, as a clause; `None` when it is.
    pub fn not_honoured(&self) -> Option<&'static str> {
        let matchers = self.matchers();
        let develops = |matcher: &&Matcher| matcher.develop.is_some();
        let anonymous = |matcher: &&Matcher| matcher.name.is_none();
        let stop = match self {
            Self::Step { effect: Effect { stop, .. }, .. } | Self::Group { effect: Effect { stop, .. }, .. } => stop,
            Self::Stride { stop, .. } => stop,
            _ => &None,
        };
        match self {
            _ if matches!(stop, Some(Stop::Eager(_))) => Some(EAGER),
            Self::SkipPackage { .. } | Self::AddPackage { .. } if matchers.iter().any(anonymous) => {
                Some("it changes what is required of or by any package")
            }
            Self::SkipPackage { state, .. } if !state.with.is_empty() => {
                Some("a package is left out for what requires it, not for what else is in the stack")
            }
            Self::SkipPackage { of, .. } if of.versions != Versions::Any || of.index != Index::Any => {
                Some("a package is left out altogether, not some of its releases")
            }
            Self::AddPackage { state, .. } if *state != State::default() => {
                Some("a package is added for one release, not for what else is in the stack")
            }
            // What only tells says nothing wrong where a release is not for development only; see `Matcher::matches`.
            _ if !self.decides() => matchers.iter().any(|one| one.develop == Some(true)).then_some(DEVELOP),
            _ if matchers.len() > 1 && matchers.iter().any(anonymous) => Some(ANY),
            _ => matchers.iter().any(develops).then_some(DEVELOP),
        }
    }
}
