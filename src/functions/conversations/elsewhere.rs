//! What stays known of a conversation when the messages of one who spoke in it are erased.

use eventlog::View;
use events::{ConversationId, MessageId, UserId, erasure::Elsewhere};

use super::state::Conversation;
use crate::functions::{
    Failure,
    decision::{Table, read},
    dialogflow::takeover::last_reply,
    users::state::user,
};

/// The conversation without these messages, which go with who wrote them: as decisions see it now,
/// since who is gone answers no more.
///
/// # Errors
/// When the state cannot be read.
pub fn elsewhere(
    state: &dyn View,
    id: ConversationId,
    without: &[MessageId],
) -> Result<Elsewhere, Failure> {
    let known = read::<Conversation>(state, &Table::Conversation.row(id.0))?;
    let there = |agent: UserId| Ok::<_, Failure>(user(state, agent)?.map(|_| agent));
    let last_agent = known.as_ref().and_then(|known| known.last_agent);
    Ok(Elsewhere {
        conversation: id,
        last_agent: last_agent.map(there).transpose()?.flatten(),
        last_reply: last_reply(state, id)?.filter(|reply| !without.contains(reply)),
        customer_wrote: known.is_some_and(|known| known.customer_wrote),
    })
}
