//! Dialogflow ES: the REST API of version 2, as its discovery document has it.
//!
//! `POST`, `GET` and `PATCH` below `/v2/projects/{project}/`, with an access token. A token that is
//! refused before its time gives way to a new one, once: what is answered 401 was not done.

mod path;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

pub use path::{Place, is_id, place, resource_id};

use super::{
    google_oauth::{Access, Tokens},
    outgoing::{self, Outgoing},
    request::{Method, Request, Response},
    vendor::{Problem, base},
};
use crate::clock;

/// Where Dialogflow's API is.
pub const BASE_URL: &str = "https://dialogflow.googleapis.com";
/// What a token must be good for.
pub const SCOPE: &str = "https://www.googleapis.com/auth/dialogflow";
/// The longest text that Dialogflow reads, in characters.
pub const TEXT_CHARS_MAX: usize = 256;
/// Rows of a list that are asked for at once: the most that there may be.
const PAGE_ROWS: &str = "1000";
/// Pages of a list that are read; an agent has 2,000 intents and 250 entities at most.
const PAGES_MAX: usize = 10;
/// The longest answer that is read, in bytes: a page of intents with all their phrases.
const ANSWER_MAX: usize = 16 << 20;

/// A project's agent, and how it is spoken to.
pub struct Agent<'a> {
    /// The way out.
    pub outgoing: &'a Outgoing,
    /// The tokens that were given before.
    pub tokens: &'a Tokens,
    /// Who asks for tokens.
    pub access: Access,
    /// [`BASE_URL`], or another's.
    pub base_url: String,
    /// The project; see [`is_id`].
    pub project: String,
    /// A token that the caller has already.
    pub given: Option<String>,
    /// The limit of time for a call.
    pub timeout: Duration,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Call {
    method: Method,
    place: Place,
    body: Option<Value>,
}

impl Call {
    /// Reads at this place below the project.
    #[must_use]
    pub fn get(place: Place) -> Self {
        Self {
            method: Method::Get,
            place,
            body: None,
        }
    }

    /// Creates, or has something done.
    #[must_use]
    pub fn post(place: Place, body: Value) -> Self {
        Self {
            method: Method::Post,
            place,
            body: Some(body),
        }
    }

    /// Changes.
    #[must_use]
    pub fn patch(place: Place, body: Value) -> Self {
        Self {
            method: Method::Patch,
            place,
            body: Some(body),
        }
    }
}

impl Agent<'_> {
    /// What Dialogflow answers, as it is.
    ///
    /// # Errors
    /// When nobody answers, Google gives no token, or Dialogflow refuses: then with its own words. All of
    /// it has the one limit of time.
    pub async fn call(&self, call: &Call) -> Result<Map<String, Value>, Problem> {
        let ends = Instant::now() + self.timeout;
        let mut token = match &self.given {
            Some(given) => given.clone(),
            None => self.token().await?,
        };
        let mut answer = self.send(call, &token, ends).await?;
        if answer.status == 401 {
            token = self.token_instead_of(&token, ends).await?;
            answer = self.send(call, &token, ends).await?;
        }
        if !answer.is_success() {
            return Err(Problem::said_error(&answer, "status", &["message"]));
        }
        match answer.json() {
            Some(Value::Object(json)) => Ok(json),
            _ => Err(Problem::odd(&answer, "JSON object")),
        }
    }

    /// All rows of a list, page by page.
    ///
    /// # Errors
    /// As with [`Agent::call`], and when the list does not end.
    pub async fn list(&self, place: &Place, rows: &str) -> Result<Vec<Value>, Problem> {
        let mut all = Vec::new();
        let mut page = place.clone().with("pageSize", PAGE_ROWS);
        for _ in 0..PAGES_MAX {
            let mut answer = self.call(&Call::get(page)).await?;
            if let Some(Value::Array(found)) = answer.remove(rows) {
                all.extend(found);
            }
            match answer.get("nextPageToken").and_then(Value::as_str) {
                Some(next) if !next.is_empty() => {
                    page = place.clone().with("pageSize", PAGE_ROWS);
                    page = page.with("pageToken", next);
                }
                _ => return Ok(all),
            }
        }
        Err(Problem::Said {
            status: 200,
            code: None,
            text: format!("the list has more than {PAGES_MAX} pages of {PAGE_ROWS}"),
        })
    }

    /// A token that lasts a while yet.
    async fn token(&self) -> Result<String, Problem> {
        let now_s = clock::now_ms() / 1_000;
        self.tokens.token(self.outgoing, &self.access, now_s).await
    }

    /// A token in the place of one that was refused, if it comes in time.
    async fn token_instead_of(&self, refused: &str, ends: Instant) -> Result<String, Problem> {
        let now_s = clock::now_ms() / 1_000;
        let access = Access {
            timeout: ends.saturating_duration_since(Instant::now()),
            ..self.access.clone()
        };
        let token = self
            .tokens
            .instead_of(refused, self.outgoing, &access, now_s);
        // Somebody else may have begun to ask, with more time.
        let late = |_| outgoing::Problem::TimedOut("Google's OAuth".to_owned());
        timeout_at(ends, token).await.map_err(late)?
    }

    /// A new token, valid for an hour.
    ///
    /// # Errors
    /// When nobody answers, or Google refuses.
    pub async fn new_token(&self) -> Result<String, Problem> {
        let now_s = clock::now_ms() / 1_000;
        self.tokens
            .new_token(self.outgoing, &self.access, now_s)
            .await
    }

    async fn send(&self, call: &Call, token: &str, ends: Instant) -> Result<Response, Problem> {
        let project = format!("{}/v2/projects/{}", base(&self.base_url), self.project);
        let mut request = Request::new(call.method, format!("{project}{}", call.place.text()))
            .bearer(token)
            .timeout(ends.saturating_duration_since(Instant::now()))
            .answer_max(ANSWER_MAX);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        Ok(self.outgoing.ask(request).await?)
    }
}
