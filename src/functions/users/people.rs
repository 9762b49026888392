//! People for the scenarios of this group's tests.

use events::{
    Event, Stream, UserId,
    conversation::{self, Status},
    user::{self, UserType},
};
use serde_json::Value;

use crate::functions::{Command, scenario::happened};

/// The user 1 of every scenario: the bot; and the user 2: the first admin.
pub fn founders() -> Vec<(Stream, Event)> {
    vec![came(1, UserType::Bot), came(2, UserType::Admin)]
}

/// The founders, and these users from number 3 on.
pub fn founders_and(types: impl IntoIterator<Item = UserType>) -> Vec<(Stream, Event)> {
    let others = (3..).zip(types).map(|(id, user_type)| came(id, user_type));
    founders().into_iter().chain(others).collect()
}

/// A user came to be: `user-3` with the email `user-3@example.com`, but for visitors and leads.
pub fn came(id: u64, user_type: UserType) -> (Stream, Event) {
    happened(UserId(id), person(id, user_type))
}

/// How the user with this number comes to be.
pub fn person(id: u64, user_type: UserType) -> user::Created {
    let has_email = matches!(
        user_type,
        UserType::User | UserType::Agent | UserType::Admin
    );
    user::Created {
        user_type,
        first_name: "User".to_owned(),
        last_name: format!("#{id}"),
        email: has_email.then(|| format!("user-{id}@example.com")),
        profile_image: String::new(),
        password_hash: None,
        token: format!("{id:040x}"),
        department: None,
        details: Vec::new(),
    }
}

/// How an empty conversation of the user with this number begins.
pub fn conversation_of(user: u64) -> conversation::Created {
    conversation::Created {
        user: UserId(user),
        title: String::new(),
        status: Status::Live,
        department: None,
        agent: None,
        source: None,
        extra: String::new(),
    }
}

/// The call of a command with these arguments.
pub fn call<C: Command>(arguments: Value) -> C {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object")
    };
    crate::wire::decode(arguments).expect("the arguments are understood")
}
