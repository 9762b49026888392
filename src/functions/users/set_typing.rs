//! `set-typing`

use events::{ConversationId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::known_user;
use crate::{
    functions::{Command, Context, Decision, Failure, conversations::state::known_conversation},
    presence::Sign,
    wire::Key,
};

/// Says that a user or agent is typing in a conversation.
///
/// It lasts for `typing_window_seconds` (10 by default) or until a message of the same user in the
/// conversation, and counts as a sign of life. It is volatile: no event is recorded. Refused as
/// `user-not-found` and `conversation-not-found`.
/// # Example
/// `{"user_id": 4, "conversation_id": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SetTyping {
    /// The user or agent.
    user_id: Key<UserId>,
    /// The conversation.
    conversation_id: Key<ConversationId>,
}

impl Command for SetTyping {
    const NAME: &'static str = "set-typing";
    type Reply = bool;

    fn sign(&self, _: &Context) -> Option<Sign> {
        Some(Sign::Typing(self.conversation_id.0, self.user_id.0))
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        known_user(decision.state(), self.user_id.0)?;
        known_conversation(decision.state(), self.conversation_id.0)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::user::UserType;
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Refusal,
        scenario::{given, happened},
        users::people::{call, conversation_of, founders_and},
    };

    fn typing(user: u64, conversation: u64) -> SetTyping {
        call(json!({"user_id": user, "conversation_id": conversation}))
    }

    #[test]
    fn it_is_no_event() {
        let mut history = founders_and([UserType::User]);
        history.push(happened(ConversationId(1), conversation_of(3)));
        given(history)
            .when(typing(2, 1))
            .then([])
            .answering(true.into());
    }

    #[test]
    fn both_must_exist() {
        given(founders_and([]))
            .when(typing(3, 1))
            .then_refused(Refusal::UserNotFound(3));
        given(founders_and([]))
            .when(typing(2, 1))
            .then_refused(Refusal::ConversationNotFound(1));
    }
}
