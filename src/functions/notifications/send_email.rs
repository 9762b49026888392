//! `send-email`

use events::{
    UserId,
    notification::{Channel, Content},
    user::UserType,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::order_email;
use crate::{
    functions::{
        Decision, Errand, Failure, Refusal, User,
        messages::content::{TEXT_CHARS_MAX, attachments},
        user,
    },
    reactions::outbox::orders::Draft,
    wire::{self, Key, List, Maybe, Text},
};

/// Sends an email to a user or agent, within the template of the settings.
///
/// The settings `email-subject` and `email-template` know the fields {recipient_name}, {sender_name},
/// {sender_profile_image}, {message}, {attachments} and {conversation_url_parameter}; the message is
/// plain text, whose new lines become `<br>`. Where the subject's text is translated into the
/// recipient's language (see save-translations), it goes in that. Without a `sender_id` the active user sends. True when
/// the mail server took it. `missing-user-id-or-message`, `user-or-sender-not-found` and
/// `user-email-not-found` say what is missing; `security-error` refuses a sender that is neither an
/// agent, an admin nor the bot while the receiver is no agent or admin either: customers do not write
/// to each other. Without the settings `email-host` and `email-sender` it is `unavailable`, and
/// `email-error` with the server's own words when that refuses.
/// # Example
/// `{"recipient_id": 3, "message": "Your parcel is on its way.", "attachments": [["plan.pdf", "https://example.com/plan.pdf"]]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SendEmail {
    /// Who gets it.
    #[serde(default)]
    #[schemars(required)]
    recipient_id: Maybe<Key<UserId>>,
    /// What it says.
    #[serde(default)]
    #[schemars(required)]
    message: Maybe<Text<TEXT_CHARS_MAX>>,
    /// Files that are uploaded elsewhere: name and URL of each. They go as links.
    #[serde(default)]
    attachments: List<wire::Attachment>,
    /// Who sends it; the active user where nobody is named.
    #[serde(default)]
    sender_id: Maybe<Key<UserId>>,
}

impl Errand for SendEmail {
    const NAME: &'static str = "send-email";
    const REFUSED: &'static str = "email-error";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<Option<u64>, Failure> {
        let message = self.message.0.filter(|text| !text.is_empty());
        let (Some(recipient_id), Some(message)) = (self.recipient_id.0, message) else {
            return Err(Refusal::MissingUserIdOrMessage.into());
        };
        let state = decision.state();
        let sender_id = self.sender_id.0.unwrap_or(decision.facts().actor);
        let (Some(recipient), Some(sender)) = (user(state, recipient_id)?, user(state, sender_id)?)
        else {
            return Err(Refusal::UserOrSenderNotFound.into());
        };
        if recipient.email.is_none() {
            return Err(Refusal::UserEmailNotFound(recipient_id.0).into());
        }
        if !is_ours(&sender) && !is_ours(&recipient) {
            let why = "A customer cannot send an email to another.";
            return Err(Refusal::SecurityError(why.to_owned()).into());
        }
        let draft = Draft {
            channel: Channel::Email,
            recipients: vec![recipient_id],
            to: Vec::new(),
            sender: Some(sender_id),
            content: Content::Text {
                title: None,
                text: message,
                attachments: attachments(self.attachments.0)?,
                conversation: None,
                icon: None,
                bare: false,
            },
        };
        order_email(decision, draft)
    }

    fn reply(_said: Option<Value>) -> bool {
        true
    }
}

fn is_ours(user: &User) -> bool {
    user.user_type.is_staff() || user.user_type == UserType::Bot
}
