//! The exit codes of `thoth`, and what happens to a panic.
//!
//! Part of the contract with scripts: a code here never changes its meaning.

use std::{io::Write, panic, process::ExitCode};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: no acceptable stack (nothing was written), or a vulnerability remains in a `security` run (the best lock was written).
    Unacceptable,
    /// 2: a usage, input, network or data error, or a defect of Thoth itself.
    Trouble,
    /// 130: interrupted; the best lock so far was written, if there was one. What shells say of a command that Ctrl-C ended.
    Interrupted,
}

impl Exit {
    /// The number a shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unacceptable => 1,
            Self::Trouble => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Runs `work`; a panic in it ends as [`Exit::Trouble`], after the message of [`install_panic_hook`].
pub fn guarded(work: impl FnOnce() -> Exit) -> Exit {
    panic::catch_unwind(panic::AssertUnwindSafe(work)).unwrap_or(Exit::Trouble)
}

/// Replaces the runtime's panic message by one that asks for a bug report; `backtrace` adds where it happened in full.
///
/// A panic because the reader of our output went away stays silent.
pub fn install_panic_hook(backtrace: bool) {
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let message = payload.downcast_ref::<&str>().copied();
        let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let message = message.unwrap_or("no message");
        if message.contains("Broken pipe") {
            return;
        }
        let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        let text = apology(message, place.as_deref().unwrap_or_default(), backtrace);
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes());
        if backtrace {
            let _ = writeln!(stderr, "{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

/// What a user reads after a panic.
fn apology(message: &str, place: &str, backtrace: bool) -> String {
    let more = if backtrace { "" } else { "RUST_BACKTRACE=1 shows more. " };
    format!(
        "error: Thoth met a defect of its own: {message}{place}\n\n\
         This is a bug, not something you did. {more}Please report the lines above with the command you ran\n\
         and the output of `thoth --version` (thoth {}).\n",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_contract() {
        let all = [Exit::Done, Exit::Unacceptable, Exit::Trouble, Exit::Interrupted];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 130]);
    }

    #[test]
    fn a_panic_ends_as_trouble() {
        assert_eq!(guarded(|| std::panic::resume_unwind(Box::new("quiet"))), Exit::Trouble);
        assert_eq!(guarded(|| Exit::Unacceptable), Exit::Unacceptable);
    }

    #[test]
    fn a_panic_reads_as_a_request_for_a_report() {
        let text = apology("index out of range", " at src/a.rs:3", false);
        assert!(text.starts_with("error: Thoth met a defect of its own: index out of range at src/a.rs:3\n"), "{text}");
        assert!(text.contains("Please report"), "{text}");
        assert!(text.contains("RUST_BACKTRACE=1"), "{text}");
        assert!(!apology("x", "", true).contains("RUST_BACKTRACE"), "asking again helps nobody");
    }
}
