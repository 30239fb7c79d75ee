//! What predictors learned, kept in the knowledge base from one run to the next.

use resolution::predict::Policy;

use super::Gather;

impl Gather<'_> {
    /// What was kept of an earlier run under a key; nothing when it cannot be read.
    pub(crate) fn policy(&self, key: &str) -> Policy {
        let kept = self.shared.knowledge.policy(key).unwrap_or_else(|error| {
            tracing::warn!("what was learned before is not known: {error}");
            None
        });
        kept.map(|kept| unpacked(&kept)).unwrap_or_default()
    }

    /// Keeps what was learned for the next run.
    pub(crate) fn keep_policy(&self, key: &str, policy: &Policy) {
        if policy.values.is_empty() {
            return;
        }
        let kept = postcard::to_stdvec(policy).map_err(|error| error.to_string()).and_then(|body| {
            let kept = self.shared.knowledge.keep_policy(key, self.shared.now, &body);
            kept.map_err(|error| error.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!("what was learned is not kept: {error}");
        }
    }
}

/// A policy as it was kept; one that is damaged is left behind, for nothing is lost with it but a head start.
fn unpacked(kept: &[u8]) -> Policy {
    postcard::from_bytes(kept).unwrap_or_else(|error| {
        tracing::warn!("what was learned before is damaged and left aside: {error}");
        Policy::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_policy_is_left_aside() {
        let policy = Policy {
            values: vec![("flask".parse().unwrap(), "3.0".parse().unwrap(), -0.25, 7)],
            stack: vec![("flask".parse().unwrap(), "3.0".parse().unwrap())],
        };
        let whole = postcard::to_stdvec(&policy).unwrap();
        assert_eq!(unpacked(&whole), policy);
        for damaged in [&whole[..whole.len() - 1], &[], &[0xff; 40]] {
            assert_eq!(unpacked(damaged), Policy::default());
        }
    }
}
