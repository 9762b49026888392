//! Slack: every user has a channel there, in which agents read and answer.
//!
//! | file | what it holds |
//! |---|---|
//! | `talk` | the workspace of the settings, for one call or event |
//! | `channel` | a user's channel: written to, archived and taken back |
//! | `making` | how it is made, and agents told of it |
//! | `state` | which channel is whose |
//! | `text` | a message's text, as Slack writes it and back |
//! | `people` | which member of the workspace is which agent |
//! | `members` | what Slack has told of members, for a while |
//! | `event` | which of Slack's events are messages of people |
//! | `incoming` | these, as messages of agents |
//!
//! What the functions send, they send in `prepare`, and record what Slack took. The agents' way back
//! is Slack's Events API, at `POST /slack/events`.

mod archive_slack_channels;
mod channel;
mod event;
pub mod incoming;
mod making;
mod members;
mod people;
mod send_slack_message;
mod slack_channels;
mod slack_presence;
mod slack_users;
pub mod state;
mod talk;
mod text;

use super::Function;

pub use channel::Words;
pub use members::Members;
pub use people::{is_active, linked_agents};
pub use talk::{Stopped, Talk};

/// The functions of this group.
pub const FUNCTIONS: &[Function] = &[
    Function::command::<send_slack_message::SendSlackMessage>(),
    Function::command::<archive_slack_channels::ArchiveSlackChannels>(),
    Function::query::<slack_users::SlackUsers>(),
    Function::query::<slack_presence::SlackPresence>(),
    Function::query::<slack_channels::SlackChannels>(),
];
