//! A fixture index on loopback: serves a universe over HTTP/1.1, and misbehaves where it is told to.
//!
//! Routes: `/<index>/simple/<name>/` (JSON or HTML by `Accept`), `/files/<file>` and `/<index>/files/<file>` (byte ranges),
//! `<file>.metadata`, `<file>.provenance`, `/advisories.zip`, `/advisories.json`, `/advisories/<id>.json`, and whatever [`Server::put`] adds.
//! The requests are recorded. Everything stops when the server is dropped.

mod answer;
mod behaviour;
mod http;
mod pages;

use std::{
    collections::BTreeMap,
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

pub use behaviour::Behaviour;
pub use http::Request;

use crate::{Scenario, Universe, universe::UniverseError};

/// A running fixture index.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<JoinHandle<()>>,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No port on loopback could be had.
    #[error("listen on loopback")]
    Listen(#[from] io::Error),
    /// The story cannot be served.
    #[error(transparent)]
    Universe(#[from] UniverseError),
    /// The advisories of the story cannot be packed.
    #[error("pack the advisories of a story: {0}")]
    Advisories(String),
}

/// Something served under a fixed path.
#[derive(Clone, Debug)]
struct Resource {
    content_type: String,
    body: Vec<u8>,
}

#[derive(Debug)]
struct Shared {
    universe: Universe,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    resources: BTreeMap<String, Resource>,
    behaviours: BTreeMap<String, Behaviour>,
    requests: Vec<Request>,
    connections: Vec<TcpStream>,
    accepted: usize,
}

impl Server {
    /// Serves the universe and the advisories of `scenario` on a free port of loopback.
    pub fn start(scenario: &Scenario) -> Result<Self, ServerError> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let universe = Universe::build(scenario, &format!("http://{address}"))?;
        let state = State { resources: advisories(scenario)?, ..State::default() };
        let shared = Arc::new(Shared { universe, state: Mutex::new(state), changed: Condvar::new() });
        let accepting = Arc::clone(&shared);
        let handle = thread::spawn(move || accept(&listener, &accepting));
        Ok(Self { shared, address, listener: Some(handle) })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of an index (`default`, or a name from `indexes`), with a slash at the end.
    pub fn index_url(&self, index: &str) -> String {
        self.shared.universe.index_url(index)
    }

    /// What is served; its URLs are those of this server.
    pub fn universe(&self) -> &Universe {
        &self.shared.universe
    }

    /// Serves `body` under `path`, before everything else.
    pub fn put(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) {
        let resource = Resource { content_type: content_type.to_string(), body: body.into() };
        self.shared.state().resources.insert(path.to_string(), resource);
    }

    /// From now on requests whose path starts with `prefix` are answered like this; the longest prefix counts.
    pub fn behave(&self, prefix: &str, behaviour: Behaviour) {
        self.shared.state().behaviours.insert(prefix.to_string(), behaviour);
    }

    /// The requests so far, in the order in which they were read.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// The paths of the requests so far.
    pub fn paths(&self) -> Vec<String> {
        self.shared.state().requests.iter().map(|request| request.path.clone()).collect()
    }

    /// Waits until a request whose path starts with `prefix` was read, for a minute at most; whether there was one.
    pub fn wait_for(&self, prefix: &str) -> bool {
        let asked = |state: &State| state.requests.iter().any(|request| request.path.starts_with(prefix));
        let waiting = self
            .shared
            .changed
            .wait_timeout_while(self.shared.state(), Duration::from_secs(60), |state| !asked(state) && !state.stopped);
        waiting.is_ok_and(|(state, _)| asked(&state))
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.shared.state().requests.clear();
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.shared.state().accepted
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.stopped = true;
            for connection in state.connections.drain(..) {
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
        self.shared.changed.notify_all();
        // One more connection wakes the thread that accepts.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let (true, Some(listener)) = (woken, self.listener.take()) {
            let _ = listener.join();
        }
    }
}

impl Shared {
    /// A test that panicked elsewhere must not hide behind a poisoned lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks until the server stops, or for `limit`.
    fn wait_for_the_end(&self, limit: Option<Duration>) {
        let state = self.state();
        let limit = limit.unwrap_or(Duration::from_secs(600));
        let _ended = self.changed.wait_timeout_while(state, limit, |state| !state.stopped);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        let mut state = shared.state();
        if state.stopped {
            return;
        }
        let Ok(stream) = stream else { continue };
        state.accepted += 1;
        if let Ok(copy) = stream.try_clone() {
            state.connections.push(copy);
        }
        drop(state);
        let shared = Arc::clone(shared);
        thread::spawn(move || converse(stream, &shared));
    }
}

/// Answers the requests of one connection until one side has enough.
fn converse(stream: TcpStream, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let Ok(writing) = stream.try_clone() else { return };
    let mut reading = io::BufReader::new(stream);
    while let Ok(Some(request)) = http::read_request(&mut reading) {
        shared.state().requests.push(request.clone());
        shared.changed.notify_all();
        match answer::answer(shared, &request, &writing) {
            Ok(true) => {}
            Ok(false) | Err(_) => break,
        }
    }
    let _ = writing.shutdown(Shutdown::Both);
}

/// The folder of advisories in its three served forms.
fn advisories(scenario: &Scenario) -> Result<BTreeMap<String, Resource>, ServerError> {
    let files = scenario.advisory_records();
    let archive = crate::universe::zipped(&files).map_err(|error| ServerError::Advisories(error.to_string()))?;
    let records: serde_json::Value = scenario.advisories.iter().map(crate::Advisory::osv).collect();
    let json = |body: String| Resource { content_type: "application/json".to_string(), body: body.into_bytes() };
    let mut resources: BTreeMap<String, Resource> =
        files.into_iter().map(|(name, text)| (format!("/advisories/{name}"), json(text))).collect();
    resources.insert("/advisories.json".to_string(), json(records.to_string()));
    let archive = Resource { content_type: "application/zip".to_string(), body: archive };
    resources.insert("/advisories.zip".to_string(), archive);
    Ok(resources)
}

#[cfg(test)]
mod tests;
