//! `send-custom-email`

use events::notification::EmailSent;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    channels::{mail, mail_said},
    stream,
    template::lines,
};
use crate::{
    adapters::mail::{Mail, Person},
    clock,
    functions::{Command, Context, Decision, Failure, users::state::user_of_email},
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

impl Command for SendCustomEmail {
    const NAME: &'static str = "send-custom-email";
    type Reply = bool;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let settings = context.service.settings()?;
        let (server, mut from) = mail(&settings)?;
        if let Some(suffix) = &self.sender_suffix.0 {
            let name = format!("{} {suffix}", from.name);
            name.trim().clone_into(&mut from.name);
        }
        let mail = Mail {
            from,
            to: Person {
                name: String::new(),
                address: self.to.0.trim().to_owned(),
            },
            subject: self.subject.0.clone(),
            html: lines(&self.message.0),
            message_id: context.message_id(),
            time_ms: clock::now_ms(),
            ..Mail::default()
        };
        let sent = context.service.mailer.send(&server, &mail).await;
        Ok(sent.map_err(mail_said)?)
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let to = self.to.0.trim().to_owned();
        let recipient = user_of_email(decision.state(), &to)?;
        let sent = EmailSent {
            recipient,
            to,
            subject: self.subject.0,
            message: self.message.0,
        };
        decision.record(stream(recipient), sent)?;
        Ok(true)
    }
}
