//! What a command is kept in while it runs: without network, and unable to leave processes behind, where the system can.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    process::{Command, Stdio},
};

/// Namespaces of their own: of users, so that nobody has to be root; of the network, with nothing but loopback; and of
/// processes, which all end with the first of them.
const UNSHARE: [&str; 8] =
    ["unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

/// Brings loopback up, which a new network has but does not use: tests talk to themselves. 0x8914 is `SIOCSIFFLAGS`, 1 `IFF_UP`.
const LOOPBACK: &str =
    "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack(\"16sh14x\", b\"lo\", 1))";

/// What a command is kept in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// Nothing but a group of processes.
    None,
    /// Namespaces of Linux, set up with this interpreter.
    Namespaces(OsString),
}

impl Sandbox {
    /// The best there is on this system, as far as it can be set up with an interpreter.
    pub(super) fn best(interpreter: &OsStr) -> Self {
        let all = Self::Namespaces(interpreter.to_os_string());
        let words = all.around(&["true".into()], None);
        let Some((program, arguments)) = words.split_first() else { return Self::None };
        let mut trial = Command::new(program);
        trial.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if trial.status().is_ok_and(|status| status.success()) { all } else { Self::None }
    }

    /// The words that run `words` in it. `memory` is what each process may take, bytes.
    pub(super) fn around(&self, words: &[OsString], memory: Option<u64>) -> Vec<OsString> {
        if cfg!(not(unix)) {
            return words.to_vec();
        }
        let bound = memory.map(|bytes| format!("ulimit -v {} || exit 125; ", bytes / 1024)).unwrap_or_default();
        let shell = |script: String, name: &OsStr| ["sh".into(), "-c".into(), script.into(), name.to_os_string()];
        let mut around: Vec<OsString> = Vec::new();
        match self {
            Self::None => around.extend(shell(format!("{bound}exec \"$@\""), OsStr::new("sh"))),
            Self::Namespaces(interpreter) => {
                around.extend(UNSHARE.map(OsString::from));
                // The first process is deaf to signals from its own namespace, so the command has to be the second.
                let script = format!("\"$0\" -I -S -c '{LOOPBACK}' || exit 125; {bound}\"$@\"; exit $?");
                around.extend(shell(script, interpreter));
            }
        }
        around.extend(words.iter().cloned());
        around
    }
}

/// As a clause.
impl fmt::Display for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "with the network and all else that you can reach",
            Self::Namespaces(_) => "without network, in namespaces of their own",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    #[cfg(unix)]
    fn words_pass_through_the_shell_as_they_are() {
        let around = Sandbox::None.around(&words(&["printf", "%s|", "a b", "$HOME", "'\""]), Some(1 << 30));
        let ran = Command::new(&around[0]).args(&around[1..]).output().unwrap();
        assert_eq!(String::from_utf8(ran.stdout).unwrap(), "a b|$HOME|'\"|");
    }

    #[test]
    fn namespaces_are_set_up_before_the_command() {
        let around = Sandbox::Namespaces("/py thon".into()).around(&words(&["pytest"]), None);
        assert_eq!(around[0], "unshare");
        assert_eq!(&around[around.len() - 2..], words(&["/py thon", "pytest"]));
    }

    /// Whether a Python in the sandbox can connect to `port` of loopback; with 0 it listens itself.
    #[cfg(unix)]
    fn connects(sandbox: &Sandbox, port: u16) -> bool {
        let script = "import socket, sys
port = int(sys.argv[1])
if port == 0:
    server = socket.create_server((\"127.0.0.1\", 0))
    port = server.getsockname()[1]
socket.create_connection((\"127.0.0.1\", port), timeout=60)";
        let around = sandbox.around(&words(&["python3", "-c", script, &port.to_string()]), None);
        let mut command = Command::new(&around[0]);
        command.args(&around[1..]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    #[test]
    #[cfg(unix)]
    fn in_namespaces_there_is_loopback_and_no_way_out() {
        let sandbox = Sandbox::best(OsStr::new("python3"));
        if sandbox == Sandbox::None {
            #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
            {
                eprintln!("SKIPPED: there is no unshare with namespaces of users, or no python3");
            }
            return;
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(connects(&Sandbox::None, port), "outside there is somebody to talk to");
        assert!(connects(&sandbox, 0), "inside one can talk to oneself");
        assert!(!connects(&sandbox, port), "and to nobody else");
    }
}
