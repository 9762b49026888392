//! `delete-message`

use events::{MessageId, message::Deleted};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::known_message;
use crate::{
    functions::{Command, Decision, Failure},
    wire::Key,
};

/// Deletes a message.
///
/// The status of the conversation stays. An unknown message, one that was deleted before among
/// them, is refused as `message-not-found`.
/// # Example
/// `{"message_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteMessage {
    /// The message.
    message_id: Key<MessageId>,
}

impl Command for DeleteMessage {
    const NAME: &'static str = "delete-message";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let message = self.message_id.0;
        let conversation = known_message(decision.state(), message)?.conversation;
        decision.record(conversation, Deleted { message })?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{ConversationId, user::UserType};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Refusal,
        conversations::histories::{and, arguments, john_and_agents, sent},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn delete(message: u64) -> DeleteMessage {
        arguments(json!({"message_id": message}))
    }

    #[test]
    fn a_message_goes_once() {
        let history = and(john_and_agents(), ID, sent(1, 3, UserType::User, "Hello"));
        let deleted = Deleted {
            message: MessageId(1),
        };
        given(history.clone())
            .when(delete(1))
            .then([happened(ID, deleted.clone())])
            .answering(true.into());
        let history = and(history, ID, deleted);
        given(history)
            .when(delete(1))
            .then_refused(Refusal::MessageNotFound(1));
    }

    #[test]
    fn an_unknown_message() {
        given(john_and_agents())
            .when(delete(9))
            .then_refused(Refusal::MessageNotFound(9));
    }
}
