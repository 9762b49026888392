//! `direct-message`

use std::collections::BTreeSet;

use eventlog::View;
use events::{
    ConversationId, UserId,
    conversation::{Created, Status},
    notification::{Channel, Content},
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
        notifications::{address, channels, check_email},
        reports,
        users::state::{known_user, user},
    },
    reactions::outbox::orders::{Draft as Letter, order},
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
/// With a `subject` it is an email instead, in the template of the settings, to each of them who has an
/// address that can be written to; the fields are filled in in the subject too. It is handed to the mail server after the
/// answer and tried until that takes it (the delivery log says so); without the settings `email-host`
/// and `email-sender` it is `unavailable`. At most 10,000 users a call (`invalid-argument` for a longer
/// list), 16 MiB of text a call, and 100,000 characters a message with its fields filled in
/// (`too-large` otherwise, as for `all` where these are more). The reports `direct-messages` and
/// `direct-emails` count them.
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
        let ids = match self.user_ids {
            WordOr::Word(Everybody::All) => customers(decision.state())?,
            WordOr::Value(ids) => ids,
        };
        let sender_id = decision.facts().actor;
        let sender = known_user(decision.state(), sender_id)?;
        let subject = self.subject.0;
        let report = match subject {
            Some(_) => Name::DirectEmails,
            None => Name::DirectMessages,
        };
        if subject.is_some() {
            channels::mail(&decision.facts().settings)?;
        }
        let (mut reached, mut bytes) = (BTreeSet::new(), 0);
        for id in ids {
            let Some(user) = user(decision.state(), id)? else {
                continue;
            };
            let can_be_reached = subject.is_none() || address(&user).is_some();
            if user.user_type == UserType::Bot || !can_be_reached || !reached.insert(id) {
                continue;
            }
            let text = merged(&self.message.0, &user, &sender);
            bytes += text.len();
            within_size(&text, bytes)?;
            match &subject {
                Some(subject) => {
                    let subject = merged(subject, &user, &sender);
                    let draft = email(id, sender_id, subject, text);
                    // What is wrong with it is so for the first as for all: addresses and names are not.
                    if reached.len() == 1 {
                        check_email(decision, &draft)?;
                    }
                    order(decision, id, vec![draft])?;
                }
                None => say(decision, sender_id, (id, &user), text)?,
            }
        }
        if !reached.is_empty() {
            reports::count(decision, report, reached.len())?;
        }
        Ok(true)
    }
}

fn say(
    decision: &mut Decision<'_>,
    sender: UserId,
    (id, user): (UserId, &User),
    text: String,
) -> Result<(), Failure> {
    let conversation = newest_conversation(decision, id, user)?;
    let draft = Draft {
        text,
        ..Draft::default()
    };
    send(decision, sender, conversation, draft)?;
    Ok(())
}

fn email(recipient: UserId, sender: UserId, subject: String, text: String) -> Letter {
    Letter {
        channel: Channel::Email,
        recipients: vec![recipient],
        to: Vec::new(),
        sender: Some(sender),
        content: Content::Text {
            title: Some(subject),
            text,
            attachments: Vec::new(),
            conversation: None,
            icon: None,
            bare: false,
        },
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
mod tests;
