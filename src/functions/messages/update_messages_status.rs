//! `update-messages-status`

use std::collections::{BTreeMap, BTreeSet};

use events::{ConversationId, MessageId, UserId, message::Read};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::message;
use crate::{
    functions::{Command, Decision, Failure, ids::Ids},
    wire::{Key, Maybe},
};

/// Marks messages as read: their `status_code` is 2 from then on.
///
/// Unknown messages are skipped, and of those that were read before nothing is recorded. An empty
/// list changes nothing. At most 10,000 messages a call (`invalid-argument` otherwise).
/// # Example
/// `{"message_ids": [1, 2]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateMessagesStatus {
    /// The messages.
    #[schemars(required)]
    message_ids: Ids<MessageId>,
    /// The user of the messages. The messages tell it by themselves.
    #[serde(default, rename = "user_id")]
    _user_id: Maybe<Key<UserId>>,
}

impl Command for UpdateMessagesStatus {
    const NAME: &'static str = "update-messages-status";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let mut unread: BTreeMap<ConversationId, BTreeSet<MessageId>> = BTreeMap::new();
        for id in self.message_ids.0 {
            if let Some(found) = message(decision.state(), id)?.filter(|found| !found.read) {
                unread.entry(found.conversation).or_default().insert(id);
            }
        }
        for (conversation, messages) in unread {
            decision.record(
                conversation,
                Read {
                    messages: messages.into_iter().collect(),
                },
            )?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream, user::UserType};
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, john_and_agents, opened, problem, sent},
        scenario::{given, happened},
    };

    const FIRST: ConversationId = ConversationId(1);
    const SECOND: ConversationId = ConversationId(2);

    /// Messages 1 and 3 in the first conversation, 2 in the second.
    fn history() -> Vec<(Stream, Event)> {
        let history = and(john_and_agents(), SECOND, opened(3));
        let history = and(history, FIRST, sent(1, 3, UserType::User, "one"));
        let history = and(history, SECOND, sent(2, 4, UserType::Agent, "two"));
        and(history, FIRST, sent(3, 4, UserType::Agent, "three"))
    }

    fn mark(ids: &Value) -> UpdateMessagesStatus {
        arguments(json!({"message_ids": ids}))
    }

    fn read(messages: &[u64]) -> Read {
        Read {
            messages: messages.iter().copied().map(MessageId).collect(),
        }
    }

    #[test]
    fn one_event_for_each_conversation() {
        given(history())
            .when(mark(&json!("[3, 2, 1, 3, 99]")))
            .then([happened(FIRST, read(&[1, 3])), happened(SECOND, read(&[2]))])
            .answering(true.into());
    }

    #[test]
    fn what_was_read_is_not_read_again() {
        let history = and(history(), FIRST, read(&[1]));
        given(history.clone())
            .when(mark(&json!([1, 3])))
            .then([happened(FIRST, read(&[3]))]);
        given(history)
            .when(mark(&json!([1])))
            .then([])
            .answering(true.into());
    }

    #[test]
    fn an_empty_list_is_nobody() {
        for nothing in [json!([]), json!(""), json!("[]"), json!(false), Value::Null] {
            given(history())
                .when(mark(&nothing))
                .then([])
                .answering(true.into());
        }
        given(history())
            .when(arguments::<UpdateMessagesStatus>(json!({})))
            .then([]);
    }

    #[test]
    fn a_list_has_a_limit() {
        let ids: Vec<u64> = (1..=10_001).collect();
        let command = json!({"message_ids": ids});
        assert_eq!(problem::<UpdateMessagesStatus>(command), "invalid-argument");
    }
}
