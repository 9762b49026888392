//! `delete-user`

use events::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{delete::delete, state::known_user};
use crate::{
    functions::{Command, Decision, Failure, conversations::route::serve_queue},
    wire::Key,
};

/// Deletes a user with the user's conversations and messages.
///
/// What the history says of the user is erased a little later (`erase_after_seconds` of the
/// configuration, a minute by default), from the event log, the files under `/uploads/` and NATS: it
/// stays that something happened, and when. The email is free again, the ID is not given again. Refused as `user-not-found`, and as
/// `security-error` for the bot and the last admin. While the queue is on, whoever answered this user
/// takes the next of it.
/// # Example
/// `{"user_id": 6}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteUser {
    /// The user.
    user_id: Key<UserId>,
}

impl Command for DeleteUser {
    const NAME: &'static str = "delete-user";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let known = known_user(decision.state(), self.user_id.0)?;
        delete(decision, self.user_id.0, &known)?;
        serve_queue(decision)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{
        ConversationId,
        user::{Deleted, UserType},
    };
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Refusal,
        scenario::{given, happened},
        users::people::{call, conversation_of, founders_and},
    };

    #[test]
    fn the_conversations_go_along() {
        let mut history = founders_and([UserType::User, UserType::User]);
        history.extend([
            happened(ConversationId(1), conversation_of(3)),
            happened(ConversationId(2), conversation_of(4)),
            happened(ConversationId(3), conversation_of(3)),
        ]);
        let deleted = Deleted {
            user_type: UserType::User,
            conversations: vec![ConversationId(1), ConversationId(3)],
        };
        given(history)
            .when(call::<DeleteUser>(json!({"user_id": 3})))
            .then([happened(UserId(3), deleted)])
            .answering(true.into());
    }

    #[test]
    fn who_is_gone_is_unknown() {
        let deleted = Deleted {
            user_type: UserType::User,
            conversations: Vec::new(),
        };
        let mut history = founders_and([UserType::User]);
        history.push(happened(UserId(3), deleted));
        given(history)
            .when(call::<DeleteUser>(json!({"user_id": 3})))
            .then_refused(Refusal::UserNotFound(3));
    }

    #[test]
    fn the_bot_and_the_last_admin_stay() {
        for (id, why) in [
            (1, "The bot can't be deleted."),
            (2, "The last admin can't be deleted."),
        ] {
            given(founders_and([UserType::Agent]))
                .when(call::<DeleteUser>(json!({"user_id": id})))
                .then_refused(Refusal::SecurityError(why.to_owned()));
        }
        let deleted = Deleted {
            user_type: UserType::Admin,
            conversations: Vec::new(),
        };
        given(founders_and([UserType::Admin]))
            .when(call::<DeleteUser>(json!({"user_id": 2})))
            .then([happened(UserId(2), deleted)]);
    }
}
