//! Slack's Web API: `POST {base}/{method}` with a bearer token and a form, or JSON where blocks go
//! along, as Slack's official clients send it.
//!
//! Slack answers 200 with `{"ok": false, "error": "…"}` where it refuses, and 429 with `Retry-After`
//! where it is asked too often. A pause that fits into the workspace's deadline is kept here; a longer
//! one is told.

mod call;
pub mod signature;

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{
    outgoing::{self, Outgoing},
    request::Request,
    vendor,
};
use call::{call, form, lacking, pages, text};

/// A workspace, as a bot with this token sees it.
#[derive(Clone)]
pub struct Workspace {
    /// Where the API is: `https://slack.com/api`.
    pub base_url: String,
    /// The bot's token (`xoxb-…`).
    pub token: String,
    /// The limit of time for a call.
    pub timeout: Duration,
    /// When all calls and pauses are over.
    pub deadline: Instant,
}

/// Why Slack did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// As any vendor.
    #[error(transparent)]
    Vendor(#[from] vendor::Problem),
    /// It was asked too often.
    #[error("the rate limit is reached, and it asks for {} s", .0.as_secs())]
    Limited(Duration),
}

impl From<outgoing::Problem> for Problem {
    fn from(problem: outgoing::Problem) -> Self {
        Self::Vendor(problem.into())
    }
}

impl Problem {
    /// Slack's own code, such as `channel_not_found`, where it refused with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Vendor(vendor::Problem::Said { code, .. }) => code.as_deref(),
            _ => None,
        }
    }
}

/// A message to a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// The channel's ID.
    pub channel: String,
    /// The text, as mrkdwn.
    pub text: String,
    /// The shown name of the sender.
    pub username: Option<String>,
    /// The URL of the sender's shown picture.
    pub icon_url: Option<String>,
    /// What is shown instead of the text; that is for notifications then.
    pub blocks: Option<Value>,
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Posts, and gives Slack's name (`ts`) for the message.
///
/// # Errors
/// As every call here: nobody answers, Slack refuses, or it was asked too often.
pub async fn post(
    outgoing: &Outgoing,
    workspace: &Workspace,
    post: &Post,
) -> Result<String, Problem> {
    let mut body = json!({ "channel": post.channel, "text": post.text });
    let own = [("username", &post.username), ("icon_url", &post.icon_url)];
    for (name, value) in own {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    match &post.blocks {
        Some(blocks) => body["blocks"] = blocks.clone(),
        None => body["unfurl_links"] = json!(false),
    }
    let request = |request: Request| request.json(&body);
    let answer = call(outgoing, workspace, "chat.postMessage", request).await?;
    Ok(text(&answer, "ts"))
}

/// Makes a public channel.
///
/// # Errors
/// As [`post`]; `name_taken` where there is a channel of this name, archived or not.
pub async fn create(
    outgoing: &Outgoing,
    workspace: &Workspace,
    name: &str,
) -> Result<Channel, Problem> {
    let method = "conversations.create";
    let answer = form(outgoing, workspace, method, &[("name", name)]).await?;
    let channel = answer.get("channel").and_then(Value::as_object);
    let channel = channel.map(|made| Channel {
        id: text(made, "id"),
        name: text(made, "name"),
    });
    channel
        .filter(|channel| !channel.id.is_empty())
        .ok_or_else(|| lacking("channel"))
}

/// What is done to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Archives it.
    Archive,
    /// Takes it back from the archive.
    Unarchive,
    /// Makes the bot a member.
    Join,
}

/// Does it.
///
/// # Errors
/// As [`post`].
pub async fn change(
    outgoing: &Outgoing,
    workspace: &Workspace,
    change: Change,
    channel: &str,
) -> Result<(), Problem> {
    let method = match change {
        Change::Archive => "conversations.archive",
        Change::Unarchive => "conversations.unarchive",
        Change::Join => "conversations.join",
    };
    form(outgoing, workspace, method, &[("channel", channel)])
        .await
        .map(drop)
}

/// Makes somebody a member of a channel.
///
/// # Errors
/// As [`post`].
pub async fn invite(
    outgoing: &Outgoing,
    workspace: &Workspace,
    channel: &str,
    member: &str,
) -> Result<(), Problem> {
    let fields = [("channel", channel), ("users", member)];
    form(outgoing, workspace, "conversations.invite", &fields)
        .await
        .map(drop)
}

/// All public channels as Slack describes them, archived ones included unless told otherwise.
///
/// # Errors
/// As [`post`].
pub async fn channels(
    outgoing: &Outgoing,
    workspace: &Workspace,
    archived: bool,
) -> Result<Vec<Map<String, Value>>, Problem> {
    let exclude = if archived { "0" } else { "1" };
    let fields = [("exclude_archived", exclude), ("types", "public_channel")];
    let method = "conversations.list";
    pages(outgoing, workspace, method, &fields, "channels").await
}

/// All members as Slack describes them, bots and those who have left included.
///
/// # Errors
/// As [`post`].
pub async fn members(
    outgoing: &Outgoing,
    workspace: &Workspace,
) -> Result<Vec<Map<String, Value>>, Problem> {
    pages(outgoing, workspace, "users.list", &[], "members").await
}

/// The address of a member, where the token may see it.
///
/// # Errors
/// As [`post`].
pub async fn email(
    outgoing: &Outgoing,
    workspace: &Workspace,
    member: &str,
) -> Result<Option<String>, Problem> {
    let answer = form(outgoing, workspace, "users.info", &[("user", member)]).await?;
    let email = answer.get("user").and_then(|user| {
        let email = user.get("profile")?.get("email")?.as_str()?;
        Some(email.to_owned())
    });
    Ok(email.filter(|email| !email.is_empty()))
}

/// Whether a member is active.
///
/// # Errors
/// As [`post`].
pub async fn is_active(
    outgoing: &Outgoing,
    workspace: &Workspace,
    member: &str,
) -> Result<bool, Problem> {
    let fields = [("user", member)];
    let answer = form(outgoing, workspace, "users.getPresence", &fields).await?;
    Ok(text(&answer, "presence") == "active")
}

#[cfg(test)]
mod tests;
