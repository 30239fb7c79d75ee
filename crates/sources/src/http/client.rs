//! The connections: set up when first needed, with the platform's and the user's certificate authorities.

use std::sync::{Arc, OnceLock};

use packaging::Url;
use rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider};

use super::{FetchError, HttpOptions, error::shown};

/// The two clients: one that checks certificates, and one for the hosts the user trusts unchecked.
#[derive(Default)]
pub(super) struct Clients {
    strict: OnceLock<Result<reqwest::Client, String>>,
    trusting: OnceLock<Result<reqwest::Client, String>>,
}

impl Clients {
    /// The client for `url`, set up on first use.
    pub(super) fn for_url(&self, url: &Url, options: &HttpOptions) -> Result<&reqwest::Client, FetchError> {
        let client = if is_trusted(url, &options.trusted_hosts) {
            self.trusting.get_or_init(|| build(options, false))
        } else {
            self.strict.get_or_init(|| build(options, true))
        };
        client.as_ref().map_err(|cause| FetchError::Client { url: shown(url), cause: cause.clone() })
    }
}

/// Whether the user said that the certificate of this host is not to be checked: `host` for any port, or `host:port`.
fn is_trusted(url: &Url, trusted: &[String]) -> bool {
    let Some(host) = url.host_str() else { return false };
    let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
    trusted.iter().any(|name| name.eq_ignore_ascii_case(host) || name.eq_ignore_ascii_case(&with_port))
}

fn build(options: &HttpOptions, check: bool) -> Result<reqwest::Client, String> {
    // Another part of the process may have installed one already; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(&options.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .connect_timeout(options.timeout)
        .pool_max_idle_per_host(options.concurrency);
    let builder = if check {
        builder.tls_backend_preconfigured(verified(options)?)
    } else {
        builder.tls_danger_accept_invalid_certs(true)
    };
    builder.build().map_err(|error| super::error::flattened(&error))
}

/// TLS with the platform's roots and those the user names. A root that cannot be read is left out with a warning: trust only
/// shrinks by it.
fn verified(options: &HttpOptions) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let mut take = |found: rustls_native_certs::CertificateResult| {
        for error in &found.errors {
            tracing::warn!("read certificate authorities: {error}");
        }
        roots.add_parsable_certificates(found.certs);
    };
    take(rustls_native_certs::load_native_certs());
    for file in &options.ca_files {
        take(rustls_native_certs::load_certs_from_paths(Some(file), None));
    }
    for folder in &options.ca_folders {
        take(rustls_native_certs::load_certs_from_paths(None, Some(folder)));
    }
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trusted_host_is_meant_for_every_port_unless_one_is_named() {
        let url = Url::parse("https://Index.example:8443/simple/").unwrap();
        assert!(is_trusted(&url, &["index.example".into()]));
        assert!(is_trusted(&url, &["INDEX.example:8443".into()]));
        assert!(!is_trusted(&url, &["index.example:443".into(), "other.example".into()]));
    }
}
