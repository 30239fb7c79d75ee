//! How the HTTP stack behaves.

use std::{path::PathBuf, time::Duration};

use crate::credentials::CredentialStore;

/// How the HTTP stack behaves; the default is what a person at a terminal wants.
#[derive(Debug)]
pub struct HttpOptions {
    /// How long a connection may be silent: while connecting, before the answer begins, between two parts of the body.
    pub timeout: Duration,
    /// How long one request may take in all, with its retries and waits.
    pub deadline: Duration,
    /// How many times a request is repeated that may yet succeed.
    pub retries: u32,
    /// The wait before the first repetition; doubled for each one after it.
    pub backoff: Duration,
    /// The longest wait, whatever `Retry-After` says.
    pub longest_wait: Duration,
    /// Refuse to fetch anything.
    pub offline: bool,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// Hosts (`host` or `host:port`) whose certificates are not checked (`--trusted-host`).
    pub trusted_hosts: Vec<String>,
    /// PEM files of certificate authorities to trust besides the platform's (`SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`, `PIP_CERT`).
    pub ca_files: Vec<PathBuf>,
    /// Folders of such files (`SSL_CERT_DIR`).
    pub ca_folders: Vec<PathBuf>,
    /// The most requests at once.
    pub concurrency: usize,
    /// Where credentials are looked up when a server asks for them.
    pub credentials: CredentialStore,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(600),
            retries: 3,
            backoff: Duration::from_millis(250),
            longest_wait: Duration::from_secs(30),
            offline: false,
            user_agent: concat!("thoth/", env!("CARGO_PKG_VERSION")).to_string(),
            trusted_hosts: Vec::new(),
            ca_files: Vec::new(),
            ca_folders: Vec::new(),
            concurrency: 50,
            credentials: CredentialStore::default(),
        }
    }
}
