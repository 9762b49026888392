//! `set-rating`

use eventlog::View;
use events::{ConversationId, MessageId, UserId, conversation::Rated, message::Updated};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::state::{Conversation, known_conversation};
use crate::{
    functions::{
        Command, Decision, Failure, Refusal,
        messages::{
            content::{TEXT_CHARS_MAX, payload_text},
            state::known_message,
        },
        users::state::user,
    },
    wire::{Integer, JsonText, Key, Maybe, Nest, Nested, Text},
};

/// Rates a conversation and, if asked to, updates a message of it.
///
/// A conversation has one rating: a new one takes the place of the old one, and the same again
/// changes nothing. It is credited to the agent who has the conversation, else to the agent who
/// wrote last, else to nobody. -1 is accepted for a negative rating as well as 0.
///
/// `settings` may be written `{"settings": {…}}` or plainly, as JSON or in brackets. With
/// `message_id`, the `message` and the `payload` that are given take the place of that message's.
/// An unknown conversation is refused as `conversation-not-found`; a message that is unknown or
/// of another conversation as `message-not-found`; a `message` or `payload` without `message_id`
/// as `missing-argument`; a `user_id` that is not the conversation's user as `invalid-argument`.
/// # Example
/// `{"settings": {"settings": {"conversation_id": "1", "rating": "1"}}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SetRating {
    /// What is rated, and how.
    settings: Nested<Rating>,
    /// A message of the conversation that is to be updated.
    #[serde(default)]
    message_id: Maybe<Key<MessageId>>,
    /// The message's new text.
    #[serde(default)]
    message: Maybe<Text<TEXT_CHARS_MAX>>,
    /// The message's new payload: anything of your own.
    #[serde(default)]
    payload: Maybe<JsonText<Map<String, Value>>>,
    /// The conversation's user.
    #[serde(default)]
    user_id: Maybe<Key<UserId>>,
}

/// A rating of a conversation.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Rating {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// 1 positive, 0 (or -1) negative.
    rating: Integer<-1, 1>,
}

impl Nest for Rating {
    const KEY: &'static str = "settings";
}

impl Command for SetRating {
    const NAME: &'static str = "set-rating";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let id = self.settings.0.conversation_id.0;
        let conversation = known_conversation(decision.state(), id)?;
        if self.user_id.0.is_some_and(|user| user != conversation.user) {
            let why = format!("user_id is not the user of conversation {id}");
            return Err(Refusal::InvalidArgument(why).into());
        }
        let positive = self.settings.0.rating.0 == 1;
        let updated = self.message_update(decision.state())?;
        let agent = credited(decision.state(), &conversation)?;
        let rated = Rated { positive, agent };
        if conversation.rating.as_ref() != Some(&rated) {
            decision.record(id, rated)?;
        }
        if let Some(updated) = updated {
            decision.record(id, updated)?;
        }
        Ok(true)
    }
}

impl SetRating {
    /// The change of a message of the conversation, if one is asked for.
    fn message_update(self, state: &dyn View) -> Result<Option<Updated>, Failure> {
        let text = self.message.0;
        let payload = self.payload.0.map(|payload| payload_text(Some(payload)));
        let payload = payload.transpose()?;
        if text.is_none() && payload.is_none() {
            return Ok(None);
        }
        let Some(message) = self.message_id.0 else {
            return Err(Refusal::MissingArgument("message_id is missing".to_owned()).into());
        };
        if known_message(state, message)?.conversation != self.settings.0.conversation_id.0 {
            return Err(Refusal::MessageNotFound(message.0).into());
        }
        Ok(Some(Updated {
            message,
            text,
            attachments: None,
            payload,
        }))
    }
}

/// The agent who has the conversation, else the one who wrote last; somebody who still exists.
fn credited(state: &dyn View, conversation: &Conversation) -> Result<Option<UserId>, Failure> {
    for agent in [conversation.agent, conversation.last_agent]
        .into_iter()
        .flatten()
    {
        if user(state, agent)?.is_some() {
            return Ok(Some(agent));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream, conversation::AgentAssigned, user::UserType};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        conversations::histories::{and, arguments, gone, john_and_agents, opened, problem, sent},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn rate(rating: i8) -> SetRating {
        arguments(json!({"settings": {"conversation_id": "1", "rating": rating.to_string()}}))
    }

    fn rated(positive: bool, agent: Option<u64>) -> Rated {
        Rated {
            positive,
            agent: agent.map(UserId),
        }
    }

    /// Bob (5) wrote last, Ada (4) has the conversation.
    fn assigned() -> Vec<(Stream, Event)> {
        let history = and(john_and_agents(), ID, sent(1, 5, UserType::Agent, "Hello"));
        and(
            history,
            ID,
            AgentAssigned {
                agent: Some(UserId(4)),
                message: None,
            },
        )
    }

    #[test]
    fn three_writings_are_one() {
        let flat = json!({"conversation_id": "1", "rating": "1"});
        for settings in [
            flat.clone(),
            json!({"settings": flat}),
            json!(json!({"settings": flat}).to_string()),
            json!(flat.to_string()),
        ] {
            given(assigned())
                .when(arguments::<SetRating>(json!({"settings": settings})))
                .then([happened(ID, rated(true, Some(4)))])
                .answering(true.into());
        }
    }

    #[test]
    fn zero_and_minus_one_are_negative() {
        for rating in [0, -1] {
            given(assigned())
                .when(rate(rating))
                .then([happened(ID, rated(false, Some(4)))]);
        }
    }

    #[test]
    fn without_an_assigned_agent_it_is_the_last_who_wrote() {
        let wrote = and(john_and_agents(), ID, sent(1, 5, UserType::Agent, "Hello"));
        given(wrote)
            .when(rate(1))
            .then([happened(ID, rated(true, Some(5)))]);
        let mut left = assigned();
        left.push(gone(4, UserType::Agent));
        given(left)
            .when(rate(1))
            .then([happened(ID, rated(true, Some(5)))]);
        given(john_and_agents())
            .when(rate(1))
            .then([happened(ID, rated(true, None))]);
    }

    #[test]
    fn the_same_again_changes_nothing_and_another_takes_its_place() {
        let history = and(assigned(), ID, rated(true, Some(4)));
        given(history.clone())
            .when(rate(1))
            .then([])
            .answering(true.into());
        given(history)
            .when(rate(0))
            .then([happened(ID, rated(false, Some(4)))]);
    }

    #[test]
    fn a_message_is_updated_too() {
        let command = json!({
            "settings": {"conversation_id": 1, "rating": 1}, "user_id": 3,
            "message_id": 1, "message": "Thanks", "payload": {"rating": 1},
        });
        let updated = Updated {
            message: MessageId(1),
            text: Some("Thanks".to_owned()),
            attachments: None,
            payload: Some("{\"rating\":1}".to_owned()),
        };
        given(assigned())
            .when(arguments::<SetRating>(command))
            .then([happened(ID, rated(true, Some(4))), happened(ID, updated)]);
    }

    #[test]
    fn refusals() {
        let refused = |more: Value, refusal| {
            let mut command = json!({"settings": {"conversation_id": 1, "rating": 1}});
            command
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            let history = and(assigned(), ConversationId(2), opened(3));
            let history = and(history, ConversationId(2), sent(2, 3, UserType::User, "Hi"));
            given(history)
                .when(arguments::<SetRating>(command))
                .then_refused(refusal);
        };
        let unknown = json!({"settings": {"conversation_id": 99, "rating": 1}});
        refused(unknown, Refusal::ConversationNotFound(99));
        refused(
            json!({"message_id": 9, "message": "x"}),
            Refusal::MessageNotFound(9),
        );
        refused(
            json!({"message_id": 2, "message": "x"}),
            Refusal::MessageNotFound(2),
        );
        let missing = Refusal::MissingArgument("message_id is missing".to_owned());
        refused(json!({"message": "x"}), missing);
        let stranger = "user_id is not the user of conversation 1".to_owned();
        refused(json!({"user_id": 4}), Refusal::InvalidArgument(stranger));
    }

    #[test]
    fn a_rating_is_one_of_three() {
        for wrong in ["2", "-2", "good", ""] {
            let settings = json!({"settings": {"conversation_id": 1, "rating": wrong}});
            assert_eq!(
                problem::<SetRating>(settings),
                "invalid-argument",
                "{wrong:?}"
            );
        }
        assert_eq!(problem::<SetRating>(json!({})), "missing-argument");
    }
}
