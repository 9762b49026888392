//! Events as Slack writes them, and which of them are messages of people.

use serde::Deserialize;
use serde_json::Value;

use super::text::{from_slack, shared_files};
use crate::functions::messages::{
    content::{ATTACHMENTS_MAX, TEXT_CHARS_MAX},
    send::Draft,
};

/// The body of a request.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Envelope {
    /// Slack asks whether we are there.
    UrlVerification {
        /// What it wants to hear.
        challenge: String,
    },
    /// Something happened.
    EventCallback {
        /// The event's ID, the same when it is sent again.
        event_id: String,
        /// What happened.
        event: Value,
    },
    /// Nothing for us.
    #[serde(other)]
    Other,
}

/// An event of the type `message`.
#[derive(Deserialize)]
pub struct Message {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    files: Value,
}

/// What a member has said.
pub struct Said {
    /// Where: the channel's ID.
    pub channel: String,
    /// Who: the member's ID.
    pub member: String,
    /// What.
    pub draft: Draft,
}

/// What is somebody's message. Bots, edits, deletions, joins and whatever else has a subtype are not.
/// `name` tells whom a member's ID stands for, where that is known.
pub fn said(message: Message, name: impl Fn(&str) -> Option<String>) -> Option<Said> {
    let subtype = message.subtype.as_deref().unwrap_or_default();
    let is_own_words = matches!(
        subtype,
        "" | "file_share" | "thread_broadcast" | "me_message"
    );
    if message.kind != "message" || !is_own_words || message.bot_id.is_some() || message.hidden {
        return None;
    }
    let text = from_slack(&message.text.unwrap_or_default(), name);
    let mut attachments = shared_files(&message.files);
    attachments.truncate(ATTACHMENTS_MAX);
    if text.trim().is_empty() && attachments.is_empty() {
        return None;
    }
    let draft = Draft {
        text: text.chars().take(TEXT_CHARS_MAX).collect(),
        attachments,
        ..Draft::default()
    };
    Some(Said {
        channel: message.channel,
        member: message.user.filter(|member| member != "USLACKBOT")?,
        draft,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn understood(event: Value) -> Option<(String, String, String, usize)> {
        let said = said(serde_json::from_value(event).ok()?, |_| None)?;
        let Draft {
            text, attachments, ..
        } = said.draft;
        Some((said.channel, said.member, text, attachments.len()))
    }

    fn with(more: Value) -> Value {
        let mut event =
            json!({"type": "message", "channel": "C1", "user": "U1", "text": "Hi", "ts": "1.2"});
        let Value::Object(more) = more else {
            panic!("an object")
        };
        event.as_object_mut().unwrap().extend(more);
        event
    }

    #[test]
    fn people_are_heard() {
        let heard =
            |text: &str, files| Some(("C1".to_owned(), "U1".to_owned(), text.to_owned(), files));
        assert_eq!(understood(with(json!({}))), heard("Hi", 0));
        assert_eq!(
            understood(with(json!({"text": "a &amp; b", "thread_ts": "1.1"}))),
            heard("a & b", 0)
        );
        let file = json!([{"name": "a", "permalink": "https://x.slack.com/a"}]);
        let shared = json!({"subtype": "file_share", "text": "", "files": file});
        assert_eq!(understood(with(shared)), heard("", 1));
    }

    #[test]
    fn bots_edits_and_notes_are_not() {
        for other in [
            json!({"bot_id": "B1"}),
            json!({"subtype": "bot_message"}),
            json!({"subtype": "message_changed"}),
            json!({"subtype": "message_deleted", "hidden": true}),
            json!({"subtype": "channel_join"}),
            json!({"hidden": true}),
            json!({"user": "USLACKBOT"}),
            json!({"user": null}),
            json!({"text": " "}),
            json!({"text": null}),
            json!({"type": "reaction_added"}),
        ] {
            assert_eq!(understood(with(other.clone())), None, "{other}");
        }
    }
}
