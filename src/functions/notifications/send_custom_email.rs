//! `send-custom-email`

use events::notification::{Channel, Content};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::order_email;
use crate::{
    functions::{Decision, Errand, Failure, users::state::user_of_email},
    reactions::outbox::orders::Draft,
    wire::{Maybe, Text},
};

/// Sends an email to any address, from the sender of the settings.
///
/// `message` is HTML; new lines become `<br>`, and a plain text for those who read that is made from
/// it. `sender_suffix` is put behind the sender's name. True when the mail server took it. One
/// address; a line end in the address, the subject or the suffix is `invalid-argument`, so that
/// nobody can add headers. Without the settings `email-host` and `email-sender` it is `unavailable`,
/// and `email-error` with the server's own words when that refuses.
/// # Example
/// `{"to": "ann@example.com", "subject": "Hello", "message": "Your parcel is on its way."}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SendCustomEmail {
    /// The address.
    to: Text<320, 1>,
    /// The subject.
    subject: Text<255, 1>,
    /// What it says, as HTML.
    message: Text<1_000_000, 1>,
    /// Put behind the sender's name.
    #[serde(default)]
    sender_suffix: Maybe<Text<255>>,
}

impl Errand for SendCustomEmail {
    const NAME: &'static str = "send-custom-email";
    const REFUSED: &'static str = "email-error";
    type Reply = bool;

    fn decide(self, decision: &mut Decision<'_>) -> Result<Option<u64>, Failure> {
        let to = self.to.0.trim().to_owned();
        let recipient = user_of_email(decision.state(), &to)?;
        let draft = Draft {
            channel: Channel::Email,
            recipients: recipient.into_iter().collect(),
            to: vec![to],
            sender: None,
            content: Content::Html {
                subject: self.subject.0,
                html: self.message.0,
                suffix: self.sender_suffix.0.unwrap_or_default(),
            },
        };
        order_email(decision, draft)
    }

    fn reply(_said: Option<Value>) -> bool {
        true
    }
}
