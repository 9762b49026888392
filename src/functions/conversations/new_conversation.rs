//! `new-conversation`

use events::{
    ConversationId, DepartmentId, UserId,
    conversation::{Created, Status},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{open::open, row::DetailsAnswer, source::SourceLetters, status::status_given};
use crate::{
    clock::wire_time,
    functions::{
        Command, Decision, Failure,
        messages::row::MessageAnswer,
        users::{row::picture, state::known_user},
    },
    wire::{Key, OrFalse, OrMinusOne, StatusCode, Text},
};

/// Starts a conversation of a user and returns its details.
///
/// A visitor becomes a lead with it. The department is not validated; the agent must be an agent
/// or an admin: an unknown one is refused as `user-not-found`, like an unknown user, and anybody
/// else as `invalid-argument`. A status code beyond 0 to 4 is refused as `invalid-status-code`, an
/// unknown source as `invalid-argument`. Without `department` the conversation has none, even
/// where its agent belongs to one. An untrue value (-1, false, 0, empty) of `department`,
/// `agent_id`, `source` or `extra` means none.
/// # Example
/// `{"user_id": 3, "title": "My order", "department": 1, "agent_id": 4, "source": "em"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct NewConversation {
    /// The user whose conversation it is.
    user_id: Key<UserId>,
    /// live 0 (the default), waiting for the user 1, waiting for an agent 2, archive 3, trash 4.
    #[serde(default)]
    status_code: StatusCode,
    /// Title.
    #[serde(default)]
    title: Option<Text<255>>,
    /// Department that is to answer; -1 for none.
    #[serde(default)]
    department: OrMinusOne<Key<DepartmentId>>,
    /// Agent who is to answer; -1 for none.
    #[serde(default)]
    agent_id: OrMinusOne<Key<UserId>>,
    /// Where the conversation comes from: email, ticket, `WhatsApp`, Facebook Messenger,
    /// Instagram, Twitter, `WeChat`, text message or Google Business Messages.
    #[serde(default)]
    source: OrFalse<SourceLetters>,
    /// A free value of your own.
    #[serde(default)]
    extra: OrFalse<Text<1000>>,
}

/// The conversation that began.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewConversationAnswer {
    /// Always empty.
    #[schemars(with = "Vec<MessageAnswer>", extend("maxItems" = 0))]
    messages: [MessageAnswer; 0],
    /// The details.
    details: DetailsAnswer,
}

impl Command for NewConversation {
    const NAME: &'static str = "new-conversation";
    type Reply = NewConversationAnswer;

    fn decide(self, decision: &mut Decision<'_>) -> Result<NewConversationAnswer, Failure> {
        let created = Created {
            user: self.user_id.0,
            title: self.title.map_or_else(String::new, |title| title.0),
            status: status_given(self.status_code)?.unwrap_or(Status::Live),
            department: self.department.0,
            agent: self.agent_id.0,
            source: self.source.0,
            extra: self.extra.0.unwrap_or_default(),
        };
        let id = open(decision, created.clone())?;
        Ok(NewConversationAnswer {
            messages: [],
            details: details(decision, id, created)?,
        })
    }
}

/// The details as the decision state has them: the read models come later.
fn details(
    decision: &Decision<'_>,
    id: ConversationId,
    created: Created,
) -> Result<DetailsAnswer, Failure> {
    let user = known_user(decision.state(), created.user)?;
    let facts = decision.facts();
    Ok(DetailsAnswer {
        user_id: created.user.to_string(),
        first_name: user.first_name,
        last_name: user.last_name,
        profile_image: picture(&facts.public_url, user.user_type, user.profile_image),
        user_type: user.user_type.name(),
        id: id.to_string(),
        title: created.title,
        conversation_time: wire_time(facts.now_ms),
        conversation_status_code: created.status.code().to_string(),
        department: created.department.map(|department| department.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use events::{
        conversation::Source,
        user::{TypeChanged, UserType},
    };
    use serde_json::json;

    use super::*;
    use crate::functions::{
        Refusal,
        conversations::histories::{arguments, opened, somebody},
        scenario::{given, happened},
    };

    fn new(given: serde_json::Value) -> NewConversation {
        arguments(given)
    }

    #[test]
    fn it_is_as_asked() {
        let created = Created {
            title: "My order".to_owned(),
            status: Status::WaitingAgent,
            department: Some(DepartmentId(7)),
            agent: Some(UserId(4)),
            source: Some(Source::Em),
            extra: "order 12".to_owned(),
            ..opened(3)
        };
        let command = new(json!({
            "user_id": 3, "status_code": "2", "title": "My order", "department": "7",
            "agent_id": 4, "source": "em", "extra": "order 12",
        }));
        given([somebody(3, UserType::User), somebody(4, UserType::Agent)])
            .when(command)
            .then([happened(ConversationId(1), created)])
            .answering(json!({"messages": [], "details": {
                "user_id": "3", "first_name": "Name", "last_name": "3",
                "profile_image": "http://chat.test/media/user.svg", "user_type": "user",
                "id": "1", "title": "My order", "conversation_time": "2020-05-12 14:28:57",
                "conversation_status_code": "2", "department": "7",
            }}));
    }

    #[test]
    fn minus_one_and_false_are_none() {
        let command = new(json!({
            "user_id": 3, "department": "-1", "agent_id": -1, "source": "0", "extra": "false",
        }));
        given([
            somebody(3, UserType::Lead),
            happened(ConversationId(1), opened(3)),
        ])
        .when(command)
        .then([happened(ConversationId(2), opened(3))]);
    }

    #[test]
    fn a_visitor_becomes_a_lead() {
        let lead = TypeChanged {
            from: UserType::Visitor,
            to: UserType::Lead,
        };
        given([somebody(3, UserType::Visitor)])
            .when(new(json!({"user_id": 3})))
            .then([
                happened(ConversationId(1), opened(3)),
                happened(UserId(3), lead),
            ])
            .answering(json!({"messages": [], "details": {
                "user_id": "3", "first_name": "Name", "last_name": "3",
                "profile_image": "http://chat.test/media/user.svg", "user_type": "lead",
                "id": "1", "title": "", "conversation_time": "2020-05-12 14:28:57",
                "conversation_status_code": "0", "department": null,
            }}));
    }

    #[test]
    fn refusals() {
        let refused = |arguments, refusal| {
            given([somebody(3, UserType::User)])
                .when(new(arguments))
                .then_refused(refusal);
        };
        refused(json!({"user_id": 9}), Refusal::UserNotFound(9));
        refused(
            json!({"user_id": 3, "agent_id": 9}),
            Refusal::UserNotFound(9),
        );
        let no_agent = "agent_id: user 3 is neither an agent nor an admin".to_owned();
        refused(
            json!({"user_id": 3, "agent_id": 3}),
            Refusal::InvalidArgument(no_agent),
        );
        let wrong = Refusal::InvalidStatusCode("9".to_owned());
        refused(json!({"user_id": 3, "status_code": "9"}), wrong);
    }
}
