//! What is in a webhook: its `data`, as documented, made from the event.
//!
//! Names and pictures of people are those they have when it is sent: events do not carry them, and
//! who is deleted is forgotten here as well.

use eventlog::Reader;
use events::{
    Event, Recorded, Stream, StreamKind, UserId, bot, message,
    user::{Detail, UserType},
};
use quick_cache::sync::Cache;
use serde_json::{Map, Value, json};

use super::{
    Webhook,
    history::{self, Then},
    plan::results,
};
use crate::{
    clock::wire_time,
    functions::{Failure, User, user, users::row::picture, users::state::details},
};

/// Stands for a password or a token wherever one would.
const HIDDEN: &str = "********";

/// What payloads are made with.
pub struct View<'a> {
    /// The log, and the people.
    pub reader: &'a Reader,
    /// Base of every URL handed out.
    pub public_url: &'a str,
    /// Whose conversations are, as far as it was looked up.
    pub owners: &'a Owners,
}

/// Owners of conversations, which never change: kept, because a conversation has many messages.
pub type Owners = Cache<u64, UserId>;

/// The `data` of a webhook; `None` where there is nothing to tell any more, because what it is about
/// was deleted and erased, or never was news.
///
/// # Errors
/// When the log cannot be read.
pub fn data(
    view: &View<'_>,
    webhook: Webhook,
    part: u32,
    event: &Recorded,
) -> Result<Option<Value>, Failure> {
    let stream = event.stream;
    let Some(happened) = &event.event else {
        return Ok(None);
    };
    Ok(match (webhook, happened) {
        (Webhook::MessageSent, Event::MessageSent(sent)) => view
            .owner(event)?
            .map(|owner| message_sent(stream, sent, owner)),
        (Webhook::NewMessagesReceived, Event::MessageSent(sent)) => {
            Some(json!([{ "details": view.message(event, sent)? }]))
        }
        (Webhook::NewConversation | Webhook::NewConversationCreated, _) => {
            match view.conversation(event)? {
                Some(then) => Some(json!({ "details": view.conversation_details(stream, &then)? })),
                None => None,
            }
        }
        (_, Event::ConversationStatusChanged(changed)) => Some(json!({
            "conversation_id": stream.id.to_string(),
            "status_code": changed.to.code().to_string(),
        })),
        (_, Event::MessageDeleted(deleted)) => Some(json!(deleted.message.to_string())),
        (_, Event::UserDeleted(_)) => Some(json!(stream.id.to_string())),
        (_, Event::EmailSent(sent)) => Some(json!({
            "recipient_id": text_or_empty(sent.recipient),
            "message": sent.message,
        })),
        (_, Event::SmsSent(sent)) => Some(json!({
            // Misspelt in the document, and so by its users.
            "recipent_id": text_or_empty(sent.recipient),
            "message": sent.message,
            "response": sent.response,
        })),
        (_, Event::BotAnswered(answered)) => Some(bot_message(stream, answered)),
        (_, Event::SlackMessageSent(sent)) => Some(json!({
            "message": sent.text,
            "conversation_id": text_or_empty(sent.conversation),
            "slack_channel": sent.channel,
        })),
        (Webhook::RichMessage, Event::MessageUpdated(updated)) => {
            view.rich_message(event, updated, part)?
        }
        (Webhook::Login, _) => view.login(UserId(stream.id))?,
        (Webhook::Registration, _) => view.registration(UserId(stream.id))?,
        (Webhook::NewEmailAddress, Event::UserCreated(created)) => {
            let name = format!("{} {}", created.first_name, created.last_name);
            Some(json!({ "name": name.trim(), "email": created.email }))
        }
        (Webhook::NewEmailAddress, Event::UserEmailChanged(changed)) => {
            let known = view.user(UserId(stream.id))?;
            known.map(|known| json!({ "name": known.full_name(), "email": changed.email }))
        }
        _ => None,
    })
}

fn message_sent(stream: Stream, sent: &message::Sent, owner: UserId) -> Value {
    let asked = sent.asked_status.map(|status| status.code().to_string());
    json!({
        "user_id": sent.author.to_string(),
        "conversation_user_id": owner.to_string(),
        "conversation_id": stream.id.to_string(),
        "conversation_status": asked.unwrap_or_else(|| "-1".to_owned()),
        "message_id": sent.message.to_string(),
        "message": sent.text,
    })
}

/// A bot's answer. Whatever token the vendor was asked with stays in the house.
fn bot_message(stream: Stream, answered: &bot::Answered) -> Value {
    let messages = answered.messages.iter().map(|said| {
        let mut message = json!({ "message": said.text });
        if !said.attachments.is_empty() {
            message["attachments"] = json!(pairs(&said.attachments));
        }
        message
    });
    json!({
        "response": {
            "token": HIDDEN,
            "messages": messages.collect::<Vec<_>>(),
            "response": answered.response,
        },
        "message": answered.question,
        "conversation_id": stream.id,
    })
}

/// Attachments as the API writes them: name and URL of each.
fn pairs(attachments: &[message::Attachment]) -> Vec<[&str; 2]> {
    attachments
        .iter()
        .map(|attachment| [attachment.name.as_str(), attachment.url.as_str()])
        .collect()
}

fn text_or_empty(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

impl View<'_> {
    fn user(&self, id: UserId) -> Result<Option<User>, Failure> {
        user(self.reader, id)
    }

    fn owner(&self, event: &Recorded) -> Result<Option<UserId>, Failure> {
        let conversation = event.stream.id;
        let known = self.owners.get(&conversation);
        if known.is_some() {
            return Ok(known);
        }
        let owner = history::owner(self.reader, event)?;
        if let Some(owner) = owner {
            self.owners.insert(conversation, owner);
        }
        Ok(owner)
    }

    fn conversation(&self, event: &Recorded) -> Result<Option<Then>, Failure> {
        debug_assert_eq!(event.stream.kind, StreamKind::Conversation);
        history::conversation(self.reader, event)
    }

    /// First and last name, picture and type of somebody: empty where the user is gone.
    fn person(&self, id: UserId, user_type: Option<UserType>) -> Result<[String; 4], Failure> {
        let known = self.user(id)?;
        let user_type = user_type
            .or(known.as_ref().map(|known| known.user_type))
            .unwrap_or(UserType::User);
        let (first_name, last_name, own) = known.map_or_else(Default::default, |known| {
            (known.first_name, known.last_name, known.profile_image)
        });
        let picture = picture(self.public_url, user_type, own);
        Ok([first_name, last_name, picture, user_type.name().to_owned()])
    }

    fn message(&self, event: &Recorded, sent: &message::Sent) -> Result<Value, Failure> {
        let [first_name, last_name, picture, user_type] =
            self.person(sent.author, Some(sent.author_type))?;
        let pairs = pairs(&sent.attachments);
        let attachments = if pairs.is_empty() {
            String::new()
        } else {
            json!(pairs).to_string()
        };
        let full_name = format!("{first_name} {last_name}");
        Ok(json!({
            "id": sent.message.to_string(),
            "user_id": sent.author.to_string(),
            "message": sent.text,
            "creation_time": wire_time(event.time_ms),
            "attachments": attachments,
            "status_code": "0",
            "conversation_id": event.stream.id.to_string(),
            "first_name": first_name,
            "last_name": last_name,
            "profile_image": picture,
            "user_type": user_type,
            "full_name": full_name.trim(),
        }))
    }

    fn conversation_details(&self, stream: Stream, then: &Then) -> Result<Value, Failure> {
        let [first_name, last_name, picture, user_type] = self.person(then.user, None)?;
        Ok(json!({
            "user_id": then.user.to_string(),
            "first_name": first_name,
            "last_name": last_name,
            "profile_image": picture,
            "user_type": user_type,
            "id": stream.id.to_string(),
            "title": then.title,
            "conversation_time": wire_time(then.created_ms),
            "conversation_status_code": then.status.code().to_string(),
            "department": text_or_empty(then.department),
            "agent_id": text_or_empty(then.agent),
        }))
    }

    /// A result that the message's payload did not have before.
    fn rich_message(
        &self,
        event: &Recorded,
        updated: &message::Updated,
        part: u32,
    ) -> Result<Option<Value>, Failure> {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let payload = parsed(updated.payload.as_deref().unwrap_or_default());
        let Some((id, message)) = usize::try_from(part)
            .ok()
            .and_then(|part| results(&payload).nth(part))
        else {
            return Ok(None);
        };
        let before = parsed(&history::payload_before(
            self.reader,
            event,
            updated.message,
        )?);
        if results(&before).any(|(known, was)| known == id && was == message) {
            return Ok(None);
        }
        Ok(Some(json!({ "result": true, "data": message, "id": id })))
    }

    fn login(&self, id: UserId) -> Result<Option<Value>, Failure> {
        let Some(known) = self.user(id)? else {
            return Ok(None);
        };
        // An admin's opens all of the API, an agent's the agent's cookie: nothing for a receiver.
        let token = match known.user_type.is_customer() {
            true => &*known.token,
            false => HIDDEN,
        };
        Ok(Some(json!({ "details": {
            "id": id.to_string(),
            "profile_image": picture(self.public_url, known.user_type, known.profile_image),
            "first_name": known.first_name,
            "last_name": known.last_name,
            "email": known.email.unwrap_or_default(),
            "user_type": known.user_type.name(),
            "token": token,
        } })))
    }

    fn registration(&self, id: UserId) -> Result<Option<Value>, Failure> {
        let Some(known) = self.user(id)? else {
            return Ok(None);
        };
        let extra: Map<String, Value> = details(self.reader, id)?
            .into_iter()
            .map(|Detail { slug, name, value }| (slug, json!([value, name])))
            .collect();
        let image = picture(self.public_url, known.user_type, known.profile_image);
        Ok(Some(json!({
            "user": {
                "profile_image": [image, "Profile image"],
                "first_name": [known.first_name, "First name"],
                "last_name": [known.last_name, "Last name"],
                "email": [known.email.unwrap_or_default(), "Email"],
                "password": [HIDDEN, "Password"],
                "password-check": [HIDDEN, "Repeat password"],
                "user_type": [UserType::User.name(), ""],
            },
            "extra": extra,
        })))
    }
}
