//! The `keyring` program: the user's own store of secrets, asked as pip and uv ask it.

use std::{
    collections::HashMap,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use packaging::Url;
use tokio::{io::AsyncReadExt, process::Command, sync::OnceCell};

use super::{Credentials, Realm};

/// The most bytes of an answer that are read.
const ANSWER: u64 = 64 << 10;

/// One answer, which everyone who asks the same waits for.
type Answer = Arc<OnceCell<Option<Credentials>>>;

/// The `keyring` program, asked at most once for each origin and user.
#[derive(Debug)]
pub struct Keyring {
    program: PathBuf,
    patience: Duration,
    asked: Mutex<HashMap<(Realm, String), Answer>>,
}

impl Keyring {
    /// Asks `program` (usually `keyring`), each time for at most `patience`.
    pub fn new(program: impl Into<PathBuf>, patience: Duration) -> Self {
        Self { program: program.into(), patience, asked: Mutex::default() }
    }

    /// What the keyring has for the URL, or else for its host.
    pub(super) async fn ask(&self, url: &Url, username: Option<&str>) -> Option<Credentials> {
        let key = (Realm::of(url), username.unwrap_or_default().to_string());
        let cell = Arc::clone(self.asked.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        cell.get_or_init(|| self.look(url, username)).await.clone()
    }

    async fn look(&self, url: &Url, username: Option<&str>) -> Option<Credentials> {
        let host = url.host_str()?;
        let host = url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
        for service in [url.as_str(), &host] {
            let found = match username {
                Some(name) => self.password(service, name).await,
                None => match self.pair(service).await {
                    Some(pair) => Some(pair),
                    None => self.password(service, "").await,
                },
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    async fn password(&self, service: &str, username: &str) -> Option<Credentials> {
        let answer = self.run(&["get", service, username]).await?;
        let password = answer.lines().next().filter(|line| !line.is_empty())?;
        Some(Credentials::new(username, Some(password.to_string())))
    }

    /// User name and password together, which newer versions of the program answer with.
    async fn pair(&self, service: &str) -> Option<Credentials> {
        let answer = self.run(&["--mode", "creds", "get", service]).await?;
        let mut lines = answer.lines();
        let (username, password) = (lines.next()?, lines.next()?);
        (!password.is_empty()).then(|| Credentials::new(username, Some(password.to_string())))
    }

    /// The output of a successful run. Neither it nor the errors of the program are shown to anyone.
    async fn run(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let answer = async {
            let mut child = command.spawn().ok()?;
            let mut output = Vec::new();
            child.stdout.take()?.take(ANSWER).read_to_end(&mut output).await.ok()?;
            child.wait().await.ok()?.success().then_some(output)
        };
        match tokio::time::timeout(self.patience, answer).await {
            Ok(output) => String::from_utf8(output?).ok(),
            Err(_) => {
                tracing::warn!("ask the keyring: no answer within {} s", self.patience.as_secs_f32());
                None
            }
        }
    }
}
