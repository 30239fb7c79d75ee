//! Runs a command that may do anything: bounded in time, memory and what it prints, and ended with all that it started.
//!
//! What is run, and where, is left to the callers.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use evidence::observation::{Cause, Outcome};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    task::JoinHandle,
};

use super::sandbox::Sandbox;

/// How many bytes of what is printed are kept of the beginning, and as many of the end.
const KEPT: usize = 256 << 10;
/// How long the last of the output is waited for once the command has ended.
const GRACE: Duration = Duration::from_secs(2);
/// What programs say that were given too little memory.
const SHORT_OF_MEMORY: [&str; 4] = ["MemoryError", "Cannot allocate memory", "std::bad_alloc", "out of memory"];

/// A command to be run.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The program and its arguments.
    pub(super) words: Vec<OsString>,
    /// Where it works.
    pub(super) folder: PathBuf,
    /// All variables it gets.
    pub(super) variables: Vec<(OsString, OsString)>,
    /// How long it may take.
    pub(super) timeout: Duration,
    /// How much memory each of its processes may take, bytes.
    pub(super) memory: Option<u64>,
    /// What it is kept in.
    pub(super) sandbox: Sandbox,
}

/// What became of a command.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) outcome: Outcome,
    pub(super) duration: Duration,
    /// What it printed, on standard output and standard error as it came.
    pub(super) output: String,
}

/// Runs a command to its end. Who gives up on it by dropping this ends it with all that it started.
///
/// # Errors
/// When it cannot be started.
pub(super) async fn run(order: &Order) -> io::Result<Ran> {
    let begun = Instant::now();
    let mut child = start(order)?;
    let group = RUNNING.group(&child);
    let printed = collect(&mut child);
    let ended = tokio::time::timeout(order.timeout, child.wait()).await;
    // Whatever it started must not outlive it; and what holds its output open ends with that.
    group.kill();
    let _ = child.start_kill();
    let _ = child.wait().await;
    let duration = begun.elapsed();
    let printed = finished(printed).await;
    let outcome = match ended {
        Err(_) => Outcome::Failed(Cause::Timeout),
        Ok(Err(_)) => Outcome::Failed(Cause::Unknown),
        Ok(Ok(status)) => judged(status, printed.is_short && order.memory.is_some()),
    };
    Ok(Ran { outcome, duration, output: printed.text() })
}

fn start(order: &Order) -> io::Result<Child> {
    let mut words = order.sandbox.around(&order.words, order.memory).into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(&order.folder).env_clear().envs(order.variables.iter().cloned());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command.spawn()
}

/// How a command ended. A shell says with a code above 128 that a signal ended what it ran.
fn judged(status: ExitStatus, is_short: bool) -> Outcome {
    match status.code() {
        Some(0) => Outcome::Ok,
        _ if is_short => Outcome::Failed(Cause::Memory),
        Some(code @ 129..=192) => Outcome::Failed(Cause::Signal(code - 128)),
        Some(code) => Outcome::Failed(Cause::Exit(code)),
        None => Outcome::Failed(signal(status).map_or(Cause::Unknown, Cause::Signal)),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

/// What runs at the moment.
static RUNNING: Groups = Groups(Mutex::new(BTreeSet::new()));

/// Ends every command that runs, with all that it started: for a process that ends at once, and gives up on nothing in order.
pub fn end_all() {
    RUNNING.end_all();
}

/// Groups of processes, by the number of their first.
#[derive(Default)]
struct Groups(Mutex<BTreeSet<u32>>);

impl Groups {
    fn group(&self, child: &Child) -> Group<'_> {
        let first = child.id();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(first);
        Group { first, among: self }
    }

    fn end_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().for_each(kill);
    }
}

/// The group of processes of a child; killed when dropped, whoever gives up on it.
struct Group<'g> {
    first: Option<u32>,
    among: &'g Groups,
}

impl Group<'_> {
    fn kill(&self) {
        self.first.into_iter().for_each(kill);
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        self.kill();
        let mut running = self.among.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|one| Some(*one) != self.first);
    }
}

/// Kills the group of this first process. It may be gone already, which is all that is wanted.
#[cfg(unix)]
fn kill(first: u32) {
    if let Some(group) = i32::try_from(first).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(_: u32) {}

/// What is printed, as far as it is kept.
#[derive(Debug, Default)]
struct Printed {
    beginning: Vec<u8>,
    end: Vec<u8>,
    /// How many bytes were left out between the two.
    left_out: u64,
    /// Whether it said on standard error that it had too little memory, perhaps in what was left out.
    is_short: bool,
}

impl Printed {
    fn take(&mut self, mut bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.beginning.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.beginning.extend_from_slice(first);
        bytes = rest;
        self.end.extend_from_slice(bytes);
        if self.end.len() > 2 * KEPT {
            let over = self.end.len() - KEPT;
            self.end.drain(..over);
            self.left_out += over as u64;
        }
    }

    fn text(&self) -> String {
        let over = self.end.len().saturating_sub(KEPT);
        let left_out = self.left_out + over as u64;
        let end = String::from_utf8_lossy(self.end.get(over..).unwrap_or_default()).into_owned();
        let beginning = String::from_utf8_lossy(&self.beginning);
        match left_out {
            0 => format!("{beginning}{end}"),
            bytes => format!("{beginning}\n[{bytes} bytes are left out here]\n{end}"),
        }
    }
}

type Shared = std::sync::Arc<std::sync::Mutex<Printed>>;

/// Reads what a child prints, for as long as anybody can print.
fn collect(child: &mut Child) -> (Shared, Vec<JoinHandle<()>>) {
    let printed = Shared::default();
    let mut readers = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        readers.push(tokio::spawn(read(stdout, false, Shared::clone(&printed))));
    }
    if let Some(stderr) = child.stderr.take() {
        readers.push(tokio::spawn(read(stderr, true, Shared::clone(&printed))));
    }
    (printed, readers)
}

async fn read(mut from: impl AsyncRead + Unpin, is_error: bool, printed: Shared) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count) = from.read(&mut buffer).await {
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { return };
        let is_short = is_error && SHORT_OF_MEMORY.iter().any(|sign| String::from_utf8_lossy(bytes).contains(sign));
        let mut printed = printed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        printed.is_short |= is_short;
        printed.take(bytes);
    }
}

/// What was printed. Somebody who got away may hold the output open: that is not waited for.
async fn finished((printed, readers): (Shared, Vec<JoinHandle<()>>)) -> Printed {
    let end = tokio::time::Instant::now() + GRACE;
    for mut reader in readers {
        if tokio::time::timeout_at(end, &mut reader).await.is_err() {
            reader.abort();
        }
    }
    std::mem::take(&mut *printed.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn order(script: &str) -> Order {
        Order {
            words: ["sh", "-c", script].map(OsString::from).to_vec(),
            folder: std::env::temp_dir(),
            variables: vec![("PATH".into(), std::env::var_os("PATH").unwrap_or_default())],
            timeout: Duration::from_secs(60),
            memory: None,
            sandbox: Sandbox::None,
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    }

    fn ran(order: &Order) -> Ran {
        runtime().block_on(run(order)).unwrap()
    }

    #[test]
    fn a_command_ends_as_it_says() {
        assert_eq!(ran(&order("true")).outcome, Outcome::Ok);
        assert_eq!(ran(&order("exit 3")).outcome, Outcome::Failed(Cause::Exit(3)));
        assert_eq!(ran(&order("kill -9 $$")).outcome, Outcome::Failed(Cause::Signal(9)));
        assert_eq!(ran(&order("sh -c 'kill -11 $$'; exit $?")).outcome, Outcome::Failed(Cause::Signal(11)));
        let missing = Order { words: vec!["no-such-program".into()], ..order("") };
        let missing = ran(&missing);
        assert!(!missing.outcome.is_ok() && missing.output.contains("not found"), "{missing:?}");
        let nowhere = Order { folder: "no-such-folder".into(), ..order("true") };
        assert!(runtime().block_on(run(&nowhere)).is_err(), "what cannot be started is no failure of a stack");
    }

    #[test]
    fn a_command_without_end_ends_in_time_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let order = Order {
            folder: folder.path().to_path_buf(),
            timeout: Duration::from_millis(300),
            ..order("(while :; do :; done) & echo $! > child; while :; do :; done")
        };
        let ran = ran(&order);
        assert_eq!(ran.outcome, Outcome::Failed(Cause::Timeout));
        assert!(ends(&folder.path().join("child")), "what it started goes on");
    }

    /// Whether the process whose number is in a file ends: it was killed, and how long that takes is the system's matter.
    fn ends(file: &std::path::Path) -> bool {
        let process: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let process = rustix::process::Pid::from_raw(process).unwrap();
        // Its parent is gone, so that it may have to wait for somebody to bury it.
        let is_dead = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
            stat.is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X'])))
        };
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if rustix::process::test_kill_process(process).is_err() || is_dead() {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }

    #[test]
    fn a_command_that_leaves_somebody_behind_is_not_waited_for() {
        let ran = ran(&Order { timeout: Duration::from_secs(600), ..order("sleep 500 & echo done") });
        assert_eq!((ran.outcome, ran.output.as_str()), (Outcome::Ok, "done\n"));
    }

    #[test]
    fn of_much_that_is_printed_the_beginning_and_the_end_are_kept() {
        let ran = ran(&order("echo first; head -c 30000000 /dev/zero | tr '\\0' 'x'; echo; echo last"));
        assert_eq!(ran.outcome, Outcome::Ok);
        assert!(ran.output.starts_with("first\n") && ran.output.ends_with("\nlast\n"));
        assert!(ran.output.contains(" bytes are left out here]\n") && ran.output.len() < 3 * KEPT);
    }

    #[test]
    fn who_wants_too_much_memory_is_told_so() {
        let order = Order {
            memory: Some(200 << 20),
            ..order("head -c 9000000 /dev/zero; echo MemoryError >&2; head -c 9000000 /dev/zero; exit 1")
        };
        assert_eq!(ran(&order).outcome, Outcome::Failed(Cause::Memory));
        let bounded = ran(&Order { memory: Some(512 << 20), ..self::order("ulimit -v") });
        assert_eq!(bounded.output, format!("{}\n", 512 << 10));
    }

    #[test]
    fn who_ends_at_once_leaves_no_group_behind() {
        runtime().block_on(async {
            let groups = Groups::default();
            let mut children = [start(&order("sleep 100000")).unwrap(), start(&order("sleep 100000 & wait")).unwrap()];
            let held: Vec<Group<'_>> = children.iter().map(|child| groups.group(child)).collect();
            groups.end_all();
            for child in &mut children {
                assert_eq!(signal(child.wait().await.unwrap()), Some(9));
            }
            drop(held);
            assert!(groups.0.lock().unwrap().is_empty());
        });
    }

    #[test]
    fn who_gives_up_on_a_command_ends_it_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let order = Order {
            folder: folder.path().to_path_buf(),
            ..order("(while :; do :; done) & echo $! > making; mv making child; while :; do :; done")
        };
        let child = folder.path().join("child");
        runtime().block_on(async {
            let begun = async {
                while !child.exists() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                _ = run(&order) => panic!("it does not end by itself"),
                () = begun => {}
            }
        });
        assert!(ends(&child), "what it started goes on");
    }
}
