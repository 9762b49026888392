//! Who was told that there is a message and has not been there since, as the state keeps it.
//!
//! The mark is made with the order and taken back when the order is given up: what never left has told
//! nobody. All marks of somebody go when that one writes, or is seen
//! ([`Returned`](events::user::Returned)), or is deleted.

use eventlog::{State, View};
use events::{
    ConversationId, UserId,
    notification::{Channel, Content, Order},
};

use crate::functions::{
    Failure,
    decision::{Table, delete_below},
};

/// Whether somebody was told by this channel of a message in this conversation; in any, where none is
/// named.
///
/// # Errors
/// When the table cannot be read.
pub fn is_told(
    state: &dyn View,
    user: UserId,
    channel: Channel,
    conversation: Option<ConversationId>,
) -> Result<bool, Failure> {
    Ok(match conversation {
        Some(conversation) => state.get(&key(user, channel, conversation))?.is_some(),
        None => {
            let by_channel = Table::Told.key(&[&user.0.to_be_bytes(), &[channel as u8]]);
            !state.scan(&by_channel, None, 1)?.is_empty()
        }
    })
}

/// Whether somebody was told of anything.
///
/// # Errors
/// When the table cannot be read.
pub fn is_told_at_all(state: &dyn View, user: UserId) -> Result<bool, Failure> {
    Ok(!state.scan(&Table::Told.row(user.0), None, 1)?.is_empty())
}

/// Whether it is by this delivery that the receiver of an order counts as told.
///
/// # Errors
/// When the table cannot be read.
pub fn is_told_by(state: &dyn View, order: &Order) -> Result<bool, Failure> {
    let Some(key) = key_of(order) else {
        return Ok(false);
    };
    let told = state.get(&key)?;
    Ok(told.is_some_and(|delivery| delivery == order.delivery.to_be_bytes()))
}

/// The receiver of an order counts as told.
pub(super) fn mark(state: &mut dyn State, order: &Order) {
    if let Some(key) = key_of(order) {
        state.put(&key, order.delivery.to_be_bytes().to_vec());
    }
}

/// The order was given up: if its receiver counts as told by it, that is over.
///
/// # Errors
/// When the table cannot be read.
pub(super) fn take_back(state: &mut dyn State, order: &Order) -> Result<(), Failure> {
    if is_told_by(state, order)?
        && let Some(key) = key_of(order)
    {
        state.delete(&key);
    }
    Ok(())
}

/// Somebody is to be told again of whatever comes.
///
/// # Errors
/// When the table cannot be read.
pub(super) fn forget(state: &mut dyn State, user: UserId) -> Result<(), Failure> {
    delete_below(state, &Table::Told.row(user.0))
}

/// Where the mark of an order is, if it is one of those that are not repeated. A push shows for a
/// moment, so there is one for each message.
fn key_of(order: &Order) -> Option<Vec<u8>> {
    match (&order.content, &*order.recipients, order.channel) {
        (Content::Message { conversation, .. }, [user], Channel::Email | Channel::Sms) => {
            Some(key(*user, order.channel, *conversation))
        }
        _ => None,
    }
}

fn key(user: UserId, channel: Channel, conversation: ConversationId) -> Vec<u8> {
    let (user, conversation) = (user.0.to_be_bytes(), conversation.0.to_be_bytes());
    Table::Told.key(&[&user, &[channel as u8], &conversation])
}
