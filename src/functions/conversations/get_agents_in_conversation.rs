//! `get-agents-in-conversation`

use std::collections::BTreeMap;

use events::{ConversationId, user::UserType};
use projections::AgentInConversation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::functions::{Context, Failure, Query, ids::Ids, users::row::picture};

/// Returns the agents and admins who wrote at least one message, for each of the conversations.
///
/// The answer is an object whose keys are IDs of conversations. A conversation in which no agent
/// wrote, and an unknown one, has no key; when none has, the answer is `{}`. At most 10,000
/// conversations a call (`invalid-argument` otherwise).
/// # Example
/// `{"conversation_id": [1, 2]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetAgentsInConversation {
    /// The conversation, or a list of them.
    #[schemars(required)]
    conversation_id: Ids<ConversationId>,
}

/// An agent who wrote in a conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AgentAnswer {
    /// The agent's ID.
    id: u64,
    first_name: String,
    last_name: String,
    /// URL of the picture.
    profile_image: String,
    /// The conversation.
    conversation_id: u64,
}

impl Query for GetAgentsInConversation {
    const NAME: &'static str = "get-agents-in-conversation";
    type Reply = BTreeMap<u64, Vec<AgentAnswer>>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let reads = &context.service.reads;
        let rows = reads
            .agents_in_conversations(&self.conversation_id.0)
            .await?;
        Ok(by_conversation(&context.service.public_url, rows))
    }
}

fn by_conversation(
    public_url: &str,
    rows: Vec<AgentInConversation>,
) -> BTreeMap<u64, Vec<AgentAnswer>> {
    let mut agents: BTreeMap<u64, Vec<AgentAnswer>> = BTreeMap::new();
    for row in rows {
        let conversation_id = row.conversation_id.0;
        agents
            .entry(conversation_id)
            .or_default()
            .push(AgentAnswer {
                id: row.id.0,
                first_name: row.first_name,
                last_name: row.last_name,
                profile_image: picture(public_url, UserType::Agent, row.profile_image),
                conversation_id,
            });
    }
    agents
}

#[cfg(test)]
mod tests {
    use events::UserId;
    use serde_json::json;

    use super::*;

    fn wrote(conversation: u64, agent: u64) -> AgentInConversation {
        AgentInConversation {
            conversation_id: ConversationId(conversation),
            id: UserId(agent),
            first_name: "Ada".to_owned(),
            last_name: String::new(),
            profile_image: String::new(),
        }
    }

    #[test]
    fn keys_are_texts_and_ids_are_integers() {
        let rows = vec![wrote(7, 4), wrote(10, 4), wrote(10, 5)];
        let answer = serde_json::to_value(by_conversation("http://chat.test", rows)).unwrap();
        let ada = |conversation: u64, id: u64| {
            json!({
                "id": id, "first_name": "Ada", "last_name": "",
                "profile_image": "http://chat.test/media/agent.svg", "conversation_id": conversation,
            })
        };
        assert_eq!(
            answer,
            json!({"7": [ada(7, 4)], "10": [ada(10, 4), ada(10, 5)]})
        );
    }

    #[test]
    fn none_is_an_empty_object() {
        let answer = by_conversation("http://chat.test", Vec::new());
        assert_eq!(serde_json::to_value(answer).unwrap(), json!({}));
    }
}
