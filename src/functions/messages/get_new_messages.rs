//! `get-new-messages`

use events::{ConversationId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::row::MessageAnswer;
use crate::{
    functions::{
        Context, Failure, Query,
        polling::{strictly_after, touch},
    },
    wire::{Key, OrFalse, Since},
};

/// Returns the messages of a conversation that came after a message or a time, oldest first.
///
/// Nothing but digits is the ID of a message. A time is meant strictly and to the second, so
/// messages of that very second are not returned again, nor those that came later in it: an ID
/// is the safer cursor. There are 1,000 messages at most; the next call goes on after the last.
/// With `user_id` the call counts as a sign of life of that user, and the messages are returned
/// only if the conversation is that user's. When nothing is new, or the conversation is unknown,
/// the answer is an empty list.
/// # Example
/// `{"user_id": 3, "conversation_id": 1, "datetime": 1}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNewMessages {
    /// The conversation's user.
    #[serde(default)]
    user_id: OrFalse<Key<UserId>>,
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// ID of a message, `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD`, UTC.
    datetime: Since,
}

impl Query for GetNewMessages {
    const NAME: &'static str = "get-new-messages";
    type Reply = Vec<MessageAnswer>;

    async fn answer(self, context: &Context) -> Result<Vec<MessageAnswer>, Failure> {
        let (service, conversation) = (&context.service, self.conversation_id.0);
        if let Some(user) = self.user_id.0 {
            touch(context, user)?;
            let owner = service.reads.conversation_user(conversation).await?;
            if owner.is_none_or(|owner| owner.id != user) {
                return Ok(Vec::new());
            }
        }
        let since = strictly_after(self.datetime);
        let rows = service.reads.messages_after(conversation, since).await?;
        Ok(rows
            .into_iter()
            .map(|row| MessageAnswer::new(&service.public_url, row))
            .collect())
    }
}
