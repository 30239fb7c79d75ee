//! How long computing took, for those who ask where time goes. Nothing is decided by it.

use std::time::Duration;

/// A clock of the processor where the system has one for a thread, for then neighbours do not count; else one on the wall.
#[derive(Debug)]
pub(crate) struct Clock(Duration);

impl Clock {
    /// Starts. What is timed must stay on this thread.
    pub(crate) fn start() -> Self {
        Self(now())
    }

    /// What passed since.
    pub(crate) fn elapsed(&self) -> Duration {
        now().saturating_sub(self.0)
    }
}

#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(unix))]
fn now() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
