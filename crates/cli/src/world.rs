//! The world that a verb acts on, made of settings and surroundings: network, knowledge base, clock, limits, progress.

use std::{
    io::{self, Read as _},
    path::Path,
    sync::Arc,
};

use knowledge::{Access, KnowledgeBase, KnowledgeError};
use operations::{AdviseError, Limits, World};
use sources::{
    credentials::{CredentialStore, Keyring},
    http::{Http, HttpOptions},
    netrc::Netrc,
};

use crate::{
    config::Surroundings,
    interrupt,
    settings::{self, Settings, Store},
    terminal::{Progress, Terminal},
};

/// The name of the knowledge base in its folder.
pub(crate) const KNOWLEDGE_FILE: &str = "knowledge.db";

/// The most bytes of standard input.
const STDIN: u64 = 8 << 20;

/// How long `keyring` may take to answer.
const KEYRING_PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Runs a verb on the world that the settings and surroundings amount to, with the knowledge base that the settings name.
///
/// # Errors
/// Those of the verb, and when the knowledge base is not what it should be.
pub(crate) fn in_world<T>(
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
    verb: impl FnOnce(&World<'_>) -> Result<T, AdviseError>,
) -> Result<T, AdviseError> {
    let knowledge = Arc::new(open(&settings.store.value, terminal)?);
    with_world(settings, around, terminal, knowledge, verb)
}

/// The same with an empty knowledge base that is forgotten.
///
/// # Errors
/// Those of the verb.
pub(crate) fn on_nothing<T>(
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
    verb: impl FnOnce(&World<'_>) -> Result<T, AdviseError>,
) -> Result<T, AdviseError> {
    let knowledge = Arc::new(open(&Store::Temporary, terminal)?);
    with_world(settings, around, terminal, knowledge, verb)
}

fn with_world<T>(
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
    knowledge: Arc<KnowledgeBase>,
    verb: impl FnOnce(&World<'_>) -> Result<T, AdviseError>,
) -> Result<T, AdviseError> {
    let progress = Progress::start(terminal);
    let variable = |name: &str| around.variable(name).map(Into::into);
    let stdin = || {
        let mut bytes = Vec::new();
        io::stdin().lock().take(STDIN + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > STDIN {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than 8 MiB"));
        }
        Ok(bytes)
    };
    let world = World {
        http: Http::new(http_options(settings, around)),
        knowledge,
        now: around.now.as_microsecond(),
        refresh: settings.refresh.value,
        limits: Limits::new(
            settings.timeout.as_ref().map(|limit| limit.value),
            settings.memory_limit.as_ref().map(|limit| limit.value),
            interrupt::listen(&progress, terminal),
        ),
        variable: &variable,
        stdin: &stdin,
        progress: &progress,
    };
    let answer = verb(&world);
    progress.finish();
    answer
}

impl operations::Progress for Progress {
    fn is_shown(&self) -> bool {
        Self::is_shown(self)
    }

    fn say(&self, message: &str) {
        Self::say(self, message);
    }

    fn count(&self, done: u64, total: Option<u64>) {
        Self::count(self, done, total);
    }
}

/// Opens the knowledge base; where it cannot be kept, the run goes on with an empty one and says so.
///
/// # Errors
/// When the file is there and is not what it should be.
fn open(store: &Store, terminal: &Terminal) -> Result<KnowledgeBase, KnowledgeError> {
    let Store::Folder(folder) = store else { return KnowledgeBase::open(Path::new(""), Access::Temporary) };
    match KnowledgeBase::open(&folder.join(KNOWLEDGE_FILE), Access::ReadWrite) {
        Err(error) if error.may_carry_on() => {
            if terminal.verbosity.quiet < 2 {
                let message = format!("nothing is kept of this run: {error}; {}", error.remedy());
                crate::complain(&crate::terminal::label("warning", terminal.colour_talk), &message);
            }
            KnowledgeBase::open(Path::new(""), Access::Temporary)
        }
        opened => opened,
    }
}

/// The HTTP stack that the settings and variables amount to.
pub(crate) fn http_options(settings: &Settings, around: &Surroundings) -> HttpOptions {
    let path = |name: &str| around.variable(name).filter(|value| !value.is_empty()).map(Into::into);
    let mut ca_files: Vec<std::path::PathBuf> = settings.cert.iter().map(|cert| cert.value.clone()).collect();
    ca_files.extend(["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].into_iter().filter_map(path));
    ca_files.dedup();
    let netrc = path("NETRC").or_else(|| around.home.as_ref().map(|home: &std::path::PathBuf| home.join(".netrc")));
    let netrc = netrc.and_then(|path| around.files.read(&path).ok().flatten());
    let netrc = netrc.map(|bytes| Netrc::parse(&String::from_utf8_lossy(&bytes))).unwrap_or_default();
    let keyring = match settings.keyring.value {
        settings::KeyringProvider::Disabled => None,
        settings::KeyringProvider::Subprocess => Some(Keyring::new("keyring", KEYRING_PATIENCE)),
    };
    HttpOptions {
        timeout: settings.http_timeout.value,
        offline: settings.offline.value,
        trusted_hosts: settings.trusted_hosts.iter().map(|host| host.value.clone()).collect(),
        ca_files,
        ca_folders: path("SSL_CERT_DIR").into_iter().collect(),
        credentials: CredentialStore::new(netrc, keyring),
        ..HttpOptions::default()
    }
}
