//! One event of each type of [`erasure`].

use crate::{ConversationId, Event, MessageId, NoteId, UserId, erasure};

pub(super) fn samples() -> Vec<Event> {
    vec![
        erasure::Erased {
            positions: vec![101, 102, 117],
            conversations: vec![ConversationId(1057)],
            messages: vec![MessageId(4711), MessageId(4712)],
            notes: vec![(ConversationId(1057), NoteId(98207))],
            orders: vec![erasure::Order {
                delivery: 73,
                ticket: Some(9),
            }],
            told: vec![UserId(882)],
            elsewhere: vec![erasure::Elsewhere {
                conversation: ConversationId(1060),
                last_agent: Some(UserId(5)),
                last_reply: Some(MessageId(4700)),
                customer_wrote: true,
            }],
            last_numbers: [(1, 912), (2, 1060), (3, 4712)].into(),
        }
        .into(),
    ]
}
