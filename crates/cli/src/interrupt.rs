//! Ctrl-C: the first one asks for the best stack so far, the second one ends at once.

use std::{future, task::Poll};

use operations::Interruption;
use tokio::{runtime::Builder, signal::ctrl_c};

use crate::{
    exit::Exit,
    terminal::{Progress, Terminal, label},
};

/// Listens from now on, on a thread of its own.
pub(crate) fn listen(progress: &Progress, terminal: &Terminal) -> Interruption {
    let interruption = Interruption::default();
    let (heard, progress, terminal) = (interruption.clone(), progress.clone(), *terminal);
    // Where signals cannot be had, Ctrl-C does what it does to every program.
    let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return interruption };
    let mut first = Box::pin(ctrl_c());
    // The first look is what registers it: the thread may take its time to start.
    if runtime.block_on(future::poll_fn(|context| Poll::Ready(first.as_mut().poll(context)))).is_ready() {
        return interruption;
    }
    std::thread::spawn(move || {
        let tell = || {
            heard.interrupt();
            let what = "ending with the best stack so far; interrupt once more to end at once";
            if terminal.verbosity.quiet < 2 {
                progress.aside(|| crate::complain(&label("note", terminal.colour_talk), what));
            }
        };
        let again = runtime.block_on(async {
            first.await?;
            tokio::select! {
                // Listens for the second before the first is answered.
                biased;
                again = ctrl_c() => again,
                () = async { tell(); future::pending().await } => Ok(()),
            }
        });
        if again.is_ok() {
            progress.finish();
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
    interruption
}
