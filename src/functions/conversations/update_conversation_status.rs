//! `update-conversation-status`

use events::ConversationId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{route::move_to, state::known_conversation, status::status_given};
use crate::{
    functions::{Command, Decision, Failure, Refusal},
    wire::{Key, StatusCode},
};

/// Moves a conversation to another status.
///
/// Where the conversation stands there already, nothing is recorded. Anything but 0 to 4, an
/// empty text and false among it, is refused as `invalid-status-code`; an unknown conversation as
/// `conversation-not-found`. Status 4 moves to the trash and deletes nothing. While the queue is on,
/// the agent of a conversation that is archived or trashed takes the next of the queue.
/// # Example
/// `{"conversation_id": 1, "status_code": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateConversationStatus {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// live 0, waiting for the user 1, waiting for an agent 2, archive 3, trash 4.
    #[schemars(required)]
    status_code: Option<StatusCode>,
}

impl Command for UpdateConversationStatus {
    const NAME: &'static str = "update-conversation-status";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let code = self.status_code;
        let code =
            code.ok_or_else(|| Refusal::MissingArgument("status_code is missing".to_owned()))?;
        let Some(to) = status_given(code)? else {
            return Err(Refusal::InvalidStatusCode(String::new()).into());
        };
        let id = self.conversation_id.0;
        let from = known_conversation(decision.state(), id)?.status;
        move_to(decision, id, from, to)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{
        conversation::{Status, StatusChanged},
        user::UserType,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, gone, john_and_agents},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn update(conversation: u64, status: &Value) -> UpdateConversationStatus {
        arguments(json!({"conversation_id": conversation, "status_code": status}))
    }

    #[test]
    fn a_change_is_recorded_once() {
        let archived = StatusChanged {
            from: Status::Live,
            to: Status::Archived,
        };
        given(john_and_agents())
            .when(update(1, &json!("3")))
            .then([happened(ID, archived.clone())])
            .answering(true.into());
        given(and(john_and_agents(), ID, archived))
            .when(update(1, &json!(3)))
            .then([])
            .answering(true.into());
    }

    #[test]
    fn zero_is_a_status() {
        let archived = StatusChanged {
            from: Status::Live,
            to: Status::Archived,
        };
        let live = StatusChanged {
            from: Status::Archived,
            to: Status::Live,
        };
        let history = and(john_and_agents(), ID, archived);
        given(history)
            .when(update(1, &json!("0")))
            .then([happened(ID, live)]);
    }

    #[test]
    fn anything_else_is_no_status() {
        for (wrong, shown) in [
            (json!("9"), "9"),
            (json!(-2), "-2"),
            (json!(""), ""),
            (json!("x"), "x"),
        ] {
            given(john_and_agents())
                .when(update(1, &wrong))
                .then_refused(Refusal::InvalidStatusCode(shown.to_owned()));
        }
        let missing = Refusal::MissingArgument("status_code is missing".to_owned());
        given(john_and_agents())
            .when(arguments::<UpdateConversationStatus>(
                json!({"conversation_id": 1}),
            ))
            .then_refused(missing);
    }

    #[test]
    fn unknown_conversations() {
        given(john_and_agents())
            .when(update(99, &json!(1)))
            .then_refused(Refusal::ConversationNotFound(99));
        let mut history = john_and_agents();
        history.push(gone(3, UserType::User));
        given(history)
            .when(update(1, &json!(1)))
            .then_refused(Refusal::ConversationNotFound(1));
    }
}
