//! Which webhooks follow from an event: pure.

use events::{Event, Recorded, user::UserType};
use serde_json::Value;

use super::{Webhook, names};
use crate::{
    functions::settings::{
        registry::{WEBHOOKS_ACTIVE, WEBHOOKS_ENABLED, WEBHOOKS_URL},
        state::Settings,
    },
    reactions::ledger::Wanted,
};

/// What is to be delivered for this event under these settings.
#[must_use]
pub fn plan(event: &Recorded, settings: &Settings) -> Vec<Wanted> {
    if !settings.is_on(&WEBHOOKS_ENABLED) || settings.text(&WEBHOOKS_URL).is_empty() {
        return Vec::new();
    }
    let active = settings.text(&WEBHOOKS_ACTIVE);
    let is_active = |webhook: Webhook| {
        names(active).next().is_none()
            || names(active).any(|name| Webhook::named(name) == Some(webhook))
    };
    let Some(happened) = &event.event else {
        return Vec::new();
    };
    webhooks(happened)
        .into_iter()
        .filter(|(webhook, _)| is_active(*webhook))
        .map(|(webhook, part)| Wanted {
            source: event.position,
            name: webhook.function(),
            part,
            lane: event.stream.to_string(),
        })
        .collect()
}

/// The webhooks of an event, with the number of the part of it that each tells of.
fn webhooks(event: &Event) -> Vec<(Webhook, u32)> {
    let one = |webhook| vec![(webhook, 0)];
    match event {
        Event::MessageSent(sent) => {
            let mut webhooks = one(Webhook::MessageSent);
            if is_customer(sent.author_type) {
                webhooks.push((Webhook::NewMessagesReceived, 0));
            }
            if sent.first_of_customer {
                webhooks.push((Webhook::NewConversation, 0));
            }
            webhooks
        }
        Event::MessageUpdated(updated) => {
            let count = updated.payload.as_deref().map_or(0, rich_messages);
            (0..count)
                .map(|part| (Webhook::RichMessage, part))
                .collect()
        }
        Event::MessageDeleted(_) => one(Webhook::MessageDeleted),
        Event::ConversationCreated(_) => one(Webhook::NewConversationCreated),
        Event::ConversationStatusChanged(_) => one(Webhook::ConversationStatusUpdated),
        Event::UserLoggedIn(_) => one(Webhook::Login),
        Event::UserCreated(created) => {
            let mut webhooks = Vec::new();
            if created.user_type == UserType::User {
                webhooks.push((Webhook::Registration, 0));
            }
            if created.email.is_some() && is_customer(created.user_type) {
                webhooks.push((Webhook::NewEmailAddress, 0));
            }
            webhooks
        }
        Event::UserTypeChanged(changed)
            if changed.to == UserType::User
                && matches!(changed.from, UserType::Visitor | UserType::Lead) =>
        {
            one(Webhook::Registration)
        }
        Event::UserEmailChanged(changed) if changed.first && changed.email.is_some() => {
            one(Webhook::NewEmailAddress)
        }
        Event::UserDeleted(_) => one(Webhook::UserDeleted),
        Event::EmailSent(_) => one(Webhook::EmailSent),
        Event::SmsSent(_) => one(Webhook::SmsSent),
        Event::BotAnswered(_) => one(Webhook::BotMessage),
        Event::SlackMessageSent(_) => one(Webhook::SlackMessageSent),
        _ => Vec::new(),
    }
}

/// Visitors, leads and users.
fn is_customer(user_type: UserType) -> bool {
    matches!(
        user_type,
        UserType::Visitor | UserType::Lead | UserType::User
    )
}

/// How many rich messages a payload has results of.
fn rich_messages(payload: &str) -> u32 {
    let payload: Value = serde_json::from_str(payload).unwrap_or_default();
    u32::try_from(results(&payload).count()).unwrap_or(u32::MAX)
}

/// The rich messages of a payload that have a result: ID, and type with result.
pub fn results(payload: &Value) -> impl Iterator<Item = (&String, &Value)> {
    payload
        .get("rich-messages")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, message)| message.get("result").is_some())
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::{
        ConversationId, EventId, MessageId, Stream, UserId,
        bot::Answered,
        conversation::{Status, StatusChanged},
        message::{Sent, Updated},
        settings::Saved,
    };
    use serde_json::json;

    use super::*;
    use crate::functions::evolve;

    fn settings(set: Value) -> Settings {
        let set = serde_json::from_value(set).unwrap();
        let saved = Saved {
            set,
            ..Saved::default()
        };
        let mut state = Memory::default();
        let stream = crate::functions::settings::state::STREAM;
        evolve(&mut state, stream, &saved.into()).unwrap();
        Settings::read(&state).unwrap()
    }

    fn on(active: &str) -> Settings {
        settings(json!({
            "webhooks-enabled": [true, "checkbox"],
            "webhooks-url": ["https://example.com/", "text"],
            "webhooks-active": [active, "text"],
        }))
    }

    fn recorded(event: impl Into<Event>) -> Recorded {
        let event = event.into();
        Recorded {
            position: 9,
            stream: Stream::from(ConversationId(7)),
            version: 1,
            event_type: event.event_type(),
            time_ms: 0,
            id: EventId::default(),
            correlation: EventId::default(),
            causation: 0,
            actor: UserId(0),
            event: Some(event),
        }
    }

    fn sent(author_type: UserType, first_of_customer: bool) -> Recorded {
        recorded(Sent {
            message: MessageId(1),
            author: UserId(3),
            author_type,
            text: "Hi".to_owned(),
            attachments: Vec::new(),
            payload: String::new(),
            asked_status: None,
            first_of_customer,
            recipient: None,
        })
    }

    fn planned(event: &Recorded, settings: &Settings) -> Vec<&'static str> {
        let wanted = plan(event, settings);
        assert!(
            wanted
                .iter()
                .all(|one| one.source == 9 && one.lane == "conversation-7")
        );
        wanted.iter().map(|one| one.name).collect()
    }

    #[test]
    fn a_message_has_up_to_three() {
        let (message, news) = ("message-sent", "new-messages-received");
        assert_eq!(planned(&sent(UserType::Agent, false), &on("")), [message]);
        assert_eq!(
            planned(&sent(UserType::Lead, false), &on("")),
            [message, news]
        );
        assert_eq!(
            planned(&sent(UserType::User, true), &on("")),
            [message, news, "new-conversation-received"]
        );
    }

    #[test]
    fn only_the_active_ones_are_sent() {
        let first = sent(UserType::User, true);
        assert_eq!(planned(&first, &on("message-sent")), ["message-sent"]);
        for name in ["new-conversation", " new-conversation-received ,login"] {
            assert_eq!(planned(&first, &on(name)), ["new-conversation-received"]);
        }
        assert_eq!(planned(&first, &settings(json!({}))), [""; 0]);
        let no_url = settings(json!({"webhooks-enabled": [true, "checkbox"]}));
        assert_eq!(planned(&first, &no_url), [""; 0]);
    }

    #[test]
    fn a_bots_answer_has_one_of_its_own() {
        let answered = Answered {
            function: "open-ai-message".to_owned(),
            question: "Hello".to_owned(),
            messages: Vec::new(),
            response: Value::Null,
        };
        assert_eq!(planned(&recorded(answered), &on("")), ["bot-message"]);
    }

    #[test]
    fn status_codes_and_rich_messages() {
        let changed = StatusChanged {
            from: Status::Live,
            to: Status::Archived,
        };
        assert_eq!(
            planned(&recorded(changed), &on("")),
            ["conversation-status-updated"]
        );
        let updated = |payload: Value| {
            recorded(Updated {
                message: MessageId(1),
                text: None,
                attachments: None,
                payload: Some(payload.to_string()),
            })
        };
        let answered = json!({"rich-messages": {"a": {"type": "inputs", "result": {}}, "b": {}}});
        assert_eq!(planned(&updated(answered), &on("")), ["rich-message"]);
        assert_eq!(planned(&updated(json!({"x": 1})), &on("")), [""; 0]);
    }
}
