//! What a command is kept in while it runs: without network, and unable to leave processes behind, where the system can.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    path::Path,
    process::{Command, Stdio},
};

/// Namespaces of their own: of users, so that nobody has to be root, and of processes, which all end with the first of them.
const UNSHARE: [&str; 6] = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];

/// Brings loopback up, which a new network has but does not use: tests talk to themselves. 0x8914 is `SIOCSIFFLAGS`, 1 `IFF_UP`.
const LOOPBACK: &str =
    "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack(\"16sh14x\", b\"lo\", 1))";

/// What a command is kept in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// Nothing but a group of processes.
    None,
    /// Namespaces of Linux.
    Namespaces {
        /// The network is one of its own, too, set up with this interpreter; `None` leaves the network as it is.
        loopback: Option<OsString>,
        /// The user and the group that the command runs as; `None` runs it as root of the namespace.
        user: Option<(u32, u32)>,
    },
}

impl Sandbox {
    /// The best there is on this system, as far as it can be set up with an interpreter; with the network or without.
    pub(super) fn best(interpreter: &Path, network: bool) -> Self {
        let loopback = (!network).then(|| interpreter.as_os_str().to_os_string());
        // Who runs as root may read what nobody may, and is refused by programs that are careful. Old systems know only root.
        let users = [own(), None];
        let all = users.map(|user| Self::Namespaces { loopback: loopback.clone(), user });
        all.into_iter().find(|sandbox| sandbox.runs(&[OsStr::new("true")], None)).unwrap_or(Self::None)
    }

    /// The same with the network.
    pub(super) fn with_network(&self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Namespaces { user, .. } => Self::Namespaces { loopback: None, user: *user },
        }
    }

    /// Whether `words` run in it and end well.
    pub(super) fn runs(&self, words: &[&OsStr], memory: Option<u64>) -> bool {
        let words: Vec<OsString> = words.iter().map(|word| word.to_os_string()).collect();
        let words = self.around(&words, memory);
        let Some((program, arguments)) = words.split_first() else { return false };
        let mut trial = Command::new(program);
        trial.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        trial.status().is_ok_and(|status| status.success())
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
            Self::Namespaces { loopback, user } => {
                around.extend(UNSHARE.map(OsString::from));
                around.extend(loopback.iter().map(|_| "--net".into()));
                around.push("--".into());
                let up = loopback.as_ref().map(|_| format!("\"$0\" -I -S -c '{LOOPBACK}' || exit 125; "));
                // The first process is deaf to signals from its own namespace, so the command has to be the second.
                let script = format!("{}{bound}\"$@\"; exit $?", up.unwrap_or_default());
                around.extend(shell(script, loopback.as_deref().unwrap_or(OsStr::new("sh"))));
                if let Some((user, group)) = user {
                    let of = [format!("--map-user={user}"), format!("--map-group={group}")].map(OsString::from);
                    around.extend(std::iter::once("unshare".into()).chain(of).chain(["--".into()]));
                }
            }
        }
        around.extend(words.iter().cloned());
        around
    }
}

/// The user and group that this process runs as, unless that is root.
#[cfg(unix)]
fn own() -> Option<(u32, u32)> {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    (!user.is_root()).then(|| (user.as_raw(), group.as_raw()))
}

#[cfg(not(unix))]
fn own() -> Option<(u32, u32)> {
    None
}

/// As a clause.
impl fmt::Display for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "with the network and all else that you can reach",
            Self::Namespaces { loopback: None, .. } => "with the network, in namespaces of their own",
            Self::Namespaces { loopback: Some(_), .. } => "without network, in namespaces of their own",
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
        let sandbox = |user| Sandbox::Namespaces { loopback: Some("/py thon".into()), user };
        let around = sandbox(None).around(&words(&["pytest"]), None);
        assert_eq!(around[0], "unshare");
        assert_eq!(&around[around.len() - 2..], words(&["/py thon", "pytest"]));
        let around = sandbox(Some((1000, 100))).around(&words(&["pytest"]), None);
        let end = words(&["/py thon", "unshare", "--map-user=1000", "--map-group=100", "--", "pytest"]);
        assert_eq!(&around[around.len() - 6..], end);
        let with_network = sandbox(None).with_network();
        assert_eq!(with_network, Sandbox::Namespaces { loopback: None, user: None });
        assert!(!with_network.around(&words(&["pytest"]), None).contains(&"--net".into()));
    }

    /// What a Python in the sandbox says that runs `script` with an argument; `None` when it fails.
    #[cfg(unix)]
    fn said(sandbox: &Sandbox, script: &str, argument: &str) -> Option<String> {
        let around = sandbox.around(&words(&["python3", "-c", script, argument]), None);
        let ran = Command::new(&around[0]).args(&around[1..]).stderr(Stdio::null()).output().ok()?;
        ran.status.success().then(|| String::from_utf8_lossy(&ran.stdout).trim().to_string())
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
        said(sandbox, script, &port.to_string()).is_some()
    }

    #[test]
    #[cfg(unix)]
    fn in_namespaces_there_is_loopback_and_no_way_out_unless_it_is_allowed() {
        let sandbox = Sandbox::best(Path::new("python3"), false);
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
        assert!(connects(&sandbox.with_network(), port), "unless the network is allowed");
        let who = "import os; print(os.geteuid(), os.getegid())";
        let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let whoever = matches!(sandbox, Sandbox::Namespaces { user: None, .. });
        let (user, group) = if whoever { (0, 0) } else { (user, group) };
        for sandbox in [&sandbox, &sandbox.with_network()] {
            assert_eq!(said(sandbox, who, ""), Some(format!("{user} {group}")), "{sandbox}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn too_little_memory_to_run_at_all_is_seen_before() {
        let nothing = [OsStr::new("python3"), OsStr::new("-c"), OsStr::new("")];
        assert!(!Sandbox::None.runs(&nothing, Some(1 << 20)));
        assert!(Sandbox::None.runs(&[OsStr::new("true")], None));
    }
}
