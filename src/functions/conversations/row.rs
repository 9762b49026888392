//! How a conversation looks in answers.

use projections::{ConversationDetails, ConversationRow};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    clock::wire_time,
    functions::{Context, users::row::picture},
};

/// The details of one conversation and its user.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DetailsAnswer {
    /// The conversation's user.
    pub user_id: String,
    pub first_name: String,
    pub last_name: String,
    pub profile_image: String,
    pub user_type: &'static str,
    /// The conversation's ID.
    pub id: String,
    pub title: String,
    /// When it began: `YYYY-MM-DD HH:MM:SS`, UTC.
    pub conversation_time: String,
    /// live 0, waiting for the user 1, waiting for an agent 2, archive 3, trash 4.
    pub conversation_status_code: String,
    /// null when there is none.
    pub department: Option<String>,
}

impl DetailsAnswer {
    /// The answer's details for a conversation of the read model.
    pub fn new(public_url: &str, details: ConversationDetails) -> Self {
        Self {
            user_id: details.user_id.to_string(),
            first_name: details.first_name,
            last_name: details.last_name,
            profile_image: picture(public_url, details.user_type, details.profile_image),
            user_type: details.user_type.name(),
            id: details.id.to_string(),
            title: details.title,
            conversation_time: wire_time(details.creation_time),
            conversation_status_code: details.status.code().to_string(),
            department: details.department.map(|department| department.to_string()),
        }
    }
}

/// A row of a list: the last message of a conversation. Whose names it bears depends on the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RowAnswer {
    /// The last message; empty where there is none.
    pub id: String,
    pub user_id: String,
    pub message: String,
    /// `YYYY-MM-DD HH:MM:SS`, UTC; of the conversation where there is no message.
    pub creation_time: String,
    /// Empty, or JSON text.
    pub attachments: String,
    /// 0 unread, 2 read.
    pub status_code: String,
    /// Empty, or JSON text.
    pub payload: String,
    pub conversation_id: String,
    /// What the author of the message is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_user_type: Option<&'static str>,
    pub first_name: String,
    pub last_name: String,
    pub profile_image: String,
    pub conversation_status_code: String,
    pub user_type: &'static str,
}

impl RowAnswer {
    /// A row that bears the names of the conversation's user: get-conversations and its like.
    pub fn of_user(public_url: &str, row: ConversationRow) -> Self {
        let author_type = row
            .message
            .as_ref()
            .map_or(row.details.user_type, |message| message.user_type);
        let details = row.details.clone();
        let base = Self::of_author(public_url, row);
        Self {
            user_id: details.user_id.to_string(),
            message_user_type: Some(author_type.name()),
            first_name: details.first_name,
            last_name: details.last_name,
            profile_image: picture(public_url, details.user_type, details.profile_image),
            user_type: details.user_type.name(),
            ..base
        }
    }

    /// A row that bears the names of the last message's author: get-user-conversations and its
    /// like. Without a message they are the names of the conversation's user.
    pub fn of_author(public_url: &str, row: ConversationRow) -> Self {
        let ConversationRow {
            details, message, ..
        } = row;
        let conversation_id = details.id.to_string();
        let conversation_status_code = details.status.code().to_string();
        match message {
            Some(message) => Self {
                id: message.id.to_string(),
                user_id: message.user_id.to_string(),
                message: message.message,
                creation_time: wire_time(message.creation_time),
                attachments: message.attachments,
                status_code: message.status_code.to_string(),
                payload: message.payload,
                conversation_id,
                message_user_type: None,
                first_name: message.first_name,
                last_name: message.last_name,
                profile_image: picture(public_url, message.user_type, message.profile_image),
                conversation_status_code,
                user_type: message.user_type.name(),
            },
            None => Self {
                id: String::new(),
                user_id: details.user_id.to_string(),
                message: String::new(),
                creation_time: wire_time(details.creation_time),
                attachments: String::new(),
                status_code: "0".to_owned(),
                payload: String::new(),
                conversation_id,
                message_user_type: None,
                first_name: details.first_name,
                last_name: details.last_name,
                profile_image: picture(public_url, details.user_type, details.profile_image),
                conversation_status_code,
                user_type: details.user_type.name(),
            },
        }
    }
}

/// Rows that bear the names of the conversations' users.
pub fn rows_of_users(context: &Context, rows: Vec<ConversationRow>) -> Vec<RowAnswer> {
    let public_url = &context.service.public_url;
    rows.into_iter()
        .map(|row| RowAnswer::of_user(public_url, row))
        .collect()
}

/// Rows that bear the names of the authors of the last messages.
pub fn rows_of_authors(context: &Context, rows: Vec<ConversationRow>) -> Vec<RowAnswer> {
    let public_url = &context.service.public_url;
    rows.into_iter()
        .map(|row| RowAnswer::of_author(public_url, row))
        .collect()
}
