//! `send-email`

use events::{UserId, message::Attachment, notification::EmailSent, user::UserType};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    channels::{mail, mail_said},
    stream, template,
};
use crate::{
    adapters::mail::{Mail, Person},
    clock,
    functions::{
        Command, Context, Decision, Failure, Refusal, User,
        messages::content::{TEXT_CHARS_MAX, attachments},
        settings::registry::{EMAIL_SUBJECT, EMAIL_TEMPLATE},
        translations::translated_for,
        user,
        users::row::picture,
    },
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
    recipient_id: Maybe<Key<UserId>>,
    /// What it says.
    #[serde(default)]
    message: Maybe<Text<TEXT_CHARS_MAX>>,
    /// Files that are uploaded elsewhere: name and URL of each. They go as links.
    #[serde(default)]
    attachments: List<wire::Attachment>,
    /// Who sends it; the active user where nobody is named.
    #[serde(default)]
    sender_id: Maybe<Key<UserId>>,
    #[serde(skip)]
    sent: Option<EmailSent>,
}

impl Command for SendEmail {
    const NAME: &'static str = "send-email";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let reader = service.journal.reader();
        let message = self.message.0.take().filter(|text| !text.is_empty());
        let (Some(recipient_id), Some(message)) = (self.recipient_id.0, message) else {
            return Err(Refusal::MissingUserIdOrMessage.into());
        };
        let sender_id = self.sender_id.0.unwrap_or(context.caller.active_user());
        let (Some(recipient), Some(sender)) =
            (user(reader, recipient_id)?, user(reader, sender_id)?)
        else {
            return Err(Refusal::UserOrSenderNotFound.into());
        };
        let attachments = attachments(std::mem::take(&mut self.attachments.0))?;
        let Some(address) = recipient.email.clone() else {
            return Err(Refusal::UserEmailNotFound(recipient_id.0).into());
        };
        if !is_ours(&sender) && !is_ours(&recipient) {
            let why = "A customer cannot send an email to another.";
            return Err(Refusal::SecurityError(why.to_owned()).into());
        }
        let settings = service.settings()?;
        let (server, from) = mail(&settings)?;
        let subject = translated_for(reader, recipient_id, settings.text(&EMAIL_SUBJECT))?;
        let fields = Fields {
            recipient: recipient.full_name(),
            sender: sender.full_name(),
            image: picture(&service.public_url, sender.user_type, sender.profile_image),
            message,
            attachments,
        };
        let mail = Mail {
            from,
            to: Person {
                name: fields.recipient.clone(),
                address: address.clone(),
            },
            subject: fields.filled_subject(&subject),
            html: fields.filled(settings.text(&EMAIL_TEMPLATE)),
            message_id: context.message_id(),
            time_ms: clock::now_ms(),
            ..Mail::default()
        };
        service
            .mailer
            .send(&server, &mail)
            .await
            .map_err(mail_said)?;
        self.sent = Some(EmailSent {
            recipient: Some(recipient_id),
            to: address,
            subject: mail.subject,
            message: fields.message,
        });
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let Some(sent) = self.sent else {
            return Err(Refusal::MissingUserIdOrMessage.into());
        };
        decision.record(stream(sent.recipient), sent)?;
        Ok(true)
    }
}

/// What is put into the template.
struct Fields {
    recipient: String,
    sender: String,
    image: String,
    message: String,
    attachments: Vec<Attachment>,
}

impl Fields {
    fn filled(&self, template: &str) -> String {
        let email = template::Email {
            recipient_name: &self.recipient,
            sender_name: &self.sender,
            sender_profile_image: &self.image,
            message: &self.message,
            attachments: &self.attachments,
            conversation_url_parameter: "",
        };
        template::email(template, &email)
    }

    /// A subject is one line of plain text.
    fn filled_subject(&self, template: &str) -> String {
        template
            .replace("{sender_name}", &self.sender)
            .replace("{recipient_name}", &self.recipient)
            .replace(char::is_control, " ")
    }
}

fn is_ours(user: &User) -> bool {
    user.user_type.is_staff() || user.user_type == UserType::Bot
}
