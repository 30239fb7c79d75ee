//! Ctrl-C, and where there is one the signal to terminate: the first asks for the best stack so far, the second ends at once.

use std::io;

use operations::{Interruption, monkey};
use tokio::runtime::Builder;

use crate::{
    exit::Exit,
    terminal::{Progress, Terminal, label},
};

/// Listens from now on, on a thread of its own.
pub(crate) fn listen(progress: &Progress, terminal: &Terminal) -> Interruption {
    let interruption = Interruption::default();
    let (heard, progress, terminal) = (interruption.clone(), progress.clone(), *terminal);
    // Where signals cannot be had, they do what they do to every program.
    let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return interruption };
    // Before the thread, which may take its time to start.
    let Ok(mut wishes) = runtime.block_on(async { Wishes::listen() }) else { return interruption };
    std::thread::spawn(move || {
        if !runtime.block_on(wishes.next()) {
            return;
        }
        heard.interrupt();
        let what = "ending with what there is so far; interrupt once more to end at once";
        if terminal.verbosity.quiet < 2 {
            progress.aside(|| crate::complain(&label("note", terminal.colour_talk), what));
        }
        if runtime.block_on(wishes.next()) {
            // Nothing is given up in order any more.
            monkey::end_all();
            progress.finish();
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
    interruption
}

/// Wishes of the system or its user that the program end.
#[cfg(unix)]
struct Wishes {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Wishes {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next; false when there can be none.
    async fn next(&mut self) -> bool {
        tokio::select! {
            heard = self.interrupt.recv() => heard.is_some(),
            heard = self.terminate.recv() => heard.is_some(),
        }
    }
}

#[cfg(not(unix))]
struct Wishes(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Wishes {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> bool {
        self.0.recv().await.is_some()
    }
}
