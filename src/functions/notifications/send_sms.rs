//! `send-sms`

use events::{
    ConversationId, UserId,
    notification::{Channel, Content},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{channels::sms, number::number, stream};
use crate::{
    functions::{Context, Decision, Errand, Failure, messages::content::attachments},
    reactions::outbox::orders::{Draft, order_and_wait},
    wire::{self, Flag, Key, List, Maybe, Text},
};

/// Sends a text message through the SMS gateway (Twilio), and answers what the gateway said.
///
/// `to` is a number in the form E.164 (`+15305431221`; blanks, dashes, dots and brackets are dropped,
/// anything else is `invalid-argument`). With `template` the message is put into the setting
/// `sms-template` for {message}, in the language of the user whose number it is, as far as that template
/// has been translated (save-translations). {conversation_url_parameter} in the message stands for
/// `?conversation=<conversation_id>`. The first 10 attachments go along as media. Without the
/// settings `sms-account`, `sms-token` and `sms-sender` it is `unavailable`, and `sms-error` with the
/// gateway's own words when that refuses. The report `direct-sms` counts what the gateway took.
/// # Example
/// `{"to": "+4462367136", "message": "Your parcel is on its way."}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SendSms {
    /// What it says.
    message: Text<1600, 1>,
    /// The number.
    to: Text<50, 1>,
    /// Whether the template is put around it.
    #[serde(default)]
    template: Flag<true>,
    /// The conversation that {conversation_url_parameter} leads to.
    #[serde(default)]
    conversation_id: Maybe<Key<ConversationId>>,
    /// Files that are uploaded elsewhere: name and URL of each, or the URL alone.
    #[serde(default)]
    attachments: List<wire::Attachment>,
    /// Whose number it is, found by `prepare`.
    #[serde(skip)]
    recipient: Option<UserId>,
}

impl Errand for SendSms {
    const NAME: &'static str = "send-sms";
    const REFUSED: &'static str = "sms-error";
    type Reply = Map<String, Value>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        self.to.0 = number(&self.to.0)?;
        sms(&service.config, &*service.settings()?)?;
        context.settled().await?;
        self.recipient = service.reads.user_of_phone(&self.to.0).await?;
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Option<u64>, Failure> {
        let draft = Draft {
            channel: Channel::Sms,
            recipients: self.recipient.into_iter().collect(),
            to: vec![self.to.0],
            sender: None,
            content: Content::Text {
                title: None,
                text: self.message.0,
                attachments: attachments(self.attachments.0)?,
                conversation: self.conversation_id.0,
                icon: None,
                bare: !self.template.0,
            },
        };
        order_and_wait(decision, stream(self.recipient), draft).map(Some)
    }

    fn reply(said: Option<Value>) -> Map<String, Value> {
        match said {
            Some(Value::Object(response)) => response,
            _ => Map::new(),
        }
    }
}
