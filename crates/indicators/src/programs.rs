//! What starts a program, by qualified name: for the flow of data, and for what a release can do.
//!
//! Bandit's own tables are beside its rules, because they have to be as Bandit has them.

/// Functions that start one.
#[rustfmt::skip]
pub(crate) const STARTERS: &[&str] = &[
    "os.system", "os.popen", "os.startfile", "os.execl", "os.execle", "os.execlp", "os.execlpe", "os.execv", "os.execve",
    "os.execvp", "os.execvpe", "os.spawnl", "os.spawnle", "os.spawnlp", "os.spawnlpe", "os.spawnv", "os.spawnve",
    "os.spawnvp", "os.spawnvpe", "os.posix_spawn", "os.posix_spawnp", "posix.system", "nt.system",
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
    "subprocess.getoutput", "subprocess.getstatusoutput", "commands.getoutput", "commands.getstatusoutput",
    "popen2.popen2", "platform.popen", "pexpect.spawn", "pexpect.run", "distutils.spawn.spawn",
    "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_exec",
    "asyncio.subprocess.create_subprocess_shell", "win32api.ShellExecute", "win32process.CreateProcess",
    "ctypes.windll.shell32.ShellExecuteW", "ctypes.windll.shell32.ShellExecuteA",
];
