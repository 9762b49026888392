//! Google on this machine: OAuth, which looks at signatures, and Dialogflow, which holds every
//! request to Google's own description of its API and knows nothing else.

mod described;
mod dialogflow;
mod oauth;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::served::{Served, Shared};
use described::Description;
use dialogflow::Agent;
use oauth::Tokens;
pub use oauth::{ACCOUNT, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN};

/// A request to Dialogflow as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST /v2/projects/…?…`
    pub what: String,
    /// The token it came with.
    pub token: String,
    /// The body; null for none.
    pub body: Value,
}

struct Inside {
    description: Description,
    tokens: Tokens,
    agent: Agent,
    asked: Vec<Request>,
    /// What was wrong with requests: the service's fault, or this peer's.
    faults: Vec<String>,
    /// How often a token was asked for.
    tokens_asked: usize,
    /// Whether every request is left without an answer.
    stalls: bool,
}

/// The peer; it ends when dropped, and then says what was wrong with what it was asked.
pub struct Google {
    /// The base of both APIs.
    pub url: String,
    served: Served<Inside>,
}

impl Drop for Google {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let inside = self.served.lock();
            assert!(inside.faults.is_empty(), "{}", inside.faults.join("\n"));
        }
    }
}

impl Google {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let inside = Inside {
            description: Description::read(),
            tokens: Tokens::default(),
            agent: Agent::taught(),
            asked: Vec::new(),
            faults: Vec::new(),
            tokens_asked: 0,
            stalls: false,
        };
        let router = axum::Router::new().fallback(answer);
        let served = Served::start(inside, router).await;
        Self {
            url: served.url.clone(),
            served,
        }
    }

    /// The configuration of a service that asks this peer.
    pub fn config(&self) -> String {
        format!(
            "dialogflow_url = \"{0}\"\ngoogle_oauth_url = \"{0}\"\n",
            self.url
        )
    }

    /// The settings of a service that asks it with the service account.
    pub fn settings() -> Value {
        json!({
            "dialogflow-enabled": true, "dialogflow-service-account": ACCOUNT,
        })
    }

    /// What Dialogflow was asked.
    pub fn asked(&self) -> Vec<Request> {
        self.served.lock().asked.clone()
    }

    /// How many tokens were given.
    pub fn tokens_given(&self) -> usize {
        self.served.lock().tokens.given()
    }

    /// How often a token was asked for.
    pub fn tokens_asked(&self) -> usize {
        self.served.lock().tokens_asked
    }

    /// Takes back all tokens that were given.
    pub fn revoke(&self) {
        self.served.lock().tokens.revoke();
    }

    /// Takes requests from now on and says nothing.
    pub fn stall(&self) {
        self.served.lock().stalls = true;
    }
}

async fn answer(
    State(inside): State<Shared<Inside>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let stalls = {
        let mut inside = inside.lock().expect("no panic");
        inside.tokens_asked += usize::from(uri.path() == "/token");
        inside.stalls
    };
    if stalls {
        std::future::pending::<()>().await;
    }
    let (status, answer) = {
        let mut inside = inside.lock().expect("no panic");
        if uri.path() == "/token" {
            inside.tokens.give(&body)
        } else {
            inside.dialogflow(&method, &uri, &headers, &body)
        }
    };
    let status = StatusCode::from_u16(status).expect("a status");
    let json = (header::CONTENT_TYPE, "application/json");
    (status, [json], answer.to_string()).into_response()
}

impl Inside {
    fn dialogflow(
        &mut self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> (u16, Value) {
        let authorization = headers.get(header::AUTHORIZATION);
        let authorization = authorization.and_then(|value| value.to_str().ok());
        let token = authorization.and_then(|text| text.strip_prefix("Bearer "));
        let token = token.unwrap_or_default().to_owned();
        let body = match body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(body).unwrap_or_else(|_| json!("no JSON")),
        };
        let what = format!("{method} {uri}");
        self.asked.push(Request {
            what: what.clone(),
            token: token.clone(),
            body: body.clone(),
        });
        if !self.tokens.is_good(&token) {
            return error(401, "UNAUTHENTICATED", "Request had invalid credentials.");
        }
        let call = match self.description.call(method.as_str(), uri, &body) {
            Ok(call) => call,
            Err(fault) => {
                self.faults.push(format!("{what} {body}: {fault}"));
                return error(400, "INVALID_ARGUMENT", &fault);
            }
        };
        match self.agent.answer(&call, &body) {
            Ok(answer) => {
                if let Err(fault) = self.description.check_answer(&call, &answer) {
                    self.faults
                        .push(format!("the peer's own answer to {what}: {fault}"));
                }
                (200, answer)
            }
            Err((status, name, message)) => error(status, name, message),
        }
    }
}

fn error(status: u16, name: &str, message: &str) -> (u16, Value) {
    let error = json!({"error": {"code": status, "message": message, "status": name}});
    (status, error)
}
