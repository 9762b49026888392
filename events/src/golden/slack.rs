//! One event of each type of [`slack`].

use crate::{ConversationId, Event, MessageId, slack};

pub(super) fn samples() -> Vec<Event> {
    let channel = || "C011JFFGSKY".to_owned();
    vec![
        slack::MessageSent {
            channel: channel(),
            text: "Hi! How are you doing?".into(),
            conversation: Some(ConversationId(1057)),
            message: Some(MessageId(4711)),
            ts: "1503435956.000247".into(),
        }
        .into(),
        slack::ChannelLinked {
            channel: channel(),
            name: "john-doe-957".into(),
        }
        .into(),
        slack::ChannelArchived { channel: channel() }.into(),
        slack::ChannelRestored { channel: channel() }.into(),
    ]
}
