//! The load: keep-alive connections that each send one request, read the answer, and send the
//! next. As light as it can be, because it shares the machine with what it measures.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::Outcome;

/// One HTTP connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 << 10),
        })
    }

    /// Sends a whole request and reads the answer's body.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the connection was closed".into());
            }
            if let Some((start, length)) = frame(&self.buffer)
                && self.buffer.len() >= start + length
            {
                return Ok(&self.buffer[start..start + length]);
            }
        }
    }
}

/// Where the body starts and how long it is, once the head is there.
fn frame(bytes: &[u8]) -> Option<(usize, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    })?;
    Some((end + 4, length))
}

/// A `POST` of a form.
pub fn post(path: &str, form: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// Requests by number of connection and of request.
pub type Requests = Arc<dyn Fn(u64, u64) -> Vec<u8> + Send + Sync>;

/// Sends from `connections` for `time` and answers requests a second. Every answer must contain
/// `expected`.
pub async fn run(
    address: &str,
    connections: u64,
    time: Duration,
    requests: Requests,
    expected: &'static [u8],
) -> Outcome<f64> {
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let mut tasks = JoinSet::new();
    let start = Instant::now();
    for number in 0..connections {
        let mut connection = Connection::open(address).await?;
        let (stop, count, requests) =
            (Arc::clone(&stop), Arc::clone(&count), Arc::clone(&requests));
        tasks.spawn(async move {
            let mut turn = 0;
            while !stop.load(Ordering::Relaxed) {
                let body = connection.ask(&requests(number, turn)).await?;
                if !body
                    .windows(expected.len())
                    .any(|window| window == expected)
                {
                    return Err(format!("unexpected: {}", String::from_utf8_lossy(body)).into());
                }
                count.fetch_add(1, Ordering::Relaxed);
                turn += 1;
            }
            Outcome::Ok(())
        });
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    Ok(count.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64())
}
