//! A Slack workspace on this machine: channels, members and messages, by the rules of Slack's Web API
//! that a bot meets.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

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
    inside: Arc<Mutex<Inside>>,
    task: JoinHandle<()>,
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Workspace {
    /// A workspace on a free port, with the channels general (C0) and support (CSUPPORT).
    #[expect(
        clippy::disallowed_methods,
        reason = "the workspace's own task, ended when it is dropped"
    )]
    pub async fn start() -> Self {
        let channel = |id: &str, name: &str| Channel {
            id: id.to_owned(),
            name: name.to_owned(),
            ..Channel::default()
        };
        let inside = Arc::new(Mutex::new(Inside {
            channels: vec![channel("C0", "general"), channel("CSUPPORT", "support")],
            ..Inside::default()
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/api", listener.local_addr().expect("an address"));
        let router = axum::Router::new()
            .route("/api/{method}", axum::routing::post(answer))
            .with_state(Arc::clone(&inside));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving");
        });
        Self { url, inside, task }
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
        work(&mut self.inside.lock().expect("no panic"))
    }
}

async fn answer(
    State(inside): State<Arc<Mutex<Inside>>>,
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

impl Inside {
    fn channel(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    fn known(&mut self, fields: &Value) -> Result<&mut Channel, &'static str> {
        let id = fields["channel"].as_str().unwrap_or_default().to_owned();
        self.channel(&id).ok_or("channel_not_found")
    }

    fn answer(&mut self, method: &str, fields: &Value) -> Result<Value, &'static str> {
        let unarchives = self.unarchives;
        match method {
            "chat.postMessage" => {
                let channel = self.known(fields)?;
                match (channel.archived, channel.joined) {
                    (true, _) => return Err("is_archived"),
                    (false, false) => return Err("not_in_channel"),
                    (false, true) => channel.posts.push(fields.clone()),
                }
                let ts = format!("1503435956.{:06}", channel.posts.len());
                Ok(json!({"channel": channel.id, "ts": ts}))
            }
            "conversations.create" => self.create(fields["name"].as_str().unwrap_or_default()),
            "conversations.archive" => {
                let channel = self.known(fields)?;
                match channel {
                    Channel { name, .. } if name == "general" => Err("cant_archive_general"),
                    Channel { archived: true, .. } => Err("already_archived"),
                    Channel { joined: false, .. } => Err("not_in_channel"),
                    channel => {
                        channel.archived = true;
                        Ok(json!({}))
                    }
                }
            }
            "conversations.unarchive" => {
                let channel = self.known(fields)?;
                if !unarchives {
                    return Err("not_allowed_token_type");
                }
                (channel.archived, channel.joined) = (false, false);
                Ok(json!({}))
            }
            "conversations.join" => {
                let channel = self.known(fields)?;
                if channel.archived {
                    return Err("is_archived");
                }
                channel.joined = true;
                Ok(json!({}))
            }
            "conversations.invite" => {
                let member = fields["users"].as_str().unwrap_or_default().to_owned();
                self.known(fields)?.invited.push(member);
                Ok(json!({}))
            }
            "conversations.list" => {
                let hides = fields["exclude_archived"] == "1";
                let shown = |channel: &&Channel| !(hides && channel.archived);
                let row = |it: &Channel| {
                    json!({
                        "id": it.id, "name": it.name, "is_channel": true,
                        "is_archived": it.archived, "is_general": it.name == "general",
                    })
                };
                let rows = self.channels.iter().filter(shown).map(row).collect();
                Ok(page("channels", rows, fields))
            }
            "users.list" => Ok(page("members", self.members.clone(), fields)),
            "users.info" => {
                let mut members = self.members.iter();
                let found = members.find(|member| member["id"] == fields["user"]);
                Ok(json!({"user": found.ok_or("user_not_found")?}))
            }
            "users.getPresence" => {
                let mut members = self.members.iter();
                let found = members.any(|member| member["id"] == fields["user"]);
                let active = self
                    .active
                    .contains(fields["user"].as_str().unwrap_or_default());
                let presence = if active { "active" } else { "away" };
                found
                    .then(|| json!({"presence": presence}))
                    .ok_or("user_not_found")
            }
            _ => Err("unknown_method"),
        }
    }

    fn create(&mut self, name: &str) -> Result<Value, &'static str> {
        let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 80 || !name.bytes().all(fine) {
            return Err("invalid_name_specials");
        }
        if self.channels.iter().any(|channel| channel.name == name) {
            return Err("name_taken");
        }
        let id = format!("C{:08}", self.channels.len());
        self.channels.push(Channel {
            id: id.clone(),
            name: name.to_owned(),
            joined: true,
            ..Channel::default()
        });
        Ok(json!({"channel": {"id": id, "name": name}}))
    }
}

/// Two rows of a list at a time, whatever was asked for.
fn page(name: &str, rows: Vec<Value>, fields: &Value) -> Value {
    let limit = fields["limit"]
        .as_str()
        .and_then(|limit| limit.parse().ok());
    assert!(
        limit.is_some_and(|limit: u32| (1..1000).contains(&limit)),
        "{fields}"
    );
    let cursor = fields["cursor"].as_str().map_or(Ok(0), str::parse);
    let from: usize = cursor.expect("a cursor of ours");
    let more = rows.len() > from + 2;
    let next = if more {
        (from + 2).to_string()
    } else {
        String::new()
    };
    let rows: Vec<Value> = rows.into_iter().skip(from).take(2).collect();
    json!({name: rows, "response_metadata": {"next_cursor": next}})
}
