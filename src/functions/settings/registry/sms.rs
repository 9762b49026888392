//! Text messages: the gateway and the template.

use super::{Kind, Setting};

/// All of them.
pub(super) const SMS: &[Setting] = &[SMS_ACCOUNT, SMS_TOKEN, SMS_SENDER, SMS_TEMPLATE];

/// The account at the SMS gateway.
pub const SMS_ACCOUNT: Setting = Setting::new(
    Kind::Text,
    "sms-account",
    "The account SID at the SMS gateway (Twilio).",
);
/// Its token.
pub const SMS_TOKEN: Setting = Setting::new(
    Kind::Password,
    "sms-token",
    "The auth token at the SMS gateway.",
);
/// Who sends text messages.
pub const SMS_SENDER: Setting = Setting::new(
    Kind::Text,
    "sms-sender",
    "The number or name that text messages come from.",
);
/// The template of send-sms.
pub const SMS_TEMPLATE: Setting = Setting::new(
    Kind::Textarea,
    "sms-template",
    "What is put around a text message; {message} is filled in.",
)
.text("{message}");
