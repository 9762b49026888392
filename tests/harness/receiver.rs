//! A receiver of webhooks: remembers what it was sent, and answers as it was told.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::watch;

use super::eventually;
use super::served::{Served, Shared};

/// What one request brought.
#[derive(Clone, Debug)]
pub struct Hook {
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`.
    pub timestamp: String,
    /// The header `webhook-signature`.
    pub signature: String,
    /// The body as it came.
    pub text: String,
    /// The body.
    pub body: Value,
}

impl Hook {
    /// The payload's `function`.
    pub fn function(&self) -> &str {
        self.body["function"].as_str().expect("a function")
    }
}

/// How a request is answered.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    /// With this status.
    Status(u16),
    /// With this status, and seconds in `Retry-After`.
    RetryAfter(u16, u64),
    /// With a redirect to another address.
    Redirect,
    /// Not before this time has passed.
    Stall(Duration),
    /// With this status, and not before [`Receiver::let_go`].
    Held(u16),
}

#[derive(Default)]
struct Inside {
    hooks: Vec<Hook>,
    /// How the next requests are answered; 200 when there is nothing left.
    replies: VecDeque<Reply>,
    /// How requests whose body contains a text are answered.
    rules: HashMap<String, Reply>,
    /// Whether answers that are held back may go.
    let_go: watch::Sender<bool>,
}

/// The receiver; it ends when dropped.
pub struct Receiver {
    /// Its URL.
    pub url: String,
    served: Served<Inside>,
}

impl Receiver {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let inside = Inside::default();
        let router = axum::Router::new().fallback(take);
        let served = Served::start(inside, router).await;
        Self {
            url: format!("{}/hook", served.url),
            served,
        }
    }

    /// Answers the next requests so, one each.
    pub fn answer_next(&self, replies: impl IntoIterator<Item = Reply>) {
        self.served.lock().replies.extend(replies);
    }

    /// Answers whatever contains this text so, from now on; `None` as any other.
    pub fn answer_when(&self, text: &str, reply: Option<Reply>) {
        let rules = &mut self.served.lock().rules;
        match reply {
            Some(reply) => rules.insert(text.to_owned(), reply),
            None => rules.remove(text),
        };
    }

    /// Answers what is held back.
    pub fn let_go(&self) {
        self.served.lock().let_go.send_replace(true);
    }

    /// All that came so far, whatever was answered.
    pub fn hooks(&self) -> Vec<Hook> {
        self.served.lock().hooks.clone()
    }

    /// The functions of all that came so far.
    pub fn functions(&self) -> Vec<String> {
        let hooks = self.hooks();
        hooks
            .iter()
            .map(|hook| hook.function().to_owned())
            .collect()
    }

    /// Waits until so many have come, and answers them.
    pub async fn wait(&self, count: usize) -> Vec<Hook> {
        let what = format!("{count} webhooks came");
        eventually(&what, || async { self.hooks().len() >= count }).await;
        self.hooks()
    }

    /// Waits for one of this function, and answers its `data`.
    pub async fn data(&self, function: &str) -> Value {
        let found = || {
            self.hooks()
                .into_iter()
                .find(|hook| hook.function() == function)
        };
        eventually(function, || async { found().is_some() }).await;
        found().expect("it was found").body["data"].clone()
    }

    /// Forgets what came.
    pub fn forget(&self) {
        self.served.lock().hooks.clear();
    }
}

async fn take(State(inside): State<Shared<Inside>>, headers: HeaderMap, body: Bytes) -> Response {
    let (reply, mut let_go) = {
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let mut inside = inside.lock().expect("no panic");
        let body_text = String::from_utf8_lossy(&body).into_owned();
        inside.hooks.push(Hook {
            id: text("webhook-id"),
            timestamp: text("webhook-timestamp"),
            signature: text("webhook-signature"),
            body: serde_json::from_str(&body_text).expect("a webhook is JSON"),
            text: body_text.clone(),
        });
        let rule = inside
            .rules
            .iter()
            .find(|(text, _)| body_text.contains(*text));
        let reply = match rule.map(|(_, reply)| *reply) {
            Some(reply) => reply,
            None => inside.replies.pop_front().unwrap_or(Reply::Status(200)),
        };
        (reply, inside.let_go.subscribe())
    };
    let status = |code| StatusCode::from_u16(code).expect("a status");
    match reply {
        Reply::Status(code) => status(code).into_response(),
        Reply::RetryAfter(code, seconds) => {
            let mut response = status(code).into_response();
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
            response
        }
        Reply::Redirect => {
            let to = (header::LOCATION, "/elsewhere");
            (StatusCode::TEMPORARY_REDIRECT, [to]).into_response()
        }
        Reply::Stall(time) => {
            tokio::time::sleep(time).await;
            StatusCode::OK.into_response()
        }
        Reply::Held(code) => {
            let released = let_go.wait_for(|released| *released).await;
            released.expect("the receiver waits with its answers");
            status(code).into_response()
        }
    }
}
