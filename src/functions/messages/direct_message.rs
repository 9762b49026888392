//! `direct-message`

use std::collections::BTreeSet;

use eventlog::View;
use events::{
    ConversationId, UserId,
    conversation::{Created, Status},
    report::Name,
    user::UserType,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    content::TEXT_CHARS_MAX,
    merge_fields::merged,
    send::{Draft, send},
};
use crate::{
    functions::{
        Command, Decision, Failure, Refusal, User,
        conversations::{open::open, state::conversation},
        decision::{Table, last_number},
        ids::{IDS_MAX, Ids},
        reports,
        users::state::{known_user, user},
    },
    wire::{OrFalse, Text, WordOr},
};

/// The most text that one call writes, over all users, in bytes.
const BYTES_MAX: usize = 16 << 20;

/// Sends a message to several users.
///
/// Each user gets the message in the newest conversation, or in a new one if there is none, as a
/// message of the active user. `user_ids` may be `all`: every visitor, lead and user, but neither
/// agents, admins nor the bot. Unknown users and the bot are skipped, and nobody gets it twice; an
/// empty list sends nothing. `{user_name}` and `{user_email}` in the message stand for the user's,
/// `{agent_name}` and `{agent_email}` for the active user's.
///
/// With a `subject` it is an email, which this release does not send to several users yet:
/// `unavailable`, and nothing is sent. At most 10,000 users a call (`invalid-argument` for a longer
/// list), 16 MiB of text a call, and 100,000 characters a message with its fields filled in
/// (`too-large` otherwise, as for `all` where these are more). The report `direct-messages` counts
/// them.
/// # Example
/// `{"user_ids": [3, 5], "message": "Hello {user_name}, we are back from our holidays."}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct DirectMessage {
    /// The users, or `all`.
    user_ids: WordOr<Everybody, Ids<UserId>>,
    /// The text.
    message: Text<TEXT_CHARS_MAX, 1>,
    /// The subject of an email; false for a message in the chat.
    #[serde(default)]
    subject: OrFalse<Text<255>>,
}

/// The word for every customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Everybody {
    /// Every visitor, lead and user.
    All,
}

impl Command for DirectMessage {
    const NAME: &'static str = "direct-message";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        if self.subject.0.is_some() {
            let why = "This release sends no emails to several users yet: send-email sends to one.";
            return Err(Refusal::Unavailable(why.to_owned()).into());
        }
        let ids = match self.user_ids {
            WordOr::Word(Everybody::All) => customers(decision.state())?,
            WordOr::Value(ids) => ids,
        };
        let sender_id = decision.facts().actor;
        let sender = known_user(decision.state(), sender_id)?;
        let (mut reached, mut bytes) = (BTreeSet::new(), 0);
        for id in ids {
            let Some(user) = user(decision.state(), id)? else {
                continue;
            };
            if user.user_type == UserType::Bot || !reached.insert(id) {
                continue;
            }
            let text = merged(&self.message.0, &user, &sender);
            bytes += text.len();
            within_size(&text, bytes)?;
            let conversation = newest_conversation(decision, id, &user)?;
            let draft = Draft {
                text,
                ..Draft::default()
            };
            send(decision, sender_id, conversation, draft)?;
        }
        if !reached.is_empty() {
            reports::count(decision, Name::DirectMessages, reached.len())?;
        }
        Ok(true)
    }
}

/// Every visitor, lead and user, unless they are too many.
fn customers(state: &dyn View) -> Result<Vec<UserId>, Failure> {
    let mut ids = Vec::new();
    for user_type in [UserType::Visitor, UserType::Lead, UserType::User] {
        let of_type = Table::UsersByType.key(&[&[user_type as u8]]);
        let found = state.scan(&of_type, None, IDS_MAX + 1)?;
        ids.extend(found.iter().map(|(key, _)| UserId(last_number(key))));
    }
    if ids.len() > IDS_MAX {
        let why = format!("user_ids: all are more than {IDS_MAX} users; name them in portions.");
        return Err(Refusal::TooLarge(why).into());
    }
    Ok(ids)
}

fn within_size(text: &str, bytes: usize) -> Result<(), Refusal> {
    if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
        let why = "message: with its fields filled in it is longer than 100,000 characters.";
        return Err(Refusal::TooLarge(why.to_owned()));
    }
    if bytes > BYTES_MAX {
        let why = "message: a call may send 16 MiB of text at most; name fewer users.";
        return Err(Refusal::TooLarge(why.to_owned()));
    }
    Ok(())
}

/// Where the user reads it: the newest conversation, or a new one.
///
/// # Errors
/// When the state cannot be read.
pub fn newest_conversation(
    decision: &mut Decision<'_>,
    id: UserId,
    user: &User,
) -> Result<ConversationId, Failure> {
    if let Some(newest) = user.newest_conversation
        && conversation(decision.state(), newest)?.is_some()
    {
        return Ok(newest);
    }
    let created = Created {
        user: id,
        title: String::new(),
        status: Status::Live,
        department: None,
        agent: None,
        source: None,
        extra: String::new(),
    };
    open(decision, created)
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream, conversation::StatusChanged, report::Recorded, user::TypeChanged};
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::{
            and, arguments, john_and_agents, opened, problem, sent, somebody,
        },
        scenario::{given, happened},
    };

    /// John (3) with conversations 1 and 2, a visitor (6) without any, and the bot (1).
    fn history() -> Vec<(Stream, Event)> {
        let mut history = and(john_and_agents(), ConversationId(2), opened(3));
        history.extend([somebody(6, UserType::Visitor), somebody(1, UserType::Bot)]);
        history
    }

    fn direct(users: &Value, message: &str) -> DirectMessage {
        arguments(json!({"user_ids": users, "message": message, "subject": "false"}))
    }

    fn said(conversation: u64, message: u64, text: &str) -> [(Stream, Event); 2] {
        let id = ConversationId(conversation);
        let waiting = StatusChanged {
            from: Status::Live,
            to: Status::WaitingUser,
        };
        [
            happened(id, sent(message, 2, UserType::Admin, text)),
            happened(id, waiting),
        ]
    }

    fn counted(messages: usize) -> (Stream, Event) {
        let row = Recorded {
            name: Name::DirectMessages,
            value: Some(messages.to_string()),
            external_id: None,
            extra: None,
        };
        happened(Name::DirectMessages, row)
    }

    #[test]
    fn into_the_newest_conversation_with_fields_filled_in() {
        let text = "Hello {user_name} <{user_email}>, {agent_name} <{agent_email}>";
        let filled = "Hello Name 3 <3@example.com>, Name 2 <2@example.com>";
        given(history())
            .when(direct(&json!([3, "3", 99, 1]), text))
            .then(said(2, 1, filled).into_iter().chain([counted(1)]))
            .answering(true.into());
    }

    #[test]
    fn into_a_new_conversation_where_there_is_none() {
        let lead = TypeChanged {
            from: UserType::Visitor,
            to: UserType::Lead,
        };
        let mut expected = vec![
            happened(ConversationId(3), opened(6)),
            happened(UserId(6), lead),
        ];
        expected.extend(said(3, 1, "Hello"));
        expected.push(counted(1));
        given(history())
            .when(direct(&json!(6), "Hello"))
            .then(expected);
    }

    #[test]
    fn all_are_the_customers() {
        let history = and(history(), ConversationId(3), opened(6));
        let mut expected = Vec::from(said(3, 1, "Hello"));
        let lead = TypeChanged {
            from: UserType::Visitor,
            to: UserType::Lead,
        };
        expected.extend(said(2, 2, "Hello"));
        expected.push(counted(2));
        given(and(history, UserId(6), lead))
            .when(direct(&json!("all"), "Hello"))
            .then(expected);
    }

    #[test]
    fn an_empty_list_is_nobody() {
        for nobody in [json!([]), json!(""), json!("[]"), json!([99])] {
            given(history())
                .when(direct(&nobody, "Hello"))
                .then([])
                .answering(true.into());
        }
    }

    #[test]
    fn refusals() {
        let why = "This release sends no emails to several users yet: send-email sends to one.";
        let email = json!({"user_ids": [3], "message": "Hello", "subject": "News"});
        given(history())
            .when(arguments::<DirectMessage>(email))
            .then_refused(Refusal::Unavailable(why.to_owned()));
        given(history())
            .by(99)
            .when(direct(&json!([3]), "Hello"))
            .then_refused(Refusal::UserNotFound(99));
        let long = direct(&json!([3]), &"{user_email}".repeat(8_000));
        let why = "message: with its fields filled in it is longer than 100,000 characters.";
        given(history())
            .when(long)
            .then_refused(Refusal::TooLarge(why.to_owned()));
        let nothing = json!({"user_ids": [3], "message": ""});
        for missing in [
            json!({"user_ids": [3]}),
            nothing,
            json!({"message": "Hello"}),
        ] {
            assert_eq!(problem::<DirectMessage>(missing), "missing-argument");
        }
    }

    #[test]
    fn there_is_a_limit_to_users() {
        let many: Vec<u64> = (1..=10_001).collect();
        let command = json!({"user_ids": many, "message": "Hello"});
        assert_eq!(problem::<DirectMessage>(command), "invalid-argument");
        let crowd = (3..10_004).map(|id| somebody(id, UserType::Lead));
        let why = "user_ids: all are more than 10000 users; name them in portions.";
        given(crowd.chain([somebody(2, UserType::Admin)]))
            .when(direct(&json!("all"), "Hello"))
            .then_refused(Refusal::TooLarge(why.to_owned()));
    }
}
