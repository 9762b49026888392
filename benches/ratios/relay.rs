//! Ratio 10: events a second that the relay carries from a log into NATS JetStream ÷ a bare loop of
//! the same client that publishes messages of the same bytes (headers included), as many under way.

use std::{
    collections::VecDeque,
    env, fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use async_nats::jetstream::{self, message::PublishMessage, stream::Config};
use eventlog::{Log, NewEvent, Options, Stream};
use events::{Event, MessageId, UserId, message::Sent, user::UserType};
use havefunnels::bus::{Bus, Nats, Settings};
use tempfile::TempDir;

use super::{
    Outcome, median,
    table::{Better, Table},
};

const EVENTS: u64 = 100_000;
const ROUNDS: usize = 3;
const UNDER_WAY: usize = 1_024;
/// Bytes of the headers of one message, about.
const HEADERS: usize = 200;

/// Carries one log into fresh servers, in turn with the bare loop. Without a server, says so.
pub async fn measure(table: &mut Table) -> Outcome {
    let Some(program) = program() else {
        println!(
            "10  left out: HAVEFUNNELS_TEST_TOOLS names no folder with bin/nats-server (`make tools`)"
        );
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let log = Log::open(&folder.path().join("log"), Options::default())?;
    fill(&log).await?;
    let (mut ours, mut bares, mut ratios, mut bytes) = (vec![], vec![], vec![], 0);
    let mut fenced_ratios = vec![];
    for _ in 0..ROUNDS {
        let (rate, message_bytes) = relayed(&Server::start(&program)?, &log).await?;
        let plain = bare(&Server::start(&program)?, message_bytes, false).await?;
        let fenced = bare(&Server::start(&program)?, message_bytes, true).await?;
        ratios.push(rate / plain);
        fenced_ratios.push(rate / fenced);
        ours.push(rate);
        bares.push(plain);
        bytes = message_bytes;
    }
    table.add(
        ("10", "relay catching up ÷ bare pipelined publishing"),
        median(ratios),
        (0.7, 0.95, Better::Higher),
        format!(
            "{:.0} events/s ÷ {:.0}, {bytes} bytes each; {:.2} of a loop that sends the same headers",
            median(ours),
            median(bares),
            median(fenced_ratios)
        ),
    );
    log.close()?;
    Ok(())
}

/// Events a second, and bytes of one message, headers and payload.
async fn relayed(server: &Server, log: &Log) -> Outcome<(f64, usize)> {
    let nats = Nats::connect(Settings {
        servers: vec![server.url()],
        history_events: 0,
        ..Settings::default()
    })
    .await?;
    let (_bus, relay) = Bus::jetstream(nats, log.reader());
    let mut standing = relay.standing();
    let start = Instant::now();
    tokio::select! {
        () = relay.run() => return Err("the relay has stopped".into()),
        caught_up = standing.wait_for(|standing| standing.position == EVENTS) => {
            caught_up?;
        }
    }
    let rate = rate(start);
    let client = async_nats::connect(server.url()).await?;
    let stream = jetstream::new(client).get_stream("havefunnels").await?;
    let message = stream.get_raw_message(EVENTS / 2).await?;
    let headers: usize = message
        .headers
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name, value)))
        .map(|(name, value)| {
            AsRef::<str>::as_ref(name).len() + value.as_str().len() + ": \r\n".len()
        })
        .sum();
    Ok((
        rate,
        message.payload.len() + "NATS/1.0\r\n\r\n".len() + headers,
    ))
}

/// Messages a second of a loop that does nothing else; `fenced` with the headers that the relay
/// sends: those that make NATS drop what comes twice, and refuse what does not follow.
async fn bare(server: &Server, bytes: usize, fenced: bool) -> Outcome<f64> {
    let client = async_nats::connect(server.url()).await?;
    let jetstream = jetstream::new(client);
    let subjects = vec!["bare".to_owned()];
    let name = "bare".to_owned();
    let config = Config {
        name,
        subjects,
        ..Config::default()
    };
    jetstream.create_stream(config).await?;
    let headers = if fenced { HEADERS } else { 0 };
    let payload = bytes::Bytes::from(vec![b'x'; bytes - headers]);
    let mut last_id = None;
    let mut under_way = VecDeque::new();
    let start = Instant::now();
    for number in 0..EVENTS {
        if under_way.len() == UNDER_WAY
            && let Some(oldest) = under_way.pop_front()
        {
            let oldest: jetstream::context::PublishAckFuture = oldest;
            oldest.await?;
        }
        let mut publish = PublishMessage::build().payload(payload.clone());
        if fenced {
            let id = uuid::Uuid::from_u128(number.into()).to_string();
            publish = publish.message_id(&id).expected_last_sequence(number);
            if let Some(last_id) = last_id.replace(id) {
                publish = publish.expected_last_message_id(last_id);
            }
        }
        under_way.push_back(jetstream.send_publish("bare", publish).await?);
    }
    for left in under_way {
        left.await?;
    }
    Ok(rate(start))
}

fn rate(start: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let events = EVENTS as f64;
    events / start.elapsed().as_secs_f64()
}

async fn fill(log: &Log) -> Outcome {
    const BATCH: u64 = 1_000;
    for batch in 0..EVENTS / BATCH {
        let appended = log.append(move |transaction| {
            for number in batch * BATCH + 1..=(batch + 1) * BATCH {
                transaction.record(event(number))?;
            }
            Ok::<(), eventlog::Error>(())
        });
        appended.await.map_err(|refused| refused.to_string())?;
    }
    Ok(())
}

fn event(number: u64) -> NewEvent {
    let sent = Sent {
        message: MessageId(number),
        author: UserId(3 + number % 1_000),
        author_type: UserType::User,
        text: format!("Message {number}: I have a question about my order, could you have a look?"),
        attachments: Vec::new(),
        payload: String::new(),
        asked_status: None,
        first_of_customer: false,
        recipient: None,
    };
    NewEvent {
        stream: Stream {
            kind: 2,
            id: number % 1_000 + 1,
        },
        kind: 40,
        schema: 1,
        time_ms: 1_700_000_000_000,
        id: u128::from(number).to_be_bytes(),
        correlation: [8; 16],
        causation: 0,
        actor: 2,
        payload: Event::from(sent).encode(),
    }
}

fn program() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the benches' own setting")]
    let tools = env::var_os("HAVEFUNNELS_TEST_TOOLS")?;
    let program = Path::new(&tools).join("bin/nats-server");
    fs::exists(&program).ok()?.then_some(program)
}

/// A NATS server with fresh storage; killed when dropped.
struct Server {
    child: Child,
    port: u16,
    _storage: TempDir,
}

impl Server {
    fn start(program: &Path) -> Outcome<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let storage = tempfile::tempdir()?;
        let child = Command::new(program)
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .args(["--jetstream", "--store_dir"])
            .arg(storage.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            child,
            port,
            _storage: storage,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > deadline {
                return Err("nats-server does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
