//! What decisions know of Slack: which channel is whose.

use eventlog::{State, View};
use events::{ConversationId, Event, MessageId, Stream, StreamKind, UserId};
use serde::{Deserialize, Serialize};

use crate::functions::{
    Failure,
    decision::{Table, last_number, read, write},
};

/// A user's channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Slack's ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether we archived it.
    pub archived: bool,
    /// Whether anything was said in it.
    pub said: bool,
    /// The conversation of which it spoke last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The newest chat message that was forwarded to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<MessageId>,
}

/// A user's channel, if there is one.
///
/// # Errors
/// When the table cannot be read.
pub fn channel_of(state: &dyn View, user: UserId) -> Result<Option<Channel>, Failure> {
    read(state, &Table::SlackChannel.row(user.0))
}

/// Whose channel it is, if it is a user's.
///
/// # Errors
/// When the table cannot be read.
pub fn user_of(state: &dyn View, channel: &str) -> Result<Option<UserId>, Failure> {
    let user = state.get(&user_key(channel))?;
    Ok(user.map(|user| UserId(last_number(&user))))
}

fn user_key(channel: &str) -> Vec<u8> {
    Table::SlackChannelUser.key(&[channel.as_bytes()])
}

/// The state of Slack's channels after `event`.
///
/// # Errors
/// When the table cannot be read.
pub fn evolve(state: &mut dyn State, stream: Stream, event: &Event) -> Result<(), Failure> {
    if stream.kind != StreamKind::User {
        return Ok(());
    }
    let user = UserId(stream.id);
    match event {
        Event::SlackChannelLinked(linked) => {
            forget(state, user)?;
            let channel = Channel {
                id: linked.channel.clone(),
                name: linked.name.clone(),
                archived: false,
                said: false,
                conversation: None,
                forwarded: None,
            };
            write(state, &Table::SlackChannel.row(user.0), &channel);
            state.put(&user_key(&linked.channel), user.0.to_be_bytes().to_vec());
            Ok(())
        }
        Event::SlackMessageSent(sent) => change(state, user, &sent.channel, |channel| {
            channel.said = true;
            channel.conversation = sent.conversation.or(channel.conversation);
            channel.forwarded = sent.message.max(channel.forwarded);
        }),
        Event::SlackChannelArchived(archived) => {
            change(state, user, &archived.channel, |it| it.archived = true)
        }
        Event::SlackChannelRestored(restored) => {
            change(state, user, &restored.channel, |it| it.archived = false)
        }
        Event::UserDeleted(_) => forget(state, user),
        _ => Ok(()),
    }
}

fn change(
    state: &mut dyn State,
    user: UserId,
    id: &str,
    change: impl FnOnce(&mut Channel),
) -> Result<(), Failure> {
    if let Some(mut channel) = channel_of(state, user)?.filter(|channel| channel.id == id) {
        change(&mut channel);
        write(state, &Table::SlackChannel.row(user.0), &channel);
    }
    Ok(())
}

/// The user has no channel any more: what is said there is nobody's.
fn forget(state: &mut dyn State, user: UserId) -> Result<(), Failure> {
    if let Some(channel) = channel_of(state, user)? {
        state.delete(&user_key(&channel.id));
        state.delete(&Table::SlackChannel.row(user.0));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use eventlog::Memory;
    use events::{slack, user};

    use super::*;

    const JOHN: UserId = UserId(3);

    fn linked(channel: &str) -> Event {
        slack::ChannelLinked {
            channel: channel.to_owned(),
            name: "john".to_owned(),
        }
        .into()
    }

    fn sent(channel: &str, conversation: Option<u64>, message: Option<u64>) -> Event {
        slack::MessageSent {
            channel: channel.to_owned(),
            text: "Hello".to_owned(),
            conversation: conversation.map(ConversationId),
            message: message.map(MessageId),
            ts: "1.2".to_owned(),
        }
        .into()
    }

    fn after(events: impl IntoIterator<Item = Event>) -> Memory {
        let mut state = Memory::default();
        for event in events {
            evolve(&mut state, JOHN.into(), &event).unwrap();
        }
        state
    }

    #[test]
    fn a_user_has_one_channel_and_it_the_user() {
        let state = after([linked("C1"), linked("C2"), sent("C1", Some(9), None)]);
        let channel = channel_of(&state, JOHN).unwrap().unwrap();
        assert_eq!((channel.id.as_str(), channel.conversation), ("C2", None));
        assert_eq!(user_of(&state, "C2").unwrap(), Some(JOHN));
        assert_eq!(user_of(&state, "C1").unwrap(), None);
        let gone = user::Deleted {
            user_type: user::UserType::User,
            conversations: Vec::new(),
        };
        let state = after([linked("C1"), gone.into()]);
        assert_eq!(channel_of(&state, JOHN).unwrap(), None);
        assert_eq!(user_of(&state, "C1").unwrap(), None);
    }

    #[test]
    fn it_is_archived_and_restored_and_knows_what_it_spoke_of() {
        let archived = |channel: &str| {
            let channel = channel.to_owned();
            Event::from(slack::ChannelArchived { channel })
        };
        let restored = Event::from(slack::ChannelRestored {
            channel: "C1".to_owned(),
        });
        let is_archived = |events: Vec<Event>| {
            let state = after(events);
            channel_of(&state, JOHN).unwrap().unwrap().archived
        };
        assert!(is_archived(vec![linked("C1"), archived("C1")]));
        assert!(!is_archived(vec![linked("C1"), archived("C2")]));
        assert!(!is_archived(vec![linked("C1"), archived("C1"), restored]));
        let talked = [sent("C1", Some(7), Some(5)), sent("C1", None, None)];
        let state = after([linked("C1")].into_iter().chain(talked));
        let channel = channel_of(&state, JOHN).unwrap().unwrap();
        let expected = (Some(ConversationId(7)), Some(MessageId(5)));
        assert_eq!((channel.conversation, channel.forwarded), expected);
    }
}
