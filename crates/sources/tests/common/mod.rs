//! A server on loopback that does what a story needs: answers, lies, stalls, breaks off.

#![allow(dead_code, unreachable_pub, reason = "a module shared by test binaries, each of which uses its own part")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use packaging::Url;
use sources::{
    credentials::CredentialStore,
    http::{Http, HttpOptions},
};

/// A request as it arrived; header names in lower case.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: Vec<(String, String)>,
    /// How many requests for this path came before it.
    pub before: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// How an answer is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Whole,
    /// That many bytes of the body, then silence until the client gives up.
    Stalls(usize),
    /// That many bytes of the body, then the connection is closed.
    BreaksOff(usize),
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub delivery: Delivery,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), delivery: Delivery::Whole }
    }

    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, body)
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_string(), value.into()));
        self
    }

    pub fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// A file that honours a single range, as a good server does.
    pub fn file(seen: &Seen, body: &[u8]) -> Self {
        let Some(range) = seen.header("range").and_then(|value| value.strip_prefix("bytes=")) else {
            return Self::ok(body);
        };
        let total = body.len();
        let (first, last) = match range.split_once('-').unwrap() {
            ("", count) => (total.saturating_sub(count.parse().unwrap()), total - 1),
            (first, last) => (first.parse().unwrap(), last.parse::<usize>().unwrap().min(total - 1)),
        };
        if first > last {
            return Self::new(416, "").with("Content-Range", format!("bytes */{total}"));
        }
        Self::new(206, &body[first..=last]).with("Content-Range", format!("bytes {first}-{last}/{total}"))
    }
}

type Handler = dyn Fn(&Seen) -> Reply + Send + Sync;

/// The server; it stops when dropped.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub fn start(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let handler: Arc<Handler> = Arc::new(handler);
        let (log, stopping) = (Arc::clone(&seen), Arc::clone(&stop));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopping.load(Ordering::Relaxed) {
                    break;
                }
                let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
                thread::spawn(move || drop(serve(stream.unwrap(), &log, &*handler)));
            }
        });
        Self { address, seen, stop }
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, log: &Mutex<Vec<Seen>>, handler: &Handler) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_string();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_string())),
                None => break,
            }
        }
        let seen = {
            let mut log = log.lock().unwrap();
            let before = log.iter().filter(|other| other.path == path).count();
            log.push(Seen { path, headers, before });
            log.last().unwrap().clone()
        };
        let reply = handler(&seen);
        let mut head = format!("HTTP/1.1 {} Story\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
        for (name, value) in &reply.headers {
            head += &format!("{name}: {value}\r\n");
        }
        writer.write_all(head.as_bytes())?;
        writer.write_all(b"\r\n")?;
        match reply.delivery {
            Delivery::Whole => writer.write_all(&reply.body)?,
            Delivery::BreaksOff(count) => {
                writer.write_all(&reply.body[..count])?;
                return writer.shutdown(std::net::Shutdown::Both);
            }
            Delivery::Stalls(count) => {
                writer.write_all(&reply.body[..count])?;
                let _ = reader.read(&mut [0]);
                return Ok(());
            }
        }
    }
}

/// Options for tests: three retries soon after each other, and patience enough for a busy machine.
pub fn options() -> HttpOptions {
    HttpOptions {
        timeout: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
        backoff: Duration::from_millis(1),
        longest_wait: Duration::from_millis(5),
        ..HttpOptions::default()
    }
}

/// Options for servers that never answer.
pub fn impatient() -> HttpOptions {
    HttpOptions { timeout: Duration::from_millis(500), ..options() }
}

/// An HTTP stack for tests.
pub fn http() -> Http {
    Http::new(options())
}

/// An HTTP stack that looks into this netrc text.
pub fn http_with_netrc(text: &str) -> Http {
    let credentials = CredentialStore::new(sources::netrc::Netrc::parse(text), None);
    Http::new(HttpOptions { credentials, ..options() })
}

/// Runs a future to its end.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(future)
}

/// The bytes, compressed by gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
