//! The tables `conversations`, `messages`, `ratings` and `notes`, and the rows of answers about them.

use events::conversation::{Source, Status};
use events::user::UserType;
use events::{ConversationId, DepartmentId, MessageId, UserId};
use serde::Deserialize;

use crate::database::{Kind, Shape, Table};

/// A message with its author as the author is now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MessageRow {
    /// The message.
    pub id: MessageId,
    /// Who wrote it.
    pub user_id: UserId,
    /// The text.
    pub message: String,
    /// When it was written, in milliseconds since the epoch.
    pub creation_time: i64,
    /// `[["name","url"],…]` as JSON text; empty for none.
    pub attachments: String,
    /// 0: unread, 2: read.
    pub status_code: u8,
    /// JSON text of the caller's own; empty for none.
    pub payload: String,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// The author's first name.
    pub first_name: String,
    /// The author's last name.
    pub last_name: String,
    /// URL of the author's picture; empty for the default one of the type.
    pub profile_image: String,
    /// What the author is.
    pub user_type: UserType,
}

impl MessageRow {
    /// The columns, in the order of the fields, of `messages` joined with their `authors`.
    pub(crate) const COLUMNS: &'static [&'static str] = &[
        "messages.id",
        "messages.user_id",
        "messages.message",
        "messages.creation_time",
        "messages.attachments",
        "messages.status_code",
        "messages.payload",
        "messages.conversation_id",
        "authors.first_name",
        "authors.last_name",
        "authors.profile_image",
        "authors.user_type",
    ];
    /// Where they come from. A message always has an author: a deleted user's messages go along.
    pub(crate) const FROM: &'static str =
        "FROM messages JOIN users AS authors ON authors.id = messages.user_id";
}

/// A conversation with its user as the user is now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ConversationDetails {
    /// The conversation.
    pub id: ConversationId,
    /// Whose conversation it is.
    pub user_id: UserId,
    /// The user's first name.
    pub first_name: String,
    /// The user's last name.
    pub last_name: String,
    /// URL of the user's picture; empty for the default one of the type.
    pub profile_image: String,
    /// What the user is.
    pub user_type: UserType,
    /// Title; often empty.
    pub title: String,
    /// When it began, in milliseconds since the epoch.
    pub creation_time: i64,
    /// Where it stands.
    pub status: Status,
    /// Since when it stands there, in milliseconds since the epoch.
    pub status_time: i64,
    /// Department that is to answer.
    pub department: Option<DepartmentId>,
    /// Agent who is to answer.
    pub agent_id: Option<UserId>,
    /// Where it came from.
    pub source: Option<Source>,
    /// A free value of the caller.
    pub extra: String,
}

impl ConversationDetails {
    /// The columns, in the order of the fields, of `conversations` joined with their `users`.
    pub(crate) const COLUMNS: &'static [&'static str] = &[
        "conversations.id",
        "conversations.user_id",
        "users.first_name",
        "users.last_name",
        "users.profile_image",
        "users.user_type",
        "conversations.title",
        "conversations.creation_time",
        "conversations.status_code",
        "conversations.status_time",
        "conversations.department",
        "conversations.agent_id",
        "conversations.source",
        "conversations.extra",
    ];
    /// Where they come from.
    pub(crate) const FROM: &'static str =
        "FROM conversations JOIN users ON users.id = conversations.user_id";
}

/// A conversation and all that was written in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Conversation {
    /// The conversation.
    pub details: ConversationDetails,
    /// Its messages, oldest first; only the newest 10,000 of more.
    pub messages: Vec<MessageRow>,
}

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ConversationRow {
    /// The conversation, with its user.
    pub details: ConversationDetails,
    /// When something was last written, else when it began, in milliseconds since the epoch.
    pub last_time: i64,
    /// The last message, or the one that was searched for, with its author; `None` in a
    /// conversation without messages.
    pub message: Option<MessageRow>,
}

/// The table `conversations`. `last_message_id` and `last_time` are kept for the lists.
pub(crate) const CONVERSATIONS: Table = Table::new(
    "conversations",
    Shape(&[
        ("id", Kind::Int),
        ("user_id", Kind::Int),
        ("title", Kind::Text),
        ("status_code", Kind::Int),
        ("status_time", Kind::Int),
        ("department", Kind::Int),
        ("agent_id", Kind::Int),
        ("source", Kind::Text),
        ("extra", Kind::Text),
        ("creation_time", Kind::Int),
        ("last_message_id", Kind::Int),
        ("last_time", Kind::Int),
    ]),
);

/// The table `messages`.
pub(crate) const MESSAGES: Table = Table::new(
    "messages",
    Shape(&[
        ("id", Kind::Int),
        ("conversation_id", Kind::Int),
        ("user_id", Kind::Int),
        ("message", Kind::Text),
        ("attachments", Kind::Text),
        ("payload", Kind::Text),
        ("status_code", Kind::Int),
        ("creation_time", Kind::Int),
    ]),
);

/// The table `ratings`: one a conversation.
pub(crate) const RATINGS: Table = Table::new(
    "ratings",
    Shape(&[
        ("conversation_id", Kind::Int),
        ("agent_id", Kind::Int),
        ("positive", Kind::Int),
        ("rating_time", Kind::Int),
    ]),
);

/// The table `notes`.
pub(crate) const NOTES: Table = Table::new(
    "notes",
    Shape(&[
        ("id", Kind::Int),
        ("conversation_id", Kind::Int),
        ("user_id", Kind::Int),
        ("name", Kind::Text),
        ("message", Kind::Text),
        ("creation_time", Kind::Int),
    ]),
);

/// All tables of the projection.
pub(crate) const TABLES: &[&Table] = &[&CONVERSATIONS, &MESSAGES, &RATINGS, &NOTES];
