//! A Slack workspace on this machine: channels, members and messages, by the rules of Slack's Web API
//! that a bot meets.

mod api;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::served::{Served, Shared};

/// The bot's token.
pub const TOKEN: &str = "xoxb-0123456789";

/// A channel.
#[derive(Clone, Debug, Default)]
pub struct Channel {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether the bot is a member.
    pub joined: bool,
    /// Who was invited.
    pub invited: Vec<String>,
    /// What was posted, as it came.
    pub posts: Vec<Value>,
}

#[derive(Default)]
struct Inside {
    channels: Vec<Channel>,
    members: Vec<Value>,
    active: HashSet<String>,
    /// Whether a bot may take a channel back from the archive.
    unarchives: bool,
    asked: Vec<String>,
    /// How the next requests of a method are answered: status, `Retry-After` and body.
    next: BTreeMap<String, Vec<(u16, u64, Value)>>,
    /// How long the answers of a method take.
    slow: BTreeMap<String, Duration>,
}

/// The workspace; it ends when dropped.
pub struct Workspace {
    /// The base of its API.
    pub url: String,
    served: Served<Inside>,
}

impl Workspace {
    /// A workspace on a free port, with the channels general (C0) and support (CSUPPORT).
    pub async fn start() -> Self {
        let channel = |id: &str, name: &str| Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            ..Channel::default()
        };
        let inside = Inside {
            channels: vec![channel("C0", "general"), channel("CSUPPORT", "support")],
            ..Inside::default()
        };
        let router = axum::Router::new().route("/api/{method}", axum::routing::post(answer));
        let served = Served::start(inside, router).await;
        Self {
            url: format!("{}/api", served.url),
            served,
        }
    }

    /// Adds a channel that somebody else made.
    pub fn add_channel(&self, id: &str, name: &str) {
        self.with(|inside| {
            inside.channels.push(Channel {
                id: id.to_owned(),
                name: name.to_owned(),
                ..Channel::default()
            });
        });
    }

    /// Adds a member with this name and address.
    pub fn add_member(&self, id: &str, name: &str, email: &str) {
        let member = json!({
            "id": id, "name": name.to_lowercase(), "real_name": name, "deleted": false,
            "is_bot": false, "profile": {"real_name": name, "email": email},
        });
        self.with(|inside| inside.members.push(member));
    }

    /// Adds members as Slack describes them.
    pub fn add_members(&self, members: Value) {
        let Value::Array(members) = members else {
            panic!("a list")
        };
        self.with(|inside| inside.members.extend(members));
    }

    /// Has a member come or go.
    pub fn set_active(&self, member: &str, active: bool) {
        self.with(|inside| match active {
            true => inside.active.insert(member.to_owned()),
            false => inside.active.remove(member),
        });
    }

    /// Lets bots take channels back from the archive, or not.
    pub fn let_unarchive(&self, allowed: bool) {
        self.with(|inside| inside.unarchives = allowed);
    }

    /// Archives a channel by hand.
    pub fn archive(&self, id: &str) {
        self.with(|inside| inside.channel(id).expect("a channel").archived = true);
    }

    /// Deletes a channel by hand.
    pub fn delete(&self, id: &str) {
        self.with(|inside| inside.channels.retain(|channel| channel.id != id));
    }

    /// Answers the next request of a method so; `Retry-After` is 0 for none.
    pub fn answer_next(&self, method: &str, status: u16, retry_after: u64, body: Value) {
        self.with(|inside| {
            let next = inside.next.entry(method.to_owned()).or_default();
            next.push((status, retry_after, body));
        });
    }

    /// Takes so long for each answer of a method from now on.
    pub fn slow_down(&self, method: &str, pause: Duration) {
        self.with(|inside| inside.slow.insert(method.to_owned(), pause));
    }

    /// The channels as they stand.
    pub fn channels(&self) -> Vec<Channel> {
        self.with(|inside| inside.channels.clone())
    }

    /// The channel of this name.
    pub fn named(&self, name: &str) -> Channel {
        let found = self.channels().into_iter().find(|it| it.name == name);
        found.unwrap_or_else(|| panic!("no channel {name} in {:?}", self.channels()))
    }

    /// The texts in the channel of this name.
    pub fn said(&self, name: &str) -> Vec<String> {
        let posts = self.named(name).posts.into_iter();
        posts
            .map(|post| post["text"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// How often a method was called.
    pub fn asked(&self, method: &str) -> usize {
        self.with(|inside| inside.asked.iter().filter(|it| *it == method).count())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> T {
        work(&mut self.served.lock())
    }
}

async fn answer(
    State(inside): State<Shared<Inside>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let pause = {
        let mut inside = inside.lock().expect("no panic");
        inside.asked.push(method.clone());
        inside.slow.get(&method).copied()
    };
    if let Some(pause) = pause {
        tokio::time::sleep(pause).await;
    }
    let mut inside = inside.lock().expect("no panic");
    let json_type = (header::CONTENT_TYPE, "application/json".to_owned());
    let planned = inside.next.get_mut(&method);
    if let Some((status, retry_after, body)) = planned
        .filter(|planned| !planned.is_empty())
        .map(|planned| planned.remove(0))
    {
        let status = StatusCode::from_u16(status).expect("a status");
        let retry_after = (header::RETRY_AFTER, retry_after.to_string());
        return (status, [json_type, retry_after], body.to_string()).into_response();
    }
    let kind = headers.get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind == "application/json");
    let fields = match is_json {
        true => serde_json::from_slice(&body).expect("JSON"),
        false => url::form_urlencoded::parse(&body)
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect(),
    };
    let bearer = headers.get(header::AUTHORIZATION);
    let said = match bearer.is_some_and(|it| *it == format!("Bearer {TOKEN}")) {
        true => inside.answer(&method, &fields),
        false => Err("invalid_auth"),
    };
    let answer = match said {
        Ok(mut answer) => {
            answer["ok"] = json!(true);
            answer
        }
        Err(code) => json!({"ok": false, "error": code}),
    };
    ([json_type], answer.to_string()).into_response()
}
