//! `update-conversation-agent`

use events::{ConversationId, UserId, conversation::AgentAssigned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::{known_agent, known_conversation};
use crate::{
    functions::{Command, Decision, Failure, notifications::announce},
    wire::{Key, Maybe, OrFalse, Text},
};

/// Gives a conversation to an agent, or takes it from its agent.
///
/// Where the agent has the conversation already and there is no `message`, nothing is recorded.
/// An agent who is not online is told of it by email and push, with a `message` by text message too, where
/// these are configured.
/// An unknown conversation is refused as `conversation-not-found`, an unknown agent as
/// `user-not-found`, and a user who is neither agent nor admin as `invalid-argument`.
/// # Example
/// `{"conversation_id": 1, "agent_id": 4, "message": "Can you take over?"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateConversationAgent {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// An agent or admin; false for nobody.
    agent_id: OrFalse<Key<UserId>>,
    /// What the agent is to be told.
    #[serde(default)]
    message: Maybe<Text<10_000>>,
}

impl Command for UpdateConversationAgent {
    const NAME: &'static str = "update-conversation-agent";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let id = self.conversation_id.0;
        let before = known_conversation(decision.state(), id)?.agent;
        let assigned = AgentAssigned {
            agent: self.agent_id.0,
            message: self.message.0,
        };
        if let Some(agent) = assigned.agent {
            known_agent(decision.state(), agent)?;
        }
        if assigned.agent != before || assigned.message.is_some() {
            let (agent, note) = (assigned.agent, assigned.message.clone());
            decision.record(id, assigned)?;
            announce::assigned(decision, id, agent.as_slice(), false, note)?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::user::UserType;
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        Refusal,
        conversations::histories::{and, arguments, gone, john_and_agents, problem},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn update(agent: &Value) -> UpdateConversationAgent {
        arguments(json!({"conversation_id": 1, "agent_id": agent}))
    }

    fn assigned(agent: Option<u64>) -> AgentAssigned {
        AgentAssigned {
            agent: agent.map(UserId),
            message: None,
        }
    }

    #[test]
    fn a_change_is_recorded_once() {
        given(john_and_agents())
            .when(update(&json!("4")))
            .then([happened(ID, assigned(Some(4)))])
            .answering(true.into());
        let history = and(john_and_agents(), ID, assigned(Some(4)));
        given(history)
            .when(update(&json!(4)))
            .then([])
            .answering(true.into());
    }

    #[test]
    fn an_admin_can_have_it_too() {
        let history = and(john_and_agents(), ID, assigned(Some(4)));
        given(history)
            .when(update(&json!(2)))
            .then([happened(ID, assigned(Some(2)))]);
    }

    #[test]
    fn false_removes() {
        for nobody in [json!(false), json!("false"), json!("0"), json!("")] {
            let history = and(john_and_agents(), ID, assigned(Some(4)));
            given(history)
                .when(update(&nobody))
                .then([happened(ID, assigned(None))]);
        }
        given(john_and_agents())
            .when(update(&json!(false)))
            .then([]);
    }

    #[test]
    fn a_message_is_passed_on_whoever_the_agent_was() {
        let told = AgentAssigned {
            message: Some("Hello".to_owned()),
            ..assigned(Some(4))
        };
        let command = json!({"conversation_id": 1, "agent_id": 4, "message": "Hello"});
        given(and(john_and_agents(), ID, assigned(Some(4))))
            .when(arguments::<UpdateConversationAgent>(command))
            .then([happened(ID, told)]);
    }

    #[test]
    fn refusals() {
        let refused = |agent: u64, refusal| {
            given(john_and_agents())
                .when(update(&json!(agent)))
                .then_refused(refusal);
        };
        refused(99, Refusal::UserNotFound(99));
        let no_agent = "agent_id: user 3 is neither an agent nor an admin".to_owned();
        refused(3, Refusal::InvalidArgument(no_agent));
        let unknown = json!({"conversation_id": 99, "agent_id": 99});
        given(john_and_agents())
            .when(arguments::<UpdateConversationAgent>(unknown))
            .then_refused(Refusal::ConversationNotFound(99));
        let mut history = john_and_agents();
        history.push(gone(4, UserType::Agent));
        given(history)
            .when(update(&json!(4)))
            .then_refused(Refusal::UserNotFound(4));
        let without = json!({"conversation_id": 1});
        assert_eq!(
            problem::<UpdateConversationAgent>(without),
            "missing-argument"
        );
    }
}
