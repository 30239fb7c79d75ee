//! What bounds a run: its time, its memory, and the patience of whoever waits.
//!
//! What is done when a limit is reached is in [`decide`](crate::advise).

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use resolution::Stopped;
use tokio::sync::watch;

use crate::error::AdviseError;

/// How often the memory is looked at while a run waits.
const LOOK: Duration = Duration::from_millis(100);

/// When a run must end with the best it has; never, unless somebody says.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The time allowed, and when it is up.
    timeout: Option<(Duration, Instant)>,
    /// The resident memory allowed, bytes.
    memory: Option<u64>,
    interruption: Interruption,
}

/// A wish to end that may be uttered at any time, from any thread. All clones are the same.
#[derive(Clone, Debug)]
pub struct Interruption(Arc<watch::Sender<bool>>);

impl Default for Interruption {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Interruption {
    /// Utters the wish.
    pub fn interrupt(&self) {
        self.0.send_replace(true);
    }

    async fn uttered(&self) {
        // The sender is held, so there is no other end than the wish.
        let _ = self.0.subscribe().wait_for(|uttered| *uttered).await;
    }
}

impl Limits {
    /// The time starts now. `memory` is in bytes.
    pub fn new(timeout: Option<Duration>, memory: Option<u64>, interruption: Interruption) -> Self {
        let timeout = timeout.and_then(|allowed| Some((allowed, Instant::now().checked_add(allowed)?)));
        Self { timeout, memory, interruption }
    }

    /// The same, with half of the time that is left.
    pub(crate) fn half(&self) -> Self {
        let now = Instant::now();
        let half = |(allowed, end): (Duration, Instant)| (allowed, now + end.saturating_duration_since(now) / 2);
        Self { timeout: self.timeout.map(half), ..self.clone() }
    }

    /// A clock that tells which share of the time left now is used; 1 when a limit is reached, 0 as long as there is none.
    pub(crate) fn clock(&self) -> impl FnMut() -> f64 {
        let begun = Instant::now();
        let left = self.timeout.map(|(_, end)| end.saturating_duration_since(begun).as_secs_f64());
        let mut look = self.look(0);
        move || match (look(), left) {
            (Some(_), _) => 1.0,
            (None, Some(left)) => begun.elapsed().as_secs_f64() / left.max(f64::MIN_POSITIVE),
            (None, None) => 0.0,
        }
    }

    /// The limit of time or patience that is reached, if any.
    fn reached(&self) -> Option<Stopped> {
        if *self.interruption.0.borrow() {
            return Some(Stopped::Interrupted);
        }
        let (allowed, _) = self.timeout.filter(|(_, end)| Instant::now() >= *end)?;
        Some(Stopped::Timeout { milliseconds: u64::try_from(allowed.as_millis()).unwrap_or(u64::MAX) })
    }

    /// The limit of memory, if it is reached. Where the system does not tell what the process takes, `held` is compared:
    /// what the caller knows to hold, bytes.
    fn memory_reached(&self, held: u64) -> Option<Stopped> {
        let bytes = self.memory?;
        (resident().unwrap_or(held) >= bytes).then_some(Stopped::Memory { bytes })
    }

    /// A look at the limits that may be taken every millisecond. `held` is what the caller knows to hold, bytes.
    pub(crate) fn look(&self, held: u64) -> impl FnMut() -> Option<Stopped> {
        // Asking the system what the process takes costs as much as a hundred looks at the clock.
        const SELDOM: u32 = 32;
        let mut looks = 0_u32;
        move || {
            let memory = if looks.is_multiple_of(SELDOM) { self.memory_reached(held) } else { None };
            looks = looks.wrapping_add(1);
            memory.or_else(|| self.reached())
        }
    }

    /// Waits until a limit is reached.
    async fn reach(&self) -> Stopped {
        loop {
            if let Some(stopped) = self.reached().or_else(|| self.memory_reached(0)) {
                return stopped;
            }
            let end = self.timeout.map(|(_, end)| tokio::time::Instant::from_std(end));
            tokio::select! {
                () = self.interruption.uttered() => {}
                () = tokio::time::sleep_until(end.unwrap_or_else(tokio::time::Instant::now)), if end.is_some() => {}
                () = tokio::time::sleep(LOOK), if self.memory.is_some() => {}
            }
        }
    }

    /// The end of some work, unless a limit is reached before.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopped> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            why = self.reach() => Err(why),
        }
    }

    /// The same for work that comes before the search.
    pub(crate) async fn demand<T>(&self, work: impl Future<Output = Result<T, AdviseError>>) -> Result<T, AdviseError> {
        self.within(work).await.unwrap_or_else(|why| {
            Err(AdviseError::Stopped { why, before: "the search began", progress: String::new() })
        })
    }
}

/// The resident memory of this process, bytes; `None` where the system does not tell (anywhere but on Linux).
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
