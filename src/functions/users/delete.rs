//! Deleting a user: one piece of logic for delete-user, delete-users, delete-leads and whatever
//! comes.

use events::{
    UserId,
    user::{Deleted, UserType},
};

use super::{
    conversations::conversations_of,
    state::{User, is_last_admin},
};
use crate::functions::{Decision, Failure, Refusal};

/// Records that a user is gone, with the user's conversations.
///
/// # Errors
/// `security-error` for the bot and the last admin, or the state's own failure.
pub fn delete(decision: &mut Decision<'_>, id: UserId, known: &User) -> Result<(), Failure> {
    if known.user_type == UserType::Bot {
        return Err(Refusal::SecurityError("The bot can't be deleted.".to_owned()).into());
    }
    if known.user_type == UserType::Admin && is_last_admin(decision.state())? {
        let why = "The last admin can't be deleted.".to_owned();
        return Err(Refusal::SecurityError(why).into());
    }
    let conversations = conversations_of(decision.state(), id)?;
    decision.record(
        id,
        Deleted {
            user_type: known.user_type,
            conversations,
        },
    )
}
