//! A vendor's API on this machine: remembers what it was asked, and answers as it was told.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::watch;

use super::served::{Served, Shared};

/// What one request asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `POST /path?query`
    pub what: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

struct Inside {
    asked: Vec<Asked>,
    answer: (u16, Value),
    /// Parts of addresses that are answered otherwise.
    rules: Vec<(&'static str, Value)>,
    /// Whether answers are held back.
    held: watch::Sender<bool>,
}

/// The vendor; it ends when dropped.
pub struct Vendor {
    /// The base of its API.
    pub url: String,
    served: Served<Inside>,
}

impl Vendor {
    /// Starts on a free port, answering everything so.
    pub async fn answering(status: u16, answer: Value) -> Self {
        let inside = Inside {
            asked: Vec::new(),
            answer: (status, answer),
            rules: Vec::new(),
            held: watch::Sender::new(false),
        };
        let router = axum::Router::new().fallback(answer_one);
        let served = Served::start(inside, router).await;
        Self {
            url: served.url.clone(),
            served,
        }
    }

    /// Answers so from now on.
    pub fn answer(&self, status: u16, answer: Value) {
        self.served.lock().answer = (status, answer);
    }

    /// Answers what is asked at an address with this part so.
    pub fn answer_at(&self, part: &'static str, answer: Value) {
        self.served.lock().rules.push((part, answer));
    }

    /// Takes requests from now on and holds its answers back.
    pub fn hold(&self) {
        self.served.lock().held.send_replace(true);
    }

    /// Gives the answers that it held back.
    pub fn let_go(&self) {
        self.served.lock().held.send_replace(false);
    }

    /// All that it was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.served.lock().asked.clone()
    }
}

async fn answer_one(
    State(inside): State<Shared<Inside>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut held = {
        let mut inside = inside.lock().expect("no panic");
        inside.asked.push(Asked {
            what: format!("{method} {uri}"),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        inside.held.subscribe()
    };
    let gone = held.wait_for(|held| !held).await.is_err();
    assert!(!gone, "the vendor lives as long as its task");
    let inside = inside.lock().expect("no panic");
    let path = uri.path();
    let rule = inside.rules.iter().find(|(part, _)| path.contains(part));
    let (status, answer) = match rule {
        Some((_, answer)) => (200, answer.clone()),
        None => inside.answer.clone(),
    };
    let status = StatusCode::from_u16(status).expect("a status");
    let json = (header::CONTENT_TYPE, "application/json");
    (status, [json], answer.to_string()).into_response()
}
