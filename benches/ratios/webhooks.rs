//! Ratio 11: webhooks a second that the service delivers to a receiver on this machine, planned,
//! signed and recorded ÷ a bare loop of the same client that posts the same bodies to the same
//! receiver, as many under way.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use super::{
    Outcome, median,
    program::Program,
    table::{Better, Table},
};

const MESSAGES: u64 = 20_000;
/// Each with a lane of its own.
const CONVERSATIONS: u64 = 250;
const ROUNDS: usize = 5;
const UNDER_WAY: usize = 64;
const PATIENCE: Duration = Duration::from_secs(120);
const TOKEN: &str = "a521773c5a566a251c3fb00e93162b20ff955b12";
/// The first user that is not a founder.
const FIRST_USER: u64 = 3;
const TEXT: &str =
    "I have a question about my order, could you please have a look at it today? Thank you!";

/// Takes whatever is posted, and counts.
struct Receiver {
    url: String,
    inside: Arc<Inside>,
}

#[derive(Default)]
struct Inside {
    taken: watch::Sender<u64>,
    body: Mutex<Bytes>,
}

/// Sends the same webhooks again and again, in turn with the bare loop.
pub async fn measure(table: &mut Table) -> Outcome {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("bench.toml");
    std::fs::write(&config, "allow_private_targets = [\"127.0.0.0/8\"]\n")?;
    let service = Program::configured(&folder.path().join("data"), TOKEN, &config)?;
    let receiver = Receiver::start().await?;
    fill(&service, &receiver).await?;
    let (mut ours, mut bares, mut ratios) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let rate = delivered(&service, &receiver).await?;
        let bare = bare(&receiver).await?;
        ratios.push(rate / bare);
        ours.push(rate);
        bares.push(bare);
    }
    table.add(
        ("11", "webhooks delivered ÷ bare loop of the same client"),
        median(ratios),
        (0.5, 0.8, Better::Higher),
        format!(
            "{:.0} webhooks/s ÷ {:.0}, {CONVERSATIONS} conversations",
            median(ours),
            median(bares)
        ),
    );
    Ok(())
}

impl Receiver {
    #[expect(
        clippy::disallowed_methods,
        reason = "the receiver's own task, which ends with the program"
    )]
    async fn start() -> Outcome<Self> {
        let inside = Arc::new(Inside::default());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let router = Router::new().fallback(take).with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, inside })
    }

    /// Waits until it has taken so many more.
    async fn wait(&self, from: u64, more: u64) -> Outcome {
        let mut taken = self.inside.taken.subscribe();
        let all = taken.wait_for(|taken| *taken >= from + more);
        tokio::time::timeout(PATIENCE, all).await??;
        Ok(())
    }

    fn taken(&self) -> u64 {
        *self.inside.taken.borrow()
    }
}

async fn take(State(inside): State<Arc<Inside>>, body: Bytes) {
    *inside.body.lock().unwrap_or_else(PoisonError::into_inner) = body;
    inside.taken.send_modify(|taken| *taken += 1);
}

/// Users, conversations and messages; webhooks are switched on only then.
async fn fill(service: &Program, receiver: &Receiver) -> Outcome {
    for _ in 0..CONVERSATIONS {
        call(service, "add-user", json!({"user_type": "user"})).await?;
    }
    for number in 0..CONVERSATIONS {
        let conversation = json!({"user_id": FIRST_USER + number});
        call(service, "new-conversation", conversation).await?;
    }
    let next = AtomicU64::new(0);
    stream::iter(0..MESSAGES)
        .map(async |_| {
            let number = next.fetch_add(1, Ordering::Relaxed) % CONVERSATIONS;
            let message = json!({
                "user_id": FIRST_USER + number, "conversation_id": number + 1, "message": TEXT,
            });
            call(service, "send-message", message).await
        })
        .buffer_unordered(UNDER_WAY)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<Outcome<Vec<_>>>()?;
    let settings = json!({
        "webhooks-enabled": true, "webhooks-url": receiver.url, "webhooks-key": "secret",
        "webhooks-active": "message-sent",
    });
    call(service, "save-settings", json!({"settings": settings})).await?;
    Ok(())
}

/// Webhooks a second, from the call that asks for them to the last one's arrival.
async fn delivered(service: &Program, receiver: &Receiver) -> Outcome<f64> {
    let before = receiver.taken();
    let start = Instant::now();
    call(service, "webhooks/replay", json!({"name": "message-sent"})).await?;
    receiver.wait(before, MESSAGES).await?;
    Ok(rate(start))
}

async fn bare(receiver: &Receiver) -> Outcome<f64> {
    let body = receiver.inside.body.lock();
    let body = body.unwrap_or_else(PoisonError::into_inner).clone();
    let client = client();
    let start = Instant::now();
    let posts = stream::iter(0..MESSAGES).map(|_| {
        let post = client.post(&receiver.url).body(body.clone());
        post.header("content-type", "application/json").send()
    });
    let answers: Vec<_> = posts.buffer_unordered(UNDER_WAY).collect().await;
    for answer in answers {
        answer?.error_for_status()?;
    }
    Ok(rate(start))
}

async fn call(service: &Program, function: &str, arguments: Value) -> Outcome<Value> {
    let url = format!("http://{}/v1/{function}", service.address);
    let request = client().post(url).bearer_auth(TOKEN).json(&arguments);
    let answer = request.send().await?.error_for_status()?;
    Ok(answer.json().await?)
}

/// One for all calls, with its connections.
#[expect(
    clippy::disallowed_methods,
    reason = "the yardstick is this client itself"
)]
fn client() -> reqwest::Client {
    static CLIENT: std::sync::OnceLock<reqwest::Client> = std::sync::OnceLock::new();
    CLIENT.get_or_init(reqwest::Client::new).clone()
}

fn rate(start: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let messages = MESSAGES as f64;
    messages / start.elapsed().as_secs_f64()
}
