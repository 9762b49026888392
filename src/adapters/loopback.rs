//! For tests: an HTTP server on loopback that answers as it is told and remembers what it got.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use super::{breaker::Patience, outgoing::Outgoing};

/// A client that may call loopback.
pub fn client() -> Outgoing {
    patient_client(Patience::default())
}

/// The same with this patience for vendors.
pub fn patient_client(patience: Patience) -> Outgoing {
    Outgoing::new(vec!["127.0.0.0/8".parse().unwrap()], patience).unwrap()
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    /// Path and query.
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What the peer does with a request.
#[derive(Clone)]
pub struct Reply {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy, PartialEq)]
enum Then {
    Close,
    RepeatForEver,
    Stall,
}

impl Reply {
    pub fn new(status: u16, body: &str) -> Self {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close\r\n");
        Self::raw(format!("{head}\r\n{body}").as_bytes())
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, &body.to_string()).header("Content-Type", "application/json")
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let line = format!("{name}: {value}\r\n");
        let at = "HTTP/1.1 200 Said\r\n".len();
        self.bytes.splice(at..at, line.bytes());
        self
    }

    pub fn raw(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            then: Then::Close,
        }
    }

    /// Chunks without an end.
    pub fn endless() -> Self {
        Self {
            bytes: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
            then: Then::RepeatForEver,
        }
    }

    /// Takes the request and says nothing.
    pub fn silence() -> Self {
        Self {
            bytes: Vec::new(),
            then: Then::Stall,
        }
    }

    /// Begins an answer and never ends it.
    pub fn half() -> Self {
        Self {
            bytes: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec(),
            then: Then::Stall,
        }
    }
}

type Answer = dyn Fn(&Received) -> Reply + Send + Sync;

/// A server that ends when it is dropped.
pub struct Peer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    answer: Box<Answer>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    ended: AtomicBool,
}

impl Peer {
    pub fn start(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1", 0, answer)
    }

    pub fn start_on(
        host: &str,
        port: u16,
        answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((host, port)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        });
        let server = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if server.ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                server.connections.fetch_add(1, Ordering::SeqCst);
                let server = Arc::clone(&server);
                thread::spawn(move || server.talk(&stream));
            }
        });
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn talk(&self, stream: &TcpStream) {
        let Some(request) = read(stream) else { return };
        let reply = (self.answer)(&request);
        self.received.lock().unwrap().push(request);
        let mut out = stream;
        let mut sent = out.write_all(&reply.bytes);
        while reply.then == Then::RepeatForEver && sent.is_ok() {
            sent = out.write_all(b"100\r\n").and_then(|()| {
                out.write_all(&[b'x'; 256])?;
                out.write_all(b"\r\n")
            });
        }
        if reply.then == Then::Stall {
            // Until the client gives up.
            let _ = out.read(&mut [0]);
        }
        let _ = stream.shutdown(Shutdown::Write);
    }
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received {
        method,
        target,
        headers,
        body: Vec::new(),
    };
    let length = request
        .header("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}
