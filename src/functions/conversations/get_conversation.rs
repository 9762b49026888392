//! `get-conversation`

use std::sync::Arc;

use events::{ConversationId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::DetailsAnswer;
use crate::{
    answers::Kept,
    functions::{
        Context, Failure, Query,
        answer::{Written, json_text},
        messages::row::MessageAnswer,
    },
    wire::{Key, OrFalse},
};

/// Returns a conversation: its messages, oldest first, and its details.
///
/// Each message bears its author's names; the details bear those of the conversation's user. Of a
/// very long conversation the newest 10,000 messages are given. An unknown conversation, and one
/// that is not of the given user, is answered with no messages and empty `details`.
/// # Example
/// `{"conversation_id": 1, "user_id": 3}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetConversation {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// The conversation's user, if only that user's conversation is meant.
    #[serde(default)]
    user_id: OrFalse<Key<UserId>>,
}

/// A conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConversationAnswer {
    /// Oldest first.
    messages: Vec<MessageAnswer>,
    /// The details; an empty text where the conversation is not found.
    details: Details,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Details {
    Found(Box<DetailsAnswer>),
    NotFound(EmptyText),
}

#[derive(Debug, Serialize, JsonSchema)]
enum EmptyText {
    #[serde(rename = "")]
    Empty,
}

impl Query for GetConversation {
    const NAME: &'static str = "get-conversation";
    type Reply = Written<ConversationAnswer>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let meant = |user: UserId| self.user_id.0.is_none_or(|asked| asked == user);
        let kept = match context.service.answers.get(self.conversation_id.0) {
            Some(kept) => Some(kept),
            None => read(context, self.conversation_id.0).await?,
        };
        Ok(match kept.filter(|kept| meant(kept.user)) {
            Some(kept) => Written::from(kept),
            None => Written::now(&ConversationAnswer {
                messages: Vec::new(),
                details: Details::NotFound(EmptyText::Empty),
            }),
        })
    }
}

/// Reads a conversation and keeps the answer for those who ask next.
async fn read(context: &Context, id: ConversationId) -> Result<Option<Arc<Kept>>, Failure> {
    let service = &context.service;
    let position = service.reads.position();
    let Some(conversation) = service.reads.conversation(id).await? else {
        return Ok(None);
    };
    let user = conversation.details.user_id;
    let mut people: Vec<UserId> = conversation
        .messages
        .iter()
        .map(|message| message.user_id)
        .collect();
    people.push(user);
    people.sort_unstable();
    people.dedup();
    let message = |row| MessageAnswer::new(&service.public_url, row);
    let answer = ConversationAnswer {
        messages: conversation.messages.into_iter().map(message).collect(),
        details: Details::Found(Box::new(DetailsAnswer::new(
            &service.public_url,
            conversation.details,
        ))),
    };
    let kept = Arc::new(Kept {
        json: json_text(&answer),
        user,
        people,
        position,
    });
    service.answers.keep(id, Arc::clone(&kept));
    Ok(Some(kept))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ConversationAnswer, Details, EmptyText};

    #[test]
    fn not_found_is_as_documented() {
        let details = Details::NotFound(EmptyText::Empty);
        let answer = ConversationAnswer {
            messages: Vec::new(),
            details,
        };
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({"messages": [], "details": ""})
        );
    }
}
