//! Messages as they are searched in.

use events::message::Attachment;
use events::{ConversationId, UserId};

use super::fold::{fold, searchable};

/// A message that is not written yet.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) conversation: ConversationId,
    pub(super) author: UserId,
    pub(super) text: String,
    pub(super) attachments: String,
}

/// What changes in a message; `None` leaves it.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) text: Option<String>,
    pub(super) attachments: Option<String>,
}

impl Message {
    /// Changes what was edited.
    pub(super) fn edit(&mut self, edit: &mut Edit) {
        if let Some(text) = edit.text.take() {
            self.text = text;
        }
        if let Some(attachments) = edit.attachments.take() {
            self.attachments = attachments;
        }
    }
}

/// The names of attached files, to search in.
pub(super) fn names(attachments: &[Attachment]) -> String {
    searchable(attachments.iter().map(|attachment| fold(&attachment.name)))
}
