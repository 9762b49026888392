//! `update-message`

use events::{MessageId, message::Updated};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    content::{TEXT_CHARS_MAX, attachments, payload_text},
    state::known_message,
};
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::{Attachment, JsonText, Key, List, Maybe, Text},
};

/// Changes the text, the attachments or the payload of a message.
///
/// What is not given stays as it is; what is given empty is emptied. Nothing given is refused as
/// `missing-argument`, an unknown message as `message-not-found`, an attachment without a full URL
/// (http or https) as `invalid-argument`. 100 attachments and 1 MiB of payload are allowed
/// (`too-large` otherwise).
/// # Example
/// `{"message_id": 1, "message": "Hello, I need help with my order", "payload": {"step": 2}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateMessage {
    /// The message.
    message_id: Key<MessageId>,
    /// New text.
    #[serde(default)]
    message: Option<Text<TEXT_CHARS_MAX>>,
    /// New attachments, instead of all there are: name and URL of each.
    #[serde(default)]
    attachments: Option<List<Attachment>>,
    /// New payload: anything of your own.
    #[serde(default)]
    payload: Option<Maybe<JsonText<Map<String, Value>>>>,
}

impl Command for UpdateMessage {
    const NAME: &'static str = "update-message";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        if self.message.is_none() && self.attachments.is_none() && self.payload.is_none() {
            let why = "message is missing, and so are attachments and payload";
            return Err(Refusal::MissingArgument(why.to_owned()).into());
        }
        let message = self.message_id.0;
        let updated = Updated {
            message,
            text: self.message.map(|text| text.0),
            attachments: self
                .attachments
                .map(|given| attachments(given.0))
                .transpose()?,
            payload: self
                .payload
                .map(|given| payload_text(given.0))
                .transpose()?,
        };
        let conversation = known_message(decision.state(), message)?.conversation;
        decision.record(conversation, updated)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{ConversationId, Event, Stream, message, user::UserType};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, gone, john_and_agents, sent},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);
    const KEPT: Updated = Updated {
        message: MessageId(1),
        text: None,
        attachments: None,
        payload: None,
    };

    fn history() -> Vec<(Stream, Event)> {
        and(john_and_agents(), ID, sent(1, 3, UserType::User, "draft"))
    }

    fn updates(arguments_given: Value, updated: Updated) {
        given(history())
            .when(arguments::<UpdateMessage>(arguments_given))
            .then([happened(ID, updated)])
            .answering(true.into());
    }

    #[test]
    fn only_what_is_given_changes() {
        let text = Updated {
            text: Some("final".to_owned()),
            ..KEPT
        };
        updates(json!({"message_id": 1, "message": "final"}), text);
        let payload = Updated {
            payload: Some("{\"step\":2}".to_owned()),
            ..KEPT
        };
        updates(
            json!({"message_id": "1", "payload": "{\"step\":2}"}),
            payload,
        );
        let file = message::Attachment {
            name: "a".to_owned(),
            url: "https://example.com/a".to_owned(),
        };
        let attachments = Updated {
            attachments: Some(vec![file]),
            ..KEPT
        };
        let given = json!({"message_id": 1, "attachments": [["a", "https://example.com/a"]]});
        updates(given, attachments);
    }

    #[test]
    fn what_is_given_empty_is_emptied() {
        let emptied = Updated {
            text: Some(String::new()),
            attachments: Some(Vec::new()),
            payload: Some(String::new()),
            ..KEPT
        };
        let given = json!({"message_id": 1, "message": "", "attachments": "[]", "payload": {}});
        updates(given, emptied);
    }

    #[test]
    fn refusals() {
        let refused = |command: Value, history: Vec<(Stream, Event)>, refusal| {
            given(history)
                .when(arguments::<UpdateMessage>(command))
                .then_refused(refusal);
        };
        let why = "message is missing, and so are attachments and payload".to_owned();
        let nothing = json!({"message_id": 1, "message": null});
        refused(nothing, history(), Refusal::MissingArgument(why));
        let unknown = json!({"message_id": 9, "message": "x"});
        refused(unknown, history(), Refusal::MessageNotFound(9));
        let mut without_john = history();
        without_john.push(gone(3, UserType::User));
        let of_john = json!({"message_id": 1, "message": "x"});
        refused(of_john, without_john, Refusal::MessageNotFound(1));
    }
}
