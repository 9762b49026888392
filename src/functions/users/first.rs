//! The founders: the bot and the first admin, made when the log is empty.

use eventlog::View;
use events::{
    UserId,
    user::{self, UserType},
};

use super::state::users_of_type;
use crate::functions::{
    Decision, Failure,
    decision::{Numbered, next_id},
};

/// Those who are there before anybody calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Founders {
    /// The service's own voice.
    pub bot: UserId,
    /// The admin that was made now; `None` when the workspace was founded before.
    pub new_admin: Option<UserId>,
}

/// Makes the bot and the first admin, where they are not there yet.
///
/// # Errors
/// When the decision state cannot be read.
pub fn found(
    decision: &mut Decision<'_>,
    admin_token: String,
    bot_token: String,
) -> Result<Founders, Failure> {
    if let Some(bot) = bot(decision.state())? {
        return Ok(Founders {
            bot,
            new_admin: None,
        });
    }
    let bot = create(decision, UserType::Bot, "Bot", bot_token)?;
    let admin = create(decision, UserType::Admin, "Admin", admin_token)?;
    Ok(Founders {
        bot,
        new_admin: Some(admin),
    })
}

/// The bot, in a workspace that is founded.
///
/// # Errors
/// When the decision state cannot be read.
pub fn bot(state: &dyn View) -> Result<Option<UserId>, Failure> {
    Ok(users_of_type(state, UserType::Bot)?.first().copied())
}

fn create(
    decision: &mut Decision<'_>,
    user_type: UserType,
    first_name: &str,
    token: String,
) -> Result<UserId, Failure> {
    let id = UserId(next_id(decision.state(), Numbered::User)?);
    let created = user::Created {
        user_type,
        first_name: first_name.to_owned(),
        last_name: String::new(),
        email: None,
        profile_image: String::new(),
        password_hash: None,
        token,
        department: None,
        details: Vec::new(),
    };
    decision.record(id, created)?;
    Ok(id)
}
