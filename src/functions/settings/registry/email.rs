//! Emails that are sent: the mail server, the sender, the template.

use super::{Kind, Setting, one_of, port_or_nothing};

/// All of them.
pub(super) const EMAIL: &[Setting] = &[
    EMAIL_HOST,
    EMAIL_PORT,
    EMAIL_SECURITY,
    EMAIL_USER,
    EMAIL_PASSWORD,
    EMAIL_SENDER,
    EMAIL_SENDER_NAME,
    EMAIL_SUBJECT,
    EMAIL_TEMPLATE,
];

/// The mail server.
pub const EMAIL_HOST: Setting = Setting::new(
    Kind::Text,
    "email-host",
    "The mail server (SMTP) that emails are sent by.",
);
/// Its port.
pub const EMAIL_PORT: Setting = Setting::new(
    Kind::Number,
    "email-port",
    "The mail server's port; empty for the usual one: 587 with starttls, 465 with tls, 25 with none.",
)
.checked(port_or_nothing);
/// How the talk with it is kept from others.
pub const EMAIL_SECURITY: Setting = Setting::new(
    Kind::Select,
    "email-security",
    "How the talk with the mail server is kept from others: starttls, tls or none.",
)
.text("starttls")
.checked(|value| one_of(value, &["starttls", "tls", "none"]));
/// The login at it.
pub const EMAIL_USER: Setting = Setting::new(
    Kind::Text,
    "email-user",
    "The user name at the mail server; empty where it wants none.",
);
/// The password at it.
pub const EMAIL_PASSWORD: Setting = Setting::new(
    Kind::Password,
    "email-password",
    "The password at the mail server.",
);
/// Who sends.
pub const EMAIL_SENDER: Setting = Setting::new(
    Kind::Text,
    "email-sender",
    "The address that emails come from.",
);
/// The sender's name.
pub const EMAIL_SENDER_NAME: Setting = Setting::new(
    Kind::Text,
    "email-sender-name",
    "The name that emails come from.",
);
/// The subject of send-email.
pub const EMAIL_SUBJECT: Setting = Setting::new(
    Kind::Text,
    "email-subject",
    "The subject of send-email; {sender_name} and {recipient_name} are filled in.",
)
.text("{sender_name} has sent you a message");
/// The template of send-email.
pub const EMAIL_TEMPLATE: Setting = Setting::new(
    Kind::Textarea,
    "email-template",
    "The HTML of send-email; {recipient_name}, {sender_name}, {sender_profile_image}, {message}, \
     {attachments} and {conversation_url_parameter} are filled in.",
)
.text("<p>Hello {recipient_name},</p><p>{message}</p><p>{attachments}</p><p>{sender_name}</p>");
