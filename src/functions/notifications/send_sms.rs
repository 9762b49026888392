//! `send-sms`

use events::{ConversationId, notification::SmsSent};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    channels::{sms, sms_said},
    stream, template,
};
use crate::{
    adapters::twilio::{self, Sms},
    functions::{Command, Context, Decision, Failure, Refusal, settings::registry::SMS_TEMPLATE},
    wire::{self, Flag, Key, List, Maybe, Text},
};

/// Digits of a telephone number in the form E.164, at most.
const DIGITS_MAX: usize = 15;

/// Sends a text message through the SMS gateway (Twilio), and answers what the gateway said.
///
/// `to` is a number in the form E.164 (`+15305431221`; blanks, dashes, dots and brackets are dropped,
/// anything else is `invalid-argument`). With `template` the message is put into the setting
/// `sms-template` for {message}. {conversation_url_parameter} in the message stands for
/// `?conversation=<conversation_id>`. The first 10 attachments go along as media. Without the
/// settings `sms-account`, `sms-token` and `sms-sender` it is `unavailable`, and `sms-error` with the
/// gateway's own words when that refuses.
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
    #[serde(skip)]
    sent: Option<SmsSent>,
}

impl Command for SendSms {
    const NAME: &'static str = "send-sms";
    type Reply = Map<String, Value>;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let service = &context.service;
        let settings = service.settings()?;
        let to = number(&self.to.0)?;
        let (account, from) = sms(&service.config, &settings)?;
        let parameter = self
            .conversation_id
            .0
            .map(|id| format!("?conversation={id}"));
        let message = self.message.0.replace(
            "{conversation_url_parameter}",
            &parameter.unwrap_or_default(),
        );
        let body = match (self.template.0, settings.text(&SMS_TEMPLATE)) {
            (false, _) | (true, "") => message,
            (true, text) => template::sms(text, &message),
        };
        // Before it is sent: what follows must not fail.
        context.settled().await?;
        let recipient = service.reads.user_of_phone(&to).await?;
        let media = self.attachments.0.iter().take(twilio::MEDIA_MAX);
        let text = Sms {
            from,
            to: to.clone(),
            body: body.clone(),
            media_urls: media.map(|attachment| attachment.url.clone()).collect(),
        };
        let response = twilio::send(&service.outgoing, &account, &text)
            .await
            .map_err(sms_said)?;
        self.sent = Some(SmsSent {
            recipient,
            to,
            message: body,
            response,
        });
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<Map<String, Value>, Failure> {
        let Some(sent) = self.sent else {
            return Err(Refusal::MissingArgument("message is missing".to_owned()).into());
        };
        let response = sent.response.as_object().cloned().unwrap_or_default();
        decision.record(stream(sent.recipient), sent)?;
        Ok(response)
    }
}

/// The number in the form E.164.
fn number(text: &str) -> Result<String, Refusal> {
    let kept: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && !"-.()".contains(*character))
        .collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    let fine = (3..=DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fine {
        return Ok(format!("+{digits}"));
    }
    Err(Refusal::InvalidArgument(format!(
        "to: {text:?} is not a telephone number (+ and up to {DIGITS_MAX} digits expected)"
    )))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_brought_into_one_form() {
        for text in ["+1 (530) 543-1221", "+15305431221", "1.530.543.1221"] {
            assert_eq!(number(text).as_deref(), Ok("+15305431221"));
        }
        for text in ["", "+", "12", "call me", "+1530543122112345", "+1530x"] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
