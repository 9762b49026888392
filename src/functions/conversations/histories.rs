//! Histories for the tests of this group and of messages.

use events::{
    ConversationId, Event, MessageId, Stream, UserId,
    conversation::{Created, Status},
    message::Sent,
    user::{self, UserType},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{functions::scenario::happened, wire};

/// A command with these arguments, as a door hands them on.
pub fn arguments<C: DeserializeOwned>(arguments: Value) -> C {
    let Value::Object(arguments) = arguments else {
        panic!("not an object: {arguments}")
    };
    wire::decode(arguments).expect("arguments that can be understood")
}

/// The code of the problem with these arguments.
pub fn problem<C: DeserializeOwned>(arguments: Value) -> &'static str {
    let Value::Object(arguments) = arguments else {
        panic!("not an object: {arguments}")
    };
    wire::decode::<C>(arguments)
        .err()
        .expect("a problem")
        .code
        .as_str()
}

/// A user of this type came to be: `Name 3`, `3@example.com`.
pub fn somebody(id: u64, user_type: UserType) -> (Stream, Event) {
    let created = user::Created {
        user_type,
        first_name: "Name".to_owned(),
        last_name: id.to_string(),
        email: Some(format!("{id}@example.com")),
        profile_image: String::new(),
        password_hash: None,
        token: format!("{id:040}"),
        department: None,
        details: Vec::new(),
    };
    happened(UserId(id), created)
}

/// A user is gone.
pub fn gone(id: u64, user_type: UserType) -> (Stream, Event) {
    happened(
        UserId(id),
        user::Deleted {
            user_type,
            conversations: Vec::new(),
        },
    )
}

/// A live conversation of this user, without anything else.
pub fn opened(user: u64) -> Created {
    Created {
        user: UserId(user),
        title: String::new(),
        status: Status::Live,
        department: None,
        agent: None,
        source: None,
        extra: String::new(),
    }
}

/// A plain message.
pub fn sent(message: u64, author: u64, author_type: UserType, text: &str) -> Sent {
    Sent {
        message: MessageId(message),
        author: UserId(author),
        author_type,
        text: text.to_owned(),
        attachments: Vec::new(),
        payload: String::new(),
        asked_status: None,
        first_of_customer: false,
        recipient: None,
    }
}

/// John (3) with conversation 1, Ada and Bob (4 and 5) who are agents, and an admin (2).
pub fn john_and_agents() -> Vec<(Stream, Event)> {
    vec![
        somebody(2, UserType::Admin),
        somebody(3, UserType::User),
        somebody(4, UserType::Agent),
        somebody(5, UserType::Agent),
        happened(ConversationId(1), opened(3)),
    ]
}

/// A history, and then this.
pub fn and(
    mut history: Vec<(Stream, Event)>,
    stream: impl Into<Stream>,
    event: impl Into<Event>,
) -> Vec<(Stream, Event)> {
    history.push(happened(stream, event));
    history
}
