//! What modules and functions are for, by their qualified names. A module stands for all that is in it.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Capability;
use crate::programs::STARTERS;

#[rustfmt::skip]
static MODULES: &[(Capability, &[&str])] = &[
    (Capability::Network, &[
        "socket", "socketserver", "ssl", "requests", "httpx", "httpcore", "aiohttp", "urllib.request", "urllib2", "urllib3",
        "http.client", "http.server", "httplib", "httplib2", "ftplib", "smtplib", "poplib", "imaplib", "nntplib", "telnetlib",
        "xmlrpc", "xmlrpclib", "websocket", "websockets", "paramiko", "asyncssh", "pycurl", "curl_cffi", "grpc", "zmq", "wget",
        "dns.resolver", "dns.query", "cloudscraper", "treq", "twisted.internet", "tornado.httpclient", "asyncio.open_connection",
        "asyncio.start_server", "urllib.urlopen", "urllib.urlretrieve", "boto3", "dhooks", "discord_webhook", "telebot",
    ]),
    (Capability::Process, &[
        "subprocess", "commands", "popen2", "pexpect", "pty", "plumbum",
    ]),
    (Capability::Process, STARTERS),
    (Capability::Native, &[
        "ctypes", "cffi", "_ctypes", "setuptools.Extension", "setuptools.extension", "distutils.core.Extension",
        "distutils.extension", "Cython.Build", "setuptools_rust", "pybind11.setup_helpers",
        "importlib.machinery.ExtensionFileLoader",
    ]),
    (Capability::Deserialise, &[
        "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "jsonpickle", "joblib.load", "torch.load",
        "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.full_load", "pandas.read_pickle",
    ]),
    (Capability::Files, &[
        "os.remove", "os.unlink", "os.rmdir", "os.removedirs", "os.rename", "os.renames", "os.replace", "os.link", "os.symlink",
        "os.truncate", "os.mkdir", "os.makedirs", "os.chmod", "shutil.rmtree", "shutil.copy", "shutil.copy2",
        "shutil.copyfile", "shutil.copytree", "shutil.move", "shutil.unpack_archive", "tempfile", "winreg", "_winreg",
    ]),
    (Capability::Environment, &[
        "os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv", "dotenv", "environs", "decouple",
    ]),
    (Capability::Dynamic, &[
        "importlib.import_module", "importlib.__import__", "imp.load_source", "imp.load_module", "runpy", "types.FunctionType",
        "types.CodeType", "importlib.util.spec_from_file_location", "code.InteractiveInterpreter",
        "builtins.exec", "builtins.eval", "builtins.compile", "builtins.__import__",
    ]),
];

/// What a module, or something in one, is for.
pub(super) fn module(name: &str) -> Option<(&'static str, Capability)> {
    static KNOWN: LazyLock<FxHashMap<&'static str, Capability>> = LazyLock::new(|| {
        MODULES.iter().flat_map(|(capability, names)| names.iter().map(|name| (*name, *capability))).collect()
    });
    KNOWN.get_key_value(name).map(|(name, capability)| (*name, *capability))
}

/// What a function that is there without an import is for.
pub(super) fn builtin(name: &str) -> Option<Capability> {
    matches!(name, "exec" | "eval" | "compile" | "execfile" | "__import__").then_some(Capability::Dynamic)
}
