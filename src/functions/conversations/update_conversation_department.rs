//! `update-conversation-department`

use events::{ConversationId, DepartmentId, conversation::DepartmentAssigned};
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::known_conversation;
use crate::{
    functions::{Command, Decision, Failure, notifications::announce},
    wire::{Key, Maybe, OrFalse, Text},
};

/// Gives a conversation to a department, or takes it from its department.
///
/// The department is not validated. The agent of the conversation stays. Where the department has
/// the conversation already and there is no `message`, nothing is recorded. The department's agents
/// who are not online are told of it by email and push, with a `message` by text message too, where these
/// are configured. An unknown conversation is refused as `conversation-not-found`.
/// # Example
/// `{"conversation_id": 1, "department": 2, "message": "A question about an order."}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateConversationDepartment {
    /// The conversation.
    conversation_id: Key<ConversationId>,
    /// The department; false for none.
    department: OrFalse<Key<DepartmentId>>,
    /// What the department's agents are to be told.
    #[serde(default)]
    message: Maybe<Text<10_000>>,
}

impl Command for UpdateConversationDepartment {
    const NAME: &'static str = "update-conversation-department";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let id = self.conversation_id.0;
        let before = known_conversation(decision.state(), id)?.department;
        let assigned = DepartmentAssigned {
            department: self.department.0,
            message: self.message.0,
        };
        if assigned.department != before || assigned.message.is_some() {
            let (department, note) = (assigned.department, assigned.message.clone());
            decision.record(id, assigned)?;
            if let Some(department) = department {
                let agents = announce::of_department(decision, department)?;
                announce::assigned(decision, id, &agents, true, note)?;
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        Refusal,
        conversations::histories::{and, arguments, john_and_agents, problem},
        scenario::{given, happened},
    };

    const ID: ConversationId = ConversationId(1);

    fn update(department: &Value) -> UpdateConversationDepartment {
        arguments(json!({"conversation_id": 1, "department": department}))
    }

    fn assigned(department: Option<u64>) -> DepartmentAssigned {
        DepartmentAssigned {
            department: department.map(DepartmentId),
            message: None,
        }
    }

    #[test]
    fn a_change_is_recorded_once() {
        given(john_and_agents())
            .when(update(&json!("7")))
            .then([happened(ID, assigned(Some(7)))])
            .answering(true.into());
        let history = and(john_and_agents(), ID, assigned(Some(7)));
        given(history)
            .when(update(&json!(7)))
            .then([])
            .answering(true.into());
    }

    #[test]
    fn false_removes() {
        for nobody in [json!(false), json!("false"), json!("0"), json!("")] {
            let history = and(john_and_agents(), ID, assigned(Some(7)));
            given(history)
                .when(update(&nobody))
                .then([happened(ID, assigned(None))]);
        }
        given(john_and_agents())
            .when(update(&json!(false)))
            .then([]);
    }

    #[test]
    fn a_message_is_passed_on_whatever_the_department_was() {
        let told = DepartmentAssigned {
            message: Some("Hello".to_owned()),
            ..assigned(Some(7))
        };
        let command = json!({"conversation_id": 1, "department": 7, "message": "Hello"});
        given(and(john_and_agents(), ID, assigned(Some(7))))
            .when(arguments::<UpdateConversationDepartment>(command))
            .then([happened(ID, told)]);
    }

    #[test]
    fn refusals() {
        let unknown = json!({"conversation_id": 99, "department": 1});
        given(john_and_agents())
            .when(arguments::<UpdateConversationDepartment>(unknown))
            .then_refused(Refusal::ConversationNotFound(99));
        let without = json!({"conversation_id": 1});
        assert_eq!(
            problem::<UpdateConversationDepartment>(without),
            "missing-argument"
        );
    }
}
